// SPDX-License-Identifier: Apache-2.0
// Splits cover every row once, have the sizes asked for, keep the classes in proportion, and repeat with the seed.

#include "qmtl/data/split.hpp"

#include <cmath>
#include <limits>

#include "support/catch.hpp"
#include "support/throws.hpp"

namespace split_test {

using namespace qmtl;
using qmtl::test::message_of;

/// Every row exactly once, each part ascending.
void check_partition(const SplitIndices& parts, Eigen::Index rows) {
  std::vector<Eigen::Index> all;
  for (const auto* part : {&parts.train, &parts.validation, &parts.test}) {
    CHECK(std::is_sorted(part->begin(), part->end()));
    all.insert(all.end(), part->begin(), part->end());
  }
  std::sort(all.begin(), all.end());
  std::vector<Eigen::Index> expected(static_cast<std::size_t>(rows));
  std::iota(expected.begin(), expected.end(), Eigen::Index{0});
  CHECK(all == expected);
}

const std::vector<SplitFractions> fractions{{0.7, 0.15, 0.15}, {0.8, 0.1, 0.1},   {0.5, 0.25, 0.25},
                                            {1.0, 0.0, 0.0},   {0.0, 0.0, 1.0},   {1.0 / 3, 1.0 / 3, 1.0 / 3},
                                            {0.6, 0.0, 0.4},   {0.34, 0.33, 0.33}};

TEST_CASE("a split is a partition whose parts are their shares rounded up or down") {
  for (const SplitFractions& f : fractions) {
    for (const Eigen::Index rows : {20, 21, 47, 100, 1003}) {
      Rng rng(Seed{static_cast<std::uint64_t>(rows)});
      const SplitIndices parts = split(rows, f, rng);
      check_partition(parts, rows);
      const auto fits = [&](const auto& part, double share) {
        return std::abs(static_cast<double>(part.size()) - share * static_cast<double>(rows)) < 1.0;
      };
      INFO(rows << " rows, " << f.train << ' ' << f.validation << ' ' << f.test);
      CHECK(fits(parts.train, f.train));
      CHECK(fits(parts.validation, f.validation));
      CHECK(fits(parts.test, f.test));
    }
  }
}

TEST_CASE("shares that are whole numbers of rows are met exactly") {
  Rng rng(Seed{1});
  const SplitIndices parts = split(100, {.train = 0.7, .validation = 0.15, .test = 0.15}, rng);
  CHECK(parts.train.size() == 70);
  CHECK(parts.validation.size() == 15);
  CHECK(parts.test.size() == 15);
}

TEST_CASE("rows are dealt in the same order whether or not the processor fuses products and sums") {
  std::vector<Eigen::Index> order(20);
  std::iota(order.begin(), order.end(), Eigen::Index{0});
  const auto parts = detail::deal_rows(order, {.train = 0.7, .validation = 0.0, .test = 0.3});
  CHECK(parts.test == std::vector<Eigen::Index>{1, 5, 8, 11, 15, 18});  // fused: 4 before 5, 14 before 15
}

TEST_CASE("a split repeats with its seed and changes without it") {
  Rng first(Seed{7}), again(Seed{7}), other(Seed{8});
  const auto test_rows = split(200, {}, first).test;
  CHECK(split(200, {}, again).test == test_rows);
  CHECK(split(200, {}, other).test != test_rows);
}

TEST_CASE("every row is equally likely to be a test row") {
  std::vector<int> counts(10);
  Rng rng(Seed{3});
  for (int i = 0; i < 4000; ++i) {
    for (const Eigen::Index row : split(10, {0.6, 0.2, 0.2}, rng).test) ++counts[static_cast<std::size_t>(row)];
  }
  for (const int count : counts) CHECK(std::abs(count - 800) < 5 * 25.3);  // 5 deviations of B(4000, 0.2)
}

TEST_CASE("fractions that are impossible are refused") {
  Rng rng(Seed{1});
  const auto message = [&](const SplitFractions& f) {
    return message_of<ValueError>([&] { (void)split(100, f, rng); });
  };
  CHECK(message({-0.1, 0.6, 0.5}) == "qmtl: split: train fraction, expected a number in [0, 1], got -0.1");
  CHECK(message({0.0, 1.5, -0.5}) == "qmtl: split: validation fraction, expected a number in [0, 1], got 1.5");
  CHECK(message({0.5, 0.5, std::numeric_limits<double>::quiet_NaN()}).find("test fraction") != std::string::npos);
  CHECK(message({0.5, 0.2, 0.2}) ==
        "qmtl: split: sum of the fractions, expected 1, got 0.9: train 0.5, validation 0.2, test 0.2");
  CHECK(message({.train = 0.7, .test = 0.3}) ==  // validation has a default
        "qmtl: split: sum of the fractions, expected 1, got 1.15: train 0.7, validation 0.15, test 0.3");
}

TEST_CASE("a part that was asked for and would be empty is refused") {
  Rng rng(Seed{1});
  CHECK(message_of<ValueError>([&] {
          (void)split(3, {0.9, 0.05, 0.05}, rng);
        }) == "qmtl: split: validation part, expected at least one row for a fraction of 0.05, got none of 3 rows");
  CHECK(message_of<ShapeError>([&] { (void)split(-1, {}, rng); }) == "qmtl: split: rows, expected at least 0, got -1");
}

/// One task whose labels are `counts[c]` of each class c, then `missing` without one, in scattered order.
Dataset<float> labelled(const std::vector<int>& counts, int missing) {
  std::vector<float> labels(static_cast<std::size_t>(missing), -1.0f);
  for (std::size_t c = 0; c < counts.size(); ++c) {
    labels.insert(labels.end(), static_cast<std::size_t>(counts[c]), static_cast<float>(c));
  }
  Rng rng(Seed{99});
  shuffle(labels, rng);
  const auto rows = static_cast<Eigen::Index>(labels.size());
  Dataset<float> data{Batch<float>::Zero(1, rows), Batch<float>::Zero(2, rows), {"other", "strata"}};
  data.labels.row(1) = Eigen::Map<const Eigen::RowVectorXf>(labels.data(), rows);
  return data;
}

TEST_CASE("a stratified split keeps the share of every class, however rare, in every part") {
  const std::vector<int> counts{301, 40, 7, 90};
  const auto data = labelled(counts, 33);
  for (const SplitFractions& f : fractions) {
    Rng rng(Seed{5});
    const SplitIndices parts = stratified_split(data, 1, LabelKind{4}, f, rng);
    check_partition(parts, data.rows());
    const auto check = [&](const std::vector<Eigen::Index>& part, double share) {
      CHECK(std::abs(static_cast<double>(part.size()) - share * static_cast<double>(data.rows())) < 1.0);
      for (int c = -1; c < 4; ++c) {
        const auto of_class = std::count_if(
            part.begin(), part.end(), [&](Eigen::Index row) { return data.labels(1, row) == static_cast<float>(c); });
        const int total = c < 0 ? 33 : counts[static_cast<std::size_t>(c)];
        CHECK(std::abs(static_cast<double>(of_class) - share * total) < 2.0);
      }
    };
    check(parts.train, f.train);
    check(parts.validation, f.validation);
    check(parts.test, f.test);
  }
}

TEST_CASE("a stratified split repeats with its seed and draws the rows of a class at random") {
  const auto data = labelled({60, 40}, 10);
  Rng first(Seed{7}), again(Seed{7}), other(Seed{8});
  const auto test_rows = stratified_split(data, 1, LabelKind{2}, {}, first).test;
  CHECK(stratified_split(data, 1, LabelKind{2}, {}, again).test == test_rows);
  CHECK(stratified_split(data, 1, LabelKind{2}, {}, other).test != test_rows);
}

TEST_CASE("a stratified split needs a task whose labels are classes") {
  const auto data = labelled({6, 4, 4}, 0);
  Rng rng(Seed{1});
  CHECK(message_of<ShapeError>([&] { (void)stratified_split(data, 2, LabelKind{2}, {}, rng); }) ==
        "qmtl: stratified split: task, expected 0 to 1, got 2");
  CHECK(message_of<ValueError>([&] { (void)stratified_split(data, 1, LabelKind{0}, {}, rng); }) ==
        "qmtl: stratified split: classes, expected at least 2, got 0");
  CHECK(message_of<ValueError>([&] {
          (void)stratified_split(data, 1, LabelKind{2}, {}, rng);
        }).find("label of task 'strata', row ") != std::string::npos);
}

}  // namespace split_test
