// Text to model: recursive descent without recursion, since nothing nests. Names of graphs may be used before they are
// defined; names of values may not.
#include <algorithm>
#include <charconv>
#include <map>
#include <utility>

#include "base/checked.h"
#include "lite/infer.h"
#include "lite/lexer.h"
#include "lite/op_row.h"
#include "lite/subgraphs.h"
#include "lite/text.h"
#include "lite/text_elements.h"
#include "lite/text_names.h"

namespace tolite {
namespace {

constexpr std::size_t kMostRank = 64;

struct GraphRef {
  std::string name;
  std::optional<std::size_t> index;  ///< where several graphs have the name
};

/// A value before it stands in the graph.
struct Typed {
  Value value;
  std::optional<Quantization> quantization;
};

class Parser {
 public:
  Parser(std::string_view text, const OpTable& table, const ParseOptions& options)
      : lexer_(text),
        table_(table),
        blobs_(options.blobs != nullptr ? *options.blobs : own_blobs_),
        bytes_left_(options.most_bytes) {}

  Model parse() {
    while (!lexer_.is(TokenKind::end)) statement();
    resolve();
    return std::move(model_);
  }

 private:
  void statement() {
    if (lexer_.accept_word("description")) {
      model_.description = lexer_.expect(TokenKind::string, "a string");
    } else if (lexer_.accept_word("metadata")) {
      std::string name = lexer_.expect(TokenKind::string, "a name");
      model_.metadata.push_back({std::move(name), opaque_bytes()});
    } else if (lexer_.is(TokenKind::symbol)) {
      symbol_definition();
    } else if (lexer_.accept_word("signature")) {
      signature();
    } else if (lexer_.accept_word("graph")) {
      graph();
    } else {
      lexer_.fail("expected description, metadata, signature, graph or a symbol");
    }
  }

  // Small parts.

  template <typename F>
  void list(std::string_view open, std::string_view close, F element) {
    lexer_.expect_sign(open);
    if (lexer_.accept_sign(close)) return;
    do element();
    while (lexer_.accept_sign(","));
    lexer_.expect_sign(close);
  }

  float real() {
    float v = 0;
    const bool is_word = lexer_.is(TokenKind::word);  // inf, nan
    if ((!is_word && !lexer_.is(TokenKind::number)) || !parse_float(lexer_.next().text, v))
      lexer_.fail("expected a number");
    lexer_.take();
    return v;
  }

  std::vector<std::int64_t> integers() {
    std::vector<std::int64_t> v;
    list("[", "]", [&] { v.push_back(lexer_.expect_integer("an integer")); });
    return v;
  }

  std::vector<float> reals() {
    std::vector<float> v;
    list("[", "]", [&] { v.push_back(real()); });
    return v;
  }

  std::uint64_t hash() {
    const std::string text = lexer_.expect(TokenKind::hash, "a hash");
    std::uint64_t v = 0;
    const auto result = std::from_chars(text.data(), text.data() + text.size(), v, 16);
    if (result.ec != std::errc() || result.ptr != text.data() + text.size()) lexer_.fail("a hash is 16 hex digits");
    return v;
  }

  void spend(std::uint64_t bytes) {
    if (bytes > bytes_left_) lexer_.fail("the constants are too large together");
    bytes_left_ -= bytes;
  }

  std::string opaque_bytes() {
    if (lexer_.is(TokenKind::string)) return lexer_.take().text;
    const std::uint64_t name = hash();
    lexer_.expect_sign("[");
    const std::int64_t size = lexer_.expect_integer("a size");
    lexer_.expect_sign("]");
    if (size < 0) lexer_.fail("a size is negative");
    spend(static_cast<std::uint64_t>(size));
    return std::string(as_text(blobs_.get(name, Type::uint8, {size}).bytes));
  }

  GraphRef graph_ref() {
    GraphRef ref;
    ref.name = lexer_.expect(TokenKind::graph, "a graph");
    if (lexer_.is(TokenKind::hash)) {
      std::int64_t index = 0;
      if (!parse_integer(lexer_.take().text, index) || index < 0) lexer_.fail("expected the graph's number");
      ref.index = static_cast<std::size_t>(index);
    }
    return ref;
  }

  // Dimensions and symbols. A symbol's number is its id; those not yet met are unknowns.

  std::uint32_t symbol_number() {
    const std::string text = lexer_.expect(TokenKind::symbol, "a symbol");
    std::int64_t number = 0;
    // Texts number symbols densely, so a text of so many letters has fewer.
    if (!parse_integer(text, number) || number < 0 || static_cast<std::size_t>(number) >= lexer_.text_size())
      lexer_.fail("?" + text + " is no symbol");
    return static_cast<std::uint32_t>(number);
  }

  void make_symbols(std::size_t count) {
    while (model_.symbols.size() < count) model_.symbols.fresh();
  }

  Dim dim() {
    if (lexer_.is(TokenKind::symbol)) {
      const std::uint32_t number = symbol_number();
      make_symbols(std::size_t{number} + 1);
      return Dim::of_symbol(number);
    }
    return lexer_.expect_integer("a dimension");
  }

  void symbol_definition() {
    const std::uint32_t number = symbol_number();
    lexer_.expect_sign("=");
    const auto op = number_of(kDimOps, lexer_.expect(TokenKind::word, "an operation on dimensions"));
    if (!op || *op == 0) lexer_.fail("unknown operation on dimensions");
    lexer_.expect_sign("(");
    const Dim left = dim();
    lexer_.expect_sign(",");
    const Dim right = dim();
    lexer_.expect_sign(")");
    if (number < model_.symbols.size()) lexer_.fail("a symbol is defined after its use");
    make_symbols(number);
    model_.symbols.define({static_cast<DimOp>(*op), left, right});
  }

  Shape shape() {
    lexer_.expect_sign("[");
    if (lexer_.accept_sign("*")) {
      lexer_.expect_sign("]");
      return Shape::unranked();
    }
    std::vector<Dim> dims;
    if (lexer_.accept_sign("]")) return Shape(std::move(dims));
    do {
      const Dim d = dim();
      if (d.known() && d.number < 0) lexer_.fail("a dimension is negative");
      dims.push_back(d);
    } while (lexer_.accept_sign(","));
    lexer_.expect_sign("]");
    if (dims.size() > kMostRank) lexer_.fail("a shape has too many dimensions");
    return Shape(std::move(dims));
  }

  // Values.

  Type element_type() {
    const std::string name = lexer_.expect(TokenKind::word, "an element type");
    const auto type = parse_type(name);
    if (!type) lexer_.fail(name + " is no element type");
    return *type;
  }

  Typed typed() {
    Typed t;
    t.value.is_variable = lexer_.accept_word("variable");
    t.value.type = element_type();
    t.value.shape = shape();
    remarks(t);
    return t;
  }

  void remarks(Typed& t) {
    if (lexer_.accept_word("known")) {
      t.value.known.emplace();
      list("[", "]", [&] { t.value.known->push_back(dim()); });
    }
    if (lexer_.accept_word("quant")) t.quantization = quantization();
    if (lexer_.is(TokenKind::string)) t.value.name = lexer_.take().text;
  }

  Quantization quantization() {
    Quantization q;
    list("(", ")", [&] {
      const std::string part = lexer_.expect(TokenKind::word, "a part of a quantization");
      if (part == "scale") {
        q.scales = reals();
      } else if (part == "zero_point") {
        q.zero_points = integers();
      } else if (part == "min") {
        q.min = reals();
      } else if (part == "max") {
        q.max = reals();
      } else if (part == "axis") {
        q.axis = checked_cast<std::int32_t>(lexer_.expect_integer("an axis"));
      } else {
        lexer_.fail("a quantization has no " + part);
      }
    });
    return q;
  }

  /// Gives a value of the graph what stands in the text.
  void describe(ValueId v, Typed t) {
    Value& value = (*graph_)[v];
    value.type = t.value.type;
    value.shape = std::move(t.value.shape);
    value.known = std::move(t.value.known);
    value.name = std::move(t.value.name);
    value.is_variable = t.value.is_variable;
    if (t.quantization) value.quantization = model_.add_quantization(std::move(*t.quantization));
  }

  void name_value(const std::string& name, ValueId v) {
    if (!values_.emplace(name, v).second) lexer_.fail("%" + name + " is defined twice");
  }

  ValueId reference() {
    const std::string name = lexer_.expect(TokenKind::value, "a value");
    const auto found = values_.find(name);
    if (found == values_.end()) lexer_.fail("%" + name + " is not defined");
    return found->second;
  }

  /// Type, shape and elements of a constant.
  ValueId constant() {
    const Type type = element_type();
    const Shape s = shape();
    if (!s.is_static()) lexer_.fail("a constant has a static shape");
    if (type != Type::string && bit_size(type) == 0) lexer_.fail("there are no constants of this type");
    Tensor tensor = elements(type, s.numbers());
    return graph_->add_constant(model_.add_constant(std::move(tensor)), type, s);
  }

  Tensor elements(Type type, std::vector<std::int64_t> dims) {
    const std::int64_t count = element_count(dims);
    // A string takes at least its offset.
    spend(type == Type::string ? static_cast<std::uint64_t>(checked_mul(count, 8)) : tensor_bytes(type, dims));
    if (lexer_.is(TokenKind::hash)) return blobs_.get(hash(), type, std::move(dims));
    const bool is_splat = lexer_.accept_word("all");
    const std::vector<Token> tokens = element_tokens();
    const std::int64_t wanted = is_splat ? 1 : scalar_count(type, count);
    if (static_cast<std::int64_t>(tokens.size()) != wanted)
      lexer_.fail("a constant of " + std::to_string(count) + " elements has " + std::to_string(tokens.size()));
    if (type == Type::string) {
      std::vector<std::string> strings;
      for (const Token& token : tokens) {
        if (token.kind != TokenKind::string) lexer_.fail("expected a string");
        strings.push_back(token.text);
      }
      if (is_splat) lexer_.fail("strings are not written once for all");
      return string_tensor(std::move(dims), strings);
    }
    NewTensor made = new_tensor(type, std::move(dims));
    if (is_splat && is_complex(type)) lexer_.fail("complex numbers are not written once for all");
    for (std::int64_t i = 0; i < (is_splat ? count : wanted); ++i) {
      const Token& token = tokens[is_splat ? 0 : static_cast<std::size_t>(i)];
      if (token.kind == TokenKind::string || !parse_scalar(token.text, type, made.writable.data(), i))
        lexer_.fail("'" + token.text.substr(0, 40) + "' is no " + std::string(type_name(type)));
    }
    return std::move(made.tensor);
  }

  std::vector<Token> element_tokens() {
    std::vector<Token> tokens;
    list("{", "}", [&] {
      if (!lexer_.is(TokenKind::number) && !lexer_.is(TokenKind::word) && !lexer_.is(TokenKind::string))
        lexer_.fail("expected an element");
      tokens.push_back(lexer_.take());
    });
    return tokens;
  }

  // Graphs.

  void graph() {
    const GraphRef ref = graph_ref();
    if (ref.index && *ref.index != model_.graphs.size()) lexer_.fail("the graph's number is not its place");
    graph_id_ = model_.add_graph(ref.name);
    graph_ = &model_[graph_id_];
    values_.clear();
    list("(", ")", [&] {
      const std::string name = lexer_.expect(TokenKind::value, "an input");
      lexer_.expect_sign(":");
      const ValueId v = graph_->add_input(Type::none, Shape(), {});
      describe(v, typed());
      name_value(name, v);
    });
    lexer_.expect_sign("{");
    while (!lexer_.accept_word("return")) line();
    if (!lexer_.is(TokenKind::sign, "}")) {
      do graph_->add_output(operand());
      while (lexer_.accept_sign(","));
    }
    lexer_.expect_sign("}");
  }

  ValueId operand() { return lexer_.is(TokenKind::value) ? reference() : constant(); }

  /// "%v: type" is a variable, "%v = type ..." a constant, "%a, %b = OP(...)" a node.
  void line() {
    std::vector<std::string> names;
    if (lexer_.is(TokenKind::value)) {
      do names.push_back(lexer_.expect(TokenKind::value, "a value"));
      while (lexer_.accept_sign(","));
      if (names.size() == 1 && lexer_.accept_sign(":")) {
        const ValueId v = graph_->add_variable(Type::none, Shape());
        describe(v, typed());
        (*graph_)[v].is_variable = true;
        return name_value(names[0], v);
      }
      lexer_.expect_sign("=");
    }
    if (!lexer_.is(TokenKind::word)) lexer_.fail("expected an op or a constant");
    if (names.size() == 1 && parse_type(lexer_.next().text)) {
      const ValueId v = constant();
      Typed t;
      t.value.type = (*graph_)[v].type;
      t.value.shape = (*graph_)[v].shape;
      remarks(t);
      describe(v, std::move(t));
      return name_value(names[0], v);
    }
    node(names);
  }

  void node(const std::vector<std::string>& names) {
    const std::string op = lexer_.expect(TokenKind::word, "an op");
    const OpRow* row = table_.find(op);
    if (row == nullptr) lexer_.fail(op + " is no op");
    std::vector<ValueId> operands;
    list("(", ")", [&] { operands.push_back(lexer_.accept_word("none") ? ValueId() : operand()); });
    std::vector<std::pair<Attr, GraphRef>> graphs;
    Attrs attrs = attributes(*row, graphs);
    const NodeId node = graph_->add_node(row->op, operands, std::move(attrs), names.size(), {});
    if (keeps_order(*row)) graph_->keep_in_order(node);
    for (auto& [attr, ref] : graphs) graph_attrs_.push_back({graph_id_, node, attr, std::move(ref)});
    if (lexer_.accept_sign(":")) {
      for (std::size_t i = 0; i < names.size(); ++i) {
        if (i > 0) lexer_.expect_sign(",");
        describe(graph_->result(node, i), typed());
      }
    } else if (!names.empty()) {
      if (!graph_attrs_.empty() && graph_attrs_.back().graph == graph_id_ &&
          graph_attrs_.back().node == node)  // its graphs may come later
        lexer_.fail(std::string(row->name) + " needs the types of its results");
      infer(node, *row, names.size());
    }
    (*graph_)[node].origin = origin();
    for (std::size_t i = 0; i < names.size(); ++i) name_value(names[i], graph_->result(node, i));
  }

  void infer(NodeId node, const OpRow& row, std::size_t results) {
    if (row.results != 0 && results != row.results)
      lexer_.fail(std::string(row.name) + " has " + std::to_string(row.results) + " results");
    if (row.infer == nullptr) lexer_.fail(std::string(row.name) + " needs the types of its results");
    Infer infer(model_, *graph_, node, row);
    try {
      row.infer(infer);
    } catch (const Error& e) {
      throw e.at("%" + std::to_string(graph_->result(node).index));
    }
  }

  OriginId origin() {
    std::vector<std::string> names;
    if (lexer_.accept_word("from")) {
      do names.push_back(lexer_.expect(TokenKind::string, "a name"));
      while (lexer_.accept_word("in"));
    }
    OriginId id;
    for (std::size_t i = names.size(); i-- > 0;) {
      const auto [at, is_new] = origins_.try_emplace({names[i], id}, OriginId());
      if (is_new) at->second = model_.add_origin(names[i], id);
      id = at->second;
    }
    return id;
  }

  // Attributes.

  Attrs attributes(const OpRow& row, std::vector<std::pair<Attr, GraphRef>>& graphs) {
    Attrs attrs;
    if (!lexer_.is(TokenKind::sign, "{")) return attrs;
    list("{", "}", [&] {
      const std::string name = lexer_.expect(TokenKind::word, "an attribute");
      const AttrSpec* spec = nullptr;
      for (const AttrSpec& s : row.attrs) {
        if (attr_name(s.attr) == name) spec = &s;
      }
      if (spec == nullptr) lexer_.fail(std::string(row.name) + " has no attribute " + name);
      lexer_.expect_sign("=");
      if (spec->kind == AttrKind::graph && lexer_.is(TokenKind::graph)) {
        graphs.emplace_back(spec->attr, graph_ref());
      } else {
        set_attribute(attrs, *spec);
      }
    });
    return attrs;
  }

  void set_attribute(Attrs& attrs, const AttrSpec& spec) {
    switch (spec.kind) {
      case AttrKind::float32:
        return attrs.set(spec.attr, real());
      case AttrKind::string:
        return attrs.set(spec.attr, lexer_.expect(TokenKind::string, "a string"));
      case AttrKind::bytes:
        return attrs.set(spec.attr, opaque_bytes());
      case AttrKind::int32_list:
      case AttrKind::int64_list:
        return attrs.set(spec.attr, integers());
      case AttrKind::float32_list:
        return attrs.set(spec.attr, reals());
      default:
        return attrs.set(spec.attr, named_number(spec.kind));
    }
  }

  std::int64_t named_number(AttrKind kind) {
    if (lexer_.is(TokenKind::number)) return lexer_.expect_integer("an integer");
    const std::string word = lexer_.expect(TokenKind::word, "a value of the attribute");
    std::optional<std::int64_t> v;
    if (kind == AttrKind::padding) v = number_of(kPaddings, word);
    if (kind == AttrKind::activation) v = number_of(kActivations, word);
    if (kind == AttrKind::type && parse_type(word)) v = static_cast<std::int64_t>(*parse_type(word));
    if (kind == AttrKind::boolean && (word == "true" || word == "false")) v = word == "true" ? 1 : 0;
    if (!v) lexer_.fail("the attribute cannot be " + word);
    return *v;
  }

  // Signatures, and what refers to graphs that may come later.

  void signature() {
    PendingSignature s;
    s.signature.key = lexer_.expect(TokenKind::string, "a key");
    s.graph = graph_ref();
    const auto slots = [&](auto take) {
      list("(", ")", [&] {
        std::string name = lexer_.expect(TokenKind::string, "a name");
        lexer_.expect_sign(":");
        const std::int64_t slot = lexer_.expect_integer("a number");
        if (slot < 0) lexer_.fail("a number is negative");
        take(std::move(name), static_cast<std::size_t>(slot));
      });
    };
    slots([&](std::string name, std::size_t slot) {
      s.signature.inputs.push_back({std::move(name), {}});
      s.input_slots.push_back(slot);
    });
    lexer_.expect_sign("->");
    slots([&](std::string name, std::size_t slot) {
      s.signature.outputs.push_back(std::move(name));
      s.signature.outputs_slot.push_back(slot);
    });
    signatures_.push_back(std::move(s));
  }

  std::size_t find_graph(const GraphRef& ref) const {
    if (ref.index && *ref.index < model_.graphs.size()) return *ref.index;
    const auto found = std::find_if(model_.graphs.begin(), model_.graphs.end(),
                                    [&](const Graph& g) { return g.name == ref.name && !ref.index; });
    if (found == model_.graphs.end()) lexer_.fail("there is no graph @" + ref.name);
    return static_cast<std::size_t>(found - model_.graphs.begin());
  }

  void resolve() {
    for (const GraphAttr& a : graph_attrs_)
      model_[a.graph][a.node].attrs.set(a.attr, static_cast<std::int64_t>(find_graph(a.ref)));
    for (PendingSignature& s : signatures_) {
      s.signature.graph = GraphId(find_graph(s.graph));
      const Graph& g = model_[s.signature.graph];
      for (std::size_t i = 0; i < s.input_slots.size(); ++i) {
        if (s.input_slots[i] >= g.inputs().size()) lexer_.fail("a signature has an input that its graph has not");
        s.signature.inputs[i].value = g.inputs()[s.input_slots[i]];
      }
      const std::size_t outputs = g.outputs().size();
      for (const std::size_t slot : s.signature.outputs_slot) {
        if (slot >= outputs) lexer_.fail("a signature has an output that its graph has not");
      }
      model_.signatures.push_back(std::move(s.signature));
    }
  }

  struct GraphAttr {
    GraphId graph;
    NodeId node;
    Attr attr;
    GraphRef ref;
  };
  struct PendingSignature {
    Signature signature;
    GraphRef graph;
    std::vector<std::size_t> input_slots;
  };

  Lexer lexer_;
  const OpTable& table_;
  Blobs own_blobs_;
  Blobs& blobs_;
  std::uint64_t bytes_left_;
  Model model_;
  GraphId graph_id_;
  Graph* graph_ = nullptr;
  std::map<std::string, ValueId, std::less<>> values_;
  std::map<std::pair<std::string, OriginId>, OriginId> origins_;
  std::vector<GraphAttr> graph_attrs_;
  std::vector<PendingSignature> signatures_;
};

}  // namespace

Model parse_model(std::string_view text, const OpTable& table, const ParseOptions& options) {
  return Parser(text, table, options).parse();
}

}  // namespace tolite
