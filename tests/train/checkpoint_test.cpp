// SPDX-License-Identifier: Apache-2.0
// Checkpoints: interrupted trainings end with the bits of uninterrupted ones; wrong, damaged and foreign files are
// named.

#include "qmtl/train/checkpoint.hpp"

#include <cstdint>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <iterator>
#include <span>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "support/catch.hpp"
#include "support/temp_dir.hpp"
#include "support/throws.hpp"
#include "train/checkpoint_cases.hpp"

namespace checkpoint_test {

using namespace qmtl;
using namespace qmtl::test;

using Model = Quantum<>;

struct Interruption : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// A callback that writes down the epochs it sees and throws after one of them.
Callback interrupt_after(int epoch, std::vector<int>& seen) {
  return [epoch, &seen](const EpochRecord& record) {
    seen.push_back(record.epoch);
    if (record.epoch == epoch) throw Interruption("interrupted");
    return true;
  };
}

std::string content_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

TEST_CASE("an interrupted training goes on from its checkpoint and ends with the same bits") {
  const auto cases = checkpoint_cases();
  const auto& [name, options] = cases[GENERATE(as<std::size_t>{}, 0, 1, 2, 3, 4)];
  INFO(name);
  const auto parts = related_parts(120);
  Model whole{Seed{2}};
  const auto expected = outcome(whole, fit(whole, parts.train, parts.validation, options));

  const TempDir dir;
  FitOptions checkpointed = options;
  checkpointed.checkpoint = Checkpointing{.path = dir / "training", .every_steps = 3};
  std::vector<int> seen;
  Model cut{Seed{2}};
  checkpointed.callbacks = {interrupt_after(3, seen)};
  CHECK_THROWS_AS(fit(cut, parts.train, parts.validation, checkpointed), Interruption);
  CHECK(seen == std::vector{1, 2, 3});

  // The last checkpoint lies within epoch 3, of 5 steps: after step 12 of 15, or at 15 before the epoch is judged.
  seen.clear();
  checkpointed.callbacks = {interrupt_after(4, seen)};
  Model again{Seed{2}};
  CHECK_THROWS_AS(fit(again, parts.train, parts.validation, checkpointed), Interruption);
  CHECK(seen == std::vector{3, 4});

  seen.clear();
  checkpointed.callbacks = {interrupt_after(-1, seen)};
  Model resumed{Seed{2}};
  const auto report = fit(resumed, parts.train, parts.validation, checkpointed);
  CHECK(outcome(resumed, report) == expected);
  REQUIRE(!seen.empty());
  CHECK(seen.front() == 4);
  CHECK(dir.files() == 1);

  // A training that had ended gives its result at once.
  seen.clear();
  Model finished{Seed{2}};
  CHECK(outcome(finished, fit(finished, parts.train, parts.validation, checkpointed)) == expected);
  CHECK(seen.empty());
  CHECK(report.seconds >= report.history.back().seconds);
}

TEST_CASE("checkpoints by epochs and by steps change nothing, and float and linear models have them as well") {
  const auto check = []<class M>(std::type_identity<M>, const Checkpointing& checkpoint) {
    const auto parts = related_parts<typename M::Scalar>(90);
    const TempDir dir;
    FitOptions options{.epochs = 3};
    M plain{Seed{2}}, kept{Seed{2}}, resumed{Seed{2}};
    const auto expected = outcome(plain, fit(plain, parts.train, parts.validation, options));
    options.checkpoint = checkpoint;
    options.checkpoint->path = dir / "training";
    CHECK(outcome(kept, fit(kept, parts.train, parts.validation, options)) == expected);
    CHECK(outcome(resumed, fit(resumed, parts.train, parts.validation, options)) == expected);
  };
  check(std::type_identity<Quantum<float>>{}, {.every_epochs = 2});
  check(std::type_identity<Classical>{}, {.every_epochs = 0, .every_steps = 1});
}

/// A finished training with a checkpoint, and how another one with the same file is refused.
struct Finished {
  Finished() {
    options.checkpoint = Checkpointing{.path = dir / "training"};
    Model model{Seed{2}};
    fit(model, parts.train, parts.validation, options);
    bytes = content_of(dir / "training");
  }

  template <class M = Model>
  std::string refused(const FitOptions& with, Seed seed = Seed{2}) {
    M model{seed};
    const auto before = parameters_of(model);
    std::string message = message_of<FileError>([&] { fit(model, parts.train, parts.validation, with); });
    CHECK(parameters_of(model) == before);
    CHECK(model.standardizer().empty());
    const std::string start = "qmtl: checkpoint: '" + (dir / "training") + "' ";
    CHECK(message.substr(0, start.size()) == start);
    return message.substr(start.size());
  }
  std::string refused_bytes(const std::string& content) {
    dir.write("training", content);
    return refused(options);
  }

  TempDir dir;
  Parts<double> parts = related_parts(80);
  FitOptions options{.epochs = 2, .optimizer = AdamW{}};
  std::string bytes;
};

TEST_CASE("a training with other options, data or model is refused, with what differs") {
  Finished f;
  auto other = f.options;
  other.batch_size = 16;
  CHECK(f.refused(other) == "is of another training: it has \"batch_size 32\", expected \"batch_size 16\"");
  other = f.options;
  other.optimizer = AdamW{.weight_decay = 0.5};
  CHECK(f.refused(other).find("weight_decay 0.5\"") != std::string::npos);
  other = f.options;
  other.schedule = {.warm_up_epochs = 1};
  CHECK(f.refused(other).find("warm_up_epochs 0\", expected \"schedule constant, warm_up_epochs 1\"") !=
        std::string::npos);
  other = f.options;
  other.weighting = FixedWeights{{1, 1, 1}};
  CHECK(f.refused(other).find("\"weighting uniform\", expected \"weighting fixed, weight 1, weight 1, weight 1\"") !=
        std::string::npos);
  other = f.options;
  other.conflicts = GradientConflicts::pcgrad;
  CHECK(f.refused(other).find("\"conflicts pcgrad\"") != std::string::npos);
  other = f.options;
  other.early_stopping = EarlyStopping{.patience = 4};
  CHECK(f.refused(other).find("\"early_stopping none\", expected \"early_stopping patience 4,") != std::string::npos);
  other = f.options;
  other.clipping.norm = 1.0;
  CHECK(f.refused(other).find("\"clipping norm inf, value inf\"") != std::string::npos);
  other = f.options;
  other.seed = Seed{9};
  CHECK(f.refused(other).find("\"seed 0\", expected \"seed 9\"") != std::string::npos);

  CHECK(f.refused(f.options, Seed{3}).find("initial parameters, hash") != std::string::npos);
  CHECK(f.refused<Classical>(f.options).find("angle encoding") != std::string::npos);
  f.parts.validation.inputs(3, 2) += 1e-9;
  CHECK(f.refused(f.options).find("\"validation data 20 features x 16 rows, 3 tasks, hash ") != std::string::npos);
  f.parts.train.labels(0, 5) = 1 - f.parts.train.labels(0, 5);
  CHECK(f.refused(f.options).find("\"training data 20 features x 48 rows, 3 tasks, hash ") != std::string::npos);
}

TEST_CASE("foreign, truncated and damaged files are refused for what they are") {
  Finished f;
  CHECK(f.refused_bytes("QMTLMODL and more") == "is not a qmtl checkpoint: it does not start with QMTLCKPT");
  CHECK(f.refused_bytes("") == "is truncated: expected 8 more bytes, got 0");
  CHECK(f.refused_bytes("QMTL") == "is truncated: expected 8 more bytes, got 4");
  CHECK(f.refused_bytes(f.bytes.substr(0, 15)) == "is truncated: expected 8 more bytes, got 3");
  const std::string size = std::to_string(f.bytes.size());
  for (const std::size_t length : {std::size_t{20}, std::size_t{27}, f.bytes.size() / 2, f.bytes.size() - 1}) {
    CHECK(f.refused_bytes(f.bytes.substr(0, length)) ==
          "is truncated: expected " + size + " bytes, got " + std::to_string(length));
  }
  CHECK(f.refused_bytes(f.bytes + "x") == "is damaged: expected " + size + " bytes, got more");
  auto newer = f.bytes;
  newer[8] = 9;
  CHECK(f.refused_bytes(newer) == "has format version 9, expected 3");
  for (std::size_t at = 20; at < f.bytes.size(); at += 211) {
    auto damaged = f.bytes;
    damaged[at] = static_cast<char>(damaged[at] ^ 4);
    CHECK(f.refused_bytes(damaged) == "is damaged: its checksum does not match its contents");
  }
}

/// A file whose size and checksum are those of its contents, whatever these are.
std::string sealed(std::string bytes) {
  const auto write = [&bytes](std::size_t at, std::uint64_t value) { std::memcpy(bytes.data() + at, &value, 8); };
  write(12, bytes.size());
  const auto body = std::as_bytes(std::span(std::as_const(bytes))).first(bytes.size() - 8);
  write(bytes.size() - 8, detail::fnv1a(body));
  return bytes;
}

TEST_CASE("a file that is cut or goes on under a right checksum is refused, and the model is as it was") {
  Finished f;
  REQUIRE(sealed(f.bytes) == f.bytes);
  CHECK(f.refused_bytes(sealed(f.bytes + "12345678")) == "is damaged: bytes are left behind its end");
  for (std::size_t cut = 1; cut < 300; cut += 13) {
    const std::string message = f.refused_bytes(sealed(f.bytes.substr(0, f.bytes.size() - cut)));
    CHECK((message.find("is truncated: ") == 0 || message.find("is damaged: ") == 0));
  }
}

TEST_CASE("a file beyond the limit is refused by its header, and not written") {
  Finished f;
  f.options.checkpoint->max_bytes = f.bytes.size();
  CHECK(f.refused_bytes(f.bytes + "x").find("got more") != std::string::npos);
  f.options.checkpoint->max_bytes -= 1;
  const auto limit = std::to_string(f.bytes.size() - 1);
  CHECK(f.refused_bytes(f.bytes) == "has " + std::to_string(f.bytes.size()) + " bytes, expected at most " + limit);
  auto huge = f.bytes;
  huge[19] = 127;
  CHECK(f.refused_bytes(huge).find("bytes, expected at most " + limit) != std::string::npos);
  f.options.checkpoint->resume = false;
  Model model{Seed{2}};
  CHECK(message_of<FileError>([&] {
          fit(model, f.parts.train, f.parts.validation, f.options);
        }).find("bytes, expected at most " + limit) != std::string::npos);
}

TEST_CASE("a training continued with more epochs ends with the bits of one that had them from the start") {
  const auto cases = checkpoint_cases();
  const auto& chosen = cases[GENERATE(as<std::size_t>{}, 0, 3, 4)];
  FitOptions options = chosen.second;
  INFO(chosen.first);
  const auto parts = related_parts(80);
  const TempDir dir;
  options.epochs = 6;
  Classical whole{Seed{2}}, part{Seed{2}}, resumed{Seed{2}}, same{Seed{2}}, fewer{Seed{2}};
  const auto expected = outcome(whole, fit(whole, parts.train, parts.validation, options));
  options.checkpoint = Checkpointing{.path = dir / "training", .every_steps = 2};
  options.epochs = 3;
  CHECK(fit(part, parts.train, parts.validation, options).history.back().last);
  options.epochs = 6;
  CHECK(outcome(resumed, fit(resumed, parts.train, parts.validation, options)) == expected);
  CHECK(outcome(same, fit(same, parts.train, parts.validation, options)) == expected);

  options.epochs = 5;
  CHECK(message_of<FileError>([&] { fit(fewer, parts.train, parts.validation, options); }) ==
        "qmtl: checkpoint: '" + (dir / "training") + "' is 6 epochs along, expected at most 5");
}

TEST_CASE("a cosine over more epochs is another schedule, and refused") {
  const auto parts = related_parts(80);
  const TempDir dir;
  FitOptions options{
      .epochs = 2, .schedule = {.curve = CosineRate{}}, .checkpoint = Checkpointing{.path = dir / "training"}};
  Classical model{Seed{2}};
  fit(model, parts.train, options);
  options.epochs = 3;
  Classical more{Seed{2}};
  CHECK(message_of<FileError>([&] { fit(more, parts.train, options); })
            .find("it has \"schedule cosine, final_scale 0, epochs 2, warm_up_epochs 0\", expected \"schedule cosine, "
                  "final_scale 0, epochs 3, warm_up_epochs 0\"") != std::string::npos);
}

TEST_CASE("what a callback stopped goes on with more epochs only, what early stopping ended not at all") {
  const auto parts = related_parts(80);
  const TempDir dir;
  FitOptions options{.epochs = 6, .checkpoint = Checkpointing{.path = dir / "stopped"}};
  const auto epochs = [&](bool stops) {
    options.callbacks = {[stops](const EpochRecord& record) { return !stops || record.epoch < 2; }};
    Classical model{Seed{2}};
    return fit(model, parts.train, parts.validation, options).history.size();
  };
  CHECK(epochs(true) == 2);
  CHECK(epochs(false) == 2);
  options.epochs = 7;
  CHECK(epochs(false) == 7);

  options.checkpoint->path = dir / "early";
  options.early_stopping = EarlyStopping{.patience = 1, .min_delta = 100.0};  // the first epoch is best
  CHECK(epochs(false) == 2);
  options.epochs = 9;
  CHECK(epochs(false) == 2);
}

TEST_CASE("a second training with the file of one that runs is refused, and does not touch it") {
  const auto parts = related_parts(80);
  const TempDir dir;
  FitOptions options{.epochs = 3, .checkpoint = Checkpointing{.path = dir / "training"}};
  Classical alone{Seed{2}};
  fit(alone, parts.train, options);
  for (const bool resume : {true, false}) {
    FitOptions first = options, second = options;
    first.checkpoint->path = second.checkpoint->path = dir / "shared";
    first.checkpoint->resume = second.checkpoint->resume = resume;
    int refused = 0;
    first.callbacks = {[&](const EpochRecord&) {
      Classical other{Seed{2}};
      const auto message = message_of<FileError>([&] { fit(other, parts.train, second); });
      refused += message.find("is in use by another training") != std::string::npos ? 1 : 0;
      return true;
    }};
    Classical model{Seed{2}};
    fit(model, parts.train, first);
    CHECK(parameters_of(model) == parameters_of(alone));
    CHECK(refused == 3);
    CHECK(dir.files() == 2);
    if (resume) std::remove((dir / "shared").c_str());
  }
}

TEST_CASE("without resume a checkpoint is replaced, and one that cannot be written is an error before any step") {
  Finished f;
  auto other = f.options;
  other.epochs = 1;
  other.checkpoint->resume = false;
  Model model{Seed{2}};
  CHECK(fit(model, f.parts.train, f.parts.validation, other).history.size() == 1);
  CHECK(content_of(f.dir / "training") != f.bytes);

  Model untouched{Seed{2}};
  const auto before = parameters_of(untouched);
  other.checkpoint->path = f.dir / "no such directory/training";
  CHECK(message_of<FileError>([&] { fit(untouched, f.parts.train, other); }).find("no such directory") !=
        std::string::npos);
  CHECK(parameters_of(untouched) == before);
}

TEST_CASE("impossible settings of checkpoints are refused by name") {
  Classical model{Seed{1}};
  const auto data = related_parts(40).train;
  const auto refused = [&](const Checkpointing& checkpoint) {
    return message_of<ValueError>([&] { fit(model, data, {.checkpoint = checkpoint}); });
  };
  CHECK(refused({}) == "qmtl: fit: checkpoint: path, expected the name of a file, got none");
  CHECK(refused({.path = "x", .every_epochs = -1}) ==
        "qmtl: fit: checkpoint: every_epochs, expected a number from 0, got -1");
  CHECK(refused({.path = "x", .every_steps = -1}).find("every_steps") != std::string::npos);
}

}  // namespace checkpoint_test
