// SPDX-License-Identifier: Apache-2.0
// Which gate a pair of qubits has, in which direction: by calibrations where there are some, else by the couplings.

#include "qmtl/hardware/native_gates.hpp"

#include "support/catch.hpp"

namespace native_gates_test {

using namespace qmtl;

Target calibrated() {
  DeviceCalibration device{.name = "three", .qubits = {{}, {}, {}}, .coupling_map = {{0, 1}, {1, 0}, {1, 2}, {2, 1}}};
  device.basis_gates = {"rz", "sx", "x", "cx", "ecr", "rzz"};
  device.gates = {{"cx", Gate::CX, {0, 1}, 2e-2, 300},   {"cx", Gate::CX, {1, 0}, 1e-2, 300},
                  {"ecr", Gate::ECR, {1, 2}, 5e-3, 300}, {"cx", Gate::CX, {2, 1}, 1.0, 300},
                  {"rzz", Gate::RZZ, {0, 1}, 1.0, 300},  {"rzz", Gate::RZZ, {1, 2}, 4e-3, 300}};
  return target_from(device);
}

TEST_CASE("the best calibrated gate and direction of a pair is taken", "[hardware]") {
  const NativeGates gates(calibrated());
  const auto first = gates.pair(0, 1), second = gates.pair(2, 1);
  CHECK(first.entangler == Gate::CX);
  CHECK(first.first == 1);
  CHECK(first.second == 0);
  CHECK(first.error == 1e-2);
  CHECK_FALSE(first.rzz);  // published, but not calibrated
  CHECK(second.entangler == Gate::ECR);
  CHECK(second.first == 1);
  CHECK(second.rzz);
  CHECK(second.rzz_error == 4e-3);
  CHECK(gates.native(gate::cx(1, 0)));
  CHECK_FALSE(gates.native(gate::cx(0, 1)));
  CHECK(gates.native(gate::rzz(2, 1, 0.4)));
  CHECK_FALSE(gates.native(gate::rzz(2, 1, -0.4)));
  CHECK_FALSE(gates.native(gate::rzz(2, 1, 1.6)));
  CHECK_FALSE(gates.native(gate::rzz(2, 1, weight(0))));
  CHECK_FALSE(gates.native(gate::rzz(0, 1, 0.4)));
  CHECK_FALSE(gates.native(gate::h(0)));
  CHECK_FALSE(gates.native(gate::toffoli(0, 1, 2)));
  CHECK_THROWS_AS(gates.pair(0, 2), CircuitError);
}

TEST_CASE("a gate without a published error does not look perfect", "[hardware]") {
  Target target = calibrated();
  auto& published = target.calibration->gates;
  published[1].error.reset();  // cx from 1 to 0, which was the better one
  CHECK(NativeGates(target).pair(0, 1).first == 0);
  CHECK(NativeGates(target).pair(0, 1).error == 2e-2);
  published[5].error.reset();  // the only rzz
  CHECK(NativeGates(target).pair(1, 2).rzz);
  CHECK(NativeGates(target).pair(1, 2).rzz_error == 2e-2);  // the worst that is published
  published[0].error.reset();
  CHECK(NativeGates(target).pair(0, 1).error == 5e-3);
}

TEST_CASE("without a calibration couplings say the direction, CZ has none", "[hardware]") {
  const CouplingMap map(3, {{1, 0}, {1, 2}});
  const NativeGates ecr(generic_target(map, "ecr", {"rz", "sx", "ecr"})), cz(generic_target(map, "cz"));
  CHECK(ecr.native(gate::ecr(1, 0)));
  CHECK_FALSE(ecr.native(gate::ecr(0, 1)));
  CHECK(cz.native(gate::cz(0, 1)));
  CHECK(cz.native(gate::cz(1, 0)));
  const NativeGates anywhere(Basis{.entangler = Gate::ECR});
  CHECK(anywhere.native(gate::ecr(0, 2)));
  CHECK(anywhere.native(gate::ecr(2, 0)));
}

}  // namespace native_gates_test
