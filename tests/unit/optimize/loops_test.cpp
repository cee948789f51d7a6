// Loops made lean, and the loop of an LSTM layer as the fused op: what is left of the loop, and the same answers at
// every call and batch.
#include <gtest/gtest.h>

#include <set>

#include "evaluate/evaluator.h"
#include "lite/text.h"
#include "optimize/optimize.h"
#include "unit/ops/one_op.h"

namespace tolite::optimize {
namespace {

std::string replaced(std::string text, const std::string& what, const std::string& by) {
  const std::size_t at = text.find(what);
  EXPECT_NE(at, std::string::npos) << what;
  return at == std::string::npos ? text : text.replace(at, what.size(), by);
}

/// As Keras 3 exports LSTM(3, return_sequences=True) for sequences of 5 steps with 2 features: two counters, a list.
std::string lstm_text() {
  return R"(
signature "serving_default" @main ("x": 0) -> ("y": 0, "h": 1)
graph @main(%0: float32[5, ?0, 2] "x") {
  %1 = SHAPE(%0) {out_type=int32}
  %2 = STRIDED_SLICE(%1, int32[1] {1}, int32[1] {2}, int32[1] {1}) {shrink_axis_mask=1}
  %3 = PACK(%2, int32[] {3}) {axis=0, values_count=2}
  %4 = FILL(%3, float32[] {0})
  %5 = PACK(int32[] {5}, %2, int32[] {3}) {axis=0, values_count=3}
  %6 = FILL(%5, float32[] {0})
  %7, %8, %9, %10, %11, %12 = WHILE(int32[] {0}, int32[] {0}, %6, %4, %4, %0) {cond_subgraph_index=@cond, body_subgraph_index=@body} : int32[], int32[], float32[5, ?0, 3], float32[?0, 3], float32[?0, 3], float32[5, ?0, 2]
  return %9, %10
}
graph @cond(%0: int32[], %1: int32[], %2: float32[5, ?0, 3], %3: float32[?0, 3], %4: float32[?0, 3], %5: float32[5, ?0, 2]) {
  %6 = LESS(%0, int32[] {5})
  %7 = LESS(%1, int32[] {5})
  %8 = LOGICAL_AND(%6, %7)
  return %8
}
graph @body(%0: int32[], %1: int32[], %2: float32[5, ?0, 3], %3: float32[?0, 3], %4: float32[?0, 3], %5: float32[5, ?0, 2]) {
  %6 = GATHER(%5, %1) {axis=0, batch_dims=0}
  %7 = FULLY_CONNECTED(%6, float32[12, 2] #1, none)
  %8 = FULLY_CONNECTED(%3, float32[12, 3] #2, none)
  %9 = ADD(%7, %8)
  %10 = ADD(%9, float32[12] #3)
  %11, %12, %13, %14 = SPLIT(int32[] {1}, %10) {num_splits=4}
  %15 = LOGISTIC(%11)
  %16 = LOGISTIC(%12)
  %17 = TANH(%13)
  %18 = LOGISTIC(%14)
  %19 = MUL(%16, %4)
  %20 = MUL(%15, %17)
  %21 = ADD(%19, %20)
  %22 = TANH(%21)
  %23 = MUL(%18, %22)
  %24 = EXPAND_DIMS(%23, int32[] {0})
  %25 = RESHAPE(%1, int32[1] {1})
  %26 = CONCATENATION(%25, int32[2] {0, 0}) {axis=0}
  %27 = DYNAMIC_UPDATE_SLICE(%2, %24, %26)
  %28 = ADD(%0, int32[] {1})
  %29 = ADD(%1, int32[] {1})
  return %28, %29, %27, %23, %21, %5
}
)";
}

Model optimized(const std::string& text, LstmForm form) {
  Model model = parse_model(text, op_table());
  Stats stats;
  OptimizeOptions options;
  options.lstm = form;
  optimize(model, op_table(), options, stats);
  return model;
}

std::multiset<std::string_view> ops_of(const Graph& graph) {
  std::multiset<std::string_view> ops;
  for (const NodeId node : graph.order()) ops.insert(op_table()[graph[node].op].name);
  return ops;
}

void expect_same_answers(const std::string& text, const Model& model) {
  const Model before = parse_model(text, op_table());
  evaluate::Evaluator expected(before, op_table(), evaluate::Evaluator::Kernels::reference);
  evaluate::Evaluator actual(model, op_table(), evaluate::Evaluator::Kernels::reference);
  std::uint32_t seed = 1;
  for (const std::int64_t batch : {2, 2, 3, 1, 2}) {
    const std::vector<Tensor> inputs{noise({5, batch, 2}, seed++)};
    const std::vector<Tensor> want = expected.run(GraphId(std::size_t{0}), inputs);
    const std::vector<Tensor> got = actual.run(GraphId(std::size_t{0}), inputs);
    ASSERT_EQ(want.size(), got.size());
    for (std::size_t i = 0; i < want.size(); ++i) expect_near(got[i], want[i], 1e-6);
  }
}

TEST(Loops, ARecurrentStepKeepsWhatDependsOnTheStepBefore) {
  const Model model = optimized(lstm_text(), LstmForm::loop);
  ASSERT_EQ(model.graphs.size(), 3U);
  EXPECT_EQ(ops_of(model.graphs[0]).count("FULLY_CONNECTED"), 1U) << "the product with the whole sequence";
  const Graph& loop = model.graphs[2].outputs().size() > 1 ? model.graphs[2] : model.graphs[1];
  EXPECT_EQ(ops_of(loop).count("FULLY_CONNECTED"), 1U);
  EXPECT_EQ(loop.inputs().size(), 5U) << "one counter, the list, two states, the products";
  expect_same_answers(lstm_text(), model);
}

TEST(Loops, AListThatNobodyReadsGoes) {
  const std::string text =
      replaced(replaced(lstm_text(), "return %9, %10", "return %10"), R"(("y": 0, "h": 1))", R"(("h": 0))");
  const Model model = optimized(text, LstmForm::loop);
  for (const Graph& graph : model.graphs) EXPECT_EQ(ops_of(graph).count("DYNAMIC_UPDATE_SLICE"), 0U);
  expect_same_answers(text, model);
}

TEST(Loops, WhatUsesStateKeepsItsOrderWhenAVariableGoes) {
  Model model = parse_model(R"(
signature "serving_default" @main ("x": 0) -> ("n": 0)
graph @main(%0: float32[2] "x") {
  %1, %2 = WHILE(int32[] {0}, %0) {cond_subgraph_index=@cond, body_subgraph_index=@body} : int32[], float32[2]
  return %1
}
graph @cond(%0: int32[], %1: float32[2]) {
  %2 = LESS(%0, int32[] {5})
  return %2
}
graph @body(%0: int32[], %1: float32[2]) {
  %2 = ADD(%0, int32[] {1})
  %3 = VAR_HANDLE() {container="", shared_name="v"}
  %4 = READ_VARIABLE(%3) : float32[2]
  %5 = ADD(%4, float32[] {1})
  ASSIGN_VARIABLE(%3, %5)
  %6 = NEG(%1)
  return %2, %6
}
)",
                            op_table());
  Stats stats;
  optimize(model, op_table(), {}, stats);
  const Graph& main = model.graphs[0];
  ASSERT_EQ(main.operand_count(main.order().front()), 1U);
  std::vector<Op> in_order;
  for (const Graph& graph : model.graphs) {
    for (const NodeId node : graph.order()) {
      if (graph.name == "body" && graph[node].sequence != 0) in_order.push_back(graph[node].op);
    }
  }
  EXPECT_EQ(in_order, (std::vector<Op>{Op::READ_VARIABLE, Op::ASSIGN_VARIABLE}));
}

/// Adds its weights' product to x as often as `steps` says.
std::string counting_text(const std::string& steps, const std::string& condition = "LESS(%0, %2)") {
  const std::string text = R"(
signature "serving_default" @main ("x": 0, "n": 1) -> ("y": 0)
graph @main(%0: float32[?0, 2] "x", %1: int32[] "n") {
  %2, %3, %4 = WHILE(int32[] {0}, %0, STEPS) {cond_subgraph_index=@cond, body_subgraph_index=@body} : int32[], float32[?1, 2], int32[]
  return %3
}
graph @cond(%0: int32[], %1: float32[?0, 2], %2: int32[]) {
  %3 = CONDITION
  return %3
}
graph @body(%0: int32[], %1: float32[?0, 2], %2: int32[]) {
  %3 = ADD(%0, int32[] {1})
  %4 = FULLY_CONNECTED(%1, float32[2, 2] #1, none)
  %5 = TANH(%4)
  return %3, %5, %2
}
)";
  return replaced(replaced(text, "STEPS", steps), "CONDITION", condition);
}

TEST(Loops, FewStepsStandOneAfterAnother) {
  for (const std::string steps : {"0", "1", "4"}) {
    const Model model = optimized(counting_text("int32[] {" + steps + "}"), LstmForm::loop);
    ASSERT_EQ(model.graphs.size(), 1U);
    EXPECT_EQ(ops_of(model.graphs[0]).count("TANH"), std::stoul(steps));
    EXPECT_EQ(ops_of(model.graphs[0]).size(), 2 * std::stoul(steps)) << "nothing of the condition is left";
  }
}

TEST(Loops, ManyStepsOrUnknownOnesStayALoop) {
  for (const std::string steps : {"int32[] {5}", "%1"}) {
    const Model model = optimized(counting_text(steps), LstmForm::loop);
    EXPECT_EQ(ops_of(model.graphs[0]), (std::multiset<std::string_view>{"WHILE"}));
  }
}

TEST(Loops, TellsWhyARecurrentLayerStaysALoop) {
  const auto reason = [](const std::string& text, LstmForm form) {
    Model model = parse_model(text, op_table());
    OptimizeOptions options;
    options.lstm = form;
    Stats stats;
    const OptimizeReport report = optimize(model, op_table(), options, stats);
    return report.recurrent_loops.empty() ? "" : report.recurrent_loops.front().reason;
  };
  EXPECT_NE(reason(lstm_text(), LstmForm::loop).find("--lstm fused"), std::string::npos);
  EXPECT_EQ(reason(lstm_text(), LstmForm::fused), "");
  EXPECT_NE(reason(lstm_text(), LstmForm::fused_keeping_state).find("unknown batch"), std::string::npos);
  EXPECT_NE(reason(counting_text("int32[] {9}"), LstmForm::fused).find("no LSTM"), std::string::npos);
  EXPECT_NE(reason(counting_text("%1"), LstmForm::fused).find("condition"), std::string::npos);
}

TEST(Loops, CountersThatDifferStay) {
  const std::string text = replaced(lstm_text(), "WHILE(int32[] {0}, int32[] {0}", "WHILE(int32[] {1}, int32[] {0}");
  const Model model = optimized(text, LstmForm::fused);
  EXPECT_EQ(ops_of(model.graphs[0]).count("WHILE"), 1U);
  expect_same_answers(text, model);
}

TEST(Loops, AProductWithAChangingSequenceStays) {
  // The step doubles the sequence.
  const std::string text =
      replaced(replaced(lstm_text(), "return %28, %29, %27, %23, %21, %5", "return %28, %29, %27, %23, %21, %30"),
               "%6 = GATHER", "%30 = ADD(%5, %5)\n  %6 = GATHER");
  const Model model = optimized(text, LstmForm::fused);
  EXPECT_EQ(ops_of(model.graphs[0]).count("FULLY_CONNECTED"), 0U);
  EXPECT_EQ(ops_of(model.graphs[0]).count("WHILE"), 1U);
  expect_same_answers(text, model);
}

TEST(FuseLstm, StartsFromZeroAtEveryCall) {
  const Model model = optimized(lstm_text(), LstmForm::fused);
  EXPECT_EQ(model.graphs.size(), 1U);
  EXPECT_EQ(ops_of(model.graphs[0]).count("UNIDIRECTIONAL_SEQUENCE_LSTM"), 1U);
  expect_same_answers(lstm_text(), model);
}

TEST(FuseLstm, KeepsItsStateWhereThatIsWanted) {
  const std::string fixed = [] {
    std::string text = lstm_text();
    for (std::size_t at = text.find("?0"); at != std::string::npos; at = text.find("?0")) text.replace(at, 2, "2");
    return text;
  }();
  const Model model = optimized(fixed, LstmForm::fused_keeping_state);
  ASSERT_EQ(ops_of(model.graphs[0]).count("UNIDIRECTIONAL_SEQUENCE_LSTM"), 1U);
  evaluate::Evaluator evaluator(model, op_table());
  const std::vector<Tensor> inputs{noise({5, 2, 2})};
  const std::vector<double> first = values_of(evaluator.run(GraphId(std::size_t{0}), inputs)[0]);
  const std::vector<double> second = values_of(evaluator.run(GraphId(std::size_t{0}), inputs)[0]);
  EXPECT_NE(first[0], second[0]);
  // A state cannot follow an unknown batch.
  EXPECT_EQ(ops_of(optimized(lstm_text(), LstmForm::fused_keeping_state).graphs[0]).count("WHILE"), 1U);
}

TEST(FuseLstm, DoesNotTakeWhatTheOpDoesNotDo) {
  const std::vector<std::pair<std::string, std::string>> changes{
      {"%4 = FILL(%3, float32[] {0})", "%4 = FILL(%3, float32[] {1})"},  // a state to begin with
      {"%17 = TANH(%13)", "%17 = RELU(%13)"},                            // another activation
      {"%18 = LOGISTIC(%14)", "%18 = TANH(%14)"},                        // another gate
      {"return %9, %10", "return %9, %11"},                              // the cell state
      {"%6 = LESS(%0, int32[] {5})", "%6 = LESS(%0, int32[] {4})"},      // not the whole sequence
      {"FULLY_CONNECTED(%3,", "FULLY_CONNECTED(%4,"},                    // recurrence through the cell
  };
  for (const auto& [from, to] : changes) {
    SCOPED_TRACE(to);
    const std::string text = replaced(lstm_text(), from, to);
    const Model model = optimized(text, LstmForm::fused);
    EXPECT_EQ(ops_of(model.graphs[0]).count("UNIDIRECTIONAL_SEQUENCE_LSTM"), 0U);
    expect_same_answers(text, model);
  }
}

}  // namespace
}  // namespace tolite::optimize
