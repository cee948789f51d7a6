// The loop of an LSTM layer as UNIDIRECTIONAL_SEQUENCE_LSTM, found by its structure.
//
// The fused op keeps its state between invocations, a layer does not. One more step in front of the sequence closes it:
// an additional feature is 1 there and 0 elsewhere, and its weights into the input, forget and output gates are below
// whatever the rest of the gate can amount to. All gates close, the state is zero, and the step's output is cut off.
//
// The state has a fixed size, so it cannot follow an unknown batch. But a closing step separates sequences wherever it
// stands: with an unknown batch the sequences are laid end to end, each behind its own closing step, as one of batch 1.
#include <array>
#include <map>
#include <optional>
#include <string>

#include "optimize/loop.h"
#include "optimize/passes.h"

namespace tolite::optimize {
namespace {

// In the order of the op's operands.
enum Gate : std::uint8_t { kInput, kForget, kCell, kOutput };
constexpr std::size_t kGates = 4;

/// A sum of products: what a gate is computed from. Values of the body.
struct Sum {
  ValueId input_weights;
  ValueId recurrent_weights;
  std::vector<ValueId> biases;
  std::int64_t first_row = 0;  ///< of the weights
};

struct Layer {
  std::size_t hidden = 0;  ///< variables of the loop
  std::size_t cell = 0;
  std::size_t counter = 0;
  std::size_t sequence = 0;
  std::optional<std::size_t> list;
  std::int64_t units = 0;
  std::array<Sum, kGates> gates;
};

class Recognizer {
 public:
  explicit Recognizer(const Loop& loop) : loop_(loop), outer_(loop.outer()), body_(loop.body()), cond_(loop.cond()) {}

  std::optional<Layer> layer() {
    why_not_ = "its condition does more than count steps up to a known number";
    if (!counts()) return std::nullopt;
    why_not_ = "no state of it steps as sigmoid(o) * tanh(c): it is no LSTM, or has other activations or a mask";
    for (std::size_t h = 0; h < loop_.size(); ++h) {
      if (loop_.is_invariant(h) || !cell(h)) continue;
      why_not_ = "it begins with a state, or its cell state or something else than its output is read";
      if (only_these()) return layer_;
    }
    return std::nullopt;
  }
  const char* why_not() const { return why_not_; }

 private:
  std::optional<NodeView> made_by(ValueId v, Op op) {
    const NodeId node = v ? body_.graph()[v].producer : NodeId();
    if (!node || body_.graph()[node].op != op) return std::nullopt;
    const NodeView n = body_.view(node);
    if (n.row().attrs.find(Attr::fused_activation_function) != nullptr && n.activation() != Activation::NONE) return {};
    return n;
  }

  bool is_zero_before(std::size_t i) { return splat_of(outer_, loop_.start(i)) == 0.0; }

  /// The condition counts the steps from 0 to the length of a sequence.
  bool counts() {
    const Graph& cond = cond_.graph();
    NodeId less = cond[cond.outputs()[0]].producer;
    // Keras 3 asks twice: for the most steps and for the length of the sequence.
    if (less && cond[less].op == Op::LOGICAL_AND && cond.operand(less, 0) == cond.operand(less, 1))
      less = cond[cond.operand(less, 0)].producer;
    if (!less || cond_.graph()[less].op != Op::LESS) return false;
    const auto tested = [&](ValueId v) -> std::optional<std::size_t> {
      for (std::size_t i = 0; i < loop_.size(); ++i) {
        if (loop_.tested(i) == v) return i;
      }
      return std::nullopt;
    };
    const auto counter = tested(cond_.graph().operand(less, 0));
    if (!counter || !is_zero_before(*counter)) return false;
    layer_.counter = *counter;
    const auto step = made_by(loop_.next(*counter), Op::ADD);
    if (!step) return false;
    const std::size_t other = step->input(0) == loop_.inside(*counter) ? 1 : 0;
    const auto by = step->integers(other);
    if (step->input(1 - other) != loop_.inside(*counter) || !by || *by != std::vector<std::int64_t>{1}) return false;
    const ValueId limit = cond_.graph().operand(less, 1);
    const auto variable = tested(limit);
    const auto known = variable ? outer_.known(loop_.start(*variable)) : cond_.known(limit);
    if (!known || known->size() != 1 || (variable && !loop_.is_invariant(*variable))) return false;
    steps_ = known->front();
    return true;
  }

  /// h = sigmoid(o) tanh(c), c = sigmoid(f) c + sigmoid(i) tanh(g).
  bool cell(std::size_t h) {
    layer_.hidden = h;
    const auto output = made_by(loop_.next(h), Op::MUL);
    if (!output) return false;
    for (const std::size_t left : {0U, 1U}) {
      const auto gate = made_by(output->input(left), Op::LOGISTIC);
      const auto squashed = made_by(output->input(1 - left), Op::TANH);
      if (!gate || !squashed) continue;
      for (std::size_t c = 0; c < loop_.size(); ++c) {
        if (c == h || loop_.next(c) != squashed->input(0)) continue;
        layer_.cell = c;
        why_not_ = "a gate is not the sum of products of the step's input and the state with constant weights";
        if (new_cell(c) && sum(gate->input(0), kOutput)) return true;
      }
    }
    return false;
  }

  bool new_cell(std::size_t c) {
    const auto total = made_by(loop_.next(c), Op::ADD);
    if (!total) return false;
    bool kept = false;
    bool added = false;
    for (const std::size_t k : {0U, 1U}) {
      const auto product = made_by(total->input(k), Op::MUL);
      if (!product) return false;
      for (const std::size_t left : {0U, 1U}) {
        const auto gate = made_by(product->input(left), Op::LOGISTIC);
        if (!gate) continue;
        const ValueId right = product->input(1 - left);
        if (right == loop_.inside(c)) {
          kept = sum(gate->input(0), kForget);
        } else if (const auto squashed = made_by(right, Op::TANH)) {
          added = sum(gate->input(0), kInput) && sum(squashed->input(0), kCell);
        }
      }
    }
    return kept && added;
  }

  /// A part of a sum of products, or a whole one.
  bool sum(ValueId v, Gate gate) {
    const Shape& shape = body_.shape(v);
    if (!shape.ranked() || shape.rank() != 2 || !shape.last().known()) return false;
    layer_.units = shape.last().number;
    Sum& found = layer_.gates[gate];
    found = {};
    if (const auto split = made_by(v, Op::SPLIT)) {
      const auto axis = split->integers(0);
      if (!axis || (axis->front() != 1 && axis->front() != -1)) return false;
      found.first_row = layer_.units * body_.graph()[v].slot;
      v = split->input(1);
    }
    std::vector<ValueId> pending{v};
    while (!pending.empty()) {
      const ValueId term = pending.back();
      pending.pop_back();
      if (const auto both = made_by(term, Op::ADD)) {
        pending.push_back(both->input(0));
        pending.push_back(both->input(1));
      } else if (const auto product = made_by(term, Op::FULLY_CONNECTED)) {
        if (!multiply(*product, found)) return false;
      } else if (body_.constant_of(term) != nullptr) {
        found.biases.push_back(term);
      } else {
        return false;
      }
    }
    return found.input_weights && found.recurrent_weights;
  }

  bool multiply(const NodeView& product, Sum& found) {
    if (product.constant(1) == nullptr || product.type(1) != Type::float32) return false;
    if (product.has(2)) {
      if (product.constant(2) == nullptr) return false;
      found.biases.push_back(product.input(2));
    }
    ValueId& weights = product.input(0) == loop_.inside(layer_.hidden) ? found.recurrent_weights : found.input_weights;
    if (weights || (&weights == &found.input_weights && !is_element(product.input(0)))) return false;
    weights = product.input(1);
    return true;
  }

  /// x[t] of a sequence as long as the loop.
  bool is_element(ValueId v) {
    const auto gather = made_by(v, Op::GATHER);
    if (!gather || gather->integer(Attr::axis) != 0 || gather->integer(Attr::batch_dims) != 0) return false;
    const auto sequence = loop_.variable(gather->input(0));
    if (!sequence || !loop_.is_invariant(*sequence) || gather->input(1) != loop_.inside(layer_.counter)) return false;
    const Shape& shape = outer_.shape(loop_.start(*sequence));
    if (!shape.ranked() || shape.rank() != 3 || shape[0] != steps_ || !shape.last().known()) return false;
    layer_.sequence = *sequence;
    return outer_.type(loop_.start(*sequence)) == Type::float32;
  }

  /// Nothing but h, and the list of all h, is read behind the loop, and the state begins with zeros.
  bool only_these() {
    if (!is_zero_before(layer_.hidden) || !is_zero_before(layer_.cell)) return false;
    layer_.list.reset();
    for (std::size_t i = 0; i < loop_.size(); ++i) {
      if (outer_.graph()[loop_.result(i)].use_count == 0 || i == layer_.hidden) continue;
      if (layer_.list || !collects(i)) return false;
      layer_.list = i;
    }
    return true;
  }

  bool collects(std::size_t i) {
    const auto update = made_by(loop_.next(i), Op::DYNAMIC_UPDATE_SLICE);
    if (!update || update->input(0) != loop_.inside(i)) return false;
    const Shape& list = outer_.shape(loop_.start(i));
    if (!list.ranked() || list.rank() != 3 || list[0] != steps_) return false;
    const NodeId row = body_.graph()[update->input(1)].producer;
    const bool is_row = row && (body_.graph()[row].op == Op::RESHAPE || body_.graph()[row].op == Op::EXPAND_DIMS) &&
                        body_.graph().operand(row, 0) == loop_.next(layer_.hidden);
    const auto start = made_by(update->input(2), Op::CONCATENATION);
    if (!is_row || !start || start->input_count() != 2) return false;
    const auto first = made_by(start->input(0), Op::RESHAPE);
    const auto rest = start->integers(1);
    return first && first->input(0) == loop_.inside(layer_.counter) && rest == std::vector<std::int64_t>{0, 0};
  }

  const Loop& loop_;
  Builder outer_;
  Builder body_;
  Builder cond_;
  Dim steps_;
  Layer layer_;
  const char* why_not_ = nullptr;
};

class Fuser {
 public:
  Fuser(const Loop& loop, const Layer& layer, bool keep_state)
      : loop_(loop), layer_(layer), keep_state_(keep_state), b_(loop.outer()), body_(loop.body()) {
    b_.set_origin(b_.graph()[loop.node()].origin);
  }

  /// False if the state would have to follow an unknown batch.
  bool fuse() {
    const ValueId sequence = loop_.start(layer_.sequence);
    const Shape shape = b_.shape(sequence);  // time, batch, features
    const bool end_to_end = !shape[1].known();
    if (end_to_end && keep_state_) return false;
    const std::size_t time_axis = end_to_end ? 1 : 0;
    ValueId x = end_to_end ? b_(Op::TRANSPOSE, {sequence, b_.int32s({1, 0, 2})}) : sequence;
    if (!keep_state_) x = with_closing_step(x, time_axis);
    const ValueId padded = x;
    const std::int64_t features = shape.last().number + (keep_state_ ? 0 : 1);
    if (end_to_end) x = b_(Op::RESHAPE, {x, b_.int32s({-1, 1, features})});
    ValueId y = lstm(x, end_to_end ? 1 : shape[1].number);
    if (end_to_end) y = b_(Op::RESHAPE, {y, apart(padded)});
    replace(y, time_axis);
    return true;
  }

 private:
  ValueId with_closing_step(ValueId x, std::size_t time_axis) {
    const auto pads = [&](std::size_t axis, std::size_t side) {
      std::vector<std::int64_t> list(6, 0);
      list[axis * 2 + side] = 1;
      return b_(Op::RESHAPE, {b_.int32s(list), b_.int32s({3, 2})});
    };
    const ValueId wider = b_(Op::PAD, {x, pads(2, 1)});
    return b_(Op::PADV2, {wider, pads(time_axis, 0), b_.scalar(Type::float32, 1)});
  }

  /// The dimensions of the result with the sequences apart again: batch, steps, units.
  ValueId apart(ValueId padded) {
    const Dim steps = b_.shape(padded)[1];
    if (steps.known()) return b_.int32s({-1, steps.number, layer_.units});
    const ValueId dims = b_(Op::SHAPE, {padded}, {{Attr::out_type, Type::int32}});
    const ValueId first = b_(Op::STRIDED_SLICE, {dims, b_.int32s({0}), b_.int32s({2}), b_.int32s({1})});
    return b_(Op::CONCATENATION, {first, b_.int32s({layer_.units})}, {{Attr::axis, 0}});
  }

  ValueId lstm(ValueId x, std::int64_t batch) {
    std::vector<ValueId> operands(24);
    operands[0] = x;
    for (std::size_t g = 0; g < kGates; ++g) {
      const Sum& gate = layer_.gates[g];
      const ValueId input = rows(gate.input_weights, gate);
      const ValueId recurrent = rows(gate.recurrent_weights, gate);
      const ValueId bias = bias_of(gate);
      operands[1 + g] = keep_state_ ? input : with_closing_weights(input, recurrent, bias, g != kCell);
      operands[5 + g] = recurrent;
      operands[12 + g] = bias;
    }
    operands[18] = b_.graph().add_variable(Type::float32, Shape{batch, layer_.units});
    operands[19] = b_.graph().add_variable(Type::float32, Shape{batch, layer_.units});
    return b_(Op::UNIDIRECTIONAL_SEQUENCE_LSTM, operands,
              {{Attr::fused_activation_function, Activation::TANH}, {Attr::time_major, true}});
  }

  ValueId with_closing_weights(ValueId input, ValueId recurrent, ValueId bias, bool closes) {
    const auto size = [&](ValueId weights) {  // the most that a row can make of operands between -1 and 1
      return b_(Op::SUM, {b_(Op::ABS, {weights}), b_.int32s({1})}, {{Attr::keep_dims, true}});
    };
    ValueId column = b_.constant(new_tensor(Type::float32, {layer_.units, 1}).tensor);
    if (closes) {
      // The closing step's features are all 1. sigmoid(-1e4) is 0 in any arithmetic.
      const ValueId most = b_(Op::ADD, {size(input), size(recurrent)});
      const ValueId bias_column = b_(Op::RESHAPE, {b_(Op::ABS, {bias}), b_.int32s({layer_.units, 1})});
      column = b_(Op::SUB, {b_.scalar(Type::float32, -1e4), b_(Op::ADD, {most, bias_column})});
    }
    return b_(Op::CONCATENATION, {input, column}, {{Attr::axis, 1}});
  }

  ValueId rows(ValueId weights, const Sum& gate) {
    const Shape shape = body_.shape(weights);
    const ValueId all = in_outer(weights);
    if (shape[0].is(layer_.units)) return all;
    return b_(Op::SLICE, {all, b_.int32s({gate.first_row, 0}), b_.int32s({layer_.units, shape[1].number})});
  }

  ValueId bias_of(const Sum& gate) {
    ValueId total = b_.constant(new_tensor(Type::float32, {layer_.units}).tensor);
    for (const ValueId bias : gate.biases) {
      const auto count = body_.shape(bias).element_count();
      ValueId part = in_outer(bias);
      if (count != 1) {
        part = b_(Op::RESHAPE, {part, b_.int32s({-1})});
        if (count != layer_.units) part = b_(Op::SLICE, {part, b_.int32s({gate.first_row}), b_.int32s({layer_.units})});
      }
      total = b_(Op::ADD, {total, part});
    }
    return total;
  }

  ValueId in_outer(ValueId constant) {
    const auto [at, is_new] = copies_.try_emplace(constant);
    if (is_new) at->second = constant_in(b_, body_, constant);
    return at->second;
  }
  /// Puts the result in the place of the loop's.
  void replace(ValueId y, std::size_t time_axis) {
    const ValueId last = loop_.result(layer_.hidden);
    std::vector<std::int64_t> begin(3, 0);
    std::vector<std::int64_t> end(3, 0);
    const std::int64_t all = 7;
    const std::int64_t time = std::int64_t{1} << time_axis;
    if (b_.graph()[last].use_count != 0) {
      begin[time_axis] = -1;
      const ValueId h = b_(Op::STRIDED_SLICE, {y, b_.int32s(begin), b_.int32s(end), b_.int32s({1, 1, 1})},
                           {{Attr::begin_mask, all ^ time}, {Attr::end_mask, all}, {Attr::shrink_axis_mask, time}});
      loop_.replace_result(layer_.hidden, h);
    }
    if (!layer_.list) return;
    if (!keep_state_) {
      begin[time_axis] = 1;
      y = b_(Op::STRIDED_SLICE, {y, b_.int32s(begin), b_.int32s(end), b_.int32s({1, 1, 1})},
             {{Attr::begin_mask, all ^ time}, {Attr::end_mask, all}});
    }
    if (time_axis == 1) y = b_(Op::TRANSPOSE, {y, b_.int32s({1, 0, 2})});
    loop_.replace_result(*layer_.list, y);
  }

  const Loop& loop_;
  const Layer& layer_;
  bool keep_state_;
  Builder b_;
  Builder body_;
  std::map<ValueId, ValueId> copies_;
};

}  // namespace

std::optional<std::string> fuse_lstm(const Loop& loop, LstmForm form) {
  Recognizer recognizer(loop);
  const std::optional<Layer> layer = recognizer.layer();
  if (!layer) return recognizer.why_not();
  if (form == LstmForm::loop) return "an LSTM: the loop is faster on most processors; --lstm fused makes it one op";
  if (Fuser(loop, *layer, form == LstmForm::fused_keeping_state).fuse()) return std::nullopt;
  return "the op cannot keep the state of an unknown batch";
}

}  // namespace tolite::optimize
