#pragma once
// SPDX-License-Identifier: Apache-2.0
// A device's noise model as tables for people.

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "qmtl/core/number_text.hpp"
#include "qmtl/noise/device_noise.hpp"

namespace qmtl::inline QMTL_ABI {

namespace detail {

/// Four digits, or "-" for what is not known.
[[nodiscard]] inline std::string cell(std::optional<double> value, double unit = 1.0) {
  return value ? number_text(*value / unit, std::chars_format::general, 4) : "-";
}

/// The number in the middle, the upper one of two.
[[nodiscard]] inline std::optional<double> median(std::vector<double> values) {
  if (values.empty()) return std::nullopt;
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::ranges::nth_element(values, middle);
  return *middle;
}

/// The median over those that have a number.
template <class Range, class Number>
[[nodiscard]] std::optional<double> median_of(const Range& range, const Number& number) {
  std::vector<double> values;
  for (const auto& entry : range) {
    if (const std::optional<double> value = number(entry)) values.push_back(*value);
  }
  return median(std::move(values));
}

/// Rows of as many cells, in columns two spaces apart.
[[nodiscard]] inline std::string aligned(const std::vector<std::vector<std::string>>& rows) {
  std::vector<std::size_t> widths(rows.front().size());
  for (const auto& row : rows) {
    for (std::size_t c = 0; c < row.size(); ++c) widths[c] = std::max(widths[c], row[c].size());
  }
  std::string out;
  for (const auto& row : rows) {
    std::string line;
    for (std::size_t c = 0; c < row.size(); ++c) line += row[c] + std::string(widths[c] - row[c].size() + 2, ' ');
    out += line.substr(0, line.find_last_not_of(' ') + 1) + '\n';
  }
  return out;
}

/// A line for each kind of gate: how many, and the medians of those that are calibrated.
[[nodiscard]] inline std::string gate_kinds_table(const DeviceCalibration& device) {
  std::vector<std::vector<std::string>> rows{
      {"gate", "number", "not calibrated", "error", "length/ns", "depolarizing", "only relaxation"}};
  std::vector<std::string_view> names;
  for (const auto& gate : device.gates) {
    if (std::ranges::find(names, gate.name) == names.end()) names.push_back(gate.name);
  }
  for (const auto name : names) {
    std::vector<GateCalibration> calibrated;
    std::ranges::copy_if(device.gates, std::back_inserter(calibrated),
                         [name](const auto& gate) { return gate.name == name && gate.calibrated(); });
    const auto strength = [&device](const auto& gate) { return depolarizing_strength(device, gate); };
    const auto number = std::ranges::count(device.gates, name, &GateCalibration::name);
    const auto relaxing =
        std::ranges::count_if(calibrated, [&](const auto& gate) { return strength(gate) == 0.0 && *gate.error > 0.0; });
    rows.push_back({std::string(name), text(number), text(number - std::ssize(calibrated)),
                    cell(median_of(calibrated, [](const auto& gate) { return gate.error; })),
                    cell(median_of(calibrated, [](const auto& gate) { return gate.length; })),
                    cell(median_of(calibrated, strength)), text(relaxing)});
  }
  return aligned(rows);
}

[[nodiscard]] inline std::string qubits_table(const DeviceCalibration& device) {
  std::vector<std::vector<std::string>> rows{{"qubit", "T1/us", "T2/us", "P(1|0)", "P(0|1)", "note"}};
  const auto add = [&rows](std::string name, const auto& value_of, std::string note) {
    rows.push_back({std::move(name), cell(value_of(&QubitCalibration::t1), 1e3),
                    cell(value_of(&QubitCalibration::t2), 1e3), cell(value_of(&QubitCalibration::p_1_given_0)),
                    cell(value_of(&QubitCalibration::p_0_given_1)), std::move(note)});
  };
  add(
      "median", [&](auto field) { return median_of(device.qubits, [=](const auto& q) { return q.*field; }); }, "");
  for (std::size_t q = 0; q < device.qubits.size(); ++q) {
    add(
        text(q), [&](auto field) { return device.qubits[q].*field; }, notes_on(device, static_cast<int>(q)));
  }
  return aligned(rows);
}

[[nodiscard]] inline std::string gates_table(const DeviceCalibration& device) {
  std::vector<std::vector<std::string>> rows{{"gate", "qubits", "error", "length/ns", "depolarizing", "note"}};
  for (const auto& gate : device.gates) {
    std::string qubits;
    for (const int q : gate.qubits) qubits += text(qubits.empty() ? "" : " ", q);
    rows.push_back({gate.name, qubits, cell(gate.error), cell(gate.length), cell(depolarizing_strength(device, gate)),
                    notes_on(device, gate)});
  }
  return aligned(rows);
}

}  // namespace detail

/// Medians of each kind of gate ("only relaxation": how many have an error that relaxation alone exceeds) and of the
/// qubits, then every qubit and every gate with what was clamped, replaced or left out, "-" for what is not known.
[[nodiscard]] inline std::string to_table(const DeviceCalibration& device) {
  std::string out =
      detail::text(device.name, ": ", device.qubits.size(), " qubits, ", device.gates.size(), " gates\n\n");
  out += "Medians of the gates that are calibrated\n" + detail::gate_kinds_table(device);
  out += "\nQubits; P(1|0) is the probability to read 1 where there is 0\n" + detail::qubits_table(device);
  out += "\nGates: a depolarizing channel of this strength, then the relaxation of each qubit for the length\n";
  out += detail::gates_table(device);
  std::string notes;
  for (const auto& note : device.report) {
    if (note.qubits.empty()) notes += to_string(note) + '\n';
  }
  return notes.empty() ? out : out + '\n' + notes;
}

}  // namespace qmtl::inline QMTL_ABI
