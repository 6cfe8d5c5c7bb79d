#pragma once
// SPDX-License-Identifier: Apache-2.0
// Every gate on two qubits as CX and gates on one qubit, with angles that may be symbols.

#include <vector>

#include "qmtl/circuit/operation.hpp"

namespace qmtl::inline QMTL_ABI {

namespace detail {

/// Appends gates whose product is a gate of the table on two qubits up to a phase. No angle is put into anything but a
/// sum with a constant or a product with one.
class TwoQubitRules {
 public:
  explicit TwoQubitRules(std::vector<Operation>& out) : out_(&out) {}

  void write(const Operation& op) {
    const int a = op.qubits[0], b = op.qubits[1];
    const Angle& angle = op.angles[0];
    switch (op.gate) {
      case Gate::CX: return add(op);
      case Gate::CY: return around(gate::sdg(b), gate::cx(a, b), gate::s(b));
      case Gate::CZ: return cz(a, b);
      case Gate::CH:
        add(gate::ry(b, -pi / 4));
        cz(a, b);
        return add(gate::ry(b, pi / 4));
      case Gate::CRX:
        add(gate::h(b));
        crz(a, b, angle);
        return add(gate::h(b));
      case Gate::CRY:
        add(gate::ry(b, angle / 2));
        add(gate::cx(a, b));
        return around(gate::ry(b, -angle / 2), gate::cx(a, b));
      case Gate::CRZ: return crz(a, b, angle);
      case Gate::CP:
        add(gate::p(a, angle / 2));
        add(gate::p(b, angle / 2));
        return rzz(a, b, -angle / 2);
      case Gate::SWAP: return around(gate::cx(a, b), gate::cx(b, a), gate::cx(a, b));
      case Gate::RXX: return rotated_rzz(op, gate::h(a), gate::h(b));
      case Gate::RYY:
        add(gate::rx(a, pi / 2));
        add(gate::rx(b, pi / 2));
        rzz(a, b, angle);
        return around(gate::rx(a, -pi / 2), gate::rx(b, -pi / 2));
      case Gate::RZZ: return rzz(a, b, angle);
      case Gate::RZX: return rotated_rzz(op, gate::h(b));
      default: return write_others(op);
    }
  }

 private:
  void add(const Operation& op) { out_->push_back(op); }
  template <class... Ops>
  void around(const Ops&... ops) {
    (add(ops), ...);
  }
  /// RZZ between gates that undo themselves.
  template <class... Ops>
  void rotated_rzz(const Operation& op, const Ops&... mirrors) {
    (add(mirrors), ...);
    rzz(op.qubits[0], op.qubits[1], op.angles[0]);
    (add(mirrors), ...);
  }

  void write_others(const Operation& op) {
    const int a = op.qubits[0], b = op.qubits[1];
    switch (op.gate) {
      case Gate::ISWAP: return xx_plus_yy(a, b, -pi);
      case Gate::ISWAPdg: return xx_plus_yy(a, b, pi);
      case Gate::SISWAP: return xx_plus_yy(a, b, -pi / 2);
      case Gate::SISWAPdg: return xx_plus_yy(a, b, pi / 2);
      case Gate::XXPlusYY: return xx_plus_yy(a, b, op.angles[0]);
      case Gate::SingleExcitation:
        add(gate::sdg(a));
        xx_plus_yy(a, b, op.angles[0]);
        return add(gate::s(a));
      case Gate::ECR: return around(gate::x(a), gate::cx(a, b), gate::rz(a, -pi / 2), gate::rx(b, -pi / 2));
      case Gate::CU: return cu(op);
      default:
        throw CircuitError(text("qmtl: two-qubit rules: ", info(op.gate).name, ", expected a gate on two qubits"));
    }
  }

  void cz(int a, int b) { around(gate::h(b), gate::cx(a, b), gate::h(b)); }
  void rzz(int a, int b, const Angle& angle) { around(gate::cx(a, b), gate::rz(b, angle), gate::cx(a, b)); }
  void crz(int a, int b, const Angle& angle) {
    add(gate::rz(b, angle / 2));
    rzz(a, b, -angle / 2);
  }
  /// CX turns exp(-i t (XI + IZ) / 4) into exp(-i t (XX + ZZ) / 4).
  void xx_plus_yy(int a, int b, const Angle& angle) {
    around(gate::rx(a, -pi / 2), gate::rx(b, -pi / 2), gate::cx(a, b));
    around(gate::rx(a, angle / 2), gate::rz(b, angle / 2));
    around(gate::cx(a, b), gate::rx(a, pi / 2), gate::rx(b, pi / 2));
  }
  /// Barenco et al. 1995, arXiv:quant-ph/9503016, corollary 5.3.
  void cu(const Operation& op) {
    const int control = op.qubits[0], target = op.qubits[1];
    const auto& [theta, phi, lambda, gamma] = op.angles;
    for (const Angle& phase : {gamma, phi / 2, lambda / 2}) add(gate::p(control, phase));
    around(gate::p(target, lambda / 2), gate::p(target, -phi / 2), gate::cx(control, target));
    around(gate::p(target, -phi / 2), gate::p(target, -lambda / 2), gate::ry(target, -theta / 2));
    around(gate::cx(control, target), gate::ry(target, theta / 2), gate::p(target, phi));
  }

  std::vector<Operation>* out_;
};

}  // namespace detail

/// CX and gates on one qubit, first to last, whose product is a gate on two qubits up to a phase: as few CX as there
/// can be for all angles, but two for CRX, CRY, CRZ, CP and CU. Angles that depend on features or weights stay linear
/// in them. Throws CircuitError for another gate.
[[nodiscard]] inline std::vector<Operation> cx_circuit(const Operation& op) {
  std::vector<Operation> out;
  detail::TwoQubitRules(out).write(op);
  return out;
}

}  // namespace qmtl::inline QMTL_ABI
