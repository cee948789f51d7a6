// Tensor lists as tensors: the elements of a list lie along axis 0 of one tensor. A list that was only reserved has no
// tensor before the shape of an element is known.
#pragma once

#include <cstdint>
#include <optional>

#include "import/tensorflow/graph_importer.h"

namespace tolite::tensorflow::tensor_list {

/// The way out of a list whose elements have no known shape.
inline constexpr const char* kGiveShape = "give the elements a shape: tf.TensorArray(..., element_shape=...)";

/// A list of `count` (an int32 scalar) elements that are not set yet.
Item reserved(GraphImporter& importer, ValueId count, ElementSpec spec);

/// The list with a tensor: a reserved one is filled with zeros of this shape, or of the shape its maker gave.
/// Nothing if the shape is not known in this graph.
std::optional<Item> with_elements(GraphImporter& importer, const Item& list, const Shape& element);

/// The shape of an element, as far as it is known.
Shape element_shape(GraphImporter& importer, const Item& list);

/// A list that has a tensor, with so many zeros (an int32 vector of one element) behind its last element.
Item longer_by(GraphImporter& importer, const Item& list, ValueId count);
/// The list, with zeros at its end if it is too short to have an element at `index`.
Item with_length_for(GraphImporter& importer, const Item& list, ValueId index);

// What both forms of lists, TF2's TensorList and TF1's TensorArray, do. `n` is the node that is refused.
Item set_element(ItemNode& n, const Item& list, ValueId index, ValueId element);
ValueId get_element(ItemNode& n, const Item& list, ValueId index, const Shape& shape);
ValueId stack(ItemNode& n, const Item& list, const Shape& element);
ValueId gather(ItemNode& n, const Item& list, ValueId indices, const Shape& element);
Item scatter(ItemNode& n, const Item& list, ValueId indices, ValueId elements);
/// The elements joined along their first axis.
ValueId concatenate(ItemNode& n, const Item& list, const Shape& element);
/// An int32 scalar.
ValueId length(GraphImporter& importer, const Item& list);

}  // namespace tolite::tensorflow::tensor_list
