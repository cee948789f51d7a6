// Checks tables first, then uses, then nodes: later checks may rely on what earlier ones found sound.
#include "lite/verify.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "lite/infer.h"
#include "lite/tensor.h"
#include "tolite/error.h"

namespace tolite {
namespace {

constexpr std::size_t kMostProblems = 50;

bool has_kind(const AttrValue& value, AttrKind kind) {
  switch (kind) {
    case AttrKind::float32:
      return std::holds_alternative<float>(value);
    case AttrKind::string:
    case AttrKind::bytes:
      return std::holds_alternative<std::string>(value);
    case AttrKind::int32_list:
    case AttrKind::int64_list:
      return std::holds_alternative<std::vector<std::int64_t>>(value);
    case AttrKind::float32_list:
      return std::holds_alternative<std::vector<float>>(value);
    default:
      return std::holds_alternative<std::int64_t>(value);
  }
}

/// Whether what is known of a value can be true together with what inference says.
bool agree(const Shape& stored, const Shape& inferred) {
  if (!stored.ranked() || !inferred.ranked()) return true;
  if (stored.rank() != inferred.rank()) return false;
  for (std::size_t i = 0; i < stored.rank(); ++i) {
    if (stored[i].known() && inferred[i].known() && stored[i] != inferred[i]) return false;
  }
  return true;
}

/// The type that no kernel of the runtime takes in the node's operands; none if one takes them.
Type type_without_kernel(const Graph& graph, NodeId id, const OpRow& row) {
  if (row.kernel.types.empty()) return Type::none;
  const ValueId v = graph.operand(id, row.kernel.operand);
  return !v || graph[v].quantization || row.kernel.types.has(graph[v].type) ? Type::none : graph[v].type;
}

std::string no_kernel_for(Type type) { return "the runtime has no kernel for " + std::string(type_name(type)); }

class Verifier {
 public:
  /// `changeable` is the model again if inference shall run on it, otherwise null.
  Verifier(const Model& model, Model* changeable, const OpTable& table, Legality legality)
      : model_(model), changeable_(changeable), table_(table), legality_(legality) {}

  std::vector<std::string> run() {
    for (std::size_t i = 0; i < model_.graphs.size(); ++i) {
      graph_ = &model_.graphs[i];
      graph_index_ = i;
      where_ = "@" + graph_->name;
      const std::size_t before = problems_.size();
      values();
      uses();
      if (problems_.size() == before) order();
    }
    where_ = "signature";
    for (const Signature& s : model_.signatures) signature(s);
    return std::move(problems_);
  }

 private:
  void problem(const std::string& text) {
    if (problems_.size() < kMostProblems) problems_.push_back(where_ + ": " + text);
  }

  static std::string text(ValueId v) { return v ? "value " + std::to_string(v.index) : "no value"; }

  std::string text(NodeId id) const {
    const Node& node = (*graph_)[id];
    const OpRow* row = table_.find(node.op);
    std::string t = row != nullptr ? std::string(row->name) : "op " + std::to_string(static_cast<int>(node.op));
    const std::string origin = model_.origin_text(node.origin);
    return t + " (node " + std::to_string(id.index) + (origin.empty() ? ")" : ", " + origin + ")");
  }

  void values() {
    const Graph& g = *graph_;
    for (std::size_t i = 0; i < g.value_count(); ++i) {
      const ValueId v(i);
      const Value& value = g[v];
      if (!value.alive) {
        if (value.use_count != 0) problem(text(v) + " is dead but used");
        continue;
      }
      const auto dims = value.shape.dims();
      for (const Dim& d : dims) dimension(v, d);
      if (value.quantization && value.quantization.index >= model_.quantizations.size())
        problem(text(v) + " has a quantization that does not exist");
      if (value.quantization && value.quantization.index < model_.quantizations.size()) quantization(v, value);
      if (value.constant) constant(v, value);
      if (value.constant && value.producer) problem(text(v) + " is a constant and a result");
      if (value.type == Type::none && legality_ == Legality::written) problem(text(v) + " has no type");
    }
  }

  void dimension(ValueId v, Dim d) {
    if (d.known() ? d.number < 0 : d.symbol >= model_.symbols.size()) problem(text(v) + " has an impossible dimension");
  }

  void quantization(ValueId v, const Value& value) {
    const Quantization& q = model_.quantizations[value.quantization.index];
    if (!q.zero_points.empty() && q.zero_points.size() != q.scales.size())
      problem(text(v) + " has as many zero points as scales, or none: " + std::to_string(q.zero_points.size()) +
              " and " + std::to_string(q.scales.size()));
    if (q.scales.size() < 2 || !value.shape.ranked()) return;
    const auto axis = static_cast<std::size_t>(q.axis);
    if (q.axis < 0 || axis >= value.shape.rank()) {
      problem(text(v) + " is quantized along an axis that it has not");
    } else if (value.shape[axis].known() && value.shape[axis] != Dim(static_cast<std::int64_t>(q.scales.size()))) {
      problem(text(v) + " has another number of scales than elements along the axis");
    }
  }

  void constant(ValueId v, const Value& value) {
    if (value.constant.index >= model_.constants.size()) return problem(text(v) + " has elements that do not exist");
    const Tensor& tensor = model_[value.constant];
    if (tensor.type != value.type) problem(text(v) + " has elements of another type");
    if (tensor.shape() != value.shape) problem(text(v) + " has elements of another shape");
    if (tensor.type != Type::string && tensor.bytes.size() != tensor_bytes(tensor.type, tensor.dims))
      problem(text(v) + " has another number of bytes than its shape says");
  }

  /// Every operand and output is in its value's list once, and nothing else is.
  void uses() {
    const Graph& g = *graph_;
    std::vector<std::uint32_t> wanted(g.value_count(), 0);
    const auto want = [&](ValueId v, const std::string& user) {
      if (!v) return;
      if (v.index >= g.value_count()) return problem(user + " uses a value that does not exist");
      if (!g[v].alive) problem(user + " uses " + text(v) + ", which is dead");
      ++wanted[v.index];
    };
    for (std::size_t i = 0; i < g.node_count(); ++i) {
      const NodeId node(i);
      if (!g[node].alive) continue;
      for (std::size_t k = 0; k < g.operand_count(node); ++k) want(g.operand(node, k), text(node));
    }
    for (const ValueId v : g.outputs()) {
      if (!v) problem("an output has no value");
      want(v, "an output");
    }
    for (std::size_t i = 0; i < g.value_count(); ++i) {
      const ValueId v(i);
      if (!g[v].alive) continue;
      if (wanted[i] != g[v].use_count) {
        problem(text(v) + " counts " + std::to_string(g[v].use_count) + " uses of " + std::to_string(wanted[i]));
      } else {
        use_list(v);
      }
    }
  }

  void use_list(ValueId v) {
    const Graph& g = *graph_;
    std::uint32_t count = 0;
    UseId previous;
    for (UseId use = g[v].first_use; use; use = g[use].next) {
      if (++count > g[v].use_count) return problem(text(v) + " has a longer use list than it counts");
      const Use& u = g[use];
      if (u.value != v || u.previous != previous) return problem(text(v) + " has a broken use list");
      if (u.user && (!g[u.user].alive || g.operand(u.user, u.slot) != v))
        return problem(text(v) + " lists a use that " + text(u.user) + " has not");
      previous = use;
    }
    if (count != g[v].use_count) problem(text(v) + " has a shorter use list than it counts");
  }

  void order() {
    std::vector<NodeId> sorted;
    try {
      sorted = graph_->order();
    } catch (const Error& e) {
      return problem(e.message());
    }
    for (const NodeId id : sorted) node(id);
  }

  void node(NodeId id) {
    const Node& n = (*graph_)[id];
    const OpRow* row = table_.find(n.op);
    if (row == nullptr) return problem(text(id) + " has no row in the op table");
    if (legality_ == Legality::written && !is_builtin(n.op)) problem(text(id) + " has no form in a file");
    if (legality_ == Legality::optimized && !is_builtin(n.op) && n.op != Op::TF_NODE)
      problem(text(id) + " should have become ops of the runtime");
    if (row->results != 0 && n.result_count < row->results)
      return problem(text(id) + " has " + std::to_string(n.result_count) + " results");
    for (std::uint32_t i = 0; i < n.result_count; ++i) {
      const Value& result = (*graph_)[graph_->result(id, i)];
      if (result.producer != id || result.slot != i) problem(text(id) + " has a result that does not know it");
    }
    const std::size_t before = problems_.size();
    for (const AttrEntry& entry : n.attrs.entries()) attribute(id, *row, entry);
    if (problems_.size() != before) return;
    if (legality_ == Legality::written) kernel_type(id, *row);
    inference(id, *row);
  }

  void attribute(NodeId id, const OpRow& row, const AttrEntry& entry) {
    const std::string name(attr_name(entry.attr));
    const AttrSpec* spec = row.attrs.find(entry.attr);
    if (spec == nullptr) return problem(text(id) + " has an attribute " + name + " that its row has not");
    if (!has_kind(entry.value, spec->kind)) return problem(text(id) + ": attribute " + name + " is of another kind");
    if (spec->kind == AttrKind::graph) {
      const std::int64_t graph = std::get<std::int64_t>(entry.value);
      if (graph < 0 || static_cast<std::size_t>(graph) >= model_.graphs.size())
        problem(text(id) + ": attribute " + name + " is no graph");
    }
  }

  void kernel_type(NodeId id, const OpRow& row) {
    const Type type = type_without_kernel(*graph_, id, row);
    if (type != Type::none) problem(text(id) + ": " + no_kernel_for(type));
  }

  struct Described {
    Type type{};
    Shape shape;
    std::optional<std::vector<Dim>> known;
  };

  /// Infers the results again and puts back what they were.
  void inference(NodeId id, const OpRow& row) {
    if (row.infer == nullptr || changeable_ == nullptr) return;
    Graph& g = changeable_->graphs[graph_index_];
    std::vector<Described> stored;
    for (std::uint32_t i = 0; i < g[id].result_count; ++i) {
      Value& value = g[g.result(id, i)];
      stored.push_back({value.type, value.shape, std::exchange(value.known, std::nullopt)});
    }
    std::string failure;
    try {
      Infer infer(*changeable_, g, id, row);
      row.infer(infer);
    } catch (const Error& e) {
      failure = e.message();
    }
    for (std::uint32_t i = 0; i < stored.size(); ++i) {
      Value& value = g[g.result(id, i)];
      if (failure.empty()) compare(id, i, stored[i], value);
      value.type = stored[i].type;
      value.shape = std::move(stored[i].shape);
      value.known = std::move(stored[i].known);
    }
    if (!failure.empty()) problem(text(id) + ": " + failure);
  }

  void compare(NodeId id, std::uint32_t i, const Described& stored, const Value& inferred) {
    const std::string result = text(id) + ", result " + std::to_string(i);
    if (stored.type != inferred.type) {
      problem(result + " is " + std::string(type_name(stored.type)) + ", by inference " +
              std::string(type_name(inferred.type)));
    }
    if (!agree(stored.shape, inferred.shape)) {
      problem(result + " has shape " + text(stored.shape) + ", by inference " + text(inferred.shape));
    }
    if (stored.known && inferred.known && !agree(Shape(*stored.known), Shape(*inferred.known))) {
      problem(result + " has elements " + text(Shape(*stored.known)) + ", by inference " +
              text(Shape(*inferred.known)));
    }
  }

  std::string text(const Shape& shape) const {
    std::string t = shape.ranked() ? "[" : "[*";
    for (std::size_t i = 0; i < shape.rank(); ++i) t += (i > 0 ? ", " : "") + model_.symbols.text(shape[i]);
    return t + "]";
  }

  void signature(const Signature& s) {
    if (s.graph.index >= model_.graphs.size()) return problem(s.key + " has no graph");
    const Graph& g = model_[s.graph];
    for (const SignatureTensor& input : s.inputs) {
      if (std::find(g.inputs().begin(), g.inputs().end(), input.value) == g.inputs().end())
        problem(s.key + ": " + input.name + " is no input of the graph");
    }
    if (s.outputs.size() != s.outputs_slot.size()) problem(s.key + " has names and outputs that do not match");
    const std::size_t outputs = g.outputs().size();
    for (const std::size_t slot : s.outputs_slot) {
      if (slot >= outputs) problem(s.key + " has an output that its graph has not");
    }
  }

  const Model& model_;
  Model* changeable_;
  const OpTable& table_;
  Legality legality_;
  const Graph* graph_ = nullptr;
  std::size_t graph_index_ = 0;
  std::string where_;
  std::vector<std::string> problems_;
};

}  // namespace

std::vector<std::string> problems_of(Model& model, const OpTable& table, Legality legality) {
  return Verifier(model, &model, table, legality).run();
}

void verify(const Model& model, const OpTable& table, Legality legality) {
  std::vector<std::string> problems = Verifier(model, nullptr, table, legality).run();
  if (problems.empty()) return;
  std::string message = "the model is not sound: " + problems.front();
  throw Error(Code::internal, std::move(message), {}, std::move(problems));
}

std::vector<NodeWithoutKernel> nodes_without_kernel(const Model& model, const OpTable& table) {
  std::vector<NodeWithoutKernel> found;
  for (const Graph& graph : model.graphs) {
    for (const NodeId id : graph.order()) {
      const OpRow& row = table[graph[id].op];
      const Type type = is_builtin(row.op) ? type_without_kernel(graph, id, row) : Type::none;
      if (is_builtin(row.op) && type == Type::none) continue;
      std::string reason = type != Type::none ? no_kernel_for(type) : "there is no builtin for this operation";
      found.push_back({std::string(row.name), std::move(reason), model.node_name(graph, id), type});
    }
  }
  return found;
}

}  // namespace tolite
