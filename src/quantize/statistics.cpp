// Gathers, adds up and stores what calibration has seen.
#include "quantize/statistics.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>

#include "base/thread_pool.h"
#include "tolite/error.h"

namespace tolite::quantize {
namespace {

constexpr std::size_t kLanes = 16;
constexpr std::size_t kGrain = 1U << 16U;

/// Comparisons with NaN fail, so that it is passed over. In lanes, which the compiler computes side by side.
Range range_of_part(Elements<float> x, std::size_t begin, std::size_t end) {
  std::array<float, kLanes> low;
  std::array<float, kLanes> high;
  low.fill(Range().min);
  high.fill(Range().max);
  std::size_t i = begin;
  for (; i + kLanes <= end; i += kLanes) {
    for (std::size_t k = 0; k < kLanes; ++k) {
      const float v = x[i + k];
      low[k] = v < low[k] ? v : low[k];
      high[k] = v > high[k] ? v : high[k];
    }
  }
  for (; i < end; ++i) {
    low[0] = x[i] < low[0] ? x[i] : low[0];
    high[0] = x[i] > high[0] ? x[i] : high[0];
  }
  return {*std::min_element(low.begin(), low.end()), *std::max_element(high.begin(), high.end())};
}

}  // namespace

bool Range::finite() const { return std::isfinite(min) && std::isfinite(max); }

void Range::include(const Range& other) {
  min = std::min(min, other.min);
  max = std::max(max, other.max);
}

Range range_of(const Tensor& tensor) {
  const Elements<float> x(tensor.bytes);
  const std::size_t parts = (x.size() + kGrain - 1) / kGrain;
  std::vector<Range> ranges(parts);
  parallel_for(parts, kGrain, [&](std::size_t part) {
    ranges[part] = range_of_part(x, part * kGrain, std::min(x.size(), (part + 1) * kGrain));
  });
  Range range;
  for (const Range& part : ranges) range.include(part);
  return range;
}

void ExactSum::add(double term) {
  std::size_t kept = 0;
  for (double part : parts_) {
    if (std::abs(term) < std::abs(part)) std::swap(term, part);
    const double sum = term + part;
    const double error = part - (sum - term);
    if (error != 0) parts_[kept++] = error;
    term = sum;
  }
  parts_.resize(kept);
  parts_.push_back(term);
}

void ExactSum::add(const ExactSum& other) {
  for (const double part : other.parts_) add(part);
}

double ExactSum::value() const {
  double high = 0;
  double low = 0;
  std::size_t i = parts_.size();
  while (i > 0 && low == 0) {
    const double before = high;
    const double part = parts_[--i];
    high = before + part;
    low = part - (high - before);
  }
  // Half a unit of the last place: what follows decides, which rounding to even has not seen.
  const bool more = i > 0 && low * parts_[i - 1] > 0;
  if (more && (high + 2 * low) - high == 2 * low) high += 2 * low;
  return high;
}

std::vector<double> ExactSum::digits() const {
  std::vector<double> list;
  ExactSum rest = *this;
  for (double digit = rest.value(); digit != 0; digit = rest.value()) {
    list.push_back(digit);
    rest.add(-digit);
  }
  return list;
}

void Histogram::add(const Tensor& tensor) {
  const Elements<std::uint32_t> bits(tensor.bytes);
  std::vector<std::uint32_t> counts(1U << 16U);
  for (std::size_t i = 0; i < bits.size(); ++i) ++counts[bits[i] >> 16U];
  for (std::size_t i = 0; i < counts.size(); ++i) {
    if (counts[i] != 0) counts_[static_cast<std::uint16_t>(i)] += counts[i];
  }
}

void Histogram::add(const Histogram& other) {
  for (const auto& [interval, count] : other.counts_) counts_[interval] += count;
}

std::vector<std::pair<float, std::uint64_t>> Histogram::filled() const {
  std::vector<std::pair<float, std::uint64_t>> list;
  for (const auto& [interval, count] : counts_) {
    // Zero has an interval of its own with the numbers too small to matter.
    const bool is_tiny = (interval & 0x7FFFU) == 0;
    const float middle = is_tiny ? 0.0F : std::bit_cast<float>(std::uint32_t{interval} << 16U | 0x8000U);
    if (std::isfinite(middle)) list.emplace_back(middle, count);
  }
  std::sort(list.begin(), list.end());
  return list;
}

std::vector<double> channel_means(const Tensor& tensor) {
  const std::size_t channels = tensor.dims.empty() ? 1 : static_cast<std::size_t>(tensor.dims.back());
  const Elements<float> x(tensor.bytes);
  const std::size_t rows = channels == 0 ? 0 : x.size() / channels;
  std::vector<double> means(channels);
  // Sums of few numbers in float32, side by side; sums of those in double: always the same, whatever the threads.
  constexpr std::size_t kRowsAtOnce = 64;
  std::vector<float> sums(channels);
  for (std::size_t row = 0; row < rows; row += kRowsAtOnce) {
    std::fill(sums.begin(), sums.end(), 0.0F);
    for (std::size_t r = row; r < std::min(rows, row + kRowsAtOnce); ++r) {
      for (std::size_t c = 0; c < channels; ++c) sums[c] += x[r * channels + c];
    }
    for (std::size_t c = 0; c < channels; ++c) means[c] += static_cast<double>(sums[c]);
  }
  for (double& mean : means) mean /= static_cast<double>(std::max<std::size_t>(rows, 1));
  return means;
}

float least_row_maximum(const Tensor& tensor) {
  const std::size_t width = tensor.dims.empty() ? 1 : static_cast<std::size_t>(tensor.dims.back());
  const Elements<float> x(tensor.bytes);
  float least = std::numeric_limits<float>::infinity();
  for (std::size_t begin = 0; width != 0 && begin < x.size(); begin += width)
    least = std::min(least, range_of_part(x, begin, begin + width).max);
  return least;
}

void ValueStatistics::add(const Tensor& tensor, const Wanted& wanted) {
  const Range seen = range_of(tensor);
  if (seen.empty()) return;
  range.include(seen);
  ++tensors;
  minima.add(seen.min);
  maxima.add(seen.max);
  if (wanted.row_maxima) least_row_maximum = std::min(least_row_maximum, quantize::least_row_maximum(tensor));
  if (wanted.histogram) histogram.add(tensor);
  if (!wanted.channels || !seen.finite()) return;
  const std::vector<double> means = channel_means(tensor);
  channels.resize(std::max(channels.size(), means.size()));
  for (std::size_t c = 0; c < means.size(); ++c) channels[c].add(means[c]);
}

void ValueStatistics::add(const ValueStatistics& other) {
  range.include(other.range);
  tensors += other.tensors;
  minima.add(other.minima);
  maxima.add(other.maxima);
  least_row_maximum = std::min(least_row_maximum, other.least_row_maximum);
  histogram.add(other.histogram);
  channels.resize(std::max(channels.size(), other.channels.size()));
  for (std::size_t c = 0; c < other.channels.size(); ++c) channels[c].add(other.channels[c]);
}

const ValueStatistics* Statistics::find(GraphId graph, ValueId value) const {
  const auto at = values_.find({graph, value});
  return at == values_.end() || at->second.range.empty() ? nullptr : &at->second;
}

void Statistics::add(const Statistics& other) {
  if (model.empty()) model = other.model;
  if (!other.model.empty() && other.model != model)
    throw Error(Code::bad_input_data, "these statistics are of different models");
  for (const auto& [key, value] : other.values_) values_[key].add(value);
  if (samples.size() < other.samples.size()) samples.resize(other.samples.size());
  for (std::size_t i = 0; i < other.samples.size(); ++i) samples[i] = samples[i] || other.samples[i];
}

}  // namespace tolite::quantize
