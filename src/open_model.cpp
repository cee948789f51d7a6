// One function a kind of model.
#include "open_model.h"

#include "import/tensorflow/import.h"
#include "read/source.h"
#include "read/tflite.h"
#include "tolite/error.h"

namespace tolite {
namespace {

tensorflow::FallbackOptions fallback_options(const Options& options) {
  using Select = tensorflow::FallbackOptions::Select;
  tensorflow::FallbackOptions fallback;
  if (options.select_tf_ops == Options::SelectTfOps::needed) fallback.select = Select::needed;
  if (options.select_tf_ops == Options::SelectTfOps::preferred) fallback.select = Select::preferred;
  fallback.select_user_ops = options.select_user_ops;
  fallback.allow_custom = options.allow_custom_ops;
  fallback.op_definitions = options.custom_op_defs;
  return fallback;
}

}  // namespace

Model open_model(const std::string& path, const OpTable& table, const Options& options, std::string& kind,
                 import::Issues& issues) {
  const read::Source source = read::look(path);
  kind = read::source_kind_name(source.kind);
  const tensorflow::ImportOptions wanted{options.signatures,       options.tags,         options.inputs,
                                         options.outputs,          options.input_shapes, options.narrow_float64,
                                         fallback_options(options)};
  switch (source.kind) {
    case read::SourceKind::saved_model:
      return tensorflow::import_saved_model(*read::SavedModel::open(source.path), table, wanted, issues);
    case read::SourceKind::graph_def:
      return tensorflow::import_graph_def(read::GraphDef::open(source.path), table, wanted, issues);
    case read::SourceKind::tflite:
      return read::tflite(MappedFile::open(source.path), table);
  }
  throw Error(Code::internal, "a kind of model was forgotten");
}

}  // namespace tolite
