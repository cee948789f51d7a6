// Complex numbers as pairs of real ones. The runtime has complex64 tensors and takes them apart (REAL, IMAG), but does
// not compute with them. So arithmetic is done on the parts; where a complex tensor is asked for, the parts are packed
// next to each other, and BITCAST makes each two float32 one complex64. What asks for the parts again finds them.
#pragma once

#include "import/tensorflow/tf_node.h"

namespace tolite::tensorflow {

struct Parts {
  ValueId real;
  ValueId imaginary;  ///< none if it is zero everywhere
};

Parts parts_of(Builder& b, ValueId complex);
ValueId complex_of(Builder& b, const Parts& parts);
/// The imaginary part, as zeros where there is none.
ValueId imaginary_of(Builder& b, const Parts& parts);

/// An element-wise op on complex64 operands; refuses the node for one that is not of arithmetic.
ValueId complex_element_wise(const TfNode& n, Builder& b, Op op, std::initializer_list<ValueId> operands);

}  // namespace tolite::tensorflow
