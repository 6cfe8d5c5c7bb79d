#pragma once
// SPDX-License-Identifier: Apache-2.0
// Names of features and weights, of matrices and of classical registers: identifiers that cannot be taken for another.

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "qmtl/circuit/angle_text.hpp"
#include "qmtl/circuit/circuit_view.hpp"

namespace qmtl::inline QMTL_ABI {

namespace detail {

/// Throws CircuitError unless a name is a letter or an underscore, then letters, digits and underscores, and not one of
/// `letters` with a number behind it, as those without a name are called.
inline void require_name(std::string_view what, std::string_view name, std::string_view letters) {
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  const auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; };
  const bool identifier = !name.empty() && is_letter(name.front()) &&
                          std::all_of(name.begin(), name.end(), [&](char c) { return is_letter(c) || is_digit(c); });
  if (!identifier) {
    throw CircuitError(
        text("qmtl: ", what, ": a name must be letters, digits and underscores, no digit first, got '", name, "'"));
  }
  if (name.size() > 1 && letters.find(name.front()) != std::string_view::npos &&
      std::all_of(name.begin() + 1, name.end(), is_digit)) {
    throw CircuitError(
        text("qmtl: ", what, ": a name must not be '", name.front(), "' and a number, got '", name, "'"));
  }
}

/// The index of a name, or -1.
[[nodiscard]] inline int find_name(std::span<const ParameterName> names, std::string_view name) {
  for (const auto& known : names) {
    if (known.name == name) return known.index;
  }
  return -1;
}

/// Calls a parameter so. Throws CircuitError for no identifier, or the name of another parameter of its kind.
inline void set_name(std::vector<ParameterName>& names, char letter, int index, std::string_view name) {
  const std::string_view what = letter == 'x' ? "feature" : "weight";
  require_name(what, name, "xw");
  index = parameter_index(index);
  const int other = find_name(names, name);
  if (other >= 0 && other != index) {
    throw CircuitError(
        text("qmtl: ", what, " ", index, ": a name must be new, but '", name, "' is ", what, " ", other));
  }
  const auto known = std::find_if(names.begin(), names.end(), [index](const auto& n) { return n.index == index; });
  if (known != names.end()) {
    known->name = name;
  } else {
    names.push_back({index, std::string(name)});
  }
}

/// Adds the names of others, whose indices are raised by `by`, where there is none yet.
inline void add_names(std::vector<ParameterName>& names, char letter, std::span<const ParameterName> others, int by) {
  const std::vector<ParameterName> copy(others.begin(), others.end());  // they may be the same
  for (const auto& [index, name] : copy) {
    const int raised = parameter_index(static_cast<long long>(index) + by);
    const bool known = std::any_of(names.begin(), names.end(), [&](const auto& n) { return n.index == raised; });
    if (!known) set_name(names, letter, raised, name);
  }
}

[[nodiscard]] inline int require_found(std::string_view what, std::span<const ParameterName> names,
                                       std::string_view name) {
  const int index = find_name(names, name);
  if (index < 0) throw CircuitError(text("qmtl: no ", what, " is called '", name, "'"));
  return index;
}

inline const ParameterNames no_names;

[[nodiscard]] inline const ParameterNames& names_of(const CircuitView& c) {
  return c.tables == nullptr ? no_names : c.tables->names;
}

}  // namespace detail

/// The name of feature i: "x" and its index where it has none.
[[nodiscard]] inline std::string feature_name(CircuitView c, int i) {
  return detail::name_of(detail::names_of(c).features, 'x', i);
}
/// The name of weight j: "w" and its index where it has none.
[[nodiscard]] inline std::string weight_name(CircuitView c, int j) {
  return detail::name_of(detail::names_of(c).weights, 'w', j);
}

/// The index of the feature of a name. Throws CircuitError if there is none.
[[nodiscard]] inline int feature_index(CircuitView c, std::string_view name) {
  return detail::require_found("feature", detail::names_of(c).features, name);
}
/// The index of the weight of a name. Throws CircuitError if there is none.
[[nodiscard]] inline int weight_index(CircuitView c, std::string_view name) {
  return detail::require_found("weight", detail::names_of(c).weights, name);
}

}  // namespace qmtl::inline QMTL_ABI
