// Errors as people read them.
#pragma once

#include "tolite/error.h"
#include "tolite/report.h"

namespace tolite::cli {

/// "error TL0200: message" with the place and notes, on stderr.
void print_error(const Error& error);

/// The table of what cannot be converted, on stderr.
void print_unconverted(const Report& report);
/// Nodes that cannot compute with integers, or do not.
void print_kept_float(const Report& report);

}  // namespace tolite::cli
