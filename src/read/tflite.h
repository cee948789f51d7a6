// .tflite file to lite model. Weights stay where they are: constants view the file's bytes.
#pragma once

#include <memory>

#include "base/bytes.h"
#include "base/file.h"
#include "lite/model.h"
#include "lite/op_row.h"

namespace tolite::read {

/// Whether the bytes carry the mark of a .tflite file.
bool is_tflite(Bytes bytes);

/// `owner` keeps `bytes` alive. Throws Error(malformed) where the file breaks the format's rules, and
/// Error(unsupported_format) naming the ops or features that the language has not.
Model tflite(Bytes bytes, std::shared_ptr<const void> owner, const OpTable& table);

Model tflite(std::shared_ptr<const MappedFile> file, const OpTable& table);

}  // namespace tolite::read
