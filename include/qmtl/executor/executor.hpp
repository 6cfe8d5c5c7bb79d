#pragma once
// SPDX-License-Identifier: Apache-2.0
// Executors: who runs circuits for the parameter-shift backend, a simulator or a device.

#include <concepts>
#include <span>
#include <vector>

#include "qmtl/circuit/circuit.hpp"
#include "qmtl/core/scalar.hpp"

namespace qmtl::inline QMTL_ABI {

/// A circuit to be run from |0...0> and measured in the computational basis, once for each column of parameters. It
/// looks at what it names while the executor is called, no longer.
struct CircuitJob {
  CircuitView circuit;            ///< its angles are constants and `feature(j)`, which is row j of `parameters`
  std::span<const int> qubits;    ///< which qubit of the head each of its qubits is: a device's own errors go by that
  std::span<const int> measured;  ///< its measured qubits: bit j of an outcome is qubit measured[j]
  BatchView<const double> parameters;   ///< parameters x runs, in radians
  BatchView<const double> eigenvalues;  ///< 2^k outcomes x observables, k = measured.size()
  std::size_t shared = 0;  ///< its first operations, the encoding's: jobs in a row may begin with the same ones

  [[nodiscard]] Eigen::Index runs() const noexcept { return parameters.cols(); }
  [[nodiscard]] Eigen::Index outcomes() const noexcept { return eigenvalues.rows(); }
  [[nodiscard]] Eigen::Index observables() const noexcept { return eigenvalues.cols(); }
};

/// Expectation values of a job's observables (observables x runs) and their standard errors, which count as independent
/// of each other: what was measured together has covariances, which then stand in for them.
struct Estimates {
  Batch<double> values, standard_errors;
  std::vector<ColMajorMatrix<double>> covariances{};  ///< none, or of each run: observables x observables
};

/// An executor that gives a job's outcome probabilities, 2^k x runs. They may be frequencies f of `shots()`
/// measurements a run, if it has that member: standard errors follow, sqrt(sum p (value - mean)^2 / shots) for whatever
/// combination of a job's observables is asked for. Here p = (shots f + 2^-k) / (shots + 1), the posterior mean with
/// one imagined shot spread over all outcomes (Perks 1947): outcomes that are all alike leave an error of the order of
/// 1 / shots.
template <class E>
concept ProbabilityExecutor = std::copy_constructible<E> && requires(E executor, std::span<const CircuitJob> jobs) {
  { executor.probabilities(jobs) } -> std::same_as<std::vector<Batch<double>>>;
};

/// An executor that gives expectation values with their standard errors or covariances, as it knows better than its
/// caller how they come about: trajectories, error mitigation, devices.
template <class E>
concept ExpectationExecutor = std::copy_constructible<E> && requires(E executor, std::span<const CircuitJob> jobs) {
  { executor.expectations(jobs) } -> std::same_as<std::vector<Estimates>>;
};

/// What runs circuits. A call has all circuits of a batch, so that compiling them, waiting in a queue or preparing a
/// state can be done once for many. Results must depend on the jobs and on the executor alone: one that draws random
/// numbers draws them from a seed of its own. An executor may have more:
/// - `double shots() const`, next to probabilities unless it is exact: the number of measurements behind each run;
/// - `static constexpr bool exact = true`: it makes no statistical error, and a run does not depend on which others are
///   in the call. Then threads may have copies of it, each for a part of the batch;
/// - `static constexpr bool light_cones = true`: its gates make no errors of their own, so that it need not run gates
///   outside a window's light cone (with errors, gates whose unitaries cancel count);
/// - `vjp(jobs, cotangents)`: gradients in place of shifts, see VjpExecutor;
/// - `reseed(Seed)`, if it draws random numbers: from now on it draws those of this seed;
/// - `set_execution(const Execution&)`, unless it is exact: how many threads it may use.
template <class E>
concept Executor = ProbabilityExecutor<E> || ExpectationExecutor<E>;

/// Whether an executor says that it is exact.
template <class E>
inline constexpr bool exact_executor = requires {
  requires E::exact;
};

/// Whether an executor may be given light cones instead of whole circuits.
template <class E>
inline constexpr bool runs_on_light_cones = requires {
  requires E::light_cones;
};

/// An executor with gradients of its own: for cotangents (observables x runs of each job) of the expectation values it
/// returns those of the parameters (parameters x runs). They are the exact gradients of the values that it gives, as
/// of an exact executor, or of one that averages over the same random circuits in both calls. Frequencies of shots have
/// none. It is asked for the samples of a forward call of `expectations` or `probabilities`, in the same order, without
/// the jobs whose cotangents are all zero.
template <class E>
concept VjpExecutor = Executor<E> &&
    requires(E executor, std::span<const CircuitJob> jobs, std::span<const Batch<double>> cotangents) {
  { executor.vjp(jobs, cotangents) } -> std::same_as<std::vector<Batch<double>>>;
};

}  // namespace qmtl::inline QMTL_ABI
