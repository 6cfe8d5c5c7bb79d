#pragma once
// SPDX-License-Identifier: Apache-2.0
// What a training sees of a model, whatever its type: what trains, judges and keeps checkpoints is compiled once for
// each precision and not once for each model.

#include <cstddef>
#include <memory>
#include <numeric>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "qmtl/core/archive.hpp"
#include "qmtl/model/model.hpp"

namespace qmtl::inline QMTL_ABI {

namespace detail {

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

[[noreturn]] inline void throw_no_encodings() {
  throw LogicError("qmtl: model: expected a head that caches encodings, got one that does not");
}

}  // namespace detail

/// What of a model does not change while it is trained.
struct TraineeFacts {
  std::vector<TaskFacts> tasks;
  int features = 0;                ///< of the representation z
  int outputs = 0;                 ///< of the head: logits of all tasks
  int head_parameters = 0;         ///< of the head
  int shared_head_parameters = 0;  ///< how many of them belong to no task; they come first
  bool decays = false;             ///< weight decay applies to the head
  bool differentiable = false;     ///< there is a gradient with respect to z
  bool caches_encodings = false;   ///< the head can keep what it needs of a sample: see CachingHead
  bool stateful = false;           ///< the backbone has state beside its parameters: see StatefulBackbone
  bool standardizable = false;     ///< its inputs may be standardised
  MissingInputs missing_inputs = MissingInputs::refused;
};

/// The facts of a model of type MultiTaskModel<B, H>.
template <Backbone B, Head H>
[[nodiscard]] TraineeFacts trainee_facts(const MultiTaskModel<B, H>& model) {
  return {.tasks = task_facts(model),
          .features = H::features,
          .outputs = H::outputs,
          .head_parameters = H::parameters,
          .shared_head_parameters =
              H::parameters - std::accumulate(H::task_parameters.begin(), H::task_parameters.end(), 0),
          .decays = H::decays,
          .differentiable = H::differentiable,
          .caches_encodings = CachingHead<H>,
          .stateful = StatefulBackbone<B>,
          .standardizable = detail::standardizable_inputs<B, H>,
          .missing_inputs = missing_inputs<B>};
}

/// A model as its training sees it: functions that are called a few times a batch, with the meaning, the shapes and the
/// errors of MultiTaskModel's. It does not own the model.
template <Scalar S>
class Trainee {
 public:
  Trainee(const Trainee&) = delete;
  Trainee& operator=(const Trainee&) = delete;
  virtual ~Trainee() = default;

  [[nodiscard]] const TraineeFacts& facts() const noexcept { return facts_; }
  [[nodiscard]] const std::vector<TaskFacts>& tasks() const noexcept { return facts_.tasks; }

  [[nodiscard]] virtual std::string describe() const = 0;
  [[nodiscard]] virtual int input_size() const = 0;
  [[nodiscard]] virtual std::span<S> backbone_parameters() = 0;
  [[nodiscard]] virtual std::span<S> head_parameters() = 0;
  [[nodiscard]] virtual const Standardizer<S>& standardizer() const = 0;
  virtual void set_standardizer(Standardizer<S> standardizer) = 0;
  [[nodiscard]] virtual const TargetScaler<S>& target_scaler() const = 0;
  virtual void set_target_scaler(TargetScaler<S> scaler) = 0;
  /// Throws ValueError for an input that the backbone cannot take.
  virtual void require_inputs(const BatchIn<S>& inputs) const = 0;

  virtual void forward(const BatchIn<S>& inputs, BatchOut<S> logits) = 0;
  virtual void backward(const BatchIn<S>& dlogits, std::span<S> backbone_gradient, std::span<S> head_gradient) = 0;
  /// Sets dz where the head is differentiable.
  virtual void backward_head(const BatchIn<S>& dlogits, std::span<S> head_gradient, BatchOut<S> dz) = 0;
  virtual void backward_backbone(const BatchIn<S>& dz, std::span<S> backbone_gradient) = 0;
  [[nodiscard]] virtual Batch<S> predict(const BatchIn<S>& inputs) = 0;

  // For a head that caches encodings; any other one throws LogicError.

  [[nodiscard]] virtual Eigen::Index encoded_size() const = 0;
  virtual void encode(const BatchIn<S>& inputs, BatchOut<S> entries) = 0;
  virtual void forward_encoded(const BatchIn<S>& entries, BatchOut<S> logits) = 0;
  virtual void backward_encoded(const BatchIn<S>& entries, const BatchIn<S>& dlogits, std::span<S> head_gradient) = 0;
  [[nodiscard]] virtual Batch<S> predict_encoded(const BatchIn<S>& entries) = 0;

  // The state of a StatefulBackbone; nothing for any other.

  virtual void archive_state(ArchiveWriter& archive) = 0;
  virtual void archive_state(ArchiveReader& archive) = 0;
  [[nodiscard]] virtual std::vector<std::byte> backbone_state() const = 0;
  virtual void set_backbone_state(std::span<const std::byte> state) = 0;

 protected:
  explicit Trainee(TraineeFacts facts) : facts_(std::move(facts)) {}

 private:
  TraineeFacts facts_;
};

/// A MultiTaskModel as a Trainee. The model must outlive it.
template <Backbone B, Head H>
class ModelTrainee final : public Trainee<typename B::Scalar> {
  using S = typename B::Scalar;

 public:
  explicit ModelTrainee(MultiTaskModel<B, H>& model) : Trainee<S>(trainee_facts(model)), model_(model) {}

  [[nodiscard]] std::string describe() const override { return model_.describe(); }
  [[nodiscard]] int input_size() const override { return model_.input_size(); }
  [[nodiscard]] std::span<S> backbone_parameters() override { return model_.backbone().parameters(); }
  [[nodiscard]] std::span<S> head_parameters() override { return model_.head_weights(); }
  [[nodiscard]] const Standardizer<S>& standardizer() const override { return model_.standardizer(); }
  void set_standardizer(Standardizer<S> standardizer) override { model_.set_standardizer(std::move(standardizer)); }
  [[nodiscard]] const TargetScaler<S>& target_scaler() const override { return model_.target_scaler(); }
  void set_target_scaler(TargetScaler<S> scaler) override { model_.set_target_scaler(std::move(scaler)); }
  void require_inputs(const BatchIn<S>& inputs) const override { detail::require_inputs(model_.backbone(), inputs); }

  void forward(const BatchIn<S>& inputs, BatchOut<S> logits) override { model_.forward(inputs, logits); }
  void backward(const BatchIn<S>& dlogits, std::span<S> backbone_gradient, std::span<S> head_gradient) override {
    model_.backward(dlogits, backbone_gradient, head_gradient);
  }
  void backward_head(const BatchIn<S>& dlogits, std::span<S> head_gradient, BatchOut<S> dz) override {
    if constexpr (H::differentiable) {
      model_.backward_head(dlogits, head_gradient, dz);
    } else {
      model_.backward_head(dlogits, head_gradient);
    }
  }
  void backward_backbone(const BatchIn<S>& dz, std::span<S> backbone_gradient) override {
    if constexpr (H::differentiable) model_.backward_backbone(dz, backbone_gradient);
  }
  [[nodiscard]] Batch<S> predict(const BatchIn<S>& inputs) override { return model_.predict(inputs); }

  [[nodiscard]] Eigen::Index encoded_size() const override {
    return caching<Eigen::Index>([](auto& model) { return model.head().encoded_size(); });
  }
  void encode(const BatchIn<S>& inputs, BatchOut<S> entries) override {
    caching<void>([&](auto& model) { model.encode(inputs, entries); });
  }
  void forward_encoded(const BatchIn<S>& entries, BatchOut<S> logits) override {
    caching<void>([&](auto& model) { model.forward_encoded(entries, logits); });
  }
  void backward_encoded(const BatchIn<S>& entries, const BatchIn<S>& dlogits, std::span<S> head_gradient) override {
    caching<void>([&](auto& model) { model.backward_encoded(entries, dlogits, head_gradient); });
  }
  [[nodiscard]] Batch<S> predict_encoded(const BatchIn<S>& entries) override {
    return caching<Batch<S>>([&](auto& model) { return model.predict_encoded(entries); });
  }

  void archive_state([[maybe_unused]] ArchiveWriter& archive) override {
    if constexpr (StatefulBackbone<B>) model_.backbone().archive(archive);
  }
  void archive_state([[maybe_unused]] ArchiveReader& archive) override {
    if constexpr (StatefulBackbone<B>) model_.backbone().archive(archive);
  }
  [[nodiscard]] std::vector<std::byte> backbone_state() const override {
    return detail::backbone_state(model_.backbone());
  }
  void set_backbone_state(std::span<const std::byte> state) override {
    detail::set_backbone_state(model_.backbone(), state);
  }

 private:
  /// What `call` makes of the model, if its head caches encodings.
  template <class Result, class Call>
  Result caching(const Call& call) const {
    if constexpr (CachingHead<H>) {
      return call(model_);
    } else {
      detail::throw_no_encodings();
    }
  }

  MultiTaskModel<B, H>& model_;
};

}  // namespace qmtl::inline QMTL_ABI
