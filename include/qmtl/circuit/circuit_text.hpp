#pragma once
// SPDX-License-Identifier: Apache-2.0
// Circuits as text, an operation a line, with all digits: circuits with the same text are the same, unless a feature
// has the name of a weight.

#include <algorithm>
#include <complex>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "qmtl/circuit/angle_text.hpp"
#include "qmtl/circuit/circuit.hpp"
#include "qmtl/circuit/unitary_matrix.hpp"

namespace qmtl::inline QMTL_ABI {

namespace detail {

/// "q2, q0".
[[nodiscard]] inline std::string qubits_text(std::span<const int> qubits) {
  std::string out;
  for (const int q : qubits) out += text(out.empty() ? "q" : ", q", q);
  return out;
}

/// "rx(0.5*w0) q1".
[[nodiscard]] inline std::string operation_text(const Operation& op, const ParameterNames& names) {
  std::string out(info(op.gate).name);
  for (const auto& angle : op.used_angles()) {
    out += (&angle == op.angles.data() ? "(" : ", ") + angle_text(angle, {true, &names});
  }
  return out + (op.used_angles().empty() ? " " : ") ") + qubits_text(op.targets());
}

/// "controlled q0, q1: x q3"; without controls the operation itself.
[[nodiscard]] inline std::string operation_text(const ControlledOperation& op, const ParameterNames& names) {
  const auto base = operation_text(op.operation, names);
  return op.controls.empty() ? base : "controlled " + qubits_text(op.controls) + ": " + base;
}

/// "unitary m3 q2, q0", and of the conjugate transpose "unitary m3' q2, q0".
[[nodiscard]] inline std::string matrix_text(const MatrixOperation& op, const std::string& name) {
  return "unitary " + name + (op.adjoint ? "' " : " ") + qubits_text(op.qubits);
}

/// "1", "-0.5i" or "0.5+0.5i".
[[nodiscard]] inline std::string complex_text(std::complex<double> z) {
  auto re = exact(z.real() + 0.0);
  const auto im = exact(z.imag() + 0.0);
  if (z.imag() == 0.0) return re;
  if (z.real() == 0.0) return im + "i";
  return re + (im.front() == '-' ? "" : "+") + im + "i";
}

/// "matrix m0 = [[0, 1], [1, 0]]".
[[nodiscard]] inline std::string definition_text(const OperationMatrix& matrix, const std::string& name) {
  std::string out = "matrix " + name + " = [";
  for (Eigen::Index r = 0; r < matrix.rows(); ++r) {
    out += r == 0 ? "[" : ", [";
    for (Eigen::Index c = 0; c < matrix.cols(); ++c) out += (c == 0 ? "" : ", ") + complex_text(matrix(r, c));
    out += "]";
  }
  return out + "]";
}

/// "weight 0 = theta", a name a line, in the order of the indices.
[[nodiscard]] inline std::string names_text(const ParameterNames& names) {
  const auto lines = [](std::string_view what, std::vector<ParameterName> list) {
    std::sort(list.begin(), list.end(), [](const auto& a, const auto& b) { return a.index < b.index; });
    std::string out;
    for (const auto& [index, name] : list) out += text(what, ' ', index, " = ", name, '\n');
    return out;
  };
  return lines("feature", names.features) + lines("weight", names.weights);
}

}  // namespace detail

/// A circuit for people, "qubits 2", then the names of its parameters, "weight 0 = theta", and its matrices, then an
/// operation a line: "rx(0.5*theta+1) q1". Throws CircuitError for a circuit that is not valid.
[[nodiscard]] inline std::string to_string(CircuitView c) {
  validate(c);
  std::string out = detail::text("qubits ", c.qubits, '\n');
  if (c.tables == nullptr) {
    for (const auto& op : c.operations) out += detail::operation_text(op, {}) + '\n';
    return out;
  }
  const auto& [controlled, on_matrices, matrices, names] = *c.tables;
  out += detail::names_text(names);
  for (std::size_t m = 0; m < matrices.size(); ++m) {
    out +=
        detail::definition_text(matrix_of(matrices[m]), detail::matrix_name(matrices[m], static_cast<int>(m))) + '\n';
  }
  for (const auto& op : c.operations) {
    if (const auto* by_matrix = c.by_matrix(op)) {
      out += detail::matrix_text(*by_matrix, detail::matrix_name(c.matrix(*by_matrix), by_matrix->matrix));
    } else if (const auto* behind = c.controlled(op)) {
      out += detail::operation_text(*behind, names);
    } else {
      out += detail::operation_text(op, names);
    }
    out += '\n';
  }
  return out;
}

}  // namespace qmtl::inline QMTL_ABI
