#pragma once
// SPDX-License-Identifier: Apache-2.0
// Layout and routing: a program on the qubits of a device, with as few swaps as are found.

#include <numeric>
#include <span>
#include <tuple>
#include <utility>
#include <vector>

#include "qmtl/core/execution.hpp"
#include "qmtl/core/rng.hpp"
#include "qmtl/hardware/embedding.hpp"
#include "qmtl/hardware/routed_program.hpp"
#include "qmtl/hardware/routing/apply_route.hpp"
#include "qmtl/hardware/routing/require_fit.hpp"
#include "qmtl/hardware/routing/route_trials.hpp"
#include "qmtl/hardware/target.hpp"

namespace qmtl::inline QMTL_ABI {

struct RoutingOptions {
  /// Layouts that routes are searched from; the best of them are searched from again, more widely.
  int trials = 64;
  /// How many states of a search it is worth, of which about half a million are looked at in a second.
  long long max_states = 500'000;
  Seed seed{1};
  Execution execution = Sequential{};  ///< makes no difference to the result
  EmbeddingOptions embedding{};
};

namespace detail {
[[nodiscard]] inline TrialOptions trial_options(const RoutingOptions& options) {
  if (options.trials < 1 || options.max_states < 1) {
    throw ValueError(text("qmtl: routing: trials and states, expected 1 or more, got ", options.trials, " and ",
                          options.max_states));
  }
  static_cast<void>(thread_count(options.execution));
  return {options.trials, options.max_states, options.seed, options.execution};
}

/// A routed program, or the same on other places that are coupled alike, if these are better by their calibration.
[[nodiscard]] inline RoutedProgram on_best_places(const Program& program, const Target& target, Route route,
                                                  const PlacementCosts& costs, const EmbeddingOptions& options) {
  RoutedProgram out = apply_route(program, target.couplings, route);
  if (costs.uniform()) return out;
  const InteractionGraph used(out.program);
  const auto places = find_embedding(used, target.couplings, costs, options);
  std::vector<int> same(static_cast<std::size_t>(target.couplings.qubits()));
  std::iota(same.begin(), same.end(), 0);
  if (!places || costs.of_layout(used, *places) >= costs.of_layout(used, same)) return out;
  const auto moved = [&places](int p) { return (*places)[static_cast<std::size_t>(p)]; };
  for (int& p : route.initial) p = moved(p);
  for (auto& [a, b] : route.swaps) std::tie(a, b) = std::pair(moved(a), moved(b));
  return apply_route(program, target.couplings, route);
}
}  // namespace detail

/// The program on the target's qubits, with swaps, as instructions, where qubits that have a gate together are not
/// coupled. Nothing else is changed: the order of instructions on each qubit, and on classical bits where it counts,
/// stays. Takes a layout without swaps if find_embedding has one, the best by the target's calibration; else the best
/// route of many trials (docs/transpiling.md), on the best of the places that are coupled alike. The directions of
/// couplings do not count. Throws CircuitError for an instruction other than a barrier on more than two qubits, for
/// more qubits than the target has, and where those that have gates together are more than are connected; ValueError
/// for less than one trial or state and bad threads.
[[nodiscard]] inline RoutedProgram route(const Program& program, const Target& target,
                                         const RoutingOptions& options = {}) {
  detail::require_fit("route", program, target);
  const auto trial_options = detail::trial_options(options);
  const PlacementCosts costs(target);
  if (auto layout = find_embedding(InteractionGraph(program), target.couplings, costs, options.embedding)) {
    return detail::apply_route(program, target.couplings, {*std::move(layout), {}});
  }
  detail::RouteTrials trials(program, target.couplings, trial_options);
  return detail::on_best_places(program, target, trials.run(), costs, options.embedding);
}

/// The same from a given layout on, by one search. Throws also ShapeError and CircuitError for a layout that is not one
/// of the program's qubits on different ones of the target.
[[nodiscard]] inline RoutedProgram route_from(const Program& program, const Target& target, std::span<const int> layout,
                                              const RoutingOptions& options = {}) {
  detail::require_fit("route_from", program, target);
  detail::require_size("route_from: the layout", layout.size(), program.qubits());
  detail::require_distinct_qubits("route_from: the layout", layout, target.couplings.qubits());
  const auto trial_options = detail::trial_options(options);
  return detail::apply_route(program, target.couplings,
                             detail::route_from_layout(program, target.couplings, layout, trial_options));
}

}  // namespace qmtl::inline QMTL_ABI
