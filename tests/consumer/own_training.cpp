// SPDX-License-Identifier: Apache-2.0
// An optimizer, a schedule and a weighting of a user's own, in trainings that the library has compiled: they train, and
// a training that is interrupted goes on from its checkpoint with the same bits.

#include <qmtl/qmtl.hpp>

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

void train_with_own_rules();  // for compiled.cpp

namespace own_rules {

using namespace qmtl;

/// Lion (Chen et al. 2023, algorithm 2): the sign of an average of gradients.
struct Lion {
  double learning_rate = 1e-4, beta1 = 0.9, beta2 = 0.99, weight_decay = 0.0;

  void describe(SettingsText& text) const {
    text.word("lion");
    text.setting("learning_rate", learning_rate);
    text.setting("beta1", beta1);
    text.setting("beta2", beta2);
    text.setting("weight_decay", weight_decay);
  }

  template <class S>
  struct Run {
    double beta1, beta2, weight_decay;
    std::vector<S> average;

    void step(StepSize size, std::span<S> parameters, std::span<const S> gradient) {
      for (std::size_t i = 0; i < average.size(); ++i) {
        const double g = gradient[i], m = average[i], way = beta1 * m + (1.0 - beta1) * g;
        const double decay = weight_decay * size.decay_scale * parameters[i];
        parameters[i] -= static_cast<S>(size.rate * ((way > 0.0) - (way < 0.0) + decay));
        average[i] = static_cast<S>(beta2 * m + (1.0 - beta2) * g);
      }
    }
    template <class Archive>
    void archive(Archive& archive) {
      archive.numbers(average, "average of gradients");
    }
  };
  template <class S>
  Run<S> start(std::size_t size) const {
    return {beta1, beta2, weight_decay, std::vector<S>(size)};
  }
};

/// Up and down again in every period of so many epochs.
struct Triangular {
  int period = 4;
  double lowest = 0.1;
  static constexpr bool of_all_epochs = false;

  double operator()(const StepPosition& at) const {
    const double epochs = static_cast<double>(at.step) / static_cast<double>(at.steps_per_epoch);
    const double phase = std::fmod(epochs, period) / period;
    return lowest + (1.0 - lowest) * (1.0 - std::abs(2.0 * phase - 1.0));
  }
  void describe(SettingsText& text) const {
    text.word("triangular");
    text.setting("period", period);
    text.setting("lowest", lowest);
  }
};

/// Tasks count by their share of all losses, averaged over the steps.
struct LossShares {
  double inertia = 0.9;

  void describe(SettingsText& text) const {
    text.word("loss shares");
    text.setting("inertia", inertia);
  }

  struct Run {
    double inertia;
    std::vector<double> weights;

    std::span<const double> values() const { return weights; }
    void after_step(const WeightingStep& step) {
      double sum = 0.0;
      for (const TaskLoss& loss : step.losses) sum += loss.loss;
      for (std::size_t t = 0; t < weights.size(); ++t) {
        const double share = static_cast<double>(weights.size()) * step.losses[t].loss / sum;
        weights[t] = inertia * weights[t] + (1.0 - inertia) * share;
      }
    }
    template <class Archive>
    void archive(Archive& archive) {
      archive.numbers(weights, "weights");
    }
  };
  Run start(std::span<const LabelKind> kinds) const { return {inertia, std::vector<double>(kinds.size(), 1.0)}; }
};

static_assert(OwnOptimizerSettings<Lion> && OwnRateCurve<Triangular> && OwnWeightingSettings<LossShares>);

using Model = LinearModel<Mlp<2, 3>, Task<"above", RotationBlock<1>, Window<0, 1>, Binary>,
                          Task<"sum", RotationBlock<1>, Window<1, 1>, Regression<>>>;

FitOptions options(const char* path, double beta1 = 0.9) {
  return {.epochs = 9,
          .batch_size = 7,
          .optimizer = Lion{.learning_rate = 0.02, .beta1 = beta1, .weight_decay = 0.01},
          .schedule = {.curve = Triangular{}, .warm_up_epochs = 0.5},
          .weighting = LossShares{},
          .checkpoint = Checkpointing{.path = path, .every_steps = 1}};
}

std::vector<double> parameters(const Model& model) {
  std::vector<double> out(model.backbone().parameters().begin(), model.backbone().parameters().end());
  out.insert(out.end(), model.head_weights().begin(), model.head_weights().end());
  return out;
}

void require(bool right, const char* what) {
  if (right) return;
  std::printf("failed: %s\n", what);
  std::exit(1);
}

void train() {
  Dataset<double> data{Batch<double>(2, 40), Batch<double>(2, 40), {}};
  Rng rng(Seed{1});
  for (double& value : data.inputs.reshaped()) value = rng.normal();
  data.labels.row(0) = (data.inputs.row(0).array() > data.inputs.row(1).array()).cast<double>();
  data.labels.row(1) = data.inputs.colwise().sum();

  Model whole{Seed{1}};
  std::remove("whole.checkpoint");
  const FitReport report = fit(whole, data, options("whole.checkpoint"));
  require(report.history.back().train_loss < 0.7 * report.history.front().train_loss, "it trains");
  require(report.history.back().task_weights[0] != 1.0, "the weighting is used");

  std::remove("parts.checkpoint");
  Model parts{Seed{1}};
  FitOptions interrupted = options("parts.checkpoint");
  interrupted.callbacks = {[](const EpochRecord& record) -> bool {
    if (record.epoch == 4) throw LogicError("interrupted");
    return true;
  }};
  try {
    (void)fit(parts, data, interrupted);
    require(false, "the callback interrupts it");
  } catch (const LogicError&) {
  }
  Model resumed{Seed{1}};
  (void)fit(resumed, data, options("parts.checkpoint"));
  require(parameters(resumed) == parameters(whole), "resumed, it ends with the same bits");

  try {
    Model other{Seed{1}};
    (void)fit(other, data, options("parts.checkpoint", 0.8));
    require(false, "another setting is another training");
  } catch (const FileError& error) {
    require(std::string(error.what()).find("beta1 0.8") != std::string::npos, "the line that differs is named");
  }
  std::remove("whole.checkpoint");
  std::remove("parts.checkpoint");
}

}  // namespace own_rules

void train_with_own_rules() { own_rules::train(); }
