// Import and optimization, with the invariant that holds after each.
#include "prepare_model.h"

#include "lite/verify.h"
#include "open_model.h"
#include "ops/table.h"
#include "optimize/optimize.h"
#include "read/source.h"
#include "stage.h"

namespace tolite {
namespace {

optimize::LstmForm lstm_form(const Options& options) {
  if (options.keep_lstm_state) return optimize::LstmForm::fused_keeping_state;
  return options.fuse_lstm ? optimize::LstmForm::fused : optimize::LstmForm::loop;
}

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

}  // namespace

Model prepared_model(const std::string& path, const Options& options, Report& report, Stats& stats, Model* imported) {
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
  if (imported != nullptr) *imported = model;
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
  return model;
}

}  // namespace tolite
