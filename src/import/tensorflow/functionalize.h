// TF1 control flow rebuilt into If and While.
//
// TensorFlow 1 has no functions for branches and loop bodies: their nodes stand among all others, and what happens at
// run time tells them apart. Switch passes its input on at one of two outputs; what hangs on the other is dead, and
// deadness spreads along edges until a Merge, which passes on the input that lives. A loop is a frame: values come in
// through Enter and leave through Exit; each variable is a Merge of Enter and NextIteration, followed by a Switch on
// the frame's LoopCond.
//
// Rebuilding takes four steps, each linear in the nodes (or n log n), none recursive:
//  1. Frames. Every node's frame follows from its inputs' (flow_graph.h). They are then dealt with inside out.
//  2. Guards. Each node's condition to live, a chain of outcomes of predicates, follows from its inputs' (guards.h).
//  The
//     inputs of a Merge must be the two outcomes of one predicate; what comes out of it lives under the chain before.
//  3. Conditionals. The Merge nodes of one predicate become an If. Its branches are what leads to the inputs of these
//     Merge nodes and lives under more conditions than they; the rest they capture (conditionals.cpp, section.h).
//  4. The frame becomes a While in the frame around it (loops.cpp).
// From here on the importer sees only If and While nodes with functions, as TensorFlow 2 writes them.
//
// Nodes outside of loops and branches stay as they are, with the bytes they have in the file; where a Merge or Exit
// was, an Identity of that name stands, since inputs and outputs are asked for by name. What lives only under a
// condition and leads to no Merge is gone: nothing can depend on it.
#pragma once

#include <memory>
#include <span>
#include <string>

#include "read/graph_def.h"

namespace tolite::tensorflow {

/// The graph without TF1 control flow, in its nodes and in its functions; the same graph if it has none. Of loops and
/// branches that the tensors `fetches` ("node:1") do not need, such as those of gradients, only the control flow nodes
/// go, and what took something of them is not to be asked for; without fetches all is rebuilt.
std::shared_ptr<const read::GraphDef> functionalize(std::shared_ptr<const read::GraphDef> graph,
                                                    std::span<const std::string> fetches = {});

}  // namespace tolite::tensorflow
