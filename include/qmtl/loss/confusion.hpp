#pragma once
// SPDX-License-Identifier: Apache-2.0
// Which classes are taken for which: confusion matrix, precision, recall and F1 of each class, balanced accuracy.

#include <algorithm>
#include <cstddef>
#include <span>
#include <vector>

#include "qmtl/core/error.hpp"
#include "qmtl/core/scalar.hpp"
#include "qmtl/loss/labelled_rows.hpp"
#include "qmtl/loss/metrics.hpp"

namespace qmtl::inline QMTL_ABI {

/// classes x classes; in row i and column j the rows (or their weights) of class i that were taken for class j.
using ConfusionCounts = ColMajorMatrix<double>;

/// Counts what was predicted of what is true; rows with a negative `truth` are left out. Weights of which the largest
/// is above 1e100 or below 1e-100 count times a power of two. `predicted` are classes, one a row; `weights` are one a
/// row, or none. Throws ShapeError where numbers of rows differ, ValueError for fewer than two classes, for a class
/// that is none and for a weight that is negative or not finite.
[[nodiscard]] inline ConfusionCounts confusion_matrix(std::span<const int> truth, std::span<const int> predicted,
                                                      int classes, std::span<const double> weights = {}) {
  constexpr const char* where = "confusion matrix";
  if (classes < 2) throw ValueError(detail::text("qmtl: ", where, ": classes, expected at least 2, got ", classes));
  ConfusionCounts out = ConfusionCounts::Zero(classes, classes);
  detail::for_each_labelled(
      where, truth, classes, predicted.size(), weights, [&](std::size_t row, int label, double weight) {
        const int answer = predicted[row];
        if (answer < 0 || answer >= classes) {
          throw ValueError(detail::text("qmtl: ", where, ": prediction of row ", row, ", expected a class from 0 to ",
                                        classes - 1, ", got ", answer));
        }
        out(label, answer) += weight;
      });
  return out;
}

/// What the cells of a confusion matrix are divided by.
enum class ConfusionShare {
  of_truth,        ///< the sum of their row: a recall stands on the diagonal
  of_predictions,  ///< the sum of their column: a precision stands on the diagonal
  of_all           ///< the sum of all cells
};

namespace detail {

/// Throws ShapeError unless the matrix is square and has a class.
inline void require_confusion(const char* where, const ConfusionCounts& confusion) {
  if (confusion.rows() == confusion.cols() && confusion.rows() > 0) return;
  throw ShapeError(text("qmtl: ", where, ": expected a confusion matrix of classes x classes, got ", confusion.rows(),
                        " x ", confusion.cols()));
}

/// The quotient, or what stands for one that is not defined.
[[nodiscard]] inline double ratio_or(double numerator, double denominator, double otherwise) noexcept {
  return denominator > 0.0 ? numerator / denominator : otherwise;
}

}  // namespace detail

/// The matrix as shares; those of a row or column without anything are 0, as in scikit-learn. Throws ShapeError.
[[nodiscard]] inline ConfusionCounts normalized(const ConfusionCounts& confusion, ConfusionShare share) {
  detail::require_confusion("normalized confusion matrix", confusion);
  ConfusionCounts out = confusion;
  const auto divide_by_sum = [](auto&& cells) {
    const double sum = cells.sum();
    if (sum > 0.0) cells /= sum;
  };
  switch (share) {
    case ConfusionShare::of_truth:
      for (Eigen::Index i = 0; i < out.rows(); ++i) divide_by_sum(out.row(i));
      break;
    case ConfusionShare::of_predictions:
      for (Eigen::Index j = 0; j < out.cols(); ++j) divide_by_sum(out.col(j));
      break;
    case ConfusionShare::of_all: divide_by_sum(out); break;
  }
  return out;
}

/// How well a class is found. A figure whose denominator is 0 is 0, as in scikit-learn; all are NaN of a class that is
/// neither a label nor a prediction, and without rows.
struct ClassScores {
  double precision = undefined_metric;  ///< share of the rows taken for the class that are of it
  double recall = undefined_metric;     ///< share of the rows of the class that are taken for it
  double f1 = undefined_metric;         ///< 2 precision recall / (precision + recall)
  double support = 0.0;                 ///< rows of the class, or their weights
};

/// Scores of each class, and means of them: what scikit-learn's classification_report has. Of two classes, the scores
/// of the one with label 1 are `classes[1]`.
struct PrecisionRecall {
  std::vector<ClassScores> classes;
  double accuracy = undefined_metric;  ///< share of the rows that are taken for what they are
  ClassScores macro;                   ///< mean over the classes that occur in the labels or the predictions
  ClassScores weighted;                ///< mean over the classes, each by its support
  ClassScores micro;                   ///< of all decisions together: with one label a row, all three are the accuracy
};

namespace detail {

[[nodiscard]] inline ClassScores class_scores(const ConfusionCounts& confusion, Eigen::Index c) {
  const double hits = confusion(c, c);
  const double support = confusion.row(c).sum();
  const double predicted = confusion.col(c).sum();
  if (support + predicted == 0.0) return {};
  return {ratio_or(hits, predicted, 0.0), ratio_or(hits, support, 0.0), 2.0 * hits / (support + predicted), support};
}

/// Adds a class to a sum of scores.
inline void add_scores(ClassScores& sum, const ClassScores& scores, double weight) noexcept {
  sum.precision += weight * scores.precision;
  sum.recall += weight * scores.recall;
  sum.f1 += weight * scores.f1;
}

}  // namespace detail

/// Precision, recall, F1 and support from a confusion matrix. Throws ShapeError.
[[nodiscard]] inline PrecisionRecall precision_recall(const ConfusionCounts& confusion) {
  detail::require_confusion("precision and recall", confusion);
  PrecisionRecall out;
  double occurring = 0.0;
  const double rows = confusion.sum();
  for (Eigen::Index c = 0; c < confusion.rows(); ++c) {
    out.classes.push_back(detail::class_scores(confusion, c));
    if (!(out.classes.back().f1 >= 0.0)) continue;
    occurring += 1.0;
  }
  if (occurring == 0.0) return out;
  out.accuracy = std::min(confusion.trace() / rows, 1.0);
  out.macro = out.weighted = {0.0, 0.0, 0.0, rows};
  out.micro = {out.accuracy, out.accuracy, out.accuracy, rows};
  for (const ClassScores& scores : out.classes) {
    if (!(scores.f1 >= 0.0)) continue;
    detail::add_scores(out.macro, scores, 1.0 / occurring);
    detail::add_scores(out.weighted, scores, scores.support / rows);
  }
  return out;
}

/// The same from labels and predictions: see `confusion_matrix`.
[[nodiscard]] inline PrecisionRecall precision_recall(std::span<const int> truth, std::span<const int> predicted,
                                                      int classes, std::span<const double> weights = {}) {
  return precision_recall(confusion_matrix(truth, predicted, classes, weights));
}

/// Mean recall over the classes that have rows; NaN without rows. Throws ShapeError.
[[nodiscard]] inline double balanced_accuracy(const ConfusionCounts& confusion) {
  detail::require_confusion("balanced accuracy", confusion);
  double sum = 0.0, present = 0.0;
  for (Eigen::Index c = 0; c < confusion.rows(); ++c) {
    const double support = confusion.row(c).sum();
    if (support == 0.0) continue;
    sum += confusion(c, c) / support;
    present += 1.0;
  }
  return detail::ratio_or(sum, present, undefined_metric);
}

/// Balanced accuracy on a scale where 0 is chance, 1 / the number of classes that have rows, and 1 is perfect; NaN
/// unless two have. Throws ShapeError.
[[nodiscard]] inline double adjusted_balanced_accuracy(const ConfusionCounts& confusion) {
  const double score = balanced_accuracy(confusion);
  double present = 0.0;
  for (Eigen::Index c = 0; c < confusion.rows(); ++c) present += confusion.row(c).sum() > 0.0 ? 1.0 : 0.0;
  return detail::ratio_or(score * present - 1.0, present - 1.0, undefined_metric);
}

/// The same from labels and predictions: see `confusion_matrix`.
[[nodiscard]] inline double balanced_accuracy(std::span<const int> truth, std::span<const int> predicted, int classes,
                                              std::span<const double> weights = {}) {
  return balanced_accuracy(confusion_matrix(truth, predicted, classes, weights));
}

}  // namespace qmtl::inline QMTL_ABI
