// Subgraphs, tensors, operators, signatures and metadata. Buffers get a stand-in for their data: the layout points them
// to the weights behind the tables.
#include "write/model_tables.h"

#include <tflite_generated.h>

#include <algorithm>
#include <string>
#include <utility>

#include "base/checked.h"
#include "lite/node_view.h"
#include "write/names.h"
#include "write/operator_codes.h"
#include "write/options_table.h"

namespace tolite::write {
namespace {

using flatbuffers::FlatBufferBuilder;
using flatbuffers::Offset;
using flatbuffers::Vector;

constexpr std::uint32_t kSchemaVersion = 3;
constexpr std::size_t kMinRuntimeBytes = 16;  // the entry's fixed length
constexpr std::string_view kMinRuntime = "min_runtime_version";
constexpr std::string_view kConversion = "CONVERSION_METADATA";
constexpr std::string_view kBufferLocation = "buffer_location";

// Above this the builder's 32-bit offsets are in danger: weights are not in here, so no real model comes near.
constexpr std::size_t kMostTableBytes = std::size_t{1} << 30U;

class TablesWriter {
 public:
  TablesWriter(const Model& model, const OpTable& table, const Buffers& buffers, bool external)
      : model_(model), table_(table), buffers_(buffers), keeps_external_(external), builder_(1U << 16U) {}

  ModelTables write(const std::vector<TensorList>& tensors, const Options& options) {
    std::vector<Offset<tflite::SubGraph>> subgraphs;
    for (std::size_t i = 0; i < model_.graphs.size(); ++i) subgraphs.push_back(subgraph(model_.graphs[i], tensors[i]));
    add_metadata_bytes(options);
    const auto buffers = add_buffers();
    const auto metadata = add_metadata_entries();
    const auto signatures = add_signatures(tensors);
    const auto codes = add_operator_codes();
    const auto description =
        builder_.CreateString(model_.description.empty() ? "Converted by tolite." : model_.description);
    const auto subgraph_vector = builder_.CreateVector(subgraphs);
    const auto signature_vector =
        signatures.empty() ? Offset<Vector<Offset<tflite::SignatureDef>>>() : builder_.CreateVector(signatures);
    builder_.Finish(tflite::CreateModel(builder_, kSchemaVersion, codes, subgraph_vector, description, buffers, 0,
                                        metadata, signature_vector),
                    tflite::ModelIdentifier());
    return finished();
  }

 private:
  Offset<tflite::SubGraph> subgraph(const Graph& graph, const TensorList& list) {
    const auto tensors = add_tensors(graph, list);
    std::vector<Offset<tflite::Operator>> operators;
    const std::vector<NodeId> order = graph.order();
    operators.reserve(order.size());
    hash_.add(order.size());
    for (const NodeId node : order) {
      operators.push_back(add_operator(graph, list, node));
      if (builder_.GetSize() > kMostTableBytes) throw Error(Code::size_overflow, "the model's tables exceed 1 GB");
    }
    hash_.add(list.tensors.size());
    const auto inputs = indices(list, graph.inputs());
    const auto outputs = indices(list, graph.outputs());
    hash_.add(graph.inputs().size());
    hash_.add(graph.outputs().size());
    const auto operator_vector = builder_.CreateVector(operators);
    const auto name = builder_.CreateString(graph.name);
    return tflite::CreateSubGraph(builder_, tensors, inputs, outputs, operator_vector, name);
  }

  Offset<Vector<Offset<tflite::Tensor>>> add_tensors(const Graph& graph, const TensorList& list) {
    const std::vector<std::string> names = tensor_names(model_, graph, list.tensors);
    std::vector<Offset<tflite::Tensor>> tensors;
    tensors.reserve(names.size());
    for (std::size_t i = 0; i < names.size(); ++i) tensors.push_back(add_tensor(graph[list.tensors[i]], names[i]));
    return builder_.CreateVector(tensors);
  }

  Offset<tflite::Tensor> add_tensor(const Value& value, const std::string& name) {
    if (value.type == Type::none) throw Error(Code::cannot_convert, "a tensor has no known type", name);
    std::vector<std::int32_t> shape;      // 1 stands for an unknown size,
    std::vector<std::int32_t> signature;  // which is -1 here
    for (const Dim& d : value.shape.dims()) {
      shape.push_back(d.known() ? checked_cast<std::int32_t>(d.number) : 1);
      signature.push_back(d.known() ? shape.back() : -1);
    }
    const std::uint32_t buffer = value.constant ? constant_buffer(value, name) : 0;
    hash_.add(buffers_.list()[buffer].size());
    for (const std::int32_t d : shape) hash_.add(static_cast<std::uint64_t>(d));

    const auto shape_vector = builder_.CreateVector(shape);
    const auto signature_vector =
        shape == signature ? Offset<Vector<std::int32_t>>() : builder_.CreateVector(signature);
    const auto name_string = builder_.CreateString(name);
    const auto quantization = value.quantization ? add_quantization(model_.quantizations[value.quantization.index])
                                                 : Offset<tflite::QuantizationParameters>();
    return tflite::CreateTensor(builder_, shape_vector, static_cast<tflite::TensorType>(value.type), buffer,
                                name_string, quantization, value.is_variable, 0, signature_vector,
                                value.shape.ranked());
  }

  std::uint32_t constant_buffer(const Value& value, const std::string& name) const {
    const Tensor& tensor = model_[value.constant];
    const bool fits = tensor.type == value.type && tensor.shape() == value.shape &&
                      (tensor.type == Type::string || tensor.bytes.size() == tensor_bytes(tensor.type, tensor.dims));
    if (!fits) throw Error(Code::internal, "a constant does not fit its value", name);
    return buffers_.of(value.constant);
  }

  Offset<tflite::QuantizationParameters> add_quantization(const Quantization& q) {
    const auto floats = [&](const std::vector<float>& v) {
      return v.empty() ? Offset<Vector<float>>() : builder_.CreateVector(v);
    };
    const auto min = floats(q.min);
    const auto max = floats(q.max);
    const auto scales = floats(q.scales);
    const auto zero_points =
        q.zero_points.empty() ? Offset<Vector<std::int64_t>>() : builder_.CreateVector(q.zero_points);
    return tflite::CreateQuantizationParameters(builder_, min, max, scales, zero_points,
                                                tflite::QuantizationDetails_NONE, 0, q.axis);
  }

  Offset<Vector<std::int32_t>> indices(const TensorList& list, const std::vector<ValueId>& values) {
    std::vector<std::int32_t> numbers;
    numbers.reserve(values.size());
    for (const ValueId v : values) {
      numbers.push_back(v ? list.index[v.index] : -1);  // -1: an absent optional operand
      hash_.add(static_cast<std::uint64_t>(numbers.back()));
    }
    return builder_.CreateVector(numbers);
  }

  Offset<tflite::Operator> add_operator(const Graph& graph, const TensorList& list, NodeId id) {
    const Node& node = graph[id];
    const OpRow& row = table_[node.op];
    const NodeView view(model_, graph, id, row);
    const std::uint32_t code = codes_.add(view);

    std::vector<ValueId> results;
    std::vector<ValueId> intermediates;  // results beyond those that the op has: scales of a quantized LSTM's insides
    for (std::size_t i = 0; i < node.result_count; ++i) {
      (row.results == 0 || i < row.results ? results : intermediates).push_back(graph.result(id, i));
    }
    const auto inputs = indices(list, graph.operands(id));
    const auto outputs = indices(list, results);
    const auto intermediate_vector =
        intermediates.empty() ? Offset<Vector<std::int32_t>>() : indices(list, intermediates);
    Offset<Vector<std::uint8_t>> custom_options;
    if (node.op == Op::CUSTOM) {
      const std::string bytes = view.text(Attr::custom_options);
      custom_options = builder_.CreateVector(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size());
    }
    Offset<void> options;
    if (row.options.builtin_options != 0 || row.options.builtin_options_2 != 0)
      options = options_table(builder_, row, node.attrs);

    tflite::OperatorBuilder op(builder_);
    op.add_opcode_index(code);
    op.add_inputs(inputs);
    op.add_outputs(outputs);
    op.add_intermediates(intermediate_vector);
    op.add_custom_options(custom_options);
    if (options.IsNull()) {
      // The defaults.
    } else if (row.options.builtin_options != 0) {
      op.add_builtin_options(options);
      op.add_builtin_options_type(static_cast<tflite::BuiltinOptions>(row.options.builtin_options));
    } else if (row.options.builtin_options_2 != 0) {
      op.add_builtin_options_2(options);
      op.add_builtin_options_2_type(static_cast<tflite::BuiltinOptions2>(row.options.builtin_options_2));
    }
    return op.Finish();
  }

  Offset<Vector<Offset<tflite::OperatorCode>>> add_operator_codes() {
    // Readers of before 2020 know only the first field, a byte; larger codes leave a placeholder in it.
    constexpr int kPlaceholder = 127;
    std::vector<Offset<tflite::OperatorCode>> codes;
    for (const OperatorCode& code : codes_.list()) {
      const auto number = static_cast<int>(code.op);
      const auto custom_code =
          code.op == Op::CUSTOM ? builder_.CreateString(code.custom_code) : Offset<flatbuffers::String>();
      codes.push_back(tflite::CreateOperatorCode(builder_, static_cast<std::int8_t>(std::min(number, kPlaceholder)),
                                                 custom_code, code.version,
                                                 static_cast<tflite::BuiltinOperator>(number)));
    }
    return builder_.CreateVector(codes);
  }

  using Data = Offset<Vector<std::uint8_t>>;

  bool is_external(std::size_t buffer) const {
    return keeps_external_ && buffers_.list()[buffer].size() >= kSmallBuffer;
  }

  /// Bytes of the metadata entries, which stand among the tables.
  void add_metadata_bytes(const Options& options) {
    std::string runtime(codes_.min_runtime());
    runtime.resize(kMinRuntimeBytes, '\0');
    add_metadata(kMinRuntime, runtime);
    for (const MetadataEntry& entry : model_.metadata) {
      if (entry.name == kMinRuntime || entry.name == kBufferLocation) continue;
      if (entry.name == kConversion && options.conversion) continue;
      if (entry.bytes.size() > kMostTableBytes) throw Error(Code::size_overflow, "metadata exceeds 1 GB", entry.name);
      add_metadata(entry.name, entry.bytes);
    }
    bool has_external = false;
    for (std::size_t i = 1; i < buffers_.list().size(); ++i) has_external |= is_external(i);
    if (has_external) add_metadata(kBufferLocation, "outside flatbuffers");
    if (options.conversion) add_metadata(kConversion, conversion_metadata_bytes(*options.conversion, hash_.value()));
  }

  void add_metadata(std::string_view name, std::string_view bytes) {
    metadata_.emplace_back(name, data_vector(as_bytes(bytes)));
  }

  Data data_vector(Bytes bytes) {
    builder_.ForceVectorAlignment(bytes.size(), 1, kBufferAlignment);
    return builder_.CreateVector(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size());
  }

  Offset<Vector<Offset<tflite::Buffer>>> add_buffers() {
    const Data stand_in = metadata_.front().second;  // any vector will do until the weight has its place
    std::vector<Offset<tflite::Buffer>> tables{tflite::CreateBuffer(builder_)};
    for (std::size_t i = 1; i < buffers_.list().size(); ++i) {
      const Bytes bytes = buffers_.list()[i];
      if (bytes.size() < kSmallBuffer) {
        tables.push_back(tflite::CreateBuffer(builder_, data_vector(bytes)));
      } else if (is_external(i)) {
        // Offset 1 stands for one that is not known yet, as elsewhere in files of this format.
        tables.push_back(tflite::CreateBuffer(builder_, 0, 1, bytes.size()));
      } else {
        tables.push_back(tflite::CreateBuffer(builder_, stand_in));
      }
    }
    for (const auto& [name, data] : metadata_) tables.push_back(tflite::CreateBuffer(builder_, data));
    return builder_.CreateVector(tables);
  }

  Offset<Vector<Offset<tflite::Metadata>>> add_metadata_entries() {
    std::vector<Offset<tflite::Metadata>> entries;
    for (const auto& [name, data] : metadata_) {
      const std::size_t buffer = buffers_.list().size() + entries.size();
      entries.push_back(
          tflite::CreateMetadata(builder_, builder_.CreateString(name), static_cast<std::uint32_t>(buffer)));
    }
    return builder_.CreateVector(entries);
  }

  std::vector<Offset<tflite::SignatureDef>> add_signatures(const std::vector<TensorList>& lists) {
    std::vector<Offset<tflite::SignatureDef>> signatures;
    for (const Signature& s : model_.signatures) {
      const Graph& graph = model_[s.graph];
      const std::vector<std::int32_t>& index = lists[s.graph.index].index;
      const std::vector<ValueId> graph_outputs = graph.outputs();
      const auto tensor_map = [&](const std::string& name, ValueId value) {
        return tflite::CreateTensorMap(builder_, builder_.CreateString(name),
                                       static_cast<std::uint32_t>(index[value.index]));
      };
      std::vector<Offset<tflite::TensorMap>> inputs;
      for (const SignatureTensor& input : s.inputs) inputs.push_back(tensor_map(input.name, input.value));
      std::vector<Offset<tflite::TensorMap>> outputs;
      for (std::size_t i = 0; i < s.outputs.size(); ++i)
        outputs.push_back(tensor_map(s.outputs[i], graph_outputs[s.outputs_slot[i]]));
      const auto input_vector = builder_.CreateVector(inputs);
      const auto output_vector = builder_.CreateVector(outputs);
      const auto key = builder_.CreateString(s.key);
      signatures.push_back(tflite::CreateSignatureDef(builder_, input_vector, output_vector, key, s.graph.index));
    }
    return signatures;
  }

  ModelTables finished() {
    const std::uint8_t* begin = builder_.GetBufferPointer();
    const std::size_t size = builder_.GetSize();
    flatbuffers::Verifier verifier(begin, size, 64, 0xFFFFFFFFU);
    if (!tflite::VerifyModelBuffer(verifier)) throw Error(Code::internal, "the tables that were made are not sound");

    ModelTables made;
    const auto* tables = tflite::GetModel(begin)->buffers();
    for (std::uint32_t i = 1; i < buffers_.list().size(); ++i) {
      if (buffers_.list()[i].size() < kSmallBuffer) continue;
      const tflite::Buffer* buffer = tables->Get(i);
      const std::uint8_t* field = reinterpret_cast<const flatbuffers::Table*>(buffer)->GetAddressOf(
          is_external(i) ? tflite::Buffer::VT_OFFSET : tflite::Buffer::VT_DATA);
      made.fields.push_back({i, static_cast<std::size_t>(field - begin), is_external(i)});
    }
    const auto* bytes = reinterpret_cast<const std::byte*>(begin);
    made.bytes.assign(bytes, bytes + size);
    return made;
  }

  const Model& model_;
  const OpTable& table_;
  const Buffers& buffers_;
  bool keeps_external_;
  FlatBufferBuilder builder_;
  OperatorCodes codes_;
  StructureHash hash_;
  std::vector<std::pair<std::string, Data>> metadata_;
};

}  // namespace

TensorList list_tensors(const Graph& graph) {
  TensorList list;
  list.index.assign(graph.value_count(), -1);
  const auto add = [&](ValueId v) {
    if (!v || list.index[v.index] >= 0) return;
    list.index[v.index] = static_cast<std::int32_t>(list.tensors.size());
    list.tensors.push_back(v);
  };
  // By first use, so that a file that is read and written again stays the same.
  const std::vector<NodeId> order = graph.order();
  const std::vector<ValueId> outputs = graph.outputs();
  const auto add_constant = [&](ValueId v) {
    if (v && !graph[v].producer) add(v);  // variables too
  };
  for (const ValueId v : graph.inputs()) add(v);
  for (const NodeId node : order) {
    for (std::size_t i = 0; i < graph.operand_count(node); ++i) add_constant(graph.operand(node, i));
  }
  for (const ValueId v : outputs) add_constant(v);
  for (const NodeId node : order) {
    for (std::size_t i = 0; i < graph[node].result_count; ++i) add(graph.result(node, i));
  }
  return list;
}

ModelTables model_tables(const Model& model, const OpTable& table, const std::vector<TensorList>& tensors,
                         const Buffers& buffers, const Options& options, bool external) {
  return TablesWriter(model, table, buffers, external).write(tensors, options);
}

}  // namespace tolite::write
