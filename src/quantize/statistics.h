// What calibration has seen of the values of a model. Statistics of parts of the samples add up to those of the whole,
// whatever the parts and their order: every number here is a minimum, a maximum, a count or an exact sum.
#pragma once

#include <cstdint>
#include <limits>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "lite/graph.h"
#include "lite/tensor.h"

namespace tolite::quantize {

/// An interval of real numbers; empty until something is included.
struct Range {
  float min = std::numeric_limits<float>::infinity();
  float max = -std::numeric_limits<float>::infinity();

  bool empty() const { return !(min <= max); }
  bool finite() const;
  void include(const Range& other);
  friend bool operator==(const Range&, const Range&) = default;
};

/// The least of the maxima of the rows along the last axis, NaNs left out.
float least_row_maximum(const Tensor& tensor);

/// Means of the slices of a float32 tensor along its last axis.
std::vector<double> channel_means(const Tensor& tensor);

/// Least and greatest of float32 elements, NaNs left out.
Range range_of(const Tensor& tensor);

/// A sum that does not depend on the order of its terms: partial sums that do not overlap (Shewchuk, "Adaptive
/// Precision Floating-Point Arithmetic", 1997), so that nothing is rounded before the end.
class ExactSum {
 public:
  void add(double term);
  void add(const ExactSum& other);
  /// Rounded once.
  double value() const;
  /// The sum without any rounding, as numbers of which each is what is left after those before, rounded.
  std::vector<double> digits() const;

 private:
  std::vector<double> parts_;  ///< that do not overlap, the greatest last
};

/// How often elements fell into each of 2^16 intervals: numbers whose upper 16 bits as float32 are the same, which is
/// what bfloat16 tells apart. The intervals are fixed, so histograms add up.
class Histogram {
 public:
  void add(const Tensor& tensor);
  void add(const Histogram& other);
  bool empty() const { return counts_.empty(); }
  /// Intervals that are not empty, from the lowest: a number in its middle and how many fell there.
  std::vector<std::pair<float, std::uint64_t>> filled() const;

  const std::map<std::uint16_t, std::uint64_t>& counts() const { return counts_; }
  void add(std::uint16_t interval, std::uint64_t count) { counts_[interval] += count; }

 private:
  std::map<std::uint16_t, std::uint64_t> counts_;  ///< by the upper bits
};

struct ValueStatistics {
  Range range;  ///< of all samples
  std::uint64_t tensors = 0;
  ExactSum minima;  ///< of each tensor
  ExactSum maxima;
  /// Of the rows along the last axis, the least of their maxima; where it was asked for.
  float least_row_maximum = std::numeric_limits<float>::infinity();
  Histogram histogram;  ///< where it was asked for
  /// Of the slices along the last axis, sums over tensors of their means; where it was asked for, and the axis is
  /// always as long.
  std::vector<ExactSum> channels;

  /// What to look at beyond the range.
  struct Wanted {
    bool histogram = false;
    bool channels = false;
    bool row_maxima = false;
  };
  void add(const Tensor& tensor, const Wanted& wanted);
  void add(const ValueStatistics& other);
};

class Statistics {
 public:
  using Key = std::pair<GraphId, ValueId>;

  /// Of which model: a hash of its text.
  std::string model;
  /// Which samples are in, as a bitmap by number; empty where nobody resumes.
  std::vector<bool> samples;

  ValueStatistics& operator[](Key key) { return values_[key]; }
  const ValueStatistics* find(GraphId graph, ValueId value) const;
  const std::map<Key, ValueStatistics>& values() const { return values_; }

  /// Throws Error(bad_input_data) if they are of different models.
  void add(const Statistics& other);

  std::string to_json() const;
  /// Throws Error(malformed).
  static Statistics from_json(std::string_view text, const std::string& name);

 private:
  std::map<Key, ValueStatistics> values_;
};

}  // namespace tolite::quantize
