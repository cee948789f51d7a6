// The verifier: what must hold of a model between any two steps, and what may still be in it at each stage.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "lite/model.h"
#include "lite/op_row.h"

namespace tolite {

/// What a model may still contain.
enum class Legality : std::uint8_t {
  imported,   ///< internal ops, and types that the runtime has not, are welcome
  optimized,  ///< what is not an op of the runtime is a TF_NODE
  written,    ///< builtin and custom ops alone, on types their kernels take: nodes_without_kernel() is empty
};

/// Everything that is wrong, one line each, naming the node or value; empty if the model is sound. Types and shapes are
/// checked against inference as well, which may add symbols; nothing else of the model changes.
std::vector<std::string> problems_of(Model& model, const OpTable& table, Legality legality);

/// Checks everything but types and shapes. Throws Error(internal) with the problems as notes.
void verify(const Model& model, const OpTable& table, Legality legality);

/// A node that no runtime can run, though the model is sound: what the source asks for has no form in a file, or no
/// kernel takes its types.
struct NodeWithoutKernel {
  std::string op;
  std::string reason;
  std::string node;        ///< where it comes from, or the name of its result
  Type type = Type::none;  ///< that no kernel takes; none for an op without a form
};
std::vector<NodeWithoutKernel> nodes_without_kernel(const Model& model, const OpTable& table);

}  // namespace tolite
