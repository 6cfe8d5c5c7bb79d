#pragma once
// SPDX-License-Identifier: Apache-2.0
// Exceptions: each says what was wrong, where, and what was expected.

#include <concepts>
#include <stdexcept>
#include <string>
#include <string_view>

#include "qmtl/core/config.hpp"
#include "qmtl/core/number_text.hpp"

namespace qmtl {

/// Base of every exception that qmtl throws.
struct Error : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// A size, shape or count that does not fit the type or the other arguments.
struct ShapeError : Error {
  using Error::Error;
};

/// A value outside its domain: NaN, infinity, a label out of range, an impossible setting.
struct ValueError : Error {
  using Error::Error;
};

/// A file that cannot be read, written, or understood.
struct FileError : Error {
  using Error::Error;
};

/// A circuit that breaks a rule: a qubit outside the register, a repeated qubit, a bad parameter index.
struct CircuitError : Error {
  using Error::Error;
};

/// A computation that left the finite numbers, as a training run that diverged.
struct NumericalError : Error {
  using Error::Error;
};

/// More memory than the system has: the message says for what, and how many bytes.
struct MemoryError : Error {
  using Error::Error;
};

/// A call that the object cannot serve, as one on an object that has been moved from.
struct LogicError : Error {
  using Error::Error;
};

namespace detail {

/// False, but not before a template is instantiated: for a primary template that is there to say what is wrong.
template <class...>
inline constexpr bool never = false;

inline void append_text(std::string& out, std::string_view text) { out += text; }
inline void append_text(std::string& out, const char* text) { out += text; }
inline void append_text(std::string& out, char character) { out += character; }
inline void append_text(std::string& out, bool value) { out += value ? "true" : "false"; }
inline void append_text(std::string& out, std::integral auto value) { out += std::to_string(value); }
inline void append_text(std::string& out, std::floating_point auto value) {
  out += number_text(static_cast<double>(value), std::chars_format::general, 9);
}

/// Joins its arguments into one string: text, integers and reals (nine digits). The same in every locale.
template <class... Parts>
[[nodiscard]] std::string text(const Parts&... parts) {
  std::string out;
  (append_text(out, parts), ...);
  return out;
}

/// Throws ShapeError unless `actual == expected`; `what` names the quantity ("angles: rows").
inline void require_size(std::string_view what, std::integral auto actual, std::integral auto expected) {
  if (static_cast<long long>(actual) != static_cast<long long>(expected)) {
    throw ShapeError(text("qmtl: ", what, " must be ", expected, ", got ", actual));
  }
}

}  // namespace detail
}  // namespace qmtl
