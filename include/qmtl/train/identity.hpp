#pragma once
// SPDX-License-Identifier: Apache-2.0
// Which training it is: model, initial parameters, data and options as lines of text, for checkpoints.

#include <cstdint>
#include <cstdio>
#include <span>
#include <string>
#include <string_view>
#include <variant>

#include "qmtl/core/byte_stream.hpp"
#include "qmtl/train/dataset.hpp"
#include "qmtl/train/fit_options.hpp"

namespace qmtl::detail {

/// All digits of a number, so that different numbers have different texts.
[[nodiscard]] inline std::string exact(double value) {
  char buffer[32];
  std::snprintf(buffer, sizeof buffer, "%.17g", value);
  return buffer;
}

[[nodiscard]] inline std::string hexadecimal(std::uint64_t value) {
  char buffer[24];
  std::snprintf(buffer, sizeof buffer, "%016llx", static_cast<unsigned long long>(value));
  return buffer;
}

[[nodiscard]] inline std::string describe_settings(const Sgd& s) {
  return text("sgd, learning_rate ", exact(s.learning_rate), ", momentum ", exact(s.momentum), ", nesterov ",
              s.nesterov);
}
[[nodiscard]] inline std::string describe_settings(const Adam& s) {
  return text("adam, learning_rate ", exact(s.learning_rate), ", beta1 ", exact(s.beta1), ", beta2 ", exact(s.beta2),
              ", epsilon ", exact(s.epsilon));
}
[[nodiscard]] inline std::string describe_settings(const AdamW& s) {
  return text("adamw, learning_rate ", exact(s.learning_rate), ", beta1 ", exact(s.beta1), ", beta2 ", exact(s.beta2),
              ", epsilon ", exact(s.epsilon), ", weight_decay ", exact(s.weight_decay));
}
[[nodiscard]] inline std::string describe_settings(const ConstantRate&) { return "constant"; }
[[nodiscard]] inline std::string describe_settings(const CosineRate& s) {
  return text("cosine, final_scale ", exact(s.final_scale));
}
[[nodiscard]] inline std::string describe_settings(const StepRate& s) {
  return text("step, epochs ", s.epochs, ", factor ", exact(s.factor));
}
[[nodiscard]] inline std::string describe_settings(const UniformWeights&) { return "uniform"; }
[[nodiscard]] inline std::string describe_settings(const FixedWeights& s) {
  std::string out = "fixed";
  for (const double weight : s.weights) out += " " + exact(weight);
  return out;
}
[[nodiscard]] inline std::string describe_settings(const UncertaintyWeights& s) {
  return text("uncertainty, learning_rate_scale ", exact(s.learning_rate_scale));
}
[[nodiscard]] inline std::string describe_settings(const DynamicWeightAverage& s) {
  return text("dynamic weight average, temperature ", exact(s.temperature));
}
[[nodiscard]] inline std::string describe_settings(const GradNorm& s) {
  return text("gradnorm, alpha ", exact(s.alpha), ", learning_rate ", exact(s.learning_rate));
}
template <class... Settings>
[[nodiscard]] std::string describe_settings(const std::variant<Settings...>& settings) {
  return std::visit([](const auto& s) { return describe_settings(s); }, settings);
}

[[nodiscard]] inline std::string describe_settings(const FitOptions& options) {
  std::string out =
      text("epochs ", options.epochs, "\nbatch_size ", options.batch_size, "\noptimizer ",
           describe_settings(options.optimizer), "\nhead_learning_rate_scale ", exact(options.head_learning_rate_scale),
           "\nseed ", options.seed.value, "\nstandardize ", options.standardize, "\nearly_stopping ");
  if (const auto& rule = options.early_stopping) {
    out += text("patience ", rule->patience, ", min_delta ", exact(rule->min_delta), ", metric ", name_of(rule->metric),
                ", task '", rule->task, "'");
  } else {
    out += "none";
  }
  out += text("\nschedule ", describe_settings(options.schedule.curve), ", warm_up_epochs ",
              exact(options.schedule.warm_up_epochs), "\nclipping norm ", exact(options.clipping.norm), ", value ",
              exact(options.clipping.value), "\nweighting ", describe_settings(options.weighting), "\nconflicts ",
              options.conflicts == GradientConflicts::pcgrad ? "pcgrad" : "summed", '\n');
  return out;
}

/// "20 features x 100 rows, 3 tasks, hash ..." of inputs, labels and names.
template <Scalar S>
[[nodiscard]] std::string describe_data(const Dataset<S>* data) {
  if (data == nullptr) return "none";
  std::uint64_t hash = fnv1a_basis;
  for (const Batch<S>* part : {&data->inputs, &data->labels}) {
    hash = fnv1a(std::as_bytes(std::span<const S>(part->data(), static_cast<std::size_t>(part->size()))), hash);
  }
  for (const std::string& name : data->task_names) {
    hash = fnv1a(std::as_bytes(std::span<const char>(name.data(), name.size() + 1)), hash);
  }
  return text(data->features(), " features x ", data->rows(), " rows, ", data->tasks(), " tasks, hash ",
              hexadecimal(hash));
}

/// The identity of a training that is about to begin. One pass over the data.
template <Backbone B, Head H>
[[nodiscard]] std::string identity(const MultiTaskModel<B, H>& model, const Dataset<typename B::Scalar>& train,
                                   const Dataset<typename B::Scalar>* validation, const FitOptions& options) {
  using S = typename B::Scalar;
  std::uint64_t hash = fnv1a_basis;
  const std::span<const S> backbone = model.backbone().parameters();
  for (const auto part : {backbone, model.head_weights(), model.standardizer().mean(), model.standardizer().scale()}) {
    hash = fnv1a(std::as_bytes(part), hash);
  }
  return text(model.describe(), "\ninitial parameters, hash ", hexadecimal(hash), '\n', "training data ",
              describe_data(&train), "\nvalidation data ", describe_data(validation), '\n', describe_settings(options));
}

}  // namespace qmtl::detail
