// SPDX-License-Identifier: Apache-2.0
// RuntimeModel's passes.

#include "evidence/runtime_model.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

#include "qmtl/core/finite.hpp"

namespace qmtl::benchmark::evidence {
namespace {

[[nodiscard]] TraineeFacts facts_of(const std::vector<ModelTask>& tasks, const Part& backbone, const Part& head,
                                    bool decays) {
  qmtl::detail::require_size("RuntimeModel: features of the head", head.inputs(), backbone.outputs());
  TraineeFacts out;
  int own = 0;
  for (const ModelTask& task : tasks) {
    TaskFacts facts;
    facts.name = task.name;
    facts.classes = task.classes;
    facts.outputs = task.outputs;
    facts.first_output = out.outputs;
    facts.parameters = task.parameters;
    facts.standardizable = task.classes == 0;
    out.tasks.push_back(std::move(facts));
    out.outputs += task.outputs;
    own += task.parameters;
  }
  qmtl::detail::require_size("RuntimeModel: outputs of the head", head.outputs(), out.outputs);
  out.features = head.inputs();
  out.head_parameters = head.parameters();
  out.shared_head_parameters = head.parameters() - own;
  out.decays = decays;
  out.differentiable = true;
  out.caches_encodings = head.entries() > 0;
  out.standardizable = true;
  return out;
}

/// Calls body(first, count) for chunks of samples.
template <class Body>
void in_chunks(Eigen::Index samples, const Body& body) {
  constexpr Eigen::Index chunk = 512;
  for (Eigen::Index first = 0; first < samples; first += chunk) body(first, std::min(chunk, samples - first));
}

}  // namespace

RuntimeModel::RuntimeModel(std::vector<ModelTask> tasks, PartPointer backbone, PartPointer head, bool decays, Seed seed)
    : Trainee<double>(facts_of(tasks, *backbone, *head, decays)),
      backbone_(std::move(backbone)),
      head_(std::move(head)),
      backbone_weights_(static_cast<std::size_t>(backbone_->parameters())),
      head_weights_(static_cast<std::size_t>(head_->parameters())) {
  Rng rng(seed);
  backbone_->initialise(rng, backbone_weights_);
  head_->initialise(rng, head_weights_);
}

void RuntimeModel::require_inputs(const BatchIn<double>& inputs) const {
  qmtl::detail::require_finite_inputs<double>(inputs);
}

void RuntimeModel::represent(const BatchIn<double>& inputs) {
  ++passes_;
  x_.resize(inputs.rows(), inputs.cols());
  z_.resize(backbone_->outputs(), inputs.cols());
  standardizer_.apply(inputs, x_);
  backbone_->forward(x_, backbone_weights_, z_);
}

void RuntimeModel::forward(const BatchIn<double>& inputs, BatchOut<double> logits) {
  represent(inputs);
  head_->forward(z_, head_weights_, logits);
}

void RuntimeModel::backward(const BatchIn<double>& dlogits, std::span<double> backbone_gradient,
                            std::span<double> head_gradient) {
  dz_.resize(z_.rows(), backbone_gradient.empty() ? 0 : z_.cols());
  head_->backward(z_, head_weights_, dlogits, head_gradient, dz_);
  if (!backbone_gradient.empty()) backward_backbone(dz_, backbone_gradient);
}

void RuntimeModel::backward_head(const BatchIn<double>& dlogits, std::span<double> head_gradient, BatchOut<double> dz) {
  head_->backward(z_, head_weights_, dlogits, head_gradient, dz);
}

void RuntimeModel::backward_backbone(const BatchIn<double>& dz, std::span<double> backbone_gradient) {
  Batch<double> nothing(x_.rows(), 0);
  backbone_->backward(x_, backbone_weights_, dz, backbone_gradient, nothing);
}

Batch<double> RuntimeModel::predict(const BatchIn<double>& inputs) {
  require_inputs(inputs);
  Batch<double> logits(facts().outputs, inputs.cols());
  in_chunks(inputs.cols(), [&](Eigen::Index first, Eigen::Index count) {
    forward(inputs.middleCols(first, count), logits.middleCols(first, count));
  });
  restore_targets(logits);
  return logits;
}

void RuntimeModel::encode(const BatchIn<double>& inputs, BatchOut<double> entries) {
  in_chunks(inputs.cols(), [&](Eigen::Index first, Eigen::Index count) {
    represent(inputs.middleCols(first, count));
    head_->encode(z_, entries.middleCols(first, count));
  });
}

void RuntimeModel::forward_encoded(const BatchIn<double>& entries, BatchOut<double> logits) {
  ++passes_;
  head_->forward_encoded(entries, head_weights_, logits);
}

void RuntimeModel::backward_encoded(const BatchIn<double>& entries, const BatchIn<double>& dlogits,
                                    std::span<double> head_gradient) {
  head_->backward_encoded(entries, head_weights_, dlogits, head_gradient);
}

Batch<double> RuntimeModel::predict_encoded(const BatchIn<double>& entries) {
  Batch<double> logits(facts().outputs, entries.cols());
  in_chunks(entries.cols(), [&](Eigen::Index first, Eigen::Index count) {
    forward_encoded(entries.middleCols(first, count), logits.middleCols(first, count));
  });
  restore_targets(logits);
  return logits;
}

void RuntimeModel::restore_targets(Batch<double>& logits) const {
  for (std::size_t t = 0; t < tasks().size(); ++t) {
    if (!target_scaler_.has_scale(t)) continue;
    for (double& value : logits.row(tasks()[t].first_output)) value = target_scaler_[t].restore(value);
  }
}

}  // namespace qmtl::benchmark::evidence
