// Element-wise ops in types and ranks that the runtime's kernels take.
#pragma once

#include <initializer_list>

#include "import/tensorflow/tf_node.h"

namespace tolite::tensorflow {

/// What of a result has to be right for it to be narrowed back to a smaller integer.
enum class Exact : std::uint8_t {
  value,     ///< the whole number: a wider type must hold every operand
  low_bits,  ///< only its low bits, as for sums and products, which wrap: signed and unsigned are the same
};

/// `op` on operands of one type. Where the runtime has no kernel for it, in a wider type that gives the same result;
/// the node is refused if there is none. Constants are computed here and may have any type. Operands that the kernel
/// cannot broadcast are broadcast by an op of their own.
ValueId element_wise(const TfNode& n, Builder& b, Op op, std::initializer_list<ValueId> operands, Attrs attrs = {},
                     Exact exact = Exact::value);

/// on_true where the condition holds, otherwise on_false.
ValueId choose(const TfNode& n, Builder& b, ValueId condition, ValueId on_true, ValueId on_false);

/// 0 where `where` is zero, elsewhere `result`.
ValueId zero_where_zero(const TfNode& n, Builder& b, ValueId where, ValueId result);

/// A scalar of the type of `like`.
ValueId scalar_like(Builder& b, ValueId like, double value);

/// The shape of a value as an int32 vector; a constant if it is known.
ValueId shape_of(Builder& b, ValueId value);

/// The type in which the runtime's kernel of `op` computes the same as in `type`; none if there is no such type.
Type computing_type(const Builder& b, Op op, Type type, Exact exact);

}  // namespace tolite::tensorflow
