// SPDX-License-Identifier: Apache-2.0
// Every field of a checkpoint, set to what its training cannot have written, under a right checksum: refused by name.

#include <cmath>
#include <cstdint>
#include <cstring>
#include <fstream>
#include <iterator>
#include <limits>
#include <span>
#include <string>
#include <vector>

#include "support/catch.hpp"
#include "support/temp_dir.hpp"
#include "support/throws.hpp"
#include "train/checkpoint_cases.hpp"

namespace checkpoint_fields_test {

using namespace qmtl;
using namespace qmtl::test;

constexpr double infinity = std::numeric_limits<double>::infinity(), nan = std::numeric_limits<double>::quiet_NaN();

/// A field of the file: what errors call it, where it is, and values that it cannot have.
template <class T>
struct Field {
  std::string name;
  std::size_t at;
  std::vector<T> impossible;
};

/// Walks through the state of a checkpoint of a model of doubles with three tasks, in the order of the file.
class Layout {
 public:
  Layout(const std::string& bytes, const FitOptions& options, Eigen::Index rows) : bytes_(bytes) {
    at_ = 28 + read<std::uint64_t>(20);
    const int epochs = options.epochs;
    ints("epochs planned when a callback stopped", {-1, std::numeric_limits<int>::min(), 1, epochs});
    real("seconds", {-1.0, nan, infinity});
    done = at_;
    ints("epochs", {-1, std::numeric_limits<int>::min(), std::numeric_limits<int>::max(), epochs + 1});
    longs("epoch",
          {-1, std::numeric_limits<std::int64_t>::min(), std::numeric_limits<std::int64_t>::max(), 7, 32, rows + 1});
    integers("order of the samples", {-1, rows, std::numeric_limits<std::int64_t>::max()});
    for (const char* engine : {"random engine", "random engine of pcgrad"}) {
      engines.push_back({engine, at_, {}});
      at_ += 32;
    }
    numbers("parameters of the backbone", {nan, infinity});
    numbers("parameters of the head", {nan, -infinity});
    optimizer("optimizer of the backbone");
    optimizer("optimizer of the head");
    numbers("sums of the losses", {-1.0, nan, infinity});
    weighting(options);
    for (int epoch = 1; epoch <= epochs; ++epoch) {
      const std::string of = " of epoch " + std::to_string(epoch);
      numbers("task losses" + of, {-1.0, nan, infinity});
      numbers("task weights" + of, {-1.0, nan, infinity, 1e9});
      real("seconds" + of, {-1.0, nan, infinity, 1e300});
      for (const char* task : {"first", "second", "third"}) {
        real("validation loss" + of + ", task " + task, {-1.0, nan});
        for (int i = 0; i < 4; ++i) real("validation metric" + of + ", task " + task, {-0.5, 1.5, infinity});
        real("validation RMSE" + of + ", task " + task, {-1.0, -infinity});
        real("validation MAE" + of + ", task " + task, {-1.0, -infinity});
        real("validation R2" + of + ", task " + task, {1.5, infinity});
      }
    }
    if (options.early_stopping) {
      numbers("best parameters of the backbone", {nan, infinity});
      numbers("best parameters of the head", {nan, infinity});
    }
    REQUIRE(at_ + 8 == bytes.size());
  }

  std::vector<Field<double>> reals;
  std::vector<Field<std::int32_t>> small;
  std::vector<Field<std::int64_t>> large;
  std::vector<Field<std::uint64_t>> counts;
  std::vector<Field<char>> engines;
  std::size_t done = 0;  // where the number of epochs is

 private:
  template <class T>
  T read(std::size_t at) const {
    T out;
    std::memcpy(&out, bytes_.data() + at, sizeof out);
    return out;
  }
  void ints(const std::string& name, std::vector<std::int32_t> impossible) {
    small.push_back({name, at_, std::move(impossible)});
    at_ += 4;
  }
  void longs(const std::string& name, std::vector<std::int64_t> impossible) {
    large.push_back({name, at_, std::move(impossible)});
    at_ += 8;
  }
  void real(const std::string& name, std::vector<double> impossible) {
    reals.push_back({name, at_, std::move(impossible)});
    at_ += 8;
  }
  std::uint64_t count(const std::string& name) {
    const auto n = read<std::uint64_t>(at_);
    counts.push_back({name, at_, {n + 1, n == 0 ? 7 : n - 1, ~std::uint64_t{0}, std::uint64_t{1} << 61}});
    at_ += 8;
    return n;
  }
  void integers(const std::string& name, const std::vector<std::int64_t>& impossible) {
    const std::size_t n = count(name);
    large.push_back({name, at_, impossible});
    large.push_back({name, at_ + 8 * (n - 1), impossible});
    large.back().impossible.push_back(read<std::int64_t>(at_));  // one twice
    at_ += 8 * n;
  }
  void numbers(const std::string& name, const std::vector<double>& impossible) {
    const std::size_t n = count(name);
    if (n > 0) reals.push_back({name, at_, impossible});
    if (n > 1) reals.push_back({name, at_ + 8 * (n - 1), impossible});
    at_ += 8 * n;
  }
  void optimizer(const std::string& name) {
    const auto steps = read<std::uint64_t>(at_);
    counts.push_back({name + ": steps", at_, {steps + 1, ~std::uint64_t{0}}});
    at_ += 8;
    numbers(name + ": first moment", {nan, infinity});
    numbers(name + ": second moment", {-1.0, nan, infinity});
  }
  void weighting(const FitOptions& options) {
    if (std::holds_alternative<UncertaintyWeights>(options.weighting)) {
      numbers("log-variances", {nan, 14.0, -14.0});
      optimizer("optimizer of the log-variances");
    } else if (std::holds_alternative<GradNorm>(options.weighting)) {
      numbers("task weights", {nan, 0.0, -1.0, 3.5, 0.5});
      optimizer("optimizer of the task weights");
      numbers("first losses of the tasks", {nan, infinity, -0.5, -2.0});
    } else if (std::holds_alternative<DynamicWeightAverage>(options.weighting)) {
      numbers("task weights", {nan, -1.0, 3.5, 0.25});
      numbers("last losses of the tasks", {nan, infinity, -0.5, -2.0});
    }
  }

  const std::string& bytes_;
  std::size_t at_ = 0;
};

TEST_CASE("no field of a checkpoint is taken for more than its training can have written") {
  const TaskWeighting weighting = GENERATE(TaskWeighting(UniformWeights{}), TaskWeighting(UncertaintyWeights{}),
                                           TaskWeighting(GradNorm{}), TaskWeighting(DynamicWeightAverage{}));
  INFO("weighting " << weighting.index());
  const TempDir dir;
  const std::string path = dir / "training";
  const auto parts = related_parts(80);
  const FitOptions options{.epochs = 3,
                           .early_stopping = EarlyStopping{},
                           .weighting = weighting,
                           .checkpoint = Checkpointing{.path = path}};
  Classical whole{Seed{2}};
  const auto expected = outcome(whole, fit(whole, parts.train, parts.validation, options));
  std::ifstream file(path, std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(file), {}};
  const Layout layout(bytes, options, parts.train.rows());

  const auto refused = [&](std::string changed) {
    const auto body = std::as_bytes(std::span(std::as_const(changed))).first(changed.size() - 8);
    const std::uint64_t checksum = detail::fnv1a(body);
    std::memcpy(changed.data() + changed.size() - 8, &checksum, 8);
    dir.write("training", changed);
    Classical model{Seed{2}};
    return message_of<FileError>([&] { fit(model, parts.train, parts.validation, options); });
  };
  const auto check = [&](const auto& fields) {
    for (const auto& field : fields) {
      for (const auto& value : field.impossible) {
        std::string changed = bytes;
        std::memcpy(changed.data() + field.at, &value, sizeof value);
        INFO(field.name << " = " << value);
        CHECK(refused(changed).find(field.name) != std::string::npos);
      }
    }
  };
  check(layout.reals);
  check(layout.small);
  check(layout.large);
  check(layout.counts);
  for (const auto& engine : layout.engines) {
    std::string changed = bytes;
    changed.replace(engine.at, 32, 32, '\0');
    CHECK(refused(changed).find("is damaged: " + engine.name + ", expected a state") != std::string::npos);
  }
  std::string less = bytes;
  less[layout.done] = 2;
  CHECK(refused(less).find("optimizer of the backbone: steps") != std::string::npos);

  dir.write("training", bytes);
  Classical again{Seed{2}};
  CHECK(outcome(again, fit(again, parts.train, parts.validation, options)) == expected);
}

TEST_CASE("a training that diverges within an epoch leaves the checkpoint of before") {
  using Linear = LinearModel<Frozen<2>, Task<"y", RotationBlock<1>, Window<0, 1>, Regression<>>>;
  Dataset<double> data{Batch<double>::Random(2, 8), Batch<double>::Random(1, 8), {"y"}};
  const TempDir dir;
  FitOptions options{.epochs = 2, .batch_size = 4, .optimizer = Sgd{.learning_rate = 1e308, .momentum = 0.0}};
  options.clipping.norm = 1e3;  // the step of the first batch is already infinite
  data.inputs *= 1e3;
  options.standardize = options.standardize_targets = false;
  options.checkpoint = Checkpointing{.path = dir / "training", .every_steps = 1};
  Linear first{Seed{1}}, again{Seed{1}};
  const auto message = [&](Linear& model) {
    return message_of<NumericalError>([&] { (void)fit(model, data, options); });
  };
  CHECK(message(first).find("a parameter of the head is not finite in epoch 1, batch 0") != std::string::npos);
  CHECK(message(again).find("a parameter of the head is not finite in epoch 1, batch 0") != std::string::npos);
}

}  // namespace checkpoint_fields_test
