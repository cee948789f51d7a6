// TensorFlow ops on the bits of integers. The runtime has XOR, AND and shifts of up to 32 bits; the rest follows from
// them.
#include <bit>
#include <limits>
#include <span>

#include "import/tensorflow/ops/element_wise.h"
#include "import/tensorflow/ops/operands.h"

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

/// A number of the type with all bits set: -1, or the highest.
ValueId all_bits(Builder& b, Type type) {
  const std::int64_t ones = is_signed(type) || bit_size(type) == 64 ? -1 : (std::int64_t{1} << bit_size(type)) - 1;
  return b.constant(integer_tensor(type, {}, std::span(&ones, 1)));
}

/// ~x = -1 - x.
Results invert(TfNode& n, Builder& b) {
  n.require(is_integer(n.type(0)), "its operand is not an integer");
  return low_bits(n, b, Op::SUB, all_bits(b, n.type(0)), n.in(0));
}

/// The runtime shifts up to 32 bits; 64 are multiplied by a power of two from a table.
Results left_shift(TfNode& n, Builder& b) {
  if (byte_size(n.type(0)) < 8) return low_bits(n, b, Op::STABLEHLO_SHIFT_LEFT, n.in(0), n.in(1));
  std::vector<std::int64_t> powers(64);
  for (std::size_t i = 0; i < powers.size(); ++i) powers[i] = static_cast<std::int64_t>(std::uint64_t{1} << i);
  const ValueId table = b.constant(integer_tensor(Type::int64, {64}, powers));
  const ValueId distance = cast_to(b, n.in(1), Type::int64);
  const ValueId least = element_wise(n, b, Op::MAXIMUM, {distance, b.scalar(Type::int64, 0)});
  const ValueId safe = element_wise(n, b, Op::MINIMUM, {least, b.scalar(Type::int64, 63)});
  const ValueId power = b(Op::GATHER, {table, safe}, {{Attr::axis, 0}, {Attr::batch_dims, 0}});
  return cast_to(b, low_bits(n, b, Op::MUL, cast_to(b, n.in(0), Type::int64), power), n.type(0));
}

Results right_shift(TfNode& n, Builder& b) { return element_wise(n, b, Op::RIGHT_SHIFT, {n.in(0), n.in(1)}); }

// ---- PopulationCount.

/// The bits of the lowest byte of int32 numbers, from a table.
ValueId bits_of_byte(Builder& b, ValueId x) {
  std::vector<std::int64_t> counts(256);
  for (std::size_t i = 0; i < counts.size(); ++i) counts[i] = std::popcount(i);
  const ValueId table = b.constant(integer_tensor(Type::uint8, {256}, counts));
  const ValueId byte = b(Op::FLOOR_MOD, {x, b.int32(256)});
  return b(Op::GATHER, {table, byte}, {{Attr::axis, 0}, {Attr::batch_dims, 0}});
}

/// The sum over the bytes. 64 bits are two rows of 32.
Results population_count(TfNode& n, Builder& b) {
  const Type type = n.type(0);
  n.require(is_integer(type), "its operand is not an integer");
  const bool in_halves = byte_size(type) == 8;
  const ValueId x =
      in_halves ? b(Op::BITCAST, {n.in(0)}, {{Attr::type, Type::int32}}) : cast_to(b, n.in(0), Type::int32);
  const std::size_t bytes = in_halves ? 4 : byte_size(type);
  ValueId count = cast_to(b, bits_of_byte(b, x), Type::int32);
  for (std::size_t i = 1; i < bytes; ++i) {
    const ValueId shifted = b(Op::RIGHT_SHIFT, {x, b.int32(static_cast<std::int64_t>(i) * 8)});
    count = b(Op::ADD, {count, cast_to(b, bits_of_byte(b, shifted), Type::int32)});
  }
  if (in_halves) count = b(Op::SUM, {count, b.int32s({-1})}, {{Attr::keep_dims, false}});
  return cast_to(b, count, Type::uint8);
}

// ---- NextAfter.

/// The next number after x towards y: the floats of one sign are in the order of their bits.
Results next_after(TfNode& n, Builder& b) {
  n.require(n.type(0) == Type::float32, "it is computed in float32 only");
  const auto both = [&](Op op, ValueId x, ValueId y) { return element_wise(n, b, op, {x, y}); };
  const ValueId zero = b.scalar(Type::float32, 0);
  const ValueId same = both(Op::EQUAL, n.in(0), n.in(1));
  const ValueId rises = both(Op::LESS, n.in(0), n.in(1));
  const ValueId positive = both(Op::GREATER, n.in(0), zero);
  const ValueId away = both(Op::EQUAL, rises, positive);
  const ValueId step = choose(n, b, away, b.int32(1), b.int32(-1));
  const ValueId bits = b(Op::BITCAST, {n.in(0)}, {{Attr::type, Type::int32}});
  const ValueId next = b(Op::BITCAST, {both(Op::ADD, bits, step)}, {{Attr::type, Type::float32}});
  const double least = std::numeric_limits<float>::denorm_min();
  const ValueId from_zero = choose(n, b, rises, b.scalar(Type::float32, least), b.scalar(Type::float32, -least));
  const ValueId is_zero = both(Op::EQUAL, n.in(0), zero);
  const ValueId moved = choose(n, b, is_zero, from_zero, next);
  const ValueId unequal = choose(n, b, same, n.in(1), moved);
  // NaN is next to everything.
  const ValueId sum = both(Op::ADD, n.in(0), n.in(1));
  const ValueId numbers = both(Op::LOGICAL_AND, both(Op::EQUAL, n.in(0), n.in(0)), both(Op::EQUAL, n.in(1), n.in(1)));
  return choose(n, b, numbers, unequal, sum);
}

}  // namespace

void add_bitwise_translators(Translators& t) {
  t.add("BitwiseAnd", bitwise_and);
  t.add("BitwiseOr", bitwise_or);
  t.add("BitwiseXor", bitwise_xor);
  t.add("Invert", invert);
  t.add("LeftShift", left_shift);
  t.add("NextAfter", next_after);
  t.add("PopulationCount", population_count);
  t.add("RightShift", right_shift);
}

}  // namespace tolite::tensorflow
