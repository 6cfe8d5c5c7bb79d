#pragma once
// SPDX-License-Identifier: Apache-2.0
// RouteSearch: the swaps of a program from given layouts on, by a beam search.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <tuple>
#include <utility>
#include <vector>

#include "qmtl/core/rng.hpp"
#include "qmtl/hardware/routing/routing_state.hpp"

namespace qmtl::inline QMTL_ABI::detail {

/// Keeps the best so many states with one swap, two swaps, ... until all steps are done in one: SABRE (Li, Ding and Xie
/// 2019, arXiv:1809.02573) is this with a width of one. Swaps that are tried move a qubit of a step that waits for
/// nothing but its coupling. What a state is judged has noise added, of the size of a step or two: else those that are
/// kept soon differ in nothing that matters. A search that has done no further step for ten swaps a qubit goes on from
/// its best state after the swaps of a shortest path (the release valve of LightSABRE, arXiv:2409.08368).
class RouteSearch {
 public:
  /// Both must outlive it; couplings must lead from all places of a layout to one another.
  RouteSearch(const RoutingProblem& problem, const CouplingMap& couplings)
      : rules_(problem, couplings),
        stamps_(couplings.pairs().size()),
        partners_(static_cast<std::size_t>(problem.qubits())) {
    edges_.resize(static_cast<std::size_t>(couplings.qubits()));
    for (std::uint32_t e = 0; e < couplings.pairs().size(); ++e) {
      const auto [a, b] = couplings.pairs()[e];
      edges_[static_cast<std::size_t>(a)].push_back(e);
      edges_[static_cast<std::size_t>(b)].push_back(e);
    }
  }

  /// A route from one of the layouts, all of the same qubits. The same for the same engine.
  [[nodiscard]] Route run(std::span<const std::vector<int>> layouts, std::size_t width, const RouteWeights& weights,
                          Rng& rng) {
    prepare(layouts, width, weights);
    const auto steps = rules_.problem().steps().size();
    std::uint32_t most_done = 0;
    for (int idle = 0;; ++idle) {
      for (const std::uint32_t i : alive_) {
        const auto& facts = states_.facts(i);
        if (facts.done == steps) return route_to(facts, layouts);
        if (facts.done > most_done) {
          most_done = facts.done;
          idle = 0;
        }
      }
      if (idle > 10 * rules_.problem().qubits() || !advance(width, weights, rng)) {
        force(weights);
        idle = 0;
      }
    }
  }

 private:
  struct Candidate {
    int value;
    std::uint32_t state, edge;
    [[nodiscard]] auto order() const noexcept { return std::tie(value, state, edge); }
  };
  struct Trace {
    std::uint32_t before, edge;
  };
  struct Partner {
    std::uint16_t qubit, place;
    int weight;
  };
  static constexpr std::uint32_t no_edge = std::numeric_limits<std::uint32_t>::max();

  [[nodiscard]] Swap pair(std::uint32_t edge) const { return rules_.couplings().pairs()[edge]; }

  void prepare(std::span<const std::vector<int>> layouts, std::size_t width, const RouteWeights& weights) {
    const std::size_t states = std::max(width, layouts.size());
    if (states_.size() < 2 * states) {
      states_ = rules_.pool(2 * states);
      children_ = rules_.pool(2 * states);
    }
    visited_.assign(std::size_t{1} << 16, 0);
    history_.clear();
    alive_.clear();
    for (std::uint32_t i = 0; i < layouts.size(); ++i) {
      rules_.begin(states_, i, layouts[i]);
      rules_.judge(states_, i, weights);
      states_.facts(i).trace = i;
      states_.facts(i).last = no_edge;
      history_.push_back({i, no_edge});
      alive_.push_back(i);
    }
  }

  /// From each state to those after one more swap, of which the best are kept. False if there are none.
  bool advance(std::size_t width, const RouteWeights& weights, Rng& rng) {
    candidates_.clear();
    for (const std::uint32_t i : alive_) propose(i);
    const auto by_order = [](const Candidate& a, const Candidate& b) { return a.order() < b.order(); };
    const std::size_t tried = std::min(candidates_.size(), width == 1 ? std::size_t{2} : 2 * width);
    std::partial_sort(candidates_.begin(), candidates_.begin() + static_cast<std::ptrdiff_t>(tried), candidates_.end(),
                      by_order);
    kept_.clear();
    for (std::size_t c = 0; c < tried; ++c) try_swap(candidates_[c], weights);
    if (kept_.empty()) return false;
    if (weights.noise > 0) add_noise(static_cast<std::uint64_t>(weights.noise), rng);
    keep_best(width);
    return true;
  }

  /// The swaps of a state with the change that they make to what its steps to come weigh.
  void propose(std::uint32_t i) {
    const auto& facts = states_.facts(i);
    const std::span upcoming(states_.upcoming(i), facts.ahead);
    const auto* place = states_.place(i);
    for (auto& list : partners_) list.clear();
    for (const auto& [a, b, weight] : upcoming) {
      partners_[a].push_back({b, place[b], weight});
      partners_[b].push_back({a, place[a], weight});
    }
    ++stamp_;
    for (const auto& step : upcoming.first(facts.front)) {
      for (const std::uint16_t qubit : {step.first, step.second}) {
        for (const std::uint32_t edge : edges_[place[qubit]]) {
          if (stamps_[edge] == stamp_ || edge == facts.last) continue;
          stamps_[edge] = stamp_;
          candidates_.push_back({facts.value + change(i, pair(edge)), i, edge});
        }
      }
    }
  }

  /// What a swap changes in the weighed distances.
  [[nodiscard]] int change(std::uint32_t i, Swap at) {
    const std::uint16_t* occupant = states_.occupant(i);
    const auto* from = rules_.couplings().distances(at.first).data();
    const auto* to = rules_.couplings().distances(at.second).data();
    const std::uint16_t a = occupant[at.first], b = occupant[at.second];
    int sum = 0;
    if (a != StatePool::nobody) {
      for (const auto& p : partners_[a]) {
        if (p.qubit != b) sum += p.weight * (to[p.place] - from[p.place]);
      }
    }
    if (b != StatePool::nobody) {
      for (const auto& p : partners_[b]) {
        if (p.qubit != a) sum += p.weight * (from[p.place] - to[p.place]);
      }
    }
    return sum;
  }

  void try_swap(const Candidate& c, const RouteWeights& weights) {
    const auto child = static_cast<std::uint32_t>(kept_.size());
    children_.copy(child, states_, c.state);
    rules_.swap(children_, child, pair(c.edge));
    auto& facts = children_.facts(child);
    auto& seen = visited_[facts.hash & (visited_.size() - 1)];
    if (std::exchange(seen, facts.hash) == facts.hash) return;
    rules_.judge(children_, child, weights);
    facts.last = c.edge;
    kept_.push_back(child);
  }

  /// Without it the states that are kept soon are all alike.
  void add_noise(std::uint64_t size, Rng& rng) {
    for (const std::uint32_t i : kept_) children_.facts(i).value += static_cast<int>(((rng() >> 32) * size) >> 32);
  }

  void keep_best(std::size_t width) {
    const auto value = [this](std::uint32_t i) { return std::pair(children_.facts(i).value, i); };
    if (kept_.size() > width) {
      std::ranges::nth_element(kept_, kept_.begin() + static_cast<std::ptrdiff_t>(width), {}, value);
      kept_.resize(width);
      std::ranges::sort(kept_);
    }
    std::swap(states_, children_);
    alive_ = kept_;
    for (const std::uint32_t i : alive_) {
      auto& facts = states_.facts(i);
      history_.push_back({facts.trace, facts.last});
      facts.trace = static_cast<std::uint32_t>(history_.size() - 1);
    }
  }

  /// Goes on from the best state alone, by a shortest path between the qubits of the step that is nearest to be done.
  void force(const RouteWeights& weights) {
    const std::uint32_t best =
        *std::ranges::min_element(alive_, {}, [this](std::uint32_t i) { return std::pair(states_.facts(i).value, i); });
    const auto& couplings = rules_.couplings();
    const auto distance = [&](const auto& step) {
      return couplings.distance(states_.place(best)[step.first], states_.place(best)[step.second]);
    };
    const auto step =
        *std::ranges::min_element(std::span(states_.upcoming(best), states_.facts(best).front), {}, distance);
    auto& facts = states_.facts(best);
    while (distance(step) > 1) {
      const int from = states_.place(best)[step.first], to = states_.place(best)[step.second];
      const auto& edges = edges_[static_cast<std::size_t>(from)];
      const auto nearer = std::ranges::find_if(edges, [&](std::uint32_t e) {
        const auto [a, b] = pair(e);
        return couplings.distance(a + b - from, to) < couplings.distance(from, to);
      });
      rules_.swap(states_, best, pair(*nearer));
      history_.push_back({facts.trace, *nearer});
      facts.trace = static_cast<std::uint32_t>(history_.size() - 1);
      facts.last = *nearer;
    }
    rules_.judge(states_, best, weights);
    alive_.assign(1, best);
  }

  [[nodiscard]] Route route_to(const StateFacts& facts, std::span<const std::vector<int>> layouts) const {
    Route out;
    std::uint32_t t = facts.trace;
    for (; history_[t].edge != no_edge; t = history_[t].before) out.swaps.push_back(pair(history_[t].edge));
    std::ranges::reverse(out.swaps);
    out.initial = layouts[history_[t].before];
    return out;
  }

  RoutingRules rules_;
  std::vector<std::vector<std::uint32_t>> edges_;  ///< the pairs of each place, by their numbers
  StatePool states_{0, 0, 0, 0}, children_{0, 0, 0, 0};
  std::vector<std::uint32_t> alive_, kept_;
  std::vector<Candidate> candidates_;
  std::vector<Trace> history_;
  std::vector<std::uint64_t> visited_;
  std::vector<std::uint32_t> stamps_;
  std::uint32_t stamp_ = 0;
  std::vector<std::vector<Partner>> partners_;
};

}  // namespace qmtl::inline QMTL_ABI::detail
