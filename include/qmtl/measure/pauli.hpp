#pragma once
// SPDX-License-Identifier: Apache-2.0
// Pauli strings and weighted sums of them: the observables of exact simulation.

#include <bit>
#include <cmath>
#include <span>
#include <string>
#include <vector>

#include "qmtl/core/bits.hpp"
#include "qmtl/core/error.hpp"
#include "qmtl/core/number_text.hpp"

namespace qmtl::inline QMTL_ABI {

/// A product of Pauli matrices on distinct qubits: X where only `x` has a bit, Z where only `z`, Y where both, and the
/// identity elsewhere. Written `pauli_z(0) * pauli_x(3)`.
struct PauliString {
  Index x = 0;
  Index z = 0;

  /// Number of Y factors; the string is i^y_count times the product of its X and Z parts.
  [[nodiscard]] constexpr int y_count() const noexcept { return std::popcount(x & z); }
  /// The qubits on which the string is not the identity.
  [[nodiscard]] constexpr Index support() const noexcept { return x | z; }
  [[nodiscard]] constexpr bool diagonal() const noexcept { return x == 0; }

  friend constexpr bool operator==(const PauliString&, const PauliString&) = default;
};

inline constexpr PauliString identity_string{};

namespace detail {
[[nodiscard]] constexpr Index checked_mask(int qubit) {
  if (qubit < 0 || qubit > 63) throw CircuitError(text("qmtl: a Pauli's qubit must be 0 to 63, got ", qubit));
  return qubit_mask(qubit);
}
}  // namespace detail

[[nodiscard]] constexpr PauliString pauli_x(int qubit) { return {detail::checked_mask(qubit), 0}; }
[[nodiscard]] constexpr PauliString pauli_y(int qubit) {
  return {detail::checked_mask(qubit), detail::checked_mask(qubit)};
}
[[nodiscard]] constexpr PauliString pauli_z(int qubit) { return {0, detail::checked_mask(qubit)}; }

/// The product of strings on different qubits; throws CircuitError (or does not compile) if they share one.
[[nodiscard]] constexpr PauliString operator*(const PauliString& a, const PauliString& b) {
  if ((a.support() & b.support()) != 0) {
    throw CircuitError("qmtl: a product of Pauli strings must be over different qubits");
  }
  return {a.x | b.x, a.z | b.z};
}

/// A Pauli string with a real coefficient.
struct PauliTerm {
  double coefficient = 1.0;
  PauliString string;

  friend constexpr bool operator==(const PauliTerm&, const PauliTerm&) = default;
};

/// A term of one of several observables.
struct ObservableTerm {
  int observable = 0;  ///< which, from 0
  PauliTerm term;

  friend constexpr bool operator==(const ObservableTerm&, const ObservableTerm&) = default;
};

/// A Hermitian observable: a real combination of Pauli strings, `0.5 * pauli_z(0) + pauli_x(1)`.
class PauliSum {
 public:
  PauliSum() = default;
  PauliSum(const PauliString& string) : terms_{{1.0, string}} {}  // NOLINT(google-explicit-constructor)
  PauliSum(const PauliTerm& term) : terms_{term} {                // NOLINT(google-explicit-constructor)
    if (!std::isfinite(term.coefficient)) throw ValueError("qmtl: PauliSum: a coefficient must be finite");
  }

  [[nodiscard]] std::span<const PauliTerm> terms() const noexcept { return terms_; }

  PauliSum& operator+=(const PauliSum& other) {
    const std::size_t count = other.terms_.size();  // `other` may be this sum
    for (std::size_t i = 0; i < count; ++i) terms_.push_back(other.terms_[i]);
    return *this;
  }
  PauliSum& operator*=(double factor) {
    if (!std::isfinite(factor)) throw ValueError("qmtl: PauliSum: a coefficient must be finite");
    for (auto& term : terms_) term.coefficient *= factor;
    return *this;
  }

  /// The qubits on which some term acts.
  [[nodiscard]] Index support() const noexcept {
    Index mask = 0;
    for (const auto& term : terms_) mask |= term.string.support();
    return mask;
  }

 private:
  std::vector<PauliTerm> terms_;
};

[[nodiscard]] constexpr PauliTerm operator*(double factor, const PauliString& string) { return {factor, string}; }
[[nodiscard]] inline PauliSum operator+(PauliSum a, const PauliSum& b) { return a += b; }
[[nodiscard]] inline PauliSum operator-(PauliSum a, PauliSum b) { return a += b *= -1.0; }
[[nodiscard]] inline PauliSum operator*(double factor, PauliSum sum) { return sum *= factor; }
[[nodiscard]] inline PauliSum operator*(PauliSum sum, double factor) { return sum *= factor; }
[[nodiscard]] inline PauliSum operator/(PauliSum sum, double divisor) { return sum *= 1.0 / divisor; }
[[nodiscard]] inline PauliSum operator-(PauliSum sum) { return sum *= -1.0; }

/// The product of all terms with all terms, `2 * pauli_x(0) * (pauli_z(1) + pauli_z(2))`. Throws CircuitError if two of
/// them share a qubit.
[[nodiscard]] inline PauliSum operator*(const PauliSum& a, const PauliSum& b) {
  PauliSum product;
  for (const auto& left : a.terms()) {
    for (const auto& right : b.terms()) {
      product += PauliTerm{left.coefficient * right.coefficient, left.string * right.string};
    }
  }
  return product;
}

/// "0.5*Z0 + 1*X1*Z3"; the identity is "I". Coefficients are the shortest decimals of the same number.
[[nodiscard]] inline std::string to_string(const PauliSum& sum) {
  std::string out;
  for (const auto& term : sum.terms()) {
    out += (out.empty() ? "" : " + ") + detail::exact_decimal(term.coefficient);
    if (term.string.support() == 0) out += "*I";
    for (int q = 0; q < 64; ++q) {
      const int kind = bit_of(term.string.x, q) + 2 * bit_of(term.string.z, q);
      if (kind != 0) out += detail::text('*', " XZY"[kind], q);
    }
  }
  return out.empty() ? "0" : out;
}

}  // namespace qmtl::inline QMTL_ABI
