#pragma once
// SPDX-License-Identifier: Apache-2.0
// How good probabilities are: log loss, Brier score, calibration.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <span>
#include <string_view>
#include <vector>

#include "qmtl/core/scalar.hpp"
#include "qmtl/loss/labelled_rows.hpp"
#include "qmtl/loss/metrics.hpp"

namespace qmtl::inline QMTL_ABI {

namespace detail {

/// Throws unless the column of a labelled row holds probabilities that sum to 1, but for rounding in float.
inline void require_distribution(std::string_view where, const BatchIn<double>& probabilities, std::size_t row) {
  double sum = 0.0;
  for (const double p : probabilities.col(static_cast<Eigen::Index>(row))) {
    require_probability(where, p, row);
    sum += p;
  }
  if (std::abs(sum - 1.0) <= 1e-3) return;
  throw ValueError(text("qmtl: ", where, ": probabilities of row ", row, ", expected a sum of 1, got ", sum));
}

/// The mean over the labelled rows of what score(row, label) gives, by weight; NaN without any.
template <class Score>
[[nodiscard]] double mean_score(std::string_view where, std::span<const int> truth, int classes, std::size_t rows,
                                std::span<const double> weights, const Score& score) {
  double sum = 0.0, total = 0.0;
  for_each_labelled(where, truth, classes, rows, weights, [&](std::size_t row, int label, double weight) {
    sum += weight * score(row, label);
    total += weight;
  });
  return total > 0.0 ? sum / total : undefined_metric;
}

/// As `mean_score`, of distributions over at least two classes, a column a row.
template <class Score>
[[nodiscard]] double mean_class_score(std::string_view where, std::span<const int> truth,
                                      const BatchIn<double>& probabilities, std::span<const double> weights,
                                      const Score& score) {
  if (probabilities.rows() < 2) {
    throw ShapeError(text("qmtl: ", where, ": probabilities, expected classes x rows with at least 2 classes, got ",
                          probabilities.rows(), " x ", probabilities.cols()));
  }
  return mean_score(where, truth, static_cast<int>(probabilities.rows()),
                    static_cast<std::size_t>(probabilities.cols()), weights, [&](std::size_t row, int label) {
                      require_distribution(where, probabilities, row);
                      return score(static_cast<Eigen::Index>(row), label);
                    });
}

/// The smallest probability that a log loss tells from 0, and from 1 the largest: as scikit-learn clips.
inline constexpr double smallest_probability = std::numeric_limits<double>::epsilon();

}  // namespace detail

/// Mean of -log(probability of the label) in nats; a probability below 2.2e-16 counts as that, so that one sure mistake
/// costs 36 and not infinity. `truth` is a class a row, negative where missing; `probabilities` are classes x rows,
/// each column a distribution; `weights` are one a row, or none. NaN without a labelled row. Throws ShapeError where
/// numbers of rows differ and for fewer than two classes, ValueError for a label that is no class, for what is no
/// distribution and for a weight that is negative or not finite. Source: scikit-learn's log_loss.
[[nodiscard]] inline double log_loss(std::span<const int> truth, const BatchIn<double>& probabilities,
                                     std::span<const double> weights = {}) {
  return detail::mean_class_score("log loss", truth, probabilities, weights, [&](Eigen::Index row, int label) {
    constexpr double least = detail::smallest_probability;
    return -std::log(std::clamp(probabilities(label, row), least, 1.0 - least));
  });
}

/// The same of two classes and the probabilities of class 1.
[[nodiscard]] inline double log_loss(std::span<const int> truth, std::span<const double> probabilities,
                                     std::span<const double> weights = {}) {
  constexpr const char* where = "log loss";
  return detail::mean_score(where, truth, 2, probabilities.size(), weights, [&](std::size_t row, int label) {
    constexpr double least = detail::smallest_probability;
    detail::require_probability(where, probabilities[row], row);
    const double p = std::clamp(probabilities[row], least, 1.0 - least);
    return label == 1 ? -std::log(p) : -std::log1p(-p);
  });
}

/// Mean of (probability - label)^2 of two classes and the probabilities of class 1: 0 is best, 1 is worst. Otherwise as
/// `log_loss`. Source: Brier 1950; scikit-learn's brier_score_loss.
[[nodiscard]] inline double brier_score(std::span<const int> truth, std::span<const double> probabilities,
                                        std::span<const double> weights = {}) {
  constexpr const char* where = "Brier score";
  return detail::mean_score(where, truth, 2, probabilities.size(), weights, [&](std::size_t row, int label) {
    detail::require_probability(where, probabilities[row], row);
    const double error = probabilities[row] - label;
    return error * error;
  });
}

/// The same of `probabilities` classes x rows: the squared errors of the classes are added, so that 2 is worst; of two
/// classes half of it is given, which is what they have as probabilities of class 1. Source: scikit-learn's
/// brier_score_loss.
[[nodiscard]] inline double brier_score(std::span<const int> truth, const BatchIn<double>& probabilities,
                                        std::span<const double> weights = {}) {
  return detail::mean_class_score("Brier score", truth, probabilities, weights, [&](Eigen::Index row, int label) {
    double sum = 0.0;
    for (Eigen::Index c = 0; c < probabilities.rows(); ++c) {
      const double error = probabilities(c, row) - (c == label ? 1.0 : 0.0);
      sum += error * error;
    }
    return probabilities.rows() == 2 ? 0.5 * sum : sum;
  });
}

/// The rows whose probability lies in a bin (low, high], the first bin with its low end.
struct CalibrationBin {
  double low = 0.0, high = 1.0;
  std::size_t rows = 0;
  double weight = 0.0;            ///< of the rows together
  double mean_probability = 0.0;  ///< what was predicted
  double positive_rate = 0.0;     ///< what came true: of calibrated probabilities, the same
};

/// Where the bins of a calibration curve end.
enum class BinEdges {
  uniform,  ///< equal widths from 0 to 1
  quantile  ///< equal numbers of rows, as far as ties allow
};

namespace detail {

/// bins + 1 ends: of quantiles, by linear interpolation between the sorted probabilities, as numpy.percentile does.
[[nodiscard]] inline std::vector<double> bin_edges(std::vector<double> probabilities, int bins, BinEdges edges) {
  std::vector<double> out;
  std::sort(probabilities.begin(), probabilities.end());
  for (int i = 0; i <= bins; ++i) {
    const double share = static_cast<double>(i) / bins;
    if (edges == BinEdges::uniform) {
      out.push_back(share);
      continue;
    }
    const double position = share * static_cast<double>(probabilities.size() - 1);
    const auto below = static_cast<std::size_t>(position);
    const std::size_t above = std::min(below + 1, probabilities.size() - 1);
    const double part = position - static_cast<double>(below);
    out.push_back(probabilities[below] + part * (probabilities[above] - probabilities[below]));
  }
  return out;
}

}  // namespace detail

/// Predicted against observed frequencies of class 1, bin by bin from the lowest; bins without rows are left out.
/// `truth` is 0 or 1 a row, negative where missing, `probabilities` are those of class 1, `weights` are one a row, or
/// none (quantiles count rows, not weights). Throws ValueError for fewer than one bin, and what `log_loss` throws.
/// O(n log n). Source: scikit-learn's calibration_curve.
[[nodiscard]] inline std::vector<CalibrationBin> calibration_bins(std::span<const int> truth,
                                                                  std::span<const double> probabilities, int bins = 10,
                                                                  BinEdges edges = BinEdges::uniform,
                                                                  std::span<const double> weights = {}) {
  constexpr const char* where = "calibration bins";
  if (bins < 1) throw ValueError(detail::text("qmtl: ", where, ": expected at least 1 bin, got ", bins));
  std::vector<double> labelled;
  const auto for_each = [&](const auto& visit) {
    detail::for_each_labelled(where, truth, 2, probabilities.size(), weights, visit);
  };
  for_each([&](std::size_t row, int, double) {
    detail::require_probability(where, probabilities[row], row);
    labelled.push_back(probabilities[row]);
  });
  if (labelled.empty()) return {};
  const std::vector<double> ends = detail::bin_edges(std::move(labelled), bins, edges);
  std::vector<CalibrationBin> out(static_cast<std::size_t>(bins));
  for (std::size_t i = 0; i < out.size(); ++i) out[i].low = ends[i], out[i].high = ends[i + 1];
  for_each([&](std::size_t row, int label, double weight) {
    const auto inner = std::lower_bound(ends.begin() + 1, ends.end() - 1, probabilities[row]);
    CalibrationBin& bin = out[static_cast<std::size_t>(inner - ends.begin() - 1)];
    ++bin.rows;
    bin.weight += weight;
    bin.mean_probability += weight * probabilities[row];
    bin.positive_rate += weight * label;
  });
  std::erase_if(out, [](const CalibrationBin& bin) { return bin.rows == 0; });
  for (CalibrationBin& bin : out) bin.mean_probability /= bin.weight, bin.positive_rate /= bin.weight;
  return out;
}

/// The same of the most probable class of `probabilities` classes x rows: how often it is the label. Source: Guo et
/// al., On Calibration of Modern Neural Networks, 2017.
[[nodiscard]] inline std::vector<CalibrationBin> confidence_bins(std::span<const int> truth,
                                                                 const BatchIn<double>& probabilities, int bins = 10,
                                                                 BinEdges edges = BinEdges::uniform,
                                                                 std::span<const double> weights = {}) {
  constexpr const char* where = "confidence bins";
  std::vector<int> right(truth.size(), -1);
  std::vector<double> confidence(truth.size(), 0.0);
  detail::for_each_labelled(where, truth, static_cast<int>(probabilities.rows()),
                            static_cast<std::size_t>(probabilities.cols()), weights,
                            [&](std::size_t row, int label, double) {
                              detail::require_distribution(where, probabilities, row);
                              Eigen::Index answer = 0;
                              confidence[row] = probabilities.col(static_cast<Eigen::Index>(row)).maxCoeff(&answer);
                              right[row] = answer == label ? 1 : 0;
                            });
  return calibration_bins(right, confidence, bins, edges, weights);
}

/// Mean distance of predicted and observed frequencies, each bin by its weight; NaN without rows. Source: Naeini,
/// Cooper and Hauskrecht 2015.
[[nodiscard]] inline double expected_calibration_error(std::span<const CalibrationBin> bins) {
  double sum = 0.0, total = 0.0;
  for (const CalibrationBin& bin : bins) {
    sum += bin.weight * std::abs(bin.mean_probability - bin.positive_rate);
    total += bin.weight;
  }
  return total > 0.0 ? sum / total : undefined_metric;
}

}  // namespace qmtl::inline QMTL_ABI
