#pragma once
// SPDX-License-Identifier: Apache-2.0
// An operation behind any number of further controls, as multi-controlled X and Z, on a state.

#include <algorithm>
#include <complex>
#include <span>
#include <vector>

#include "qmtl/circuit/program.hpp"
#include "qmtl/state/apply.hpp"
#include "qmtl/state/sampling.hpp"

namespace qmtl::inline QMTL_ABI {

/// Applies an operation where all controls are one: to the 2^(N-k) amplitudes of that subspace as a state of its own.
/// Throws CircuitError unless controls and the operation's qubits are distinct qubits of the state, ShapeError for too
/// few features or weights. Memory and cost 2^(N-k), k being the number of controls.
template <class T>
requires MutableState<T>
void apply(T&& state, const ControlledOperation& controlled,
           Parameters<typename std::remove_cvref_t<T>::Scalar> features = {},
           Parameters<typename std::remove_cvref_t<T>::Scalar> weights = {}) {
  using S = typename std::remove_cvref_t<T>::Scalar;
  detail::require_state(state);
  const int qubits = qubits_of(state);
  detail::require_applicable<S>(CircuitView(qubits, std::span(&controlled.operation, 1)), features, weights);
  std::vector<int> controls = controlled.controls;
  const auto targets = controlled.operation.targets();
  controls.insert(controls.end(), targets.begin(), targets.end());
  detail::require_distinct_qubits("apply: a controlled operation", controls, qubits);
  controls.resize(controlled.controls.size());
  std::sort(controls.begin(), controls.end());

  Index ones = 0;
  for (const int q : controls) ones |= qubit_mask(q);
  std::vector<int> inner(static_cast<std::size_t>(qubits));  // the place of each qubit among those that are no controls
  for (int q = 0, next = 0; q < qubits; ++q) inner[static_cast<std::size_t>(q)] = bit_of(ones, q) != 0 ? -1 : next++;
  const auto outer = [&](Index index) {
    for (const int q : controls) index = insert_zero(index, q);
    return index | ones;
  };
  std::vector<std::complex<S>> part(dimension(qubits - static_cast<int>(controls.size())));
  for (Index i = 0; i < part.size(); ++i) part[i] = state.data()[outer(i)];
  detail::apply_operation(relabel(controlled.operation, inner), features.data(), weights.data(), part.data(),
                          part.size());
  for (Index i = 0; i < part.size(); ++i) state.data()[outer(i)] = part[i];
}

}  // namespace qmtl::inline QMTL_ABI
