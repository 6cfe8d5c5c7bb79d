#pragma once
// SPDX-License-Identifier: Apache-2.0
// The study as a Markdown report with plots.

#include <filesystem>
#include <span>
#include <string>

#include "paper/study.hpp"

namespace qmtl::benchmark::paper {

/// What is said about a run above its results.
struct RunFacts {
  std::string command;
  std::string notes{};  ///< Markdown that follows the introduction
  Protocol protocol{};
  bool quick = false;
  double seconds = 0.0;  ///< of the whole run
};

/// The searches of one problem in Markdown: mean validation AUC of each setting and head, a table a fold.
[[nodiscard]] std::string search_tables(const ProblemResult& result);

/// The tables of one problem in Markdown: heads, tasks, paired tests.
[[nodiscard]] std::string results_section(const ProblemResult& result);

/// Mean test AUC of each head on each device, and of growing noise; empty without any.
[[nodiscard]] std::string noise_section(const ProblemResult& result, const NoisePlan& plan);

/// Mean test AUC of each head from a simulated device's answers, and what its circuits were; empty without any.
[[nodiscard]] std::string hardware_section(const ProblemResult& result, const HardwarePlan& plan);

/// Writes `file` and, in the folder beside it named as the file's stem and "_plots", gnuplot scripts, drawn as SVG
/// where gnuplot is installed. Throws FileError.
void write_report(const std::filesystem::path& file, const RunFacts& facts, std::span<const ProblemResult> results);

}  // namespace qmtl::benchmark::paper
