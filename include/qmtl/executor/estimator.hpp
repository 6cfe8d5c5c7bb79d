#pragma once
// SPDX-License-Identifier: Apache-2.0
// An executor's answers, looked at before they are used.

#include <algorithm>
#include <cmath>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "qmtl/core/error.hpp"
#include "qmtl/executor/executor.hpp"

namespace qmtl::inline QMTL_ABI::detail {

// `auto` where the type is known: so that whoever includes this and estimates nothing pays for the parsing only.

/// Expectation values with standard errors from an executor, whichever of its forms it has. Throws ShapeError for an
/// answer of another size than the question's, ValueError for one that cannot be true.
template <Executor E>
class Estimator {
  static constexpr bool samples = requires(const E& executor) { static_cast<double>(executor.shots()); };
  static constexpr bool names_shots = requires { &E::shots; }
  || requires(E& executor) { executor.shots(); };
  static_assert(samples || !names_shots || ExpectationExecutor<E>,
                "qmtl: an executor's number of shots must be a member function, double shots() const");
  static_assert(!samples || !exact_executor<E> || ExpectationExecutor<E>,
                "qmtl: an executor must be exact or have shots, not both");

 public:
  explicit Estimator(E executor) : executor_(std::move(executor)) {}

  [[nodiscard]] E& executor() noexcept { return executor_; }

  /// An element a job.
  [[nodiscard]] std::vector<Estimates> estimate(std::span<const CircuitJob> jobs) {
    if constexpr (ExpectationExecutor<E>) {
      auto estimates = executor_.expectations(jobs);
      require_size("executor: results of its jobs", estimates.size(), jobs.size());
      for (std::size_t j = 0; j < jobs.size(); ++j) {
        require_table("expectation values", j, estimates[j].values, jobs[j].observables(), jobs[j].runs());
        require_table("standard errors", j, estimates[j].standard_errors, jobs[j].observables(), jobs[j].runs());
        require_not_negative(j, estimates[j].standard_errors);
      }
      return estimates;
    } else {
      const auto probabilities = executor_.probabilities(jobs);
      require_size("executor: results of its jobs", probabilities.size(), jobs.size());
      std::vector<Estimates> estimates;
      for (std::size_t j = 0; j < jobs.size(); ++j) {
        require_table("outcome probabilities", j, probabilities[j], jobs[j].outcomes(), jobs[j].runs());
        require_sums(j, probabilities[j]);
        estimates.push_back(from_probabilities(jobs[j], probabilities[j]));
      }
      return estimates;
    }
  }

  /// Gradients of the jobs' parameters, an element a job.
  [[nodiscard]] std::vector<Batch<double>> vjp(std::span<const CircuitJob> jobs,
                                               std::span<const Batch<double>> cotangents) requires VjpExecutor<E> {
    auto gradients = executor_.vjp(jobs, cotangents);
    require_size("executor: gradients of its jobs", gradients.size(), jobs.size());
    for (std::size_t j = 0; j < jobs.size(); ++j) {
      require_table("gradients", j, gradients[j], jobs[j].parameters.rows(), jobs[j].runs());
    }
    return gradients;
  }

 private:
  static void require_table(std::string_view what, std::size_t job, const auto& table, Eigen::Index rows,
                            Eigen::Index runs) {
    if (table.rows() != rows || table.cols() != runs) {
      throw ShapeError(text("qmtl: executor: ", what, " of job ", job, ", expected ", rows, " x ", runs, ", got ",
                            table.rows(), " x ", table.cols()));
    }
    for (Eigen::Index r = 0; r < runs; ++r) {
      for (Eigen::Index i = 0; i < rows; ++i) {
        if (std::isfinite(table(i, r))) continue;
        throw ValueError(text("qmtl: executor: ", what, " of job ", job, ", run ", r, ", expected finite numbers, got ",
                              table(i, r)));
      }
    }
  }

  static void require_not_negative(std::size_t job, const auto& errors) {
    for (Eigen::Index r = 0; r < errors.cols(); ++r) {
      const double least = errors.col(r).minCoeff();
      if (least >= 0.0) continue;
      throw ValueError(
          text("qmtl: executor: standard errors of job ", job, ", run ", r, ", expected none below 0, got ", least));
    }
  }

  static void require_sums(std::size_t job, const auto& probabilities) {
    constexpr double tolerance = 1e-3;  // of single precision on many qubits
    for (Eigen::Index r = 0; r < probabilities.cols(); ++r) {
      const double sum = probabilities.col(r).sum(), least = probabilities.col(r).minCoeff();
      if (std::abs(sum - 1.0) <= tolerance && least >= -tolerance) continue;
      throw ValueError(text("qmtl: executor: outcome probabilities of job ", job, ", run ", r,
                            ", expected none below 0 and a sum of 1, got a least one of ", least, " and a sum of ",
                            sum));
    }
  }

  /// Without `shots()` there are no errors.
  [[nodiscard]] Estimates from_probabilities(const auto& job, const auto& probabilities) const {
    Estimates out{job.eigenvalues.transpose() * probabilities, Batch<double>::Zero(job.observables(), job.runs())};
    if constexpr (samples) {
      const double shots = static_cast<double>(executor_.shots());
      if (!(shots > 0.0)) throw ValueError(text("qmtl: executor: shots, expected a positive number, got ", shots));
      set_errors(job, probabilities, shots, out);
    }
    return out;
  }

  /// Those of means of `shots` independent outcomes. Deviations are squared, not outcomes: near an eigenvalue the mean
  /// of squares and the square of the mean differ by their rounding only.
  static void set_errors(const auto& job, const auto& probabilities, double shots, auto& out) {
    for (Eigen::Index o = 0; o < job.observables(); ++o) {
      const auto values = job.eigenvalues.col(o).array();
      const double range = values.maxCoeff() - values.minCoeff();
      for (Eigen::Index r = 0; r < job.runs(); ++r) {
        const double spread = ((values - out.values(o, r)).square() * probabilities.col(r).array()).sum();
        out.standard_errors(o, r) = shots > 1.0 ? std::sqrt(std::max(0.0, spread) / (shots - 1.0)) : range / 2;
      }
    }
  }

  E executor_;
};

}  // namespace qmtl::inline QMTL_ABI::detail
