#pragma once
// SPDX-License-Identifier: Apache-2.0
// Gradients of a circuit type's expectation value by either method, into buffers sized at compile time.

#include <algorithm>
#include <span>
#include <vector>

#include "qmtl/gradient/adjoint.hpp"
#include "qmtl/gradient/shift.hpp"
#include "qmtl/measure/expectation.hpp"

namespace qmtl::inline QMTL_ABI {

/// Sizes of a circuit type's parameters: a type may declare more features than its circuit uses.
template <CircuitType C>
inline constexpr int features_of = [] {
  if constexpr (requires { C::features; }) {
    return static_cast<int>(C::features);
  } else {
    return feature_count(C::circuit);
  }
}();
template <CircuitType C>
inline constexpr int weights_of = weight_count(C::circuit);

/// A value F = sum_o cotangent_o <H_o> with its gradients, in vectors whose sizes are part of the type or, for circuits
/// of run-time size, Eigen::Dynamic.
template <Scalar S, int Features, int Weights>
struct Vjp {
  S value = 0;
  Eigen::Matrix<S, Features, 1> features = Eigen::Matrix<S, Features, 1>::Zero(std::max(Features, 0));
  Eigen::Matrix<S, Weights, 1> weights = Eigen::Matrix<S, Weights, 1>::Zero(std::max(Weights, 0));
};

namespace detail {

template <CircuitType C, Scalar S>
void require_vjp_sizes(std::span<const S> x, std::span<const S> w, std::size_t observables, std::size_t cotangents) {
  require_size("gradient: number of features", x.size(), features_of<C>);
  require_size("gradient: number of weights", w.size(), weights_of<C>);
  require_size("gradient: number of cotangents", cotangents, observables);
  require_applicable(C::circuit, x, w);
}

/// The cotangents turn several observables into one: by linearity, that is the whole VJP.
template <Scalar S>
[[nodiscard]] PauliSum combine(std::span<const PauliSum> observables, std::span<const S> cotangents) {
  PauliSum sum;
  for (std::size_t o = 0; o < observables.size(); ++o) sum += static_cast<double>(cotangents[o]) * observables[o];
  return sum;
}

/// The value and the gradients of <observable> by the adjoint method, of what has been checked. `psi` is in |0...0>,
/// `lambda` as large.
template <MutableState State, class Result>
void adjoint_into(CircuitView circuit, std::span<const typename State::Scalar> x,
                  std::span<const typename State::Scalar> w, const PauliSum& observable, State& psi, State& lambda,
                  Result& result) {
  apply_all(circuit, x.data(), w.data(), psi.data(), dimension(circuit.qubits));
  lambda[0] = 0;
  add_applied(observable, psi, 1.0, lambda);
  result.value = static_cast<typename State::Scalar>(inner_product(psi, lambda).real());
  adjoint_sweep(circuit, x.data(), w.data(), psi.data(), lambda.data(), dimension(circuit.qubits),
                result.features.data(), result.weights.data());
}

/// The operation of a circuit that a shift is of, shifted.
template <Scalar S>
void apply_shifted(const CircuitView& circuit, const AngleShift& shift, const S* x, const S* w, std::complex<S>* psi,
                   Index size) {
  const Operation& op = circuit.operations[shift.operation];
  if (const auto* controlled = circuit.controlled(op)) {
    ControlledOperation moved = *controlled;
    moved.operation = shifted(moved.operation, shift.angle, shift.delta);
    apply_operation(moved, x, w, psi, size);
  } else {
    apply_operation(shifted(op, shift.angle, shift.delta), x, w, psi, size);
  }
}

/// The same by parameter shift, in one state.
template <MutableState State, class Result>
void shift_into(CircuitView circuit, std::span<const typename State::Scalar> x,
                std::span<const typename State::Scalar> w, const PauliSum& observable, State& state, Result& result) {
  const auto ops = circuit.ops();
  const auto evaluate = [&](const AngleShift& shift) {
    reset(state);
    for (std::size_t i = 0; i < ops.size(); ++i) {
      if (i == shift.operation) {
        apply_shifted(circuit, shift, x.data(), w.data(), state.data(), dimension(circuit.qubits));
      } else {
        apply_operation(circuit, ops[i], x.data(), w.data(), state.data(), dimension(circuit.qubits));
      }
    }
    return expectation(state, observable);
  };
  result.value = static_cast<typename State::Scalar>(evaluate(AngleShift{ops.size(), 0, 0.0}));
  parameter_shift(circuit, x.data(), w.data(), result.features.data(), result.weights.data(), evaluate);
}

}  // namespace detail

/// Vector-Jacobian product by the adjoint method: gradients of sum_o cotangents[o] * <observables[o]> in the state
/// C::circuit makes of |0...0>. Exact; cost about three times the circuit, whatever the number of parameters. Throws
/// ShapeError on wrong sizes.
template <CircuitType C, Scalar S = double>
[[nodiscard]] auto adjoint_vjp(Parameters<S> features, Parameters<S> weights, std::span<const PauliSum> observables,
                               Parameters<S> cotangents) {
  detail::require_vjp_sizes<C, S>(features, weights, observables.size(), cotangents.size());
  StateVector<decltype(C::circuit)::qubits, S> psi, lambda;
  Vjp<S, features_of<C>, weights_of<C>> result;
  detail::adjoint_into(C::circuit, features, weights, detail::combine<S>(observables, cotangents), psi, lambda, result);
  return result;
}

/// The same VJP by parameter shift: slower, but every evaluation is a plain run of the circuit, as a device or a noisy
/// simulator can do it. Throws ShapeError on wrong sizes.
template <CircuitType C, Scalar S = double>
[[nodiscard]] auto shift_vjp(Parameters<S> features, Parameters<S> weights, std::span<const PauliSum> observables,
                             Parameters<S> cotangents) {
  detail::require_vjp_sizes<C, S>(features, weights, observables.size(), cotangents.size());
  StateVector<decltype(C::circuit)::qubits, S> state;
  Vjp<S, features_of<C>, weights_of<C>> result;
  detail::shift_into(C::circuit, features, weights, detail::combine<S>(observables, cotangents), state, result);
  return result;
}

}  // namespace qmtl::inline QMTL_ABI
