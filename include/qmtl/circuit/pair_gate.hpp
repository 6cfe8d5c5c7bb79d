#pragma once
// SPDX-License-Identifier: Apache-2.0
// The 2x2 matrices that gates are made of, one row each: what undoes it, its shape, its matrix or its generator.

#include <array>
#include <cmath>
#include <cstdint>
#include <string_view>

#include "qmtl/core/error.hpp"
#include "qmtl/core/scalar.hpp"

namespace qmtl::inline QMTL_ABI {

/// The 2x2 matrices that occur; IX is i*X, the off-diagonal part of iSWAP, and RootIX its square root.
enum class PairGate : std::uint8_t { X, Y, Z, H, S, Sdg, T, Tdg, SX, SXdg, IX, IXdg, RootIX, RootIXdg, RX, RY, RZ, P };

/// What a simulator may exploit in a 2x2 matrix.
enum class PairShape : std::uint8_t { exchange, diagonal, real, general };

/// A 2x2 complex matrix {{m00, m01}, {m10, m11}} as plain real parts: std::complex products are slow in hot loops.
template <Scalar S>
struct Matrix2 {
  S re[2][2]{};
  S im[2][2]{};
};

/// Static facts about a 2x2 matrix.
struct PairInfo {
  PairGate gate;
  PairGate adjoint;  ///< what undoes it, with the negative angle where there is one
  PairShape shape;
  bool parametric;
  /// The matrix; of one with an angle a the Hermitian generator G, the matrix being exp(-i a G).
  Matrix2<double> matrix;

  /// True if the matrix is real for every angle: its entries are, or i times its generator is.
  [[nodiscard]] constexpr bool real() const noexcept {
    const auto& zero = parametric ? matrix.re : matrix.im;
    return zero[0][0] == 0.0 && zero[0][1] == 0.0 && zero[1][0] == 0.0 && zero[1][1] == 0.0;
  }
};

namespace detail {

inline constexpr double root_half = 0.70710678118654752440;

// clang-format off
inline constexpr std::array pair_table{
    //        gate                undone by           shape                parametric  real and imaginary part
    PairInfo{PairGate::X,        PairGate::X,        PairShape::exchange, false, {{{0, 1}, {1, 0}}, {}}},
    PairInfo{PairGate::Y,        PairGate::Y,        PairShape::general,  false, {{}, {{0, -1}, {1, 0}}}},
    PairInfo{PairGate::Z,        PairGate::Z,        PairShape::diagonal, false, {{{1, 0}, {0, -1}}, {}}},
    PairInfo{PairGate::H,        PairGate::H,        PairShape::real,     false, {{{root_half, root_half}, {root_half, -root_half}}, {}}},
    PairInfo{PairGate::S,        PairGate::Sdg,      PairShape::diagonal, false, {{{1, 0}, {0, 0}}, {{0, 0}, {0, 1}}}},
    PairInfo{PairGate::Sdg,      PairGate::S,        PairShape::diagonal, false, {{{1, 0}, {0, 0}}, {{0, 0}, {0, -1}}}},
    PairInfo{PairGate::T,        PairGate::Tdg,      PairShape::diagonal, false, {{{1, 0}, {0, root_half}}, {{0, 0}, {0, root_half}}}},
    PairInfo{PairGate::Tdg,      PairGate::T,        PairShape::diagonal, false, {{{1, 0}, {0, root_half}}, {{0, 0}, {0, -root_half}}}},
    PairInfo{PairGate::SX,       PairGate::SXdg,     PairShape::general,  false, {{{0.5, 0.5}, {0.5, 0.5}}, {{0.5, -0.5}, {-0.5, 0.5}}}},
    PairInfo{PairGate::SXdg,     PairGate::SX,       PairShape::general,  false, {{{0.5, 0.5}, {0.5, 0.5}}, {{-0.5, 0.5}, {0.5, -0.5}}}},
    PairInfo{PairGate::IX,       PairGate::IXdg,     PairShape::general,  false, {{}, {{0, 1}, {1, 0}}}},
    PairInfo{PairGate::IXdg,     PairGate::IX,       PairShape::general,  false, {{}, {{0, -1}, {-1, 0}}}},
    PairInfo{PairGate::RootIX,   PairGate::RootIXdg, PairShape::general,  false, {{{root_half, 0}, {0, root_half}}, {{0, root_half}, {root_half, 0}}}},
    PairInfo{PairGate::RootIXdg, PairGate::RootIX,   PairShape::general,  false, {{{root_half, 0}, {0, root_half}}, {{0, -root_half}, {-root_half, 0}}}},
    PairInfo{PairGate::RX,       PairGate::RX,       PairShape::general,  true,  {{{0, 0.5}, {0.5, 0}}, {}}},
    PairInfo{PairGate::RY,       PairGate::RY,       PairShape::real,     true,  {{}, {{0, -0.5}, {0.5, 0}}}},
    PairInfo{PairGate::RZ,       PairGate::RZ,       PairShape::diagonal, true,  {{{0.5, 0}, {0, -0.5}}, {}}},
    PairInfo{PairGate::P,        PairGate::P,        PairShape::diagonal, true,  {{{0, 0}, {0, -1}}, {}}},
};
// clang-format on

static_assert(
    [] {
      for (std::size_t g = 0; g < pair_table.size(); ++g) {
        if (static_cast<std::size_t>(pair_table[g].gate) != g) return false;
      }
      return true;
    }(),
    "qmtl: the rows of the table of 2x2 matrices must be in the order of PairGate");

/// Whether a value of an enumeration is one of its enumerators: compilers print the number of another one behind a
/// cast.
template <auto Value>
[[nodiscard]] consteval bool is_enumerator() {
  return std::string_view(__PRETTY_FUNCTION__).find("Gate)") == std::string_view::npos;
}
static_assert(is_enumerator<pair_table.back().gate>() && !is_enumerator<static_cast<PairGate>(pair_table.size())>(),
              "qmtl: the table of 2x2 matrices must have a row for each of PairGate's enumerators");

/// What kernels and shift rules take for granted of a matrix with an angle: P's generator is -|1><1|; the others' are
/// Hermitian with eigenvalues +-1/2, on the diagonal or beside it, there real or imaginary.
[[nodiscard]] constexpr bool has_known_generator(const PairInfo& info) {
  const auto &re = info.matrix.re, &im = info.matrix.im;
  if (info.gate == PairGate::P) return re[0][0] == 0.0 && re[1][1] == -1.0 && re[0][1] == 0.0 && im[0][1] == 0.0;
  const bool diagonal = info.shape == PairShape::diagonal;
  const double on = re[0][0], beside = re[0][1] + im[0][1];
  return im[0][0] == 0.0 && im[1][1] == 0.0 && re[1][1] == -on && re[1][0] == re[0][1] && im[1][0] == -im[0][1] &&
         (re[0][1] == 0.0 || im[0][1] == 0.0) && on * on == (diagonal ? 0.25 : 0.0) &&
         beside * beside == (diagonal ? 0.0 : 0.25);
}
static_assert(
    [] {
      for (const auto& info : pair_table) {
        if (info.parametric && !has_known_generator(info)) return false;
      }
      return true;
    }(),
    "qmtl: the generator of a matrix with an angle must be P's, or half a Pauli matrix");

}  // namespace detail

[[nodiscard]] constexpr const PairInfo& info(PairGate gate) noexcept {
  return detail::pair_table[static_cast<std::size_t>(gate)];
}

[[nodiscard]] constexpr PairShape shape_of(PairGate gate) noexcept { return info(gate).shape; }

/// The 2x2 matrix that undoes another, with the negative angle where there is one.
[[nodiscard]] constexpr PairGate adjoint(PairGate gate) noexcept { return info(gate).adjoint; }

/// The Hermitian G of exp(-i a G) for RX, RY, RZ and P: X/2, Y/2, Z/2 and -|1><1|. All derivatives by angles follow
/// from it.
[[nodiscard]] constexpr const Matrix2<double>& generator_of(PairGate gate) noexcept { return info(gate).matrix; }

/// The 2x2 matrix for an angle in radians, which those without one ignore. exp(-i a G) is
/// cos(a/2) - i sin(a/2) 2G for a generator of eigenvalues +-1/2, and 1 - (1 - exp(i a)) |1><1| for P.
template <Scalar S>
[[nodiscard]] Matrix2<S> matrix_of(PairGate gate, S angle) noexcept {
  const auto& facts = info(gate);
  const auto& m = facts.matrix;
  Matrix2<S> out;
  if (gate == PairGate::P) return {{{1, 0}, {0, std::cos(angle)}}, {{0, 0}, {0, std::sin(angle)}}};
  const S c = facts.parametric ? std::cos(angle / 2) : S(0);
  const S s = facts.parametric ? std::sin(angle / 2) : S(0);
  for (int i = 0; i < 2; ++i) {
    for (int j = 0; j < 2; ++j) {
      const auto re = static_cast<S>(m.re[i][j]), im = static_cast<S>(m.im[i][j]);
      out.re[i][j] = facts.parametric ? (i == j ? c : S(0)) + 2 * s * im : re;
      out.im[i][j] = facts.parametric ? -2 * s * re : im;
    }
  }
  return out;
}

}  // namespace qmtl::inline QMTL_ABI
