// If, Case and While: their functions become graphs of the model.
#include <fmt/core.h>

#include <memory>
#include <set>

#include "import/tensorflow/region.h"
#include "import/tensorflow/tensor_list.h"
#include "ops/reshape.h"
#include "tolite/error.h"

namespace tolite::tensorflow {
namespace {

std::string_view function_attr(const ItemNode& n, std::string_view name) {
  return n.def().attributes[name].function().name;
}

// If.

/// What chooses comes from a node that is reported; nothing more is to be said.
void require_translated(Builder& b, ValueId x) {
  if (b.type(x) == Type::none) throw Refusal{};
}

/// A condition as TensorFlow reads it: a number that is not 0, a string that is not empty.
ValueId condition_of(ItemNode& n, Builder& b, ValueId x) {
  require_translated(b, x);
  const Type type = b.type(x);
  if (type != Type::boolean) {
    if (type == Type::string) n.refuse("its condition is a string", "compare the string first");
    x = b(Op::NOT_EQUAL, {x, b.scalar(type, 0)});
  }
  const Shape shape = b.shape(x);
  if (!shape.ranked()) return x;
  if (shape.rank() != 0 && shape.element_count() != 1) n.refuse("its condition is not a single element");
  return reshape(b, x, Shape{});
}

/// One side of an If: a function on the captured items, or another choice.
struct Branch {
  std::unique_ptr<Region> region;
  std::vector<Item> results;
};

/// Brings results of two branches to one form; what has no value has to be the same on both sides.
void agree(ItemNode& n, Branch& a, Branch& b) {
  if (a.results.size() != b.results.size()) n.refuse("its branches give different numbers of results");
  for (std::size_t i = 0; i < a.results.size(); ++i) {
    Item& x = a.results[i];
    Item& y = b.results[i];
    for (Item* item : {&x, &y}) {
      if (item->kind == Item::Kind::reference)
        *item = (item == &x ? a : b).region->importer().read_variable(item->index);
    }
    if (x.is_list() && y.is_list() && x.kind != y.kind) {
      Branch& reserved = x.kind == Item::Kind::reserved_list ? a : b;
      Branch& filled = x.kind == Item::Kind::reserved_list ? b : a;
      const Shape shape = tensor_list::element_shape(filled.region->importer(), filled.results[i]);
      const auto made = tensor_list::with_elements(reserved.region->importer(), reserved.results[i], shape);
      if (!made) n.refuse("one branch sets elements of a list, and their shape is not known in the other");
      reserved.results[i] = *made;
    }
    if (x.kind != y.kind || (!x.has_value() && x.index != y.index))
      n.refuse("its branches give different variables, tables or lists");
  }
}

/// The part of a Case between two branches, as a balanced tree of Ifs.
class Choice {
 public:
  Choice(ItemNode& n, std::vector<std::string_view> functions) : n_(n), functions_(std::move(functions)) {}

  /// `selector` is a bool for two functions, otherwise the int32 number of the function; both in the importer's graph.
  std::vector<Item> make(GraphImporter& importer, ValueId selector, std::span<const Item> items, std::size_t first,
                         std::size_t last) {
    Builder& b = importer.builder();
    if (last - first == 1)
      return importer.call(n_.def(), functions_[first], std::vector<Item>(items.begin(), items.end()));
    const std::size_t middle = first + (last - first) / 2;
    const bool by_number = functions_.size() > 2 || b.type(selector) != Type::boolean;
    const ValueId condition =
        by_number ? b(Op::LESS, {selector, b.int32(static_cast<std::int64_t>(middle))}) : selector;
    if (const Tensor* known = b.constant_of(condition); known != nullptr) {
      return element_as_int64(*known, 0) != 0 ? make(importer, selector, items, first, middle)
                                              : make(importer, selector, items, middle, last);
    }
    const DepthGuard guard(importer.session(), n_.def());
    // The selector travels with the captured items.
    std::vector<Item> captured(items.begin(), items.end());
    captured.emplace_back(selector);
    const OriginId origin = b.origin();
    const std::string name = b.graph().name + "/" + std::string(n_.name());
    std::vector<ValueId> operands{condition};
    bool first_branch = true;
    const auto branch = [&](const char* suffix, std::size_t from, std::size_t to) {
      Branch made{std::make_unique<Region>(importer.session(), name + suffix, origin), {}};
      made.region->importer().set_in_branch();
      std::vector<Item> inside;
      for (const Item& item : captured) {
        if (const auto same = made.region->capture(b, item)) {
          inside.push_back(*same);
          continue;
        }
        inside.push_back(made.region->take(b, item, Shape(b.shape(item.value))));
        if (first_branch) operands.push_back(item.value);
      }
      first_branch = false;
      const ValueId inner_selector = inside.back().value;
      inside.pop_back();
      made.results = make(made.region->importer(), inner_selector, inside, from, to);
      return made;
    };
    Branch then_branch = branch("/then", first, middle);
    Branch else_branch = branch("/else", middle, last);
    agree(n_, then_branch, else_branch);
    std::size_t count = 0;
    for (Branch* side : {&then_branch, &else_branch}) {
      count = 0;
      for (const Item& item : side->results) {
        if (!item.has_value()) continue;
        side->region->builder().graph().add_output(item.value);
        ++count;
      }
    }
    const std::vector<ValueId> results = b.many(Op::IF, operands,
                                                {{Attr::then_subgraph_index, then_branch.region->graph().index},
                                                 {Attr::else_subgraph_index, else_branch.region->graph().index}},
                                                count);
    std::vector<Item> made = then_branch.results;
    std::size_t next = 0;
    for (Item& item : made) {
      if (item.has_value()) item.value = results[next++];
    }
    return made;
  }

 private:
  ItemNode& n_;
  std::vector<std::string_view> functions_;
};

std::vector<Item> import_if(ItemNode& n) {
  const ValueId condition = condition_of(n, n.importer().builder(), n.in(0));
  Choice choice(n, {function_attr(n, "then_branch"), function_attr(n, "else_branch")});
  return choice.make(n.importer(), condition, std::span(n.items()).subspan(1), 0, 2);
}

std::vector<Item> import_case(ItemNode& n) {
  Builder& b = n.importer().builder();
  std::vector<std::string_view> functions;
  for (const read::FunctionReference& f : n.def().attributes["branches"].functions()) functions.push_back(f.name);
  if (functions.empty()) n.refuse("it has no branches");
  // A number out of range means the last branch.
  const auto last = static_cast<std::int64_t>(functions.size()) - 1;
  const ValueId number = n.in(0);
  require_translated(b, number);
  const ValueId beyond = b(Op::LESS, {number, b.scalar(b.type(number), 0)});
  const ValueId selector = b(Op::SELECT_V2, {beyond, b.int32(last), number});
  Choice choice(n, functions);
  return choice.make(n.importer(), selector, std::span(n.items()).subspan(1), 0, functions.size());
}

// While.

/// Which results of a loop's body are the arguments in the same place: they stay what they were before the loop.
std::vector<bool> passed_through(const Body& body, std::size_t count) {
  std::vector<bool> passed(count);
  for (std::size_t i = 0; i < count && i < body.returns.size(); ++i) {
    Edge edge = body.returns[i];
    for (std::size_t hops = 0; edge.producer != Edge::kArgument && hops < body.nodes->size(); ++hops) {
      if ((*body.nodes)[edge.producer].op != "Identity" || body.inputs[edge.producer].empty()) break;
      edge = body.inputs[edge.producer][0];
    }
    passed[i] = edge.producer == Edge::kArgument && edge.output == i;
  }
  return passed;
}

class Loop {
 public:
  Loop(ItemNode& n, const read::Function& cond, const read::Function& body)
      : n_(n),
        importer_(n.importer()),
        b_(importer_.builder()),
        session_(importer_.session()),
        cond_(cond),
        body_(body),
        items_(n.items()),
        is_invariant_(passed_through(session_.body_of(body), items_.size())) {
    for (Item& item : items_) {
      if (item.kind == Item::Kind::reference) item = importer_.read_variable(item.index);
    }
    shapes_.resize(items_.size());
    for (std::size_t i = 0; i < items_.size(); ++i) {
      if (items_[i].has_value()) shapes_[i] = b_.shape(items_[i].value);
    }
  }

  std::vector<Item> make() {
    const DepthGuard guard(session_, n_.def());
    // Shapes that a step changes become unknown, and lists that a step fills get elements, until nothing changes:
    // a dimension at a time at worst.
    const std::size_t graphs = session_.model.graphs.size();
    const import::Issues issues = session_.issues;
    std::optional<Traced> body = trace("/body", body_);
    while (widen(*body)) {
      body.reset();
      session_.model.graphs.erase(session_.model.graphs.begin() + static_cast<std::ptrdiff_t>(graphs),
                                  session_.model.graphs.end());
      session_.issues = issues;
      body = trace("/body", body_);
    }
    Traced cond = trace("/cond", cond_);
    if (cond.results.size() != 1 || !cond.results[0].is_value()) n_.refuse("its condition is not a single value");
    const ValueId condition = condition_of(n_, cond.region->builder(), cond.results[0].value);
    cond.region->builder().graph().add_output(condition);
    for (const std::size_t i : body->carried) body->region->builder().graph().add_output(body->results[i].value);
    std::vector<ValueId> operands;
    for (const std::size_t i : body->carried) operands.push_back(items_[i].value);
    if (operands.empty()) n_.refuse("nothing changes in the loop");
    const std::vector<ValueId> results = b_.many(Op::WHILE, operands,
                                                 {{Attr::cond_subgraph_index, cond.region->graph().index},
                                                  {Attr::body_subgraph_index, body->region->graph().index}},
                                                 operands.size());
    std::vector<Item> made = items_;
    for (std::size_t k = 0; k < results.size(); ++k) {
      const std::size_t i = body->carried[k];
      if (!is_invariant_[i]) made[i].value = results[k];
    }
    return made;
  }

 private:
  /// A function imported as a graph on the loop's items.
  struct Traced {
    std::unique_ptr<Region> region;
    std::vector<std::size_t> carried;  ///< items that are inputs of the graph
    std::vector<Item> results;
  };

  Traced trace(const char* suffix, const read::Function& function) {
    const std::string name = b_.graph().name + "/" + std::string(n_.name()) + suffix;
    Traced made{std::make_unique<Region>(session_, name, b_.origin()), {}, {}};
    std::vector<Item> arguments;
    for (std::size_t i = 0; i < items_.size(); ++i) {
      const bool is_handle = !items_[i].has_value();
      const auto same = is_handle || is_invariant_[i] ? made.region->capture(b_, items_[i]) : std::nullopt;
      if (same) {
        arguments.push_back(*same);
        continue;
      }
      arguments.push_back(made.region->take(b_, items_[i], shapes_[i]));
      if (!is_invariant_[i]) made.region->builder().graph()[arguments.back().value].known.reset();
      made.carried.push_back(i);
    }
    made.results = made.region->importer().call(n_.def(), function.name, std::move(arguments));
    for (Item& result : made.results) {
      if (result.kind == Item::Kind::reference) result = made.region->importer().read_variable(result.index);
    }
    return made;
  }

  /// Makes what the loop starts with fit what a step gives. Returns whether anything had to change.
  bool widen(Traced& body) {
    if (body.results.size() != items_.size()) n_.refuse("its body gives another number of results than it takes");
    bool changed = false;
    for (std::size_t i = 0; i < items_.size(); ++i) {
      const Item& after = body.results[i];
      if (items_[i].kind == Item::Kind::reserved_list && after.kind == Item::Kind::list) {
        fill(body, i, after);
        changed = true;
        continue;
      }
      if (items_[i].kind != after.kind || (!after.has_value() && items_[i].index != after.index))
        n_.refuse("a step of the loop gives another variable, table or list than it takes");
      if (after.has_value() && !is_invariant_[i]) changed |= widen_shape(body, i, after.value);
    }
    return changed;
  }

  /// A list that was only reserved before the loop, and of which a step sets an element.
  void fill(Traced& body, std::size_t i, const Item& after) {
    const Shape element = tensor_list::element_shape(body.region->importer(), after);
    const auto made = tensor_list::with_elements(importer_, items_[i], element);
    if (!made) {
      n_.refuse("the loop sets elements of a list of which the shape is not known in front of the loop",
                "give the elements a shape: tf.TensorArray(..., element_shape=...)");
    }
    items_[i] = *made;
    shapes_[i] = b_.shape(made->value);
  }

  bool widen_shape(Traced& body, std::size_t i, ValueId after) {
    Builder& inside = body.region->builder();
    const Type type = inside.type(after);
    if (type != Type::none && type != b_.type(items_[i].value)) {
      n_.refuse(fmt::format("a step of the loop gives {} where it takes {}", type_name(type),
                            type_name(b_.type(items_[i].value))));
    }
    const Shape given = inside.shape(after);
    Shape& taken = shapes_[i];
    if (!taken.ranked() || type == Type::none) return false;
    if (!given.ranked() || given.rank() != taken.rank()) {
      taken = Shape::unranked();
      return true;
    }
    bool changed = false;
    for (std::size_t d = 0; d < taken.rank(); ++d) {
      if (taken[d] == given[d] || (!taken[d].known() && open_.contains(taken[d].symbol))) continue;
      taken[d] = b_.dims().fresh();
      open_.insert(taken[d].symbol);
      changed = true;
    }
    return changed;
  }

  ItemNode& n_;
  GraphImporter& importer_;
  Builder& b_;
  ImportSession& session_;
  const read::Function& cond_;
  const read::Function& body_;
  std::vector<Item> items_;
  std::vector<bool> is_invariant_;
  std::vector<Shape> shapes_;
  std::set<std::uint32_t> open_;  ///< symbols that stand for whatever a step gives
};

std::vector<Item> import_while(ItemNode& n) {
  const read::FunctionLibrary& library = n.importer().session().graph.library();
  const read::Function* cond = library.find(function_attr(n, "cond"));
  const read::Function* body = library.find(function_attr(n, "body"));
  if (cond == nullptr || body == nullptr)
    throw Error(Code::malformed, "a loop names a function that does not exist", std::string(n.name()));
  return Loop(n, *cond, *body).make();
}

}  // namespace

void add_control_flow_translators(ItemTranslators& t) {
  t.add("If", import_if);
  t.add("StatelessIf", import_if);
  t.add("Case", import_case);
  t.add("StatelessCase", import_case);
  t.add("While", import_while);
  t.add("StatelessWhile", import_while);
}

}  // namespace tolite::tensorflow
