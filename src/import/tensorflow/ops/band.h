// Where the elements of several diagonals of a matrix lie.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

namespace tolite::tensorflow {

/// Diagonals lower to upper of a matrix. In the rows of a tensor they lie with the uppermost first, each aligned left
/// or right.
struct Band {
  std::int64_t rows, columns;
  std::int64_t lower, upper;  // the diagonals: 0 is the main one, positive ones are above it
  bool upper_left = true;     // how diagonals above the main one are aligned
  bool lower_left = true;

  std::int64_t count() const { return upper - lower + 1; }
  std::int64_t size(std::int64_t k) const {
    return std::min(rows + std::min<std::int64_t>(k, 0), columns - std::max<std::int64_t>(k, 0));
  }
  std::int64_t width() const {
    return std::min(rows + std::min<std::int64_t>(upper, 0), columns - std::max<std::int64_t>(lower, 0));
  }
  bool inside() const { return lower <= upper && lower > -rows && upper < columns; }
  /// Where in its row a diagonal begins.
  std::int64_t offset(std::int64_t k) const {
    const bool left = (k >= 0 && upper_left) || (k <= 0 && lower_left);
    return left ? 0 : width() - size(k);
  }
  /// For each place of the rows of diagonals the number of the matrix's element; -1: none.
  std::vector<std::int64_t> matrix_places() const {
    std::vector<std::int64_t> places(static_cast<std::size_t>(count() * width()), -1);
    for (std::int64_t k = lower; k <= upper; ++k) {
      for (std::int64_t i = 0; i < size(k); ++i) {
        const std::int64_t row = i - std::min<std::int64_t>(k, 0);
        places[static_cast<std::size_t>((upper - k) * width() + offset(k) + i)] = row * columns + row + k;
      }
    }
    return places;
  }
  /// The other way around: for each element of the matrix its place in the rows of diagonals.
  std::vector<std::int64_t> diagonal_places() const {
    std::vector<std::int64_t> places(static_cast<std::size_t>(rows * columns), -1);
    const std::vector<std::int64_t> from = matrix_places();
    for (std::size_t i = 0; i < from.size(); ++i) {
      if (from[i] >= 0) places[static_cast<std::size_t>(from[i])] = static_cast<std::int64_t>(i);
    }
    return places;
  }
};

}  // namespace tolite::tensorflow
