#pragma once
// SPDX-License-Identifier: Apache-2.0
// The difference of two models' mean AUC, with what other rows and other seeds would have made of it: a paired
// bootstrap.

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <span>
#include <string>
#include <vector>

#include "qmtl/core/execution.hpp"
#include "qmtl/core/rng.hpp"
#include "qmtl/loss/metrics.hpp"
#include "qmtl/loss/statistics.hpp"

namespace qmtl::inline QMTL_ABI {

/// What two models answered for the rows of a task, in several trainings each; training r of both had the same seed.
/// Scores of two classes are one a row, the larger the likelier class 1; of several, one a row and class, class fast.
struct PairedScores {
  int classes = 2;
  std::vector<int> truth{};                   ///< a class a row; negative where it is missing
  std::vector<std::vector<double>> first{};   ///< scores, a training each
  std::vector<std::vector<double>> second{};  ///< as many
};

/// Tasks over the same rows, which are drawn together, as the test rows of a data set or of one of its folds.
using PairedTasks = std::vector<PairedScores>;

struct BootstrapOptions {
  int resamples = 10000;
  double confidence = 0.95;  ///< of the interval
  bool rows = true;          ///< rows are drawn again
  bool trainings = true;     ///< trainings are drawn again
  Seed seed{1};
  Execution execution{};  ///< the result is the same with any
};

/// A difference with its distribution over resamples.
struct BootstrapDifference {
  double estimate = undefined_metric;        ///< on the rows and trainings as they are
  double standard_error = undefined_metric;  ///< deviation of the resamples
  double low = undefined_metric;             ///< ends of the interval, by percentiles
  double high = undefined_metric;
  std::vector<double> resampled;  ///< sorted

  /// One-sided p value of "the difference is at most -margin" (non-inferiority with that margin where it is small):
  /// the share of resamples there, none below 1 / (resamples + 1).
  [[nodiscard]] double p_inferior(double margin) const {
    const auto below = std::upper_bound(resampled.begin(), resampled.end(), -margin) - resampled.begin();
    return (static_cast<double>(below) + 1.0) / (static_cast<double>(resampled.size()) + 1.0);
  }

  /// Two-sided p value of no difference: twice the smaller share of resamples on either side of 0.
  [[nodiscard]] double p() const {
    const auto below = std::upper_bound(resampled.begin(), resampled.end(), 0.0) - resampled.begin();
    const auto above = resampled.end() - std::lower_bound(resampled.begin(), resampled.end(), 0.0);
    return std::min(
        1.0, 2.0 * (static_cast<double>(std::min(below, above)) + 1.0) / (static_cast<double>(resampled.size()) + 1.0));
  }
};

namespace detail {

using Draws = std::vector<std::uint32_t>;  ///< how often each row, or each training, counts
using RowDraws = std::vector<Draws>;       ///< of each stratum

/// As many as there are, with replacement.
inline void draw_again(Rng& rng, Draws& counts) noexcept {
  std::fill(counts.begin(), counts.end(), 0u);
  for (std::size_t i = 0; i < counts.size(); ++i) ++counts[rng.below(counts.size())];
}

/// Rows in the order of one score, for AUCs of rows that count several times or not at all.
class RankedRows {
 public:
  RankedRows(const PairedScores& task, std::span<const double> scores, std::size_t positive) {
    const std::size_t stride = task.classes == 2 ? 1 : static_cast<std::size_t>(task.classes);
    const std::size_t column = task.classes == 2 ? 0 : positive;
    std::vector<std::uint32_t> order;
    for (std::size_t row = 0; row < task.truth.size(); ++row) {
      if (task.truth[row] >= 0) order.push_back(static_cast<std::uint32_t>(row));
    }
    const auto score = [&](std::uint32_t row) { return scores[row * stride + column]; };
    std::sort(order.begin(), order.end(), [&](auto a, auto b) { return score(a) < score(b); });
    for (std::size_t i = 0; i < order.size(); ++i) {
      const bool is_positive = task.truth[order[i]] == static_cast<int>(positive);
      const bool last_of_ties = i + 1 == order.size() || score(order[i + 1]) != score(order[i]);
      rows_.push_back({order[i], is_positive, last_of_ties});
    }
  }

  /// NaN where the rows that count are all of one kind.
  [[nodiscard]] double auc(const Draws& counts) const noexcept {
    std::uint64_t twice_pairs = 0, negatives = 0, positives = 0, tied_negatives = 0, tied_positives = 0;
    for (const Row& row : rows_) {
      const std::uint64_t count = counts[row.row], positive = row.positive ? count : 0;
      tied_positives += positive;
      tied_negatives += count - positive;
      if (!row.last_of_ties) continue;
      twice_pairs += tied_positives * (2 * negatives + tied_negatives);
      negatives += tied_negatives;
      positives += tied_positives;
      tied_negatives = tied_positives = 0;
    }
    if (positives == 0 || negatives == 0) return undefined_metric;
    return 0.5 * static_cast<double>(twice_pairs) / (static_cast<double>(positives) * static_cast<double>(negatives));
  }

  /// The same of several draws at once, each row's counts side by side, in a fraction of the time: the same bits while
  /// pairs are fewer than 2^52.
  template <std::size_t Lanes>
  [[nodiscard]] std::array<double, Lanes> aucs(std::span<const std::array<double, Lanes>> counts) const noexcept {
    using Lane = std::array<double, Lanes>;
    Lane twice_pairs{}, negatives{}, positives{}, tied_negatives{}, tied_positives{}, out;
    for (const Row& row : rows_) {
      const Lane& count = counts[row.row];
      Lane& tied = row.positive ? tied_positives : tied_negatives;
      for (std::size_t l = 0; l < Lanes; ++l) tied[l] += count[l];
      if (!row.last_of_ties) continue;
      for (std::size_t l = 0; l < Lanes; ++l) {
        twice_pairs[l] += tied_positives[l] * (2.0 * negatives[l] + tied_negatives[l]);
        negatives[l] += tied_negatives[l];
        positives[l] += tied_positives[l];
        tied_negatives[l] = tied_positives[l] = 0.0;
      }
    }
    for (std::size_t l = 0; l < Lanes; ++l) {
      const bool defined = positives[l] > 0.0 && negatives[l] > 0.0;
      out[l] = defined ? 0.5 * twice_pairs[l] / (positives[l] * negatives[l]) : undefined_metric;
    }
    return out;
  }

 private:
  struct Row {
    std::uint32_t row;
    bool positive, last_of_ties;
  };
  std::vector<Row> rows_;
};

/// One training of one model on one task: AUC of two classes, or the mean of one against the rest.
struct RankedTask {
  std::vector<RankedRows> questions;

  [[nodiscard]] double auc(const Draws& counts) const noexcept {
    double sum = 0.0;
    int defined = 0;
    for (const RankedRows& question : questions) {
      const double of_one = question.auc(counts);
      if (std::isnan(of_one)) continue;
      sum += of_one;
      ++defined;
    }
    return defined == 0 ? undefined_metric : sum / defined;
  }
};

/// Throws ShapeError or ValueError for scores that do not fit.
inline void require_paired_scores(const PairedScores& task, std::size_t rows, std::size_t trainings,
                                  std::string_view where) {
  if (task.classes < 2) throw ValueError(text("qmtl: ", where, ": classes, expected at least 2, got ", task.classes));
  require_size(text(where, ": rows of truth").c_str(), task.truth.size(), rows);
  for (const int label : task.truth) {
    if (label < task.classes) continue;
    throw ValueError(text("qmtl: ", where, ": truth, expected below ", task.classes, ", got ", label));
  }
  const std::size_t columns = task.classes == 2 ? 1 : static_cast<std::size_t>(task.classes);
  for (const auto* model : {&task.first, &task.second}) {
    require_size(text(where, ": trainings").c_str(), model->size(), trainings);
    for (const auto& scores : *model) {
      require_size(text(where, ": scores").c_str(), scores.size(), rows * columns);
      if (std::any_of(scores.begin(), scores.end(), [](double s) { return std::isnan(s); }))
        throw ValueError(text("qmtl: ", where, ": scores, expected numbers, got a NaN"));
    }
  }
}

/// All that is drawn from: ranked once, as most of a resample's time would be sorting.
class PairedAucs {
 public:
  explicit PairedAucs(std::span<const PairedTasks> strata) {
    for (const PairedTasks& tasks : strata) add(tasks);
    if (strata_.empty()) throw ShapeError("qmtl: paired_bootstrap: expected at least one task, got none");
  }

  [[nodiscard]] std::size_t trainings() const noexcept { return trainings_; }

  /// The mean over trainings, each so many times, of the mean over strata and tasks. NaN where no task has an AUC.
  [[nodiscard]] double difference(const RowDraws& rows, const Draws& trainings) const {
    double sum = 0.0, weight = 0.0;
    for (std::size_t s = 0; s < strata_.size(); ++s) {
      for (const auto& task : strata_[s].tasks) {
        for (std::size_t r = 0; r < trainings_; ++r) {
          if (trainings[r] == 0) continue;
          const double of_first = task.first[r].auc(rows[s]), of_second = task.second[r].auc(rows[s]);
          if (std::isnan(of_first) || std::isnan(of_second)) continue;
          const double share = trainings[r] / static_cast<double>(strata_[s].tasks.size());
          sum += share * (of_first - of_second);
          weight += share;
        }
      }
    }
    return weight == 0.0 ? undefined_metric : sum / weight;
  }

  [[nodiscard]] RowDraws all_rows() const {
    RowDraws out;
    for (const Stratum& stratum : strata_) out.emplace_back(stratum.rows, 1u);
    return out;
  }
  [[nodiscard]] Draws all_trainings() const { return Draws(trainings_, 1u); }

 private:
  struct Task {
    std::vector<RankedTask> first, second;  // a training each
  };
  struct Stratum {
    std::size_t rows = 0;
    std::vector<Task> tasks;
  };

  void add(const PairedTasks& tasks) {
    if (tasks.empty()) return;
    if (strata_.empty()) trainings_ = tasks.front().first.size();
    if (trainings_ == 0) throw ShapeError("qmtl: paired_bootstrap: expected at least one training, got none");
    Stratum& stratum = strata_.emplace_back(Stratum{tasks.front().truth.size(), {}});
    for (std::size_t t = 0; t < tasks.size(); ++t) {
      require_paired_scores(tasks[t], stratum.rows, trainings_, text("paired_bootstrap: task ", t));
      Task& task = stratum.tasks.emplace_back();
      for (std::size_t r = 0; r < trainings_; ++r) {
        task.first.push_back(ranked(tasks[t], tasks[t].first[r]));
        task.second.push_back(ranked(tasks[t], tasks[t].second[r]));
      }
    }
  }

  [[nodiscard]] static RankedTask ranked(const PairedScores& task, std::span<const double> scores) {
    RankedTask out;
    const std::size_t from = task.classes == 2 ? 1 : 0;
    for (std::size_t c = from; c < static_cast<std::size_t>(task.classes); ++c)
      out.questions.emplace_back(task, scores, c);
    return out;
  }

  std::vector<Stratum> strata_;
  std::size_t trainings_ = 0;
};

/// Differences on resamples, in no order.
[[nodiscard]] inline std::vector<double> resampled_differences(const PairedAucs& aucs,
                                                               const BootstrapOptions& options) {
  std::vector<Rng> rngs;
  rngs.reserve(static_cast<std::size_t>(options.resamples));
  Rng seeds(options.seed);
  for (int i = 0; i < options.resamples; ++i) rngs.push_back(seeds.split());
  Workers workers(thread_count(options.execution));
  std::vector<RowDraws> rows(static_cast<std::size_t>(workers.count()), aucs.all_rows());
  std::vector<Draws> trainings(rows.size(), aucs.all_trainings());
  std::vector<double> out(rngs.size());
  workers.run([&](int worker) {  // allocates nothing, so that it does not throw
    const auto w = static_cast<std::size_t>(worker);
    for (std::size_t i = w; i < out.size(); i += rows.size()) {
      if (options.rows) {
        for (Draws& counts : rows[w]) draw_again(rngs[i], counts);
      }
      if (options.trainings) draw_again(rngs[i], trainings[w]);
      out[i] = aucs.difference(rows[w], trainings[w]);
    }
  });
  std::erase_if(out, [](double value) { return std::isnan(value); });
  return out;
}

/// Of sorted values, between which it interpolates.
[[nodiscard]] inline double percentile(std::span<const double> sorted, double share) {
  const double at = share * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<std::size_t>(at);
  const std::size_t above = std::min(below + 1, sorted.size() - 1);
  return sorted[below] + (at - static_cast<double>(below)) * (sorted[above] - sorted[below]);
}

}  // namespace detail

/// AUC(first) - AUC(second), the mean over trainings, strata and tasks, and what it would be for other rows and other
/// seeds: both are drawn with replacement (Efron and Tibshirani 1993), the same rows for both models, all tasks and all
/// trainings of a stratum, the same trainings for both models. Few trainings make for intervals that are too short, as
/// for any bootstrap: with 5, by a tenth or so of the part that is the trainings'. Cost: resamples x trainings x tasks
/// x rows, some nanoseconds each. Throws ShapeError for sizes that do not agree, ValueError for labels out of range,
/// scores that are NaN, fewer than 1 resample, a confidence outside (0, 1).
[[nodiscard]] inline BootstrapDifference paired_bootstrap(std::span<const PairedTasks> strata,
                                                          const BootstrapOptions& options = {}) {
  if (options.resamples < 1 || !(options.confidence > 0.0 && options.confidence < 1.0)) {
    throw ValueError(
        detail::text("qmtl: paired_bootstrap: expected at least 1 resample and a confidence in (0, 1), got ",
                     options.resamples, ", ", options.confidence));
  }
  const detail::PairedAucs aucs(strata);
  BootstrapDifference out;
  out.estimate = aucs.difference(aucs.all_rows(), aucs.all_trainings());
  out.resampled = detail::resampled_differences(aucs, options);
  if (out.resampled.empty()) return out;
  std::sort(out.resampled.begin(), out.resampled.end());
  out.standard_error = summarize(out.resampled).deviation;
  out.low = detail::percentile(out.resampled, 0.5 - 0.5 * options.confidence);
  out.high = detail::percentile(out.resampled, 0.5 + 0.5 * options.confidence);
  return out;
}

}  // namespace qmtl::inline QMTL_ABI
