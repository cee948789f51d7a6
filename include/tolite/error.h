// The one exception type of tolite: what went wrong, where in the model or file, and what can be done.
#pragma once

#include <cstdint>
#include <exception>
#include <string>
#include <string_view>
#include <vector>

namespace tolite {

/// A stable error code; `docs/errors.md` has a section for each.
enum class Code : std::uint16_t {
#define TOLITE_ERROR(name, number, exit_status, title) name = number,
#include "tolite/error_codes.def"
#undef TOLITE_ERROR
};

/// The code as users see it: "TL0102".
std::string code_name(Code code);

/// One line that says what the code means in general.
std::string_view code_title(Code code);

/// Exit status of the command line for the code: 1 cannot be converted, 2 usage, 3 unreadable input,
/// 4 verification failed, 5 internal.
int exit_status(Code code);

/// Thrown by every function of the library that fails.
class Error : public std::exception {
 public:
  Error(Code code, std::string message, std::string where = {}, std::vector<std::string> notes = {});

  Code code() const noexcept { return code_; }
  /// What happened, one sentence without a full stop.
  const std::string& message() const noexcept { return message_; }
  /// The file, node or layer it happened at, innermost first; empty if it belongs to none.
  const std::string& where() const noexcept { return where_; }
  /// Further lines: alternatives that exist, ways out.
  const std::vector<std::string>& notes() const noexcept { return notes_; }
  /// "TL0102: message (where)".
  const char* what() const noexcept override { return what_.c_str(); }

  /// The same error with an outer place added to `where`; used while an exception travels outwards.
  Error at(std::string_view outer) const;

 private:
  Code code_;
  std::string message_;
  std::string where_;
  std::vector<std::string> notes_;
  std::string what_;
};

}  // namespace tolite
