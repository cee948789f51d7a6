// Lists in arguments: "a,b,c".
#pragma once

#include <algorithm>
#include <string>
#include <vector>

namespace tolite::cli {

inline std::vector<std::string> split(const std::string& text, char separator) {
  std::vector<std::string> parts;
  std::size_t begin = 0;
  while (begin <= text.size()) {
    const std::size_t end = std::min(text.find(separator, begin), text.size());
    if (end > begin) parts.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return parts;
}

inline void append(std::vector<std::string>& list, std::vector<std::string> more) {
  for (std::string& item : more) list.push_back(std::move(item));
}

}  // namespace tolite::cli
