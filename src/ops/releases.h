// The releases of the runtime, and which op versions each loads.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "lite/op.h"

namespace tolite {

class Release {
 public:
  /// By name: "2.3" to "2.21" are TensorFlow Lite's, "litert-1.0" and on are LiteRT's, "newest" is the newest known.
  /// Throws Error(bad_option).
  static Release named(std::string_view name);
  static std::vector<std::string> names();
  /// The release that files are written for where none is named: what it lacks has an older form wherever there is one.
  static Release usual() { return named("litert-1.0"); }

  const std::string& name() const { return name_; }
  bool is_before(const Release& other) const { return column_ < other.column_; }
  /// 0 if the release lacks the op. Custom ops have no versions: any will do.
  int highest_version(Op op) const;

 private:
  Release(std::string name, std::size_t column) : name_(std::move(name)), column_(column) {}
  std::string name_;
  std::size_t column_;
};

/// The first release that loads the op at this version; empty if none is known.
std::string_view first_release_with(Op op, int version);

}  // namespace tolite
