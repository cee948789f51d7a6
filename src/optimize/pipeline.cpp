// The order of optimization: one list, each line with the reason for its place.
#include <algorithm>

#include "lite/subgraphs.h"
#include "optimize/driver.h"
#include "optimize/passes.h"
#include "tolite/error.h"

namespace tolite::optimize {
namespace {

RuleSet join(std::initializer_list<std::vector<Rule> (*)()> topics) {
  std::vector<Rule> rules;
  for (const auto topic : topics) {
    for (Rule& rule : topic()) rules.push_back(std::move(rule));
  }
  return RuleSet(std::move(rules));
}

struct Groups {
  // Within a group the rules of earlier topics are tried first at a node.
  RuleSet simplify =
      join({cast_rules, shape_rules, slice_rules, arithmetic_rules, activation_rules, normalization_rules});
  RuleSet fuse =
      join({shape_rules, matrix_rules, convolution_rules, affine_rules, arithmetic_rules, fused_activation_rules});
  // The error functions wait for GELU, which contains them.
  RuleSet finish = join({error_function_rules, final_form_rules});
  RuleSet older_runtime = join({older_runtime_rules});
};

const Groups& groups() {
  static const Groups all;
  return all;
}

template <typename Visit>
void for_graphs_run_in(const Model& model, const OpTable& table, std::size_t graph, const Visit& visit) {
  for (std::size_t i = 0; i < model.graphs[graph].node_count(); ++i) {
    const Node& node = model.graphs[graph][NodeId(i)];
    if (!node.alive) continue;
    for (const GraphId g : graphs_run_by(table[node.op], node)) visit(g.index);
  }
}

/// By graph, how many nodes run it.
std::vector<std::uint32_t> count_runners(const Model& model, const OpTable& table) {
  std::vector<std::uint32_t> runners(model.graphs.size());
  for (std::size_t i = 0; i < runners.size(); ++i)
    for_graphs_run_in(model, table, i, [&](std::size_t g) { ++runners[g]; });
  return runners;
}

/// The graphs of the model, each after those that its nodes run.
std::vector<GraphId> callees_first(const Model& model, const OpTable& table) {
  std::vector<std::uint32_t> waiting = count_runners(model, table);
  std::vector<GraphId> callers_first;
  for (std::size_t i = 0; i < waiting.size(); ++i) {
    if (waiting[i] == 0) callers_first.emplace_back(i);
  }
  for (std::size_t next = 0; next < callers_first.size(); ++next) {
    for_graphs_run_in(model, table, callers_first[next].index, [&](std::size_t g) {
      if (--waiting[g] == 0) callers_first.emplace_back(g);
    });
  }
  std::reverse(callers_first.begin(), callers_first.end());
  return callers_first;
}

void clean(Model& model, GraphId graph, const OpTable& table) {
  // What nothing uses must not count as a use.
  remove_dead_code(model, graph, table);
  // A pattern that names a value twice sees one value only after equal ones are merged; so does a loop of two variables
  // that are the same.
  merge_equal(model, graph, table);
}

/// `graph` is clean.
void rewrite(Model& model, GraphId graph, const OpTable& table, const RuleSet& older_kernels, RewriteState& state) {
  // Before activations are fused: the arithmetic of activations and normalisations contains what would be fused.
  apply_rules(groups().simplify, model, graph, table, state);
  // After simplification has composed what it could, before fusion: a transpose between a convolution and its bias
  // hides one from the other.
  cancel_transposes(model, graph, table);
  // Everything that stands next to an op with weights now does so in its final layout.
  apply_rules(groups().fuse, model, graph, table, state);
  // Rewriting can make branches equal that were not.
  merge_equal(model, graph, table);
  // The operand forms of the runtime; they add operands that fusion would have to see through.
  apply_rules(groups().finish, model, graph, table, state);
  // After every rule that makes something new: what is left is what the target runtime would be given.
  if (const auto& target = state.options.target) {
    apply_rules(groups().older_runtime, model, graph, table, state,
                [&](const NodeView& n) { return op_version(n) > target->highest_version(n.op()); });
    // After the ops it lacks: what they became has to suit the kernels that it has.
    apply_rules(older_kernels, model, graph, table, state);
  }
  // Weights are computed once, when all that is to be done to them is known.
  fold_constants(model, graph, table);
  remove_dead_code(model, graph, table);
}

}  // namespace

std::vector<Rule> all_rules() {
  std::vector<Rule> rules = older_kernel_rules();
  for (const auto topic : {activation_rules, normalization_rules, arithmetic_rules, cast_rules, shape_rules,
                           slice_rules, matrix_rules, convolution_rules, affine_rules, fused_activation_rules,
                           error_function_rules, final_form_rules, older_runtime_rules}) {
    for (Rule& rule : topic()) rules.push_back(std::move(rule));
  }
  return rules;
}

std::vector<TooNew> newer_than(const Release& target, const Model& model, const OpTable& table) {
  std::vector<TooNew> found;
  for (const Graph& graph : model.graphs) {
    for (const NodeId id : graph.order()) {
      const OpRow& row = table[graph[id].op];
      const int version = op_version(NodeView(model, graph, id, row));
      if (!is_builtin(row.op) || version <= target.highest_version(row.op)) continue;
      found.push_back(
          {std::string(row.name), version, first_release_with(row.op, version), model.node_name(graph, id)});
    }
  }
  return found;
}

OptimizeReport optimize(Model& model, const OpTable& table, const OptimizeOptions& options, Stats& stats) {
  const StageTimer timer(stats, "optimize");
  RewriteState state{options};
  const RuleSet older_kernels(options.target ? older_kernel_rules(*options.target) : std::vector<Rule>());
  OptimizeReport report;
  // Graphs that others run come first: a loop is seen with its body in final form.
  const std::vector<std::uint32_t> runners = count_runners(model, table);
  for (const GraphId graph : callees_first(model, table)) {
    clean(model, graph, table);
    const std::vector<GraphId> changed =
        improve_loops(model, graph, table, runners, options.lstm, report.recurrent_loops);
    for (const GraphId inner : changed) {
      clean(model, inner, table);
      rewrite(model, inner, table, older_kernels, state);
    }
    if (!changed.empty()) clean(model, graph, table);
    rewrite(model, graph, table, older_kernels, state);
  }
  // What a rewrite made of a branch or loop may have been its only user.
  remove_unreachable_graphs(model, table);
  // Last: its copies are equal values.
  separate_results(model, table);
  report.rewrites = state.rewrites;
  return report;
}

}  // namespace tolite::optimize
