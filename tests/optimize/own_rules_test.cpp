// SPDX-License-Identifier: Apache-2.0
// Optimizers, curves and weightings of types that the library does not know: used, saved, and refused by name.

#include <cmath>
#include <limits>
#include <span>
#include <string>
#include <vector>

#include "qmtl/optimize/optimizer.hpp"
#include "qmtl/optimize/schedule.hpp"
#include "qmtl/optimize/weighting.hpp"
#include "support/catch.hpp"
#include "support/throws.hpp"

namespace own_rules_test {

using namespace qmtl;
using qmtl::test::message_of;

/// Gradient descent with momentum, as Sgd does it.
struct HeavyBall {
  double learning_rate = 0.1;
  double momentum = 0.5;
  int forgotten = 0;  // numbers that reading leaves behind

  void validate() const {
    if (momentum >= 1.0) throw ValueError("heavy ball: momentum");
  }
  void describe(SettingsText& text) const {
    text.word("heavy\nball");
    text.setting("learning_rate", learning_rate);
    text.setting("momentum", momentum);
  }

  template <class S>
  struct Run {
    double momentum;
    int forgotten;
    std::vector<S> velocity;

    void step(StepSize size, std::span<S> parameters, std::span<const S> gradient) {
      for (std::size_t i = 0; i < velocity.size(); ++i) {
        velocity[i] = static_cast<S>(momentum) * velocity[i] + gradient[i];
        parameters[i] -= static_cast<S>(size.rate) * velocity[i];
      }
    }
    template <class Archive>
    void archive(Archive& archive) {
      archive.numbers(velocity, "velocity");
      for (int i = 0; i < forgotten && !Archive::reading; ++i) archive.value(momentum, "momentum");
    }
  };
  template <class S>
  Run<S> start(std::size_t size) const {
    return {momentum, forgotten, std::vector<S>(size)};
  }
};
static_assert(OwnOptimizerSettings<HeavyBall> && !OwnOptimizerSettings<Adam> && !OwnOptimizerSettings<int>);

struct DoubleOnly : HeavyBall {
  template <class S>
  Run<S> start(std::size_t size) const requires std::same_as<S, double> {
    return HeavyBall::start<S>(size);
  }
};

std::vector<std::byte> written(const auto& state) {
  detail::ByteWriter out;
  ArchiveWriter archive(out);
  state(archive);
  return {out.bytes().begin(), out.bytes().end()};
}

TEST_CASE("an optimizer of another type makes the steps that it says, in both precisions") {
  const auto same = [](auto scalar) {
    using S = decltype(scalar);
    Optimizer<S> own(HeavyBall{.learning_rate = 0.25}, 2);
    Optimizer<S> sgd(Sgd{.learning_rate = 0.25, .momentum = 0.5}, 2);
    std::vector<S> p{S(1), S(2)}, q = p;
    for (int i = 1; i <= 4; ++i) {
      const std::vector<S> gradient{S(i), S(-0.5)};
      own.step({.rate = 0.5 / i}, p, gradient);
      sgd.step({.rate = 0.5 / i}, q, gradient);
      CHECK(p == q);
    }
    CHECK(own.learning_rate() == 0.25);
    CHECK(own.steps() == 4);
  };
  same(1.0);
  same(1.0f);
  CHECK(message_of<ValueError>([] { Optimizer<double>(HeavyBall{.momentum = 1.0}, 2); }) == "heavy ball: momentum");
  CHECK(message_of<ValueError>([] {
          Optimizer<double>(HeavyBall{.learning_rate = -1.0}, 2);
        }).starts_with("qmtl: optimizer: learning_rate, expected"));
  CHECK_NOTHROW(Optimizer<double>(DoubleOnly{}, 2));
  CHECK(message_of<ValueError>([] { Optimizer<float>(DoubleOnly{}, 2); }) ==
        "qmtl: optimizer: 'heavy\\nball, learning_rate 0.1, momentum 0.5', expected a start<float> for a model of that "
        "precision, got none");
}

TEST_CASE("its state goes through an archive, and one that reads less than it wrote is found out") {
  const auto saved = [](int forgotten) {
    Optimizer<double> optimizer(HeavyBall{.forgotten = forgotten}, 2);
    std::vector<double> p(2);
    optimizer.step(p, std::vector{1.0, -3.0});
    const auto write = [&](ArchiveWriter& archive) { optimizer.archive(archive, "own", {1, 1}); };
    return written(write);
  };
  const auto load = [](std::span<const std::byte> bytes) {
    Optimizer<double> optimizer(HeavyBall{}, 2);
    detail::ByteReader in(bytes, "checkpoint", "file");
    ArchiveReader archive(in);
    optimizer.archive(archive, "own", {1, 1});
    std::vector<double> p(2);
    optimizer.step(p, std::vector{0.0, 0.0});
    return p;
  };
  CHECK(load(saved(0))[0] == Approx(-0.05));
  CHECK(load(saved(0))[1] == Approx(0.15));
  CHECK(message_of<FileError>([&] { (void)load(saved(2)); }) ==
        "qmtl: checkpoint: 'file' is damaged: own, expected 16 bytes less");
  auto cut = saved(0);
  cut.pop_back();
  CHECK_THROWS_AS(load(cut), FileError);
}

/// Leaves the finite numbers, or throws, in its first step.
struct Failing {
  double learning_rate = 0.1;
  bool throws = false;
  void describe(SettingsText& text) const { text.word("failing"); }

  template <class S>
  struct Run {
    bool throws;
    void step(StepSize, std::span<S> parameters, std::span<const S>) {
      for (S& p : parameters) p = std::numeric_limits<S>::quiet_NaN();
      if (throws) throw ValueError("failing");
    }
    template <class Archive>
    void archive(Archive&) {}
  };
  template <class S>
  Run<S> start(std::size_t) const {
    return {throws};
  }
};

TEST_CASE("a step that throws does not count, and trained weights of tasks stay finite or it is an error") {
  Optimizer<double> optimizer(Failing{.throws = true}, 1);
  std::vector<double> p(1);
  CHECK_THROWS_AS(optimizer.step(p, std::vector{1.0}), ValueError);
  CHECK(optimizer.steps() == 0);

  TaskWeights weights(UncertaintyWeights{}, Failing{}, {{2}});
  const std::vector<TaskLoss> losses{{.loss = 1.0, .labelled = 1}};
  CHECK(message_of<NumericalError>([&] { weights.after_step(losses, {}, 1.0); }) ==
        "qmtl: weighting: what is trained for task 0, expected a finite number, got nan");
}

/// Up to 1 in half the steps and down again.
struct Triangle {
  double top = 1.0;
  double operator()(const StepPosition& at) const {
    const double share = static_cast<double>(at.step) / static_cast<double>(at.steps);
    return top * (share < 0.5 ? 2.0 * share : 2.0 - 2.0 * share);
  }
  void describe(SettingsText& text) const {
    text.word("triangle");
    text.setting("top", top);
  }
};
struct Flat {
  static constexpr bool of_all_epochs = false;
  double operator()(const StepPosition&) const { return 0.5; }
  void describe(SettingsText& text) const { text.word("flat"); }
};

TEST_CASE("a curve of another type is a schedule behind the warm-up, and must be a rate") {
  const LearningRateSchedule schedule{.curve = Triangle{}, .warm_up_epochs = 1.0};
  CHECK(rate_scale(schedule, {1, 2, 10}) == 1.0);  // the warm-up's last
  CHECK(rate_scale(schedule, {4, 2, 10}) == 0.5);
  CHECK(rate_scale(schedule, {6, 2, 10}) == 1.0);
  CHECK(OwnRate(Triangle{}).of_all_epochs());
  CHECK_FALSE(OwnRate(Flat{}).of_all_epochs());
  CHECK(message_of<ValueError>([] {
          (void)rate_scale({.curve = Triangle{.top = -2.0}}, {1, 4, 8});
        }) == "qmtl: fit: schedule: 'triangle, top -2' at step 1 of 8, expected a finite number from 0, got -0.5");
}

/// The first task counts less with every epoch.
struct Fading {
  double factor = 0.5;
  std::size_t extra = 0;
  static constexpr bool needs_norms = true;
  void describe(SettingsText& text) const {
    text.word("fading");
    text.setting("factor", factor);
  }

  struct Run {
    double factor;
    std::vector<double> weights;
    std::span<const double> values() const { return weights; }
    void after_epoch(std::span<const double>) { weights[0] *= factor; }
    template <class Archive>
    void archive(Archive& archive) {
      archive.numbers(weights, "weights");
    }
  };
  Run start(std::span<const LabelKind> kinds) const { return {factor, std::vector<double>(kinds.size() + extra, 1.0)}; }
};

TEST_CASE("a weighting of another type gives the weights, which must be some") {
  const std::vector<LabelKind> kinds{{2}, {3}};
  const std::vector<double> losses{1.0, 1.0};
  TaskWeights weights(Fading{}, Adam{}, kinds);
  CHECK(weights.needs_norms());
  CHECK_FALSE(weights.uniform());
  weights.after_step({}, {}, 1.0);
  weights.after_epoch(losses);
  CHECK(weights.values()[0] == 0.5);
  CHECK(weights.values()[1] == 1.0);
  CHECK(weights.range().low == 0.0);

  const auto bytes = written([&](ArchiveWriter& archive) { weights.archive(archive, 1); });
  TaskWeights again(Fading{}, Adam{}, kinds);
  detail::ByteReader in(bytes, "checkpoint", "file");
  ArchiveReader archive(in);
  again.archive(archive, 1);
  CHECK(again.values()[0] == 0.5);

  const auto damaged = written([](ArchiveWriter& out) {
    out.block("state of the task weights", [](ArchiveWriter& a) { a.numbers(std::vector{-1.0, 1.0}, "weights"); });
  });
  detail::ByteReader bad(damaged, "checkpoint", "file");
  ArchiveReader bad_archive(bad);
  CHECK(message_of<FileError>([&] {
          again.archive(bad_archive, 1);
        }).starts_with("qmtl: checkpoint: 'file' is damaged: weight of task 0, expected a number in [0, "));

  CHECK(message_of<ShapeError>([&] { TaskWeights(Fading{.extra = 1}, Adam{}, kinds); }) ==
        "qmtl: weighting: number of weights must be 2, got 3");
  TaskWeights negative(Fading{.factor = -1.0}, Adam{}, kinds);
  CHECK(message_of<ValueError>([&] {
          negative.after_epoch(losses);
        }).starts_with("qmtl: weighting: 'fading, factor -1', weight of task 0, expected a number in [0, "));
}

TEST_CASE("GradNorm refuses a number of norms that is not that of the tasks") {
  TaskWeights weights(GradNorm{}, Adam{}, {{2}, {2}});
  const std::vector<TaskLoss> losses(2);
  CHECK(message_of<ShapeError>([&] { weights.after_step(losses, {}, 1.0); }) ==
        "qmtl: weighting: number of gradient norms must be 2, got 0");
}

}  // namespace own_rules_test
