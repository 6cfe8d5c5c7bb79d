#pragma once
// SPDX-License-Identifier: Apache-2.0
// Which runs of a head's jobs are measured in one circuit: those that act on qubits of their own.

#include <algorithm>
#include <cstddef>
#include <map>
#include <utility>
#include <vector>

#include "qmtl/hardware/bound_runs.hpp"
#include "qmtl/hardware/graph_coloring.hpp"

namespace qmtl::inline QMTL_ABI::detail {

/// Which of the head's qubits.
using QubitSet = std::vector<bool>;

[[nodiscard]] inline QubitSet united(QubitSet a, const QubitSet& b) {
  a.resize(std::max(a.size(), b.size()), false);
  for (std::size_t q = 0; q < b.size(); ++q) a[q] = a[q] || b[q];
  return a;
}

/// What decides whether a run may go with others. Those that begin with the same operations, which then are done once,
/// need qubits of their own from there on, others from the start.
struct RunQubits {
  std::size_t beginning = 0;  ///< the same number for runs that begin alike
  const QubitSet* whole = nullptr;
  const QubitSet* own = nullptr;  ///< behind the beginning
};

/// Numbers of what was seen before, from 0 on.
template <class Key>
class Numbering {
 public:
  [[nodiscard]] std::size_t operator()(const Key& key) {
    return numbers_.try_emplace(key, numbers_.size()).first->second;
  }

 private:
  std::map<Key, std::size_t> numbers_;
};

/// Finds runs that share a circuit, in as few circuits as a colouring of the graph of those that cannot finds
/// (color_graph). Up to 24 runs are its vertices one by one. Of more, those that begin alike are coloured by
/// themselves, and what then is of one circuit is put beside others that have no qubit in common with it; in both
/// steps vertices are the few different sets of qubits, however many runs have them. So the cost is about that of
/// looking at each run.
class CircuitSharing {
 public:
  using Sets = std::vector<std::vector<std::size_t>>;

  /// Positions of runs, those of a circuit together, in the order of the first of each.
  [[nodiscard]] Sets operator()(const std::vector<RunQubits>& runs) {
    Sets out = runs.size() <= exact_coloring_vertices ? one_by_one(runs) : by_qubits(runs);
    for (auto& together : out) std::ranges::sort(together);
    std::ranges::sort(out);
    return out;
  }

 private:
  [[nodiscard]] static bool fit(const RunQubits& a, const RunQubits& b) {
    return a.beginning == b.beginning ? disjoint(*a.own, *b.own) : disjoint(*a.whole, *b.whole);
  }

  [[nodiscard]] Sets one_by_one(const std::vector<RunQubits>& runs) {
    Neighbors conflicts(runs.size());
    for (std::size_t a = 0; a < runs.size(); ++a) {
      for (std::size_t b = 0; b < runs.size(); ++b) {
        if (a != b && !fit(runs[a], runs[b])) conflicts[a].push_back(static_cast<int>(b));
      }
    }
    const auto [known, is_new] = colorings_.try_emplace(std::move(conflicts));
    if (is_new) known->second = color_graph(known->first);
    Sets out(static_cast<std::size_t>(count_colors(known->second)));
    for (std::size_t r = 0; r < runs.size(); ++r) out[static_cast<std::size_t>(known->second[r])].push_back(r);
    return out;
  }

  [[nodiscard]] Sets by_qubits(const std::vector<RunQubits>& runs) {
    std::map<std::size_t, std::vector<std::size_t>> alike;
    for (std::size_t r = 0; r < runs.size(); ++r) alike[runs[r].beginning].push_back(r);
    Sets circuits;
    std::vector<QubitSet> qubits;
    for (const auto& [beginning, members] : alike) {
      std::vector<const QubitSet*> own;
      for (const std::size_t r : members) own.push_back(runs[r].own);
      for (const auto& together : packed(own)) {
        auto& circuit = circuits.emplace_back();
        auto& used = qubits.emplace_back();
        for (const std::size_t m : together) {
          circuit.push_back(members[m]);
          used = united(std::move(used), *runs[members[m]].whole);
        }
      }
    }
    std::vector<const QubitSet*> whole;
    whole.reserve(qubits.size());
    for (const auto& used : qubits) whole.push_back(&used);
    Sets out;
    for (const auto& together : packed(whole)) {
      auto& joined = out.emplace_back();
      for (const std::size_t c : together) joined.insert(joined.end(), circuits[c].begin(), circuits[c].end());
    }
    return out;
  }

  /// Positions of sets, those together that have no qubit in common.
  [[nodiscard]] Sets packed(const std::vector<const QubitSet*>& sets) {
    Numbering<QubitSet> number;
    std::vector<const QubitSet*> kinds;
    Sets of_kind;
    for (std::size_t s = 0; s < sets.size(); ++s) {
      const std::size_t kind = number(*sets[s]);
      if (kind == kinds.size()) {
        kinds.push_back(sets[s]);
        of_kind.emplace_back();
      }
      of_kind[kind].push_back(s);
    }
    std::vector<std::size_t> copies;
    for (const auto& members : of_kind) copies.push_back(members.size());
    const ColorSets& colors = colored(kinds, std::move(copies));
    Sets out(static_cast<std::size_t>(count_colors(colors)));
    for (std::size_t kind = 0; kind < kinds.size(); ++kind) {
      for (std::size_t i = 0; i < colors[kind].size(); ++i) {
        out[static_cast<std::size_t>(colors[kind][i])].push_back(of_kind[kind][i]);
      }
    }
    return out;
  }

  /// Samples of a batch are asked the same, so that most graphs have been seen before.
  [[nodiscard]] const ColorSets& colored(const std::vector<const QubitSet*>& kinds, std::vector<std::size_t> copies) {
    Neighbors conflicts(kinds.size());
    for (std::size_t a = 0; a < kinds.size(); ++a) {
      for (std::size_t b = 0; b < kinds.size(); ++b) {
        if (a != b && !disjoint(*kinds[a], *kinds[b])) conflicts[a].push_back(static_cast<int>(b));
      }
    }
    const auto [known, is_new] = color_sets_.try_emplace({std::move(conflicts), std::move(copies)});
    if (is_new) known->second = color_graph(known->first.first, known->first.second);
    return known->second;
  }

  std::map<Neighbors, std::vector<int>> colorings_;
  std::map<std::pair<Neighbors, std::vector<std::size_t>>, ColorSets> color_sets_;
};

}  // namespace qmtl::inline QMTL_ABI::detail
