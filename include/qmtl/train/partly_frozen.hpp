#pragma once
// SPDX-License-Identifier: Apache-2.0
// A model of which a part is frozen, as its training sees it.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "qmtl/core/byte_stream.hpp"
#include "qmtl/train/fit_options.hpp"
#include "qmtl/train/trainee.hpp"
#include "qmtl/train/training_identity.hpp"

namespace qmtl::inline QMTL_ABI::detail {

/// What is known of a model of which only a part is trained.
[[nodiscard]] inline TraineeFacts facts_of_part(TraineeFacts facts, TrainedPart part) {
  if (part == TrainedPart::backbone) {
    facts.head_parameters = facts.shared_head_parameters = 0;
  } else if (facts.stateful) {  // what it makes of a row may differ from time to time: nothing to keep
    facts.stateful = facts.caches_encodings = false;
  }
  return facts;
}

/// A model without the parameters of its frozen part, which no optimizer, checkpoint or copy of best parameters sees
/// then. A frozen backbone is not gone through backward. Training goes on with a copy of its state, as the engine of a
/// dropout, from pass to pass; the backbone's own is put back after each, so that the model is always judged with it.
template <Scalar S>
class PartlyFrozen final : public Trainee<S> {
 public:
  /// The model must outlive it. Throws ValueError if the part that is to be trained has no parameters.
  PartlyFrozen(Trainee<S>& whole, TrainedPart part)
      : Trainee<S>(facts_of_part(whole.facts(), part)), whole_(whole), head_trained_(part == TrainedPart::head) {
    if (head_trained_) {
      state_ = running_ = whole.backbone_state();
    } else {
      unused_.resize(whole.head_parameters().size());
    }
    const std::size_t trained = (head_trained_ ? whole.head_parameters() : whole.backbone_parameters()).size();
    if (trained > 0) return;
    throw ValueError(text("qmtl: fit: train, expected a part of the model with parameters, got the ",
                          head_trained_ ? "head" : "backbone", ", which has none"));
  }

  [[nodiscard]] std::string describe() const override {
    std::uint64_t hash = fnv1a(state_);
    hash = fnv1a(std::as_bytes(head_trained_ ? whole_.backbone_parameters() : whole_.head_parameters()), hash);
    return text(whole_.describe(), "\nfrozen ", head_trained_ ? "backbone" : "head", ", hash ", hexadecimal(hash));
  }
  [[nodiscard]] int input_size() const override { return whole_.input_size(); }
  [[nodiscard]] std::span<S> backbone_parameters() override {
    return head_trained_ ? std::span<S>() : whole_.backbone_parameters();
  }
  [[nodiscard]] std::span<S> head_parameters() override {
    return head_trained_ ? whole_.head_parameters() : std::span<S>();
  }
  [[nodiscard]] const Standardizer<S>& standardizer() const override { return whole_.standardizer(); }
  void set_standardizer(Standardizer<S> standardizer) override { whole_.set_standardizer(std::move(standardizer)); }
  [[nodiscard]] const TargetScaler<S>& target_scaler() const override { return whole_.target_scaler(); }
  void set_target_scaler(TargetScaler<S> scaler) override { whole_.set_target_scaler(std::move(scaler)); }
  void require_inputs(const BatchIn<S>& inputs) const override { whole_.require_inputs(inputs); }

  [[nodiscard]] std::uint64_t passes() const override { return whole_.passes(); }
  void forward(const BatchIn<S>& inputs, BatchOut<S> logits) override {
    on_running_state([&] { whole_.forward(inputs, logits); });
  }
  void backward(const BatchIn<S>& dlogits, std::span<S> backbone_gradient, std::span<S> head_gradient) override {
    whole_.backward(dlogits, backbone_gradient, head_or_unused(head_gradient));
  }
  void backward_head(const BatchIn<S>& dlogits, std::span<S> head_gradient, BatchOut<S> dz) override {
    whole_.backward_head(dlogits, head_or_unused(head_gradient), dz);
  }
  void backward_backbone(const BatchIn<S>& dz, std::span<S> backbone_gradient) override {
    if (!head_trained_) whole_.backward_backbone(dz, backbone_gradient);
  }
  [[nodiscard]] Batch<S> predict(const BatchIn<S>& inputs) override {
    Batch<S> logits = whole_.predict(inputs);
    keep_state();
    return logits;
  }

  [[nodiscard]] Eigen::Index encoded_size() const override { return whole_.encoded_size(); }
  void encode(const BatchIn<S>& inputs, BatchOut<S> entries) override {
    whole_.encode(inputs, entries);
    keep_state();
  }
  void forward_encoded(const BatchIn<S>& entries, BatchOut<S> logits) override {
    whole_.forward_encoded(entries, logits);
  }
  void backward_encoded(const BatchIn<S>& entries, const BatchIn<S>& dlogits, std::span<S> head_gradient) override {
    whole_.backward_encoded(entries, dlogits, head_or_unused(head_gradient));
  }
  [[nodiscard]] Batch<S> predict_encoded(const BatchIn<S>& entries) override { return whole_.predict_encoded(entries); }

  void archive_state(ArchiveWriter& archive) override {
    on_running_state([&] { whole_.archive_state(archive); });
  }
  void archive_state(ArchiveReader& archive) override {
    on_running_state([&] { whole_.archive_state(archive); });
  }
  [[nodiscard]] std::vector<std::byte> backbone_state() const override {
    return head_trained_ ? std::vector<std::byte>() : whole_.backbone_state();
  }
  void set_backbone_state(std::span<const std::byte> state) override {
    if (!head_trained_) whole_.set_backbone_state(state);
  }

 private:
  void keep_state() {
    if (!state_.empty()) whole_.set_backbone_state(state_);
  }
  /// Runs what changes or reads the state of a frozen backbone in training.
  template <class Run>
  void on_running_state(const Run& run) {
    if (state_.empty()) return run();
    try {
      whole_.set_backbone_state(running_);
      run();
      running_ = whole_.backbone_state();
    } catch (...) {
      keep_state();
      throw;
    }
    keep_state();
  }
  /// The gradient of a frozen head, which comes with dL/dz, goes nowhere.
  [[nodiscard]] std::span<S> head_or_unused(std::span<S> head_gradient) noexcept {
    if (head_trained_) return head_gradient;
    std::fill(unused_.begin(), unused_.end(), S(0));
    return unused_;
  }

  Trainee<S>& whole_;
  bool head_trained_;
  std::vector<std::byte> state_, running_;                // of a frozen backbone: its own, and that of the training
  std::vector<S, Eigen::aligned_allocator<S>> unused_{};  // as for the head's weights
};

}  // namespace qmtl::inline QMTL_ABI::detail
