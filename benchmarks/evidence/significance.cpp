// SPDX-License-Identifier: Apache-2.0
// Resamples, placements and their errors.

#include "evidence/significance.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numbers>

#include "paper/paired_test.hpp"
#include "qmtl/loss/delong.hpp"

namespace qmtl::benchmark::evidence {
namespace {

using Numbers = std::vector<double>;

constexpr double rounding = 8.0 * std::numeric_limits<double>::epsilon();

/// The rows of a task in the order of each training's scores.
[[nodiscard]] std::vector<qmtl::detail::RankedTask> ranked(const PairedScores& task) {
  std::vector<qmtl::detail::RankedTask> out;
  for (const Numbers& scores : task.first) {
    auto& training = out.emplace_back();
    for (std::size_t c = task.classes == 2 ? 1 : 0; c < static_cast<std::size_t>(task.classes); ++c) {
      training.questions.emplace_back(task, scores, c);
    }
  }
  return out;
}

constexpr std::size_t lanes = 8;  ///< resamples at a time
using Lane = std::array<double, lanes>;

/// So many resamples: how often each row, and each training, counts in each.
struct Resamples {
  std::vector<Lane> rows, trainings;

  void set(std::size_t lane, const qmtl::detail::Draws& of_rows, const qmtl::detail::Draws& of_trainings) {
    for (std::size_t i = 0; i < rows.size(); ++i) rows[i][lane] = of_rows[i];
    for (std::size_t r = 0; r < trainings.size(); ++r) trainings[r][lane] = of_trainings[r];
  }
};

/// AUC of two classes, or the mean of one against the rest.
[[nodiscard]] Lane task_aucs(const qmtl::detail::RankedTask& task, const std::vector<Lane>& rows) {
  Lane sum{}, defined{};
  for (const auto& question : task.questions) {
    const Lane aucs = question.aucs(std::span<const Lane>(rows));
    for (std::size_t l = 0; l < lanes; ++l) {
      if (std::isnan(aucs[l])) continue;
      sum[l] += aucs[l];
      defined[l] += 1.0;
    }
  }
  for (std::size_t l = 0; l < lanes; ++l) sum[l] = defined[l] == 0.0 ? undefined_metric : sum[l] / defined[l];
  return sum;
}

/// The mean over trainings, each so many times, and tasks.
[[nodiscard]] Lane mean_aucs(const std::vector<std::vector<qmtl::detail::RankedTask>>& tasks,
                             const Resamples& resamples) {
  Lane sum{}, weight{};
  for (const auto& task : tasks) {
    for (std::size_t r = 0; r < task.size(); ++r) {
      const Lane aucs = task_aucs(task[r], resamples.rows), &counts = resamples.trainings[r];
      for (std::size_t l = 0; l < lanes; ++l) {
        if (std::isnan(aucs[l])) continue;
        sum[l] += counts[l] * aucs[l];
        weight[l] += counts[l];
      }
    }
  }
  for (std::size_t l = 0; l < lanes; ++l) sum[l] = weight[l] == 0.0 ? undefined_metric : sum[l] / weight[l];
  return sum;
}

[[nodiscard]] Numbers resampled_aucs(const PairedTasks& tasks, const BootstrapOptions& options) {
  std::vector<std::vector<qmtl::detail::RankedTask>> of_tasks;
  for (const PairedScores& task : tasks) of_tasks.push_back(ranked(task));
  qmtl::detail::Draws rows(tasks.front().truth.size(), 1u), trainings(tasks.front().first.size(), 1u);
  Resamples resamples{std::vector<Lane>(rows.size()), std::vector<Lane>(trainings.size())};
  const auto count = static_cast<std::size_t>(options.resamples);
  Numbers out;
  Rng seeds(options.seed);
  while (out.size() < count) {
    const std::size_t own = std::min(lanes, count - out.size());
    for (std::size_t lane = 0; lane < own; ++lane) {
      Rng rng = seeds.split();
      if (options.rows) qmtl::detail::draw_again(rng, rows);
      if (options.trainings) qmtl::detail::draw_again(rng, trainings);
      resamples.set(lane, rows, trainings);
    }
    const Lane means = mean_aucs(of_tasks, resamples);
    out.insert(out.end(), means.begin(), means.begin() + static_cast<std::ptrdiff_t>(own));
  }
  return out;
}

/// Adds what each row adds to one question's error, "class `positive` or another", of one training.
void add_influences(const PairedScores& task, const Numbers& scores, std::size_t positive, double share, Numbers& out) {
  const std::size_t stride = task.classes == 2 ? 1 : static_cast<std::size_t>(task.classes);
  const std::size_t column = task.classes == 2 ? 0 : positive;
  Numbers values[2];
  std::vector<std::size_t> rows[2];
  for (std::size_t row = 0; row < task.truth.size(); ++row) {
    if (task.truth[row] < 0) continue;
    const int own = task.truth[row] == static_cast<int>(positive) ? 1 : 0;
    values[own].push_back(scores[row * stride + column]);
    rows[own].push_back(row);
  }
  if (rows[0].empty() || rows[1].empty()) return;
  const auto placed = qmtl::detail::placements(values[1], values[0]);
  for (const int own : {0, 1}) {
    const Numbers& of_rows = own == 1 ? placed.positives : placed.negatives;
    const double mean = summarize(of_rows).mean, count = static_cast<double>(of_rows.size());
    for (std::size_t i = 0; i < of_rows.size(); ++i) out[rows[own][i]] += share * (of_rows[i] - mean) / count;
  }
}

/// Questions that have rows of both kinds.
[[nodiscard]] std::vector<std::size_t> questions_of(const PairedScores& task) {
  std::vector<std::size_t> out;
  const auto labelled = std::ranges::count_if(task.truth, [](int label) { return label >= 0; });
  for (int c = task.classes == 2 ? 1 : 0; c < task.classes; ++c) {
    const auto own = std::ranges::count(task.truth, c);
    if (own > 0 && own < labelled) out.push_back(static_cast<std::size_t>(c));
  }
  return out;
}

[[nodiscard]] Numbers influences_of(const PairedScores& task) {
  Numbers out(task.truth.size(), 0.0);
  const auto questions = questions_of(task);
  const double share = 1.0 / static_cast<double>(task.first.size() * std::max<std::size_t>(1, questions.size()));
  for (const Numbers& scores : task.first) {
    for (const std::size_t question : questions) add_influences(task, scores, question, share, out);
  }
  return out;
}

/// Rows are drawn class by class: the variance of a sum is that of each class's rows.
struct ClassVariance {
  double all = 0.0;   ///< with what is taken for granted of rare classes,
  double rare = 0.0;  ///< and that part
};

[[nodiscard]] ClassVariance variance_within_classes(const PairedScores& task, const Numbers& influences) {
  struct OfClass {
    double rows, of_row;  // n, and the variance of n times a row's influence
  };
  std::vector<OfClass> classes;
  double largest = 0.0;
  bool common = false;
  for (int c = 0; c < task.classes; ++c) {
    Numbers own;
    for (std::size_t row = 0; row < influences.size(); ++row) {
      if (task.truth[row] == c) own.push_back(influences[row]);
    }
    if (own.empty()) continue;
    const double rows = static_cast<double>(own.size());
    const double deviation = own.size() > 1 ? rows * summarize(own).deviation : 0.0;
    classes.push_back({rows, deviation * deviation});
    if (own.size() < fewest_class_rows) continue;
    common = true;
    largest = std::max(largest, deviation * deviation);
  }
  if (!common) {  // a placement has a variance of 1/4 at most, a question its share of the mean
    const double share = 1.0 / static_cast<double>(std::max<std::size_t>(1, questions_of(task).size()));
    largest = 0.5 * share * share;
  }
  ClassVariance out;
  for (const auto& [rows, of_row] : classes) {
    const bool is_rare = rows < static_cast<double>(fewest_class_rows);
    const double more = is_rare ? std::max(0.0, largest - of_row) : 0.0;
    out.all += (of_row + more) / rows;
    out.rare += more / rows;
  }
  return out;
}

/// Sets value, error over trainings and p.
void complete(DeLongDifference& out, const Numbers& first, const Numbers& second) {
  Numbers differences;
  for (std::size_t s = 0; s < first.size(); ++s) differences.push_back(first[s] - second[s]);
  const MeanDeviation of = summarize(differences);
  out.value = of.mean;
  out.seed_error = of.count == 0 ? undefined_metric : of.deviation / std::sqrt(static_cast<double>(of.count));
  out.trainings = static_cast<int>(of.count);
  out.p = two_sided_p(out.value, out.error(), out.degrees());
}

[[nodiscard]] Numbers less(Numbers a, const Numbers& b) {
  for (std::size_t i = 0; i < a.size(); ++i) a[i] -= b[i];
  return a;
}

}  // namespace

double DeLongDifference::error() const { return std::hypot(row_error, seed_error); }

double DeLongDifference::degrees() const {
  const double of_seeds = seed_error / error();
  return trainings < 2 || !(of_seeds > 0.0) ? std::numeric_limits<double>::infinity()
                                            : (trainings - 1) / std::pow(of_seeds, 4);
}

Judgement judge(const PairedTasks& truth, const HeadOutcome& head, const BootstrapOptions& options) {
  PairedTasks tasks = truth;
  for (std::size_t t = 0; t < tasks.size(); ++t) {
    tasks[t].first = tasks[t].second = head.scores[t];
    qmtl::detail::require_paired_scores(tasks[t], tasks.front().truth.size(), head.auc.size(), "judge");
  }
  Judgement out{.resampled = resampled_aucs(tasks, options)};
  for (const PairedScores& task : tasks) out.influences.push_back(influences_of(task));
  return out;
}

BootstrapDifference bootstrap_difference(const Judgement& first, const Judgement& second, double estimate,
                                         double confidence) {
  BootstrapDifference out{.estimate = estimate, .resampled = less(first.resampled, second.resampled)};
  std::erase_if(out.resampled, [](double value) { return std::isnan(value); });
  if (out.resampled.empty()) return out;
  std::ranges::sort(out.resampled);
  out.standard_error = summarize(out.resampled).deviation;
  out.low = qmtl::detail::percentile(out.resampled, 0.5 - 0.5 * confidence);
  out.high = qmtl::detail::percentile(out.resampled, 0.5 + 0.5 * confidence);
  return out;
}

double two_sided_p(double value, double error, double degrees) {
  if (error <= rounding) return std::abs(value) <= rounding ? 1.0 : undefined_metric;
  const double t = std::abs(value) / error;
  constexpr double nearly_normal = 1000.0;
  if (!(degrees < nearly_normal)) return std::erfc(t / std::numbers::sqrt2);
  return paper::student_two_sided(t, std::max(1, static_cast<int>(degrees)));
}

double student_quantile(double confidence, double degrees) {
  double low = 0.0, high = 1e4;
  for (int i = 0; i < 100; ++i) {
    const double middle = 0.5 * (low + high);
    (two_sided_p(middle, 1.0, degrees) > 1.0 - confidence ? low : high) = middle;
  }
  return low;
}

double inferior_p(double value, double error, double degrees, double margin) {
  if (error <= rounding) return value + margin > 0.0 ? 0.0 : 1.0;
  const double p = two_sided_p(value + margin, error, degrees);
  return value + margin > 0.0 ? 0.5 * p : 1.0 - 0.5 * p;
}

DeLongDifference task_difference(const PairedTasks& truth, const HeadOutcome& first, const Judgement& of_first,
                                 const HeadOutcome& second, const Judgement& of_second, std::size_t t) {
  DeLongDifference out;
  double squares = 0.0, rare = 0.0, folds = 0.0;
  for (std::size_t i = t; i < truth.size(); i += first.task_auc.size()) {  // no row is in two folds
    if (questions_of(truth[i]).empty()) continue;
    const auto own = variance_within_classes(truth[i], less(of_first.influences[i], of_second.influences[i]));
    squares += own.all;
    rare += own.rare;
    folds += 1.0;
  }
  if (folds == 0.0) return out;
  out.row_error = std::sqrt(squares) / folds;
  out.rare_error = std::sqrt(rare) / folds;
  complete(out, first.task_auc[t], second.task_auc[t]);
  return out;
}

DeLongDifference mean_difference(const PairedTasks& truth, const HeadOutcome& first, const Judgement& of_first,
                                 const HeadOutcome& second, const Judgement& of_second) {
  DeLongDifference out;
  Numbers of_rows(truth.front().truth.size(), 0.0);
  int defined = 0;
  double rare = 0.0;
  for (std::size_t t = 0; t < truth.size(); ++t) {
    if (questions_of(truth[t]).empty()) continue;
    ++defined;
    rare += variance_within_classes(truth[t], less(of_first.influences[t], of_second.influences[t])).rare;
    for (std::size_t row = 0; row < of_rows.size(); ++row) {
      of_rows[row] += of_first.influences[t][row] - of_second.influences[t][row];
    }
  }
  if (defined == 0) return out;
  double squares = rare;
  for (const double value : of_rows) squares += value * value;
  out.row_error = std::sqrt(squares) / defined;
  out.rare_error = std::sqrt(rare) / defined;
  complete(out, first.auc, second.auc);
  return out;
}

}  // namespace qmtl::benchmark::evidence
