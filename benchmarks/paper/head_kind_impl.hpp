#pragma once
// SPDX-License-Identifier: Apache-2.0
// HeadKind of a head type: the part that is compiled once for each head of each problem.

#include <algorithm>
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
    FitOptions options = options_of(request, request.schedule.epochs, 1.0);
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

  [[nodiscard]] std::vector<HeadProgram<double>> programs() const override {
    if constexpr (has_circuits) {
      return {H::program()};
    } else {
      return {};
    }
  }
  void run_on([[maybe_unused]] const BackendMaker& make) override {
    if constexpr (has_circuits) {
      if (make) {
        model_.head().set_backend(make(H::program()));
      } else {
        model_.head().restore_method();
      }
    }
  }
  void train_on(const TrainRequest& request, int epochs, double rate_factor) override {
    fit(model_, request.train, options_of(request, epochs, rate_factor));
  }
  [[nodiscard]] ModelState state() const override {
    const auto backbone = model_.backbone().parameters();
    const auto head = model_.head_weights();
    return {{backbone.begin(), backbone.end()}, {head.begin(), head.end()}};
  }
  void restore(const ModelState& state) override {
    std::ranges::copy(state.at(0), model_.backbone().parameters().begin());
    std::ranges::copy(state.at(1), model_.head_weights().begin());
  }

 private:
  static constexpr bool has_circuits = requires { H::program(); };

  [[nodiscard]] static FitOptions options_of(const TrainRequest& request, int epochs, double rate_factor) {
    return {.epochs = epochs,
            .batch_size = request.schedule.batch_size,
            .optimizer = AdamW{.learning_rate = rate_factor * request.settings.learning_rate,
                               .weight_decay = request.settings.weight_decay},
            .head_learning_rate_scale = request.settings.head_rate_scale,
            .head_weight_decay_scale = 0.0,  // for all heads alike: angles have no natural zero
            .seed = request.seed,
            .standardize = request.schedule.standardize,
            .schedule = {.curve = CosineRate{}}};
  }

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
