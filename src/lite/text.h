// The text form of models, both ways. It is what tests are written in and what `tolite inspect` prints; its grammar
// stands in docs/formats/text.md.
//
// print_model(parse_model(text)) is text again for every text that print_model made.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "lite/model.h"
#include "lite/op_row.h"

namespace tolite {

/// Large constants, which the text names by the hash of their bytes. Printing collects them, parsing looks them up.
/// Whoever parses without having them gets made-up elements, repeatable from the hash; the table then remembers them,
/// so that they print under the same hash again.
class Blobs {
 public:
  /// The name under which the bytes print.
  std::uint64_t add(const Tensor& tensor);
  /// The constant of that name; made up where the table has none. Throws Error(malformed) if it has another size.
  Tensor get(std::uint64_t name, Type type, std::vector<std::int64_t> dims);

 private:
  std::map<std::uint64_t, Tensor> tensors_;         ///< by name
  std::map<std::uint64_t, std::uint64_t> made_up_;  ///< hash of made-up bytes to the name they were made for
};

struct PrintOptions {
  bool origins = false;            ///< where nodes came from
  std::size_t most_elements = 16;  ///< of a constant that prints by value
  Blobs* blobs = nullptr;
};

std::string print_model(const Model& model, const OpTable& table, const PrintOptions& options = {});

struct ParseOptions {
  Blobs* blobs = nullptr;
  std::uint64_t most_bytes = std::uint64_t{1} << 30U;  ///< of all constants together: a few letters can ask for a lot
};

/// Throws Error(malformed) naming the line. A node whose results have no types gets them by inference, which throws
/// Error(invalid_node) where it contradicts its operands.
Model parse_model(std::string_view text, const OpTable& table, const ParseOptions& options = {});

}  // namespace tolite
