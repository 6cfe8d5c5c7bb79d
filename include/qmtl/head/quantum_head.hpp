#pragma once
// SPDX-License-Identifier: Apache-2.0
// QuantumHead: one shared encoding, one block and readout a task, and no classical layer behind the measurement.

#include <algorithm>
#include <array>
#include <complex>
#include <memory>
#include <span>
#include <string>
#include <tuple>
#include <type_traits>
#include <vector>

#include "qmtl/circuit/light_cone.hpp"
#include "qmtl/core/moved_from.hpp"
#include "qmtl/head/concepts.hpp"
#include "qmtl/head/encoding.hpp"
#include "qmtl/head/head_evaluator.hpp"
#include "qmtl/head/head_rules.hpp"
#include "qmtl/head/head_runner.hpp"
#include "qmtl/head/own_batch.hpp"
#include "qmtl/head/prepared_rows.hpp"
#include "qmtl/head/task_program.hpp"
#include "qmtl/head/window_sums.hpp"

namespace qmtl::inline QMTL_ABI {

/// The number of parameters of a QuantumHead: the encoding's weights and each task's.
template <class E, TaskType... Tasks>
inline constexpr int quantum_parameters = (encoding_weights<E> + ... + Tasks::parameters);

/// A head that breaks a rule is an error, and one with which compilers can go on.
template <Scalar S, auto Method, class E, class... Tasks>
class BasicQuantumHead : public BasicQuantumHead<S, HeadMethod::automatic, AngleEncoding<1>, detail::AnyTask> {
  using Check = std::conditional_t<detail::MethodFits<S, Method>, detail::HeadCheck<Method, E, Tasks...>,
                                   detail::MethodCheck<S, Method>>;
  static_assert(sizeof(Check) > 0);
};

/// The quantum multi-task head: z -> angles = Squash(z) -> |psi> = U(angles)|0...0>, encoded once for all tasks; task t
/// reads <psi| V_t^dagger M_t V_t |psi>. Parameters: the encoding's weights, then each task's. Logits: each task's. A
/// head owns its work buffers and is not to be used from two threads at once; copy it instead; one that has been moved
/// from throws LogicError. The gradients of both exact methods and of the shift rules agree to rounding. `Method` is a
/// HeadMethod or one of your own.
template <Scalar S, auto Method, class E, class... Tasks>
requires detail::MethodFits<S, Method> && detail::ConesFit<Method, E, Tasks...>
class BasicQuantumHead<S, Method, E, Tasks...> {
 public:
  using Scalar = S;
  using EncodingType = E;
  using TaskList = std::tuple<Tasks...>;
  static constexpr int qubits = encoding_qubits<E>;
  static constexpr int features = E::features;
  static constexpr int tasks = sizeof...(Tasks);
  static constexpr int encoding_parameters = encoding_weights<E>;
  static constexpr bool differentiable = differentiable_encoding<E>;
  static constexpr bool decays = false;  // under weight decay
  static constexpr bool uses_light_cones = detail::runs_light_cones<Method, E, Tasks...>;

 private:
  template <TaskType T>
  static constexpr bool runs_direct = detail::is_method<Method>(HeadMethod::direct) ||
                                      (detail::is_method<Method>(HeadMethod::automatic) && !uses_light_cones &&
                                       !detail::window_is_cheaper<T>);
  using ParameterOffsets = Offsets<encoding_parameters, Tasks::parameters...>;
  using OutputOffsets = Offsets<0, Tasks::outputs...>;
  using ObservableOffsets = Offsets<0, observable_count<typename Tasks::Readout>...>;
  using ReadingOffsets = Offsets<0, (Tasks::Windows::count * observable_count<typename Tasks::Readout>)...>;

 public:
  static constexpr int parameters = quantum_parameters<E, Tasks...>;
  static_assert(ParameterOffsets::total == parameters, "qmtl: a head's parameters must be as many as have a place");
  static constexpr int outputs = OutputOffsets::total;
  static constexpr std::array<int, sizeof...(Tasks)> task_parameters = ParameterOffsets::sizes;
  static constexpr std::array<int, sizeof...(Tasks)> task_outputs = OutputOffsets::sizes;
  static constexpr int observables = ObservableOffsets::total;  ///< expectation values that readouts see
  static constexpr std::array<int, sizeof...(Tasks)> task_observables = ObservableOffsets::sizes;
  /// The largest magnitude of each task's logits: its readout's, on each window.
  static constexpr std::array<double, sizeof...(Tasks)> task_reach{Tasks::Windows::count *
                                                                   readout_reach<typename Tasks::Readout>...};
  /// Whether samples can be encoded once and for all: all tasks look through windows, and no weight is in the encoding.
  static constexpr bool caches_encodings =
      encoding_parameters == 0 && detail::caches_encodings<S, Method> && !(runs_direct<Tasks> || ...);

  /// Small random angles (normal, deviation 0.1 rad) keep a block near the identity at the start; readouts' parameters
  /// start at their declared values. Throws ShapeError unless there are `parameters` values.
  static void initialise(Rng& rng, std::span<S> weights) {
    detail::require_size("QuantumHead: number of parameters", weights.size(), parameters);
    for (auto& w : weights) w = static_cast<S>(0.1 * rng.normal());
    detail::for_each_index<tasks>([&](auto t) {
      using T = Task<t>;
      for (int j = 0; j < T::Readout::parameters; ++j) {
        weights[static_cast<std::size_t>(ParameterOffsets::first[t] + T::weights + j)] =
            static_cast<S>(detail::initial_parameter<typename T::Readout>(j));
      }
    });
  }

  /// Sequential{} (the default) or Threads{n}: samples are shared between n threads, which live as long as the head or
  /// until another policy is set. Below 13 qubits at most ceil(B / pack_width<S>) of them have work, on light cones up
  /// to B; from there on, where samples do not come out even, the threads share each sample's state. Throws ValueError
  /// for an impossible count, std::system_error if the system has no more threads; then the head is as it was. A
  /// backend of your own, set before or later, takes the policy if it has a set_execution, and stays on the calling
  /// thread if not.
  void set_execution(const Execution& execution) {
    moved_from_.check("QuantumHead");
    evaluator_.set_execution(execution);
    batch_ = -1;
  }

  /// The head as values, for backends that are made at run time.
  [[nodiscard]] static HeadProgram<S> program() {
    HeadProgram<S> out = detail::encoding_program<S, E>();
    if constexpr (uses_light_cones && !detail::is_method<Method>(HeadMethod::shift)) {
      out.light_cones = &detail::head_cones<S>;
    }
    detail::for_each_index<tasks>(
        [&](auto t) { detail::add_task<S, Task<t>>(out, ParameterOffsets::first[t], runs_direct<Task<t>>); });
    return out;
  }

  /// From now on `backend` evaluates this head and its copies in place of its method: the same weights, the same calls.
  /// It is always given whole batches. Throws ValueError if it has a program() and that is another head's.
  template <class B>
  void set_backend(B backend) {
    constexpr bool is_backend = HeadBackend<B, S>;
    static_assert(is_backend, "qmtl: a head's backend must have forward and backward, see engine/backend.hpp");
    moved_from_.check("QuantumHead");
    if constexpr (is_backend) evaluator_.set(program(), std::move(backend));
    batch_ = -1;
  }

  /// The same by parameter shift: `executor` runs every circuit, ideally, with shots, under noise or on a device. The
  /// head's threads have copies of it if it is exact, each for a part of the batch.
  template <class X>
  void set_executor(X executor) {
    constexpr bool is_executor = Executor<X>;
    static_assert(is_executor, "qmtl: an executor must have probabilities(jobs) or expectations(jobs)");
    static_assert(!PreparesState<E>, "qmtl: an executor must have circuits: amplitude and basis encoding have none");
    moved_from_.check("QuantumHead");
    if constexpr (is_executor) evaluator_.set_executor(program(), std::move(executor));
    batch_ = -1;
  }

  /// The executor that was set, or of the method ParameterShift<X>; null if it is no X. To change it set a changed
  /// copy.
  template <Executor X>
  [[nodiscard]] const X* executor() const {
    moved_from_.check("QuantumHead");
    return evaluator_.template executor<X>();
  }

  /// The executor draws the random numbers of `seed` from now on. Throws LogicError if it can not, and is not exact.
  void reseed(Seed seed) {
    moved_from_.check("QuantumHead");
    evaluator_.reseed(seed);
  }

  /// Goes back to the method of the head's type.
  void restore_method() noexcept {
    evaluator_.restore();
    batch_ = -1;
  }
  /// Whether the head's method evaluates it, and no backend that was set.
  [[nodiscard]] bool runs_method() const noexcept { return evaluator_.runs_own(); }

  /// Logits (outputs x B) of representations z (features x B) for `parameters` weights (angles in radians). Cost: one
  /// encoding and one pass a window for each sample. Throws ShapeError on wrong sizes.
  void forward(const BatchIn<S>& z, std::span<const S> weights, BatchOut<S> logits) {
    moved_from_.check("QuantumHead");
    detail::require_size("QuantumHead: number of parameters", weights.size(), parameters);
    detail::require_size("QuantumHead: rows of z (features)", z.rows(), features);
    detail::require_size("QuantumHead: rows of logits (outputs)", logits.rows(), outputs);
    detail::require_size("QuantumHead: columns of logits", logits.cols(), z.cols());
    resize(z.cols());
    angles_.resize(features, z.cols());
    angles_ = z.unaryExpr([](S value) { return SquashOf<E>::angle(value); });
    detail::naming_rows<E>(angles_, 0, [&] { evaluator_.forward(angles_, weights, readings()); });
    read(weights, logits);
    batch_ = z.cols();
    from_entries_ = false;
  }

  /// The vector-Jacobian product of the last forward, with the same z and weights: adds dL/dweights, summed over the
  /// batch, to `gradient`, and sets dL/dz. Cost: one reverse sweep through the encoding for each sample, whatever the
  /// number of tasks. Throws ShapeError on wrong sizes; an error changes neither, and backward may be called again.
  void backward(const BatchIn<S>& z, std::span<const S> weights, const BatchIn<S>& dlogits, std::span<S> gradient,
                BatchOut<S> dz) {
    static_assert(differentiable, "qmtl: dL/dfeatures must not be asked of an encoding that has none");
    detail::require_size("QuantumHead: rows of feature gradients", dz.rows(), features);
    detail::require_size("QuantumHead: columns of feature gradients", dz.cols(), z.cols());
    angle_gradients_.resize(features, z.cols());
    backward_impl(z, weights, dlogits, gradient, angle_gradients_);
    const auto slopes = angles_.unaryExpr([](S angle) { return SquashOf<E>::derivative(angle); });
    dz.array() = angle_gradients_.array() * slopes.array();
  }

  /// As backward, without dL/dz: all that a frozen backbone needs, and cheaper.
  void backward_weights(const BatchIn<S>& z, std::span<const S> weights, const BatchIn<S>& dlogits,
                        std::span<S> gradient) {
    backward_impl(z, weights, dlogits, gradient, {nullptr, features, 0});
  }

  /// Standard errors of the logits of the last forward, of the same weights (outputs x B), to first order in those of
  /// expectation values; zero where the backend is exact, or where a logit has no slope: as that of a state of
  /// BasisStates which never occurred. Throws ShapeError on a wrong size or without a forward.
  [[nodiscard]] Batch<S, outputs> standard_errors(std::span<const S> weights) const {
    const Eigen::Index batch = std::max<Eigen::Index>(batch_, 0);
    Batch<S, outputs> errors(outputs, batch), slopes = Batch<S, outputs>::Zero(outputs, batch);
    for (int o = 0; o < outputs; ++o) {
      slopes.row(o).setOnes();
      errors.row(o) = standard_errors(weights, slopes);
      slopes.row(o).setZero();
    }
    return errors;
  }

  /// The same of combinations of logits, sum_l slopes(l, b) logit(l, b), for slopes (outputs x B): differences between
  /// classes, or what follows the head. Returns 1 x B. What is read from the same shots is not independent.
  [[nodiscard]] Batch<S, 1> standard_errors(std::span<const S> weights, const BatchIn<S>& slopes) const {
    require_backward("standard_errors", "forward", from_entries_, slopes.cols(), weights, slopes, parameters);
    Batch<S, 1> errors = Batch<S, 1>::Zero(1, slopes.cols());
    if (from_entries_) return errors;
    Batch<S, observables> of_values(observables, slopes.cols());
    std::vector<S> of_parameters;
    read_backward(weights, slopes, of_values, of_parameters);
    detail::WindowSums<S, Tasks...> windows;
    evaluator_.standard_errors(windows.spread(of_values), errors);
    return errors;
  }

  /// Numbers that `encode` stores for a sample: the packed triangle of every window's reduced density matrix (windows
  /// within others share theirs), real, or pairs of a real and an imaginary part for complex amplitudes.
  [[nodiscard]] Eigen::Index encoded_size() const requires caches_encodings {
    require_method();
    return evaluator_.own().encoded_size();
  }

  /// Sets the entries (encoded_size() x B) of representations z (features x B): all that the tasks will ever see of
  /// these samples, whatever the weights. Cost: that of forward. Throws ShapeError on wrong sizes.
  void encode(const BatchIn<S>& z, BatchOut<S> entries) requires caches_encodings {
    detail::require_size("QuantumHead: rows of z (features)", z.rows(), features);
    detail::require_size("QuantumHead: rows of entries", entries.rows(), encoded_size());
    detail::require_size("QuantumHead: columns of entries", entries.cols(), z.cols());
    batch_ = -1;
    angles_.resize(features, z.cols());
    angles_ = z.unaryExpr([](S value) { return SquashOf<E>::angle(value); });
    detail::naming_rows<E>(angles_, 0, [&] { evaluator_.own().encode(angles_, entries); });
  }

  /// As forward, from entries (encoded_size() x B). Cost: a multiplication an entry and output for each sample,
  /// whatever the number of qubits, and the tasks' window operators.
  void forward_encoded(const BatchIn<S>& entries, std::span<const S> weights,
                       BatchOut<S> logits) requires caches_encodings {
    detail::require_size("QuantumHead: number of parameters", weights.size(), parameters);
    detail::require_size("QuantumHead: rows of entries", entries.rows(), encoded_size());
    detail::require_size("QuantumHead: rows of logits (outputs)", logits.rows(), outputs);
    detail::require_size("QuantumHead: columns of logits", logits.cols(), entries.cols());
    resize(entries.cols());
    evaluator_.own().forward_encoded(entries, weights, readings());
    read(weights, logits);
    batch_ = entries.cols();
    from_entries_ = true;
  }

  /// As backward_weights, after forward_encoded of the same entries and weights.
  void backward_encoded(const BatchIn<S>& entries, std::span<const S> weights, const BatchIn<S>& dlogits,
                        std::span<S> gradient) requires caches_encodings {
    detail::require_size("QuantumHead: rows of entries", entries.rows(), encoded_size());
    require_backward("backward_encoded", "forward_encoded", true, entries.cols(), weights, dlogits, gradient.size());
    read_backward(weights, dlogits, cotangents_, sums_);
    evaluator_.own().backward_encoded(entries, window_sums_.spread(cotangents_), sums_);
    add_sums(gradient);
  }

  /// The reduced density matrix of a window of task T, the first one unless said otherwise, out of a sample's entries
  /// (encoded_size() numbers): 2^k x 2^k, bit j of a row and column is the block's qubit j, whichever window's matrix
  /// is stored. Cost 4^k and what is traced out. Throws ShapeError on a wrong size.
  template <int T, int W = 0>
  [[nodiscard]] auto window_density(std::span<const S> entries) const requires caches_encodings {
    static_assert(0 <= T && T < tasks, "qmtl: a task's number must be below the head's number of tasks");
    static_assert(0 <= W && W < Task<T>::Windows::count, "qmtl: a window's number must be below the task's number");
    detail::require_size("QuantumHead: entries of a sample", entries.size(), encoded_size());
    return evaluator_.own().density(ReadingOffsets::first[T] + W * task_observables[T], entries);
  }

  /// Expectation values (observables x B) of the last forward or forward_encoded, as the readouts have seen them: sums
  /// over the windows of a task.
  [[nodiscard]] const Batch<S, observables>& expectations() const noexcept { return expectations_; }

  /// Lines that identify the head's architecture, also in saved models.
  [[nodiscard]] static std::string describe() {
    std::string out = describe_encoding<E>() + "; " + SquashOf<E>::describe();
    ((out += detail::text("\ntask ", Tasks::name, ": ", Tasks::describe())), ...);
    return out;
  }

 private:
  template <int T>
  using Task = std::tuple_element_t<static_cast<std::size_t>(T), TaskList>;
  static constexpr bool complex = !is_real(E::circuit.ops()) || !detail::prepares_real_state<E> ||
                                  ((runs_direct<Tasks> && !is_real(Tasks::Block::circuit.ops())) || ...);
  static constexpr bool one_state =
      !uses_light_cones && !(runs_direct<Tasks> || ...) && qubits >= detail::least_qubits_for_tiles;
  using Runner = typename detail::HeadRunner<S, Method, complex, one_state>::type;

  template <int T>
  [[nodiscard]] static const S* readout_parameters(const S* weights) noexcept {
    return weights + ParameterOffsets::first[T] + Task<T>::weights;
  }

  void resize(Eigen::Index batch) {
    batch_ = -1;  // until all of it is there: preparing a state may throw
    expectations_.resize(observables, batch);
    cotangents_.resize(observables, batch);
  }

  /// Where the backend puts expectation values.
  [[nodiscard]] BatchView<S> readings() { return window_sums_.readings_for(expectations_); }

  /// From expectation values to logits.
  void read(std::span<const S> weights, BatchOut<S> logits) {
    window_sums_.add_up(expectations_);
    for (Eigen::Index b = 0; b < logits.cols(); ++b) {
      detail::for_each_index<tasks>([&](auto t) {
        Task<t>::Readout::logits(expectations_.col(b).data() + ObservableOffsets::first[t],
                                 readout_parameters<t>(weights.data()), logits.col(b).data() + OutputOffsets::first[t]);
      });
    }
  }

  /// From logit gradients to cotangents of expectation values; begins the sums with the gradients of
  /// readouts' parameters.
  void read_backward(std::span<const S> weights, const BatchIn<S>& dlogits, Batch<S, observables>& cotangents,
                     std::vector<S>& sums) const {
    sums.assign(parameters, S(0));
    for (Eigen::Index b = 0; b < batch_; ++b) {
      detail::for_each_index<tasks>([&](auto t) {
        constexpr int first = ObservableOffsets::first[t];
        S* readout_gradient = sums.data() + ParameterOffsets::first[t] + Task<t>::weights;
        Task<t>::Readout::backward(expectations_.col(b).data() + first, readout_parameters<t>(weights.data()),
                                   dlogits.col(b).data() + OutputOffsets::first[t], cotangents.col(b).data() + first,
                                   readout_gradient);
      });
    }
  }

  /// Throws LogicError if a backend stands in for the method: what is kept of samples is the method's.
  void require_method() const {
    moved_from_.check("QuantumHead");
    if (!runs_method()) {
      throw LogicError(
          "qmtl: QuantumHead: encoded samples are of the head's own method, expected no other backend or "
          "executor, got one that was set");
    }
  }

  void require_backward(const char* backward, const char* forward, bool from_entries, Eigen::Index batch,
                        std::span<const S> weights, const BatchIn<S>& dlogits, std::size_t gradients) const {
    moved_from_.check("QuantumHead");
    detail::require_size("QuantumHead: number of parameters", weights.size(), parameters);
    detail::require_size("QuantumHead: number of gradients", gradients, parameters);
    detail::require_size("QuantumHead: rows of logit gradients", dlogits.rows(), outputs);
    detail::require_size("QuantumHead: columns of logit gradients", dlogits.cols(), batch);
    if (batch != batch_ || from_entries != from_entries_) {
      throw ShapeError(detail::text("qmtl: QuantumHead: ", backward, " must follow ", forward, " on the same batch"));
    }
  }

  void backward_impl(const BatchIn<S>& z, std::span<const S> weights, const BatchIn<S>& dlogits, std::span<S> gradient,
                     BatchView<S> angle_gradients) {
    detail::require_size("QuantumHead: rows of z (features)", z.rows(), features);
    require_backward("backward", "forward", false, z.cols(), weights, dlogits, gradient.size());
    read_backward(weights, dlogits, cotangents_, sums_);
    evaluator_.backward(angles_, weights, window_sums_.spread(cotangents_), sums_, angle_gradients);
    add_sums(gradient);
  }

  /// All at once, so that an error of an encoding half-way leaves the caller's gradient as it was.
  void add_sums(std::span<S> gradient) const noexcept {
    for (std::size_t j = 0; j < gradient.size(); ++j) gradient[j] += sums_[j];
  }

  detail::MovedFrom moved_from_;
  detail::HeadEvaluator<S, Runner> evaluator_{program()};
  detail::OwnBatch batch_;     // of the last forward
  bool from_entries_ = false;  // which was forward_encoded
  Batch<S, features> angles_, angle_gradients_;
  Batch<S, observables> expectations_, cotangents_;
  detail::WindowSums<S, Tasks...> window_sums_;
  std::vector<S> sums_;  // of a batch: the gradient of the weights
};

/// The quantum head with the method that the cost model chooses.
template <Scalar S, class E, class... Tasks>
using QuantumHead = BasicQuantumHead<S, HeadMethod::automatic, E, Tasks...>;

}  // namespace qmtl::inline QMTL_ABI
