#pragma once
// SPDX-License-Identifier: Apache-2.0
// Contests under changing circumstances, and what is printed and drawn of them.

#include <string>
#include <vector>

#include "evidence/contest.hpp"
#include "plot.hpp"

namespace qmtl::benchmark::evidence {

struct StudyEntry {
  std::vector<std::string> at;  ///< the circumstances, a value for each of the study's columns
  ContestOutcome outcome;
  /// What it is compared with: AUCs of the same trials, by the same seeds. Empty: nothing.
  std::vector<double> base_auc{};
  /// Ends of a 95 % interval of the difference from it; NaN where there is none.
  double low = undefined_metric, high = undefined_metric;
};

/// Entries of the same circumstances follow one another.
struct Study {
  std::string name;                  ///< of files
  std::string title;                 ///< a heading
  std::string text{};                ///< below it
  std::vector<std::string> columns;  ///< names of the circumstances; the last one is the axis of plots
  std::string base = "linear";       ///< what differences are from
  bool logarithmic = false;          ///< the axis
  std::vector<StudyEntry> entries{};
};

/// Sets base_auc of the entries from `begin` on to the AUCs of the one among them whose head is the study's base.
void compare_with_base(Study& study, std::size_t begin);

/// A Markdown table, an entry a line. Deviations are over trials; p is of a paired t test over them.
[[nodiscard]] std::string markdown(const Study& study);

/// A JSON array, an object an entry.
[[nodiscard]] std::string to_json(const Study& study);

/// Test AUC with its deviation against the last circumstance, a plot for each choice of the others.
[[nodiscard]] std::vector<Plot> plots(const Study& study);

}  // namespace qmtl::benchmark::evidence
