#pragma once
// SPDX-License-Identifier: Apache-2.0
// The vocabulary of encodings and blocks: layer counts, rotation axes, entanglers.

#include <array>
#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "qmtl/circuit/combinators.hpp"

namespace qmtl::inline QMTL_ABI {

/// How often an encoding or block repeats its layer.
template <int Count>
struct Layers {
  static constexpr int count = Count >= 1 ? Count : 1;  // of an error only one
  static_assert(Count >= 1, "qmtl: Layers<L> must be at least one");
};

/// How many features an encoding takes.
template <int Count>
struct Features {
  static constexpr int count = Count >= 1 ? Count : 1;
  static_assert(Count >= 1, "qmtl: Features<F> must be at least one");
};

namespace detail {

/// The count of Layers<L>; of anything else an error, and a count with which compilers can go on.
template <class L>
struct LayerCount {
  static constexpr int value = 1;
  static constexpr bool is_layers = never<L>;
  static_assert(is_layers, "qmtl: a number of layers must be given as Layers<L>; an entangler comes before it");
};
template <int L>
struct LayerCount<Layers<L>> {
  static constexpr int value = Layers<L>::count;
};

/// The same for Features<F>.
template <class F>
struct FeatureCount {
  static constexpr int value = 1;
  static constexpr bool is_features = never<F>;
  static_assert(is_features, "qmtl: a number of features must be given as Features<F>, after the layers");
};
template <int F>
struct FeatureCount<Features<F>> {
  static constexpr int value = Features<F>::count;
};

template <class L>
inline constexpr int layer_count = LayerCount<L>::value;
template <class F>
inline constexpr int encoded_features = FeatureCount<F>::value;

}  // namespace detail

/// A rotation axis: RX, RY or RZ.
enum class Axis : std::uint8_t { X, Y, Z };

/// The rotation by `angle` radians about an axis.
[[nodiscard]] constexpr Operation rotation(Axis axis, int qubit, Angle angle) {
  switch (axis) {
    case Axis::X: return gate::rx(qubit, angle);
    case Axis::Y: return gate::ry(qubit, angle);
    case Axis::Z: return gate::rz(qubit, angle);
  }
  throw CircuitError(detail::text("qmtl: an axis must be X, Y or Z, got number ", static_cast<int>(axis)));
}

/// The rotations that a layer applies to each qubit, first to last.
template <Axis... A>
struct Axes {
  static_assert(sizeof...(A) >= 1, "qmtl: Axes<...> must name at least one axis");
  static constexpr int count = sizeof...(A);
  static constexpr std::array<Axis, sizeof...(A)> list{A...};
  [[nodiscard]] static std::string describe() {
    std::string out;
    for (const Axis axis : list) out += detail::text(out.empty() ? "R" : ",R", "XYZ"[static_cast<int>(axis)]);
    return out;
  }
};

/// Which pairs of qubits an entangler couples, in order.
namespace pattern {

/// (0,1), (1,2), ..., (N-2,N-1).
struct Chain {
  static constexpr std::string_view name = "chain";
  static constexpr int count(int n) noexcept { return n - 1; }
  static constexpr std::pair<int, int> pair(int, int i) noexcept { return {i, i + 1}; }
};

/// The chain closed by (N-1,0); for two qubits the one pair (0,1).
struct Ring {
  static constexpr std::string_view name = "ring";
  static constexpr int count(int n) noexcept { return n > 2 ? n : n - 1; }
  static constexpr std::pair<int, int> pair(int n, int i) noexcept { return {i, (i + 1) % n}; }
};

/// (0,1), (2,3), ... and then (1,2), (3,4), ...: two sub-layers of disjoint pairs.
struct Brickwork {
  static constexpr std::string_view name = "brickwork";
  static constexpr int count(int n) noexcept { return n - 1; }
  static constexpr std::pair<int, int> pair(int n, int i) noexcept {
    const int even = n / 2;
    const int first = i < even ? 2 * i : 2 * (i - even) + 1;
    return {first, first + 1};
  }
};

/// Every pair (a,b) with a < b.
struct AllToAll {
  static constexpr std::string_view name = "all-to-all";
  static constexpr int count(int n) noexcept { return n * (n - 1) / 2; }
  static constexpr std::pair<int, int> pair(int n, int i) noexcept {
    int a = 0;
    for (int row = n - 1; i >= row; --row) {
      i -= row;
      ++a;
    }
    return {a, a + 1 + i};
  }
};

}  // namespace pattern

/// A layer of one two-qubit gate without angle on a pattern of pairs; the first of a pair is the control.
template <Gate G, class Pattern>
struct EntanglerLayer {
  static_assert(info(G).qubits == 2 && info(G).angles == 0,
                "qmtl: an entangler must be made of a two-qubit gate without angles");
  template <int N>
  [[nodiscard]] static constexpr auto make() {
    Circuit<N, Pattern::count(N)> out;
    for (int i = 0; i < Pattern::count(N); ++i) {
      const auto [a, b] = Pattern::pair(N, i);
      out.operations[static_cast<std::size_t>(i)] = Operation{G, {a, b}, {}};
    }
    return out;
  }
  [[nodiscard]] static std::string describe() { return detail::text(info(G).name, ' ', Pattern::name); }
};

/// No entangler: qubits stay a product state.
struct NoEntangler {
  template <int N>
  [[nodiscard]] static constexpr auto make() {
    return make_circuit<N>();
  }
  [[nodiscard]] static std::string describe() { return "no entangler"; }
};

using CxChain = EntanglerLayer<Gate::CX, pattern::Chain>;
using CxRing = EntanglerLayer<Gate::CX, pattern::Ring>;
using CxBrickwork = EntanglerLayer<Gate::CX, pattern::Brickwork>;
using CxAllToAll = EntanglerLayer<Gate::CX, pattern::AllToAll>;
using CzChain = EntanglerLayer<Gate::CZ, pattern::Chain>;
using CzRing = EntanglerLayer<Gate::CZ, pattern::Ring>;
using CzBrickwork = EntanglerLayer<Gate::CZ, pattern::Brickwork>;
using CzAllToAll = EntanglerLayer<Gate::CZ, pattern::AllToAll>;

/// A type whose `make<N>()` is a circuit on N qubits without parameters.
template <class T>
concept Entangler = requires {
  { T::template make<3>() } -> CircuitValue;
  { T::describe() } -> std::convertible_to<std::string>;
};

namespace detail {

/// An entangler as it is; of anything else an error, and one with which compilers can go on.
template <class T>
struct CheckedEntangler {
  using type = NoEntangler;
  static constexpr bool is_entangler = Entangler<T>;
  static_assert(is_entangler, "qmtl: an entangler must have make<N>() and describe(), as CzRing; none is NoEntangler");
};
template <Entangler T>
struct CheckedEntangler<T> {
  using type = T;
};

/// The same for Axes<...>.
template <class T>
struct CheckedAxes {
  using type = Axes<Axis::Y>;
  static constexpr bool is_axes = never<T>;
  static_assert(is_axes, "qmtl: the axes of a block must be given as Axes<Axis::Y, ...>, before the entangler");
};
template <Axis... A>
struct CheckedAxes<Axes<A...>> {
  using type = Axes<A...>;
};

/// The same for a pattern of pairs.
template <class T>
struct CheckedPattern {
  using type = pattern::Chain;
  static constexpr bool is_pattern = never<T>;
  static_assert(is_pattern, "qmtl: a pattern of pairs must have count(n), pair(n, i) and a name, as pattern::Ring");
};
template <class T>
requires requires {
  T::name;
  { T::count(3) } -> std::convertible_to<int>;
  { T::pair(3, 0) } -> std::convertible_to<std::pair<int, int>>;
}
struct CheckedPattern<T> {
  using type = T;
};

template <class T>
using EntanglerOf = typename CheckedEntangler<T>::type;
template <class T>
using AxesOf = typename CheckedAxes<T>::type;
template <class T>
using PatternOf = typename CheckedPattern<T>::type;

}  // namespace detail
}  // namespace qmtl::inline QMTL_ABI
