// Runs the float model on samples and gathers what its values are.
#include "quantize/calibrate.h"

#include <fmt/core.h>

#include <cmath>
#include <map>

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

/// By value, what planning asks for beyond its range: of data that meets weights, what errors of weights do to results
/// hangs on its means; of data whose rows are compared, only what lies near the maximum counts.
std::map<Statistics::Key, ValueStatistics::Wanted> wanted_by_value(const Model& model, const OpTable& table) {
  std::map<Statistics::Key, ValueStatistics::Wanted> wanted;
  for (std::size_t g = 0; g < model.graphs.size(); ++g) {
    const Graph& graph = model.graphs[g];
    for (const NodeId node : graph.order()) {
      const OpRow& row = table[graph[node].op];
      if (row.weights.rank != 0) wanted[{GraphId(g), graph.operand(node, row.weights.data)}].channels = true;
      if (row.quantization.int8_reach != 0) wanted[{GraphId(g), graph.operand(node, 0)}].row_maxima = true;
    }
  }
  return wanted;
}

}  // namespace

void calibrate(const Model& model, const OpTable& table, Samples& samples, const CalibrateOptions& options,
               Statistics& statistics) {
  evaluate::Evaluator evaluator(model, table);
  const std::map<Statistics::Key, ValueStatistics::Wanted> wanted = wanted_by_value(model, table);
  evaluator.observe([&](GraphId graph, ValueId value, const Tensor& tensor) {
    if (tensor.type != Type::float32) return;
    const auto at = wanted.find({graph, value});
    ValueStatistics::Wanted of_value = at == wanted.end() ? ValueStatistics::Wanted() : at->second;
    of_value.histogram = options.with_histograms;
    statistics[{graph, value}].add(tensor, of_value);
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
