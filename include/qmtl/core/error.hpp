#pragma once
// SPDX-License-Identifier: Apache-2.0
// Exceptions: each says what was wrong, where, and what was expected.

#include <concepts>
#include <initializer_list>
#include <stdexcept>
#include <string>
#include <string_view>

#include "qmtl/core/config.hpp"
#include "qmtl/core/number_text.hpp"

namespace qmtl::inline QMTL_ABI {

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

/// A piece of a message, as a value of one type: so that putting a message together is compiled once, and not for every
/// combination of types.
class TextPart {
 public:
  // Not explicit: made of whatever a message names.
  TextPart(std::string_view value) noexcept : kind_(Kind::characters), characters_(value) {}
  TextPart(const std::string& value) noexcept : TextPart(std::string_view(value)) {}
  TextPart(const char* value) noexcept : TextPart(std::string_view(value)) {}
  TextPart(bool value) noexcept : TextPart(value ? "true" : "false") {}
  TextPart(char value) noexcept : kind_(Kind::character), character_(value) {}
  TextPart(std::signed_integral auto value) noexcept : kind_(Kind::integer), integer_(value) {}
  TextPart(std::unsigned_integral auto value) noexcept : kind_(Kind::natural), natural_(value) {}
  TextPart(std::floating_point auto value) noexcept : kind_(Kind::real), real_(static_cast<double>(value)) {}

  QMTL_COLD void append_to(std::string& out) const {
    switch (kind_) {
      case Kind::characters: out += characters_; break;
      case Kind::character: out += character_; break;
      case Kind::integer: out += std::to_string(integer_); break;
      case Kind::natural: out += std::to_string(natural_); break;
      case Kind::real: out += number_text(real_, std::chars_format::general, 9); break;
    }
  }

 private:
  enum class Kind : char { characters, character, integer, natural, real };
  Kind kind_;
  union {
    std::string_view characters_;
    char character_;
    long long integer_;
    unsigned long long natural_;
    double real_;
  };
};

[[nodiscard]] QMTL_COLD inline std::string join(std::initializer_list<TextPart> parts) {
  std::string out;
  for (const TextPart& part : parts) part.append_to(out);
  return out;
}

/// Joins its arguments into one string: text, integers and reals (nine digits). The same in every locale.
template <class... Parts>
[[nodiscard]] std::string text(const Parts&... parts) {
  return join({TextPart(parts)...});
}

[[noreturn]] QMTL_COLD inline void throw_size(std::string_view what, TextPart actual, TextPart expected) {
  throw ShapeError(text("qmtl: ", what, " must be ", expected, ", got ", actual));
}

/// Throws ShapeError unless `actual == expected`; `what` names the quantity ("angles: rows").
inline void require_size(std::string_view what, std::integral auto actual, std::integral auto expected) {
  if (static_cast<long long>(actual) != static_cast<long long>(expected)) throw_size(what, actual, expected);
}

}  // namespace detail
}  // namespace qmtl::inline QMTL_ABI
