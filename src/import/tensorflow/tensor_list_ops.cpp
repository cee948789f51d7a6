// TF2's TensorList ops.
#include <algorithm>

#include "import/tensorflow/ops/operands.h"
#include "import/tensorflow/ops/symbolic_shape.h"
#include "import/tensorflow/tensor_list.h"
#include "ops/reshape.h"

namespace tolite::tensorflow {
namespace {

/// The shape that operand i gives; a dimension of -1, or a scalar -1, is unknown.
Shape shape_operand(ItemNode& n, std::size_t i) {
  Builder& b = n.importer().builder();
  const auto known = b.known(n.in(i));
  if (!known || !b.shape(n.in(i)).ranked() || b.shape(n.in(i)).rank() == 0) return Shape::unranked();
  std::vector<Dim> dims;
  for (const Dim& d : *known) dims.push_back(d.is(-1) ? b.dims().fresh() : d);
  return Shape(std::move(dims));
}

const Item& list_operand(ItemNode& n, std::size_t i = 0) {
  if (!n.item(i).is_list()) {
    n.refuse("its operand is no tensor list that could be followed to where it is made",
             "make the list inside the model: it can be neither an input nor come out of a lookup");
  }
  return n.item(i);
}

std::vector<Item> reserve(ItemNode& n) {
  return {tensor_list::reserved(n.importer(), n.in(1), {n.type_attr("element_dtype"), shape_operand(n, 0)})};
}

std::vector<Item> empty(ItemNode& n) {
  return {tensor_list::reserved(n.importer(), n.importer().builder().int32(0),
                                {n.type_attr("element_dtype"), shape_operand(n, 0)})};
}

std::vector<Item> from_tensor(ItemNode& n) {
  const std::uint32_t index =
      n.importer().session().add_element_spec({n.type_attr("element_dtype"), shape_operand(n, 1)});
  return {Item(Item::Kind::list, index, n.in(0))};
}

/// Count more elements at the end: [count, element...].
Item appended(ItemNode& n, const Item& list, ValueId elements) {
  Builder& b = n.importer().builder();
  if (list.kind == Item::Kind::reserved_list) {
    const auto count = b.integers(list.value);
    if (count && count->front() == 0) return {Item::Kind::list, list.index, elements};
  }
  const Shape shape = b.shape(elements);
  if (!shape.ranked()) n.refuse("the rank of the element is not known", tensor_list::kGiveShape);
  const auto made = tensor_list::with_elements(n.importer(), list,
                                               Shape(std::vector<Dim>(shape.dims().begin() + 1, shape.dims().end())));
  if (!made) n.refuse("the shape of the list's elements is not known where the list is made", tensor_list::kGiveShape);
  return {Item::Kind::list, list.index, b(Op::CONCATENATION, {made->value, elements}, {{Attr::axis, 0}})};
}

std::vector<Item> push_back(ItemNode& n) {
  Builder& b = n.importer().builder();
  return {appended(n, list_operand(n), b(Op::EXPAND_DIMS, {n.in(1), b.int32s({0})}))};
}

std::vector<Item> pop_back(ItemNode& n) {
  Builder& b = n.importer().builder();
  const Item& list = list_operand(n);
  const ValueId whole = tensor_list::stack(n, list, shape_operand(n, 1));
  const ValueId rest = b(Op::STRIDED_SLICE, {whole, b.int32s({0}), b.int32s({-1}), b.int32s({1})});
  const ValueId last = b(Op::STRIDED_SLICE, {whole, b.int32s({-1}), b.int32s({0}), b.int32s({1})},
                         {{Attr::end_mask, 1}, {Attr::shrink_axis_mask, 1}});
  return {Item(Item::Kind::list, list.index, rest), last};
}

std::vector<Item> element_shape_value(ItemNode& n) {
  Builder& b = n.importer().builder();
  const Shape shape = tensor_list::element_shape(n.importer(), list_operand(n));
  const ValueId dims = shape.ranked() ? shape_value(b, shape) : ValueId();
  if (!dims) n.refuse("the shape of the list's elements is not known", tensor_list::kGiveShape);
  return {cast_to(b, dims, n.type_attr("shape_type"))};
}

/// Cut or filled up with zeros: the first `size` of the elements and as many zeros.
std::vector<Item> resize(ItemNode& n) {
  Builder& b = n.importer().builder();
  const Item& list = list_operand(n);
  const ValueId size = int32_operand(b, n.in(1));
  if (list.kind == Item::Kind::reserved_list) return {Item(list.kind, list.index, size)};
  const ValueId count = reshape(b, size, Shape{1});
  const ValueId longer = tensor_list::longer_by(n.importer(), list, count).value;
  const ValueId cut = b(Op::STRIDED_SLICE, {longer, b.int32s({0}), count, b.int32s({1})});
  return {Item(Item::Kind::list, list.index, cut)};
}

std::vector<Item> concatenate(ItemNode& n) {
  Builder& b = n.importer().builder();
  const Item& list = list_operand(n);
  const Shape element = n.input_count() > 1 ? shape_operand(n, 1) : n.shape_attr("element_shape");
  const ValueId joined = tensor_list::concatenate(n, list, element);
  if (n.outputs_used() < 2) return {joined};
  const Shape shape = tensor_list::element_shape(n.importer(), list);
  const ValueId length = shape.ranked() ? shape_value(b, Shape{shape[0]}) : ValueId();
  if (!length) n.refuse("the lengths of the list's elements are not known");
  const ValueId count = reshape(b, tensor_list::length(n.importer(), list), Shape{1});
  const ValueId one = reshape(b, cast_to(b, length, Type::int64), Shape{});
  return {joined, b(Op::FILL, {count, one})};
}

/// Pieces of equal lengths become the elements.
std::vector<Item> split(ItemNode& n) {
  Builder& b = n.importer().builder();
  const std::vector<std::int64_t> lengths = n.integers(2, "lengths");
  const bool equal = std::all_of(lengths.begin(), lengths.end(), [&](auto v) { return v == lengths.front(); });
  const Shape shape = n.shape(0);
  if (lengths.empty() || !equal || !shape.ranked() || shape.rank() == 0)
    n.refuse("the list's elements have different lengths, which one tensor cannot hold",
             "pad the elements to one length first");
  std::vector<Dim> dims{Dim(static_cast<std::int64_t>(lengths.size())), Dim(lengths.front())};
  dims.insert(dims.end(), shape.dims().begin() + 1, shape.dims().end());
  const ValueId whole = shape_value(b, Shape(dims));
  if (!whole) n.refuse("the shape of the list's elements is not known", tensor_list::kGiveShape);
  const std::uint32_t index = n.importer().session().add_element_spec({n.type(0), Shape::unranked()});
  return {Item(Item::Kind::list, index, b(Op::RESHAPE, {n.in(0), whole}))};
}

std::vector<Item> scatter(ItemNode& n) {
  Builder& b = n.importer().builder();
  const ElementSpec spec{n.type_attr("element_dtype"), shape_operand(n, 2)};
  ValueId count = n.input_count() > 3 ? int32_operand(b, n.in(3)) : ValueId();
  if (const auto given = count ? b.integers(count) : std::nullopt; given && given->front() < 0) count = {};
  if (!count) {  // as long as the largest index asks for
    const ValueId largest = b(Op::REDUCE_MAX, {int32_operand(b, n.in(1)), b.int32s({0})});
    count = b(Op::ADD, {largest, b.int32(1)});
  }
  return {tensor_list::scatter(n, tensor_list::reserved(n.importer(), count, spec), n.in(1), n.in(0))};
}

}  // namespace

void add_tensor_list_translators(ItemTranslators& t) {
  t.add("EmptyTensorList", empty);
  t.add("TensorListReserve", reserve);
  t.add("TensorListFromTensor", from_tensor);
  t.add("TensorListStack",
        [](ItemNode& n) -> std::vector<Item> { return {tensor_list::stack(n, list_operand(n), shape_operand(n, 1))}; });
  t.add("TensorListGetItem", [](ItemNode& n) -> std::vector<Item> {
    return {tensor_list::get_element(n, list_operand(n), n.in(1), shape_operand(n, 2))};
  });
  t.add("TensorListSetItem", [](ItemNode& n) -> std::vector<Item> {
    const Item list = n.flag_attr("resize_if_index_out_of_bounds")
                          ? tensor_list::with_length_for(n.importer(), list_operand(n), n.in(1))
                          : list_operand(n);
    return {tensor_list::set_element(n, list, n.in(1), n.in(2))};
  });
  t.add("TensorListPushBack", push_back);
  t.add("TensorListPopBack", pop_back);
  t.add("TensorListLength",
        [](ItemNode& n) -> std::vector<Item> { return {tensor_list::length(n.importer(), list_operand(n))}; });
  t.add("TensorListElementShape", element_shape_value);
  t.add("TensorListResize", resize);
  t.add("TensorListConcat", concatenate);
  t.add("TensorListConcatV2", concatenate);
  t.add("TensorListConcatLists", [](ItemNode& n) -> std::vector<Item> {
    return {appended(n, list_operand(n), tensor_list::stack(n, list_operand(n, 1), Shape::unranked()))};
  });
  t.add("TensorListSplit", split);
  t.add("TensorListGather", [](ItemNode& n) -> std::vector<Item> {
    return {tensor_list::gather(n, list_operand(n), n.in(1), shape_operand(n, 2))};
  });
  t.add("TensorListScatter", scatter);
  t.add("TensorListScatterV2", scatter);
  t.add("TensorListScatterIntoExistingList",
        [](ItemNode& n) -> std::vector<Item> { return {tensor_list::scatter(n, list_operand(n), n.in(2), n.in(1))}; });
}

}  // namespace tolite::tensorflow
