// The table is written down as it is read by people, and parsed when the first text file is met.
// `Message { field=number:type }`; a map field has `key>value` for its type.
#include "read/text_schema.h"

#include <charconv>
#include <deque>
#include <unordered_map>

#include "tolite/error.h"

namespace tolite::read {
namespace {

constexpr std::string_view kSchema = R"(
SavedModel { saved_model_schema_version=1:int64 meta_graphs=2:MetaGraphDef }
MetaGraphDef { meta_info_def=1:MetaGraphDef.MetaInfoDef graph_def=2:GraphDef saver_def=3:SaverDef
    collection_def=4:string>CollectionDef signature_def=5:string>SignatureDef asset_file_def=6:AssetFileDef
    object_graph_def=7:SavedObjectGraph }
MetaGraphDef.MetaInfoDef { meta_graph_version=1:string tags=4:string tensorflow_version=5:string
    tensorflow_git_version=6:string stripped_default_attrs=7:bool function_aliases=8:string>string }
GraphDef { node=1:NodeDef library=2:FunctionDefLibrary version=3:int32 versions=4:VersionDef
    debug_info=5:GraphDebugInfo }
NodeDef { name=1:string op=2:string input=3:string device=4:string attr=5:string>AttrValue
    experimental_debug_info=6:NodeDef.ExperimentalDebugInfo }
AttrValue { list=1:AttrValue.ListValue s=2:bytes i=3:int64 f=4:float b=5:bool type=6:DataType
    shape=7:TensorShapeProto tensor=8:TensorProto placeholder=9:string func=10:NameAttrList }
AttrValue.ListValue { s=2:bytes i=3:int64 f=4:float b=5:bool type=6:DataType shape=7:TensorShapeProto
    tensor=8:TensorProto func=9:NameAttrList }
TensorShapeProto { dim=2:TensorShapeProto.Dim unknown_rank=3:bool }
TensorShapeProto.Dim { size=1:int64 name=2:string }
TensorProto { dtype=1:DataType tensor_shape=2:TensorShapeProto version_number=3:int32 tensor_content=4:bytes
    float_val=5:float double_val=6:double int_val=7:int32 string_val=8:bytes scomplex_val=9:float int64_val=10:int64
    bool_val=11:bool dcomplex_val=12:double half_val=13:int32 resource_handle_val=14:ResourceHandleProto
    variant_val=15:VariantTensorDataProto uint32_val=16:uint32 uint64_val=17:uint64 float8_val=18:bytes }
ResourceHandleProto { device=1:string container=2:string name=3:string hash_code=4:uint64 maybe_type_name=5:string
    dtypes_and_shapes=6:ResourceHandleProto.DtypeAndShape }
ResourceHandleProto.DtypeAndShape { dtype=1:DataType shape=2:TensorShapeProto }
VariantTensorDataProto { type_name=1:string metadata=2:bytes tensors=3:TensorProto }
NameAttrList { name=1:string attr=2:string>AttrValue }
NodeDef.ExperimentalDebugInfo { original_node_names=1:string original_func_names=2:string }
FunctionDefLibrary { function=1:FunctionDef gradient=2:GradientDef registered_gradients=3:RegisteredGradient }
FunctionDef { signature=1:OpDef node_def=3:NodeDef ret=4:string>string attr=5:string>AttrValue
    control_ret=6:string>string arg_attr=7:uint32>FunctionDef.ArgAttrs resource_arg_unique_id=8:uint32>uint32 }
OpDef { name=1:string input_arg=2:OpDef.ArgDef output_arg=3:OpDef.ArgDef attr=4:OpDef.AttrDef summary=5:string
    description=6:string
    is_aggregate=16:bool is_stateful=17:bool is_commutative=18:bool allows_uninitialized_input=19:bool
    control_output=20:string is_distributed_communication=21:bool }
OpDef.ArgDef { name=1:string description=2:string type=3:DataType type_attr=4:string number_attr=5:string
    type_list_attr=6:string handle_data=7:ResourceHandleProto.DtypeAndShape is_ref=16:bool }
OpDef.AttrDef { name=1:string type=2:string default_value=3:AttrValue description=4:string has_minimum=5:bool
    minimum=6:int64 allowed_values=7:AttrValue }
FunctionDef.ArgAttrs { attr=1:string>AttrValue }
GradientDef { function_name=1:string gradient_func=2:string }
RegisteredGradient { gradient_func=1:string registered_op_type=2:string }
VersionDef { producer=1:int32 min_consumer=2:int32 bad_consumers=3:int32 }
GraphDebugInfo { files=1:string traces=2:string>GraphDebugInfo.StackTrace
    frames_by_id=4:fixed64>GraphDebugInfo.FileLineCol name_to_trace_id=5:string>fixed64
    traces_by_id=6:fixed64>GraphDebugInfo.StackTrace }
GraphDebugInfo.StackTrace { file_line_cols=1:GraphDebugInfo.FileLineCol frame_id=2:fixed64 }
GraphDebugInfo.FileLineCol { file_index=1:int32 line=2:int32 col=3:int32 func=4:string code=5:string }
SaverDef { filename_tensor_name=1:string save_tensor_name=2:string restore_op_name=3:string max_to_keep=4:int32
    sharded=5:bool keep_checkpoint_every_n_hours=6:float version=7:SaverDef.CheckpointFormatVersion }
CollectionDef { node_list=1:CollectionDef.NodeList bytes_list=2:CollectionDef.BytesList
    int64_list=3:CollectionDef.Int64List float_list=4:CollectionDef.FloatList }
CollectionDef.NodeList { value=1:string }
CollectionDef.BytesList { value=1:bytes }
CollectionDef.Int64List { value=1:int64 }
CollectionDef.FloatList { value=1:float }
SignatureDef { inputs=1:string>TensorInfo outputs=2:string>TensorInfo method_name=3:string
    defaults=4:string>TensorProto }
TensorInfo { name=1:string dtype=2:DataType tensor_shape=3:TensorShapeProto coo_sparse=4:TensorInfo.CooSparse
    composite_tensor=5:TensorInfo.CompositeTensor }
TensorInfo.CooSparse { values_tensor_name=1:string indices_tensor_name=2:string dense_shape_tensor_name=3:string }
TensorInfo.CompositeTensor { type_spec=1:TypeSpecProto components=2:TensorInfo }
TypeSpecProto { type_spec_class=1:TypeSpecProto.TypeSpecClass type_state=2:StructuredValue
    type_spec_class_name=3:string num_flat_components=4:int32 }
StructuredValue { none_value=1:NoneValue float64_value=11:double int64_value=12:sint64 string_value=13:string
    bool_value=14:bool tensor_shape_value=31:TensorShapeProto tensor_dtype_value=32:DataType
    tensor_spec_value=33:TensorSpecProto type_spec_value=34:TypeSpecProto
    bounded_tensor_spec_value=35:BoundedTensorSpecProto list_value=51:ListValue tuple_value=52:TupleValue
    dict_value=53:DictValue named_tuple_value=54:NamedTupleValue tensor_value=55:TensorProto
    numpy_value=56:TensorProto }
NoneValue { }
TensorSpecProto { name=1:string shape=2:TensorShapeProto dtype=3:DataType }
BoundedTensorSpecProto { name=1:string shape=2:TensorShapeProto dtype=3:DataType minimum=4:TensorProto
    maximum=5:TensorProto }
ListValue { values=1:StructuredValue }
TupleValue { values=1:StructuredValue }
DictValue { fields=1:string>StructuredValue }
NamedTupleValue { name=1:string values=2:PairValue }
PairValue { key=1:string value=2:StructuredValue }
AssetFileDef { tensor_info=1:TensorInfo filename=2:string }
SavedObjectGraph { nodes=1:SavedObject concrete_functions=2:string>SavedConcreteFunction }
SavedObject { children=1:TrackableObjectGraph.TrackableObject.ObjectReference
    slot_variables=3:TrackableObjectGraph.TrackableObject.SlotVariableReference user_object=4:SavedUserObject
    asset=5:SavedAsset function=6:SavedFunction variable=7:SavedVariable
    bare_concrete_function=8:SavedBareConcreteFunction constant=9:SavedConstant resource=10:SavedResource
    captured_tensor=12:CapturedTensor registered_name=13:string
    dependencies=15:TrackableObjectGraph.TrackableObject.ObjectReference registered_saver=16:string }
TrackableObjectGraph.TrackableObject.ObjectReference { node_id=1:int32 local_name=2:string }
TrackableObjectGraph.TrackableObject.SlotVariableReference { original_variable_node_id=1:int32 slot_name=2:string
    slot_variable_node_id=3:int32 }
SavedUserObject { identifier=1:string version=2:VersionDef metadata=3:string }
SavedAsset { asset_file_def_index=1:int32 }
SavedFunction { concrete_functions=1:string function_spec=2:FunctionSpec }
FunctionSpec { fullargspec=1:StructuredValue is_method=2:bool input_signature=5:StructuredValue
    jit_compile=6:FunctionSpec.JitCompile }
SavedVariable { dtype=1:DataType shape=2:TensorShapeProto trainable=3:bool synchronization=4:VariableSynchronization
    aggregation=5:VariableAggregation name=6:string device=7:string
    experimental_distributed_variable_components=8:SavedVariable }
SavedBareConcreteFunction { concrete_function_name=1:string argument_keywords=2:string
    allowed_positional_arguments=3:int64 function_spec=4:FunctionSpec }
SavedConstant { operation=1:string }
SavedResource { device=1:string }
CapturedTensor { name=1:string concrete_function=2:string }
SavedConcreteFunction { bound_inputs=2:int32 canonicalized_input_signature=3:StructuredValue
    output_signature=4:StructuredValue }
enum DataType { DT_INVALID=0 DT_FLOAT=1 DT_DOUBLE=2 DT_INT32=3 DT_UINT8=4 DT_INT16=5 DT_INT8=6 DT_STRING=7
    DT_COMPLEX64=8 DT_INT64=9 DT_BOOL=10 DT_QINT8=11 DT_QUINT8=12 DT_QINT32=13 DT_BFLOAT16=14 DT_QINT16=15
    DT_QUINT16=16 DT_UINT16=17 DT_COMPLEX128=18 DT_HALF=19 DT_RESOURCE=20 DT_VARIANT=21 DT_UINT32=22 DT_UINT64=23
    DT_FLOAT8_E5M2=24 DT_FLOAT8_E4M3FN=25 DT_FLOAT8_E4M3FNUZ=26 DT_FLOAT8_E4M3B11FNUZ=27 DT_FLOAT8_E5M2FNUZ=28
    DT_INT4=29 DT_UINT4=30 DT_INT2=31 DT_UINT2=32 DT_FLOAT4_E2M1FN=33 }
enum FunctionSpec.JitCompile { DEFAULT=0 ON=1 OFF=2 }
enum SaverDef.CheckpointFormatVersion { LEGACY=0 V1=1 V2=2 }
enum TypeSpecProto.TypeSpecClass { UNKNOWN=0 SPARSE_TENSOR_SPEC=1 INDEXED_SLICES_SPEC=2 RAGGED_TENSOR_SPEC=3
    TENSOR_ARRAY_SPEC=4 DATA_DATASET_SPEC=5 DATA_ITERATOR_SPEC=6 OPTIONAL_SPEC=7 PER_REPLICA_SPEC=8 VARIABLE_SPEC=9
    ROW_PARTITION_SPEC=10 REGISTERED_TYPE_SPEC=12 EXTENSION_TYPE_SPEC=13 }
enum VariableAggregation { VARIABLE_AGGREGATION_NONE=0 VARIABLE_AGGREGATION_SUM=1 VARIABLE_AGGREGATION_MEAN=2
    VARIABLE_AGGREGATION_ONLY_FIRST_REPLICA=3 }
enum VariableSynchronization { VARIABLE_SYNCHRONIZATION_AUTO=0 VARIABLE_SYNCHRONIZATION_NONE=1
    VARIABLE_SYNCHRONIZATION_ON_WRITE=2 VARIABLE_SYNCHRONIZATION_ON_READ=3 }
)";

class Schema {
 public:
  Schema() {
    while (!word().empty()) {
      if (word_ == "enum") {
        read_enum();
      } else {
        read_message();
      }
    }
    for (const auto& [field, type] : unresolved_) resolve(*field, type);
  }

  const TextMessage* find(std::string_view name) const {
    const auto at = messages_.find(name);
    return at == messages_.end() ? nullptr : &at->second;
  }

 private:
  /// The next word; empty at the end.
  std::string_view word() {
    constexpr std::string_view kSpace = " \n";
    const std::size_t begin = rest_.find_first_not_of(kSpace);
    if (begin == std::string_view::npos) return word_ = {};
    rest_.remove_prefix(begin);
    word_ = rest_.substr(0, rest_.find_first_of(kSpace));
    rest_.remove_prefix(word_.size());
    return word_;
  }

  static std::int32_t number_of(std::string_view digits) {
    std::int32_t number = 0;
    std::from_chars(digits.data(), digits.data() + digits.size(), number);
    return number;
  }

  void read_enum() {
    TextEnum& values = enums_[word()];
    for (word(); word() != "}";) {
      const std::size_t equals = word_.find('=');
      values.emplace_back(word_.substr(0, equals), number_of(word_.substr(equals + 1)));
    }
  }

  void read_message() {
    TextMessage& message = messages_[word_];
    for (word(); word() != "}";) {
      const std::size_t equals = word_.find('=');
      const std::size_t colon = word_.find(':');
      TextField field;
      field.name = word_.substr(0, equals);
      field.number = static_cast<std::uint32_t>(number_of(word_.substr(equals + 1, colon - equals - 1)));
      message.fields.push_back(field);
      types_.push_back(word_.substr(colon + 1));
    }
    const std::size_t first = types_.size() - message.fields.size();
    for (std::size_t i = 0; i < message.fields.size(); ++i) add_type(message.fields[i], types_[first + i]);
  }

  /// Messages and enums may be defined further down.
  void add_type(TextField& field, std::string_view type) {
    const std::size_t key_end = type.find('>');
    if (key_end == std::string_view::npos) {
      unresolved_.emplace_back(&field, type);
      return;
    }
    TextMessage& entry = entries_.emplace_back();  // a map is a list of messages {1: key, 2: value}
    entry.fields.resize(2);
    entry.fields[0].name = "key";
    entry.fields[0].number = 1;
    entry.fields[1].name = "value";
    entry.fields[1].number = 2;
    unresolved_.emplace_back(&entry.fields[0], type.substr(0, key_end));
    unresolved_.emplace_back(&entry.fields[1], type.substr(key_end + 1));
    field.kind = TextField::Kind::message;
    field.message = &entry;
  }

  void resolve(TextField& field, std::string_view type) {
    using Kind = TextField::Kind;
    static constexpr std::pair<std::string_view, Kind> kScalars[] = {
        {"int32", Kind::int32},   {"int64", Kind::int64},     {"uint32", Kind::uint32}, {"uint64", Kind::uint64},
        {"sint64", Kind::sint64}, {"fixed64", Kind::fixed64}, {"bool", Kind::boolean},  {"float", Kind::real32},
        {"double", Kind::real64}, {"string", Kind::text},     {"bytes", Kind::text},
    };
    for (const auto& [name, kind] : kScalars) {
      if (name == type) {
        field.kind = kind;
        return;
      }
    }
    if (const auto values = enums_.find(type); values != enums_.end()) {
      field.kind = Kind::enumeration;
      field.values = &values->second;
      return;
    }
    field.kind = Kind::message;
    field.message = find(type);
    if (field.message == nullptr) throw Error(Code::internal, "the schema of text files names an unknown message");
  }

  std::string_view rest_ = kSchema;
  std::string_view word_;
  std::unordered_map<std::string_view, TextMessage> messages_;
  std::unordered_map<std::string_view, TextEnum> enums_;
  std::deque<TextMessage> entries_;
  std::vector<std::string_view> types_;
  std::vector<std::pair<TextField*, std::string_view>> unresolved_;
};

}  // namespace

const TextField* TextMessage::find(std::string_view name) const {
  for (const TextField& field : fields) {
    if (field.name == name) return &field;
  }
  return nullptr;
}

const TextMessage* find_text_message(std::string_view name) {
  static const Schema schema;
  return schema.find(name);
}

}  // namespace tolite::read
