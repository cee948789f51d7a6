// The FlatBuffers verifier goes first: after it every table, vector and string lies inside the file. What it cannot
// know is checked here: indices into other tables, shapes, sizes of weights, and that tensors are made before they are
// used.
#include "read/tflite.h"

#include <tflite_generated.h>

#include <algorithm>
#include <map>
#include <string>
#include <utility>

#include "base/checked.h"
#include "lite/infer.h"
#include "lite/subgraphs.h"
#include "read/tflite_options.h"
#include "read/tflite_vectors.h"

namespace tolite::read {
namespace {

constexpr std::size_t kMostRank = 64;
constexpr std::uint64_t kMostFlatBuffer = (std::uint64_t{1} << 31U) - 1;

[[noreturn]] void malformed(const std::string& message, const std::string& where = {}) {
  throw Error(Code::malformed, message, where);
}

template <typename T>
std::size_t size_of(const T* vector) {
  return vector != nullptr ? vector->size() : 0;
}

/// Element i of a vector of tables; a file may lack any of them.
template <typename T>
const T& element(const flatbuffers::Vector<flatbuffers::Offset<T>>* vector, std::size_t i, const char* what) {
  const T* table = i < size_of(vector) ? vector->Get(static_cast<flatbuffers::uoffset_t>(i)) : nullptr;
  if (table == nullptr) malformed(std::string("there is no ") + what + " " + std::to_string(i));
  return *table;
}

const tflite::Model& verified(Bytes bytes) {
  // Weights at 64-bit offsets may make a file larger than a FlatBuffer can be; the tables stand in front.
  const auto size = static_cast<std::size_t>(std::min<std::uint64_t>(bytes.size(), kMostFlatBuffer));
  if (!is_tflite(bytes)) throw Error(Code::not_a_model, "this is no .tflite file");
  // A table takes eight bytes at least; hostile files refer to one table many times.
  const auto tables = static_cast<flatbuffers::uoffset_t>(size / 8);
  flatbuffers::Verifier verifier(reinterpret_cast<const std::uint8_t*>(bytes.data()), size, 64, tables);
  if (!tflite::VerifyModelBuffer(verifier)) malformed("the FlatBuffer is damaged");
  return *tflite::GetModel(bytes.data());
}

class ModelReader {
 public:
  ModelReader(Bytes bytes, std::shared_ptr<const void> owner, const OpTable& table)
      : bytes_(bytes), owner_(std::move(owner)), table_(table), file_(verified(bytes)) {}

  Model read() {
    if (file_.version() != 3) {
      throw Error(Code::unsupported_format, "schema version " + std::to_string(file_.version()) + " is not supported");
    }
    if (size_of(file_.external_buffers()) != 0)
      throw Error(Code::unsupported_format, "weights in files of their own are not supported");
    model_.description = copied(file_.description());
    operator_codes();
    for (std::size_t i = 0; i < size_of(file_.subgraphs()); ++i)
      model_.add_graph(copied(element(file_.subgraphs(), i, "subgraph").name()));
    values_.resize(model_.graphs.size());
    for (std::size_t i = 0; i < model_.graphs.size(); ++i) graph(i);
    metadata();
    for (std::size_t i = 0; i < size_of(file_.signature_defs()); ++i)
      signature(element(file_.signature_defs(), i, "signature"));
    return std::move(model_);
  }

 private:
  struct OperatorCode {
    const OpRow* row = nullptr;
    std::string custom_code;
  };

  void operator_codes() {
    std::vector<std::string> unknown;
    for (std::size_t i = 0; i < size_of(file_.operator_codes()); ++i) {
      const tflite::OperatorCode& code = element(file_.operator_codes(), i, "operator code");
      // Old files have only the first field, newer ones a placeholder in it where the code is too large for it.
      const int number = std::max<int>(code.builtin_code(), code.deprecated_builtin_code());
      const OpRow* row =
          number >= 0 && is_builtin(static_cast<Op>(number)) ? table_.find(static_cast<Op>(number)) : nullptr;
      if (row == nullptr) {
        const char* name = tflite::EnumNameBuiltinOperator(static_cast<tflite::BuiltinOperator>(number));
        unknown.push_back(*name != '\0' ? name : "op " + std::to_string(number));
      }
      codes_.push_back({row, copied(code.custom_code())});
    }
    if (unknown.empty()) return;
    std::string message = "the language has no op for " + unknown.front();
    if (unknown.size() > 1) message += " and " + std::to_string(unknown.size() - 1) + " others";
    throw Error(Code::unsupported_format, message, {}, unknown);
  }

  // Tensors.

  Bytes buffer(std::uint32_t index) const {
    if (index == 0) return {};  // by the format's rule
    const tflite::Buffer& b = element(file_.buffers(), index, "buffer");
    if (b.data() != nullptr) return std::as_bytes(std::span(b.data()->data(), b.data()->size()));
    if (b.offset() <= 1 || b.size() == 0) return {};  // the runtime takes 1 for a placeholder
    if (b.offset() > bytes_.size() || b.size() > bytes_.size() - b.offset())
      throw Error(Code::truncated, "buffer " + std::to_string(index) + " lies beyond the file's end");
    return bytes_.subspan(b.offset(), b.size());
  }

  /// Unknown sizes are -1 in the signature; each becomes a symbol of its own.
  Shape shape(const tflite::Tensor& tensor, const std::string& name) {
    const std::vector<std::int32_t> sizes = copied(tensor.shape());
    const std::vector<std::int32_t> signature = copied(tensor.shape_signature());
    if (sizes.size() > kMostRank) malformed("a tensor has too many dimensions", name);
    if (!signature.empty() && signature.size() != sizes.size())
      malformed("a tensor's shape and shape signature differ in rank", name);
    // Files of before has_rank say nothing about scalars; every other shape speaks for itself.
    if (sizes.empty() && !tensor.has_rank() && buffer(tensor.buffer()).empty()) return Shape::unranked();
    std::vector<Dim> dims;
    for (std::size_t i = 0; i < sizes.size(); ++i) {
      const std::int32_t size = signature.empty() ? sizes[i] : signature[i];
      if (size < -1) malformed("a dimension is negative", name);
      dims.push_back(size == -1 ? model_.symbols.fresh() : Dim(size));
    }
    return Shape(std::move(dims));
  }

  static Type type(const tflite::Tensor& tensor, const std::string& name) {
    const int number = tensor.type();
    if (number < 0 || number > static_cast<int>(Type::float8_e5m2)) malformed("a tensor has an unknown type", name);
    return static_cast<Type>(number);
  }

  QuantizationId quantization(const tflite::Tensor& tensor, const Shape& shape, const std::string& name) {
    const tflite::QuantizationParameters* stored = tensor.quantization();
    if (stored == nullptr) return {};
    if (stored->details_type() != tflite::QuantizationDetails_NONE)
      throw Error(Code::unsupported_format, "this kind of quantization is not supported", name);
    Quantization q;
    q.scales = copied(stored->scale());
    q.zero_points = copied(stored->zero_point());
    q.min = copied(stored->min());
    q.max = copied(stored->max());
    q.axis = stored->quantized_dimension();
    if (q == Quantization{}) return {};
    if (!q.zero_points.empty() && q.zero_points.size() != q.scales.size())
      malformed("a tensor has as many zero points as scales, or none", name);
    if (q.scales.size() > 1) {
      const bool has_axis = q.axis >= 0 && (!shape.ranked() || static_cast<std::size_t>(q.axis) < shape.rank());
      if (!has_axis) malformed("a tensor is quantized along an axis that it has not", name);
      const Dim size = shape.ranked() ? shape[static_cast<std::size_t>(q.axis)] : Dim::of_symbol(0);
      if (size.known() && size != Dim(static_cast<std::int64_t>(q.scales.size())))
        malformed("a tensor has another number of scales than elements along the axis", name);
    }
    return model_.add_quantization(std::move(q));
  }

  /// What the file says of a tensor.
  Value described(const tflite::Tensor& tensor) {
    Value value;
    value.name = copied(tensor.name());
    if (tensor.sparsity() != nullptr)
      throw Error(Code::unsupported_format, "sparse tensors are not supported", value.name);
    if (tensor.external_buffer() != 0)
      throw Error(Code::unsupported_format, "weights in files of their own are not supported", value.name);
    value.type = type(tensor, value.name);
    value.shape = shape(tensor, value.name);
    value.quantization = quantization(tensor, value.shape, value.name);
    value.is_variable = tensor.is_variable();
    return value;
  }

  Tensor constant(const tflite::Tensor& tensor, const Value& value, Bytes bytes) const {
    if (!value.shape.is_static()) malformed("a constant has unknown dimensions", value.name);
    Tensor made{value.type, value.shape.numbers(), bytes, owner_};
    const std::int64_t count = made.element_count();
    if (value.type == Type::string) {
      check_strings(bytes, count, value.name);
    } else if (bytes.size() != tensor_bytes(value.type, made.dims)) {
      malformed("buffer " + std::to_string(tensor.buffer()) + " has another size than its tensor", value.name);
    }
    return made;
  }

  /// int32 count, count + 1 offsets, characters.
  static void check_strings(Bytes bytes, std::int64_t count, const std::string& name) {
    const auto number = [&](std::int64_t i) {
      return static_cast<std::int64_t>(load<std::int32_t>(bytes.data() + static_cast<std::size_t>(i) * 4));
    };
    if (bytes.empty() && count == 0) return;
    if (static_cast<std::int64_t>(bytes.size() / 4) < count + 2 || number(0) != count)
      malformed("a tensor's strings are not as many as its shape says", name);
    for (std::int64_t i = 1; i <= count; ++i) {
      if (number(i) < 0 || number(i) > number(i + 1) || number(i + 1) > static_cast<std::int64_t>(bytes.size()))
        malformed("a tensor's strings are out of bounds", name);
    }
  }

  /// The value of a tensor that an op or an output reads: made already, or made now as a constant or variable.
  ValueId read_tensor(std::size_t g, std::int32_t index) {
    std::vector<ValueId>& values = values_[g];
    if (index < 0 || static_cast<std::size_t>(index) >= values.size())
      malformed("there is no tensor " + std::to_string(index), model_.graphs[g].name);
    ValueId& id = values[static_cast<std::size_t>(index)];
    if (id) return id;
    const tflite::Tensor& tensor =
        element(element(file_.subgraphs(), g, "subgraph").tensors(), static_cast<std::size_t>(index), "tensor");
    Value value = described(tensor);
    const Bytes bytes = buffer(tensor.buffer());
    Graph& graph = model_.graphs[g];
    if (!bytes.empty() || (value.shape.is_static() && value.shape.element_count() == 0)) {
      id = graph.add_constant(model_.add_constant(constant(tensor, value, bytes)), value.type, value.shape);
    } else if (value.is_variable) {
      id = graph.add_variable(value.type, value.shape);
    } else {
      malformed("a tensor is used before it is made", value.name);
    }
    describe(graph, id, std::move(value));
    return id;
  }

  static void describe(Graph& graph, ValueId id, Value from) {
    Value& value = graph[id];
    value.type = from.type;
    value.shape = std::move(from.shape);
    value.quantization = from.quantization;
    value.is_variable = from.is_variable;
    value.name = std::move(from.name);
  }

  /// The place of a tensor that is made now, by an op or as an input.
  ValueId& made_tensor(std::size_t g, std::int32_t index) {
    std::vector<ValueId>& values = values_[g];
    if (index < 0 || static_cast<std::size_t>(index) >= values.size())
      malformed("there is no tensor " + std::to_string(index), model_.graphs[g].name);
    ValueId& id = values[static_cast<std::size_t>(index)];
    if (id) malformed("tensor " + std::to_string(index) + " is made twice, or used before", model_.graphs[g].name);
    return id;
  }

  // Graphs.

  void graph(std::size_t g) {
    const tflite::SubGraph& stored = element(file_.subgraphs(), g, "subgraph");
    values_[g].resize(size_of(stored.tensors()));
    for (const std::int32_t index : copied(stored.inputs())) {
      ValueId& id = made_tensor(g, index);
      id = model_.graphs[g].add_input(Type::none, Shape(), {});
      describe(model_.graphs[g], id, described(tensor(g, index)));
    }
    for (std::size_t i = 0; i < size_of(stored.operators()); ++i) node(g, element(stored.operators(), i, "operator"));
    for (const std::int32_t index : copied(stored.outputs())) model_.graphs[g].add_output(read_tensor(g, index));
  }

  const tflite::Tensor& tensor(std::size_t g, std::int32_t index) const {
    return element(element(file_.subgraphs(), g, "subgraph").tensors(), static_cast<std::size_t>(index), "tensor");
  }

  void node(std::size_t g, const tflite::Operator& op) {
    if (op.opcode_index() >= codes_.size()) malformed("there is no operator code " + std::to_string(op.opcode_index()));
    const OperatorCode& code = codes_[op.opcode_index()];
    std::vector<ValueId> operands;
    for (const std::int32_t index : copied(op.inputs()))
      operands.push_back(index == -1 ? ValueId() : read_tensor(g, index));
    std::vector<std::int32_t> results = copied(op.outputs());
    const std::vector<std::int32_t> intermediates = copied(op.intermediates());
    if (code.row->results != 0 && results.size() != code.row->results)
      malformed(std::string(code.row->name) + " has " + std::to_string(results.size()) + " results");
    if (code.row->results == 0 && !intermediates.empty())
      malformed(std::string(code.row->name) + " has intermediate tensors");
    results.insert(results.end(), intermediates.begin(), intermediates.end());  // as the writer takes them apart

    Graph& graph = model_.graphs[g];
    Attrs made = attrs(op, code);
    for (const AttrSpec& spec : code.row->attrs) {
      if (spec.inside && spec.kind == AttrKind::type && !results.empty())
        made.set(spec.attr, tensor(g, results[0]).type());
    }
    // TensorFlow's converter writes no options for a cast: the tensors say what it does.
    if (code.row->op == Op::CAST && results.size() == 1 && operands.size() == 1 && operands[0]) {
      made.set(Attr::in_data_type, graph[operands[0]].type);
      made.set(Attr::out_data_type, tensor(g, results[0]).type());
    }
    const NodeId id = graph.add_node(code.row->op, operands, std::move(made), results.size(), {});
    if (keeps_order(*code.row)) graph.keep_in_order(id);
    for (std::size_t i = 0; i < results.size(); ++i) {
      made_tensor(g, results[i]) = graph.result(id, i);
      describe(graph, graph.result(id, i), described(tensor(g, results[i])));
    }
    if (intermediates.empty()) refine(graph, id, *code.row);
  }

  Attrs attrs(const tflite::Operator& op, const OperatorCode& code) const {
    const OpRow& row = *code.row;
    if (row.op == Op::CUSTOM) return custom_attrs(op, code);
    if (size_of(op.custom_options()) != 0 || op.large_custom_options_size() != 0)
      malformed(std::string(row.name) + " has options of a custom op");
    const auto options = static_cast<std::uint8_t>(op.builtin_options_type());
    const auto options_2 = static_cast<std::uint8_t>(op.builtin_options_2_type());
    // Absent options are the defaults; those of another op were what an op without options may have had.
    const void* table = nullptr;
    if (options != 0 && options == row.options.builtin_options) table = op.builtin_options();
    if (options_2 != 0 && options_2 == row.options.builtin_options_2) table = op.builtin_options_2();
    if (table == nullptr && row.attrs.size() != 0 && (options != 0 || options_2 != 0))
      malformed(std::string(row.name) + " has the options of another op");
    Attrs made = table != nullptr ? options_attrs(*static_cast<const flatbuffers::Table*>(table), row) : Attrs();
    for (const AttrSpec& spec : row.attrs) {
      const AttrValue* value = spec.kind == AttrKind::graph ? made.find(spec.attr) : nullptr;
      const std::int64_t index = value != nullptr ? std::get<std::int64_t>(*value) : 0;
      if (value != nullptr && (index < 0 || static_cast<std::size_t>(index) >= model_.graphs.size()))
        malformed(std::string(row.name) + " refers to a subgraph that does not exist");
    }
    return made;
  }

  Attrs custom_attrs(const tflite::Operator& op, const OperatorCode& code) const {
    Attrs made;
    made.set(Attr::custom_code, code.custom_code);
    Bytes options;
    if (op.custom_options() != nullptr) {
      options = std::as_bytes(std::span(op.custom_options()->data(), op.custom_options()->size()));
    } else if (op.large_custom_options_size() != 0) {
      const std::uint64_t offset = op.large_custom_options_offset();
      const std::uint64_t size = op.large_custom_options_size();
      if (offset > bytes_.size() || size > bytes_.size() - offset)
        throw Error(Code::truncated, "options of " + code.custom_code + " lie beyond the file's end");
      options = bytes_.subspan(offset, size);
    }
    made.set(Attr::custom_options, std::string(as_text(options)));
    return made;
  }

  /// Where the file leaves a dimension open, inference may know it, or know which others equal it. The file's word
  /// counts otherwise; where inference objects, the file stays as it is, for the runtime to judge.
  void refine(Graph& graph, NodeId id, const OpRow& row) {
    if (row.infer == nullptr) return;
    std::vector<std::pair<Type, Shape>> stored;
    for (std::uint32_t i = 0; i < graph[id].result_count; ++i) {
      const Value& value = graph[graph.result(id, i)];
      stored.emplace_back(value.type, value.shape);
    }
    bool inferred = true;
    try {
      Infer infer(model_, graph, id, row);
      row.infer(infer);
    } catch (const Error&) {
      inferred = false;
    }
    for (std::size_t i = 0; i < stored.size(); ++i) {
      Value& value = graph[graph.result(id, i)];
      Shape& kept = stored[i].second;
      const bool agrees = inferred && value.type == stored[i].first && value.shape.ranked() && kept.ranked() &&
                          value.shape.rank() == kept.rank();
      for (std::size_t d = 0; agrees && d < kept.rank(); ++d) {
        if (!kept[d].known()) kept[d] = value.shape[d];
      }
      if (!agrees) value.known.reset();
      value.type = stored[i].first;
      value.shape = std::move(kept);
    }
  }

  // Metadata and signatures.

  void metadata() {
    for (std::size_t i = 0; i < size_of(file_.metadata()); ++i) {
      const tflite::Metadata& entry = element(file_.metadata(), i, "metadata entry");
      model_.metadata.push_back({copied(entry.name()), std::string(as_text(buffer(entry.buffer())))});
    }
  }

  void signature(const tflite::SignatureDef& stored) {
    Signature s;
    s.key = copied(stored.signature_key());
    const std::size_t g = stored.subgraph_index();
    if (g >= model_.graphs.size()) malformed("signature " + s.key + " has no subgraph");
    s.graph = GraphId(g);
    const Graph& graph = model_.graphs[g];
    const auto value = [&](const tflite::TensorMap& map) {
      const std::uint32_t index = map.tensor_index();
      return index < values_[g].size() ? values_[g][index] : ValueId();
    };
    for (std::size_t i = 0; i < size_of(stored.inputs()); ++i) {
      const tflite::TensorMap& map = element(stored.inputs(), i, "signature input");
      const ValueId v = value(map);
      const auto& inputs = graph.inputs();
      if (std::find(inputs.begin(), inputs.end(), v) == inputs.end())
        malformed("signature " + s.key + " has an input that its subgraph has not");
      s.inputs.push_back({copied(map.name()), v});
    }
    std::map<ValueId, std::size_t> slots;
    const std::vector<ValueId> outputs = graph.outputs();
    for (std::size_t i = outputs.size(); i-- > 0;) slots[outputs[i]] = i;
    for (std::size_t i = 0; i < size_of(stored.outputs()); ++i) {
      const tflite::TensorMap& map = element(stored.outputs(), i, "signature output");
      const auto slot = slots.find(value(map));
      if (slot == slots.end()) malformed("signature " + s.key + " has an output that its subgraph has not");
      s.outputs.push_back(copied(map.name()));
      s.outputs_slot.push_back(slot->second);
    }
    model_.signatures.push_back(std::move(s));
  }

  Bytes bytes_;
  std::shared_ptr<const void> owner_;
  const OpTable& table_;
  const tflite::Model& file_;
  Model model_;
  std::vector<OperatorCode> codes_;
  std::vector<std::vector<ValueId>> values_;  ///< by graph and tensor; none for what nothing has made or used yet
};

}  // namespace

bool is_tflite(Bytes bytes) { return bytes.size() >= 8 && as_text(bytes.subspan(4, 4)) == tflite::ModelIdentifier(); }

Model tflite(Bytes bytes, std::shared_ptr<const void> owner, const OpTable& table) {
  return ModelReader(bytes, std::move(owner), table).read();
}

Model tflite(std::shared_ptr<const MappedFile> file, const OpTable& table) {
  const Bytes bytes = file->bytes();
  const std::string path = file->path();
  try {
    return tflite(bytes, std::move(file), table);
  } catch (const Error& e) {
    throw e.at(path);
  }
}

}  // namespace tolite::read
