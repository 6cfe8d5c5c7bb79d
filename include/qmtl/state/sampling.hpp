#pragma once
// SPDX-License-Identifier: Apache-2.0
// Probabilities, marginals and seeded sampling of measurement outcomes in the computational basis.

#include <algorithm>
#include <bit>
#include <span>
#include <vector>

#include "qmtl/circuit/window.hpp"
#include "qmtl/core/memory.hpp"
#include "qmtl/core/rng.hpp"
#include "qmtl/state/state_vector.hpp"

namespace qmtl::inline QMTL_ABI {

/// |amplitude|^2 of every basis state: a vector of 2^N.
template <QuantumState T>
[[nodiscard]] Eigen::Matrix<typename T::Scalar, Eigen::Dynamic, 1> probabilities(const T& state) {
  detail::require_state(state);
  const auto size = static_cast<Eigen::Index>(dimension(qubits_of(state)));
  return Eigen::Map<const Eigen::Matrix<std::complex<typename T::Scalar>, Eigen::Dynamic, 1>>(state.data(), size)
      .cwiseAbs2();
}

namespace detail {
/// Index of `basis` read through a window: bit j of the result is the value of qubit window[j].
template <class Window>
[[nodiscard]] constexpr Index gather(Index basis, const Window& window) noexcept {
  Index local = 0;
  for (std::size_t j = 0; j < window.size(); ++j) local |= static_cast<Index>(bit_of(basis, window[j])) << j;
  return local;
}

/// Throws CircuitError unless a window type fits on a state; where the state's size is known it does not compile.
template <WindowType W, QuantumState T>
void require_window([[maybe_unused]] const T& state) {
  if constexpr (FixedSizeState<T>) {
    static_assert(window_extent<W> <= T::qubits, "qmtl: a window's qubits must be below the register's qubit count");
  } else {
    require_distinct_qubits("a window", W::indices, qubits_of(state));
  }
}
}  // namespace detail

namespace detail {
template <QuantumState T, class Window>
[[nodiscard]] Eigen::Matrix<typename T::Scalar, Eigen::Dynamic, 1> marginal_of(const T& state, const Window& window) {
  require_state(state);
  Eigen::Matrix<double, Eigen::Dynamic, 1> sums = Eigen::Matrix<double, Eigen::Dynamic, 1>::Zero(
      static_cast<Eigen::Index>(dimension(static_cast<int>(window.size()))));
  for (Index i = 0; i < dimension(qubits_of(state)); ++i) {
    sums[static_cast<Eigen::Index>(gather(i, window))] += static_cast<double>(std::norm(state.data()[i]));
  }
  return sums.template cast<typename T::Scalar>();
}
}  // namespace detail

/// Probabilities of the window's 2^k outcomes, the other qubits summed over; bit j is qubit W::indices[j].
template <WindowType W, QuantumState T>
[[nodiscard]] Eigen::Matrix<typename T::Scalar, Eigen::Dynamic, 1> marginal(const T& state) {
  detail::require_window<W>(state);
  return detail::marginal_of(state, W::indices);
}

/// The same for a window that is known at run time. Throws CircuitError for one that does not fit.
template <QuantumState T>
[[nodiscard]] Eigen::Matrix<typename T::Scalar, Eigen::Dynamic, 1> marginal(const T& state,
                                                                            std::span<const int> window) {
  detail::require_distinct_qubits("marginal: a window", window, qubits_of(state));
  return detail::marginal_of(state, window);
}

/// `shots` independent outcomes, each a basis state index. Same engine state, same outcomes. Cost 2^N + shots.
/// Throws ValueError if the state has zero or non-finite norm, MemoryError where 2^N numbers, up to 2 * 2^N for as many
/// shots, or the outcomes do not fit.
template <QuantumState T, BitGenerator G>
[[nodiscard]] std::vector<Index> sample(const T& state, std::size_t shots, G& engine) {
  detail::require_state(state);
  const Index size = dimension(qubits_of(state));
  auto cumulative = detail::with_memory("sample", detail::bytes_of<double>(static_cast<double>(size)),
                                        [size] { return std::vector<double>(size); });
  double total = 0.0;
  Index last = 0;  // the highest outcome that can occur: rounding must not lead past it
  for (Index i = 0; i < cumulative.size(); ++i) {
    const auto weight = static_cast<double>(std::norm(state.data()[i]));
    if (weight > 0.0) last = i;
    total += weight;
    cumulative[i] = total;
  }
  if (!std::isfinite(total) || total <= 0.0) {
    throw ValueError(detail::text("qmtl: sample: the state's squared norm must be positive and finite, got ", total));
  }
  // guide[j]: the first outcome that a number from j / parts on can lead to, from which few steps are left (Chen and
  // Asau 1974); a power of two, so that j / parts is exact, and no more than the shots pay for.
  const auto parts = std::bit_ceil(std::clamp<Index>(shots, 1, size));
  auto guide = detail::with_memory("sample", detail::bytes_of<Index>(static_cast<double>(parts)),
                                   [parts] { return std::vector<Index>(parts); });
  for (Index j = 0, first = 0; j < parts; ++j) {
    const double low = static_cast<double>(j) / static_cast<double>(parts) * total;
    while (first < last && cumulative[first] <= low) ++first;
    guide[j] = first;
  }
  auto outcomes = detail::with_memory("sample", detail::bytes_of<Index>(static_cast<double>(shots)),
                                      [&] { return std::vector<Index>(shots); });
  for (auto& outcome : outcomes) {
    const double u = uniform01(engine);
    outcome = guide[static_cast<Index>(u * static_cast<double>(parts))];
    while (outcome < last && cumulative[outcome] <= u * total) ++outcome;
  }
  return outcomes;
}

/// How often each basis state of 1 to 30 qubits occurs in `outcomes`: a vector of 2^N counts. Throws ValueError on an
/// outcome outside, ShapeError for another number of qubits.
[[nodiscard]] inline std::vector<std::size_t> histogram(std::span<const Index> outcomes, int qubits) {
  if (qubits < 1 || qubits > max_qubits) {
    throw ShapeError(detail::text("qmtl: histogram: qubits must be 1 to ", max_qubits, ", got ", qubits));
  }
  auto counts = detail::with_memory("histogram", detail::bytes_of<std::size_t>(std::ldexp(1.0, qubits)),
                                    [qubits] { return std::vector<std::size_t>(dimension(qubits), 0); });
  for (const Index outcome : outcomes) {
    if (outcome >= counts.size()) {
      throw ValueError(
          detail::text("qmtl: histogram: ", qubits, " qubits have outcomes below ", counts.size(), ", got ", outcome));
    }
    ++counts[outcome];
  }
  return counts;
}
template <int N>
[[nodiscard]] std::vector<std::size_t> histogram(std::span<const Index> outcomes) {
  static_assert(N >= 1 && N <= max_qubits, "qmtl: a state vector must have 1 to 30 qubits");
  return histogram(outcomes, N);
}

/// An outcome as text, the highest qubit first and qubit 0 last, as it is written in binary. Throws ShapeError unless
/// there are 0 to 64 qubits.
[[nodiscard]] inline std::string bit_string(Index outcome, int qubits) {
  if (qubits < 0 || qubits > 64) {
    throw ShapeError(detail::text("qmtl: bit_string: qubits must be 0 to 64, got ", qubits));
  }
  std::string out;
  for (int q = qubits; q-- > 0;) out += bit_of(outcome, q) != 0 ? '1' : '0';
  return out;
}
template <int N>
[[nodiscard]] std::string bit_string(Index outcome) {
  return bit_string(outcome, N);
}

}  // namespace qmtl::inline QMTL_ABI
