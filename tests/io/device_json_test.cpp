// SPDX-License-Identifier: Apache-2.0
// A device's noise model as JSON: every key, in order, and null for what is not known.

#include "qmtl/io/device_json.hpp"

#include <string>

#include "qmtl/io/calibration_json.hpp"
#include "support/catch.hpp"
#include "support/device_json.hpp"

namespace device_json_test {

using namespace qmtl;

TEST_CASE("a device as an object a gate and a qubit") {
  const auto device = parse_device_calibration(test::device_conf().dump(), test::device_props().dump());
  const auto lines = to_json_lines(device);
  REQUIRE(lines.size() == 12);
  const auto strength = nlohmann::json(*depolarizing_strength(device, device.gates[0])).dump();
  CHECK(lines[0].dump() == R"({"kind":"gate","gate":"sx","qubits":[0],"reported_error":0.0003,"length_ns":35.0,)"
                           R"("depolarizing":)" +
                               strength + R"(,"note":""})");
  CHECK(lines[1].dump() == R"({"kind":"gate","gate":"sx","qubits":[1],"reported_error":1e-06,"length_ns":35.0,)"
                           R"("depolarizing":0.0,"note":"relaxation alone exceeds the error"})");
  CHECK(lines[6].dump() == R"({"kind":"gate","gate":"cx","qubits":[1,2],"reported_error":1.0,"length_ns":300.0,)"
                           R"("depolarizing":null,"note":"error 1, not calibrated"})");
  CHECK(lines[8].dump() == R"({"kind":"gate","gate":"reset","qubits":[0],"reported_error":null,"length_ns":1000.0,)"
                           R"("depolarizing":null,"note":""})");
  CHECK(lines[9].dump() ==
        R"({"kind":"qubit","qubit":0,"t1_us":100.0,"t2_us":80.5,"p_1_given_0":0.01,"p_0_given_1":0.03,"note":""})");
  CHECK(lines[10].dump() == R"({"kind":"qubit","qubit":1,"t1_us":50.0,"t2_us":100.0,"p_1_given_0":0.0,)"
                            R"("p_0_given_1":0.0,"note":"T2 120 us, above 2 T1: 100 us taken"})");
  CHECK(lines[11].dump().starts_with(R"({"kind":"qubit","qubit":2,"t1_us":null,"t2_us":null,"p_1_given_0":0.04,)"));
}

}  // namespace device_json_test
