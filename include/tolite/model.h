// Looks at and runs models.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "tolite/error.h"
#include "tolite/options.h"

namespace tolite {

/// A dense array in row-major order.
struct Array {
  std::string type;  ///< "float32", "int64", "bool", ... as in numpy; "string"
  std::vector<std::int64_t> shape;
  std::vector<std::byte> bytes;      ///< elements, little-endian; empty for strings
  std::vector<std::string> strings;  ///< elements of a string array
};

/// The text form of a model: a .tflite file as it is, a source model after import, before any rewrite.
/// `json`: the same facts as JSON.
std::string inspect(const std::string& model, const Options& options = {}, bool json = false);

/// Runs a .tflite model in tolite's own evaluator. Inputs and results go by their names in the signature, or by tensor
/// name where there is none.
class Runner {
 public:
  /// Opens a file. `signature` may be empty if the model has only one.
  explicit Runner(const std::string& path, const std::string& signature = {});
  /// The model in memory, which is copied.
  explicit Runner(std::span<const std::byte> model, const std::string& signature = {});
  ~Runner();
  Runner(Runner&&) noexcept;
  Runner& operator=(Runner&&) noexcept;

  std::vector<std::string> input_names() const;
  std::vector<std::string> output_names() const;
  /// Throws Error(bad_input_data) if the inputs do not fit, Error(cannot_evaluate) if an op has no kernel here.
  std::map<std::string, Array> run(const std::map<std::string, Array>& inputs);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// Arrays of an .npy (under the name "") or .npz file.
std::map<std::string, Array> read_arrays(const std::string& path);
/// Writes an .npz file.
void write_arrays(const std::string& path, const std::map<std::string, Array>& arrays);

}  // namespace tolite
