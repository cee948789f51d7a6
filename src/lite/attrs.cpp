// Look-up and names of attributes.
#include "lite/attrs.h"

#include <algorithm>
#include <array>

namespace tolite {

std::string_view attr_name(Attr attr) {
  static constexpr auto names = std::to_array<std::string_view>({
#define TOLITE_ATTR(name) #name,
#include "lite/attrs.def"
#undef TOLITE_ATTR
  });
  return names[static_cast<std::size_t>(attr)];
}

void Attrs::set(AttrEntry entry) {
  const auto at = std::lower_bound(entries_.begin(), entries_.end(), entry.attr,
                                   [](const AttrEntry& e, Attr a) { return e.attr < a; });
  if (at != entries_.end() && at->attr == entry.attr) {
    at->value = std::move(entry.value);
  } else {
    entries_.insert(at, std::move(entry));
  }
}

const AttrValue* Attrs::find(Attr attr) const {
  for (const AttrEntry& e : entries_) {
    if (e.attr == attr) return &e.value;
  }
  return nullptr;
}

}  // namespace tolite
