// Words of the text form that stand for numbers inside.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "lite/dim.h"

namespace tolite {

template <std::size_t N>
constexpr std::optional<std::string_view> word_of(const std::array<std::string_view, N>& words, std::int64_t v) {
  if (v < 0 || v >= static_cast<std::int64_t>(N)) return std::nullopt;
  return words[static_cast<std::size_t>(v)];
}

template <std::size_t N>
constexpr std::optional<std::int64_t> number_of(const std::array<std::string_view, N>& words, std::string_view word) {
  for (std::size_t i = 0; i < N; ++i) {
    if (words[i] == word) return static_cast<std::int64_t>(i);
  }
  return std::nullopt;
}

/// By Padding, Activation and DimOp.
inline constexpr std::array<std::string_view, 2> kPaddings = {"SAME", "VALID"};
inline constexpr std::array<std::string_view, 6> kActivations = {"NONE",  "RELU", "RELU_N1_TO_1",
                                                                 "RELU6", "TANH", "SIGN_BIT"};
inline constexpr std::array<std::string_view, 7> kDimOps = {"unknown", "add", "sub", "mul", "floor_div", "min", "max"};

constexpr auto padding_name(std::int64_t v) { return word_of(kPaddings, v); }
constexpr auto activation_name(std::int64_t v) { return word_of(kActivations, v); }
constexpr std::string_view dim_op_name(DimOp op) { return kDimOps[static_cast<std::size_t>(op)]; }

constexpr bool is_word_char(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '.';
}

}  // namespace tolite
