// Variables: those that never change are constants, the others are read and assigned in the order of their nodes.
#include "import/tensorflow/graph_importer.h"
#include "import/tensorflow/ops/operands.h"

namespace tolite::tensorflow {
namespace {

std::uint32_t variable_operand(ItemNode& n) {
  const Item& item = n.item(0);
  if (item.kind != Item::Kind::variable && item.kind != Item::Kind::reference)
    n.refuse("its operand is no variable that could be followed to where it is made");
  return item.index;
}

std::vector<Item> handle(ItemNode& n) {
  const auto kind = n.op() == "VarHandleOp" ? Item::Kind::variable : Item::Kind::reference;
  return {Item(kind, n.importer().session().variables.of_handle(n.def()))};
}

/// A reference passes through an assignment.
std::vector<Item> done(ItemNode& n) {
  if (n.item(0).kind == Item::Kind::reference) return {n.item(0)};
  return {};
}

std::vector<Item> assign(ItemNode& n) {
  const std::uint32_t variable = variable_operand(n);
  n.importer().assign_variable(variable, n.importer().value_of(n.item(1)));
  return done(n);
}

/// variable = op(variable, operand)
template <Op op>
std::vector<Item> assign_with(ItemNode& n) {
  GraphImporter& importer = n.importer();
  const std::uint32_t variable = variable_operand(n);
  const ValueId before = importer.read_variable(variable);
  importer.assign_variable(variable, importer.builder()(op, {before, importer.value_of(n.item(1))}));
  return done(n);
}

ValueId translated(ItemNode& n, std::string_view op, std::vector<ValueId> operands) {
  const Translator translator = translators().find(op);
  if (translator == nullptr) throw translators().refusal(op);
  TfNode as_tensors(n.def(), std::move(operands), n.importer().builder());
  return translator(as_tensors, n.importer().builder()).values.front();
}

/// variable[indices] = updates, and its kin: the op on tensors takes the same operands, with rows of indices.
std::vector<Item> scatter(ItemNode& n, std::string_view op, bool rows) {
  GraphImporter& importer = n.importer();
  Builder& b = importer.builder();
  const std::uint32_t variable = variable_operand(n);
  const ValueId indices = rows ? n.in(1) : b(Op::EXPAND_DIMS, {n.in(1), b.int32s({-1})});
  ValueId updates = n.in(2);
  const Shape shape = b.shape(n.in(1));
  const Shape whole = b.shape(importer.read_variable(variable));
  if (!rows && b.shape(updates).is_scalar() && shape.ranked() && whole.ranked() && whole.rank() != 0) {
    // One value for all rows.
    std::vector<Dim> dims = shape.dims();
    dims.insert(dims.end(), whole.dims().begin() + 1, whole.dims().end());
    if (!Shape(dims).is_static()) n.refuse("the shape of its updates is not known");
    updates = b(Op::BROADCAST_TO, {updates, b.int32s(Shape(dims).numbers())});
  }
  importer.assign_variable(variable, translated(n, op, {importer.read_variable(variable), indices, updates}));
  return done(n);
}

std::vector<Item> strided_slice_assign(ItemNode& n) {
  GraphImporter& importer = n.importer();
  const std::uint32_t variable = variable_operand(n);
  std::vector<ValueId> operands{importer.read_variable(variable)};
  for (std::size_t i = 1; i < n.input_count(); ++i) operands.push_back(n.in(i));
  importer.assign_variable(variable, translated(n, "TensorStridedSliceUpdate", operands));
  return done(n);
}

/// variable -= alpha * delta
std::vector<Item> gradient_descent(ItemNode& n) {
  GraphImporter& importer = n.importer();
  Builder& b = importer.builder();
  const std::uint32_t variable = variable_operand(n);
  const ValueId step = b(Op::MUL, {n.in(2), n.in(1)});
  importer.assign_variable(variable, b(Op::SUB, {importer.read_variable(variable), step}));
  return done(n);
}

}  // namespace

void add_variable_translators(ItemTranslators& t) {
  for (const char* op : {"VarHandleOp", "VariableV2", "Variable", "AutoReloadVariable"}) t.add(op, handle);
  t.add("ReadVariableOp", [](ItemNode& n) -> std::vector<Item> {
    // Read for the order of assignments alone.
    if (n.outputs_used() == 0) return {};
    return {n.importer().read_variable(variable_operand(n))};
  });
  t.add("VarIsInitializedOp",
        [](ItemNode& n) -> std::vector<Item> { return {n.importer().builder().scalar(Type::boolean, 1)}; });
  t.add("IsVariableInitialized",
        [](ItemNode& n) -> std::vector<Item> { return {n.importer().builder().scalar(Type::boolean, 1)}; });
  t.add("VariableShape", [](ItemNode& n) -> std::vector<Item> {
    const ValueId value = n.importer().read_variable(variable_operand(n));
    return {n.importer().builder()(Op::SHAPE, {value}, {{Attr::out_type, n.type_attr("out_type", Type::int32)}})};
  });
  for (const char* op : {"Assign", "AssignVariableOp"}) t.add(op, assign);
  for (const char* op : {"AssignAdd", "AssignAddVariableOp"}) t.add(op, assign_with<Op::ADD>);
  for (const char* op : {"AssignSub", "AssignSubVariableOp"}) t.add(op, assign_with<Op::SUB>);
  t.add("ResourceGather", [](ItemNode& n) -> std::vector<Item> {
    if (n.integer_attr("batch_dims") != 0) n.refuse("it gathers by batches");
    return {translated(n, "Gather", {n.importer().read_variable(variable_operand(n)), n.in(1)})};
  });
  t.add("ResourceGatherNd", [](ItemNode& n) -> std::vector<Item> {
    return {translated(n, "GatherNd", {n.importer().read_variable(variable_operand(n)), n.in(1)})};
  });
  for (const char* op : {"ScatterUpdate", "ResourceScatterUpdate"})
    t.add(op, [](ItemNode& n) { return scatter(n, "TensorScatterUpdate", false); });
  for (const char* op : {"ScatterAdd", "ResourceScatterAdd"})
    t.add(op, [](ItemNode& n) { return scatter(n, "TensorScatterAdd", false); });
  for (const char* op : {"ScatterSub", "ResourceScatterSub"})
    t.add(op, [](ItemNode& n) { return scatter(n, "TensorScatterSub", false); });
  for (const char* op : {"ScatterMax", "ResourceScatterMax"})
    t.add(op, [](ItemNode& n) { return scatter(n, "TensorScatterMax", false); });
  for (const char* op : {"ScatterMin", "ResourceScatterMin"})
    t.add(op, [](ItemNode& n) { return scatter(n, "TensorScatterMin", false); });
  for (const char* op : {"ScatterNdUpdate", "ResourceScatterNdUpdate"})
    t.add(op, [](ItemNode& n) { return scatter(n, "TensorScatterUpdate", true); });
  for (const char* op : {"ScatterNdAdd", "ResourceScatterNdAdd"})
    t.add(op, [](ItemNode& n) { return scatter(n, "TensorScatterAdd", true); });
  for (const char* op : {"ScatterNdSub", "ResourceScatterNdSub"})
    t.add(op, [](ItemNode& n) { return scatter(n, "TensorScatterSub", true); });
  t.add("ResourceStridedSliceAssign", strided_slice_assign);
  t.add("ResourceApplyGradientDescent", gradient_descent);
}

}  // namespace tolite::tensorflow
