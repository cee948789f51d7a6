// Handles of what is kept between calls.
#include "lite/session.h"

#include <memory>
#include <string_view>

namespace tolite {

Tensor resource_handle(const std::string& name) {
  const auto text = std::make_shared<const std::string>(name);
  return {Type::resource, {}, as_bytes(std::string_view(*text)), text};
}

std::string resource_name(const Tensor& handle) { return std::string(as_text(handle.bytes)); }

}  // namespace tolite
