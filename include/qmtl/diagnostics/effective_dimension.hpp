#pragma once
// SPDX-License-Identifier: Apache-2.0
// The effective dimension of a head: how many of its parameters matter at a given amount of data.

#include <algorithm>
#include <cmath>
#include <span>
#include <vector>

#include "qmtl/core/moments.hpp"
#include "qmtl/core/rng.hpp"
#include "qmtl/diagnostics/fisher.hpp"

namespace qmtl::inline QMTL_ABI {

/// Settings of fisher_draws: parameters uniform in [low, high), by default those of Abbas et al.
struct FisherDrawOptions {
  int draws = 100;
  double low = -1.0;
  double high = 1.0;
};

/// The Fisher information matrices of a head at random parameters, over representations z (features x B): the samples
/// of effective_dimension. Cost: draws * fisher_information. Throws ValueError for less than one draw or an empty or
/// infinite range, and as fisher_information does.
template <Head H>
[[nodiscard]] std::vector<ColMajorMatrix<double>> fisher_draws(
    H& head, const std::type_identity_t<BatchIn<typename H::Scalar>>& z, Rng& rng,
    const FisherDrawOptions& options = {}) {
  if (options.draws < 1) {
    throw ValueError(detail::text("qmtl: fisher_draws: draws, expected at least 1, got ", options.draws));
  }
  if (!(std::isfinite(options.high - options.low) && options.low < options.high)) {
    throw ValueError(detail::text("qmtl: fisher_draws: range of parameters, expected finite low < high, got ",
                                  options.low, " and ", options.high));
  }
  std::vector<typename H::Scalar> weights(static_cast<std::size_t>(H::parameters));
  std::vector<ColMajorMatrix<double>> out;
  for (int draw = 0; draw < options.draws; ++draw) {
    for (auto& w : weights) w = static_cast<typename H::Scalar>(rng.uniform(options.low, options.high));
    out.push_back(fisher_information(head, z, weights));
  }
  return out;
}

/// F_k -> P F_k / (mean over k of tr F_k), so that the mean trace is P, the number of parameters (Abbas et al. 2021).
/// Matrices that are all zero stay so. Throws ShapeError unless all are square and of one size.
[[nodiscard]] inline std::vector<ColMajorMatrix<double>> trace_normalised(
    std::span<const ColMajorMatrix<double>> fishers) {
  double largest = 0.0;
  for (const auto& fisher : fishers) {
    if (fisher.size() > 0) largest = std::max(largest, fisher.cwiseAbs().maxCoeff());
  }
  const double unit = largest > 0.0 ? detail::unit_of(largest) : 1.0;  // so that the trace does not overflow
  double trace = 0.0;
  for (const auto& fisher : fishers) {
    detail::require_size("trace_normalised: rows of a matrix", fisher.rows(), fishers.front().rows());
    detail::require_size("trace_normalised: columns of a matrix", fisher.cols(), fisher.rows());
    trace += (unit * fisher).trace() / static_cast<double>(fishers.size());
  }
  std::vector<ColMajorMatrix<double>> out(fishers.begin(), fishers.end());
  for (auto& fisher : out) {
    if (trace > 0.0) fisher = unit * fisher * (static_cast<double>(fisher.rows()) / trace);
  }
  return out;
}

/// kappa = gamma n / (2 pi log n), the resolution at which n data points tell parameters apart. Throws ValueError
/// unless gamma is in (0, 1] and kappa above 1 (with gamma = 1: n of 19 or more), below which the dimension has no
/// meaning.
[[nodiscard]] inline double data_resolution(Eigen::Index rows, double gamma = 1.0) {
  if (!(gamma > 0.0 && gamma <= 1.0)) {
    throw ValueError(detail::text("qmtl: effective_dimension: gamma, expected a number in (0, 1], got ", gamma));
  }
  const auto n = static_cast<double>(rows);
  const double kappa = rows > 1 ? gamma * n / (2.0 * pi * std::log(n)) : 0.0;
  if (!(kappa > 1.0)) {
    throw ValueError(
        detail::text("qmtl: effective_dimension: data points n, expected gamma n / (2 pi log n) > 1, got n = ", rows,
                     " and gamma = ", gamma));
  }
  return kappa;
}

/// The effective dimension (Abbas et al. 2021, Nat. Comput. Sci. 1, 403, eq. 2) for n = `rows` data points,
///   d = 2 log( mean_k sqrt det(1 + kappa F_k) ) / log kappa,   kappa = gamma n / (2 pi log n),
/// of Fisher information matrices F_k at random parameters, trace-normalised here. Between 0 and about P, which it
/// approaches as n grows if the F_k have full rank (identity matrices have P log(1 + kappa) / log kappa); d / P
/// compares models. One matrix alone gives the local effective dimension at its parameters. Cost K P^3. Throws
/// ShapeError on wrong sizes or without matrices, ValueError as data_resolution does.
[[nodiscard]] inline double effective_dimension(std::span<const ColMajorMatrix<double>> fishers, Eigen::Index rows,
                                                double gamma = 1.0) {
  const double kappa = data_resolution(rows, gamma);
  if (fishers.empty()) throw ShapeError("qmtl: effective_dimension: matrices, expected at least 1, got 0");
  std::vector<double> log_volumes;  // log sqrt det
  for (const auto& fisher : trace_normalised(fishers)) {
    log_volumes.push_back(0.5 * (kappa * fisher_spectrum(fisher)).array().log1p().sum());
  }
  const double largest = *std::max_element(log_volumes.begin(), log_volumes.end());
  double sum = 0.0;
  for (const double value : log_volumes) sum += std::exp(value - largest);
  return 2.0 * (largest + std::log(sum / static_cast<double>(log_volumes.size()))) / std::log(kappa);
}

}  // namespace qmtl::inline QMTL_ABI
