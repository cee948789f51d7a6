// Reductions over rows that share a segment id: SEGMENT_SUM, UNSORTED_SEGMENT_SUM, _PROD, _MAX, _MIN.
#include <algorithm>
#include <limits>

#include "base/checked.h"
#include "ops/element_types.h"
#include "ops/families.h"
#include "ops/moving.h"
#include "ops/versions.h"

namespace tolite {
namespace {

using SegmentTypes = TypeList<float, std::int32_t>;
constexpr KernelTypes kSegmentKernel{{Type::float32, Type::int32}};

struct Sum {
  template <typename T>
  static T start() {
    return T(0);
  }
  template <typename T>
  static T combine(T a, T b) {
    return wrapping_add(a, b);
  }
};
struct Prod {
  template <typename T>
  static T start() {
    return T(1);
  }
  template <typename T>
  static T combine(T a, T b) {
    return wrapping_mul(a, b);
  }
};
struct Max {
  template <typename T>
  static T start() {
    return std::numeric_limits<T>::lowest();
  }
  template <typename T>
  static T combine(T a, T b) {
    return std::max(a, b);
  }
};
struct Min {
  template <typename T>
  static T start() {
    return std::numeric_limits<T>::max();
  }
  template <typename T>
  static T combine(T a, T b) {
    return std::min(a, b);
  }
};

// The shape of the result: `segments` times what the ids leave of the data's dimensions.
Shape segmented(Infer& n, Dim segments) {
  n.require(n.type(1) == Type::int32, "the segment ids are not int32");
  const Shape& x = n.shape(0);
  const Shape& ids = n.shape(1);
  if (!x.ranked() || !ids.ranked()) return Shape::unranked();
  n.require(ids.rank() <= x.rank(), "the segment ids have a higher rank than the data");
  for (std::size_t i = 0; i < ids.rank(); ++i)
    n.require(!x[i].known() || !ids[i].known() || x[i] == ids[i], "the segment ids do not fit the data");
  std::vector<Dim> dims{segments};
  dims.insert(dims.end(), x.dims().begin() + static_cast<std::ptrdiff_t>(ids.rank()), x.dims().end());
  return Shape(std::move(dims));
}

// Rows with a negative id count for nothing, as in TensorFlow.
template <typename Reduction>
void reduce_segments(Eval& n, std::int64_t segments) {
  const Tensor& x = n.in(0);
  const std::span<const std::int64_t> ids_dims(n.in(1).dims);
  const std::span<const std::int64_t> dims(x.dims);
  if (ids_dims.size() > dims.size() || !std::equal(ids_dims.begin(), ids_dims.end(), dims.begin()))
    n.fail("the segment ids do not fit the data");
  if (segments < 0) n.fail("the number of segments is negative");
  const std::vector<std::int64_t> ids = n.in_integers(1);
  std::vector<std::int64_t> result{segments};
  result.insert(result.end(), dims.begin() + static_cast<std::ptrdiff_t>(ids_dims.size()), dims.end());
  const auto block = static_cast<std::size_t>(element_count(dims.subspan(ids_dims.size())));
  with_type(n, x.type, SegmentTypes{}, [&](auto zero) {
    using T = decltype(zero);
    T* y = n.out_as<T>(0, x.type, result);
    std::fill_n(y, static_cast<std::size_t>(segments) * block, Reduction::template start<T>());
    const Elements<T> from = elements<T>(x);
    for (std::size_t k = 0; k < ids.size(); ++k) {
      if (ids[k] >= segments) n.fail("a segment id is not below the number of segments");
      if (ids[k] < 0) continue;
      T* to = y + static_cast<std::size_t>(ids[k]) * block;
      for (std::size_t i = 0; i < block; ++i) to[i] = Reduction::combine(to[i], from[k * block + i]);
    }
  });
}

constexpr OpRow kSegmentSum{
    .op = Op::SEGMENT_SUM,
    .name = "SEGMENT_SUM",
    .options = {.builtin_options = 100},
    .infer =
        [](Infer& n) {
          n.require(!n.shape(1).ranked() || n.shape(1).rank() == 1, "the segment ids are not a vector");
          // Sorted: the last id is the largest.
          const auto ids = n.integers(1);
          n.require(!ids || std::is_sorted(ids->begin(), ids->end()), "the segment ids are not sorted");
          const Dim segments = !ids ? n.dims().fresh() : Dim(ids->empty() ? 0 : checked_add(ids->back(), 1));
          n.output(0, n.type(0), segmented(n, segments));
        },
    .eval =
        [](Eval& n) {
          const std::vector<std::int64_t> ids = n.in_integers(1);
          if (!std::is_sorted(ids.begin(), ids.end()) || (!ids.empty() && ids.front() < 0))
            n.fail("the segment ids are negative or not sorted");
          reduce_segments<Sum>(n, ids.empty() ? 0 : checked_add(ids.back(), 1));
        },
    .kernel = kSegmentKernel,
};

void infer_unsorted_segment(Infer& n) {
  n.require(n.type(2) == Type::int32, "the number of segments is not int32");
  const auto known = n.known(2);
  n.require(!known || known->size() == 1, "the number of segments is not a single number");
  const Dim segments = known ? known->front() : n.dims().fresh();
  n.require(!segments.known() || segments.number >= 0, "the number of segments is negative");
  n.output(0, n.type(0), segmented(n, segments));
}

template <typename Reduction>
constexpr OpRow unsorted_segment(Op op, std::string_view name, std::uint8_t options) {
  return {
      .op = op,
      .name = name,
      .options = {.builtin_options = options},
      .infer = infer_unsorted_segment,
      .eval = [](Eval& n) { reduce_segments<Reduction>(n, n.in_integer(2)); },
      .kernel = kSegmentKernel,
  };
}

constexpr OpRow kSum = unsorted_segment<Sum>(Op::UNSORTED_SEGMENT_SUM, "UNSORTED_SEGMENT_SUM", 121);
constexpr OpRow kProd = unsorted_segment<Prod>(Op::UNSORTED_SEGMENT_PROD, "UNSORTED_SEGMENT_PROD", 118);
constexpr OpRow kMax = unsorted_segment<Max>(Op::UNSORTED_SEGMENT_MAX, "UNSORTED_SEGMENT_MAX", 119);
constexpr OpRow kMin = unsorted_segment<Min>(Op::UNSORTED_SEGMENT_MIN, "UNSORTED_SEGMENT_MIN", 120);

}  // namespace

void add_segment_ops(OpTable& table) {
  for (const OpRow* row : {&kSegmentSum, &kSum, &kProd, &kMax, &kMin}) table.add(*row);
}

}  // namespace tolite
