// What the translators of non-maximum suppression share.
#pragma once

#include "import/tensorflow/tf_node.h"

namespace tolite::tensorflow {

/// A threshold of overlap as the runtime takes it. TensorFlow drops a box that overlaps by more than the threshold, the
/// runtime one that overlaps by as much: its threshold is the next number. But not above 1: by that it tells that a box
/// is chosen already. So of boxes that are the same it keeps one only, whatever the threshold.
ValueId exclusive_threshold(Builder& b, ValueId threshold);

/// A threshold that every score passes but the lowest number.
ValueId any_score(Builder& b);

ValueId float_operand(Builder& b, ValueId v);

}  // namespace tolite::tensorflow
