// Graphs that run graphs, and what is kept from run to run.
#include <gtest/gtest.h>

#include "evaluate/evaluator.h"
#include "lite/subgraphs.h"
#include "lite/text.h"
#include "ops/table.h"
#include "read/tflite.h"
#include "tolite/error.h"
#include "write/tflite.h"

namespace tolite {
namespace {

using evaluate::Evaluator;

Model parsed(const std::string& text) { return parse_model(text, op_table()); }

double number(const Tensor& tensor) { return element_as_double(tensor, 0); }

Tensor scalar(Type type, double value) { return tensor_of(type, {}, std::span(&value, 1)); }

constexpr const char* kLoop = R"(
graph @main(%0: int32[] "n", %1: float32[] "x") {
  %2, %3, %4 = WHILE(int32[] {0}, %0, %1) {body_subgraph_index=@body, cond_subgraph_index=@cond} : int32[], int32[], float32[]
  return %4
}
graph @cond(%0: int32[], %1: int32[], %2: float32[]) {
  %3 = LESS(%0, %1)
  return %3
}
graph @body(%0: int32[], %1: int32[], %2: float32[]) {
  %3 = ADD(%0, int32[] {1})
  %4 = MUL(%2, float32[] {2})
  return %3, %1, %4
}
)";

TEST(State, ALoopRunsAsOftenAsItsConditionSays) {
  const Model model = parsed(kLoop);
  Evaluator evaluator(model, op_table());
  for (const int n : {0, 1, 5}) {
    const std::vector<Tensor> inputs{scalar(Type::int32, n), scalar(Type::float32, 3)};
    EXPECT_EQ(number(evaluator.run(GraphId(std::size_t{0}), inputs)[0]), 3.0 * (1 << n));
  }
}

constexpr const char* kBranches = R"(
graph @main(%0: bool[] "p", %1: float32[?0] "x") {
  %2 = IF(%0, %1) {else_subgraph_index=@no, then_subgraph_index=@yes} : float32[?0]
  return %2
}
graph @yes(%0: float32[?0]) {
  %1 = NEG(%0)
  return %1
}
graph @no(%0: float32[?0]) {
  return %0
}
)";

TEST(State, OneBranchRuns) {
  const Model model = parsed(kBranches);
  Evaluator evaluator(model, op_table());
  const std::vector<double> values{1, 2};
  for (const bool p : {true, false}) {
    const std::vector<Tensor> inputs{scalar(Type::boolean, p ? 1 : 0), tensor_of(Type::float32, {2}, values)};
    EXPECT_EQ(number(evaluator.run(GraphId(std::size_t{0}), inputs)[0]), p ? -1 : 1);
  }
}

constexpr const char* kCounter = R"(
graph @main() {
  CALL_ONCE() {init_subgraph_index=@init}
  %0 = VAR_HANDLE() {container="", shared_name="count"}
  %1 = READ_VARIABLE(%0) : int32[]
  %2 = ADD(%1, int32[] {2})
  ASSIGN_VARIABLE(%0, %2)
  %3 = READ_VARIABLE(%0) : int32[]
  return %1, %3
}
graph @init() {
  %0 = VAR_HANDLE() {container="", shared_name="count"}
  ASSIGN_VARIABLE(%0, int32[] {10})
  return
}
)";

TEST(State, AVariableKeepsItsValueFromRunToRun) {
  const Model model = parsed(kCounter);
  Evaluator evaluator(model, op_table());
  for (const int before : {10, 12, 14}) {
    const std::vector<Tensor> results = evaluator.run(GraphId(std::size_t{0}), {});
    EXPECT_EQ(number(results[0]), before);
    EXPECT_EQ(number(results[1]), before + 2);
  }
  Evaluator other(model, op_table());
  EXPECT_EQ(number(other.run(GraphId(std::size_t{0}), {})[0]), 10);
}

TEST(State, ReadsAndAssignmentsKeepTheirOrderThroughAFile) {
  const Model model = parsed(kCounter);
  const std::vector<std::byte> file = write::tflite_bytes(model, op_table(), {});
  const Model again = read::tflite(Bytes(file), nullptr, op_table());
  Evaluator evaluator(again, op_table());
  EXPECT_EQ(number(evaluator.run(GraphId(std::size_t{0}), {})[1]), 12);
}

TEST(State, AnAssignmentOfALaterNodeStaysBeforeWhatReadsIt) {
  Model model = parsed(kCounter);
  Graph& graph = model.graphs[0];
  // What is assigned is computed by a node that was made last, as after a rewrite.
  NodeId assign;
  for (const NodeId node : graph.order()) {
    if (graph[node].op == Op::ASSIGN_VARIABLE) assign = node;
  }
  const ValueId sum = graph.operand(assign, 1);
  const NodeId add = graph[sum].producer;
  const NodeId made = graph.add_node(Op::ADD, graph.operands(add), graph[add].attrs, 1, {});
  graph[graph.result(made)].type = Type::int32;
  graph[graph.result(made)].shape = Shape{};
  graph.replace_all_uses(sum, graph.result(made));
  graph.erase(add);
  Evaluator evaluator(model, op_table());
  EXPECT_EQ(number(evaluator.run(GraphId(std::size_t{0}), {})[1]), 12);
}

constexpr const char* kTable = R"(
graph @main(%0: int64[?0] "k") {
  CALL_ONCE() {init_subgraph_index=@init}
  %1 = HASHTABLE() {key_dtype=int64, table_id=1, value_dtype=string}
  %2 = HASHTABLE_FIND(%1, %0, string[] {"none"})
  %3 = HASHTABLE_SIZE(%1)
  return %2, %3
}
graph @init() {
  %0 = HASHTABLE() {key_dtype=int64, table_id=1, value_dtype=string}
  HASHTABLE_IMPORT(%0, int64[2] {5, -7}, string[2] {"five", "less"})
  return
}
)";

TEST(State, ATableIsFilledOnce) {
  const Model model = parsed(kTable);
  Evaluator evaluator(model, op_table());
  const std::vector<double> keys{-7, 8, 5};
  const std::vector<Tensor> inputs{tensor_of(Type::int64, {3}, keys)};
  for (int run = 0; run < 2; ++run) {
    const std::vector<Tensor> results = evaluator.run(GraphId(std::size_t{0}), inputs);
    EXPECT_EQ(string_element(results[0], 0), "less");
    EXPECT_EQ(string_element(results[0], 1), "none");
    EXPECT_EQ(string_element(results[0], 2), "five");
    EXPECT_EQ(number(results[1]), 2);
  }
}

TEST(State, AGraphThatRunsItselfIsAnError) {
  const Model model = parsed(R"(
graph @main(%0: bool[] "p") {
  %1 = IF(%0, %0) {else_subgraph_index=@main, then_subgraph_index=@main} : bool[]
  return %1
}
)");
  Evaluator evaluator(model, op_table());
  const std::vector<Tensor> inputs{scalar(Type::boolean, 1)};
  EXPECT_THROW(evaluator.run(GraphId(std::size_t{0}), inputs), Error);
}

TEST(Subgraphs, AnEffectShowsHoweverDeepItIs) {
  const Model model = parsed(R"(
graph @main(%0: bool[] "p") {
  IF(%0) {else_subgraph_index=@no, then_subgraph_index=@outer}
  IF(%0) {else_subgraph_index=@no, then_subgraph_index=@no}
  return
}
graph @outer() {
  IF(bool[] {1}) {else_subgraph_index=@no, then_subgraph_index=@inner}
  return
}
graph @inner() {
  %0 = VAR_HANDLE() {container="", shared_name="v"}
  ASSIGN_VARIABLE(%0, int32[] {1})
  return
}
graph @no() {
  return
}
)");
  const std::vector<NodeId> order = model.graphs[0].order();
  EXPECT_TRUE(has_effect(model, op_table(), model.graphs[0], order[0]));
  EXPECT_FALSE(has_effect(model, op_table(), model.graphs[0], order[1]));
}

TEST(Subgraphs, GraphsThatNobodyRunsGo) {
  Model model = parsed(kBranches);
  model.add_graph("unused");
  std::swap(model.graphs[1], model.graphs.back());
  for (const char* attr : {"then", "else"}) {
    const bool is_then = attr == std::string("then");
    model.graphs[0][model.graphs[0].order()[0]].attrs.set(
        is_then ? Attr::then_subgraph_index : Attr::else_subgraph_index, std::int64_t{is_then ? 3 : 2});
  }
  remove_unreachable_graphs(model, op_table());
  ASSERT_EQ(model.graphs.size(), 3U);
  Evaluator evaluator(model, op_table());
  const std::vector<double> values{1};
  const std::vector<Tensor> inputs{scalar(Type::boolean, 1), tensor_of(Type::float32, {1}, values)};
  EXPECT_EQ(number(evaluator.run(GraphId(std::size_t{0}), inputs)[0]), -1);
}

}  // namespace
}  // namespace tolite
