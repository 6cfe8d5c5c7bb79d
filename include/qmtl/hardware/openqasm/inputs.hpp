#pragma once
// SPDX-License-Identifier: Apache-2.0
// Inputs of OpenQASM 3 as features and weights.

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "qmtl/circuit/program.hpp"
#include "qmtl/hardware/openqasm/value.hpp"

namespace qmtl::inline QMTL_ABI::detail::openqasm {

/// Numbers inputs: x<i> is feature i and w<j> weight j, as they are called without a name; one in the list of features
/// has its number there; any other is the weight behind the last one, and keeps its name.
class Inputs {
 public:
  explicit Inputs(const std::vector<std::string>& features) : listed_(&features) {}

  [[nodiscard]] Angle add(Program& program, std::string_view name) {
    const auto listed = std::find(listed_->begin(), listed_->end(), name);
    if (listed != listed_->end()) {
      const int i = static_cast<int>(listed - listed_->begin());
      take(features_, i, name);
      if (!numbered(name)) program.name_feature(i, ascii(name));
      return feature(i);
    }
    if (const auto i = numbered(name)) {
      take(name[0] == 'x' ? features_ : weights_, *i, name);
      return name[0] == 'x' ? feature(*i) : weight(*i);
    }
    const int j = weights_.empty() ? 0 : *weights_.rbegin() + 1;
    take(weights_, j, name);
    ++named_;
    program.name_weight(j, ascii(name));
    return weight(j);
  }

  /// How many have a name that each further one is compared with.
  [[nodiscard]] std::size_t named() const noexcept { return named_; }

 private:
  [[nodiscard]] static std::optional<int> numbered(std::string_view name) {
    int number = 0;
    if (name.size() < 2 || (name[0] != 'x' && name[0] != 'w')) return std::nullopt;
    const auto [end, error] = std::from_chars(name.data() + 1, name.data() + name.size(), number);
    const bool all = error == std::errc{} && end == name.data() + name.size();
    return all && name[1] != '-' ? std::optional(number) : std::nullopt;
  }
  static void take(std::set<int>& taken, int number, std::string_view name) {
    if (!taken.insert(number).second) refuse("input '", name, "' has the number of another one");
  }
  /// A name that parameters may have.
  [[nodiscard]] static std::string ascii(std::string_view name) {
    std::string out;
    for (const char c : name) out += static_cast<unsigned char>(c) < 0x80 ? c : '_';
    return out;
  }

  const std::vector<std::string>* listed_;
  std::set<int> features_, weights_;
  std::size_t named_ = 0;
};

}  // namespace qmtl::inline QMTL_ABI::detail::openqasm
