#pragma once
// SPDX-License-Identifier: Apache-2.0
// QuantumHead: one shared encoding, one block and readout a task, and no classical layer behind the measurement.

#include <algorithm>
#include <array>
#include <complex>
#include <span>
#include <string>
#include <tuple>

#include "qmtl/gradient/shift.hpp"
#include "qmtl/head/concepts.hpp"
#include "qmtl/head/encoding.hpp"
#include "qmtl/head/task_engine.hpp"

namespace qmtl {

namespace detail {

template <class E, class... Tasks>
struct CheckedHead {
  static_assert(CircuitType<E>, "qmtl: an encoding must have a static constexpr circuit");
  static_assert(
      EncodesFeatures<E>,
      "qmtl: an encoding's circuit must use only features below its `features`, and its weights without a gap");
  static_assert(sizeof...(Tasks) > 0, "qmtl: a head must have at least one task");
  static_assert(((window_extent<typename Tasks::Window> <= encoding_qubits<E>)&&...),
                "qmtl: a task's window must lie within the encoding's qubits");
  static_assert(names_differ<Tasks...>(), "qmtl: the tasks of a head must have different names");
  static constexpr bool value = true;
};

}  // namespace detail

/// The quantum multi-task head: z -> angles = Squash(z) -> |psi> = U(angles)|0...0>, encoded once for all tasks; task t
/// reads <psi| V_t^dagger M_t V_t |psi>. Parameters: the encoding's weights, then each task's. Logits: each task's.
/// A head owns its work buffers and is not to be used from two threads at once; copy it instead. The gradients of both
/// exact methods and of the shift rules agree to rounding.
template <Scalar S, HeadMethod Method, class E, TaskType... Tasks>
class BasicQuantumHead {
  static_assert(detail::CheckedHead<E, Tasks...>::value);

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

 private:
  using ParameterOffsets = Offsets<encoding_parameters, Tasks::parameters...>;
  using OutputOffsets = Offsets<0, Tasks::outputs...>;

 public:
  static constexpr int parameters = ParameterOffsets::total;
  static constexpr int outputs = OutputOffsets::total;
  static constexpr std::array<int, sizeof...(Tasks)> task_parameters = ParameterOffsets::sizes;
  static constexpr std::array<int, sizeof...(Tasks)> task_outputs = OutputOffsets::sizes;

  /// Small random angles (normal, deviation 0.1 rad) keep a block near the identity at the start; scales start at their
  /// declared values. Throws ShapeError unless there are `parameters` values.
  static void initialise(Rng& rng, std::span<S> weights) {
    detail::require_size("QuantumHead: number of parameters", weights.size(), parameters);
    for (auto& w : weights) w = static_cast<S>(0.1 * rng.normal());
    detail::for_each_index<tasks>([&](auto t) {
      using T = Task<t>;
      if constexpr (T::Readout::parameters > 0) {
        weights[static_cast<std::size_t>(ParameterOffsets::first[t] + T::weights)] =
            static_cast<S>(T::Readout::Scale::value);
      }
    });
  }

  /// Logits (outputs x B) of representations z (features x B) for `parameters` weights (angles in radians). Cost: one
  /// encoding and one pass a window for each sample. Throws ShapeError on wrong sizes.
  void forward(const BatchIn<S, features>& z, std::span<const S> weights, BatchOut<S, outputs> logits) {
    detail::require_size("QuantumHead: number of parameters", weights.size(), parameters);
    detail::require_size("QuantumHead: columns of logits", logits.cols(), z.cols());
    const Eigen::Index batch = z.cols();
    reserve(batch);
    angles_.leftCols(batch) = z.unaryExpr([](S value) { return SquashOf<E>::angle(value); });
    begin(weights.data(), batch);
    for (Eigen::Index b = 0; b < batch; ++b) {
      encode(angles_.col(b).data(), weights.data(), state(b).data());
      read(b, expectations_.col(b).data());
      detail::for_each_index<tasks>([&](auto t) {
        Task<t>::Readout::logits(expectations_.col(b).data() + OutputOffsets::first[t], scales<t>(weights.data()),
                                 logits.col(b).data() + OutputOffsets::first[t]);
      });
    }
  }

  /// The vector-Jacobian product of the last forward, with the same z and weights: adds dL/dweights, summed over the
  /// batch, to `gradient`, and sets dL/dz. Cost: one reverse sweep through the encoding for each sample, whatever the
  /// number of tasks.
  void backward(const BatchIn<S, features>& z, std::span<const S> weights, const BatchIn<S, outputs>& dlogits,
                std::span<S> gradient, BatchOut<S, features> dz) {
    static_assert(differentiable, "qmtl: dL/dfeatures must not be asked of an encoding that has none");
    detail::require_size("QuantumHead: columns of feature gradients", dz.cols(), z.cols());
    backward_impl(z, weights, dlogits, gradient, dz.data(), dz.outerStride());
    const auto slopes = angles_.leftCols(z.cols()).unaryExpr([](S angle) { return SquashOf<E>::derivative(angle); });
    dz.array() *= slopes.array();
  }

  /// As backward, without dL/dz: all that a frozen backbone needs, and cheaper.
  void backward_weights(const BatchIn<S, features>& z, std::span<const S> weights, const BatchIn<S, outputs>& dlogits,
                        std::span<S> gradient) {
    backward_impl(z, weights, dlogits, gradient, nullptr, 0);
  }

  /// Lines that identify the head's architecture, also in saved models.
  [[nodiscard]] static std::string describe() {
    std::string out = describe_encoding<E>() + "; " + SquashOf<E>::describe();
    ((out += detail::text("\ntask ", Tasks::name, ": ", Tasks::describe())), ...);
    return out;
  }

 private:
  template <int T>
  using Task = std::tuple_element_t<static_cast<std::size_t>(T), TaskList>;

  template <int T>
  [[nodiscard]] static const S* task_weights(const S* weights) noexcept {
    return weights + ParameterOffsets::first[T];
  }
  template <int T>
  [[nodiscard]] static const S* scales(const S* weights) noexcept {
    return task_weights<T>(weights) + Task<T>::weights;
  }

  void reserve(Eigen::Index batch) {
    if (batch <= angles_.cols()) return;
    angles_.resize(features, batch);
    expectations_.resize(outputs, batch);
    states_.resize(static_cast<Eigen::Index>(dimension(qubits)), batch);
  }

  [[nodiscard]] StateView<qubits, S> state(Eigen::Index b) noexcept {
    return StateView<qubits, S>(std::span(states_.col(b).data(), dimension(qubits)));
  }
  [[nodiscard]] StateView<qubits, const S> const_state(Eigen::Index b) const noexcept {
    return StateView<qubits, const S>(std::span(states_.col(b).data(), dimension(qubits)));
  }

  void begin(const S* weights, Eigen::Index batch) {
    detail::for_each_index<tasks>([&](auto t) { std::get<t>(engines_).begin(task_weights<t>(weights), batch); });
  }

  static void start(const S* angles, std::complex<S>* psi) {
    if constexpr (PreparesState<E>) {
      E::prepare(angles, psi);
    } else {
      std::fill_n(psi, dimension(qubits), std::complex<S>());
      psi[0] = std::complex<S>(1);
    }
  }

  static void encode(const S* angles, const S* weights, std::complex<S>* psi) {
    start(angles, psi);
    detail::apply_all<S>(E::circuit.ops(), angles, weights, psi, dimension(qubits));
  }

  void read(Eigen::Index b, S* expectations) {
    detail::for_each_index<tasks>(
        [&](auto t) { std::get<t>(engines_).forward(b, const_state(b), expectations + OutputOffsets::first[t]); });
  }

  void backward_impl(const BatchIn<S, features>& z, std::span<const S> weights, const BatchIn<S, outputs>& dlogits,
                     std::span<S> gradient, S* dz, Eigen::Index stride) {
    detail::require_size("QuantumHead: number of parameters", weights.size(), parameters);
    detail::require_size("QuantumHead: number of gradients", gradient.size(), parameters);
    detail::require_size("QuantumHead: columns of logit gradients", dlogits.cols(), z.cols());
    if (z.cols() > angles_.cols())
      throw ShapeError("qmtl: QuantumHead: backward must follow forward on the same batch");
    detail::for_each_index<tasks>([&](auto t) { std::get<t>(engines_).begin_backward(); });
    for (Eigen::Index b = 0; b < z.cols(); ++b) {
      Eigen::Matrix<S, outputs, 1> cotangents;
      detail::for_each_index<tasks>([&](auto t) {
        constexpr int first = OutputOffsets::first[t];
        S* scale_gradient = gradient.data() + ParameterOffsets::first[t] + Task<t>::weights;
        Task<t>::Readout::backward(expectations_.col(b).data() + first, scales<t>(weights.data()),
                                   dlogits.col(b).data() + first, cotangents.data() + first, scale_gradient);
      });
      S* dx = dz == nullptr ? nullptr : dz + b * stride;
      if (dx != nullptr) std::fill_n(dx, features, S(0));
      if constexpr (Method == HeadMethod::shift) {
        shift_sample(b, weights.data(), cotangents.data(), gradient.data(), dx);
      } else {
        adjoint_sample(b, weights.data(), cotangents.data(), gradient.data(), dx);
      }
    }
    detail::for_each_index<tasks>([&](auto t) {
      std::get<t>(engines_).finish(task_weights<t>(weights.data()), gradient.data() + ParameterOffsets::first[t]);
    });
  }

  /// All tasks merge into one adjoint vector, so that one sweep through the encoding serves them all.
  void adjoint_sample(Eigen::Index b, const S* weights, const S* cotangents, S* gradient, S* dx) {
    std::fill_n(lambda_.data(), dimension(qubits), std::complex<S>());
    const StateView<qubits, S> lambda(std::span(lambda_.data(), dimension(qubits)));
    detail::for_each_index<tasks>([&](auto t) {
      std::get<t>(engines_).backward(b, const_state(b), cotangents + OutputOffsets::first[t], lambda);
    });
    if (dx == nullptr && encoding_parameters == 0) return;
    std::copy_n(states_.col(b).data(), dimension(qubits), scratch_.data());
    detail::adjoint_sweep<S>(E::circuit.ops(), angles_.col(b).data(), weights, scratch_.data(), lambda_.data(),
                             dimension(qubits), dx, gradient);
    if constexpr (PreparesState<E> && differentiable) {
      if (dx != nullptr) E::prepare_vjp(angles_.col(b).data(), scratch_.data(), lambda_.data(), dx);
    }
  }

  /// F = sum_o cotangent_o <M_o>, evaluated anew for every shifted angle of the encoding and of each block.
  void shift_sample(Eigen::Index b, const S* weights, const S* cotangents, S* gradient, S* dx) {
    static_assert(Method != HeadMethod::shift || !PreparesState<E>,
                  "qmtl: parameter shift must have angles to shift: amplitude and basis encoding have none");
    const S* angles = angles_.col(b).data();
    Eigen::Matrix<S, outputs, 1> values;
    const auto contracted = [&](int first, int count) {
      double sum = 0.0;
      for (int o = first; o < first + count; ++o) sum += static_cast<double>(cotangents[o] * values[o]);
      return sum;
    };
    parameter_shift(E::circuit.ops(), angles, dx, gradient, [&](const AngleShift& shift) {
      start(angles, scratch_.data());
      for (std::size_t i = 0; i < E::circuit.operations.size(); ++i) {
        const auto& op = E::circuit.operations[i];
        detail::apply_operation<S>(i == shift.operation ? shifted(op, shift.angle, shift.delta) : op, angles, weights,
                                   scratch_.data(), dimension(qubits));
      }
      const StateView<qubits, const S> psi(std::span(scratch_.data(), dimension(qubits)));
      detail::for_each_index<tasks>(
          [&](auto t) { std::get<t>(engines_).forward(b, psi, values.data() + OutputOffsets::first[t]); });
      return contracted(0, outputs);
    });
    detail::for_each_index<tasks>([&](auto t) {
      auto& engine = std::get<t>(engines_);
      constexpr int first = OutputOffsets::first[t];
      parameter_shift<S>(engine.operations(), nullptr, nullptr, gradient + ParameterOffsets::first[t],
                         [&](const AngleShift& shift) {
                           auto ops = on<qubits, typename Task<t>::Window>(Task<t>::Block::circuit);
                           auto& op = ops.operations[shift.operation];
                           op = shifted(op, shift.angle, shift.delta);
                           engine.forward(const_state(b), ops.ops(), values.data() + first);
                           return contracted(first, Task<t>::outputs);
                         });
    });
  }

  std::tuple<detail::TaskEngine<Method, S, qubits, Tasks>...> engines_;
  Batch<S, features> angles_;
  Batch<S, outputs> expectations_;
  Eigen::Matrix<std::complex<S>, Eigen::Dynamic, Eigen::Dynamic> states_;
  StateVector<qubits, S> lambda_, scratch_;
};

/// The quantum head with the method that the cost model chooses.
template <Scalar S, class E, TaskType... Tasks>
using QuantumHead = BasicQuantumHead<S, HeadMethod::automatic, E, Tasks...>;

}  // namespace qmtl
