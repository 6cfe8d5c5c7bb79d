#pragma once
// SPDX-License-Identifier: Apache-2.0
// What other test rows and other seeds would have made of a difference of AUCs: by a bootstrap, and by DeLong's method.

#include <vector>

#include "evidence/experiment.hpp"

namespace qmtl::benchmark::evidence {

/// What comparisons need of a head's scores, so that each head is judged once and not once a comparison.
struct Judgement {
  /// Mean AUC on rows and trainings drawn again, as paired_bootstrap draws them: the same draws for every head with as
  /// many rows and trainings. NaN where no task has an AUC.
  std::vector<double> resampled{};
  /// Of a task, of a row: what the row adds to the error of the task's AUC, the mean over trainings. They add up to 0.
  std::vector<std::vector<double>> influences{};
};

/// Throws as paired_bootstrap.
[[nodiscard]] Judgement judge(const PairedTasks& truth, const HeadOutcome& head, const BootstrapOptions& options);

/// paired_bootstrap of two heads of the same test rows, from what is known of each.
[[nodiscard]] BootstrapDifference bootstrap_difference(const Judgement& first, const Judgement& second, double estimate,
                                                       double confidence = 0.95);

/// |t| that Student's distribution exceeds with probability 1 - confidence.
[[nodiscard]] double student_quantile(double confidence, double degrees);

/// p values of a value with a standard error, by Student's distribution (infinitely many degrees of freedom: the normal
/// one): two-sided of 0, and of "at most -margin". Resamples that are counted give none below 2 / (resamples + 1),
/// which many comparisons at once never find significant. Where the error is 0, as of a head with itself: 1 for a value
/// of 0, NaN for others, and 0 or 1 of "at most -margin".
[[nodiscard]] double two_sided_p(double value, double error, double degrees);
[[nodiscard]] double inferior_p(double value, double error, double degrees, double margin);

/// A difference of AUCs, the mean over trainings, by DeLong's method.
struct DeLongDifference {
  double value = undefined_metric;
  double row_error = undefined_metric;   ///< standard errors: for other test rows and these trainings,
  double seed_error = undefined_metric;  ///< and for other trainings on these test rows
  double rare_error = 0.0;               ///< the part of row_error that few rows of a class do not show by themselves
  int trainings = 0;
  double p = undefined_metric;  ///< two-sided, of no difference

  [[nodiscard]] double error() const;  ///< of both together
  /// Degrees of freedom of that error by Satterthwaite's formula: rows are many, trainings few.
  [[nodiscard]] double degrees() const;
};

/// Classes with fewer rows than this say little of how these vary: they are taken to vary as the rows of the task's
/// other class that vary most, at least, or as placements in [0, 1] can at most, if there are none.
inline constexpr std::size_t fewest_class_rows = 5;

/// Of task t, over the folds that have its rows: truth holds the tasks of the first fold, then those of the next. Of
/// one training of two classes it is compare_aucs. The AUC of a mean over trainings has as placements the means of
/// theirs; of several classes, each against the rest, a row's are added. The deviation over trainings comes on top.
[[nodiscard]] DeLongDifference task_difference(const PairedTasks& truth, const HeadOutcome& first,
                                               const Judgement& of_first, const HeadOutcome& second,
                                               const Judgement& of_second, std::size_t t);

/// Of the mean over tasks, whose errors have rows in common; those of rare classes come on top.
[[nodiscard]] DeLongDifference mean_difference(const PairedTasks& truth, const HeadOutcome& first,
                                               const Judgement& of_first, const HeadOutcome& second,
                                               const Judgement& of_second);

}  // namespace qmtl::benchmark::evidence
