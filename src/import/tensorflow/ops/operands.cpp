// Casts of operands, and the types that carry others through kernels.
#include "import/tensorflow/ops/operands.h"

#include <algorithm>
#include <array>
#include <limits>

namespace tolite::tensorflow {

ValueId int32_operand(Builder& b, ValueId value) {
  if (b.type(value) == Type::int32) return value;
  if (const auto known = b.integers(value); known && b.shape(value).is_static()) {
    std::vector<std::int64_t> numbers = *known;
    for (std::int64_t& v : numbers)
      v = std::clamp<std::int64_t>(v, std::numeric_limits<std::int32_t>::min(),
                                   std::numeric_limits<std::int32_t>::max());
    return b.constant(integer_tensor(Type::int32, b.shape(value).numbers(), numbers));
  }
  return cast_to(b, value, Type::int32);
}

ValueId cast_to(Builder& b, ValueId x, Type type) {
  const Type from = b.type(x);
  if (from == type) return x;
  // CAST has no kernel for uint64. To and from int64 the bits stay.
  const bool is_bits = (from == Type::uint64 && type == Type::int64) || (from == Type::int64 && type == Type::uint64);
  if (is_bits) return b(Op::BITCAST, {x}, {{Attr::type, type}});
  return b(Op::CAST, {x}, {{Attr::in_data_type, from}, {Attr::out_data_type, type}});
}

ValueId widened(Builder& b, ValueId x) { return is_narrow_float(b.type(x)) ? cast_to(b, x, Type::float32) : x; }

namespace {

// BITCAST keeps the width; its kernel takes no one-byte types.
bool is_bitcast(Type from, Type to) { return byte_size(from) == byte_size(to) && byte_size(from) > 1; }

}  // namespace

Type carrier_type(const TfNode& n, const Builder& b, Op op, Type type) {
  const TypeSet taken = b.table()[op].kernel.types;
  if (taken.empty() || taken.has(type)) return type;
  for (const Type t : {Type::int16, Type::int32, Type::float32, Type::int64, Type::float64}) {
    if (byte_size(type) > 1 && byte_size(t) == byte_size(type) && taken.has(t)) return t;
  }
  // Wider types that hold every value. Not for moving NaN payloads, which no model means.
  if (type == Type::boolean && taken.has(Type::uint8)) return Type::uint8;
  if (is_narrow_float(type) && taken.has(Type::float32)) return Type::float32;
  if (is_integer(type) && byte_size(type) < 4 && taken.has(Type::int32)) return Type::int32;
  n.refuse("the runtime has no kernel for elements of type " + std::string(type_name(type)),
           type == Type::string ? "do it with numbers, and gather the strings by them"
                                : "cast to another type in front of it");
}

ValueId carried(Builder& b, ValueId x, Type type) {
  if (b.type(x) == type) return x;
  return is_bitcast(b.type(x), type) ? b(Op::BITCAST, {x}, {{Attr::type, type}}) : cast_to(b, x, type);
}

}  // namespace tolite::tensorflow
