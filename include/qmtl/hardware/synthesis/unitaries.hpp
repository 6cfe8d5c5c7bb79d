#pragma once
// SPDX-License-Identifier: Apache-2.0
// The matrices of operations on one and two qubits, and the gate U of a 2x2 matrix.

#include <array>
#include <cmath>
#include <complex>
#include <numbers>

#include "qmtl/circuit/bind_parameters.hpp"
#include "qmtl/circuit/elementary.hpp"

namespace qmtl::inline QMTL_ABI {

/// A unitary matrix on one qubit, and on two: bit j of the row and column index is the j-th qubit.
using Unitary2 = ColMajorMatrix<std::complex<double>, 2, 2>;
using Unitary4 = ColMajorMatrix<std::complex<double>, 4, 4>;

namespace detail {

/// Throws CircuitError unless all angles are numbers.
inline void require_bound(const char* where, const Operation& op) {
  if (is_bound(op)) return;
  throw CircuitError(text("qmtl: ", where, ": an angle of ", info(op.gate).name,
                          ", expected a number, got features or weights: bind_parameters makes numbers of them"));
}

// Loops, not Eigen's expressions, of which each would take longer to compile than all of these; no slower on matrices
// of this size.

/// a b.
template <int N>
[[nodiscard]] ColMajorMatrix<std::complex<double>, N, N> times(const ColMajorMatrix<std::complex<double>, N, N>& a,
                                                               const ColMajorMatrix<std::complex<double>, N, N>& b) {
  ColMajorMatrix<std::complex<double>, N, N> out;
  for (Eigen::Index c = 0; c < N; ++c) {
    for (Eigen::Index r = 0; r < N; ++r) {
      double re = 0.0, im = 0.0;
      for (Eigen::Index k = 0; k < N; ++k) {
        const std::complex<double> x = a(r, k), y = b(k, c);
        re += x.real() * y.real() - x.imag() * y.imag();
        im += x.real() * y.imag() + x.imag() * y.real();
      }
      out(r, c) = {re, im};
    }
  }
  return out;
}

template <int N>
[[nodiscard]] ColMajorMatrix<std::complex<double>, N, N> adjoint(const ColMajorMatrix<std::complex<double>, N, N>& a) {
  ColMajorMatrix<std::complex<double>, N, N> out;
  for (Eigen::Index c = 0; c < N; ++c) {
    for (Eigen::Index r = 0; r < N; ++r) out(r, c) = std::conj(a(c, r));
  }
  return out;
}

/// a (x) b, with b on the first qubit.
[[nodiscard]] inline Unitary4 kron(const Unitary2& a, const Unitary2& b) {
  Unitary4 out;
  for (Eigen::Index c = 0; c < 4; ++c) {
    for (Eigen::Index r = 0; r < 4; ++r) out(r, c) = a(r / 2, c / 2) * b(r % 2, c % 2);
  }
  return out;
}

/// The matrix of a gate whose angles are numbers, on qubits 0 and, of 4 rows, 1. What simulators' kernels do, which
/// take long to compile.
template <int N>
[[nodiscard]] ColMajorMatrix<std::complex<double>, N, N> matrix_of_gate(const Operation& op) {
  auto out = ColMajorMatrix<std::complex<double>, N, N>::Identity().eval();
  for (const auto& part : expand(op)) {
    const double *const none = nullptr, angle = angle_of(part, op, none, none);
    const Matrix2<double> m = matrix_of(part.gate, angle);
    const auto entry = [&m](int i, int j) { return std::complex<double>(m.re[i][j], m.im[i][j]); };
    Index fixed = 0;
    for (int f = 0; f < part.pairs.fixed_count; ++f) fixed |= qubit_mask(part.pairs.fixed[static_cast<std::size_t>(f)]);
    for (Index i = 0; i < N; ++i) {
      if ((i & fixed) != part.pairs.set) continue;
      const auto first = static_cast<Eigen::Index>(i), second = static_cast<Eigen::Index>(i ^ part.pairs.flip);
      for (Eigen::Index c = 0; c < N; ++c) {
        const std::complex<double> a = out(first, c), b = out(second, c);
        out(first, c) = entry(0, 0) * a + entry(0, 1) * b;
        out(second, c) = entry(1, 0) * a + entry(1, 1) * b;
      }
    }
  }
  return out;
}

}  // namespace detail

/// The matrix of a gate on one qubit. Throws CircuitError for another gate or angles that are no numbers.
[[nodiscard]] inline Unitary2 one_qubit_matrix(Operation op) {
  detail::require_size("one_qubit_matrix: qubits", info(op.gate).qubits, 1);
  detail::require_bound("one_qubit_matrix", op);
  op.qubits[0] = 0;
  return detail::matrix_of_gate<2>(op);
}

/// The matrix of a gate on qubits among `first` and `second`, which are bits 0 and 1 of its index. Throws CircuitError
/// for a gate on others or angles that are no numbers.
[[nodiscard]] inline Unitary4 two_qubit_matrix(Operation op, int first, int second) {
  detail::require_bound("two_qubit_matrix", op);
  for (int j = 0; j < info(op.gate).qubits; ++j) {
    auto& q = op.qubits[static_cast<std::size_t>(j)];
    if (q != first && q != second) {
      throw CircuitError(detail::text("qmtl: two_qubit_matrix: qubits of ", info(op.gate).name, ", expected ", first,
                                      " and ", second, ", got ", q));
    }
    q = q == first ? 0 : 1;
  }
  return detail::matrix_of_gate<4>(op);
}

/// exp(i phase) P(phi) RY(theta) P(lambda), with theta in [0, pi].
struct EulerAngles {
  double theta = 0.0;
  double phi = 0.0;
  double lambda = 0.0;
  double phase = 0.0;
};

/// The angles of a unitary matrix. Where theta is near 0 or pi, only the sum or the difference of phi and lambda is
/// well determined, and what they are made of is accurate to rounding all the same.
[[nodiscard]] inline EulerAngles euler_angles(const Unitary2& u) {
  const double c = std::abs(u(0, 0)), s = std::abs(u(1, 0));
  const double sum = std::arg(u(1, 1) * std::conj(u(0, 0))), difference = std::arg(-u(1, 0) * std::conj(u(0, 1)));
  const double whole = std::arg(u(0, 0) * u(1, 1) - u(0, 1) * u(1, 0));
  EulerAngles out{2 * std::atan2(s, c), (sum + difference) / 2, (sum - difference) / 2, (whole - sum) / 2};
  const auto opposite = [](std::complex<double> entry, double angle) {
    return (std::conj(entry) * std::polar(1.0, angle)).real() < 0.0;
  };
  const auto turn_column = [&] {  // half sums and differences are known up to pi
    if (opposite(u(1, 0), out.phase + out.phi)) out.phi += pi, out.lambda -= pi;
  };
  if (c >= s) {
    if (opposite(u(0, 0), out.phase)) out.phase += pi;
    turn_column();
  } else {
    if (opposite(u(1, 0), out.phase + out.phi)) out.phase += pi;
    if (opposite(u(0, 0), out.phase)) out.phase += pi, out.phi -= pi, out.lambda += pi;
  }
  return out;
}

/// The gate U that is a unitary matrix up to a phase.
[[nodiscard]] inline Operation u_gate(const Unitary2& u, int qubit) {
  const auto [theta, phi, lambda, phase] = euler_angles(u);
  return gate::u(qubit, theta, phi, lambda);
}

namespace detail {

/// An angle in (-pi, pi], its distance from a multiple of 2 pi if that is below the tolerance being zero.
[[nodiscard]] inline double wrapped(double angle, double tolerance) {
  const double turned = std::remainder(angle, 2 * pi);
  if (std::abs(turned) < tolerance) return 0.0;
  return turned <= -pi + tolerance ? pi : turned;
}

/// Up to a phase.
[[nodiscard]] inline bool is_identity(const Unitary2& u, double tolerance) {
  return std::abs(u(1, 0)) < tolerance && std::abs(u(0, 1)) < tolerance && std::abs(u(0, 0) - u(1, 1)) < tolerance;
}

}  // namespace detail

/// What is below this, in radians or as the size of an entry of a matrix, counts as zero in synthesis.
inline constexpr double synthesis_tolerance = 1e-12;

}  // namespace qmtl::inline QMTL_ABI
