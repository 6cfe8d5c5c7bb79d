#pragma once
// SPDX-License-Identifier: Apache-2.0
// Gates on lanes: groups of RY in registers, 2x2 matrices on pairs, signs, and the gradients that go with them.

#include <array>
#include <span>
#include <type_traits>
#include <utility>

#include "qmtl/engine/schedule/cosets.hpp"
#include "qmtl/engine/schedule/gate_matrix.hpp"

namespace qmtl::inline QMTL_ABI::detail {

/// RYs that one kernel applies at once: 2^K amplitudes have to stay in registers.
template <Scalar S, class A>
inline constexpr int max_rotation_group = [] {
  constexpr int registers = pack_bytes == 64 ? 4 : 3;  // 32 registers under AVX-512, 16 elsewhere
  return std::is_same_v<A, ComplexPack<S>> ? registers - 1 : registers;
}();

/// The gates that follow the RYs of a group: nothing; phases on |1> (RZ up to the global phase, or P); or RZ, with the
/// conjugate phase on |0>, where lanes are not to differ by a phase.
enum class Phases { none, one, both };

/// A group of rotations: on each of K qubits RY, then a phase. RY(a) = cos(a/2) [[1, -t], [t, 1]] with t = tan(a/2):
/// one fused multiply-add an amplitude.
template <Scalar S, int K, class A>
struct RotationGroup {
  std::array<Pack<S>, static_cast<std::size_t>(K)> tangents;
  Pack<S> scale;  ///< the product of the cosines
  /// On |1>; real amplitudes have no phases.
  std::array<A, std::is_same_v<A, ComplexPack<S>> ? static_cast<std::size_t>(K) : 0> phases{};
};

/// Applies a group of rotations, or undoes it with the negative tangents and conjugate phases of the inverse. However
/// large a tangent, only the scaled result is ever used; a group is small enough for its product to stay finite.
template <Scalar S, int K, Phases P, bool Undo, class A>
void rotate_group(A* QMTL_RESTRICT data, const Cosets& cosets, const RotationGroup<S, K, A>& group,
                  Address origin = 0) noexcept {
  std::array<Address, (std::size_t{1} << K)> offsets;
  for (std::size_t i = 0; i < offsets.size(); ++i) offsets[i] = cosets.offsets[i];
  const auto t = group.tangents;
  const auto w = group.phases;
  const Pack<S> c = group.scale;
  const Pack<S> ct = c * t[0];
  cosets.for_each(
      [&](Address base) __attribute__((always_inline)) {
        A v[1 << K];
        unroll<(1 << K)>([&](auto i) __attribute__((always_inline)) { v[i] = data[base ^ offsets[i]]; });
        unroll<K>([&](auto q) __attribute__((always_inline)) {
          unroll<(1 << K) / 2>([&](auto h) __attribute__((always_inline)) {
            constexpr int low = static_cast<int>(insert_zero(static_cast<Index>(h), q));
            constexpr int high = low | (1 << q);
            A a = v[low], b = v[high];
            if constexpr (P != Phases::none && Undo) b = w[q] * b;
            if constexpr (P == Phases::both && Undo) a = conjugate<S>(w[q]) * a;
            if constexpr (q == 0) {
              v[low] = c * a - ct * b;
              v[high] = c * b + ct * a;
            } else {
              v[low] = a - t[q] * b;
              v[high] = b + t[q] * a;
            }
            if constexpr (P != Phases::none && !Undo) v[high] = w[q] * v[high];
            if constexpr (P == Phases::both && !Undo) v[low] = conjugate<S>(w[q]) * v[low];
          });
        });
        unroll<(1 << K)>([&](auto i) __attribute__((always_inline)) { data[base ^ offsets[i]] = v[i]; });
      },
      origin);
}

/// What the gradients of a qubit's RY and phase follow from: sums over its pairs, with psi and lambda just after the
/// group. y = Re(conj(lambda_1) psi_0 - conj(lambda_0) psi_1), x = Im(conj(lambda_1) psi_0 + conj(lambda_0) psi_1),
/// z = Im(conj(lambda_1) psi_1 - conj(lambda_0) psi_0). Without phases only y is needed.
template <Scalar S>
struct RotationSums {
  Pack<S> y{}, x{}, z{};
};

template <Scalar S, int K, bool HasPhases, class A>
void rotation_sums(const A* QMTL_RESTRICT lambda, const A* QMTL_RESTRICT psi, const Cosets& cosets,
                   std::array<RotationSums<S>, static_cast<std::size_t>(K)>& result, Address origin = 0) noexcept {
  std::array<Address, (std::size_t{1} << K)> offsets;
  for (std::size_t i = 0; i < offsets.size(); ++i) offsets[i] = cosets.offsets[i];
  std::array<RotationSums<S>, static_cast<std::size_t>(K)> sums{};
  // Two sums for y, so that an addition need not wait for the one before; with phases there are enough.
  std::array<Pack<S>, HasPhases ? 0 : static_cast<std::size_t>(K)> subtracted{};
  cosets.for_each(
      [&](Address base) __attribute__((always_inline)) {
        A l[1 << K];
        unroll<(1 << K)>([&](auto i) __attribute__((always_inline)) { l[i] = lambda[base ^ offsets[i]]; });
        unroll<(1 << K)>([&](auto i) __attribute__((always_inline)) {
          const A p = psi[base ^ offsets[i]];
          [[maybe_unused]] const Pack<S> own = HasPhases ? imaginary_product<S>(l[i], p) : Pack<S>{};
          unroll<K>([&](auto q) __attribute__((always_inline)) {
            constexpr bool zero = ((i >> q) & 1) == 0;
            const A& partner = l[i ^ (1 << q)];
            if constexpr (zero) {
              sums[q].y += real_product<S>(partner, p);
            } else if constexpr (HasPhases) {
              sums[q].y -= real_product<S>(partner, p);
            } else {
              subtracted[q] += real_product<S>(partner, p);
            }
            if constexpr (HasPhases) {
              sums[q].x += imaginary_product<S>(partner, p);
              if constexpr (zero) {
                sums[q].z -= own;
              } else {
                sums[q].z += own;
              }
            }
          });
        });
      },
      origin);
  if constexpr (!HasPhases) {
    for (std::size_t q = 0; q < sums.size(); ++q) sums[q].y -= subtracted[q];
  }
  result = sums;
}

/// Calls body(std::integral_constant<int, K>) for the run-time group size k, 1 .. max_rotation_group.
template <Scalar S, class A, class Body>
QMTL_ALWAYS_INLINE void with_group_size(int k, Body&& body) noexcept {
  unroll<max_rotation_group<S, A>>([&](auto i) __attribute__((always_inline)) {
    if (k == i + 1) body(std::integral_constant<int, i + 1>{});
  });
}

/// The addresses of an elementary gate's pairs in a coset of its fixed qubits.
struct PairCosets {
  Cosets cosets;
  Address first = 0;  ///< offset of the amplitude that the matrix's first row belongs to
  Address second = 0;

  PairCosets(const AddressMap& map, const PairSet& pairs)
      : cosets(map, std::span(pairs.fixed.data(), static_cast<std::size_t>(pairs.fixed_count))),
        first(map.at(pairs.set) ^ map.origin),
        second(map.at(pairs.set ^ pairs.flip) ^ map.origin) {}
};

/// A 2x2 matrix of each lane's own on the amplitudes of all pairs.
template <Scalar S, class A>
void apply_pairs(A* data, const PairCosets& pairs, const std::array<A, 4>& matrix) noexcept {
  const std::array<A, 4> m = matrix;
  pairs.cosets.for_each([&](Address base) __attribute__((always_inline)) {
    A& a = data[base ^ pairs.first];
    A& b = data[base ^ pairs.second];
    const A x = a, y = b;
    a = m[0] * x + m[1] * y;
    b = m[2] * x + m[3] * y;
  });
}

template <class A>
void exchange_pairs(A* data, const PairCosets& pairs) noexcept {
  pairs.cosets.for_each([&](Address base) { std::swap(data[base ^ pairs.first], data[base ^ pairs.second]); });
}

/// Negates the amplitudes at the given addresses: a layer of CZ and Z.
template <class A>
void negate(A* data, std::span<const Address> addresses) noexcept {
  for (const Address address : addresses) data[address] = -data[address];
}

/// Multiplies the amplitudes of every coset by the phases of a diagonal layer, one for each place in a coset.
template <class A>
void apply_phases(A* QMTL_RESTRICT data, const Cosets& cosets, const A* QMTL_RESTRICT phases) noexcept {
  const Address* offsets = cosets.offsets.data();
  const std::size_t size = cosets.offsets.size();
  cosets.for_each([&](Address base) __attribute__((always_inline)) {
    for (std::size_t j = 0; j < size; ++j) {
      A& a = data[base ^ offsets[j]];
      a = phases[j] * a;
    }
  });
}

/// Sums over the cosets of Im(conj(lambda) psi), one for each place in a coset: all gradients of a diagonal layer.
template <Scalar S, class A>
void phase_sums(const A* QMTL_RESTRICT lambda, const A* QMTL_RESTRICT psi, const Cosets& cosets,
                Pack<S>* QMTL_RESTRICT sums) noexcept {
  const Address* offsets = cosets.offsets.data();
  const std::size_t size = cosets.offsets.size();
  cosets.for_each([&](Address base) __attribute__((always_inline)) {
    for (std::size_t j = 0; j < size; ++j) {
      const Address at = base ^ offsets[j];
      sums[j] += imaginary_product<S>(lambda[at], psi[at]);
    }
  });
}

/// Sums over pairs of conj(lambda_x) psi_y, at 2 x + y: all gradients of gates on one qubit follow from them.
template <Scalar S, class A>
[[nodiscard]] QMTL_ALWAYS_INLINE std::array<A, 4> pair_products(const A* lambda, const A* psi,
                                                                const PairCosets& pairs) noexcept {
  std::array<A, 4> sums{};
  pairs.cosets.for_each([&](Address base) __attribute__((always_inline)) {
    const A la = lambda[base ^ pairs.first], lb = lambda[base ^ pairs.second];
    const A pa = psi[base ^ pairs.first], pb = psi[base ^ pairs.second];
    sums[0] += times_conjugate<S>(pa, la);
    sums[1] += times_conjugate<S>(pb, la);
    sums[2] += times_conjugate<S>(pa, lb);
    sums[3] += times_conjugate<S>(pb, lb);
  });
  return sums;
}

/// The derivative by the angle of a parametric elementary gate. A loop for each, so that only the products that count
/// are made.
template <Scalar S, class A>
[[nodiscard]] Pack<S> pair_gradient(PairGate gate, const A* lambda, const A* psi, const PairCosets& pairs) noexcept {
  switch (gate) {
    case PairGate::RX: return generator_sum<S>(PairGate::RX, pair_products<S>(lambda, psi, pairs));
    case PairGate::RY: return generator_sum<S>(PairGate::RY, pair_products<S>(lambda, psi, pairs));
    case PairGate::RZ: return generator_sum<S>(PairGate::RZ, pair_products<S>(lambda, psi, pairs));
    case PairGate::P: return generator_sum<S>(PairGate::P, pair_products<S>(lambda, psi, pairs));
    default:  // none today: a gate that is new is slower, not wrong
      return info(gate).parametric ? generator_sum<S>(gate, pair_products<S>(lambda, psi, pairs)) : Pack<S>{};
  }
}

}  // namespace qmtl::inline QMTL_ABI::detail
