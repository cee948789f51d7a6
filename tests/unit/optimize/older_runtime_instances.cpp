// One node an instance, of the types and shapes that the rule is for.
#include "unit/optimize/older_runtime_instances.h"

namespace tolite::optimize {
namespace {

/// The op on one operand of the type.
MakeInstance unary(Op op, std::vector<Type> types, std::vector<AttrEntry> attrs = {}) {
  return [=](InstanceMaker& m) {
    const Type type = types[static_cast<std::size_t>(m.pick(0, static_cast<std::int64_t>(types.size()) - 1))];
    Attrs all;
    for (AttrEntry attr : attrs) all.set(std::move(attr));
    ValueId x = m.input(type, {m.pick(1, 4), m.pick(1, 5)});
    if (type == Type::int32) x = m.builder()(Op::SUB, {x, m.builder().int32(2)});  // random integers are not negative
    return m.finish(m.builder()(op, {x}, std::move(all)));
  };
}

MakeInstance binary(Op op, Type type) {
  return [=](InstanceMaker& m) {
    const std::int64_t rows = m.pick(1, 4);
    const ValueId x = m.input(type, {rows, 3});
    const ValueId y = m.chance(0.5) ? m.input(type, {3}) : m.input(type, {rows, 3});
    return m.finish(m.builder()(op, {x, y}));
  };
}

/// A reduction over the last axis.
MakeInstance reduction(Op op, Type type, bool has_axis_list) {
  return [=](InstanceMaker& m) {
    Builder& b = m.builder();
    const ValueId axis = has_axis_list ? b.int32s({-1}) : b.int32(-1);
    if (!has_axis_list) return m.finish(b(op, {m.input(type, {2, 5}), axis}, {{Attr::output_type, Type::int32}}));
    return m.finish(b(op, {m.input(type, {2, 5}), axis}, {{Attr::keep_dims, m.chance(0.5)}}));
  };
}

Instance transposed_convolution(InstanceMaker& m) {
  Builder& b = m.builder();
  const ValueId x = m.input(Type::float32, {1, 3, 3, 2});
  const ValueId filter = m.random_constant(Type::float32, {4, 2, 2, 2});
  const auto activation = m.chance(0.5) ? Activation::RELU : Activation::RELU6;
  return m.finish(b(Op::TRANSPOSE_CONV, {b.int32s({1, 6, 6, 4}), filter, x},
                    {{Attr::padding, Padding::SAME},
                     {Attr::stride_h, 2},
                     {Attr::stride_w, 2},
                     {Attr::fused_activation_function, activation}}));
}

Instance padded_bool(InstanceMaker& m) {
  Builder& b = m.builder();
  const ValueId x = m.input(Type::boolean, {2, 3});
  const ValueId paddings = b(Op::RESHAPE, {b.int32s({1, m.pick(0, 2), 0, 1}), b.int32s({2, 2})});
  if (m.chance(0.5)) return m.finish(b(Op::PAD, {x, paddings}));
  return m.finish(b(Op::PADV2, {x, paddings, b.scalar(Type::boolean, 1)}));
}

Instance gathered_by_int16(InstanceMaker& m) {
  Builder& b = m.builder();
  const std::vector<std::int64_t> list{m.pick(0, 3), m.pick(0, 3)};
  const ValueId zeros = b(Op::MUL, {m.input(Type::int16, {2}), b.scalar(Type::int16, 0)});
  const ValueId indices = b(Op::MAXIMUM, {zeros, b.constant(integer_tensor(Type::int16, {2}, list))});
  return m.finish(b(Op::GATHER, {m.input(Type::float32, {4, 3}), indices}, {{Attr::axis, 0}}));
}

Instance widened(InstanceMaker& m) {
  return m.finish(m.builder()(Op::CAST, {m.input(Type::float16, {2, 3})},
                              {{Attr::in_data_type, Type::float16}, {Attr::out_data_type, Type::float32}}));
}

Instance selected_in_five_dimensions(InstanceMaker& m) {
  const std::vector<std::int64_t> dims{1, 2, m.pick(1, 3), 2, 2};
  const ValueId condition = m.input(Type::boolean, dims);
  const ValueId x = m.input(Type::float32, dims);
  return m.finish(m.builder()(Op::SELECT, {condition, x, m.input(Type::float32, dims)}));
}

Instance sliced_by_sizes(InstanceMaker& m) {
  Builder& b = m.builder();
  const ValueId begin = b.int32s({m.pick(0, 1), m.pick(0, 2)});
  return m.finish(b(Op::STRIDED_SLICE, {m.input(Type::float32, {3, 5}), begin, b.int32s({2, 2}), b.int32s({1, 1})},
                    {{Attr::offset, true}}));
}

Instance updated_slice(InstanceMaker& m) {
  const Type type = m.chance(0.5) ? Type::float32 : Type::int32;
  const ValueId whole = m.input(type, {3, 4});
  const ValueId part = m.input(type, {m.pick(1, 3), m.pick(0, 4)});
  return m.finish(m.builder()(Op::DYNAMIC_UPDATE_SLICE, {whole, part, m.input(Type::int32, {2})}));
}

Instance broadcast_sizes(InstanceMaker& m) {
  Builder& b = m.builder();
  const ValueId three =
      b(Op::ADD, {b(Op::MUL, {m.input(Type::int32, {3}), b.int32(0)}), b.int32s({m.pick(1, 4), 1, 5})});
  const ValueId two = b.int32s({m.pick(0, 6), m.chance(0.5) ? 1 : 5});
  return m.finish(m.chance(0.5) ? b(Op::BROADCAST_ARGS, {three, two}) : b(Op::BROADCAST_ARGS, {two, three}));
}

Instance summed_segments(InstanceMaker& m) {
  Builder& b = m.builder();
  const Type type = m.chance(0.5) ? Type::float32 : Type::int32;
  const ValueId ids = b(Op::MAXIMUM, {b(Op::MINIMUM, {m.input(Type::int32, {5}), b.int32(2)}), b.int32(-1)});
  return m.finish(b(Op::UNSORTED_SEGMENT_SUM, {m.input(type, {5, 2}), ids, b.int32(3)}));
}

Instance reversed(InstanceMaker& m) {
  return m.finish(m.builder()(Op::REVERSE_V2, {m.input(Type::float32, {2, 3, 4}), m.builder().int32s({0, 2})}));
}

/// One op on operands that are broadcast in five dimensions, of which as many as in the lists differ from neighbours.
MakeInstance broadcast_in_five_dimensions(Op op, Type type) {
  return [=](InstanceMaker& m) {
    const std::vector<std::int64_t> shapes[] = {{2, 1, 3, 1, 2}, {2, 3, 2, 2, 2}, {}, {1, 1, 3, 2, 2}};
    const ValueId x = m.input(type, {2, 1, 3, 1, 2});
    if (m.chance(0.3)) return m.finish(m.builder()(op, {x, m.input(type, {2, 1, 2, 1})}));
    const std::vector<std::int64_t>& shape = shapes[m.pick(0, 3)];
    const bool fits = shape != shapes[1];
    return m.finish(m.builder()(op, {fits ? x : m.input(type, {2, 3, 1, 1, 1}), m.input(type, shape)}));
  };
}

Instance selected_in_six_dimensions(InstanceMaker& m) {
  const std::vector<std::int64_t> dims{2, 1, 3, 2, 1, 2};
  const ValueId condition = m.input(Type::boolean, {2, 1, 1, 1, 1, 1});
  const ValueId x = m.input(Type::int32, dims);
  return m.finish(m.builder()(Op::SELECT_V2, {condition, x, m.input(Type::int32, dims)}));
}

Instance broadcast_op(InstanceMaker& m) {
  const Op ops[] = {Op::LESS, Op::NOT_EQUAL, Op::SQUARED_DIFFERENCE};
  if (m.chance(0.2)) return selected_in_six_dimensions(m);
  return broadcast_in_five_dimensions(ops[m.pick(0, 2)], m.chance(0.5) ? Type::float32 : Type::int32)(m);
}

Instance sliced_in_six_dimensions(InstanceMaker& m) {
  Builder& b = m.builder();
  const ValueId x = m.input(Type::float32, {2, 2, 3, 1, 4, 3});
  if (m.chance(0.5)) return m.finish(b(Op::SLICE, {x, b.int32s({0, 1, 0, 0, 1, 2}), b.int32s({2, 1, 3, -1, 2, 1})}));
  const ValueId begin = b.int32s({-1, 0, 2, 0, 1});
  const ValueId end = b.int32s({0, 2, 0, 1, 4});
  return m.finish(b(Op::STRIDED_SLICE, {x, begin, end, b.int32s({1, 1, -1, 1, 2})},
                    {{Attr::begin_mask, 2},
                     {Attr::end_mask, m.chance(0.5) ? 4 : 0},
                     {Attr::shrink_axis_mask, m.chance(0.5) ? 9 : 1}}));
}

/// Elements of a type that older kernels do not move.
Instance moved(InstanceMaker& m) {
  Builder& b = m.builder();
  const auto bits = [&](Type from, Type to) { return b(Op::BITCAST, {m.input(from, {2, 3})}, {{Attr::type, to}}); };
  switch (m.pick(0, 5)) {
    case 0:
      return m.finish(b(Op::TRANSPOSE, {m.input(Type::float16, {2, 3}), b.int32s({1, 0})}));
    case 1:
      return m.finish(b(Op::SLICE, {bits(Type::int64, Type::complex64), b.int32s({1, 0}), b.int32s({1, 2})}));
    case 2:
      return m.finish(b(Op::MIRROR_PAD,
                        {m.input(Type::boolean, {2, 3}), b(Op::RESHAPE, {b.int32s({0, 1, 1, 0}), b.int32s({2, 2})})},
                        {{Attr::mode, 0}}));
    case 3:
      return m.finish(b(Op::TILE, {m.input(Type::int16, {2, 3}), b.int32s({2, 1})}));
    case 4: {
      const Type type = m.chance(0.5) ? Type::uint8 : Type::int16;
      const ValueId whole = m.input(type, {3, 4});
      const ValueId part = m.input(type, {2, 2});
      return m.finish(b(Op::DYNAMIC_UPDATE_SLICE, {whole, part, m.input(Type::int32, {2})}));
    }
    default:
      return m.finish(b(Op::TRANSPOSE, {bits(Type::int32, Type::uint32), b.int32s({1, 0})}));
  }
}

Instance sparse_of_one_value(InstanceMaker& m) {
  Builder& b = m.builder();
  const ValueId indices = b(Op::RESHAPE, {b.int32s({1, m.pick(2, 4)}), b.int32s({2})});
  return m.finish(b(Op::SPARSE_TO_DENSE, {indices, b.int32s({6}), m.input(Type::int32, {}), b.int32(0)}));
}

Instance bits(InstanceMaker& m, Op op, const std::vector<Type>& types) {
  Builder& b = m.builder();
  const Type type = types[static_cast<std::size_t>(m.pick(0, static_cast<std::int64_t>(types.size()) - 1))];
  const auto signed_input = [&] {
    const ValueId x = m.input(type, {2, 3});
    return type == Type::boolean ? x : b(Op::SUB, {x, b.scalar(type, 3)});
  };
  return m.finish(b(op, {signed_input(), signed_input()}));
}

Instance small_integers(InstanceMaker& m) {
  const ValueId x = m.input(Type::int16, {2, 3});
  Builder& b = m.builder();
  return m.finish(m.chance(0.5) ? b(Op::NEG, {x}) : b(Op::LESS, {x, m.input(Type::int16, {3})}));
}

}  // namespace

const std::map<std::string_view, MakeInstance>& older_runtime_instances() {
  static const std::map<std::string_view, MakeInstance> list{
      {"older_relu_0_to_1", unary(Op::RELU_0_TO_1, {Type::float32})},
      {"older_gelu",
       [](InstanceMaker& m) {
         return unary(Op::GELU, {Type::float32}, {{Attr::approximate, m.chance(0.5)}})(m);
       }},
      {"older_activation_apart", transposed_convolution},
      {"older_sign", unary(Op::SIGN, {Type::float32, Type::int32})},
      {"older_abs_of_int32", unary(Op::ABS, {Type::int32})},
      {"older_add_of_int64", binary(Op::ADD, Type::int64)},
      {"older_reduce_all", reduction(Op::REDUCE_ALL, Type::boolean, true)},
      {"older_arg_of_bool", reduction(Op::ARG_MAX, Type::boolean, false)},
      {"older_where_of_numbers", unary(Op::WHERE, {Type::float32, Type::int32})},
      {"older_bucketize",
       unary(Op::BUCKETIZE, {Type::float32}, {{Attr::boundaries, std::vector<float>{-1, -0.25F, 0, 0.5F, 2}}})},
      {"older_move_of_bool", padded_bool},
      {"older_gather_by_int16", gathered_by_int16},
      {"older_widening", widened},
      {"older_select_on_list", selected_in_five_dimensions},
      {"older_strided_slice", sliced_by_sizes},
      {"older_update_slice", updated_slice},
      {"older_broadcast_args", broadcast_sizes},
      {"older_segment_sum", summed_segments},
      {"older_reverse", reversed},
      {"older_reverse_of_axes_apart", reversed},
      {"older_arithmetic",
       [](InstanceMaker& m) {
         return broadcast_in_five_dimensions(m.chance(0.5) ? Op::MUL : Op::DIV, Type::float32)(m);
       }},
      {"older_broadcast", broadcast_op},
      {"older_extremes",
       [](InstanceMaker& m) {
         const ValueId x = m.input(Type::float32, {2, 1, 3, 1, 2, 2});
         const ValueId y = m.chance(0.5) ? m.input(Type::float32, {}) : m.input(Type::float32, {2, 1, 2, 1, 2});
         return m.finish(m.builder()(Op::MAXIMUM, {x, y}));
       }},
      {"older_slice", sliced_in_six_dimensions},
      {"older_move", moved},
      {"older_sparse_value", sparse_of_one_value},
      {"older_bitwise_and",
       [](InstanceMaker& m) {
         return bits(m, Op::STABLEHLO_AND, {Type::boolean, Type::int8, Type::int16, Type::int32, Type::int64});
       }},
      {"older_shift_left",
       [](InstanceMaker& m) {
         return bits(m, Op::STABLEHLO_SHIFT_LEFT, {Type::int8, Type::int16, Type::int32});
       }},
      {"older_small_integers", small_integers},
  };
  return list;
}

}  // namespace tolite::optimize
