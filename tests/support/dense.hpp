#pragma once
// SPDX-License-Identifier: Apache-2.0
// The oracle: textbook matrices, Kronecker products and partial traces, written without any code under test.

#include <Eigen/Core>

#include <array>
#include <cmath>
#include <complex>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include "qmtl/circuit/operation.hpp"
#include "qmtl/measure/pauli.hpp"

namespace qmtl::test {

using Complex = std::complex<double>;
using Dense = Eigen::MatrixXcd;
using DenseVector = Eigen::VectorXcd;

/// All gates, for loops over the gate set.
[[nodiscard]] inline std::vector<Gate> all_gates() {
  std::vector<Gate> gates;
  for (int g = 0; g < gate_kinds; ++g) gates.push_back(static_cast<Gate>(g));
  return gates;
}

/// The Kronecker product a (x) b: b varies fastest, so that its qubits are the less significant ones.
[[nodiscard]] inline Dense kron(const Dense& a, const Dense& b) {
  Dense out(a.rows() * b.rows(), a.cols() * b.cols());
  for (Eigen::Index i = 0; i < a.rows(); ++i) {
    for (Eigen::Index j = 0; j < a.cols(); ++j) {
      out.block(i * b.rows(), j * b.cols(), b.rows(), b.cols()) = a(i, j) * b;
    }
  }
  return out;
}

[[nodiscard]] inline Dense matrix2(Complex a, Complex b, Complex c, Complex d) {
  Dense m(2, 2);
  m << a, b, c, d;
  return m;
}

/// The Pauli matrix of a letter I, X, Y or Z (Nielsen and Chuang, section 1.3.1 and 2.1.3).
[[nodiscard]] inline Dense pauli_matrix(char letter) {
  const Complex i(0, 1);
  switch (letter) {
    case 'I': return matrix2(1, 0, 0, 1);
    case 'X': return matrix2(0, 1, 1, 0);
    case 'Y': return matrix2(0, -i, i, 0);
    case 'Z': return matrix2(1, 0, 0, -1);
    default: throw std::logic_error("no such Pauli matrix");
  }
}

/// |0><0| (x) 1 + |1><1| (x) U: the control is the leftmost factor.
[[nodiscard]] inline Dense controlled(const Dense& u) {
  return kron(matrix2(1, 0, 0, 0), Dense::Identity(u.rows(), u.cols())) + kron(matrix2(0, 0, 0, 1), u);
}

/// exp(-i angle P / 2) = cos(angle/2) - i sin(angle/2) P, for P^2 = 1 (Nielsen and Chuang, eq. 4.7).
[[nodiscard]] inline Dense rotation_matrix(double angle, const Dense& p) {
  return std::cos(angle / 2) * Dense::Identity(p.rows(), p.cols()) - Complex(0, std::sin(angle / 2)) * p;
}

/// P(angle) = diag(1, e^{i angle}).
[[nodiscard]] inline Dense phase_matrix(double angle) { return matrix2(1, 0, 0, std::polar(1.0, angle)); }

[[nodiscard]] inline Dense swap_matrix(Complex exchanged) {
  Dense m = Dense::Zero(4, 4);
  m(0, 0) = m(3, 3) = 1;
  m(1, 2) = m(2, 1) = exchanged;
  return m;
}

/// The identity of a size, but for the entries of rows and columns `first` and `second`: {{stay, up}, {down, stay}}.
[[nodiscard]] inline Dense givens_matrix(int first, int second, int size, Complex stay, Complex up, Complex down) {
  Dense m = Dense::Identity(size, size);
  m(first, first) = m(second, second) = stay;
  m(first, second) = up;
  m(second, first) = down;
  return m;
}

/// The matrix of U(theta, phi, lambda): Nielsen and Chuang, eq. 4.12, with alpha = (beta + delta) / 2.
[[nodiscard]] inline Dense u_matrix(double theta, double phi, double lambda) {
  const double c = std::cos(theta / 2), s = std::sin(theta / 2);
  const auto turned = [](double radius, double angle) { return radius * std::polar(1.0, angle); };
  return matrix2(c, turned(-s, lambda), turned(s, phi), turned(c, phi + lambda));
}

/// A gate's matrix as textbooks print it: the first listed qubit is the leftmost Kronecker factor, the most
/// significant bit of the row and column index. Sources: Nielsen and Chuang, figures 4.2, 4.3 and 4.6 to 4.9; the
/// OpenQASM 3 specification's stdgates.inc for sx, p, cp, cswap and cu; PennyLane's manual for the excitations
/// (Arrazola et al. 2022); Qiskit's for ecr, rzx and xx_plus_yy.
[[nodiscard]] inline Dense textbook_matrix(Gate gate, const std::array<double, max_gate_angles>& angles) {
  const Complex i(0, 1);
  const double h = std::sqrt(0.5);
  const double a = angles[0];
  const Dense id = pauli_matrix('I'), x = pauli_matrix('X'), y = pauli_matrix('Y'), z = pauli_matrix('Z');
  const Dense hadamard = matrix2(h, h, h, -h);
  const Dense sx = 0.5 * matrix2(1.0 + i, 1.0 - i, 1.0 - i, 1.0 + i);
  switch (gate) {
    case Gate::Id: return id;
    case Gate::X: return x;
    case Gate::Y: return y;
    case Gate::Z: return z;
    case Gate::H: return hadamard;
    case Gate::S: return phase_matrix(pi / 2);
    case Gate::Sdg: return phase_matrix(-pi / 2);
    case Gate::T: return phase_matrix(pi / 4);
    case Gate::Tdg: return phase_matrix(-pi / 4);
    case Gate::SX: return sx;
    case Gate::SXdg: return sx.adjoint();
    case Gate::RX: return rotation_matrix(a, x);
    case Gate::RY: return rotation_matrix(a, y);
    case Gate::RZ: return rotation_matrix(a, z);
    case Gate::P: return phase_matrix(a);
    case Gate::U: return u_matrix(a, angles[1], angles[2]);
    case Gate::CX: return controlled(x);
    case Gate::CY: return controlled(y);
    case Gate::CZ: return controlled(z);
    case Gate::CH: return controlled(hadamard);
    case Gate::CRX: return controlled(rotation_matrix(a, x));
    case Gate::CRY: return controlled(rotation_matrix(a, y));
    case Gate::CRZ: return controlled(rotation_matrix(a, z));
    case Gate::CP: return controlled(phase_matrix(a));
    case Gate::SWAP: return swap_matrix(1);
    case Gate::ISWAP: return swap_matrix(i);
    case Gate::ISWAPdg: return swap_matrix(-i);
    case Gate::RXX: return rotation_matrix(a, kron(x, x));
    case Gate::RYY: return rotation_matrix(a, kron(y, y));
    case Gate::RZZ: return rotation_matrix(a, kron(z, z));
    case Gate::Toffoli: return controlled(controlled(x));
    case Gate::Fredkin: return controlled(swap_matrix(1));
    case Gate::RZX: return rotation_matrix(a, kron(z, x));
    case Gate::ECR: return h * (kron(x, id) - kron(y, x));
    case Gate::XXPlusYY: return givens_matrix(1, 2, 4, std::cos(a / 2), -i * std::sin(a / 2), -i * std::sin(a / 2));
    case Gate::SISWAP: return givens_matrix(1, 2, 4, h, i * h, i * h);
    case Gate::SISWAPdg: return givens_matrix(1, 2, 4, h, -i * h, -i * h);
    case Gate::SingleExcitation: return givens_matrix(1, 2, 4, std::cos(a / 2), -std::sin(a / 2), std::sin(a / 2));
    case Gate::DoubleExcitation: return givens_matrix(3, 12, 16, std::cos(a / 2), -std::sin(a / 2), std::sin(a / 2));
    case Gate::CU: return controlled(std::polar(1.0, angles[3]) * u_matrix(a, angles[1], angles[2]));
  }
  throw std::logic_error("no such gate");
}

/// Number of qubits of a matrix.
[[nodiscard]] inline int width_of(const Dense& matrix) {
  int k = 0;
  while ((Eigen::Index{1} << k) < matrix.rows()) ++k;
  return k;
}

/// `matrix`, its leftmost factor first, on the given qubits of a register of `n`: the sum over its entries g of
/// g |a><b| with |a_j><b_j| on qubit j and the identity elsewhere, as Kronecker products from qubit n-1 down to 0.
[[nodiscard]] inline Dense embed(const Dense& matrix, std::span<const int> qubits, int n) {
  const int k = width_of(matrix);
  Dense out = Dense::Zero(Eigen::Index{1} << n, Eigen::Index{1} << n);
  for (int row = 0; row < (1 << k); ++row) {
    for (int column = 0; column < (1 << k); ++column) {
      if (matrix(row, column) == 0.0) continue;
      std::vector<Dense> factors(static_cast<std::size_t>(n), pauli_matrix('I'));
      for (int j = 0; j < k; ++j) {
        Dense unit = Dense::Zero(2, 2);
        unit((row >> (k - 1 - j)) & 1, (column >> (k - 1 - j)) & 1) = 1;
        factors[static_cast<std::size_t>(qubits[static_cast<std::size_t>(j)])] = unit;
      }
      Dense term = Dense::Constant(1, 1, matrix(row, column));
      for (int q = n; q-- > 0;) term = kron(term, factors[static_cast<std::size_t>(q)]);
      out += term;
    }
  }
  return out;
}

/// The matrix applied to a vector by the sum over its own index: as exact as embed(), for registers it is too big for.
[[nodiscard]] inline DenseVector apply_dense(const Dense& matrix, std::span<const int> qubits, const DenseVector& in) {
  const int k = width_of(matrix);
  DenseVector out = DenseVector::Zero(in.size());
  for (Eigen::Index i = 0; i < in.size(); ++i) {
    Eigen::Index row = 0;
    Eigen::Index rest = i;
    for (int j = 0; j < k; ++j) {
      const int q = qubits[static_cast<std::size_t>(j)];
      row = 2 * row + ((i >> q) & 1);
      rest &= ~(Eigen::Index{1} << q);
    }
    for (Eigen::Index column = 0; column < matrix.cols(); ++column) {
      Eigen::Index source = rest;
      for (int j = 0; j < k; ++j) {
        source |= ((column >> (k - 1 - j)) & 1) << qubits[static_cast<std::size_t>(j)];
      }
      out[i] += matrix(row, column) * in[source];
    }
  }
  return out;
}

/// An angle's value by its definition, from what the user wrote.
[[nodiscard]] inline double dense_angle(const Angle& a, std::span<const double> x, std::span<const double> w) {
  const auto at = [](std::span<const double> values, int i) { return values[static_cast<std::size_t>(i)]; };
  switch (a.source) {
    case AngleSource::constant: return a.offset;
    case AngleSource::feature: return a.scale * at(x, a.index) + a.offset;
    case AngleSource::weight: return a.scale * at(w, a.index) + a.offset;
    case AngleSource::feature_product:
      return a.scale * (at(x, a.index) + a.shift) * (at(x, a.second) + a.second_shift) + a.offset;
    case AngleSource::weighted_feature:
      return a.scale * ((a.third == no_phase ? 0.0 : at(w, a.third)) + (at(w, a.index) + a.shift) * at(x, a.second)) +
             a.offset;
  }
  throw std::logic_error("no such angle source");
}

/// The textbook matrix of an operation for features x and weights w.
[[nodiscard]] inline Dense dense_gate(const Operation& op, std::span<const double> x = {},
                                      std::span<const double> w = {}) {
  std::array<double, max_gate_angles> angles{};
  for (std::size_t a = 0; a < angles.size(); ++a) angles[a] = dense_angle(op.angles[a], x, w);
  return textbook_matrix(op.gate, angles);
}

/// The unitary of a list of operations on n qubits: the product of their embedded matrices.
[[nodiscard]] inline Dense dense_circuit(std::span<const Operation> ops, int n, std::span<const double> x = {},
                                         std::span<const double> w = {}) {
  Dense out = Dense::Identity(Eigen::Index{1} << n, Eigen::Index{1} << n);
  for (const auto& op : ops) out = embed(dense_gate(op, x, w), op.qubits, n) * out;
  return out;
}

/// The state that a list of operations makes of `psi`.
[[nodiscard]] inline DenseVector dense_run(std::span<const Operation> ops, DenseVector psi,
                                           std::span<const double> x = {}, std::span<const double> w = {}) {
  for (const auto& op : ops) psi = apply_dense(dense_gate(op, x, w), op.qubits, psi);
  return psi;
}

/// |0...0> of n qubits.
[[nodiscard]] inline DenseVector dense_zero(int n) { return DenseVector::Unit(Eigen::Index{1} << n, 0); }

/// The matrix of a Pauli sum on n qubits, letter by letter.
[[nodiscard]] inline Dense dense_observable(const PauliSum& sum, int n) {
  Dense out = Dense::Zero(Eigen::Index{1} << n, Eigen::Index{1} << n);
  for (const auto& term : sum.terms()) {
    Dense product = Dense::Constant(1, 1, term.coefficient);
    for (int q = n; q-- > 0;) {
      const bool x = ((term.string.x >> q) & 1) != 0;
      const bool z = ((term.string.z >> q) & 1) != 0;
      product = kron(product, pauli_matrix(x && z ? 'Y' : x ? 'X' : z ? 'Z' : 'I'));
    }
    out += product;
  }
  return out;
}

/// <psi|matrix|psi> of a Hermitian matrix.
[[nodiscard]] inline double dense_expectation(const Dense& matrix, const DenseVector& psi) {
  return psi.dot(matrix * psi).real();
}

/// Tr over all qubits not listed of |psi><psi|; listed qubit j is bit j of the result's row and column.
[[nodiscard]] inline Dense partial_trace(const DenseVector& psi, std::span<const int> qubits) {
  const auto local = [qubits](Eigen::Index i) {
    Eigen::Index out = 0;
    for (std::size_t j = 0; j < qubits.size(); ++j) out += ((i >> qubits[j]) & 1) << j;
    return out;
  };
  Eigen::Index window = 0;
  for (const int q : qubits) window |= Eigen::Index{1} << q;
  const Eigen::Index size = Eigen::Index{1} << qubits.size();
  Dense rho = Dense::Zero(size, size);
  for (Eigen::Index i = 0; i < psi.size(); ++i) {
    for (Eigen::Index j = 0; j < psi.size(); ++j) {
      if ((i & ~window) == (j & ~window)) rho(local(i), local(j)) += psi[i] * std::conj(psi[j]);
    }
  }
  return rho;
}

/// A state's amplitudes in double precision.
template <class State>
[[nodiscard]] DenseVector to_dense(const State& state) {
  DenseVector out(static_cast<Eigen::Index>(state.size()));
  for (Eigen::Index i = 0; i < out.size(); ++i) {
    const auto a = state.data()[i];
    out[i] = Complex(static_cast<double>(a.real()), static_cast<double>(a.imag()));
  }
  return out;
}

/// The largest absolute difference of two matrices or vectors of any complex types; infinite if a value is not finite.
template <class A, class B>
[[nodiscard]] double max_difference(const A& a, const B& b) {
  if (a.rows() != b.rows() || a.cols() != b.cols()) throw std::logic_error("max_difference: shapes differ");
  double largest = 0.0;
  for (Eigen::Index j = 0; j < a.cols(); ++j) {
    for (Eigen::Index i = 0; i < a.rows(); ++i) {
      const double difference = std::abs(Complex(a(i, j)) - Complex(b(i, j)));
      if (!(difference <= largest)) largest = std::isfinite(difference) ? difference : HUGE_VAL;
    }
  }
  return largest;
}

/// Amplitudes of either precision as a dense vector.
template <class S>
[[nodiscard]] DenseVector dense_of(const std::vector<std::complex<S>>& amplitudes) {
  DenseVector out(static_cast<Eigen::Index>(amplitudes.size()));
  for (std::size_t i = 0; i < amplitudes.size(); ++i) out[static_cast<Eigen::Index>(i)] = Complex(amplitudes[i]);
  return out;
}

}  // namespace qmtl::test
