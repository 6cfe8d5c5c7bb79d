#pragma once
// SPDX-License-Identifier: Apache-2.0
// What a training makes of inputs and real-valued targets before its first step, and when a model's own statistics
// stay.

#include <cmath>
#include <concepts>
#include <span>
#include <string>
#include <utility>

#include "qmtl/data/dataset.hpp"
#include "qmtl/train/trainee.hpp"

namespace qmtl::inline QMTL_ABI {

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

/// Throws ValueError for a choice to standardise inputs that may not be.
inline void validate_standardization(Standardization inputs, bool standardizable) {
  const bool asked = inputs.choice == Standardization::on || inputs.choice == Standardization::anew;
  if (standardizable || !asked) return;
  throw ValueError(
      text("qmtl: fit: standardize, expected automatic or off where the backbone passes inputs on to an encoding that "
           "takes them as they are (bits, amplitudes, angles; see standardizable_encoding), got ",
           name_of(inputs.choice)));
}

/// The standardizer that a model is to have for a training on these inputs (features x rows).
template <Scalar S>
[[nodiscard]] Standardizer<S> training_standardizer(const Trainee<S>& model, const BatchIn<S>& inputs,
                                                    Standardization choice) {
  Standardizer<S> standardizer = model.standardizer();
  const bool anew = choice.choice == Standardization::anew || standardizer.empty();
  if (model.facts().standardizable && choice.choice != Standardization::off && anew) {
    standardizer.fit(inputs, model.facts().missing_inputs);
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

/// The target scales that a model with these tasks and scales is to have for a training on this data. Throws ValueError
/// for labels that its readouts cannot reach; `where` starts the message.
template <Scalar S>
[[nodiscard]] TargetScaler<S> training_targets(std::span<const TaskFacts> tasks, const TargetScaler<S>& now,
                                               const Dataset<S>& data, Standardization choice, const char* where) {
  TargetScaler<S> scaler;
  if (choice.choice != Standardization::anew) scaler = now;
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
}  // namespace qmtl::inline QMTL_ABI
