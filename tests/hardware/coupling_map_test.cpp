// SPDX-License-Identifier: Apache-2.0
// Coupling maps: their graphs, distances against all pairs' shortest paths, known lattices.

#include "qmtl/hardware/coupling_map.hpp"

#include <vector>

#include "qmtl/core/rng.hpp"
#include "support/catch.hpp"
#include "support/throws.hpp"

namespace coupling_map_test {

using namespace qmtl;

/// Floyd and Warshall.
std::vector<std::vector<int>> shortest_paths(const CouplingMap& map) {
  const auto n = static_cast<std::size_t>(map.qubits());
  std::vector<std::vector<int>> d(n, std::vector<int>(n, CouplingMap::unreachable));
  for (std::size_t q = 0; q < n; ++q) d[q][q] = 0;
  for (const auto& [a, b] : map.couplings()) {
    d[static_cast<std::size_t>(a)][static_cast<std::size_t>(b)] = 1;
    d[static_cast<std::size_t>(b)][static_cast<std::size_t>(a)] = 1;
  }
  for (std::size_t k = 0; k < n; ++k) {
    for (std::size_t i = 0; i < n; ++i) {
      for (std::size_t j = 0; j < n; ++j) d[i][j] = std::min(d[i][j], d[i][k] + d[k][j]);
    }
  }
  return d;
}

std::size_t pairs(const CouplingMap& map) { return map.pairs().size(); }

TEST_CASE("distances of couplings are those of all shortest paths", "[hardware]") {
  Rng rng(Seed{1});
  for (int trial = 0; trial < 30; ++trial) {
    const int n = 1 + static_cast<int>(rng.below(12));
    std::vector<CouplingMap::Coupling> couplings;
    for (int a = 0; a < n; ++a) {
      for (int b = 0; b < n; ++b) {
        if (a != b && rng.below(8) == 0) couplings.emplace_back(a, b);
      }
    }
    const CouplingMap map(n, couplings);
    const auto expected = shortest_paths(map);
    bool connected = true;
    for (int a = 0; a < n; ++a) {
      std::vector<int> neighbours;
      for (int b = 0; b < n; ++b) {
        const int d = expected[static_cast<std::size_t>(a)][static_cast<std::size_t>(b)];
        CHECK(map.distance(a, b) == d);
        CHECK(map.coupled(a, b) == (d == 1));
        CHECK(map.directed(a, b) == (std::ranges::find(couplings, CouplingMap::Coupling(a, b)) != couplings.end()));
        CHECK(map.distances(a)[static_cast<std::size_t>(b)] == d);
        if (d == 1) neighbours.push_back(b);
        connected &= d < CouplingMap::unreachable;
      }
      CHECK(std::ranges::equal(map.neighbours(a), neighbours));
    }
    CHECK(map.connected() == connected);
  }
}

TEST_CASE("lines, rings, grids, heavy hexagons and all couplings", "[hardware]") {
  CHECK(CouplingMap::line(5).distance(0, 4) == 4);
  CHECK(pairs(CouplingMap::line(1)) == 0);
  CHECK(CouplingMap::ring(6).distance(0, 5) == 1);
  CHECK(CouplingMap::ring(6).distance(0, 3) == 3);
  CHECK(pairs(CouplingMap::ring(2)) == 1);
  CHECK(pairs(CouplingMap::grid(3, 4)) == 17);
  CHECK(CouplingMap::grid(3, 4).distance(0, 11) == 5);
  CHECK(pairs(CouplingMap::all_to_all(7)) == 21);
  CHECK(CouplingMap::all_to_all(7).distance(2, 6) == 1);
  const auto heron = CouplingMap::heavy_hex(8, 16);  // conf_fez.json of IBM
  CHECK(heron.qubits() == 156);
  CHECK(heron.pairs().size() == 176);
  CHECK(heron.connected());
  for (const auto& [a, b] : {std::pair(3, 16), std::pair(16, 23), std::pair(21, 36), std::pair(36, 41),
                             std::pair(39, 53), std::pair(139, 155)}) {
    CHECK(heron.coupled(a, b));
  }
  const auto small = CouplingMap::heavy_hex(2, 5, 0);  // one ring of 12
  CHECK(small.qubits() == 12);
  CHECK(small.pairs().size() == 12);
  for (int q = 0; q < 12; ++q) CHECK(small.neighbours(q).size() == 2);
  CHECK(CouplingMap::heavy_hex(1, 3).qubits() == 3);
  CHECK_FALSE(CouplingMap::heavy_hex(2, 3).connected());  // too narrow for a bridge
}

TEST_CASE("directions make different couplings and the same distances", "[hardware]") {
  const CouplingMap one(3, {{0, 1}, {2, 1}}), both(3, {{0, 1}, {1, 0}, {2, 1}});
  CHECK(one != both);
  CHECK(one == CouplingMap(3, {{2, 1}, {0, 1}}));
  CHECK(std::ranges::equal(one.pairs(), both.pairs()));
  CHECK(one.directed(2, 1));
  CHECK_FALSE(one.directed(1, 2));
  CHECK(one.coupled(1, 2));
  CHECK(one.couplings().front() == CouplingMap::Coupling(0, 1));
}

TEST_CASE("coupling maps that cannot be", "[hardware]") {
  const auto message = [](int qubits, std::vector<CouplingMap::Coupling> couplings) {
    return test::message_of<CircuitError>([&] { static_cast<void>(CouplingMap(qubits, couplings)); });
  };
  CHECK(message(0, {}) == "qmtl: CouplingMap: qubits, expected 1 to 4096, got 0");
  CHECK(message(3, {{0, 3}}) == "qmtl: CouplingMap: a coupling, expected of qubits below 3, got 0 and 3");
  CHECK(message(3, {{-1, 0}}) == "qmtl: CouplingMap: a coupling, expected of qubits below 3, got -1 and 0");
  CHECK(message(3, {{2, 2}}) == "qmtl: CouplingMap: a coupling, expected of two qubits, got 2 twice");
  CHECK(message(3, {{0, 1}, {1, 2}, {0, 1}}) == "qmtl: CouplingMap: each coupling, expected once, got 0 and 1 twice");
  CHECK(test::message_of<CircuitError>([] { static_cast<void>(CouplingMap::grid(0, 3)); }) ==
        "qmtl: CouplingMap: grid: rows and columns, expected 1 to 4096 qubits in all, got 0 and 3");
  CHECK(test::message_of<CircuitError>([] { static_cast<void>(CouplingMap::heavy_hex(2, 8, 4)); }) ==
        "qmtl: CouplingMap: heavy_hex: first bridge, expected 0 to 3, got 4");
  CHECK(test::message_of<CircuitError>([] { static_cast<void>(CouplingMap::all_to_all(5000)); }) ==
        "qmtl: CouplingMap: qubits, expected 1 to 4096, got 5000");
}

}  // namespace coupling_map_test
