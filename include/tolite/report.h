// What a conversion did, or why it could not.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace tolite {

/// Nodes that cannot be converted for one reason.
struct Unconverted {
  std::string code;  ///< "TL0203"
  std::string op;
  std::string reason;
  std::string way_out;             ///< what to do instead; empty if nothing is known
  std::vector<std::string> nodes;  ///< full names, layers included
};

/// An op that the file holds and the builtin runtime has no kernel for.
struct ForeignOp {
  std::string op;                     ///< TensorFlow's name, or the custom op's
  bool is_select = false;             ///< TensorFlow's own kernel runs it
  std::vector<std::string> nodes;     ///< full names, layers included
  std::vector<std::string> loads_in;  ///< runtimes that can load it, and under which condition
  std::vector<std::string> fails_in;  ///< runtimes that cannot
};

/// A recurrent layer that stays a loop.
struct RecurrentLoop {
  std::string node;    ///< full name, layers included
  std::string reason;  ///< why no fused op took its place
};

/// Nodes that compute in float though quantization was asked for.
struct KeptFloat {
  std::string op;
  std::string reason;
  std::vector<std::string> nodes;  ///< full names, layers included
};

struct Report {
  struct Stage {
    std::string name;
    double milliseconds = 0;
  };
  struct Tensor {
    std::string name;  ///< in the signature; the tensor's own where there is no signature
    std::string tensor_name;
    std::string type;
    std::vector<std::int64_t> shape;  ///< -1: unknown
  };
  struct Graph {
    std::string name;
    std::string signature;  ///< empty if none
    std::vector<Tensor> inputs;
    std::vector<Tensor> outputs;
    std::map<std::string, std::size_t> ops;  ///< how many of each
    std::size_t op_count() const;
  };
  struct Verification {
    std::string output;
    double max_error = 0;  ///< greatest absolute difference
    double range = 0;      ///< of the expected values
    std::size_t samples = 0;
    bool passed = false;
    std::string against;  ///< "expected output" or "unoptimized graph"
  };

  std::string source;
  std::string source_kind;
  std::vector<Stage> stages;
  std::vector<Graph> graphs;
  std::vector<Unconverted> unconverted;
  std::vector<ForeignOp> foreign_ops;
  std::vector<RecurrentLoop> recurrent_loops;
  std::vector<KeptFloat> kept_float;
  std::vector<std::string> warnings;
  std::vector<Verification> verification;
  std::uint64_t output_bytes = 0;
  std::uint64_t peak_memory = 0;  ///< of the process, bytes
  std::string min_runtime_version;

  std::string to_json() const;
};

}  // namespace tolite
