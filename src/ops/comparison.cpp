// Comparisons and logic: results are bool.
#include <map>
#include <string_view>

#include "ops/element_wise.h"
#include "ops/families.h"
#include "ops/inference.h"
#include "ops/permute.h"
#include "ops/quantized/kernels.h"
#include "ops/versions.h"

namespace tolite {
namespace {

void infer_comparison(Infer& n) {
  n.require(n.type(0) == n.type(1), "operands have different types");
  n.output(0, Type::boolean, broadcast(n.dims(), n.shape(0), n.shape(1)));
}

template <typename List, typename F>
void compare(Eval& n, List types, F f) {
  with_type(n, n.in(0).type, types, [&](auto tag) {
    using T = decltype(tag);
    zip_elements<T, Bool>(n, [f](T a, T b) { return f(static_cast<Computed<T>>(a), static_cast<Computed<T>>(b)); });
  });
}

/// Strings as numbers, of which equal ones have the same.
Tensor numbered(const Tensor& strings, std::map<std::string_view, std::int64_t>& numbers) {
  std::vector<std::int64_t> list;
  for (std::int64_t i = 0; i < strings.element_count(); ++i) {
    const auto next = static_cast<std::int64_t>(numbers.size());
    list.push_back(numbers.emplace(string_element(strings, i), next).first->second);
  }
  return integer_tensor(Type::int32, strings.dims, list);
}

template <typename F>
void compare_equality(Eval& n, F f) {
  if (n.in(0).type != Type::string) return compare(n, AllTypes{}, f);
  std::map<std::string_view, std::int64_t> numbers;
  const Tensor a = numbered(n.in(0), numbers);
  const Tensor b = numbered(n.in(1), numbers);
  const Tensor* operands[] = {&a, &b};
  Eval on_numbers(n, operands);
  compare(on_numbers, AllTypes{}, f);
  n.set(0, std::move(on_numbers.outputs().front()));
}

void infer_logic(Infer& n) {
  for (std::size_t i = 0; i < n.input_count(); ++i) n.require(n.type(i) == Type::boolean, "an operand is not bool");
  if (n.input_count() == 1) return same_as_input(n);
  broadcast_inputs(n);
}

constexpr TypeSet kOrdered{Type::float32, Type::float16, Type::int16, Type::int32, Type::int64};
constexpr TypeSet kEqual{Type::float32, Type::float16, Type::int16, Type::int32,
                         Type::int64,   Type::boolean, Type::string};

/// The int16 kernel of NOT_EQUAL gives wrong answers (measured in the runtime).
constexpr TypeSet kNotEqualTypes{Type::float32, Type::float16, Type::int32, Type::int64, Type::boolean, Type::string};

constexpr OpRow comparison(Op op, std::string_view name, std::uint8_t options, void (*eval)(Eval&), TypeSet types,
                           VersionRules version, void (*quantized_eval)(Eval&)) {
  return {.op = op,
          .name = name,
          .options = {.builtin_options = options},
          .infer = infer_comparison,
          .eval = eval,
          .permute = permute_element_wise,
          .version = version,
          .kernel = {types},
          .quantization = {.eval = quantized_eval}};
}

constexpr OpRow kEqualRow = comparison(
    Op::EQUAL, "EQUAL", 53, [](Eval& n) { compare_equality(n, [](auto a, auto b) { return a == b; }); }, kEqual,
    {{input_is<Type::int16>, 5}, {input_is<Type::string>, 3}, {input_is<Type::int8>, 2}}, quantized::equal);
constexpr OpRow kNotEqual = comparison(
    Op::NOT_EQUAL, "NOT_EQUAL", 54, [](Eval& n) { compare_equality(n, [](auto a, auto b) { return a != b; }); },
    kNotEqualTypes, {{input_is<Type::int16>, 4}, {input_is<Type::string>, 3}, {input_is<Type::int8>, 2}},
    quantized::not_equal);
constexpr OpRow kLess = comparison(
    Op::LESS, "LESS", 41, [](Eval& n) { compare(n, NumberTypes{}, [](auto a, auto b) { return a < b; }); }, kOrdered,
    {{input_is<Type::int16>, 3}, {input_is<Type::int8>, 2}}, quantized::less);
constexpr OpRow kLessEqual = comparison(
    Op::LESS_EQUAL, "LESS_EQUAL", 46, [](Eval& n) { compare(n, NumberTypes{}, [](auto a, auto b) { return a <= b; }); },
    kOrdered, {{input_is<Type::int8>, 2}}, quantized::less_equal);
constexpr OpRow kGreater = comparison(
    Op::GREATER, "GREATER", 44, [](Eval& n) { compare(n, NumberTypes{}, [](auto a, auto b) { return a > b; }); },
    kOrdered, {{input_is<Type::int8>, 2}}, quantized::greater);
constexpr OpRow kGreaterEqual = comparison(
    Op::GREATER_EQUAL, "GREATER_EQUAL", 45,
    [](Eval& n) { compare(n, NumberTypes{}, [](auto a, auto b) { return a >= b; }); }, kOrdered,
    {{input_is<Type::int16>, 3}, {input_is<Type::int8>, 2}}, quantized::greater_equal);

constexpr OpRow logic(Op op, std::string_view name, std::uint8_t options, void (*eval)(Eval&)) {
  return {.op = op,
          .name = name,
          .options = {.builtin_options = options},
          .infer = infer_logic,
          .eval = eval,
          .permute = permute_element_wise,
          .kernel = {{Type::boolean}}};
}

constexpr OpRow kAnd = logic(Op::LOGICAL_AND, "LOGICAL_AND", 62,
                             [](Eval& n) { zip_elements<Bool>(n, [](bool a, bool b) { return a && b; }); });
constexpr OpRow kOr = logic(Op::LOGICAL_OR, "LOGICAL_OR", 60,
                            [](Eval& n) { zip_elements<Bool>(n, [](bool a, bool b) { return a || b; }); });
constexpr OpRow kNot =
    logic(Op::LOGICAL_NOT, "LOGICAL_NOT", 63, [](Eval& n) { map_elements<Bool>(n, [](bool a) { return !a; }); });

}  // namespace

void add_comparison_ops(OpTable& table) {
  for (const OpRow* row :
       {&kEqualRow, &kNotEqual, &kLess, &kLessEqual, &kGreater, &kGreaterEqual, &kAnd, &kOr, &kNot}) {
    table.add(*row);
  }
}

}  // namespace tolite
