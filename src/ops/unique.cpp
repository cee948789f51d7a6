// Ops on the values of elements as keys: UNIQUE, BUCKETIZE.
#include <algorithm>
#include <map>

#include "ops/element_types.h"
#include "ops/families.h"
#include "ops/moving.h"
#include "ops/versions.h"

namespace tolite {
namespace {

using UniqueTypes = TypeList<float, std::int8_t, std::int16_t, std::int32_t, std::int64_t, std::uint8_t>;

constexpr OpRow kUnique{
    .op = Op::UNIQUE,
    .name = "UNIQUE",
    .options = {.builtin_options = 80},
    .attrs = {{Attr::idx_out_type, AttrKind::type, static_cast<double>(Type::int32)}},
    .results = 2,
    .infer =
        [](Infer& n) {
          n.require(!n.shape(0).ranked() || n.shape(0).rank() == 1, "the operand is not a vector");
          const Type index = n.element_type(Attr::idx_out_type);
          n.require(index == Type::int32 || index == Type::int64, "the index type is not int32 or int64");
          n.output(0, n.type(0), Shape{n.dims().fresh()});
          n.output(1, index, n.shape(0).ranked() ? n.shape(0) : Shape{n.dims().fresh()});
        },
    .eval =
        [](Eval& n) {
          const Tensor& x = n.in(0);
          if (x.dims.size() != 1) n.fail("the operand is not a vector");
          with_type(n, x.type, UniqueTypes{}, [&](auto zero) {
            using T = decltype(zero);
            const Elements<T> from = elements<T>(x);
            std::vector<T> values;
            std::vector<std::int64_t> indices;
            std::map<T, std::int64_t> seen;
            for (std::size_t i = 0; i < from.size(); ++i) {
              // A NaN equals nothing, itself included, and would break the order of the map.
              const bool nan = from[i] != from[i];  // NOLINT(misc-redundant-expression)
              const auto next = static_cast<std::int64_t>(values.size());
              const std::int64_t index = nan ? next : seen.try_emplace(from[i], next).first->second;
              if (index == next) values.push_back(from[i]);
              indices.push_back(index);
            }
            T* y = n.out_as<T>(0, x.type, {static_cast<std::int64_t>(values.size())});
            std::copy(values.begin(), values.end(), y);
            n.set(1, integer_tensor(n.element_type(Attr::idx_out_type), x.dims, indices));
          });
        },
    .kernel = {{Type::float32, Type::int8, Type::int16, Type::int32, Type::int64, Type::uint8}},
};

using BucketizeTypes = TypeList<float, double, std::int32_t, std::int64_t>;

constexpr OpRow kBucketize{
    .op = Op::BUCKETIZE,
    .name = "BUCKETIZE",
    .options = {.builtin_options = 115},
    .attrs = {{Attr::boundaries, AttrKind::float32_list}},
    .infer =
        [](Infer& n) {
          const std::vector<float> boundaries = n.real_list(Attr::boundaries);
          n.require(std::is_sorted(boundaries.begin(), boundaries.end()), "the boundaries are not sorted");
          n.output(0, Type::int32, n.shape(0));
        },
    .eval =
        [](Eval& n) {
          const Tensor& x = n.in(0);
          const std::vector<float> boundaries = n.real_list(Attr::boundaries);
          with_type(n, x.type, BucketizeTypes{}, [&](auto zero) {
            using T = decltype(zero);
            const Elements<T> from = elements<T>(x);
            std::int32_t* y = n.out_as<std::int32_t>(0, Type::int32, x.dims);
            for (std::size_t i = 0; i < from.size(); ++i) {
              const auto at = std::upper_bound(boundaries.begin(), boundaries.end(), from[i], [](T value, float b) {
                return static_cast<double>(value) < static_cast<double>(b);
              });
              y[i] = static_cast<std::int32_t>(at - boundaries.begin());
            }
          });
        },
    .kernel = {{Type::float32, Type::float64, Type::int32, Type::int64}},
};

}  // namespace

void add_unique_ops(OpTable& table) {
  table.add(kUnique);
  table.add(kBucketize);
}

}  // namespace tolite
