// Options of quantization, which several sub-commands take.
#pragma once

#include <string>

#include "tolite/quantization.h"

namespace CLI {
class App;
}

namespace tolite::cli {

/// As they stand on the command line.
struct QuantizationArguments {
  std::string mode;
  std::string ranges = "min-max";
};

void add_quantization(CLI::App& command, QuantizationArguments& arguments, QuantizationOptions& options);
/// What calibration needs, alone.
void add_calibration(CLI::App& command, QuantizationArguments& arguments, QuantizationOptions& options);
/// Once the command line is parsed.
void take_quantization(const QuantizationArguments& arguments, QuantizationOptions& options);

}  // namespace tolite::cli
