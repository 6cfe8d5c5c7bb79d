#pragma once
// SPDX-License-Identifier: Apache-2.0
// Sums of Z over qubits without an entangler, in closed form: any number of qubits, at the price of a linear layer.

#include "evidence/circuit_part.hpp"
#include "evidence/part.hpp"

namespace qmtl::benchmark::evidence {

/// A head whose qubits are rotated one by one. Output o is scale * the sum over q of <Z_q> behind RY(phi_q), shared by
/// all outputs, and RY(a_oq), RX(b_oq), its own: scale * sum of cos b_oq cos(phi_q + a_oq).
struct ProductSpec {
  int features = 2;
  int outputs = 1;
  /// 0: a qubit a feature, phi_q = pi/2 + rate x_q. Else so many qubits, each rotated by every feature times a weight
  /// that all outputs share: phi_q = pi/2 + rate times the sum of w_qi x_i.
  int mixed = 0;
  double rate = 0.25;    ///< radians a feature; 0, where nothing is mixed: phi_q = pi/2 (1 + tanh x_q)
  bool phases = true;    ///< a_oq are trained; else 0
  bool silent = true;    ///< b_oq = pi/2 + weight: where weights are 0 an output is 0, whatever the features
  bool constant = true;  ///< one more qubit, which no feature rotates, and RX(b_o) on it
  double scale = 4.0;
  double initial_angle = 0.1;      ///< deviation of the outputs' weights
  double initial_frequency = 1.0;  ///< of the mixed features' weights, times sqrt(features): a deviation

  [[nodiscard]] int qubits() const noexcept { return mixed > 0 ? mixed : features; }
  [[nodiscard]] int shared_parameters() const noexcept { return mixed * features; }
  [[nodiscard]] int output_parameters() const noexcept { return qubits() * (phases ? 2 : 1) + (constant ? 1 : 0); }
};

/// The spec as a part. Parameters are the shared ones, qubit by qubit, then output by output (a_q, b_q) of each qubit
/// and the constant's b.
[[nodiscard]] PartPointer product_part(const ProductSpec& spec);

/// The same head as circuits; one task an output.
[[nodiscard]] CircuitSpec product_circuits(const ProductSpec& spec);

}  // namespace qmtl::benchmark::evidence
