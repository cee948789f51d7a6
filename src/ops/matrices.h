// Which matrices a BATCH_MATMUL multiplies: sizes, and what belongs together by broadcasting.
#pragma once

#include <algorithm>
#include <vector>

#include "base/checked.h"
#include "lite/eval.h"

namespace tolite {

struct MatrixProduct {
  std::size_t rows = 0;
  std::size_t depth = 0;
  std::size_t columns = 0;
  std::vector<std::int64_t> dims;  ///< of the result
  std::size_t count = 0;           ///< of the result's matrices

  /// Fails the node if the operands do not fit each other.
  explicit MatrixProduct(const Eval& n) {
    const std::vector<std::int64_t>& x = n.in(0).dims;
    const std::vector<std::int64_t>& y = n.in(1).dims;
    if (x.size() < 2 || y.size() < 2) n.fail("an operand has fewer than 2 dimensions");
    const std::size_t adj_x = n.flag(Attr::adj_x) ? 1 : 0;
    const std::size_t adj_y = n.flag(Attr::adj_y) ? 1 : 0;
    rows = static_cast<std::size_t>(x[x.size() - 2 + adj_x]);
    depth = static_cast<std::size_t>(x[x.size() - 1 - adj_x]);
    columns = static_cast<std::size_t>(y[y.size() - 1 - adj_y]);
    if (y[y.size() - 2 + adj_y] != static_cast<std::int64_t>(depth)) n.fail("the operands do not fit each other");
    dims.resize(std::max(x.size(), y.size()));
    for (std::size_t i = 3; i <= dims.size(); ++i) {
      const std::int64_t a = i <= x.size() ? x[x.size() - i] : 1;
      const std::int64_t b = i <= y.size() ? y[y.size() - i] : 1;
      if (a != b && a != 1 && b != 1) n.fail("the batch dimensions cannot be broadcast");
      dims[dims.size() - i] = a == 1 ? b : a;
    }
    dims[dims.size() - 2] = static_cast<std::int64_t>(rows);
    dims[dims.size() - 1] = static_cast<std::int64_t>(columns);
    count = static_cast<std::size_t>(element_count(std::span(dims).first(dims.size() - 2)));
  }

  /// Which of an operand's matrices belongs to matrix `index` of the result.
  std::size_t matrix_of(std::size_t index, const std::vector<std::int64_t>& operand) const {
    std::size_t at = 0;
    std::size_t scale = 1;
    for (std::size_t i = 3; i <= dims.size(); ++i) {  // batch dimensions, the last first
      const auto size = static_cast<std::size_t>(dims[dims.size() - i]);
      const std::size_t digit = index % size;
      index /= size;
      if (i > operand.size()) continue;
      const auto own = static_cast<std::size_t>(operand[operand.size() - i]);
      if (own != 1) at += digit * scale;
      scale *= own;
    }
    return at;
  }
};

}  // namespace tolite
