#pragma once
// SPDX-License-Identifier: Apache-2.0
// A device's calibration from the two JSON files in which IBM publishes it: its configuration and its properties.

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <limits>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "qmtl/core/byte_stream.hpp"
#include "qmtl/core/file_reader.hpp"
#include "qmtl/core/printable.hpp"
#include "qmtl/io/json_text.hpp"
#include "qmtl/io/load_limits.hpp"
#include "qmtl/noise/device_calibration.hpp"

namespace qmtl::inline QMTL_ABI {

namespace detail {

/// What a published parameter is: its units and its range follow.
enum class Quantity { relaxation_time, duration, frequency, probability, gate_error };

struct ParameterKind {
  std::string_view name;
  Quantity quantity;
};

struct UnitFactor {
  std::string_view unit;
  double factor;
};

inline constexpr std::array<UnitFactor, 6> nanoseconds_in{
    {{"s", 1e9}, {"ms", 1e6}, {"us", 1e3}, {"\xc2\xb5s", 1e3}, {"\xce\xbcs", 1e3}, {"ns", 1.0}}};
inline constexpr std::array<UnitFactor, 4> gigahertz_in{{{"GHz", 1.0}, {"MHz", 1e-3}, {"kHz", 1e-6}, {"Hz", 1e-9}}};

/// The gate of the library that a device calls `name`, if noise models can have it: U2 is not in the table of gates,
/// and depolarizing channels are of at most three qubits.
[[nodiscard]] inline std::optional<Gate> gate_of_device(std::string_view name) {
  if (name == "u1") return Gate::P;
  if (name == "u3") return Gate::U;
  const auto found = std::ranges::find(gate_table, name, &GateInfo::name);
  return found == gate_table.end() || found->qubits > 3 ? std::nullopt : std::optional(found->gate);
}

/// Reads both files, the second in the order of its fields; what is not taken as it stands goes to the report.
class CalibrationReader {
 public:
  CalibrationReader(const JsonField& conf, const JsonField& props) : conf_(conf), props_(props) {}

  [[nodiscard]] DeviceCalibration read() && {
    read_name();
    if (const auto dt = conf_.find("dt")) {
      out_.dt = dt->number();
      if (!(*out_.dt > 0.0)) dt->fail("a positive time");
    }
    read_qubits();
    read_gates();
    read_coupling_map();
    if (const auto names = conf_.find("basis_gates")) {
      for (std::size_t i = 0; i < names->size(); ++i) out_.basis_gates.push_back(name_of((*names)[i]));
    }
    if (const auto general = props_.find("general")) read_zz_couplings(*general);
    return std::move(out_);
  }

 private:
  void read_name() {
    const auto name = conf_.find("backend_name"), other = props_.find("backend_name");
    if (name) out_.name = name_of(*name);
    if (!other) return;
    if (name && other->string() != out_.name) other->fail(in_quotes(out_.name) + ", as in the configuration");
    out_.name = name_of(*other);
  }

  /// A name that ends in tables and messages, where a terminal would act on control characters.
  [[nodiscard]] static const std::string& name_of(const JsonField& field) {
    const std::string& name = field.string();
    for (std::size_t at = 0; at < name.size();) {
      const auto c = next_character(name, at);
      if (!c || is_control(*c)) field.fail("a name without control characters");
    }
    return name;
  }

  [[nodiscard]] int last_qubit() const noexcept { return static_cast<int>(out_.qubits.size()) - 1; }

  void note(CalibrationNote note) { out_.report.push_back(std::move(note)); }

  /// A parameter in the library's units, within its range, or nothing where its value is null.
  [[nodiscard]] std::optional<double> value_of(const JsonField& parameter, Quantity quantity) const {
    const auto field = parameter.find("value");
    if (!field) return std::nullopt;
    const double value = field->number() * factor_of(parameter, quantity);
    switch (quantity) {
      case Quantity::relaxation_time:
        if (!(value > 0.0) || !std::isfinite(value)) field->fail("a positive time");
        break;
      case Quantity::duration:
        if (!(value >= 0.0) || !std::isfinite(value)) field->fail("a time of 0 or more");
        break;
      case Quantity::frequency:
        if (!std::isfinite(value)) field->fail("a finite frequency");
        break;
      case Quantity::probability:
        if (!(value >= 0.0 && value <= 1.0)) field->fail("a number in [0, 1]");
        break;
      case Quantity::gate_error:
        if (!(value >= 0.0)) field->fail("a number of 0 or more");
        break;
    }
    return value;
  }

  [[nodiscard]] double factor_of(const JsonField& parameter, Quantity quantity) const {
    if (quantity == Quantity::probability || quantity == Quantity::gate_error) return 1.0;
    const JsonField unit = parameter.at("unit");
    const auto look_up = [&](const auto& factors, std::string_view expected) {
      const auto found = std::ranges::find(factors, unit.string(), &UnitFactor::unit);
      if (found == factors.end()) unit.fail(expected);
      return found->factor;
    };
    if (quantity == Quantity::frequency) return look_up(gigahertz_in, "GHz, MHz, kHz or Hz");
    if (unit.string() == "dt" && out_.dt) return *out_.dt;
    return look_up(nanoseconds_in, "s, ms, us, \xc2\xb5s or ns");
  }

  /// Those of a list of {"name", "value", "unit"} that are asked for; each at most once.
  template <std::size_t N>
  [[nodiscard]] std::array<std::optional<double>, N> parameters(const JsonField& list,
                                                                const std::array<ParameterKind, N>& kinds) const {
    std::array<std::optional<double>, N> out;
    std::array<bool, N> seen{};
    for (std::size_t i = 0; i < list.size(); ++i) {
      const JsonField parameter = list[i], name = parameter.at("name");
      const auto kind = std::ranges::find(kinds, name.string(), &ParameterKind::name);
      if (kind == kinds.end()) continue;
      const auto k = static_cast<std::size_t>(kind - kinds.begin());
      if (std::exchange(seen[k], true)) name.fail("each parameter once");
      out[k] = value_of(parameter, kind->quantity);
    }
    return out;
  }

  void read_qubits() {
    const JsonField qubits = props_.at("qubits");
    const std::size_t count = qubits.size();
    if (const auto expected = conf_.find("n_qubits")) {
      if (expected->index(std::numeric_limits<int>::max()) != static_cast<int>(count)) {
        expected->fail(text(count, ", as many as the properties have"));
      }
    }
    for (std::size_t q = 0; q < count; ++q) out_.qubits.push_back(qubit(qubits[q], static_cast<int>(q)));
  }

  [[nodiscard]] QubitCalibration qubit(const JsonField& field, int q) {
    static constexpr std::array<ParameterKind, 7> kinds{{{"T1", Quantity::relaxation_time},
                                                         {"T2", Quantity::relaxation_time},
                                                         {"prob_meas1_prep0", Quantity::probability},
                                                         {"prob_meas0_prep1", Quantity::probability},
                                                         {"readout_error", Quantity::probability},
                                                         {"readout_length", Quantity::duration},
                                                         {"frequency", Quantity::frequency}}};
    const auto [t1, t2, p10, p01, mean, length, frequency] = parameters(field, kinds);
    QubitCalibration out{t1, t2, p10, p01, length, frequency};
    check_relaxation_times(out, q);
    check_rate(out.p_1_given_0, "prob_meas1_prep0", mean, q);
    check_rate(out.p_0_given_1, "prob_meas0_prep1", mean, q);
    return out;
  }

  void check_relaxation_times(QubitCalibration& qubit, int q) {
    constexpr double us = 1e3;
    if (!qubit.t1) note({.qubits = {q}, .quantity = "T1", .what = "missing, no decay"});
    if (!qubit.t2) {
      note({.qubits = {q}, .quantity = "T2", .what = qubit.t1 ? "missing, 2 T1" : "missing, no dephasing"});
    } else if (qubit.t1 && *qubit.t2 > 2 * *qubit.t1) {
      const double clamped = 2 * *qubit.t1;
      note({{}, {q}, "T2", "above 2 T1", *qubit.t2 / us, clamped / us, "us"});
      qubit.t2 = clamped;
    }
  }

  /// One of a qubit's two readout errors, or their mean in its place.
  void check_rate(std::optional<double>& rate, std::string_view name, std::optional<double> mean, int q) {
    if (rate) return;
    note({.qubits = {q},
          .quantity = std::string(name),
          .what = mean ? "missing, readout_error" : "missing, no error",
          .to = mean});
    rate = mean;
  }

  void read_gates() {
    const JsonField gates = props_.at("gates");
    std::set<std::pair<std::string, std::vector<int>>> seen;
    for (std::size_t i = 0; i < gates.size(); ++i) {
      GateCalibration gate = read_gate(gates[i]);
      if (!seen.emplace(gate.name, gate.qubits).second) gates[i].at("gate").fail("each gate once on the same qubits");
      out_.gates.push_back(std::move(gate));
    }
  }

  [[nodiscard]] GateCalibration read_gate(const JsonField& field) {
    static constexpr std::array<ParameterKind, 2> kinds{
        {{"gate_error", Quantity::gate_error}, {"gate_length", Quantity::duration}}};
    const JsonField name = field.at("gate");
    GateCalibration out{name_of(name), gate_of_device(name.string()), qubits_of(field.at("qubits"))};
    if (out.gate && info(*out.gate).qubits != static_cast<int>(out.qubits.size())) {
      field.at("qubits").fail(text(info(*out.gate).qubits, " of them for ", info(*out.gate).name));
    }
    const auto [error, length] = parameters(field.at("parameters"), kinds);
    out.error = error;
    out.length = length;
    note_gate(out);
    return out;
  }

  [[nodiscard]] std::vector<int> qubits_of(const JsonField& field) const {
    std::vector<int> out;
    std::set<int> seen;
    for (std::size_t j = 0; j < field.size(); ++j) {
      const int q = field[j].index(last_qubit());
      if (!seen.insert(q).second) field[j].fail("each qubit once");
      out.push_back(q);
    }
    return out;
  }

  void note_gate(const GateCalibration& gate) {
    const auto say = [&](std::string quantity, std::string what, std::optional<double> from = {}) {
      note({.gate = gate.name,
            .qubits = gate.qubits,
            .quantity = std::move(quantity),
            .what = std::move(what),
            .from = from});
    };
    if (!gate.calibrated()) say("error", "not calibrated", gate.error);
    if (gate.name == "measure" || gate.name == "reset") return;
    if (!gate.gate) return say("gate", "unknown to the library, not in its noise models");
    if (!gate.error) say("error", "missing, relaxation alone");
    if (!gate.length) say("length", "missing, none");
  }

  void read_coupling_map() {
    std::set<std::pair<int, int>> seen;
    if (const auto pairs = conf_.find("coupling_map")) {
      for (std::size_t i = 0; i < pairs->size(); ++i) {
        const JsonField field = (*pairs)[i];
        const auto qubits = qubits_of(field);
        if (qubits.size() != 2) field.fail("two qubits");
        if (!seen.emplace(qubits[0], qubits[1]).second) field.fail("each pair once");
        out_.coupling_map.emplace_back(qubits[0], qubits[1]);
      }
      return;
    }
    for (const auto& gate : out_.gates) {
      if (gate.qubits.size() == 2 && seen.emplace(gate.qubits[0], gate.qubits[1]).second) {
        out_.coupling_map.emplace_back(gate.qubits[0], gate.qubits[1]);
      }
    }
    note({.quantity = "coupling_map", .what = "missing, the pairs that have gates"});
  }

  /// "zz_1213" is of 12 and 13, or of 1 and 213, or of 121 and 3: the pair that is coupled.
  [[nodiscard]] std::vector<std::pair<int, int>> coupled_pairs(std::string_view digits) const {
    const auto number = [this](std::string_view part) -> std::optional<int> {
      int value = 0;
      const auto [end, error] = std::from_chars(part.data(), part.data() + part.size(), value);
      const bool canonical =
          error == std::errc{} && end == part.data() + part.size() && (part == "0" || part[0] != '0');
      return canonical && value >= 0 && value <= last_qubit() ? std::optional(value) : std::nullopt;
    };
    std::vector<std::pair<int, int>> out;
    for (std::size_t split = 1; split < std::min<std::size_t>(digits.size(), 10); ++split) {
      const auto a = number(digits.substr(0, split)), b = number(digits.substr(split));
      if (!a || !b) continue;
      const std::pair<int, int> pair = std::minmax(*a, *b);
      if (coupled_.contains(pair) && std::ranges::find(out, pair) == out.end()) out.push_back(pair);
    }
    return out;
  }

  void read_zz_couplings(const JsonField& general) {
    constexpr std::string_view prefix = "zz_";
    for (const auto& [a, b] : out_.coupling_map) coupled_.insert(std::minmax(a, b));
    std::set<std::pair<int, int>> seen;
    for (std::size_t i = 0; i < general.size(); ++i) {
      const JsonField name = general[i].at("name");
      if (!name.string().starts_with(prefix)) continue;
      const auto shift = value_of(general[i], Quantity::frequency);
      if (!shift) continue;
      const auto pairs = coupled_pairs(std::string_view(name.string()).substr(prefix.size()));
      if (pairs.size() != 1) {
        note({{},
              {},
              in_quotes(name.string()),
              pairs.empty() ? "of no coupled pair, left out" : "of several pairs, left out",
              *shift,
              {},
              "GHz"});
        continue;
      }
      if (!seen.insert(pairs[0]).second) name.fail("each pair once");
      out_.zz_couplings.push_back({pairs[0].first, pairs[0].second, *shift});
    }
  }

  JsonField conf_, props_;
  DeviceCalibration out_;
  std::set<std::pair<int, int>> coupled_;  ///< the smaller one first
};

[[nodiscard]] inline DeviceCalibration read_calibration(std::string_view conf, std::string_view conf_where,
                                                        std::string_view props, std::string_view props_where,
                                                        LoadBudget& budget) {
  const auto conf_json = parse_json(conf, conf_where, budget), props_json = parse_json(props, props_where, budget);
  return CalibrationReader(JsonField(conf_json, conf_where), JsonField(props_json, props_where)).read();
}

}  // namespace detail

/// The calibration in a configuration (`conf_*.json`: its name, coupling map, basis gates, dt) and the properties that
/// go with it (`props_*.json`: qubits, gates, and under "general" the ZZ couplings `zz_<i><j>`). What is missing or
/// null stays empty, T2 above 2 T1 becomes 2 T1, a single readout_error stands for both rates; `report` of the result
/// says so, and which gates are not calibrated. Fields that are not known are ignored. Throws FileError, naming the
/// field, for what is no JSON or has fields of other types, twice or outside their range, a qubit's parameter, gate or
/// pair twice, qubits that are not there, files of different devices, and more than the limits allow, of which only
/// `bytes` counts.
[[nodiscard]] inline DeviceCalibration parse_device_calibration(std::string_view conf, std::string_view props,
                                                                const LoadLimits& limits = {}) {
  detail::LoadBudget budget(limits);
  budget.take(detail::saturated_sum(conf.size(), props.size()), "parse_device_calibration");
  return detail::read_calibration(conf, "the configuration", props, "the properties", budget);
}

/// The same from files. Throws also as read_file does.
[[nodiscard]] inline DeviceCalibration load_device_calibration(const std::string& conf_path,
                                                               const std::string& props_path,
                                                               const LoadLimits& limits = {}) {
  detail::LoadBudget budget(limits);
  const auto read = [&](const std::string& path) {
    auto bytes = detail::read_within(detail::FileReader(path, "load_device_calibration"), limits, path);
    budget.take(bytes.size(), path);
    return bytes;
  };
  const auto conf = read(conf_path), props = read(props_path);
  return detail::read_calibration(detail::as_text(conf), conf_path, detail::as_text(props), props_path, budget);
}

}  // namespace qmtl::inline QMTL_ABI
