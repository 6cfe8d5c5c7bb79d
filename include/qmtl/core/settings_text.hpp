#pragma once
// SPDX-License-Identifier: Apache-2.0
// Settings as text, by which a checkpoint is known to be of the same training.

#include <concepts>
#include <string>
#include <string_view>

#include "qmtl/core/error.hpp"
#include "qmtl/core/number_text.hpp"

namespace qmtl::inline QMTL_ABI {

/// Lines of "word, name value, name value", with all digits of each number: two settings have the same text if and only
/// if they are equal. Within a word or value a line feed is written as \n, a comma as \, and a backslash as \\.
class SettingsText {
 public:
  /// Begins a line.
  void line(std::string_view start) {
    if (!out_.empty()) out_ += '\n';
    out_ += start;
    separator_ = " ";
  }
  /// Adds what a kind of settings is called, or another word.
  void word(const auto& value) {
    out_ += separator_;
    for (const char c : detail::text(value)) {
      if (c == '\n' || c == ',' || c == '\\') out_ += '\\';
      out_ += c == '\n' ? 'n' : c;
    }
    separator_ = ", ";
  }
  void word(const std::floating_point auto& value) { word(detail::exact(static_cast<double>(value))); }
  /// Adds a setting.
  void setting(std::string_view name, const auto& value) { word(detail::text(name, ' ', value)); }
  void setting(std::string_view name, const std::floating_point auto& value) {
    setting(name, detail::exact(static_cast<double>(value)));
  }
  [[nodiscard]] const std::string& str() const noexcept { return out_; }

 private:
  std::string out_;
  const char* separator_ = "";
};

/// Settings that a training can be told by: `describe(text)` adds a word for their kind, then every setting.
template <class T>
concept DescribedSettings = std::copy_constructible<T> && requires(const T& settings, SettingsText& text) {
  settings.describe(text);
};

namespace detail {

/// "kind, name value, ..." of settings.
template <DescribedSettings T>
[[nodiscard]] std::string description(const T& settings) {
  SettingsText text;
  settings.describe(text);
  return text.str();
}

}  // namespace detail
}  // namespace qmtl::inline QMTL_ABI
