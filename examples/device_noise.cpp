// SPDX-License-Identifier: Apache-2.0
// A device's noise model from the calibration that its publisher gives, as tables or JSON; without files, of a made-up
// device.

#include <CLI/CLI.hpp>
#include <cstdio>
#include <qmtl/io/calibration_json.hpp>
#include <qmtl/io/device_json.hpp>
#include <qmtl/noise/device_table.hpp>
#include <string>

using namespace qmtl;

// Qubit 1 has T2 above 2 T1; nothing is known of how it is read.
DeviceCalibration made_up_device() {
  return parse_device_calibration(R"({"backend_name": "made-up", "coupling_map": [[0, 1]]})", R"({"qubits": [
      [{"name": "T1", "value": 120, "unit": "us"}, {"name": "T2", "value": 90, "unit": "us"},
       {"name": "prob_meas1_prep0", "value": 0.01}, {"name": "prob_meas0_prep1", "value": 0.03}],
      [{"name": "T1", "value": 40, "unit": "us"}, {"name": "T2", "value": 95, "unit": "us"}]],
    "gates": [
      {"gate": "sx", "qubits": [0], "parameters": [
        {"name": "gate_error", "value": 3e-4}, {"name": "gate_length", "value": 35, "unit": "ns"}]},
      {"gate": "sx", "qubits": [1], "parameters": [
        {"name": "gate_error", "value": 4e-4}, {"name": "gate_length", "value": 35, "unit": "ns"}]},
      {"gate": "cx", "qubits": [0, 1], "parameters": [
        {"name": "gate_error", "value": 1e-2}, {"name": "gate_length", "value": 300, "unit": "ns"}]}]})");
}

int main(int argc, char** argv) try {
  std::string conf, props;
  bool json = false;
  CLI::App app{"Prints a device's noise model: its gates, its qubits, and what was not taken as published."};
  auto* conf_option = app.add_option("--conf", conf, "the device's configuration, conf_*.json (default: made up)");
  auto* props_option = app.add_option("--props", props, "its properties, props_*.json");
  conf_option->needs(props_option);
  props_option->needs(conf_option);
  app.add_flag("--json", json, "print one JSON object a gate and a qubit instead of tables");
  CLI11_PARSE(app, argc, argv);
  const auto device = conf.empty() ? made_up_device() : load_device_calibration(conf, props);
  if (json) {
    for (const auto& line : to_json_lines(device)) std::printf("%s\n", line.dump().c_str());
  } else {
    std::printf("%s", to_table(device).c_str());
  }
} catch (const Error& error) {
  std::fprintf(stderr, "%s\n", error.what());
  return 1;
}
