// The whole story: from a model's bytes to a .tflite file, one call a stage.
#include <utility>
#include <variant>

#include "base/stats.h"
#include "base/thread_pool.h"
#include "lite/verify.h"
#include "ops/table.h"
#include "prepare_model.h"
#include "quantize_model.h"
#include "read/source.h"
#include "report/describe.h"
#include "stage.h"
#include "tolite/converter.h"
#include "verify_result.h"
#include "write/tflite.h"

namespace tolite {
namespace {

/// Where the result goes: a file, or memory.
using Sink = std::variant<std::string, std::vector<std::byte>*>;

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
  Model source;
  Model model = prepared_model(path, options, report, stats, options.verify_samples.empty() ? nullptr : &source);
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
