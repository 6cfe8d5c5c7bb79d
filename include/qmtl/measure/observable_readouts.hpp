#pragma once
// SPDX-License-Identifier: Apache-2.0
// Readouts of any Hermitian observables, with fixed or trainable weights, for every kind of label.

#include <array>
#include <cstddef>
#include <string>
#include <string_view>

#include "qmtl/measure/observable.hpp"
#include "qmtl/measure/readout.hpp"

namespace qmtl::inline QMTL_ABI {

namespace detail {

/// Logit o = scale * <O_o>. O is an ObservableList, which its own errors say in fewer lines.
template <class O, class Scale>
struct ObservableLogits : LinearLogits<O::count, Scale> {
  static constexpr int width = O::width;
  static constexpr auto terms = O::terms;
  static constexpr double spectral_bound = bound_of_terms(O::terms);
};

/// Logit o = scale * sum of w_j <P_j> over the terms of O_o, w_j being parameter j: each term is an observable of its
/// own.
template <class O, class ScaleType>
struct ObservableLogits<TrainableWeights<O>, ScaleType> {
  static_assert(!ScaleType::trainable, "qmtl: a readout of trainable weights must have a fixed scale");
  using Scale = ScaleType;
  static constexpr int width = O::width;
  static constexpr int outputs = O::count;
  static constexpr int observables = static_cast<int>(O::terms.size());
  static constexpr int parameters = observables;
  static constexpr auto terms = [] {
    auto each = O::terms;
    int observable = 0;
    for (auto& term : each) term = {observable++, {1.0, term.term.string}};
    return each;
  }();
  [[nodiscard]] static constexpr double initial(int parameter) noexcept {
    return O::terms[static_cast<std::size_t>(parameter)].term.coefficient;
  }

  template <Scalar S>
  static void logits(const S* expectations, const S* weights, S* out) noexcept {
    for (int o = 0; o < outputs; ++o) out[o] = S(0);
    for (int j = 0; j < observables; ++j) {
      out[output_of(j)] += static_cast<S>(Scale::value) * weights[j] * expectations[j];
    }
  }
  template <Scalar S>
  static void backward(const S* expectations, const S* weights, const S* dlogits, S* dexpectations,
                       S* dweights) noexcept {
    for (int j = 0; j < observables; ++j) {
      const S scaled = static_cast<S>(Scale::value) * dlogits[output_of(j)];
      dexpectations[j] = weights[j] * scaled;
      dweights[j] += expectations[j] * scaled;
    }
  }

 private:
  [[nodiscard]] static constexpr int output_of(int term) noexcept {
    return O::terms[static_cast<std::size_t>(term)].observable;
  }
};

template <class O, class Scale>
[[nodiscard]] std::string describe_observables(std::string_view kind) {
  return text(kind, ", ", O::describe(), ", ", scale_text<Scale>());
}

}  // namespace detail

/// One logit, scale * <O>, for labels 0 and 1, as Binary: `BinaryOf<Observable<"0.7 Z0 Z1 + 0.3 X0">>`,
/// `BinaryOf<Magnetisation<3>>`, `BinaryOf<TrainableWeights<Observable<"Z0 + X1">>>`.
template <class O, class Scale = FixedScale<4>>
struct BinaryOf : detail::ObservableLogits<O, Scale> {
  static_assert(O::count == 1, "qmtl: a binary readout must have one observable");
  static constexpr int classes = 2;
  [[nodiscard]] static std::string describe() { return detail::describe_observables<O, Scale>("binary"); }
};

/// Logit c is scale * <O_c>, for labels 0 .. C-1, as Classes<C>: `ClassesOf<Observables<"Z0 Z1", "X0", "Y1">>`.
template <class O, class Scale = FixedScale<4>>
struct ClassesOf : detail::ObservableLogits<O, Scale> {
  static_assert(O::count >= 2, "qmtl: ClassesOf must have at least two observables, one a class");
  static constexpr int classes = O::count;
  [[nodiscard]] static std::string describe() {
    return detail::describe_observables<O, Scale>(detail::text(classes, " classes"));
  }
};

/// One real prediction scale * <O>, as Regression.
template <class O, class Scale = FixedScale<4>>
struct RegressionOf : detail::ObservableLogits<O, Scale> {
  static_assert(O::count == 1, "qmtl: a regression readout must have one observable");
  static constexpr int classes = 0;
  [[nodiscard]] static std::string describe() { return detail::describe_observables<O, Scale>("regression"); }
};

/// Raw expectation values, for a head used as a layer without a loss of its own, as Expectations.
template <class O>
struct ExpectationsOf : detail::ObservableLogits<O, FixedScale<1>> {
  static constexpr int classes = 0;
  [[nodiscard]] static std::string describe() { return "expectations of " + O::describe(); }
};

template <class O>
inline constexpr bool predicts_target<ExpectationsOf<O>> = false;

}  // namespace qmtl::inline QMTL_ABI
