// What import could not translate: collected over the whole model, grouped by op and reason.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tolite/error.h"

namespace tolite::import {

/// The way out for what the runtime does not do in float64.
inline constexpr std::string_view kNarrowFloat64 = "let every float64 be float32: --narrow-float64";

struct Issue {
  std::string op;
  std::string reason;
  std::string way_out;             ///< empty if there is none
  std::vector<std::string> nodes;  ///< full names, in the order of the graph
  Code code = Code::cannot_convert;
};

/// Groups issues by op and reason; the groups stay in the order in which they were first met.
class Issues {
 public:
  void add(const std::string& op, const std::string& reason, const std::string& way_out, std::string node,
           Code code = Code::cannot_convert) {
    const auto [at, is_new] = groups_.try_emplace({op, reason}, list_.size());
    if (is_new) list_.push_back({op, reason, way_out, {}, code});
    list_[at->second].nodes.push_back(std::move(node));
  }
  const std::vector<Issue>& list() const { return list_; }
  bool empty() const { return list_.empty(); }

 private:
  std::map<std::pair<std::string, std::string>, std::size_t> groups_;
  std::vector<Issue> list_;
};

}  // namespace tolite::import
