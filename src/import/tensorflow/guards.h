// Under which outcomes of which predicates a node runs: a Guard is a chain of them, outermost first. Guards are a tree
// of numbers, so that equal chains are equal numbers.
#pragma once

#include <cstdint>
#include <limits>
#include <map>
#include <tuple>
#include <utility>
#include <vector>

#include "import/tensorflow/function_body.h"

namespace tolite::tensorflow {

using Guard = std::uint32_t;

class Guards {
 public:
  static constexpr Guard kAlways = 0;
  static constexpr Guard kNever = std::numeric_limits<Guard>::max();  ///< both outcomes of one predicate: dead code

  Guards() : rows_(1) {}

  /// Within `context`, when `predicate` turns out as `outcome`.
  Guard when(Guard context, Edge predicate, bool outcome);
  /// What two guards ask for together.
  Guard both(Guard a, Guard b);

  /// Of a guard other than kAlways and kNever: what stands around its last condition, and that condition.
  Guard context(Guard g) const { return rows_[g].context; }
  Edge predicate(Guard g) const { return rows_[g].predicate; }
  bool outcome(Guard g) const { return rows_[g].outcome; }
  /// Number of conditions in the chain.
  std::uint32_t depth(Guard g) const { return rows_[g].depth; }
  /// Whether `outer` is the beginning of `inner`, or all of it.
  bool encloses(Guard outer, Guard inner) const;
  /// Whether two guards differ in the outcome of their last condition and in nothing else.
  bool are_opposite(Guard a, Guard b) const;

 private:
  struct Row {
    Guard context = kAlways;
    Guard jump = kAlways;  ///< a guard further out, for encloses() in O(log depth)
    std::uint32_t depth = 0;
    Edge predicate;
    bool outcome = false;
  };
  using Condition = std::tuple<Guard, Edge, bool>;
  std::vector<Row> rows_;
  std::map<Condition, Guard> numbers_;
  std::map<std::pair<Guard, Guard>, Guard> both_;
};

}  // namespace tolite::tensorflow
