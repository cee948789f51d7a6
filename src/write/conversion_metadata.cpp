// A FlatBuffer of its own inside the model's metadata.
#include "write/conversion_metadata.h"

#include <conversion_metadata_generated.h>

namespace tolite::write {

std::string conversion_metadata_bytes(const ConversionMetadata& metadata, std::uint64_t model_hash) {
  flatbuffers::FlatBufferBuilder builder;
  const auto converter = builder.CreateString(metadata.converter);
  const auto environment = tflite::CreateEnvironment(builder, converter, metadata.api_version,
                                                     static_cast<tflite::ModelType>(metadata.source), model_hash);
  // TensorFlow's converter leaves an empty list out.
  flatbuffers::Offset<flatbuffers::Vector<std::int32_t>> modes;
  if (!metadata.optimization_modes.empty()) modes = builder.CreateVector(metadata.optimization_modes);
  const auto options = tflite::CreateConversionOptions(builder, modes, metadata.allow_custom_ops,
                                                       metadata.enable_select_tf_ops, metadata.force_select_tf_ops);
  builder.Finish(tflite::CreateConversionMetadata(builder, environment, options));
  return {reinterpret_cast<const char*>(builder.GetBufferPointer()), builder.GetSize()};
}

}  // namespace tolite::write
