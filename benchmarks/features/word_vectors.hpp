#pragma once
// SPDX-License-Identifier: Apache-2.0
// Texts as weighted means of word vectors, read from a text file as GloVe publishes them.

#include "qmtl/core/eigen.hpp"  // before any other header of Eigen

#include <algorithm>
#include <cmath>
#include <fstream>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "features/tokens.hpp"
#include "qmtl/core/error.hpp"
#include "qmtl/core/real_text.hpp"

namespace qmtl::benchmark::features {

struct WordVectorOptions {
  bool ranked = false;  ///< a line has the word's rank by frequency before its numbers; else lines are in that order
  double smoothing = 1e-3;  ///< a of the weight a / (a + p) of a word of probability p (Arora, Liang and Ma 2017)
  int vocabulary = 400000;  ///< words of the whole vocabulary, of which rank r has p = 1 / (r H) by Zipf's law
};

/// Words with vectors and weights.
class WordVectors {
 public:
  /// Lines of a word and its numbers, separated by single spaces. Throws FileError with the line's number.
  explicit WordVectors(const std::string& path, const WordVectorOptions& options = {}) : options_(options) {
    if (!(options.smoothing > 0.0) || options.vocabulary < 1) {
      throw ValueError(qmtl::detail::text("qmtl: word vectors: smoothing and vocabulary, expected positive, got ",
                                          options.smoothing, ", ", options.vocabulary));
    }
    double harmonic = 0.0;
    for (int r = options.vocabulary; r > 0; --r) harmonic += 1.0 / r;
    std::ifstream file(path);
    if (!file) throw FileError(qmtl::detail::text("qmtl: word vectors: cannot open '", path, "'"));
    std::string line;
    for (std::size_t number = 1; std::getline(file, line); ++number) {
      read_line(line, number, harmonic, qmtl::detail::text(path, ": line ", number));
    }
    if (places_.empty()) throw FileError(qmtl::detail::text("qmtl: word vectors: '", path, "' has no words"));
  }

  [[nodiscard]] Eigen::Index dimension() const noexcept { return dimension_; }
  [[nodiscard]] std::size_t words() const noexcept { return places_.size(); }

  /// The weighted mean of the vectors of each text's words (texts x dimension), 0 where none is known.
  [[nodiscard]] Eigen::MatrixXd rows(std::span<const std::string> texts) const {
    Eigen::MatrixXd out = Eigen::MatrixXd::Zero(static_cast<Eigen::Index>(texts.size()), dimension_);
    for (std::size_t row = 0; row < texts.size(); ++row) {
      double known = 0.0;
      const auto at = static_cast<Eigen::Index>(row);
      for (const std::string& word : words_of(texts[row], 1)) {
        const auto place = places_.find(word);
        if (place == places_.end()) continue;
        const Eigen::Map<const Eigen::RowVectorXf> vector(numbers_.data() + place->second.first, dimension_);
        out.row(at) += place->second.weight * vector.cast<double>();
        known += 1.0;
      }
      if (known > 0.0) out.row(at) /= known;
    }
    return out;
  }

 private:
  struct Place {
    std::size_t first;
    double weight;
  };

  void read_line(std::string_view line, std::size_t number, double harmonic, const std::string& where) {
    std::vector<std::string_view> fields;
    for (std::size_t at = 0; at <= line.size();) {
      const std::size_t end = std::min(line.find(' ', at), line.size());
      if (end > at) fields.push_back(line.substr(at, end - at));
      at = end + 1;
    }
    const std::size_t first = options_.ranked ? 2 : 1;
    const auto size = static_cast<Eigen::Index>(fields.size()) - static_cast<Eigen::Index>(first);
    if (size < 1 || (dimension_ != 0 && size != dimension_)) {
      throw FileError(qmtl::detail::text("qmtl: ", where, ": expected a word", options_.ranked ? ", its rank" : "",
                                         " and ",
                                         dimension_ == 0 ? "numbers" : qmtl::detail::text(dimension_, " numbers"),
                                         ", got ", fields.size(), " fields"));
    }
    dimension_ = size;
    const auto real = [&where](std::string_view field) {
      const auto value = qmtl::detail::parse_real<float>(field);
      if (value && std::isfinite(*value)) return *value;
      throw FileError(qmtl::detail::text("qmtl: ", where, ": expected a number, got '", field.substr(0, 40), "'"));
    };
    const double rank = options_.ranked ? real(fields[1]) : static_cast<double>(number);
    if (!(rank >= 1.0)) throw FileError(qmtl::detail::text("qmtl: ", where, ": rank, expected 1 or more, got ", rank));
    const double probability = 1.0 / (rank * harmonic);
    places_.try_emplace(std::string(fields[0]),
                        Place{numbers_.size(), options_.smoothing / (options_.smoothing + probability)});
    for (std::size_t f = first; f < fields.size(); ++f) numbers_.push_back(real(fields[f]));
  }

  WordVectorOptions options_;
  Eigen::Index dimension_ = 0;
  std::vector<float> numbers_;
  std::unordered_map<std::string, Place> places_;
};

}  // namespace qmtl::benchmark::features
