// The verifier: what must hold of every graph between stages. A violation is our own mistake, whatever the input was.
#pragma once

#include "lite/model.h"
#include "lite/op_row.h"

namespace tolite {

/// What a graph may still contain.
enum class Legality {
  imported,  ///< any op that has a row
  written,   ///< only ops that have a form in a file
};

/// Throws Error(internal) naming the node and what is wrong with it: use lists that do not agree with operands,
/// operands that are gone, results without type, ops that are not legal any more, signatures that name other values
/// than the graph's inputs. Throws Error(cyclic_graph) for a cycle.
void verify(const Model& model, const OpTable& table, Legality legality);

}  // namespace tolite
