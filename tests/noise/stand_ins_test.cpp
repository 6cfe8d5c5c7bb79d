// SPDX-License-Identifier: Apache-2.0
// Usual stand-ins: every gate of one or two qubits runs on devices of each kind, as often as its parts say.

#include "qmtl/noise/stand_ins.hpp"

#include <vector>

#include "qmtl/noise/with_noise.hpp"
#include "support/catch.hpp"

namespace {

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

}  // namespace

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
