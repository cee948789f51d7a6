// TensorFlow ops on the bits of integers. The runtime has XOR, AND and shifts; the rest follows from them.
#include "import/tensorflow/ops/element_wise.h"

namespace tolite::tensorflow {
namespace {

ValueId low_bits(TfNode& n, Builder& b, Op op, ValueId x, ValueId y) {
  return element_wise(n, b, op, {x, y}, {}, Exact::low_bits);
}

Results bitwise_and(TfNode& n, Builder& b) { return low_bits(n, b, Op::STABLEHLO_AND, n.in(0), n.in(1)); }

/// a | b = a + b - (a & b), in the low bits.
Results bitwise_or(TfNode& n, Builder& b) {
  const ValueId both = low_bits(n, b, Op::STABLEHLO_AND, n.in(0), n.in(1));
  return low_bits(n, b, Op::SUB, low_bits(n, b, Op::ADD, n.in(0), n.in(1)), both);
}

Results bitwise_xor(TfNode& n, Builder& b) {
  if (computing_type(b, Op::BITWISE_XOR, n.type(0), Exact::low_bits) != Type::none) {
    return low_bits(n, b, Op::BITWISE_XOR, n.in(0), n.in(1));
  }
  // No kernel for 64 bits: a ^ b = a + b - 2 (a & b).
  const ValueId both = low_bits(n, b, Op::STABLEHLO_AND, n.in(0), n.in(1));
  const ValueId sum = low_bits(n, b, Op::ADD, n.in(0), n.in(1));
  return low_bits(n, b, Op::SUB, low_bits(n, b, Op::SUB, sum, both), both);
}

/// ~x = -1 - x. In unsigned types -1 is the number with all bits set.
Results invert(TfNode& n, Builder& b) {
  const Type type = n.type(0);
  n.require(is_integer(type) && type != Type::uint64, "the runtime has no arithmetic for this type");
  const double ones = is_signed(type) ? -1 : static_cast<double>((std::uint64_t{1} << bit_size(type)) - 1);
  return low_bits(n, b, Op::SUB, b.scalar(type, ones), n.in(0));
}

Results left_shift(TfNode& n, Builder& b) { return low_bits(n, b, Op::STABLEHLO_SHIFT_LEFT, n.in(0), n.in(1)); }

Results right_shift(TfNode& n, Builder& b) { return element_wise(n, b, Op::RIGHT_SHIFT, {n.in(0), n.in(1)}); }

}  // namespace

void add_bitwise_translators(Translators& t) {
  t.add("BitwiseAnd", bitwise_and);
  t.add("BitwiseOr", bitwise_or);
  t.add("BitwiseXor", bitwise_xor);
  t.add("Invert", invert);
  t.add("LeftShift", left_shift);
  t.add("RightShift", right_shift);
}

}  // namespace tolite::tensorflow
