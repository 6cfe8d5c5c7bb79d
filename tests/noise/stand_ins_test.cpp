// SPDX-License-Identifier: Apache-2.0
// Usual stand-ins: every gate of one or two qubits runs on devices of each kind, as often as its parts say.

#include "qmtl/noise/stand_ins.hpp"

#include "qmtl/core/eigen.hpp"  // before any other header of Eigen

#include <Eigen/LU>

#include <cmath>
#include <complex>
#include <vector>

#include "qmtl/circuit/dynamic_circuit.hpp"
#include "qmtl/noise/with_noise.hpp"
#include "qmtl/state/apply.hpp"
#include "support/catch.hpp"

namespace stand_ins_test {

using namespace qmtl;

/// Two coupled qubits with gates of these kinds, 10 ns each, and a tenth of that for gates about Z.
DeviceCalibration device(Gate pulse, Gate phase, Gate pair) {
  DeviceCalibration out{.name = "two", .qubits = {{}, {}}};
  for (const int q : {0, 1}) {
    out.gates.push_back({"pulse", pulse, {q}, 1e-3, 10});
    out.gates.push_back({"phase", phase, {q}, 0, 1});
  }
  out.gates.push_back({"pair", pair, {0, 1}, 1e-2, 10});
  return out;
}

double duration(const NoiseModel& model, Gate gate) {
  double time = -1;
  for (const auto& entry : model.durations()) {
    if (entry.gates.gate == gate) time = entry.time;
  }
  return time;
}

/// A gate's matrix at angles that are nowhere special.
ColMajorMatrix<std::complex<double>> matrix_of(Gate gate) {
  Operation op{.gate = gate};
  for (int q = 0; q < info(gate).qubits; ++q) op.qubits[static_cast<std::size_t>(q)] = q;
  for (int a = 0; a < info(gate).angles; ++a) op.angles[static_cast<std::size_t>(a)] = 0.7 + 0.4 * a;
  return unitary(DynamicCircuit(info(gate).qubits).append(op));
}

/// The fewest CX gates of a gate of two qubits (Shende, Bullock and Markov 2004, arXiv:quant-ph/0308045): with
/// g = U YY U^T YY of a U of determinant 1, none for g = +-1, one for tr g = 0 and g^2 = -1, two for a real trace.
int fewest_cx(const ColMajorMatrix<std::complex<double>>& matrix) {
  const Eigen::Matrix4cd u = matrix * std::pow(Eigen::Matrix4cd(matrix).determinant(), -0.25);
  Eigen::Matrix4cd yy = Eigen::Matrix4cd::Zero();
  yy(0, 3) = yy(3, 0) = -1;
  yy(1, 2) = yy(2, 1) = 1;
  const Eigen::Matrix4cd g = u * yy * u.transpose() * yy, one = Eigen::Matrix4cd::Identity();
  if ((g - one).norm() < 1e-9 || (g + one).norm() < 1e-9) return 0;
  if (std::abs(g.trace()) < 1e-9 && (g * g + one).norm() < 1e-9) return 1;
  return std::abs(g.trace().imag()) < 1e-9 ? 2 : 3;
}

TEST_CASE("no gate is forgotten: each takes as few of the device's as its matrix allows", "[noise]") {
  for (int g = 0; g < gate_kinds; ++g) {
    const auto& gate = info(static_cast<Gate>(g));
    CAPTURE(gate.name);
    if (gate.qubits == 2) CHECK(detail::pair_gates_of(gate.gate) == fewest_cx(matrix_of(gate.gate)));
    if (gate.qubits != 1 || gate.diagonal) continue;
    const bool halfway = std::abs(std::norm(matrix_of(gate.gate)(0, 0)) - 0.5) < 1e-9;  // from a pole to the equator
    CHECK(detail::half_turns_of(gate.gate) == (halfway ? 1 : 2));
  }
}

TEST_CASE("all gates of one and two qubits have figures on the usual devices", "[noise]") {
  const std::vector<DeviceCalibration> devices{
      device(Gate::SX, Gate::RZ, Gate::ECR), device(Gate::SX, Gate::RZ, Gate::CZ), device(Gate::U, Gate::P, Gate::CX)};
  for (const auto& published : devices) {
    const auto model = noise_model(published, {.stand_ins = usual_stand_ins()});
    for (int g = 0; g < gate_kinds; ++g) {
      const auto& gate = info(static_cast<Gate>(g));
      if (gate.qubits > 2) continue;
      CAPTURE(gate.name, published.gates.front().name);
      CHECK(duration(model, gate.gate) >= 0);
    }
  }
}

TEST_CASE("gates take as many of the device's as they are known to need", "[noise]") {
  const auto model = noise_model(device(Gate::SX, Gate::RZ, Gate::CZ), {.stand_ins = usual_stand_ins()});
  for (const Gate gate : {Gate::S, Gate::T, Gate::P, Gate::Z}) CHECK(duration(model, gate) == 1);
  for (const Gate gate : {Gate::H, Gate::SXdg, Gate::CX, Gate::ECR}) CHECK(duration(model, gate) == 10);
  for (const Gate gate : {Gate::RY, Gate::U, Gate::CRY, Gate::RZZ, Gate::ISWAP}) CHECK(duration(model, gate) == 20);
  CHECK(duration(model, Gate::SWAP) == 30);
}

}  // namespace stand_ins_test
