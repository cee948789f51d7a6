// Lists the families of translators, and tells which ops have one.
#include "import/tensorflow/flow_graph.h"
#include "import/tensorflow/function_body.h"
#include "import/tensorflow/import.h"
#include "import/tensorflow/item_node.h"
#include "import/tensorflow/tf_node.h"

namespace tolite::tensorflow {

const Translators& translators() {
  static const Translators all = [] {
    Translators t;
    add_activation_translators(t);
    add_arg_translators(t);
    add_binary_translators(t);
    add_bitwise_translators(t);
    add_cast_translators(t);
    add_comparison_translators(t);
    add_creation_translators(t);
    add_loss_translators(t);
    add_reduction_translators(t);
    add_select_translators(t);
    add_complex_translators(t);
    add_count_translators(t);
    add_fourier_translators(t);
    add_linear_algebra_translators(t);
    add_random_translators(t);
    add_scan_translators(t);
    add_special_function_translators(t);
    add_trigonometry_translators(t);
    add_unary_translators(t);
    add_convolution_translators(t);
    add_einsum_translators(t);
    add_matmul_translators(t);
    add_xla_convolution_translators(t);
    add_fake_quantization_translators(t);
    add_normalization_translators(t);
    add_pooling_translators(t);
    add_resize_translators(t);
    add_combined_suppression_translators(t);
    add_detection_translators(t);
    add_color_translators(t);
    add_patch_translators(t);
    add_sampling_translators(t);
    add_partition_translators(t);
    add_sparse_translators(t);
    add_pass_through_translators(t);
    add_reshape_translators(t);
    add_join_translators(t);
    add_slice_translators(t);
    add_slice_update_translators(t);
    add_split_translators(t);
    add_gather_translators(t);
    add_xla_gather_translators(t);
    add_scatter_translators(t);
    add_segment_translators(t);
    add_diagonal_translators(t);
    add_unique_translators(t);
    add_space_translators(t);
    add_pad_translators(t);
    add_tile_translators(t);
    add_transpose_translators(t);
    return t;
  }();
  return all;
}

const ItemTranslators& item_translators() {
  static const ItemTranslators all = [] {
    ItemTranslators t;
    add_control_flow_translators(t);
    add_variable_translators(t);
    add_hash_table_translators(t);
    add_tensor_list_translators(t);
    add_tensor_array_translators(t);
    return t;
  }();
  return all;
}

bool is_imported(std::string_view op) {
  return translators().find(op) != nullptr || item_translators().find(op) != nullptr || flow_of(op) != Flow::none ||
         is_dropped(op) || op == "Const" || op == "NoOp" || op == "Placeholder";
}

}  // namespace tolite::tensorflow
