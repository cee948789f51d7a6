// TF1 control flow rebuilt into If and While: graphs before and after, as one line a node.
#include "import/tensorflow/functionalize.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <ctime>
#include <limits>

#include "read/text_format.h"
#include "read/wire_writer.h"
#include "tolite/error.h"

namespace tolite {
namespace {

/// One node: name, op, inputs; `extra` are further fields as text.
std::string node(const std::string& name, const std::string& op, const std::vector<std::string>& inputs,
                 const std::string& extra = "", const std::string& type = "DT_FLOAT") {
  std::string text = "name: \"" + name + "\" op: \"" + op + "\" ";
  for (const std::string& input : inputs) text += "input: \"" + input + "\" ";
  return text + "attr { key: \"T\" value { type: " + type + " } } " + extra + "\n";
}

/// Nodes as fields of a GraphDef, or with another name of a FunctionDef.
std::string fields(const std::vector<std::string>& nodes, const std::string& field = "node") {
  std::string text;
  for (const std::string& n : nodes) text += field + " { " + n + " } ";
  return text;
}

std::string enter(const std::string& name, const std::string& input, const std::string& frame = "loop",
                  const std::string& type = "DT_FLOAT") {
  return node(name, "Enter", {input}, "attr { key: \"frame_name\" value { s: \"" + frame + "\" } }", type);
}

std::shared_ptr<const read::GraphDef> read_text(const std::string& text) {
  const auto buffer = read::text_to_wire(*read::Buffer::own(text, "test"), "GraphDef");
  return read::GraphDef::read(buffer, buffer->bytes());
}

std::string lines(const read::NodeList& nodes) {
  std::string text;
  for (const read::Node& n : nodes) {
    text += std::string(n.name) + " = " + std::string(n.op) + "(";
    for (const std::string_view input : n.inputs) {
      if (text.back() != '(') text += ", ";
      text += input;
    }
    text += ")";
    for (const char* name : {"then_branch", "else_branch", "cond", "body"}) {
      if (n.attributes.has(name)) text += " " + std::string(n.attributes[name].function().name);
    }
    text += "\n";
  }
  return text;
}

/// All nodes of the graph, then those of each function with its arguments and results.
std::string lines(const read::GraphDef& graph) {
  std::string text = lines(graph.nodes());
  for (const std::string_view name : graph.library().names()) {
    const read::Function& function = *graph.library().find(name);
    text += std::string(name) + "(";
    for (const read::Argument& argument : function.inputs) {
      if (text.back() != '(') text += ", ";
      text += std::string(argument.name) + " " + std::string(read::data_type_name(argument.type));
    }
    text += "):\n" + lines(function.nodes) + "return";
    for (std::size_t i = 0; i < function.returns.size(); ++i) {
      text += " " + std::string(function.returns[i].second) + " " +
              std::string(read::data_type_name(function.outputs[i].type));
    }
    for (const auto& [control, target] : function.control_returns) text += " ^" + std::string(target);
    text += "\n";
  }
  return text;
}

std::string rebuilt(const std::vector<std::string>& nodes, const std::string& more = "") {
  return lines(*tensorflow::functionalize(read_text(fields(nodes) + more)));
}

Code error_of(const std::vector<std::string>& nodes) {
  try {
    rebuilt(nodes);
  } catch (const Error& e) {
    return e.code();
  }
  return Code::internal;
}

using Nodes = std::vector<std::string>;

Nodes joined(std::initializer_list<Nodes> parts) {
  Nodes all;
  for (const Nodes& part : parts) all.insert(all.end(), part.begin(), part.end());
  return all;
}

const std::string kX = node("x", "Placeholder", {});
const std::string kP = node("p", "Placeholder", {}, "", "DT_BOOL");
const std::string kQ = node("q", "Placeholder", {}, "", "DT_BOOL");

/// name/f and name/t are x under each outcome of a predicate.
Nodes switched(const std::string& name, const std::string& x, const std::string& predicate) {
  return {node(name + "/s", "Switch", {x, predicate}), node(name + "/f", "Identity", {name + "/s"}),
          node(name + "/t", "Identity", {name + "/s:1"})};
}

TEST(Functionalize, LeavesOtherGraphsAlone) {
  const auto graph = read_text(fields({kX, node("y", "Relu", {"x"})}));
  EXPECT_EQ(tensorflow::functionalize(graph), graph);
}

TEST(Functionalize, KeepsTheBytesOfNodesOutside) {
  const auto graph =
      read_text(fields(joined({{kX, kP}, switched("c", "x", "p"), {node("m", "Merge", {"c/f", "c/t"})}})));
  const auto made = tensorflow::functionalize(graph);
  EXPECT_EQ(made->nodes()[0].wire.data(), graph->nodes()[0].wire.data());
}

TEST(Functionalize, ConditionalBecomesIf) {
  EXPECT_EQ(
      rebuilt({kX, kP, node("c/id", "Identity", {"p"}, "", "DT_BOOL"),
               node("c/pivot/s", "Switch", {"p", "p"}, "", "DT_BOOL"),
               node("c/switch_t", "Identity", {"c/pivot/s:1"}, "", "DT_BOOL"), node("c/two", "Const", {"^c/switch_t"}),
               node("c/s", "Switch", {"x", "c/id"}), node("c/mul", "Mul", {"c/s:1", "c/two"}),
               node("c/neg", "Neg", {"c/s"}), node("c/m", "Merge", {"c/neg", "c/mul"}), node("y", "Relu", {"c/m"})}),
      "x = Placeholder()\n"
      "p = Placeholder()\n"
      "c/id = Identity(p)\n"
      "c/m = Identity(c)\n"
      "y = Relu(c/m)\n"
      "c = If(p, x) c_then c_else\n"
      "c_then(arg0 float32):\n"
      "c/two = Const()\n"
      "c/mul = Mul(arg0, c/two:output:0)\n"
      "return c/mul:output:0 float32\n"
      "c_else(arg0 float32):\n"
      "c/neg = Neg(arg0)\n"
      "return c/neg:output:0 float32\n");
}

TEST(Functionalize, OneSideMayBeTheSwitchItselfAndReferencesAreAlike) {
  EXPECT_EQ(rebuilt({kX, kP, node("c/s", "RefSwitch", {"x", "p"}), node("c/neg", "Neg", {"c/s"}),
                     node("c/m", "RefMerge", {"c/s:1", "c/neg"})}),
            "x = Placeholder()\n"
            "p = Placeholder()\n"
            "c/m = Identity(c)\n"
            "c = If(p, x) c_then c_else\n"
            "c_then(arg0 float32):\n"
            "return arg0 float32\n"
            "c_else(arg0 float32):\n"
            "c/neg = Neg(arg0)\n"
            "return c/neg:output:0 float32\n");
}

TEST(Functionalize, TellsWhichInputAMergeTook) {
  EXPECT_EQ(rebuilt(joined(
                {{kX, kP},
                 switched("c", "x", "p"),
                 {node("c/m", "Merge", {"c/t", "c/f"}), node("y", "Pack", {"c/m:1"}), node("z", "Relu", {"c/m"})}})),
            "x = Placeholder()\n"
            "p = Placeholder()\n"
            "c/m = IdentityN(c, c:1)\n"
            "y = Pack(c:1)\n"
            "z = Relu(c/m)\n"
            "c = If(p, x) c_then c_else\n"
            "c_then(arg0 float32):\n"
            "c/t = Identity(arg0)\n"
            "value_index = Const()\n"
            "return c/t:output:0 float32 value_index:output:0 int32\n"
            "c_else(arg0 float32):\n"
            "c/f = Identity(arg0)\n"
            "value_index/1 = Const()\n"
            "return c/f:output:0 float32 value_index/1:output:0 int32\n");
}

TEST(Functionalize, ResultsOfOneConditionalShareAnIf) {
  EXPECT_EQ(rebuilt(joined({{kX, kP},
                            switched("c", "x", "p"),
                            {node("c/h", "Relu", {"c/t"}), node("c/m", "Merge", {"c/f", "c/h"}),
                             node("c/g", "Exp", {"c/h"}), node("c/m_1", "Merge", {"c/f", "c/g"})}})),
            "x = Placeholder()\n"
            "p = Placeholder()\n"
            "c/m = Identity(c)\n"
            "c/m_1 = Identity(c:1)\n"
            "c = If(p, x) c_then c_else\n"
            "c_then(arg0 float32):\n"
            "c/t = Identity(arg0)\n"
            "c/h = Relu(c/t:output:0)\n"
            "c/g = Exp(c/h:output:0)\n"
            "return c/h:output:0 float32 c/g:output:0 float32\n"
            "c_else(arg0 float32):\n"
            "c/f = Identity(arg0)\n"
            "return c/f:output:0 float32 c/f:output:0 float32\n");
}

TEST(Functionalize, ConditionalsInARowDoNotWaitForEachOther) {
  // The second takes what the first gives; both ask the same predicate.
  const std::string text = rebuilt(joined({{kX, kP},
                                           switched("c", "x", "p"),
                                           {node("c/m", "Merge", {"c/f", "c/t"}), node("h", "Relu", {"c/m"})},
                                           switched("d", "h", "p"),
                                           {node("d/m", "Merge", {"d/f", "d/t"})}}));
  EXPECT_NE(text.find("c = If(p, x) c_then c_else\nd = If(p, h) d_then d_else\n"), std::string::npos) << text;
}

TEST(Functionalize, NestedConditionalsAndTheSamePredicateTwice) {
  // c asks q within p; d asks p within p, which is no question.
  EXPECT_EQ(rebuilt(joined({{kX, kP, kQ},
                            switched("o", "x", "p"),
                            switched("oq", "q", "p"),
                            switched("op", "p", "p"),
                            switched("c", "o/t", "oq/t"),
                            {node("c/m", "Merge", {"c/f", "c/t"})},
                            switched("d", "c/m", "op/t"),
                            {node("d/neg", "Neg", {"d/f"}), node("d/m", "Merge", {"d/neg", "d/t"}),
                             node("o/m", "Merge", {"o/f", "d/m"})}})),
            "x = Placeholder()\n"
            "p = Placeholder()\n"
            "q = Placeholder()\n"
            "o/m = Identity(o)\n"
            "o = If(p, q, x) o_then o_else\n"
            "c_then(arg0 float32):\n"
            "c/t = Identity(arg0)\n"
            "return c/t:output:0 float32\n"
            "c_else(arg0 float32):\n"
            "c/f = Identity(arg0)\n"
            "return c/f:output:0 float32\n"
            "o_then(arg0 bool, arg1 float32):\n"
            "o/t = Identity(arg1)\n"
            "c = If(arg0, o/t:output:0) c_then c_else\n"
            "d/t = Identity(c:output:0)\n"
            "return d/t:output:0 float32\n"
            "o_else(arg0 bool, arg1 float32):\n"
            "o/f = Identity(arg1)\n"
            "return o/f:output:0 float32\n");
}

TEST(Functionalize, AConstantMayHaveLostItsBranch) {
  const std::string text = rebuilt({kX, kP, node("k", "Const", {}, "attr { key: \"dtype\" value { type: DT_FLOAT } }"),
                                    node("c/s", "Switch", {"x", "p"}), node("c/m", "Merge", {"k", "c/s:1"})});
  EXPECT_NE(text.find("c = If(p, x, k) c_then c_else\n"), std::string::npos) << text;
  EXPECT_NE(text.find("c_else(arg0 float32, arg1 float32):\nreturn arg1 float32\n"), std::string::npos) << text;
}

TEST(Functionalize, WhatLeadsToNoMergeIsGone) {
  EXPECT_EQ(rebuilt(joined({{kX, kP}, switched("c", "x", "p"), {node("y", "Relu", {"x", "^c/s"})}})),
            "x = Placeholder()\n"
            "p = Placeholder()\n"
            "y = Relu(x, ^x)\n");
}

TEST(Functionalize, EffectsStayWhereTheyHappen) {
  EXPECT_EQ(rebuilt(joined({{kX, kP, node("v", "VarHandleOp", {})},
                            switched("c", "x", "p"),
                            {node("c/v", "Switch", {"v", "p"}, "", "DT_RESOURCE"),
                             node("c/set", "AssignVariableOp", {"c/v:1", "c/t"}), node("c/log", "Print", {"c/t"}),
                             node("c/r", "Relu", {"c/t", "^c/set", "^c/log"}), node("c/m", "Merge", {"c/f", "c/r"}),
                             node("y", "Relu", {"x", "^c/m"})}})),
            "x = Placeholder()\n"
            "p = Placeholder()\n"
            "v = VarHandleOp()\n"
            "c/m = Identity(c)\n"
            "y = Relu(x, ^c)\n"
            "c = If(p, x, v) c_then c_else\n"
            "c_then(arg0 float32, arg1 resource):\n"
            "c/t = Identity(arg0)\n"
            "c/set = AssignVariableOp(arg1, c/t:output:0)\n"
            "c/r = Relu(c/t:output:0, ^c/set)\n"
            "return c/r:output:0 float32\n"
            "c_else(arg0 float32, arg1 resource):\n"
            "c/f = Identity(arg0)\n"
            "return c/f:output:0 float32\n");
}

TEST(Functionalize, ASwitchThatWaitsForAnEffectStaysAsIdentity) {
  EXPECT_EQ(rebuilt({kX, kP, node("v", "VarHandleOp", {}), node("set", "AssignVariableOp", {"v", "x"}),
                     node("c/s", "Switch", {"x", "p", "^set"}), node("c/m", "Merge", {"c/s", "c/s:1"})}),
            "x = Placeholder()\n"
            "p = Placeholder()\n"
            "v = VarHandleOp()\n"
            "set = AssignVariableOp(v, x)\n"
            "c/s = Identity(x, ^set)\n"
            "c/m = Identity(c)\n"
            "c = If(p, c/s) c_then c_else\n"
            "c_then(arg0 float32):\n"
            "return arg0 float32\n"
            "c_else(arg0 float32):\n"
            "return arg0 float32\n");
}

/// A loop that computes x = op(x, k) while op2(x, k); its nodes are called after it. `x` is the initial value, `k` an
/// invariant.
Nodes loop(const std::string& name, const std::string& x, const std::string& k, const Nodes& body,
           const std::string& next) {
  const std::string n = name + "/";
  return joined(
      {{enter(n + "enter", x, name), enter(n + "k", k, name), node(n + "merge", "Merge", {n + "enter", n + "next"}),
        node(n + "less", "Less", {n + "merge", n + "k"}), node(n + "cond", "LoopCond", {n + "less"}, "", "DT_BOOL"),
        node(n + "switch", "Switch", {n + "merge", n + "cond"}), node(n + "id", "Identity", {n + "switch:1"}),
        node(n + "exit", "Exit", {n + "switch"})},
       body,
       {node(n + "next", "NextIteration", {next})}});
}

TEST(Functionalize, FrameBecomesWhile) {
  EXPECT_EQ(rebuilt(joined({{kX, node("n", "Placeholder", {})},
                            loop("w", "x", "n",
                                 {enter("w/k2", "n", "w"), node("w/one", "Const", {"^w/id"}),
                                  node("w/add", "Add", {"w/id", "w/one"}), node("w/mul", "Mul", {"w/add", "w/k2"})},
                                 "w/mul"),
                            {node("y", "Relu", {"w/exit"})}})),
            "x = Placeholder()\n"
            "n = Placeholder()\n"
            "w/exit = Identity(w)\n"
            "y = Relu(w/exit)\n"
            "w = While(x, n) w_cond w_body\n"
            "w_cond(arg0 float32, arg1 float32):\n"
            "w/less = Less(arg0, arg1)\n"
            "return w/less:output:0 bool\n"
            "w_body(arg0 float32, arg1 float32):\n"
            "w/id = Identity(arg0)\n"
            "w/one = Const()\n"
            "w/add = Add(w/id:output:0, w/one:output:0)\n"
            "w/mul = Mul(w/add:output:0, arg1)\n"
            "return w/mul:output:0 float32 arg1 float32\n");
}

TEST(Functionalize, LoopsNest) {
  const std::string text =
      rebuilt(joined({{kX, node("n", "Placeholder", {})},
                      loop("o", "x", "n",
                           joined({{enter("o/n", "n", "o")},
                                   loop("i", "o/id", "o/n", {node("i/add", "Add", {"i/id", "i/k"})}, "i/add")}),
                           "i/exit")}));
  EXPECT_EQ(text,
            "x = Placeholder()\n"
            "n = Placeholder()\n"
            "o/exit = Identity(o)\n"
            "o = While(x, n) o_cond o_body\n"
            "i_cond(arg0 float32, arg1 float32):\n"
            "i/less = Less(arg0, arg1)\n"
            "return i/less:output:0 bool\n"
            "i_body(arg0 float32, arg1 float32):\n"
            "i/id = Identity(arg0)\n"
            "i/add = Add(i/id:output:0, arg1)\n"
            "return i/add:output:0 float32 arg1 float32\n"
            "o_cond(arg0 float32, arg1 float32):\n"
            "o/less = Less(arg0, arg1)\n"
            "return o/less:output:0 bool\n"
            "o_body(arg0 float32, arg1 float32):\n"
            "o/id = Identity(arg0)\n"
            "i = While(o/id:output:0, arg1) i_cond i_body\n"
            "return i:output:0 float32 arg1 float32\n");
}

TEST(Functionalize, LoopsAndConditionalsStandInEachOther) {
  EXPECT_EQ(rebuilt(joined({{kX, kP, node("n", "Placeholder", {})},
                            switched("c", "x", "p"),
                            switched("cn", "n", "p"),
                            loop("w", "c/t", "cn/t",
                                 joined({switched("d", "w/id", "w/odd"),
                                         {enter("w/p", "cn/t", "w"), node("w/odd", "Odd", {"w/p"}),
                                          node("d/neg", "Neg", {"d/f"}), node("d/m", "Merge", {"d/neg", "d/t"})}}),
                                 "d/m"),
                            {node("c/m", "Merge", {"c/f", "w/exit"})}})),
            "x = Placeholder()\n"
            "p = Placeholder()\n"
            "n = Placeholder()\n"
            "c/m = Identity(c)\n"
            "c = If(p, x, n) c_then c_else\n"
            "d_then(arg0 float32):\n"
            "d/t = Identity(arg0)\n"
            "return d/t:output:0 float32\n"
            "d_else(arg0 float32):\n"
            "d/f = Identity(arg0)\n"
            "d/neg = Neg(d/f:output:0)\n"
            "return d/neg:output:0 float32\n"
            "w_cond(arg0 float32, arg1 float32):\n"
            "w/less = Less(arg0, arg1)\n"
            "return w/less:output:0 bool\n"
            "w_body(arg0 float32, arg1 float32):\n"
            "w/odd = Odd(arg1)\n"
            "w/id = Identity(arg0)\n"
            "d = If(w/odd:output:0, w/id:output:0) d_then d_else\n"
            "return d:output:0 float32 arg1 float32\n"
            "c_then(arg0 float32, arg1 float32):\n"
            "c/t = Identity(arg0)\n"
            "cn/t = Identity(arg1)\n"
            "w = While(c/t:output:0, cn/t:output:0) w_cond w_body\n"
            "return w:output:0 float32\n"
            "c_else(arg0 float32, arg1 float32):\n"
            "c/f = Identity(arg0)\n"
            "return c/f:output:0 float32\n");
}

TEST(Functionalize, EffectsOfALoopsBodyAreReturned) {
  Nodes nodes =
      joined({{kX, node("n", "Placeholder", {}), node("v", "VarHandleOp", {})},
              loop("w", "x", "n",
                   {enter("w/v", "v", "w", "DT_RESOURCE"), node("w/set", "AssignAddVariableOp", {"w/v", "w/id"}),
                    node("w/add", "Add", {"w/id", "w/k"})},
                   "w/add")});
  nodes.back() = node("w/next", "NextIteration", {"w/add", "^w/set"});
  const std::string text = rebuilt(nodes);
  EXPECT_NE(text.find("w/set = AssignAddVariableOp(arg2, w/id:output:0)\n"), std::string::npos) << text;
  EXPECT_NE(text.find("return w/add:output:0 float32 arg1 float32 arg2 resource ^w/set\n"), std::string::npos) << text;
}

TEST(Functionalize, FunctionsAreRebuiltToo) {
  const std::string body = fields({node("f/s", "Switch", {"a", "b"}), node("f/neg", "Neg", {"f/s:output_false:0"}),
                                   node("f/m", "Merge", {"f/s:output_true:0", "f/neg:y:0"}),
                                   node("f/r", "Relu", {"f/m:output:0"}), node("f/i", "Pack", {"f/m:value_index:0"})},
                                  "node_def");
  const std::string text = rebuilt(
      {kX},
      "library { function { signature { name: \"f\" input_arg { name: \"a\" type: DT_FLOAT } "
      "input_arg { name: \"b\" type: DT_BOOL } output_arg { name: \"r\" type: DT_FLOAT } output_arg { name: \"i\" "
      "type: DT_INT32 } } " +
          body +
          " ret { key: \"r\" value: \"f/r:activations:0\" } ret { key: \"i\" value: \"f/m:value_index:0\" } } }");
  EXPECT_EQ(text,
            "x = Placeholder()\n"
            "f_then(arg0 float32):\n"
            "value_index = Const()\n"
            "return arg0 float32 value_index:output:0 int32\n"
            "f_else(arg0 float32):\n"
            "f/neg = Neg(arg0)\n"
            "value_index/1 = Const()\n"
            "return f/neg:output:0 float32 value_index/1:output:0 int32\n"
            "f(a float32, b bool):\n"
            "f/m = IdentityN(f:output:0, f:output:1)\n"
            "f/r = Relu(f/m:output:0)\n"
            "f/i = Pack(f:output:1)\n"
            "f = If(b, a) f_then f_else\n"
            "return f/r:activations:0 float32 f:output:1 int32\n");
}

TEST(Functionalize, NamesThatAreTakenAreLeftAlone) {
  const std::string text = rebuilt(joined({{kX, kP, node("c", "Relu", {"x"}), node("arg0", "Relu", {"x"})},
                                           switched("c", "x", "p"),
                                           {node("c/m", "Merge", {"c/f", "c/t"})}}));
  EXPECT_NE(text.find("c/1 = If(p, x) c_then c_else\nc_then(arg_0 float32):\n"), std::string::npos) << text;
}

TEST(Functionalize, RebuildsWhatIsAskedFor) {
  const auto graph = read_text(fields(
      joined({{kX, kP},
              switched("c", "x", "p"),
              {node("c/m", "Merge", {"c/f", "c/t"}), node("bad", "Merge", {"x", "x"}), node("y", "Relu", {"bad"})}})));
  const std::vector<std::string> fetches{"c/m:0"};
  EXPECT_EQ(lines(tensorflow::functionalize(graph, fetches)->nodes()),
            "x = Placeholder()\n"
            "p = Placeholder()\n"
            "c/m = Identity(c)\n"
            "y = Relu(bad)\n"
            "c = If(p, x) c_then c_else\n");
}

TEST(Functionalize, GradientsLeaveLoopsBehindIdentitiesAndSynchronise) {
  Nodes nodes = joined({{kX, node("n", "Placeholder", {})},
                        loop("w", "x", "n",
                             joined({{node("w/p", "Odd", {"w/id"})},
                                     switched("w/c", "w/id", "w/p"),
                                     {node("w/trigger", "ControlTrigger", {"^w/c/t"})}}),
                             "w/id"),
                        {node("w/last", "Identity", {"w/switch"}), node("w/exit2", "Exit", {"w/last"})}});
  nodes.push_back(node("w/other", "NextIteration", {"w/id", "^w/trigger"}));
  nodes.push_back(node("w/variable", "Merge", {"w/enter", "w/other"}));
  const std::string text = rebuilt(nodes);
  EXPECT_NE(text.find("w/exit2 = Identity(w)\n"), std::string::npos) << text;
  EXPECT_NE(text.find("return w/id:output:0 float32 w/id:output:0 float32 arg2 float32\n"), std::string::npos) << text;
}

TEST(Functionalize, MalformedGraphsAreErrors) {
  const Nodes good = joined({{kX, node("n", "Placeholder", {})}, loop("w", "x", "n", {}, "w/id")});
  const auto without = [&](const std::string& name) {
    Nodes nodes;
    for (const std::string& n : good) {
      if (!n.starts_with("name: \"" + name + "\"")) nodes.push_back(n);
    }
    return nodes;
  };
  EXPECT_EQ(error_of(good), Code::internal);  // none
  const auto with = [&](const std::string& name, const std::string& other) { return joined({without(name), {other}}); };
  EXPECT_EQ(error_of(without("w/cond")), Code::malformed);  // an input that is nowhere
  EXPECT_EQ(error_of(joined({good, {node("w/cond2", "LoopCond", {"w/less"})}})), Code::malformed);
  EXPECT_EQ(error_of(with("w/cond", node("w/cond", "Identity", {"w/less"}))), Code::malformed);
  EXPECT_EQ(error_of(with("w/next", node("w/next", "Identity", {"w/id"}))), Code::cyclic_graph);
  EXPECT_EQ(error_of(with("w/enter", node("w/enter", "Identity", {"x"}))), Code::malformed);
  EXPECT_EQ(error_of(with("w/merge", node("w/merge", "Merge", {"w/next", "w/next"}))), Code::malformed);
  EXPECT_EQ(error_of(with("w/merge", node("w/merge", "Merge", {"w/enter", "w/k", "w/next"}))), Code::malformed);
  EXPECT_EQ(error_of(with("w/id", node("w/id", "Identity", {"w/switch"}))), Code::malformed);    // not the next value
  EXPECT_EQ(error_of(with("w/exit", node("w/exit", "Exit", {"w/switch:1"}))), Code::malformed);  // not the last value
  EXPECT_EQ(error_of(with("w/exit", node("w/exit", "Exit", {"w/switch", "w/switch"}))), Code::malformed);
  EXPECT_EQ(error_of(with("w/id", node("w/id", "Add", {"w/switch:1", "x"}))), Code::malformed);  // without Enter
  EXPECT_EQ(error_of(joined({good, {node("y", "Relu", {"w/id"})}})), Code::internal);            // stays in the frame
  EXPECT_EQ(error_of(joined({good, {node("y", "Add", {"w/id", "w/exit"})}})), Code::malformed);  // without Exit
  EXPECT_EQ(error_of({kX, node("y", "Exit", {"x"})}), Code::malformed);
  EXPECT_EQ(error_of({kX, node("y", "NextIteration", {"x"})}), Code::malformed);
  EXPECT_EQ(error_of({kX, node("y", "LoopCond", {"x"})}), Code::malformed);
  EXPECT_EQ(error_of({enter("e", "e")}), Code::cyclic_graph);
  EXPECT_EQ(error_of({node("a", "Merge", {"b"}), node("b", "NextIteration", {"a"})}), Code::cyclic_graph);
  EXPECT_EQ(error_of({kX, kP, node("s", "Switch", {"x"})}), Code::malformed);
  EXPECT_EQ(error_of({kX, kP, node("s", "Switch", {"x", "p"}), node("y", "Relu", {"s:2"})}), Code::malformed);
  EXPECT_EQ(error_of({kX, node("m", "Merge", {})}), Code::malformed);
  EXPECT_EQ(error_of({kX, node("m", "Merge", {"x", "x"})}), Code::malformed);
  EXPECT_EQ(error_of({kX, node("m", "Merge", {"x", "x", "x"})}), Code::malformed);
  EXPECT_EQ(
      error_of(joined(
          {{kX, kP, kQ}, switched("c", "x", "p"), switched("d", "x", "q"), {node("m", "Merge", {"c/f", "d/t"})}})),
      Code::malformed);
  EXPECT_EQ(error_of({kX, kX, enter("e", "x")}), Code::malformed);
}

TEST(Functionalize, DepthIsBounded) {
  Nodes nodes{kX};
  std::string x = "x";
  for (int i = 0; i < 3'000; ++i) {
    const std::string n = std::to_string(i);
    nodes.push_back(node("p" + n, "Placeholder", {}));
    nodes.push_back(node("s" + n, "Switch", {x, "p" + n}));
    x = "s" + n + ":1";
  }
  EXPECT_EQ(error_of(nodes), Code::too_deep);
}

TEST(Functionalize, SharedBranchesAreBounded) {
  // Each Merge needs the one before it, outside of the branches, and all share one long branch.
  Nodes nodes = joined({{kX, kP}, switched("c", "x", "p")});
  std::string shared = "c/t";
  for (int i = 0; i < 4'000; ++i) {
    nodes.push_back(node("h" + std::to_string(i), "Relu", {shared}));
    shared = "h" + std::to_string(i);
  }
  std::string before = "x";
  for (int i = 0; i < 4'000; ++i) {
    const std::string n = std::to_string(i);
    nodes.push_back(node("s" + n, "Switch", {before, "p"}));
    nodes.push_back(node("a" + n, "Add", {shared, "s" + n + ":1"}));
    nodes.push_back(node("m" + n, "Merge", {"s" + n, "a" + n}));
    nodes.push_back(node("r" + n, "Relu", {"m" + n}));
    before = "r" + n;
  }
  EXPECT_EQ(error_of(nodes), Code::too_deep);
}

/// A graph of this many loops, each three deep.
std::shared_ptr<const read::GraphDef> many_loops(int count) {
  read::Wire graph;
  const auto add = [&](const std::string& name, const char* op, std::initializer_list<std::string> inputs,
                       const std::string& frame = "") {
    read::Wire wire;
    wire.text(1, name).text(2, op);
    for (const std::string& input : inputs) wire.text(3, input);
    wire.entry(5, "T", read::Wire().varint(6, 1));
    if (!frame.empty()) wire.entry(5, "frame_name", read::Wire().text(2, frame));
    graph.message(1, wire);
  };
  add("x", "Placeholder", {});
  std::string x = "x";
  for (int i = 0; i < count; ++i) {
    for (int d = 0; d < 3; ++d) {
      const std::string n = std::to_string(i) + "_" + std::to_string(d) + "/";
      add(n + "enter", "Enter", {x}, n);
      add(n + "merge", "Merge", {n + "enter", n + "next"});
      add(n + "odd", "Odd", {n + "merge"});
      add(n + "cond", "LoopCond", {n + "odd"});
      add(n + "switch", "Switch", {n + "merge", n + "cond"});
      add(n + "exit", "Exit", {n + "switch"});
      x = n + "switch:1";
    }
    for (int d = 2; d >= 0; --d) {
      const std::string n = std::to_string(i) + "_" + std::to_string(d) + "/";
      for (int k = 0; k < 3; ++k) {
        add(n + "add" + std::to_string(k), "Relu", {x});
        x = n + "add" + std::to_string(k);
      }
      add(n + "next", "NextIteration", {x});
      x = n + "exit";
    }
  }
  const auto buffer = read::Buffer::own(graph.str(), "test");
  return read::GraphDef::read(buffer, buffer->bytes());
}

TEST(Functionalize, TimeGrowsAsTheGraphDoes) {
  const auto processor_time = [](int count) {
    const auto graph = many_loops(count);
    std::clock_t best = std::numeric_limits<std::clock_t>::max();
    for (int i = 0; i < 3; ++i) {
      const std::clock_t start = std::clock();
      EXPECT_EQ(tensorflow::functionalize(graph)->library().size(), static_cast<std::size_t>(count) * 6);
      best = std::min(best, std::clock() - start);
    }
    return static_cast<double>(best);
  };
  EXPECT_LT(processor_time(3'000), 40 * processor_time(300));  // ten times the nodes; quadratic would be 100
}

}  // namespace
}  // namespace tolite
