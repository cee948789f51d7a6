// The activation that many arithmetic kernels apply to their result.
#pragma once

#include <limits>
#include <type_traits>

#include "lite/eval.h"

namespace tolite {

/// The range that a fused activation clamps to.
struct ActivationRange {
  float low = -std::numeric_limits<float>::infinity();
  float high = std::numeric_limits<float>::infinity();

  explicit ActivationRange(const Eval& n) {
    switch (n.activation()) {
      case Activation::NONE:
        break;
      case Activation::RELU:
        low = 0;
        break;
      case Activation::RELU6:
        low = 0;
        high = 6;
        break;
      case Activation::RELU_N1_TO_1:
        low = -1;
        high = 1;
        break;
      default:
        n.fail("no kernel for this fused activation");
    }
  }
  template <typename T>
  T operator()(T x) const {
    // No bound reaches a conversion to T that it does not fit: -1 is no unsigned number, infinity no integer.
    if (low == 0 || (low == -1 && std::is_signed_v<T>)) x = x < static_cast<T>(low) ? static_cast<T>(low) : x;
    if (high == 1 || high == 6) x = x > static_cast<T>(high) ? static_cast<T>(high) : x;
    return x;
  }
};

}  // namespace tolite
