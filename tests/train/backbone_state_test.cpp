// SPDX-License-Identifier: Apache-2.0
// A backbone with state beside its parameters: checkpoints, early stopping and saved models keep it.

#include <algorithm>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include "qmtl/backbone/fusion.hpp"
#include "qmtl/backbone/linear.hpp"
#include "qmtl/backbone/rms_normalized.hpp"
#include "qmtl/model/save.hpp"
#include "support/catch.hpp"
#include "support/fit_models.hpp"
#include "support/temp_dir.hpp"
#include "support/throws.hpp"

namespace backbone_state_test {

using namespace qmtl;
using namespace qmtl::test;

/// A linear map with noise from an engine of its own, less a running mean of what it gives.
class Drifting {
 public:
  using Scalar = double;
  static constexpr int output_size = 4;

  int input_size() const { return linear_.input_size(); }
  std::span<double> parameters() { return linear_.parameters(); }
  std::span<const double> parameters() const { return linear_.parameters(); }
  void initialise(Rng& rng) { linear_.initialise(rng); }
  void forward(const BatchIn<double>& x, BatchOut<double, 4> z) {
    linear_.forward(x, z);
    for (Eigen::Index i = 0; i < 4; ++i) {
      double& mean = mean_[static_cast<std::size_t>(i)];
      mean = 0.9 * mean + 0.1 * z.row(i).mean();
      noise.push_back(rng_.normal());
      z.row(i).array() += 0.01 * noise.back() - mean;
    }
  }
  void backward(const BatchIn<double>& x, const BatchIn<double, 4>& dz, std::span<double> gradient) {
    linear_.backward(x, dz, gradient);
    ++backwards;
  }
  template <class Archive>
  void archive(Archive& archive) {
    archive.numbers(mean_, "running means");
    archive.rng(rng_, "noise");
  }
  std::vector<double> mean() const { return mean_; }

  int backwards = 0;
  std::vector<double> noise;

 private:
  Linear<20, 4> linear_;
  std::vector<double> mean_ = std::vector<double>(4, 0.0);
  Rng rng_{Seed{5}};
};

using Model = LinearModel<Drifting, First, Second, Third>;

template <class Model>
std::vector<std::byte> state_of(const Model& model) {
  return detail::backbone_state(model.backbone());
}

static_assert(StatefulBackbone<Drifting> && StatefulBackbone<RmsNormalized<Drifting>>);
static_assert(StatefulBackbone<ConcatFusion<4, Drifting, Linear<3, 4>>>);
static_assert(!StatefulBackbone<Mlp<3, 2>> && !StatefulBackbone<RmsNormalized<Linear<3, 4>>>);
static_assert(!StatefulBackbone<ConcatFusion<4, Linear<3, 4>>>);

TEST_CASE("a training with a backbone that has state goes on from its checkpoint with the same bits") {
  const auto parts = related_parts(80);
  const TempDir dir;
  FitOptions options{.epochs = 4, .early_stopping = EarlyStopping{.patience = 2}};
  Model whole{Seed{2}};
  fit(whole, parts.train, parts.validation, options);

  options.checkpoint = Checkpointing{.path = dir / "training", .every_steps = 1};
  for (const int stop : {1, 2, 3, -1}) {
    options.callbacks = {[stop](const EpochRecord& record) {
      if (record.epoch == stop) throw std::runtime_error("interrupted");
      return true;
    }};
    Model resumed{Seed{2}};
    if (stop > 0) {
      CHECK_THROWS_AS(fit(resumed, parts.train, parts.validation, options), std::runtime_error);
      continue;
    }
    fit(resumed, parts.train, parts.validation, options);
    CHECK(parameters_of(resumed) == parameters_of(whole));
    CHECK(state_of(resumed) == state_of(whole));
  }

  Model other{Seed{2}};
  Batch<double, 4> z(4, parts.train.rows());
  other.backbone().forward(parts.train.inputs, z);
  CHECK(message_of<FileError>([&] {
          fit(other, parts.train, parts.validation, options);
        }).find("initial parameters, hash") != std::string::npos);
}

TEST_CASE("early stopping puts the state of the best epoch back") {
  const auto parts = related_parts(80);
  std::vector<std::vector<std::byte>> states;
  Model model{Seed{2}};
  FitOptions options{.epochs = 5, .early_stopping = EarlyStopping{.min_delta = 100.0}};  // the first epoch is best
  options.callbacks = {[&](const EpochRecord&) {
    states.push_back(state_of(model));
    return true;
  }};
  CHECK(fit(model, parts.train, parts.validation, options).best_epoch == 1);
  CHECK(state_of(model) == states.front());
  CHECK(state_of(model) != states.back());
}

TEST_CASE("a saved model has the state of its backbone, and a file without it is refused") {
  const auto parts = related_parts(80);
  const TempDir dir;
  Model saved{Seed{2}}, loaded{Seed{3}}, fresh{Seed{3}};
  fit(saved, parts.train, {.epochs = 2});
  save_model(saved, dir / "model");
  load_model(loaded, dir / "model");
  CHECK(state_of(loaded) == state_of(saved));
  CHECK(loaded.predict(parts.test.inputs) == saved.predict(parts.test.inputs));

  std::vector<std::byte> bytes = read_file(dir / "model", 1 << 20);
  for (std::size_t i = 9; i <= 40; ++i) bytes[bytes.size() - i] = std::byte{0};  // the noise's engine
  detail::ByteWriter damaged;
  damaged.put(std::span<const std::byte>(bytes).first(bytes.size() - 8));
  damaged.put_value(detail::fnv1a(damaged.bytes()));
  write_file_atomically(dir / "model", damaged.bytes());
  const auto before = state_of(fresh);
  CHECK(message_of<FileError>([&] { load_model(fresh, dir / "model"); }) ==
        "qmtl: load_model: '" + (dir / "model") + "' is damaged: noise, expected a state that is not all zeros");
  CHECK(state_of(fresh) == before);
}

TEST_CASE("a frozen backbone keeps its state as well, and is not gone through backward") {
  const auto parts = related_parts(80);
  Model model{Seed{2}};
  fit(model, parts.train, {.epochs = 1});
  const auto parameters = parameters_of(model);
  const auto state = state_of(model);
  const int before = model.backbone().backwards;
  CHECK(before > 0);
  FitOptions options{.epochs = 2, .train = TrainedPart::head, .early_stopping = EarlyStopping{}};
  fit(model, parts.train, parts.validation, options);
  CHECK(model.backbone().backwards == before);
  CHECK(state_of(model) == state);
  CHECK(parameters_of(model) != parameters);
  options.train = TrainedPart::backbone;
  fit(model, parts.train, parts.validation, options);
  CHECK(state_of(model) != state);
}

TEST_CASE("behind a frozen backbone that draws, every step has draws of its own, also behind a checkpoint") {
  const auto parts = related_parts(80);
  const TempDir dir;
  FitOptions options{.epochs = 3, .train = TrainedPart::head};
  Model whole{Seed{2}}, interrupted{Seed{2}}, resumed{Seed{2}};
  const auto state = state_of(whole);
  fit(whole, parts.train, options);
  std::vector<double> noise = whole.backbone().noise;
  CHECK(noise.size() >= 3 * 4);
  std::sort(noise.begin(), noise.end());
  CHECK(std::adjacent_find(noise.begin(), noise.end()) == noise.end());
  CHECK(state_of(whole) == state);

  options.checkpoint = Checkpointing{.path = dir / "training"};
  options.callbacks = {[&](const EpochRecord& record) -> bool {
    CHECK(state_of(interrupted) == state);
    if (record.epoch == 2) throw std::runtime_error("interrupted");
    return true;
  }};
  CHECK_THROWS_AS(fit(interrupted, parts.train, options), std::runtime_error);
  CHECK(state_of(interrupted) == state);
  options.callbacks.clear();
  fit(resumed, parts.train, options);
  CHECK(parameters_of(resumed) == parameters_of(whole));
  CHECK(state_of(resumed) == state);
}

}  // namespace backbone_state_test
