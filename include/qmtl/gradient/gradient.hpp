#pragma once
// SPDX-License-Identifier: Apache-2.0
// Gradients of a circuit type's expectation value by either method, into buffers sized at compile time.

#include <cmath>
#include <span>
#include <vector>

#include "qmtl/gradient/adjoint.hpp"
#include "qmtl/gradient/shift.hpp"
#include "qmtl/measure/expectation.hpp"

namespace qmtl {

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

/// A value F = sum_o cotangent_o <H_o> with its gradients, in fixed-size vectors.
template <Scalar S, int Features, int Weights>
struct Vjp {
  S value = 0;
  Eigen::Matrix<S, Features, 1> features = Eigen::Matrix<S, Features, 1>::Zero();
  Eigen::Matrix<S, Weights, 1> weights = Eigen::Matrix<S, Weights, 1>::Zero();
};

namespace detail {

template <CircuitType C, Scalar S>
void require_vjp_sizes(std::span<const S> x, std::span<const S> w, std::size_t observables, std::size_t cotangents) {
  require_size("gradient: number of features", x.size(), features_of<C>);
  require_size("gradient: number of weights", w.size(), weights_of<C>);
  require_size("gradient: number of cotangents", cotangents, observables);
}

/// The cotangents turn several observables into one: by linearity, that is the whole VJP.
template <Scalar S>
[[nodiscard]] PauliSum combine(std::span<const PauliSum> observables, std::span<const S> cotangents) {
  PauliSum sum;
  for (std::size_t o = 0; o < observables.size(); ++o) sum += static_cast<double>(cotangents[o]) * observables[o];
  return sum;
}

}  // namespace detail

/// Vector-Jacobian product by the adjoint method: gradients of sum_o cotangents[o] * <observables[o]> in the state
/// C::circuit makes of |0...0>. Exact; cost about three times the circuit, whatever the number of parameters. Throws
/// ShapeError on wrong sizes.
template <CircuitType C, Scalar S = double>
[[nodiscard]] auto adjoint_vjp(Parameters<S> features, Parameters<S> weights, std::span<const PauliSum> observables,
                               Parameters<S> cotangents) {
  detail::require_vjp_sizes<C, S>(features, weights, observables.size(), cotangents.size());
  constexpr int N = decltype(C::circuit)::qubits;
  const PauliSum observable = detail::combine<S>(observables, cotangents);
  auto psi = run<S>(C::circuit, features, weights);
  StateVector<N, S> lambda;
  lambda[0] = 0;
  add_applied(observable, psi, 1.0, lambda);
  Vjp<S, features_of<C>, weights_of<C>> result;
  result.value = static_cast<S>(inner_product(psi, lambda).real());
  detail::adjoint_sweep(C::circuit.ops(), features.data(), weights.data(), psi.data(), lambda.data(), dimension(N),
                        result.features.data(), result.weights.data());
  return result;
}

/// The same VJP by parameter shift: slower, but every evaluation is a plain run of the circuit, as a device or a noisy
/// simulator can do it. Throws ShapeError on wrong sizes.
template <CircuitType C, Scalar S = double>
[[nodiscard]] auto shift_vjp(Parameters<S> features, Parameters<S> weights, std::span<const PauliSum> observables,
                             Parameters<S> cotangents) {
  detail::require_vjp_sizes<C, S>(features, weights, observables.size(), cotangents.size());
  constexpr int N = decltype(C::circuit)::qubits;
  const PauliSum observable = detail::combine<S>(observables, cotangents);
  const auto ops = C::circuit.ops();
  StateVector<N, S> state;
  const auto evaluate = [&](const AngleShift& shift) {
    reset(state);
    for (std::size_t i = 0; i < ops.size(); ++i) {
      const Operation op = i == shift.operation ? shifted(ops[i], shift.angle, shift.delta) : ops[i];
      detail::apply_operation(op, features.data(), weights.data(), state.data(), dimension(N));
    }
    return expectation(state, observable);
  };
  Vjp<S, features_of<C>, weights_of<C>> result;
  result.value = static_cast<S>(evaluate(AngleShift{ops.size(), 0, 0.0}));
  parameter_shift(ops, features.data(), result.features.data(), result.weights.data(), evaluate);
  return result;
}

}  // namespace qmtl
