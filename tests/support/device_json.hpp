#pragma once
// SPDX-License-Identifier: Apache-2.0
// The two files of a made-up device of three qubits, 0 - 1 - 2, with all that real ones have been seen to have.

#include <nlohmann/json.hpp>
#include <string>

namespace qmtl::test {

inline nlohmann::json device_conf() {
  return nlohmann::json::parse(R"({
    "backend_name": "three", "n_qubits": 3, "dt": 0.5, "basis_gates": ["id", "rz", "sx", "cx"],
    "coupling_map": [[0, 1], [1, 0], [1, 2]], "description": null})");
}

/// Qubit 1 has T2 above 2 T1, qubit 2 neither; the error of sx is less than relaxation alone makes on qubit 1, and sx
/// on qubit 2 and cx on 1 and 2 are not calibrated.
inline nlohmann::json device_props() {
  return nlohmann::json::parse(R"({
    "backend_name": "three",
    "qubits": [
      [{"name": "T1", "value": 100, "unit": "us"}, {"name": "T2", "value": 80.5, "unit": "us"},
       {"name": "frequency", "value": 5100, "unit": "MHz"}, {"name": "anharmonicity", "value": -0.3, "unit": "GHz"},
       {"name": "prob_meas0_prep1", "value": 0.03, "unit": ""}, {"name": "prob_meas1_prep0", "value": 0.01, "unit": ""},
       {"name": "readout_error", "value": 0.02, "unit": ""}, {"name": "readout_length", "value": 800, "unit": "ns"}],
      [{"name": "T1", "value": 50, "unit": "\u00b5s"}, {"name": "T2", "value": 1.2e-4, "unit": "s"},
       {"name": "prob_meas0_prep1", "value": 0, "unit": ""}, {"name": "prob_meas1_prep0", "value": 0, "unit": ""}],
      [{"name": "T1", "value": null, "unit": "us"}, {"name": "readout_error", "value": 0.04, "unit": ""}]],
    "gates": [
      {"gate": "sx", "name": "sx0", "qubits": [0], "parameters": [
        {"name": "gate_error", "value": 3e-4, "unit": ""}, {"name": "gate_length", "value": 70, "unit": "dt"}]},
      {"gate": "sx", "name": "sx1", "qubits": [1], "parameters": [
        {"name": "gate_error", "value": 1e-6, "unit": ""}, {"name": "gate_length", "value": 35, "unit": "ns"}]},
      {"gate": "sx", "name": "sx2", "qubits": [2], "parameters": [
        {"name": "gate_error", "value": 1, "unit": ""}, {"name": "gate_length", "value": 35, "unit": "ns"}]},
      {"gate": "rz", "name": "rz0", "qubits": [0], "parameters": [
        {"name": "gate_error", "value": 0, "unit": ""}, {"name": "gate_length", "value": 0, "unit": "ns"}]},
      {"gate": "u2", "name": "u2_0", "qubits": [0], "parameters": []},
      {"gate": "cx", "name": "cx0_1", "qubits": [0, 1], "parameters": [
        {"name": "gate_error", "value": 1e-2, "unit": ""}, {"name": "gate_length", "value": 0.3, "unit": "us"}]},
      {"gate": "cx", "name": "cx1_2", "qubits": [1, 2], "parameters": [
        {"name": "gate_error", "value": 1.0, "unit": ""}, {"name": "gate_length", "value": 300, "unit": "ns"}]},
      {"gate": "measure", "name": "measure1", "qubits": [1], "parameters": [
        {"name": "gate_error", "value": 0.01, "unit": ""}, {"name": "gate_length", "value": 900, "unit": "ns"}]},
      {"gate": "reset", "name": "reset0", "qubits": [0], "parameters": [
        {"name": "gate_length", "value": 1000, "unit": "ns"}]}],
    "general": [{"name": "jq_01", "value": 0.002, "unit": "GHz"}, {"name": "zz_01", "value": -5e-5, "unit": "GHz"},
                {"name": "zz_02", "value": 1e-5, "unit": "GHz"}]})");
}

}  // namespace qmtl::test
