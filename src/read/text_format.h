// The text form of protobuf (.pbtxt), turned into wire form so that everything behind sees one form.
#pragma once

#include <memory>
#include <string_view>

#include "read/buffer.h"

namespace tolite::read {

/// Whether the bytes look like text rather than wire format.
bool is_text_format(Bytes bytes);

/// `message` is "GraphDef" or "SavedModel". Fields that are not in the table of text_schema.cpp are skipped, as the
/// wire reader skips those it does not know. Throws Error(malformed) naming the line, Error(too_deep).
std::shared_ptr<const Buffer> text_to_wire(const Buffer& text, std::string_view message);

}  // namespace tolite::read
