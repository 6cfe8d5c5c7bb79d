#pragma once
// SPDX-License-Identifier: Apache-2.0
// Generated binary tasks whose truth is an interaction of features.

#include <vector>

#include "qmtl/core/rng.hpp"
#include "qmtl/data/dataset.hpp"

namespace qmtl::benchmark::evidence {

/// Which features a task's truth may depend on.
enum class TaskFeatures {
  own,    ///< of T tasks, task t: the t-th of T groups of neighbours
  shared  ///< all
};

/// What an interaction multiplies.
enum class Factors {
  values,  ///< the features
  signs    ///< their signs: parity
};

/// Settings of make_interaction_tasks. A task's score has mean 0 and variance 1:
/// sqrt(share) * interaction + sqrt(1 - share) * main effect.
struct InteractionTasks {
  int tasks = 2;
  Eigen::Index rows = 1000;
  int features = 6;  ///< standard normal, independent
  int order = 2;     ///< features that the interaction multiplies, from 1; drawn from those of the task
  double share = 1;  ///< of the score's variance that is the interaction's, in [0, 1]
  Factors factors = Factors::values;
  TaskFeatures task_features = TaskFeatures::shared;
  double steepness =
      0.0;               ///< 0: class 1 where the score is positive; else with probability logistic(steepness * score)
  double flipped = 0.0;  ///< probability that a label is replaced by the other one, in [0, 0.5]
  Seed seed{1};          ///< of the tasks and of the rows
};

struct GeneratedTasks {
  Dataset<double> data;
  Batch<double> scores;                   ///< tasks x rows, before noise: what nothing can beat
  std::vector<std::vector<int>> factors;  ///< of each task, ascending
};

/// The main effect is a direction drawn uniformly in the task's features. With sign labels and share 1 values and signs
/// are the same tasks; the scores order rows with an AUC of 1 - flipped (expected, if both classes are as likely). The
/// first rows stay as they are when more are drawn. Throws ShapeError for sizes that do not fit, ValueError for shares
/// and probabilities out of range. O(rows * tasks * features).
[[nodiscard]] GeneratedTasks make_interaction_tasks(const InteractionTasks& settings = {});

}  // namespace qmtl::benchmark::evidence
