#pragma once
// SPDX-License-Identifier: Apache-2.0
// Which training it is: model, initial parameters, data and options as lines of text, for checkpoints.

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <variant>

#include "qmtl/core/byte_stream.hpp"
#include "qmtl/core/number_text.hpp"
#include "qmtl/data/dataset.hpp"
#include "qmtl/train/fit_options.hpp"

namespace qmtl::inline QMTL_ABI::detail {

/// Sixteen digits.
[[nodiscard]] inline std::string hexadecimal(std::uint64_t value) {
  std::string out(16, '0');
  for (std::size_t i = 16; i > 0; value >>= 4) out[--i] = "0123456789abcdef"[value & 15];
  return out;
}

/// Lines of "name value, name value", with all digits of each number.
class SettingsText {
 public:
  void line(std::string_view start) {
    out_ += text(out_.empty() ? "" : "\n", start);
    separator_ = " ";
  }
  void word(const auto& value) {
    out_ += text(separator_, value);
    separator_ = ", ";
  }
  void setting(std::string_view name, const auto& value) { word(text(name, ' ', value)); }
  void setting(std::string_view name, double value) { word(text(name, ' ', exact(value))); }
  [[nodiscard]] const std::string& str() const noexcept { return out_; }

 private:
  std::string out_;
  const char* separator_ = "";
};

// Templates, so that whoever does not train does not compile them.
template <class Text>
void describe_settings(Text& out, const Sgd& s) {
  out.word("sgd");
  out.setting("learning_rate", s.learning_rate);
  out.setting("momentum", s.momentum);
  out.setting("nesterov", s.nesterov);
}
template <class Text>
void describe_adam(Text& out, const auto& s) {
  out.setting("learning_rate", s.learning_rate);
  out.setting("beta1", s.beta1);
  out.setting("beta2", s.beta2);
  out.setting("epsilon", s.epsilon);
}
template <class Text>
void describe_settings(Text& out, const Adam& s) {
  out.word("adam");
  describe_adam(out, s);
}
template <class Text>
void describe_settings(Text& out, const AdamW& s) {
  out.word("adamw");
  describe_adam(out, s);
  out.setting("weight_decay", s.weight_decay);
}
template <class Text>
void describe_settings(Text& out, const ConstantRate&) {
  out.word("constant");
}
template <class Text>
void describe_settings(Text& out, const CosineRate& s) {
  out.word("cosine");
  out.setting("final_scale", s.final_scale);
}
template <class Text>
void describe_settings(Text& out, const StepRate& s) {
  out.word("step");
  out.setting("epochs", s.epochs);
  out.setting("factor", s.factor);
}
template <class Text>
void describe_settings(Text& out, const UniformWeights&) {
  out.word("uniform");
}
template <class Text>
void describe_settings(Text& out, const FixedWeights& s) {
  out.word("fixed");
  for (const double weight : s.weights) out.setting("weight", weight);
}
template <class Text>
void describe_settings(Text& out, const UncertaintyWeights& s) {
  out.word("uncertainty");
  out.setting("learning_rate_scale", s.learning_rate_scale);
}
template <class Text>
void describe_settings(Text& out, const DynamicWeightAverage& s) {
  out.word("dynamic weight average");
  out.setting("temperature", s.temperature);
}
template <class Text>
void describe_settings(Text& out, const GradNorm& s) {
  out.word("gradnorm");
  out.setting("alpha", s.alpha);
  out.setting("learning_rate", s.learning_rate);
}

template <class Text>
void describe_settings(Text& out, const FitOptions& options) {
  const auto value = [&out](std::string_view name, const auto& v) {
    out.line(name);
    out.word(v);
  };
  const auto alternative = [&out](std::string_view name, const auto& settings) {
    out.line(name);
    std::visit([&out](const auto& s) { describe_settings(out, s); }, settings);
  };
  value("batch_size", options.batch_size);
  alternative("optimizer", options.optimizer);
  value("head_learning_rate_scale", exact(options.head_learning_rate_scale));
  value("head_weight_decay_scale", exact(options.head_weight_decay_scale));
  value("seed", options.seed.value);
  value("standardize", name_of(options.standardize.choice));
  value("standardize_targets", name_of(options.standardize_targets.choice));
  value("encoded_dataset_bytes", options.encoded_dataset_bytes);
  if (const auto& rule = options.early_stopping) {
    out.line("early_stopping");
    out.setting("patience", rule->patience);
    out.setting("min_delta", rule->min_delta);
    out.setting("metric", name_of(rule->metric));
    out.setting("task", text('\'', rule->task, '\''));
  } else {
    value("early_stopping", "none");
  }
  alternative("schedule", options.schedule.curve);
  if (std::holds_alternative<CosineRate>(options.schedule.curve)) out.setting("epochs", options.epochs);
  out.setting("warm_up_epochs", options.schedule.warm_up_epochs);
  out.line("clipping");
  out.setting("norm", options.clipping.norm);
  out.setting("value", options.clipping.value);
  alternative("weighting", options.weighting);
  value("conflicts", options.conflicts == GradientConflicts::pcgrad ? "pcgrad" : "summed");
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

/// The identity of a training that is about to begin: all but the number of epochs, unless a curve depends on it. One
/// pass over the data.
template <Scalar S>
[[nodiscard]] std::string identity(Trainee<S>& model, const Dataset<S>& train, const Dataset<S>* validation,
                                   const FitOptions& options) {
  std::uint64_t hash = fnv1a_basis;
  const auto& inputs = model.standardizer();
  const auto& targets = model.target_scaler();
  for (const std::span<const S> part :
       {std::span<const S>(model.backbone_parameters()), std::span<const S>(model.head_parameters()), inputs.mean(),
        inputs.scale(), targets.centre(), targets.spread()}) {
    hash = fnv1a(std::as_bytes(part), hash);
  }
  hash = fnv1a(model.backbone_state(), hash);
  SettingsText out;
  out.line(model.describe());
  out.line(text("initial parameters, hash ", hexadecimal(hash)));
  out.line(text("training data ", describe_data(&train)));
  out.line(text("validation data ", describe_data(validation)));
  describe_settings(out, options);
  return out.str();
}

}  // namespace qmtl::inline QMTL_ABI::detail
