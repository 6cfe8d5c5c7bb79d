#pragma once
// SPDX-License-Identifier: Apache-2.0
// A window: the qubits, known at compile time, on which a block acts and which its task reads.

#include <algorithm>
#include <array>
#include <concepts>
#include <cstdint>
#include <span>
#include <string_view>

#include "qmtl/core/error.hpp"

#include "qmtl/core/config.hpp"

namespace qmtl::inline QMTL_ABI {

/// The most qubits of a circuit: far more than a state vector can have; wider circuits run through light cones.
inline constexpr int max_circuit_qubits = 4096;

namespace detail {

/// Throws CircuitError unless qubits are distinct and below `width`, at most 4096; `what` names their owner
/// ("light_cone: a window").
inline void require_distinct_qubits(std::string_view what, std::span<const int> qubits, int width) {
  std::array<std::uint64_t, max_circuit_qubits / 64> seen{};
  for (std::size_t j = 0; j < qubits.size(); ++j) {
    const int q = qubits[j];
    bool distinct = q >= 0 && q < width;
    if (distinct) {
      auto& word = seen[static_cast<std::size_t>(q) / 64];
      const auto bit = std::uint64_t{1} << (q % 64);
      distinct = (word & bit) == 0;
      word |= bit;
    }
    if (distinct) continue;
    const auto first = std::find(qubits.begin(), qubits.end(), q) - qubits.begin();
    throw CircuitError(
        text("qmtl: ", what, " must name distinct qubits below ", width, ", got qubit ", q, " at position ", first));
  }
}

template <std::size_t K>
[[nodiscard]] constexpr bool all_distinct(const std::array<int, K>& values) noexcept {
  for (std::size_t i = 0; i < K; ++i) {
    for (std::size_t j = i + 1; j < K; ++j) {
      if (values[i] == values[j]) return false;
    }
  }
  return true;
}
}  // namespace detail

/// Any list of distinct qubits: local qubit j of a block is qubit `indices[j]` of the register.
template <int... Q>
struct Qubits {
  static_assert(sizeof...(Q) > 0, "qmtl: a window must hold at least one qubit");
  static_assert(((Q >= 0) && ...), "qmtl: a window's qubits must not be negative");
  static constexpr int width = sizeof...(Q);
  static constexpr std::array<int, sizeof...(Q)> indices{Q...};
  static_assert(detail::all_distinct(indices), "qmtl: a window's qubits must be distinct");
};

/// `Width` neighbouring qubits: First, First + 1, ...
template <int First, int Width>
struct Window {
  static_assert(First >= 0, "qmtl: a window's qubits must not be negative");
  static_assert(Width > 0, "qmtl: a window must hold at least one qubit");
  static constexpr int width = Width;
  static constexpr std::array<int, static_cast<std::size_t>(Width)> indices = [] {
    std::array<int, static_cast<std::size_t>(Width)> list{};
    for (int j = 0; j < Width; ++j) list[static_cast<std::size_t>(j)] = First + j;
    return list;
  }();
};

/// A type that names distinct qubits of a register: `Window<First, Width>` or `Qubits<...>`.
template <class W>
concept WindowType = requires {
  { W::width } -> std::convertible_to<int>;
  { W::indices[0] } -> std::convertible_to<int>;
}
&&(W::width == static_cast<int>(W::indices.size()));

/// Several windows of equal width for one task: its block acts on each of them with the same weights, and what its
/// readout measures on each adds up.
template <WindowType First, WindowType... More>
struct Windows {
  using Front = First;
  static constexpr int count = 1 + sizeof...(More);
  static constexpr int width = First::width;
  static constexpr bool equal_widths = ((More::width == First::width) && ...);  // what a task must have
  /// Row w: the qubits of window w.
  static constexpr auto indices = [] {
    std::array<std::array<int, static_cast<std::size_t>(width)>, static_cast<std::size_t>(count)> rows{};
    auto row = rows.begin();
    const auto add = [&row](const auto& qubits) {
      std::copy_n(qubits.begin(), std::min(qubits.size(), row->size()), row->begin());
      ++row;
    };
    add(First::indices);
    (add(More::indices), ...);
    return rows;
  }();
};

/// One more than the highest qubit of the window: the smallest register that holds it.
template <WindowType W>
inline constexpr int window_extent = *std::max_element(W::indices.begin(), W::indices.end()) + 1;

namespace detail {

/// One window or several, as several.
template <class W>
struct AsWindows;
template <WindowType W>
struct AsWindows<W> {
  using type = Windows<W>;
};
template <class... W>
struct AsWindows<Windows<W...>> {
  using type = Windows<W...>;
};

/// Whether W is Windows<...>.
template <class W>
inline constexpr bool is_windows = false;
template <class... W>
inline constexpr bool is_windows<Windows<W...>> = true;

template <class W>
inline constexpr int windows_extent = 0;
template <class... W>
inline constexpr int windows_extent<Windows<W...>> = std::max({window_extent<W>...});

}  // namespace detail

}  // namespace qmtl::inline QMTL_ABI
