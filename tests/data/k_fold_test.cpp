// SPDX-License-Identifier: Apache-2.0
// Folds partition the rows, keep classes in proportion and groups together, and repeat with the seed.

#include "qmtl/data/k_fold.hpp"

#include <cmath>
#include <set>

#include "support/catch.hpp"
#include "support/throws.hpp"

namespace k_fold_test {

using namespace qmtl;
using qmtl::test::message_of;

/// Each row held out once and trained on in all other folds, all parts ascending.
void check_partition(const std::vector<Fold>& folds, Eigen::Index rows) {
  std::vector<int> held_out(static_cast<std::size_t>(rows));
  for (const Fold& fold : folds) {
    CHECK(std::is_sorted(fold.train.begin(), fold.train.end()));
    CHECK(std::is_sorted(fold.held_out.begin(), fold.held_out.end()));
    std::vector<int> here(static_cast<std::size_t>(rows));
    for (const Eigen::Index row : fold.train) ++here[static_cast<std::size_t>(row)];
    for (const Eigen::Index row : fold.held_out) {
      ++here[static_cast<std::size_t>(row)];
      ++held_out[static_cast<std::size_t>(row)];
    }
    CHECK(here == std::vector<int>(static_cast<std::size_t>(rows), 1));
  }
  CHECK(held_out == std::vector<int>(static_cast<std::size_t>(rows), 1));
}

std::pair<std::size_t, std::size_t> sizes_of(const std::vector<Fold>& folds) {
  const auto less = [](const Fold& a, const Fold& b) { return a.held_out.size() < b.held_out.size(); };
  const auto [least, most] = std::minmax_element(folds.begin(), folds.end(), less);
  return {least->held_out.size(), most->held_out.size()};
}

TEST_CASE("folds partition the rows, by sizes that differ by one at most") {
  for (const Eigen::Index rows : {7, 10, 99}) {
    for (const int k : {2, 3, 7}) {
      Rng rng(Seed{static_cast<std::uint64_t>(rows + k)});
      const auto folds = k_fold(rows, k, rng);
      CHECK(folds.size() == static_cast<std::size_t>(k));
      check_partition(folds, rows);
      CHECK(sizes_of(folds).second - sizes_of(folds).first <= 1);
    }
  }
}

const std::vector<LabelKind> kinds{{2}, {4}, {0}, {3}};

/// Rare and missing labels in three class tasks and a real one.
Dataset<double> labelled(Eigen::Index rows, std::uint64_t seed) {
  Dataset<double> data{Batch<double>::Zero(1, rows), Batch<double>::Zero(4, rows), {}};
  Rng rng(Seed{seed});
  for (Eigen::Index row = 0; row < rows; ++row) {
    const double u = rng.uniform();
    data.labels(0, row) = rng.uniform() < 0.1 ? 1 : 0;
    data.labels(1, row) = u < 0.05 ? 3 : u < 0.2 ? 2 : u < 0.5 ? 1 : 0;
    data.labels(2, row) = rng.normal();
    data.labels(3, row) = rng.uniform() < 0.4 ? -1 : static_cast<double>(rng.below(3));
  }
  return data;
}

/// The most rows by which a fold misses its share of a class (or of missing labels) of one of the tasks.
double worst_miss(const Dataset<double>& data, const std::vector<Fold>& folds, const std::vector<int>& tasks) {
  double worst = 0.0;
  for (const int t : tasks) {
    for (int label = -1; label < kinds[static_cast<std::size_t>(t)].classes; ++label) {
      const auto count = [&](const auto& rows) {
        return static_cast<double>(
            std::count_if(rows.begin(), rows.end(), [&](Eigen::Index r) { return data.labels(t, r) == label; }));
      };
      for (const Fold& fold : folds) {
        const double all = count(fold.train) + count(fold.held_out);
        worst = std::max(worst, std::abs(count(fold.held_out) - all / static_cast<double>(folds.size())));
      }
    }
  }
  return worst;
}

TEST_CASE("of one task every fold has its share of each class, and as many rows as others, to within one") {
  auto data = labelled(203, 1);
  const Dataset<double> one{data.inputs, data.labels.row(1), {}};
  Rng rng(Seed{1});
  const auto folds = stratified_k_fold(one, std::vector{kinds[1]}, 5, rng);
  check_partition(folds, 203);
  CHECK(sizes_of(folds).second - sizes_of(folds).first <= 1);
  data.labels.row(0) = data.labels.row(1);
  for (int label = 0; label < 4; ++label) {
    for (const Fold& fold : folds) {
      const auto count = [&](const auto& rows) {
        return std::count_if(rows.begin(), rows.end(), [&](Eigen::Index r) { return one.labels(0, r) == label; });
      };
      const auto held_out = static_cast<double>(count(fold.held_out));
      CHECK(std::abs(held_out - (held_out + static_cast<double>(count(fold.train))) / 5) < 1.0);
    }
  }
}

TEST_CASE("of several tasks at once every fold has nearly its share of each class, where chance is far off") {
  double stratified = 0.0, by_chance = 0.0;
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    const auto data = labelled(500, seed);
    Rng rng(Seed{seed});
    const auto folds = stratified_k_fold(data, kinds, 5, rng);
    check_partition(folds, 500);
    CHECK(sizes_of(folds).second - sizes_of(folds).first <= 6);
    stratified = std::max(stratified, worst_miss(data, folds, {0, 1, 3}));
    by_chance = std::max(by_chance, worst_miss(data, k_fold(500, 5, rng), {0, 1, 3}));
  }
  CHECK(stratified <= 5.0);
  CHECK(by_chance > 3 * stratified);
}

TEST_CASE("a class of fewer rows than folds, a task without labels and real targets alone are no obstacle") {
  auto data = labelled(40, 2);
  data.labels.row(0).setZero();
  data.labels(0, 7) = 1;
  data.labels.row(3).setConstant(-1);
  Rng rng(Seed{3});
  check_partition(stratified_k_fold(data, kinds, 4, rng), 40);
  const Dataset<double> real{data.inputs, data.labels.row(2), {}};
  const auto folds = stratified_k_fold(real, std::vector<LabelKind>{{0}}, 4, rng);
  check_partition(folds, 40);
  CHECK(sizes_of(folds) == std::pair<std::size_t, std::size_t>{10, 10});
}

TEST_CASE("a group is never divided, and folds differ by no more than the largest group") {
  std::vector<std::string> groups;
  Rng rng(Seed{5});
  for (int i = 0; i < 300; ++i) groups.push_back("patient " + std::to_string(rng.below(40) * rng.below(2)));
  const auto folds = grouped_k_fold(groups, 4, rng);
  check_partition(folds, 300);
  std::set<std::string> seen;
  for (const Fold& fold : folds) {
    std::set<std::string> here;
    for (const Eigen::Index row : fold.held_out) here.insert(groups[static_cast<std::size_t>(row)]);
    for (const auto& group : here) CHECK(seen.insert(group).second);
  }
  // More than half of the rows are "patient 0": one fold has these alone, the others share the rest evenly.
  const auto largest = static_cast<std::size_t>(std::count(groups.begin(), groups.end(), "patient 0"));
  CHECK(sizes_of(folds).second == largest);
  CHECK(sizes_of(folds).first >= (300 - largest) / 3 - 8);
}

TEST_CASE("folds repeat with their seed and change without it") {
  const auto data = labelled(60, 4);
  const auto held_out = [&](std::uint64_t seed) {
    std::vector<std::vector<Eigen::Index>> out;
    Rng rng(Seed{seed});
    const auto add = [&](const std::vector<Fold>& folds) {
      for (const Fold& fold : folds) out.push_back(fold.held_out);
    };
    add(k_fold(60, 3, rng));
    add(stratified_k_fold(data, kinds, 3, rng));
    add(grouped_k_fold(std::vector<int>{1, 2, 3, 1, 2, 3, 9}, 3, rng));
    add(repeated_folds(2, rng, [](Rng& r) { return k_fold(20, 2, r); }));
    return out;
  };
  CHECK(held_out(1).size() == 13);
  CHECK(held_out(1) == held_out(1));
  CHECK(held_out(1) != held_out(2));
  CHECK(held_out(1)[9] != held_out(1)[11]);  // a repetition has folds of its own
}

TEST_CASE("impossible folds are refused by name") {
  Rng rng(Seed{1});
  CHECK(message_of<ValueError>([&] { (void)k_fold(10, 1, rng); }) == "qmtl: k-fold: folds, expected at least 2, got 1");
  CHECK(message_of<ValueError>([&] { (void)k_fold(4, 5, rng); }) == "qmtl: k-fold: expected at least 5 rows, got 4");
  CHECK(message_of<ValueError>([&] {
          (void)grouped_k_fold(std::vector<int>{1, 2, 1, 2}, 3, rng);
        }) == "qmtl: grouped k-fold: expected at least 3 groups, got 2");
  CHECK_THROWS_AS(k_fold(0, 2, rng), ValueError);
  CHECK_THROWS_AS(repeated_folds(0, rng, [](Rng& r) { return k_fold(20, 2, r); }), ValueError);
  auto data = labelled(20, 1);
  CHECK_THROWS_AS(stratified_k_fold(data, std::vector<LabelKind>{{2}}, 2, rng), ShapeError);
  data.labels(1, 3) = 4;
  CHECK_THROWS_AS(stratified_k_fold(data, kinds, 2, rng), ValueError);
}

TEST_CASE("folds whose rows would fill the memory are refused before, and so are groups without a number") {
  Rng rng(Seed{1});
  CHECK(message_of<ValueError>([&] { (void)k_fold(100000, 100000, rng); }) ==
        "qmtl: k-fold: 100000 folds of 100000 rows, expected lists of at most 4294967296 bytes, got 80000000000");
  CHECK(k_fold(300, 300, rng).size() == 300);
  CHECK(message_of<ValueError>([&] {
          (void)grouped_k_fold(std::vector<double>{1.0, std::nan(""), 2.0}, 2, rng);
        }) == "qmtl: grouped k-fold: group of row 1, expected a number, got nan");
}

}  // namespace k_fold_test
