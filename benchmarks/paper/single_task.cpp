// SPDX-License-Identifier: Apache-2.0
// One model a task: the labels of each task apart, and the models' results side by side.

#include <utility>

#include "paper/head_kind.hpp"
#include "qmtl/core/error.hpp"
#include "qmtl/loss/statistics.hpp"

namespace qmtl::benchmark::paper {
namespace {

/// The rows that have a label of task t, with no other labels.
[[nodiscard]] Dataset<double> only_task(const Dataset<double>& data, int t) {
  std::vector<Eigen::Index> rows;
  for (Eigen::Index row = 0; row < data.rows(); ++row) {
    if (data.labels(t, row) >= 0.0) rows.push_back(row);
  }
  Dataset<double> out = data.select(rows);
  out.labels = Batch<double>(out.labels.row(t));
  out.task_names.clear();
  return out;
}

class TrainedModels final : public Trained {
 public:
  TrainedModels(const std::vector<HeadKind>& heads, const TrainRequest& request) {
    detail::require_size("one model a task: heads, as tasks,", heads.size(), request.train.tasks());
    for (int t = 0; t < request.train.tasks(); ++t) {
      const Dataset<double> train = only_task(request.train, t);
      Dataset<double> validation;
      if (request.validation != nullptr) validation = only_task(*request.validation, t);
      models_.push_back(
          heads[static_cast<std::size_t>(t)].train({train, request.validation != nullptr ? &validation : nullptr,
                                                    request.settings, request.schedule, request.seed}));
      add(*models_.back());
    }
    for (std::size_t i = 0; i < curve.size(); ++i) {
      std::vector<double> aucs;
      for (const auto& model : models_) aucs.push_back(model->curve[i].validation_auc);
      curve[i].validation_auc = summarize(aucs).mean;  // over the tasks that have one, as for other heads
    }
  }

  [[nodiscard]] std::vector<TaskMetrics> evaluate(const Dataset<double>& data) override {
    std::vector<TaskMetrics> out;
    for (std::size_t t = 0; t < models_.size(); ++t) {
      out.push_back(models_[t]->evaluate(only_task(data, static_cast<int>(t))).front());
      if (t < data.task_names.size()) out.back().name = data.task_names[t];
    }
    return out;
  }

  [[nodiscard]] std::vector<HeadProgram<double>> programs() const override {
    std::vector<HeadProgram<double>> out;
    for (const auto& model : models_) {
      for (auto& program : model->programs()) out.push_back(std::move(program));
    }
    return out;
  }
  void run_on(const BackendMaker& make) override {
    for (const auto& model : models_) model->run_on(make);
  }
  void train_on(const TrainRequest& request, int epochs, double rate_factor) override {
    for (std::size_t t = 0; t < models_.size(); ++t) {
      const Dataset<double> train = only_task(request.train, static_cast<int>(t));
      models_[t]->train_on({train, nullptr, request.settings, request.schedule, request.seed}, epochs, rate_factor);
    }
  }
  [[nodiscard]] ModelState state() const override {
    ModelState out;
    for (const auto& model : models_) {
      for (auto& parameters : model->state()) out.push_back(std::move(parameters));
    }
    return out;
  }
  void restore(const ModelState& state) override {
    const std::size_t each = state.size() / models_.size();
    for (std::size_t t = 0; t < models_.size(); ++t) {
      const auto first = state.begin() + static_cast<std::ptrdiff_t>(t * each);
      models_[t]->restore({first, first + static_cast<std::ptrdiff_t>(each)});
    }
  }

 private:
  void add(const Trained& model) {
    backbone_parameters += model.backbone_parameters;
    seconds += model.seconds;
    curve.resize(model.curve.size());
    for (std::size_t i = 0; i < curve.size(); ++i) {
      curve[i].epoch = model.curve[i].epoch;
      curve[i].train_loss += model.curve[i].train_loss;
    }
  }

  std::vector<std::unique_ptr<Trained>> models_;
};

}  // namespace

HeadKind one_model_a_task(std::string name, std::vector<HeadKind> heads) {
  HeadKind out{std::move(name), 0, "one model a task", {}};
  for (const HeadKind& head : heads) {
    out.head_parameters += head.head_parameters;
    out.architecture += "\n" + head.architecture;
  }
  out.train = [heads = std::move(heads)](const TrainRequest& request) {
    return std::unique_ptr<Trained>(std::make_unique<TrainedModels>(heads, request));
  };
  return out;
}

}  // namespace qmtl::benchmark::paper
