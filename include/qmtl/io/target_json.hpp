#pragma once
// SPDX-License-Identifier: Apache-2.0
// Targets from JSON files: a coupling map by itself, or what IBM publishes of a device (nlohmann-json).

#include <sys/stat.h>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "qmtl/hardware/target.hpp"
#include "qmtl/io/calibration_json.hpp"

namespace qmtl::inline QMTL_ABI {

namespace detail {

[[nodiscard]] inline std::vector<CouplingMap::Coupling> couplings_of(const JsonField& pairs, int qubits) {
  std::vector<CouplingMap::Coupling> out;
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    if (pairs[i].size() != 2) pairs[i].fail("two qubits");
    out.emplace_back(pairs[i][0].index(qubits - 1), pairs[i][1].index(qubits - 1));
    if (out.back().first == out.back().second) pairs[i].fail("two qubits");
  }
  auto sorted = out;
  std::ranges::sort(sorted);
  const auto twice = std::ranges::adjacent_find(sorted);
  if (twice != sorted.end()) pairs.fail(text("each pair once (", twice->first, " and ", twice->second, " come twice)"));
  return out;
}

/// {"name", "qubits", "edges", "basis_gates"}, of which qubits and edges must be there; or a configuration by itself
/// ("backend_name", "n_qubits", "coupling_map").
[[nodiscard]] inline Target read_target(const nlohmann::json& json, std::string_view where, LoadBudget& budget) {
  const JsonField root(json, where);
  const bool own = root.find("edges").has_value() || !root.find("coupling_map");
  const JsonField count = root.at(own ? "qubits" : "n_qubits");
  const int qubits = count.index(CouplingMap::max_qubits);
  if (qubits == 0) count.fail(text("1 to ", CouplingMap::max_qubits));
  budget.take(2 * static_cast<std::uint64_t>(qubits) * static_cast<std::uint64_t>(qubits), where);  // for distances
  Target out = generic_target(CouplingMap(qubits, couplings_of(root.at(own ? "edges" : "coupling_map"), qubits)));
  if (const auto name = root.find(own ? "name" : "backend_name")) out.name = name->string();
  if (const auto gates = root.find("basis_gates")) {
    out.basis_gates.clear();
    for (std::size_t i = 0; i < gates->size(); ++i) out.basis_gates.push_back((*gates)[i].string());
  }
  return out;
}

/// Of ".../conf_x.json" ".../props_x.json", if that is there.
[[nodiscard]] inline std::optional<std::string> properties_beside(const std::string& conf) {
  const std::size_t name = conf.rfind('/') == std::string::npos ? 0 : conf.rfind('/') + 1;
  constexpr std::string_view prefix = "conf_";
  if (conf.compare(name, prefix.size(), prefix) != 0) return std::nullopt;
  std::string props = conf.substr(0, name) + "props_" + conf.substr(name + prefix.size());
  struct stat status {};
  return ::stat(props.c_str(), &status) == 0 ? std::optional(std::move(props)) : std::nullopt;
}

}  // namespace detail

/// A target without a calibration from {"name", "qubits", "edges": [[0, 1], ...], "basis_gates"} with 1 to 4096 qubits,
/// or from a configuration of IBM's alone. A name and basis gates need not be given. Throws FileError, naming the
/// field, for what is no JSON or has fields of other types or outside their range or pairs twice.
[[nodiscard]] inline Target parse_target(std::string_view json, const LoadLimits& limits = {}) {
  detail::LoadBudget budget(limits);
  budget.take(json.size(), "parse_target");
  return detail::read_target(detail::parse_json(json, "the target", budget), "the target", budget);
}

/// The same from a file; `conf_x.json` with its calibration where `props_x.json` is beside it. Throws also as read_file
/// and load_device_calibration do.
[[nodiscard]] inline Target load_target(const std::string& path, const LoadLimits& limits = {}) {
  if (const auto props = detail::properties_beside(path)) {
    return target_from(load_device_calibration(path, *props, limits));
  }
  detail::LoadBudget budget(limits);
  const auto bytes = detail::read_within(detail::FileReader(path, "load_target"), limits, path);
  budget.take(bytes.size(), path);
  return detail::read_target(detail::parse_json(detail::as_text(bytes), path, budget), path, budget);
}

}  // namespace qmtl::inline QMTL_ABI
