// Patterns over names.
#include "quantize/scope.h"

#include <algorithm>
#include <set>

namespace tolite::quantize {
namespace {

template <typename Name>
std::vector<Name> parts_of(std::string_view text) {
  std::vector<Name> parts;
  while (true) {
    const std::size_t slash = std::min(text.find('/'), text.size());
    parts.emplace_back(text.substr(0, slash));
    if (slash == text.size()) return parts;
    text.remove_prefix(slash + 1);
  }
}

/// Whether a sequence fits a pattern in which `is_any(p)` stands for any run of elements: the last of these takes one
/// more whenever what follows does not fit, so that the work is at most the product of the lengths.
template <typename Pattern, typename Sequence, typename IsAny, typename Fits>
bool wildcard_fits(const Pattern& pattern, const Sequence& sequence, const IsAny& is_any, const Fits& fits) {
  constexpr std::size_t kNone = static_cast<std::size_t>(-1);
  std::size_t p = 0;
  std::size_t s = 0;
  std::size_t any = kNone;
  std::size_t resume = 0;
  while (s < sequence.size()) {
    if (p < pattern.size() && is_any(pattern[p])) {
      any = p++;
      resume = s;
    } else if (p < pattern.size() && fits(pattern[p], sequence[s])) {
      ++p;
      ++s;
    } else if (any != kNone) {
      p = any + 1;
      s = ++resume;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && is_any(pattern[p])) ++p;
  return p == pattern.size();
}

bool part_fits(std::string_view pattern, std::string_view part) {
  return wildcard_fits(
      pattern, part, [](char c) { return c == '*'; }, [](char a, char b) { return a == b || a == '?'; });
}

/// Letters to change, add or drop (Levenshtein).
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j < row.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0]++;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t changed = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, changed});
    }
  }
  return row.back();
}

}  // namespace

Scope::Scope(std::string_view pattern) : pattern_(pattern) {
  parts_ = parts_of<std::string>(pattern);
  // It may begin and end at any part of a name.
  parts_.insert(parts_.begin(), "**");
  parts_.emplace_back("**");
}

bool Scope::fits(std::string_view name) const {
  return wildcard_fits(
      parts_, parts_of<std::string_view>(name), [](const std::string& part) { return part == "**"; },
      [](const std::string& pattern, std::string_view part) { return part_fits(pattern, part); });
}

bool Scope::fits(const NodeView& n) const {
  if (fits(n.model().origin_text(n.graph()[n.id()].origin))) return true;
  for (std::size_t i = 0; i < n.output_count(); ++i) {
    const std::string& name = n.graph()[n.graph().result(n.id(), i)].name;
    if (!name.empty() && fits(name)) return true;
  }
  return false;
}

std::vector<std::string> near_misses(const Model& model, const Scope& scope) {
  constexpr std::size_t kMostNames = 3;
  constexpr std::size_t kMostCompared = 10000;
  std::set<std::string> names;
  for (const Origin& origin : model.origins) {
    for (const std::string_view part : parts_of<std::string_view>(origin.name)) {
      if (names.size() < kMostCompared) names.emplace(part);
    }
  }
  std::vector<std::pair<std::size_t, std::string>> ranked;
  for (const std::string& name : names) {
    std::size_t least = SIZE_MAX;
    for (const std::string_view part : parts_of<std::string_view>(scope.pattern()))
      least = std::min(least, distance(part, name));
    if (least <= 1 + name.size() / 3) ranked.emplace_back(least, name);
  }
  std::sort(ranked.begin(), ranked.end());
  std::vector<std::string> best;
  for (const auto& [d, name] : ranked) {
    if (best.size() < kMostNames) best.push_back(name);
  }
  return best;
}

}  // namespace tolite::quantize
