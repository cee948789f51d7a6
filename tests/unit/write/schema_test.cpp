// Every row of the op table against the schema: its code, its options table, and each attribute's name, place, type and
// default. The writer and the reader go by the rows alone, so a row that is wrong writes wrong files.
#include <flatbuffers/reflection.h>
#include <gtest/gtest.h>

#include "base/file.h"
#include "ops/table.h"

namespace tolite {
namespace {

class Schema {
 public:
  Schema() : file_(MappedFile::open(TOLITE_BINARY_DIR "/schema/tflite.bfbs")) {}

  const reflection::Schema& get() const { return *reflection::GetSchema(file_->bytes().data()); }

  const reflection::Enum& enumeration(const char* name) const {
    return *get().enums()->LookupByKey((std::string("tflite.") + name).c_str());
  }
  const reflection::Object& table(const char* name) const {
    return *get().objects()->LookupByKey((std::string("tflite.") + name).c_str());
  }
  /// The options table of a member of a union; null if there is none.
  const reflection::Object* member(const char* union_name, int number) const {
    const auto* value = enumeration(union_name).values()->LookupByKey(number);
    if (value == nullptr || value->union_type()->index() < 0) return nullptr;
    return get().objects()->Get(static_cast<flatbuffers::uoffset_t>(value->union_type()->index()));
  }

 private:
  std::shared_ptr<const MappedFile> file_;
};

/// The schema's type of an attribute, in words.
std::string type_of(const Schema& schema, const reflection::Type& type) {
  const bool is_list = type.base_type() == reflection::Vector;
  std::string name = reflection::EnumNameBaseType(is_list ? type.element() : type.base_type());
  if (type.index() >= 0 && !is_list)
    name = schema.get().enums()->Get(static_cast<flatbuffers::uoffset_t>(type.index()))->name()->str();
  return is_list ? "[" + name + "]" : name;
}

bool fits(AttrKind kind, const std::string& type) {
  switch (kind) {
    case AttrKind::padding:
      return type == "tflite.Padding";
    case AttrKind::activation:
      return type == "tflite.ActivationFunctionType";
    case AttrKind::type:
      return type == "tflite.TensorType";
    case AttrKind::int8_enum:
      return type.starts_with("tflite.") && type != "tflite.TensorType" && type != "tflite.Padding";
    case AttrKind::boolean:
      return type == "Bool";
    case AttrKind::int32:
      return type == "Int" || type == "tflite.ReduceWindowFunction";
    case AttrKind::graph:
      return type == "Int";
    case AttrKind::uint32:
      return type == "UInt" || type.starts_with("tflite.Stablehlo");
    case AttrKind::int64:
      return type == "Long";
    case AttrKind::float32:
      return type == "Float";
    case AttrKind::string:
      return type == "String";
    case AttrKind::bytes:
      return type == "[UByte]";
    case AttrKind::int32_list:
      return type == "[Int]";
    case AttrKind::int64_list:
      return type == "[Long]";
    case AttrKind::float32_list:
      return type == "[Float]";
  }
  return false;
}

void check_attrs(const Schema& schema, const OpRow& row, const reflection::Object& table) {
  std::size_t in_table = 0;
  for (const AttrSpec& spec : row.attrs) {
    if (!spec.in_table()) continue;
    ++in_table;
    const std::string name(attr_name(spec.attr));
    const reflection::Field* field = table.fields()->LookupByKey(name.c_str());
    ASSERT_NE(field, nullptr) << row.name << ": " << table.name()->str() << " has no " << name;
    EXPECT_EQ(field->id(), spec.slot) << row.name << ": " << name << " stands elsewhere";
    EXPECT_TRUE(fits(spec.kind, type_of(schema, *field->type())))
        << row.name << ": " << name << " is " << type_of(schema, *field->type());
    const double stored =
        field->default_integer() != 0 ? static_cast<double>(field->default_integer()) : field->default_real();
    EXPECT_EQ(spec.default_value, stored) << row.name << ": " << name;
  }
  EXPECT_EQ(in_table, table.fields()->size()) << row.name << " lacks fields of " << table.name()->str();
}

TEST(Schema, RowsAgreeWithIt) {
  const Schema schema;
  op_table().for_each([&](const OpRow& row) {
    if (!is_builtin(row.op)) return;
    const auto* code = schema.enumeration("BuiltinOperator").values()->LookupByKey(static_cast<int>(row.op));
    ASSERT_NE(code, nullptr) << row.name;
    EXPECT_EQ(code->name()->str(), row.name);
    const int first = row.options.builtin_options;
    const int second = row.options.builtin_options_2;
    EXPECT_TRUE(first == 0 || second == 0) << row.name;
    if (row.op == Op::CUSTOM || (first == 0 && second == 0)) return;
    const auto* table = first != 0 ? schema.member("BuiltinOptions", first) : schema.member("BuiltinOptions2", second);
    ASSERT_NE(table, nullptr) << row.name;
    check_attrs(schema, row, *table);
  });
}

}  // namespace
}  // namespace tolite
