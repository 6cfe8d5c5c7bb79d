// SPDX-License-Identifier: Apache-2.0
// Tests of words and of their weights.

#include "features/tfidf.hpp"

#include <cmath>
#include <string>
#include <vector>

#include "support/catch.hpp"

namespace tfidf_test {

using namespace qmtl;
using namespace qmtl::benchmark::features;

TEST_CASE("words are in lower case, without signs, and pictures are words by themselves", "[features][tokens]") {
  CHECK(words_of("It's #Happy_day, isn't\tit? A 42!") ==
        std::vector<std::string>{"it", "happy_day", "isn", "it", "42"});
  CHECK(words_of("\u201cÄRGER\u201d über ΑΒΓ ЖЁ") == std::vector<std::string>{"ärger", "über", "αβγ", "жё"});
  CHECK(words_of("so\U0001f602\U0001f602 good\u2764\ufe0f", 1) ==
        std::vector<std::string>{"so", "\U0001f602", "\U0001f602", "good", "\u2764"});
  CHECK(words_of("ab\xff\xfe"
                 "cd") == std::vector<std::string>{"ab", "cd"});
  CHECK(words_of("").empty());
}

TEST_CASE("sequences of words are joined by a space", "[features][tokens]") {
  CHECK(ngrams_of({"a", "b", "c"}, 2) == std::vector<std::string>{"a", "a b", "b", "b c", "c"});
}

TEST_CASE("TF-IDF of hand-computed texts", "[features][tfidf]") {
  const std::vector<std::string> texts{"red red blue", "red green", "blue green green green"};
  const Tfidf tfidf(texts, {.longest = 1, .least_documents = 2});
  REQUIRE(tfidf.terms() == 3);  // blue, green, red: each in two of three texts, so that their weights are equal
  const Eigen::MatrixXd rows = tfidf.rows(texts);
  const double twice = 1 + std::log(2.0), thrice = 1 + std::log(3.0);
  CHECK(rows(0, 2) == Approx(twice / std::hypot(twice, 1)));
  CHECK(rows(0, 0) == Approx(1 / std::hypot(twice, 1)));
  CHECK(rows(0, 1) == 0.0);
  CHECK(rows(2, 1) == Approx(thrice / std::hypot(thrice, 1)));
  for (Eigen::Index row = 0; row < 3; ++row) CHECK(rows.row(row).norm() == Approx(1.0));
}

TEST_CASE("rarer terms weigh more, and unknown ones nothing", "[features][tfidf]") {
  const std::vector<std::string> texts{"often rare", "often", "often"};
  const Tfidf tfidf(texts, {.longest = 1, .least_documents = 1});
  const Eigen::MatrixXd rows = tfidf.rows(std::vector<std::string>{"rare often unseen", "unseen"});
  CHECK(rows(0, 1) / rows(0, 0) == Approx((std::log(4.0 / 2.0) + 1) / (std::log(4.0 / 4.0) + 1)));
  CHECK(rows.row(1).norm() == 0.0);
}

TEST_CASE("texts without a term that counts are refused", "[features][tfidf]") {
  const std::vector<std::string> texts{"one", "two"};
  CHECK_THROWS_AS(Tfidf(texts, {.least_documents = 2}), ValueError);
  CHECK_THROWS_AS(Tfidf(texts, {.longest = 0, .least_documents = 1}), ValueError);
}

}  // namespace tfidf_test
