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

/// Estimates of a job; with frequencies of outcomes, if they come from those.
struct Answer : Estimates {
  Batch<double> frequencies{};  // outcomes x runs
  double shots = 0.0;           // behind each run's; 0: there are none
};

/// The variance of a mean of `shots` outcomes with these values, of which one has seen frequencies; see
/// ProbabilityExecutor. Deviations are squared, not values: large ones that are close together do not cancel.
[[nodiscard]] double variance_of_mean(const auto& values, const auto& frequencies, double shots) {
  const double imagined = 1.0 / static_cast<double>(values.size());
  const auto p = ((shots * frequencies.array() + imagined) / (shots + 1.0)).eval();
  const double mean = (p * values.array()).sum() / p.sum();
  return std::max(0.0, (p * (values.array() - mean).square()).sum() / shots);
}

/// The variance of sum_o slopes[o] values(o, run) for observables with these eigenvalues (outcomes x observables).
[[nodiscard]] double variance_of(const auto& answer, const auto& eigenvalues, Eigen::Index run, const auto& slopes) {
  if (answer.shots > 0.0)
    return variance_of_mean((eigenvalues * slopes).eval(), answer.frequencies.col(run), answer.shots);
  if (!answer.covariances.empty()) {
    return std::max(0.0, slopes.dot(answer.covariances[static_cast<std::size_t>(run)] * slopes));
  }
  if (answer.standard_errors.size() == 0) return 0.0;
  return slopes.cwiseProduct(answer.standard_errors.col(run)).squaredNorm();
}

/// Expectation values from an executor, whichever of its forms it has, and what their errors follow from. Throws
/// ShapeError for an answer of another size than the question's, ValueError for one that cannot be true.
template <Executor E>
class Estimator {
  static constexpr bool samples = requires(const E& executor) { static_cast<double>(executor.shots()); };
  static constexpr bool names_shots = requires { &E::shots; }
  || requires(E& executor) { executor.shots(); };
  static_assert(samples || !names_shots || ExpectationExecutor<E>,
                "qmtl: an executor's number of shots must be a member function, double shots() const");
  static_assert(!samples || !exact_executor<E> || ExpectationExecutor<E>,
                "qmtl: an executor must be exact or have shots, not both");
  static_assert(!samples || !VjpExecutor<E> || ExpectationExecutor<E>,
                "qmtl: an executor of shots must not have a vjp: frequencies have no gradient");

 public:
  static constexpr bool has_errors = samples || ExpectationExecutor<E>;  ///< or they are zero

  explicit Estimator(E executor) : executor_(std::move(executor)) {}

  [[nodiscard]] E& executor() noexcept { return executor_; }
  [[nodiscard]] const E& executor() const noexcept { return executor_; }

  /// An element a job.
  [[nodiscard]] std::vector<Answer> estimate(std::span<const CircuitJob> jobs) {
    auto given = [&] {
      if constexpr (ExpectationExecutor<E>) {
        return executor_.expectations(jobs);
      } else {
        return executor_.probabilities(jobs);
      }
    }();
    require_size("executor: results of its jobs", given.size(), jobs.size());
    std::vector<Answer> answers;
    answers.reserve(jobs.size());
    for (std::size_t j = 0; j < jobs.size(); ++j) answers.push_back(checked(j, jobs[j], given[j]));
    return answers;
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
  [[nodiscard]] Answer checked(std::size_t j, const auto& job, auto& given) const {
    if constexpr (ExpectationExecutor<E>) {
      require_table("expectation values", j, given.values, job.observables(), job.runs());
      if (given.covariances.empty()) {
        require_table("standard errors", j, given.standard_errors, job.observables(), job.runs());
        require_not_negative(j, given.standard_errors);
      } else {
        require_covariances(j, job, given.covariances);
      }
      return {std::move(given)};
    } else {
      require_table("outcome probabilities", j, given, job.outcomes(), job.runs());
      require_sums(j, given);
      Answer out{{job.eigenvalues.transpose() * given, {}}};
      if constexpr (samples) {
        out.shots = static_cast<double>(executor_.shots());
        if (!(out.shots > 0.0)) {
          throw ValueError(text("qmtl: executor: shots, expected a positive number, got ", out.shots));
        }
        out.frequencies = std::move(given);
      }
      return out;
    }
  }

  static void require_covariances(std::size_t j, const auto& job, const auto& covariances) {
    require_size(text("executor: covariances of job ", j, ", one a run,"), covariances.size(), job.runs());
    for (std::size_t r = 0; r < covariances.size(); ++r) {
      const auto& of_run = covariances[r];
      if (of_run.rows() == job.observables() && of_run.cols() == job.observables() && of_run.allFinite() &&
          (of_run.size() == 0 || of_run.diagonal().minCoeff() >= 0.0)) {
        continue;
      }
      throw ValueError(text("qmtl: executor: covariances of job ", j, ", run ", r, ", expected ", job.observables(),
                            " x ", job.observables(), " finite numbers, none below 0 on the diagonal, got ",
                            of_run.rows(), " x ", of_run.cols()));
    }
  }

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

  E executor_;
};

}  // namespace qmtl::inline QMTL_ABI::detail
