#pragma once
// SPDX-License-Identifier: Apache-2.0
// Executors whose errors are mitigated: misread qubits by the inverse of their rates, noise of gates by extrapolation.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>
#include <utility>
#include <vector>

#include "qmtl/core/execution.hpp"
#include "qmtl/core/rng.hpp"
#include "qmtl/executor/executor.hpp"
#include "qmtl/mitigation/folding.hpp"
#include "qmtl/mitigation/richardson.hpp"
#include "qmtl/noise/readout_error.hpp"

namespace qmtl::inline QMTL_ABI {

/// What a MitigatedExecutor does.
struct MitigationOptions {
  /// Undone in what is read: element q is the head's qubit q, as `model.readout_errors(device_qubits)` gives them.
  /// Nothing is undone if it is empty.
  std::vector<ReadoutError> readout_errors{};
  /// How many times as many gates each circuit is run with (fold_gates), beside itself: from all these values
  /// Richardson's extrapolation goes to none. Nothing is extrapolated if there are none.
  std::vector<double> factors{};
  int folded_width = 0;  ///< fold only gates on so many qubits, 0 for all; a circuit without any is not folded
};

/// Runs circuits by another executor of probabilities, exact or of shots, and takes readout errors and noise out of
/// their expectation values. Both corrections are linear in the frequencies, so that the values have no bias but
/// that of the extrapolation, and the covariances are those of the shots, which they multiply. Every circuit takes all
/// of the inner executor's shots. Gradients are those of shifts of the mitigated values: folded circuits repeat an
/// angle, which the shift rule does not know of, so that they are exact where noise commutes with the rotation, as
/// depolarizing does, and without factors.
template <ProbabilityExecutor E>
class MitigatedExecutor {
  static constexpr bool samples = requires(const E& executor) { static_cast<double>(executor.shots()); };

 public:
  static constexpr bool exact = exact_executor<E>;

  /// Throws ValueError for a factor that is not above 1 and at most 1000, for two that are the same, a width
  /// below 0, rates outside [0, 1], and as invert_readout_errors.
  explicit MitigatedExecutor(E executor, MitigationOptions options)
      : executor_(std::move(executor)), options_(std::move(options)) {
    const auto& factors = options_.factors;
    for (std::size_t i = 0; i < factors.size(); ++i) {
      if (!(factors[i] > 1.0 && factors[i] <= 1000.0)) {
        throw ValueError(
            detail::text("qmtl: MitigatedExecutor: factors, expected above 1 and at most 1000, got ", factors[i]));
      }
      if (std::count(factors.begin(), factors.end(), factors[i]) > 1) {
        throw ValueError(detail::text("qmtl: MitigatedExecutor: factors, expected each once, got ", factors[i]));
      }
    }
    if (options_.folded_width < 0) {
      throw ValueError(
          detail::text("qmtl: MitigatedExecutor: folded_width, expected 0 or more, got ", options_.folded_width));
    }
    for (const auto& error : options_.readout_errors) detail::check_readout_error("MitigatedExecutor", error);
    detail::require_invertible("MitigatedExecutor", options_.readout_errors);
  }

  [[nodiscard]] const E& executor() const noexcept { return executor_; }
  [[nodiscard]] const MitigationOptions& options() const noexcept { return options_; }
  /// Of an executor that draws random numbers.
  void reseed(Seed seed) requires requires(E& executor) { executor.reseed(seed); }
  { executor_.reseed(seed); }

  /// Of an executor that has threads of its own.
  void set_execution(const Execution& execution) requires requires(E& executor) { executor.set_execution(execution); }
  { executor_.set_execution(execution); }

  /// Mitigated expectation values. Throws ShapeError for a qubit without a readout error, CircuitError for a circuit of
  /// so few gates that two factors come to the same, and as the executor. Cost: that of the executor for each factor,
  /// on circuits as many times longer.
  [[nodiscard]] std::vector<Estimates> expectations(std::span<const CircuitJob> jobs) {
    std::vector<Points> points;
    std::vector<CircuitJob> runs;
    points.reserve(jobs.size());  // runs look at their circuits
    for (const auto& job : jobs) {
      points.push_back(fold(job));
      runs.push_back(job);
      for (const auto& circuit : points.back().folded) {
        runs.push_back({circuit, job.qubits, job.measured, job.parameters, job.eigenvalues});
      }
    }
    const auto tables = executor_.probabilities(runs);
    detail::require_size("MitigatedExecutor: results of the executor", tables.size(), runs.size());
    for (std::size_t i = 0; i < runs.size(); ++i) {
      detail::require_size("MitigatedExecutor: outcomes of a job", tables[i].rows(), runs[i].outcomes());
      detail::require_size("MitigatedExecutor: runs of a job", tables[i].cols(), runs[i].runs());
    }
    std::vector<Estimates> out;
    auto next = std::span(tables);
    for (std::size_t j = 0; j < jobs.size(); ++j) {
      const auto& shares = points[j].shares;
      out.push_back(combine(jobs[j], shares, next.first(shares.size())));
      next = next.subspan(shares.size());
    }
    return out;
  }

 private:
  /// A circuit with more gates, beside itself, and how much each one's values count.
  struct Points {
    std::vector<DynamicCircuit> folded;
    std::vector<double> shares;
  };

  [[nodiscard]] Points fold(const CircuitJob& job) const {
    const auto& circuit = job.circuit;
    const bool foldable = std::ranges::any_of(circuit.operations, [&](const Operation& op) {
      return options_.folded_width == 0 ||
             circuit.targets(op).size() == static_cast<std::size_t>(options_.folded_width);
    });
    Points out;
    std::vector<double> factors{1.0};
    for (const double factor : options_.factors) {
      if (!foldable) break;
      auto folded = fold_gates(circuit, factor, options_.folded_width);
      if (std::ranges::find(factors, folded.factor) != factors.end()) {
        throw CircuitError(detail::text("qmtl: MitigatedExecutor: a circuit of ", circuit.size(),
                                        " gates cannot be folded by the factor ", factor, ", got ", folded.factor,
                                        " twice"));
      }
      factors.push_back(folded.factor);
      out.folded.push_back(std::move(folded.circuit));
    }
    out.shares = detail::richardson_shares(factors);
    return out;
  }

  /// The combination of a job's tables, one a point.
  [[nodiscard]] Estimates combine(const CircuitJob& job, std::span<const double> shares,
                                  std::span<const Batch<double>> tables) const {
    const ColMajorMatrix<double> eigenvalues = corrected(job);
    Estimates out{Batch<double>::Zero(job.observables(), job.runs()),
                  Batch<double>::Zero(job.observables(), job.runs())};
    if constexpr (samples) {
      out.covariances.assign(static_cast<std::size_t>(job.runs()),
                             ColMajorMatrix<double>::Zero(job.observables(), job.observables()));
    }
    for (std::size_t i = 0; i < shares.size(); ++i) {
      out.values += shares[i] * (eigenvalues.transpose() * tables[i]);
      if constexpr (samples) {
        for (Eigen::Index r = 0; r < job.runs(); ++r) {
          const auto measured = covariance(eigenvalues, tables[i].col(r));
          out.covariances[static_cast<std::size_t>(r)] += shares[i] * shares[i] * measured;
        }
      }
    }
    return out;
  }

  /// A job's eigenvalues, whose means over what is read are those of its own over what is there.
  [[nodiscard]] ColMajorMatrix<double> corrected(const CircuitJob& job) const {
    ColMajorMatrix<double> out = job.eigenvalues;
    if (options_.readout_errors.empty()) return out;
    std::vector<ReadoutError> errors;
    for (const int m : job.measured) {
      const auto q = static_cast<std::size_t>(job.qubits[static_cast<std::size_t>(m)]);
      if (q >= options_.readout_errors.size()) {
        throw ShapeError(detail::text("qmtl: MitigatedExecutor: readout errors, expected one for each of the head's ",
                                      "qubits, got ", options_.readout_errors.size(), " and a qubit ", q));
      }
      errors.push_back(options_.readout_errors[q]);
    }
    for (Eigen::Index o = 0; o < out.cols(); ++o) {
      invert_readout_errors_of_observable({out.col(o).data(), static_cast<std::size_t>(out.rows())}, errors);
    }
    return out;
  }

  /// Of means over `shots` outcomes that were seen with these frequencies; see ProbabilityExecutor.
  [[nodiscard]] ColMajorMatrix<double> covariance(const ColMajorMatrix<double>& eigenvalues,
                                                  const auto& frequencies) const {
    const double shots = static_cast<double>(executor_.shots()),
                 imagined = 1.0 / static_cast<double>(eigenvalues.rows());
    const Eigen::VectorXd p = (shots * frequencies.array() + imagined) / (shots + 1.0);
    const ColMajorMatrix<double> centred = eigenvalues.rowwise() - (p.transpose() * eigenvalues).eval();
    return centred.transpose() * p.asDiagonal() * centred / shots;
  }

  E executor_;
  MitigationOptions options_;
};

}  // namespace qmtl::inline QMTL_ABI
