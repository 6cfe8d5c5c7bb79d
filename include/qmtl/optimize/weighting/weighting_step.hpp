#pragma once
// SPDX-License-Identifier: Apache-2.0
// What a task weighting goes by, and what several of them have in common.

#include <algorithm>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "qmtl/core/archive.hpp"
#include "qmtl/core/error.hpp"
#include "qmtl/loss/loss.hpp"
#include "qmtl/optimize/optimizer.hpp"

namespace qmtl::inline QMTL_ABI {

/// A step of a training, as a weighting sees it.
struct WeightingStep {
  std::span<const TaskLoss> losses;  ///< of the batch, by task; 0 where no row has a label
  std::span<const double> norms;     ///< of dL_t/dz of each unweighted loss; empty unless they are asked for
  double rate_scale = 1.0;           ///< the schedule's multiplier of the learning rate
};

namespace detail {

inline constexpr double least_weight = 1e-6;  // of GradNorm, and of exp(-s)
inline constexpr double most_ratio = 1e100;   // of losses: sums of ratios stay finite

inline void require_weighting(bool right, std::string_view name, std::string_view expected, double got) {
  if (!right) throw ValueError(text("qmtl: weighting: ", name, ", expected ", expected, ", got ", got));
}
inline void require_from_zero(std::string_view name, double value) {
  require_weighting(value >= 0.0 && std::isfinite(value), name, "a finite number from 0", value);
}

/// 1 where there was no loss before.
[[nodiscard]] inline double loss_ratio(double loss, double before) noexcept {
  return before > 0.0 ? std::min(loss / before, most_ratio) : 1.0;
}

/// Losses of which -1 stands for one that is not known yet.
template <class Archive>
void archive_losses(Archive& archive, std::vector<double>& losses, const char* what) {
  archive.numbers(losses, what, {.low = -1.0});
  if constexpr (Archive::reading) {
    for (const double loss : losses)
      archive.require(loss == -1.0 || loss >= 0.0, what, ", expected -1 or a number from 0");
  }
}

/// For weights that share a sum.
template <class Archive>
void require_sum(Archive& archive, std::span<const double> weights) {
  double sum = 0.0;
  for (const double weight : weights) sum += weight;
  const auto tasks = static_cast<double>(weights.size());
  archive.require(std::abs(sum - tasks) <= 1e-6 * tasks, "task weights, expected a sum of ", tasks, ", got ", sum);
}

/// An optimizer of one number a task, without weight decay.
template <std::same_as<double> Weight>  // a template, as all that follows, so that who does not train does not compile
                                        // it
class TaskOptimizer {
 public:
  TaskOptimizer(const OptimizerSettings& settings, std::size_t tasks)
      : gradient(tasks, 0.0), before(tasks, 0.0), optimizer_(settings, tasks) {}

  /// A step along `gradient`. Momentum would go on moving tasks without a label: they stay. Throws NumericalError for a
  /// step that leaves the finite numbers.
  void step(double rate, std::vector<double>& trained, std::span<const TaskLoss> losses) {
    before = trained;
    optimizer_.step({.rate = rate, .decay_scale = 0.0}, trained, gradient);
    for (std::size_t t = 0; t < trained.size(); ++t) {
      if (losses[t].labelled == 0) trained[t] = before[t];
      if (std::isfinite(trained[t])) continue;
      throw NumericalError(
          text("qmtl: weighting: what is trained for task ", t, ", expected a finite number, got ", trained[t]));
    }
  }

  [[nodiscard]] double learning_rate() const noexcept { return optimizer_.learning_rate(); }

  template <class Archive>
  void archive(Archive& archive, const char* name, ArchiveRange steps) {
    optimizer_.archive(archive, name, steps);
  }

  std::vector<double> gradient;
  std::vector<double> before;  // what the last step moved

 private:
  Optimizer<Weight> optimizer_;
};

}  // namespace detail
}  // namespace qmtl::inline QMTL_ABI
