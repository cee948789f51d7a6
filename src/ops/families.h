// One function a family file: it adds the family's rows to the table.
#pragma once

#include "lite/op_row.h"

namespace tolite {

void add_activation_ops(OpTable& table);
void add_reshape_ops(OpTable& table);
void add_transpose_ops(OpTable& table);
void add_arg_ops(OpTable& table);
void add_binary_ops(OpTable& table);
void add_bitwise_ops(OpTable& table);
void add_cast_ops(OpTable& table);
void add_comparison_ops(OpTable& table);
void add_complex_ops(OpTable& table);
void add_creation_ops(OpTable& table);
void add_opaque_ops(OpTable& table);
void add_random_ops(OpTable& table);
void add_reduction_ops(OpTable& table);
void add_select_ops(OpTable& table);
void add_softmax_ops(OpTable& table);
void add_join_ops(OpTable& table);
void add_slice_ops(OpTable& table);
void add_split_ops(OpTable& table);
void add_strided_slice_ops(OpTable& table);
void add_pad_ops(OpTable& table);
void add_gather_ops(OpTable& table);
void add_scatter_ops(OpTable& table);
void add_reverse_ops(OpTable& table);
void add_segment_ops(OpTable& table);
void add_quantization_ops(OpTable& table);
void add_diagonal_ops(OpTable& table);
void add_detection_ops(OpTable& table);
void add_unique_ops(OpTable& table);
void add_space_ops(OpTable& table);
void add_tile_ops(OpTable& table);
void add_unary_ops(OpTable& table);
void add_convolution_ops(OpTable& table);
void add_matmul_ops(OpTable& table);
void add_normalization_ops(OpTable& table);
void add_pooling_ops(OpTable& table);
void add_resize_ops(OpTable& table);
void add_control_flow_ops(OpTable& table);
void add_recurrent_ops(OpTable& table);
void add_resource_ops(OpTable& table);

}  // namespace tolite
