// SPDX-License-Identifier: Apache-2.0
// Targets from JSON: coupling maps by themselves and what is published of a device.

#include "qmtl/io/target_json.hpp"

#include <string>

#include "support/catch.hpp"
#include "support/data_dir.hpp"
#include "support/device_json.hpp"
#include "support/temp_dir.hpp"
#include "support/throws.hpp"

namespace target_json_test {

using namespace qmtl;

std::string refusal(const std::string& json) {
  return test::message_of<FileError>([&] { static_cast<void>(parse_target(json)); });
}

TEST_CASE("a coupling map is a target", "[io]") {
  const Target target = parse_target(R"({"name": "line", "qubits": 3, "edges": [[0, 1], [2, 1]]})");
  CHECK(target.name == "line");
  CHECK(target.couplings == CouplingMap(3, {{0, 1}, {2, 1}}));
  CHECK(target.basis_gates == usual_basis_gates());
  CHECK_FALSE(target.calibration.has_value());
  CHECK(parse_target(R"({"qubits": 1, "edges": [], "basis_gates": ["u3", "cx"]})").basis_gates ==
        std::vector<std::string>{"u3", "cx"});
}

TEST_CASE("a configuration is a target, with its properties beside it one with a calibration", "[io]") {
  const test::TempDir dir;
  const auto conf = dir.write("conf_three.json", test::device_conf().dump());
  const Target alone = load_target(conf);
  CHECK(alone.name == "three");
  CHECK(alone.couplings == CouplingMap(3, {{0, 1}, {1, 0}, {1, 2}}));
  CHECK_FALSE(alone.calibration.has_value());
  static_cast<void>(dir.write("props_three.json", test::device_props().dump()));
  const Target calibrated = load_target(conf);
  CHECK(calibrated.couplings == alone.couplings);
  CHECK(calibrated.calibration.has_value());
  CHECK_THROWS_AS(load_target(dir / "none.json"), FileError);
}

TEST_CASE("what is no target is refused", "[io]") {
  CHECK(refusal("[]") == "qmtl: the target: expected an object, got an array");
  CHECK(refusal(R"({"edges": []})") == "qmtl: the target: field 'qubits': expected it, got none");
  CHECK(refusal(R"({"qubits": 0, "edges": []})") == "qmtl: the target: field 'qubits': expected 1 to 4096, got 0");
  CHECK(refusal(R"({"qubits": 5000, "edges": []})") ==
        "qmtl: the target: field 'qubits': expected an integer from 0 to 4096, got 5000");
  CHECK(refusal(R"({"qubits": 2, "edges": [[0, 2]]})") ==
        "qmtl: the target: field 'edges[0][1]': expected an integer from 0 to 1, got 2");
  CHECK(refusal(R"({"qubits": 2, "edges": [[0]]})") ==
        "qmtl: the target: field 'edges[0]': expected two qubits, got an array");
  CHECK(refusal(R"({"qubits": 2, "edges": [[1, 1]]})") ==
        "qmtl: the target: field 'edges[0]': expected two qubits, got an array");
  CHECK(refusal(R"({"qubits": 2, "edges": [[0, 1], [0, 1]]})") ==
        "qmtl: the target: field 'edges': expected each pair once (0 and 1 come twice), got an array");
  CHECK_THROWS_AS(parse_target("{"), FileError);
}

TEST_CASE("published maps are targets", "[io]") {
  test::with_data_dir([](const std::string& dir) {
    const Target tokyo = load_target(dir + "/routing/tokyo20.json");
    CHECK(tokyo.couplings.couplings().size() == 43);
    CHECK(load_target(dir + "/backends/conf_fez.json").calibration.has_value());
  });
}

}  // namespace target_json_test
