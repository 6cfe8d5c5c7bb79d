#pragma once
// SPDX-License-Identifier: Apache-2.0
// A model of any type as a Trainee.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <numeric>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "qmtl/model/model.hpp"
#include "qmtl/train/trainee.hpp"

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

/// Whether a head can keep what it needs of a sample, and no backend has been set that would not be asked then.
template <Head H>
[[nodiscard]] bool caches_encodings_now([[maybe_unused]] const H& head) noexcept {
  if constexpr (CachingHead<H> && requires { head.runs_method(); }) {
    return head.runs_method();
  } else {
    return CachingHead<H>;
  }
}

[[noreturn]] inline void throw_no_encodings() {
  throw LogicError("qmtl: model: expected a head that caches encodings, got one that does not");
}

}  // namespace detail

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
          .caches_encodings = detail::caches_encodings_now(model.head()),
          .stateful = StatefulBackbone<B>,
          .standardizable = detail::standardizable_inputs<B, H>,
          .missing_inputs = missing_inputs<B>};
}

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

  [[nodiscard]] std::uint64_t passes() const override { return model_.passes(); }
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
    if constexpr (CachingHead<H>) {
      return std::as_const(model_).head().encoded_size();
    } else {
      detail::throw_no_encodings();
    }
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
  Result caching(const Call& call) {
    if constexpr (CachingHead<H>) {
      return call(model_);
    } else {
      detail::throw_no_encodings();
    }
  }

  MultiTaskModel<B, H>& model_;
};

/// The Trainee of a model, which must outlive it.
template <Backbone B, Head H>
[[nodiscard]] std::unique_ptr<ModelTrainee<B, H>> make_trainee(MultiTaskModel<B, H>& model) {
  return std::make_unique<ModelTrainee<B, H>>(model);
}

}  // namespace qmtl::inline QMTL_ABI
