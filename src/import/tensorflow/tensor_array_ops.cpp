// TF1's TensorArray ops. The flow, a scalar that only orders them in TensorFlow, carries the elements here.
#include "import/tensorflow/ops/operands.h"
#include "import/tensorflow/tensor_list.h"

namespace tolite::tensorflow {
namespace {

std::vector<Item> make(ItemNode& n) {
  GraphImporter& importer = n.importer();
  const Item list = tensor_list::reserved(
      importer, n.in(0), {n.type_attr("dtype"), n.shape_attr("element_shape"), n.flag_attr("dynamic_size")});
  return {Item(Item::Kind::array, list.index), list};
}

const Item& flow(ItemNode& n, std::size_t i) {
  n.item(0, Item::Kind::array, "a TensorArray that could be followed to where it is made");
  if (!n.item(i).is_list()) n.refuse("its flow could not be followed to where the TensorArray is made");
  return n.item(i);
}

Shape declared(ItemNode& n) { return n.importer().session().element_specs[n.item(0).index].shape; }

std::vector<Item> split(ItemNode& n) {
  // (handle, value, lengths, flow): pieces of equal lengths
  Builder& b = n.importer().builder();
  const Item& list = flow(n, 3);
  const std::vector<std::int64_t> lengths = n.integers(2, "lengths");
  for (const std::int64_t length : lengths) {
    if (length != lengths.front())
      n.refuse("the array's elements have different lengths, which one tensor cannot hold",
               "pad the elements to one length first");
  }
  const Shape shape = n.shape(1);
  if (lengths.empty() || !shape.is_static() || shape.rank() == 0)
    n.refuse("the shape of the elements is not known", tensor_list::kGiveShape);
  std::vector<std::int64_t> dims{static_cast<std::int64_t>(lengths.size()), lengths.front()};
  for (std::size_t i = 1; i < shape.rank(); ++i) dims.push_back(shape[i].number);
  return {Item(Item::Kind::list, list.index, b(Op::RESHAPE, {n.in(1), b.int32s(dims)}))};
}

}  // namespace

void add_tensor_array_translators(ItemTranslators& t) {
  t.add("TensorArrayV3", make);
  t.add("TensorArrayWriteV3", [](ItemNode& n) -> std::vector<Item> {
    const Item list = flow(n, 3);
    const bool grows = n.importer().session().element_specs[n.item(0).index].grows;
    return {tensor_list::set_element(n, grows ? tensor_list::with_length_for(n.importer(), list, n.in(1)) : list,
                                     n.in(1), n.in(2))};
  });
  t.add("TensorArrayReadV3", [](ItemNode& n) -> std::vector<Item> {
    return {tensor_list::get_element(n, flow(n, 2), n.in(1), declared(n))};
  });
  t.add("TensorArrayGatherV3", [](ItemNode& n) -> std::vector<Item> {
    Builder& b = n.importer().builder();
    const Item& list = flow(n, 2);
    // Gathering a range over the length is the whole: what TensorArray.stack() does.
    const NodeId producer = b.graph()[n.in(1)].producer;
    if (producer && b.graph()[producer].op == Op::RANGE) return {tensor_list::stack(n, list, declared(n))};
    if (const auto order = b.integers(n.in(1)); order && list.kind == Item::Kind::list) {
      bool whole = b.shape(list.value).ranked() && b.shape(list.value)[0].is(static_cast<std::int64_t>(order->size()));
      for (std::size_t i = 0; whole && i < order->size(); ++i) whole = (*order)[i] == static_cast<std::int64_t>(i);
      if (whole) return {tensor_list::stack(n, list, declared(n))};
    }
    return {tensor_list::gather(n, list, n.in(1), declared(n))};
  });
  t.add("TensorArrayScatterV3",
        [](ItemNode& n) -> std::vector<Item> { return {tensor_list::scatter(n, flow(n, 3), n.in(1), n.in(2))}; });
  t.add("TensorArrayConcatV3", [](ItemNode& n) -> std::vector<Item> {
    if (n.outputs_used() > 1) n.refuse("the lengths of the elements are used");
    return {tensor_list::concatenate(n, flow(n, 1), declared(n))};
  });
  t.add("TensorArraySplitV3", split);
  t.add("TensorArraySizeV3",
        [](ItemNode& n) -> std::vector<Item> { return {tensor_list::length(n.importer(), flow(n, 1))}; });
  t.add("TensorArrayCloseV3", [](ItemNode&) -> std::vector<Item> { return {}; });
}

}  // namespace tolite::tensorflow
