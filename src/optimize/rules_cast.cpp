// Casts: what widens only to narrow again goes, and two casts of which the first loses nothing are one. 16-bit floats
// are computed as float32, so that graphs of them are full of such pairs.
#include "optimize/rule.h"

namespace tolite::optimize {
namespace {

using namespace names;

std::size_t significand_bits(Type type) {
  switch (type) {
    case Type::bfloat16:
      return 8;
    case Type::float16:
      return 11;
    case Type::float32:
      return 24;
    case Type::float64:
      return 53;
    default:
      return 0;
  }
}

/// Every value of the one type is a value of the other.
bool holds(Type wide, Type narrow) {
  if (wide == narrow) return true;
  const std::size_t digits = significand_bits(wide);
  if (is_integer(narrow)) {
    const std::size_t bits = 8 * byte_size(narrow);
    if (digits != 0) return bits <= digits && wide != Type::float16;
    return is_integer(wide) && byte_size(wide) > byte_size(narrow) && (!is_signed(narrow) || is_signed(wide));
  }
  // float16 has more digits than bfloat16, which has more exponents.
  const bool both_narrow = byte_size(wide) == 2;
  return significand_bits(narrow) != 0 && digits > significand_bits(narrow) && !both_narrow;
}

ValueId cast_once(Builder& b, const Match& m) {
  const Type from = m.type(x);
  const Type to = m.root().output_type();
  if (!holds(m.type(y), from)) return m.no("the first cast loses something");
  if (from == to) return m[x];
  if (from == Type::bfloat16) return m.no("the runtime casts bfloat16 to float32 only");
  return b(Op::CAST, {m[x]}, {{Attr::in_data_type, from}, {Attr::out_data_type, to}});
}

/// narrow(move(widen(x))), where move does not look at the elements.
ValueId move_narrow(Builder& b, const Match& m) {
  const NodeView move = m.node(producer);
  const Type type = m.type(x);
  if (type != m.root().output_type()) return m.no("the result has another type");
  if (!holds(m.type(y), type)) return m.no("the first cast loses something");
  const TypeSet taken = b.table()[move.op()].kernel.types;
  if (!taken.empty() && !taken.has(type)) return m.no("the runtime does not move this type");
  std::vector<ValueId> operands = m.graph().operands(move.id());
  operands[0] = m[x];
  return rebuild(b, move, operands);
}

}  // namespace

std::vector<Rule> cast_rules() {
  const Pattern widened = op(Op::CAST, {x}).as(y).shared();
  const Pattern moved = op({Op::RESHAPE, Op::SQUEEZE, Op::EXPAND_DIMS, Op::TRANSPOSE, Op::SLICE, Op::STRIDED_SLICE},
                           {widened, any().optional(), any().optional(), any().optional()})
                            .as(producer);
  return {
      {"cast_to_same_type", op(Op::CAST, {x}),
       [](Builder&, const Match& m) { return m.type(x) == m.root().output_type() ? m[x] : m.no("the types differ"); }},
      {"cast_of_widening_cast", op(Op::CAST, {widened}), cast_once},
      {"move_between_casts", op(Op::CAST, {moved}), move_narrow},
  };
}

}  // namespace tolite::optimize
