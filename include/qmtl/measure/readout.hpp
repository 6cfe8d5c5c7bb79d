#pragma once
// SPDX-License-Identifier: Apache-2.0
// Readouts: what a task measures on its window, and how it turns the expectation values into logits. No classical
// layer.

#include <bit>
#include <cmath>
#include <concepts>
#include <limits>
#include <span>
#include <string>

#include "qmtl/core/bits.hpp"
#include "qmtl/core/error.hpp"
#include "qmtl/core/scalar.hpp"
#include "qmtl/measure/pauli.hpp"

namespace qmtl::inline QMTL_ABI {

/// A constant factor Numerator/Denominator between expectation value and logit.
template <int Numerator, int Denominator = 1>
struct FixedScale {
  static_assert(Numerator > 0 && Denominator > 0, "qmtl: a logit scale must be positive");
  static constexpr double value = static_cast<double>(Numerator) / Denominator;
  static constexpr bool trainable = false;
};

/// A factor that starts at Numerator/Denominator and is trained: one parameter of the head.
template <int Numerator, int Denominator = 1>
struct TrainableScale : FixedScale<Numerator, Denominator> {
  static constexpr bool trainable = true;
};

/// The form of Classes<C> in which logit c is scale * <Z> of local qubit c; softmax follows in the loss.
struct OneQubitPerClass {};

/// The form of Classes<C> in which class c is basis state c of ceil(log2 C) qubits. The logit is scale * log p_c, so
/// that with scale 1 softmax gives the measured probabilities, renormalised over the C states.
struct BasisStates {};

namespace detail {

template <class Scale>
[[nodiscard]] std::string scale_text() {
  return text(Scale::trainable ? "trainable scale " : "scale ", Scale::value);
}

/// The trained scale if there is one, else the constant.
template <class Scale, Scalar S>
[[nodiscard]] S scale_of(const S* weights) noexcept {
  if constexpr (Scale::trainable) {
    return weights[0];
  } else {
    return static_cast<S>(Scale::value);
  }
}

}  // namespace detail

/// What a readout of `Outputs` logits scale * <O> inherits: the maps from expectation values to logits and back, and
/// the scale as its only parameter, if it is trainable. One whose observables have eigenvalues beyond [-1, 1] declares
/// its own `spectral_bound`.
template <int Outputs, class ScaleType>
struct LinearLogits {
  using Scale = ScaleType;
  static constexpr int outputs = Outputs;
  static constexpr int parameters = Scale::trainable ? 1 : 0;
  static constexpr double spectral_bound = 1.0;  ///< of the largest magnitude of an eigenvalue

  template <Scalar S>
  static void logits(const S* expectations, const S* weights, S* out) noexcept {
    const S scale = detail::scale_of<Scale>(weights);
    for (int o = 0; o < Outputs; ++o) out[o] = scale * expectations[o];
  }

  /// From dL/dlogits: sets dL/dexpectations and adds to the gradient of the scale, if there is one.
  template <Scalar S>
  static void backward(const S* expectations, const S* weights, const S* dlogits, S* dexpectations,
                       S* dweights) noexcept {
    const S scale = detail::scale_of<Scale>(weights);
    for (int o = 0; o < Outputs; ++o) {
      dexpectations[o] = scale * dlogits[o];
      if constexpr (Scale::trainable) dweights[0] += expectations[o] * dlogits[o];
    }
  }
};

/// One logit, scale * <Z> of local qubit `Qubit`, for labels 0 and 1 (loss: binary cross-entropy). Label 1 is the
/// direction of |0>, where <Z> = +1.
template <class Scale = FixedScale<4>, int Qubit = 0>
struct BinaryReadout : LinearLogits<1, Scale> {
  static_assert(Qubit >= 0, "qmtl: a readout's qubit must not be negative");
  static constexpr int classes = 2;
  static constexpr int width = Qubit + 1;
  [[nodiscard]] static constexpr double eigenvalue(int, Index basis) noexcept {
    return parity_sign(basis, qubit_mask(Qubit));
  }
  [[nodiscard]] static std::string describe() {
    return detail::text("binary, Z on local qubit ", Qubit, ", ", detail::scale_text<Scale>());
  }
};

using Binary = BinaryReadout<>;

/// C logits for labels 0 .. C-1 (loss: softmax cross-entropy), in one of the two usual forms.
template <int C, class Form = OneQubitPerClass,
          class Scale = std::conditional_t<std::same_as<Form, BasisStates>, FixedScale<1>, FixedScale<4>>>
struct Classes;

/// Another form is an error.
template <int C, class Form, class Scale>
struct Classes : Classes<(C < 2 ? 2 : C), OneQubitPerClass, FixedScale<4>> {
  static constexpr bool is_form = detail::never<Form>;
  static_assert(is_form, "qmtl: the form of Classes<C, Form, Scale> must be OneQubitPerClass or BasisStates");
};

template <int C, class Scale>
struct Classes<C, OneQubitPerClass, Scale> : LinearLogits<C, Scale> {
  static_assert(C >= 2, "qmtl: Classes<C> must have at least two classes");
  static constexpr int classes = C;
  static constexpr int width = C;
  [[nodiscard]] static constexpr double eigenvalue(int output, Index basis) noexcept {
    return parity_sign(basis, qubit_mask(output));
  }
  [[nodiscard]] static std::string describe() {
    return detail::text(C, " classes, Z on one qubit per class, ", detail::scale_text<Scale>());
  }
};

template <int C, class ScaleType>
struct Classes<C, BasisStates, ScaleType> {
  static_assert(C >= 2, "qmtl: Classes<C> must have at least two classes");
  using Scale = ScaleType;
  static constexpr int classes = C;
  static constexpr int width = std::bit_width(static_cast<unsigned>(C - 1));
  static constexpr int outputs = C;
  static constexpr int parameters = Scale::trainable ? 1 : 0;
  /// Added to every probability, so that a basis state that never occurs has a large finite loss.
  static constexpr double floor = 1e-4;

  /// The projector on basis state `output` of the first `width` qubits.
  [[nodiscard]] static constexpr double eigenvalue(int output, Index basis) noexcept {
    return (basis & (dimension(width) - 1)) == static_cast<Index>(output) ? 1.0 : 0.0;
  }
  template <Scalar S>
  static void logits(const S* expectations, const S* weights, S* out) noexcept {
    for (int o = 0; o < C; ++o) out[o] = detail::scale_of<Scale>(weights) * std::log(clipped(expectations[o]));
  }
  template <Scalar S>
  static void backward(const S* expectations, const S* weights, const S* dlogits, S* dexpectations,
                       S* dweights) noexcept {
    for (int o = 0; o < C; ++o) {
      dexpectations[o] =
          expectations[o] <= S(0) ? S(0) : detail::scale_of<Scale>(weights) * dlogits[o] / clipped(expectations[o]);
      if constexpr (Scale::trainable) dweights[0] += std::log(clipped(expectations[o])) * dlogits[o];
    }
  }
  [[nodiscard]] static std::string describe() {
    return detail::text(C, " classes, basis states of ", width, " qubits, ", detail::scale_text<Scale>());
  }

 private:
  /// Rounding can leave a probability slightly below zero.
  template <Scalar S>
  [[nodiscard]] static S clipped(S probability) noexcept {
    return (probability < S(0) ? S(0) : probability) + static_cast<S>(floor);  // NaN stays NaN
  }
};

/// One real prediction scale * <Z> of local qubit `Qubit`, in [-scale, scale] (loss: squared error). `fit` standardises
/// targets, so that 4 is four deviations; it enlarges the spread where a target would lie outside.
template <class Scale = FixedScale<4>, int Qubit = 0>
struct Regression : BinaryReadout<Scale, Qubit> {
  static constexpr int classes = 0;
  [[nodiscard]] static std::string describe() {
    return detail::text("regression, Z on local qubit ", Qubit, ", ", detail::scale_text<Scale>());
  }
};

/// K raw values <Z> of local qubits 0 .. K-1, for a head used as a layer without a loss of its own.
template <int K>
struct Expectations : LinearLogits<K, FixedScale<1>> {
  static_assert(K >= 1, "qmtl: Expectations<K> must read at least one qubit");
  static constexpr int classes = 0;
  static constexpr int width = K;
  [[nodiscard]] static constexpr double eigenvalue(int output, Index basis) noexcept {
    return parity_sign(basis, qubit_mask(output));
  }
  [[nodiscard]] static std::string describe() { return detail::text("expectations of Z on ", K, " qubits"); }
};

/// The numbers of a readout: of logits, of classes (0 for a real target), of qubits that it reads at least, of
/// trainable parameters.
template <class R>
concept ReadoutNumbers = requires {
  { R::outputs } -> std::convertible_to<int>;
  { R::classes } -> std::convertible_to<int>;
  { R::width } -> std::convertible_to<int>;
  { R::parameters } -> std::convertible_to<int>;
};

/// A readout whose observables are diagonal in the computational basis: eigenvalue(observable, basis state).
template <class R>
concept DiagonalReadout = requires {
  { R::eigenvalue(0, Index{0}) } -> std::convertible_to<double>;
};

/// A readout whose observables are sums of Pauli terms on local qubits, in any basis: `static constexpr` terms, each
/// with the number of its observable. Real coefficients make them Hermitian.
template <class R>
concept PauliReadout = requires {
  std::span<const ObservableTerm>(R::terms);
};

/// Its scale, as FixedScale<4>, and its observables.
template <class R>
concept ReadoutOperator = requires {
  { R::Scale::value } -> std::convertible_to<double>;
}
&&(DiagonalReadout<R> || PauliReadout<R>);

/// From expectation values to logits, and back from dL/dlogits.
template <class R>
concept ReadoutMaps = requires(const double* in, double* out) {
  R::logits(in, in, out);
  R::backward(in, in, in, out, out);
};

/// What a task needs of its readout: K Hermitian observables on the qubits of the task's window, which are as many as
/// its outputs unless it has a `static constexpr int observables`, and how logits come from their expectation values
/// and its parameters. With more than one parameter it has initial(j), the value of parameter j before training.
template <class R>
concept Readout = ReadoutNumbers<R> && ReadoutOperator<R> && ReadoutMaps<R> && requires {
  { R::describe() } -> std::convertible_to<std::string>;
};

/// The number of observables of a readout.
template <ReadoutNumbers R>
inline constexpr int observable_count = [] {
  if constexpr (requires { R::observables; }) {
    return static_cast<int>(R::observables);
  } else {
    return static_cast<int>(R::outputs);
  }
}();

namespace detail {

/// The value of a readout's parameter before training: its scale, unless it says otherwise.
template <Readout R>
[[nodiscard]] constexpr double initial_parameter([[maybe_unused]] int parameter) noexcept {
  if constexpr (requires { R::initial(parameter); }) {
    return R::initial(parameter);
  } else {
    return R::Scale::value;
  }
}

}  // namespace detail

/// Whether a readout predicts a real target, of which `fit` learns the scale, and does not give the values of a layer.
template <Readout R>
inline constexpr bool predicts_target = R::classes == 0;
template <int K>
inline constexpr bool predicts_target<Expectations<K>> = false;

/// The largest magnitude of a readout's output, or what bounds it; infinity where its scale is trained, or it is not
/// linear in its expectation values.
template <Readout R>
inline constexpr double readout_reach = [] {
  if constexpr (std::derived_from<R, LinearLogits<R::outputs, typename R::Scale>>) {
    if (!R::Scale::trainable) return R::Scale::value * R::spectral_bound;
  }
  return std::numeric_limits<double>::infinity();
}();

static_assert(Readout<Binary> && Readout<Classes<3>> && Readout<Classes<5, BasisStates>> && Readout<Regression<>>);

}  // namespace qmtl::inline QMTL_ABI
