#pragma once
// SPDX-License-Identifier: Apache-2.0
// A kind of head on one problem, its type forgotten: trains a model of it and judges that model.

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "paper/circuit_backend.hpp"
#include "qmtl/core/rng.hpp"
#include "qmtl/data/dataset.hpp"
#include "qmtl/loss/metrics.hpp"

namespace qmtl::benchmark::paper {

/// What a search chooses.
struct Settings {
  double learning_rate = 1e-3;
  double weight_decay = 1e-2;
  double head_rate_scale = 1.0;  ///< the head's learning rate is learning_rate times this
  int backbone = 0;              ///< number of one of the problem's backbones
};

/// What a search does not choose: the same for every head of a problem.
struct Schedule {
  int epochs = 10;
  int batch_size = 32;
  bool standardize = true;  ///< inputs to mean 0 and deviation 1
};

struct CurvePoint {
  int epoch = 0;
  double train_loss = 0.0;      ///< sum over tasks
  double validation_auc = 0.0;  ///< mean over tasks; NaN without validation data
};

/// What one training is told. `validation` is watched, never learnt from; it may be null.
struct TrainRequest {
  const Dataset<double>& train;
  const Dataset<double>* validation = nullptr;
  Settings settings{};
  Schedule schedule{};
  Seed seed{};
};

/// The parameters of a model, or of several.
using ModelState = std::vector<std::vector<double>>;

/// A model that has been trained.
class Trained {
 public:
  Trained() = default;
  Trained(const Trained&) = delete;
  Trained& operator=(const Trained&) = delete;
  virtual ~Trained() = default;
  /// Metrics of each task; baselines are those of the training labels.
  [[nodiscard]] virtual std::vector<TaskMetrics> evaluate(const Dataset<double>& data) = 0;

  // Under noise; by default of models without circuits.

  /// Of each head that has circuits.
  [[nodiscard]] virtual std::vector<HeadProgram<double>> programs() const { return {}; }
  /// From now on what `make` makes evaluates them; without one, their own methods.
  virtual void run_on([[maybe_unused]] const BackendMaker& make) {}
  /// Goes on training with the same settings, but for so many epochs and at a lower rate.
  virtual void train_on([[maybe_unused]] const TrainRequest& request, [[maybe_unused]] int epochs,
                        [[maybe_unused]] double rate_factor) {}
  [[nodiscard]] virtual ModelState state() const { return {}; }
  virtual void restore([[maybe_unused]] const ModelState& state) {}

  std::vector<CurvePoint> curve;
  std::size_t backbone_parameters = 0;
  double seconds = 0.0;  ///< of training, without what was done on validation data
};

/// A kind of head. `train` may be called from several threads at once.
struct HeadKind {
  std::string name;
  int head_parameters = 0;
  std::string architecture;  ///< Head::describe()
  std::function<std::unique_ptr<Trained>(const TrainRequest&)> train;
};

/// A model a task as one kind of head: heads[t] is trained on the labels of task t alone. Head and backbone parameters
/// and times are sums.
[[nodiscard]] HeadKind one_model_a_task(std::string name, std::vector<HeadKind> heads);

}  // namespace qmtl::benchmark::paper
