#pragma once
// SPDX-License-Identifier: Apache-2.0
// Readout errors undone in measured frequencies: by the inverse, by the nearest distribution to it, by constrained
// least squares; and the standard errors of what follows from them.

#include "qmtl/core/eigen.hpp"  // before any other header of Eigen

#include <Eigen/LU>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <span>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "qmtl/core/estimate.hpp"
#include "qmtl/executor/estimator.hpp"
#include "qmtl/noise/readout_error.hpp"

namespace qmtl::inline QMTL_ABI {

/// The probability distribution at the least Euclidean distance from numbers that need not be one: each less the same
/// amount, and zero where that is negative (Smolin, Gambetta and Smith 2012, arXiv:1106.5458). Throws ShapeError for no
/// numbers, ValueError for one that is not finite. Cost n log n.
[[nodiscard]] inline std::vector<double> nearest_distribution(std::span<const double> values) {
  if (values.empty()) throw ShapeError("qmtl: nearest_distribution: numbers, expected at least 1, got none");
  for (const double v : values) {
    if (!std::isfinite(v)) {
      throw ValueError(detail::text("qmtl: nearest_distribution: expected finite numbers, got ", v));
    }
  }
  std::vector<double> sorted(values.begin(), values.end());
  std::sort(sorted.begin(), sorted.end(), [](double a, double b) { return a > b; });
  double sum = 0.0, amount = 0.0;
  for (std::size_t i = 0; i < sorted.size(); ++i) {
    sum += sorted[i];
    const double candidate = (sum - 1) / static_cast<double>(i + 1);
    if (sorted[i] <= candidate) break;
    amount = candidate;
  }
  std::vector<double> out(values.begin(), values.end());
  for (double& v : out) v = std::max(0.0, v - amount);
  return out;
}

/// How frequencies are corrected. All three agree where the inverse is a distribution.
enum class ReadoutMethod {
  inverse,       ///< A^-1 f: unbiased, adds up to one, may lie outside [0, 1]
  nearest,       ///< the nearest distribution to it
  least_squares  ///< the distribution p with the least |A p - f|
};

/// Bits of an outcome that are misread together: the group's qubit j is bit bits[j].
struct ReadoutGroup {
  ConfusionMatrix confusion;
  std::vector<int> bits;
};

/// Undoes the readout errors of n measured bits, which are known from calibration: f = A p, where p are the
/// probabilities of what is there and f those of what is read. A is a product of one matrix a bit, or a group of bits.
class ReadoutMitigation {
 public:
  /// Bits misread one by one, errors[j] being bit j's. Throws ShapeError unless there are 1 to 30, ValueError as
  /// invert_readout_errors.
  explicit ReadoutMitigation(std::vector<ReadoutError> errors) : errors_(std::move(errors)) {
    bits_ = static_cast<int>(errors_.size());
    require_bits();
    std::vector<double> pair(2, 0.5);
    for (const auto& error : errors_) invert_readout_errors(pair, std::span(&error, 1));
  }

  /// All bits together. Throws ValueError as invert_readout_errors.
  explicit ReadoutMitigation(ConfusionMatrix confusion) : ReadoutMitigation(all_bits(std::move(confusion))) {}

  /// Groups of bits, each bit in one of them. Throws ShapeError unless each group has as many bits as its matrix has
  /// qubits, CircuitError unless the bits of all are 0 to n-1, each once, ValueError as invert_readout_errors.
  explicit ReadoutMitigation(std::vector<ReadoutGroup> groups) {
    std::vector<int> all;
    for (auto& group : groups) {
      detail::require_size("ReadoutMitigation: bits of a group", group.bits.size(), group.confusion.qubits());
      all.insert(all.end(), group.bits.begin(), group.bits.end());
      const Eigen::PartialPivLU<Matrix> lu(group.confusion.matrix());
      if (const double condition = lu.rcond(); !(condition >= 1e-6)) {
        throw ValueError(detail::text("qmtl: ReadoutMitigation: reciprocal condition number of a group's matrix, ",
                                      "expected at least 1e-6, got ", condition));
      }
      groups_.push_back({group.confusion.matrix(), lu.inverse(), std::move(group.bits)});
    }
    bits_ = static_cast<int>(all.size());
    require_bits();
    detail::require_distinct_qubits("ReadoutMitigation: bits of all groups", all, bits_);
  }

  [[nodiscard]] int bits() const noexcept { return bits_; }

  /// The probabilities of what was there (2^n), from frequencies of what was read. Throws ShapeError for another number
  /// of them, ValueError for one that is not finite or a sum that is not 1 (counts), NumericalError where least squares
  /// do not converge. Cost: n 2^n for bits one by one, 2^(n + k) a group of k; so often as least squares take steps,
  /// mostly below 100.
  [[nodiscard]] std::vector<double> probabilities(std::span<const double> frequencies,
                                                  ReadoutMethod method = ReadoutMethod::least_squares) const {
    require_frequencies(frequencies);
    if (method == ReadoutMethod::least_squares) return least_squares(frequencies);
    auto inverse = transformed(frequencies, Map::inverse);
    return method == ReadoutMethod::inverse ? inverse : nearest_distribution(inverse);
  }

  /// The mean of an observable with these eigenvalues (2^n) over what was there, from the frequencies of `shots`
  /// measurements. The standard error is that of the inverse, whose values are linear in the frequencies, of
  /// multinomial covariance. That of the others is the same while no outcome is zero, and else smaller, but not known:
  /// what is zero may have some probability. Throws as probabilities, and ValueError unless there is a shot. Cost: that
  /// of probabilities.
  [[nodiscard]] Estimate expectation(std::span<const double> frequencies, double shots,
                                     std::span<const double> eigenvalues,
                                     ReadoutMethod method = ReadoutMethod::least_squares) const {
    const auto p = probabilities(frequencies, method);
    detail::require_size("ReadoutMitigation: eigenvalues", eigenvalues.size(), p.size());
    if (!(shots >= 1.0)) {
      throw ValueError(detail::text("qmtl: ReadoutMitigation: shots, expected at least 1, got ", shots));
    }
    const auto slopes = transformed(eigenvalues, Map::inverse_transposed);
    const double variance = detail::variance_of_mean(as_vector(slopes), as_vector(frequencies), shots);
    return {as_vector(p).dot(as_vector(eigenvalues)), std::sqrt(variance)};
  }

 private:
  using Matrix = ConfusionMatrix::Matrix;
  enum class Map { forward, transposed, inverse, inverse_transposed };

  struct Group {
    Matrix forward, inverse;
    std::vector<int> bits;
  };

  static constexpr int max_steps = 20000;
  static constexpr double largest_gap = 1e-15;

  [[nodiscard]] static std::vector<ReadoutGroup> all_bits(ConfusionMatrix confusion) {
    std::vector<int> bits(static_cast<std::size_t>(confusion.qubits()));
    std::iota(bits.begin(), bits.end(), 0);
    return {{std::move(confusion), std::move(bits)}};
  }
  [[nodiscard]] static Eigen::Map<const Eigen::VectorXd> as_vector(std::span<const double> values) {
    return {values.data(), static_cast<Eigen::Index>(values.size())};
  }

  void require_bits() const {
    if (bits_ >= 1 && bits_ <= 30) return;
    throw ShapeError(detail::text("qmtl: ReadoutMitigation: bits, expected 1 to 30, got ", bits_));
  }
  void require_frequencies(std::span<const double> frequencies) const {
    detail::require_outcomes("ReadoutMitigation", frequencies.size(), static_cast<std::size_t>(bits_));
    for (const double f : frequencies) {
      if (!std::isfinite(f)) {
        throw ValueError(detail::text("qmtl: ReadoutMitigation: frequencies, expected finite numbers, got ", f));
      }
    }
    if (const double sum = as_vector(frequencies).sum(); !(std::abs(sum - 1.0) < 1e-6)) {
      throw ValueError(detail::text("qmtl: ReadoutMitigation: frequencies, expected a sum of 1, got ", sum,
                                    ": counts are to be divided by the number of shots"));
    }
  }

  [[nodiscard]] std::vector<double> transformed(std::span<const double> values, Map map) const {
    std::vector<double> out(values.begin(), values.end());
    for (std::size_t j = 0; j < errors_.size(); ++j) transform_bit(out, static_cast<int>(j), errors_[j], map);
    for (const auto& [forward, inverse, bits] : groups_) {
      constexpr std::string_view where = "ReadoutMitigation";
      switch (map) {
        case Map::forward: detail::apply_on_bits(where, out, forward, bits); break;
        case Map::transposed: detail::apply_on_bits(where, out, forward.transpose(), bits); break;
        case Map::inverse: detail::apply_on_bits(where, out, inverse, bits); break;
        case Map::inverse_transposed: detail::apply_on_bits(where, out, inverse.transpose(), bits); break;
      }
    }
    return out;
  }

  static void transform_bit(std::span<double> values, int j, const ReadoutError& error, Map map) {
    const double up = error.p_1_given_0, down = error.p_0_given_1;
    double a = 1 - up, b = down, c = up, d = 1 - down;  // the matrix
    if (map == Map::inverse || map == Map::inverse_transposed) {
      const double determinant = 1 - up - down;
      std::tie(a, b, c, d) = std::tuple(d / determinant, -b / determinant, -c / determinant, a / determinant);
    }
    if (map == Map::transposed || map == Map::inverse_transposed) std::swap(b, c);
    detail::transform_pairs(values, j, a, b, c, d);
  }

  /// Projected gradients with momentum (Beck and Teboulle 2009), which starts anew where it leads uphill (O'Donoghue
  /// and Candes 2015). With the gradient g at p, <g, p> - min g bounds how far |A p - f|^2 / 2 is above its minimum.
  [[nodiscard]] std::vector<double> least_squares(std::span<const double> f) const {
    const std::vector<double> ones(f.size(), 1.0);
    const double lipschitz = as_vector(transformed(ones, Map::forward)).maxCoeff();  // |A|_1 |A|_inf, columns add to 1
    auto p = nearest_distribution(transformed(f, Map::inverse));
    auto ahead = p;
    double momentum = 1.0, gap = 0.0;
    for (int step = 0; step < max_steps; ++step) {
      const auto slope_here = slope(p, f);
      gap = as_vector(slope_here).dot(as_vector(p)) - as_vector(slope_here).minCoeff();
      if (gap <= largest_gap) return p;
      auto moved = slope(ahead, f);
      for (std::size_t i = 0; i < moved.size(); ++i) moved[i] = ahead[i] - moved[i] / lipschitz;
      const auto next = nearest_distribution(moved);
      double uphill = 0.0;
      for (std::size_t i = 0; i < next.size(); ++i) uphill += (ahead[i] - next[i]) * (next[i] - p[i]);
      const double raised = (1 + std::sqrt(1 + 4 * momentum * momentum)) / 2;
      const double carried = uphill > 0 ? 0.0 : (momentum - 1) / raised;
      momentum = uphill > 0 ? 1.0 : raised;
      for (std::size_t i = 0; i < next.size(); ++i) ahead[i] = next[i] + carried * (next[i] - p[i]);
      p = next;
    }
    if (gap <= std::sqrt(largest_gap)) return p;
    throw NumericalError(detail::text("qmtl: ReadoutMitigation: least squares after ", max_steps,
                                      " steps, expected to be within ", std::sqrt(largest_gap), " of the minimum, got ",
                                      gap));
  }

  /// A^T (A p - f).
  [[nodiscard]] std::vector<double> slope(std::span<const double> p, std::span<const double> f) const {
    auto residual = transformed(p, Map::forward);
    for (std::size_t i = 0; i < residual.size(); ++i) residual[i] -= f[i];
    return transformed(residual, Map::transposed);
  }

  int bits_ = 0;
  std::vector<ReadoutError> errors_;  ///< of single bits; or
  std::vector<Group> groups_;
};

}  // namespace qmtl::inline QMTL_ABI
