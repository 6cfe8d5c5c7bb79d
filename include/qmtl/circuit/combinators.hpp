#pragma once
// SPDX-License-Identifier: Apache-2.0
// Combinators: chain, repeat, layer, inverse, on a window, and shifted parameter indices.

#include <concepts>

#include "qmtl/circuit/circuit.hpp"
#include "qmtl/circuit/window.hpp"

namespace qmtl::inline QMTL_ABI {

/// Circuits one after another, all of the same width; parameter indices are kept, so equal weights are shared.
template <CircuitValue First, CircuitValue... Rest>
[[nodiscard]] constexpr auto chain(const First& first, const Rest&... rest) {
  static_assert(((Rest::qubits == First::qubits) && ...), "qmtl: chained circuits must have the same number of qubits");
  return make_circuit<First::qubits>(first, rest...);
}

namespace detail {
template <int N, int Count, class Build>
[[nodiscard]] constexpr auto build_each(const Build& build) {
  using Part = std::remove_cvref_t<decltype(build(0))>;
  static_assert(CircuitPart<Part, N>, "qmtl: the function must return an operation or a circuit of the same width");
  Circuit<N, Count * part_size<Part>> out;
  int position = 0;
  for (int i = 0; i < Count; ++i) {
    const Part part = build(i);
    check_operation(part, N);
    append(out, position, part);
  }
  return out;
}
}  // namespace detail

/// One part a qubit: `layer<4>([](int q) { return gate::ry(q, feature(q)); })`. `Count` < N stops earlier.
template <int N, int Count = N, class Build>
requires std::invocable<const Build&, int>
[[nodiscard]] constexpr auto layer(const Build& build) {
  static_assert(Count >= 0 && Count <= N, "qmtl: a layer must have between 0 and N parts");
  return detail::build_each<N, Count>(build);
}

/// The same circuit K times, with the same parameters each time.
template <int K, int N, int M>
[[nodiscard]] constexpr auto repeat(const Circuit<N, M>& c) {
  static_assert(K >= 0, "qmtl: a circuit must not be repeated a negative number of times");
  return detail::build_each<N, K>([&c](int) { return c; });
}

/// K circuits made by `build(k)`, k = 0 .. K-1: a repetition whose parameters may depend on k.
template <int K, class Build>
requires std::invocable<const Build&, int>
[[nodiscard]] constexpr auto repeat(const Build& build) {
  static_assert(K >= 0, "qmtl: a circuit must not be repeated a negative number of times");
  return detail::build_each<std::remove_cvref_t<decltype(build(0))>::qubits, K>(build);
}

/// The circuit that undoes `c`: each operation's inverse, last first.
template <int N, int M>
[[nodiscard]] constexpr auto inverse(const Circuit<N, M>& c) {
  Circuit<N, M> out;
  for (std::size_t i = 0; i < c.operations.size(); ++i) {
    out.operations[c.operations.size() - 1 - i] = inverse(c.operations[i]);
  }
  return out;
}

/// `c` placed on the window W of a register of N qubits: local qubit j becomes qubit W::indices[j].
template <int N, WindowType W, int K, int M>
[[nodiscard]] constexpr auto on(const Circuit<K, M>& c) {
  static_assert(K == W::width, "qmtl: a circuit must have as many qubits as the window it is placed on");
  static_assert(window_extent<W> <= N, "qmtl: a window's qubits must be below the register's qubit count");
  Circuit<N, M> out;
  detail::check_operation(c, K);
  for (std::size_t i = 0; i < c.operations.size(); ++i) {
    out.operations[i] = relabel(c.operations[i], W::indices);
  }
  return out;
}

/// `c` with every weight index raised by `by`, so that its weights follow those of another circuit.
template <int N, int M>
[[nodiscard]] constexpr auto shift_weights(Circuit<N, M> c, int by) {
  for (auto& op : c.operations) op = shift_weights(op, by);
  return c;
}

}  // namespace qmtl::inline QMTL_ABI
