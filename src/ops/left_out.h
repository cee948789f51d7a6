// Builtins without a row, each with the reason. The test of the op table holds the list and the table against the
// schema.
#pragma once

#include <array>
#include <initializer_list>
#include <string_view>

#include "lite/op.h"

namespace tolite {

struct LeftOut {
  Op op{};
  std::string_view reason;
};

class LeftOutList {
 public:
  constexpr void add(LeftOut entry) { entries_.at(size_++) = entry; }
  constexpr const LeftOut* begin() const { return entries_.data(); }
  constexpr const LeftOut* end() const { return entries_.data() + size_; }
  constexpr std::size_t size() const { return size_; }

 private:
  std::array<LeftOut, 128> entries_{};
  std::size_t size_ = 0;
};

inline constexpr auto kLeftOut = [] {
  LeftOutList list;
  const auto because = [&](std::string_view reason, std::initializer_list<Op> ops) {
    for (const Op op : ops) list.add({op, reason});
  };
  because("the calculus of quantized values is not part of a float conversion", {Op::FAKE_QUANT, Op::DENSIFY});
  because("a hash table of TensorFlow Lite's first models; no TensorFlow op becomes one",
          {Op::HASHTABLE_LOOKUP, Op::LSH_PROJECTION, Op::SKIP_GRAM, Op::EMBEDDING_LOOKUP_SPARSE});
  because("a filter that keeps a window of the past; no TensorFlow op becomes one", {Op::SVDF});
  because("the runtime has no kernel for it", {Op::CONCAT_EMBEDDINGS,
                                               Op::CALL,
                                               Op::STABLEHLO_LOGISTIC,
                                               Op::STABLEHLO_DIVIDE,
                                               Op::STABLEHLO_RESHAPE,
                                               Op::STABLEHLO_CLAMP,
                                               Op::STABLEHLO_CONCATENATE,
                                               Op::STABLEHLO_BROADCAST_IN_DIM,
                                               Op::STABLEHLO_CONVOLUTION,
                                               Op::STABLEHLO_SLICE,
                                               Op::STABLEHLO_CUSTOM_CALL,
                                               Op::STABLEHLO_REDUCE,
                                               Op::STABLEHLO_ABS,
                                               Op::STABLEHLO_COSINE,
                                               Op::STABLEHLO_EXPONENTIAL,
                                               Op::STABLEHLO_FLOOR,
                                               Op::STABLEHLO_LOG,
                                               Op::STABLEHLO_NEGATE,
                                               Op::STABLEHLO_OR,
                                               Op::STABLEHLO_POWER,
                                               Op::STABLEHLO_REMAINDER,
                                               Op::STABLEHLO_RSQRT,
                                               Op::STABLEHLO_SELECT,
                                               Op::STABLEHLO_SUBTRACT,
                                               Op::STABLEHLO_TANH,
                                               Op::STABLEHLO_COMPARE,
                                               Op::STABLEHLO_CONVERT,
                                               Op::STABLEHLO_DYNAMIC_SLICE,
                                               Op::STABLEHLO_DYNAMIC_UPDATE_SLICE,
                                               Op::STABLEHLO_IOTA,
                                               Op::STABLEHLO_DOT_GENERAL,
                                               Op::STABLEHLO_SORT,
                                               Op::STABLEHLO_WHILE,
                                               Op::STABLEHLO_TRANSPOSE,
                                               Op::STABLEHLO_CBRT});
  because("an older builtin computes the same, and accelerators take that one",
          {Op::STABLEHLO_ADD, Op::STABLEHLO_MULTIPLY, Op::STABLEHLO_MAXIMUM, Op::STABLEHLO_MINIMUM});
  because(
      "only StableHLO needs it; no TensorFlow op becomes one",
      {Op::STABLEHLO_SCATTER, Op::STABLEHLO_PAD, Op::STABLEHLO_REDUCE_WINDOW, Op::STABLEHLO_GATHER,
       Op::STABLEHLO_RNG_BIT_GENERATOR, Op::STABLEHLO_COMPOSITE, Op::STABLEHLO_CASE, Op::DILATE, Op::REDUCE_WINDOW});
  because("it stands for what a delegate took, and is never in a file", {Op::DELEGATE});
  return list;
}();

}  // namespace tolite
