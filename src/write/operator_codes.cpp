// Collects operator codes in the order of their first nodes.
#include "write/operator_codes.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "lite/node_view.h"

namespace tolite::write {
namespace {

struct MinRuntime {
  Op op;
  int version;
  std::string_view release;
};

constexpr MinRuntime kMinRuntimes[] = {
#define TOLITE_MIN_RUNTIME(op, version, release) {Op::op, version, release},
#include "write/min_runtime.def"
#undef TOLITE_MIN_RUNTIME
};

/// "2.10.0" as numbers, which compare as releases do.
std::array<int, 3> release_numbers(std::string_view release) {
  std::array<int, 3> numbers{};
  const char* at = release.data();
  const char* end = at + release.size();
  for (int& number : numbers) {
    at = std::from_chars(at, end, number).ptr;
    if (at != end) ++at;
  }
  return numbers;
}

}  // namespace

std::uint32_t OperatorCodes::add(const NodeView& node) {
  std::string custom_code = node.op() == Op::CUSTOM ? node.text(Attr::custom_code) : std::string();
  const auto [at, is_new] = index_.try_emplace({node.op(), custom_code}, static_cast<std::uint32_t>(list_.size()));
  if (is_new) list_.push_back({node.op(), std::move(custom_code), 1});
  OperatorCode& code = list_[at->second];
  code.version = std::max(code.version, op_version(node));
  return at->second;
}

std::string_view OperatorCodes::min_runtime() const {
  std::string_view latest;
  for (const OperatorCode& code : list_) {
    for (const MinRuntime& row : kMinRuntimes) {
      if (row.op != code.op || row.version != code.version) continue;
      if (latest.empty() || release_numbers(latest) < release_numbers(row.release)) latest = row.release;
    }
  }
  return latest;
}

}  // namespace tolite::write
