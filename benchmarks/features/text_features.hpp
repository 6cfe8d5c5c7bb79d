#pragma once
// SPDX-License-Identifier: Apache-2.0
// Features of texts, fitted on training rows alone.

#include "qmtl/core/eigen.hpp"  // before any other header of Eigen

#include <algorithm>
#include <cmath>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "features/principal_directions.hpp"
#include "features/tfidf.hpp"
#include "features/word_vectors.hpp"

namespace qmtl::benchmark::features {

/// The same features of training and of test rows (rows x features).
struct TrainTestRows {
  Eigen::MatrixXd train, test;
};

/// How features are scaled, by training rows.
enum class FeatureScale {
  none,
  common,  ///< all by one number, so that their mean square is 1 and their ratios stay
  each     ///< each to mean 0 and deviation 1; features that do not vary become 0
};

inline void scale(TrainTestRows& rows, FeatureScale how) {
  const auto count = static_cast<double>(rows.train.rows());
  if (how == FeatureScale::none || rows.train.size() == 0) return;
  if (how == FeatureScale::common) {
    const double root_mean_square = rows.train.norm() / std::sqrt(static_cast<double>(rows.train.size()));
    if (root_mean_square == 0.0) return;
    rows.train /= root_mean_square;
    rows.test /= root_mean_square;
    return;
  }
  const Eigen::RowVectorXd mean = rows.train.colwise().mean();
  for (auto* part : {&rows.train, &rows.test}) part->rowwise() -= mean;
  for (Eigen::Index f = 0; f < rows.train.cols(); ++f) {
    const double deviation = rows.train.col(f).norm() / std::sqrt(count);
    const double factor = deviation > 1e-12 * std::max(1.0, std::abs(mean[f])) ? 1.0 / deviation : 0.0;
    rows.train.col(f) *= factor;
    rows.test.col(f) *= factor;
  }
}

/// Latent semantic analysis (Deerwester et al. 1990): TF-IDF, and its largest directions. Throws as Tfidf and
/// principal_directions.
[[nodiscard]] inline TrainTestRows lsa_features(std::span<const std::string> train, std::span<const std::string> test,
                                                const TfidfOptions& terms, const DirectionOptions& directions) {
  const Tfidf tfidf(train, terms);
  const SparseRows rows = tfidf.rows(train);
  const Eigen::MatrixXd basis = principal_directions(rows, directions);
  return {rows * basis, tfidf.rows(test) * basis};
}

/// Weighted means of word vectors, centred, and their principal components.
[[nodiscard]] inline TrainTestRows vector_features(std::span<const std::string> train,
                                                   std::span<const std::string> test, const WordVectors& vectors,
                                                   const DirectionOptions& directions) {
  TrainTestRows out{vectors.rows(train), vectors.rows(test)};
  const Eigen::RowVectorXd mean = out.train.colwise().mean();
  for (auto* part : {&out.train, &out.test}) part->rowwise() -= mean;
  const Eigen::MatrixXd basis = principal_directions(out.train, directions);
  return {out.train * basis, out.test * basis};
}

/// A column of zeros and ones for each value among the training rows, in the order of their bytes.
[[nodiscard]] inline TrainTestRows one_hot_features(std::span<const std::string> train,
                                                    std::span<const std::string> test) {
  const std::set<std::string> seen(train.begin(), train.end());
  const std::vector<std::string> values(seen.begin(), seen.end());
  const auto encode = [&values](std::span<const std::string> cells) {
    Eigen::MatrixXd out =
        Eigen::MatrixXd::Zero(static_cast<Eigen::Index>(cells.size()), static_cast<Eigen::Index>(values.size()));
    for (std::size_t row = 0; row < cells.size(); ++row) {
      const auto at = std::lower_bound(values.begin(), values.end(), cells[row]);
      if (at == values.end() || *at != cells[row]) continue;
      out(static_cast<Eigen::Index>(row), at - values.begin()) = 1.0;
    }
    return out;
  };
  return {encode(train), encode(test)};
}

/// Images (rows x height * width, rows of pixels one after the other) shrunk to size x size: the mean over each cell,
/// pixels on an edge counting by their area. Throws ShapeError unless sizes fit.
[[nodiscard]] inline Eigen::MatrixXd pooled_pixels(const Eigen::MatrixXd& images, int height, int width, int size) {
  if (height < 1 || width < 1 || images.cols() != static_cast<Eigen::Index>(height) * width) {
    throw ShapeError(qmtl::detail::text("qmtl: pooled_pixels: pixels of an image, expected ", height, " x ", width,
                                        ", got ", images.cols()));
  }
  if (size < 1 || size > std::min(height, width)) {
    throw ShapeError(
        qmtl::detail::text("qmtl: pooled_pixels: size, expected 1 to ", std::min(height, width), ", got ", size));
  }
  // Cell c of `size` covers length [c, c + 1) * extent / size; the share of it that pixel p has.
  const auto shares = [size](int extent) {
    Eigen::MatrixXd out = Eigen::MatrixXd::Zero(size, extent);
    const double length = static_cast<double>(extent) / size;
    for (int c = 0; c < size; ++c) {
      for (int p = 0; p < extent; ++p) {
        const double overlap = std::min((c + 1) * length, p + 1.0) - std::max(c * length, static_cast<double>(p));
        out(c, p) = std::max(0.0, overlap) / length;
      }
    }
    return out;
  };
  const Eigen::MatrixXd down = shares(height), across = shares(width).transpose();
  using RowMajor = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
  Eigen::MatrixXd out(images.rows(), static_cast<Eigen::Index>(size) * size);
  RowMajor image(height, width), cells(size, size);
  for (Eigen::Index row = 0; row < images.rows(); ++row) {
    Eigen::Map<Eigen::RowVectorXd>(image.data(), image.size()) = images.row(row);
    cells.noalias() = down * image * across;
    out.row(row) = Eigen::Map<const Eigen::RowVectorXd>(cells.data(), cells.size());
  }
  return out;
}

}  // namespace qmtl::benchmark::features
