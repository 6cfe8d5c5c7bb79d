#pragma once
// SPDX-License-Identifier: Apache-2.0
// An operation behind any number of further controls, as multi-controlled X and Z, on a state.

#include <span>
#include <vector>

#include "qmtl/state/apply.hpp"

namespace qmtl::inline QMTL_ABI {

/// Applies an operation where all controls are one.
/// Throws CircuitError unless controls and the operation's qubits are distinct qubits of the state, ShapeError for too
/// few features or weights. Cost 2^(N-k), k being the number of controls.
template <class T>
requires MutableState<T>
void apply(T&& state, const ControlledOperation& controlled,
           Parameters<typename std::remove_cvref_t<T>::Scalar> features = {},
           Parameters<typename std::remove_cvref_t<T>::Scalar> weights = {}) {
  using S = typename std::remove_cvref_t<T>::Scalar;
  detail::require_state(state);
  const int qubits = qubits_of(state);
  detail::require_applicable<S>(CircuitView(qubits, std::span(&controlled.operation, 1)), features, weights);
  std::vector<int> all = controlled.controls;
  const auto targets = controlled.operation.targets();
  all.insert(all.end(), targets.begin(), targets.end());
  detail::require_distinct_qubits("apply: a controlled operation", all, qubits);
  detail::apply_operation(controlled, features.data(), weights.data(), state.data(), dimension(qubits));
}

}  // namespace qmtl::inline QMTL_ABI
