#pragma once
// SPDX-License-Identifier: Apache-2.0
// String literals as template arguments.

#include <algorithm>
#include <cstddef>
#include <string_view>

#include "qmtl/core/config.hpp"

namespace qmtl::inline QMTL_ABI {

/// A string literal as a template argument.
template <std::size_t Size>
struct Name {
  char characters[Size]{};
  constexpr Name(const char (&literal)[Size]) {  // NOLINT(google-explicit-constructor)
    std::copy_n(literal, Size, characters);
  }
  [[nodiscard]] constexpr std::string_view view() const noexcept { return {characters, Size - 1}; }
};

}  // namespace qmtl::inline QMTL_ABI
