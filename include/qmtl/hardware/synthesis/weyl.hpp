#pragma once
// SPDX-License-Identifier: Apache-2.0
// Cartan's decomposition of unitary matrices on two qubits: local gates around exp(i (a XX + b YY + c ZZ)).

#include <array>
#include <cmath>
#include <complex>
#include <cstddef>
#include <tuple>
#include <utility>

#include "qmtl/hardware/synthesis/unitaries.hpp"

namespace qmtl::inline QMTL_ABI {

/// U = exp(i phase) (left[1] (x) left[0]) exp(i (a XX + b YY + c ZZ)) (right[1] (x) right[0]), the factors [0] on the
/// first qubit. The coordinates a, b, c are in the Weyl chamber, pi/4 >= a >= b >= |c|, with c >= 0 where a is pi/4:
/// they are the same for all matrices that differ by local gates only (Zhang, Vala, Sastry and Whaley 2003,
/// arXiv:quant-ph/0209120).
struct WeylDecomposition {
  double phase = 0.0;
  std::array<Unitary2, 2> left, right;
  std::array<double, 3> coordinates{};
};

namespace detail {

using Real4 = ColMajorMatrix<double, 4, 4>;

/// Two real symmetric matrices that commute, made diagonal by the same rotation: Jacobi's method on both at once
/// (Bunse-Gerstner, Byers and Mehrmann 1993; the angle as by Cardoso and Souloumiac 1996). Equal or nearly equal
/// eigenvalues make no difference, since what couples them is reduced, not divided by. Returns the eigenvectors, of
/// determinant 1.
[[nodiscard]] inline Real4 diagonalise_together(Real4 x, Real4 y) {
  constexpr int most_sweeps = 40;
  Real4 vectors = Real4::Identity();
  bool rotated = true;
  for (int sweep = 0; rotated && sweep < most_sweeps; ++sweep) {
    rotated = false;
    for (int p = 0; p < 3; ++p) {
      for (int q = p + 1; q < 4; ++q) {
        if (std::abs(x(p, q)) < 1e-17 && std::abs(y(p, q)) < 1e-17) continue;
        const double dx = x(p, p) - x(q, q), dy = y(p, p) - y(q, q);
        const double on = dx * dx + dy * dy - 4 * (x(p, q) * x(p, q) + y(p, q) * y(p, q));
        const double off = 4 * (dx * x(p, q) + dy * y(p, q));
        const double angle = std::atan2(off, on) / 4;
        if (std::abs(angle) < 1e-16) continue;
        const double c = std::cos(angle), s = std::sin(angle);
        const auto turn = [&](Real4& m, bool rows) {
          for (int k = 0; k < 4; ++k) {
            double &a = rows ? m(p, k) : m(k, p), &b = rows ? m(q, k) : m(k, q);
            std::tie(a, b) = std::pair(c * a + s * b, c * b - s * a);
          }
        };
        for (Real4* m : {&x, &y}) turn(*m, false), turn(*m, true);
        turn(vectors, false);
        rotated = true;
      }
    }
  }
  return vectors;
}

/// By Laplace's expansion along the first two rows.
[[nodiscard]] inline double determinant(const Real4& m) {
  const auto minor_of = [&m](int row, int i, int j) { return m(row, i) * m(row + 1, j) - m(row, j) * m(row + 1, i); };
  return minor_of(0, 0, 1) * minor_of(2, 2, 3) - minor_of(0, 0, 2) * minor_of(2, 1, 3) +
         minor_of(0, 0, 3) * minor_of(2, 1, 2) + minor_of(0, 1, 2) * minor_of(2, 0, 3) -
         minor_of(0, 1, 3) * minor_of(2, 0, 2) + minor_of(0, 2, 3) * minor_of(2, 0, 1);
}

/// Bell states with phases, in which local gates of determinant 1 are real and XX, YY and ZZ diagonal.
[[nodiscard]] inline Unitary4 magic_basis() {
  const std::complex<double> h(root_half, 0), i(0, root_half);
  const std::complex<double> rows[4][4]{{h, i, 0, 0}, {0, 0, i, h}, {0, 0, i, -h}, {h, -i, 0, 0}};
  Unitary4 m;
  for (Eigen::Index r = 0; r < 4; ++r) {
    for (Eigen::Index c = 0; c < 4; ++c) m(r, c) = rows[r][c];
  }
  return m;
}

/// The diagonals of XX, YY and ZZ there.
inline constexpr double magic_signs[3][4]{{1, -1, 1, -1}, {-1, 1, 1, -1}, {1, 1, -1, -1}};

/// The factors, of determinant 1 up to sign, of a product of gates on one qubit each, first qubit first.
[[nodiscard]] inline std::array<Unitary2, 2> local_factors(const Unitary4& product) {
  const auto block = [&product](Eigen::Index row, Eigen::Index column) {  // of 2x2 of them
    Unitary2 out;
    for (Eigen::Index k = 0; k < 4; ++k) out(k / 2, k % 2) = product(2 * row + k / 2, 2 * column + k % 2);
    return out;
  };
  const auto overlap = [](const Unitary2& a, const Unitary2& b) {  // tr(a^dagger b)
    std::complex<double> sum = 0.0;
    for (Eigen::Index k = 0; k < 4; ++k) sum += std::conj(a(k / 2, k % 2)) * b(k / 2, k % 2);
    return sum;
  };
  Unitary2 first = block(0, 0), second;
  double largest = overlap(first, first).real();
  for (Eigen::Index k = 1; k < 4; ++k) {
    const Unitary2 other = block(k / 2, k % 2);
    if (const double size = overlap(other, other).real(); size > largest) first = other, largest = size;
  }
  const std::complex<double> root = std::sqrt(first(0, 0) * first(1, 1) - first(0, 1) * first(1, 0));
  for (Eigen::Index k = 0; k < 4; ++k) first(k / 2, k % 2) /= root;
  for (Eigen::Index k = 0; k < 4; ++k) second(k / 2, k % 2) = overlap(first, block(k / 2, k % 2)) / 2.0;
  return {first, second};
}

/// x X + y Y + z Z.
[[nodiscard]] inline Unitary2 pauli_sum(double x, double y, double z) {
  Unitary2 m;
  m(0, 0) = z, m(0, 1) = {x, -y}, m(1, 0) = {x, y}, m(1, 1) = -z;
  return m;
}

/// X, Y and Z by number.
[[nodiscard]] inline Unitary2 pauli_by_number(std::size_t k) {
  return pauli_sum(k == 0 ? 1.0 : 0.0, k == 1 ? 1.0 : 0.0, k == 2 ? 1.0 : 0.0);
}

[[nodiscard]] inline Unitary4 complex_of(const Real4& m) {
  Unitary4 out;
  for (Eigen::Index c = 0; c < 4; ++c) {
    for (Eigen::Index r = 0; r < 4; ++r) out(r, c) = m(r, c);
  }
  return out;
}

/// Moves coordinates into the Weyl chamber, and what that takes into the local gates.
class WeylChamber {
 public:
  explicit WeylChamber(WeylDecomposition& weyl) : w_(&weyl), x_(&weyl.coordinates) {}

  void enter() {
    for (std::size_t k = 0; k < 3; ++k) shift(k, std::round(at(k) / (pi / 2)));
    for (const auto& [i, j] : {std::pair<std::size_t, std::size_t>{0, 1}, {1, 2}, {0, 1}}) {
      if (std::abs(at(i)) < std::abs(at(j))) exchange(i, j);
    }
    if (at(0) < 0) negate(0, at(1) < 0 ? 1 : 2);
    if (at(1) < 0) negate(1, 2);
    if (at(0) > pi / 4 - synthesis_tolerance && at(2) < 0) {
      shift(0, 1);
      negate(0, 2);
    }
  }

 private:
  [[nodiscard]] double& at(std::size_t k) { return (*x_)[k]; }

  /// exp(i pi/2 XX) = i XX.
  void shift(std::size_t k, double quarters) {
    at(k) -= quarters * pi / 2;
    w_->phase += quarters * pi / 2;
    if (std::fmod(quarters, 2.0) == 0.0) return;
    for (auto& right : w_->right) right = times(pauli_by_number(k), right);
  }
  /// (X + Y) / sqrt(2) on both qubits exchanges XX and YY.
  void exchange(std::size_t i, std::size_t j) {
    std::swap(at(i), at(j));
    const auto part = [i, j](std::size_t k) { return k == i || k == j ? root_half : 0.0; };
    const Unitary2 mirror = pauli_sum(part(0), part(1), part(2));
    for (auto& left : w_->left) left = times(left, mirror);
    for (auto& right : w_->right) right = times(mirror, right);
  }
  /// Z on one qubit changes the signs of XX and YY.
  void negate(std::size_t i, std::size_t j) {
    at(i) = -at(i);
    at(j) = -at(j);
    const Unitary2 third = pauli_by_number(3 - i - j);
    w_->left[0] = times(w_->left[0], third);
    w_->right[0] = times(third, w_->right[0]);
  }

  WeylDecomposition* w_;
  std::array<double, 3>* x_;
};

}  // namespace detail

/// Cartan's decomposition of a unitary matrix, to rounding for all of them, also those with equal or nearly equal
/// coordinates. In the magic basis U^T U is symmetric and unitary, so that its real and imaginary parts commute; their
/// common eigenvectors are the right local gate. Deterministic.
[[nodiscard]] inline WeylDecomposition weyl_decomposition(const Unitary4& u) {
  using detail::times;
  const Unitary4 magic = detail::magic_basis(), back = detail::adjoint(magic);
  const Unitary4 in_magic = times(times(back, u), magic);
  detail::Real4 real, imaginary;  // of U^T U
  for (Eigen::Index c = 0; c < 4; ++c) {
    for (Eigen::Index r = 0; r < 4; ++r) {
      std::complex<double> sum = 0.0;
      for (Eigen::Index k = 0; k < 4; ++k) sum += in_magic(k, r) * in_magic(k, c);
      real(r, c) = sum.real(), imaginary(r, c) = sum.imag();
    }
  }
  const detail::Real4 vectors = detail::diagonalise_together(real, imaginary);
  const Unitary4 right = detail::complex_of(vectors), turned = times(in_magic, right);
  std::array<double, 4> phases{};
  detail::Real4 left;
  for (Eigen::Index c = 0; c < 4; ++c) {
    // The column is real up to half of the eigenvalue's phase: its square sum is the eigenvalue.
    std::complex<double> eigenvalue = 0.0;
    for (Eigen::Index r = 0; r < 4; ++r) eigenvalue += turned(r, c) * turned(r, c);
    const double phase = phases[static_cast<std::size_t>(c)] = std::arg(eigenvalue) / 2;
    for (Eigen::Index r = 0; r < 4; ++r) left(r, c) = (turned(r, c) * std::polar(1.0, -phase)).real();
  }
  if (detail::determinant(left) < 0) {
    phases[0] += pi;
    for (Eigen::Index r = 0; r < 4; ++r) left(r, 0) = -left(r, 0);
  }
  WeylDecomposition out;
  for (std::size_t k = 0; k < 4; ++k) {
    out.phase += phases[k] / 4;
    for (std::size_t j = 0; j < 3; ++j) out.coordinates[j] += detail::magic_signs[j][k] * phases[k] / 4;
  }
  out.left = detail::local_factors(times(times(magic, detail::complex_of(left)), back));
  out.right = detail::local_factors(times(times(magic, detail::adjoint(right)), back));
  detail::WeylChamber(out).enter();
  return out;
}

/// exp(i (a XX + b YY + c ZZ)).
[[nodiscard]] inline Unitary4 canonical_gate(const std::array<double, 3>& coordinates) {
  const Unitary4 magic = detail::magic_basis();
  Unitary4 out = magic;
  for (Eigen::Index k = 0; k < 4; ++k) {
    double phase = 0.0;
    for (std::size_t j = 0; j < 3; ++j) phase += coordinates[j] * detail::magic_signs[j][k];
    for (Eigen::Index r = 0; r < 4; ++r) out(r, k) *= std::polar(1.0, phase);
  }
  return detail::times(out, detail::adjoint(magic));
}

/// The matrix that a decomposition is of.
[[nodiscard]] inline Unitary4 matrix_of(const WeylDecomposition& weyl) {
  const auto [phase, left, right, coordinates] = weyl;
  Unitary4 out = detail::times(detail::times(detail::kron(left[1], left[0]), canonical_gate(coordinates)),
                               detail::kron(right[1], right[0]));
  for (Eigen::Index k = 0; k < out.size(); ++k) out.data()[k] *= std::polar(1.0, phase);
  return out;
}

/// The fewest CX, CZ or ECR gates between local ones that make a gate of these coordinates: none, one of (pi/4, 0, 0),
/// two of (a, b, 0), three of all others (Shende, Bullock and Markov 2004, arXiv:quant-ph/0308045).
[[nodiscard]] inline int entangling_gates(const std::array<double, 3>& coordinates,
                                          double tolerance = synthesis_tolerance) {
  const auto [a, b, c] = coordinates;
  if (std::abs(c) > tolerance) return 3;
  if (b > tolerance) return 2;
  if (a < tolerance) return 0;
  return std::abs(a - pi / 4) < tolerance ? 1 : 2;
}

}  // namespace qmtl::inline QMTL_ABI
