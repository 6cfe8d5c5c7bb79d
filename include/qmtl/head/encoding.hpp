#pragma once
// SPDX-License-Identifier: Apache-2.0
// Encodings: shared circuits that turn features into a state. Angle, dense angle, re-uploading, IQP and ZZ.

#include <algorithm>
#include <array>
#include <concepts>
#include <cstddef>
#include <string>

#include "qmtl/circuit/combinators.hpp"
#include "qmtl/circuit/drawing.hpp"
#include "qmtl/head/layers.hpp"
#include "qmtl/head/squash.hpp"

namespace qmtl::inline QMTL_ABI {

namespace detail {

// What EncodesFeatures asks for, one after the other, so that a message can say which it is.
template <class E>
concept CountsFeatures = CircuitType<E> && requires {
  { E::features } -> std::convertible_to<int>;
};
template <class E>
concept UsesOwnFeatures = CountsFeatures<E> &&(feature_count(E::circuit) <= E::features);
template <class E>
concept UsesAllWeights = UsesOwnFeatures<E> && weights_have_no_gap(E::circuit.ops());

}  // namespace detail

/// What every encoding has: a number of features and a circuit that uses no others.
template <class E>
concept EncodesFeatures = detail::UsesAllWeights<E> && fits(E::circuit);

/// An encoding that starts from a state of its own instead of |0...0>: amplitude and basis encoding.
/// prepare(x, psi) fills 2^N amplitudes from the features; `static constexpr bool real_amplitudes = true` says that
/// they are always real, and halves the work.
template <class E>
concept PreparesState = requires(const double* x, std::complex<double>* psi) {
  E::prepare(x, psi);
};

/// A shared, task-independent encoding. A user's own type needs `static constexpr int features` and a
/// `static constexpr auto circuit`; optional are `using Squash` (default CentredTanh<R>, R being feature_uses),
/// `describe()`, `static constexpr bool differentiable = false` where dL/dfeatures does not exist, and
/// `static constexpr bool standardizable`, which see.
template <class E>
concept Encoding = EncodesFeatures<E>;

template <Encoding E>
inline constexpr int encoding_qubits = std::remove_cvref_t<decltype(E::circuit)>::qubits;

/// Trainable weights of the encoding itself, shared by all tasks: only re-uploading has any among the built-in ones.
template <Encoding E>
inline constexpr int encoding_weights = weight_count(E::circuit);

template <Encoding E>
inline constexpr bool differentiable_encoding = [] {
  if constexpr (requires { E::differentiable; }) {
    return static_cast<bool>(E::differentiable);
  } else {
    return true;
  }
}();

/// How often a type's circuit uses the feature that it uses most, at least once: a use counts as much as its scale, a
/// product of two features as a use of each, and the sum is rounded up.
template <CircuitType E>
inline constexpr int feature_uses = [] {
  std::array<double, static_cast<std::size_t>(feature_count(E::circuit)) + 1> uses{};
  for (const auto& op : E::circuit.ops()) {
    for (const auto& angle : op.used_angles()) {
      const double scale = angle.scale < 0.0 ? -angle.scale : angle.scale;
      const bool product = angle.source == AngleSource::feature_product;
      if (product || angle.source == AngleSource::feature) uses[static_cast<std::size_t>(angle.index)] += scale;
      if (product || angle.source == AngleSource::weighted_feature) {
        uses[static_cast<std::size_t>(angle.second)] += scale;
      }
    }
  }
  const double most = *std::max_element(uses.begin(), uses.end());
  const int whole = static_cast<int>(most);
  return std::max(1, most - whole > 1e-9 ? whole + 1 : whole);
}();

namespace detail {

template <class E>
struct SquashOf {
  using type = CentredTanh<feature_uses<E>>;
};
template <class E>
requires requires { typename E::Squash; }
struct SquashOf<E> {
  using type = typename E::Squash;
};

/// Rotations that spread `features` values over N qubits: sub-layer s takes features s*N ... s*N + N-1, the last one
/// what is left, and an entangler follows each.
template <int N, int F, Axis A, class Ent>
[[nodiscard]] constexpr auto angle_layer() {
  constexpr int full = (F - 1) / N;
  constexpr auto entangler = Ent::template make<N>();
  const auto rest = layer<N, F - full * N>([](int q) { return rotation(A, q, feature(full * N + q)); });
  const auto sublayer = [&entangler](int s) {
    return make_circuit<N>(layer<N>([s](int q) { return rotation(A, q, feature(s * N + q)); }), entangler);
  };
  return make_circuit<N>(repeat<full>(sublayer), rest, entangler);
}

}  // namespace detail

template <Encoding E>
using SquashOf = typename detail::SquashOf<E>::type;

/// Whether inputs may be standardised that a backbone passes on to the encoding as they are: not where numbers mean
/// something by themselves, as angles, amplitudes or bits. An encoding says so by `static constexpr bool
/// standardizable`; by default one may unless its squashing is NoSquash.
template <Encoding E>
inline constexpr bool standardizable_encoding = [] {
  if constexpr (requires { E::standardizable; }) {
    return static_cast<bool>(E::standardizable);
  } else {
    return !std::same_as<SquashOf<E>, NoSquash>;
  }
}();

namespace detail {

/// What tells an encoding from others, but for its squashing.
template <Encoding E>
[[nodiscard]] std::string describe_circuit() {
  if constexpr (requires { E::describe(); }) {
    return E::describe();
  } else {
    return text("own encoding, ", E::features, " features on ", encoding_qubits<E>, " qubits, ",
                E::circuit.operations.size(), " operations ", fingerprint(E::circuit.ops()));
  }
}

}  // namespace detail

/// One line that identifies an encoding, also in saved models.
template <Encoding E>
[[nodiscard]] std::string describe_encoding() {
  constexpr bool counted = !requires { E::describe(); }
  &&!requires { typename E::Squash; };
  if constexpr (counted && feature_uses < E >> 1) {
    return detail::describe_circuit<E>() + ", " + SquashOf<E>::describe();
  } else {
    return detail::describe_circuit<E>();
  }
}

/// Angle encoding: each layer rotates qubit q by feature q and entangles. More features than qubits continue in
/// successive sub-layers. Angles are centred on pi/2 in sum by default.
template <int N, Axis A = Axis::Y, class Ent = CzRing, class L = Layers<1>, class F = Features<N>>
struct AngleEncoding {
  static constexpr int features = detail::encoded_features<F>;
  static constexpr auto circuit = repeat<detail::layer_count<L>>(
      detail::angle_layer<N, detail::encoded_features<F>, A, detail::EntanglerOf<Ent>>());
  using Squash = CentredTanh<detail::layer_count<L>>;
  [[nodiscard]] static std::string describe() {
    return detail::text("angle encoding R", "XYZ"[static_cast<int>(A)], ", ", features, " features on ", N, " qubits, ",
                        detail::layer_count<L>, " layers, ", detail::EntanglerOf<Ent>::describe());
  }
};

/// Dense angle encoding (LaRose and Coyle 2020): two features a qubit, RY by one and RZ by the other.
template <int N, class Ent = CzRing, class L = Layers<1>>
struct DenseAngleEncoding {
  static constexpr int features = 2 * N;
  static constexpr auto circuit = repeat<detail::layer_count<L>>(make_circuit<N>(
      layer<N>([](int q) { return make_circuit<N>(gate::ry(q, feature(2 * q)), gate::rz(q, feature(2 * q + 1))); }),
      detail::EntanglerOf<Ent>::template make<N>()));
  using Squash = CentredTanh<detail::layer_count<L>>;
  [[nodiscard]] static std::string describe() {
    return detail::text("dense angle encoding, ", features, " features on ", N, " qubits, ", detail::layer_count<L>,
                        " layers, ", detail::EntanglerOf<Ent>::describe());
  }
};

/// Whether re-uploaded features x enter as they are or as (1 + w) x + theta, w and theta trained for each use, as first
/// proposed.
struct FixedFrequencies {};
struct TrainableFrequencies {};

namespace detail {
/// A circuit's features with trainable frequencies and phases: two weights a use, from `first` on.
template <int N, int M>
[[nodiscard]] constexpr Circuit<N, M> with_trainable_frequencies(Circuit<N, M> c, int first) {
  for (auto& op : c.operations) {
    for (auto& angle : op.angles) {
      if (angle.source != AngleSource::feature) continue;
      angle = angle.scale * trainable_feature(first + 1, first, angle.index, 1.0) + angle.offset;
      first += 2;
    }
  }
  return c;
}
}  // namespace detail

/// Data re-uploading (Perez-Salinas et al. 2020): each layer is an angle encoding, RY by the features and the
/// entangler, and after it trainable RZ and RY on every qubit. Its 2 N L weights are shared by all tasks and count as
/// head parameters; trainable frequencies add two for each use of a feature.
template <int N, class Ent = CzRing, class L = Layers<2>, class F = Features<N>, class Frequencies = FixedFrequencies>
struct ReuploadingEncoding {
  static constexpr bool trainable = std::same_as<Frequencies, TrainableFrequencies>;
  static_assert(trainable || std::same_as<Frequencies, FixedFrequencies>,
                "qmtl: a re-uploading encoding's frequencies must be FixedFrequencies or TrainableFrequencies");
  static constexpr int features = detail::encoded_features<F>;
  static constexpr auto circuit = repeat<detail::layer_count<L>>([](int l) {
    auto encoded = detail::angle_layer<N, detail::encoded_features<F>, Axis::Y, detail::EntanglerOf<Ent>>();
    const int frequencies = 2 * (N * detail::layer_count<L> + l * detail::encoded_features<F>);
    if (trainable) encoded = detail::with_trainable_frequencies(encoded, frequencies);
    return make_circuit<N>(encoded, layer<N>([l](int q) {
                             const int first = 2 * (l * N + q);
                             return make_circuit<N>(gate::rz(q, weight(first)), gate::ry(q, weight(first + 1)));
                           }));
  });
  using Squash = CentredTanh<detail::layer_count<L>>;
  [[nodiscard]] static std::string describe() {
    return detail::text("re-uploading encoding, ", features, " features on ", N, " qubits, ", detail::layer_count<L>,
                        " layers, ", detail::EntanglerOf<Ent>::describe(), trainable ? ", trainable frequencies" : "");
  }
};

/// IQP encoding: each layer applies H, RZ by feature q, and RZZ by the product of the features on all pairs (a, b),
/// a < b.
template <int N, class L = Layers<2>, class Pattern = pattern::AllToAll>
struct IqpEncoding {
  static constexpr int features = N;
  static constexpr auto circuit = repeat<detail::layer_count<L>>(make_circuit<N>(
      layer<N>([](int q) { return gate::h(q); }), layer<N>([](int q) { return gate::rz(q, feature(q)); }), [] {
        Circuit<N, detail::PatternOf<Pattern>::count(N)> pairs;
        for (int i = 0; i < detail::PatternOf<Pattern>::count(N); ++i) {
          const auto [a, b] = detail::PatternOf<Pattern>::pair(N, i);
          pairs.operations[static_cast<std::size_t>(i)] = gate::rzz(a, b, feature(a) * feature(b));
        }
        return pairs;
      }()));
  using Squash = CentredTanh<1>;
  [[nodiscard]] static std::string describe() {
    return detail::text("IQP encoding on ", N, " qubits, ", detail::layer_count<L>, " layers, pairs ",
                        detail::PatternOf<Pattern>::name);
  }
};

/// ZZ feature map (Havlicek et al. 2019): each layer applies H, P(2 x_q), and on each pair CX, P(2 (pi - x_a)(pi -
/// x_b)), CX.
template <int N, class L = Layers<2>, class Pattern = pattern::AllToAll>
struct ZzEncoding {
  static constexpr int features = N;
  static constexpr auto circuit = repeat<detail::layer_count<L>>(make_circuit<N>(
      layer<N>([](int q) { return gate::h(q); }), layer<N>([](int q) { return gate::p(q, 2.0 * feature(q)); }), [] {
        Circuit<N, 3 * detail::PatternOf<Pattern>::count(N)> pairs;
        std::size_t k = 0;
        for (int i = 0; i < detail::PatternOf<Pattern>::count(N); ++i) {
          const auto [a, b] = detail::PatternOf<Pattern>::pair(N, i);
          pairs.operations[k++] = gate::cx(a, b);
          pairs.operations[k++] = gate::p(b, 2.0 * (pi - feature(a)) * (pi - feature(b)));
          pairs.operations[k++] = gate::cx(a, b);
        }
        return pairs;
      }()));
  using Squash = CentredTanh<1>;
  [[nodiscard]] static std::string describe() {
    return detail::text("ZZ feature map on ", N, " qubits, ", detail::layer_count<L>, " layers, pairs ",
                        detail::PatternOf<Pattern>::name);
  }
};

/// An encoding with another squashing: `WithSquash<AngleEncoding<4>, NoSquash>` takes angles in radians.
template <class E, class Sq>
struct WithSquash : E {
  using Squash = Sq;
  [[nodiscard]] static std::string describe() { return detail::describe_circuit<E>() + ", " + Sq::describe(); }
};

}  // namespace qmtl::inline QMTL_ABI
