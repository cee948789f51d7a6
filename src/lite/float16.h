// float32 constants as float16.
#pragma once

#include <optional>

#include "lite/tensor.h"

namespace tolite {

/// None if a number is beyond float16; NaN and infinities have their own.
std::optional<Tensor> as_float16(const Tensor& wide);

}  // namespace tolite
