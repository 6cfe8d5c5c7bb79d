#pragma once
// SPDX-License-Identifier: Apache-2.0
// Pauli sums read from text at compile time.

#include <array>
#include <cstddef>
#include <string_view>

#include "qmtl/core/name.hpp"
#include "qmtl/measure/pauli.hpp"

namespace qmtl::inline QMTL_ABI::detail {

enum class PauliTextError : char { none, no_terms, not_real, repeated_qubit, high_qubit, syntax };

/// The terms of a text of `Size` characters, or what is wrong with it.
template <std::size_t Size>
struct ParsedPauliSum {
  std::array<PauliTerm, Size / 2 + 1> terms{};
  std::size_t count = 0;
  PauliTextError error = PauliTextError::none;
};

/// Reads "0.7 Z0 Z1 + 0.3*X0 - Y1 + 2": terms with signs between them, each a real number, Pauli matrices with the
/// numbers of their qubits, or both; blanks and * between them mean nothing.
class PauliTextReader {
 public:
  constexpr explicit PauliTextReader(std::string_view text) noexcept : rest_(text) { skip_blanks(); }

  template <std::size_t Size>
  [[nodiscard]] constexpr ParsedPauliSum<Size> read() noexcept {
    ParsedPauliSum<Size> sum;
    if (rest_.empty()) fail(PauliTextError::no_terms);
    while (error_ == PauliTextError::none && !rest_.empty()) {
      if (sum.count > 0 && front() != '+' && front() != '-') fail(PauliTextError::syntax);
      const PauliTerm term = read_term();
      if (error_ == PauliTextError::none) sum.terms[sum.count++] = term;
    }
    sum.error = error_;
    return sum;
  }

 private:
  [[nodiscard]] constexpr char front() const noexcept { return rest_.empty() ? '\0' : rest_.front(); }
  [[nodiscard]] constexpr bool at_digit() const noexcept { return front() >= '0' && front() <= '9'; }
  [[nodiscard]] constexpr bool at_pauli() const noexcept {
    return front() == 'I' || front() == 'X' || front() == 'Y' || front() == 'Z';
  }
  constexpr char take() noexcept {
    const char c = front();
    rest_.remove_prefix(1);
    return c;
  }
  constexpr void skip_blanks() noexcept {
    while (front() == ' ') take();
  }

  constexpr PauliTerm read_term() noexcept {
    PauliTerm term;
    while (front() == '+' || front() == '-') {
      if (take() == '-') term.coefficient = -term.coefficient;
      skip_blanks();
    }
    bool any = at_digit() || front() == '.', star = false;
    if (any) {
      term.coefficient *= read_number();
      star = read_separator();
    }
    if (front() == 'i' || front() == 'j') fail(PauliTextError::not_real);
    while (at_pauli() && error_ == PauliTextError::none) {
      read_factor(term.string);
      star = read_separator();
      any = true;
    }
    if (!any || star) fail(PauliTextError::syntax);
    return term;
  }

  /// Blanks, and a * between them; whether there was one.
  constexpr bool read_separator() noexcept {
    skip_blanks();
    const bool star = front() == '*';
    if (star) take();
    skip_blanks();
    return star;
  }

  /// Up to 15 digits are exact to the last bit.
  constexpr double read_number() noexcept {
    double digits = 0.0, unit = 1.0;
    bool any = false;
    for (bool fraction = false; at_digit() || (front() == '.' && !fraction);) {
      const char c = take();
      if (c == '.') {
        fraction = true;
        continue;
      }
      any = true;
      digits = 10.0 * digits + (c - '0');
      if (fraction) unit *= 10.0;
    }
    if (!any) fail(PauliTextError::syntax);
    return digits / unit;
  }

  constexpr void read_factor(PauliString& string) noexcept {
    const char letter = take();
    if (letter == 'I' && !at_digit()) return;
    if (!at_digit()) return fail(PauliTextError::syntax);
    int qubit = 0;
    while (at_digit() && qubit < 64) qubit = 10 * qubit + (take() - '0');
    if (qubit > 63) return fail(PauliTextError::high_qubit);
    const Index mask = qubit_mask(qubit);
    if ((string.support() & mask) != 0) return fail(PauliTextError::repeated_qubit);
    if (letter == 'X' || letter == 'Y') string.x |= mask;
    if (letter == 'Z' || letter == 'Y') string.z |= mask;
  }

  constexpr void fail(PauliTextError error) noexcept {
    if (error_ == PauliTextError::none) error_ = error;
  }

  std::string_view rest_;
  PauliTextError error_ = PauliTextError::none;
};

template <std::size_t Size>
[[nodiscard]] constexpr ParsedPauliSum<Size> parse_pauli_sum(std::string_view text) noexcept {
  return PauliTextReader(text).read<Size>();
}

template <Name Text>
inline constexpr auto parsed_pauli_sum = parse_pauli_sum<Text.view().size()>(Text.view());

}  // namespace qmtl::inline QMTL_ABI::detail
