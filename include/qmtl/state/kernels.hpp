#pragma once
// SPDX-License-Identifier: Apache-2.0
// Kernels on raw amplitudes: a 2x2 matrix on a set of pairs, and inner products with a gate's generator.

#include <algorithm>
#include <complex>
#include <concepts>

#include "qmtl/circuit/elementary.hpp"
#include "qmtl/core/bits.hpp"
#include "qmtl/core/config.hpp"

namespace qmtl::inline QMTL_ABI::detail {

/// So many terms of a sum are added up in the amplitudes' precision before they are in double: more would lose digits.
inline constexpr Index block_terms = 256;

/// Calls visit(first, second, run) for blocks of `run` consecutive pairs (first + r, second + r), over all pairs of the
/// set in a vector of `size` amplitudes. The runs are as long as the lowest fixed qubit allows.
template <class Pairs, class Visit>
QMTL_ALWAYS_INLINE void for_each_run(const Pairs& pairs, Index size, Visit&& visit) {
  const Index run = qubit_mask(pairs.fixed[0]);
  const Index count = size >> pairs.fixed_count;
  for (Index k = 0; k < count; k += run) {
    Index i = k;
    for (int f = 0; f < pairs.fixed_count; ++f) i = insert_zero(i, pairs.fixed[static_cast<std::size_t>(f)]);
    i |= pairs.set;
    visit(i, i ^ pairs.flip, run);
  }
}

/// std::complex<S> is an array of two S by the standard: kernels work on those, since its operator* handles infinities
/// at several times the cost.
template <Scalar S>
[[nodiscard]] QMTL_ALWAYS_INLINE S* real_parts(std::complex<S>* amplitudes) noexcept {
  return reinterpret_cast<S*>(amplitudes);
}
template <Scalar S>
[[nodiscard]] QMTL_ALWAYS_INLINE const S* real_parts(const std::complex<S>* amplitudes) noexcept {
  return reinterpret_cast<const S*>(amplitudes);
}

template <Scalar S, class Pairs>
void apply_exchange(const Pairs& pairs, std::complex<S>* psi, Index size) noexcept {
  for_each_run(pairs, size, [psi](Index a, Index b, Index run) { std::swap_ranges(psi + a, psi + a + run, psi + b); });
}

template <Scalar S, class Pairs>
void apply_diagonal(const Pairs& pairs, const Matrix2<S>& m, std::complex<S>* psi, Index size) noexcept {
  const auto scale = [](S* v, S re, S im, Index run) {
    for (Index r = 0; r < run; ++r) {
      const S x = v[2 * r], y = v[2 * r + 1];
      v[2 * r] = re * x - im * y;
      v[2 * r + 1] = re * y + im * x;
    }
  };
  const bool keeps_first = m.re[0][0] == S(1) && m.im[0][0] == S(0);
  for_each_run(pairs, size, [&](Index a, Index b, Index run) {
    if (!keeps_first) scale(real_parts(psi) + 2 * a, m.re[0][0], m.im[0][0], run);
    scale(real_parts(psi) + 2 * b, m.re[1][1], m.im[1][1], run);
  });
}

template <Scalar S, class Pairs>
void apply_real(const Pairs& pairs, const Matrix2<S>& m, std::complex<S>* psi, Index size) noexcept {
  const S m00 = m.re[0][0], m01 = m.re[0][1], m10 = m.re[1][0], m11 = m.re[1][1];
  for_each_run(pairs, size, [=](Index first, Index second, Index run) {
    S* QMTL_RESTRICT a = real_parts(psi) + 2 * first;
    S* QMTL_RESTRICT b = real_parts(psi) + 2 * second;
    for (Index r = 0; r < 2 * run; ++r) {
      const S x = a[r], y = b[r];
      a[r] = m00 * x + m01 * y;
      b[r] = m10 * x + m11 * y;
    }
  });
}

template <Scalar S, class Pairs>
void apply_general(const Pairs& pairs, const Matrix2<S>& m, std::complex<S>* psi, Index size) noexcept {
  for_each_run(pairs, size, [&m, psi](Index first, Index second, Index run) {
    S* QMTL_RESTRICT a = real_parts(psi) + 2 * first;
    S* QMTL_RESTRICT b = real_parts(psi) + 2 * second;
    for (Index r = 0; r < 2 * run; r += 2) {
      const S ar = a[r], ai = a[r + 1], br = b[r], bi = b[r + 1];
      a[r] = m.re[0][0] * ar - m.im[0][0] * ai + m.re[0][1] * br - m.im[0][1] * bi;
      a[r + 1] = m.re[0][0] * ai + m.im[0][0] * ar + m.re[0][1] * bi + m.im[0][1] * br;
      b[r] = m.re[1][0] * ar - m.im[1][0] * ai + m.re[1][1] * br - m.im[1][1] * bi;
      b[r + 1] = m.re[1][0] * ai + m.im[1][0] * ar + m.re[1][1] * bi + m.im[1][1] * br;
    }
  });
}

/// Applies an elementary gate with the given angle (radians) to `size` amplitudes.
template <Scalar S, class Pairs>
void apply(const BasicElementary<Pairs>& part, S angle, std::complex<S>* psi, Index size) noexcept {
  if (part.gate == PairGate::X) return apply_exchange(part.pairs, psi, size);
  const Matrix2<S> m = matrix_of(part.gate, angle);
  switch (shape_of(part.gate)) {
    case PairShape::diagonal: return apply_diagonal(part.pairs, m, psi, size);
    case PairShape::real: return apply_real(part.pairs, m, psi, size);
    default: return apply_general(part.pairs, m, psi, size);
  }
}

/// The conjugate transpose, which undoes a gate.
template <Scalar S, class Pairs>
[[nodiscard]] BasicElementary<Pairs> adjoint(BasicElementary<Pairs> part, S& angle) noexcept {
  angle = -angle;
  part.gate = qmtl::adjoint(part.gate);
  return part;
}

/// 2 Re <lambda| dU/da U^dagger |psi> for a parametric elementary gate U(a): the derivative of <psi|H|psi> by its angle
/// when |psi> is the state just after the gate and |lambda> = (later gates)^dagger H |final>: 2 Im <lambda|G|psi>
/// with the gate's generator G, whose entries are either on the diagonal or beside it, and there real or imaginary.
template <Scalar S, class Pairs>
[[nodiscard]] S generator_product(const BasicElementary<Pairs>& part, const std::complex<S>* lambda,
                                  const std::complex<S>* psi, Index size) noexcept {
  const S* l = real_parts(lambda);
  const S* p = real_parts(psi);
  double total = 0;
  const auto over = [&](auto&& term) {
    for_each_run(part.pairs, size, [&](Index a, Index b, Index run) {
      if constexpr (std::same_as<S, double>) {
        for (Index r = 0; r < 2 * run; r += 2) total += term(2 * a + r, 2 * b + r);
      } else {
        for (Index r = 0; r < 2 * run;) {
          S sum = 0;
          const Index end = std::min(r + 2 * block_terms, 2 * run);
          for (; r < end; r += 2) sum += term(2 * a + r, 2 * b + r);
          total += static_cast<double>(sum);
        }
      }
    });
    return static_cast<S>(total);
  };
  // Im(conj(l) p) and Re(conj(l) p) of two amplitudes:
  const auto im = [l, p](Index i, Index j) { return l[i] * p[j + 1] - l[i + 1] * p[j]; };
  const auto re = [l, p](Index i, Index j) { return l[i] * p[j] + l[i + 1] * p[j + 1]; };
  const auto& g = generator_of(part.gate);
  const auto twice = [](double entry) { return static_cast<S>(2 * entry); };
  if (shape_of(part.gate) == PairShape::diagonal) {
    const S first = twice(g.re[0][0]), second = twice(g.re[1][1]);
    if (first == S(0)) return second * over([&](Index, Index b) { return im(b, b); });
    return over([&](Index a, Index b) { return first * im(a, a) + second * im(b, b); });
  }
  const S real = twice(g.re[0][1]), imaginary = twice(g.im[0][1]);
  if (imaginary == S(0)) return real * over([&](Index a, Index b) { return im(a, b) + im(b, a); });
  return imaginary * over([&](Index a, Index b) { return re(a, b) - re(b, a); });
}

}  // namespace qmtl::inline QMTL_ABI::detail
