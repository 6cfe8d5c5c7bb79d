#pragma once
// SPDX-License-Identifier: Apache-2.0
// What a training sees of a model, whatever its type: what trains, judges and keeps checkpoints is compiled once for
// each precision and not once for each model.

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "qmtl/core/archive.hpp"
#include "qmtl/core/finite.hpp"
#include "qmtl/core/scalar.hpp"
#include "qmtl/data/standardizer.hpp"
#include "qmtl/data/target_scaler.hpp"
#include "qmtl/model/task_facts.hpp"

namespace qmtl::inline QMTL_ABI {

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

  /// Lines that say what the model is.
  [[nodiscard]] virtual std::string describe() const = 0;
  /// The features of an input.
  [[nodiscard]] virtual int input_size() const = 0;
  [[nodiscard]] virtual std::span<S> backbone_parameters() = 0;
  [[nodiscard]] virtual std::span<S> head_parameters() = 0;
  [[nodiscard]] virtual const Standardizer<S>& standardizer() const = 0;
  /// Throws ShapeError if it is for another number of features.
  virtual void set_standardizer(Standardizer<S> standardizer) = 0;
  [[nodiscard]] virtual const TargetScaler<S>& target_scaler() const = 0;
  /// Throws ShapeError if it is for another number of tasks, ValueError if it scales what is no real target.
  virtual void set_target_scaler(TargetScaler<S> scaler) = 0;
  /// Throws ValueError for an input (input_size x B) that the backbone cannot take.
  virtual void require_inputs(const BatchIn<S>& inputs) const = 0;

  /// How often something has gone through the model: a backward is that of the last time.
  [[nodiscard]] virtual std::uint64_t passes() const = 0;
  /// Logits (outputs x B) of inputs (input_size x B), keeping what a backward needs. Throws ShapeError.
  virtual void forward(const BatchIn<S>& inputs, BatchOut<S> logits) = 0;
  /// Adds the gradients of the last forward for dlogits = dL/dlogits (outputs x B); with an empty backbone_gradient the
  /// head's alone. Throws ShapeError.
  virtual void backward(const BatchIn<S>& dlogits, std::span<S> backbone_gradient, std::span<S> head_gradient) = 0;
  /// The head's half: sets dz = dL/dz (features x B) where the head is differentiable, else leaves it.
  virtual void backward_head(const BatchIn<S>& dlogits, std::span<S> head_gradient, BatchOut<S> dz) = 0;
  /// The backbone's half; nothing where the head is not differentiable.
  virtual void backward_backbone(const BatchIn<S>& dz, std::span<S> backbone_gradient) = 0;
  /// Logits, and real targets in their units.
  [[nodiscard]] virtual Batch<S> predict(const BatchIn<S>& inputs) = 0;

  // For a head that caches encodings; any other one throws LogicError.

  [[nodiscard]] virtual Eigen::Index encoded_size() const = 0;
  virtual void encode(const BatchIn<S>& inputs, BatchOut<S> entries) = 0;
  virtual void forward_encoded(const BatchIn<S>& entries, BatchOut<S> logits) = 0;
  virtual void backward_encoded(const BatchIn<S>& entries, const BatchIn<S>& dlogits, std::span<S> head_gradient) = 0;
  [[nodiscard]] virtual Batch<S> predict_encoded(const BatchIn<S>& entries) = 0;

  // The state of a StatefulBackbone; nothing for any other.

  virtual void archive_state(ArchiveWriter& archive) = 0;
  /// Throws FileError for impossible state; then the backbone's is undefined.
  virtual void archive_state(ArchiveReader& archive) = 0;
  [[nodiscard]] virtual std::vector<std::byte> backbone_state() const = 0;
  /// Puts back what `backbone_state` has given.
  virtual void set_backbone_state(std::span<const std::byte> state) = 0;

 protected:
  explicit Trainee(TraineeFacts facts) : facts_(std::move(facts)) {}

 private:
  TraineeFacts facts_;
};

/// A model of a type for which `make_trainee` makes its Trainee, as for a MultiTaskModel.
template <class M, class S>
concept TrainableModel = requires(M& model) {
  requires std::derived_from<std::remove_reference_t<decltype(*make_trainee(model))>, Trainee<S>>;
};

}  // namespace qmtl::inline QMTL_ABI
