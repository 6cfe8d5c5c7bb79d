#pragma once
// SPDX-License-Identifier: Apache-2.0
// A run as Markdown, with plots.

#include <filesystem>
#include <string>
#include <vector>

#include "evidence/results.hpp"

namespace qmtl::benchmark::evidence {

/// What is said about a run above its results.
struct RunFacts {
  std::string command;
  Protocol protocol{};
  bool quick = false;
  double seconds = 0.0;       ///< of the whole run
  std::size_t data_sets = 0;  ///< of the run, when it is finished
};

/// Introduction and overview: a table a regime and dimension, heads by data sets, with what is significant, and the
/// losses of quantum heads by name.
[[nodiscard]] std::string overview_section(const RunFacts& facts, const std::vector<DatasetResult>& results,
                                           const Comparisons& comparisons);

/// All tables of one data set.
[[nodiscard]] std::string dataset_section(const DatasetResult& data, const Comparisons& comparisons);

/// How many tests were corrected, and how DeLong's errors and the bootstrap's agree.
[[nodiscard]] std::string statistics_section(const Comparisons& comparisons);

/// All of a report but its plots.
[[nodiscard]] std::string markdown(const RunFacts& facts, const std::vector<DatasetResult>& results,
                                   const Comparisons& comparisons);

/// Writes `file` and, in the folder beside it named as the file's stem and "_plots", gnuplot scripts, drawn as SVG
/// where gnuplot is installed. Throws FileError.
void write_report(const std::filesystem::path& file, const RunFacts& facts, const std::vector<DatasetResult>& results,
                  const Comparisons& comparisons);

}  // namespace qmtl::benchmark::evidence
