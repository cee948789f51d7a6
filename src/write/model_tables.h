// The FlatBuffer of a model without its large weights.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "lite/model.h"
#include "lite/op_row.h"
#include "write/buffers.h"
#include "write/tflite.h"

namespace tolite::write {

/// Which tensors a graph has in the file, in the file's order: inputs, constants, results.
struct TensorList {
  std::vector<ValueId> tensors;
  std::vector<std::int32_t> index;  ///< by value; -1 for those that are not in the file
};
TensorList list_tensors(const Graph& graph);

/// Where a large weight is referred to: the layout fills this in when it has given the weight its place.
struct BufferField {
  std::uint32_t buffer = 0;  ///< index into Buffers::list()
  std::size_t offset = 0;    ///< of the field inside the tables: Buffer.data, or Buffer.offset if is_external
  bool is_external = false;
};

struct ModelTables {
  std::vector<std::byte> bytes;
  std::vector<BufferField> fields;
};

/// Smaller buffers stand among the tables: they fill gaps there, and the runtime takes external ones of one byte for
/// placeholders.
constexpr std::size_t kSmallBuffer = 1024;

/// With `external` weights are referred to by 64-bit offsets from the beginning of the file, otherwise as vectors.
ModelTables model_tables(const Model& model, const OpTable& table, const std::vector<TensorList>& tensors,
                         const Buffers& buffers, const Options& options, bool external);

}  // namespace tolite::write
