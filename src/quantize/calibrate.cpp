// Runs the float model on samples and gathers what its values are.
#include "quantize/calibrate.h"

#include <fmt/core.h>

#include <cmath>
#include <set>

#include "base/hash.h"
#include "evaluate/evaluator.h"
#include "lite/text.h"
#include "tolite/error.h"

namespace tolite::quantize {
namespace {

void require_numbers(const Model& model, const Samples::Call& call) {
  for (std::size_t i = 0; i < call.inputs.size(); ++i) {
    if (call.inputs[i].type != Type::float32) continue;
    const Elements<float> x(call.inputs[i].bytes);
    for (std::size_t k = 0; k < x.size(); ++k) {
      if (std::isfinite(x[k])) continue;
      const Graph& graph = model[call.graph];
      throw Error(Code::bad_input_data,
                  fmt::format("{}: input \"{}\" holds {}", call.name, graph[graph.inputs()[i]].name,
                              std::isnan(x[k]) ? "a NaN" : "an infinity"));
    }
  }
}

/// Data of convolutions and matrix products: what errors of weights do to their results hangs on its means.
std::set<Statistics::Key> values_that_meet_weights(const Model& model, const OpTable& table) {
  std::set<Statistics::Key> values;
  for (std::size_t g = 0; g < model.graphs.size(); ++g) {
    const Graph& graph = model.graphs[g];
    for (const NodeId node : graph.order()) {
      const WeightLayout& layout = table[graph[node].op].weights;
      if (layout.rank != 0) values.emplace(GraphId(g), graph.operand(node, layout.data));
    }
  }
  return values;
}

}  // namespace

void calibrate(const Model& model, const OpTable& table, Samples& samples, const CalibrateOptions& options,
               Statistics& statistics) {
  evaluate::Evaluator evaluator(model, table);
  const std::set<Statistics::Key> weighted = values_that_meet_weights(model, table);
  evaluator.observe([&](GraphId graph, ValueId value, const Tensor& tensor) {
    if (tensor.type != Type::float32) return;
    statistics[{graph, value}].add(tensor, options.with_histograms, weighted.contains({graph, value}));
  });
  statistics.model = fingerprint(model, table);
  statistics.samples.resize(samples.count());
  for (std::size_t i = 0; i < samples.count(); ++i) {
    if (statistics.samples[i]) continue;
    evaluator.reset();  // samples are on their own, so that their order does not matter
    for (const Samples::Call& call : samples.sample(i)) {
      require_numbers(model, call);
      evaluator.run(call.graph, call.inputs);
    }
    statistics.samples[i] = true;
    if (options.on_sample) options.on_sample(i + 1, statistics);
  }
}

std::string fingerprint(const Model& model, const OpTable& table) {
  const std::string text = print_model(model, table);
  return fmt::format("{:016x}", content_hash(as_bytes(text)));
}

}  // namespace tolite::quantize
