// SPDX-License-Identifier: Apache-2.0
// The steps of a training: what they allocate, and what they say when a number leaves the finite ones.

#include "qmtl/train/trainer.hpp"

#include <limits>
#include <span>
#include <string>
#include <vector>

#include "qmtl/train/evaluate.hpp"
#include "support/catch.hpp"
#include "support/count_allocations.hpp"
#include "support/throws.hpp"
#include "support/tiny_training.hpp"

namespace trainer_test {

using namespace qmtl;
using namespace qmtl::test;

TEST_CASE("after the first epoch no step allocates, the short last batch of an epoch among them") {
  const std::size_t which = GENERATE(range<std::size_t>(0, tiny_cases));
  INFO("options " << which);
  const auto data = tiny_data(19);
  TinyModel model{Seed{3}};
  ModelTrainee trainee(model);
  FitOptions options = tiny_options(which);
  options.early_stopping.reset();
  detail::Trainer<double> trainer(trainee, data, options);
  (void)trainer.epoch([](std::uint64_t) {});
  std::vector<long> counts;
  counts.reserve(8);
  (void)trainer.epoch([&](std::uint64_t) { counts.push_back(allocations); });
  REQUIRE(counts.size() == 5);
  for (std::size_t step = 1; step < counts.size(); ++step) {
    INFO("step " << step);
    CHECK(counts[step] - counts[step - 1] == 0);
  }
}

/// A model without parameters to train but one, whose logits are what they are told.
class Told final : public Trainee<double> {
 public:
  explicit Told(std::vector<double> logits) : Trainee(facts_of(logits)), logits_(std::move(logits)) {}
  std::string describe() const override { return "told"; }
  int input_size() const override { return 1; }
  std::span<double> backbone_parameters() override { return {}; }
  std::span<double> head_parameters() override { return head_; }
  const Standardizer<double>& standardizer() const override { return standardizer_; }
  void set_standardizer(Standardizer<double> standardizer) override { standardizer_ = std::move(standardizer); }
  const TargetScaler<double>& target_scaler() const override { return targets_; }
  void set_target_scaler(TargetScaler<double> targets) override { targets_ = std::move(targets); }
  void require_inputs(const BatchIn<double>&) const override {}
  std::uint64_t passes() const override { return 0; }
  void forward(const BatchIn<double>&, BatchOut<double> logits) override { set(logits); }
  void backward(const BatchIn<double>&, std::span<double>, std::span<double>) override {}
  void backward_head(const BatchIn<double>&, std::span<double>, BatchOut<double>) override {}
  void backward_backbone(const BatchIn<double>&, std::span<double>) override {}
  Batch<double> predict(const BatchIn<double>& inputs) override {
    Batch<double> logits(facts().outputs, inputs.cols());
    set(logits);
    return logits;
  }
  Eigen::Index encoded_size() const override { return 1; }
  void encode(const BatchIn<double>&, BatchOut<double> entries) override {
    entries.setZero();
    ++encodings;
  }
  void forward_encoded(const BatchIn<double>&, BatchOut<double> logits) override { set(logits); }
  void backward_encoded(const BatchIn<double>&, const BatchIn<double>&, std::span<double>) override {}
  Batch<double> predict_encoded(const BatchIn<double>& entries) override { return predict(entries); }
  void archive_state(ArchiveWriter&) override {}
  void archive_state(ArchiveReader&) override {}
  std::vector<std::byte> backbone_state() const override { return {}; }
  void set_backbone_state(std::span<const std::byte>) override {}

  int encodings = 0;

 private:
  static TraineeFacts facts_of(const std::vector<double>& logits) {
    TraineeFacts facts;
    facts.features = facts.head_parameters = facts.shared_head_parameters = 1;
    facts.differentiable = facts.caches_encodings = true;
    for (std::size_t t = 0; t < logits.size(); ++t) {
      facts.tasks.push_back({.name = std::string(1, static_cast<char>('a' + t)),
                             .outputs = 1,
                             .first_output = facts.outputs++,
                             .standardizable = true});
    }
    return facts;
  }
  void set(BatchOut<double> logits) const {
    for (Eigen::Index t = 0; t < logits.rows(); ++t) logits.row(t).setConstant(logits_[static_cast<std::size_t>(t)]);
  }

  std::vector<double> logits_, head_{0.0};
  Standardizer<double> standardizer_;
  TargetScaler<double> targets_;
};

TEST_CASE("losses that are finite while their sum is not are an error in their own batch") {
  const Dataset<double> data{Batch<double>::Zero(1, 4), Batch<double>::Zero(2, 4), {}};
  Told model({1.2e154, 1.2e154});  // 1.44e308 each
  const FitOptions options{.batch_size = 1};
  detail::Trainer<double> trainer(model, data, options);
  CHECK(message_of<NumericalError>([&] {
          (void)trainer.epoch([](std::uint64_t) {});
        }).starts_with("qmtl: fit: the sum of the losses is not finite in epoch 1, batch 0; "));
  CHECK(trainer.steps() == 0);
}

/// Writes to the first parameter, then throws or goes on to NaN.
struct HalfWay {
  double learning_rate = 0.1;
  bool throws = false;
  void describe(SettingsText& text) const { text.word("half way"); }

  template <class S>
  struct Run {
    bool throws;
    void step(StepSize, std::span<S> parameters, std::span<const S>) {
      for (S& p : parameters) {
        p += S(1);
        if (p < S(3)) continue;
        if (throws) throw LogicError("half way");
        p = std::numeric_limits<S>::quiet_NaN();
      }
    }
    template <class Archive>
    void archive(Archive&) {}
  };
  template <class S>
  Run<S> start(std::size_t) const {
    return {throws};
  }
};

TEST_CASE("a step of an own optimizer that fails leaves the parameters of the step before") {
  const Dataset<double> data{Batch<double>::Zero(1, 4), Batch<double>::Zero(1, 4), {}};
  for (const bool throws : {false, true}) {
    Told model({0.0});
    const FitOptions options{.batch_size = 1, .optimizer = HalfWay{.throws = throws}};
    detail::Trainer<double> trainer(model, data, options);
    const auto epoch = [&] { (void)trainer.epoch([](std::uint64_t) {}); };
    if (throws) {
      CHECK(message_of<LogicError>(epoch) == "half way");
    } else {
      CHECK(message_of<NumericalError>(epoch).starts_with(
          "qmtl: fit: a parameter of the head is not finite in epoch 1, batch 2; "));
    }
    CHECK(trainer.steps() == 2);
    CHECK(model.head_parameters()[0] == 2.0);
  }
}

TEST_CASE("a number of features that does not fit is named before anything looks into the rows") {
  const Dataset<double> narrow{Batch<double>::Zero(3, 4), Batch<double>::Zero(1, 4), {}};
  Told model({0.0});
  CHECK(message_of<ShapeError>([&] { validate(model, narrow); }) ==
        "qmtl: dataset: features of the inputs must be 1, got 3");
  CHECK(message_of<ShapeError>([&] { (void)detail::run_fit<double>(model, narrow, nullptr, {}); }) ==
        "qmtl: fit: features of the training inputs must be 1, got 3");
}

TEST_CASE("rows are not encoded once where pcgrad needs the gradients of a head's shared parameters") {
  const Dataset<double> data{Batch<double>::Zero(1, 4), Batch<double>::Zero(2, 4), {}};
  Told plain({0.0, 0.0}), surgery({0.0, 0.0});
  (void)detail::run_fit<double>(plain, data, nullptr, {.epochs = 1, .standardize_targets = false});
  CHECK(plain.encodings > 0);
  const FitOptions pcgrad{.epochs = 1, .standardize_targets = false, .conflicts = GradientConflicts::pcgrad};
  (void)detail::run_fit<double>(surgery, data, nullptr, pcgrad);
  CHECK(surgery.encodings == 0);
  const EncodedDataset<double> encoded(surgery, data);
  CHECK(message_of<ValueError>([&] {
          (void)detail::run_fit<double>(surgery, encoded, nullptr, pcgrad);
        }).starts_with("qmtl: fit: pcgrad needs the gradients of the head's shared parameters"));
}

TEST_CASE("a part without parameters cannot be trained alone") {
  const Dataset<double> data{Batch<double>::Zero(1, 4), Batch<double>::Zero(1, 4), {}};
  Told model({0.0});
  CHECK(message_of<ValueError>([&] {
          (void)detail::run_fit<double>(model, data, nullptr, {.train = TrainedPart::backbone});
        }) == "qmtl: fit: train, expected a part of the model with parameters, got the backbone, which has none");
  CHECK_NOTHROW(detail::run_fit<double>(model, data, nullptr,
                                        {.epochs = 1, .train = TrainedPart::head, .standardize_targets = false}));
}

TEST_CASE("a training that fails before its first step leaves the model as it was") {
  const auto data = tiny_data(9);
  TinyModel model{Seed{3}};
  const auto untouched = [&](const FitOptions& options) {
    const auto before = tiny_outcome(model, {});
    CHECK_THROWS(fit(model, data, options));
    CHECK(model.standardizer().empty());
    CHECK(model.target_scaler().empty());
    CHECK(tiny_outcome(model, {}) == before);
  };
  untouched({.checkpoint = Checkpointing{.path = "/no/such/folder/x"}});
  model.head_weights().back() = 1e200;  // whose square is the first loss
  untouched({});
}

}  // namespace trainer_test
