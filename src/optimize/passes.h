// Passes that are not rules.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "optimize/optimize.h"

namespace tolite::optimize {

/// Erases nodes that nothing uses and constants that no node reads. Inputs stay.
void remove_dead_code(Model& model, GraphId graph, const OpTable& table);

/// Makes equal constants one value, and nodes that compute the same one node. Returns how many went.
std::size_t merge_equal(Model& model, GraphId graph, const OpTable& table);

/// Computes every constant expression once.
void fold_constants(Model& model, GraphId graph, const OpTable& table);

/// Stores a float32 constant as float16 and lets the runtime widen it when it loads the model, if the constant is only
/// the weights of convolutions and matrix products, is large enough, and has no number beyond float16. For weights of
/// models that compute in 16 bits: such a model has half the size, and its weights that many digits.
void store_as_float16(Model& model, GraphId graph, const OpTable& table, ValueId constant);

/// Gives each result of a branch or a loop's body a tensor of its own, where the runtime needs one. Nothing may merge
/// equal values after it.
void separate_results(Model& model, const OpTable& table);

/// Moves transposes until they cancel. Returns how many fewer there are.
std::size_t cancel_transposes(Model& model, GraphId graph, const OpTable& table);

/// Replaces a loop of few steps, known to end after them, by its steps. False if it is none.
bool unroll_loop(const class Loop& loop);

/// Replaces the loop of an LSTM layer by the fused op in the given form, or tells why not: it is none, or it does
/// something that the op does not.
std::optional<std::string> fuse_lstm(const class Loop& loop, LstmForm form);

/// Makes the loops of a graph lean, and tells of those with a product of what a step computes and weights why they stay
/// loops. `runners` says by graph how many nodes run it. Returns the graphs that have changed because a loop runs them.
std::vector<GraphId> improve_loops(Model& model, GraphId outer, const OpTable& table,
                                   const std::vector<std::uint32_t>& runners, LstmForm lstm,
                                   std::vector<RecurrentLoop>& recurrent);

}  // namespace tolite::optimize
