// Decides what is stored as what.
#include "quantize/plan.h"

#include "quantize/regions.h"
#include "quantize/scale_groups.h"

namespace tolite::quantize {
namespace {

std::vector<std::vector<double>> means_of_channels(const Situation& s) {
  std::vector<std::vector<double>> means(s.graph.value_count());
  for (std::size_t v = 0; v < means.size(); ++v) {
    const ValueStatistics* seen = s.statistics.find(s.id, ValueId(v));
    if (seen == nullptr) continue;
    for (const ExactSum& sum : seen->channels) means[v].push_back(sum.value() / static_cast<double>(seen->tensors));
  }
  return means;
}

}  // namespace

std::vector<std::size_t> data_operands(const NodeView& n) {
  const WeightLayout& layout = n.row().weights;
  std::vector<std::size_t> list;
  for (std::size_t i = 0; i < n.input_count(); ++i) {
    if (!n.has(i) || n.type(i) != Type::float32) continue;
    if (layout.rank == 0 || (i != layout.weights && i != layout.bias)) list.push_back(i);
  }
  return list;
}

Plan make_plan(const Model& model, const OpTable& table, const Statistics& statistics, const PlanOptions& options) {
  Plan plan;
  plan.stored = options.stored;
  for (std::size_t g = 0; g < model.graphs.size(); ++g) {
    const Situation situation{model, model.graphs[g], GraphId(g), table, statistics, options};
    GraphPlan graph_plan;
    graph_plan.is_integer = choose_regions(situation, plan.kept_float);
    assign_scales(situation, graph_plan);
    if (options.correct_biases) graph_plan.means = means_of_channels(situation);
    plan.graphs.push_back(std::move(graph_plan));
  }
  return plan;
}

}  // namespace tolite::quantize
