// The stage of a conversion that stores weights and activations with fewer bits.
#include "quantize_model.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/file.h"
#include "quantize/apply.h"
#include "quantize/calibrate.h"
#include "quantize/plan.h"
#include "quantize/scope.h"
#include "quantize/store_constants.h"
#include "sample_files.h"
#include "tolite/error.h"

namespace tolite {
namespace {

using Mode = QuantizationOptions::Mode;

bool is_integer_mode(Mode mode) { return mode == Mode::int8 || mode == Mode::int16x8; }

quantize::RangeMethod range_method(QuantizationOptions::Ranges ranges) {
  switch (ranges) {
    case QuantizationOptions::Ranges::min_max:
      return quantize::RangeMethod::min_max;
    case QuantizationOptions::Ranges::moving_average:
      return quantize::RangeMethod::moving_average;
    case QuantizationOptions::Ranges::percentile:
      return quantize::RangeMethod::percentile;
    case QuantizationOptions::Ranges::mse:
      return quantize::RangeMethod::mse;
    case QuantizationOptions::Ranges::kl:
      return quantize::RangeMethod::kl;
  }
  return quantize::RangeMethod::min_max;
}

/// What an input or output is stored as.
Type interface_type(const std::string& name, const QuantizationOptions& options) {
  const std::optional<Type> type = parse_type(name);
  const bool fits = type && (*type == Type::float32 ||
                             (options.mode == Mode::int8 && (*type == Type::int8 || *type == Type::uint8)) ||
                             (options.mode == Mode::int16x8 && *type == Type::int16));
  if (!fits)
    throw Error(Code::bad_option, fmt::format("inputs and outputs cannot be {} in this mode of quantization", name), {},
                {"int8: float32, int8 or uint8; int16x8: float32 or int16; all others: float32"});
  return *type;
}

/// The patterns that keep nodes float; warns of those that fit none.
std::function<bool(const NodeView&)> keep_float(const Model& model, const OpTable& table,
                                                const std::vector<std::string>& patterns, Report& report) {
  if (patterns.empty()) return {};
  std::vector<quantize::Scope> scopes;
  for (const std::string& pattern : patterns) scopes.emplace_back(pattern);
  for (const quantize::Scope& scope : scopes) {
    const bool fits = std::any_of(model.graphs.begin(), model.graphs.end(), [&](const Graph& graph) {
      const std::vector<NodeId> order = graph.order();
      return std::any_of(order.begin(), order.end(),
                         [&](NodeId node) { return scope.fits(NodeView(model, graph, node, table[graph[node].op])); });
    });
    if (fits) continue;
    const std::vector<std::string> near = quantize::near_misses(model, scope);
    report.warnings.push_back(fmt::format("no layer or tensor is called {}{}", scope.pattern(),
                                          near.empty() ? "" : fmt::format("; is it {}?", fmt::join(near, ", "))));
  }
  return [scopes](const NodeView& n) {
    return std::any_of(scopes.begin(), scopes.end(), [&](const quantize::Scope& scope) { return scope.fits(n); });
  };
}

/// Nodes that stay float, by op and reason.
void report_kept(const Model& model, const OpTable& table, const std::vector<quantize::KeptFloat>& kept,
                 Report& report) {
  for (const quantize::KeptFloat& k : kept) {
    const Graph& graph = model[k.graph];
    const std::string op(table[graph[k.node].op].name);
    auto at = std::find_if(report.kept_float.begin(), report.kept_float.end(),
                           [&](const KeptFloat& r) { return r.op == op && r.reason == k.reason; });
    if (at == report.kept_float.end()) at = report.kept_float.insert(at, {op, k.reason, {}});
    at->nodes.push_back(model.node_name(graph, k.node));
  }
}

void quantize_integers(Model& model, const OpTable& table, const QuantizationOptions& options,
                       const quantize::Statistics& statistics, quantize::PlanOptions plan_options, Report& report) {
  plan_options.stored = options.mode == Mode::int16x8 ? Type::int16 : Type::int8;
  plan_options.everything = options.integers_only;
  plan_options.method = range_method(options.ranges);
  plan_options.input_type = interface_type(options.input_type, options);
  plan_options.output_type = interface_type(options.output_type, options);
  const quantize::Plan plan = quantize::make_plan(model, table, statistics, plan_options);
  report_kept(model, table, plan.kept_float, report);
  if (options.integers_only && !plan.kept_float.empty())
    throw Error(Code::cannot_quantize, fmt::format("{} {} cannot compute with integers", plan.kept_float.size(),
                                                   plan.kept_float.size() == 1 ? "node" : "nodes"));
  quantize::apply_plan(model, table, plan, plan_options);
}

/// Ranges from statistics files and from samples.
quantize::Statistics gathered(const Model& model, const OpTable& table, const Options& options) {
  const QuantizationOptions& wanted = options.quantization;
  quantize::Statistics statistics;
  for (const std::string& path : wanted.statistics) {
    const auto file = MappedFile::open(path);
    statistics.add(of_model(quantize::Statistics::from_json(as_text(file->bytes()), path), model, table, path));
  }
  if (wanted.samples.empty()) return statistics;
  const std::unique_ptr<quantize::Samples> samples = open_samples(model, wanted.samples);
  quantize::CalibrateOptions calibrate = calibrate_options(wanted);
  calibrate.on_sample = [&](std::size_t done, const quantize::Statistics&) {
    if (options.on_stage) options.on_stage(fmt::format("calibrate {} of {}", done, samples->count()));
  };
  statistics.samples.clear();  // of other files
  quantize::calibrate(model, table, *samples, calibrate, statistics);
  return statistics;
}

quantize::ConstantForm constant_form(Mode mode) {
  switch (mode) {
    case Mode::float16:
      return quantize::ConstantForm::float16;
    case Mode::weights8:
      return quantize::ConstantForm::int8;
    case Mode::weights4:
      return quantize::ConstantForm::int4;
    default:
      return quantize::ConstantForm::hybrid_int8;
  }
}

}  // namespace

quantize::CalibrateOptions calibrate_options(const QuantizationOptions& options) {
  quantize::CalibrateOptions calibrate;
  calibrate.with_histograms = quantize::needs_histogram(range_method(options.ranges));
  return calibrate;
}

quantize::Statistics of_model(quantize::Statistics statistics, const Model& model, const OpTable& table,
                              const std::string& file) {
  if (statistics.model != quantize::fingerprint(model, table))
    throw Error(Code::bad_input_data,
                file + ": these statistics are of another model, or of other options of conversion");
  return statistics;
}

void quantize_model(Model& model, const OpTable& table, const Options& options, Report& report) {
  const QuantizationOptions& wanted = options.quantization;
  quantize::PlanOptions plan_options;
  plan_options.keep_float = keep_float(model, table, wanted.keep_float, report);
  if (is_integer_mode(wanted.mode)) {
    if (wanted.samples.empty() && wanted.statistics.empty())
      throw Error(Code::bad_option, "this mode of quantization needs samples, or statistics of a calibration");
    return quantize_integers(model, table, wanted, gathered(model, table, options), std::move(plan_options), report);
  }
  interface_type(wanted.input_type, wanted);
  interface_type(wanted.output_type, wanted);
  for (const quantize::KeptConstant& kept :
       quantize::store_constants(model, table, constant_form(wanted.mode), plan_options.keep_float)) {
    report.warnings.push_back(fmt::format("{} stays float32: {}", kept.name, kept.reason));
  }
}

std::vector<std::int32_t> optimization_modes(const QuantizationOptions& options) {
  switch (options.mode) {
    case Mode::none:
      return {};
    case Mode::float16:
      return {1001};
    case Mode::dynamic:
    case Mode::weights8:
    case Mode::weights4:
      return {1002};
    case Mode::int8:
      return {1003};
    case Mode::int16x8:
      return {1004};
  }
  return {};
}

}  // namespace tolite
