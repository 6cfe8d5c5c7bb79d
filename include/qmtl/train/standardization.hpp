#pragma once
// SPDX-License-Identifier: Apache-2.0
// What a training makes of inputs and real-valued targets before its first step, and when a model's own statistics
// stay.

#include <cmath>
#include <concepts>
#include <span>
#include <string>
#include <utility>

#include "qmtl/model/model.hpp"
#include "qmtl/train/dataset.hpp"

namespace qmtl {

/// Whether a training standardises, inputs or targets: from `true` or `false`, or one of four choices.
struct Standardization {
  enum Choice {
    automatic,  ///< as `on`, but not where an encoding takes inputs as they are
    on,         ///< learn from the training rows, unless the model has statistics: then go on with its own
    anew,       ///< learn from the training rows; the same weights then give other predictions
    off         ///< leave what the model has: as they are, if it has no statistics
  };
  Choice choice = automatic;

  constexpr Standardization() = default;
  constexpr Standardization(Choice c) : choice(c) {}  // NOLINT(google-explicit-constructor)
  template <std::same_as<bool> Flag>
  constexpr Standardization(Flag standardize)
      : choice(standardize ? on : off) {}  // NOLINT(google-explicit-constructor)
};

namespace detail {

[[nodiscard]] inline const char* name_of(Standardization::Choice choice) noexcept {
  constexpr const char* names[] = {"automatic", "on", "anew", "off"};
  return names[choice];
}

/// Whether a model's inputs may be standardised: not those that its backbone passes on to an encoding that takes them
/// as they are.
template <Backbone B, Head H>
inline constexpr bool standardizable_inputs = [] {
  if constexpr (passes_inputs<B> && requires { typename H::EncodingType; }) {
    return standardizable_encoding<typename H::EncodingType>;
  } else {
    return true;
  }
}();

/// Throws ValueError for a choice to standardise inputs that may not be.
template <Backbone B, Head H>
void validate_standardization(Standardization inputs) {
  const bool asked = inputs.choice == Standardization::on || inputs.choice == Standardization::anew;
  if (standardizable_inputs<B, H> || !asked) return;
  throw ValueError(
      text("qmtl: fit: standardize, expected automatic or off where the backbone passes inputs on to an encoding that "
           "takes them as they are (bits, amplitudes, angles; see standardizable_encoding), got ",
           name_of(inputs.choice)));
}

/// The standardizer that a model is to have for a training on these inputs (features x rows).
template <Backbone B, Head H>
[[nodiscard]] Standardizer<typename B::Scalar> training_standardizer(const MultiTaskModel<B, H>& model,
                                                                     const BatchIn<typename B::Scalar>& inputs,
                                                                     Standardization choice) {
  Standardizer<typename B::Scalar> standardizer = model.standardizer();
  const bool anew = choice.choice == Standardization::anew || standardizer.empty();
  if (standardizable_inputs<B, H> && choice.choice != Standardization::off && anew) {
    standardizer.fit(inputs, missing_inputs<B>);
  }
  return standardizer;
}

/// Throws ValueError for the first label of a real-valued task that its readout cannot reach.
template <Scalar S>
void require_reach(const LabelRow<S>& labels, const TargetScale& scale, double reach, const std::string& where) {
  const double bound = reach * (1.0 + 1e-9);
  for_each_present(labels, [&](Eigen::Index row, double label) {
    if (std::abs(scale.standardize(label)) <= bound) return;
    throw ValueError(text("qmtl: ", where, ", row ", row, ": expected ", scale.restore(-reach), " to ",
                          scale.restore(reach), ", which is as far as its readout reaches, got ", label,
                          "; let fit learn the scale of targets (standardize_targets, with Standardization::anew where "
                          "the model has one), or give the readout a larger or a trainable scale"));
  });
}

/// The target scales that a model is to have for a training on this data. Throws ValueError for labels that its
/// readouts cannot reach; `where` starts the message.
template <Backbone B, Head H>
[[nodiscard]] TargetScaler<typename B::Scalar> training_targets(const MultiTaskModel<B, H>& model,
                                                                const Dataset<typename B::Scalar>& data,
                                                                Standardization choice, const char* where) {
  using S = typename B::Scalar;
  TargetScaler<S> scaler;
  if (choice.choice != Standardization::anew) scaler = model.target_scaler();
  const auto tasks = task_facts(model);
  for (std::size_t t = 0; t < tasks.size(); ++t) {
    if (tasks[t].classes != 0) continue;
    const std::string target = text(where, ": target of task '", tasks[t].name, "'");
    const LabelRow<S> labels = data.labels.row(static_cast<Eigen::Index>(t));
    if (tasks[t].standardizable && choice.choice != Standardization::off && !scaler.has_scale(t)) {
      if (scaler.empty()) scaler = TargetScaler<S>(tasks.size());
      scaler.learn(t, labels, tasks[t].reach, target);
    } else {
      require_reach<S>(labels, scaler[t], tasks[t].reach, target);
    }
  }
  return scaler;
}

}  // namespace detail
}  // namespace qmtl
