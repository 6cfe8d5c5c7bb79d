#pragma once
// SPDX-License-Identifier: Apache-2.0
// Heads with scores that nobody trained.

#include <vector>

#include "evidence/experiment.hpp"

namespace qmtl::test {

/// Three tasks over the same rows, the last of three classes; of each some labels are missing.
[[nodiscard]] inline PairedTasks make_truth(std::size_t rows) {
  PairedTasks out{{.classes = 2}, {.classes = 2}, {.classes = 3}};
  Rng rng(Seed{1});
  for (std::size_t i = 0; i < rows; ++i) {
    out[0].truth.push_back(i % 9 == 0 ? -1 : rng.below(3) == 0 ? 1 : 0);
    out[1].truth.push_back(i % 5 == 0 ? -1 : static_cast<int>(rng.below(2)));
    out[2].truth.push_back(i % 7 == 0 ? -1 : static_cast<int>(rng.below(3)));
  }
  return out;
}

/// Scores that know the truth as well as `signal` says, with the same errors of rows for every head, and errors of
/// seeds.
[[nodiscard]] inline benchmark::evidence::HeadOutcome make_head(const PairedTasks& truth, double signal,
                                                                std::size_t seeds, std::uint64_t seed) {
  benchmark::evidence::HeadOutcome out;
  Rng of_rows(Seed{2}), of_head(Seed{seed});
  out.auc.assign(seeds, 0.0);
  for (const PairedScores& task : truth) {
    const std::size_t columns = task.classes == 2 ? 1 : static_cast<std::size_t>(task.classes);
    std::vector<double> common(task.truth.size() * columns);
    for (double& value : common) value = of_rows.normal() + 0.5 * of_head.normal();
    auto& scores = out.scores.emplace_back();
    auto& aucs = out.task_auc.emplace_back();
    for (std::size_t s = 0; s < seeds; ++s) {
      auto& own = scores.emplace_back(common);
      const double known = signal + 0.1 * of_head.normal();
      for (std::size_t i = 0; i < own.size(); ++i) {
        const int label = task.truth[i / columns];
        const bool right = columns == 1 ? label == 1 : label == static_cast<int>(i % columns);
        own[i] += (right ? known : 0.0) + 0.05 * of_head.normal();
      }
      const std::vector<PairedScores> opposite{
          {task.classes, task.truth, {own}, {std::vector<double>(own.size(), 0.0)}}};
      aucs.push_back(0.5 + paired_bootstrap(std::vector<PairedTasks>{opposite}, {.resamples = 1}).estimate);
      out.auc[s] += aucs.back() / static_cast<double>(truth.size());
    }
  }
  return out;
}

}  // namespace qmtl::test
