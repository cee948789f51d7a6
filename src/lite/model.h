// A model: graphs and what they share. graphs[0] is the first signature's graph; If and While refer to others by id.
#pragma once

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "lite/graph.h"
#include "lite/tensor.h"

namespace tolite {

/// Affine quantization of a value: real = scale * (stored - zero_point), per tensor or along `axis`.
struct Quantization {
  std::vector<float> scales;
  std::vector<std::int64_t> zero_points;
  std::int32_t axis = 0;
  std::vector<float> min;
  std::vector<float> max;
  friend bool operator==(const Quantization&, const Quantization&) = default;
};

/// Where a node came from: the source node's name, and the call that brought its function in.
struct Origin {
  std::string name;
  OriginId caller;
};

struct SignatureTensor {
  std::string name;  ///< the author's name of the argument or result
  ValueId value;     ///< among the graph's inputs or outputs; outputs may repeat
};

struct Signature {
  std::string key;
  GraphId graph;
  std::vector<SignatureTensor> inputs;    ///< in the author's order, which is the order of the graph's inputs
  std::vector<std::size_t> outputs_slot;  ///< output i of the signature is output outputs_slot[i] of the graph
  std::vector<std::string> outputs;       ///< names, in the author's order
};

struct MetadataEntry {
  std::string name;
  std::string bytes;
};

struct Model {
  std::vector<Graph> graphs;
  std::vector<Tensor> constants;
  std::vector<Quantization> quantizations;
  std::vector<Origin> origins;
  std::vector<Signature> signatures;
  std::vector<MetadataEntry> metadata;
  std::string description;
  Symbols symbols;

  Graph& operator[](GraphId id) { return graphs[id.index]; }
  const Graph& operator[](GraphId id) const { return graphs[id.index]; }
  const Tensor& operator[](ConstantId id) const { return constants[id.index]; }

  GraphId add_graph(std::string name);
  ConstantId add_constant(Tensor tensor);
  QuantizationId add_quantization(Quantization quantization);
  OriginId add_origin(std::string name, OriginId caller = {});

  /// The value's elements if it is a constant, otherwise null.
  const Tensor* constant_of(const Graph& graph, ValueId value) const;
  /// "caller/node" names, innermost call last, the middle of many left out; empty for none.
  std::string origin_text(OriginId origin) const;
  /// What to call a node in a message: where it comes from; if nobody noted that, its first result's name.
  std::string node_name(const Graph& graph, NodeId node) const;
};

}  // namespace tolite
