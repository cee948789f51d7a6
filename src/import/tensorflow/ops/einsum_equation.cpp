// Parses einsum equations.
#include "import/tensorflow/ops/einsum_equation.h"

#include <algorithm>
#include <string>

namespace tolite::tensorflow {
namespace {

constexpr std::string_view kDots = "...";

std::string without_blanks(std::string_view text) {
  std::string kept;
  for (const char c : text) {
    if (c != ' ') kept += c;
  }
  return kept;
}

std::vector<std::string_view> split(std::string_view text, char at) {
  std::vector<std::string_view> parts;
  while (true) {
    const std::size_t end = text.find(at);
    parts.push_back(text.substr(0, end));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

// The letters of one term; its "..." stands for `ellipsis` dimensions.
std::optional<Labels> read_term(std::string_view term, std::size_t ellipsis) {
  Labels labels;
  bool dots = false;
  for (std::size_t i = 0; i < term.size(); ++i) {
    if (is_letter(term[i])) {
      labels.push_back(term[i]);
    } else if (!dots && term.substr(i, kDots.size()) == kDots) {
      for (std::size_t k = ellipsis; k > 0; --k) labels.push_back(kEllipsis + static_cast<Label>(k) - 1);
      dots = true;
      i += kDots.size() - 1;
    } else {
      return std::nullopt;
    }
  }
  return labels;
}

}  // namespace

std::optional<EinsumEquation> parse_einsum(std::string_view equation, const std::vector<std::size_t>& ranks) {
  const std::string text = without_blanks(equation);
  const std::size_t arrow = text.find("->");
  if (arrow == std::string::npos) return std::nullopt;
  const std::vector<std::string_view> terms = split(std::string_view(text).substr(0, arrow), ',');
  if (terms.size() != ranks.size()) return std::nullopt;
  EinsumEquation parsed;
  std::size_t longest = 0;
  for (std::size_t i = 0; i < terms.size(); ++i) {
    const bool dots = terms[i].find(kDots) != std::string_view::npos;
    const std::size_t letters = terms[i].size() - (dots ? kDots.size() : 0);
    if (dots ? letters > ranks[i] : letters != ranks[i]) return std::nullopt;
    const auto labels = read_term(terms[i], ranks[i] - letters);
    if (!labels) return std::nullopt;
    longest = std::max(longest, ranks[i] - letters);
    parsed.operands.push_back(*labels);
  }
  const auto result = read_term(std::string_view(text).substr(arrow + 2), longest);
  if (!result) return std::nullopt;
  for (std::size_t i = 0; i < result->size(); ++i) {  // once each, and known from an operand
    const Label label = (*result)[i];
    if (std::count(result->begin(), result->end(), label) != 1) return std::nullopt;
    const bool known = std::any_of(parsed.operands.begin(), parsed.operands.end(),
                                   [&](const Labels& o) { return std::find(o.begin(), o.end(), label) != o.end(); });
    if (!known) return std::nullopt;
  }
  parsed.result = *result;
  return parsed;
}

}  // namespace tolite::tensorflow
