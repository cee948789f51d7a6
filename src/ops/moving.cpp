// Known elements and strings follow the positions that a kernel gives them.
#include "ops/moving.h"

#include <algorithm>
#include <numeric>
#include <string>

#include "tolite/error.h"

namespace tolite {
namespace {

constexpr std::int64_t kMostElements = 4096;  // as many as count as known elements of a value

// The operand as a tensor, where it is a constant or all its elements are known numbers.
std::optional<Tensor> constant_operand(const NodeView& n, std::size_t i) {
  if (const Tensor* tensor = n.constant(i)) return *tensor;
  const auto numbers = n.integers(i);
  if (!numbers || n.shape(i).element_count() != static_cast<std::int64_t>(numbers->size())) return std::nullopt;
  return integer_tensor(n.type(i), n.shape(i).numbers(), *numbers);
}

// Appends the operand's known elements and returns their positions in `elements`.
std::optional<Tensor> position_operand(const NodeView& n, std::size_t i, std::vector<Dim>& elements) {
  const auto known = n.known(i);
  if (!known || n.shape(i).element_count() != static_cast<std::int64_t>(known->size())) return std::nullopt;
  std::vector<std::int64_t> positions(known->size());
  std::iota(positions.begin(), positions.end(), static_cast<std::int64_t>(elements.size()));
  elements.insert(elements.end(), known->begin(), known->end());
  return integer_tensor(Type::int32, n.shape(i).numbers(), positions);
}

bool has_small_results(const NodeView& n) {
  for (std::size_t i = 0; i < n.output_count(); ++i) {
    const auto count = n.output_shape(i).element_count();
    if (!count || *count > kMostElements) return false;
  }
  return true;
}

}  // namespace

void move_known(Infer& n, std::span<const std::size_t> data) {
  const auto is_data = [&](std::size_t i) { return std::find(data.begin(), data.end(), i) != data.end(); };
  // A node of constants alone folds.
  const bool all_constant = std::all_of(data.begin(), data.end(), [&](std::size_t i) { return n.constant(i); });
  if (all_constant || !has_small_results(n)) return;
  std::vector<Dim> elements{0};  // position 0 is the 0 that kernels fill in where nothing is moved to
  std::vector<Tensor> operands(n.input_count());
  std::vector<const Tensor*> pointers(n.input_count());
  for (std::size_t i = 0; i < n.input_count(); ++i) {
    if (!n.has(i)) continue;
    auto operand = is_data(i) ? position_operand(n, i, elements) : constant_operand(n, i);
    if (!operand) return;
    operands[i] = std::move(*operand);
    pointers[i] = &operands[i];
  }
  std::vector<Tensor> results;
  try {
    results = evaluate_node(n, pointers);
  } catch (const Error& e) {
    if (e.code() != Code::cannot_evaluate) throw;
    return;
  }
  for (std::size_t r = 0; r < results.size(); ++r) {
    std::vector<Dim> known;
    for (std::int64_t i = 0; i < results[r].element_count(); ++i)
      known.push_back(elements[static_cast<std::size_t>(element_as_int64(results[r], i))]);
    n.output_known(r, std::move(known));
  }
}

void move_all_known(Infer& n) {
  std::vector<std::size_t> all(n.input_count());
  std::iota(all.begin(), all.end(), std::size_t{0});
  move_known(n, all);
}

Tensor string_positions(const Tensor& strings) {
  std::vector<std::int64_t> positions(static_cast<std::size_t>(strings.element_count()));
  std::iota(positions.begin(), positions.end(), 0);
  return integer_tensor(Type::int32, strings.dims, positions);
}

Tensor strings_at(const Tensor& strings, const Tensor& positions) {
  std::vector<std::string> list;
  for (std::int64_t i = 0; i < positions.element_count(); ++i)
    list.emplace_back(string_element(strings, element_as_int64(positions, i)));
  return string_tensor(positions.dims, list);
}

std::size_t element_width(const Eval& n, const Tensor& x) {
  const std::size_t width = byte_size(x.type);
  if (width == 0) n.fail("no kernel for elements of type " + std::string(type_name(x.type)));
  return width;
}

NewTensor new_zeros(const Eval& n, std::vector<std::int64_t> dims) {
  const Type type = n.in(0).type;
  NewTensor made = new_tensor(type, std::move(dims));
  const QuantizationId id = n.graph()[n.graph().result(n.id())].quantization;
  if (!id || (type != Type::int8 && type != Type::uint8)) return made;
  const std::vector<std::int64_t>& zero_points = n.model().quantizations[id.index].zero_points;
  if (!zero_points.empty())
    std::fill(made.writable.begin(), made.writable.end(), static_cast<std::byte>(zero_points[0]));
  return made;
}

Tensor reshaped(const Tensor& x, std::vector<std::int64_t> dims) { return {x.type, std::move(dims), x.bytes, x.owner}; }

Shape unknown_shape(Symbols& symbols, std::size_t rank) {
  std::vector<Dim> dims(rank);
  for (Dim& d : dims) d = symbols.fresh();
  return Shape(std::move(dims));
}

std::optional<std::size_t> vector_length(const NodeView& n, std::size_t i) {
  const Shape& shape = n.shape(i);
  if (shape.is_scalar()) return 1;
  if (!shape.ranked() || shape.rank() != 1 || !shape[0].known() || shape[0].number < 0 ||
      shape[0].number > kMostElements)
    return std::nullopt;
  return static_cast<std::size_t>(shape[0].number);
}

}  // namespace tolite
