// SavedModels: signatures, objects, collections, assets, tags.
#include "read/saved_model.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "read/wire_writer.h"
#include "unit/read/exercise.h"
#include "unit/read/test_files.h"

namespace tolite::read {
namespace {

TEST(SavedModel, Signatures) {
  const auto model = SavedModel::open(data_path("module"));
  const MetaGraph meta = model->meta_graph();
  EXPECT_EQ(meta.tags, (std::vector<std::string_view>{"serve"}));
  EXPECT_FALSE(meta.tensorflow_version.empty());
  const Signature* signature = meta.signature("serving_default");
  ASSERT_NE(signature, nullptr);
  EXPECT_EQ(signature->method_name, "tensorflow/serving/predict");
  ASSERT_EQ(signature->inputs.size(), 2U);
  EXPECT_EQ(signature->inputs[0].name, "a");
  EXPECT_EQ(signature->inputs[1].name, "x");
  EXPECT_EQ(signature->inputs[1].info.name, "serving_default_x:0");
  EXPECT_EQ(signature->inputs[1].info.type, DataType::float32);
  EXPECT_EQ(signature->inputs[1].info.shape, (PartialShape{true, {-1, 3}}));
  ASSERT_EQ(signature->outputs.size(), 2U);
  EXPECT_EQ(signature->outputs[0].name, "first");
  EXPECT_EQ(meta.signature("nothing"), nullptr);
  EXPECT_FALSE(meta.initializer().empty());
}

TEST(SavedModel, ObjectsAndTheirFunctions) {
  const auto model = SavedModel::open(data_path("module"));
  const MetaGraph meta = model->meta_graph();
  const ObjectGraph& objects = meta.objects;
  const std::int32_t serve = objects.find_object({"serve"});
  ASSERT_GE(serve, 0);
  const auto* function = objects.objects()[static_cast<std::size_t>(serve)].as<FunctionObject>();
  ASSERT_NE(function, nullptr);
  ASSERT_EQ(function->concrete_functions.size(), 1U);
  const ConcreteFunction* concrete = objects.find(function->concrete_functions[0]);
  ASSERT_NE(concrete, nullptr);
  EXPECT_FALSE(concrete->bound_inputs.empty());
  ASSERT_NE(meta.graph->library().find(concrete->name), nullptr);

  // ((x, a), {}) in the author's order; the outputs are a dictionary.
  const Structure inputs = concrete->input_signature();
  ASSERT_EQ(inputs.kind, Structure::Kind::tuple);
  const auto leaves = inputs.flatten();
  ASSERT_EQ(leaves.size(), 2U);
  EXPECT_EQ(leaves[0]->string, "x");
  EXPECT_EQ(leaves[0]->type, DataType::float32);
  EXPECT_EQ(leaves[0]->shape, (PartialShape{true, {-1, 3}}));
  EXPECT_EQ(leaves[1]->string, "a");
  const Structure outputs = concrete->output_signature();
  ASSERT_EQ(outputs.kind, Structure::Kind::dictionary);
  EXPECT_EQ(outputs.keys, (std::vector<std::string_view>{"first", "second"}));
  EXPECT_NE(outputs.find("second"), nullptr);
  const Structure arguments = function->spec.full_argument_spec();
  ASSERT_NE(arguments.find("args"), nullptr);
  EXPECT_EQ(arguments.find("args")->items.back().string, "a");
}

TEST(SavedModel, VariablesOfObjects) {
  const auto model = SavedModel::open(data_path("module"));
  const MetaGraph meta = model->meta_graph();
  const auto checkpoint = model->variables();
  ASSERT_NE(checkpoint, nullptr);
  ASSERT_NE(checkpoint->trackables(), nullptr);
  std::size_t variables = 0;
  const std::vector<std::int32_t> matched = match_trackables(meta.objects, *checkpoint->trackables());
  for (std::size_t id = 0; id < meta.objects.objects().size(); ++id) {
    const auto* variable = meta.objects.objects()[id].as<VariableObject>();
    if (variable == nullptr) continue;
    ++variables;
    const auto& attributes = checkpoint->trackables()->nodes.at(static_cast<std::size_t>(matched[id])).attributes;
    ASSERT_EQ(attributes.size(), 1U);
    const CheckpointEntry* entry = checkpoint->find(attributes[0].checkpoint_key);
    ASSERT_NE(entry, nullptr);
    EXPECT_EQ(entry->type, variable->type);
    EXPECT_EQ(entry->dims, variable->shape.dims);
  }
  EXPECT_EQ(variables, 12U);
}

TEST(SavedModel, ObjectsAreMatchedByName) {
  const auto child = [](int id, std::string_view name) {
    return Wire().varint(1, static_cast<unsigned>(id)).text(2, name);
  };
  // root -> a -> x, root -> b -> x; the checkpoint has other numbers, and lacks b/x.
  Wire objects;
  objects.message(1, Wire().message(1, child(1, "a")).message(1, child(2, "b")));
  objects.message(1, Wire().message(1, child(3, "x")).message(1, child(0, "parent")));
  objects.message(1, Wire().message(1, child(4, "x")));
  objects.message(1, Wire()).message(1, Wire());
  Wire nodes;
  nodes.message(1, Wire().message(1, child(3, "b")).message(1, child(2, "a")));
  nodes.message(1, Wire()).message(1, Wire().message(1, child(1, "x"))).message(1, Wire());
  EXPECT_EQ(match_trackables(ObjectGraph::read(as_bytes(objects.str())), Trackables::read(as_bytes(nodes.str()))),
            (std::vector<std::int32_t>{0, 2, 3, 1, -1}));
  EXPECT_TRUE(match_trackables(ObjectGraph(), Trackables()).empty());
}

TEST(SavedModel, Assets) {
  const auto model = SavedModel::open(data_path("module"));
  const MetaGraph meta = model->meta_graph();
  ASSERT_EQ(meta.assets.size(), 1U);
  EXPECT_EQ(meta.assets[0].filename, "vocabulary.txt");
  EXPECT_EQ(file_bytes(meta.assets[0].path), "one\ntwo\n");
  std::size_t objects = 0;
  for (const SavedObject& object : meta.objects.objects()) {
    const auto* asset = object.as<AssetObject>();
    if (asset == nullptr) continue;
    EXPECT_EQ(asset->index, 0);
    ++objects;
  }
  EXPECT_EQ(objects, 1U);
}

TEST(SavedModel, AKerasExport) {
  const auto model = SavedModel::open(TOLITE_SOURCE_DIR "/examples/digits/saved_model");
  const MetaGraph meta = model->meta_graph();
  EXPECT_NE(meta.signature("serving_default"), nullptr);
  EXPECT_GT(exercise(meta), 0U);
  const auto checkpoint = model->variables();
  for (const CheckpointEntry& entry : checkpoint->entries()) EXPECT_NO_THROW(checkpoint->read(entry));
}

TEST(SavedModel, TensorFlow1) {
  for (const char* name : {"v1_bundle", "v1_table", "v1_text"}) {
    const auto model = SavedModel::open(data_path(name));
    const MetaGraph meta = model->meta_graph();
    EXPECT_NE(meta.signature("predict"), nullptr) << name;
    EXPECT_EQ(meta.initializer(), "init_tables") << name;
    EXPECT_EQ(meta.saver.version, std::string_view(name) == "v1_table" ? 1 : 2) << name;
    EXPECT_TRUE(meta.objects.empty()) << name;
    const std::vector<VariableDefinition> variables = meta.variables();
    ASSERT_FALSE(variables.empty()) << name;
    EXPECT_EQ(variables.back().variable, "plain:0") << name;
    EXPECT_TRUE(variables.back().is_resource) << name;
    EXPECT_TRUE(variables.back().trainable) << name;
    EXPECT_EQ(variables[0].full_name, variables.size() > 1 ? "partitioned" : "") << name;
    const auto checkpoint = model->variables();
    ASSERT_NE(checkpoint, nullptr) << name;
    EXPECT_EQ(checkpoint->read(*checkpoint->find("plain")).dims, (std::vector<std::int64_t>{5})) << name;
  }
}

TEST(SavedModel, TagsChooseTheGraph) {
  const auto model = SavedModel::open(data_path("v1_bundle"));
  EXPECT_EQ(model->tags(), (std::vector<std::vector<std::string>>{{"train"}, {"serve"}}));
  EXPECT_EQ(model->meta_graph().tags, (std::vector<std::string_view>{"serve"}));
  EXPECT_EQ(model->meta_graph({"train"}).tags, (std::vector<std::string_view>{"train"}));
  try {
    model->meta_graph({"gpu", "serve"});
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), Code::no_such_tag);
    ASSERT_EQ(error.notes().size(), 2U);
    EXPECT_NE(error.notes()[0].find("{train}"), std::string::npos);
  }
}

std::string save(const Wire& meta_graph) {
  const std::string folder = fresh_folder();
  put_file(folder + "/saved_model.pb", Wire().varint(1, 1).message(2, meta_graph).str());
  return folder;
}

TEST(SavedModel, AssetsDoNotLeaveTheFolder) {
  for (const char* name : {"../secret", "/etc/passwd", "a/../../secret", ""}) {
    const auto model = SavedModel::open(save(Wire().message(6, Wire().text(2, name))));
    EXPECT_EQ(code_of([&] { model->meta_graph(); }), Code::unsafe_path) << name;
  }
}

TEST(SavedModel, ObjectsThatDoNotExistAreRefused) {
  const Wire bad_child = Wire().message(1, Wire().message(1, Wire().varint(1, 1).text(2, "x")));
  const Wire bad_bound = Wire().message(1, Wire()).entry(2, "f", Wire().varint(2, 7));
  for (const Wire& objects : {bad_child, bad_bound}) {
    const auto model = SavedModel::open(save(Wire().message(7, objects)));
    EXPECT_EQ(code_of([&] { model->meta_graph(); }), Code::malformed);
  }
}

TEST(SavedModel, DeepStructuresAreRefused) {
  Wire structure;
  for (int i = 0; i < 5000; ++i) structure = Wire().message(51, Wire().message(1, structure));
  const Wire objects = Wire().entry(2, "f", Wire().message(3, structure));
  const auto model = SavedModel::open(save(Wire().message(7, objects)));
  const MetaGraph meta = model->meta_graph();
  EXPECT_EQ(code_of([&] { meta.objects.concrete_functions().at(0).input_signature(); }), Code::too_deep);
}

TEST(SavedModel, StructuresOfEveryKind) {
  const Wire spec = Wire().text(1, "t").message(2, shape_proto({2})).varint(3, 3);
  Wire list;
  list.message(1, Wire().message(1, Wire()));                     // none
  list.message(1, Wire().fixed(11, 2.5));                         // real
  list.message(1, Wire().varint(12, 3));                          // -2 in zigzag
  list.message(1, Wire().text(13, "s"));                          // string
  list.message(1, Wire().varint(14, 1));                          // boolean
  list.message(1, Wire().message(31, shape_proto({1})));          // shape
  list.message(1, Wire().varint(32, 1));                          // type
  list.message(1, Wire().message(35, spec));                      // bounded tensor spec
  list.message(1, Wire().message(34, Wire().text(3, "Ragged")));  // type spec
  const Wire named = Wire().text(1, "Pair").message(2, Wire().text(1, "b").message(2, Wire().varint(12, 2)));
  list.message(1, Wire().message(54, named));
  const Wire objects = Wire().entry(2, "f", Wire().message(4, Wire().message(52, list)));
  const auto model = SavedModel::open(save(Wire().message(7, objects)));
  const MetaGraph meta = model->meta_graph();
  const Structure s = meta.objects.concrete_functions().at(0).output_signature();
  using Kind = Structure::Kind;
  ASSERT_EQ(s.items.size(), 10U);
  EXPECT_EQ(s.items[0].kind, Kind::none);
  EXPECT_EQ(s.items[1].real, 2.5);
  EXPECT_EQ(s.items[2].integer, -2);
  EXPECT_EQ(s.items[3].string, "s");
  EXPECT_TRUE(s.items[4].boolean);
  EXPECT_EQ(s.items[5].shape.dims.size(), 1U);
  EXPECT_EQ(s.items[6].type, DataType::float32);
  EXPECT_EQ(s.items[7].kind, Kind::tensor_spec);
  EXPECT_EQ(s.items[7].type, DataType::int32);
  EXPECT_EQ(s.items[8].string, "Ragged");
  EXPECT_EQ(s.items[9].find("b")->integer, 1);
  EXPECT_EQ(s.flatten().size(), 10U);
}

TEST(SavedModel, DefaultsOfInputs) {
  const Wire five = Wire().varint(1, 3).message(2, shape_proto({})).varint(7, 5);
  const auto model = SavedModel::open(save(Wire().entry(5, "f", Wire().entry(4, "n", five))));
  const MetaGraph meta = model->meta_graph();
  const SignatureDefault& value = meta.signature("f")->defaults.at(0);
  EXPECT_EQ(value.name, "n");
  EXPECT_EQ(element_as_int64(value.tensor(model->buffer()), 0), 5);
}

TEST(SavedModel, ModelsWithoutVariables) { EXPECT_EQ(SavedModel::open(save(Wire()))->variables(), nullptr); }

TEST(SavedModel, EveryPrefixIsReadOrRefused) {
  const std::string whole = file_bytes(data_path("module/saved_model.pb"));
  for (std::size_t size = 0; size < whole.size(); size += size < 300 ? 1 : 61) {
    const auto buffer = Buffer::own(whole.substr(0, size), "saved_model.pb");
    EXPECT_NE(code_of([&] { SavedModel::read(buffer, ""); }), Code::internal) << size;
  }
}

TEST(SavedModel, FlippedBitsAreSurvived) {
  const std::string whole = file_bytes(data_path("v1_table/saved_model.pb"));
  for (std::size_t bit = 0; bit < whole.size() * 8; bit += 41) {
    std::string damaged = whole;
    damaged[bit / 8] = static_cast<char>(damaged[bit / 8] ^ (1 << (bit % 8)));
    const auto buffer = Buffer::own(damaged, "saved_model.pb");
    succeeds([&] { exercise(SavedModel::read(buffer, "")->meta_graph()); });
  }
}

}  // namespace
}  // namespace tolite::read
