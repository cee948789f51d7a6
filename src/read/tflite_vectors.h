// Vectors and strings of a FlatBuffer as those of the standard library.
#pragma once

#include <flatbuffers/flatbuffers.h>

#include <string>
#include <vector>

#include "base/bytes.h"

namespace tolite::read {

/// The elements; none for a vector that is absent. The verifier of FlatBuffers 2.0 looks at the alignment of a vector's
/// length only, so that 64-bit elements of a hostile file may lie anywhere.
template <typename From, typename To = From>
std::vector<To> copied(const flatbuffers::Vector<From>* vector) {
  std::vector<To> elements;
  if (vector == nullptr) return elements;
  const auto* data = reinterpret_cast<const std::byte*>(vector->Data());
  elements.reserve(vector->size());
  for (std::size_t i = 0; i < vector->size(); ++i) elements.push_back(load<From>(data + i * sizeof(From)));
  return elements;
}

inline std::string copied(const flatbuffers::String* text) { return text != nullptr ? text->str() : std::string(); }

}  // namespace tolite::read
