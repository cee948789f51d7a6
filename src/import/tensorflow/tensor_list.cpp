// Elements set, read, stacked and gathered.
#include "import/tensorflow/tensor_list.h"

#include <algorithm>

#include "import/tensorflow/ops/element_wise.h"
#include "import/tensorflow/ops/operands.h"
#include "import/tensorflow/ops/symbolic_shape.h"
#include "ops/reshape.h"

namespace tolite::tensorflow::tensor_list {
namespace {

Shape with_count(Dim count, const Shape& element) {
  if (!element.ranked()) return Shape::unranked();
  std::vector<Dim> dims{count};
  dims.insert(dims.end(), element.dims().begin(), element.dims().end());
  return Shape(std::move(dims));
}

/// What two descriptions of one shape say together.
Shape merged(const Shape& a, const Shape& b) {
  if (!a.ranked()) return b;
  if (!b.ranked() || a.rank() != b.rank()) return a;
  Shape shape = a;
  for (std::size_t i = 0; i < shape.rank(); ++i) {
    if (!shape[i].known() && b[i].known()) shape[i] = b[i];
  }
  return shape;
}

/// Notes what the graph says of a value's shape and inference could not know.
ValueId described(Builder& b, ValueId value, const Shape& shape) {
  Value& v = b.graph()[value];
  if (!v.constant && shape.ranked() && (!v.shape.ranked() || v.shape.rank() == shape.rank())) {
    for (std::size_t i = 0; v.shape.ranked() && i < shape.rank(); ++i) {
      if (v.shape[i].known() && shape[i].known() && v.shape[i] != shape[i]) return value;
    }
    Shape known = v.shape;
    if (!known.ranked()) known = shape;
    for (std::size_t i = 0; i < known.rank(); ++i) {
      if (!known[i].known() && shape[i].known()) known[i] = shape[i];
    }
    v.shape = std::move(known);
  }
  return value;
}

ValueId as_vector(Builder& b, ValueId scalar) { return reshape(b, scalar, Shape{1}); }

ValueId scalar(Builder& b, ValueId x) { return reshape(b, int32_operand(b, x), Shape{}); }

Item filled(ItemNode& n, const Item& list, const Shape& element) {
  const auto made = with_elements(n.importer(), list, element);
  if (!made) {
    n.refuse("the shape of the list's elements is not known where the list is made", kGiveShape);
  }
  return *made;
}

}  // namespace

Item reserved(GraphImporter& importer, ValueId count, ElementSpec spec) {
  const std::uint32_t index = importer.session().add_element_spec(std::move(spec));
  return {Item::Kind::reserved_list, index, scalar(importer.builder(), count)};
}

std::optional<Item> with_elements(GraphImporter& importer, const Item& list, const Shape& element) {
  if (list.kind == Item::Kind::list) return list;
  Builder& b = importer.builder();
  const ElementSpec& spec = importer.session().element_specs[list.index];
  if (spec.type == Type::none || spec.type == Type::variant) return std::nullopt;
  // Either description may have the symbols that this graph knows.
  ValueId dims;
  Shape shape;
  for (const Shape& candidate : {merged(element, spec.shape), merged(spec.shape, element)}) {
    if (!dims && candidate.ranked()) dims = shape_value(b, shape = candidate);
  }
  if (!dims) return std::nullopt;
  const ValueId count = as_vector(b, list.value);
  const ValueId whole = shape.rank() == 0 ? count : b(Op::CONCATENATION, {count, dims}, {{Attr::axis, 0}});
  const ValueId zero =
      spec.type == Type::string ? b.constant(string_tensor({}, std::vector<std::string>{""})) : b.scalar(spec.type, 0);
  const ValueId zeros = b(Op::FILL, {whole, zero});
  // Inference does not see the element's symbols through the operand when the number of elements is not known.
  const auto known_count = b.integers(list.value);
  if (!b.graph()[zeros].constant)
    b.graph()[zeros].shape = with_count(known_count ? Dim(known_count->front()) : b.dims().fresh(), shape);
  return Item(Item::Kind::list, list.index, zeros);
}

Shape element_shape(GraphImporter& importer, const Item& list) {
  const Shape known = importer.session().element_specs[list.index].shape;
  if (list.kind != Item::Kind::list) return known;
  const Shape whole = importer.builder().shape(list.value);
  if (!whole.ranked() || whole.rank() == 0) return known;
  return Shape(std::vector<Dim>(whole.dims().begin() + 1, whole.dims().end()));
}

Item longer_by(GraphImporter& importer, const Item& list, ValueId count) {
  Builder& b = importer.builder();
  const ValueId rest = b(Op::STRIDED_SLICE, {shape_of(b, list.value), b.int32s({1}), b.int32s({0}), b.int32s({1})},
                         {{Attr::end_mask, 1}});
  const ValueId zeros =
      b(Op::FILL, {b(Op::CONCATENATION, {count, rest}, {{Attr::axis, 0}}), b.scalar(b.type(list.value), 0)});
  return {Item::Kind::list, list.index, b(Op::CONCATENATION, {list.value, zeros}, {{Attr::axis, 0}})};
}

Item with_length_for(GraphImporter& importer, const Item& list, ValueId index) {
  Builder& b = importer.builder();
  const ValueId missing =
      b(Op::MAXIMUM, {b(Op::SUB, {b(Op::ADD, {scalar(b, index), b.int32(1)}), length(importer, list)}), b.int32(0)});
  if (const auto none = b.integers(missing); none && none->front() == 0) return list;
  if (list.kind == Item::Kind::reserved_list) return {list.kind, list.index, b(Op::ADD, {list.value, missing})};
  return longer_by(importer, list, as_vector(b, missing));
}

Item set_element(ItemNode& n, const Item& list, ValueId index, ValueId element) {
  Builder& b = n.importer().builder();
  const Item made = filled(n, list, b.shape(element));
  const Shape shape = b.shape(element);
  if (!shape.ranked()) n.refuse("the rank of the element is not known", kGiveShape);
  const ValueId row = b(Op::EXPAND_DIMS, {element, b.int32s({0})});
  const ValueId at = as_vector(b, scalar(b, index));
  const std::vector<std::int64_t> zeros(shape.rank(), 0);
  const ValueId start = zeros.empty() ? at : b(Op::CONCATENATION, {at, b.int32s(zeros)}, {{Attr::axis, 0}});
  const Type type = carrier_type(n, b, Op::DYNAMIC_UPDATE_SLICE, b.type(element));
  const ValueId updated = b(Op::DYNAMIC_UPDATE_SLICE, {carried(b, made.value, type), carried(b, row, type), start});
  return {Item::Kind::list, list.index, carried(b, updated, b.type(element))};
}

ValueId get_element(ItemNode& n, const Item& list, ValueId index, const Shape& shape) {
  Builder& b = n.importer().builder();
  const Item made = filled(n, list, shape);
  const ValueId element = b(Op::GATHER, {made.value, scalar(b, index)}, {{Attr::axis, 0}, {Attr::batch_dims, 0}});
  return described(b, element, shape);
}

ValueId stack(ItemNode& n, const Item& list, const Shape& element) {
  Builder& b = n.importer().builder();
  const Item made = filled(n, list, element);
  if (!b.shape(made.value).ranked() || b.shape(made.value).rank() == 0) return made.value;
  return described(b, made.value, with_count(b.shape(made.value)[0], element));
}

ValueId gather(ItemNode& n, const Item& list, ValueId indices, const Shape& element) {
  Builder& b = n.importer().builder();
  const Item made = filled(n, list, element);
  return b(Op::GATHER, {made.value, int32_operand(b, indices)}, {{Attr::axis, 0}, {Attr::batch_dims, 0}});
}

Item scatter(ItemNode& n, const Item& list, ValueId indices, ValueId elements) {
  Builder& b = n.importer().builder();
  const Shape shape = b.shape(elements);
  if (!shape.ranked() || shape.rank() == 0) n.refuse("the rank of the elements is not known", kGiveShape);
  const auto order = b.integers(indices);
  const auto count = list.kind == Item::Kind::reserved_list ? b.integers(list.value) : std::nullopt;
  bool in_order = order && shape[0].is(static_cast<std::int64_t>(order->size()));
  for (std::size_t i = 0; in_order && i < order->size(); ++i) in_order = (*order)[i] == static_cast<std::int64_t>(i);
  // Setting all of a list that was only reserved, in order, is the tensor itself: what unstack does. The range over
  // the list's own length is the usual form where the length is not known.
  const auto producer = b.graph()[indices].producer;
  const bool is_range = producer && b.graph()[producer].op == Op::RANGE;
  if (list.kind == Item::Kind::reserved_list && ((in_order && count && count->front() == shape[0].number) || is_range))
    return {Item::Kind::list, list.index, elements};
  const Item made = filled(n, list, Shape(std::vector<Dim>(shape.dims().begin() + 1, shape.dims().end())));
  const ValueId at = b(Op::EXPAND_DIMS, {int32_operand(b, indices), b.int32s({1})});
  // Rows that are set are told by a mask: there is no builtin that writes rows at computed places over others.
  const ValueId dims = shape_of(b, made.value);
  const ValueId written = b(Op::SCATTER_ND, {at, elements, dims});
  const ValueId ones = b(Op::FILL, {shape_of(b, elements), b.int32(1)});
  const ValueId mask = b(Op::SCATTER_ND, {at, ones, dims});
  return {Item::Kind::list, list.index, b(Op::SELECT_V2, {b(Op::GREATER, {mask, b.int32(0)}), written, made.value})};
}

ValueId concatenate(ItemNode& n, const Item& list, const Shape& element) {
  Builder& b = n.importer().builder();
  const Item made = filled(n, list, element);
  const Shape shape = b.shape(made.value);
  if (!shape.ranked() || shape.rank() < 2) n.refuse("the rank of the elements is not known", kGiveShape);
  const std::vector<Dim> rest(shape.dims().begin() + 2, shape.dims().end());
  const ValueId tail = shape_value(b, Shape(rest));
  if (!tail) n.refuse("the shape of the list's elements is not known", kGiveShape);
  const ValueId dims = rest.empty() ? b.int32s({-1}) : b(Op::CONCATENATION, {b.int32s({-1}), tail}, {{Attr::axis, 0}});
  return b(Op::RESHAPE, {made.value, dims});
}

ValueId length(GraphImporter& importer, const Item& list) {
  if (list.kind == Item::Kind::reserved_list) return list.value;
  return axis_size(importer.builder(), list.value, 0);
}

}  // namespace tolite::tensorflow::tensor_list
