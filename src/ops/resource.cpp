// Variables and hash tables: what a model keeps between calls. A handle is a scalar that holds a name.
#include <cstring>

#include "lite/eval.h"
#include "lite/infer.h"
#include "ops/families.h"

namespace tolite {
namespace {

void require_handle(Infer& n) { n.require(n.type(0) == Type::resource, "operand 0 is not a handle"); }

constexpr OpRow kVarHandle{
    .op = Op::VAR_HANDLE,
    .name = "VAR_HANDLE",
    .options = {.builtin_options = 111},
    .attrs = {{Attr::container, AttrKind::string}, {Attr::shared_name, AttrKind::string}},
    .infer = [](Infer& n) { n.output(0, Type::resource, {}); },
    .eval = [](Eval& n) { n.set(0, resource_handle(n.text(Attr::container) + '/' + n.text(Attr::shared_name))); },
    .pure = false,
};

constexpr OpRow kReadVariable{
    .op = Op::READ_VARIABLE,
    .name = "READ_VARIABLE",
    .options = {.builtin_options = 112},
    // The handle does not tell what it holds: whoever makes the node describes the result.
    .infer = require_handle,
    .eval =
        [](Eval& n) {
          const std::optional<Tensor>& held = n.session().variable(resource_name(n.in(0)));
          if (!held) n.fail("the variable is read before it has a value");
          n.set(0, *held);
        },
    .pure = false,
    .state = StateUse::reads,
};

constexpr OpRow kAssignVariable{
    .op = Op::ASSIGN_VARIABLE,
    .name = "ASSIGN_VARIABLE",
    .options = {.builtin_options = 113},
    .results = 0,
    .infer = require_handle,
    .eval = [](Eval& n) { n.session().variable(resource_name(n.in(0))) = n.in(1); },
    .pure = false,
    .state = StateUse::changes,
};

constexpr OpRow kHashtable{
    .op = Op::HASHTABLE,
    .name = "HASHTABLE",
    .options = {.builtin_options = 107},
    .attrs = {{Attr::table_id, AttrKind::int32},
              {Attr::key_dtype, AttrKind::type},
              {Attr::value_dtype, AttrKind::type}},
    .infer =
        [](Infer& n) {
          const Type key = n.element_type(Attr::key_dtype);
          const Type value = n.element_type(Attr::value_dtype);
          n.require((key == Type::string && value == Type::int64) || (key == Type::int64 && value == Type::string),
                    "the runtime has tables from string to int64 and back only");
          n.output(0, Type::resource, {1});
        },
    .eval =
        [](Eval& n) {
          Tensor handle = resource_handle("table/" + std::to_string(n.integer(Attr::table_id)));
          handle.dims = {1};
          n.set(0, std::move(handle));
        },
    .pure = false,
};

/// The bytes of an element: eight of an int64, the characters of a string.
std::string element_bytes(const Tensor& tensor, std::int64_t i) {
  if (tensor.type == Type::string) return std::string(string_element(tensor, i));
  return std::string(as_text(tensor.bytes.subspan(static_cast<std::size_t>(i) * 8, 8)));
}

Tensor tensor_of_elements(Type type, std::vector<std::int64_t> dims, const std::vector<std::string>& elements) {
  if (type == Type::string) return string_tensor(std::move(dims), elements);
  std::vector<std::int64_t> numbers(elements.size());
  for (std::size_t i = 0; i < elements.size(); ++i) std::memcpy(&numbers[i], elements[i].data(), 8);
  return integer_tensor(type, std::move(dims), numbers);
}

void check_elements(const Eval& n, const Tensor& tensor) {
  const bool is_whole =
      tensor.type != Type::int64 || tensor.bytes.size() == static_cast<std::size_t>(tensor.element_count()) * 8;
  if ((tensor.type != Type::string && tensor.type != Type::int64) || !is_whole)
    n.fail("keys and values are strings and int64");
}

constexpr OpRow kHashtableFind{
    .op = Op::HASHTABLE_FIND,
    .name = "HASHTABLE_FIND",
    .options = {.builtin_options = 108},
    .infer =
        [](Infer& n) {
          require_handle(n);
          n.output(0, n.type(2), n.shape(1));
        },
    .eval =
        [](Eval& n) {
          const auto& table = n.session().hash_table(resource_name(n.in(0)));
          const Tensor& keys = n.in(1);
          check_elements(n, keys);
          check_elements(n, n.in(2));
          const std::string missing = element_bytes(n.in(2), 0);
          std::vector<std::string> found;
          for (std::int64_t i = 0; i < keys.element_count(); ++i) {
            const auto at = table.find(element_bytes(keys, i));
            found.push_back(at != table.end() ? at->second : missing);
          }
          n.set(0, tensor_of_elements(n.in(2).type, keys.dims, found));
        },
    .pure = false,
    .state = StateUse::reads,
};

constexpr OpRow kHashtableImport{
    .op = Op::HASHTABLE_IMPORT,
    .name = "HASHTABLE_IMPORT",
    .options = {.builtin_options = 109},
    .results = 0,
    .infer = require_handle,
    .eval =
        [](Eval& n) {
          check_elements(n, n.in(1));
          check_elements(n, n.in(2));
          if (n.in(1).element_count() != n.in(2).element_count()) n.fail("there are not as many values as keys");
          auto& table = n.session().hash_table(resource_name(n.in(0)));
          if (!table.empty()) return;  // as the runtime: a table is filled once
          for (std::int64_t i = 0; i < n.in(1).element_count(); ++i)
            table.emplace(element_bytes(n.in(1), i), element_bytes(n.in(2), i));
        },
    .pure = false,
    .state = StateUse::changes,
};

constexpr OpRow kHashtableSize{
    .op = Op::HASHTABLE_SIZE,
    .name = "HASHTABLE_SIZE",
    .options = {.builtin_options = 110},
    .infer =
        [](Infer& n) {
          require_handle(n);
          n.output(0, Type::int64, {1});
        },
    .eval =
        [](Eval& n) {
          const auto size = static_cast<std::int64_t>(n.session().hash_table(resource_name(n.in(0))).size());
          n.set(0, integer_tensor(Type::int64, {1}, std::span(&size, 1)));
        },
    .pure = false,
    .state = StateUse::reads,
};

}  // namespace

void add_resource_ops(OpTable& table) {
  table.add(kVarHandle);
  table.add(kReadVariable);
  table.add(kAssignVariable);
  table.add(kHashtable);
  table.add(kHashtableFind);
  table.add(kHashtableImport);
  table.add(kHashtableSize);
}

}  // namespace tolite
