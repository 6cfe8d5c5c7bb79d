#pragma once
// SPDX-License-Identifier: Apache-2.0
// cross_validate: a fresh model for each fold, judged on the rows that it has not seen.

#include <cmath>
#include <concepts>
#include <cstddef>
#include <limits>
#include <numeric>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "qmtl/core/run_jobs.hpp"
#include "qmtl/data/k_fold.hpp"
#include "qmtl/data/split.hpp"
#include "qmtl/train/evaluate.hpp"
#include "qmtl/train/fit.hpp"
#include "qmtl/train/predict.hpp"
#include "qmtl/train/report.hpp"

namespace qmtl::inline QMTL_ABI {

/// How folds are trained on.
struct CrossValidationOptions {
  int threads = 1;                ///< trainings at a time, 1 to 1024; the results are the same
  double validation = 0.0;        ///< share of a fold's training rows that are set aside for early stopping, below 1:
                                  ///< at random, row by row, whatever groups or strata the folds are made of
  bool weighted_metrics = false;  ///< whether rows count by the data's sample weights: see evaluate_weighted
};

/// What the folds have shown. Rows are those of the data, whichever fold held them out.
template <Scalar S>
struct CrossValidation {
  std::vector<std::vector<TaskMetrics>> metrics;  ///< of each fold's held-out rows, by task
  std::vector<FitReport> reports;                 ///< of each fold's training
  std::vector<TaskFacts> tasks;                   ///< of the models
  Batch<S> predictions;  ///< outputs x rows, as `predict` gives them, each by the model that has not seen the row: the
                         ///< mean where several have not, NaN where none

  /// Probabilities of a task's classes, classes x rows: see predict_probabilities. Throws ShapeError for a task that is
  /// not there or has no classes, NumericalError where a row was never held out.
  [[nodiscard]] Batch<double> probabilities(std::size_t task) const {
    const TaskFacts& facts = class_task(task);
    return detail::class_probabilities(facts, detail::outputs_of<S>(facts, predictions));
  }

  /// The class of each row: see predict_classes. Throws as `probabilities`.
  [[nodiscard]] std::vector<int> classes(std::size_t task, double threshold = no_threshold) const {
    const TaskFacts& facts = class_task(task);
    return detail::most_probable_classes(facts, detail::outputs_of<S>(facts, predictions), threshold);
  }

 private:
  [[nodiscard]] const TaskFacts& class_task(std::size_t task) const {
    if (task < tasks.size() && tasks[task].classes > 0) return tasks[task];
    throw ShapeError(detail::text("qmtl: cross-validation: expected the number of a task with classes, got ", task,
                                  " of ", tasks.size(), " tasks"));
  }
};

/// A callable that returns a new model, not trained yet; also on several threads at once.
template <class Make>
concept ModelMaker = std::invocable<const Make&> && requires(const std::invoke_result_t<const Make&>& model) {
  task_facts(model);
};

/// The type of the models that it makes.
template <ModelMaker Make>
using ModelMadeBy = std::remove_cvref_t<std::invoke_result_t<const Make&>>;

namespace detail {

/// Throws unless a fold has rows of both kinds, numbered as the data's, none of them both trained on and held out.
inline void require_fold(const Fold& fold, std::size_t number, Eigen::Index rows) {
  if (fold.train.empty() || fold.held_out.empty()) {
    throw ValueError(text("qmtl: cross-validation: fold ", number,
                          ": expected rows to train on and rows held out, got ", fold.train.size(), " and ",
                          fold.held_out.size()));
  }
  std::vector<bool> trained(static_cast<std::size_t>(rows));
  const auto require_row = [&](Eigen::Index row) {
    if (row >= 0 && row < rows) return;
    throw ShapeError(
        text("qmtl: cross-validation: fold ", number, ": row number, expected 0 to ", rows - 1, ", got ", row));
  };
  for (const Eigen::Index row : fold.train) {
    require_row(row);
    trained[static_cast<std::size_t>(row)] = true;
  }
  for (const Eigen::Index row : fold.held_out) {
    require_row(row);
    if (!trained[static_cast<std::size_t>(row)]) continue;
    throw ValueError(text("qmtl: cross-validation: fold ", number, ": row ", row,
                          ", expected rows that are trained on or held out, got one that is both"));
  }
}

inline void require_folds(std::span<const Fold> folds, Eigen::Index rows, double validation) {
  if (folds.empty()) throw ValueError("qmtl: cross-validation: expected at least one fold, got none");
  for (std::size_t f = 0; f < folds.size(); ++f) require_fold(folds[f], f, rows);
  if (validation >= 0.0 && validation < 1.0) return;
  throw ValueError(
      text("qmtl: cross-validation: validation share, expected a number from 0 to below 1, got ", validation));
}

inline void require_no_checkpoint(const FitOptions& options) {
  if (!options.checkpoint) return;
  throw ValueError("qmtl: cross-validation: checkpoint, expected none, since trainings would share its file");
}

/// What training on one fold gives.
template <Scalar S>
struct FoldOutcome {
  std::vector<TaskMetrics> metrics;
  FitReport report;
  std::vector<TaskFacts> tasks;
  Batch<S> predictions;  // outputs x held-out rows
};

/// The rows of a fold that a model is trained on, and those set aside for early stopping, which may be none.
struct TrainingRows {
  std::vector<Eigen::Index> train, stopping;
};

[[nodiscard]] inline std::vector<Eigen::Index> all_rows(Eigen::Index rows) {
  std::vector<Eigen::Index> out(static_cast<std::size_t>(rows));
  std::iota(out.begin(), out.end(), Eigen::Index{0});
  return out;
}

[[nodiscard]] inline TrainingRows training_rows(std::span<const Eigen::Index> rows, Seed seed, double validation) {
  if (validation == 0.0) return {{rows.begin(), rows.end()}, {}};
  Rng rng(seed);
  const auto parts = split(static_cast<Eigen::Index>(rows.size()),
                           {.train = 1.0 - validation, .validation = validation, .test = 0.0}, rng);
  TrainingRows out;
  for (const Eigen::Index i : parts.train) out.train.push_back(rows[static_cast<std::size_t>(i)]);
  for (const Eigen::Index i : parts.validation) out.stopping.push_back(rows[static_cast<std::size_t>(i)]);
  return out;
}

/// What a trained model says of the rows that its fold holds out.
template <Backbone B, Head H>
[[nodiscard]] FoldOutcome<typename B::Scalar> judge_fold(MultiTaskModel<B, H>& model,
                                                         const Dataset<typename B::Scalar>& held_out,
                                                         std::span<const int> majorities, FitReport report,
                                                         const CrossValidationOptions& how) {
  using S = typename B::Scalar;
  validate(model, held_out);
  FoldOutcome<S> out{{}, std::move(report), task_facts(model), model.predict(held_out.inputs)};
  out.metrics = Evaluation<S>::task_metrics(out.tasks, model.target_scaler(), held_out, out.predictions, majorities,
                                            how.weighted_metrics);
  return out;
}

/// Trains a model on a fold and judges it on what the fold holds out.
template <Backbone B, Head H>
[[nodiscard]] FoldOutcome<typename B::Scalar> train_fold(MultiTaskModel<B, H> model,
                                                         const Dataset<typename B::Scalar>& data, const Fold& fold,
                                                         const FitOptions& options, const CrossValidationOptions& how) {
  const TrainingRows rows = training_rows(fold.train, options.seed, how.validation);
  const auto train = data.select(rows.train);
  FitReport report =
      rows.stopping.empty() ? fit(model, train, options) : fit(model, train, data.select(rows.stopping), options);
  return judge_fold(model, data.select(fold.held_out), majority_classes(model, train), std::move(report), how);
}

/// The predictions of all folds at the places of their rows.
template <Scalar S>
[[nodiscard]] Batch<S> out_of_fold(std::span<const FoldOutcome<S>> outcomes, std::span<const Fold> folds,
                                   Eigen::Index rows) {
  Batch<S> sum = Batch<S>::Zero(outcomes.front().predictions.rows(), rows);
  std::vector<int> times(static_cast<std::size_t>(rows));
  for (std::size_t f = 0; f < folds.size(); ++f) {
    Eigen::Index from = 0;
    for (const Eigen::Index row : folds[f].held_out) {
      sum.col(row) += outcomes[f].predictions.col(from++);
      ++times[static_cast<std::size_t>(row)];
    }
  }
  for (Eigen::Index row = 0; row < rows; ++row) {
    const int count = times[static_cast<std::size_t>(row)];
    if (count == 0) sum.col(row).setConstant(std::numeric_limits<S>::quiet_NaN());
    if (count > 1) sum.col(row) /= static_cast<S>(count);
  }
  return sum;
}

/// Puts together what train(fold), a FoldOutcome, gives for each fold of so many rows.
template <Scalar S, class Train>
[[nodiscard]] CrossValidation<S> train_folds(Eigen::Index rows, std::span<const Fold> folds,
                                             const CrossValidationOptions& options, const Train& train) {
  require_folds(folds, rows, options.validation);
  std::vector<FoldOutcome<S>> outcomes(folds.size());
  run_jobs(folds.size(), options.threads, [&](std::size_t f) { outcomes[f] = train(folds[f]); });
  CrossValidation<S> out;
  out.tasks = outcomes.front().tasks;
  out.predictions = out_of_fold<S>(outcomes, folds, rows);
  for (auto& outcome : outcomes) {
    out.metrics.push_back(std::move(outcome.metrics));
    out.reports.push_back(std::move(outcome.report));
  }
  return out;
}

/// A table with a task a line: mean and deviation over the folds of each metric that is defined for some task.
[[nodiscard]] inline std::string fold_table(std::span<const std::vector<TaskMetrics>> folds) {
  struct Column {
    const char* title;
    double TaskMetrics::*value;
    bool has_unit;
  };
  constexpr Column columns[] = {
      {"loss", &TaskMetrics::loss, false},         {"accuracy", &TaskMetrics::accuracy, false},
      {"macro-F1", &TaskMetrics::macro_f1, false}, {"AUC", &TaskMetrics::auc, false},
      {"RMSE", &TaskMetrics::rmse, true},          {"R2", &TaskMetrics::r2, false}};
  std::vector<std::vector<std::string>> rows{{text("mean of ", folds.size(), " folds")}};
  const std::size_t tasks = folds.empty() ? 0 : folds.front().size();
  for (std::size_t t = 0; t < tasks; ++t) rows.push_back({folds.front()[t].name});
  for (const Column& column : columns) {
    std::vector<MeanDeviation> summaries;
    bool defined = false;
    for (std::size_t t = 0; t < tasks; ++t) {
      std::vector<double> values;
      for (const auto& fold : folds) values.push_back(fold[t].*column.value);
      summaries.push_back(summarize(values));
      defined = defined || summaries.back().count > 0;
    }
    if (!defined) continue;
    rows[0].insert(rows[0].end(), {column.title, "+-"});
    for (std::size_t t = 0; t < tasks; ++t) {
      const auto cell = [&](double value) { return column.has_unit ? significant(value, 4) : fixed(value, 3); };
      rows[t + 1].insert(rows[t + 1].end(), {cell(summaries[t].mean), cell(summaries[t].deviation)});
    }
  }
  return align(rows);
}

}  // namespace detail

/// Trains a new model on each fold and judges it on the rows held out, which it has not seen: standardisation, too, is
/// learnt from its training rows only. `make_model` is called once a fold; models are to be made of the same seed every
/// time, or of other random state of their own. Folds come from `k_fold`, `stratified_k_fold`, `grouped_k_fold`,
/// `repeated_folds`, or are one's own. The results are the same bits whatever the number of threads, if the heads use
/// one each; callbacks of `options` are called from all of them. Memory: a copy of the data a thread.
///
/// Throws ShapeError and ValueError for folds and data that do not fit and for options with a checkpoint, and what
/// `fit` throws: of several folds, the error of the first.
template <ModelMaker Make>
[[nodiscard]] CrossValidation<typename ModelMadeBy<Make>::Scalar> cross_validate(
    const Make& make_model, const Dataset<typename ModelMadeBy<Make>::Scalar>& data, const FitOptions& fit_options,
    std::span<const Fold> folds, const CrossValidationOptions& options = {}) {
  detail::require_sample_columns(data);
  detail::require_no_checkpoint(fit_options);
  return detail::train_folds<typename ModelMadeBy<Make>::Scalar>(data.rows(), folds, options, [&](const Fold& fold) {
    return detail::train_fold(make_model(), data, fold, fit_options, options);
  });
}

/// A table with a task a line: mean and sample deviation over the folds of each metric; what is undefined is left out.
template <Scalar S>
[[nodiscard]] std::string to_table(const CrossValidation<S>& result) {
  return detail::fold_table(result.metrics);
}

}  // namespace qmtl::inline QMTL_ABI
