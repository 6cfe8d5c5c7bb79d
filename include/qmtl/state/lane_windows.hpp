#pragma once
// SPDX-License-Identifier: Apache-2.0
// Windows on lanes: reduced density matrices, and local Hermitian operators applied to all samples at once.

#include <algorithm>
#include <array>
#include <span>
#include <type_traits>
#include <utility>

#include "qmtl/state/lane_amplitude.hpp"
#include "qmtl/state/lane_blocks.hpp"

namespace qmtl::detail {

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

/// Windows up to this width are unrolled; wider ones loop.
inline constexpr int max_unrolled_window = 3;

/// How many accumulators fit in registers beside the amplitudes of a block.
template <Scalar S, class A>
inline constexpr int density_chunk = (pack_bytes == 64 ? 20 : 10) / (std::is_same_v<A, ComplexPack<S>> ? 2 : 1);

/// Packed entries First .. First+Count-1 of rho, Count at a time so that the sums stay in registers.
template <Scalar S, int K, int First, int Count, class A>
void density_entries(const A* QMTL_RESTRICT psi, const Blocks& blocks, A* QMTL_RESTRICT rho, bool add,
                     Address origin) noexcept {
  constexpr int size = 1 << K;
  std::array<Address, size> offsets;
  for (std::size_t i = 0; i < size; ++i) offsets[i] = blocks.offsets[i];
  A sums[Count]{};
  blocks.for_each(
      [&](Address base) __attribute__((always_inline)) {
        A v[size];
        unroll<size>([&](auto i) __attribute__((always_inline)) { v[i] = psi[base ^ offsets[i]]; });
        unroll<Count>([&](auto e) __attribute__((always_inline)) {
          constexpr MatrixEntry entry = triangle_entry(size, First + e);
          if constexpr (entry.row == entry.column) {
            add_real<S>(sums[e], real_product<S>(v[entry.row], v[entry.row]));
          } else {
            sums[e] += times_conjugate<S>(v[entry.row], v[entry.column]);
          }
        });
      },
      origin);
  for (int e = 0; e < Count; ++e) rho[First + e] = add ? rho[First + e] + sums[e] : sums[e];
}

template <Scalar S, int K, int First, class A>
void unrolled_density(const A* psi, const Blocks& blocks, A* rho, bool add, Address origin) noexcept {
  constexpr int left = triangle_size<K> - First;
  constexpr int count = left < density_chunk<S, A> ? left : density_chunk<S, A>;
  density_entries<S, K, First, count>(psi, blocks, rho, add, origin);
  if constexpr (left > count) unrolled_density<S, K, First + count>(psi, blocks, rho, add, origin);
}

/// rho_W of every lane as packed entries, or rho += those if `add`; `blocks` are those of the window's qubits, in its
/// order. Cost 2^N (2^k + 1)/2 multiplications.
template <Scalar S, class A>
void lane_density(const A* psi, const Blocks& blocks, A* rho, bool add = false, Address origin = 0) noexcept {
  switch (blocks.width) {
    case 1: return unrolled_density<S, 1, 0>(psi, blocks, rho, add, origin);
    case 2: return unrolled_density<S, 2, 0>(psi, blocks, rho, add, origin);
    case 3: return unrolled_density<S, 3, 0>(psi, blocks, rho, add, origin);
    default: break;
  }
  const int size = 1 << blocks.width;
  if (!add) std::fill_n(rho, size * (size + 1) / 2, A{});
  blocks.for_each(
      [&](Address base) {
        A* entry = rho;
        for (int column = 0; column < size; ++column) {
          const A v = psi[base ^ blocks.offsets[static_cast<std::size_t>(column)]];
          for (int row = column; row < size; ++row) {
            *entry += times_conjugate<S>(psi[base ^ blocks.offsets[static_cast<std::size_t>(row)]], v);
            ++entry;
          }
        }
      },
      origin);
}

template <Scalar S, int K, bool Add, class A>
void unrolled_local(const A* QMTL_RESTRICT psi, A* QMTL_RESTRICT out, const Blocks& blocks,
                    const A* QMTL_RESTRICT matrix, Address origin) noexcept {
  constexpr int size = 1 << K;
  std::array<Address, size> offsets;
  for (std::size_t i = 0; i < size; ++i) offsets[i] = blocks.offsets[i];
  blocks.for_each(
      [&](Address base) __attribute__((always_inline)) {
        A v[size];
        unroll<size>([&](auto i) __attribute__((always_inline)) { v[i] = psi[base ^ offsets[i]]; });
        unroll<size>([&](auto row) __attribute__((always_inline)) {
          A sum{};
          if constexpr (Add) sum = out[base ^ offsets[row]];
          unroll<size>([&](auto column) __attribute__((always_inline)) {
            if constexpr (row >= column) {
              sum += matrix[triangle_index(size, row, column)] * v[column];
            } else {
              sum += conjugate<S>(matrix[triangle_index(size, column, row)]) * v[column];
            }
          });
          out[base ^ offsets[row]] = sum;
        });
      },
      origin);
}

/// out = (B on W) psi, or out += that if `add`; B is Hermitian, packed, and each lane's own. Cost 2^N 2^k.
template <Scalar S, class A>
void lane_local(const A* psi, A* out, const Blocks& blocks, const A* matrix, bool add, Address origin = 0) noexcept {
  const auto fixed = [&](auto k) {
    return add ? unrolled_local<S, k, true>(psi, out, blocks, matrix, origin)
               : unrolled_local<S, k, false>(psi, out, blocks, matrix, origin);
  };
  switch (blocks.width) {
    case 1: return fixed(std::integral_constant<int, 1>{});
    case 2: return fixed(std::integral_constant<int, 2>{});
    case 3: return fixed(std::integral_constant<int, 3>{});
    default: break;
  }
  const int size = 1 << blocks.width;
  blocks.for_each(
      [&](Address base) {
        for (int row = 0; row < size; ++row) {
          A& target = out[base ^ blocks.offsets[static_cast<std::size_t>(row)]];
          A sum = add ? target : A{};
          for (int column = 0; column < size; ++column) {
            const A v = psi[base ^ blocks.offsets[static_cast<std::size_t>(column)]];
            sum += row >= column ? matrix[triangle_index(size, row, column)] * v
                                 : conjugate<S>(matrix[triangle_index(size, column, row)]) * v;
          }
          target = sum;
        }
      },
      origin);
}

}  // namespace qmtl::detail
