// The metadata entry CONVERSION_METADATA: who converted the model, from what, with which options.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace tolite::write {

/// The schema's ModelType: what was converted.
enum class SourceKind : std::int32_t {
  none = 0,
  saved_model = 1,
  keras_model = 2,
  concrete_functions = 3,
  graph_def = 4,
  session = 5,
  jax = 6,
  pytorch = 7,
};

struct ConversionMetadata {
  std::string converter;          ///< name and version; TensorFlow's converter puts TensorFlow's version here
  std::uint32_t api_version = 2;  ///< 1: the converter API of TensorFlow 1, 2: that of TensorFlow 2
  SourceKind source = SourceKind::none;
  std::vector<std::int32_t> optimization_modes;  ///< the schema's ModelOptimizationMode
  bool allow_custom_ops = false;
  bool enable_select_tf_ops = false;
  bool force_select_tf_ops = false;
};

/// The entry's bytes. `model_hash` tells structures of models apart.
std::string conversion_metadata_bytes(const ConversionMetadata& metadata, std::uint64_t model_hash);

/// The hash that TensorFlow's converter writes: of counts, indices and shapes, as they are given to it one by one.
class StructureHash {
 public:
  void add(std::uint64_t v) { hash_ ^= v + 0x9E3779B97F4A7800U + (hash_ << 10U) + (hash_ >> 4U); }
  std::uint64_t value() const { return hash_; }

 private:
  std::uint64_t hash_ = 0;
};

}  // namespace tolite::write
