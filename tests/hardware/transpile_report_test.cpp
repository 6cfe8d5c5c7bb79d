// SPDX-License-Identifier: Apache-2.0
// Counts and the estimate of success, by hand.

#include "qmtl/hardware/transpile_report.hpp"

#include "support/catch.hpp"

namespace transpile_report_test {

using namespace qmtl;

DeviceCalibration two_qubits() {
  DeviceCalibration out{.name = "two",
                        .qubits = {{.t1 = 1e5, .t2 = 1e5, .p_1_given_0 = 0.01, .p_0_given_1 = 0.03},
                                   {.t1 = 1e5, .t2 = 1e5, .p_1_given_0 = 0.02, .p_0_given_1 = 0.02}}};
  for (const int q : {0, 1}) out.gates.push_back({"sx", Gate::SX, {q}, 1e-3, 50});
  out.gates.push_back({"ecr", Gate::ECR, {1, 0}, 1e-2, 500});
  return out;
}

TEST_CASE("counts of a program's gates and depths", "[hardware]") {
  Program program(3);
  program.add_register("c", 1);
  program.append(gate::h(0))
      .append(gate::cx(0, 1))
      .barrier({0, 1, 2})
      .append(gate::x(2))
      .append(gate::toffoli(0, 1, 2));
  program.measure(0, 0).append(gate::x(1), Condition{0, 1});
  CHECK(count_program(program) == ProgramCounts{.gates = 5, .multi_qubit_gates = 2, .depth = 5, .two_qubit_depth = 2});
}

TEST_CASE("the estimate of success is a product over gates, readouts and waiting", "[hardware]") {
  Program program(2);
  program.add_register("c", 2);
  program.append(gate::sx(0)).append(gate::rz(0, 0.3)).append(gate::ecr(1, 0)).append(gate::sx(1));
  program.measure(0, 0).measure(1, 1);
  const auto found = estimate_success(program, two_qubits());
  REQUIRE(found.probability);
  CHECK(*found.probability == Approx(0.999 * 0.99 * 0.999 * 0.98 * 0.98));
  CHECK(found.duration == Approx(600));
  CHECK(found.unknown == 0);

  Program waits(2);  // qubit 1 waits for 50 ns before its second gate
  waits.append(gate::sx(1)).append(gate::sx(0)).append(gate::sx(0)).append(gate::ecr(1, 0));
  const auto waited = estimate_success(waits, two_qubits());
  const double idle = (2 + (1 + std::exp(-50 / 1e5) + 2 * std::exp(-50 / 1e5)) / 2) / 3 - 1.0 / 3;
  REQUIRE(waited.probability);
  CHECK(*waited.probability < 0.999 * 0.999 * 0.999 * 0.99);
  CHECK(*waited.probability == Approx(0.999 * 0.999 * 0.999 * 0.99 * idle).epsilon(1e-3));
  CHECK_THROWS_AS(estimate_success(Program(3), two_qubits()), ShapeError);
}

TEST_CASE("gates without a calibration, or with an error of 1, are unknown and not perfect", "[hardware]") {
  auto device = two_qubits();
  Program program(2);
  program.append(gate::ecr(1, 0)).append(gate::cz(0, 1));
  CHECK(estimate_success(program, device).unknown == 1);
  device.gates.back().error = 1.0;
  const auto broken = estimate_success(program, device);
  CHECK(broken.unknown == 2);
  CHECK(!broken.probability);
  CHECK(to_string(TranspileReport{{}, {}, 0, broken}).ends_with(", success unknown (2 gates without a calibration)"));
}

}  // namespace transpile_report_test
