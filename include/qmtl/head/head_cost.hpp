#pragma once
// SPDX-License-Identifier: Apache-2.0
// Which way of computing a quantum head is cheapest, at compile time.

#include <algorithm>
#include <type_traits>

#include "qmtl/circuit/light_cone.hpp"
#include "qmtl/head/encoding.hpp"
#include "qmtl/head/head_method.hpp"
#include "qmtl/head/task.hpp"

namespace qmtl::inline QMTL_ABI {

namespace detail {

/// Qubits in the widest light cone of some windows.
template <class E, class Windows>
inline constexpr int widest_light_cone = 0;
template <class E, class... W>
inline constexpr int widest_light_cone<E, Windows<W...>> = std::max({light_cone_width<E, W>...});

/// Cost of reading a window of a task, forward and backward, in multiplications an
/// amplitude: 2^k/2 for the density matrix and 2^k for the adjoint vector, or
/// about 6 for each gate of the block.
template <TaskType T>
inline constexpr double window_cost = 1.5 * (1 << std::min(T::width, 24));
template <TaskType T>
inline constexpr double direct_cost = 6.0 * (2 + static_cast<int>(T::Block::circuit.operations.size()));
template <TaskType T>
inline constexpr bool window_is_cheaper = T::width <= 8 && window_cost<T> <= direct_cost<T>;

/// The same for a whole head on one register of N qubits, and on light cones:
/// 2^n amplitudes times what is done to each, about 3 a gate of the encoding
/// there and back.
template <class E, class... Tasks>
inline constexpr bool light_cones_are_cheaper = [] {
  if (PreparesState<E>) return false;
  constexpr double gates = 3.0 * static_cast<double>(E::circuit.operations.size());
  constexpr int n = encoding_qubits<E>;
  const auto amplitudes = [](int qubits) {
    double size = 1.0;
    for (int q = 0; q < qubits; ++q) size *= 2.0;
    return size;
  };
  const double whole =
      amplitudes(n) * (gates + ((Tasks::Windows::count * std::min(window_cost<Tasks>, direct_cost<Tasks>)) + ...));
  const auto cone = [&]<class T, class... W>(std::type_identity<T>, std::type_identity<Windows<W...>>) {
    return ((amplitudes(light_cone_width<E, W>) * (gates * light_cone_width<E, W> / n + window_cost<T>)) + ...);
  };
  const double cones = (cone(std::type_identity<Tasks>{}, std::type_identity<typename Tasks::Windows>{}) + ...);
  return cones < whole;
}();

/// Whether a head of this method runs on light cones; what one of your own does is its own affair.
template <auto Method, class E, class... Tasks>
inline constexpr bool runs_light_cones = [] {
  if constexpr (own_method<Method>) {
    return false;
  } else if constexpr (Method == HeadMethod::automatic) {
    return light_cones_are_cheaper<E, Tasks...>;
  } else {
    return Method == HeadMethod::light_cone || Method == HeadMethod::shift;
  }
}();

}  // namespace detail
}  // namespace qmtl::inline QMTL_ABI
