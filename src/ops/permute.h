// How ops commute with a transpose, for the families that do alike.
#pragma once

#include "lite/permute.h"

namespace tolite {

/// Every operand is data, or broadcasts against data.
inline bool permute_element_wise(Permute& n) {
  bool any = false;
  for (std::size_t i = 0; i < n.input_count(); ++i) {
    if (!n.broadcast_data(i)) return false;
    any |= n.is_data(i) && n.shape(i).rank() == n.rank();
  }
  return any && n.output_shape().rank() == n.rank();
}

/// Operand 0 is data; the last dimension must stay the last.
inline bool permute_last_stays(Permute& n) { return n.order().back() + 1 == n.rank() && n.data(0); }

/// Operand 0 is data, operand 1 holds axes that go or become 1.
bool permute_reduction(Permute& n);

/// Operand 0 is data, operand 1 holds a row for each dimension (paddings, multiples).
inline bool permute_rows(Permute& n) { return n.data(0) && n.rows(1); }

}  // namespace tolite
