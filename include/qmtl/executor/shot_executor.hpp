#pragma once
// SPDX-License-Identifier: Apache-2.0
// Finite shots of whatever an exact executor simulates.

#include <algorithm>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "qmtl/core/binomial.hpp"
#include "qmtl/executor/ideal_executor.hpp"

namespace qmtl::inline QMTL_ABI {

/// Frequencies of measured outcomes: each run is measured `shots` times, with the probabilities that an exact executor
/// gives. They are drawn from a seed of its own, so that the same calls in the same order give the same frequencies.
/// Cost: that executor, and 2^k binomial numbers a run, whatever the number of shots.
template <ProbabilityExecutor E = IdealExecutor<>>
class ShotExecutor {
  static_assert(exact_executor<E>, "qmtl: ShotExecutor needs an exact executor: shots of shots are not measurements");

 public:
  static constexpr bool light_cones = runs_on_light_cones<E>;

  /// Throws ValueError unless there are 1 to 2^53 shots.
  explicit ShotExecutor(std::int64_t shots, Seed seed = Seed{1}, E executor = E{})
      : executor_(std::move(executor)), shots_(shots), rng_(seed) {
    if (shots < 1 || shots > std::int64_t{1} << 53) {
      throw ValueError(detail::text("qmtl: ShotExecutor: shots, expected 1 to 2^53, got ", shots));
    }
  }

  /// Measurements of each run.
  [[nodiscard]] double shots() const noexcept { return static_cast<double>(shots_); }
  /// What says the probabilities.
  [[nodiscard]] const E& executor() const noexcept { return executor_; }
  /// From now on the random numbers are those of this seed.
  void reseed(Seed seed) noexcept { rng_ = Rng(seed); }

  /// The frequencies (2^k x runs) of each job's outcomes.
  [[nodiscard]] std::vector<Batch<double>> probabilities(std::span<const CircuitJob> jobs) {
    auto results = executor_.probabilities(jobs);
    for (auto& table : results) {
      const auto outcomes = static_cast<std::size_t>(table.rows());
      for (Eigen::Index r = 0; r < table.cols(); ++r) {
        const std::span<double> run(table.col(r).data(), outcomes);
        const auto counts = multinomial(rng_, shots_, run);
        std::ranges::transform(counts, run.begin(),
                               [this](std::int64_t n) { return static_cast<double>(n) / shots(); });
      }
    }
    return results;
  }

 private:
  E executor_;
  std::int64_t shots_;
  Rng rng_;
};

}  // namespace qmtl::inline QMTL_ABI
