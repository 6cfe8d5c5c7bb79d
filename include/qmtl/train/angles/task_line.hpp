#pragma once
// SPDX-License-Identifier: Apache-2.0
// The loss of a task along one weight of its block, from a few samples of the task's expectation values.

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <span>
#include <vector>

#include "qmtl/head/task.hpp"
#include "qmtl/loss/loss.hpp"
#include "qmtl/optimize/line_minimum.hpp"

namespace qmtl::inline QMTL_ABI::detail {

/// What expectation values are as functions of one weight: a_0 + sum over r = 1 .. degree of a_r cos(r frequency w) +
/// b_r sin(r frequency w). Degree -1: there is no such form of a small degree.
struct Harmonics {
  double frequency = 1.0;
  int degree = 0;

  [[nodiscard]] constexpr std::size_t points() const noexcept { return 2 * static_cast<std::size_t>(degree) + 1; }
  [[nodiscard]] constexpr double period() const noexcept { return 2.0 * pi / frequency; }
};

inline constexpr int max_degree = 32;

/// The largest number of which both are whole multiples, to 1e-9 of the smaller; 0 is a multiple of all.
[[nodiscard]] constexpr double common_divisor(double a, double b) noexcept {
  const double small = a == 0.0 || (b != 0.0 && b < a) ? b : a;
  while (b > 1e-9 * small) {
    const double quotient = a / b;
    if (quotient > 1e9) return b;
    double rest =
        a - b * static_cast<double>(static_cast<long long>(quotient + 0.5));  // NOLINT(bugprone-incorrect-roundings)
    if (rest < 0.0) rest = -rest;
    a = b;
    b = rest;
  }
  return a;
}

/// The harmonics of every weight of a block. A use of a weight, scaled by s, brings the frequency |s|, or |s|/2 and |s|
/// in a controlled rotation; products of uses bring their sums and differences (Vidal and Theis 2018; Wierichs et al.
/// 2022, section 3).
template <class Block>
[[nodiscard]] constexpr auto block_harmonics() {
  std::array<Harmonics, static_cast<std::size_t>(block_weights<Block>)> harmonics{};
  for (auto& h : harmonics) h.frequency = 0.0;
  const auto visit = [&harmonics](const auto& body) {
    for (const auto& op : Block::circuit.ops()) {
      for (std::size_t a = 0; a < op.used_angles().size(); ++a) {
        const Angle& angle = op.angles[a];
        if (angle.source != AngleSource::weight || angle.scale == 0.0) continue;
        const double scale = angle.scale < 0.0 ? -angle.scale : angle.scale;
        const bool halves = needs_four_term_shift(op.gate, static_cast<int>(a));
        body(harmonics[static_cast<std::size_t>(angle.index)], scale, halves ? scale / 2 : scale);
      }
    }
  };
  visit([](Harmonics& h, double, double lowest) { h.frequency = common_divisor(h.frequency, lowest); });
  visit([](Harmonics& h, double highest, double) {
    const double degree = highest / h.frequency + 0.5;
    if (h.degree >= 0) h.degree = degree < max_degree + 1 ? h.degree + static_cast<int>(degree) : -1;
    if (h.degree > max_degree) h.degree = -1;
  });
  for (auto& h : harmonics) h.frequency = h.frequency == 0.0 ? 1.0 : h.frequency;
  return harmonics;
}

template <class Block>
inline constexpr auto harmonics = block_harmonics<Block>();

template <class Block>
inline constexpr bool has_harmonics = std::all_of(harmonics<Block>.begin(), harmonics<Block>.end(),
                                                  [](const Harmonics& h) { return h.degree >= 0; });

/// The mean loss of one task over its labelled rows as a function of one angle, or of a parameter of the readout,
/// without the circuit: the expectation values' harmonics come from as many samples of each as it has coefficients.
template <TaskType T>
class TaskLine {
  static constexpr auto observables = static_cast<Eigen::Index>(observable_count<typename T::Readout>);
  static constexpr LabelKind kind{T::classes};

 public:
  /// Labels of all rows, and the scale on which the head predicts a real target.
  template <Scalar S>
  explicit TaskLine(const LabelRow<S>& labels, const TargetScale& scale = {}) {
    for (Eigen::Index row = 0; row < labels.size(); ++row) {
      if (is_missing(kind, labels(row))) continue;
      rows_.push_back(row);
      const auto label = static_cast<double>(labels(row));
      labels_.push_back(kind.classes > 0 ? label : scale.standardize(label));
    }
    values_.resize(observables * static_cast<Eigen::Index>(rows_.size()));
  }

  [[nodiscard]] bool labelled() const noexcept { return !rows_.empty(); }
  /// The readout's parameters at which angles are stepped.
  [[nodiscard]] std::span<double, T::Readout::parameters> parameters() noexcept { return parameters_; }

  /// Sets expectation values (observables x all rows), for `loss` and `of_parameter`.
  void load(const auto& expectations) { copy(expectations, values_); }

  /// Begins the samples of another angle.
  void begin(const Harmonics& h) {
    harmonics_ = h;
    samples_.resize(values_.size(), static_cast<Eigen::Index>(h.points()));
  }

  /// Expectation values at the angle's value plus `point` parts of the period, of as many parts as there are points.
  void sample(std::size_t point, const auto& expectations) {
    copy(expectations, samples_.col(static_cast<Eigen::Index>(point)));
  }

  /// From samples to coefficients: a discrete Fourier transform.
  void transform() {
    const auto points = static_cast<Eigen::Index>(harmonics_.points());
    ColMajorMatrix<double> fourier(points, points);
    for (Eigen::Index m = 0; m < points; ++m) {
      fill_basis(harmonics_.period() * static_cast<double>(m) / static_cast<double>(points));
      fourier.row(m) = basis_.transpose() * (2.0 / static_cast<double>(points));
      fourier(m, 0) /= 2.0;
    }
    coefficients_.noalias() = samples_ * fourier;
  }

  /// The loss and its slope at a step from the angle's value.
  [[nodiscard]] LinePoint operator()(double step) {
    fill_basis(step);
    values_.noalias() = coefficients_ * basis_;
    slopes_.noalias() = coefficients_ * basis_slopes_;
    return mean(parameters_).along_angle;
  }

  /// The loss for the expectation values that were loaded.
  [[nodiscard]] double loss() {
    slopes_.setZero(values_.size());
    return mean(parameters_).along_angle.loss;
  }

  /// The same with another value of one parameter, and its slope along that.
  [[nodiscard]] LinePoint of_parameter(int parameter, double value) {
    slopes_.setZero(values_.size());
    Parameters changed = parameters_;
    changed[static_cast<std::size_t>(parameter)] = value;
    const Means means = mean(changed);
    return {means.along_angle.loss, means.along_parameters[static_cast<std::size_t>(parameter)]};
  }

 private:
  using Parameters = std::array<double, static_cast<std::size_t>(T::Readout::parameters)>;
  struct Means {
    LinePoint along_angle;
    Parameters along_parameters;
  };

  void copy(const auto& expectations, Eigen::Ref<Eigen::VectorXd> to) const {
    Eigen::Index i = 0;
    for (const Eigen::Index row : rows_) {
      for (Eigen::Index k = 0; k < observables; ++k) to(i++) = static_cast<double>(expectations(k, row));
    }
  }

  void fill_basis(double step) {
    basis_.resize(static_cast<Eigen::Index>(harmonics_.points()));
    basis_slopes_.resize(basis_.size());
    basis_(0) = 1.0;
    basis_slopes_(0) = 0.0;
    for (Eigen::Index r = 1; 2 * r < basis_.size(); ++r) {
      const double frequency = static_cast<double>(r) * harmonics_.frequency;
      const double c = std::cos(frequency * step), s = std::sin(frequency * step);
      basis_(2 * r - 1) = c;
      basis_(2 * r) = s;
      basis_slopes_(2 * r - 1) = -frequency * s;
      basis_slopes_(2 * r) = frequency * c;
    }
  }

  [[nodiscard]] Means mean(const Parameters& parameters) const {
    std::array<double, static_cast<std::size_t>(T::outputs)> logits{}, dlogits{};
    std::array<double, static_cast<std::size_t>(observables)> dvalues{};
    Parameters parameter_slopes{};
    double loss = 0.0, angle_slope = 0.0;
    for (std::size_t i = 0; i < rows_.size(); ++i) {
      const double* values = values_.data() + static_cast<Eigen::Index>(i) * observables;
      const double* slopes = slopes_.data() + static_cast<Eigen::Index>(i) * observables;
      T::Readout::logits(values, parameters.data(), logits.data());
      loss += sample_loss<double>(kind, logits, labels_[i], dlogits);
      T::Readout::backward(values, parameters.data(), dlogits.data(), dvalues.data(), parameter_slopes.data());
      for (Eigen::Index k = 0; k < observables; ++k) angle_slope += dvalues[static_cast<std::size_t>(k)] * slopes[k];
    }
    const double share = rows_.empty() ? 0.0 : 1.0 / static_cast<double>(rows_.size());
    for (double& slope : parameter_slopes) slope *= share;
    return {{share * loss, share * angle_slope}, parameter_slopes};
  }

  std::vector<Eigen::Index> rows_;  // with a label
  std::vector<double> labels_;
  Parameters parameters_{};
  Harmonics harmonics_;
  ColMajorMatrix<double> samples_, coefficients_;  // (observables x rows) x points
  Eigen::VectorXd values_, slopes_, basis_, basis_slopes_;
};

}  // namespace qmtl::inline QMTL_ABI::detail
