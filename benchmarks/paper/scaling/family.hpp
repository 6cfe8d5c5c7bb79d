#pragma once
// SPDX-License-Identifier: Apache-2.0
// Heads for any number of tasks T on a representation of dimension c T, and what they cost in parameters.

#include <utility>

#include "qmtl/head/hybrid_head.hpp"
#include "qmtl/head/linear_head.hpp"
#include "qmtl/head/quantum_head.hpp"

namespace qmtl::benchmark::paper::scaling {

/// c: the qubits of a task's own, and the dimensions of the representation that it adds.
inline constexpr int qubits_a_task = 2;

template <int T>
inline constexpr int dimension = qubits_a_task* T;

/// On a CZ ring a window's light cone does not grow with the register, so that any number of tasks can be trained.
template <int T>
using Encoding = AngleEncoding<dimension<T>, Axis::Y, CzRing, Layers<2>>;
/// The trainable circuit of the hybrid heads, on all qubits.
template <int T>
using Circuit = RotationBlock<dimension<T>, Layers<2>>;

/// "task00", "task01", ...
template <int I>
inline constexpr Name<7> task_name = [] {
  Name<7> name("task00");
  name.characters[4] = static_cast<char>('0' + I / 10);
  name.characters[5] = static_cast<char>('0' + I % 10);
  return name;
}();

/// A binary task on its own two qubits.
template <int I>
using NumberedTask = Task<task_name<I>, RotationBlock<qubits_a_task, Layers<2>>,
                          Window<qubits_a_task * I, qubits_a_task>, BinaryReadout<TrainableScale<4>>>;

/// Head parameters of one number of tasks.
struct Counts {
  int tasks = 0, dimension = 0, classical = 0, hybrid_shared = 0, hybrid_per_task = 0, quantum = 0;
};

/// The heads of T tasks, and the parameters of all of them: hybrid ones can be counted where they are too wide to be
/// simulated.
template <int T, class Numbers = std::make_integer_sequence<int, T>>
struct Family;
template <int T, int... I>
struct Family<T, std::integer_sequence<int, I...>> {
  using Quantum = QuantumHead<double, Encoding<T>, NumberedTask<I>...>;
  using Linear = LinearHead<double, dimension<T>, NumberedTask<I>...>;
  using HybridShared = HybridHead<double, HybridForm::shared, Encoding<T>, Circuit<T>, NumberedTask<I>...>;
  using HybridPerTask = HybridHead<double, HybridForm::per_task, Encoding<T>, Circuit<T>, NumberedTask<I>...>;

  static constexpr Counts counts{T,
                                 dimension<T>,
                                 linear_parameters<dimension<T>, NumberedTask<I>...>,
                                 hybrid_parameters<HybridForm::shared, Encoding<T>, Circuit<T>, NumberedTask<I>...>,
                                 hybrid_parameters<HybridForm::per_task, Encoding<T>, Circuit<T>, NumberedTask<I>...>,
                                 quantum_parameters<Encoding<T>, NumberedTask<I>...>};
};

}  // namespace qmtl::benchmark::paper::scaling
