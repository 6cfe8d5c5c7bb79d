#pragma once
// SPDX-License-Identifier: Apache-2.0
// A command as a reader of a report would type it.

#include <algorithm>
#include <cstddef>
#include <span>
#include <string>

namespace qmtl::benchmark {

/// Program and arguments, without the folders of this machine: DIR behind --data, of all other paths the file alone,
/// also where they are divided by commas or follow a name and "=".
[[nodiscard]] inline std::string command_line(std::string program, std::span<const char* const> arguments) {
  const auto without_folders = [](const std::string& text) {
    std::string out;
    for (std::size_t first = 0; first <= text.size();) {
      const std::size_t end = std::min(text.find_first_of(",=", first), text.size());
      const std::size_t slash = end == first ? std::string::npos : text.rfind('/', end - 1);
      const std::size_t file = slash == std::string::npos || slash < first ? first : slash + 1;
      out += text.substr(file, end - file + 1);  // with what divides
      first = end + 1;
    }
    return out;
  };
  std::string before;
  for (const std::string argument : arguments) {
    program += before == "--data"                ? " DIR"
               : argument.starts_with("--data=") ? " --data=DIR"
                                                 : " " + without_folders(argument);
    before = argument;
  }
  return program;
}

}  // namespace qmtl::benchmark
