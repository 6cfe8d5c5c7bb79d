// SPDX-License-Identifier: Apache-2.0
// Circuits that a device can run as they are, and the first instruction of those that it cannot.

#include "qmtl/hardware/target_check.hpp"

#include <string>

#include "support/catch.hpp"
#include "support/throws.hpp"

namespace target_check_test {

using namespace qmtl;

TEST_CASE("circuits in a device's gates and couplings pass", "[hardware]") {
  const Target device =
      generic_target(CouplingMap(3, {{0, 1}, {2, 1}}), "device", {"rz", "sx", "x", "cz", "ecr", "u3"});
  Program good(3);
  good.add_register("c", 2);
  good.append(gate::rz(0, 0.5)).append(gate::u(2, 0.1, 0.2, 0.3)).append(gate::ecr(2, 1)).append(gate::cz(1, 0));
  good.reset(1).barrier({0, 2}).measure(0, 1);
  check_runs_on(good, device);
  const auto refused = [&device](const Program& program) {
    return test::message_of<CircuitError>([&] { check_runs_on(program, device); });
  };
  CHECK(refused(Program(4)) == "qmtl: device: qubits of a circuit, expected at most 3, got 4");
  CHECK(refused(Program(3).append(gate::x(0)).append(gate::h(1))) ==
        "qmtl: device: instruction 1: h is none of the device's gates");
  CHECK(refused(Program(3).append(gate::cz(0, 2))) ==
        "qmtl: device: instruction 0: cz on q0 q2, which are not coupled");
  CHECK(refused(Program(3).append(gate::ecr(1, 2))) ==
        "qmtl: device: instruction 0: ecr on q1 q2, which are not coupled");
  CHECK(refused(Program(3).append(gate::rz(0, feature(1)))) ==
        "qmtl: device: instruction 0: expected a number as the angle of rz");
  CHECK(refused(Program(3).append(gate::mcx({0, 1}, 2))) ==
        "qmtl: device: instruction 0: expected a gate, got a matrix, a channel or further controls");
  const auto with_rzz = generic_target(CouplingMap(2, {{0, 1}}), "device", {"rz", "sx", "rzz"});
  check_runs_on(Program(2).append(gate::rzz(1, 0, pi / 2)).append(gate::rzz(0, 1, 0.0)), with_rzz);
  for (const double angle : {-0.5, 2.0}) {
    CHECK_THROWS_AS(check_runs_on(Program(2).append(gate::rzz(0, 1, angle)), with_rzz), CircuitError);
  }
  CHECK(test::message_of<CircuitError>([&] { check_runs_on(Program(2).append(gate::rzz(0, 1, -0.5)), with_rzz); }) ==
        "qmtl: device: instruction 0: the angle of rzz, expected a number in [0, pi/2], got -0.5");
  Program conditional(3);
  conditional.add_register("c", 1);
  conditional.append(gate::x(0), Condition{0, 1});
  CHECK(refused(conditional) == "qmtl: device: instruction 0: expected no condition");
}

}  // namespace target_check_test
