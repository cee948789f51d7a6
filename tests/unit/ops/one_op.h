// Runs one op on given tensors, through inference and its reference kernel.
#pragma once

#include <gtest/gtest.h>

#include <cstring>
#include <vector>

#include "evaluate/evaluator.h"
#include "lite/builder.h"
#include "ops/table.h"

namespace tolite {

inline Tensor floats(std::vector<std::int64_t> dims, std::vector<double> values) {
  return tensor_of(Type::float32, std::move(dims), values);
}

/// Reproducible numbers in [-1, 1).
inline Tensor noise(std::vector<std::int64_t> dims, std::uint32_t seed = 1) {
  NewTensor made = new_tensor(Type::float32, std::move(dims));
  for (std::size_t i = 0; i < made.writable.size(); i += sizeof(float)) {
    seed = seed * 1664525U + 1013904223U;
    const float v = static_cast<float>(seed >> 8U) / 8388608.0F - 1;
    std::memcpy(made.writable.data() + i, &v, sizeof v);
  }
  return std::move(made.tensor);
}

inline std::vector<double> values_of(const Tensor& t) {
  std::vector<double> v;
  for (std::int64_t i = 0; i < t.element_count(); ++i) v.push_back(element_as_double(t, i));
  return v;
}

/// A graph of one op whose operands are inputs, except those that `constants` marks.
struct OneOp {
  Model model;
  GraphId graph;
  std::vector<Tensor> inputs;

  OneOp(Op op, const std::vector<Tensor>& operands, Attrs attrs, const std::vector<bool>& constants = {}) {
    graph = model.add_graph("main");
    Builder b(model, graph, op_table());
    std::vector<ValueId> values;
    for (std::size_t i = 0; i < operands.size(); ++i) {
      if (i < constants.size() && constants[i]) {
        values.push_back(b.constant(operands[i]));
      } else {
        values.push_back(b.input(operands[i].type, operands[i].shape(), "x" + std::to_string(i)));
        inputs.push_back(operands[i]);
      }
    }
    b.graph().add_output(b(op, values, std::move(attrs)));
  }
  const Shape& inferred() const { return model[graph][model[graph].outputs()[0]].shape; }
  Tensor run(evaluate::Evaluator::Kernels kernels = evaluate::Evaluator::Kernels::reference) const {
    return evaluate::Evaluator(model, op_table(), kernels).run(graph, inputs)[0];
  }
};

inline void expect_near(const Tensor& a, const Tensor& b, double tolerance) {
  ASSERT_EQ(a.dims, b.dims);
  const std::vector<double> x = values_of(a);
  const std::vector<double> y = values_of(b);
  for (std::size_t i = 0; i < x.size(); ++i) ASSERT_NEAR(x[i], y[i], tolerance) << "element " << i;
}

}  // namespace tolite
