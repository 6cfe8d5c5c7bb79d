// SPDX-License-Identifier: Apache-2.0
// Tests of the comparison of two AUCs.

#include "qmtl/loss/delong.hpp"

#include <cmath>
#include <vector>

#include "qmtl/core/rng.hpp"
#include "support/catch.hpp"

namespace delong_test {

using namespace qmtl;

struct Rows {
  std::vector<int> truth;
  std::vector<double> first, second;
};

/// Two scores that tell the classes apart by so many deviations, with half of their noise in common.
Rows make_rows(int count, double first, double second, std::uint64_t seed, bool ties = false) {
  Rng rng(Seed{seed});
  Rows out;
  for (int i = 0; i < count; ++i) {
    const int label = rng.uniform(0.0, 1.0) < 0.4 ? 1 : 0;
    const double common = rng.normal();
    const auto score = [&](double apart) {
      const double s = apart * label + std::sqrt(0.5) * (common + rng.normal());
      return ties ? std::round(2 * s) : s;
    };
    out.truth.push_back(label);
    out.first.push_back(score(first));
    out.second.push_back(score(second));
  }
  return out;
}

double ordered(double positive, double negative) {
  return positive > negative ? 1.0 : positive == negative ? 0.5 : 0.0;
}

/// By the definition of 1988: structural components V10 and V01, pair by pair, and their covariances.
double difference_error_by_definition(const Rows& rows) {
  std::vector<std::vector<double>> of_positives, of_negatives;  // a row: first, second
  std::size_t m = 0, n = 0;
  for (const int label : rows.truth) (label == 1 ? m : n) += 1;
  for (std::size_t i = 0; i < rows.truth.size(); ++i) {
    std::vector<double> v{0.0, 0.0};
    for (std::size_t j = 0; j < rows.truth.size(); ++j) {
      if (rows.truth[j] == rows.truth[i]) continue;
      const auto [p, q] = rows.truth[i] == 1 ? std::pair(i, j) : std::pair(j, i);
      const auto others = static_cast<double>(rows.truth[i] == 1 ? n : m);
      v[0] += ordered(rows.first[p], rows.first[q]) / others;
      v[1] += ordered(rows.second[p], rows.second[q]) / others;
    }
    (rows.truth[i] == 1 ? of_positives : of_negatives).push_back(v);
  }
  double variance = 0.0;
  for (const auto& v : {of_positives, of_negatives}) {
    const auto size = static_cast<double>(v.size());
    double mean[2] = {0.0, 0.0}, s[2][2] = {};
    for (const auto& row : v) {
      for (std::size_t a : {0u, 1u}) mean[a] += row[a] / size;
    }
    for (const auto& row : v) {
      for (std::size_t a : {0u, 1u}) {
        for (std::size_t b : {0u, 1u}) s[a][b] += (row[a] - mean[a]) * (row[b] - mean[b]) / (size - 1);
      }
    }
    variance += (s[0][0] + s[1][1] - 2 * s[0][1]) / size;
  }
  return std::sqrt(variance);
}

TEST_CASE("errors by midranks are those of DeLong's definition, ties or not", "[loss][delong]") {
  const bool ties = GENERATE(false, true);
  const Rows rows = make_rows(60, 1.0, 0.4, 7, ties);
  const auto test = compare_aucs(rows.truth, rows.first, rows.second);
  CHECK(test.difference_error == Approx(difference_error_by_definition(rows)).epsilon(1e-12));
  std::vector<ScoredRow> scored;
  for (std::size_t i = 0; i < rows.truth.size(); ++i) scored.push_back({rows.first[i], rows.truth[i] == 1});
  CHECK(test.first == Approx(roc_auc(scored)).epsilon(1e-13));
  CHECK(test.difference == Approx(test.first - test.second).margin(1e-13));
  CHECK(test.p == Approx(std::erfc(std::abs(test.difference) / test.difference_error / std::sqrt(2.0))));
}

TEST_CASE("the same order of rows is no difference, with certainty", "[loss][delong]") {
  Rows rows = make_rows(40, 1.0, 1.0, 3);
  for (std::size_t i = 0; i < rows.first.size(); ++i) rows.second[i] = std::exp(rows.first[i]);
  const auto test = compare_aucs(rows.truth, rows.first, rows.second);
  CHECK(test.difference == 0.0);
  CHECK(test.p == 1.0);
  CHECK(test.first_error == Approx(test.second_error));
}

TEST_CASE("two equally good scores differ significantly about as often as promised", "[loss][delong]") {
  int significant = 0;
  for (std::uint64_t seed = 1; seed <= 400; ++seed) {
    const Rows rows = make_rows(150, 0.8, 0.8, seed);
    significant += compare_aucs(rows.truth, rows.first, rows.second).p < 0.05 ? 1 : 0;
  }
  CHECK(significant >= 8);  // 20 +- 4.4 of 400
  CHECK(significant <= 34);
}

TEST_CASE("missing labels do not count, and a class without rows leaves nothing to tell", "[loss][delong]") {
  Rows rows = make_rows(50, 1.0, 0.2, 5);
  const auto before = compare_aucs(rows.truth, rows.first, rows.second);
  rows.truth.push_back(-1);
  rows.first.push_back(100.0);
  rows.second.push_back(-100.0);
  CHECK(compare_aucs(rows.truth, rows.first, rows.second).difference_error == before.difference_error);
  const std::vector<int> ones{1, 1};
  CHECK(std::isnan(compare_aucs(ones, std::vector{0.1, 0.2}, std::vector{0.1, 0.2}).first));
  CHECK(std::isnan(compare_aucs(std::vector{1, 0}, std::vector{0.1, 0.2}, std::vector{0.3, 0.2}).p));
}

TEST_CASE("what cannot be compared is refused", "[loss][delong]") {
  const std::vector<int> truth{0, 1};
  const std::vector<double> two{0.1, 0.2}, one{0.1}, nan{0.1, std::nan("")};
  CHECK_THROWS_AS(compare_aucs(truth, one, two), ShapeError);
  CHECK_THROWS_AS(compare_aucs(truth, two, nan), ValueError);
  CHECK_THROWS_AS(compare_aucs(std::vector{0, 2}, two, two), ValueError);
}

TEST_CASE("an estimated error of 0 is no certainty of a difference", "[loss][delong]") {
  const std::vector<int> truth{1, 1, 1, 0, 0, 0};
  const std::vector<double> right{4, 5, 6, 1, 2, 3}, wrong{1, 2, 3, 4, 5, 6};
  const auto test = compare_aucs(truth, right, wrong);
  CHECK(test.difference == 1.0);
  CHECK(test.difference_error == 0.0);
  CHECK(std::isnan(test.p));
  CHECK(compare_aucs(truth, right, right).p == 1.0);
  // Each row is on the right side of a third more of the others: 1 - 2 / 3 and 1 / 3 - 0 are not the same bits.
  const std::vector<double> first{2, 4, 6, 1, 3, 5}, second{1, 3, 5, 2, 4, 6};
  const auto equal = compare_aucs(truth, first, second);
  CHECK(equal.difference == Approx(1.0 / 3));
  CHECK(equal.difference_error < 1e-15);
  CHECK(std::isnan(equal.p));
}

}  // namespace delong_test
