#pragma once
// SPDX-License-Identifier: Apache-2.0
// Plots of a study: gnuplot scripts that hold their data.

#include <filesystem>
#include <string>
#include <vector>

#include "paper/study.hpp"

namespace qmtl::benchmark::paper {

struct Plot {
  std::string name;  ///< of the file, without its ending
  std::string title;
  std::string script;  ///< but for terminal and output
};

/// Test AUC of each task and head, mean AUC against head parameters, and training curves of the chosen settings.
[[nodiscard]] std::vector<Plot> make_plots(const ProblemResult& result);

/// Writes <name>.gp into a folder, which is created, and has gnuplot draw <name>.svg there. Returns whether it did;
/// without gnuplot the script stays. Throws FileError.
[[nodiscard]] bool draw(const Plot& plot, const std::filesystem::path& folder);

}  // namespace qmtl::benchmark::paper
