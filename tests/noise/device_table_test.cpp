// SPDX-License-Identifier: Apache-2.0
// A device's noise model as tables: medians first, nothing left out.

#include "qmtl/noise/device_table.hpp"

#include <string>

#include "support/catch.hpp"

namespace device_table_test {

using namespace qmtl;

TEST_CASE("medians, qubits and gates of a device, with what is not known") {
  DeviceCalibration device{.name = "two"};
  device.qubits = {{.t1 = 100e3, .t2 = 80e3, .p_1_given_0 = 0.01, .p_0_given_1 = 0.03}, {.t1 = 50e3, .t2 = 100e3}};
  device.gates = {{"cx", Gate::CX, {0, 1}, 1.0, 1500},
                  {"id", Gate::Id, {0}, 1e-6, 35},
                  {"id", Gate::Id, {1}, 0.01, 35},
                  {"reset", {}, {0}, {}, 1000}};
  device.report = {{.qubits = {1}, .quantity = "T2", .what = "above 2 T1", .from = 120, .to = 100, .unit = "us"},
                   {.gate = "cx", .qubits = {0, 1}, .quantity = "error", .what = "not calibrated", .from = 1},
                   {.quantity = "coupling_map", .what = "missing, the pairs that have gates"}};
  CHECK(to_table(device) ==
        "two: 2 qubits, 4 gates\n"
        "\n"
        "Medians of the gates that are calibrated\n"
        "gate   number  not calibrated  error  length/ns  depolarizing  only relaxation\n"
        "cx     1       1               -      -          -             0\n"
        "id     2       0               0.01   35         0.01954       1\n"
        "reset  1       0               -      1000       -             0\n"
        "\n"
        "Qubits; P(1|0) is the probability to read 1 where there is 0\n"
        "qubit   T1/us  T2/us  P(1|0)  P(0|1)  note\n"
        "median  100    100    0.01    0.03\n"
        "0       100    80     0.01    0.03\n"
        "1       50     100    -       -       T2 120 us, above 2 T1: 100 us taken\n"
        "\n"
        "Gates: a depolarizing channel of this strength, then the relaxation of each qubit for the length\n"
        "gate   qubits  error  length/ns  depolarizing  note\n"
        "cx     0 1     1      1500       -             error 1, not calibrated\n"
        "id     0       1e-06  35         0             relaxation alone exceeds the error\n"
        "id     1       0.01   35         0.01954\n"
        "reset  0       -      1000       -\n"
        "\n"
        "coupling_map missing, the pairs that have gates\n");
}

TEST_CASE("a device without anything") { CHECK(to_table({}).starts_with(": 0 qubits, 0 gates\n")); }

}  // namespace device_table_test
