// SPDX-License-Identifier: Apache-2.0
// Tests of grids that grow.

#include "evidence/search.hpp"

#include <cmath>
#include <functional>

#include "support/catch.hpp"

namespace search_test {

using namespace qmtl;
using namespace qmtl::benchmark::evidence;

Protocol grid(std::vector<double> rates, std::vector<double> decays, int extensions) {
  Protocol out;
  out.learning_rates = std::move(rates);
  out.weight_decays = std::move(decays);
  out.extensions = extensions;
  return out;
}

/// After a search in which settings are as good as this says.
Search searched(const Protocol& protocol, HeadDecay decay, bool layers,
                const std::function<double(const Setting&)>& value) {
  Search out(protocol, decay, layers);
  out.run([&](const std::vector<Setting>& settings) {
    std::vector<double> values;
    for (const Setting& setting : settings) values.push_back(value(setting));
    return values;
  });
  return out;
}

/// Best at a learning rate.
auto near(double rate) {
  return [rate](const Setting& s) { return -std::abs(std::log(s.learning_rate / rate)); };
}

TEST_CASE("a winner at the edge of a grid extends it, by the grid's own ratio", "[evidence][search]") {
  const Protocol protocol = grid({1e-3, 2e-3, 4e-3}, {0.0}, 3);
  const Search inside = searched(protocol, HeadDecay::always, false, near(2e-3));
  CHECK((inside.tried() == 3 && !inside.at_edge() && inside.best().learning_rate == 2e-3));
  const Search beyond = searched(protocol, HeadDecay::always, false, near(8e-3));
  CHECK((beyond.tried() == 5 && !beyond.at_edge()));  // the one behind the best, too
  CHECK(beyond.best().learning_rate == Approx(8e-3));
  const Search far = searched(protocol, HeadDecay::always, false, near(1e3));
  CHECK((far.tried() == 6 && far.at_edge()));
  CHECK(far.best().learning_rate == Approx(32e-3));
  const Search below = searched(protocol, HeadDecay::always, false, near(5e-4));
  CHECK(below.best().learning_rate == Approx(5e-4));
  const Search one = searched(grid({1e-3}, {0.0}, 3), HeadDecay::always, false, near(1.0));
  CHECK((one.tried() == 1 && !one.at_edge()));  // a grid of one has no edge
  CHECK(searched(grid({1e-3, 2e-3}, {0.0}, 0), HeadDecay::always, false, near(1.0)).at_edge());
}

TEST_CASE("decays extend by tens, and nothing is below none", "[evidence][search]") {
  const Protocol protocol = grid({1e-2}, {0.0, 1e-2, 1e-1}, 2);
  const auto decays = [&](double best) {
    return searched(protocol, HeadDecay::always, false,
                    [best](const Setting& s) { return -std::abs(s.weight_decay - best); });
  };
  CHECK((decays(0.0).tried() == 3 && !decays(0.0).at_edge()));
  CHECK(decays(1.0).best().weight_decay == Approx(1.0));
  CHECK((decays(100.0).tried() == 5 && decays(100.0).at_edge()));
}

TEST_CASE("without decay there are as many rates in the same range", "[evidence][search]") {
  const Protocol protocol = grid({1e-4, 1e-3}, {0.0, 0.1}, 1);
  const Search search = searched(protocol, HeadDecay::never, false, near(1.0));
  CHECK(search.tried() == 5);
  CHECK(search.best().learning_rate == Approx(1e-2));  // as far as in the grid of the others
  CHECK((search.best().weight_decay == 0.0 && !search.best().head_decays));
}

TEST_CASE("heads with circuits and layers are tried with and without decay, angles alone without",
          "[evidence][search]") {
  const Protocol protocol = grid({1e-3, 1e-2}, {0.0, 0.1}, 0);
  const auto constant = [](const Setting&) { return 0.5; };
  CHECK(searched(protocol, HeadDecay::always, true, constant).tried() == 4);
  CHECK(searched(protocol, HeadDecay::searched, true, constant).tried() == 6);
  CHECK(searched(protocol, HeadDecay::searched, false, constant).tried() == 4);  // without: the settings of 0
  const auto without = [](const Setting& s) { return s.head_decays ? 0.0 : 1.0; };
  CHECK_FALSE(searched(protocol, HeadDecay::searched, true, without).best().head_decays);
  CHECK(searched(protocol, HeadDecay::searched, false, without).best().head_decays);
  CHECK(searched(protocol, HeadDecay::never, true, constant).tried() == 4);  // layers before it decay
}

TEST_CASE("a setting that came to nothing is never the best of others", "[evidence][search]") {
  const Protocol protocol = grid({1e-3, 1e-2, 1e-1}, {0.0}, 0);
  const auto some = [](const Setting& s) { return s.learning_rate == 1e-2 ? 0.1 : std::nan(""); };
  CHECK(searched(protocol, HeadDecay::always, false, some).best().learning_rate == 1e-2);
  const Search none = searched(protocol, HeadDecay::always, false, [](const Setting&) { return std::nan(""); });
  CHECK((none.best().learning_rate == 1e-3 && std::isnan(none.best_value())));
}

}  // namespace search_test
