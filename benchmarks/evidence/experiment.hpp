#pragma once
// SPDX-License-Identifier: Apache-2.0
// One comparison: a data set, a representation, heads, a search for each, trainings with several seeds.

#include <string>
#include <vector>

#include "evidence/heads.hpp"
#include "evidence/problem.hpp"
#include "evidence/protocol.hpp"
#include "qmtl/data/split.hpp"
#include "qmtl/loss/paired_bootstrap.hpp"

namespace qmtl::benchmark::evidence {

/// What is between the inputs and a head.
enum class Regime {
  frozen,  ///< the first so many inputs as they are: only the head learns
  narrow,  ///< a trained linear layer to so many numbers
  trained  ///< a trained hidden layer (tanh), and a linear layer to so many numbers
};

[[nodiscard]] const char* to_string(Regime regime);

/// A head after its search and its final trainings.
struct HeadOutcome {
  std::string name;
  bool quantum = false;
  static constexpr int differing = -1;
  int width = 0;  ///< of the hidden layer that validation rows chose, of `mlp`; or differing, of folds
  int head_parameters = 0, backbone_parameters = 0;
  Setting setting{};
  bool settings_differ = false;  ///< of folds; then it is the first one's
  int settings_tried = 0;        ///< of all folds
  bool at_edge = false;          ///< the setting is the largest or smallest that was tried
  int diverged = 0;              ///< final trainings, which count as answers at random
  double validation_auc = undefined_metric;
  std::vector<double> auc{};                               ///< mean over tasks on test rows, a seed each
  std::vector<std::vector<double>> task_auc{};             ///< of a task, of a seed: mean over folds
  std::vector<std::vector<std::vector<double>>> scores{};  ///< of a task of the truth, of a seed: as PairedScores
  double seconds = 0.0;                                    ///< of one final training

  [[nodiscard]] int parameters() const noexcept { return head_parameters + backbone_parameters; }
  [[nodiscard]] double mean_auc() const { return summarize(auc).mean; }
};

struct Experiment {
  std::string dataset;
  Regime regime = Regime::frozen;
  int dimension = 0;
  std::vector<HeadOutcome> heads;
  /// Of the test rows, without scores. Of several folds: all tasks of the first, then of the next, over the test rows
  /// of all of them, no label being known where a row is of another fold.
  PairedTasks truth{};
  int hidden = 0;                         ///< width of the backbone's hidden layer; 0 where there is none
  std::vector<std::string> task_names{};  ///< a number where a task has none

  [[nodiscard]] std::size_t tasks() const noexcept { return task_names.size(); }
};

/// The training rows that learn and those that judge (`validation`) while a head's setting is searched.
[[nodiscard]] SplitIndices search_rows(const Problem& problem, const Protocol& protocol);

/// Throws ShapeError where heads cannot have so many features, ValueError where the hidden layer's width is not of the
/// regime: from 1 where the backbone is trained, else 0.
void require_representation(const Problem& problem, Regime regime, int dimension, int hidden);

/// Heads on so many features, without references.
[[nodiscard]] std::vector<HeadKind> heads_of(const std::vector<ModelTask>& tasks, Regime regime, int dimension);

/// Throws as require_representation. Runs it; test rows are read once, by the final models. Heads whose name is not in
/// `only` are left out unless that is empty. `hidden`: width of the hidden layer of a trained backbone.
[[nodiscard]] Experiment run_experiment(const Problem& problem, Regime regime, int dimension, const Protocol& protocol,
                                        const std::vector<std::string>& only = {}, int hidden = 0);

/// `logistic` and `mlp` on all inputs, which no representation changes. The MLP's width is the one that validation rows
/// choose; all widths count as settings tried.
[[nodiscard]] Experiment run_references(const Problem& problem, const Protocol& protocol,
                                        const std::vector<std::string>& only = {});

/// AUC of one head less another's, mean over tasks, by rows and seeds.
[[nodiscard]] BootstrapDifference compare(const Experiment& experiment, const HeadOutcome& first,
                                          const HeadOutcome& second, const BootstrapOptions& options);

}  // namespace qmtl::benchmark::evidence
