#pragma once
// SPDX-License-Identifier: Apache-2.0
// Texts as rows of TF-IDF: which terms they have, weighted down where many texts have them.

#include "qmtl/core/eigen.hpp"  // before any other header of Eigen

#include <Eigen/SparseCore>

#include <algorithm>
#include <cmath>
#include <map>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "features/tokens.hpp"
#include "qmtl/core/error.hpp"

namespace qmtl::benchmark::features {

using SparseRows = Eigen::SparseMatrix<double, Eigen::RowMajor>;  ///< texts x terms

struct TfidfOptions {
  int longest = 2;          ///< words of a term, from 1
  int least_documents = 2;  ///< texts that a term must be in
};

/// Terms and their weights, of the texts that it was made of: as scikit-learn's TfidfVectorizer with sublinear_tf, a
/// text of a term n times has 1 + ln n, times ln((1 + texts) / (1 + texts with the term)) + 1, rows of unit length.
/// Terms are in the order of their bytes.
class Tfidf {
 public:
  /// Throws ValueError for impossible options or texts without a term.
  explicit Tfidf(std::span<const std::string> texts, const TfidfOptions& options = {}) : options_(options) {
    if (options.longest < 1 || options.least_documents < 1) {
      throw ValueError(qmtl::detail::text("qmtl: tfidf: words of a term and texts with it, expected at least 1, got ",
                                          options.longest, ", ", options.least_documents));
    }
    std::map<std::string, int> documents;
    for (const std::string& text : texts) {
      for (const auto& [term, count] : counts_of(text)) ++documents[term];
    }
    for (const auto& [term, count] : documents) {
      if (count < options.least_documents) continue;
      columns_.emplace(term, static_cast<int>(weights_.size()));
      weights_.push_back(std::log((1.0 + static_cast<double>(texts.size())) / (1.0 + count)) + 1.0);
    }
    if (weights_.empty()) {
      throw ValueError(qmtl::detail::text("qmtl: tfidf: terms in at least ", options.least_documents,
                                          " texts, expected one, got none"));
    }
  }

  [[nodiscard]] int terms() const noexcept { return static_cast<int>(weights_.size()); }

  /// Terms that it does not know are left out.
  [[nodiscard]] SparseRows rows(std::span<const std::string> texts) const {
    std::vector<Eigen::Triplet<double>> entries;
    for (std::size_t row = 0; row < texts.size(); ++row) {
      const std::size_t first = entries.size();
      double square = 0.0;
      for (const auto& [term, count] : counts_of(texts[row])) {
        const auto column = columns_.find(term);
        if (column == columns_.end()) continue;
        const double value = (1.0 + std::log(count)) * weights_[static_cast<std::size_t>(column->second)];
        square += value * value;
        entries.emplace_back(static_cast<int>(row), column->second, value);
      }
      for (std::size_t i = first; i < entries.size(); ++i) {
        entries[i] = {entries[i].row(), entries[i].col(), entries[i].value() / std::sqrt(square)};
      }
    }
    SparseRows out(static_cast<Eigen::Index>(texts.size()), terms());
    out.setFromTriplets(entries.begin(), entries.end());
    return out;
  }

 private:
  [[nodiscard]] std::map<std::string, int> counts_of(const std::string& text) const {
    std::map<std::string, int> out;
    for (auto& term : ngrams_of(words_of(text), options_.longest)) ++out[std::move(term)];
    return out;
  }

  TfidfOptions options_;
  std::unordered_map<std::string, int> columns_;
  std::vector<double> weights_;
};

}  // namespace qmtl::benchmark::features
