// Quantization without samples: constants with fewer bits, while everything is computed in float.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "lite/model.h"
#include "lite/op_row.h"

namespace tolite::quantize {

enum class ConstantForm : std::uint8_t {
  hybrid_int8,  ///< int8 weights where the kernel quantizes the data as it goes; others are widened when it loads
  int8,         ///< int8 weights that are widened when the model is loaded
  int4,         ///< the same with int4
  float16,      ///< every float32 constant, widened when the model is loaded
};

/// What stayed as it was, and why.
struct KeptConstant {
  std::string name;
  std::string reason;
};

/// `keep_float`: nodes whose constants stay as they are.
std::vector<KeptConstant> store_constants(Model& model, const OpTable& table, ConstantForm form,
                                          const std::function<bool(const NodeView&)>& keep_float);

}  // namespace tolite::quantize
