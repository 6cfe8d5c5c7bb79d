// SPDX-License-Identifier: Apache-2.0
// Targets of published and of made-up devices.

#include "qmtl/hardware/target.hpp"

#include "qmtl/io/calibration_json.hpp"
#include "support/catch.hpp"
#include "support/data_dir.hpp"
#include "support/device_json.hpp"

namespace target_test {

using namespace qmtl;

TEST_CASE("a target has what is published of its device", "[hardware]") {
  const auto device = parse_device_calibration(test::device_conf().dump(), test::device_props().dump());
  const Target target = target_from(device);
  CHECK(target.name == "three");
  CHECK(target.couplings == CouplingMap(3, {{0, 1}, {1, 0}, {1, 2}}));
  CHECK(target.basis_gates == std::vector<std::string>{"id", "rz", "sx", "cx"});
  REQUIRE(target.calibration.has_value());
  CHECK(target.calibration->qubits.size() == 3);
  CHECK_THROWS_AS(target_from(DeviceCalibration{}), CircuitError);
}

TEST_CASE("couplings of a device that are given twice count once", "[hardware]") {
  DeviceCalibration device{.name = "twice", .qubits = {{}, {}}, .coupling_map = {{1, 0}, {0, 1}, {1, 0}}};
  const Target target = target_from(device);
  CHECK(target.couplings.couplings().size() == 2);
  device.coupling_map.emplace_back(1, 2);
  CHECK_THROWS_AS(target_from(device), CircuitError);
}

TEST_CASE("a made-up target has no calibration", "[hardware]") {
  const Target target = generic_target(CouplingMap::ring(4), "ring");
  CHECK(target.name == "ring");
  CHECK(target.basis_gates == usual_basis_gates());
  CHECK_FALSE(target.calibration.has_value());
}

TEST_CASE("heavy hexagons are couplings of real devices", "[hardware]") {
  test::with_data_dir([](const std::string& dir) {
    const auto target = [&](const std::string& name) {
      return target_from(
          load_device_calibration(dir + "/backends/conf_" + name + ".json", dir + "/backends/props_" + name + ".json"));
    };
    const auto hexagons = CouplingMap::heavy_hex(8, 16);
    const auto fez = target("fez"), miami = target("miami");
    CHECK(std::ranges::equal(fez.couplings.pairs(), hexagons.pairs()));
    CHECK(target("sherbrooke").couplings.qubits() == 127);
    CHECK(miami.couplings.pairs().size() == 218);
  });
}

}  // namespace target_test
