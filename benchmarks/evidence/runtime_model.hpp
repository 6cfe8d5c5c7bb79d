#pragma once
// SPDX-License-Identifier: Apache-2.0
// A multi-task model of two parts, a backbone and a head, which trains as any other.

#include <span>
#include <string>
#include <vector>

#include "evidence/part.hpp"
#include "qmtl/train/trainee.hpp"

namespace qmtl::benchmark::evidence {

struct ModelTask {
  std::string name;
  int classes = 2;     ///< 0: a real target
  int outputs = 1;     ///< of the head
  int parameters = 0;  ///< of the head that are this task's alone; those of all tasks come last in the head
};

/// inputs -> standardise -> backbone -> head -> logits.
class RuntimeModel final : public Trainee<double> {
 public:
  /// Parameters come from the seed. `decays`: weight decay applies to the head. Throws ShapeError unless sizes fit.
  RuntimeModel(std::vector<ModelTask> tasks, PartPointer backbone, PartPointer head, bool decays, Seed seed);

  [[nodiscard]] std::string describe() const override { return "runtime model"; }
  [[nodiscard]] int input_size() const override { return backbone_->inputs(); }
  [[nodiscard]] std::span<double> backbone_parameters() override { return backbone_weights_; }
  [[nodiscard]] std::span<double> head_parameters() override { return head_weights_; }
  [[nodiscard]] const Standardizer<double>& standardizer() const override { return standardizer_; }
  void set_standardizer(Standardizer<double> standardizer) override { standardizer_ = std::move(standardizer); }
  [[nodiscard]] const TargetScaler<double>& target_scaler() const override { return target_scaler_; }
  void set_target_scaler(TargetScaler<double> scaler) override { target_scaler_ = std::move(scaler); }
  void require_inputs(const BatchIn<double>& inputs) const override;

  [[nodiscard]] std::uint64_t passes() const override { return passes_; }
  void forward(const BatchIn<double>& inputs, BatchOut<double> logits) override;
  void backward(const BatchIn<double>& dlogits, std::span<double> backbone_gradient,
                std::span<double> head_gradient) override;
  void backward_head(const BatchIn<double>& dlogits, std::span<double> head_gradient, BatchOut<double> dz) override;
  void backward_backbone(const BatchIn<double>& dz, std::span<double> backbone_gradient) override;
  [[nodiscard]] Batch<double> predict(const BatchIn<double>& inputs) override;

  [[nodiscard]] Eigen::Index encoded_size() const override { return head_->entries(); }
  void encode(const BatchIn<double>& inputs, BatchOut<double> entries) override;
  void forward_encoded(const BatchIn<double>& entries, BatchOut<double> logits) override;
  void backward_encoded(const BatchIn<double>& entries, const BatchIn<double>& dlogits,
                        std::span<double> head_gradient) override;
  [[nodiscard]] Batch<double> predict_encoded(const BatchIn<double>& entries) override;

  void archive_state(ArchiveWriter&) override {}
  void archive_state(ArchiveReader&) override {}
  [[nodiscard]] std::vector<std::byte> backbone_state() const override { return {}; }
  void set_backbone_state(std::span<const std::byte>) override {}

 private:
  void represent(const BatchIn<double>& inputs);
  void restore_targets(Batch<double>& logits) const;

  PartPointer backbone_, head_;
  std::vector<double, Eigen::aligned_allocator<double>> backbone_weights_, head_weights_;
  Standardizer<double> standardizer_;
  TargetScaler<double> target_scaler_;
  std::uint64_t passes_ = 0;
  Batch<double> x_, z_, dz_;  // of the last pass
};

}  // namespace qmtl::benchmark::evidence
