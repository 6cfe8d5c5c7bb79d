// SPDX-License-Identifier: Apache-2.0
// Entanglers: the pairs of each pattern, in order, on any number of qubits.

#include "qmtl/head/layers.hpp"

#include <set>
#include <utility>
#include <vector>

#include "support/catch.hpp"

namespace layers_test {

using namespace qmtl;
using Pairs = std::vector<std::pair<int, int>>;

template <class Pattern>
Pairs pairs(int n) {
  Pairs out;
  for (int i = 0; i < Pattern::count(n); ++i) out.push_back(Pattern::pair(n, i));
  return out;
}

TEST_CASE("patterns couple the pairs that their names say") {
  CHECK(pairs<pattern::Chain>(4) == Pairs{{0, 1}, {1, 2}, {2, 3}});
  CHECK(pairs<pattern::Ring>(4) == Pairs{{0, 1}, {1, 2}, {2, 3}, {3, 0}});
  CHECK(pairs<pattern::Ring>(3) == Pairs{{0, 1}, {1, 2}, {2, 0}});
  CHECK(pairs<pattern::Brickwork>(4) == Pairs{{0, 1}, {2, 3}, {1, 2}});
  CHECK(pairs<pattern::Brickwork>(5) == Pairs{{0, 1}, {2, 3}, {1, 2}, {3, 4}});
  CHECK(pairs<pattern::AllToAll>(4) == Pairs{{0, 1}, {0, 2}, {0, 3}, {1, 2}, {1, 3}, {2, 3}});
}

TEMPLATE_TEST_CASE("two qubits are coupled once, one qubit not at all", "", pattern::Chain, pattern::Ring,
                   pattern::Brickwork, pattern::AllToAll) {
  CHECK(pairs<TestType>(1).empty());
  CHECK(pairs<TestType>(2) == Pairs{{0, 1}});
}

TEMPLATE_TEST_CASE("no pair occurs twice and every qubit is coupled", "", pattern::Chain, pattern::Ring,
                   pattern::Brickwork, pattern::AllToAll) {
  for (int n = 2; n <= 9; ++n) {
    std::set<std::pair<int, int>> seen;
    std::set<int> coupled;
    for (const auto& [a, b] : pairs<TestType>(n)) {
      CHECK(a != b);
      CHECK(seen.insert(std::minmax(a, b)).second);
      coupled.insert({a, b});
    }
    CHECK(coupled.size() == static_cast<std::size_t>(n));
    CHECK(*coupled.rbegin() == n - 1);
  }
}

static_assert(CxChain::make<3>() == make_circuit<3>(gate::cx(0, 1), gate::cx(1, 2)));
static_assert(CxRing::make<3>() == make_circuit<3>(gate::cx(0, 1), gate::cx(1, 2), gate::cx(2, 0)));
static_assert(CxBrickwork::make<4>() == make_circuit<4>(gate::cx(0, 1), gate::cx(2, 3), gate::cx(1, 2)));
static_assert(CxAllToAll::make<3>() == make_circuit<3>(gate::cx(0, 1), gate::cx(0, 2), gate::cx(1, 2)));
static_assert(CzChain::make<3>() == make_circuit<3>(gate::cz(0, 1), gate::cz(1, 2)));
static_assert(CzRing::make<3>() == make_circuit<3>(gate::cz(0, 1), gate::cz(1, 2), gate::cz(2, 0)));
static_assert(CzRing::make<2>() == make_circuit<2>(gate::cz(0, 1)));
static_assert(CzBrickwork::make<4>() == make_circuit<4>(gate::cz(0, 1), gate::cz(2, 3), gate::cz(1, 2)));
static_assert(CzAllToAll::make<3>() == make_circuit<3>(gate::cz(0, 1), gate::cz(0, 2), gate::cz(1, 2)));
static_assert(EntanglerLayer<Gate::ISWAP, pattern::Chain>::make<2>() == make_circuit<2>(gate::iswap(0, 1)));
static_assert(NoEntangler::make<3>() == make_circuit<3>());
static_assert(CxRing::make<1>() == make_circuit<1>());
static_assert(Entangler<CxAllToAll> && Entangler<NoEntangler> && !Entangler<pattern::Ring>);

static_assert(rotation(Axis::X, 2, weight(1)) == gate::rx(2, weight(1)));
static_assert(rotation(Axis::Y, 1, feature(0)) == gate::ry(1, feature(0)));
static_assert(rotation(Axis::Z, 0, 0.5) == gate::rz(0, 0.5));

TEST_CASE("the vocabulary describes itself") {
  CHECK(CxRing::describe() == "cx ring");
  CHECK(CzAllToAll::describe() == "cz all-to-all");
  CHECK(CzBrickwork::describe() == "cz brickwork");
  CHECK(CxChain::describe() == "cx chain");
  CHECK(NoEntangler::describe() == "no entangler");
  CHECK(Axes<Axis::Y, Axis::Z>::describe() == "RY,RZ");
  CHECK(Axes<Axis::X>::describe() == "RX");
}

TEST_CASE("a number that is no axis is an error") {
  CHECK_THROWS_AS(rotation(static_cast<Axis>(3), 0, 0.5), CircuitError);
}

}  // namespace layers_test
