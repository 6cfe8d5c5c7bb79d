#pragma once
// SPDX-License-Identifier: Apache-2.0
// Rotosolve: trains the angles of a head's blocks without gradients, one by one, each to the minimum of the loss along
// it. Not in qmtl.hpp.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <span>
#include <tuple>
#include <utility>
#include <vector>

#include "qmtl/core/clock.hpp"
#include "qmtl/train/angles/task_line.hpp"
#include "qmtl/train/class_weights.hpp"
#include "qmtl/train/evaluate.hpp"
#include "qmtl/train/standardization.hpp"

namespace qmtl::inline QMTL_ABI {

/// The least value of a sinusoid, and an angle in (-pi, pi] that takes it.
struct SinusoidMinimum {
  double angle = 0.0;
  double value = 0.0;
};

/// The minimum of a + b cos(w) + c sin(w): a - sqrt(b^2 + c^2) at w = atan2(-c, -b), in radians (Ostaszewski, Grant and
/// Benedetti 2021, "Structure optimization for parameterized quantum circuits", Quantum 5, 391, eq. 8; found at the
/// same time by Nakanishi, Fujii and Todo 2020, and before by Vidal and Theis 2018). 0 where b = c = 0. Throws
/// ValueError for a coefficient that is not finite.
[[nodiscard]] inline SinusoidMinimum rotosolve_minimum(double a, double b, double c) {
  for (const double coefficient : {a, b, c}) {
    if (std::isfinite(coefficient)) continue;
    throw ValueError(
        detail::text("qmtl: rotosolve_minimum: a coefficient, expected a finite number, got ", coefficient));
  }
  if (b == 0.0 && c == 0.0) return {0.0, a};
  return {std::atan2(0.0 - c, 0.0 - b), a - std::hypot(b, c)};  // -0 would make -pi of pi
}

/// How `rotosolve` trains.
struct RotosolveOptions {
  int sweeps = 20;          ///< at most so many passes over all angles
  double tolerance = 1e-5;  ///< a sweep that lowers the loss by less than this is the last
  int grid = 16;            ///< where the loss along an angle is looked at first: so many points times its degree
  bool scales = true;       ///< trainable scales too, and weights of terms
  Standardization standardize_targets{};  ///< as in FitOptions
};

/// The course of a Rotosolve training.
struct RotosolveReport {
  std::vector<double> losses;                    ///< sum over tasks: before, and after each sweep; never rises
  std::vector<std::vector<double>> task_losses;  ///< the same, by task
  std::size_t evaluations = 0;                   ///< of the head on all rows; one serves all tasks
  bool converged = false;                        ///< the last sweep lowered the loss by less than the tolerance
  double seconds = 0.0;
};

namespace detail {

/// Throws ValueError, naming the option, unless they are possible.
inline void validate(const RotosolveOptions& options) {
  const auto require = [](bool possible, const char* name, const char* expected, auto value) {
    if (!possible) throw ValueError(text("qmtl: rotosolve: ", name, ", expected ", expected, ", got ", value));
  };
  require(options.sweeps >= 0, "sweeps", "at least 0", options.sweeps);
  require(std::isfinite(options.tolerance) && options.tolerance >= 0.0, "tolerance", "a finite number from 0",
          options.tolerance);
  require(options.grid >= 4, "grid", "at least 4", options.grid);
}

template <Scalar S, class... Tasks>
[[nodiscard]] auto task_lines(const Batch<S>& labels, const TargetScaler<S>& targets,
                              std::type_identity<std::tuple<Tasks...>>) {
  return [&]<Eigen::Index... Is>(std::integer_sequence<Eigen::Index, Is...>) {
    return std::tuple<TaskLine<Tasks>...>(
        TaskLine<Tasks>(LabelRow<S>(labels.row(Is)), targets[static_cast<std::size_t>(Is)])...);
  }
  (std::make_integer_sequence<Eigen::Index, static_cast<Eigen::Index>(sizeof...(Tasks))>{});
}

/// One call of rotosolve, on rows that the head has encoded.
template <Backbone B, WindowHead H>
class RotosolveRun {
  using S = typename B::Scalar;
  static constexpr auto tasks = static_cast<std::size_t>(H::tasks);
  static constexpr double rounding = 16.0 * static_cast<double>(std::numeric_limits<S>::epsilon());
  template <int T>
  using Task = std::tuple_element_t<static_cast<std::size_t>(T), typename H::TaskList>;
  template <int T>
  static constexpr auto first = static_cast<std::size_t>(first_parameter<H>(T));
  static constexpr int most_weights = [] {
    int most = 0;
    for_each_index<H::tasks>([&](auto t) { most = std::max(most, Task<t>::weights); });
    return most;
  }();
  static constexpr int most_readout_parameters = [] {
    int most = 0;
    for_each_index<H::tasks>([&](auto t) { most = std::max(most, Task<t>::Readout::parameters); });
    return most;
  }();

 public:
  /// All arguments must outlive it.
  RotosolveRun(MultiTaskModel<B, H>& model, const Dataset<S>& data, const RotosolveOptions& options)
      : model_(model),
        entries_(data.inputs),
        options_(options),
        targets_(training_targets<S>(task_facts(model), model.target_scaler(), data, options.standardize_targets,
                                     "rotosolve")),
        lines_(task_lines<S>(data.labels, targets_, std::type_identity<typename H::TaskList>{})),
        logits_(H::outputs, data.rows()) {
    for_each_index<H::tasks>([](auto t) {
      static_assert(has_harmonics<typename Task<t>::Block>,
                    "qmtl: the frequencies of a weight's uses must be whole multiples of a common one, 32 times it in "
                    "all at most, to be trained by rotosolve");
    });
    validate(options);
    require_unweighted(data, "rotosolve");
    if (data.rows() == 0) throw ShapeError("qmtl: rotosolve: rows of the data, expected at least 1, got 0");
  }

  [[nodiscard]] RotosolveReport run() {
    const double start = steady_seconds();
    report_.task_losses.push_back(evaluate(0));
    model_.set_target_scaler(targets_);  // not before: it may have thrown
    report_.losses.push_back(sum(report_.task_losses.back()));
    for (int sweep = 1; sweep <= options_.sweeps && !report_.converged; ++sweep) {
      const std::vector<S> before(weights().begin(), weights().end());
      for (int j = 0; j < most_weights; ++j) step_angles(j);
      if (options_.scales) step_readouts();
      auto losses = evaluate(sweep);
      undo_what_rose(before, losses);
      report_.losses.push_back(sum(losses));
      report_.task_losses.push_back(std::move(losses));
      report_.converged = report_.losses[report_.losses.size() - 2] - report_.losses.back() <= options_.tolerance;
    }
    report_.seconds = steady_seconds() - start;
    return std::move(report_);
  }

 private:
  [[nodiscard]] std::span<S> weights() noexcept { return model_.head_weights(); }

  [[nodiscard]] static double sum(const std::vector<double>& losses) noexcept {
    double total = 0.0;
    for (const double loss : losses) total += loss;
    return total;
  }

  /// Expectation values of all rows.
  const auto& run_head(std::span<const S> weights) {
    model_.head().forward_encoded(entries_, weights, logits_);
    ++report_.evaluations;
    return model_.head().expectations();
  }

  /// Those of one task.
  template <int T>
  [[nodiscard]] static auto values_of(const auto& expectations) noexcept {
    return expectations.middleRows(first_value<T>(), H::task_observables[static_cast<std::size_t>(T)]);
  }
  template <int T>
  [[nodiscard]] static constexpr Eigen::Index first_value() noexcept {
    Eigen::Index offset = 0;
    for (std::size_t t = 0; t < static_cast<std::size_t>(T); ++t) offset += H::task_observables[t];
    return offset;
  }

  /// Calls visit(t, line) for every task with a label.
  template <class Visit>
  void for_each_line(const Visit& visit) {
    for_each_index<H::tasks>([&](auto t) {
      auto& line = std::get<static_cast<std::size_t>(t)>(lines_);
      if (line.labelled()) visit(t, line);
    });
  }

  /// The tasks' losses at the model's weights, 0 without a label.
  [[nodiscard]] std::vector<double> evaluate(int sweep) {
    std::vector<double> losses(tasks, 0.0);
    const auto& values = run_head(weights());
    for_each_line([&](auto t, auto& line) {
      using T = Task<t>;
      load_parameters<t>(line, weights());
      double& loss = losses[static_cast<std::size_t>(t)];
      line.load(values_of<t>(values));
      loss = line.loss();
      if (std::isfinite(loss)) return;
      throw NumericalError(text("qmtl: rotosolve: the loss of task ", T::name, ", expected a finite number, got ", loss,
                                sweep == 0 ? " before the first sweep" : " after a sweep"));
    });
    return losses;
  }

  /// Minimises the loss of each task along weight number j of its block. Tasks act on copies of the state, so that one
  /// evaluation of the head is one of each.
  void step_angles(int j) {
    trial_.assign(weights().begin(), weights().end());
    std::size_t points = 1;
    const auto for_each_angle = [&](const auto& visit) {
      for_each_line([&](auto t, auto& line) {
        if constexpr (Task<t>::weights > 0) {
          if (j >= Task<t>::weights) return;
          const Harmonics& h = harmonics<typename Task<t>::Block>[static_cast<std::size_t>(j)];
          if (h.degree > 0) visit(t, line, h, first<t> + static_cast<std::size_t>(j));
        }
      });
    };
    for_each_angle([&](auto, auto& line, const Harmonics& h, std::size_t) {
      line.begin(h);
      points = std::max(points, h.points());
    });
    if (points == 1) return;
    for (std::size_t m = 0; m < points; ++m) {
      for_each_angle([&](auto, auto&, const Harmonics& h, std::size_t weight) {
        const double part = static_cast<double>(m % h.points()) / static_cast<double>(h.points());
        trial_[weight] = weights()[weight] + static_cast<S>(part * h.period());
      });
      const auto& values = run_head(trial_);
      for_each_angle([&](auto t, auto& line, const Harmonics& h, std::size_t) {
        if (m < h.points()) line.sample(m, values_of<t>(values));
      });
    }
    for_each_angle([&](auto, auto& line, const Harmonics& h, std::size_t weight) {
      line.transform();
      const double step = minimise_periodic(line, h.period(), options_.grid * h.degree, rounding).at;
      if (step == 0.0) return;
      const double angle = static_cast<double>(weights()[weight]) + step;
      weights()[weight] = static_cast<S>(angle - h.period() * std::round(angle / h.period()));
    });
  }

  template <int T>
  static void load_parameters(auto& line, std::span<const S> weights) noexcept {
    std::ranges::copy(weights.subspan(first<T> + Task<T>::weights, Task<T>::Readout::parameters),
                      line.parameters().begin());
  }

  /// Minimises the loss of each task along each parameter of its readout, one after the other. In it every loss is
  /// convex, but where all rows are classified rightly it has no minimum: a scale at most doubles in a sweep.
  void step_readouts() {
    if constexpr (most_readout_parameters > 0) {
      const auto& values = run_head(weights());
      for_each_line([&](auto t, auto& line) {
        load_parameters<t>(line, weights());
        line.load(values_of<t>(values));
        for (int j = 0; j < Task<t>::Readout::parameters; ++j) {
          double& value = line.parameters()[static_cast<std::size_t>(j)];
          const LinePoint here = line.of_parameter(j, value);
          if (here.slope == 0.0) continue;
          const double down = here.slope < 0.0 ? 1.0 : -1.0;
          const double step = value == 0.0 ? down : value * down > 0.0 ? value : -value / 2;
          const auto along = [&line, j](double v) { return line.of_parameter(j, v); };
          const LineMinimum found = descend(along, value, here, step);
          if (found.loss >= here.loss) continue;
          weights()[first<t> + static_cast<std::size_t>(Task<t>::weights + j)] = static_cast<S>(found.at);
          value = found.at;
        }
      });
    }
  }

  /// Rounding can let a loss rise a little where there is nothing left to gain.
  void undo_what_rose(const std::vector<S>& before, std::vector<double>& losses) {
    for_each_line([&](auto t, auto& line) {
      using T = Task<t>;
      const auto i = static_cast<std::size_t>(t);
      const double last = report_.task_losses.back()[i];
      if (losses[i] <= last) return;
      losses[i] = last;
      std::copy_n(before.begin() + first<t>, T::parameters, weights().begin() + first<t>);
      load_parameters<t>(line, before);
    });
  }

  MultiTaskModel<B, H>& model_;
  const Batch<S>& entries_;
  const RotosolveOptions& options_;
  TargetScaler<S> targets_;
  decltype(task_lines<S>(Batch<S>(), TargetScaler<S>(), std::type_identity<typename H::TaskList>{})) lines_;
  Batch<S> logits_;
  std::vector<S> trial_;
  RotosolveReport report_;
};

}  // namespace detail

/// Trains the angles of a head's blocks by Rotosolve on encoded data: sweeps through the angles, setting each to the
/// minimum of the mean loss over all rows while the others rest (Ostaszewski, Grant and Benedetti 2021, Quantum 5, 391;
/// Nakanishi, Fujii and Todo 2020, Phys. Rev. Research 2, 043158). An expectation value is a + b cos(w) + c sin(w) of
/// an angle that one rotation has, and a sum of more harmonics where an angle is used several times, scaled, or
/// controls a rotation; as many evaluations as there are coefficients give it exactly, for every row. The loss is no
/// such sum: its minimum along the angle is searched on a grid and refined, with no further evaluation. One evaluation
/// serves all tasks, which act on copies of the state. No gradients, no learning rate, and the loss never rises.
///
/// Trainable scales and weights of terms are stepped likewise, the loss being convex in each. The backbone stays as it
/// is, missing labels contribute nothing, and the scale of a real target is learnt as by `fit`. Angles come back within
/// half a period of 0. A weight whose uses have no common frequency does not compile. Cost of a sweep: an evaluation of
/// the head on all rows for each coefficient of the task with most. Throws ShapeError or ValueError for data or options
/// that do not fit, as sample weights, NumericalError if a loss is not finite.
template <Backbone B, WindowHead H>
RotosolveReport rotosolve(MultiTaskModel<B, H>& model, const EncodedDataset<typename B::Scalar>& data,
                          const RotosolveOptions& options = {}) {
  data.require_encoded_by(model);
  return detail::RotosolveRun<B, H>(model, data.data(), options).run();
}

/// As above for any backbone: rows are standardised, sent through the backbone and encoded once, by the model as it is.
template <Backbone B, WindowHead H>
RotosolveReport rotosolve(MultiTaskModel<B, H>& model, const Dataset<typename B::Scalar>& data,
                          const RotosolveOptions& options = {}) {
  ModelTrainee<B, H> trainee(model);
  const auto entries = detail::encode_rows<typename B::Scalar>(trainee, data, "rotosolve");
  return detail::RotosolveRun<B, H>(model, entries, options).run();
}

}  // namespace qmtl::inline QMTL_ABI
