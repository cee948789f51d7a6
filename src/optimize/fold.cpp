// The folding pass: computes every constant expression once.
//
// Weights reach this pass as short chains (transpose, scale, reshape) over mapped bytes. A chain is one task: its
// intermediate tensors live only within it, so that memory never holds more than one of them a thread. Tasks that need
// each other's results run in levels; within a level many small tasks share the pool, and each large one has the pool
// to itself, because the kernels split large tensors on their own.
#include <algorithm>
#include <memory>
#include <set>
#include <unordered_map>

#include "base/thread_pool.h"
#include "lite/builder.h"
#include "lite/eval.h"
#include "optimize/driver.h"
#include "optimize/passes.h"
#include "tolite/error.h"

namespace tolite::optimize {
namespace {

// A file must not grow because a constant was unpacked: a result may be as large as the inputs, or this.
constexpr std::size_t kBudget = std::size_t{4} << 20U;
// From here on the kernel's own threads are worth more than other tasks beside it.
constexpr std::size_t kLarge = std::size_t{4} << 20U;

struct Task {
  std::vector<NodeId> nodes;  ///< in order of computation; the last one's results are the task's
  std::size_t level = 0;
  std::size_t bytes = 0;
  std::vector<Tensor> results;  ///< empty if it cannot be computed
  bool from_float16 = false;    ///< they have the digits of a 16-bit float
};

class Folder {
 public:
  Folder(Model& model, GraphId graph, const OpTable& table)
      : model_(model), graph_id_(graph), graph_(model[graph]), table_(table) {}

  /// Returns the constants it made from 16-bit floats.
  std::set<std::uint32_t> run() {
    for (const NodeId node : graph_.order()) replace_if_empty(node);
    const std::vector<NodeId> order = graph_.order();
    for (const NodeId node : order) inspect(node);
    if (tasks_of_.empty()) return {};
    make_tasks(order);
    std::stable_sort(tasks_.begin(), tasks_.end(), [](const Task& a, const Task& b) { return a.level < b.level; });
    for (std::size_t begin = 0; begin < tasks_.size();) {
      std::size_t end = begin;
      while (end < tasks_.size() && tasks_[end].level == tasks_[begin].level) ++end;
      run_level(std::span(tasks_).subspan(begin, end - begin));
      begin = end;
    }
    return std::move(from_float16_);
  }

 private:
  struct Expression {
    std::size_t input_bytes = 0;
    std::size_t level = 0;  ///< of the task it belongs to
  };

  bool is_foldable(ValueId v) const {
    return !v || graph_[v].constant || (graph_[v].producer && tasks_of_.contains(graph_[v].producer.index));
  }

  /// Results without elements are the same whatever the operands.
  void replace_if_empty(NodeId node) {
    const OpRow* row = table_.find(graph_[node].op);
    if (row == nullptr || !row->pure) return;
    for (std::size_t i = 0; i < graph_[node].result_count; ++i) {
      const Value& result = graph_[graph_.result(node, i)];
      if (result.shape.element_count() != 0 || byte_size(result.type) == 0) return;
    }
    Task task;
    task.nodes = {node};
    for (std::size_t i = 0; i < graph_[node].result_count; ++i) {
      const Value& result = graph_[graph_.result(node, i)];
      task.results.push_back(new_tensor(result.type, result.shape.numbers()).tensor);
    }
    install(task);
  }

  /// Notes the node if it is a constant expression within the budget.
  void inspect(NodeId node) {
    const OpRow* row = table_.find(graph_[node].op);
    if (row == nullptr || !row->pure || row->eval == nullptr || graph_[node].operand_count == 0) return;
    Expression e;
    for (const ValueId v : graph_.operands(node)) {
      if (!is_foldable(v)) return;
      if (!v) continue;
      e.input_bytes += graph_[v].constant ? model_[graph_[v].constant].bytes.size()
                                          : tasks_of_.at(graph_[v].producer.index).input_bytes;
    }
    std::size_t result_bytes = 0;
    for (std::size_t i = 0; i < graph_[node].result_count; ++i) {
      const Value& result = graph_[graph_.result(node, i)];
      if (result.shape.is_static() && byte_size(result.type) != 0)
        result_bytes += tensor_bytes(result.type, result.shape.numbers());
    }
    if (result_bytes > std::max(kBudget, e.input_bytes)) return;
    tasks_of_.emplace(node.index, e);
  }

  /// Part of its user's task: one use, by an expression.
  bool is_inner(NodeId node) const {
    if (graph_[node].result_count != 1) return false;
    const std::vector<NodeId> users = graph_.users(graph_.result(node));
    return users.size() == 1 && graph_[graph_.result(node)].use_count == 1 && tasks_of_.contains(users.front().index);
  }

  void make_tasks(const std::vector<NodeId>& order) {
    std::unordered_map<std::uint32_t, std::vector<NodeId>> collected;  // nodes of unfinished tasks by their last node
    for (const NodeId node : order) {
      const auto found = tasks_of_.find(node.index);
      if (found == tasks_of_.end()) continue;
      Task task;
      for (const ValueId v : graph_.operands(node)) {
        if (!v || !graph_[v].producer) continue;
        const NodeId producer = graph_[v].producer;
        const Expression& e = tasks_of_.at(producer.index);
        const auto inner = collected.find(producer.index);
        task.level = std::max(task.level, e.level + (inner == collected.end() ? 1 : 0));
        if (inner == collected.end()) continue;
        task.nodes.insert(task.nodes.end(), inner->second.begin(), inner->second.end());
        collected.erase(inner);
      }
      task.nodes.push_back(node);
      found->second.level = task.level;
      if (is_inner(node)) {
        collected.emplace(node.index, std::move(task.nodes));
        continue;
      }
      task.bytes = found->second.input_bytes;
      tasks_.push_back(std::move(task));
    }
  }

  void run_level(std::span<Task> level) {
    std::vector<Task*> small;
    std::vector<Task*> large;
    for (Task& task : level) (task.bytes >= kLarge ? large : small).push_back(&task);
    for (Task* task : large) {
      compute(*task);
      install(*task);
    }
    parallel_for(small.size(), [&](std::size_t i) { compute(*small[i]); });
    for (Task* task : small) install(*task);
  }

  struct Inner {
    Tensor tensor;
    bool from_float16 = false;
  };
  using Inners = std::unordered_map<std::uint32_t, Inner>;

  /// Whether the largest operands were 16-bit floats: what comes of them has their digits, whatever factors they meet.
  bool has_float16_digits(const std::vector<ValueId>& operands, const std::vector<const Tensor*>& inputs,
                          const Inners& made) const {
    std::int64_t most = 0;
    bool narrow = false;
    for (std::size_t i = 0; i < operands.size(); ++i) {
      const ValueId v = operands[i];
      if (!v || (graph_[v].type != Type::float16 && graph_[v].type != Type::float32)) continue;
      const auto inner = made.find(v.index);
      const bool is_narrow = graph_[v].type == Type::float16 || from_float16_.contains(v.index) ||
                             (inner != made.end() && inner->second.from_float16);
      const std::int64_t count = inputs[i]->element_count();
      if (count < most) continue;
      narrow = is_narrow && (narrow || count > most);
      most = count;
    }
    return narrow;
  }

  /// Reads the graph only; several run at once.
  void compute(Task& task) const {
    Inners made;
    try {
      for (const NodeId node : task.nodes) {
        const std::vector<ValueId> operands = graph_.operands(node);
        std::vector<const Tensor*> inputs;
        const auto disposable = std::make_unique<bool[]>(operands.size());
        for (const ValueId v : operands) {
          const auto inner = v ? made.find(v.index) : made.end();
          disposable[inputs.size()] = inner != made.end();
          inputs.push_back(inner != made.end() ? &inner->second.tensor : v ? model_.constant_of(graph_, v) : nullptr);
          if (v && inputs.back() == nullptr) return;  // an operand could not be computed
        }
        const bool from_float16 = has_float16_digits(operands, inputs, made);
        std::vector<Tensor> results = evaluate_node(NodeView(model_, graph_, node, table_[graph_[node].op]), inputs,
                                                    std::span(disposable.get(), operands.size()));
        for (const ValueId v : operands) {
          if (v) made.erase(v.index);
        }
        if (node == task.nodes.back()) {
          task.results = std::move(results);
          task.from_float16 = from_float16;
        } else {
          made.emplace(graph_.result(node).index, Inner{std::move(results.front()), from_float16});
        }
      }
    } catch (const Error& e) {
      if (e.code() != Code::cannot_evaluate) throw;  // the runtime will compute it
    }
  }

  void install(Task& task) {
    if (task.results.empty()) return;
    const NodeId last = task.nodes.back();
    for (std::size_t i = 0; i < task.results.size(); ++i) {
      const ValueId old_value = graph_.result(last, i);
      Tensor& tensor = task.results[i];
      const Type type = tensor.type;
      Shape shape = tensor.shape();
      const ValueId constant = graph_.add_constant(model_.add_constant(std::move(tensor)), type, std::move(shape));
      graph_[constant].name = graph_[old_value].name;
      graph_[constant].quantization = graph_[old_value].quantization;
      graph_.replace_all_uses(old_value, constant);
      if (task.from_float16 && type == Type::float32) from_float16_.insert(constant.index);
    }
    erase_if_unused(model_, graph_id_, table_, last, [this](ValueId operand) {
      if (graph_[operand].use_count == 0 && graph_[operand].constant) graph_.erase_constant(operand);
    });
    task.results.clear();
  }

  Model& model_;
  GraphId graph_id_;
  Graph& graph_;
  const OpTable& table_;
  std::unordered_map<std::uint32_t, Expression> tasks_of_;  // by node; only looked up, never walked
  std::vector<Task> tasks_;
  std::set<std::uint32_t> from_float16_;  // values
};

}  // namespace

void fold_constants(Model& model, GraphId graph, const OpTable& table) {
  for (const std::uint32_t weights : Folder(model, graph, table).run())
    store_as_float16(model, graph, table, ValueId(weights));
}

}  // namespace tolite::optimize
