// How the random instances are made.
#include "unit/optimize/random_instance.h"

#include <algorithm>
#include <numeric>

#include "base/half.h"
#include "lite/eval.h"
#include "ops/table.h"
#include "tolite/error.h"

namespace tolite::optimize {
namespace {

constexpr std::int64_t kBatch = 2;

bool is_one_of(Op op, std::initializer_list<Op> list) { return std::find(list.begin(), list.end(), op) != list.end(); }

bool is_leaf(const Pattern& p) { return p.kind != Pattern::Kind::op && p.kind != Pattern::Kind::either; }

Tensor random_tensor(std::mt19937_64& random, Type type, const std::vector<std::int64_t>& dims) {
  NewTensor made = new_tensor(type, dims);
  const std::size_t width = byte_size(type);
  // Wide enough to pass the bounds of every clamp.
  std::uniform_real_distribution<float> real(-7, 7);
  for (std::size_t at = 0; at < made.writable.size(); at += width) {
    std::byte* p = made.writable.data() + at;
    if (type == Type::float32) store(p, real(random));
    if (type == Type::float16) store(p, float_to_half(real(random)));
    if (type == Type::boolean) store(p, static_cast<std::uint8_t>(random() & 1U));
    if (type == Type::int16) store(p, static_cast<std::int16_t>(static_cast<std::int64_t>(random() % 9) - 4));
    if (type == Type::int64) store(p, static_cast<std::int64_t>(random() % 9) - 4);
    if (type == Type::int32) store(p, static_cast<std::int32_t>(random() % 5));
  }
  return std::move(made.tensor);
}

Instance empty_instance() {
  Instance instance;
  instance.graph = instance.model.add_graph("main");
  return instance;
}

}  // namespace

InstanceMaker::InstanceMaker(std::uint64_t seed)
    : random_(seed), made_(empty_instance()), builder_(made_.model, made_.graph, op_table()) {
  dynamic_batch_ = chance(0.3);
  batch_ = made_.model.symbols.fresh();
}

std::int64_t InstanceMaker::pick(std::int64_t low, std::int64_t high) {
  return std::uniform_int_distribution<std::int64_t>(low, high)(random_);
}

bool InstanceMaker::chance(double p) { return std::uniform_real_distribution<double>(0, 1)(random_) < p; }

std::vector<std::int64_t> InstanceMaker::random_dims(std::size_t rank) {
  std::vector<std::int64_t> dims(rank);
  for (std::int64_t& d : dims) d = chance(0.15) ? 1 : pick(2, 4);
  if (rank > 1) dims[0] = kBatch;
  return dims;
}

std::vector<std::int64_t> InstanceMaker::dims_of(ValueId v) {
  std::vector<std::int64_t> dims;
  for (const Dim& d : builder_.shape(v).dims()) dims.push_back(d.known() ? d.number : kBatch);
  return dims;
}

ValueId InstanceMaker::input(Type type, const std::vector<std::int64_t>& dims) {
  std::vector<Dim> shape(dims.begin(), dims.end());
  if (dynamic_batch_ && dims.size() > 1 && dims[0] == kBatch) shape[0] = batch_;
  made_.input_dims.push_back(dims);
  return builder_.input(type, Shape(std::move(shape)), "x" + std::to_string(made_.input_dims.size()));
}

ValueId InstanceMaker::random_constant(Type type, const std::vector<std::int64_t>& dims) {
  return builder_.constant(random_tensor(random_, type, dims));
}

Instance InstanceMaker::make(const Pattern& root) {
  return finish(value(root, {Type::float32, random_dims(static_cast<std::size_t>(pick(1, 4))), {}}));
}

Instance InstanceMaker::finish(ValueId root) {
  made_.root = root;
  builder_.graph().add_output(root);
  return std::move(made_);
}

ValueId InstanceMaker::value(const Pattern& p, const Wish& wish) {
  if (p.capture) {
    const auto found = bound_.find(p.capture->index);
    if (found != bound_.end()) return found->second;
  }
  ValueId v;
  if (p.is_optional && chance(0.3)) return v;
  if (p.kind == Pattern::Kind::either) {
    v = value((*p.operands)[static_cast<std::size_t>(pick(0, static_cast<std::int64_t>(p.operands->size()) - 1))],
              wish);
  } else {
    v = p.kind == Pattern::Kind::op ? node(p, wish) : leaf(p, wish);
  }
  if (p.capture) bound_[p.capture->index] = v;
  return v;
}

ValueId InstanceMaker::leaf(const Pattern& p, const Wish& wish) {
  const bool splat = p.kind == Pattern::Kind::number || p.kind == Pattern::Kind::scalar;
  if (splat) {
    const std::vector<double> choices{0.5, 2, -0.5, 1, 1e-9, 0.3};
    double v = p.kind == Pattern::Kind::number ? p.value : choices[static_cast<std::size_t>(pick(0, 5))];
    if (wish.values) v = static_cast<double>(wish.values->front());
    if (wish.type == Type::boolean) v = v != 0 ? 1 : 0;
    return builder_.scalar(wish.type, v);
  }
  if (wish.values) {
    const auto count = static_cast<std::int64_t>(wish.values->size());
    return builder_.constant(
        integer_tensor(Type::int32, wish.dims.empty() ? std::vector{count} : wish.dims, *wish.values));
  }
  return p.kind == Pattern::Kind::constant ? random_constant(wish.type, wish.dims) : input(wish.type, wish.dims);
}

std::vector<Pattern> InstanceMaker::operands_of(const Pattern& p, Op op) const {
  if (p.operands) return *p.operands;
  constexpr Capture none{kCaptures};
  Pattern weights = constant(none);
  weights.capture.reset();
  Pattern bias = weights;
  bias.is_optional = true;
  if (op == Op::TRANSPOSE_CONV) return {any(), weights, any(), bias};
  if (is_one_of(op, {Op::CONV_2D, Op::DEPTHWISE_CONV_2D, Op::CONV_3D, Op::FULLY_CONNECTED}))
    return {any(), weights, bias};
  const bool one = is_one_of(
      op, {Op::AVERAGE_POOL_2D, Op::MAX_POOL_2D, Op::L2_POOL_2D, Op::RELU, Op::RELU6, Op::SOFTMAX, Op::RELU_0_TO_1,
           Op::LOGISTIC, Op::SQUARE, Op::ABS, Op::EXP, Op::SQRT, Op::DEPTH_TO_SPACE, Op::SQUEEZE});
  return one ? std::vector{any()} : std::vector{any(), any()};
}

ValueId InstanceMaker::operand(const std::vector<Pattern>& operands, std::size_t i, const Wish& wish) {
  return i < operands.size() ? value(operands[i], wish) : ValueId();
}

ValueId InstanceMaker::node(const Pattern& p, const Wish& wish) {
  const Op op = p.ops[static_cast<std::size_t>(pick(0, static_cast<std::int64_t>(p.ops.size()) - 1))];
  const std::vector<Pattern> operands = operands_of(p, op);
  Attrs attrs;
  Values values;
  if (is_one_of(op, {Op::CONV_2D, Op::DEPTHWISE_CONV_2D, Op::TRANSPOSE_CONV, Op::CONV_3D, Op::FULLY_CONNECTED})) {
    values = op == Op::FULLY_CONNECTED ? matrix(operands, op, wish, attrs) : convolution(operands, op, wish, attrs);
  } else if (op == Op::BATCH_MATMUL) {
    values = matrix(operands, op, wish, attrs);
  } else if (is_one_of(op, {Op::RESHAPE, Op::SQUEEZE, Op::EXPAND_DIMS, Op::TRANSPOSE, Op::DEPTH_TO_SPACE})) {
    values = reshaping(operands, op, wish, attrs);
  } else if (is_one_of(op, {Op::BROADCAST_TO, Op::TILE, Op::PAD, Op::PADV2})) {
    values = repeating(operands, op, wish);
  } else if (is_one_of(op, {Op::MEAN, Op::SUM, Op::REDUCE_MAX, Op::REDUCE_MIN, Op::REDUCE_PROD, Op::REDUCE_ANY,
                            Op::REDUCE_ALL, Op::ARG_MAX, Op::ARG_MIN})) {
    values = reducing(operands, op, wish, attrs);
  } else if (is_one_of(op, {Op::SLICE, Op::STRIDED_SLICE})) {
    values = slicing(operands, op, wish, attrs);
  } else if (is_one_of(op, {Op::ONE_HOT, Op::CAST, Op::CONCATENATION, Op::AVERAGE_POOL_2D, Op::MAX_POOL_2D,
                            Op::L2_POOL_2D, Op::SOFTMAX, Op::LEAKY_RELU})) {
    values = other(operands, op, wish, attrs);
  } else {
    values = element_wise(operands, op, wish);
  }
  if (!p.activation_matters && op_table()[op].attrs.find(Attr::fused_activation_function) != nullptr)
    attrs.set(Attr::fused_activation_function, pick(0, 3));
  for (const AttrEntry& entry : p.attrs) attrs.set(entry);
  return builder_(op, values, std::move(attrs));
}

InstanceMaker::Values InstanceMaker::element_wise(const std::vector<Pattern>& operands, Op op, const Wish& wish) {
  Values values(operands.size());
  std::vector<std::int64_t> dims = wish.dims;
  const bool selects = is_one_of(op, {Op::SELECT, Op::SELECT_V2});
  bool first = true;
  // Ops first, then what is bound already, then leaves.
  for (const bool leaves : {false, true}) {
    for (std::size_t i = 0; i < operands.size(); ++i) {
      const bool bound = operands[i].capture && bound_.contains(operands[i].capture->index);
      if (values[i] || (!leaves && is_leaf(operands[i]) && !bound)) continue;
      Wish w{wish.type, dims, {}};
      if (is_one_of(op, {Op::LOGICAL_AND, Op::LOGICAL_OR, Op::LOGICAL_NOT}) || (selects && i == 0))
        w.type = Type::boolean;
      if (is_one_of(op, {Op::REDUCE_ANY, Op::REDUCE_ALL})) w.type = Type::boolean;
      if (is_one_of(op, {Op::GREATER, Op::GREATER_EQUAL, Op::LESS})) w.type = Type::float32;
      const bool may_broadcast = !first && !selects && op != Op::ADD_N && operands[i].kind != Pattern::Kind::op;
      if (may_broadcast && !dims.empty() && chance(0.6)) {
        const std::int64_t form = pick(0, 2);
        const std::int64_t last = dims.back();
        w.dims = form == 0 ? std::vector<std::int64_t>{last} : std::vector<std::int64_t>(dims.size(), 1);
        if (form != 0) w.dims.back() = last;
        // PRELU's slopes in the form that Keras writes.
        if (form == 1) w.dims.erase(w.dims.begin());
      }
      values[i] = value(operands[i], w);
      if (first && values[i]) dims = dims_of(values[i]);
      first = false;
    }
  }
  return values;
}

InstanceMaker::Values InstanceMaker::convolution(const std::vector<Pattern>& operands, Op op, const Wish& wish,
                                                 Attrs& attrs) {
  const bool transposes = op == Op::TRANSPOSE_CONV;
  const std::size_t rank = op == Op::CONV_3D ? 5 : 4;
  std::vector<std::int64_t> dims = wish.dims;
  if (dims.size() != rank) {
    dims.assign(rank, pick(4, 7));
    dims.front() = kBatch;
    dims.back() = pick(2, 3);
  }
  const std::size_t data = transposes ? 2 : 0;
  Values values(transposes ? 4 : 3);
  values[data] = operand(operands, data, {Type::float32, dims, {}});
  dims = dims_of(values[data]);
  if (dims.size() != rank) throw Error(Code::invalid_node, "the data has another rank");
  const std::int64_t channels = dims.back();
  const std::int64_t outputs = op == Op::DEPTHWISE_CONV_2D ? channels * pick(1, 2) : pick(2, 4);
  const std::int64_t h = pick(1, 3);
  const std::int64_t w = pick(1, 3);
  std::vector<std::int64_t> filter{outputs, h, w, channels};
  if (op == Op::DEPTHWISE_CONV_2D) filter = {1, h, w, outputs};
  if (op == Op::CONV_3D) filter = {pick(1, 2), h, w, channels, outputs};
  const std::int64_t stride = pick(1, 2);
  attrs.set(Attr::stride_h, stride);
  attrs.set(Attr::stride_w, stride);
  if (op == Op::CONV_3D) attrs.set(Attr::stride_d, stride);
  if (op == Op::DEPTHWISE_CONV_2D) attrs.set(Attr::depth_multiplier, outputs / channels);
  attrs.set(Attr::padding, pick(0, 1));
  if (transposes) {
    attrs.set(Attr::padding, Padding::SAME);
    values[0] = operand(operands, 0, {Type::int32, {}, {{kBatch, dims[1] * stride, dims[2] * stride, outputs}}});
  }
  Pattern weights = operands[1];
  if (is_leaf(weights)) weights.kind = Pattern::Kind::constant;
  values[1] = value(weights, {Type::float32, filter, {}});
  values[transposes ? 3 : 2] = operand(operands, transposes ? 3 : 2, {Type::float32, {outputs}, {}});
  return values;
}

InstanceMaker::Values InstanceMaker::matrix(const std::vector<Pattern>& operands, Op op, const Wish& wish,
                                            Attrs& attrs) {
  std::vector<std::int64_t> dims = wish.dims;
  if (dims.size() < 2) dims = random_dims(static_cast<std::size_t>(pick(2, 3)));
  Values values;
  values.push_back(operand(operands, 0, {Type::float32, dims, {}}));
  dims = dims_of(values[0]);
  if (dims.size() < 2) throw Error(Code::invalid_node, "the data is no matrix");
  if (op == Op::FULLY_CONNECTED) {
    const std::int64_t outputs = pick(2, 4);
    Pattern weights = operands[1];
    weights.kind = Pattern::Kind::constant;
    values.push_back(value(weights, {Type::float32, {outputs, dims.back()}, {}}));
    values.push_back(operand(operands, 2, {Type::float32, {outputs}, {}}));
    attrs.set(Attr::keep_num_dims, chance(0.4));
    return values;
  }
  const bool adj_x = chance(0.3);
  const bool adj_y = chance(0.3);
  attrs.set(Attr::adj_x, adj_x);
  attrs.set(Attr::adj_y, adj_y);
  const std::int64_t depth = dims[dims.size() - (adj_x ? 2 : 1)];
  const std::int64_t columns = pick(2, 4);
  std::vector<std::int64_t> right = dims;
  if (chance(0.5)) right.erase(right.begin(), right.end() - 2);
  right[right.size() - 2] = adj_y ? columns : depth;
  right.back() = adj_y ? depth : columns;
  values.push_back(operand(operands, 1, {Type::float32, right, {}}));
  return values;
}

InstanceMaker::Values InstanceMaker::reshaping(const std::vector<Pattern>& operands, Op op, const Wish& wish,
                                               Attrs& attrs) {
  std::vector<std::int64_t> to = wish.dims;
  std::vector<std::int64_t> from = to;
  const auto at = [&](std::size_t size) {
    return static_cast<std::ptrdiff_t>(pick(0, static_cast<std::int64_t>(size)));
  };
  if (op == Op::RESHAPE) {
    const std::int64_t form = pick(0, 3);
    if (form == 0 || from.size() < 2) from.insert(from.begin() + (chance(0.5) ? 0 : at(from.size())), 1);
    if (form == 1 && to.size() > 1) from = {from[0] * from[1]}, from.insert(from.end(), to.begin() + 2, to.end());
    if (form == 2 && !from.empty() && from.front() == 1) from.erase(from.begin());
    if (form == 3 && to.size() > 1 && from[0] % 2 == 0) from[0] /= 2, from.insert(from.begin() + 1, 2);
    const ValueId x = operand(operands, 0, {wish.type, from, {}});
    // What came out decides: a reduction or product has its own shape.
    if (dims_of(x) != from && builder_.shape(x).is_static()) {
      to = dims_of(x);
      if (chance(0.5)) to.insert(to.begin() + at(to.size()), 1);
      if (chance(0.3) && to.size() > 2) to[0] *= to[1], to.erase(to.begin() + 1);
      const auto one = std::find(to.begin(), to.end(), 1);
      if (chance(0.3) && one != to.end()) to.erase(one);
    }
    std::vector<std::int64_t> target = to;
    if (dynamic_batch_ && !target.empty() && target[0] == kBatch) target[0] = -1;
    return {x, operand(operands, 1, {Type::int32, {}, target})};
  }
  if (op == Op::SQUEEZE || op == Op::EXPAND_DIMS) {
    if (op == Op::SQUEEZE) {
      const auto axis = at(from.size());
      from.insert(from.begin() + axis, 1);
      attrs.set(Attr::squeeze_dims, std::vector<std::int64_t>{axis});
      return {operand(operands, 0, {wish.type, from, {}})};
    }
    const ValueId x = operand(operands, 0, {wish.type, from, {}});
    return {x, operand(operands, 1, {Type::int32, {}, {{at(from.size())}}})};
  }
  if (op == Op::DEPTH_TO_SPACE) {
    attrs.set(Attr::block_size, std::int64_t{2});
    return {operand(operands, 0, {wish.type, {kBatch, pick(1, 3), pick(1, 3), 4 * pick(1, 2)}, {}})};
  }
  std::vector<std::int64_t> order(to.size());
  std::iota(order.begin(), order.end(), 0);
  std::shuffle(order.begin(), order.end(), random_);
  for (std::size_t i = 0; i < to.size(); ++i) from[static_cast<std::size_t>(order[i])] = to[i];
  if (chance(0.4)) from.assign(to.size(), 1), from[0] = 3;
  const ValueId x = operand(operands, 0, {wish.type, from, {}});
  return {x, operand(operands, 1, {Type::int32, {}, order})};
}

InstanceMaker::Values InstanceMaker::repeating(const std::vector<Pattern>& operands, Op op, const Wish& wish) {
  std::vector<std::int64_t> from = wish.dims;
  if (op == Op::BROADCAST_TO || op == Op::TILE) {
    std::vector<std::int64_t> times(from.size(), 1);
    for (std::size_t i = 0; i < from.size(); ++i) {
      if (!chance(0.4)) continue;
      times[i] = from[i];
      from[i] = 1;
    }
    if (chance(0.2)) from = wish.dims, times.assign(from.size(), 1);
    const ValueId x = operand(operands, 0, {wish.type, from, {}});
    return {x, operand(operands, 1, {Type::int32, {}, op == Op::TILE ? times : wish.dims})};
  }
  if (from.empty()) from = random_dims(4);
  std::vector<std::int64_t> pads(from.size() * 2, 0);
  for (std::size_t i = 1; i + 1 < from.size(); ++i) {
    pads[2 * i] = pick(0, 1);
    pads[2 * i + 1] = pick(0, 1);
  }
  const ValueId x = operand(operands, 0, {wish.type, from, {}});
  Values values{x, operand(operands, 1, {Type::int32, {static_cast<std::int64_t>(from.size()), 2}, pads})};
  if (op == Op::PADV2) values.push_back(operand(operands, 2, {wish.type, {}, {}}));
  return values;
}

InstanceMaker::Values InstanceMaker::reducing(const std::vector<Pattern>& operands, Op op, const Wish& wish,
                                              Attrs& attrs) {
  Wish data{wish.type, wish.dims, {}};
  if (is_one_of(op, {Op::REDUCE_ANY, Op::REDUCE_ALL})) data.type = Type::boolean;
  if (data.dims.empty()) data.dims = random_dims(2);
  const ValueId x = operand(operands, 0, data);
  const auto rank = static_cast<std::int64_t>(dims_of(x).size());
  if (rank == 0) throw Error(Code::invalid_node, "nothing to reduce");
  std::vector<std::int64_t> axes{chance(0.5) ? rank - 1 : pick(-rank, rank - 1)};
  const auto dims = dims_of(x);
  const auto one = std::find(dims.begin(), dims.end(), 1);
  if (one != dims.end() && chance(0.5)) axes = {one - dims.begin()};
  if (is_one_of(op, {Op::ARG_MAX, Op::ARG_MIN})) {
    attrs.set(Attr::output_type, Type::int64);
  } else {
    attrs.set(Attr::keep_dims, chance(0.6));
  }
  return {x, operand(operands, 1, {Type::int32, {}, axes})};
}

InstanceMaker::Values InstanceMaker::slicing(const std::vector<Pattern>& operands, Op op, const Wish& wish,
                                             Attrs& attrs) {
  std::vector<std::int64_t> from = wish.dims;
  std::vector<std::int64_t> begin(from.size(), 0);
  std::vector<std::int64_t> end = from;
  const bool everything = chance(0.2);
  for (std::size_t i = 0; i < from.size() && !everything; ++i) {
    begin[i] = pick(0, 1);
    from[i] += begin[i] + pick(0, 1);
    end[i] = begin[i] + wish.dims[i];
  }
  const ValueId x = operand(operands, 0, {wish.type, from, {}});
  if (op == Op::SLICE)
    return {x, operand(operands, 1, {Type::int32, {}, begin}), operand(operands, 2, {Type::int32, {}, wish.dims})};
  if (chance(0.4)) attrs.set(Attr::begin_mask, pick(0, 7));
  if (chance(0.4)) attrs.set(Attr::end_mask, pick(0, 7));
  return {x, operand(operands, 1, {Type::int32, {}, begin}), operand(operands, 2, {Type::int32, {}, end}),
          operand(operands, 3, {Type::int32, {}, std::vector<std::int64_t>(from.size(), 1)})};
}

InstanceMaker::Values InstanceMaker::other(const std::vector<Pattern>& operands, Op op, const Wish& wish,
                                           Attrs& attrs) {
  if (op == Op::ONE_HOT) {
    attrs.set(Attr::axis, std::int64_t{-1});
    const Type type = chance(0.5) ? Type::int32 : Type::boolean;
    return {operand(operands, 0, {Type::int32, random_dims(2), {}}), builder_.int32(5),
            operand(operands, 2, {type, {}, {}}), operand(operands, 3, {type, {}, {}})};
  }
  if (is_one_of(op, {Op::AVERAGE_POOL_2D, Op::MAX_POOL_2D, Op::L2_POOL_2D})) {
    for (const Attr a : {Attr::stride_h, Attr::stride_w, Attr::filter_height, Attr::filter_width})
      attrs.set(a, pick(1, 2));
    return {operand(operands, 0, {Type::float32, {kBatch, 5, 4, 3}, {}})};
  }
  if (op == Op::SOFTMAX) attrs.set(Attr::beta, 1.0F);
  if (op == Op::LEAKY_RELU) attrs.set(Attr::alpha, 0.3F);
  if (op == Op::CAST) attrs.set(Attr::out_data_type, Type::float32);
  if (op == Op::CONCATENATION) attrs.set(Attr::axis, std::int64_t{-1});
  return {operand(operands, 0, {Type::float32, wish.dims.empty() ? random_dims(2) : wish.dims, {}})};
}

std::vector<Tensor> random_inputs(const Instance& instance, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  std::vector<Tensor> inputs;
  const Graph& graph = instance.model[instance.graph];
  for (std::size_t i = 0; i < graph.inputs().size(); ++i)
    inputs.push_back(random_tensor(random, graph[graph.inputs()[i]].type, instance.input_dims[i]));
  return inputs;
}

std::vector<Tensor> run_graph(const Model& model, GraphId graph_id, const std::vector<Tensor>& inputs) {
  const Graph& graph = model[graph_id];
  std::vector<Tensor> values(graph.value_count());
  for (std::size_t i = 0; i < inputs.size(); ++i) values[graph.inputs()[i].index] = inputs[i];
  for (std::size_t i = 0; i < graph.value_count(); ++i) {
    if (const Tensor* tensor = model.constant_of(graph, ValueId(i))) values[i] = *tensor;
  }
  for (const NodeId node : graph.order()) {
    std::vector<const Tensor*> operands;
    for (const ValueId v : graph.operands(node)) operands.push_back(v ? &values[v.index] : nullptr);
    std::vector<Tensor> results = evaluate_node(NodeView(model, graph, node, op_table()[graph[node].op]), operands);
    for (std::size_t r = 0; r < results.size(); ++r) values[graph.result(node, r).index] = std::move(results[r]);
  }
  std::vector<Tensor> outputs;
  for (const ValueId v : graph.outputs()) outputs.push_back(values[v.index]);
  return outputs;
}

}  // namespace tolite::optimize
