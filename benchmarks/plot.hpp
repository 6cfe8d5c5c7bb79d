#pragma once
// SPDX-License-Identifier: Apache-2.0
// Plots of the programs that draw: gnuplot scripts that hold their data.

#include <cctype>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <system_error>

#include "qmtl/core/error.hpp"
#include "result_table.hpp"

namespace qmtl::benchmark {

struct Plot {
  std::string name;  ///< of the file, without its ending
  std::string title;
  std::string script;  ///< but for terminal and output
  int width = 960, height = 440;
};

/// "MUStARD" -> "mustard", everything but letters and digits becomes "_".
[[nodiscard]] inline std::string plot_file_name(const std::string& text) {
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (std::isalnum(byte) != 0) {
      out += static_cast<char>(std::tolower(byte));
    } else if (!out.empty() && out.back() != '_') {
      out += '_';
    }
  }
  return out;
}

/// Writes <name>.gp into a folder, which is created, and has gnuplot draw <name>.svg there. Returns whether it did;
/// without gnuplot the script stays. Throws FileError.
[[nodiscard]] inline bool draw(const Plot& plot, const std::filesystem::path& folder) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) throw FileError(detail::text("qmtl: cannot make the folder ", folder.string(), ": ", error.message()));
  const std::string script =
      detail::text("set terminal svg size ", plot.width, ',', plot.height,
                   " noenhanced background 'white'\nset output '", plot.name, ".svg'\nset grid\n", plot.script);
  ResultTable::write_text((folder / (plot.name + ".gp")).string(), script);
  if (std::system("command -v gnuplot >/dev/null 2>&1") != 0) return false;
  const auto here = std::filesystem::current_path();
  std::filesystem::current_path(folder);
  const bool drawn = std::system(detail::text("gnuplot ", plot.name, ".gp").c_str()) == 0;
  std::filesystem::current_path(here);
  return drawn;
}

}  // namespace qmtl::benchmark
