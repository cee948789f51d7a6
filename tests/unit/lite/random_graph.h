// Random graphs over the whole op table, for property tests: whatever the rows accept.
#pragma once

#include <random>

#include "lite/builder.h"
#include "ops/table.h"
#include "tolite/error.h"

namespace tolite::testing_graphs {

class RandomGraph {
 public:
  explicit RandomGraph(std::uint32_t seed) : random_(seed) {}

  Model make(int tries) {
    Model model;
    Builder b(model, model.add_graph("main"), op_table());
    b.set_origin(model.add_origin("node", model.add_origin("call")));
    std::vector<const OpRow*> rows;
    op_table().for_each([&](const OpRow& row) { rows.push_back(&row); });
    std::vector<Dim> unknowns = {b.dims().fresh(), b.dims().fresh()};
    for (int i = 0; i < 4; ++i) {
      const Type type = pick({Type::float32, Type::float32, Type::int32, Type::boolean, Type::int64, Type::int8});
      values_.push_back(b.input(type, shape(unknowns), "x" + std::to_string(i)));
    }
    for (int i = 0; i < 4; ++i) values_.push_back(small_constant(b));
    for (int i = 0; i < tries; ++i) add(b, *rows[below(rows.size())]);
    for (int i = 0; i < 3; ++i) b.graph().add_output(values_[below(values_.size())]);
    model.signatures.push_back({"serving_default", GraphId(0U), {{"x0", b.graph().inputs()[0]}}, {2, 0}, {"b", "a"}});
    return model;
  }

 private:
  std::size_t below(std::size_t n) { return std::uniform_int_distribution<std::size_t>(0, n - 1)(random_); }
  template <typename T>
  T pick(std::initializer_list<T> values) {
    return values.begin()[below(values.size())];
  }

  Shape shape(const std::vector<Dim>& unknowns) {
    std::vector<Dim> dims(below(5));
    for (Dim& d : dims) d = below(4) == 0 ? unknowns[below(unknowns.size())] : pick<Dim>({1, 2, 3, 4});
    return Shape(std::move(dims));
  }

  ValueId small_constant(Builder& b) {
    const Type type = pick({Type::float32, Type::int32, Type::int64});
    std::vector<std::int64_t> dims(below(3));
    std::int64_t count = 1;
    for (std::int64_t& d : dims) count *= d = static_cast<std::int64_t>(1 + below(4));
    std::vector<double> elements(static_cast<std::size_t>(count));
    for (double& e : elements) e = static_cast<double>(below(6)) - 2;
    return b.constant(tensor_of(type, std::move(dims), elements));
  }

  AttrValue attribute(const AttrSpec& spec) {
    switch (spec.kind) {
      case AttrKind::float32:
        return pick({0.0F, 0.5F, -1.0F, 2.0F});
      case AttrKind::string:
      case AttrKind::bytes:
        return std::string(below(4), 'a');
      case AttrKind::int32_list:
      case AttrKind::int64_list:
        return std::vector<std::int64_t>(below(4), static_cast<std::int64_t>(below(3)));
      case AttrKind::float32_list:
        return std::vector<float>(below(3), 0.5F);
      case AttrKind::boolean:
      case AttrKind::padding:
        return static_cast<std::int64_t>(below(2));
      case AttrKind::type:
        return static_cast<std::int64_t>(pick({Type::float32, Type::int32, Type::int64}));
      case AttrKind::graph:
        return std::int64_t{0};
      default:
        return static_cast<std::int64_t>(below(5)) - 1;
    }
  }

  /// Tries a node; the row says whether it is one.
  void add(Builder& b, const OpRow& row) {
    Attrs attrs;
    for (const AttrSpec& spec : row.attrs) {
      if (below(2) == 0) std::visit([&](auto value) { attrs.set(spec.attr, std::move(value)); }, attribute(spec));
    }
    std::vector<ValueId> operands;
    const std::size_t count = below(5);
    for (std::size_t i = 0; i < count; ++i)
      operands.push_back(
          below(12) == 0 ? ValueId() : values_[values_.size() - 1 - below(std::min<std::size_t>(values_.size(), 12))]);
    if (below(6) == 0) operands.push_back(small_constant(b));
    try {
      const std::vector<ValueId> results =
          b.many(row.op, operands, std::move(attrs), row.results != 0 ? 0 : 1 + below(3));
      for (const ValueId v : results) {
        if (b.type(v) != Type::none) values_.push_back(v);
      }
    } catch (const Error& e) {
      if (e.code() == Code::internal) throw;
    }
  }

  std::mt19937 random_;
  std::vector<ValueId> values_;
};

}  // namespace tolite::testing_graphs
