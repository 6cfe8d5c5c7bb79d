#pragma once
// SPDX-License-Identifier: Apache-2.0
// NativeGates: which gate a device has on each pair of qubits, in which direction and how good.

#include <algorithm>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "qmtl/circuit/operation.hpp"
#include "qmtl/hardware/basis.hpp"
#include "qmtl/hardware/target.hpp"

namespace qmtl::inline QMTL_ABI {

/// What a device has on two qubits.
struct NativePair {
  Gate entangler = Gate::CX;  ///< CX, CZ, ECR, or RZZ of pi/2
  int first = 0;              ///< as the device's gate has them: the control of CX
  int second = 0;
  double error = 0.0;  ///< 1 - average fidelity, zero without a calibration
  bool rzz = false;    ///< RZZ of any angle in [0, pi/2] beside it
  double rzz_error = 0.0;
};

/// A basis, and where its gate on two qubits is.
class NativeGates {
 public:
  /// On all pairs, in both directions.
  explicit NativeGates(const Basis& basis) : basis_(basis) {}

  /// Those of a device. Of gates and directions that are calibrated on a pair, the one with the smallest error; of
  /// others, the first of the basis in a direction in which the pair is coupled. A gate without a published error has
  /// the largest that is published of the device's gates on two qubits. Throws as basis_of.
  explicit NativeGates(const Target& target) : basis_(basis_of(target.basis_gates)), coupled_only_(true) {
    for (const auto& [a, b] : target.couplings.pairs()) {
      const bool forward = target.couplings.directed(a, b);
      pairs_.emplace(std::pair(a, b), pair_of(basis_, forward ? a : b, forward ? b : a));
    }
    if (target.calibration) calibrate(target);
  }

  [[nodiscard]] const Basis& basis() const noexcept { return basis_; }

  /// The gate on two qubits, whatever their order. Throws CircuitError for qubits that have none.
  [[nodiscard]] NativePair pair(int a, int b) const {
    if (!coupled_only_) return pair_of(basis_, a, b);
    const auto found = pairs_.find(std::minmax(a, b));
    if (found != pairs_.end()) return found->second;
    throw CircuitError(detail::text("qmtl: NativeGates: a gate on qubits ", a, " and ", b,
                                    ", expected coupled ones: routing comes first"));
  }

  /// Whether an operation is a gate of the basis where and as the device has it.
  [[nodiscard]] bool native(const Operation& op) const;

 private:
  [[nodiscard]] static NativePair pair_of(const Basis& basis, int first, int second) {
    return {basis.entangler, first, second, 0.0, basis.rzz, 0.0};
  }

  /// Takes over what is calibrated. A pair none of whose gates is keeps the basis's.
  void calibrate(const Target& target) {
    std::map<std::pair<int, int>, std::vector<const GateCalibration*>> published;
    for (const auto& gate : target.calibration->gates) {
      if (gate.qubits.size() != 2 || !gate.gate || !listed(target, gate.name)) continue;
      published[std::minmax(gate.qubits[0], gate.qubits[1])].push_back(&gate);
    }
    const double unknown = detail::worst_error(*target.calibration, 2);
    for (auto& [qubits, pair] : pairs_) {
      const auto gates = published.find(qubits);
      if (gates != published.end()) choose(pair, gates->second, unknown);
    }
  }

  [[nodiscard]] static bool listed(const Target& target, const std::string& name) {
    return std::ranges::find(target.basis_gates, name) != target.basis_gates.end();
  }

  static void choose(NativePair& pair, std::span<const GateCalibration* const> gates, double unknown) {
    double best = 2.0, best_rzz = 2.0;
    for (const auto* gate : gates) {
      const double error = gate->error.value_or(unknown);
      if (*gate->gate == Gate::RZZ) {
        if (gate->calibrated()) best_rzz = std::min(best_rzz, error);
        continue;
      }
      const bool is_cx = *gate->gate == Gate::CX || *gate->gate == Gate::CZ || *gate->gate == Gate::ECR;
      if (!is_cx || error >= best) continue;
      best = error;
      pair.entangler = *gate->gate;
      pair.first = gate->qubits[0];
      pair.second = gate->qubits[1];
      pair.error = std::min(error, 1.0);
    }
    pair.rzz = pair.rzz && best_rzz <= 1.0;
    if (pair.rzz) pair.rzz_error = best_rzz;
    if (pair.entangler == Gate::RZZ) pair.error = pair.rzz_error;
  }

  Basis basis_;
  bool coupled_only_ = false;
  std::map<std::pair<int, int>, NativePair> pairs_;  ///< by their qubits, the smaller first
};

namespace detail {

[[nodiscard]] inline bool is_native_one_qubit_gate(const Basis& basis, Gate gate) {
  if (basis.phase == gate) return true;
  switch (basis.one_qubit) {
    case OneQubitBasis::u: return gate == Gate::U;
    case OneQubitBasis::rz_sx: return gate == Gate::SX || (gate == Gate::X && basis.x);
    case OneQubitBasis::rz_rx: return gate == Gate::RX;
    case OneQubitBasis::rz_ry: return gate == Gate::RY;
  }
  return false;
}

/// Whether an angle is a number that a device takes for RZZ.
[[nodiscard]] inline bool is_rzz_angle(const Angle& angle) {
  return angle.source == AngleSource::constant && angle.offset >= 0.0 && angle.offset <= pi / 2;
}

}  // namespace detail

inline bool NativeGates::native(const Operation& op) const {
  const auto& facts = info(op.gate);
  if (facts.qubits == 1) return detail::is_native_one_qubit_gate(basis_, op.gate);
  if (facts.qubits > 2) return false;
  const NativePair own = pair(op.qubits[0], op.qubits[1]);
  if (op.gate == Gate::RZZ) return (own.rzz || own.entangler == Gate::RZZ) && detail::is_rzz_angle(op.angles[0]);
  const bool either_way = op.gate == Gate::CZ || !coupled_only_;
  return op.gate == own.entangler && (either_way || op.qubits[0] == own.first);
}

}  // namespace qmtl::inline QMTL_ABI
