#pragma once
// SPDX-License-Identifier: Apache-2.0
// Batches by parameter shift: an executor runs plain circuits, and gradients come from shifted ones.

#include <algorithm>
#include <cmath>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "qmtl/core/execution.hpp"
#include "qmtl/core/rng.hpp"
#include "qmtl/engine/backend.hpp"
#include "qmtl/engine/task_circuit.hpp"
#include "qmtl/executor/estimator.hpp"
#include "qmtl/executor/ideal_executor.hpp"
#include "qmtl/gradient/shift.hpp"

namespace qmtl::inline QMTL_ABI {

/// Runs a head on an executor, a circuit for each measurement basis of a task: the slowest method, and the only one
/// whose gradients need nothing but expectation values, from shots, under noise or on a device. A call of the executor
/// has all tasks and as many samples as fit: forward is one run a task and sample, backward two for each angle that is
/// no constant, four for controlled rotations, or the executor's own gradients (VjpExecutor); circuits whose cotangents
/// are all zero are not run backward. For encodings that prepare states it throws LogicError, for batches of another
/// head ShapeError, for weights or angles that are not finite NumericalError: no executor sees them.
template <Scalar S, Executor E = IdealExecutor<S>>
class ShiftBackend {
 public:
  static constexpr bool splits_batches = exact_executor<E>;  ///< copies of it on threads are as good as one
  static constexpr int width = 1;                            ///< samples at a time

  /// With or without `light_cones` ideal results are the same.
  explicit ShiftBackend(const HeadProgram<S>& program, E executor = E(), bool light_cones = runs_on_light_cones<E>)
      : estimator_(std::move(executor)), program_(program), weights_(program.encoding_weights) {
    if (program.prepare != nullptr) {
      throw LogicError("qmtl: ShiftBackend: an executor needs circuits: amplitude and basis encoding have none");
    }
    for (const auto& task : program.tasks) {
      weights_ = std::max(weights_, task.first_parameter + weight_count(task.block));
      if (task.bases.empty()) circuits_.emplace_back(program, task, nullptr, light_cones);
      for (const auto& basis : task.bases) circuits_.emplace_back(program, task, &basis, light_cones);
    }
  }

  [[nodiscard]] E& executor() noexcept { return estimator_.executor(); }
  [[nodiscard]] const E& executor() const noexcept { return estimator_.executor(); }
  /// What it was made of.
  [[nodiscard]] const HeadProgram<S>& program() const noexcept { return program_; }

  /// Has the executor draw the random numbers of this seed. Throws LogicError if it is neither exact nor can do so.
  void reseed([[maybe_unused]] Seed seed) {
    if constexpr (requires(E & e) { e.reseed(seed); }) {
      executor().reseed(seed);
    } else if constexpr (!exact_executor<E>) {
      throw LogicError("qmtl: ShiftBackend: reseed, expected an executor that has reseed(Seed) or is exact");
    }
  }

  /// Passed on to an executor that has threads of its own.
  void set_execution(const Execution& execution) requires(!exact_executor<E>) {
    if constexpr (requires(E & e) { e.set_execution(execution); }) {
      executor().set_execution(execution);
    } else {
      (void)thread_count(execution);
    }
  }

  /// Expectation values (outputs x batch) for angles (features x batch).
  void forward(BatchView<const S> angles, std::span<const S> weights, BatchView<S> expectations) {
    require_head(angles, weights, expectations);
    expectations.setZero();
    answered_.clear();
    auto work = unshifted_runs();
    const Eigen::Index most = samples_at_a_time(work);
    for_each_part(work, most, angles, weights, [&](Eigen::Index first, Eigen::Index count, Jobs jobs) {
      auto answers = estimator_.estimate(jobs);
      for (std::size_t t = 0; t < circuits_.size(); ++t) {
        const auto& circuit = circuits_[t];
        expectations.block(circuit.first_output(), first, circuit.outputs(), count) +=
            answers[t].values.template cast<S>();
      }
      if constexpr (detail::Estimator<E>::has_errors) answered_.push_back({first, count, std::move(answers)});
    });
  }

  /// Standard errors (1 x batch) of combinations sum_o slopes(o, b) <O_o> of the last forward's expectation values, for
  /// slopes (outputs x batch); zero from an exact executor. What is read from one circuit is measured together,
  /// circuits are measured independently. Cost: the sum of all outcomes.
  void standard_errors(BatchView<const S> slopes, BatchView<S> errors) const {
    detail::require_size("ShiftBackend: rows of slopes (outputs)", slopes.rows(), program_.outputs);
    detail::require_size("ShiftBackend: columns of standard errors", errors.cols(), slopes.cols());
    errors.setZero();
    for (const auto& part : answered_) {
      for (std::size_t t = 0; t < circuits_.size(); ++t) {
        const auto& circuit = circuits_[t];
        if (!concerns(circuit, slopes)) continue;
        for (Eigen::Index r = 0; r < part.count; ++r) {
          const auto of_run = cotangents_of(circuit, slopes, part.first + r);
          errors(0, part.first + r) += static_cast<S>(variance_of(part.answers[t], circuit.eigenvalues(), r, of_run));
        }
      }
    }
    errors = errors.cwiseSqrt();
  }

  /// For cotangents (outputs x batch) of the last forward: adds weight gradients, and sets angle gradients (features x
  /// batch) unless they have no columns.
  void backward(BatchView<const S> angles, std::span<const S> weights, BatchView<const S> cotangents,
                std::span<S> gradient, BatchView<S> angle_gradients) {
    require_head(angles, weights, cotangents);
    detail::require_size("ShiftBackend: number of gradients", gradient.size(), weights.size());
    const bool features = angle_gradients.cols() > 0;
    if (features) angle_gradients.setZero();
    const auto derivative_of = [&](const Circuit& circuit, const typename Circuit::Parameter& p, Eigen::Index b,
                                   double derivative) {
      circuit.chain(p, derivative, angles.col(b).data(), weights.data(),
                    features ? angle_gradients.col(b).data() : nullptr, gradient.data());
    };
    if constexpr (VjpExecutor<E>) {
      own_gradients(angles, weights, cotangents, derivative_of);
    } else {
      shifted_gradients(angles, weights, cotangents, features, derivative_of);
    }
  }

 private:
  using Circuit = detail::TaskCircuit<S>;

  void require_head(BatchView<const S> angles, std::span<const S> weights, BatchView<const S> of_outputs) const {
    detail::require_size("ShiftBackend: rows of angles (features)", angles.rows(), program_.features);
    detail::require_size("ShiftBackend: rows of expectation values (outputs)", of_outputs.rows(), program_.outputs);
    detail::require_size("ShiftBackend: columns of expectation values", of_outputs.cols(), angles.cols());
    if (weights.size() < static_cast<std::size_t>(weights_)) {  // parameters of readouts may follow
      throw ShapeError(detail::text("qmtl: ShiftBackend: number of weights, expected at least ", weights_, ", got ",
                                    weights.size()));
    }
    for (std::size_t j = 0; j < weights.size(); ++j) {
      if (!std::isfinite(weights[j])) throw_not_finite(detail::text("weight ", j), weights[j]);
    }
    for (Eigen::Index b = 0; b < angles.cols(); ++b) {
      for (Eigen::Index i = 0; i < angles.rows(); ++i) {
        if (!std::isfinite(angles(i, b))) throw_not_finite(detail::text("sample ", b, ", angle ", i), angles(i, b));
      }
    }
  }

  [[noreturn]] static void throw_not_finite(const std::string& what, S value) {
    throw NumericalError(detail::text("qmtl: ShiftBackend: ", what, ", expected a finite number, got ", value));
  }

  /// A parameter moved by `delta` radians.
  struct Shift {
    std::size_t parameter = 0;
    double delta = 0.0;
  };

  /// A circuit, and the shifts with which each sample is run; one by nothing is the sample as it is.
  struct Runs {
    const Circuit* circuit;
    std::vector<Shift> shifts;
    ColMajorMatrix<double> parameters;
  };

  using Jobs = std::span<const CircuitJob>;

  /// How many samples fit in memory.
  [[nodiscard]] static Eigen::Index samples_at_a_time(const std::vector<Runs>& work) {
    constexpr std::size_t numbers_at_a_time = std::size_t{1} << 22;
    std::size_t numbers = 1;
    for (const auto& runs : work) numbers += runs.circuit->numbers() * runs.shifts.size();
    return static_cast<Eigen::Index>(std::max<std::size_t>(1, numbers_at_a_time / numbers));
  }

  /// Calls body(first sample, samples, jobs) for parts of the batch of at most `most` samples.
  template <class Body>
  static void for_each_part(std::vector<Runs>& work, Eigen::Index most, BatchView<const S> angles,
                            std::span<const S> weights, const Body& body) {
    if (work.empty()) return;
    for (Eigen::Index first = 0; first < angles.cols(); first += most) {
      const Eigen::Index count = std::min(most, angles.cols() - first);
      std::vector<CircuitJob> jobs;
      for (auto& runs : work) {
        bind(runs, {angles.data() + first * angles.rows(), angles.rows(), count}, weights);
        jobs.push_back(runs.circuit->job(runs.parameters));
      }
      body(first, count, Jobs(jobs));
    }
  }

  /// The parameters of all runs, one sample after another.
  static void bind(Runs& runs, BatchView<const S> angles, std::span<const S> weights) {
    const auto shifts = static_cast<Eigen::Index>(runs.shifts.size());
    auto& table = runs.parameters;
    table.resize(static_cast<Eigen::Index>(runs.circuit->parameters().size()), angles.cols() * shifts);
    for (Eigen::Index b = 0; b < angles.cols(); ++b) {
      auto of_sample = table.middleCols(b * shifts, shifts);
      runs.circuit->bind(angles.col(b).data(), weights.data(), of_sample.data());
      for (Eigen::Index k = 1; k < shifts; ++k) of_sample.col(k) = of_sample.col(0);
      for (Eigen::Index k = 0; k < shifts; ++k) {
        const Shift& shift = runs.shifts[static_cast<std::size_t>(k)];
        if (shift.delta != 0.0) of_sample(static_cast<Eigen::Index>(shift.parameter), k) += shift.delta;
      }
    }
  }

  /// A run of each circuit as it is.
  [[nodiscard]] std::vector<Runs> unshifted_runs() const {
    std::vector<Runs> work;
    for (const auto& circuit : circuits_) work.push_back({&circuit, {{}}, {}});
    return work;
  }

  /// The runs that gradients need: encodings first, as tasks may have them in common, then blocks.
  [[nodiscard]] std::vector<Runs> shifted_runs(BatchView<const S> cotangents, bool features) const {
    std::vector<Runs> work;
    const S asked_for{};
    for (const bool in_block : {false, true}) {
      for (const auto& circuit : circuits_) {
        if (!concerns(circuit, cotangents)) continue;
        Runs runs{&circuit, {}, {}};
        for (std::size_t i = 0; i < circuit.parameters().size(); ++i) {
          const auto& p = circuit.parameters()[i];
          if (p.in_block != in_block || !detail::wanted(p.source, features ? &asked_for : nullptr, &asked_for))
            continue;
          const auto add = [&](double delta) {
            runs.shifts.push_back({i, delta});
            return 0.0;
          };
          (void)detail::shift_derivative(p.gate, add, p.angle);
        }
        if (!runs.shifts.empty()) work.push_back(std::move(runs));
      }
    }
    return work;
  }

  template <class DerivativeOf>
  void shifted_gradients(BatchView<const S> angles, std::span<const S> weights, BatchView<const S> cotangents,
                         bool features, const DerivativeOf& derivative_of) {
    auto work = shifted_runs(cotangents, features);
    const Eigen::Index most = samples_at_a_time(work);
    for_each_part(work, most, angles, weights, [&](Eigen::Index first, Eigen::Index count, Jobs jobs) {
      const auto estimates = estimator_.estimate(jobs);
      for (std::size_t w = 0; w < work.size(); ++w) {
        const auto shifts = static_cast<Eigen::Index>(work[w].shifts.size());
        for (Eigen::Index b = 0; b < count; ++b) {
          const Eigen::RowVectorXd values = cotangents_of(*work[w].circuit, cotangents, first + b).transpose() *
                                            estimates[w].values.middleCols(b * shifts, shifts);
          differentiate(work[w], values, [&](const auto& p, double derivative) {
            derivative_of(*work[w].circuit, p, first + b, derivative);
          });
        }
      }
    });
  }

  /// Calls body(parameter, derivative) for all that are shifted, from the values of a sample's runs.
  template <class Body>
  static void differentiate(const Runs& runs, const Eigen::RowVectorXd& values, const Body& body) {
    const auto& shifts = runs.shifts;
    for (std::size_t begin = 0, end = 0; begin < shifts.size(); begin = end) {
      while (end < shifts.size() && shifts[end].parameter == shifts[begin].parameter) ++end;
      const auto value_at = [&](double delta) {
        std::size_t k = begin;
        while (shifts[k].delta != delta) ++k;
        return values[static_cast<Eigen::Index>(k)];
      };
      const auto& p = runs.circuit->parameters()[shifts[begin].parameter];
      body(p, detail::shift_derivative(p.gate, value_at, p.angle));
    }
  }

  template <class DerivativeOf>
  void own_gradients(BatchView<const S> angles, std::span<const S> weights, BatchView<const S> cotangents,
                     const DerivativeOf& derivative_of) {
    auto work = unshifted_runs();
    const Eigen::Index most = samples_at_a_time(work);  // as forward: a run is of the same sample
    std::erase_if(work, [&](const Runs& runs) { return !concerns(*runs.circuit, cotangents); });
    for_each_part(work, most, angles, weights, [&](Eigen::Index first, Eigen::Index count, Jobs jobs) {
      std::vector<Batch<double>> of_jobs;
      for (const auto& runs : work) {
        const auto& circuit = *runs.circuit;
        of_jobs.push_back(
            cotangents.block(circuit.first_output(), first, circuit.outputs(), count).template cast<double>());
      }
      const auto gradients = estimator_.vjp(jobs, of_jobs);
      for (std::size_t w = 0; w < work.size(); ++w) {
        const auto& circuit = *work[w].circuit;
        const auto& parameters = circuit.parameters();
        for (Eigen::Index b = 0; b < count; ++b) {
          for (std::size_t i = 0; i < parameters.size(); ++i) {
            derivative_of(circuit, parameters[i], first + b, gradients[w](static_cast<Eigen::Index>(i), b));
          }
        }
      }
    });
  }

  [[nodiscard]] static Eigen::VectorXd cotangents_of(const Circuit& circuit, BatchView<const S> cotangents,
                                                     Eigen::Index sample) {
    return cotangents.col(sample).segment(circuit.first_output(), circuit.outputs()).template cast<double>();
  }

  /// Whether one of the circuit's outputs has a cotangent that is not zero.
  [[nodiscard]] static bool concerns(const Circuit& circuit, BatchView<const S> cotangents) {
    return !cotangents.middleRows(circuit.first_output(), circuit.outputs()).isZero(S(0));
  }

  /// What the executor said of samples in a row, a circuit after another.
  struct Answered {
    Eigen::Index first, count;
    std::vector<detail::Answer> answers;
  };

  detail::Estimator<E> estimator_;
  HeadProgram<S> program_;
  int weights_;  // as many as the program uses
  std::vector<Circuit> circuits_;
  std::vector<Answered> answered_;  // of the last forward, for standard errors
};

}  // namespace qmtl::inline QMTL_ABI
