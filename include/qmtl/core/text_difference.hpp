#pragma once
// SPDX-License-Identifier: Apache-2.0
// Where two texts differ first.

#include <algorithm>
#include <cstddef>
#include <string_view>
#include <vector>

#include "qmtl/core/config.hpp"

namespace qmtl::inline QMTL_ABI::detail {

[[nodiscard]] inline std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const auto end = text.find('\n');
    lines.push_back(text.substr(0, end));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  return lines;
}

/// Where two texts differ first, line by line; "nothing" stands for a line that is not there. Both empty: nowhere.
struct LineDifference {
  std::string_view first, second;
};
[[nodiscard]] inline LineDifference first_difference(std::string_view first, std::string_view second) {
  const auto a = lines_of(first);
  const auto b = lines_of(second);
  for (std::size_t i = 0; i < std::max(a.size(), b.size()); ++i) {
    const LineDifference lines{i < a.size() ? a[i] : "nothing", i < b.size() ? b[i] : "nothing"};
    if (lines.first != lines.second) return lines;
  }
  return {};
}

}  // namespace qmtl::inline QMTL_ABI::detail
