// Functions that are an op of the runtime by the word of their author: tf.function(experimental_implements=...).
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "import/tensorflow/fallback.h"
#include "read/graph_def.h"

namespace tolite::tensorflow {

/// The results of a call of `function` as the op that it implements; nothing if it implements none that the runtime has
/// and the options allow: then its body says what it computes. Throws Refusal if the op cannot be written.
std::optional<std::vector<ValueId>> wire_composite(Builder& b, const Fallback& fallback, const read::Node& call,
                                                   const read::Function& function, std::span<const ValueId> inputs);

}  // namespace tolite::tensorflow
