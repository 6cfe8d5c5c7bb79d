#pragma once
// SPDX-License-Identifier: Apache-2.0
// Secret: a key that comes from the environment, goes into requests and nowhere else.

#include <cstdlib>
#include <string>
#include <string_view>
#include <utility>

#include "qmtl/core/error.hpp"

namespace qmtl::inline QMTL_ABI {

/// The value of an environment variable, of which nothing but `reveal()` tells: it has no text, no comparison, and is
/// overwritten when it ends. Keys are read from the environment only, so that none stands in a source or on a command
/// line.
class Secret {
 public:
  /// Throws ValueError, which names the variable, where it is not set, empty, or has characters that no header may
  /// have.
  [[nodiscard]] static Secret from_environment(const std::string& variable) {
    const char* value = std::getenv(variable.c_str());
    if (value == nullptr || *value == '\0') {
      throw ValueError(detail::text("qmtl: Secret: expected the environment variable ", variable, ", got none"));
    }
    return Secret(value, variable);
  }

  Secret(const Secret&) = default;
  Secret(Secret&& other) noexcept {
    value_.append(other.value_);  // moved, a short text would stay behind
    other.erase();
  }
  Secret& operator=(Secret other) noexcept {
    value_.swap(other.value_);
    return *this;
  }
  ~Secret() { erase(); }

  /// For a request. Keep it out of messages, logs and files.
  [[nodiscard]] const std::string& reveal() const noexcept { return value_; }

  /// One that a service has given, as a token.
  [[nodiscard]] static Secret from_service(std::string value, std::string_view what) {
    return {std::move(value), what};
  }

 private:
  Secret(std::string value, std::string_view name) : value_(std::move(value)) {
    for (const char c : value_) {
      if (c > ' ' && c < 0x7f) continue;
      erase();
      throw ValueError(detail::text("qmtl: Secret: ", name, ": expected printable ASCII characters without spaces"));
    }
  }

  void erase() noexcept {
    volatile char* at = value_.data();
    for (std::size_t i = 0; i < value_.size(); ++i) at[i] = '\0';
    value_.clear();
  }

  std::string value_;
};

}  // namespace qmtl::inline QMTL_ABI
