// From a whole model to graphs with signatures: which tensors are inputs and outputs, under which names and shapes.
#include "import/tensorflow/import.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <unordered_set>

#include "import/tensorflow/functionalize.h"
#include "import/tensorflow/graph_importer.h"
#include "import/tensorflow/narrow_float64.h"
#include "import/tensorflow/signature_order.h"
#include "import/tensorflow/types.h"
#include "tolite/error.h"

namespace tolite::tensorflow {
namespace {

constexpr std::string_view kInitializerSignature = "__saved_model_init_op";

/// One input of a graph to be made.
struct InputSpec {
  std::string argument;  ///< name in the signature, or of the node
  std::string tensor;    ///< "node:0": what it feeds
  std::string name;      ///< the tensor's name in the output
  read::DataType type = read::DataType::invalid;
  Shape shape;
};

std::string without_zero_index(std::string_view tensor) {
  return std::string(tensor.ends_with(":0") ? tensor.substr(0, tensor.size() - 2) : tensor);
}

std::string shape_text(const Symbols& symbols, const Shape& shape) {
  if (!shape.ranked()) return "of unknown rank";
  std::string text = "[";
  for (std::size_t i = 0; i < shape.rank(); ++i)
    text += (i != 0 ? "," : "") + (shape[i].known() ? symbols.text(shape[i]) : "?");
  return text + "]";
}

/// Applies the shapes the caller asked for; marks which of them were used.
class ShapeOverrides {
 public:
  explicit ShapeOverrides(const std::map<std::string, std::vector<std::int64_t>>& shapes) : shapes_(shapes) {}

  void apply(Symbols& symbols, InputSpec& input) {
    for (const std::string& name : {input.argument, input.tensor, without_zero_index(input.tensor)}) {
      const auto at = shapes_.find(name);
      if (at == shapes_.end()) continue;
      used_.insert(name);
      check(symbols, input, at->second);
      std::vector<Dim> dims;
      for (std::size_t i = 0; i < at->second.size(); ++i) {
        const bool keep = at->second[i] < 0;
        dims.push_back(!keep ? Dim(at->second[i]) : input.shape.ranked() ? input.shape[i] : symbols.fresh());
      }
      input.shape = Shape(std::move(dims));
      return;
    }
  }

  void check_all_used(const std::vector<std::string>& names) const {
    for (const auto& [name, shape] : shapes_) {
      if (!used_.contains(name))
        throw Error(Code::no_such_tensor, fmt::format("there is no input \"{}\" to give a shape to", name), {},
                    {fmt::format("inputs: {}", fmt::join(names, ", "))});
    }
  }

 private:
  static void check(const Symbols& symbols, const InputSpec& input, const std::vector<std::int64_t>& wanted) {
    bool fits = !input.shape.ranked() || input.shape.rank() == wanted.size();
    for (std::size_t i = 0; fits && input.shape.ranked() && i < wanted.size(); ++i)
      fits = wanted[i] < 0 || !input.shape[i].known() || input.shape[i].is(wanted[i]);
    if (fits) return;
    throw Error(Code::bad_input_shape,
                fmt::format("the shape given for input \"{}\", [{}], does not fit the model's {}", input.argument,
                            fmt::join(wanted, ","), shape_text(symbols, input.shape)));
  }

  const std::map<std::string, std::vector<std::int64_t>>& shapes_;
  std::set<std::string> used_;
};

/// Makes one graph of the model: inputs, body, outputs.
class GraphMaker {
 public:
  GraphMaker(ImportSession& session, std::string name)
      : session_(session),
        graph_(session.model.add_graph(std::move(name))),
        builder_(session.model, graph_, session.table) {
    if (!session.state.any()) return;
    if (!session.initializer) session.initializer = session.model.add_graph("NoOp");
    // Made first, so that it runs first.
    builder_.many(Op::CALL_ONCE, {}, {{Attr::init_subgraph_index, session.initializer.index}});
  }

  GraphId graph() const { return graph_; }

  void add_input(InputSpec input) {
    const Type stored = read::lite_type(input.type);
    ValueId value = builder_.input(stored, input.shape, input.name);
    values_.push_back(value);
    if (stored != graph_type(input.type)) {
      value =
          builder_(Op::CAST, {value}, {{Attr::in_data_type, stored}, {Attr::out_data_type, graph_type(input.type)}});
    }
    arguments_.emplace_back(value);
    feeds_.push_back(std::move(input.tensor));
  }

  const std::vector<ValueId>& inputs() const { return values_; }

  /// `types` are the stored types of the outputs: a 16-bit result, computed as float32, is narrowed again.
  void make(std::span<const std::string> fetches, std::span<const std::string> names,
            std::span<const read::DataType> types) {
    const std::vector<ValueId> results = GraphImporter(session_, builder_).import(feeds_, arguments_, fetches);
    for (std::size_t i = 0; i < results.size(); ++i) {
      ValueId value = results[i];
      const Type stored = read::lite_type(types[i]);
      if (is_narrow_float(stored) && builder_.type(value) == Type::float32)
        value = builder_(Op::CAST, {value}, {{Attr::in_data_type, Type::float32}, {Attr::out_data_type, stored}});
      Graph& graph = builder_.graph();
      // An output that is an input keeps the input's name, one that stands twice its first.
      const bool is_input = std::find(values_.begin(), values_.end(), value) != values_.end();
      if (!is_input && !graph.is_output(value)) graph[value].name = names[i];
      graph.add_output(value);
    }
  }

 private:
  ImportSession& session_;
  GraphId graph_;
  Builder builder_;
  std::vector<std::string> feeds_;
  std::vector<Item> arguments_;
  std::vector<ValueId> values_;
};

std::vector<std::string> chosen_signatures(const read::MetaGraph& meta_graph, const std::vector<std::string>& wanted) {
  std::vector<std::string> keys;
  for (const read::Signature& s : meta_graph.signatures) {
    if (s.key != kInitializerSignature) keys.emplace_back(s.key);
  }
  for (const std::string& key : wanted) {
    if (std::find(keys.begin(), keys.end(), key) == keys.end())
      throw Error(Code::no_such_signature, fmt::format("the model has no signature \"{}\"", key), {},
                  {fmt::format("signatures: {}", fmt::join(keys, ", "))});
  }
  if (keys.empty())
    throw Error(Code::no_such_signature, "the model has no signature, so its inputs and outputs are unknown", {},
                {"save it with signatures: tf.saved_model.save(model, folder, signatures=...)"});
  if (!wanted.empty()) return wanted;
  // Keras's model.export() stores the same function under two keys; TensorFlow's converter takes the second alone.
  if (keys == std::vector<std::string>{"serve", "serving_default"}) return {"serving_default"};
  return keys;
}

void require_dense(const read::Signature& signature, const read::SignatureTensor& tensor) {
  if (tensor.info.kind != read::TensorInfo::Kind::dense)
    throw Error(Code::unsupported_format,
                fmt::format("\"{}\" of signature \"{}\" is a sparse or composite tensor", tensor.name, signature.key));
}

/// The placeholders of a graph, in its order.
std::vector<std::string> placeholders(const read::GraphDef& graph) {
  std::vector<std::string> names;
  for (const read::Node& node : graph.nodes()) {
    if (node.op == "Placeholder") names.emplace_back(node.name);
  }
  return names;
}

/// The nodes whose results nobody uses and that have one.
std::vector<std::string> sinks(const read::GraphDef& graph) {
  std::unordered_set<std::string_view> used;
  for (const read::Node& node : graph.nodes()) {
    for (const std::string_view input : node.inputs) used.insert(read::parse_input(input).node);
  }
  std::vector<std::string> names;
  for (const read::Node& node : graph.nodes()) {
    const bool has_result = node.op != "NoOp" && node.op != "Assert" && node.op != "Placeholder" && node.op != "Const";
    if (has_result && !used.contains(node.name)) names.emplace_back(node.name);
  }
  return names;
}

/// The stored type of a tensor, as far as the attributes of its node tell: what says whether a result is 16 bits wide.
read::DataType stored_type(const read::Node& node, int index) {
  for (const std::string_view name : {"DstT", "Tout", "out_type", "output_type", "dtype"}) {
    const read::Attribute* attribute = node.attributes.find(name);
    if (attribute == nullptr) continue;
    if (attribute->kind() != read::Attribute::Kind::list) return attribute->type();
    const std::vector<read::DataType> types = attribute->types();  // of each result: "Tout" of a call
    return index >= 0 && static_cast<std::size_t>(index) < types.size() ? types[static_cast<std::size_t>(index)]
                                                                        : read::DataType::invalid;
  }
  return index == 0 ? node.attributes.type("T", read::DataType::invalid) : read::DataType::invalid;
}

/// The nodes of the main graph that fill tables, where the model names no initialiser.
std::vector<std::string_view> table_initializers(const read::GraphDef& graph) {
  std::vector<std::string_view> names;
  for (const read::Node& node : graph.nodes()) {
    if (node.op.starts_with("InitializeTable") || node.op.starts_with("LookupTableImport")) names.push_back(node.name);
  }
  return names;
}

/// Imports initialisers into a model that is thrown away, to learn what they put into tables.
void fill_tables(const ImportSession& session, std::span<const std::string_view> initializers) {
  Model scratch;
  import::Issues issues;
  State state;
  ImportSession filling{scratch,           session.table,       session.graph, session.objects,
                        session.variables, session.hash_tables, issues,        state,
                        session.fallback,  session.assets};
  filling.is_initialization = true;
  Builder builder(scratch, scratch.add_graph("initializer"), session.table);
  for (const std::string_view node : initializers) GraphImporter(filling, builder).import_effects(node);
  session.variables.forget_values();
}

/// What an import works on beside its options.
struct Source {
  const read::GraphDef& graph;
  const read::ObjectGraph* objects = nullptr;
  Variables& variables;
  const Fallback& fallback;
  std::vector<std::string_view> initializers;
  std::map<std::string_view, std::string> assets;
};

/// Imports until nothing new is found that is kept between calls. `make` fills the session's model.
template <typename Make>
Model import_until_stable(Source source, const OpTable& table, import::Issues& issues, const Make& make) {
  State state;
  HashTables hash_tables;
  while (true) {
    Model model;
    import::Issues found;
    const State before = state;
    ImportSession session{model,       table, source.graph, source.objects,  source.variables,
                          hash_tables, found, state,        source.fallback, source.assets};
    if (state.has_tables) fill_tables(session, source.initializers);
    make(session);
    if (state == before) {
      issues = std::move(found);
      return model;
    }
    source.variables.forget_values();
  }
}

void make_signature(ImportSession& session, const read::MetaGraph& meta_graph, const NodeIndex& nodes,
                    const read::Signature& signature, std::string graph_name, ShapeOverrides& shapes,
                    std::vector<std::string>& input_names) {
  const SignatureOrder order = author_order(meta_graph, nodes, signature);
  GraphMaker maker(session, std::move(graph_name));
  Signature made;
  made.key = signature.key;
  made.graph = maker.graph();
  for (const std::size_t i : order.inputs) {
    const read::SignatureTensor& input = signature.inputs[i];
    require_dense(signature, input);
    InputSpec spec{std::string(input.name), std::string(input.info.name), std::string(input.info.name), input.info.type,
                   graph_shape(session.model.symbols, input.info.shape)};
    shapes.apply(session.model.symbols, spec);
    input_names.push_back(spec.argument);
    maker.add_input(std::move(spec));
    made.inputs.push_back({std::string(input.name), maker.inputs().back()});
  }
  std::vector<std::string> fetches;
  std::vector<read::DataType> types;
  for (const std::size_t i : order.outputs) {
    const read::SignatureTensor& output = signature.outputs[i];
    require_dense(signature, output);
    fetches.emplace_back(output.info.name);
    types.push_back(output.info.type);
    made.outputs.emplace_back(output.name);
    made.outputs_slot.push_back(made.outputs_slot.size());
  }
  maker.make(fetches, fetches, types);
  session.model.signatures.push_back(std::move(made));
}

void make_main_graph(ImportSession& session, const ImportOptions& options) {
  const NodeIndex nodes(session.graph.nodes());
  const auto find = [&](const std::string& tensor) {
    const read::Node* node = nodes.producer(tensor);
    if (node == nullptr) throw Error(Code::no_such_tensor, fmt::format("the graph has no node \"{}\"", tensor));
    return node;
  };
  ShapeOverrides shapes(options.input_shapes);
  GraphMaker maker(session, "main");
  const std::vector<std::string> inputs = options.inputs.empty() ? placeholders(session.graph) : options.inputs;
  for (const std::string& name : inputs) {
    const read::Node& node = *find(name);
    InputSpec spec{without_zero_index(name), name, without_zero_index(name), read::DataType::invalid,
                   Shape::unranked()};
    spec.type = node.attributes.type("dtype", node.attributes.type("T", read::DataType::float32));
    if (const read::Attribute* shape = node.attributes.find("shape"))
      spec.shape = graph_shape(session.model.symbols, shape->shape());
    shapes.apply(session.model.symbols, spec);
    maker.add_input(std::move(spec));
  }
  shapes.check_all_used(inputs);
  std::vector<std::string> outputs = options.outputs.empty() ? sinks(session.graph) : options.outputs;
  if (outputs.empty()) throw Error(Code::no_such_tensor, "the graph has no output");
  std::vector<std::string> names;
  std::vector<read::DataType> types;
  for (const std::string& output : outputs) {
    types.push_back(stored_type(*find(output), read::parse_input(output).index));
    names.push_back(without_zero_index(output));
  }
  maker.make(outputs, names, types);
}

/// What the signatures and the initializer take from the main graph.
std::vector<std::string> asked_for(const read::MetaGraph& meta_graph) {
  std::vector<std::string> tensors;
  const auto add = [&](std::string_view name) {
    if (!name.empty()) tensors.emplace_back(name);
  };
  for (const read::Signature& signature : meta_graph.signatures) {
    for (const read::SignatureTensor& output : signature.outputs) {
      add(output.info.name);
      for (const read::TensorInfo& component : output.info.components) add(component.name);
    }
  }
  add(meta_graph.initializer());
  return tensors;
}

void narrow_with_signatures(read::MetaGraph& meta_graph) {
  meta_graph.graph = narrow_float64(std::move(meta_graph.graph));
  for (read::Signature& signature : meta_graph.signatures) {
    for (auto* tensors : {&signature.inputs, &signature.outputs}) {
      for (read::SignatureTensor& tensor : *tensors) tensor.info.type = narrowed(tensor.info.type);
    }
  }
}

}  // namespace

Model import_saved_model(const read::SavedModel& saved_model, const OpTable& table, const ImportOptions& options,
                         import::Issues& issues) {
  read::MetaGraph meta_graph = saved_model.meta_graph(options.tags);
  if (options.narrow_float64) narrow_with_signatures(meta_graph);
  meta_graph.graph = functionalize(meta_graph.graph, asked_for(meta_graph));
  Variables variables(meta_graph, saved_model.variables(), options.narrow_float64);
  const NodeIndex nodes(meta_graph.graph->nodes());
  std::vector<std::string> keys = chosen_signatures(meta_graph, options.signatures);
  std::sort(keys.begin(), keys.end());
  const Fallback fallback(options.fallback);
  Source source{
      *meta_graph.graph, meta_graph.objects.empty() ? nullptr : &meta_graph.objects, variables, fallback, {}, {}};
  const std::string_view initializer = meta_graph.initializer();
  source.initializers = initializer.empty() ? table_initializers(*meta_graph.graph) : std::vector{initializer};
  for (const read::Asset& asset : meta_graph.assets)
    source.assets.emplace(read::parse_input(asset.tensor).node, asset.path);
  return import_until_stable(std::move(source), table, issues, [&](ImportSession& session) {
    ShapeOverrides shapes(options.input_shapes);
    std::vector<std::string> input_names;
    for (const std::string& key : keys) {
      make_signature(session, meta_graph, nodes, *meta_graph.signature(key), keys.size() == 1 ? "main" : key, shapes,
                     input_names);
    }
    shapes.check_all_used(input_names);
  });
}

Model import_graph_def(std::shared_ptr<const read::GraphDef> graph_def, const OpTable& table,
                       const ImportOptions& options, import::Issues& issues) {
  if (options.narrow_float64) graph_def = narrow_float64(std::move(graph_def));
  const auto functional = functionalize(std::move(graph_def), options.outputs);
  const read::GraphDef& graph = *functional;
  Variables variables;
  const Fallback fallback(options.fallback);
  return import_until_stable({graph, nullptr, variables, fallback, table_initializers(graph), {}}, table, issues,
                             [&](ImportSession& session) { make_main_graph(session, options); });
}

}  // namespace tolite::tensorflow
