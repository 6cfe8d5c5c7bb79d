#pragma once
// SPDX-License-Identifier: Apache-2.0
// The studies: when a quantum head is the right one, and how it scales.

#include <algorithm>
#include <string>
#include <vector>

#include "evidence/study.hpp"

namespace qmtl::benchmark::evidence {

struct StudyOptions {
  int seeds = 5;         ///< final trainings; seed s has data (or a choice of rows) of its own
  int search_seeds = 2;  ///< trainings of each setting, on data that no final training sees
  int threads = 1;
  std::vector<std::string> heads{};  ///< only these, by name, and what they are compared with; empty: all

  [[nodiscard]] bool takes(const std::string& head) const {
    return heads.empty() || head == "linear" || std::ranges::find(heads, head) != heads.end();
  }
};

/// Heads on generated tasks, by the truth's order, label noise and training rows.
struct InteractionStudy {
  std::vector<std::string> truths{"1", "2", "3", "mixed"};  ///< orders; mixed: half main effect, half of order 2
  std::vector<double> flipped{0.0, 0.2};
  std::vector<int> rows{250, 1000, 4000};
  int tasks = 2, features = 6;
  int test_rows = 2000;  ///< as many validation rows
  int steps = 600;       ///< of a training, about
};
/// First on the features as they are, where each task has features of its own in its window; then behind a trained
/// linear layer to as many numbers, where each task may need any of them. Throws ValueError for an unknown truth.
[[nodiscard]] Study study_interactions(const InteractionStudy& settings, const StudyOptions& options);

/// All tasks of a data set behind one shared linear layer and encoding, against a model of its own for each.
struct RowStudy {
  std::string name, path;
  std::vector<std::string> views{"x"};
  std::vector<double> shares{0.1, 0.2, 0.5, 1.0};  ///< of the training rows
  int dimension = 4;                               ///< of the linear layer's outputs
  int epochs = 15;                                 ///< with all rows; fewer rows have more, up to four times
  int resamples = 2000;                            ///< of the bootstrap behind intervals
};
[[nodiscard]] Study study_rows(const RowStudy& settings, const StudyOptions& options);

/// T generated tasks behind an MLP of width 32 to d = 2 T numbers.
struct ScalingStudy {
  std::vector<int> tasks{2, 4, 8, 16, 32};
  int rows = 750;  ///< to learn from, and as many to be judged by
  int epochs = 20;
};
[[nodiscard]] Study study_scaling(const ScalingStudy& settings, const StudyOptions& options);

}  // namespace qmtl::benchmark::evidence
