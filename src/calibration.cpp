// Calibration by itself: statistics as a file.
#include "tolite/calibration.h"

#include <fmt/core.h>

#include <chrono>

#include "base/file.h"
#include "base/thread_pool.h"
#include "ops/table.h"
#include "prepare_model.h"
#include "quantize/calibrate.h"
#include "quantize_model.h"
#include "sample_files.h"
#include "tolite/error.h"

namespace tolite {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::seconds kBetweenCheckpoints{2};

quantize::Statistics read_statistics(const std::string& path) {
  return quantize::Statistics::from_json(as_text(MappedFile::open(path)->bytes()), path);
}

}  // namespace

void calibrate(const std::string& path, const Options& options, const std::string& file, bool resume) {
  set_thread_count(options.threads);
  const OpTable& table = op_table();
  Report report;
  Stats stats;
  const Model model = prepared_model(path, options, report, stats, nullptr);
  const std::unique_ptr<quantize::Samples> samples = open_samples(model, options.quantization.samples);
  quantize::Statistics statistics;
  if (resume && is_file(file)) statistics = of_model(read_statistics(file), model, table, file);

  Clock::time_point checkpoint = Clock::now();
  quantize::CalibrateOptions calibrate = calibrate_options(options.quantization);
  calibrate.on_sample = [&](std::size_t done, const quantize::Statistics& so_far) {
    if (options.on_stage) options.on_stage(fmt::format("calibrate {} of {}", done, samples->count()));
    if (Clock::now() - checkpoint < kBetweenCheckpoints) return;
    write_file(file, as_bytes(so_far.to_json()));
    checkpoint = Clock::now();
  };
  quantize::calibrate(model, table, *samples, calibrate, statistics);
  // Which samples are in matters to a run that is not done, and to nobody else.
  statistics.samples.clear();
  write_file(file, as_bytes(statistics.to_json()));
}

void merge_statistics(const std::vector<std::string>& parts, const std::string& merged) {
  if (parts.empty()) throw Error(Code::bad_option, "there are no statistics to merge");
  quantize::Statistics sum;
  for (const std::string& part : parts) sum.add(read_statistics(part));
  sum.samples.clear();
  write_file(merged, as_bytes(sum.to_json()));
}

}  // namespace tolite
