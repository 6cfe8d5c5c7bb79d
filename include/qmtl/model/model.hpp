#pragma once
// SPDX-License-Identifier: Apache-2.0
// MultiTaskModel: standardisation, backbone and head as one trainable function; QmtlModel is the one with a quantum
// head.

#include <algorithm>
#include <array>
#include <concepts>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include "qmtl/backbone/concepts.hpp"
#include "qmtl/backbone/frozen.hpp"
#include "qmtl/core/moved_from.hpp"
#include "qmtl/data/standardizer.hpp"
#include "qmtl/data/target_scaler.hpp"
#include "qmtl/head/head_rules.hpp"
#include "qmtl/head/linear_head.hpp"
#include "qmtl/head/prepared_rows.hpp"
#include "qmtl/head/quantum_head.hpp"
#include "qmtl/model/task_facts.hpp"

namespace qmtl::inline QMTL_ABI {

/// inputs -> standardise -> backbone -> z -> head -> logits. Owns all parameters: the backbone's, and the head's in one
/// vector. Buffers are kept between calls, so that a model is not to be used from two threads at once; its const
/// members are, while nobody changes it. A model that has been moved from throws LogicError.
template <Backbone B, Head H>
class MultiTaskModel {
  static_assert(B::output_size == H::features,
                "qmtl: a backbone's output size must equal the number of features of the head");
  static_assert(std::same_as<typename B::Scalar, typename H::Scalar>,
                "qmtl: a backbone and its head must have the same scalar type");

 public:
  using Scalar = typename B::Scalar;
  using BackboneType = B;
  using HeadType = H;
  static constexpr int tasks = H::tasks;
  static constexpr int outputs = H::outputs;
  static constexpr int features = H::features;
  static constexpr int head_parameters = H::parameters;
  static constexpr std::array<int, static_cast<std::size_t>(tasks)> task_parameters = H::task_parameters;
  static constexpr std::array<int, static_cast<std::size_t>(tasks)> task_outputs = H::task_outputs;

  /// Parameters drawn from `seed`, for a backbone whose sizes are all in its type.
  explicit MultiTaskModel(Seed seed) requires std::default_initializable<B> : MultiTaskModel(B{}, seed) {}

  /// Takes a backbone, and draws its parameters and the head's from `seed`. Throws ValueError if the backbone is to be
  /// trained and the encoding has no gradient.
  MultiTaskModel(B backbone, Seed seed)
      : backbone_(std::move(backbone)), head_weights_(static_cast<std::size_t>(head_parameters)) {
    if (!H::differentiable && !backbone_.parameters().empty()) {
      throw ValueError("qmtl: model: a trainable backbone cannot be trained through an encoding without gradient");
    }
    Rng rng(seed);
    backbone_.initialise(rng);
    H::initialise(rng, head_weights_);
  }

  /// The backbone with its parameters; training changes them.
  [[nodiscard]] B& backbone() noexcept { return backbone_; }
  [[nodiscard]] const B& backbone() const noexcept { return backbone_; }
  /// Its state is that of the last pass through the model.
  [[nodiscard]] H& head() noexcept { return head_; }
  [[nodiscard]] const H& head() const noexcept { return head_; }
  /// The head's parameters, task by task as the head orders them.
  [[nodiscard]] std::span<Scalar> head_weights() noexcept { return head_weights_; }
  [[nodiscard]] std::span<const Scalar> head_weights() const noexcept { return head_weights_; }
  [[nodiscard]] std::size_t backbone_parameters() const noexcept { return backbone_.parameters().size(); }
  [[nodiscard]] int input_size() const noexcept { return backbone_.input_size(); }

  /// What is done to inputs before the backbone; copies by default. `fit` learns it from the training rows.
  [[nodiscard]] const Standardizer<Scalar>& standardizer() const noexcept { return standardizer_; }
  /// Throws ShapeError if it is for another number of features.
  void set_standardizer(Standardizer<Scalar> standardizer) {
    if (!standardizer.empty()) {
      detail::require_size("model: features of the standardizer", standardizer.features(), input_size());
    }
    standardizer_ = std::move(standardizer);
  }

  /// What heads predict of real-valued targets; by default the targets themselves. `fit` learns it from the training
  /// rows. `predict` and metrics are in the targets' units.
  [[nodiscard]] const TargetScaler<Scalar>& target_scaler() const noexcept { return target_scaler_; }
  /// Throws ShapeError if it is for another number of tasks, ValueError if it scales what is no single real target.
  void set_target_scaler(TargetScaler<Scalar> scaler);

  /// Logits (outputs x B) for inputs (input_size x B), and of real-valued tasks the predictions in the targets' units,
  /// in chunks so that memory does not grow with B. Throws ShapeError, and ValueError for an input that the backbone
  /// cannot take: not finite, unless a NaN means that it is missing.
  [[nodiscard]] Batch<Scalar, outputs> predict(const BatchIn<Scalar>& inputs) {
    moved_from_.check("model");
    detail::require_size("model: rows of the inputs (features)", inputs.rows(), input_size());
    detail::require_inputs(backbone_, inputs);
    Batch<Scalar, outputs> logits(outputs, inputs.cols());
    in_chunks(inputs.cols(), [&](Eigen::Index first, Eigen::Index count) {
      represent(inputs.middleCols(first, count));
      naming_rows(first, [&] { head_.forward(z(), head_weights_, logits.middleCols(first, count)); });
    });
    restore_targets(logits);
    return logits;
  }

  /// The same bits from a const model, on a copy of it that is made for the call: slower, and good for several threads
  /// at once. A thread that asks often had better keep a copy.
  [[nodiscard]] Batch<Scalar, outputs> predict(
      const BatchIn<Scalar>& inputs) const requires std::copy_constructible<B> && std::copy_constructible<H> {
    return MultiTaskModel(*this).predict(inputs);
  }

  /// How often inputs or entries have gone through the model: backward is that of the last time.
  [[nodiscard]] std::uint64_t passes() const noexcept { return passes_; }

  /// Logits of one batch, keeping what backward needs; of real-valued tasks what the head predicts. Throws ShapeError
  /// on wrong sizes.
  void forward(const BatchIn<Scalar>& inputs, BatchOut<Scalar> logits) {
    moved_from_.check("model");
    detail::require_size("model: rows of the inputs (features)", inputs.rows(), input_size());
    detail::require_size("model: columns of the logits", logits.cols(), inputs.cols());
    represent(inputs);
    head_.forward(z(), head_weights_, logits);
  }

  /// Adds the gradients for the batch of the last forward: of the backbone's parameters and of the head's. Without a
  /// backbone's gradient (an empty span) the head's alone, which takes less.
  void backward(const BatchIn<Scalar>& dlogits, std::span<Scalar> backbone_gradient, std::span<Scalar> head_gradient) {
    moved_from_.check("model");
    if (!backbone_gradient.empty()) {
      detail::require_size("model: size of the backbone's gradient", backbone_gradient.size(), backbone_parameters());
    }
    detail::require_size("model: size of the head's gradient", head_gradient.size(), head_parameters);
    if constexpr (H::differentiable) {
      if (!backbone_gradient.empty()) {
        detail::grow(dz_, features, z_.cols());
        BatchOut<Scalar, features> dz = dz_.leftCols(samples_);
        head_.backward(z(), head_weights_, dlogits, head_gradient, dz);
        backbone_.backward(x(), dz, backbone_gradient);
        return;
      }
    }
    head_.backward_weights(z(), head_weights_, dlogits, head_gradient);
  }

  /// The head's half of backward: adds the head's gradient for the last forward and sets dz = dL/dz (features x B). It
  /// may be asked again with other cotangents, as those of one task; only a differentiable head has it.
  void backward_head(const BatchIn<Scalar>& dlogits, std::span<Scalar> head_gradient,
                     BatchOut<Scalar> dz) requires(H::differentiable) {
    moved_from_.check("model");
    detail::require_size("model: size of the head's gradient", head_gradient.size(), head_parameters);
    head_.backward(z(), head_weights_, dlogits, head_gradient, dz);
  }
  /// As above, without dL/dz.
  void backward_head(const BatchIn<Scalar>& dlogits, std::span<Scalar> head_gradient) {
    moved_from_.check("model");
    detail::require_size("model: size of the head's gradient", head_gradient.size(), head_parameters);
    head_.backward_weights(z(), head_weights_, dlogits, head_gradient);
  }
  /// The backbone's half of backward: adds its gradient for the last forward and dz = dL/dz. It may be asked again.
  void backward_backbone(const BatchIn<Scalar>& dz, std::span<Scalar> backbone_gradient) {
    moved_from_.check("model");
    detail::require_size("model: size of the backbone's gradient", backbone_gradient.size(), backbone_parameters());
    backbone_.backward(x(), dz, backbone_gradient);
  }

  /// What the head will ever need of inputs (input_size x B) while the backbone stays as it is: entries
  /// (head().encoded_size() x B). In chunks, as predict. Throws ShapeError.
  void encode(const BatchIn<Scalar>& inputs, BatchOut<Scalar> entries) requires CachingHead<H> {
    moved_from_.check("model");
    detail::require_size("model: rows of the inputs (features)", inputs.rows(), input_size());
    detail::require_size("model: columns of the entries", entries.cols(), inputs.cols());
    in_chunks(inputs.cols(), [&](Eigen::Index first, Eigen::Index count) {
      represent(inputs.middleCols(first, count));
      naming_rows(first, [&] { head_.encode(z(), entries.middleCols(first, count)); });
    });
  }

  /// As predict, from entries.
  [[nodiscard]] Batch<Scalar, outputs> predict_encoded(const BatchIn<Scalar>& entries) requires CachingHead<H> {
    Batch<Scalar, outputs> logits(outputs, entries.cols());
    in_chunks(entries.cols(), [&](Eigen::Index first, Eigen::Index count) {
      forward_encoded(entries.middleCols(first, count), logits.middleCols(first, count));
    });
    restore_targets(logits);
    return logits;
  }

  [[nodiscard]] Batch<Scalar, outputs> predict_encoded(const BatchIn<Scalar>& entries) const requires
      CachingHead<H> && std::copy_constructible<B> && std::copy_constructible<H> {
    return MultiTaskModel(*this).predict_encoded(entries);
  }

  /// As forward and backward, from entries.
  void forward_encoded(const BatchIn<Scalar>& entries, BatchOut<Scalar> logits) requires CachingHead<H> {
    moved_from_.check("model");
    ++passes_;
    head_.forward_encoded(entries, head_weights_, logits);
  }
  void backward_encoded(const BatchIn<Scalar>& entries, const BatchIn<Scalar>& dlogits,
                        std::span<Scalar> head_gradient) requires CachingHead<H> {
    moved_from_.check("model");
    head_.backward_encoded(entries, head_weights_, dlogits, head_gradient);
  }

  /// Lines that say what the model is: scalar, backbone, encoding, tasks. A saved model must match them.
  [[nodiscard]] std::string describe() const {
    moved_from_.check("model");
    return detail::text("scalar ", 8 * sizeof(Scalar), " bits\n", describe_backbone(backbone_), '\n', H::describe());
  }

 private:
  /// Calls body(first, count) for chunks of samples.
  template <class Body>
  static void in_chunks(Eigen::Index samples, const Body& body) {
    constexpr Eigen::Index chunk = 512;
    for (Eigen::Index first = 0; first < samples; first += chunk) body(first, std::min(chunk, samples - first));
  }

  /// Runs the head on the representations at hand; an error about one of them names its row among all inputs.
  template <class Run>
  void naming_rows(Eigen::Index first, const Run& run) {
    if constexpr (requires { typename H::EncodingType; }) {
      using E = typename H::EncodingType;
      detail::naming_rows<E>(z().unaryExpr([](Scalar value) { return SquashOf<E>::angle(value); }), first, run);
    } else {
      run();
    }
  }

  /// Predictions of real-valued tasks in the targets' units; a number too large for the scalar becomes its largest.
  void restore_targets(BatchOut<Scalar, outputs> logits) const {
    Eigen::Index row = 0;
    for (std::size_t t = 0; t < task_outputs.size(); row += task_outputs[t], ++t) {
      if (!target_scaler_.has_scale(t)) continue;
      constexpr double most = static_cast<double>(std::numeric_limits<Scalar>::max());
      for (Scalar& value : logits.row(row)) {
        value = static_cast<Scalar>(std::clamp(target_scaler_[t].restore(static_cast<double>(value)), -most, most));
      }
    }
  }

  /// Everything before the head.
  void represent(const BatchIn<Scalar>& inputs) {
    ++passes_;
    samples_ = inputs.cols();
    detail::grow(x_, inputs.rows(), samples_);
    detail::grow(z_, features, samples_);
    standardizer_.apply(inputs, x_.leftCols(samples_));
    backbone_.forward(x(), z_.leftCols(samples_));
  }

  /// The standardised inputs and the representations of the last pass.
  [[nodiscard]] BatchIn<Scalar> x() const noexcept { return x_.leftCols(samples_); }
  [[nodiscard]] BatchIn<Scalar, features> z() const noexcept { return z_.leftCols(samples_); }

  detail::MovedFrom moved_from_;
  B backbone_;
  H head_;
  std::vector<Scalar, Eigen::aligned_allocator<Scalar>> head_weights_;  // bits must not depend on where it lies
  Standardizer<Scalar> standardizer_;
  TargetScaler<Scalar> target_scaler_;
  std::uint64_t passes_ = 0;
  Eigen::Index samples_ = 0;  // of the last pass; the buffers have room for the largest so far
  Batch<Scalar> x_;
  Batch<Scalar, features> z_, dz_;
};

namespace detail {

/// What stands for a model whose arguments break a rule: compilers go on with it, so that there is one error. Made only
/// then, since it depends on what has not `Passed`: who includes this and makes no mistake does not pay for it.
template <bool Passed>
using AnyModel = MultiTaskModel<Frozen<1 + Passed>, LinearHead<double, 1 + Passed, AnyTask>>;

template <bool Passed, class B, class... Arguments>
struct QuantumModelOr {
  using type = AnyModel<Passed>;
};
template <class B, class E, class... Tasks>
struct QuantumModelOr<true, B, E, Tasks...> {
  using type = MultiTaskModel<B, QuantumHead<typename B::Scalar, E, Tasks...>>;
};
template <bool Passed, class B, class... Tasks>
struct LinearModelOr {
  using type = AnyModel<Passed>;
};
template <class B, class... Tasks>
struct LinearModelOr<true, B, Tasks...> {
  using type = MultiTaskModel<B, LinearHead<typename B::Scalar, B::output_size, Tasks...>>;
};

/// The type of a QmtlModel, and what is wrong with its arguments.
template <class B, class E, class... Tasks>
struct QuantumModel {
  static constexpr bool parts = Backbone<B> && ConesFit<HeadMethod::automatic, E, Tasks...>;
  static constexpr bool fits = parts && requires { requires B::output_size == E::features; };
  static constexpr bool width_differs = parts && !fits;
  using type = typename QuantumModelOr<fits, B, E, Tasks...>::type;
  using Check = std::conditional_t<Backbone<B>, HeadCheck<HeadMethod::automatic, E, Tasks...>, BackboneCheck<B>>;
  static_assert(sizeof(Check) > 0);
  static_assert(!width_differs, "qmtl: a backbone's output size must equal the number of features of the head");
};

/// The same of a LinearModel.
template <class B, class... Tasks>
struct LinearModel {
  using type = typename LinearModelOr<Backbone<B> && DistinctTasks<Tasks...>, B, Tasks...>::type;
  using Check = std::conditional_t<Backbone<B>, TaskListCheck<Tasks...>, BackboneCheck<B>>;
  static_assert(sizeof(Check) > 0);
};

}  // namespace detail

/// A quantum multi-task model: `QmtlModel<Mlp<64, 32, 8>, AngleEncoding<8>, Task<...>, ...>`. The scalar is the
/// backbone's.
template <class B, class E, class... Tasks>
using QmtlModel = typename detail::QuantumModel<B, E, Tasks...>::type;

/// The classical counterpart, hard parameter sharing with linear heads, on the same backbone and tasks.
template <class B, class... Tasks>
using LinearModel = typename detail::LinearModel<B, Tasks...>::type;

namespace detail {
template <class... Tasks>
[[nodiscard]] std::vector<TaskFacts> facts_of(std::type_identity<std::tuple<Tasks...>>) {
  return {TaskFacts{.name = std::string(Tasks::name),
                    .classes = Tasks::classes,
                    .outputs = Tasks::outputs,
                    .standardizable = predicts_target<typename Tasks::Readout> && Tasks::outputs == 1}...};
}
}  // namespace detail

/// Names, classes, outputs and parameters of a model's tasks, in order.
template <Backbone B, Head H>
[[nodiscard]] std::vector<TaskFacts> task_facts(const MultiTaskModel<B, H>&) {
  auto facts = detail::facts_of(std::type_identity<typename H::TaskList>{});
  int first = 0;
  for (std::size_t t = 0; t < facts.size(); ++t) {
    facts[t].first_output = first;
    facts[t].parameters = H::task_parameters[t];
    if constexpr (requires { H::task_reach; }) facts[t].reach = H::task_reach[t];
    first += facts[t].outputs;
  }
  return facts;
}

template <Backbone B, Head H>
void MultiTaskModel<B, H>::set_target_scaler(TargetScaler<Scalar> scaler) {
  if (!scaler.empty()) detail::require_size("model: tasks of the target scaler", scaler.tasks(), tasks);
  const auto facts = task_facts(*this);
  for (std::size_t t = 0; t < scaler.tasks(); ++t) {
    if (!scaler.has_scale(t) || facts[t].standardizable) continue;
    throw ValueError(detail::text("qmtl: model: target scaler: task '", facts[t].name,
                                  "', expected no scale, since it has no real target"));
  }
  target_scaler_ = std::move(scaler);
}

}  // namespace qmtl::inline QMTL_ABI
