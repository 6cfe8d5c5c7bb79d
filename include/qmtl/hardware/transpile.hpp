#pragma once
// SPDX-License-Identifier: Apache-2.0
// transpile: any program in a device's gates and on its couplings.

#include <concepts>
#include <utility>
#include <vector>

#include "qmtl/hardware/passes/delay_measurements.hpp"
#include "qmtl/hardware/passes/optimise.hpp"
#include "qmtl/hardware/passes/unroll.hpp"
#include "qmtl/hardware/routing.hpp"
#include "qmtl/hardware/routing/require_fit.hpp"
#include "qmtl/hardware/transpile_report.hpp"

namespace qmtl::inline QMTL_ABI {

struct TranspileOptions {
  /// The target's qubit of each of the program's; none: where routing is cheapest.
  std::vector<int> initial_layout{};
  RoutingOptions routing{};
  OptimiseOptions optimise{};
  bool starts_in_zero = true;  ///< resets of qubits on which nothing has been done go
};

/// A program on all qubits of a target, and where the qubits of the original are before and after it.
struct TranspiledProgram {
  Program program{1};
  std::vector<int> initial_layout, final_layout;
  TranspileReport report{};
};

namespace detail {

/// What does not depend on where qubits are: fewer gates to be routed.
template <std::same_as<Program> P>
[[nodiscard]] P before_routing(const P& program, const Basis& basis, const TranspileOptions& options) {
  Program out = unroll(options.starts_in_zero ? remove_resets_of_zero(program) : program);
  if (options.optimise.rounds == 0) return out;
  if (options.optimise.measured_phases) out = remove_diagonal_before_measurement(out);
  return cancel_gates(resynthesise_pairs(cancel_gates(out), NativeGates(basis)));
}

}  // namespace detail

/// The program in a target's basis gates, on its couplings and in their directions. What is wide, controlled or a
/// matrix is unrolled (unroll), blocks on two qubits are made with as few entangling gates as there can be
/// (resynthesise_pairs), qubits are placed and routed (route), what is measured and not used again is measured at the
/// end (delay_measurements), swaps are merged into the blocks beside them, and the result is optimised (optimise), with
/// the measurements behind all gates. Angles of features and weights stay, linear in them. Deterministic for a seed of
/// the routing, whatever the number of threads. The same for each outcome of its measurements, up to a phase and to the
/// layouts, which equivalence (hardware/equivalence.hpp) checks. Throws as basis_of, route and NativeGates.
template <std::same_as<Program> P>  // a template: for who includes this and does not call it, nothing is compiled
[[nodiscard]] TranspiledProgram transpile(const P& program, const Target& target,
                                          const TranspileOptions& options = {}) {
  detail::require_fit("transpile", program, target);  // before it takes time
  const NativeGates gates(target);
  const Program prepared = detail::before_routing(program, gates.basis(), options);
  RoutedProgram routed = options.initial_layout.empty()
                             ? route(prepared, target, options.routing)
                             : route_from(prepared, target, options.initial_layout, options.routing);
  const Program measured_last = delay_measurements(routed.program);  // swaps cross what has been measured
  TranspiledProgram out{delay_measurements(optimise(measured_last, gates, options.optimise)),
                        std::move(routed.initial_layout),
                        std::move(routed.final_layout),
                        {}};
  out.report = {count_program(program), count_program(out.program), routed.swaps, {}};
  if (target.calibration) out.report.success = estimate_success(out.program, *target.calibration);
  return out;
}

}  // namespace qmtl::inline QMTL_ABI
