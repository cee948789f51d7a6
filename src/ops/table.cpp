// Lists the families. No static initialisers: the order is here to read, and a static library drops nothing.
#include "ops/table.h"

#include "ops/families.h"

namespace tolite {

const OpTable& op_table() {
  static const OpTable table = [] {
    OpTable t;
    add_activation_ops(t);
    add_reshape_ops(t);
    add_join_ops(t);
    add_slice_ops(t);
    add_split_ops(t);
    add_strided_slice_ops(t);
    add_pad_ops(t);
    add_gather_ops(t);
    add_scatter_ops(t);
    add_reverse_ops(t);
    add_segment_ops(t);
    add_quantization_ops(t);
    add_diagonal_ops(t);
    add_detection_ops(t);
    add_unique_ops(t);
    add_space_ops(t);
    add_tile_ops(t);
    add_transpose_ops(t);
    add_softmax_ops(t);
    add_unary_ops(t);
    add_opaque_ops(t);
    add_convolution_ops(t);
    add_matmul_ops(t);
    add_normalization_ops(t);
    add_pooling_ops(t);
    add_resize_ops(t);
    add_binary_ops(t);
    add_bitwise_ops(t);
    add_comparison_ops(t);
    add_complex_ops(t);
    add_select_ops(t);
    add_random_ops(t);
    add_reduction_ops(t);
    add_arg_ops(t);
    add_cast_ops(t);
    add_creation_ops(t);
    add_control_flow_ops(t);
    add_resource_ops(t);
    add_recurrent_ops(t);
    return t;
  }();
  return table;
}

}  // namespace tolite
