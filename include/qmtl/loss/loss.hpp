#pragma once
// SPDX-License-Identifier: Apache-2.0
// Losses with their gradients with respect to the logits, stable for logits of any size.

#include <algorithm>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <span>
#include <string>
#include <type_traits>

#include "qmtl/core/error.hpp"
#include "qmtl/core/scalar.hpp"
#include "qmtl/data/dataset.hpp"
#include "qmtl/data/target_scaler.hpp"

namespace qmtl::inline QMTL_ABI {

/// 1 / (1 + exp(-logit)), without overflow and with full relative precision in the lower tail.
template <Scalar S>
[[nodiscard]] S sigmoid(S logit) noexcept {
  const S small = std::exp(-std::abs(logit));  // in (0, 1]
  return (logit < S(0) ? small : S(1)) / (S(1) + small);
}

/// Probabilities exp(logit_c) / sum of all, without overflow. `probabilities` may be `logits` itself.
template <Scalar S>
void softmax(std::type_identity_t<std::span<const S>> logits, std::span<S> probabilities) noexcept {
  S largest = logits[0];
  for (const S logit : logits) largest = logit > largest ? logit : largest;
  S sum = S(0);
  for (std::size_t c = 0; c < logits.size(); ++c) sum += probabilities[c] = std::exp(logits[c] - largest);
  for (S& probability : probabilities) probability /= sum;
}

/// -label log p - (1 - label) log(1 - p) with p = sigmoid(logit), for a label in [0, 1]; writes its derivative
/// p - label, which keeps its digits where p is near the label.
template <Scalar S>
[[nodiscard]] S binary_cross_entropy(S logit, std::type_identity_t<S> label, S& gradient) noexcept {
  const S small = std::exp(-std::abs(logit));  // in (0, 1]; p and 1 - p are these over 1 + small:
  const S yes = logit < S(0) ? small : S(1), no = logit > S(0) ? small : S(1);
  gradient = ((S(1) - label) * yes - label * no) / (S(1) + small);
  const S hinge = logit > S(0) ? (S(1) - label) * logit : -label * logit;
  return hinge + std::log1p(small);
}

/// -log p_label with p = softmax(logits), for a label in 0 .. logits.size() - 1; writes its gradient p - e_label.
/// Both keep their digits where p_label is near 1.
template <Scalar S>
[[nodiscard]] S softmax_cross_entropy(std::type_identity_t<std::span<const S>> logits, int label,
                                      std::span<S> gradient) noexcept {
  const auto target = static_cast<std::size_t>(label);
  std::size_t top = 0;
  for (std::size_t c = 1; c < logits.size(); ++c) top = logits[c] > logits[top] ? c : top;
  S rest = S(0);  // the sum of the exponentials without the largest, which is 1
  for (std::size_t c = 0; c < logits.size(); ++c) {
    gradient[c] = std::exp(logits[c] - logits[top]);
    if (c != top) rest += gradient[c];
  }
  const S loss = (logits[top] - logits[target]) + std::log1p(rest);
  S others = S(0);  // 1 - p_target, summed instead of subtracted
  for (std::size_t c = 0; c < logits.size(); ++c) {
    gradient[c] /= S(1) + rest;
    if (c != target) others += gradient[c];
  }
  gradient[target] = -others;
  return loss;
}

/// (prediction - label)^2; writes its derivative 2 (prediction - label).
template <Scalar S>
[[nodiscard]] S squared_error(S prediction, std::type_identity_t<S> label, S& gradient) noexcept {
  const S error = prediction - label;
  gradient = S(2) * error;
  return error * error;
}

/// The loss of one task on one batch.
struct TaskLoss {
  double loss = 0.0;         ///< mean of weight times loss over the samples that have a label; 0 where none has
  std::size_t labelled = 0;  ///< how many have one
};

/// Throws ShapeError unless a task with this kind of label can be read from `outputs` logits: one for real values and
/// for two classes, or one a class.
inline void require_outputs(LabelKind kind, Eigen::Index outputs) {
  detail::require_label_kind(kind, "loss");
  const bool one = kind.classes == 0 || kind.classes == 2;
  if ((one && outputs == 1) || (kind.classes >= 2 && outputs == kind.classes)) return;
  throw ShapeError(detail::text("qmtl: loss: outputs of a task with ", kind.classes, " classes, expected ",
                                one ? 1 : kind.classes, kind.classes == 2 ? " or 2" : "", ", got ", outputs));
}

namespace detail {

/// Loss and gradient of one labelled sample whose shapes and label are known to fit.
template <Scalar S>
[[nodiscard]] S sample_loss(LabelKind kind, std::span<const S> logits, S label, std::span<S> gradient) noexcept {
  if (kind.classes == 0) return squared_error(logits[0], label, gradient[0]);
  if (logits.size() == 1) return binary_cross_entropy(logits[0], label, gradient[0]);
  return softmax_cross_entropy(logits, static_cast<int>(label), gradient);
}

/// Divides the weights of a task's labelled rows by their mean; those of the others are 0. Throws ValueError where all
/// are 0; `where` starts the message.
void divide_by_mean(std::span<double> weights, std::size_t labelled, const std::same_as<std::string> auto& where) {
  const double largest = *std::max_element(weights.begin(), weights.end());
  if (!(largest > 0.0) || !std::isfinite(largest)) {
    throw ValueError(text("qmtl: ", where, ", expected ",
                          largest > 0.0 ? "finite numbers" : "one above 0 of a labelled row", ", got ", largest));
  }
  double sum = 0.0;
  for (double& weight : weights) sum += weight /= largest;  // finite, whatever the weights are
  const double mean = sum / static_cast<double>(labelled);
  for (double& weight : weights) weight /= mean;
}

/// Adds a weighted loss to `sum` and weighs its gradient. A sample of weight 0 is none, however large its loss.
template <Scalar S>
void weigh(double loss, double weight, std::span<S> gradient, double& sum) noexcept {
  if (weight > 0.0) sum += weight * loss;
  for (S& g : gradient) g = weight > 0.0 ? static_cast<S>(weight) * g : S(0);
}

}  // namespace detail

/// Mean loss of a task over the labelled samples of a batch, and in `gradient` the gradient of that mean with respect
/// to the logits: zero columns where the label is missing. `logits` and `gradient` are outputs x B, `labels` 1 x B.
///
/// Two classes and one output: binary cross-entropy; C classes and C outputs: softmax cross-entropy; real values and
/// one output: mean squared error of what the head is to predict of the target; anything else is a ShapeError. A label
/// that does not fit is a ValueError.
///
/// With `weights`, one a sample and finite, each sample's loss counts times its weight, and nothing of it where that is
/// 0. The sum is still divided by the number of labelled samples: whoever wants a weighted mean gives weights whose
/// mean is 1.
template <Scalar S>
TaskLoss task_loss(const BatchIn<S>& logits, const LabelRow<S>& labels, LabelKind kind, BatchOut<S> gradient,
                   const TargetScale& scale = {}, std::span<const double> weights = {}) {
  require_outputs(kind, logits.rows());
  detail::require_size("loss: number of labels", labels.size(), logits.cols());
  detail::require_size("loss: rows of the gradient", gradient.rows(), logits.rows());
  detail::require_size("loss: columns of the gradient", gradient.cols(), logits.cols());
  if (!weights.empty()) detail::require_size("loss: number of weights", weights.size(), logits.cols());
  const auto outputs = static_cast<std::size_t>(logits.rows());
  TaskLoss result;
  for (Eigen::Index b = 0; b < logits.cols(); ++b) {
    const std::span<S> column(gradient.col(b).data(), outputs);
    if (is_missing(kind, labels(b))) {
      gradient.col(b).setZero();
      continue;
    }
    detail::require_label(kind, labels(b), "loss: label", b);
    const std::span<const S> sample(logits.col(b).data(), outputs);
    const S label = kind.classes > 0 ? labels(b) : static_cast<S>(scale.standardize(static_cast<double>(labels(b))));
    const auto loss = static_cast<double>(detail::sample_loss(kind, sample, label, column));
    ++result.labelled;
    if (weights.empty()) {
      result.loss += loss;
    } else {
      detail::weigh(loss, weights[static_cast<std::size_t>(b)], column, result.loss);
    }
  }
  if (result.labelled == 0) return result;
  result.loss /= static_cast<double>(result.labelled);
  gradient /= static_cast<S>(result.labelled);
  return result;
}

}  // namespace qmtl::inline QMTL_ABI
