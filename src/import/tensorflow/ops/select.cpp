// TensorFlow's Select, SelectV2 and Where.
#include "import/tensorflow/ops/element_wise.h"
#include "import/tensorflow/ops/operands.h"

namespace tolite::tensorflow {
namespace {

/// The condition has the shape of the choices, is a scalar, or a vector that chooses rows: as the builtin has it.
Results select(TfNode& n, Builder& b) {
  n.require(b.table()[Op::SELECT].kernel.types.has(n.type(1)),
            "the runtime cannot choose between elements of this type");
  return b(Op::SELECT, {n.in(0), n.in(1), n.in(2)});
}

/// Strings, if both choices are constants: the choice is among their positions in one list.
ValueId chosen_strings(const TfNode& n, Builder& b) {
  std::vector<std::string> list;
  std::vector<ValueId> positions;
  for (const std::size_t i : {1U, 2U}) {
    const Tensor* strings = b.constant_of(n.in(i));
    if (strings == nullptr)
      n.refuse("the runtime cannot choose between strings that are no constants",
               "choose between numbers, and gather the strings by them");
    std::vector<std::int64_t> numbers;
    for (std::int64_t k = 0; k < strings->element_count(); ++k) {
      numbers.push_back(static_cast<std::int64_t>(list.size()));
      list.emplace_back(string_element(*strings, k));
    }
    positions.push_back(b.constant(integer_tensor(Type::int32, strings->dims, numbers)));
  }
  const ValueId all = b.constant(string_tensor({static_cast<std::int64_t>(list.size())}, list));
  const ValueId at = choose(n, b, n.in(0), positions[0], positions[1]);
  return b(Op::GATHER, {all, at}, {{Attr::axis, 0}, {Attr::batch_dims, 0}});
}

Results select_v2(TfNode& n, Builder& b) {
  if (n.type(1) == Type::string) return chosen_strings(n, b);
  return choose(n, b, n.in(0), n.in(1), n.in(2));
}

/// Places that are not zero, as int64 coordinates.
Results where(TfNode& n, Builder& b) {
  const Type type = computing_type(b, Op::WHERE, n.type(0), Exact::value);
  if (type == Type::none) n.refuse("the runtime has no WHERE kernel for this type", "compare with zero in front of it");
  return b(Op::WHERE, {cast_to(b, n.in(0), type)});
}

}  // namespace

void add_select_translators(Translators& t) {
  t.add("Select", select);
  t.add("SelectV2", select_v2);
  t.add("Where", where);
}

}  // namespace tolite::tensorflow
