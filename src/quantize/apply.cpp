// Carries out a plan.
#include "quantize/apply.h"

#include <algorithm>

#include "quantize/weights.h"
#include "tolite/error.h"

namespace tolite::quantize {
namespace {

class Rewriter {
 public:
  Rewriter(Model& model, GraphId graph, const OpTable& table, const Plan& plan, const PlanOptions& options)
      : model_(model),
        graph_(model[graph]),
        id_(graph),
        table_(table),
        stored_(plan.stored),
        plan_(plan.graphs[graph.index]),
        options_(options) {}

  void run() {
    // The order of the float graph: conversions are made where they are first needed.
    const std::vector<NodeId> order = graph_.order();
    const std::vector<ValueId> inputs = graph_.inputs();
    const std::vector<ValueId> outputs = graph_.outputs();
    const bool is_main = is_entry();
    if (is_main && options_.input_type != Type::float32) {
      for (const ValueId v : inputs) store_input(v);
    }
    for (const NodeId node : order) {
      if (plan_.is_integer[node.index]) {
        make_integer(node);
      } else {
        make_float(node);
      }
    }
    for (std::size_t i = 0; i < outputs.size(); ++i) finish_output(i, outputs[i], is_main);
    if (is_main && options_.input_type == Type::uint8) {
      for (const ValueId v : inputs) expose_input(v);
    }
    erase_unused_constants();
  }

 private:
  bool is_entry() const {
    return id_.index == 0 || std::any_of(model_.signatures.begin(), model_.signatures.end(),
                                         [&](const Signature& signature) { return signature.graph == id_; });
  }

  const Quantization& scale(ValueId v) const { return model_.quantizations[graph_[v].quantization.index]; }
  bool is_stored(ValueId v) const { return graph_[v].type == Type::int8 || graph_[v].type == Type::int16; }

  NodeId add(Op op, ValueId operand, Type type, QuantizationId quantization, OriginId origin) {
    Attrs attrs;
    if (op == Op::QUANTIZE) attrs.set(Attr::type, type);
    const NodeId node = graph_.add_node(op, std::span(&operand, 1), std::move(attrs), 1, origin);
    const ValueId result = graph_.result(node);
    graph_[result].type = type;
    graph_[result].shape = graph_[operand].shape;
    graph_[result].quantization = quantization;
    return node;
  }

  OriginId origin_of(ValueId v) const {
    const NodeId producer = graph_[v].producer;
    return producer ? graph_[producer].origin : OriginId();
  }

  /// The value as integers of this scale.
  ValueId as_integers(ValueId v, const Quantization& wanted) {
    if (is_stored(v) && same_scale(scale(v), wanted)) return v;
    const Form form{v, {wanted.scales.front(), wanted.zero_points.front()}};
    const auto found = integers_.find(form);
    if (found != integers_.end()) return found->second;
    ValueId made;
    if (const Tensor* constant = model_.constant_of(graph_, v)) {
      made = add_constant(as_activation(*constant, stored_, wanted), graph_[v].name);
    } else {
      made = graph_.result(add(Op::QUANTIZE, v, stored_, model_.add_quantization(wanted), origin_of(v)));
    }
    integers_[form] = made;
    return made;
  }

  ValueId as_float(ValueId v) {
    if (!is_stored(v)) return v;
    ValueId& made = floats_[v];
    if (!made) made = graph_.result(add(Op::DEQUANTIZE, v, Type::float32, {}, origin_of(v)));
    return made;
  }

  ValueId add_constant(StoredConstant constant, const std::string& name) {
    const Type type = constant.tensor.type;
    const Shape shape = constant.tensor.shape();
    const ValueId v = graph_.add_constant(model_.add_constant(std::move(constant.tensor)), type, shape);
    graph_[v].quantization = model_.add_quantization(std::move(constant.quantization));
    graph_[v].name = name;
    return v;
  }

  void make_float(NodeId node) {
    for (std::size_t i = 0; i < graph_.operand_count(node); ++i) {
      const ValueId v = graph_.operand(node, i);
      if (v && floats_before_.contains(v)) graph_.set_operand(node, i, as_float(v));
    }
  }

  void make_integer(NodeId node) {
    const WeightLayout& layout = table_[graph_[node].op].weights;
    const ValueId real_data = layout.rank == 0 ? ValueId() : graph_.operand(node, layout.data);
    const std::vector<std::size_t> data = data_operands_of(node);
    for (const std::size_t i : data) {
      const ValueId v = graph_.operand(node, i);
      graph_.set_operand(node, i, as_integers(v, wanted_scale(node, v)));
    }
    if (layout.rank != 0) store_weights(node, layout, real_data);
    const OpRow& row = table_[graph_[node].op];
    if (row.attrs.find(Attr::pot_scale_int16) != nullptr) graph_[node].attrs.set(Attr::pot_scale_int16, false);
    for (std::size_t i = 0; i < graph_[node].result_count; ++i) store(graph_.result(node, i));
  }

  /// The float form of operands that are stored by now counts as float data still.
  std::vector<std::size_t> data_operands_of(NodeId node) const {
    const WeightLayout& layout = table_[graph_[node].op].weights;
    std::vector<std::size_t> list;
    for (std::size_t i = 0; i < graph_.operand_count(node); ++i) {
      const ValueId v = graph_.operand(node, i);
      if (!v || (graph_[v].type != Type::float32 && !floats_before_.contains(v))) continue;
      if (layout.rank == 0 || (i != layout.weights && i != layout.bias)) list.push_back(i);
    }
    return list;
  }

  Quantization wanted_scale(NodeId node, ValueId v) {
    if (const auto& wanted = plan_.wanted[node.index]) return *wanted;
    if (const Tensor* constant = model_.constant_of(graph_, v)) return parameters(stored_, range_of(*constant));
    return *plan_.scales[v.index];
  }

  void store_weights(NodeId node, const WeightLayout& layout, ValueId data) {
    const ValueId weights = graph_.operand(node, layout.weights);
    const ValueId bias = graph_.operand(node, layout.bias);
    const float data_scale = scale(graph_.operand(node, layout.data)).scales.front();
    std::vector<double> least;
    if (bias && stored_ == Type::int8) least = scales_that_hold(*model_.constant_of(graph_, bias), data_scale);
    const Tensor real = *model_.constant_of(graph_, weights);
    StoredConstant stored = symmetric_weights(real, Type::int8, layout.output_axis, least);
    if (bias) {
      Tensor shifted = *model_.constant_of(graph_, bias);
      if (!plan_.means.empty() && !plan_.means[data.index].empty())
        shifted = corrected(shifted,
                            mean_errors(real, stored, layout.output_axis, layout.input_axis, plan_.means[data.index]));
      graph_.set_operand(
          node, layout.bias,
          add_constant(stored_bias(shifted, stored_, data_scale, stored.quantization), graph_[bias].name));
    }
    graph_.set_operand(node, layout.weights, add_constant(std::move(stored), graph_[weights].name));
  }

  static Tensor corrected(const Tensor& bias, const std::vector<double>& errors) {
    NewTensor made = new_tensor(Type::float32, bias.dims);
    const Elements<float> from(bias.bytes);
    auto* to = reinterpret_cast<float*>(made.writable.data());
    for (std::size_t i = 0; i < from.size(); ++i) to[i] = static_cast<float>(static_cast<double>(from[i]) - errors[i]);
    return std::move(made.tensor);
  }

  /// Scales of weights with which no bias takes more than half of int32: sums are added to it.
  static std::vector<double> scales_that_hold(const Tensor& bias, float data_scale) {
    constexpr double kMost = 1073741823;
    std::vector<double> least;
    for (std::int64_t i = 0; i < bias.element_count(); ++i)
      least.push_back(std::abs(element_as_double(bias, i)) / (kMost * static_cast<double>(data_scale)));
    return least;
  }

  void store(ValueId v) {
    const auto& planned = plan_.scales[v.index];
    if (graph_[v].type != Type::float32) return;
    if (!planned) throw Error(Code::internal, "a value is to be stored without a scale");
    graph_[v].type = stored_;
    graph_[v].quantization = model_.add_quantization(*planned);
    floats_before_.insert(v);
  }

  void store_input(ValueId v) {
    if (graph_[v].type == Type::float32) store(v);
  }

  void finish_output(std::size_t i, ValueId v, bool is_main) {
    if (!floats_before_.contains(v)) return;
    if (is_main && options_.output_type == Type::uint8) return expose_output(i, v);
    if (is_main && options_.output_type != Type::float32) return;
    const ValueId real = as_float(v);
    graph_.set_output(i, real);
    if (graph_[real].name.empty()) std::swap(graph_[real].name, graph_[v].name);
  }

  // Kernels take int8; uint8 stands for the same numbers, moved by 128.
  QuantizationId as_uint8(ValueId v) {
    Quantization moved = scale(v);
    moved.zero_points.front() += 128;
    return model_.add_quantization(std::move(moved));
  }

  void expose_input(ValueId v) {
    if (graph_[v].type != Type::int8) return;
    const NodeId node = add(Op::QUANTIZE, v, Type::int8, graph_[v].quantization, {});
    graph_.replace_all_uses(v, graph_.result(node));
    graph_.set_operand(node, 0, v);
    graph_[v].quantization = as_uint8(v);
    graph_[v].type = Type::uint8;
  }

  void expose_output(std::size_t i, ValueId v) {
    const ValueId moved = graph_.result(add(Op::QUANTIZE, v, Type::uint8, as_uint8(v), origin_of(v)));
    graph_.set_output(i, moved);
    std::swap(graph_[moved].name, graph_[v].name);
  }

  void erase_unused_constants() {
    for (std::size_t i = 0; i < graph_.value_count(); ++i) {
      const Value& value = graph_[ValueId(i)];
      if (value.alive && value.constant && value.use_count == 0) graph_.erase_constant(ValueId(i));
    }
  }

  using Form = std::pair<ValueId, std::pair<float, std::int64_t>>;

  Model& model_;
  Graph& graph_;
  GraphId id_;
  const OpTable& table_;
  Type stored_;
  const GraphPlan& plan_;
  const PlanOptions& options_;
  std::set<ValueId> floats_before_;    // float32 values that are stored as integers by now
  std::map<ValueId, ValueId> floats_;  // their float32 forms
  std::map<Form, ValueId> integers_;   // values under other scales than their own
};

}  // namespace

void apply_plan(Model& model, const OpTable& table, const Plan& plan, const PlanOptions& options) {
  for (std::size_t g = 0; g < model.graphs.size(); ++g) Rewriter(model, GraphId(g), table, plan, options).run();
}

}  // namespace tolite::quantize
