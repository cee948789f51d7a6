// The op table against the pinned schema and the runtime: no row may disagree with either, no builtin may be forgotten.
#include "ops/table.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "ops/left_out.h"

namespace tolite {
namespace {

// ---- The schema, read from its text: a union is a list of tables, a table a list of fields.

struct Field {
  std::string name;
  std::string type;
  std::string default_value;
};

struct Schema {
  std::map<std::string, std::vector<std::string>> unions;
  std::map<std::string, std::vector<Field>> tables;
  std::map<std::string, std::map<std::string, double>> enums;

  Schema() {
    std::ifstream file(std::string(TOLITE_SOURCE_DIR) + "/schema/tflite.fbs");
    std::string line;
    std::string kind;
    std::string name;
    while (std::getline(file, line)) {
      line.erase(std::min(line.find("//"), line.size()));
      std::istringstream words(line);
      std::string first;
      words >> first;
      if (first == "union" || first == "table" || first == "enum") {
        kind = first;
        words >> name;
        if (kind == "enum") enums[name] = {};
        if (kind == "table") tables[name] = {};
      } else if (first == "}") {
        kind.clear();
      } else if (kind == "enum" && !first.empty()) {
        std::string equals;
        words >> equals >> enums[name][first];
      } else if (kind == "union" && !first.empty()) {
        first.erase(std::remove(first.begin(), first.end(), ','), first.end());
        unions[name].push_back(first);
      } else if (kind == "table" && first.size() > 1 && first.back() == ':') {
        Field field;
        field.name = first.substr(0, first.size() - 1);
        std::string rest = line.substr(line.find(':') + 1);
        rest.erase(std::min(rest.find(';'), rest.size()));
        std::istringstream type(rest.substr(0, rest.find('=')));
        type >> field.type;
        if (rest.find('=') != std::string::npos) {
          std::istringstream value(rest.substr(rest.find('=') + 1));
          value >> field.default_value;
        }
        tables[name].push_back(field);
      }
    }
  }
};

const Schema& schema() {
  static const Schema s;
  return s;
}

/// The table of options that the row says it has; empty for none.
std::string options_table(const OpRow& row) {
  const bool second = row.options.builtin_options_2 != 0;
  const std::size_t member = second ? row.options.builtin_options_2 : row.options.builtin_options;
  if (member == 0) return {};
  const auto& members = schema().unions.at(second ? "BuiltinOptions2" : "BuiltinOptions");
  return member <= members.size() ? members[member - 1] : "no such member";
}

/// Lower-case letters and digits only, so that SQUARED_DIFFERENCE and SquaredDifferenceOptions compare.
std::string plain(std::string_view text) {
  std::string letters;
  for (const char c : text) {
    if (std::isalnum(static_cast<unsigned char>(c)) != 0)
      letters += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  }
  return letters;
}

/// Ops that share a table, or have one of another name.
const std::map<std::string, std::string>& shared_tables() {
  static const std::map<std::string, std::string> names = {{"SUM", "ReducerOptions"},
                                                           {"MEAN", "ReducerOptions"},
                                                           {"REDUCE_PROD", "ReducerOptions"},
                                                           {"REDUCE_MAX", "ReducerOptions"},
                                                           {"REDUCE_MIN", "ReducerOptions"},
                                                           {"REDUCE_ANY", "ReducerOptions"},
                                                           {"REDUCE_ALL", "ReducerOptions"},
                                                           {"MAXIMUM", "MaximumMinimumOptions"},
                                                           {"MINIMUM", "MaximumMinimumOptions"},
                                                           {"AVERAGE_POOL_2D", "Pool2DOptions"},
                                                           {"MAX_POOL_2D", "Pool2DOptions"},
                                                           {"L2_POOL_2D", "Pool2DOptions"},
                                                           {"L2_NORMALIZATION", "L2NormOptions"},
                                                           {"CONV_3D_TRANSPOSE", "Conv3DOptions"},
                                                           {"RANDOM_UNIFORM", "RandomOptions"},
                                                           {"RANDOM_STANDARD_NORMAL", "RandomOptions"},
                                                           {"MULTINOMIAL", "RandomOptions"},
                                                           {"RNN", "RNNOptions"},
                                                           {"UNIDIRECTIONAL_SEQUENCE_RNN", "SequenceRNNOptions"}};
  return names;
}

bool kind_fits(AttrKind kind, const std::string& type) {
  switch (kind) {
    case AttrKind::padding:
      return type == "Padding";
    case AttrKind::activation:
      return type == "ActivationFunctionType";
    case AttrKind::type:
      return type == "TensorType";
    case AttrKind::int8_enum:
      return schema().enums.count(type) != 0;
    case AttrKind::boolean:
      return type == "bool";
    case AttrKind::int32:
    case AttrKind::graph:
      return type == "int";
    case AttrKind::uint32:
      return type == "uint";
    case AttrKind::int64:
      return type == "long";
    case AttrKind::float32:
      return type == "float";
    case AttrKind::string:
      return type == "string";
    case AttrKind::int32_list:
      return type == "[int]";
    case AttrKind::int64_list:
      return type == "[long]";
    case AttrKind::float32_list:
      return type == "[float]";
    case AttrKind::bytes:
      return type == "[ubyte]";
  }
  return false;
}

double default_of(const Field& field) {
  if (field.default_value.empty() || field.default_value == "false") return 0;
  if (field.default_value == "true") return 1;
  const auto values = schema().enums.find(field.type);
  if (values != schema().enums.end()) return values->second.at(field.default_value);
  return std::strtod(field.default_value.c_str(), nullptr);
}

TEST(OpTable, RowsAgreeWithTheSchema) {
  ASSERT_GT(schema().tables.size(), 100U);
  op_table().for_each([](const OpRow& row) {
    SCOPED_TRACE(std::string(row.name));
    const std::string table = options_table(row);
    if (!is_builtin(row.op) || row.op == Op::CUSTOM) {
      EXPECT_EQ(table, "") << "the options of an internal or custom op are none of the schema's";
      return;
    }
    const auto shared = shared_tables().find(std::string(row.name));
    std::string expected;
    for (const char* name : {"BuiltinOptions", "BuiltinOptions2"}) {
      for (const std::string& member : schema().unions.at(name)) {
        if (plain(member) == plain(row.name) + "options") expected = member;
      }
    }
    if (shared != shared_tables().end()) expected = shared->second;
    EXPECT_EQ(table, expected);
    const std::vector<Field> fields = table.empty() ? std::vector<Field>() : schema().tables.at(table);
    for (const AttrSpec& spec : row.attrs) {
      if (spec.inside) continue;
      SCOPED_TRACE(std::string(attr_name(spec.attr)));
      ASSERT_LT(spec.slot, fields.size());
      const Field& field = fields[spec.slot];
      EXPECT_EQ(field.name, attr_name(spec.attr));
      EXPECT_TRUE(kind_fits(spec.kind, field.type)) << field.type;
      EXPECT_FLOAT_EQ(static_cast<float>(spec.default_value), static_cast<float>(default_of(field)));
    }
  });
}

TEST(OpTable, EveryBuiltinHasARowOrAReason) {
  const auto check = [](Op op, std::string_view name) {
    SCOPED_TRACE(std::string(name));
    const OpRow* row = op_table().find(op);
    const auto left = std::find_if(kLeftOut.begin(), kLeftOut.end(), [op](const LeftOut& l) { return l.op == op; });
    if (row == nullptr) {
      ASSERT_NE(left, kLeftOut.end()) << "neither a row nor a reason in ops/left_out.h";
      EXPECT_FALSE(left->reason.empty());
      return;
    }
    EXPECT_EQ(left, kLeftOut.end()) << "it has a row: take it off the list in ops/left_out.h";
    EXPECT_EQ(row->name, name);
    EXPECT_NE(row->infer, nullptr);
    EXPECT_TRUE(row->eval != nullptr || !row->pure) << "a pure op without a kernel cannot be folded";
  };
#define TOLITE_BUILTIN(name, code) \
  if (Op::name != Op::CUSTOM) check(Op::name, #name);
#include "lite/builtin_ops.def"
#undef TOLITE_BUILTIN
}

TEST(OpTable, VersionsAreThoseThatTheRuntimeLoads) {
  struct Versions {
    Op op{};
    int lowest = 1;
    int highest = 1;
  };
  const std::vector<Versions> kernels = {
#define KERNEL(name, lowest, highest) {Op::name, lowest, highest},
#include "unit/ops/kernel_versions.def"
#undef KERNEL
  };
  op_table().for_each([&](const OpRow& row) {
    if (!is_builtin(row.op) || row.op == Op::CUSTOM) return;
    SCOPED_TRACE(std::string(row.name));
    const auto at = std::find_if(kernels.begin(), kernels.end(), [&](const Versions& v) { return v.op == row.op; });
    ASSERT_NE(at, kernels.end()) << "the runtime has no kernel for it";
    int rules = 0;
    for (const VersionRule& rule : row.version) {
      ++rules;
      ASSERT_NE(rule.when, nullptr);
      EXPECT_LE(rule.version, at->highest);
      EXPECT_GE(rule.version, at->lowest);
    }
    EXPECT_TRUE(at->lowest == 1 || rules > 0) << "version 1 is not loaded";
  });
}

}  // namespace
}  // namespace tolite
