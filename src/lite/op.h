// The names of the ops of the language: TensorFlow Lite's builtins under their codes, and a few internal ones.
// What an op means stands in its row (op_row.h), and the rows stand in ops/.
#pragma once

#include <cstdint>

namespace tolite {

enum class Op : std::uint16_t {
#define TOLITE_BUILTIN(name, code) name = code,
#include "lite/builtin_ops.def"
#undef TOLITE_BUILTIN
  // Internal ops: never written to a file.
  TF_NODE = 1000,  ///< a TensorFlow node without translation, kept with its NodeDef
  TF_ERF = 1001,   ///< error function: folds, and becomes part of GELU
  TF_ERFC = 1002,  ///< 1 - error function
};

constexpr bool is_builtin(Op op) { return static_cast<std::uint16_t>(op) < 1000; }

}  // namespace tolite
