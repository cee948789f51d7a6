// The tree of guards. Jump pointers after Myers' "An applicative random-access stack" (1983).
#include "import/tensorflow/guards.h"

#include "tolite/error.h"

namespace tolite::tensorflow {
namespace {

// A tf.case of so many branches nests its conditionals as deep. Also bounds the search for a predicate.
constexpr std::uint32_t kDeepest = 2'000;

}  // namespace

Guard Guards::when(Guard context, Edge predicate, bool outcome) {
  if (context == kNever) return kNever;
  const auto [at, is_new] = numbers_.try_emplace({context, predicate, outcome}, kNever);
  if (!is_new) return at->second;
  for (Guard g = context; g != kAlways; g = rows_[g].context) {
    if (rows_[g].predicate == predicate) return at->second = rows_[g].outcome == outcome ? context : kNever;
  }
  Row row{context, context, rows_[context].depth + 1, predicate, outcome};
  if (row.depth > kDeepest) throw Error(Code::too_deep, "conditionals nest too deep");
  const Row& outer = rows_[context];
  const Row& further = rows_[outer.jump];
  if (outer.depth - further.depth == further.depth - rows_[further.jump].depth) row.jump = further.jump;
  rows_.push_back(row);
  return at->second = static_cast<Guard>(rows_.size() - 1);
}

bool Guards::encloses(Guard outer, Guard inner) const {
  if (outer == kNever || inner == kNever) return outer == inner;
  const std::uint32_t depth = rows_[outer].depth;
  while (rows_[inner].depth > depth)
    inner = rows_[rows_[inner].jump].depth >= depth ? rows_[inner].jump : rows_[inner].context;
  return inner == outer;
}

bool Guards::are_opposite(Guard a, Guard b) const {
  if (a == kAlways || b == kAlways || a == kNever || b == kNever) return false;
  const Row& x = rows_[a];
  const Row& y = rows_[b];
  return x.context == y.context && x.predicate == y.predicate && x.outcome != y.outcome;
}

Guard Guards::both(Guard a, Guard b) {
  if (a == kNever || b == kNever) return kNever;
  if (encloses(b, a)) return a;
  if (encloses(a, b)) return b;
  const auto [at, is_new] = both_.try_emplace({a, b}, kNever);
  if (!is_new) return at->second;
  std::vector<Guard> chain;  // b's conditions, innermost first
  for (Guard g = b; g != kAlways; g = rows_[g].context) chain.push_back(g);
  Guard joined = a;
  for (; !chain.empty() && joined != kNever; chain.pop_back())
    joined = when(joined, rows_[chain.back()].predicate, rows_[chain.back()].outcome);
  return at->second = joined;
}

}  // namespace tolite::tensorflow
