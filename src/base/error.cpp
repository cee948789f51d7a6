// Texts and exit statuses of the error codes; the Error class itself.
#include "tolite/error.h"

#include <fmt/core.h>

#include <utility>

namespace tolite {

std::string code_name(Code code) { return fmt::format("TL{:04}", static_cast<int>(code)); }

std::string_view code_title(Code code) {
  switch (code) {
#define TOLITE_ERROR(name, number, exit_status, title) \
  case Code::name:                                     \
    return title;
#include "tolite/error_codes.def"
#undef TOLITE_ERROR
  }
  return "unknown error";
}

int exit_status(Code code) {
  switch (code) {
#define TOLITE_ERROR(name, number, exit_status, title) \
  case Code::name:                                     \
    return exit_status;
#include "tolite/error_codes.def"
#undef TOLITE_ERROR
  }
  return 5;
}

Error::Error(Code code, std::string message, std::string where, std::vector<std::string> notes)
    : code_(code), message_(std::move(message)), where_(std::move(where)), notes_(std::move(notes)) {
  what_ = code_name(code_) + ": " + message_;
  if (!where_.empty()) what_ += " (" + where_ + ")";
}

Error Error::at(std::string_view outer) const {
  std::string where = where_.empty() ? std::string(outer) : where_ + ", in " + std::string(outer);
  return Error(code_, message_, std::move(where), notes_);
}

}  // namespace tolite
