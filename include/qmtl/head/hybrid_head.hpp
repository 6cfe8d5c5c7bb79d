#pragma once
// SPDX-License-Identifier: Apache-2.0
// HybridHead: the usual kind of hybrid quantum model for several tasks, trainable circuits with linear layers behind
// the measurement.

#include <array>
#include <span>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "qmtl/head/linear_head.hpp"
#include "qmtl/head/quantum_head.hpp"

namespace qmtl::inline QMTL_ABI {

/// Which trainable circuits a hybrid head has: one whose expectation values feed the linear layers of all tasks, or one
/// for each task.
enum class HybridForm { shared, per_task };

namespace detail {

/// "circuit00", "circuit01", ...: names of the circuits inside a hybrid head.
template <int Number>
inline constexpr Name<10> circuit_name = [] {
  Name<10> name("circuit00");
  name.characters[7] = static_cast<char>('0' + Number / 10);
  name.characters[8] = static_cast<char>('0' + Number % 10);
  return name;
}();

/// A trainable circuit on all N qubits, read by Z on each of them.
template <int Number, class Block>
using CircuitTask = Task<circuit_name<Number>, Block, Window<0, block_width<Block>>, Expectations<block_width<Block>>>;

template <Scalar S, HybridForm Form, class E, class Block, class Sequence>
struct HybridCircuits;
template <Scalar S, class E, class Block, int... Numbers>
struct HybridCircuits<S, HybridForm::shared, E, Block, std::integer_sequence<int, Numbers...>> {
  using type = QuantumHead<S, E, CircuitTask<0, Block>>;
};
template <Scalar S, class E, class Block, int... Numbers>
struct HybridCircuits<S, HybridForm::per_task, E, Block, std::integer_sequence<int, Numbers...>> {
  using type = QuantumHead<S, E, CircuitTask<Numbers, Block>...>;
};

}  // namespace detail

/// The number of parameters of a HybridHead, also of one with too many qubits to be simulated: the encoding's weights,
/// a circuit's or each task's circuit's, and o (N + 1) of the linear layer of a task with o outputs.
template <HybridForm Form, class E, Block B, TaskType... Tasks>
inline constexpr int hybrid_parameters =
    encoding_weights<E> + (Form == HybridForm::shared ? 1 : static_cast<int>(sizeof...(Tasks))) * block_weights<B> +
    linear_parameters<encoding_qubits<E>, Tasks...>;

/// z -> encoding E on N qubits -> a trainable circuit `B` on all of them, shared or one a task -> N expectation values
/// <Z_q> -> task t's logits W_t <Z> + b_t. Takes the same Task types as the quantum head and ignores their blocks and
/// windows. Parameters: the encoding's weights, the circuits', then each task's W (column-major) and b; with T tasks of
/// one output on N ~ T qubits there are ~ T^2 of them in both forms. At most 100 tasks.
template <Scalar S, HybridForm Form, class E, Block B, TaskType... Tasks>
class HybridHead {
  static constexpr int n = encoding_qubits<E>;
  static_assert(block_width<B> == n, "qmtl: a hybrid head's circuit must have as many qubits as its encoding");
  static_assert(detail::names_differ<Tasks...>(), "qmtl: the tasks of a head must have different names");
  static_assert(sizeof...(Tasks) <= 100, "qmtl: a hybrid head must have at most 100 tasks");
  using Circuits =
      typename detail::HybridCircuits<S, Form, E, B, std::make_integer_sequence<int, sizeof...(Tasks)>>::type;
  template <class T>
  using Layer = LinearHead<S, n, T>;
  static constexpr bool shared = Form == HybridForm::shared;

 public:
  using Scalar = S;
  using EncodingType = E;
  using TaskList = std::tuple<Tasks...>;
  static constexpr int qubits = n;
  static constexpr int features = E::features;
  static constexpr int tasks = sizeof...(Tasks);
  static constexpr bool differentiable = Circuits::differentiable;
  static constexpr bool decays = false;  // an angle of its circuits has no natural zero
  static constexpr int circuit_parameters = Circuits::parameters;

 private:
  using LayerOffsets = Offsets<circuit_parameters, Layer<Tasks>::parameters...>;
  using OutputOffsets = Offsets<0, Tasks::outputs...>;

 public:
  static constexpr int parameters = hybrid_parameters<Form, E, B, Tasks...>;
  static_assert(LayerOffsets::total == parameters, "qmtl: a head's parameters must be as many as have a place");
  static constexpr int outputs = OutputOffsets::total;
  /// A task's own: its linear layer's, and its circuit's if it has one.
  static constexpr std::array<int, sizeof...(Tasks)> task_parameters{
      (Layer<Tasks>::parameters + (shared ? 0 : block_weights<B>))...};
  static constexpr std::array<int, sizeof...(Tasks)> task_outputs = OutputOffsets::sizes;

  /// Circuits as QuantumHead's, layers as LinearHead's.
  static void initialise(Rng& rng, std::span<S> weights) {
    detail::require_size("HybridHead: number of parameters", weights.size(), parameters);
    Circuits::initialise(rng, weights.first(circuit_parameters));
    detail::for_each_index<tasks>([&](auto t) { LayerOf<t>::initialise(rng, of_layer<t>(weights)); });
  }

  /// As QuantumHead::set_execution, of the circuits.
  void set_execution(const Execution& execution) { circuits_.set_execution(execution); }

  // As QuantumHead's, of the circuits.

  [[nodiscard]] static auto program() { return Circuits::program(); }
  template <class Backend>
  void set_backend(Backend backend) {
    circuits_.set_backend(std::move(backend));
  }
  template <class X>
  void set_executor(X executor) {
    circuits_.set_executor(std::move(executor));
  }
  template <Executor X>
  [[nodiscard]] const X* executor() const {
    return circuits_.template executor<X>();
  }
  void reseed(Seed seed) { circuits_.reseed(seed); }
  void restore_method() noexcept { circuits_.restore_method(); }
  [[nodiscard]] bool runs_method() const noexcept { return circuits_.runs_method(); }

  /// Logits (outputs x B) of representations z (features x B). Throws ShapeError on wrong sizes.
  void forward(const BatchIn<S>& z, std::span<const S> weights, BatchOut<S> logits) {
    detail::require_size("HybridHead: number of parameters", weights.size(), parameters);
    detail::require_size("HybridHead: rows of logits (outputs)", logits.rows(), outputs);
    detail::require_size("HybridHead: columns of logits", logits.cols(), z.cols());
    measured_.resize(Circuits::outputs, z.cols());
    circuits_.forward(z, weights.first(circuit_parameters), measured_);
    detail::for_each_index<tasks>([&](auto t) {
      layer<t>().forward(measured_.middleRows(first_measured(t), n), of_layer<t>(weights),
                         logits.middleRows(OutputOffsets::first[t], task_outputs[t]));
    });
  }

  /// For the last forward: adds dL/dweights to `gradient` and sets dL/dz. Throws ShapeError on wrong sizes; an error
  /// changes neither.
  void backward(const BatchIn<S>& z, std::span<const S> weights, const BatchIn<S>& dlogits, std::span<S> gradient,
                BatchOut<S> dz) {
    layers_backward(weights, dlogits, gradient);
    circuits_.backward(z, weights.first(circuit_parameters), slopes_, gradient.first(circuit_parameters), dz);
    add_layer_gradients(gradient);
  }

  /// As backward, without dL/dz. Throws ShapeError.
  void backward_weights(const BatchIn<S>& z, std::span<const S> weights, const BatchIn<S>& dlogits,
                        std::span<S> gradient) {
    layers_backward(weights, dlogits, gradient);
    circuits_.backward_weights(z, weights.first(circuit_parameters), slopes_, gradient.first(circuit_parameters));
    add_layer_gradients(gradient);
  }

  /// Standard errors of the logits of the last forward, of the same weights (outputs x B); zero where the backend is
  /// exact. Throws ShapeError on a wrong size or without a forward.
  [[nodiscard]] Batch<S, outputs> standard_errors(std::span<const S> weights) const {
    detail::require_size("HybridHead: number of parameters", weights.size(), parameters);
    Batch<S, outputs> errors(outputs, measured_.cols());
    detail::for_each_index<tasks>([&](auto t) {
      const S* w = of_layer<t>(weights).data();
      for (int o = 0; o < task_outputs[t]; ++o) {
        Batch<S> slopes = Batch<S>::Zero(Circuits::outputs, measured_.cols());
        for (int q = 0; q < n; ++q) slopes.row(first_measured(t) + q).setConstant(w[q * task_outputs[t] + o]);
        errors.row(OutputOffsets::first[t] + o) = circuits_.standard_errors(weights.first(circuit_parameters), slopes);
      }
    });
    return errors;
  }

  /// Lines that identify the head's architecture, also in saved models.
  [[nodiscard]] static std::string describe() {
    std::string out = detail::text("hybrid head, ", shared ? "one circuit for all tasks" : "one circuit a task", "; ",
                                   describe_encoding<E>(), "; ", SquashOf<E>::describe(), "; ", describe_block<B>());
    ((out += detail::text("\ntask ", Tasks::name, ": linear on ", n, " expectation values, ",
                          detail::describe_labels<Tasks>())),
     ...);
    return out;
  }

 private:
  template <int T>
  using LayerOf = Layer<std::tuple_element_t<static_cast<std::size_t>(T), TaskList>>;

  template <int T>
  [[nodiscard]] LayerOf<T>& layer() noexcept {
    return std::get<static_cast<std::size_t>(T)>(layers_);
  }
  template <int T, class Value>
  [[nodiscard]] static std::span<Value> of_layer(std::span<Value> weights) noexcept {
    return weights.subspan(static_cast<std::size_t>(LayerOffsets::first[T]),
                           static_cast<std::size_t>(LayerOf<T>::parameters));
  }
  [[nodiscard]] static constexpr int first_measured(int t) noexcept { return shared ? 0 : t * n; }

  /// Through the linear layers, to the expectation values. Weight gradients wait until the circuits' are there: those
  /// may throw.
  void layers_backward(std::span<const S> weights, const BatchIn<S>& dlogits, std::span<const S> gradient) {
    detail::require_size("HybridHead: number of parameters", weights.size(), parameters);
    detail::require_size("HybridHead: number of gradients", gradient.size(), parameters);
    detail::require_size("HybridHead: rows of logit gradients", dlogits.rows(), outputs);
    detail::require_size("HybridHead: columns of logit gradients (those of the last forward)", dlogits.cols(),
                         measured_.cols());
    slopes_.resize(Circuits::outputs, measured_.cols());
    slopes_.setZero();
    of_task_.resize(n, measured_.cols());
    sums_.assign(parameters, S(0));
    detail::for_each_index<tasks>([&](auto t) {
      layer<t>().backward(measured_.middleRows(first_measured(t), n), of_layer<t>(weights),
                          dlogits.middleRows(OutputOffsets::first[t], task_outputs[t]),
                          of_layer<t>(std::span<S>(sums_)), of_task_);
      slopes_.middleRows(first_measured(t), n) += of_task_;
    });
  }

  void add_layer_gradients(std::span<S> gradient) const noexcept {
    for (std::size_t j = circuit_parameters; j < sums_.size(); ++j) gradient[j] += sums_[j];
  }

  Circuits circuits_;
  std::tuple<Layer<Tasks>...> layers_;
  Batch<S> measured_, slopes_, of_task_;
  std::vector<S> sums_;  // of a batch: the gradient of the layers
};

}  // namespace qmtl::inline QMTL_ABI
