// Merge nodes of one predicate become an If node. Which of them share a node is found as a frame is gone through in
// order: first everything that needs no further If, then those Merge nodes of one predicate that are ready, and so on.
// So the Ifs can never wait for each other in a circle, and the results of one tf.cond come together as long as they
// can.
#include <fmt/core.h>

#include <map>
#include <set>

#include "import/tensorflow/control_flow.h"
#include "import/tensorflow/schedule.h"
#include "import/tensorflow/section.h"
#include "read/wire_writer.h"

namespace tolite::tensorflow {
namespace {

/// Merge nodes that wait for their If, by context and predicate.
class Pool {
 public:
  using Key = std::pair<Guard, Edge>;
  void expect(Key key) { ++groups_[key].to_come; }
  void add(Key key, std::uint32_t merge) {
    Group& group = groups_[key];
    group.ready.push_back(merge);
    some_.insert(key);
    if (--group.to_come == 0) complete_.insert(key);
  }
  /// All that are ready of one predicate, preferably of one of which no more will come; empty if none is ready.
  std::vector<std::uint32_t> take() {
    if (some_.empty()) return {};
    const Key key = complete_.empty() ? *some_.begin() : *complete_.begin();
    some_.erase(key);
    complete_.erase(key);
    return std::exchange(groups_[key].ready, {});
  }

 private:
  struct Group {
    std::size_t to_come = 0;
    std::vector<std::uint32_t> ready;
  };
  std::map<Key, Group> groups_;
  std::set<Key> some_, complete_;
};

}  // namespace

void ControlFlow::rebuild_conditionals(std::uint32_t frame) {
  const std::vector<std::uint32_t> nodes = graph_.frames()[frame].nodes;
  const auto key = [&](std::uint32_t merge) { return Pool::Key{state_[merge].guard, choices_.at(merge).predicate}; };
  const auto is_choice = [&](std::uint32_t i) { return state_[i].is_needed && choices_.contains(i); };
  Pool pool;
  for (const std::uint32_t i : nodes) {
    if (is_choice(i)) pool.expect(key(i));
  }
  Schedule schedule(graph_, nodes);
  for (;;) {
    while (const auto i = schedule.next()) {
      if (is_choice(*i)) {
        pool.add(key(*i), *i);
      } else {
        settle(*i);
        schedule.done(*i);
      }
    }
    const std::vector<std::uint32_t> merges = pool.take();
    if (merges.empty()) return;
    make_if(frame, merges);
    for (const std::uint32_t merge : merges) schedule.done(merge);
  }
}

/// Says what stands for the results of a node that is no conditional's Merge.
void ControlFlow::settle(std::uint32_t i) {
  const FlowNode& node = graph_[i];
  state_[i].position = next_position_++;
  if (node.is_loop_input) return;
  if (node.flow == Flow::switching || node.flow == Flow::loop_condition || node.flow == Flow::exiting) {
    // One that waits for an effect stays, as an Identity.
    for (const std::uint32_t control : node.controls) {
      if (state_[control].carries_effect) return replace(i, {i, 0}, {i, 0});
    }
    const Edge given = resolve(node.inputs[0]);
    replace(i, given, given);
  }
  if (node.flow == Flow::merging && !choices_.contains(i)) {
    const bool takes_second = node.inputs.size() == 2 && edge_guard(node.inputs[0]) == Guards::kNever;
    const std::uint8_t taken = takes_second ? 1 : 0;
    replace(i, resolve(node.inputs[taken]), {});
    if (index_used_.contains(i)) state_[i].replacement[1] = input_number(node.frame, state_[i].guard, taken);
  }
}

Edge ControlFlow::input_number(std::uint32_t frame, Guard guard, std::uint8_t number) {
  read::Wire tensor;
  tensor.varint(1, static_cast<std::uint64_t>(read::DataType::int32)).message(2, {}).varint(7, number);
  read::Wire attributes;
  attributes.entry(5, "dtype", type_attribute(read::DataType::int32))
      .entry(5, "value", read::Wire().message(8, tensor));
  const std::uint32_t i = add({"value_index", "Const", attributes.str(), {read::DataType::int32}, {}}, frame, {}, {});
  state_[i].guard = guard;
  return {i, 0};
}

void ControlFlow::make_if(std::uint32_t frame, const std::vector<std::uint32_t>& merges) {
  const Guard context = state_[merges.front()].guard;
  const Edge predicate = choices_.at(merges.front()).predicate;
  Captures captures;
  std::vector<std::uint32_t> index_of;  // merges whose second result is taken
  bool carries_effect = false;
  const auto collect = [&](bool outcome) {
    std::vector<SectionResult> results;
    for (const std::uint32_t merge : merges)
      results.push_back({graph_[merge].inputs[choices_.at(merge).input[outcome ? 1 : 0]], graph_.type({merge, 0})});
    for (const std::uint32_t merge : merges) {
      if (!index_used_.contains(merge)) continue;
      const std::uint8_t number = choices_.at(merge).input[outcome ? 1 : 0];
      results.push_back(
          {input_number(frame, guards_.when(context, predicate, outcome), number), read::DataType::int32});
    }
    Section section(*this, captures, static_cast<int>(guards_.depth(context)));
    section.collect(std::move(results), {});
    functions_.count(section.size());
    carries_effect = carries_effect || section.carries_effect();
    return section;
  };
  const Section then_branch = collect(true);
  const Section else_branch = collect(false);

  const std::string_view scope = scope_of(graph_.name(merges.front()), "cond");
  const std::string then_name = functions_.unique_name(scope, "then");
  const std::string else_name = functions_.unique_name(scope, "else");
  functions_.add(then_branch.write(then_name));
  functions_.add(else_branch.write(else_name));

  MadeNode node{std::string(scope), "If", {}, {}, {read::DataType::boolean}};
  node.input_types.insert(node.input_types.end(), captures.types().begin(), captures.types().end());
  for (const std::uint32_t merge : merges) node.types.push_back(graph_.type({merge, 0}));
  for (const std::uint32_t merge : merges) {
    if (index_used_.contains(merge)) node.types.push_back(read::DataType::int32);
  }
  read::Wire attributes;
  attributes.entry(5, "Tcond", type_attribute(read::DataType::boolean))
      .entry(5, "Tin", types_attribute(captures.types()))
      .entry(5, "Tout", types_attribute(node.types))
      .entry(5, "then_branch", function_attribute(then_name))
      .entry(5, "else_branch", function_attribute(else_name));
  node.attributes = attributes.str();
  std::vector<Edge> inputs{resolve(predicate)};
  inputs.insert(inputs.end(), captures.tensors().begin(), captures.tensors().end());
  const std::uint32_t made = add(std::move(node), frame, std::move(inputs), captures.controls);
  state_[made].guard = context;
  state_[made].carries_effect = carries_effect;
  std::uint32_t next_index = static_cast<std::uint32_t>(merges.size());
  for (std::uint32_t k = 0; k < merges.size(); ++k) {
    const bool has_index = index_used_.contains(merges[k]);
    replace(merges[k], {made, k}, has_index ? Edge{made, next_index++} : Edge{});
    state_[merges[k]].position = state_[made].position;
  }
}

}  // namespace tolite::tensorflow
