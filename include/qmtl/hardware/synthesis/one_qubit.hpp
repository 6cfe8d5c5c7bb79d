#pragma once
// SPDX-License-Identifier: Apache-2.0
// Gates on one qubit in a basis: as few as their matrices allow, and with angles that stay symbols.

#include <cmath>
#include <vector>

#include "qmtl/hardware/basis.hpp"
#include "qmtl/hardware/synthesis/unitaries.hpp"

namespace qmtl::inline QMTL_ABI {

namespace detail {

/// Appends gates of a basis on one qubit. All are right up to a phase of the state.
class OneQubitWriter {
 public:
  OneQubitWriter(const Basis& basis, int qubit, std::vector<Operation>& out)
      : basis_(&basis), qubit_(qubit), out_(&out) {}

  void write(const Unitary2& u) {
    const auto [theta, phi, lambda, phase] = euler_angles(u);
    if (std::abs(theta) < synthesis_tolerance) return turn(phi + lambda);
    if (basis_->one_qubit == OneQubitBasis::rz_sx) return write_half_turns(theta, phi, lambda);
    write(Angle(theta), near(phi), near(lambda));
  }

  /// RZ of an angle that may be a symbol.
  void turn(Angle angle) {
    if (angle.source == AngleSource::constant) {
      angle = near(angle.offset);
      if (angle.offset == 0.0) return;
    }
    if (basis_->phase == Gate::RZ) return out_->push_back(gate::rz(qubit_, angle));
    if (basis_->phase == Gate::P) return out_->push_back(gate::p(qubit_, angle));
    out_->push_back(gate::u(qubit_, 0.0, angle, 0.0));
  }

  /// P(phi) RY(theta) P(lambda) of angles that may be symbols.
  void write(const Angle& theta, const Angle& phi, const Angle& lambda) {
    switch (basis_->one_qubit) {
      case OneQubitBasis::u: return out_->push_back(gate::u(qubit_, theta, phi, lambda));
      case OneQubitBasis::rz_sx:
        turn(lambda);
        out_->push_back(gate::sx(qubit_));
        turn(theta + pi);
        out_->push_back(gate::sx(qubit_));
        return turn(phi + pi);
      case OneQubitBasis::rz_rx:
        turn(lambda - pi / 2);
        out_->push_back(gate::rx(qubit_, theta));
        return turn(phi + pi / 2);
      case OneQubitBasis::rz_ry:
        turn(lambda);
        out_->push_back(gate::ry(qubit_, theta));
        return turn(phi);
    }
  }

 private:
  [[nodiscard]] static double near(double angle) { return wrapped(angle, synthesis_tolerance); }

  /// One SX from a pole to the equator, X or two SX to the other pole, two elsewhere (McKay et al. 2017,
  /// arXiv:1612.00858, equation 2).
  void write_half_turns(double theta, double phi, double lambda) {
    if (std::abs(theta - pi / 2) < synthesis_tolerance) {
      turn(lambda - pi / 2);
      out_->push_back(gate::sx(qubit_));
      return turn(phi + pi / 2);
    }
    const bool flip = std::abs(theta - pi) < synthesis_tolerance;
    if (flip && basis_->x) {
      out_->push_back(gate::x(qubit_));
      return turn(phi - lambda + pi);
    }
    write(Angle(theta), flip ? phi - lambda : phi, flip ? 0.0 : lambda);
  }

  const Basis* basis_;
  int qubit_;
  std::vector<Operation>* out_;
};

}  // namespace detail

/// The gates of a basis whose product is a unitary matrix up to a phase, first to last: as few SX as it allows, no
/// angle that is a multiple of 2 pi, all angles in (-pi, pi].
[[nodiscard]] inline std::vector<Operation> one_qubit_circuit(const Unitary2& u, int qubit, const Basis& basis) {
  std::vector<Operation> out;
  detail::OneQubitWriter(basis, qubit, out).write(u);
  return out;
}

namespace detail {

/// A gate on one qubit in a basis, up to a phase. Angles that depend on features or weights stay as they are but for
/// sums with constants.
inline void write_one_qubit_gate(const Operation& op, const Basis& basis, std::vector<Operation>& out) {
  OneQubitWriter writer(basis, op.qubits[0], out);
  if (is_bound(op)) return writer.write(one_qubit_matrix(op));
  const auto& [theta, phi, lambda, unused] = op.angles;
  switch (op.gate) {
    case Gate::RZ:
    case Gate::P: return writer.turn(theta);
    case Gate::RX: return writer.write(theta, -pi / 2, pi / 2);
    case Gate::RY: return writer.write(theta, 0.0, 0.0);
    case Gate::U: return writer.write(theta, phi, lambda);
    default: throw CircuitError(text("qmtl: one-qubit basis: ", info(op.gate).name, ", expected a gate on one qubit"));
  }
}

}  // namespace detail
}  // namespace qmtl::inline QMTL_ABI
