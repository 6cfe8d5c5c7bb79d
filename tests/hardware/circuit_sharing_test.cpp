// SPDX-License-Identifier: Apache-2.0
// Runs that share a circuit have no qubit in common where they may not, and are in as few circuits as when each is
// looked at by itself.

#include "qmtl/hardware/circuit_sharing.hpp"

#include <vector>

#include "qmtl/core/rng.hpp"
#include "support/catch.hpp"

namespace circuit_sharing_test {

using namespace qmtl;
using detail::QubitSet;
using detail::RunQubits;
using Sets = detail::CircuitSharing::Sets;

constexpr int qubits = 8;

/// A window of neighbouring qubits on a ring.
QubitSet window(int first, int size) {
  QubitSet out(qubits, false);
  for (int q = first; q < first + size; ++q) out[static_cast<std::size_t>(q % qubits)] = true;
  return out;
}

/// Samples that are asked for several times in each of a head's windows, whose circuits begin with all qubits or with
/// the window and its neighbours.
struct Runs {
  Runs(std::size_t samples, bool cones, Rng& rng) {
    const auto tasks = 2 + rng.below(5);
    for (std::size_t t = 0; t < tasks; ++t) {
      const int first = static_cast<int>(rng.below(qubits)), size = 1 + static_cast<int>(rng.below(3));
      own.push_back(window(first, size));
      whole.push_back(cones ? window(first + qubits - 1, size + 2) : QubitSet(qubits, true));
    }
    for (std::size_t t = 0; t < tasks; ++t) {
      const auto times = 1 + rng.below(4);
      for (std::size_t s = 0; s < samples; ++s) {
        for (std::size_t k = 0; k < times; ++k) runs.push_back({cones ? t * samples + s : s, &whole[t], &own[t]});
      }
    }
  }

  [[nodiscard]] bool fit(std::size_t a, std::size_t b) const {
    return runs[a].beginning == runs[b].beginning ? detail::disjoint(*runs[a].own, *runs[b].own)
                                                  : detail::disjoint(*runs[a].whole, *runs[b].whole);
  }

  std::vector<QubitSet> own, whole;
  std::vector<RunQubits> runs;
};

TEST_CASE("runs of a circuit fit together, and each run is in one circuit", "[hardware]") {
  Rng rng(Seed{1});
  for (int trial = 0; trial < 60; ++trial) {
    const Runs question(1 + rng.below(12), trial % 2 == 1, rng);
    detail::CircuitSharing sharing;
    const Sets sets = sharing(question.runs);
    std::vector<int> seen(question.runs.size(), 0);
    bool all_fit = true;
    for (const auto& together : sets) {
      for (const std::size_t a : together) {
        ++seen[a];
        for (const std::size_t b : together) all_fit = all_fit && (a == b || question.fit(a, b));
      }
    }
    CHECK(all_fit);
    CHECK(seen == std::vector<int>(question.runs.size(), 1));
    Neighbors conflicts(question.runs.size());
    for (std::size_t a = 0; a < conflicts.size(); ++a) {
      for (std::size_t b = 0; b < conflicts.size(); ++b) {
        if (a != b && !question.fit(a, b)) conflicts[a].push_back(static_cast<int>(b));
      }
    }
    CHECK(sets.size() <= static_cast<std::size_t>(detail::count_colors(color_graph(conflicts))));
  }
}

}  // namespace circuit_sharing_test
