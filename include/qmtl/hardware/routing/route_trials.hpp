#pragma once
// SPDX-License-Identifier: Apache-2.0
// The best route of many trials: from many layouts, forwards and backwards, with ever wider searches from the best.

#include <algorithm>
#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <iterator>
#include <numeric>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "qmtl/core/execution.hpp"
#include "qmtl/hardware/routing/route_search.hpp"
#include "qmtl/hardware/routing/starting_layouts.hpp"

namespace qmtl::inline QMTL_ABI::detail {

[[nodiscard]] inline std::vector<int> final_layout(const Route& route, int places) {
  std::vector<int> at(static_cast<std::size_t>(places));  // where what was at a place is now
  std::iota(at.begin(), at.end(), 0);
  std::vector<int> from = at;  // its inverse
  for (const auto& [p, q] : route.swaps) {
    auto &a = from[static_cast<std::size_t>(p)], &b = from[static_cast<std::size_t>(q)];
    std::swap(at[static_cast<std::size_t>(a)], at[static_cast<std::size_t>(b)]);
    std::swap(a, b);
  }
  std::vector<int> out;
  for (const int p : route.initial) out.push_back(at[static_cast<std::size_t>(p)]);
  return out;
}

/// The same route for the steps last first.
[[nodiscard]] inline Route reversed(const Route& route, int places) {
  return {final_layout(route, places), {route.swaps.rbegin(), route.swaps.rend()}};
}

/// Without swaps of qubits that have no step before it, which start in one another's place, and of those that have none
/// after it.
[[nodiscard]] inline Route without_idle_swaps(RoutingRules& rules, const Route& route) {
  StatePool pool = rules.pool(1);
  rules.begin(pool, 0, route.initial);
  Route out{route.initial, {}};
  std::vector<int> origin(static_cast<std::size_t>(rules.couplings().qubits()));
  std::iota(origin.begin(), origin.end(), 0);  // of what is at a place
  const auto starts = rules.problem().starts();
  const auto sequence = rules.problem().sequence();
  const auto next = [&](std::uint16_t q) { return pool.next(0)[q]; };
  for (const auto& at : route.swaps) {
    const std::uint16_t a = pool.occupant(0)[at.first], b = pool.occupant(0)[at.second];
    const auto both = [&](auto holds) {
      return (a == StatePool::nobody || holds(a)) && (b == StatePool::nobody || holds(b));
    };
    auto &from_a = origin[static_cast<std::size_t>(at.first)], &from_b = origin[static_cast<std::size_t>(at.second)];
    if (both([&](std::uint16_t q) { return next(q) == starts[q]; })) {
      if (a != StatePool::nobody) out.initial[a] = from_b;
      if (b != StatePool::nobody) out.initial[b] = from_a;
      rules.swap(pool, 0, at);
    } else if (!both([&](std::uint16_t q) { return sequence[next(q)].number == RoutingProblem::no_step; })) {
      std::swap(from_a, from_b);
      rules.swap(pool, 0, at);
      out.swaps.push_back(at);
    }
  }
  return out;
}

/// Alternating passes of searches of one width.
struct Passes {
  int count = 1;
  int width = 1;
};

/// What a thread needs to route.
class RouteTrial {
 public:
  RouteTrial(const RoutingProblem& forwards, const RoutingProblem& backwards, const CouplingMap& couplings)
      : places_(couplings.qubits()),
        rules_(forwards, couplings),
        forwards_(forwards, couplings),
        backwards_(backwards, couplings) {}

  /// The best route of passes forwards from a layout, backwards from where that ends, and so on.
  [[nodiscard]] Route run(std::vector<int> layout, const Passes& passes, const RouteWeights& weights, Rng& rng) {
    std::optional<Route> best;
    for (int pass = 0; pass < passes.count; ++pass) {
      const bool back = pass % 2 == 1;
      Route route = (back ? backwards_ : forwards_)
                        .run(std::span(&layout, 1), static_cast<std::size_t>(passes.width), weights, rng);
      if (back) route = reversed(route, places_);
      route = without_idle_swaps(rules_, route);
      layout = back ? route.initial : final_layout(route, places_);
      if (!best || route.swaps.size() < best->swaps.size()) best = std::move(route);
    }
    return *std::move(best);
  }

 private:
  int places_;
  RoutingRules rules_;
  RouteSearch forwards_, backwards_;
};

struct TrialOptions {
  int trials = 1;
  long long max_states = 1;
  Seed seed{};
  Execution execution = Sequential{};
};

/// Rounds of trials: in the first from many layouts, with a width of one; in each further round from the best layouts
/// so far, of which there are fewer, with searches that are wider, as wide as the limit of states lets them be.
class RouteTrials {
 public:
  /// Throws as StartingLayouts and thread_count.
  RouteTrials(const Program& program, const CouplingMap& couplings, const TrialOptions& options)
      : options_(options),
        forwards_(program, RoutingProblem::Detail::couplings),
        backwards_(forwards_.reversed()),
        layouts_(forwards_, couplings),
        workers_(thread_count(options.execution)) {
    for (int i = 0; i < workers_.count(); ++i) threads_.emplace_back(forwards_, backwards_, couplings);
  }

  [[nodiscard]] Route run() {
    struct Round {
      int chains, passes;
      double share;  // of all states
    };
    constexpr Round rounds[] = {{8, 4, 0.2}, {4, 4, 0.35}, {2, 4, 0.45}};
    first_round();
    for (const auto& [most, passes, share] : rounds) {
      if (best_.front().swaps.empty()) break;
      const auto pass = static_cast<double>(best_.front().swaps.size());
      const double widths = share * static_cast<double>(options_.max_states) / (pass * passes);  // of all chains
      const int chains = static_cast<int>(std::clamp(widths / useful_width, 1.0, static_cast<double>(most)));
      if (widths < 2.0) continue;
      const Passes wide{passes, static_cast<int>(std::min(widths / chains, max_width))};
      const auto starts = best_;
      run_all(chains, [&](RouteTrial& trial, int i, Rng& rng) {
        const auto& start = starts[static_cast<std::size_t>(i) % starts.size()];
        return trial.run(start.initial, wide, weights(rng), rng);
      });
    }
    return best_.front();
  }

 private:
  static constexpr double max_width = 1024.0;
  static constexpr double useful_width = 16.0;  ///< rather fewer trials than narrower ones
  static constexpr std::size_t kept = 8;

  /// As many trials as a tenth of the states is enough for, two at least.
  void first_round() {
    const auto trial = [this](RouteTrial& thread, int i, Rng& rng) {
      auto weights_of_one = weights(rng);
      weights_of_one.noise = i < 3 ? 0 : weights_of_one.step_cost / 8;
      return thread.run(layouts_.make(i, rng), {4, 1}, weights_of_one, rng);
    };
    run_all(std::min(options_.trials, 2), trial);
    const auto states = static_cast<double>(best_.front().swaps.size()) * 4;
    const double enough = 0.1 * static_cast<double>(options_.max_states) / std::max(states, 1.0);
    const int trials = static_cast<int>(std::min<double>(options_.trials, enough));
    if (trials > 2) run_all(trials - 2, trial, 2);
  }

  /// Weights that differ from trial to trial, about those that have been found to be good: a step that is not looked at
  /// counts a bit more than twice what steps have cost in the best route so far.
  [[nodiscard]] RouteWeights weights(Rng& rng) const {
    constexpr std::array<std::pair<double, double>, 3> shapes{{{0.2, 0.6}, {0.1, 0.9}, {0.3, 0.8}}};
    const auto [first, decay] = shapes[rng.below(shapes.size())];
    auto out = RouteWeights::decaying(first, decay);
    if (!best_.empty()) {
      const double swaps = static_cast<double>(best_.front().swaps.size());
      const double cost = 2.3 * RouteWeights::unit * swaps / static_cast<double>(forwards_.steps().size());
      out.step_cost = std::clamp(static_cast<int>(cost), 250, 2000);
    }
    out.noise = out.step_cost * static_cast<int>(2 + rng.below(3));
    return out;
  }

  /// Runs trials first ... first + count - 1 on all threads and keeps the best routes, of equal ones the earlier.
  template <class Trial>
  void run_all(int count, const Trial& trial, int first = 0) {
    std::vector<Route> routes(static_cast<std::size_t>(count));
    std::vector<Rng> engines;
    engines.reserve(routes.size());
    for (int i = 0; i < count; ++i) engines.emplace_back(Seed{options_.seed.value + 0x9e3779b97f4a7c15u * ++used_});
    std::atomic<int> next{0};
    std::vector<std::exception_ptr> errors(threads_.size());
    workers_.run([&](int thread) {
      const auto t = static_cast<std::size_t>(thread);
      try {
        for (int i = next.fetch_add(1); i < count; i = next.fetch_add(1)) {
          const auto at = static_cast<std::size_t>(i);
          routes[at] = trial(threads_[t], first + i, engines[at]);
        }
      } catch (...) {
        errors[t] = std::current_exception();
      }
    });
    for (const auto& error : errors) {
      if (error) std::rethrow_exception(error);
    }
    std::ranges::move(routes, std::back_inserter(best_));
    std::ranges::stable_sort(best_, {}, [](const Route& route) { return route.swaps.size(); });
    if (best_.size() > kept) best_.resize(kept);
  }

  TrialOptions options_;
  RoutingProblem forwards_, backwards_;
  StartingLayouts layouts_;
  Workers workers_;
  std::vector<RouteTrial> threads_;
  std::vector<Route> best_;  ///< with the fewest swaps first
  std::uint64_t used_ = 0;   ///< random engines
};

/// The best of some searches from a layout that stays.
[[nodiscard]] inline Route route_from_layout(const Program& program, const CouplingMap& couplings,
                                             std::span<const int> layout, const TrialOptions& options) {
  const RoutingProblem problem(program, RoutingProblem::Detail::couplings);
  static_cast<void>(StartingLayouts(problem, couplings));  // throws where no route can be
  const std::vector<int> start(layout.begin(), layout.end());
  for (const auto& [a, b] : InteractionGraph(program).pairs()) {
    const int from = start[static_cast<std::size_t>(a)], to = start[static_cast<std::size_t>(b)];
    if (couplings.distance(from, to) != CouplingMap::unreachable) continue;
    throw CircuitError(text("qmtl: route_from: qubits ", a, " and ", b, " have gates together on ", from, " and ", to,
                            ", expected to be connected"));
  }
  RouteSearch search(problem, couplings);
  auto weights = RouteWeights::decaying(0.2, 0.6);
  Rng rng(options.seed);
  Route best = search.run(std::span(&start, 1), 1, weights, rng);
  constexpr int searches = 4;
  const auto states = static_cast<double>(best.swaps.size()) * searches;
  const double width = std::min(static_cast<double>(options.max_states) / std::max(states, 1.0), 1024.0);
  weights.noise = 2 * weights.step_cost;
  for (int i = 0; i < searches && width >= 2.0 && !best.swaps.empty(); ++i) {
    Route route = search.run(std::span(&start, 1), static_cast<std::size_t>(width), weights, rng);
    if (route.swaps.size() < best.swaps.size()) best = std::move(route);
  }
  return best;
}

}  // namespace qmtl::inline QMTL_ABI::detail
