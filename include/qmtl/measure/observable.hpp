#pragma once
// SPDX-License-Identifier: Apache-2.0
// Observables of readouts, written as text: "0.7 Z0 Z1 + 0.3 X0".

#include <algorithm>
#include <array>
#include <bit>
#include <concepts>
#include <cstddef>
#include <string>

#include "qmtl/core/name.hpp"
#include "qmtl/measure/pauli_text.hpp"

namespace qmtl::inline QMTL_ABI {

/// One or several observables of a window: `count` of them, on at least `width` local qubits, as Pauli terms with the
/// number of their observable, those of each together.
template <class O>
concept ObservableList = requires {
  { O::count } -> std::convertible_to<int>;
  { O::width } -> std::convertible_to<int>;
  { O::terms[0].observable } -> std::convertible_to<int>;
  { O::describe() } -> std::convertible_to<std::string>;
};

namespace detail {

/// What is wrong with the first text that cannot be read.
template <Name... Texts>
inline constexpr PauliTextError error_of = [] {
  auto first = sizeof...(Texts) > 0 ? PauliTextError::none : PauliTextError::no_terms;
  const auto check = [&first](PauliTextError error) { first = first == PauliTextError::none ? error : first; };
  (check(parsed_pauli_sum<Texts>.error), ...);
  return first;
}();

/// The terms of several texts; of an error only Z0.
template <Name... Texts>
[[nodiscard]] constexpr auto parsed_terms() {
  if constexpr (error_of<Texts...> == PauliTextError::none) {
    std::array<ObservableTerm, (parsed_pauli_sum<Texts>.count + ...)> terms{};
    std::size_t next = 0;
    int observable = 0;
    const auto add = [&](const auto& sum) {
      for (std::size_t i = 0; i < sum.count; ++i) terms[next++] = {observable, sum.terms[i]};
      ++observable;
    };
    (add(parsed_pauli_sum<Texts>), ...);
    return terms;
  } else {
    return std::array{ObservableTerm{0, {1.0, pauli_z(0)}}};
  }
}

template <class Terms>
[[nodiscard]] constexpr int qubits_of_terms(const Terms& terms) noexcept {
  Index support = 1;
  for (const auto& [observable, term] : terms) support |= term.string.support();
  return static_cast<int>(std::bit_width(support));
}

/// "0.7*Z0*Z1 + 0.3*X0", and "; " between observables.
template <class Terms>
[[nodiscard]] std::string describe_terms(const Terms& terms) {
  std::string out;
  PauliSum sum;
  for (std::size_t i = 0; i < terms.size(); ++i) {
    sum += terms[i].term;
    if (i + 1 < terms.size() && terms[i + 1].observable == terms[i].observable) continue;
    out += (out.empty() ? "" : "; ") + to_string(sum);
    sum = {};
  }
  return out;
}

/// The square root, by Newton's steps from above.
[[nodiscard]] constexpr double square_root(double square) noexcept {
  double root = square > 1.0 ? square : 1.0;
  for (double next = (root + square / root) / 2; next < root; next = (root + square / root) / 2) root = next;
  return root;
}

/// What bounds the eigenvalues of every observable. In O^2 = sum over a, b of c_a c_b P_a P_b strings that anticommute
/// cancel: the largest eigenvalue of O^2 is at most sum c_a^2 + 2 sum over commuting pairs of |c_a c_b|. Attained where
/// all strings anticommute, and where they commute and are independent.
template <class Terms>
[[nodiscard]] constexpr double bound_of_terms(const Terms& terms) noexcept {
  double bound = 0.0;
  for (std::size_t a = 0; a < terms.size(); ++a) {
    double square = 0.0;
    for (std::size_t i = a; i < terms.size() && terms[i].observable == terms[a].observable; ++i) {
      for (std::size_t j = a; j < terms.size() && terms[j].observable == terms[a].observable; ++j) {
        const auto &p = terms[i].term, &q = terms[j].term;
        if (std::popcount((p.string.x & q.string.z) ^ (p.string.z & q.string.x)) % 2 != 0) continue;
        const double product = p.coefficient * q.coefficient;
        square += product < 0.0 ? -product : product;
      }
    }
    bound = std::max(bound, square_root(square));
  }
  return bound;
}

}  // namespace detail

/// One observable, or several, one a text: real combinations of products of X, Y and Z on local qubits, as
/// "0.7 Z0 Z1 + 0.3 X0 - Y1". A number alone, or before I, is a multiple of the identity.
template <Name... Texts>
struct Observables {
  static constexpr auto error = detail::error_of<Texts...>;
  static_assert(error != detail::PauliTextError::no_terms, "qmtl: an observable must have at least one term");
  static_assert(error != detail::PauliTextError::not_real,
                "qmtl: an observable's coefficients must be real, or it is not Hermitian");
  static_assert(error != detail::PauliTextError::repeated_qubit,
                "qmtl: a term of an observable must name a qubit once");
  static_assert(error != detail::PauliTextError::high_qubit, "qmtl: an observable's qubits must be 0 to 63");
  static_assert(error != detail::PauliTextError::syntax,
                "qmtl: an observable must read like 0.7 Z0 Z1 + 0.3 X0: real numbers, I, X, Y, Z with their qubits");

  static constexpr int count = sizeof...(Texts);
  static constexpr auto terms = detail::parsed_terms<Texts...>();
  static constexpr int width = detail::qubits_of_terms(terms);
  [[nodiscard]] static std::string describe() { return detail::describe_terms(terms); }
};

template <Name Text>
using Observable = Observables<Text>;

/// The sum of Z over a window of `Width` qubits, between -Width and Width.
template <int Width>
struct Magnetisation {
  static_assert(Width > 0, "qmtl: a magnetisation must be of at least one qubit");
  static constexpr int count = 1;
  static constexpr int width = Width;
  static constexpr auto terms = [] {
    std::array<ObservableTerm, static_cast<std::size_t>(Width)> sum{};
    for (int q = 0; q < Width; ++q) sum[static_cast<std::size_t>(q)] = {0, {1.0, pauli_z(q)}};
    return sum;
  }();
  [[nodiscard]] static std::string describe() { return detail::text("magnetisation of ", Width, " qubits"); }
};

/// The same observables, with the coefficients of all terms as parameters of the readout, which start at their values
/// here. A device measures each term by itself.
template <ObservableList O>
struct TrainableWeights {
  static constexpr int count = O::count;
  static constexpr int width = O::width;
  static constexpr auto terms = O::terms;
  [[nodiscard]] static std::string describe() { return "trainable weights of " + O::describe(); }
};

}  // namespace qmtl::inline QMTL_ABI
