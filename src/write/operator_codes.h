// The operator codes of a file: which ops at which versions, and the runtime that the whole needs.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "lite/op_row.h"

namespace tolite::write {

struct OperatorCode {
  Op op{};
  std::string custom_code;  ///< for Op::CUSTOM
  int version = 1;          ///< the highest that one of the op's nodes needs
};

class OperatorCodes {
 public:
  /// Index of the node's code, made at the op's first node.
  std::uint32_t add(const NodeView& node);
  const std::vector<OperatorCode>& list() const { return list_; }
  /// The first release of the runtime that has all ops at their versions, such as "2.3.0"; empty if nothing is known.
  std::string_view min_runtime() const;

 private:
  std::vector<OperatorCode> list_;
  std::map<std::pair<Op, std::string>, std::uint32_t> index_;
};

}  // namespace tolite::write
