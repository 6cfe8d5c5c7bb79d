#pragma once
// SPDX-License-Identifier: Apache-2.0
// search: cross-validates settings, and says which is best.

#include <algorithm>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <functional>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "qmtl/loss/statistics.hpp"
#include "qmtl/train/cross_validate.hpp"
#include "qmtl/train/search_space.hpp"

namespace qmtl::inline QMTL_ABI {

/// A new model and how it is to be trained: what a setting stands for.
template <class Model>
struct Training {
  Model model;
  FitOptions options{};
};
template <class Model>
Training(Model, FitOptions) -> Training<Model>;

/// Mean over the tasks of AUC, and of R2 where targets are real; what is undefined is left out, NaN if all is.
[[nodiscard]] inline double mean_auc_or_r2(std::span<const TaskMetrics> tasks) noexcept {
  double sum = 0.0, defined = 0.0;
  for (const TaskMetrics& task : tasks) {
    const double value = task.classes == 0 ? task.r2 : task.auc;
    if (std::isnan(value)) continue;
    sum += value;
    defined += 1.0;
  }
  return defined > 0.0 ? sum / defined : undefined_metric;
}

/// How settings are tried.
struct SearchOptions {
  int threads = 1;                ///< trainings at a time, 1 to 1024; the results are the same
  double validation = 0.0;        ///< as in CrossValidationOptions; trainings without early stopping and callbacks,
                                  ///< which look at no such rows, are on all rows
  bool weighted_metrics = false;  ///< as there
  /// What is to be large: from the metrics of all tasks on the held-out rows of one fold.
  std::function<double(std::span<const TaskMetrics>)> score = mean_auc_or_r2;
};

/// A setting and what the folds have shown of it.
template <class T>
struct SearchTrial {
  std::size_t number = 0;  ///< of the setting among those given, from 0
  T setting;
  MeanDeviation score;                            ///< over the folds; NaN where a training failed
  std::vector<std::vector<TaskMetrics>> metrics;  ///< by fold and task; empty where a training failed
  std::string error;                              ///< what ended the training of the first fold that failed, or empty
};

/// All settings, the best first; those that failed or whose score is NaN come last. Equals stay in the order given.
template <class T>
struct SearchResult {
  std::vector<SearchTrial<T>> trials;
  std::vector<SettingColumn<T>> columns;
  double validation = 0.0;  ///< as in the SearchOptions: fit_best sets as many rows aside

  /// The chosen setting with its score. Throws NumericalError where no setting has a score.
  [[nodiscard]] const SearchTrial<T>& best() const {
    if (!trials.empty() && !std::isnan(trials.front().score.mean)) return trials.front();
    throw NumericalError(detail::text("qmtl: search: expected a setting with a score, got none of ", trials.size(),
                                      trials.empty() || trials.front().error.empty() ? "" : "; the first failed: ",
                                      trials.empty() ? "" : trials.front().error));
  }
};

namespace detail {

/// What a training on one fold of one setting gave.
struct FoldTrial {
  std::vector<TaskMetrics> metrics;
  std::string error;
};

/// Puts the folds of a setting together.
template <class T>
[[nodiscard]] SearchTrial<T> join_folds(std::size_t number, const T& setting, std::span<FoldTrial> folds,
                                        const SearchOptions& options) {
  SearchTrial<T> out{number, setting, {}, {}, {}};
  for (FoldTrial& fold : folds) {
    if (out.error.empty()) out.error = std::move(fold.error);
  }
  if (!out.error.empty()) return out;
  std::vector<double> scores;
  for (FoldTrial& fold : folds) {
    scores.push_back(options.score(fold.metrics));
    out.metrics.push_back(std::move(fold.metrics));
  }
  out.score = summarize(scores);
  return out;
}

/// The share of rows that a training sets aside: none where nothing looks at them.
[[nodiscard]] inline double validation_share(const FitOptions& options, double validation) noexcept {
  return options.early_stopping || !options.callbacks.empty() ? validation : 0.0;
}

/// Tries settings on folds of so many rows and sorts them: train(training, fold, options) gives the metrics of the rows
/// held out of what make(setting) has made.
template <class T, class Make, class Train>
[[nodiscard]] SearchResult<T> try_settings(const SearchSettings<T>& settings, const Make& make, Eigen::Index rows,
                                           std::span<const Fold> folds, const SearchOptions& options,
                                           const Train& train) {
  if (settings.values.empty()) throw ValueError("qmtl: search: expected at least one setting, got none");
  if (!options.score) throw ValueError("qmtl: search: expected a score, got an empty function");
  require_folds(folds, rows, options.validation);
  std::vector<FoldTrial> outcomes(settings.values.size() * folds.size());
  run_jobs(outcomes.size(), options.threads, [&](std::size_t i) {
    try {
      auto training = make(settings.values[i / folds.size()]);
      require_no_checkpoint(training.options);
      const double share = validation_share(training.options, options.validation);
      outcomes[i].metrics =
          train(std::move(training), folds[i % folds.size()], {options.threads, share, options.weighted_metrics});
    } catch (const NumericalError& error) {
      outcomes[i].error = error.what();
    }
  });
  SearchResult<T> out{{}, settings.columns, options.validation};
  for (std::size_t s = 0; s < settings.values.size(); ++s) {
    const auto of_setting = std::span(outcomes).subspan(s * folds.size(), folds.size());
    out.trials.push_back(join_folds(s, settings.values[s], of_setting, options));
  }
  const auto better = [](const SearchTrial<T>& a, const SearchTrial<T>& b) {
    return std::isnan(b.score.mean) ? !std::isnan(a.score.mean) : a.score.mean > b.score.mean;
  };
  std::stable_sort(out.trials.begin(), out.trials.end(), better);
  return out;
}

}  // namespace detail

/// Cross-validates every setting and sorts them by the mean of their scores. `make` turns a setting into a Training,
/// also on several threads at once:
///
///     const auto found = search(space.random(20, rng), [](const Tuning& t) {
///       return Training{Model{Seed{1}}, FitOptions{.optimizer = Adam{.learning_rate = t.rate}}};
///     }, data, folds, {.threads = 2});
///     std::cout << to_table(found);
///     auto model = fit_best(found, make, data);
///
/// The results are the same bits whatever the number of threads. A training that fails with a NumericalError is a
/// result: its setting has the message and no score. Other exceptions end the search: see `cross_validate`. The score
/// of the best of many settings is too good by selection; judge the chosen one on rows that were no part of the search.
template <class T, std::invocable<const T&> Make, Scalar S>
[[nodiscard]] SearchResult<T> search(const SearchSettings<T>& settings, const Make& make, const Dataset<S>& data,
                                     std::span<const Fold> folds, const SearchOptions& options = {}) {
  detail::require_sample_columns(data);
  return detail::try_settings(
      settings, make, data.rows(), folds, options,
      [&](auto training, const Fold& fold, const CrossValidationOptions& how) {
        return detail::train_fold(std::move(training.model), data, fold, training.options, how).metrics;
      });
}

/// The model of the chosen setting, trained on all rows; one with early stopping or callbacks on all but the share that
/// the search has set aside on each fold, drawn by the seed of its options. Throws what `best` and `fit` throw.
template <class T, std::invocable<const T&> Make, Scalar S>
[[nodiscard]] auto fit_best(const SearchResult<T>& found, const Make& make, const Dataset<S>& data) {
  auto training = make(found.best().setting);
  const double share = detail::validation_share(training.options, found.validation);
  const auto rows = detail::training_rows(detail::all_rows(data.rows()), training.options.seed, share);
  if (rows.stopping.empty()) {
    fit(training.model, data, training.options);
  } else {
    fit(training.model, data.select(rows.train), data.select(rows.stopping), training.options);
  }
  return std::move(training.model);
}

/// A table with a setting a line, the best first: number, what the settings' columns say, mean and deviation of the
/// score, "failed" where a training failed.
template <class T>
[[nodiscard]] std::string to_table(const SearchResult<T>& found) {
  std::vector<std::vector<std::string>> rows{{"setting"}};
  for (const auto& column : found.columns) rows[0].push_back(column.name);
  rows[0].insert(rows[0].end(), {"score", "+-"});
  for (const SearchTrial<T>& trial : found.trials) {
    rows.push_back({std::to_string(trial.number)});
    for (const auto& column : found.columns) rows.back().push_back(column.text(trial.setting));
    rows.back().push_back(trial.error.empty() ? detail::fixed(trial.score.mean, 3) : "failed");
    rows.back().push_back(detail::fixed(trial.score.deviation, 3));
  }
  return detail::align(rows);
}

}  // namespace qmtl::inline QMTL_ABI
