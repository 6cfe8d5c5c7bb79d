#pragma once
// SPDX-License-Identifier: Apache-2.0
// A run as Markdown, with plots.

#include <filesystem>
#include <string>
#include <vector>

#include "evidence/results.hpp"
#include "evidence/run_facts.hpp"

namespace qmtl::benchmark::evidence {

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

/// Beside the file, named as its stem and "_plots".
[[nodiscard]] std::filesystem::path plots_folder(const std::filesystem::path& file);

/// Writes `file` and, in the folder beside it named as the file's stem and "_plots", gnuplot scripts, drawn as SVG
/// where gnuplot is installed. Throws FileError.
void write_report(const std::filesystem::path& file, const RunFacts& facts, const std::vector<DatasetResult>& results,
                  const Comparisons& comparisons);

}  // namespace qmtl::benchmark::evidence
