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

Instance broadcast_in_five_dimensions(InstanceMaker& m) {
  const Op op = m.chance(0.5) ? Op::LESS : Op::MAXIMUM;
  return m.finish(m.builder()(op, {m.input(Type::float32, {2, 1, 3, 1, 2}), m.input(Type::float32, {2, 1, 2, 1})}));
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
      {"older_broadcast", broadcast_in_five_dimensions},
      {"older_small_integers", small_integers},
  };
  return list;
}

}  // namespace tolite::optimize
