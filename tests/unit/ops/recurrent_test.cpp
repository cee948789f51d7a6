// Recurrent ops: state from call to call, both layouts, both directions.
#include "tolite/error.h"
#include "unit/ops/one_op.h"

namespace tolite {
namespace {

constexpr std::int64_t kFeatures = 3;
constexpr std::int64_t kUnits = 2;

/// The op on one input "x" with random weights; states are variables.
struct Recurrent {
  Model model;
  GraphId graph = model.add_graph("main");
  Builder b{model, graph, op_table()};
  std::uint32_t seed = 7;

  ValueId weights(std::vector<std::int64_t> dims) { return b.constant(noise(std::move(dims), seed++)); }
  ValueId state(std::int64_t batch) { return b.graph().add_variable(Type::float32, Shape{batch, kUnits}); }
  ValueId input(const Tensor& x) { return b.input(x.type, x.shape(), "x"); }

  void add_lstm_weights(std::vector<ValueId>& operands) {
    for (int gate = 0; gate < 4; ++gate) operands.push_back(weights({kUnits, kFeatures}));
    for (int gate = 0; gate < 4; ++gate) operands.push_back(weights({kUnits, kUnits}));
    operands.resize(operands.size() + 3);
    for (int gate = 0; gate < 4; ++gate) operands.push_back(weights({kUnits}));
    operands.resize(operands.size() + 2);
  }
  void lstm(const Tensor& x, bool time_major) {
    std::vector<ValueId> operands{input(x)};
    add_lstm_weights(operands);
    const std::int64_t batch = x.dims[time_major ? 1 : 0];
    for (int i = 0; i < 2; ++i) operands.push_back(state(batch));
    operands.resize(24);
    b.graph().add_output(b(Op::UNIDIRECTIONAL_SEQUENCE_LSTM, operands,
                           {{Attr::fused_activation_function, Activation::TANH}, {Attr::time_major, time_major}}));
  }
  std::vector<Tensor> run(evaluate::Evaluator& evaluator, const Tensor& x) const {
    const std::vector<Tensor> inputs{x};
    return evaluator.run(graph, inputs);
  }
};

/// Steps [from, to) of a sequence in time-major order.
Tensor steps(const Tensor& x, std::int64_t from, std::int64_t to) {
  const std::size_t step = x.bytes.size() / static_cast<std::size_t>(x.dims[0]);
  Tensor part = x;
  part.dims[0] = to - from;
  part.bytes = x.bytes.subspan(static_cast<std::size_t>(from) * step, static_cast<std::size_t>(to - from) * step);
  return part;
}

Tensor exchanged(const Tensor& x) {
  return OneOp(Op::TRANSPOSE, {x, integer_tensor(Type::int32, {3}, std::vector<std::int64_t>{1, 0, 2})}, {},
               {false, true})
      .run();
}

TEST(Recurrent, AnLstmGoesOnWhereTheCallBeforeEnded) {
  const Tensor x = noise({6, 2, kFeatures});
  Recurrent whole;
  whole.lstm(x, true);
  Recurrent half;
  half.lstm(steps(x, 0, 3), true);
  evaluate::Evaluator all(whole.model, op_table());
  evaluate::Evaluator parts(half.model, op_table());
  const Tensor expected = whole.run(all, x)[0];
  expect_near(half.run(parts, steps(x, 0, 3))[0], steps(expected, 0, 3), 0);
  expect_near(half.run(parts, steps(x, 3, 6))[0], steps(expected, 3, 6), 0);
}

TEST(Recurrent, LayoutsAgree) {
  const Tensor x = noise({5, 2, kFeatures});
  Recurrent time_major;
  time_major.lstm(x, true);
  Recurrent batch_major;
  batch_major.lstm(exchanged(x), false);
  evaluate::Evaluator a(time_major.model, op_table());
  evaluate::Evaluator b(batch_major.model, op_table());
  expect_near(batch_major.run(b, exchanged(x))[0], exchanged(time_major.run(a, x)[0]), 0);
}

TEST(Recurrent, TheBackwardHalfRunsFromTheEnd) {
  const Tensor x = noise({5, 2, kFeatures});
  for (const bool merged : {true, false}) {
    Recurrent both;
    std::vector<ValueId> operands{both.input(x)};
    for (int direction = 0; direction < 2; ++direction) {
      both.seed = 7;  // the same weights in both directions
      operands.push_back(both.weights({kUnits, kFeatures}));
      operands.push_back(both.weights({kUnits, kUnits}));
      operands.push_back(both.weights({kUnits}));
      operands.push_back(both.state(2));
    }
    operands.resize(12);
    for (const ValueId v : both.b.many(Op::BIDIRECTIONAL_SEQUENCE_RNN, operands,
                                       {{Attr::fused_activation_function, Activation::TANH},
                                        {Attr::time_major, true},
                                        {Attr::merge_outputs, merged}},
                                       merged ? 1 : 2)) {
      both.b.graph().add_output(v);
    }
    evaluate::Evaluator evaluator(both.model, op_table());
    std::vector<Tensor> forward = both.run(evaluator, x);
    evaluate::Evaluator again(both.model, op_table());
    const auto reversed = [](const Tensor& t) {
      return OneOp(Op::REVERSE_V2, {t, integer_tensor(Type::int32, {1}, std::vector<std::int64_t>{0})}, {},
                   {false, true})
          .run();
    };
    const std::vector<Tensor> backward = both.run(again, reversed(x));
    if (!merged) {
      expect_near(forward[1], reversed(backward[0]), 0);
    } else {
      EXPECT_EQ(forward[0].dims, (std::vector<std::int64_t>{5, 2, 2 * kUnits}));
      EXPECT_EQ(values_of(forward[0])[2], values_of(reversed(backward[0]))[0]);
    }
  }
}

TEST(Recurrent, AStateIsAVariable) {
  Recurrent r;
  const Tensor x = noise({5, 2, kFeatures});
  std::vector<ValueId> operands{r.input(x), r.weights({kUnits, kFeatures}), r.weights({kUnits, kUnits}),
                                r.weights({kUnits}), r.weights({2, kUnits})};
  EXPECT_THROW(r.b(Op::UNIDIRECTIONAL_SEQUENCE_RNN, operands, {{Attr::time_major, true}}), Error);
}

}  // namespace
}  // namespace tolite
