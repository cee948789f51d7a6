// Runs the float model on samples and gathers what its values are.
#pragma once

#include <functional>

#include "lite/model.h"
#include "lite/op_row.h"
#include "quantize/statistics.h"

namespace tolite::quantize {

/// Samples, one at a time: memory does not depend on how many there are.
class Samples {
 public:
  virtual ~Samples() = default;
  virtual std::size_t count() const = 0;

  /// The inputs of one call of one graph, in the graph's order.
  struct Call {
    GraphId graph;
    std::vector<Tensor> inputs;
    std::string name;  ///< for messages
  };
  /// The calls that sample i makes.
  virtual std::vector<Call> sample(std::size_t i) = 0;

 protected:
  Samples() = default;
};

struct CalibrateOptions {
  bool with_histograms = false;
  /// Called after each sample with how many are done, and what was gathered so far.
  std::function<void(std::size_t done, const Statistics& statistics)> on_sample;
};

/// Adds what the samples show to `statistics`; samples that are in already are passed over. Throws
/// Error(bad_input_data) for a sample with a NaN or an infinity, Error(cannot_evaluate) for an op without a kernel.
void calibrate(const Model& model, const OpTable& table, Samples& samples, const CalibrateOptions& options,
               Statistics& statistics);

/// A hash of the model's text: statistics belong to one model.
std::string fingerprint(const Model& model, const OpTable& table);

}  // namespace tolite::quantize
