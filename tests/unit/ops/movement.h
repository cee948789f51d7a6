// Building single nodes on inputs and constants, for tests of ops that move elements.
#pragma once

#include <gtest/gtest.h>

#include <numeric>
#include <vector>

#include "lite/builder.h"
#include "lite/eval.h"
#include "ops/table.h"
#include "tolite/error.h"

namespace tolite::test {

using Numbers = std::vector<std::int64_t>;

/// One graph and the ways tests wire it.
struct Bench {
  Model model;
  Builder b{model, model.add_graph("main"), op_table()};

  ValueId input(Type type, Shape shape) { return b.input(type, std::move(shape), "x"); }
  ValueId ints(Numbers values) { return b.int32s(values); }
  /// 0, 1, 2, ... in the given shape.
  ValueId range(Type type, Numbers dims) {
    Numbers values(
        static_cast<std::size_t>(std::accumulate(dims.begin(), dims.end(), std::int64_t{1}, std::multiplies<>())));
    std::iota(values.begin(), values.end(), 0);
    return b.constant(integer_tensor(type, dims, values));
  }
  /// Elements of a folded value.
  Numbers numbers(ValueId v) {
    const Tensor* tensor = b.constant_of(v);
    if (tensor == nullptr) {
      ADD_FAILURE() << "the value did not fold";
      return {};
    }
    Numbers list;
    for (std::int64_t i = 0; i < tensor->element_count(); ++i) list.push_back(element_as_int64(*tensor, i));
    return list;
  }
  Numbers dims(ValueId v) { return b.shape(v).numbers(); }
  Dim fresh() { return b.dims().fresh(); }
};

}  // namespace tolite::test
