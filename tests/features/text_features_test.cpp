// SPDX-License-Identifier: Apache-2.0
// Tests of what becomes of texts and images.

#include "features/text_features.hpp"

#include <fstream>
#include <string>
#include <vector>

#include "support/catch.hpp"
#include "support/temp_dir.hpp"

namespace text_features_test {

using namespace qmtl;
using namespace qmtl::benchmark::features;

Eigen::MatrixXd random_rows(Eigen::Index rows, Eigen::Index columns) {
  Rng rng(Seed{3});
  Eigen::MatrixXd out(rows, columns);
  for (Eigen::Index i = 0; i < out.size(); ++i) out.data()[i] = rng.normal() * std::pow(0.7, i / rows);
  return out;
}

TEST_CASE("principal directions are the eigenvectors of the Gram matrix, largest first", "[features][directions]") {
  const Eigen::MatrixXd rows = random_rows(60, 20);
  const Eigen::MatrixXd found = principal_directions(rows, {.dimension = 5});
  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> exact(rows.transpose() * rows);
  for (Eigen::Index k = 0; k < 5; ++k) {
    CHECK(std::abs(found.col(k).dot(exact.eigenvectors().col(19 - k))) == Approx(1.0).epsilon(1e-8));
    CHECK(found.col(k).maxCoeff() == Approx(found.col(k).cwiseAbs().maxCoeff()));
  }
  const Eigen::SparseMatrix<double, Eigen::RowMajor> sparse = rows.sparseView();
  CHECK((principal_directions(sparse, {.dimension = 5}) - found).norm() < 1e-7);
  CHECK_THROWS_AS(principal_directions(rows, {.dimension = 21}), ShapeError);
}

TEST_CASE("features of held-out rows come from what was fitted on training rows", "[features][text]") {
  const std::vector<std::string> train{"good day", "good night", "bad day", "bad night", "good good day"};
  const std::vector<std::string> first{"good day"}, second{"good day", "strange words change nothing of it"};
  const TfidfOptions terms{.longest = 1, .least_documents = 1};
  const auto a = lsa_features(train, first, terms, {.dimension = 2});
  const auto b = lsa_features(train, second, terms, {.dimension = 2});
  CHECK(a.train == b.train);
  CHECK(a.test.row(0) == b.test.row(0));
  CHECK(b.test.row(1).norm() == 0.0);
  CHECK((a.test.row(0) - a.train.row(0)).norm() < 1e-12);
}

TEST_CASE("scales come from training rows", "[features][text]") {
  TrainTestRows rows{random_rows(50, 4), random_rows(8, 4)};
  rows.train.col(3).setConstant(7.0);
  TrainTestRows common = rows, each = rows;
  scale(common, FeatureScale::common);
  CHECK(common.train.squaredNorm() / static_cast<double>(common.train.size()) == Approx(1.0));
  CHECK((common.test / common.test(0, 0) - rows.test / rows.test(0, 0)).norm() < 1e-9);
  scale(each, FeatureScale::each);
  CHECK(each.train.col(0).mean() == Approx(0.0).margin(1e-12));
  CHECK(each.train.col(0).squaredNorm() / 50 == Approx(1.0));
  CHECK(each.train.col(3).norm() == 0.0);
  CHECK(each.test.col(3).norm() == 0.0);
}

TEST_CASE("a category that training rows lack has no feature", "[features][text]") {
  const std::vector<std::string> train{"b", "a", "b"}, test{"a", "c"};
  const auto rows = one_hot_features(train, test);
  CHECK(rows.train == (Eigen::MatrixXd(3, 2) << 0, 1, 1, 0, 0, 1).finished());
  CHECK(rows.test == (Eigen::MatrixXd(2, 2) << 1, 0, 0, 0).finished());
}

TEST_CASE("pixels are pooled by their area", "[features][images]") {
  Eigen::MatrixXd images(1, 12);
  images << 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11;  // 3 x 4
  const Eigen::MatrixXd pooled = pooled_pixels(images, 3, 4, 2);
  // Rows 0 and half of 1, half of 1 and 2; columns in pairs.
  CHECK(pooled(0, 0) == Approx((0 + 1 + 0.5 * (4 + 5)) / 3));
  CHECK(pooled(0, 3) == Approx((10 + 11 + 0.5 * (6 + 7)) / 3));
  CHECK(pooled.mean() == Approx(5.5));
  CHECK_THROWS_AS(pooled_pixels(images, 3, 3, 2), ShapeError);
  CHECK_THROWS_AS(pooled_pixels(images, 3, 4, 4), ShapeError);
}

TEST_CASE("texts are weighted means of word vectors", "[features][word_vectors]") {
  const test::TempDir dir;
  const std::string path = dir / "vectors.txt";
  std::ofstream(path) << "the 1 0\ncat 0 2\n";
  const WordVectors vectors(path, {.smoothing = 0.1, .vocabulary = 2});
  CHECK(vectors.words() == 2);
  const Eigen::MatrixXd rows = vectors.rows(std::vector<std::string>{"The cat unheard", "unheard"});
  const double the = 0.1 / (0.1 + 1 / 1.5), cat = 0.1 / (0.1 + 0.5 / 1.5);  // p = 1 / (rank * 1.5)
  CHECK(rows(0, 0) == Approx(the / 2));
  CHECK(rows(0, 1) == Approx(2 * cat / 2));
  CHECK(rows.row(1).norm() == 0.0);

  std::ofstream(path) << "the 7 1 0\ncat 9 0 2\n";
  const WordVectors ranked(path, {.ranked = true});
  CHECK(ranked.dimension() == 2);
}

TEST_CASE("a damaged file of word vectors is refused with its line", "[features][word_vectors]") {
  const test::TempDir dir;
  const std::string path = dir / "vectors.txt";
  const auto refused = [&path](const char* text, const WordVectorOptions& options = {}) {
    std::ofstream(path) << text;
    try {
      WordVectors{path, options};
    } catch (const FileError& error) {
      return std::string(error.what());
    }
    return std::string();
  };
  CHECK(refused("the 1 0\ncat 0\n").find("line 2") != std::string::npos);
  CHECK(refused("the 1 x\n").find("line 1: expected a number, got 'x'") != std::string::npos);
  CHECK(refused("the nan 1\n").find("expected a number") != std::string::npos);
  CHECK(refused("the 0 1 2\n", {.ranked = true}).find("rank") != std::string::npos);
  CHECK(refused("").find("has no words") != std::string::npos);
  CHECK_THROWS_AS(WordVectors(dir / "none.txt"), FileError);
}

}  // namespace text_features_test
