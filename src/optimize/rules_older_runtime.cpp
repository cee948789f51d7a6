// What a target runtime is too old for, written with ops that it has: the same answers to the last bit, but for GELU.
// These rules run only at nodes that the runtime does not load.
#include <cmath>

#include "optimize/rule.h"
#include "optimize/shapes.h"

namespace tolite::optimize {
namespace {

ValueId cast(Builder& b, ValueId v, Type type) {
  return b(Op::CAST, {v}, {{Attr::in_data_type, b.type(v)}, {Attr::out_data_type, type}});
}

// Activations.

ValueId relu_0_to_1(Builder& b, const Match& m) {
  const ValueId x = b(Op::RELU, {m.root().input(0)});
  return b(Op::MINIMUM, {x, b.scalar(b.type(x), 1)});
}

/// 0.5 x (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3))).
ValueId gelu_by_tanh(Builder& b, ValueId x) {
  const Type type = b.type(x);
  const ValueId square = b(Op::MUL, {x, x});
  const ValueId cube = b(Op::MUL, {square, x});
  const ValueId inner = b(Op::ADD, {x, b(Op::MUL, {cube, b.scalar(type, 0.044715)})});
  const ValueId tanh = b(Op::TANH, {b(Op::MUL, {inner, b.scalar(type, std::sqrt(2 / M_PI))})});
  const ValueId half = b(Op::MUL, {x, b.scalar(type, 0.5)});
  return b(Op::MUL, {half, b(Op::ADD, {tanh, b.scalar(type, 1)})});
}

/// relu(x) - |x| Q(|x|), where Q is the upper tail of the normal distribution by formula 7.1.26 of Abramowitz and
/// Stegun, Handbook of Mathematical Functions: its error is below 8e-8.
ValueId gelu_by_tail(Builder& b, ValueId x) {
  constexpr double kFactors[] = {1.061405429, -1.453152027, 1.421413741, -0.284496736, 0.254829592};
  constexpr double kRoot = 0.3275911;
  constexpr double kFar = 30;  // beyond, the tail is nothing: infinity times nothing is not asked for
  const Type type = b.type(x);
  const ValueId size = b(Op::MINIMUM, {b(Op::ABS, {x}), b.scalar(type, kFar)});
  const ValueId scaled = b(Op::MUL, {size, b.scalar(type, kRoot / std::sqrt(2.0))});
  const ValueId t = b(Op::DIV, {b.scalar(type, 1), b(Op::ADD, {scaled, b.scalar(type, 1)})});
  ValueId sum = b.scalar(type, 0.5 * kFactors[0]);
  for (std::size_t i = 1; i < std::size(kFactors); ++i)
    sum = b(Op::ADD, {b(Op::MUL, {sum, t}), b.scalar(type, 0.5 * kFactors[i])});
  const ValueId exponent = b(Op::MUL, {b(Op::MUL, {size, size}), b.scalar(type, -0.5)});
  const ValueId tail = b(Op::MUL, {b(Op::MUL, {sum, t}), b(Op::EXP, {exponent})});
  return b(Op::SUB, {b(Op::RELU, {x}), b(Op::MUL, {size, tail})});
}

ValueId gelu(Builder& b, const Match& m) {
  const ValueId x = m.root().input(0);
  if (m.type(x) != Type::float32) return m.no("the type is not float32");
  return m.root().flag(Attr::approximate) ? gelu_by_tanh(b, x) : gelu_by_tail(b, x);
}

ValueId activation_apart(Builder& b, const Match& m) {
  const NodeView n = m.root();
  const Activation activation = n.activation();
  const ValueId before = rebuild(b, n, m.graph().operands(n.id()),
                                 {{Attr::fused_activation_function, static_cast<std::int64_t>(Activation::NONE)}});
  for (const Op op : {Op::RELU, Op::RELU6, Op::RELU_N1_TO_1, Op::TANH}) {
    if (fused_form(op) == activation) return b(op, {before});
  }
  return m.no("it has no activation");
}

// Arithmetic.

ValueId sign(Builder& b, const Match& m) {
  const ValueId x = m.root().input(0);
  const Type type = m.type(x);
  const ValueId zero = b.scalar(type, 0);
  const ValueId one = b.scalar(type, 1);
  const ValueId minus_one = b.scalar(type, -1);
  if (type == Type::int32) return b(Op::MINIMUM, {b(Op::MAXIMUM, {x, minus_one}), one});
  if (type != Type::float32) return m.no("the type is neither float32 nor int32");
  // Zero and NaN are their own sign.
  const ValueId negative = b(Op::SELECT_V2, {b(Op::LESS, {x, zero}), minus_one, x});
  return b(Op::SELECT_V2, {b(Op::GREATER, {x, zero}), one, negative});
}

ValueId abs_of_int32(Builder& b, const Match& m) {
  const ValueId x = m.root().input(0);
  if (m.type(x) != Type::int32) return m.no("the type is not int32");
  return b(Op::MAXIMUM, {x, b(Op::NEG, {x})});
}

/// SUB took int64 before ADD did; both wrap around.
ValueId add_of_int64(Builder& b, const Match& m) {
  const NodeView n = m.root();
  if (n.type(0) != Type::int64) return m.no("the type is not int64");
  return b(Op::SUB, {n.input(0), b(Op::NEG, {n.input(1)})});
}

ValueId reduce_all(Builder& b, const Match& m) {
  const NodeView n = m.root();
  const ValueId some_false = b(Op::REDUCE_ANY, {b(Op::LOGICAL_NOT, {n.input(0)}), n.input(1)},
                               {{Attr::keep_dims, n.integer(Attr::keep_dims)}});
  return b(Op::LOGICAL_NOT, {some_false});
}

ValueId arg_of_bool(Builder& b, const Match& m) {
  const NodeView n = m.root();
  if (n.type(0) != Type::boolean) return m.no("the type is not bool");
  return rebuild(b, n, {cast(b, n.input(0), Type::uint8), n.input(1)});
}

ValueId where_of_numbers(Builder& b, const Match& m) {
  const ValueId x = m.root().input(0);
  if (m.type(x) == Type::boolean || m.type(x) == Type::uint32) return m.no("the type is bool or uint32");
  return b(Op::WHERE, {cast(b, x, Type::boolean)});
}

/// How many boundaries are not above the element. NaN is below none of them.
ValueId bucketize(Builder& b, const Match& m) {
  const NodeView n = m.root();
  const std::vector<float> boundaries = n.real_list(Attr::boundaries);
  if (boundaries.empty() || n.type(0) != Type::float32) return m.no("there is no boundary, or the type is not float32");
  std::vector<double> list(boundaries.begin(), boundaries.end());
  const ValueId limits = b.constant(tensor_of(Type::float32, {static_cast<std::int64_t>(list.size())}, list));
  const ValueId x = b(Op::EXPAND_DIMS, {n.input(0), b.int32(-1)});
  const ValueId reached = b(Op::LOGICAL_NOT, {b(Op::LESS, {x, limits})});
  return b(Op::SUM, {cast(b, reached, Type::int32), b.int32s({-1})}, {{Attr::keep_dims, false}});
}

// Bits of integers.

/// a & b = (a >> 1) + (b >> 1) + (a mod 2) (b mod 2) - ((a ^ b) >> 1) of int32: the mean of a and b is half of what
/// they differ in, above what they share, and no step overflows.
ValueId common_bits(Builder& b, ValueId x, ValueId y) {
  const auto half = [&](ValueId v) { return b(Op::RIGHT_SHIFT, {v, b.int32(1)}); };
  const auto lowest = [&](ValueId v) { return b(Op::FLOOR_MOD, {v, b.int32(2)}); };
  const ValueId mean = b(Op::ADD, {b(Op::ADD, {half(x), half(y)}), b(Op::MUL, {lowest(x), lowest(y)})});
  return b(Op::SUB, {mean, half(b(Op::BITWISE_XOR, {x, y}))});
}

/// On int32: 64 bits are two of them, fewer are widened.
ValueId bitwise_and(Builder& b, const Match& m) {
  const NodeView n = m.root();
  const Type type = n.type(0);
  if (type == Type::boolean) return b(Op::LOGICAL_AND, {n.input(0), n.input(1)});
  const bool by_bits = byte_size(type) >= 4;
  const auto change = [&](ValueId v, Type to) {
    if (b.type(v) == to) return v;
    return by_bits ? b(Op::BITCAST, {v}, {{Attr::type, to}}) : cast(b, v, to);
  };
  return change(common_bits(b, change(n.input(0), Type::int32), change(n.input(1), Type::int32)), type);
}

/// Times a power of two, of which the low bits are kept.
ValueId shift_left(Builder& b, const Match& m) {
  const NodeView n = m.root();
  const Type type = n.type(0);
  const auto last = static_cast<std::int64_t>(byte_size(type)) * 8 - 1;
  std::vector<std::int64_t> powers;
  for (std::int64_t i = 0; i <= last; ++i) powers.push_back(std::int32_t(1U << i));
  const ValueId table = b.constant(integer_tensor(Type::int32, {last + 1}, powers));
  const auto widened = [&](ValueId v) { return type == Type::int32 ? v : cast(b, v, Type::int32); };
  const ValueId distance = b(Op::MINIMUM, {b(Op::MAXIMUM, {widened(n.input(1)), b.int32(0)}), b.int32(last)});
  const ValueId power = b(Op::GATHER, {table, distance}, {{Attr::axis, 0}});
  const ValueId product = b(Op::MUL, {widened(n.input(0)), power});
  return type == Type::int32 ? product : cast(b, product, type);
}

// Moving elements.

/// Booleans travel as uint8.
ValueId moved_as_uint8(Builder& b, const Match& m) {
  const NodeView n = m.root();
  if (n.type(0) != Type::boolean) return m.no("the type is not bool");
  std::vector<ValueId> operands = m.graph().operands(n.id());
  operands[0] = cast(b, operands[0], Type::uint8);
  if (n.op() == Op::PADV2) operands[2] = cast(b, operands[2], Type::uint8);
  return cast(b, rebuild(b, n, operands), Type::boolean);
}

ValueId wide_indices(Builder& b, const Match& m) {
  const NodeView n = m.root();
  if (n.type(1) != Type::int16) return m.no("the indices are not int16");
  std::vector<ValueId> operands = m.graph().operands(n.id());
  operands[1] = cast(b, operands[1], Type::int32);
  return rebuild(b, n, operands);
}

/// A constant or value of float16 is widened by DEQUANTIZE, which older runtimes have for weights.
ValueId widen_float16(Builder& b, const Match& m) {
  const NodeView n = m.root();
  if (n.type(0) != Type::float16 || n.output_type() != Type::float32) return m.no("it is not float16 to float32");
  return b(Op::DEQUANTIZE, {n.input(0)});
}

/// SELECT of more than four dimensions, none of them broadcast, on a list.
ValueId select_on_list(Builder& b, const Match& m) {
  const NodeView n = m.root();
  const Shape shape = n.output_shape();
  for (std::size_t i = 0; i < 3; ++i) {
    if (!same_shape(n.shape(i), shape)) return m.no("the operands differ in shape");
  }
  const std::vector<Dim> list{element_count(b.dims(), shape.dims())};
  std::vector<ValueId> operands;
  for (std::size_t i = 0; i < 3; ++i) {
    operands.push_back(reshape_to(b, n.input(i), list));
    if (!operands.back()) return m.no("the shape is not known");
  }
  const ValueId chosen = b(Op::SELECT, operands);
  const ValueId back = reshape_to(b, chosen, shape.dims());
  return back ? back : m.no("the shape is not known");
}

/// The end counts from the begin.
ValueId slice_to_absolute_end(Builder& b, const Match& m) {
  const NodeView n = m.root();
  if (!n.flag(Attr::offset)) return m.no("the end is absolute");
  std::vector<ValueId> operands = m.graph().operands(n.id());
  operands[2] = b(Op::ADD, {operands[1], operands[2]});
  return rebuild(b, n, operands, {{Attr::offset, false}});
}

/// Where a frame of ones, padded to the operand's size, is not zero, there the update, padded likewise, is taken.
ValueId update_slice(Builder& b, const Match& m) {
  const NodeView n = m.root();
  const Shape whole = n.shape(0);
  const Shape part = n.shape(1);
  if (!whole.is_static() || !part.is_static() || whole.rank() == 0 || whole.rank() > 4)
    return m.no("the shapes are not known, or have more than four dimensions");
  const bool has_pad = n.type(0) == Type::float32 || n.type(0) == Type::int32 || n.type(0) == Type::int64;
  if (!has_pad || n.type(2) != Type::int32) return m.no("PAD or SELECT_V2 does not take the type");
  std::vector<std::int64_t> room;
  for (std::size_t i = 0; i < whole.rank(); ++i) room.push_back(whole[i].number - part[i].number);
  const ValueId room_left = b.int32s(room);
  // The kernel moves a start that is out of range into it.
  const ValueId start = b(Op::MINIMUM, {b(Op::MAXIMUM, {n.input(2), b.int32(0)}), room_left});
  const ValueId rest = b(Op::SUB, {room_left, start});
  const ValueId paddings = b(Op::PACK, {start, rest}, {{Attr::values_count, 2}, {Attr::axis, 1}});
  const ValueId frame = b(Op::FILL, {b.int32s(part.numbers()), b.int32(1)});
  const ValueId inside = b(Op::NOT_EQUAL, {b(Op::PAD, {frame, paddings}), b.int32(0)});
  return b(Op::SELECT_V2, {inside, b(Op::PAD, {n.input(1), paddings}), n.input(0)});
}

/// The size that is not 1, of two lists of sizes of the same length.
ValueId broadcast_sizes(Builder& b, const Match& m) {
  const NodeView n = m.root();
  const Shape x = n.shape(0);
  const Shape y = n.shape(1);
  if (!x.is_static() || !y.is_static() || x.rank() != 1 || y.rank() != 1) return m.no("the lengths are not known");
  const Type type = n.type(0);
  const auto padded = [&](std::size_t operand, std::int64_t missing) {
    if (missing <= 0) return n.input(operand);
    const std::vector<double> ones(static_cast<std::size_t>(missing), 1);
    const ValueId front = b.constant(tensor_of(type, {missing}, ones));
    return b(Op::CONCATENATION, {front, n.input(operand)}, {{Attr::axis, 0}});
  };
  const ValueId a = padded(0, y[0].number - x[0].number);
  const ValueId c = padded(1, x[0].number - y[0].number);
  return b(Op::SELECT, {b(Op::EQUAL, {a, b.scalar(type, 1)}), c, a});
}

/// SCATTER_ND adds what falls on one place; rows without a segment fall on one behind the last.
ValueId segment_sum(Builder& b, const Match& m) {
  const NodeView n = m.root();
  const auto count = n.integers(2);
  const Shape data = n.shape(0);
  if (!count || !data.is_static() || data.rank() == 0 || !n.shape(1).ranked() || n.shape(1).rank() != 1)
    return m.no("the number of segments or the shape is not known, or ids have several dimensions");
  if (n.type(0) != Type::float32 && n.type(0) != Type::int32) return m.no("the type is neither float32 nor int32");
  const std::int64_t segments = count->front();
  const ValueId ids = cast(b, n.input(1), Type::int32);
  const ValueId placed = b(Op::SELECT_V2, {b(Op::LESS, {ids, b.int32(0)}), b.int32(segments), ids});
  std::vector<std::int64_t> sizes = data.numbers();
  sizes[0] = segments + 1;
  const ValueId sums = b(Op::SCATTER_ND, {b(Op::EXPAND_DIMS, {placed, b.int32(-1)}), n.input(0), b.int32s(sizes)});
  sizes[0] = segments;
  return b(Op::SLICE, {sums, b.int32s(std::vector<std::int64_t>(sizes.size(), 0)), b.int32s(sizes)});
}

}  // namespace

std::vector<Rule> older_runtime_rules() {
  const auto any_of = [](std::vector<Op> ops) { return op(std::move(ops)).any_activation(); };
  return {
      {"older_relu_0_to_1", any_of({Op::RELU_0_TO_1}), relu_0_to_1},
      {"older_gelu", any_of({Op::GELU}), gelu},
      {"older_activation_apart", any_of({Op::TRANSPOSE_CONV}), activation_apart},
      {"older_sign", any_of({Op::SIGN}), sign},
      {"older_abs_of_int32", any_of({Op::ABS}), abs_of_int32},
      {"older_add_of_int64", op(Op::ADD), add_of_int64},
      {"older_reduce_all", any_of({Op::REDUCE_ALL}), reduce_all},
      {"older_arg_of_bool", any_of({Op::ARG_MAX, Op::ARG_MIN}), arg_of_bool},
      {"older_where_of_numbers", any_of({Op::WHERE}), where_of_numbers},
      {"older_bucketize", any_of({Op::BUCKETIZE}), bucketize},
      {"older_bitwise_and", any_of({Op::STABLEHLO_AND}), bitwise_and},
      {"older_shift_left", any_of({Op::STABLEHLO_SHIFT_LEFT}), shift_left},
      {"older_move_of_bool", any_of({Op::PAD, Op::PADV2, Op::GATHER_ND}), moved_as_uint8},
      {"older_gather_by_int16", any_of({Op::GATHER, Op::GATHER_ND}), wide_indices},
      {"older_widening", any_of({Op::CAST}), widen_float16},
      {"older_select_on_list", any_of({Op::SELECT}), select_on_list},
      {"older_strided_slice", any_of({Op::STRIDED_SLICE}), slice_to_absolute_end},
      {"older_update_slice", any_of({Op::DYNAMIC_UPDATE_SLICE}), update_slice},
      {"older_broadcast_args", any_of({Op::BROADCAST_ARGS}), broadcast_sizes},
      {"older_segment_sum", any_of({Op::UNSORTED_SEGMENT_SUM}), segment_sum},
  };
}

}  // namespace tolite::optimize
