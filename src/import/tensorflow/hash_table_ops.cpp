// Hash tables: filled by the initialiser, read by the graph.
#include <fmt/core.h>

#include <algorithm>
#include <cstdlib>
#include <string>

#include "base/file.h"
#include "import/tensorflow/graph_importer.h"
#include "import/tensorflow/ops/operands.h"
#include "tolite/error.h"

namespace tolite::tensorflow {
namespace {

HashTable& table_operand(ItemNode& n) {
  const Item& item = n.item(0, Item::Kind::table, "a table that could be followed to where it is made");
  return n.importer().session().hash_tables[item.index];
}

std::vector<Item> handle(ItemNode& n) {
  ImportSession& session = n.importer().session();
  session.state.has_tables = true;
  return {Item(Item::Kind::table, session.hash_tables.of_handle(n.def()))};
}

void fill(HashTable& table, Tensor keys, Tensor values) {
  if (table.is_filled || keys.element_count() != values.element_count()) return;
  const std::vector<std::int64_t> dims{keys.element_count()};
  keys.dims = values.dims = dims;
  table.keys = std::move(keys);
  table.values = std::move(values);
  table.is_filled = true;
}

std::vector<Item> import_contents(ItemNode& n) {
  HashTable& table = table_operand(n);
  const Tensor* keys = n.importer().builder().constant_of(n.in(1));
  const Tensor* values = n.importer().builder().constant_of(n.in(2));
  if (keys == nullptr || values == nullptr) {
    table.obstacle = "its keys or values are computed";
  } else {
    fill(table, *keys, *values);
  }
  return {};
}

// Columns of a line that are no column: the line's number, and the whole line.
constexpr std::int64_t kLineNumber = -1;
constexpr std::int64_t kWholeLine = -2;

std::string column_of(const std::string& line, std::int64_t column, char delimiter, std::int64_t number) {
  if (column == kLineNumber) return std::to_string(number);
  if (column == kWholeLine) return line;
  std::size_t begin = 0;
  for (; column > 0; --column) {
    begin = line.find(delimiter, begin);
    if (begin == std::string::npos) throw Error(Code::malformed, "a line of a vocabulary file has too few columns");
    ++begin;
  }
  return line.substr(begin, line.find(delimiter, begin) - begin);
}

Tensor tensor_of_texts(Type type, const std::vector<std::string>& texts) {
  const std::vector<std::int64_t> dims{static_cast<std::int64_t>(texts.size())};
  if (type == Type::string) return string_tensor(dims, texts);
  std::vector<std::int64_t> numbers;
  for (const std::string& text : texts) {
    char* end = nullptr;
    numbers.push_back(std::strtoll(text.c_str(), &end, 10));
    if (end != text.c_str() + text.size() || text.empty())
      throw Error(Code::malformed, "a vocabulary file has a number that is none");
  }
  return integer_tensor(type, dims, numbers);
}

/// InitializeTableFromTextFileV2: a line an entry.
std::vector<Item> import_file(ItemNode& n) {
  HashTable& table = table_operand(n);
  const Tensor* path = n.importer().builder().constant_of(n.in(1));
  if (path == nullptr || path->type != Type::string || path->element_count() != 1) {
    table.obstacle = "the name of its vocabulary file is computed";
    return {};
  }
  const std::string name(string_element(*path, 0));
  const auto& assets = n.importer().session().assets;
  const bool is_asset = std::any_of(assets.begin(), assets.end(), [&](const auto& a) { return a.second == name; });
  if (!is_asset) {  // a path of the machine where the model was made
    table.obstacle = "its vocabulary file is not among the model's assets";
    return {};
  }
  const std::int64_t key_column = n.integer_attr("key_index", kWholeLine);
  const std::int64_t value_column = n.integer_attr("value_index", kLineNumber);
  const std::string delimiter = n.text_attr("delimiter", "\t");
  const std::int64_t offset = n.integer_attr("offset");
  const std::int64_t most = n.integer_attr("vocab_size", -1);
  const auto file = MappedFile::open(name);
  std::vector<std::string> keys;
  std::vector<std::string> values;
  std::string_view text = as_text(file->bytes());
  for (std::int64_t number = 0; !text.empty(); ++number) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string line(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    if (number < offset) continue;
    if (most >= 0 && number - offset >= most) break;
    const char mark = delimiter.empty() ? '\t' : delimiter[0];
    keys.push_back(column_of(line, key_column, mark, number - offset));
    values.push_back(column_of(line, value_column, mark, number - offset));
  }
  fill(table, tensor_of_texts(table.key_type, keys), tensor_of_texts(table.value_type, values));
  return {};
}

bool has_builtin(const HashTable& table) {
  return (table.key_type == Type::string && table.value_type == Type::int64) ||
         (table.key_type == Type::int64 && table.value_type == Type::string);
}

/// Integer keys and any values that a kernel gathers: the key is compared with all keys.
ValueId find_by_comparison(ItemNode& n, const HashTable& table, ValueId keys, ValueId missing) {
  Builder& b = n.importer().builder();
  // A comparison is made for every pair of a key that is looked up and one of the table.
  constexpr std::int64_t kMostKeys = 4096;
  const std::int64_t count = table.keys.element_count();
  if (!is_integer(table.key_type) || table.value_type == Type::string || count > kMostKeys) {
    n.refuse(fmt::format("the runtime has tables from string to int64 and back only, not from {} to {}",
                         type_name(table.key_type), type_name(table.value_type)));
  }
  if (count == 0) n.refuse("the table is empty");
  const ValueId column = b(Op::EXPAND_DIMS, {keys, b.int32s({-1})});
  const ValueId equal = b(Op::EQUAL, {column, b.constant(table.keys)});
  const ValueId at =
      b(Op::ARG_MAX,
        {b(Op::CAST, {equal}, {{Attr::in_data_type, Type::boolean}, {Attr::out_data_type, Type::int32}}), b.int32(-1)},
        {{Attr::output_type, Type::int32}});
  const ValueId found = b(Op::GATHER, {b.constant(table.values), at},
                          {{Attr::axis, std::int64_t{0}}, {Attr::batch_dims, std::int64_t{0}}});
  const ValueId exists = b(Op::REDUCE_ANY, {equal, b.int32s({-1})}, {{Attr::keep_dims, false}});
  return b(Op::SELECT_V2, {exists, found, missing});
}

std::vector<Item> find(ItemNode& n) {
  GraphImporter& importer = n.importer();
  const HashTable& table = table_operand(n);
  if (!importer.session().initializer) return {n.in(2)};  // the contents are read before the next attempt
  if (!table.obstacle.empty()) n.refuse("the contents of the table are not known: " + table.obstacle);
  if (!table.is_filled) n.refuse("the model's initialiser does not fill the table");
  if (!has_builtin(table)) return {find_by_comparison(n, table, n.in(1), n.in(2))};
  Builder& b = importer.builder();
  return {b(Op::HASHTABLE_FIND, {importer.table_handle(n.item(0).index), n.in(1), n.in(2)})};
}

std::vector<Item> size(ItemNode& n) {
  GraphImporter& importer = n.importer();
  const HashTable& table = table_operand(n);
  if (importer.session().initializer && !table.is_filled) n.refuse("the contents of the table are not known");
  // What an initialiser puts into a table stays: its size is a number.
  const std::int64_t count = table.is_filled ? table.keys.element_count() : 0;
  return {importer.builder().constant(integer_tensor(Type::int64, {}, std::span(&count, 1)))};
}

}  // namespace

void add_hash_table_translators(ItemTranslators& t) {
  for (const char* op : {"HashTableV2", "HashTable"}) t.add(op, handle);
  for (const char* op : {"LookupTableFindV2", "LookupTableFind"}) t.add(op, find);
  for (const char* op : {"LookupTableSizeV2", "LookupTableSize"}) t.add(op, size);
  for (const char* op : {"InitializeTableV2", "InitializeTable", "LookupTableImportV2", "LookupTableImport"})
    t.add(op, import_contents);
  for (const char* op : {"InitializeTableFromTextFileV2", "InitializeTableFromTextFile"}) t.add(op, import_file);
}

}  // namespace tolite::tensorflow
