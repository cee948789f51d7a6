// What kind of model a path holds, found by looking at what is there rather than at its name.
#pragma once

#include <string>
#include <string_view>

namespace tolite::read {

enum class SourceKind { saved_model, graph_def, tflite };

struct Source {
  SourceKind kind = SourceKind::saved_model;
  /// The folder of a SavedModel (also when the path named the saved_model.pb in it), else the file.
  std::string path;
};

std::string_view source_kind_name(SourceKind kind);

/// Throws Error: cannot_read if nothing is there, not_a_model for a folder without saved_model.pb or an unknown file,
/// unsupported_format for a kind that is known but cannot be converted (Keras archives, HDF5, checkpoints alone).
Source look(const std::string& path);

}  // namespace tolite::read
