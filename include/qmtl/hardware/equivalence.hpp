#pragma once
// SPDX-License-Identifier: Apache-2.0
// Whether two programs do the same, up to a phase and to where the qubits are.

#include <algorithm>
#include <cmath>
#include <complex>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <span>
#include <utility>
#include <variant>
#include <vector>

#include "qmtl/circuit/bind_parameters.hpp"
#include "qmtl/core/rng.hpp"
#include "qmtl/hardware/program_branches.hpp"

namespace qmtl::inline QMTL_ABI {

/// Where a program's qubits are in the other one, and how to compare.
struct EquivalenceOptions {
  std::vector<int> initial_layout{};  ///< the other's qubit of each of the program's at the start; none: the same
  std::vector<int> final_layout{};    ///< and at the end; none: as at the start
  bool from_zero = false;             ///< only from |0...0>, as devices start: else from random states
  int inputs = 2;                     ///< random states, and random values of features and weights
  Seed seed{1};
  double tolerance = 1e-9;
  int max_qubits = 20;  ///< of a state; programs that use more are compared by the light cones of their measurements
};

/// What was found. The error is the largest distance of final states that should be equal, or of distributions.
struct Equivalence {
  bool equivalent = false;
  double error = 0.0;
  bool by_windows = false;  ///< whether distributions of windows of measured qubits were compared, not states
  int windows = 0;          ///< that were compared
  int too_wide = 0;         ///< whose light cones have too many qubits
};

namespace detail {

/// A program and the qubits of it that take part, in the order of the program that it is compared with.
struct ComparedProgram {
  const Program* program;
  std::vector<int> start, end;  ///< of the qubits that are compared, where they start and end
  std::vector<int> used;        ///< all that take part
};

[[nodiscard]] inline std::vector<bool> touched_qubits(const Program& program) {
  std::vector<bool> touched(static_cast<std::size_t>(program.qubits()), false);
  for (const auto& step : program.instructions()) {
    if (std::holds_alternative<Barrier>(step.action)) continue;
    for (const int q : instruction_qubits(step)) touched[static_cast<std::size_t>(q)] = true;
  }
  return touched;
}

[[nodiscard]] inline std::vector<int> identity_layout(int qubits) {
  std::vector<int> out(static_cast<std::size_t>(qubits));
  std::iota(out.begin(), out.end(), 0);
  return out;
}

inline void check_layout(const char* which, const std::vector<int>& layout, const Program& a, const Program& b) {
  require_size(text("equivalence: qubits of the ", which, " layout"), layout.size(), a.qubits());
  require_distinct_qubits(text("equivalence: the ", which, " layout"), layout, b.qubits());
}

inline void check_registers(const Program& a, const Program& b) {
  if (std::ranges::equal(a.registers(), b.registers())) return;
  throw CircuitError("qmtl: equivalence: classical registers, expected the same in both programs");
}

/// The qubits of a that take part in either program, and those of b.
[[nodiscard]] inline std::pair<ComparedProgram, ComparedProgram> compared(const Program& a, const Program& b,
                                                                          const EquivalenceOptions& options) {
  const auto start = options.initial_layout.empty() ? identity_layout(a.qubits()) : options.initial_layout;
  const auto end = options.final_layout.empty() ? start : options.final_layout;
  check_layout("initial", start, a, b);
  check_layout("final", end, a, b);
  const auto in_a = touched_qubits(a), in_b = touched_qubits(b);
  std::pair<ComparedProgram, ComparedProgram> out{{&a, {}, {}, {}}, {&b, {}, {}, {}}};
  auto& [first, second] = out;
  for (int q = 0; q < a.qubits(); ++q) {
    const auto i = static_cast<std::size_t>(q);
    if (!in_a[i] && !in_b[static_cast<std::size_t>(start[i])] && start[i] == end[i]) continue;
    first.start.push_back(q);
    second.start.push_back(start[i]);
    second.end.push_back(end[i]);
  }
  first.end = first.used = first.start;
  std::vector<bool> used = in_b;
  for (const auto* layout : {&second.start, &second.end}) {
    for (const int q : *layout) used[static_cast<std::size_t>(q)] = true;
  }
  for (int q = 0; q < b.qubits(); ++q) {
    if (used[static_cast<std::size_t>(q)]) second.used.push_back(q);
  }
  return out;
}

/// A random state of so many qubits, or |0...0>.
[[nodiscard]] inline AmplitudeVector input_state(std::size_t qubits, bool zero, Rng& rng) {
  AmplitudeVector out(std::size_t{1} << qubits);
  out[0] = 1.0;
  if (zero) return out;
  double norm = 0.0;
  for (auto& x : out) {
    x = {rng.normal(), rng.normal()};
    norm += std::norm(x);
  }
  for (auto& x : out) x /= std::sqrt(norm);
  return out;
}

/// The places, among those used, of qubits.
[[nodiscard]] inline std::vector<int> places_in(const std::vector<int>& used, const std::vector<int>& qubits) {
  std::vector<int> out;
  out.reserve(qubits.size());
  for (const int q : qubits) {
    out.push_back(static_cast<int>(std::ranges::lower_bound(used, q) - used.begin()));
  }
  return out;
}

/// Calls visit(i, a_i, b_i) for each basis state in which one of two states has an amplitude.
template <class Visit>
void for_each_amplitude(const SparseState& a, const SparseState& b, const Visit& visit) {
  for (std::size_t i = 0, j = 0; i < a.size() || j < b.size();) {
    const bool in_a = j == b.size() || (i < a.size() && a[i].first <= b[j].first);
    const bool in_b = i == a.size() || (j < b.size() && b[j].first <= a[i].first);
    const Index at = in_a ? a[i].first : b[j].first;
    visit(at, in_a ? a[i].second : 0.0, in_b ? b[j].second : 0.0);
    i += in_a ? 1 : 0;
    j += in_b ? 1 : 0;
  }
}

[[nodiscard]] inline double distance_up_to_phase(const SparseState& a, const SparseState& b) {
  std::complex<double> overlap = 0.0;
  for_each_amplitude(a, b, [&](Index, auto x, auto y) { overlap += std::conj(x) * y; });
  const auto phase = std::abs(overlap) > 0.0 ? overlap / std::abs(overlap) : 1.0;
  double squared = 0.0;
  for_each_amplitude(a, b, [&](Index, auto x, auto y) { squared += std::norm(y - phase * x); });
  return std::sqrt(squared);
}

[[nodiscard]] inline double probability(const std::vector<SparseState>& states) {
  double sum = 0.0;
  for (const auto& state : states) {
    for (const auto& [i, x] : state) sum += std::norm(x);
  }
  return sum;
}

/// The expectation value of a random projector, the same for the same seed, times the number of basis states.
[[nodiscard]] inline double probe(const std::vector<SparseState>& states, std::uint64_t seed) {
  double sum = 0.0;
  for (const auto& state : states) {
    std::complex<double> overlap = 0.0;
    for (const auto& [i, x] : state) {
      Rng rng(Seed{seed + i});
      const double re = rng.normal(), im = rng.normal();
      overlap += std::complex<double>(re, im) * x;
    }
    sum += std::norm(overlap);
  }
  return sum;
}

/// The distance of two states up to a phase; of mixtures, of what a random projector tells of them.
[[nodiscard]] inline double distance(const std::vector<SparseState>& a, const std::vector<SparseState>& b, Rng& rng) {
  if (a.size() == 1 && b.size() == 1) return distance_up_to_phase(a[0], b[0]);
  const std::uint64_t seed = rng();
  return std::abs(probe(a, seed) - probe(b, seed)) + std::abs(probability(a) - probability(b));
}

/// Compares the ends of two runs.
[[nodiscard]] inline double distance(const ProgramBranches& a, const ProgramBranches& b, Rng& rng) {
  double squared = 0.0;
  for (const auto& [values, states] : a) {
    const auto same = b.find(values);
    const double apart = same == b.end() ? std::sqrt(probability(states)) : distance(states, same->second, rng);
    squared += apart * apart;
  }
  for (const auto& [values, states] : b) squared += a.contains(values) ? 0.0 : probability(states);
  return std::sqrt(squared);
}

/// A state of a program's qubits that take part: what is given on those that are compared, the others zero.
[[nodiscard]] inline AmplitudeVector embedded(const AmplitudeVector& input, const std::vector<int>& places,
                                              std::size_t qubits) {
  AmplitudeVector out(std::size_t{1} << qubits);
  for (Index i = 0; i < input.size(); ++i) {
    Index placed = 0;
    for (std::size_t j = 0; j < places.size(); ++j) {
      if (bit_of(i, static_cast<int>(j)) != 0) placed |= qubit_mask(places[j]);
    }
    out[placed] = input[i];
  }
  return out;
}

template <std::same_as<EquivalenceOptions> Options>
[[nodiscard]] double state_error(const ComparedProgram& a, const ComparedProgram& b, const Options& options, Rng& rng) {
  const auto input = input_state(a.start.size(), options.from_zero, rng);
  const auto run_of = [&input](const ComparedProgram& one) {
    BranchRunner runner(*one.program, one.used);
    runner.run(embedded(input, places_in(one.used, one.start), one.used.size()));
    return runner.branches(places_in(one.used, one.end));
  };
  return distance(run_of(a), run_of(b), rng);
}

/// A program with random numbers for its parameters, the same for the same state of the engine.
[[nodiscard]] inline Program bound_at_random(const Program& program, int features, int weights, Rng rng) {
  std::vector<double> x(static_cast<std::size_t>(features)), w(static_cast<std::size_t>(weights));
  for (auto* values : {&x, &w}) {
    for (double& value : *values) value = rng.uniform(-3.0, 3.0);
  }
  return bind_parameters(program, x, w);
}

template <std::same_as<EquivalenceOptions> Options>
[[nodiscard]] Equivalence compare_bound(const Program& a, const Program& b, const Options& options, Rng& rng);

}  // namespace detail

/// Compares two programs with the same classical registers: each final state for each outcome of their measurements, up
/// to a phase, from the same states, where qubit q of the first is initial_layout[q] of the second at the start and
/// final_layout[q] at the end, and other qubits of the second are zero and stay it. Two random states tell all programs
/// apart but for chance and the tolerance; so do random numbers for features and weights. Programs that use more qubits
/// than max_qubits are compared from |0...0> only, by the distributions of each measured qubit and of neighbouring
/// pairs whose light cones are small enough; what they measure must not decide what they do. Throws CircuitError for
/// layouts or registers that do not fit, ValueError for programs that cannot be compared. Cost: 2^N an instruction, for
/// each outcome of measurements that are not at the end.
template <std::same_as<Program> P>  // a template, as all below: a simulator takes long to compile
[[nodiscard]] Equivalence equivalence(const P& a, const P& b, const EquivalenceOptions& options = {}) {
  if (options.inputs < 1) {
    throw ValueError(detail::text("qmtl: equivalence: inputs, expected 1 at least, got ", options.inputs));
  }
  detail::check_registers(a, b);
  const int features = std::max(feature_count(a), feature_count(b));
  const int weights = std::max(weight_count(a), weight_count(b));
  Rng rng(options.seed);
  Equivalence worst{.equivalent = true};
  for (int input = 0; input < options.inputs; ++input) {
    const Rng numbers = rng.split();
    const auto one = detail::compare_bound(detail::bound_at_random(a, features, weights, numbers),
                                           detail::bound_at_random(b, features, weights, numbers), options, rng);
    worst = {worst.equivalent && one.equivalent, std::max(worst.error, one.error), one.by_windows, one.windows,
             one.too_wide};
    if (!worst.equivalent || (options.from_zero && features + weights == 0)) break;
  }
  return worst;
}

namespace detail {

/// The measured qubits of a program, by their bits; of one that measures nothing, those that are compared.
[[nodiscard]] inline std::vector<int> window_qubits(const ComparedProgram& one) {
  std::vector<std::pair<int, int>> bits;
  for (const auto& step : one.program->instructions()) {
    if (const auto* m = std::get_if<Measurement>(&step.action)) bits.emplace_back(m->bit, m->qubit);
  }
  if (bits.empty()) return one.end;
  std::ranges::sort(bits);
  std::vector<int> out;
  out.reserve(bits.size());
  for (const auto& [bit, qubit] : bits) out.push_back(qubit);
  return out;
}

template <std::same_as<EquivalenceOptions> Options>
[[nodiscard]] Equivalence compare_windows(const ComparedProgram& a, const ComparedProgram& b, const Options& options) {
  Equivalence out{.by_windows = true};
  const auto first = window_qubits(a), second = window_qubits(b);
  if (first.size() != second.size()) return {.error = 1.0, .by_windows = true};
  const auto compare_window = [&](const std::vector<int>& in_a, const std::vector<int>& in_b) {
    const auto p = window_distribution(*a.program, in_a, options.max_qubits);
    const auto q = window_distribution(*b.program, in_b, options.max_qubits);
    if (p.empty() || q.empty()) {
      ++out.too_wide;
      return;
    }
    ++out.windows;
    for (std::size_t i = 0; i < p.size(); ++i) out.error = std::max(out.error, std::abs(p[i] - q[i]));
  };
  for (std::size_t i = 0; i < first.size(); ++i) {
    compare_window({first[i]}, {second[i]});
    if (i + 1 < first.size() && first[i] != first[i + 1]) {
      compare_window({first[i], first[i + 1]}, {second[i], second[i + 1]});
    }
  }
  out.equivalent = out.error <= options.tolerance && out.windows > 0;
  return out;
}

template <std::same_as<EquivalenceOptions> Options>
Equivalence compare_bound(const Program& a, const Program& b, const Options& options, Rng& rng) {
  const auto [first, second] = compared(a, b, options);
  const auto width = std::max(first.used.size(), second.used.size());
  if (width > static_cast<std::size_t>(options.max_qubits)) return compare_windows(first, second, options);
  if (first.used.empty() && second.used.empty()) return {.equivalent = true};
  const double error = state_error(first, second, options, rng);
  return {.equivalent = error <= options.tolerance, .error = error};
}

}  // namespace detail
}  // namespace qmtl::inline QMTL_ABI
