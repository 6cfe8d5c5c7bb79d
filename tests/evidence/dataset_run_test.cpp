// SPDX-License-Identifier: Apache-2.0
// Tests of data sets by name and by folder, and of what is run on them.

#include "evidence/dataset_run.hpp"

#include <filesystem>
#include <map>
#include <string>

#include "qmtl/io/npz.hpp"
#include "support/catch.hpp"
#include "support/temp_dir.hpp"
#include "support/throws.hpp"

namespace dataset_run_test {

using namespace qmtl;
using namespace qmtl::benchmark::evidence;

/// A fold of MUStARD's form: three views, and two tasks, of two classes and as many as `largest` says.
void write_fold(const std::string& path, std::int32_t largest) {
  const std::vector<std::string> names{"sarcasm", "emotion"};
  std::map<std::string, NpyArray> arrays{{"task_names", to_npy(std::span<const std::string>(names))}};
  std::vector<double> view(40 * 2);
  for (std::size_t i = 0; i < view.size(); ++i) view[i] = static_cast<double>(i * 7 % 11);
  std::vector<std::int32_t> labels(40 * 2);
  for (std::size_t i = 0; i < labels.size(); ++i) {
    const auto row = static_cast<std::int32_t>(i / 2);
    labels[i] = i % 2 == 0 ? row % 2 : row % (largest + 1);
  }
  for (const char* part : {"train", "test"}) {
    for (const char* name : {"x_", "context_", "speaker_show_"}) {
      arrays[name + std::string(part)] = make_npy<double>(view, {40, 2});
    }
    arrays[std::string("y_") + part] = make_npy<std::int32_t>(labels, {40, 2});
  }
  write_npz(path, arrays);
}

TEST_CASE("a folder's data sets are those that are there, with all of their folds", "[evidence][dataset_run]") {
  const test::TempDir dir;
  CHECK_THROWS_AS(load_folder(dir / ""), FileError);
  std::filesystem::create_directories(dir / "mustard");
  write_fold(dir / "mustard/mustard_lsa64.npz", 1);
  write_fold(dir / "mustard/mustard_lsa64_fold1.npz", 2);
  const auto found = load_folder(dir / "");
  REQUIRE(found.size() == 1);
  CHECK(found[0].name == "MUStARD");
  REQUIRE(found[0].folds.size() == 2);
  for (const Problem& fold : found[0].folds) {
    CHECK(fold.classes == std::vector{2, 3});  // a class that one fold does not have is the other's
    CHECK(fold.train.features() == 6);
  }
  const Protocol protocol{.epochs = 1,
                          .least_steps = 0,
                          .seeds = 1,
                          .search_seeds = 1,
                          .learning_rates = {1e-2},
                          .weight_decays = {0.0},
                          .mlp_hidden = {2}};
  std::vector<std::string> told;
  const DatasetResult result = run_dataset(found[0], {.narrow = {2}, .frozen = {3}}, protocol, {"linear", "mlp"},
                                           "linear", [&](const std::string& what) { told.push_back(what); });
  CHECK(told ==
        std::vector<std::string>{"MUStARD, narrow, 2 features", "MUStARD, frozen, 3 features", "MUStARD, references"});
  CHECK((result.folds == 2 && result.test_rows == 80 && result.train_rows == 40));
  REQUIRE(result.experiments.size() == 2);
  CHECK(result.experiments[0].truth.size() == 4);
  CHECK(result.experiments[0].heads.at(0).settings_tried == 2);
  const auto silent = [](const std::string&) {};
  REQUIRE(result.tasks.size() == 2);
  CHECK(result.tasks[0].train == std::vector{20, 20});
  CHECK(result.tasks[0].test == std::vector{40, 40});
  CHECK(result.tasks[1].test == std::vector{34, 33, 13});  // of two folds, one of which has two classes
  CHECK_THROWS_AS(run_dataset(found[0], {.narrow = {2}}, protocol, {"mlp"}, "linear", silent), ValueError);
  CHECK(default_representations(found[0], false).hidden.size() == 1);
  CHECK_THROWS_AS(run_dataset(found[0], {.trained = {2}, .hidden = {2, 3}}, protocol, {"linear"}, "linear", silent),
                  ValueError);
  CHECK_NOTHROW(require_possible(found[0], {.narrow = {2}, .hidden = {2, 3}}, protocol, {}, "linear"));
  CHECK_THROWS_AS(require_possible(found[0], {.narrow = {2, 3, 2}}, protocol, {}, "linear"), ValueError);
}

TEST_CASE("what cannot be run is refused before anything is trained", "[evidence][dataset_run]") {
  Problem problem;
  problem.classes = {2, 2};
  problem.train = {Batch<double>::Random(9, 60), Batch<double>::Zero(2, 60), {"a", "b"}};
  for (Eigen::Index row = 0; row < 60; row += 2) problem.train.labels.col(row).setOnes();
  FoldedProblem data{"made up", {problem}, true};
  const Representations both{.narrow = {2}, .trained = {3}, .hidden = {4}, .frozen = {9}};
  using Heads = std::vector<std::string>;
  const auto require = [&](const Representations& representations, const Heads& heads, const char* against) {
    require_possible(data, representations, Protocol{}, heads, against);
  };
  CHECK_NOTHROW(require(both, {}, "linear"));
  CHECK_NOTHROW(require(both, {"linear", "mlp", "hybrid_shared", "low_rank_4"}, "linear"));
  const auto refusal = [&](const Representations& representations, const Heads& heads, const char* against) {
    return test::message_of<ValueError>([&] { require(representations, heads, against); });
  };
  CHECK_NOTHROW(require(both, {"quantum", "logistic"}, "logistic"));
  const auto says = [](const std::string& message, const std::string& part) {
    return message.find(part) != std::string::npos;
  };
  CHECK(says(refusal(both, {}, "liner"), "got 'liner'"));
  CHECK(says(refusal(both, {"quantum"}, "linear"), "expected 'linear' among them"));
  CHECK(says(refusal(both, {"quantum", "linaer"}, "linear"), "got 'linaer'"));  // and not that linear is missing
  CHECK(says(refusal({.frozen = {9}}, {"linear", "hybrid_shared"}, "linear"), "got 'hybrid_shared'"));
  CHECK(says(refusal(both, {}, "hybrid_shared"), "every representation has"));
  CHECK(says(refusal({}, {}, "linear"), "a representation"));
  CHECK_THROWS_AS(require({.frozen = {10}}, {}, "linear"), ShapeError);
  CHECK_THROWS_AS(require({.narrow = {1}}, {}, "linear"), ShapeError);
  // no setting can be chosen by rows of one class
  data.folds[0].train.labels.row(1).setZero();
  const auto learning = search_rows(problem, Protocol{}).train;
  for (std::size_t i = 0; i < 5; ++i) data.folds[0].train.labels(1, learning[i]) = 1.0;
  CHECK(says(refusal(both, {}, "linear"), "task 'b', expected rows of two classes"));
}

TEST_CASE("representations are narrower than there are tasks", "[evidence][dataset_run]") {
  Problem problem;
  problem.classes = {2, 2, 2, 2};
  problem.train.inputs = Batch<double>::Zero(20, 1);
  FoldedProblem data{"made up", {problem}, true};
  CHECK(default_representations(data, false).narrow == std::vector{2, 3});
  CHECK(default_representations(data, false).frozen == std::vector{8, 20});
  data.ordered = false;
  CHECK(default_representations(data, false).frozen == std::vector{20});
  data.folds[0].classes = {2, 2};
  CHECK(default_representations(data, false).narrow == std::vector{2});
  CHECK(default_representations(data, true).trained == default_representations(data, false).trained);
  CHECK(default_representations(data, true).hidden.size() == 1);
}

TEST_CASE("a data set on a command line", "[evidence][dataset_run]") {
  const DatasetArgument with = parse_dataset("a=/x/y.npz:x,context", {"x"}),
                        without = parse_dataset("b=c:/d.npz", {"x"});
  CHECK((with.name == "a" && with.file == "/x/y.npz" && with.views == std::vector<std::string>{"x", "context"}));
  CHECK((without.file == "c:/d.npz" && without.views == std::vector<std::string>{"x"}));
  CHECK_THROWS_AS(parse_dataset("no file", {"x"}), ValueError);
  CHECK_THROWS_AS(parse_dataset("=file.npz", {"x"}), ValueError);
}

}  // namespace dataset_run_test
