#pragma once
// SPDX-License-Identifier: Apache-2.0
// Powers of one-qubit gates: the principal ones, by eigenvalues exp(i phi) with phi in (-pi, pi].

#include <array>
#include <cmath>
#include <complex>
#include <numbers>
#include <span>

#include "qmtl/circuit/operation.hpp"

namespace qmtl::inline QMTL_ABI::detail::openqasm {

/// An angle within (-half, half], equal to this one but for multiples of 2 half. Rounding does not change the end.
[[nodiscard]] inline double principal(double angle, double half) {
  const double out = std::remainder(angle, 2 * half);
  return out <= -half * (1 - 1e-14) ? out + 2 * half : out;
}

/// A unitary 2x2 matrix, row by row.
using Unitary = std::array<std::complex<double>, 4>;

[[nodiscard]] inline Unitary product(const Unitary& a, const Unitary& b) {
  return {a[0] * b[0] + a[1] * b[2], a[0] * b[1] + a[1] * b[3], a[2] * b[0] + a[3] * b[2], a[2] * b[1] + a[3] * b[3]};
}

/// The matrix of a gate on its last qubit where its controls, if there are any, are one, for constant angles.
[[nodiscard]] inline Unitary matrix_behind_controls(const Operation& op) {
  Unitary out{1.0, 0.0, 0.0, 1.0};
  const auto& facts = info(op.gate);
  const unsigned target = 1u << (facts.qubits - 1);
  std::complex<double> phase = 1.0;
  for (const auto& part : facts.parts()) {
    const double angle = part.angle < 0 ? 0.0 : part.sign * op.angles[static_cast<std::size_t>(part.angle)].offset;
    const auto m = matrix_of(part.gate, angle);
    const auto entry = [&m](int i, int j) { return std::complex<double>(m.re[i][j], m.im[i][j]); };
    if (part.flip == target) {
      out = product({entry(0, 0), entry(0, 1), entry(1, 0), entry(1, 1)}, out);
    } else if ((part.set & target) == 0) {
      phase *= entry(1, 1);  // of CU, on its control
    }
  }
  for (auto& entry : out) entry *= phase;
  return out;
}

/// The principal power of a unitary matrix.
[[nodiscard]] inline Unitary power(const Unitary& m, double exponent) {
  const auto root = std::sqrt(m[0] * m[3] - m[1] * m[2]);  // of the determinant: m / root is special
  const double alpha = std::arg(root);
  const std::complex<double> i(0.0, 1.0);
  const auto special = [&](std::size_t k) { return m[k] / root; };
  // cos(omega) - i sin(omega) (x X + y Y + z Z)
  const double cosine = 0.5 * (special(0) + special(3)).real();
  const std::complex<double> x = 0.5 * i * (special(1) + special(2)), y = -0.5 * (special(1) - special(2)),
                             z = 0.5 * i * (special(0) - special(3));
  const double sine = std::sqrt(x.real() * x.real() + y.real() * y.real() + z.real() * z.real());
  const double omega = std::atan2(sine, cosine);
  const double first = exponent * principal(alpha - omega, std::numbers::pi);
  const double second = exponent * principal(alpha + omega, std::numbers::pi);
  const auto mean = 0.5 * (std::polar(1.0, first) + std::polar(1.0, second));
  const auto half = sine < 1e-14 ? 0.0 : 0.5 * (std::polar(1.0, first) - std::polar(1.0, second)) / sine;
  const double nx = x.real(), ny = y.real(), nz = z.real();
  return {mean + half * nz, half * std::complex<double>(nx, -ny), half * std::complex<double>(nx, ny),
          mean - half * nz};
}

/// exp(i gamma) U(theta, phi, lambda) of the table.
struct UnitaryAngles {
  double theta = 0.0, phi = 0.0, lambda = 0.0, gamma = 0.0;
};

[[nodiscard]] inline UnitaryAngles angles_of(const Unitary& m) {
  constexpr double nothing = 1e-15;
  UnitaryAngles out;
  out.theta = 2 * std::atan2(std::abs(m[2]), std::abs(m[0]));
  if (std::abs(m[2]) < nothing) {
    out.theta = 0.0;
    out.gamma = std::arg(m[0]);
    out.lambda = std::arg(m[3] / m[0]);
  } else if (std::abs(m[0]) < nothing) {
    out.theta = std::numbers::pi;
    out.gamma = std::arg(m[2]);
    out.lambda = std::arg(-m[1] / m[2]);
  } else {
    out.gamma = std::arg(m[0]);
    out.phi = std::arg(m[2] / m[0]);
    out.lambda = std::arg(-m[1] / m[0]);
  }
  return out;
}

}  // namespace qmtl::inline QMTL_ABI::detail::openqasm
