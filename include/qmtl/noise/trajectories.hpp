#pragma once
// SPDX-License-Identifier: Apache-2.0
// Expectation values of noisy programs by random trajectories of state vectors, with standard errors: 2^N numbers where
// a density matrix has 4^N.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>
#include <utility>
#include <vector>

#include "qmtl/core/estimate.hpp"
#include "qmtl/measure/expectation.hpp"
#include "qmtl/noise/trajectory_runner.hpp"

namespace qmtl::inline QMTL_ABI {

/// How many trajectories there are. Only those in which something unusual happens are run: a share of them that is
/// known, but at least 32.
struct TrajectoryOptions {
  std::size_t count = 1000;   ///< so many, at most
  double target_error = 0.0;  ///< or until no standard error is larger, looked at from 128 on each time they double
  Seed seed{1};
};

/// Means over trajectories.
struct TrajectoryEstimates {
  std::vector<Estimate> values;       ///< one an observable
  ColMajorMatrix<double> covariance;  ///< of the means: all come from the same trajectories
  std::size_t count = 0;              ///< trajectories, run or not
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

/// Means and covariances of vectors, one after another (Chan, Golub and LeVeque 1979).
class RunningCovariance {
 public:
  explicit RunningCovariance(Eigen::Index size)
      : mean_(Eigen::VectorXd::Zero(size)), squares_(ColMajorMatrix<double>::Zero(size, size)) {}

  void add(const Eigen::VectorXd& sample) {
    const auto before = static_cast<double>(count_++);
    const Eigen::VectorXd deviation = sample - mean_;
    mean_ += deviation / (before + 1);
    squares_.noalias() += deviation * (deviation.transpose() * (before / (before + 1)));
  }
  [[nodiscard]] std::size_t count() const noexcept { return count_; }
  [[nodiscard]] const Eigen::VectorXd& mean() const noexcept { return mean_; }
  /// Of fewer than two vectors 0.
  [[nodiscard]] ColMajorMatrix<double> covariance_of_mean() const {
    const auto n = static_cast<double>(std::max<std::size_t>(2, count_));
    return squares_ / (n * (n - 1));
  }

 private:
  std::size_t count_ = 0;
  Eigen::VectorXd mean_;
  ColMajorMatrix<double> squares_;
};

/// How many of `count` trajectories are run where they part with a probability: enough for a standard error.
[[nodiscard]] inline std::size_t parted_of(std::size_t count, double parting) {
  constexpr std::size_t least = 32;
  if (parting == 0.0 || parting == 1.0) return parting == 0.0 ? 0 : count;
  return std::min(count, std::max(least, static_cast<std::size_t>(std::ceil(parting * static_cast<double>(count)))));
}

struct TrajectoryMeans {
  Eigen::VectorXd mean;
  ColMajorMatrix<double> covariance;
  std::size_t count;
};

/// Means over enough trajectories, `values_of(state)` being the sample that each counts with. Those that do not part
/// count with their probability and are not drawn, so that what happens rarely is seen all the same.
template <Scalar S, class ValuesOf>
[[nodiscard]] TrajectoryMeans sample_trajectories(TrajectoryRunner<S>& runner, const TrajectoryOptions& options,
                                                  Rng& rng, Eigen::Index observables, const ValuesOf& values_of) {
  constexpr std::size_t first = 128, block = 1 << 16;
  const double parting = runner.parting(), target = options.target_error;
  RunningCovariance parted(observables);
  TrajectoryMeans out{{}, parted.covariance_of_mean(), 0};
  while (out.count < options.count) {
    out.count = target > 0.0 ? std::min(options.count, std::max(first, 2 * out.count)) : options.count;
    for (const std::size_t wanted = parted_of(out.count, parting); parted.count() < wanted;) {
      runner.run(std::min(wanted - parted.count(), block), rng,
                 [&](const auto& state) { parted.add(values_of(state)); });
    }
    out.covariance = parting * parting * parted.covariance_of_mean();
    if (target > 0.0 && out.covariance.diagonal().maxCoeff() <= target * target) break;
  }
  out.mean = parting * parted.mean();
  if (parting < 1.0) out.mean += (1 - parting) * values_of(runner.common());
  return out;
}

}  // namespace detail

/// Expectation values of observables in the state that a program leaves of |0...0>, whatever was read: means over
/// random trajectories, whose standard errors are those of the means. An operator of a channel that is applied with a
/// probability at least, whatever the state, is so without computing norms (those of mixtures of unitary matrices
/// always); trajectories are the same until another one is drawn, and share their state so far. With how much
/// probability all is the same to the end is known, unless a program measures, resets or has conditions: such a
/// trajectory counts with it, and those that are drawn part from it. Same seed, same values; estimates that are to be
/// independent need seeds of their own. Throws ShapeError for too few features or weights, or observables on other
/// qubits, ValueError for fewer than 2 trajectories or none observable, MemoryError for more than 30 qubits. Cost a
/// trajectory: 2^N an instruction from where it is not the same as others, and a term of an observable.
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
  auto means = detail::sample_trajectories(runner, options, rng, size, [&](const DynamicStateVector<S>& state) {
    const auto values = expectations(state, observables);
    return Eigen::VectorXd(Eigen::Map<const Eigen::VectorXd>(values.data(), size));
  });
  TrajectoryEstimates out{{}, std::move(means.covariance), means.count};
  for (Eigen::Index k = 0; k < size; ++k) out.values.push_back({means.mean[k], std::sqrt(out.covariance(k, k))});
  return out;
}

}  // namespace qmtl::inline QMTL_ABI
