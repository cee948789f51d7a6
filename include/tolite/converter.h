// Converts a model file to TensorFlow Lite.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "tolite/error.h"
#include "tolite/options.h"
#include "tolite/report.h"

namespace tolite {

class Converter {
 public:
  /// `model`: a SavedModel folder, a frozen graph (.pb, .pbtxt) or a .tflite file; which one is found by looking.
  explicit Converter(std::string model, Options options = {});

  /// Writes the .tflite file; the file that was there stays as it was unless all went well. Throws Error.
  const Report& convert(const std::string& output);
  /// The same into memory.
  std::vector<std::byte> convert();

  /// What the last conversion did; after a failure, what could not be converted.
  const Report& report() const { return report_; }

 private:
  std::string model_;
  Options options_;
  Report report_;
};

/// Version of the library: "0.1.0".
const char* version();

}  // namespace tolite
