// How the range of a value follows from what was seen of it.
#include <algorithm>
#include <cmath>

#include "quantize/parameters.h"

namespace tolite::quantize {
namespace {

constexpr double kCutOff = 1e-4;  // of the elements, at either end
constexpr int kSteps = 64;        // ends that are tried, evenly from a quarter of the range to all of it

using Filled = std::vector<std::pair<float, std::uint64_t>>;

Range percentile(const Filled& filled, const Range& all) {
  double total = 0;
  for (const auto& [x, count] : filled) total += static_cast<double>(count);
  const auto end = [&](auto begin, auto end, float least) {
    double passed = 0;
    for (auto at = begin; at != end; ++at) {
      passed += static_cast<double>(at->second);
      if (passed > total * kCutOff) return at == begin ? least : at->first;
    }
    return least;
  };
  return {end(filled.begin(), filled.end(), all.min), end(filled.rbegin(), filled.rend(), all.max)};
}

/// Squared errors of rounding to `levels` numbers within [low, high], and of what is clipped.
class SquaredError {
 public:
  SquaredError(const Filled& filled, int levels) : filled_(filled), levels_(levels), sums_(filled.size() + 1) {
    for (std::size_t i = 0; i < filled.size(); ++i) {
      const double x = filled[i].first;
      const auto count = static_cast<double>(filled[i].second);
      sums_[i + 1] = {sums_[i].count + count, sums_[i].x + count * x, sums_[i].squares + count * x * x};
    }
  }

  double operator()(double low, double high) const {
    const auto by_number = [](const auto& entry, double x) { return static_cast<double>(entry.first) < x; };
    const auto first = std::lower_bound(filled_.begin(), filled_.end(), low, by_number) - filled_.begin();
    const auto last = std::lower_bound(filled_.begin(), filled_.end(), high, by_number) - filled_.begin();
    const Sums& below = sums_[static_cast<std::size_t>(first)];
    const Sums& upto = sums_[static_cast<std::size_t>(last)];
    const double step = (high - low) / (levels_ - 1);
    return (upto.count - below.count) * step * step / 12 + from({}, below, low) + from(upto, sums_.back(), high);
  }

 private:
  struct Sums {
    double count = 0;
    double x = 0;
    double squares = 0;
  };

  /// Sum of (x - end)^2 over what lies between two places.
  static double from(const Sums& begin, const Sums& end, double at) {
    return end.squares - begin.squares - 2 * at * (end.x - begin.x) + at * at * (end.count - begin.count);
  }

  const Filled& filled_;
  int levels_;
  std::vector<Sums> sums_;
};

/// Divergence of the distribution clipped to [low, high] from itself in `levels` steps: each step's elements spread
/// evenly over the intervals in it that are not empty.
double divergence(const Filled& filled, double low, double high, int levels) {
  const double step = (high - low) / (levels - 1);
  double total = 0;
  for (const auto& [x, count] : filled) total += static_cast<double>(count);
  std::vector<double> clipped;  // per interval, what lies outside at the ends
  std::vector<std::size_t> step_of;
  std::vector<double> inside(static_cast<std::size_t>(levels) + 1);  // without what lies outside
  std::vector<double> intervals(inside.size());
  for (const auto& [x, count] : filled) {
    const double at = std::clamp(static_cast<double>(x), low, high);
    const auto index = static_cast<std::size_t>(std::lround((at - low) / step));
    if (at == static_cast<double>(x)) inside[index] += static_cast<double>(count);
    const bool is_new = at == static_cast<double>(x) || step_of.empty() || step_of.back() != index;
    if (is_new) {
      intervals[index] += 1;
      step_of.push_back(index);
      clipped.push_back(0);
    }
    clipped.back() += static_cast<double>(count);
  }
  double sum = 0;
  for (std::size_t i = 0; i < clipped.size(); ++i) {
    const double p = clipped[i] / total;
    const double q = std::max(inside[step_of[i]] / intervals[step_of[i]] / total, 1e-12);
    sum += p * std::log(p / q);
  }
  return sum;
}

/// The clipped range for which `cost` is least. Both ends are tried each by itself, then again around the other.
template <typename Cost>
Range least(const Range& all, const Cost& cost) {
  Range best = all;
  double least_cost = cost(all.min, all.max);
  for (int round = 0; round < 2; ++round) {
    for (float Range::*end : {&Range::max, &Range::min}) {
      for (int i = kSteps / 4; i < kSteps; ++i) {
        Range tried = best;
        tried.*end = all.*end * static_cast<float>(i) / kSteps;
        if (!(tried.min < tried.max)) continue;
        const double c = cost(tried.min, tried.max);
        if (c >= least_cost) continue;
        least_cost = c;
        best = tried;
      }
    }
  }
  return best;
}

}  // namespace

Range range_by(RangeMethod method, const ValueStatistics& statistics, int levels) {
  const Range all = statistics.range;
  if (method == RangeMethod::min_max || !(all.min < all.max) || !all.finite()) return all;
  if (method == RangeMethod::moving_average) {
    const auto count = static_cast<double>(statistics.tensors);
    return {static_cast<float>(statistics.minima.value() / count),
            static_cast<float>(statistics.maxima.value() / count)};
  }
  const Filled filled = statistics.histogram.filled();
  if (filled.empty()) return all;
  if (method == RangeMethod::percentile) return percentile(filled, all);
  if (method == RangeMethod::mse) {
    const SquaredError error(filled, levels);
    return least(all, [&](double low, double high) { return error(low, high); });
  }
  return least(all, [&](double low, double high) { return divergence(filled, low, high, levels); });
}

}  // namespace tolite::quantize
