// SPDX-License-Identifier: Apache-2.0
// Layouts without swaps: found where there are some, the best ones, and none where there are none.

#include "qmtl/hardware/embedding.hpp"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <numeric>
#include <optional>
#include <string>
#include <vector>

#include "qmtl/core/rng.hpp"
#include "qmtl/io/target_json.hpp"
#include "support/catch.hpp"
#include "support/data_dir.hpp"

namespace embedding_test {

using namespace qmtl;

Program of_pairs(int qubits, std::span<const CouplingMap::Coupling> pairs) {
  Program out(qubits);
  for (const auto& [a, b] : pairs) out.append(gate::cx(a, b));
  return out;
}

std::optional<std::vector<int>> embed(const Program& program, const Target& target, long max_nodes = 300'000) {
  return find_embedding(InteractionGraph(program), target.couplings, PlacementCosts(target), {.max_nodes = max_nodes});
}

/// Whether a layout is one of different places in which all pairs are coupled.
bool fits(const Program& program, const std::vector<int>& layout, const CouplingMap& couplings) {
  auto places = layout;
  std::ranges::sort(places);
  bool out = std::ranges::adjacent_find(places) == places.end() && places.front() >= 0 &&
             places.back() < couplings.qubits() && static_cast<int>(layout.size()) == program.qubits();
  for (const auto& [a, b] : InteractionGraph(program).pairs()) {
    out = out && couplings.coupled(layout[static_cast<std::size_t>(a)], layout[static_cast<std::size_t>(b)]);
  }
  return out;
}

[[nodiscard]] Target random_target(Rng& rng, int qubits, bool calibrated) {
  std::vector<CouplingMap::Coupling> pairs;
  for (int a = 0; a < qubits; ++a) {
    for (int b = a + 1; b < qubits; ++b) {
      if (rng.below(3) == 0) pairs.emplace_back(a, b);
    }
  }
  DeviceCalibration device{.name = "random", .coupling_map = pairs};
  for (int q = 0; q < qubits; ++q) {
    device.qubits.push_back({.p_1_given_0 = 0.1 * rng.uniform(), .p_0_given_1 = 0.1 * rng.uniform()});
  }
  for (const auto& [a, b] : pairs) device.gates.push_back({"cz", Gate::CZ, {a, b}, 0.1 * rng.uniform(), 100});
  return calibrated ? target_from(device) : generic_target(CouplingMap(qubits, pairs));
}

TEST_CASE("an embedding is found where one exists, the best by fidelity", "[hardware]") {
  Rng rng(Seed{3});
  int found = 0;
  for (int trial = 0; trial < 60; ++trial) {
    const Target target = random_target(rng, 7, trial % 2 == 0);
    const PlacementCosts costs(target);
    const auto pattern = random_target(rng, 5, false);
    const Program program = of_pairs(5, pattern.couplings.pairs());
    const InteractionGraph graph(program);
    std::vector<int> all(7);
    std::iota(all.begin(), all.end(), 0);
    double least = std::numeric_limits<double>::infinity();
    do {
      const std::vector<int> layout(all.begin(), all.begin() + 5);
      if (fits(program, layout, target.couplings)) least = std::min(least, costs.of_layout(graph, layout));
    } while (std::ranges::next_permutation(all).found);
    const auto layout = embed(program, target);
    REQUIRE(layout.has_value() == std::isfinite(least));
    if (!layout) continue;
    ++found;
    CHECK(fits(program, *layout, target.couplings));
    CHECK(costs.of_layout(graph, *layout) == Approx(least).margin(1e-12));
  }
  CHECK(found > 20);
  CHECK(found < 60);
}

TEST_CASE("chains and the rings that hexagons have need no swap", "[hardware]") {
  const Target target = generic_target(CouplingMap::heavy_hex(8, 16));
  for (int n = 2; n <= 12; ++n) {
    const auto line = CouplingMap::line(n);
    const Program chain = of_pairs(n, line.pairs());
    const auto layout = embed(chain, target);
    REQUIRE(layout);
    CHECK(fits(chain, *layout, target.couplings));
  }
  for (int n = 3; n <= 28; ++n) {
    const auto couplings = CouplingMap::ring(n);
    const Program ring = of_pairs(n, couplings.pairs());
    const auto layout = embed(ring, target);
    const bool exists = n == 12 || n == 20 || n == 24 || n == 28;  // twice the cycles of the honeycomb
    REQUIRE(layout.has_value() == exists);
    if (layout) CHECK(fits(ring, *layout, target.couplings));
  }
}

TEST_CASE("qubits without gates together get the best places left", "[hardware]") {
  DeviceCalibration device{.name = "line", .coupling_map = {{0, 1}, {1, 2}, {2, 3}}};
  for (const double error : {0.04, 0.03, 0.02, 0.01}) {
    device.qubits.push_back({.p_1_given_0 = error, .p_0_given_1 = error});
  }
  Program program(3);
  program.append(gate::h(2));
  const auto layout = embed(program, target_from(device));
  REQUIRE(layout);
  CHECK(*layout == std::vector{3, 2, 1});
  CHECK_THROWS_AS(embed(Program(5), target_from(device)), CircuitError);
}

TEST_CASE("a coupling that is not calibrated is taken only where there is no other", "[hardware]") {
  DeviceCalibration device{.name = "line", .qubits = {{}, {}, {}, {}}, .coupling_map = {{0, 1}, {2, 1}, {2, 3}}};
  device.gates = {
      {"cz", Gate::CZ, {0, 1}, 1.0, 100}, {"cz", Gate::CZ, {2, 1}, 0.02, 100}, {"cz", Gate::CZ, {2, 3}, 0.01}};
  const Target target = target_from(device);
  Program two(2), four(4);
  two.append(gate::cx(0, 1));
  four.append(gate::cx(0, 1)).append(gate::cx(1, 2)).append(gate::cx(2, 3));
  const auto pair = embed(two, target);
  REQUIRE(pair);
  CHECK(std::ranges::minmax(*pair).min == 2);
  REQUIRE(embed(four, target));
  CHECK_FALSE(PlacementCosts(target).uniform());
}

TEST_CASE("programs that were made to fit a device fit it", "[hardware]") {
  test::with_data_dir([](const std::string& dir) {
    const auto small = load_target(dir + "/routing/aspen4.json"), large = load_target(dir + "/routing/sycamore54.json");
    for (const char* kind : {"16QBT_05CYC_TFL_0", "16QBT_45CYC_TFL_1", "54QBT_05CYC_QSE_0", "54QBT_45CYC_QSE_1"}) {
      const Target& target = kind[0] == '1' ? small : large;
      std::ifstream file(dir + "/routing/queko/" + kind + ".qasm");
      Program program(target.couplings.qubits());
      for (std::string word; file >> word;) {
        if (word != "cx") continue;
        std::string control, between;  // "q[3]," and "q[9];"
        file >> control >> between;
        program.append(gate::cx(std::stoi(control.substr(2)), std::stoi(between.substr(2))));
      }
      REQUIRE(program.instructions().size() > 10);
      const auto layout = embed(program, target);
      REQUIRE(layout);
      CHECK(fits(program, *layout, target.couplings));
    }
  });
}

}  // namespace embedding_test
