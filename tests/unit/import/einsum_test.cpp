// Einsum equations: what they come down to, and their values against sums written out.
#include <functional>
#include <map>

#include "base/checked.h"
#include "import/tensorflow/import.h"
#include "import/tensorflow/ops/einsum_equation.h"
#include "read/text_format.h"
#include "unit/ops/one_op.h"

namespace tolite {
namespace {

using Dims = std::vector<std::int64_t>;

std::string float_node(const std::string& name, const std::string& op, const Dims& shape) {
  std::string dims;
  for (const std::int64_t d : shape) dims += "dim { size: " + std::to_string(d) + " } ";
  return "node { name: \"" + name + "\" op: \"" + op +
         "\" attr { key: \"dtype\" value { type: DT_FLOAT } } attr { key: \"shape\" value { shape { " + dims +
         "} } } }\n";
}

/// A graph of one Einsum over placeholders. Operands whose index is in `constants` become constants of the model.
struct EinsumGraph {
  Model model;
  GraphId graph;

  EinsumGraph(const std::string& equation, const std::vector<Dims>& shapes, const std::vector<Tensor>& constants = {}) {
    std::string text;
    std::string inputs;
    for (std::size_t i = 0; i < shapes.size(); ++i) {
      const std::string name = "x" + std::to_string(i);
      inputs += "input: \"" + name + "\" ";
      text += i < constants.size() && !constants[i].dims.empty() ? constant_node(name, constants[i])
                                                                 : float_node(name, "Placeholder", shapes[i]);
    }
    text += "node { name: \"y\" op: \"Einsum\" " + inputs +
            "attr { key: \"T\" value { type: DT_FLOAT } } attr { key: " + "\"N\" value { i: " +
            std::to_string(shapes.size()) + " } } attr { key: \"equation\" value { s: \"" + equation + "\" } } }\n";
    const auto buffer = read::text_to_wire(*read::Buffer::own(std::move(text), "test"), "GraphDef");
    const auto def = read::GraphDef::read(buffer, buffer->bytes());
    import::Issues issues;
    model = tensorflow::import_graph_def(def, op_table(), {}, issues);
    EXPECT_TRUE(issues.list().empty()) << equation << ": " << (issues.list().empty() ? "" : issues.list()[0].reason);
    graph = GraphId(std::size_t{0});
  }

  static std::string constant_node(const std::string& name, const Tensor& t) {
    std::string dims;
    for (const std::int64_t d : t.dims) dims += "dim { size: " + std::to_string(d) + " } ";
    std::string values;
    for (const double v : values_of(t)) values += "float_val: " + std::to_string(v) + " ";
    return "node { name: \"" + name + "\" op: \"Const\" attr { key: \"dtype\" value { type: DT_FLOAT } } attr { key: " +
           "\"value\" value { tensor { dtype: DT_FLOAT tensor_shape { " + dims + "} " + values + "} } } }\n";
  }

  /// Ops of the graph, those that only serve to compute shapes left out.
  std::vector<Op> ops() const {
    std::vector<Op> list;
    for (const NodeId node : model[graph].order()) list.push_back(model[graph][node].op);
    return list;
  }
};

/// The definition: for every value of every label, the product of the operands' elements.
Tensor by_definition(const std::string& equation, const std::vector<Tensor>& operands) {
  std::vector<std::size_t> ranks;
  for (const Tensor& t : operands) ranks.push_back(t.dims.size());
  const auto parsed = tensorflow::parse_einsum(equation, ranks);
  std::map<tensorflow::Label, std::int64_t> sizes;
  for (std::size_t i = 0; i < operands.size(); ++i) {
    for (std::size_t k = 0; k < ranks[i]; ++k) {
      std::int64_t& size = sizes[parsed->operands[i][k]];
      size = std::max(size, operands[i].dims[k]);
    }
  }
  std::map<tensorflow::Label, std::int64_t> at;
  const auto offset = [&](const tensorflow::Labels& labels, const Dims& dims) {
    std::int64_t o = 0;
    for (std::size_t k = 0; k < labels.size(); ++k) o = o * dims[k] + (dims[k] == 1 ? 0 : at[labels[k]]);
    return o;
  };
  Dims dims;
  for (const tensorflow::Label label : parsed->result) dims.push_back(sizes[label]);
  std::vector<double> sums(static_cast<std::size_t>(element_count(dims)), 0.0);
  const std::vector<std::pair<tensorflow::Label, std::int64_t>> all(sizes.begin(), sizes.end());
  const std::function<void(std::size_t)> loop = [&](std::size_t depth) {
    if (depth == all.size()) {
      double product = 1;
      for (std::size_t i = 0; i < operands.size(); ++i)
        product *= element_as_double(operands[i], offset(parsed->operands[i], operands[i].dims));
      sums[static_cast<std::size_t>(offset(parsed->result, dims))] += product;
      return;
    }
    for (std::int64_t v = 0; v < all[depth].second; ++v) {
      at[all[depth].first] = v;
      loop(depth + 1);
    }
  };
  loop(0);
  return tensor_of(Type::float32, dims, sums);
}

struct Case {
  const char* equation;
  std::vector<Dims> shapes;
};

const std::vector<Case> kCases{
    {"ab,bc->ac", {{2, 3}, {3, 4}}},
    {"ab,cb->ac", {{2, 3}, {4, 3}}},
    {"ab,bc->ca", {{2, 3}, {3, 4}}},
    {"ba,bc->ac", {{3, 2}, {3, 4}}},
    {"abc,cde->abde", {{2, 3, 4}, {4, 2, 5}}},
    {"abcd,cde->abe", {{2, 3, 2, 4}, {2, 4, 5}}},
    {"abc,abd->acd", {{2, 3, 4}, {2, 3, 5}}},
    {"bthd,bshd->bhts", {{2, 3, 2, 4}, {2, 5, 2, 4}}},
    {"bhts,bshd->bthd", {{2, 2, 3, 5}, {2, 5, 2, 4}}},
    {"aecd,abcd->acbe", {{2, 3, 2, 4}, {2, 5, 2, 4}}},
    {"acbe,aecd->abcd", {{2, 2, 3, 5}, {2, 5, 2, 4}}},
    {"...ij,...jk->...ik", {{2, 3, 4}, {2, 4, 5}}},
    {"...ij,...jk->...ik", {{3, 2, 3, 4}, {2, 4, 5}}},
    {"...ij,...jk->...ik", {{2, 1, 3, 4}, {1, 3, 4, 5}}},
    {"...ij,jk->...ik", {{2, 3, 4}, {4, 5}}},
    {"a...,a...->...", {{3, 2, 4}, {3, 2, 4}}},
    {"i,j->ij", {{3}, {4}}},
    {"i,j->ji", {{3}, {4}}},
    {"i,i->", {{3}, {3}}},
    {"ij,j->i", {{2, 3}, {3}}},
    {"bi,bi->b", {{2, 3}, {2, 3}}},
    {"bij,bij->bij", {{2, 3, 4}, {2, 3, 4}}},
    {"abc,ab->ac", {{2, 3, 4}, {2, 3}}},
    {"abc,ad->abcd", {{2, 3, 4}, {2, 5}}},
    {"abcd,efcd->abef", {{2, 2, 3, 2}, {3, 2, 3, 2}}},
    {"abk,kc->ac", {{2, 3, 4}, {4, 5}}},
    {"ij->ji", {{2, 3}}},
    {"ijk->kij", {{2, 3, 4}}},
    {"ij->", {{2, 3}}},
    {"i...->...", {{2, 3, 4}}},
    {"ii->i", {{3, 3}}},
    {"ii->", {{3, 3}}},
    {"iji->j", {{3, 2, 3}}},
    {"ii,ij->j", {{3, 3}, {3, 2}}},
};

TEST(Einsum, ValuesAreThoseOfTheDefinition) {
  for (const Case& c : kCases) {
    SCOPED_TRACE(c.equation);
    std::vector<Tensor> operands;
    for (std::size_t i = 0; i < c.shapes.size(); ++i)
      operands.push_back(noise(c.shapes[i], static_cast<unsigned>(i + 1)));
    const Tensor expected = by_definition(c.equation, operands);

    const EinsumGraph fixed(c.equation, c.shapes);
    expect_near(evaluate::Evaluator(fixed.model, op_table()).run(fixed.graph, operands)[0], expected, 1e-5);

    if (c.shapes.size() == 2) {
      const EinsumGraph weights(c.equation, c.shapes, {Tensor(), operands[1]});
      const std::vector<Tensor> one{operands[0]};
      expect_near(evaluate::Evaluator(weights.model, op_table()).run(weights.graph, one)[0], expected, 1e-4);
    }
  }
}

TEST(Einsum, UnknownSizesAreReadAtRunTime) {
  for (const Case& c : std::vector<Case>{{"abc,cde->abde", {{-1, -1, 4}, {4, 2, 5}}},
                                         {"bthd,bshd->bhts", {{-1, -1, 2, 4}, {-1, -1, 2, 4}}},
                                         {"abcd,cde->abe", {{-1, -1, 2, 4}, {2, 4, 5}}},
                                         {"abcd,efcd->abef", {{-1, -1, 3, 2}, {-1, 2, 3, 2}}}}) {
    SCOPED_TRACE(c.equation);
    const EinsumGraph graph(c.equation, c.shapes);
    for (const std::int64_t size : {2, 3}) {
      std::vector<Tensor> operands;
      for (Dims dims : c.shapes) {
        for (std::int64_t& d : dims) d = d == -1 ? size : d;
        operands.push_back(noise(dims, static_cast<unsigned>(operands.size() + 1)));
      }
      expect_near(evaluate::Evaluator(graph.model, op_table()).run(graph.graph, operands)[0],
                  by_definition(c.equation, operands), 1e-5);
    }
  }
}

TEST(Einsum, TakesTheFewestOps) {
  const auto ops = [](const Case& c) { return EinsumGraph(c.equation, c.shapes).ops(); };
  const auto with_weights = [](const Case& c) {
    return EinsumGraph(c.equation, c.shapes, {Tensor(), noise(c.shapes[1])}).ops();
  };
  EXPECT_EQ(ops({"ab,cb->ac", {{2, 3}, {4, 3}}}), std::vector<Op>{Op::BATCH_MATMUL});
  EXPECT_EQ(ops({"ab,bc->ca", {{2, 3}, {3, 4}}}), std::vector<Op>{Op::BATCH_MATMUL});
  EXPECT_EQ(ops({"bij,bjk->bik", {{2, 3, 4}, {2, 4, 5}}}), std::vector<Op>{Op::BATCH_MATMUL});
  EXPECT_EQ(ops({"ij,j->i", {{2, 3}, {3}}}), (std::vector<Op>{Op::MUL, Op::SUM}));
  EXPECT_EQ(ops({"bthd,bshd->bhts", {{2, 3, 2, 4}, {2, 5, 2, 4}}}),
            (std::vector<Op>{Op::TRANSPOSE, Op::TRANSPOSE, Op::BATCH_MATMUL}));
  EXPECT_EQ(with_weights({"abc,cd->abd", {{2, 3, 4}, {4, 5}}}), std::vector<Op>{Op::FULLY_CONNECTED});
  EXPECT_EQ(with_weights({"abc,cde->abde", {{2, 3, 4}, {4, 2, 5}}}),
            (std::vector<Op>{Op::FULLY_CONNECTED, Op::RESHAPE}));
  EXPECT_EQ(with_weights({"abcd,cde->abe", {{2, 3, 2, 4}, {2, 4, 5}}}),
            (std::vector<Op>{Op::RESHAPE, Op::FULLY_CONNECTED}));
}

TEST(Einsum, MalformedEquations) {
  EXPECT_FALSE(tensorflow::parse_einsum("ab,bc", {2, 2}));
  EXPECT_FALSE(tensorflow::parse_einsum("ab->ab", {2, 2}));
  EXPECT_FALSE(tensorflow::parse_einsum("ab->a", {3}));
  EXPECT_FALSE(tensorflow::parse_einsum("ab->ac", {2}));
  EXPECT_FALSE(tensorflow::parse_einsum("a->aa", {1}));
  EXPECT_FALSE(tensorflow::parse_einsum("a......->a", {3}));
  EXPECT_FALSE(tensorflow::parse_einsum("a1->a", {2}));
  EXPECT_TRUE(tensorflow::parse_einsum("a ... -> ...", {3}));
}

}  // namespace
}  // namespace tolite
