#pragma once
// SPDX-License-Identifier: Apache-2.0
// A command as a reader of a report would type it.

#include <algorithm>
#include <cstddef>
#include <span>
#include <string>

namespace qmtl::benchmark {

/// Program and arguments, without the folders of this machine: DIR behind --data, of all other paths the file alone,
/// also where several are divided by commas, or one follows "=". In quotes where there are spaces.
[[nodiscard]] inline std::string command_line(std::string program, std::span<const char* const> arguments) {
  const auto files = [](const std::string& text) {
    std::string out;
    for (std::size_t first = 0; first <= text.size();) {
      const std::size_t end = std::min(text.find(',', first), text.size());
      const std::size_t slash = end == first ? std::string::npos : text.rfind('/', end - 1);
      const std::size_t file = slash == std::string::npos || slash < first ? first : slash + 1;
      out += text.substr(file, end - file + 1);  // with the comma
      first = end + 1;
    }
    return out;
  };
  std::string before;
  for (const std::string argument : arguments) {
    std::size_t value = argument.find('=') + 1;                                              // 0 where there is none
    if (argument.starts_with("--")) value = std::max(value, argument.find('=', value) + 1);  // --dataset=NAME=FILE
    std::string shown = before == "--data" ? "DIR" : argument.starts_with("--data=") ? "--data=DIR" : "";
    if (shown.empty()) shown = argument.substr(0, value) + files(argument.substr(value));
    program += shown.find(' ') == std::string::npos ? " " + shown : " '" + shown + "'";
    before = argument;
  }
  return program;
}

}  // namespace qmtl::benchmark
