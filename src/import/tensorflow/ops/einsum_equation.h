// The equation of an einsum: "abc,cd->abd", with labels for the dimensions of its operands and its result.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

namespace tolite::tensorflow {

/// A dimension's name: a letter, or one of those that "..." stands for, numbered from the right.
using Label = int;
using Labels = std::vector<Label>;

constexpr Label kEllipsis = 256;
constexpr bool is_ellipsis(Label label) { return label >= kEllipsis; }

struct EinsumEquation {
  std::vector<Labels> operands;
  Labels result;
};

/// Reads the equation for operands of these ranks; nothing if it is malformed or does not fit them.
std::optional<EinsumEquation> parse_einsum(std::string_view equation, const std::vector<std::size_t>& ranks);

}  // namespace tolite::tensorflow
