// SPDX-License-Identifier: Apache-2.0
// What a published calibration says of a qubit, and its report for people.

#include "qmtl/noise/device_calibration.hpp"

#include <vector>

#include "support/catch.hpp"

namespace device_calibration_test {

using namespace qmtl;

TEST_CASE("a qubit of which little is known") {
  CHECK(QubitCalibration{}.relaxation() == Relaxation{});
  CHECK(QubitCalibration{.t1 = 10}.relaxation() == Relaxation{.t1 = 10, .t2 = 20});
  CHECK(QubitCalibration{.t2 = 10}.relaxation() == Relaxation{.t2 = 10});
  CHECK(QubitCalibration{.p_0_given_1 = 0.1}.readout_error() == ReadoutError{.p_0_given_1 = 0.1});
}

TEST_CASE("an error of one or more is none") {
  CHECK(GateCalibration{.name = "x", .error = 0.999}.calibrated());
  CHECK(GateCalibration{.name = "x"}.calibrated());
  CHECK(!GateCalibration{.name = "x", .error = 1.0}.calibrated());
}

TEST_CASE("a report as text") {
  const std::vector<CalibrationNote> report{
      {.qubits = {7}, .quantity = "T2", .what = "above 2 T1", .from = 312.5, .to = 300, .unit = "us"},
      {.gate = "ecr", .qubits = {8, 9}, .quantity = "error", .what = "not calibrated", .from = 1},
      {.quantity = "coupling_map", .what = "missing, the pairs that have gates"}};
  CHECK(to_string(report) ==
        "qubit 7: T2 312.5 us, above 2 T1: 300 us taken\n"
        "ecr on q8 q9: error 1, not calibrated\n"
        "coupling_map missing, the pairs that have gates\n");
}

}  // namespace device_calibration_test
