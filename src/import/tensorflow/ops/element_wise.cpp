// Wider types and explicit broadcasting around element-wise builtins.
#include "import/tensorflow/ops/element_wise.h"

#include <algorithm>
#include <string>
#include <vector>

#include "import/tensorflow/ops/complex.h"
#include "import/tensorflow/ops/operands.h"
#include "lite/infer.h"

namespace tolite::tensorflow {
namespace {

// The runtime's kernels broadcast this far; beyond, the process aborts.
constexpr std::size_t kBroadcastRank = 8;

/// Whether every number of type `narrow` is one of type `wide`.
bool holds(Type wide, Type narrow) {
  if (wide == Type::int32) return is_integer(narrow) && byte_size(narrow) < 4;
  if (wide == Type::int64) return is_integer(narrow) && (byte_size(narrow) < 4 || narrow == Type::uint32);
  return wide == Type::float32 && is_narrow_float(narrow);
}

/// Elements that are sizes: the runtime counts in int32, so they fit it whatever their type.
bool are_sizes(Builder& b, ValueId v) { return is_integer(b.type(v)) && b.known(v).has_value(); }

/// Kernels that do not broadcast at all.
bool needs_equal_shapes(Op op) { return op == Op::ATAN2 || op == Op::STABLEHLO_AND || op == Op::STABLEHLO_SHIFT_LEFT; }

/// Gives the operands one shape where the kernel cannot do it.
void broadcast_explicitly(Builder& b, Op op, std::vector<ValueId>& operands) {
  bool equal = true;
  std::size_t rank = 0;
  Shape common = b.shape(operands.front());
  for (const ValueId v : operands) {
    equal = equal && b.shape(v).ranked() && b.shape(v) == b.shape(operands.front());
    rank = std::max(rank, b.shape(v).rank());
    common = broadcast(b.dims(), common, b.shape(v));
  }
  if (equal || (!needs_equal_shapes(op) && rank <= kBroadcastRank)) return;
  ValueId target;
  if (common.is_static()) {
    target = b.int32s(common.numbers());
  } else {
    target = shape_of(b, operands.front());
    for (std::size_t i = 1; i < operands.size(); ++i)
      target = b(Op::BROADCAST_ARGS, {target, shape_of(b, operands[i])});
  }
  for (ValueId& v : operands) {
    if (b.shape(v) != common || !common.is_static()) v = b(Op::BROADCAST_TO, {v, target});
  }
}

}  // namespace

Type computing_type(const Builder& b, Op op, Type type, Exact exact) {
  const TypeSet taken = b.table()[op].kernel.types;
  if (taken.empty() || taken.has(type)) return type;
  if (exact == Exact::low_bits && type == Type::uint32 && taken.has(Type::int32)) return Type::int32;
  if (exact == Exact::low_bits && type == Type::uint64 && taken.has(Type::int64)) return Type::int64;
  for (const Type wide : {Type::int32, Type::int64, Type::float32}) {
    if (holds(wide, type) && taken.has(wide)) return wide;
  }
  return Type::none;
}

ValueId element_wise(const TfNode& n, Builder& b, Op op, std::initializer_list<ValueId> operands, Attrs attrs,
                     Exact exact) {
  const Type type = b.type(*operands.begin());
  if (type == Type::complex64) return complex_element_wise(n, b, op, operands);
  std::vector<ValueId> list(operands);
  const bool constant = std::all_of(
      list.begin(), list.end(), [&](ValueId v) { return is_constant_expression(b.model(), b.graph(), b.table(), v); });
  Type compute = constant ? type : computing_type(b, op, type, exact);
  if (compute == Type::none && type == Type::int64 && b.table()[op].kernel.types.has(Type::int32) &&
      std::all_of(list.begin(), list.end(), [&](ValueId v) { return are_sizes(b, v); })) {
    compute = Type::int32;
  }
  if (compute == Type::none) {
    n.refuse("the runtime's " + std::string(b.table()[op].name) + " has no kernel for elements of type " +
                 std::string(type_name(type)),
             is_float(type) ? "cast to float32 in front of it" : "cast to int32 in front of it");
  }
  for (ValueId& v : list) v = cast_to(b, v, compute);
  if (list.size() > 1) broadcast_explicitly(b, op, list);
  const ValueId result = b(op, list, std::move(attrs));
  return compute != type && b.type(result) == compute ? cast_to(b, result, type) : result;
}

ValueId choose(const TfNode& n, Builder& b, ValueId condition, ValueId on_true, ValueId on_false) {
  if (!b.table()[Op::SELECT].kernel.types.has(b.type(on_true))) {
    n.refuse("the runtime cannot choose between elements of type " + std::string(type_name(b.type(on_true))));
  }
  const Shape& shape = b.shape(condition);
  // Without broadcasting the older op does, which every runtime has.
  if (shape.is_static() && shape == b.shape(on_true) && shape == b.shape(on_false)) {
    return b(Op::SELECT, {condition, on_true, on_false});
  }
  std::vector<ValueId> list{condition, on_true, on_false};
  broadcast_explicitly(b, Op::SELECT_V2, list);
  return b(Op::SELECT_V2, list);
}

ValueId zero_where_zero(const TfNode& n, Builder& b, ValueId where, ValueId result) {
  const ValueId zero = scalar_like(b, where, 0);
  return choose(n, b, element_wise(n, b, Op::EQUAL, {where, zero}), zero, result);
}

ValueId scalar_like(Builder& b, ValueId like, double value) { return b.scalar(b.type(like), value); }

ValueId shape_of(Builder& b, ValueId value) { return b(Op::SHAPE, {value}, {{Attr::out_type, Type::int32}}); }

}  // namespace tolite::tensorflow
