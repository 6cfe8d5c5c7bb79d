// SPDX-License-Identifier: Apache-2.0
// Grids have every combination in order; random settings lie in their ranges and repeat with the seed.

#include "qmtl/train/search_space.hpp"

#include <set>

#include "support/catch.hpp"
#include "support/throws.hpp"

namespace search_space_test {

using namespace qmtl;
using qmtl::test::message_of;

enum class Kind { plain, deep };
struct Tuning {
  double rate = 1.0;
  double decay = 0.5;
  int batch = 32;
  int epochs = 7;
  Kind kind = Kind::plain;
  std::string name = "none";
  bool clip = false;
};

TEST_CASE("a grid has every combination, the last dimension changing fastest") {
  const auto settings = SearchSpace<Tuning>{}
                            .log_uniform("rate", &Tuning::rate, 1e-4, 1e-2)
                            .choice("batch", &Tuning::batch, {16, 64})
                            .grid(3);
  REQUIRE(settings.values.size() == 6);
  const double rates[] = {1e-4, 1e-4, 1e-3, 1e-3, 1e-2, 1e-2};
  for (std::size_t i = 0; i < 6; ++i) {
    CHECK(settings.values[i].rate == Approx(rates[i]).epsilon(1e-12));
    CHECK(settings.values[i].batch == (i % 2 == 0 ? 16 : 64));
    CHECK(settings.values[i].epochs == 7);
  }
  CHECK(settings.values[0].rate == 1e-4);  // the ends are exact
  CHECK(settings.values[5].rate == 1e-2);
  CHECK(settings.columns[0].name == "rate");
  CHECK(settings.columns[0].text(settings.values[2]) == "0.001");
  CHECK(settings.columns[1].text(settings.values[3]) == "64");
  const auto integers = SearchSpace<Tuning>({.epochs = 1}).integers("batch", &Tuning::batch, -1, 2).grid();
  REQUIRE(integers.values.size() == 4);
  CHECK(integers.values[3].batch == 2);
  CHECK(integers.values[3].epochs == 1);
  CHECK(SearchSpace<Tuning>{}.grid().values.size() == 1);
  CHECK(SearchSpace<Tuning>{}.uniform("decay", &Tuning::decay, 0, 1).grid(5).values[1].decay == 0.25);
}

TEST_CASE("enumerators, text and truth values can be chosen") {
  const auto settings = SearchSpace<Tuning>{}
                            .choice("kind", &Tuning::kind, {Kind::plain, Kind::deep})
                            .choice("name", &Tuning::name, {"a", "b"})
                            .choice("clip", &Tuning::clip, {false, true})
                            .grid();
  REQUIRE(settings.values.size() == 8);
  std::string line;
  for (const auto& column : settings.columns) line += column.text(settings.values[7]) + ' ';
  CHECK(line == "1 b true ");
}

TEST_CASE("random settings lie in their ranges, log-uniform ones with the logarithm in the middle, and repeat") {
  const auto space = SearchSpace<Tuning>{}
                         .log_uniform("rate", &Tuning::rate, 1e-4, 1.0)
                         .uniform("decay", &Tuning::decay, -1, 3)
                         .integers("epochs", &Tuning::epochs, 2, 4)
                         .choice("batch", &Tuning::batch, {8, 16});
  Rng rng(Seed{1}), again(Seed{1});
  const auto settings = space.random(2000, rng);
  REQUIRE(settings.values.size() == 2000);
  double logarithm = 0.0, decay = 0.0;
  std::set<int> epochs, batches;
  for (const Tuning& tuning : settings.values) {
    CHECK((tuning.rate >= 1e-4 && tuning.rate <= 1.0));
    CHECK((tuning.decay >= -1 && tuning.decay <= 3));
    logarithm += std::log10(tuning.rate) / 2000;
    decay += tuning.decay / 2000;
    epochs.insert(tuning.epochs);
    batches.insert(tuning.batch);
  }
  CHECK(logarithm == Approx(-2).margin(5 * 4 / std::sqrt(12.0 * 2000)));
  CHECK(decay == Approx(1).margin(5 * 4 / std::sqrt(12.0 * 2000)));
  CHECK(epochs == std::set<int>{2, 3, 4});
  CHECK(batches == std::set<int>{8, 16});
  const auto repeated = space.random(2000, again);
  CHECK(repeated.values.back().rate == settings.values.back().rate);
}

TEST_CASE("impossible ranges are refused by name") {
  SearchSpace<Tuning> space;
  CHECK(message_of<ValueError>([&] { space.uniform("decay", &Tuning::decay, 2, 1); }) ==
        "qmtl: search space: decay: expected a finite range with its low end first, got 2 to 1");
  CHECK(message_of<ValueError>([&] { space.log_uniform("rate", &Tuning::rate, 0, 1); }) ==
        "qmtl: search space: rate: expected a low end over 0, got 0");
  CHECK_THROWS_AS(space.uniform("decay", &Tuning::decay, 0, std::numeric_limits<double>::infinity()), ValueError);
  CHECK_THROWS_AS(space.integers("batch", &Tuning::batch, 3, 2), ValueError);
  CHECK_THROWS_AS(space.choice("batch", &Tuning::batch, {}), ValueError);
  Rng rng(Seed{1});
  CHECK_THROWS_AS(space.random(0, rng), ValueError);
  CHECK_THROWS_AS(space.grid(1), ValueError);
  constexpr int most = std::numeric_limits<int>::max();
  space.integers("batch", &Tuning::batch, -most, most);
  CHECK_THROWS_AS(space.grid(), ValueError);
  CHECK(space.random(1, rng).values.size() == 1);
}

}  // namespace search_space_test
