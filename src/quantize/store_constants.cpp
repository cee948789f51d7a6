// Constants with fewer bits.
#include "quantize/store_constants.h"

#include <algorithm>
#include <optional>

#include "lite/builder.h"
#include "lite/float16.h"
#include "quantize/weights.h"

namespace tolite::quantize {
namespace {

// Smaller constants save less than the conversion costs (TensorFlow's quantizer has the same bound).
constexpr std::int64_t kFewElements = 1024;

/// How a node uses a constant.
struct WeightsUse {
  std::optional<std::size_t> axis;  ///< that may have a scale for each slice
  bool hybrid = false;
};

class ConstantStore {
 public:
  ConstantStore(Model& model, GraphId graph, const OpTable& table, ConstantForm form,
                const std::function<bool(const NodeView&)>& keep_float, std::vector<KeptConstant>& kept)
      : model_(model),
        id_(graph),
        graph_(model[graph]),
        table_(table),
        form_(form),
        keep_float_(keep_float),
        kept_(kept) {}

  void run() {
    const std::size_t count = graph_.value_count();
    for (std::size_t i = 0; i < count; ++i) {
      const Value& value = graph_[ValueId(i)];
      if (!value.alive || !value.constant || value.type != Type::float32 || value.use_count == 0) continue;
      if (form_ == ConstantForm::float16) {
        store_float16(ValueId(i));
      } else {
        store_weights(ValueId(i));
      }
    }
  }

 private:
  NodeView view(NodeId node) const { return NodeView(model_, graph_, node, table_[graph_[node].op]); }

  bool is_kept(const std::vector<NodeId>& users) const {
    return keep_float_ && std::any_of(users.begin(), users.end(), [&](NodeId user) { return keep_float_(view(user)); });
  }

  void store_float16(ValueId constant) {
    if (is_kept(graph_.users(constant))) return;
    std::optional<Tensor> narrow = as_float16(*model_.constant_of(graph_, constant));
    if (!narrow) {
      kept_.push_back({graph_[constant].name, "it holds a number beyond float16"});
      return;
    }
    widen(constant, *std::move(narrow), {});
  }

  /// None if the node does not use the constant as weights.
  std::optional<WeightsUse> use_of(NodeId user, ValueId constant) const {
    const NodeView n = view(user);
    const OpRow& row = n.row();
    if (row.weights.rank != 0) {
      if (n.input(row.weights.weights) != constant) return std::nullopt;
      return WeightsUse{row.weights.output_axis, row.quantization.hybrid && n.type(row.weights.data) == Type::float32};
    }
    const std::int8_t factor = row.quantization.constant;
    for (std::size_t i = 0; i < n.input_count(); ++i) {
      if (n.input(i) == constant && static_cast<std::int8_t>(i) != factor) return std::nullopt;
    }
    if (factor >= 0) return WeightsUse{{}, row.quantization.hybrid};
    return std::nullopt;
  }

  void store_weights(ValueId constant) {
    const Tensor& real = *model_.constant_of(graph_, constant);
    const std::vector<NodeId> users = graph_.users(constant);
    if (real.element_count() < kFewElements || users.empty() || graph_.is_output(constant) || is_kept(users)) return;
    std::optional<WeightsUse> use = use_of(users.front(), constant);
    for (const NodeId user : users) {
      const std::optional<WeightsUse> other = use_of(user, constant);
      if (!use || !other || other->axis != use->axis) return;
      use->hybrid = use->hybrid && other->hybrid;
    }
    const bool hybrid = use->hybrid && form_ == ConstantForm::hybrid_int8;
    const Type type = form_ == ConstantForm::int4 ? Type::int4 : Type::int8;
    StoredConstant stored = symmetric_weights(real, type, use->axis);
    const QuantizationId quantization = model_.add_quantization(std::move(stored.quantization));
    if (!hybrid) return widen(constant, std::move(stored.tensor), quantization);
    const ValueId weights = add(constant, std::move(stored.tensor), quantization);
    for (const NodeId user : users) {
      if (view(user).row().attrs.find(Attr::asymmetric_quantize_inputs) != nullptr)
        graph_[user].attrs.set(Attr::asymmetric_quantize_inputs, true);
    }
    graph_.replace_all_uses(constant, weights);
    graph_.erase_constant(constant);
  }

  ValueId add(ValueId constant, Tensor stored, QuantizationId quantization) {
    const Type type = stored.type;
    const ValueId v = graph_.add_constant(model_.add_constant(std::move(stored)), type, graph_[constant].shape);
    graph_[v].quantization = quantization;
    graph_[v].name = graph_[constant].name;
    return v;
  }

  /// The runtime dequantizes a constant once, when it loads the model.
  void widen(ValueId constant, Tensor stored, QuantizationId quantization) {
    const ValueId v = add(constant, std::move(stored), quantization);
    const std::vector<NodeId> users = graph_.users(constant);
    const OriginId origin = users.empty() ? OriginId() : graph_[users.front()].origin;
    const NodeId node = graph_.add_node(Op::DEQUANTIZE, std::span(&v, 1), {}, 1, origin);
    // Not through the builder, which would compute a small one at once.
    Builder(model_, id_, table_).infer(node);
    graph_.replace_all_uses(constant, graph_.result(node));
    graph_.erase_constant(constant);
  }

  Model& model_;
  GraphId id_;
  Graph& graph_;
  const OpTable& table_;
  ConstantForm form_;
  const std::function<bool(const NodeView&)>& keep_float_;
  std::vector<KeptConstant>& kept_;
};

}  // namespace

std::vector<KeptConstant> store_constants(Model& model, const OpTable& table, ConstantForm form,
                                          const std::function<bool(const NodeView&)>& keep_float) {
  std::vector<KeptConstant> kept;
  for (std::size_t g = 0; g < model.graphs.size(); ++g)
    ConstantStore(model, GraphId(g), table, form, keep_float, kept).run();
  return kept;
}

}  // namespace tolite::quantize
