#pragma once
// SPDX-License-Identifier: Apache-2.0
// The states of a search for a route: where the qubits are, what has been done, what comes next.

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "qmtl/core/rng.hpp"
#include "qmtl/hardware/coupling_map.hpp"
#include "qmtl/hardware/routing/routing_problem.hpp"

namespace qmtl::inline QMTL_ABI::detail {

/// A swap of the qubits at two coupled places.
using Swap = std::pair<int, int>;

/// Swaps, in order, that let all steps of a problem be done, each as soon as it can be, from an initial layout on.
struct Route {
  std::vector<int> initial;  ///< from qubits to places
  std::vector<Swap> swaps;
};

/// How a search judges a state: by the swaps that it expects to be missing. A step to come costs what its distance
/// says, the less so the more steps are before it, and `step_cost` for the rest.
struct RouteWeights {
  static constexpr int unit = 1024;                 ///< of a swap; whole numbers, the same on all machines
  static constexpr int max_depth = 24;              ///< further on nothing is looked at
  static constexpr std::size_t max_lookahead = 20;  ///< steps to come that are looked at, if not more are in front
  int step_cost = 1500;                             ///< of a step that is not looked at
  int noise = 0;                                    ///< random numbers below this are added to what a state is judged
  std::array<int, max_depth> of_depth{};

  /// Weights first, first * decay, ... after the steps that come next, which have the weight of a swap.
  [[nodiscard]] static RouteWeights decaying(double first, double decay) {
    RouteWeights out;
    out.of_depth[0] = unit;
    for (std::size_t d = 1; d < max_depth; ++d, first *= decay) out.of_depth[d] = static_cast<int>(first * unit);
    return out;
  }
};

/// A step to come on two qubits and what its distance weighs.
struct Upcoming {
  std::uint16_t first, second;
  int weight;
};

/// A state without its lists: these are rows of a StatePool.
struct StateFacts {
  std::uint64_t hash = 0;   ///< of the layout and of what has been done
  std::uint32_t trace = 0;  ///< the number of its last swap in the search's history
  std::uint32_t done = 0;   ///< steps
  int value = 0;            ///< the swaps that are expected to be missing, in RouteWeights::unit
  std::uint32_t last = 0;   ///< the number of the pair that was swapped last
  std::uint32_t ahead = 0;  ///< steps to come that are looked at
  std::uint32_t front = 0;  ///< those of them that wait for nothing but a coupling
};

/// So many states, without an allocation for each.
class StatePool {
 public:
  static constexpr std::uint16_t nobody = 0xffff;

  StatePool(std::size_t states, std::size_t qubits, std::size_t places, std::size_t wires)
      : qubits_(qubits),
        places_(places),
        wires_(wires),
        ahead_(RouteWeights::max_lookahead + qubits / 2),
        facts_(states),
        place_(states * qubits),
        occupant_(states * places),
        next_(states * wires),
        upcoming_(states * ahead_) {}

  [[nodiscard]] std::size_t size() const noexcept { return facts_.size(); }
  [[nodiscard]] StateFacts& facts(std::size_t i) noexcept { return facts_[i]; }
  /// Where each qubit is.
  [[nodiscard]] std::uint16_t* place(std::size_t i) noexcept { return place_.data() + i * qubits_; }
  /// Which qubit is at each place, or nobody.
  [[nodiscard]] std::uint16_t* occupant(std::size_t i) noexcept { return occupant_.data() + i * places_; }
  /// The next step of each wire, as a position in the problem's sequence.
  [[nodiscard]] std::uint32_t* next(std::size_t i) noexcept { return next_.data() + i * wires_; }

  /// The steps to come, in order: those of the front, then what follows, layer by layer.
  [[nodiscard]] Upcoming* upcoming(std::size_t i) noexcept { return upcoming_.data() + i * ahead_; }

  /// But for the steps to come.
  void copy(std::size_t to, StatePool& from, std::size_t i) noexcept {
    facts_[to] = from.facts_[i];
    std::copy_n(from.place(i), qubits_, place(to));
    std::copy_n(from.occupant(i), places_, occupant(to));
    std::copy_n(from.next(i), wires_, next(to));
  }

 private:
  std::size_t qubits_, places_, wires_, ahead_;
  std::vector<StateFacts> facts_;
  std::vector<std::uint16_t> place_, occupant_;
  std::vector<std::uint32_t> next_;
  std::vector<Upcoming> upcoming_;
};

/// What happens to states of one problem on one coupling map, both of which must outlive it.
class RoutingRules {
 public:
  RoutingRules(const RoutingProblem& problem, const CouplingMap& couplings)
      : problem_(&problem), couplings_(&couplings), scratch_(static_cast<std::size_t>(problem.wires())) {
    Rng rng(Seed{0x726f757465});
    keys_.resize(static_cast<std::size_t>(problem.qubits()) * static_cast<std::size_t>(couplings.qubits()));
    for (auto& key : keys_) key = rng();
  }

  [[nodiscard]] const RoutingProblem& problem() const noexcept { return *problem_; }
  [[nodiscard]] const CouplingMap& couplings() const noexcept { return *couplings_; }
  [[nodiscard]] StatePool pool(std::size_t states) const {
    return {states, static_cast<std::size_t>(problem_->qubits()), static_cast<std::size_t>(couplings_->qubits()),
            static_cast<std::size_t>(problem_->wires())};
  }

  /// Makes state i that of a layout in which nothing has been done but what can be.
  void begin(StatePool& pool, std::size_t i, std::span<const int> layout) {
    auto& facts = pool.facts(i) = {};
    std::fill_n(pool.occupant(i), couplings_->qubits(), StatePool::nobody);
    for (std::size_t q = 0; q < layout.size(); ++q) {
      pool.place(i)[q] = static_cast<std::uint16_t>(layout[q]);
      pool.occupant(i)[layout[q]] = static_cast<std::uint16_t>(q);
      facts.hash ^= key(q, static_cast<std::size_t>(layout[q]));
    }
    std::ranges::copy(problem_->starts(), pool.next(i));
    for (int w = 0; w < problem_->wires(); ++w) advance(pool, i, w);
  }

  /// Swaps and does what can be done then.
  void swap(StatePool& pool, std::size_t i, Swap at) {
    auto* occupant = pool.occupant(i);
    const auto p = static_cast<std::size_t>(at.first), q = static_cast<std::size_t>(at.second);
    std::swap(occupant[p], occupant[q]);
    for (const std::size_t here : {p, q}) {
      const std::size_t qubit = occupant[here];
      if (qubit == StatePool::nobody) continue;
      pool.place(i)[qubit] = static_cast<std::uint16_t>(here);
      pool.facts(i).hash ^= key(qubit, here) ^ key(qubit, p + q - here);
    }
    for (const std::size_t here : {p, q}) {
      if (occupant[here] != StatePool::nobody) advance(pool, i, occupant[here]);
    }
  }

  /// Looks ahead, and what a state is worth then.
  void judge(StatePool& pool, std::size_t i, const RouteWeights& weights) {
    look_ahead(pool, i, weights);
    constexpr int unit = RouteWeights::unit;
    const auto& facts = pool.facts(i);
    const auto missing = static_cast<long long>(problem_->steps().size() - facts.done);
    const auto* place = pool.place(i);
    long long value = missing * weights.step_cost;
    for (const auto& [a, b, weight] : std::span(pool.upcoming(i), facts.ahead)) {
      value += weight * (couplings_->distance(place[a], place[b]) - 1) - weight * weights.step_cost / unit;
    }
    pool.facts(i).value = static_cast<int>(std::min<long long>(value, 1 << 30));
  }

 private:
  [[nodiscard]] std::uint64_t key(std::size_t qubit, std::size_t place) const noexcept {
    return keys_[qubit * static_cast<std::size_t>(couplings_->qubits()) + place];
  }

  [[nodiscard]] bool is_next(const RoutingProblem::Step& step, RoutingProblem::Number number,
                             const std::uint32_t* next) const noexcept {
    const auto wires = problem_->wires_of(step);
    return std::ranges::all_of(wires, [&](int w) { return problem_->sequence()[next[w]].number == number; });
  }

  /// A step that would come next once those before it in the queue were done.
  struct Waiting {
    RoutingProblem::Number number;
    int first, second;    ///< its qubits if it is on two and nothing else
    std::uint32_t depth;  ///< the most steps on two qubits before it, one after the other
  };

  /// Lists the steps to come.
  void look_ahead(StatePool& pool, std::size_t i, const RouteWeights& weights) {
    std::copy_n(pool.next(i), scratch_.size(), scratch_.begin());
    queue_.clear();
    for (int w = 0; w < problem_->wires(); ++w) {
      const auto& entry = problem_->sequence()[scratch_[static_cast<std::size_t>(w)]];
      if (entry.number == RoutingProblem::no_step) continue;
      if (entry.other >= 0 ? entry.other > w : is_first_wire(entry.number, w)) enqueue(w, 0, queue_.size());
    }
    auto& facts = pool.facts(i);
    facts.front = static_cast<std::uint32_t>(queue_.size());
    facts.ahead = 0;
    const std::size_t most = std::max<std::size_t>(RouteWeights::max_lookahead, queue_.size());
    for (std::size_t at = 0; at < queue_.size() && facts.ahead < most; ++at) {
      const Waiting step = queue_[at];
      if (step.first >= 0) {
        pool.upcoming(i)[facts.ahead++] = {static_cast<std::uint16_t>(step.first),
                                           static_cast<std::uint16_t>(step.second), weights.of_depth[step.depth]};
      }
      pass(step);
    }
  }

  /// Takes a step as done and adds what then would come next.
  void pass(const Waiting& step) {
    const std::uint32_t deeper = step.first >= 0 ? step.depth + 1 : step.depth;
    if (deeper == RouteWeights::max_depth) return;
    const std::size_t pushed = queue_.size();
    const auto wires = problem_->wires_of(problem_->step(step.number));
    for (const int w : wires) ++scratch_[static_cast<std::size_t>(w)];
    for (const int w : wires) enqueue(w, deeper, pushed);
  }

  [[nodiscard]] bool is_first_wire(RoutingProblem::Number number, int wire) const noexcept {
    return problem_->wires_of(problem_->step(number)).front() == wire;
  }

  /// Adds the next step on a wire to the queue if it is that of all its wires and is not among those from `pushed` on.
  void enqueue(int wire, std::uint32_t depth, std::size_t pushed) {
    const auto sequence = problem_->sequence();
    const auto [number, other] = sequence[scratch_[static_cast<std::size_t>(wire)]];
    if (number == RoutingProblem::no_step) return;
    for (std::size_t at = pushed; at < queue_.size(); ++at) {
      if (queue_[at].number == number) return;
    }
    if (other >= 0) {
      if (sequence[scratch_[static_cast<std::size_t>(other)]].number != number) return;
      queue_.push_back({number, wire, other, depth});
      return;
    }
    const auto& step = problem_->step(number);
    if (!is_next(step, number, scratch_.data())) return;
    queue_.push_back({number, step.first, step.second, depth});
  }

  /// Does the steps on a wire that can be done, and those on others that then can be.
  void advance(StatePool& pool, std::size_t i, int wire) {
    auto* next = pool.next(i);
    const auto* place = pool.place(i);
    waiting_.assign(1, wire);
    while (!waiting_.empty()) {
      const auto number = problem_->sequence()[next[waiting_.back()]].number;
      waiting_.pop_back();
      if (number == RoutingProblem::no_step) continue;
      const auto& step = problem_->step(number);
      if (step.first >= 0 && !couplings_->coupled(place[step.first], place[step.second])) continue;
      if (!is_next(step, number, next)) continue;
      for (const int w : problem_->wires_of(step)) {
        ++next[w];
        waiting_.push_back(w);
      }
      auto& facts = pool.facts(i);
      ++facts.done;
      facts.hash += (number + 1) * 0x9e3779b97f4a7c15u;
    }
  }

  const RoutingProblem* problem_;
  const CouplingMap* couplings_;
  std::vector<std::uint64_t> keys_;
  std::vector<std::uint32_t> scratch_;
  std::vector<Waiting> queue_;
  std::vector<int> waiting_;
};

}  // namespace qmtl::inline QMTL_ABI::detail
