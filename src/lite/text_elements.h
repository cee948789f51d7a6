// Elements of constants and attributes in the text form: exact, and as short as they can be.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "lite/tensor.h"

namespace tolite {

/// A number that is read back as the same bits: "0.1", "-inf", "nan", or "nan_7fc00001" for a NaN with a payload.
void print_float(std::string& out, float v);
/// False if the text is not a number. Hexadecimal floats ("0x1.8p+1") are read as well.
bool parse_float(std::string_view text, float& v);
bool parse_integer(std::string_view text, std::int64_t& v);

/// "text" with escapes for quotes, backslashes and what is not printable ASCII.
void print_string(std::string& out, std::string_view text);

/// Numbers that the text has for a tensor of so many elements: two for each complex one.
std::int64_t scalar_count(Type type, std::int64_t elements);
/// Appends number i of the tensor; strings are quoted.
void print_scalar(std::string& out, const Tensor& tensor, std::int64_t i);
/// Stores number i; false if the text is not one that the type can hold. Not for strings.
bool parse_scalar(std::string_view text, Type type, std::byte* bytes, std::int64_t i);

}  // namespace tolite
