#pragma once
// SPDX-License-Identifier: Apache-2.0
// Results of a study over folds and seeds, and as JSON.

#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <vector>

#include "paper/paired_test.hpp"
#include "paper/study.hpp"

namespace qmtl::benchmark::paper {

/// A task over the seeds; with several folds a seed's value is the mean over the folds.
struct TaskSummary {
  std::string name;
  int classes = 0;
  double majority = 0.0;
  MeanDeviation accuracy, f1, auc;
};

struct HeadSummary {
  std::string name;
  int head_parameters = 0;
  std::size_t backbone_parameters = 0;  ///< mean over folds, as searches may choose different backbones
  double seconds = 0.0;                 ///< training with one seed, all folds together; mean over seeds
  double validation_auc = 0.0;          ///< of the chosen settings, mean over tasks and folds
  std::vector<TaskSummary> tasks{};
  std::vector<double> auc_by_seed{};     ///< mean over tasks and folds
  int diverged = 0;                      ///< final trainings that are left out of all this
  std::vector<double> first_fold_auc{};  ///< mean over tasks of the first fold, by seed
  std::vector<NoiseResult> noise{};      ///< by case, of the first fold; means over seeds
  HardwareResult hardware{};             ///< of the first fold's first seed

  /// Of head and backbone together.
  [[nodiscard]] std::size_t parameters() const noexcept {
    return backbone_parameters + static_cast<std::size_t>(head_parameters);
  }
};

[[nodiscard]] HeadSummary summarize_head(const HeadResult& head);

/// A summary of each head, and, where both hybrid forms are there, of the better one by validation AUC as "hybrid".
[[nodiscard]] std::vector<HeadSummary> summarize_heads(const ProblemResult& result);

/// The summary with a name; null if there is none.
[[nodiscard]] const HeadSummary* find_head(std::span<const HeadSummary> heads, const std::string& name);

/// Tasks by whether one head's mean test AUC, to three digits, is above, equal to or below another's.
struct TaskRecord {
  int above = 0, equal = 0, below = 0;
  double gain = 0.0, loss = 0.0;         ///< the largest difference either way
  std::string gain_task{}, loss_task{};  ///< and its task; empty if there is none

  TaskRecord& operator+=(const TaskRecord& other);
};

/// The tasks of `head` against those of `other`; one without an AUC counts nowhere.
[[nodiscard]] TaskRecord compare_tasks(const HeadSummary& head, const HeadSummary& other);

/// {"benchmarks": [...]}, an entry a problem and head.
[[nodiscard]] nlohmann::ordered_json to_json(std::span<const ProblemResult> results);

}  // namespace qmtl::benchmark::paper
