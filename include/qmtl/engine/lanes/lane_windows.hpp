#pragma once
// SPDX-License-Identifier: Apache-2.0
// Windows on lanes: reduced density matrices, and local Hermitian operators applied to all samples at once.

#include <algorithm>
#include <array>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

#include "qmtl/engine/lanes/lane_kernels.hpp"

namespace qmtl::inline QMTL_ABI::detail {

/// Entries (row >= column) of a Hermitian matrix of 2^K rows, packed column by column.
template <int K>
inline constexpr int triangle_size = (1 << K) * ((1 << K) + 1) / 2;

struct MatrixEntry {
  int row = 0;
  int column = 0;
};

/// The packed entries of a Hermitian 2^k x 2^k matrix, in order.
[[nodiscard]] constexpr MatrixEntry triangle_entry(int size, int e) noexcept {
  int column = 0;
  for (int length = size; e >= length; --length) {
    e -= length;
    ++column;
  }
  return {column + e, column};
}

[[nodiscard]] constexpr int triangle_index(int size, int row, int column) noexcept {
  return column * size - column * (column - 1) / 2 + (row - column);
}

/// How many accumulators fit in registers beside the amplitudes of a coset.
template <Scalar S, class A>
inline constexpr int density_chunk = (pack_bytes == 64 ? 20 : 10) / (std::is_same_v<A, ComplexPack<S>> ? 2 : 1);

/// How many windows of k qubits, no two with a qubit in common, one kernel can read together: amplitudes and sums have
/// to stay in registers.
template <Scalar S, class A>
[[nodiscard]] constexpr int max_window_group(int k) noexcept {
  if (k > 2) return 1;
  const int triangle = (1 << k) * ((1 << k) + 1) / 2;
  return std::max(1, std::min(max_rotation_group<S, A> / k, density_chunk<S, A> / triangle));
}

/// Neighbouring windows of equal width without common qubits: memory is read once for all of them. `cosets` are those
/// of the windows' qubits one after another.
struct WindowGroup {
  Cosets cosets;
  int width;  ///< of each window
  int count;

  [[nodiscard]] std::size_t packed_size() const noexcept {
    return static_cast<std::size_t>(count) * ((std::size_t{1} << width) * ((std::size_t{1} << width) + 1) / 2);
  }
};

/// How many of the first windows make a group.
template <Scalar S, class A>
[[nodiscard]] inline std::size_t next_group(std::span<const std::vector<int>> windows) {
  std::size_t count = 1;
  const auto k = windows.front().size();
  for (; count < windows.size() && windows[count].size() == k; ++count) {
    if (count == static_cast<std::size_t>(max_window_group<S, A>(static_cast<int>(k)))) break;
    const auto taken = [&](int q) {
      return std::any_of(windows.begin(), windows.begin() + static_cast<std::ptrdiff_t>(count),
                         [q](const auto& w) { return std::find(w.begin(), w.end(), q) != w.end(); });
    };
    if (std::any_of(windows[count].begin(), windows[count].end(), taken)) break;
  }
  return count;
}

/// The qubits of some windows, one after another.
[[nodiscard]] inline std::vector<int> joined(std::span<const std::vector<int>> windows) {
  std::vector<int> qubits;
  for (const auto& window : windows) {
    for (const int q : window) qubits.push_back(q);
  }
  return qubits;
}

/// Calls body(integral_constant k, integral_constant count) for the groups that have kernels; returns false for others.
template <Scalar S, class A, class Body>
QMTL_ALWAYS_INLINE bool with_window_group(const WindowGroup& group, Body&& body) noexcept {
  bool found = false;
  unroll<3>([&](auto i) __attribute__((always_inline)) {
    constexpr int k = i + 1;
    unroll<max_window_group<S, A>(k)>([&](auto j) __attribute__((always_inline)) {
      if (group.width != k || group.count != j + 1) return;
      body(std::integral_constant<int, k>{}, std::integral_constant<int, j + 1>{});
      found = true;
    });
  });
  return found;
}

/// The place in a coset of the amplitude with local index `local` in window w, and `rest` in the other windows.
[[nodiscard]] constexpr int coset_index(int k, int w, int rest, int local) noexcept {
  const int below = rest & ((1 << (k * w)) - 1);
  return ((rest - below) << k) | (local << (k * w)) | below;
}

/// Packed entries First .. First+Count-1 of the rhos of W windows of K qubits, so few at a time that the sums stay in
/// registers.
template <Scalar S, int K, int W, int First, int Count, class A>
void density_entries(const A* QMTL_RESTRICT psi, const Cosets& cosets, A* QMTL_RESTRICT rho, bool add,
                     Address origin) noexcept {
  constexpr int size = 1 << K;
  constexpr int rests = 1 << (K * (W - 1));
  std::array<Address, (std::size_t{1} << (K * W))> offsets;
  for (std::size_t i = 0; i < offsets.size(); ++i) offsets[i] = cosets.offsets[i];
  A sums[static_cast<std::size_t>(W * Count)]{};
  cosets.for_each(
      [&](Address base) __attribute__((always_inline)) {
        unroll<W * rests>([&](auto part) __attribute__((always_inline)) {
          constexpr int w = part / rests;
          A v[static_cast<std::size_t>(size)];
          unroll<size>([&](auto i) __attribute__((always_inline)) {
            v[i] = psi[base ^ offsets[coset_index(K, w, part % rests, i)]];
          });
          unroll<Count>([&](auto e) __attribute__((always_inline)) {
            constexpr MatrixEntry entry = triangle_entry(size, First + e);
            if constexpr (entry.row == entry.column) {
              add_real<S>(sums[w * Count + e], real_product<S>(v[entry.row], v[entry.row]));
            } else {
              sums[w * Count + e] += times_conjugate<S>(v[entry.row], v[entry.column]);
            }
          });
        });
      },
      origin);
  for (int w = 0; w < W; ++w) {
    A* of_window = rho + w * triangle_size<K> + First;
    for (int e = 0; e < Count; ++e) of_window[e] = add ? of_window[e] + sums[w * Count + e] : sums[w * Count + e];
  }
}

/// All packed entries of the rhos from First on.
template <Scalar S, int K, int W, int First, class A>
void unrolled_density(const A* psi, const Cosets& cosets, A* rho, bool add, Address origin) noexcept {
  constexpr int left = triangle_size<K> - First;
  constexpr int count = left < density_chunk<S, A> / W ? left : density_chunk<S, A> / W;
  density_entries<S, K, W, First, count>(psi, cosets, rho, add, origin);
  if constexpr (left > count) unrolled_density<S, K, W, First + count>(psi, cosets, rho, add, origin);
}

/// rho_W of every lane and window as packed entries, or rho += those if `add`. Cost 2^N (2^k + 1)/2 multiplications a
/// window.
template <Scalar S, class A>
void lane_density(const A* psi, const WindowGroup& group, A* rho, bool add = false, Address origin = 0) noexcept {
  const Cosets& cosets = group.cosets;
  if (with_window_group<S, A>(
          group, [&](auto k, auto count) { unrolled_density<S, k, count, 0>(psi, cosets, rho, add, origin); })) {
    return;
  }
  const int size = 1 << cosets.width;
  if (!add) std::fill_n(rho, group.packed_size(), A{});
  cosets.for_each(
      [&](Address base) {
        A* entry = rho;
        for (int column = 0; column < size; ++column) {
          const A v = psi[base ^ cosets.offsets[static_cast<std::size_t>(column)]];
          for (int row = column; row < size; ++row) {
            *entry += times_conjugate<S>(psi[base ^ cosets.offsets[static_cast<std::size_t>(row)]], v);
            ++entry;
          }
        }
      },
      origin);
}

/// out = (sum over the W windows of B) psi, or out += that if Add, with a coset's amplitudes in registers.
template <Scalar S, int K, int W, bool Add, class A>
void unrolled_local(const A* QMTL_RESTRICT psi, A* QMTL_RESTRICT out, const Cosets& cosets,
                    const A* QMTL_RESTRICT matrices, Address origin) noexcept {
  constexpr int size = 1 << K;
  constexpr int all = 1 << (K * W);
  std::array<Address, static_cast<std::size_t>(all)> offsets;
  for (std::size_t i = 0; i < offsets.size(); ++i) offsets[i] = cosets.offsets[i];
  cosets.for_each(
      [&](Address base) __attribute__((always_inline)) {
        A v[static_cast<std::size_t>(all)];
        unroll<all>([&](auto i) __attribute__((always_inline)) { v[i] = psi[base ^ offsets[i]]; });
        unroll<all>([&](auto i) __attribute__((always_inline)) {
          A sum{};
          if constexpr (Add) sum = out[base ^ offsets[i]];
          unroll<W * size>([&](auto term) __attribute__((always_inline)) {
            constexpr int shift = K * (term / size);
            constexpr int row = (i >> shift) & (size - 1);
            constexpr int column = term % size;
            const A& x = v[(i & ~((size - 1) << shift)) | (column << shift)];
            const A* matrix = matrices + (term / size) * triangle_size<K>;
            if constexpr (row >= column) {
              sum += matrix[triangle_index(size, row, column)] * x;
            } else {
              sum += conjugate<S>(matrix[triangle_index(size, column, row)]) * x;
            }
          });
          out[base ^ offsets[i]] = sum;
        });
      },
      origin);
}

/// out = (sum over the windows of B) psi, or out += that if `add`; the B are Hermitian, packed, and each lane's own.
/// Cost 2^N 2^k a window.
template <Scalar S, class A>
void lane_local(const A* psi, A* out, const WindowGroup& group, const A* matrices, bool add,
                Address origin = 0) noexcept {
  const Cosets& cosets = group.cosets;
  if (with_window_group<S, A>(group, [&](auto k, auto count) {
        add ? unrolled_local<S, k, count, true>(psi, out, cosets, matrices, origin)
            : unrolled_local<S, k, count, false>(psi, out, cosets, matrices, origin);
      })) {
    return;
  }
  const int size = 1 << cosets.width;
  cosets.for_each(
      [&](Address base) {
        for (int row = 0; row < size; ++row) {
          A& target = out[base ^ cosets.offsets[static_cast<std::size_t>(row)]];
          A sum = add ? target : A{};
          for (int column = 0; column < size; ++column) {
            const A v = psi[base ^ cosets.offsets[static_cast<std::size_t>(column)]];
            sum += row >= column ? matrices[triangle_index(size, row, column)] * v
                                 : conjugate<S>(matrices[triangle_index(size, column, row)]) * v;
          }
          target = sum;
        }
      },
      origin);
}

}  // namespace qmtl::inline QMTL_ABI::detail
