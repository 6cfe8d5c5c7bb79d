#pragma once
// SPDX-License-Identifier: Apache-2.0
// Seeded random operations, circuits, parameters, states and observables.

#include <algorithm>
#include <array>
#include <complex>
#include <type_traits>
#include <utility>
#include <vector>

#include "qmtl/circuit/circuit.hpp"
#include "qmtl/circuit/light_cone.hpp"
#include "qmtl/core/rng.hpp"
#include "qmtl/measure/pauli.hpp"
#include "qmtl/state/state_vector.hpp"
#include "support/dense.hpp"

namespace qmtl::test {

/// Calls visit(std::integral_constant<int, n>) for n = First .. Last.
template <int First, int Last, class Visit>
void for_each_width(Visit&& visit) {
  [&]<int... I>(std::integer_sequence<int, I...>) { (visit(std::integral_constant<int, First + I>{}), ...); }
  (std::make_integer_sequence<int, Last - First + 1>{});
}

/// A uniform integer 0 .. bound-1.
[[nodiscard]] inline int pick(Rng& rng, int bound) {
  return static_cast<int>(rng.below(static_cast<std::uint64_t>(bound)));
}

/// How many parameters a random circuit may use; 0 turns a kind of angle off.
struct ParameterCounts {
  int features = 3;
  int weights = 4;
};

/// A random angle: a constant, or any affine function of a feature, of a weight, or a product of two features.
[[nodiscard]] inline Angle random_angle(Rng& rng, ParameterCounts counts) {
  const auto affine = [&rng](Angle angle) {
    switch (pick(rng, 4)) {
      case 0: return angle;
      case 1: return -angle;
      case 2: return rng.uniform(-2, 2) * angle;
      default: return rng.uniform(0.5, 2) * angle + rng.uniform(-pi, pi);
    }
  };
  const int kind = pick(rng, 5);
  if ((kind == 1 || kind == 2) && counts.weights > 0) return affine(weight(pick(rng, counts.weights)));
  if (kind == 3 && counts.features > 0) {
    if (pick(rng, 2) == 0) return affine(feature(pick(rng, counts.features)));
    const Angle first = rng.uniform(0.5, 1.5) * feature(pick(rng, counts.features)) + rng.uniform(-1, 1);
    const Angle second = rng.uniform(-1, 1) - feature(pick(rng, counts.features));
    return affine(first * second);
  }
  if (kind == 4 && counts.features > 0 && counts.weights > 0) {
    const Angle angle = trainable_feature(pick(rng, counts.weights), pick(rng, counts.weights),
                                          pick(rng, counts.features), pick(rng, 2));
    if (angle.third != angle.index || angle.shift == 0.0) return affine(angle);
    return affine((weight(angle.index) + 1.0) * feature(angle.second));  // without a phase
  }
  return rng.uniform(-2 * pi, 2 * pi);
}

/// `gate` on random distinct qubits of a register of n, with random angles.
[[nodiscard]] inline Operation random_operation(Rng& rng, Gate gate, int n, ParameterCounts counts = {}) {
  std::vector<int> qubits;
  for (int q = 0; q < n; ++q) qubits.push_back(q);
  shuffle(qubits, rng);
  Operation op;
  op.gate = gate;
  for (std::size_t j = 0; j < op.targets().size(); ++j) op.qubits[j] = qubits[j];
  for (std::size_t a = 0; a < op.used_angles().size(); ++a) op.angles[a] = random_angle(rng, counts);
  return op;
}

/// A random gate of the whole set that fits on n qubits.
[[nodiscard]] inline Gate random_gate(Rng& rng, int n) {
  for (;;) {
    const auto gate = static_cast<Gate>(pick(rng, gate_kinds));
    if (info(gate).qubits <= n) return gate;
  }
}

/// So many random operations on n qubits from the whole gate set, or from its real gates.
[[nodiscard]] inline std::vector<Operation> random_operations(Rng& rng, int n, int count, bool real,
                                                              ParameterCounts counts = {}) {
  std::vector<Operation> ops;
  while (static_cast<int>(ops.size()) < count) {
    const Gate gate = random_gate(rng, n);
    if (!real || is_real(gate)) ops.push_back(random_operation(rng, gate, n, counts));
  }
  return ops;
}

/// One gate in an entangled state of n qubits, so that <Z> of qubit 0 depends on its angles.
[[nodiscard]] inline std::vector<Operation> operations_around(Rng& rng, Gate gate, int n, ParameterCounts counts) {
  std::vector<Operation> ops;
  for (int q = 0; q < n; ++q) ops.push_back(gate::ry(q, rng.uniform(-3, 3)));
  for (int q = 0; q < n; ++q) ops.push_back(gate::cx(q, (q + 1) % n));
  for (int q = 0; q < n; ++q) ops.push_back(gate::ry(q, rng.uniform(-3, 3)));
  ops.push_back(random_operation(rng, gate, n, counts));
  for (int q = 0; q < n; ++q) ops.push_back(gate::ry(q, rng.uniform(-3, 3)));
  for (int q = 1; q < n; ++q) ops.push_back(gate::cx(q, 0));
  return ops;
}

/// M random operations on N qubits from the whole gate set.
template <int N, int M>
[[nodiscard]] Circuit<N, M> random_circuit(Rng& rng, ParameterCounts counts = {}) {
  Circuit<N, M> out;
  for (auto& op : out.operations) op = random_operation(rng, random_gate(rng, N), N, counts);
  return out;
}

/// `count` numbers in [low, high), rounded to S so that float and double agree on them.
template <class S = double>
[[nodiscard]] std::vector<double> random_numbers(Rng& rng, int count, double low = -pi, double high = pi) {
  std::vector<double> out;
  for (int i = 0; i < count; ++i) out.push_back(static_cast<double>(static_cast<S>(rng.uniform(low, high))));
  return out;
}

/// The same numbers in another scalar type.
template <class S>
[[nodiscard]] std::vector<S> cast(std::span<const double> values) {
  std::vector<S> out;
  for (const double value : values) out.push_back(static_cast<S>(value));
  return out;
}

/// A state drawn uniformly from the sphere.
template <int N, class S = double>
[[nodiscard]] StateVector<N, S> random_state(Rng& rng) {
  DenseVector amplitudes(static_cast<Eigen::Index>(dimension(N)));
  for (auto& a : amplitudes) a = Complex(rng.normal(), rng.normal());
  amplitudes /= amplitudes.norm();
  StateVector<N, S> state;
  for (Index i = 0; i < dimension(N); ++i) {
    const auto& a = amplitudes[static_cast<Eigen::Index>(i)];
    state[i] = {static_cast<S>(a.real()), static_cast<S>(a.imag())};
  }
  return state;
}

/// A random Pauli string on n qubits, the identity included.
[[nodiscard]] inline PauliString random_string(Rng& rng, int n) {
  return {rng.below(dimension(n)), rng.below(dimension(n))};
}

/// A sum of `terms` random strings with coefficients in [-1, 1).
[[nodiscard]] inline PauliSum random_observable(Rng& rng, int n, int terms) {
  PauliSum sum;
  for (int t = 0; t < terms; ++t) sum += rng.uniform(-1, 1) * random_string(rng, n);
  return sum;
}

/// Every ordered choice of k distinct qubits out of n.
[[nodiscard]] inline std::vector<std::array<int, max_gate_qubits>> ordered_choices(int k, int n) {
  std::vector<std::array<int, max_gate_qubits>> out{{}};
  for (int j = 0; j < k; ++j) {
    std::vector<std::array<int, max_gate_qubits>> longer;
    for (auto choice : out) {
      for (int q = 0; q < n; ++q) {
        if (std::find(choice.begin(), choice.begin() + j, q) != choice.begin() + j) continue;
        choice[static_cast<std::size_t>(j)] = q;
        longer.push_back(choice);
      }
    }
    out = std::move(longer);
  }
  return out;
}

}  // namespace qmtl::test
