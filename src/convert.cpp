// The whole story: from a model's bytes to a .tflite file, one call a stage.
#include <optional>
#include <utility>
#include <variant>

#include "base/stats.h"
#include "base/thread_pool.h"
#include "lite/verify.h"
#include "open_model.h"
#include "ops/table.h"
#include "optimize/optimize.h"
#include "quantize_model.h"
#include "read/source.h"
#include "report/describe.h"
#include "tolite/converter.h"
#include "verify_result.h"
#include "write/tflite.h"

namespace tolite {
namespace {

optimize::LstmForm lstm_form(const Options& options) {
  if (options.keep_lstm_state) return optimize::LstmForm::fused_keeping_state;
  return options.fuse_lstm ? optimize::LstmForm::fused : optimize::LstmForm::loop;
}

/// Where the result goes: a file, or memory.
using Sink = std::variant<std::string, std::vector<std::byte>*>;

/// Starts a stage: tells the caller, and times it until the end of the scope.
class Stage {
 public:
  Stage(const Options& options, Stats& stats, const char* name) : timer_(stats, name) {
    if (options.on_stage) options.on_stage(name);
  }

 private:
  StageTimer timer_;
};

/// All that could not be translated is told at once, under the code that all have in common.
void require_converted(const import::Issues& issues, Report& report) {
  if (issues.empty()) return;
  std::size_t nodes = 0;
  Code code = issues.list().front().code;
  for (const import::Issue& issue : issues.list()) {
    report.unconverted.push_back({code_name(issue.code), issue.op, issue.reason, issue.way_out, issue.nodes});
    nodes += issue.nodes.size();
    if (issue.code != code) code = Code::cannot_convert;
  }
  throw Error(code, std::to_string(nodes) + (nodes == 1 ? " node" : " nodes") + " cannot be converted");
}

Release target_runtime(const Options& options) {
  return options.target_runtime.empty() ? Release::usual() : Release::named(options.target_runtime);
}

/// The nodes for which the target runtime is too old.
void add_too_new(const Release& target, const Model& model, const OpTable& table, import::Issues& issues) {
  for (const optimize::TooNew& n : optimize::newer_than(target, model, table)) {
    const std::string first(n.first_release.empty() ? "none that is known" : n.first_release);
    issues.add(n.op, "runtime " + target.name() + " does not load version " + std::to_string(n.version) + " of it",
               "the first runtime that does: " + first, n.node, Code::runtime_too_old);
  }
}

/// Who converted the model, and from what. A .tflite file keeps what it says of its own conversion.
write::Options write_options(std::string_view source_kind) {
  write::Options options;
  if (source_kind == read::source_kind_name(read::SourceKind::tflite)) return options;
  const bool is_saved_model = source_kind == read::source_kind_name(read::SourceKind::saved_model);
  options.conversion.emplace();
  options.conversion->converter = "tolite " TOLITE_VERSION;
  options.conversion->source = is_saved_model ? write::SourceKind::saved_model : write::SourceKind::graph_def;
  return options;
}

void run_stages(const std::string& path, const Options& options, const Sink& sink, Report& report, Stats& stats) {
  const OpTable& table = op_table();
  const Release target = target_runtime(options);
  report.source = path;
  Model model;
  {
    const Stage stage(options, stats, "import");
    import::Issues issues;
    model = open_model(path, table, options, report.source_kind, issues);
    require_converted(issues, report);
  }
  // From here on every node is an op of the language: no call, no variable, nothing of TensorFlow is left.
  const Model source = options.verify_samples.empty() ? Model() : model;
  {
    if (options.on_stage) options.on_stage("optimize");  // times its parts itself
    const optimize::OptimizeReport done = optimize::optimize(model, table,
                                                             {.target = target,
                                                              .rewrite_limit = options.rewrite_limit,
                                                              .explain_rule = options.explain_rule,
                                                              .explain_at = options.explain_node,
                                                              .explain = options.on_explanation,
                                                              .lstm = lstm_form(options)},
                                                             stats);
    report.recurrent_loops = done.recurrent_loops;
    import::Issues issues;
    const bool is_tensorflow = report.source_kind != read::source_kind_name(read::SourceKind::tflite);
    for (const NodeWithoutKernel& n : nodes_without_kernel(model, table)) {
      const bool is_wide = n.type == Type::float64 || n.type == Type::complex128;
      issues.add(n.op, n.reason, std::string(is_wide && is_tensorflow ? import::kNarrowFloat64 : ""), n.node);
    }
    // Where no runtime was named, one that is newer than the usual one may be needed: the report says which.
    if (!options.target_runtime.empty()) add_too_new(target, model, table, issues);
    require_converted(issues, report);
    // From here on every node is a builtin that the runtime can run, and no constant expression is left.
    verify(model, table, Legality::written);
  }
  if (!options.verify_samples.empty()) {
    const Stage stage(options, stats, "verify");
    verify_result(source, model, options, report);
  }
  if (options.quantization.mode != QuantizationOptions::Mode::none) {
    const Stage stage(options, stats, "quantize");
    quantize_model(model, table, options, report);
    // The operands are of other types now: what holds of a written model has to hold again.
    verify(model, table, Legality::written);
  }
  {
    const Stage stage(options, stats, "write");
    write::Options written = write_options(report.source_kind);
    if (written.conversion) written.conversion->optimization_modes = optimization_modes(options.quantization);
    if (const auto* file = std::get_if<std::string>(&sink)) {
      report.output_bytes = write::tflite(model, table, *file, written);
    } else {
      auto& bytes = *std::get<std::vector<std::byte>*>(sink);
      bytes = write::tflite_bytes(model, table, written);
      report.output_bytes = bytes.size();
    }
  }
  report::describe(model, table, report);
  report::describe_foreign_ops(model, table, report);
}

/// Runs the stages and keeps what the report needs, whether they succeed or not.
void convert_into(const std::string& path, const Options& options, const Sink& sink, Report& report) {
  set_thread_count(options.threads);
  report = {};
  Stats stats;
  const auto keep = [&] {
    for (const StageTime& stage : stats.stages()) report.stages.push_back({stage.name, stage.milliseconds});
    report.peak_memory = peak_memory();
  };
  try {
    run_stages(path, options, sink, report, stats);
  } catch (...) {
    keep();
    throw;
  }
  keep();
}

}  // namespace

Converter::Converter(std::string model, Options options) : model_(std::move(model)), options_(std::move(options)) {}

const Report& Converter::convert(const std::string& output) {
  convert_into(model_, options_, output, report_);
  return report_;
}

std::vector<std::byte> Converter::convert() {
  std::vector<std::byte> bytes;
  convert_into(model_, options_, &bytes, report_);
  return bytes;
}

const char* version() { return TOLITE_VERSION; }

}  // namespace tolite
