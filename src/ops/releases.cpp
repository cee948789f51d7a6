// Looks releases up in the table.
#include "ops/releases.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <climits>
#include <cstdint>
#include <utility>

#include "tolite/error.h"

namespace tolite {
namespace {

#define TOLITE_VERSIONS(...)
constexpr auto kReleases = std::to_array<std::string_view>({
#define TOLITE_RELEASE(name) name,
#include "ops/releases.def"
#undef TOLITE_RELEASE
});
#undef TOLITE_VERSIONS

struct Versions {
  Op op{};
  std::array<std::uint8_t, kReleases.size()> highest{};
};

#define TOLITE_RELEASE(name)
constexpr Versions kVersions[] = {
#define TOLITE_VERSIONS(op, ...) {Op::op, {__VA_ARGS__}},
#include "ops/releases.def"
#undef TOLITE_VERSIONS
};
#undef TOLITE_RELEASE

// Releases whose kernels nobody read: they have at least those of the release before them.
constexpr std::pair<std::string_view, std::string_view> kLikeOthers[] = {
    {"2.17", "2.16"},       {"2.18", "2.16"},       {"litert-1.0", "2.16"},
    {"2.19", "litert-1.1"}, {"2.20", "litert-1.4"}, {"newest", kReleases.back()}};

const Versions* find(Op op) {
  const auto* at =
      std::find_if(std::begin(kVersions), std::end(kVersions), [&](const Versions& v) { return v.op == op; });
  return at != std::end(kVersions) ? at : nullptr;
}

}  // namespace

Release Release::named(std::string_view name) {
  std::string_view column = name;
  for (const auto& [alias, like] : kLikeOthers) {
    if (alias == name) column = like;
  }
  const auto at = std::find(kReleases.begin(), kReleases.end(), column);
  if (at == kReleases.end())
    throw Error(Code::bad_option, fmt::format("no runtime is known as \"{}\"", name), {},
                {fmt::format("runtimes: {}", fmt::join(names(), ", "))});
  return {std::string(name), static_cast<std::size_t>(at - kReleases.begin())};
}

std::vector<std::string> Release::names() {
  std::vector<std::string> all(kReleases.begin(), kReleases.end());
  for (const auto& [alias, like] : kLikeOthers)
    all.insert(std::find(all.begin(), all.end(), like) + 1, std::string(alias));
  return all;
}

int Release::highest_version(Op op) const {
  if (op == Op::CUSTOM) return INT_MAX;
  const Versions* versions = find(op);
  return versions != nullptr ? versions->highest[column_] : 0;
}

std::string_view first_release_with(Op op, int version) {
  const Versions* versions = find(op);
  for (std::size_t i = 0; versions != nullptr && i < kReleases.size(); ++i) {
    if (versions->highest[i] >= version) return kReleases[i];
  }
  return {};
}

}  // namespace tolite
