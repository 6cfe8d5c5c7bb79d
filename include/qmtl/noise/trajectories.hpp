#pragma once
// SPDX-License-Identifier: Apache-2.0
// Expectation values of noisy programs by random trajectories of state vectors, with standard errors: 2^N numbers where
// a density matrix has 4^N.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>
#include <vector>

#include "qmtl/core/estimate.hpp"
#include "qmtl/measure/expectation.hpp"
#include "qmtl/noise/trajectory_runner.hpp"

namespace qmtl::inline QMTL_ABI {

/// How many trajectories are run.
struct TrajectoryOptions {
  std::size_t count = 1000;   ///< so many, at most
  double target_error = 0.0;  ///< or until no standard error is larger and 20 have gone their own ways, looked at from
                              ///< 128 on each time they double
  Seed seed{1};
};

/// Means over trajectories.
struct TrajectoryEstimates {
  std::vector<Estimate> values;       ///< one an observable
  ColMajorMatrix<double> covariance;  ///< of the means: all come from the same trajectories
  std::size_t count = 0;              ///< trajectories that were run
};

namespace detail {

inline void check(const TrajectoryOptions& options) {
  if (options.count < 2) {
    throw ValueError(text("qmtl: trajectories: count, expected at least 2, got ", options.count));
  }
  if (!(options.target_error >= 0.0)) {
    throw ValueError(text("qmtl: trajectories: target error, expected 0 or more, got ", options.target_error));
  }
}

/// Means and covariances of vectors that come several times each (Chan, Golub and LeVeque 1979).
class RunningCovariance {
 public:
  explicit RunningCovariance(Eigen::Index size)
      : mean_(Eigen::VectorXd::Zero(size)), squares_(ColMajorMatrix<double>::Zero(size, size)) {}

  void add(const Eigen::VectorXd& sample, std::size_t times) {
    const auto before = static_cast<double>(count_), added = static_cast<double>(times);
    count_ += times;
    const Eigen::VectorXd deviation = sample - mean_;
    mean_ += deviation * (added / (before + added));
    squares_.noalias() += deviation * (deviation.transpose() * (before * added / (before + added)));
  }
  [[nodiscard]] std::size_t count() const noexcept { return count_; }
  [[nodiscard]] const Eigen::VectorXd& mean() const noexcept { return mean_; }
  [[nodiscard]] ColMajorMatrix<double> covariance_of_mean() const {
    const auto n = static_cast<double>(count_);
    return squares_ / (n * (n - 1));
  }

 private:
  std::size_t count_ = 0;
  Eigen::VectorXd mean_;
  ColMajorMatrix<double> squares_;
};

/// Runs trajectories until there are enough, `values_of(state)` being the sample that each counts with.
template <Scalar S, class ValuesOf>
[[nodiscard]] RunningCovariance sample_trajectories(TrajectoryRunner<S>& runner, std::size_t count, double target_error,
                                                    Rng& rng, Eigen::Index observables, const ValuesOf& values_of) {
  constexpr std::size_t first = 128, least_states = 20;  // few states say little of how far they are spread
  RunningCovariance sums(observables);
  std::size_t states = 0;
  while (sums.count() < count) {
    const std::size_t wanted = target_error > 0.0 ? std::max(first, 2 * sums.count()) : count;
    runner.run(std::min(wanted, count) - sums.count(), rng, [&](const auto& state, std::size_t times) {
      sums.add(values_of(state), times);
      ++states;
    });
    if (target_error > 0.0 && states >= least_states &&
        sums.covariance_of_mean().diagonal().maxCoeff() <= target_error * target_error)
      break;
  }
  return sums;
}

}  // namespace detail

/// Expectation values of observables in the state that a program leaves of |0...0>, whatever was read: means over
/// random trajectories, whose standard errors are those of the means. An operator of a channel that is applied with a
/// probability at least, whatever the state, is so without computing norms (those of mixtures of unitary matrices
/// always); trajectories are the same until another one is drawn, and share their state so far. Same seed, same values.
/// Throws ShapeError for too few features or weights, or observables on other qubits, ValueError for fewer than 2
/// trajectories or none observable, MemoryError for more than 30 qubits. Cost a trajectory: 2^N an instruction from
/// where it is not the same as others, and a term of an observable.
template <Scalar S = double>
[[nodiscard]] TrajectoryEstimates trajectories(const Program& program, std::span<const PauliSum> observables,
                                               const TrajectoryOptions& options = {}, Parameters<S> features = {},
                                               Parameters<S> weights = {}) {
  detail::check(options);
  detail::require_runnable<S>(program, features, weights);
  if (observables.empty()) throw ValueError("qmtl: trajectories: observables, expected at least 1, got none");
  detail::TrajectoryRunner<S> runner(program);
  runner.bind(features, weights);
  Rng rng(options.seed);
  const auto size = static_cast<Eigen::Index>(observables.size());
  const auto sums = detail::sample_trajectories(
      runner, options.count, options.target_error, rng, size, [&](const DynamicStateVector<S>& state) {
        const auto values = expectations(state, observables);
        return Eigen::VectorXd(Eigen::Map<const Eigen::VectorXd>(values.data(), size));
      });
  TrajectoryEstimates out{{}, sums.covariance_of_mean(), sums.count()};
  for (Eigen::Index k = 0; k < size; ++k) out.values.push_back({sums.mean()[k], std::sqrt(out.covariance(k, k))});
  return out;
}

}  // namespace qmtl::inline QMTL_ABI
