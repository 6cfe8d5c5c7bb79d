#pragma once
// SPDX-License-Identifier: Apache-2.0
// Models that are trained on the same rows with equal budgets: a search for each, then several trainings.

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "evidence/heads.hpp"
#include "evidence/runtime_model.hpp"
#include "qmtl/data/dataset.hpp"
#include "qmtl/loss/metrics.hpp"

namespace qmtl::benchmark::evidence {

struct TrainingSetting {
  double learning_rate = 1e-2;
  double head_rate_scale = 1.0;  ///< the head's learning rate, as a multiple
  int epochs = 15;

  friend bool operator==(const TrainingSetting&, const TrainingSetting&) = default;
};

/// One training: rows to learn from, rows to be judged by, and the seed of parameters and of the order of samples.
struct Trial {
  Dataset<double> learn, judge;
  Seed seed{1};
};

struct Contender {
  std::string name;
  bool quantum = false;
  std::function<std::unique_ptr<RuntimeModel>(Seed)> make;
};

/// Dense layers of these widths, inputs first, and a head behind them.
[[nodiscard]] Contender contender(std::vector<ModelTask> tasks, std::vector<int> backbone, const HeadKind& head);

/// So many binary tasks.
[[nodiscard]] std::vector<ModelTask> binary_tasks(int count);

struct ContestOptions {
  std::vector<TrainingSetting> settings;
  int batch_size = 32;
  double weight_decay = 1e-2;  ///< of backbones, and of heads that always decay
  /// How often a winner whose learning rate is the largest or smallest is followed by one more, by a ratio of 3.
  int extensions = 2;
  int threads = 1;
};

struct ContestOutcome {
  std::string name;
  bool quantum = false;
  int head_parameters = 0, parameters = 0;
  TrainingSetting setting{};
  int settings_tried = 0;
  bool at_edge = false;  ///< the learning rate still is the largest or smallest that was tried
  double validation_auc = undefined_metric;
  std::vector<double> auc{};                 ///< of each final trial, mean over tasks
  std::vector<Batch<double>> predictions{};  ///< of each final trial: tasks x rows to be judged by
  int diverged = 0;                          ///< final trainings, which count as answers at random
  double seconds = 0.0;                      ///< of a final training, mean
};

/// The setting with the best mean AUC over the trials of the search (the first of equals), trained in the final trials.
/// Those are read once, by the final models. The same for any number of threads, but for seconds.
[[nodiscard]] ContestOutcome contest(const Contender& contender, std::span<const Trial> search,
                                     std::span<const Trial> finals, const ContestOptions& options);

}  // namespace qmtl::benchmark::evidence
