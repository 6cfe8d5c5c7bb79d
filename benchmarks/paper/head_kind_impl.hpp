#pragma once
// SPDX-License-Identifier: Apache-2.0
// HeadKind of a head type: the part that is compiled once for each head of each problem.

#include <chrono>
#include <memory>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "paper/any_backbone.hpp"
#include "paper/head_kind.hpp"
#include "qmtl/model/model.hpp"
#include "qmtl/train/fit.hpp"

namespace qmtl::benchmark::paper {

template <Head H>
class TrainedHead final : public Trained {
 public:
  TrainedHead(AnyBackbone<H::features> backbone, const TrainRequest& request)
      : model_(std::move(backbone), request.seed), majorities_(majority_classes(model_, request.train)) {
    FitOptions options{.epochs = request.schedule.epochs,
                       .batch_size = request.schedule.batch_size,
                       .optimizer = AdamW{.learning_rate = request.settings.learning_rate,
                                          .weight_decay = request.settings.weight_decay},
                       .head_learning_rate_scale = request.settings.head_rate_scale,
                       .head_weight_decay_scale = 0.0,  // for all heads alike: angles have no natural zero
                       .seed = request.seed,
                       .standardize = request.schedule.standardize,
                       .schedule = {.curve = CosineRate{}}};
    using Clock = std::chrono::steady_clock;
    Clock::duration watched{};
    options.callbacks = {[&](const EpochRecord& record) {
      const auto start = Clock::now();
      double auc = undefined_metric;
      if (request.validation != nullptr) auc = detail::mean_metric(evaluate(*request.validation), StoppingMetric::auc);
      curve.push_back({record.epoch, record.train_loss, auc});
      watched += Clock::now() - start;
      return true;
    }};
    const FitReport report = fit(model_, request.train, options);
    seconds = report.seconds - std::chrono::duration<double>(watched).count();
    backbone_parameters = model_.backbone_parameters();
  }

  [[nodiscard]] std::vector<TaskMetrics> evaluate(const Dataset<double>& data) override {
    return qmtl::evaluate(model_, data, majorities_);
  }

 private:
  MultiTaskModel<AnyBackbone<H::features>, H> model_;
  std::vector<int> majorities_;
};

/// `make_backbone(i)` makes backbone i of the problem.
template <Head H>
[[nodiscard]] HeadKind head_kind(std::string name, AnyBackbone<H::features> (*make_backbone)(int)) {
  return {std::move(name), H::parameters, H::describe(), [make_backbone](const TrainRequest& request) {
            return std::unique_ptr<Trained>(
                std::make_unique<TrainedHead<H>>(make_backbone(request.settings.backbone), request));
          }};
}

/// The heads of a tuple, one for each task of a problem, as one kind of head.
template <class Tuple, int Features>
[[nodiscard]] HeadKind single_task_kind(std::string name, AnyBackbone<Features> (*make_backbone)(int)) {
  return [&]<class... H>(std::type_identity<std::tuple<H...>>) {
    return one_model_a_task(name, {head_kind<H>(name, make_backbone)...});
  }(std::type_identity<Tuple>{});
}

}  // namespace qmtl::benchmark::paper
