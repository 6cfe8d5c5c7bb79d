#pragma once
// SPDX-License-Identifier: Apache-2.0
// The two JSON files of a device of 156 qubits, made up: as many qubits, gates and couplings as published ones have.

#include <array>
#include <cmath>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "qmtl/core/error.hpp"

namespace qmtl::benchmark {

/// What is published of a device, as text.
struct DeviceFiles {
  std::string conf, props;
};

namespace made_up {

inline constexpr int qubits = 156;
inline constexpr std::array one_qubit_gates{"id", "rx", "rz", "sx", "x", "reset"};
inline constexpr std::array two_qubit_gates{"cz", "rzz"};

/// A line of qubits with a rung at every seventh: 176 pairs, each in both directions.
[[nodiscard]] inline std::vector<std::array<int, 2>> coupling_map() {
  std::vector<std::array<int, 2>> pairs;
  const auto couple = [&](int a, int b) {
    pairs.push_back({a, b});
    pairs.push_back({b, a});
  };
  for (int q = 0; q + 1 < qubits; ++q) couple(q, q + 1);
  for (int q = 0; q + 10 < qubits; q += 7) couple(q, q + 10);
  return pairs;
}

[[nodiscard]] inline nlohmann::json parameter(const char* name, double value, const char* unit = "") {
  return {{"date", "2026-11-26T12:00:00+00:00"}, {"name", name}, {"unit", unit}, {"value", value}};
}

[[nodiscard]] inline nlohmann::json qubit(int q) {
  const double vary = std::sin(1.0 + q);
  return {parameter("T1", 150 + 90 * vary, "us"),
          parameter("T2", 110 + 80 * vary, "us"),
          parameter("readout_error", 0.02 + 0.01 * vary),
          parameter("prob_meas0_prep1", 0.025 + 0.01 * vary),
          parameter("prob_meas1_prep0", 0.015 + 0.01 * vary),
          parameter("readout_length", 1560, "ns")};
}

template <class Qubits>
[[nodiscard]] nlohmann::json gate(const char* name, const Qubits& on, double error, double length) {
  std::string full_name = name;
  for (const int q : on) full_name += '_' + std::to_string(q);
  return {{"gate", name},
          {"name", full_name},
          {"qubits", on},
          {"parameters", {parameter("gate_error", error), parameter("gate_length", length, "ns")}}};
}

}  // namespace made_up

[[nodiscard]] inline DeviceFiles made_up_device() {
  using nlohmann::json;
  const auto pairs = made_up::coupling_map();
  json conf{{"backend_name", "made-up"},
            {"n_qubits", made_up::qubits},
            {"coupling_map", pairs},
            {"dt", 4.0},
            {"basis_gates", {"cz", "id", "rx", "rz", "rzz", "sx", "x"}}};
  json props{
      {"backend_name", "made-up"}, {"qubits", json::array()}, {"gates", json::array()}, {"general", json::array()}};
  for (int q = 0; q < made_up::qubits; ++q) {
    props["qubits"].push_back(made_up::qubit(q));
    for (const char* name : made_up::one_qubit_gates) {
      props["gates"].push_back(made_up::gate(name, std::array{q}, 3e-4 + 1e-4 * std::sin(q), 32));
    }
  }
  for (const auto& [a, b] : pairs) {
    for (const char* name : made_up::two_qubit_gates) {
      props["gates"].push_back(made_up::gate(name, std::array{a, b}, 4e-3 + 1e-3 * std::sin(a + b), 88));
    }
    for (const char* name : {"jq_", "zz_"}) {
      if (a < b)
        props["general"].push_back(
            made_up::parameter((name + std::to_string(a) + std::to_string(b)).c_str(), 1e-5, "GHz"));
    }
  }
  return {conf.dump(), props.dump()};
}

}  // namespace qmtl::benchmark
