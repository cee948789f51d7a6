// Random graphs that a pattern may match: the automatic test of every rule builds its left side with these.
#pragma once

#include <map>
#include <optional>
#include <random>
#include <vector>

#include "optimize/match.h"

namespace tolite::optimize {

struct Instance {
  Model model;
  GraphId graph;
  std::vector<std::vector<std::int64_t>> input_dims;  ///< sizes to run with, where shapes have symbols too
  ValueId root;                                       ///< the value that the pattern's root should compute
};

/// What the op around a pattern would like of its operand.
struct Wish {
  Type type = Type::float32;
  std::vector<std::int64_t> dims;
  std::optional<std::vector<std::int64_t>> values;  ///< the operand is a constant with these elements
};

/// Builds instances bottom-up: operands that are ops first, because they say what shape they have, then leaves that
/// fit. Throws Error if what it chose does not fit together: then the next seed may.
class InstanceMaker {
 public:
  explicit InstanceMaker(std::uint64_t seed);
  Instance make(const Pattern& root);

  // For instances made by hand.
  Builder& builder() { return builder_; }
  std::int64_t pick(std::int64_t low, std::int64_t high);
  bool chance(double p);
  ValueId input(Type type, const std::vector<std::int64_t>& dims);
  ValueId random_constant(Type type, const std::vector<std::int64_t>& dims);
  Instance finish(ValueId root);

 private:
  ValueId value(const Pattern& p, const Wish& wish);
  ValueId leaf(const Pattern& p, const Wish& wish);
  ValueId node(const Pattern& p, const Wish& wish);
  std::vector<Pattern> operands_of(const Pattern& p, Op op) const;
  ValueId operand(const std::vector<Pattern>& operands, std::size_t i, const Wish& wish);

  // One function a family of ops: makes the operands, sets the attributes.
  using Values = std::vector<ValueId>;
  Values element_wise(const std::vector<Pattern>& operands, Op op, const Wish& wish);
  Values convolution(const std::vector<Pattern>& operands, Op op, const Wish& wish, Attrs& attrs);
  Values matrix(const std::vector<Pattern>& operands, Op op, const Wish& wish, Attrs& attrs);
  Values reshaping(const std::vector<Pattern>& operands, Op op, const Wish& wish, Attrs& attrs);
  Values repeating(const std::vector<Pattern>& operands, Op op, const Wish& wish);
  Values reducing(const std::vector<Pattern>& operands, Op op, const Wish& wish, Attrs& attrs);
  Values slicing(const std::vector<Pattern>& operands, Op op, const Wish& wish, Attrs& attrs);
  Values other(const std::vector<Pattern>& operands, Op op, const Wish& wish, Attrs& attrs);

  std::vector<std::int64_t> dims_of(ValueId v);
  std::vector<std::int64_t> random_dims(std::size_t rank);

  std::mt19937_64 random_;
  Instance made_;
  Builder builder_;
  bool dynamic_batch_;
  Dim batch_;
  std::map<std::uint8_t, ValueId> bound_;
};

/// Results of running the graph on these inputs with the rows' reference kernels.
std::vector<Tensor> run_graph(const Model& model, GraphId graph, const std::vector<Tensor>& inputs);
std::vector<Tensor> random_inputs(const Instance& instance, std::uint64_t seed);

}  // namespace tolite::optimize
