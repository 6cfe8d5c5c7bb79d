#pragma once
// SPDX-License-Identifier: Apache-2.0
// Which training it is: model, initial parameters, data and options as lines of text, for checkpoints.

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <variant>

#include "qmtl/core/byte_stream.hpp"
#include "qmtl/core/number_text.hpp"
#include "qmtl/core/settings_text.hpp"
#include "qmtl/data/dataset.hpp"
#include "qmtl/train/fit_options.hpp"
#include "qmtl/train/trainee.hpp"

namespace qmtl::inline QMTL_ABI::detail {

/// Sixteen digits.
[[nodiscard]] inline std::string hexadecimal(std::uint64_t value) {
  std::string out(16, '0');
  for (std::size_t i = 16; i > 0; value >>= 4) out[--i] = "0123456789abcdef"[value & 15];
  return out;
}

[[nodiscard]] inline const char* name_of(TrainedPart part) noexcept {
  constexpr const char* names[] = {"all", "head", "backbone"};
  return names[static_cast<std::size_t>(part)];
}

/// All options but the number of epochs, callbacks and the checkpoint: one that is forgotten here does not compile.
template <class Text>
void describe_settings(Text& out, const FitOptions& options) {
  const auto& [epochs, batch_size, optimizer, head_optimizer, backbone_learning_rate_scale, head_learning_rate_scale,
               head_weight_decay_scale, train, class_weights, seed, standardize, standardize_targets,
               encoded_dataset_bytes, early_stopping, training_metrics, weighted_metrics, callbacks, schedule, clipping,
               weighting, conflicts, checkpoint] = options;
  const auto value = [&out](std::string_view name, const auto& v) {
    out.line(name);
    out.word(v);
  };
  const auto alternative = [&out](std::string_view name, const auto& settings) {
    out.line(name);
    std::visit([&out](const auto& s) { describe_settings(out, s); }, settings);
  };
  value("batch_size", batch_size);
  alternative("optimizer", optimizer);
  out.line("head_optimizer");
  if (head_optimizer) {
    std::visit([&out](const auto& s) { describe_settings(out, s); }, *head_optimizer);
  } else {
    out.word("the same");
  }
  value("backbone_learning_rate_scale", exact(backbone_learning_rate_scale));
  value("head_learning_rate_scale", exact(head_learning_rate_scale));
  value("head_weight_decay_scale", exact(head_weight_decay_scale));
  value("train", name_of(train));
  out.line("class_weights");
  describe_settings(out, class_weights);
  value("seed", seed.value);
  value("standardize", name_of(standardize.choice));
  value("standardize_targets", name_of(standardize_targets.choice));
  value("encoded_dataset_bytes", encoded_dataset_bytes);
  out.line("early_stopping");
  if (early_stopping) {
    describe_settings(out, *early_stopping);
  } else {
    out.word("none");
  }
  value("metrics", training_metrics ? "of training rows as well" : "of validation rows");
  out.word(weighted_metrics ? "weighted" : "unweighted");
  out.line("schedule");
  describe_schedule(out, schedule, epochs);
  out.line("clipping");
  describe_settings(out, clipping);
  alternative("weighting", weighting);
  value("conflicts", conflicts == GradientConflicts::pcgrad ? "pcgrad" : "summed");
}

/// "20 features x 100 rows, 3 tasks, hash ..." of inputs, labels, weights and names.
template <Scalar S>
[[nodiscard]] std::string describe_data(const Dataset<S>* data) {
  if (data == nullptr) return "none";
  std::uint64_t hash = fnv1a_basis;
  for (const Batch<S>* part : {&data->inputs, &data->labels}) {
    hash = fnv1a(std::as_bytes(std::span<const S>(part->data(), static_cast<std::size_t>(part->size()))), hash);
  }
  hash = fnv1a(std::as_bytes(std::span<const double>(data->sample_weights)), hash);
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
