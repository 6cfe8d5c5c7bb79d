#pragma once
// SPDX-License-Identifier: Apache-2.0
// What a program makes of a state, for every outcome of its measurements, and of |0...0> on a few of its qubits.

#include <algorithm>
#include <cmath>
#include <complex>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <utility>
#include <variant>
#include <vector>

#include "qmtl/circuit/program_copy.hpp"
#include "qmtl/hardware/passes/instructions.hpp"
#include "qmtl/state/run_program.hpp"

namespace qmtl::inline QMTL_ABI {

namespace detail {

using AmplitudeVector = std::vector<std::complex<double>>;

/// The amplitudes of a state that are not zero, by ascending basis states.
using SparseState = std::vector<std::pair<Index, std::complex<double>>>;

/// Unnormalised states by the values of the classical bits that they come with, and one value more for what is not on
/// the qubits that are looked at.
using ProgramBranches = std::map<RegisterValues, std::vector<SparseState>>;

/// Which measurements nothing depends on that comes later, so that they can be made at the end: of each instruction.
[[nodiscard]] inline std::vector<bool> last_measurements(const Program& program) {
  const auto steps = program.instructions();
  std::vector<bool> out(steps.size(), false), used(static_cast<std::size_t>(program.qubits()), false),
      written(static_cast<std::size_t>(program.bits()), false), read(program.registers().size(), false);
  for (std::size_t i = steps.size(); i-- > 0;) {
    if (std::holds_alternative<Barrier>(steps[i].action)) continue;
    if (const auto* m = std::get_if<Measurement>(&steps[i].action)) {
      const auto bit = static_cast<std::size_t>(m->bit);
      out[i] = !steps[i].condition && m->error == ReadoutError{} && !used[static_cast<std::size_t>(m->qubit)] &&
               !written[bit] && !read[program.register_of(m->bit)];
      if (out[i]) continue;
      written[bit] = true;
    }
    for (const int q : instruction_qubits(steps[i])) used[static_cast<std::size_t>(q)] = true;
    if (steps[i].condition) read[static_cast<std::size_t>(steps[i].condition->classical_register)] = true;
  }
  return out;
}

inline void set_bit(const Program& program, RegisterValues& values, int bit, bool one) {
  const std::size_t r = program.register_of(bit);
  const auto mask = std::uint64_t{1} << (bit - program.registers()[r].first);
  values[r] = one ? values[r] | mask : values[r] & ~mask;
}

/// Runs a program on a state of the qubits that it uses, all outcomes side by side.
template <std::same_as<Program> P>  // this and all that uses it: a simulator takes long to compile
class BranchRunner {
 public:
  static constexpr std::size_t most_branches = 4096;

  BranchRunner(const P& program, std::span<const int> used)
      : program_(&program), places_(static_cast<std::size_t>(program.qubits()), 0) {
    for (std::size_t i = 0; i < used.size(); ++i) places_[static_cast<std::size_t>(used[i])] = static_cast<int>(i);
  }

  void run(AmplitudeVector psi) {
    paths_.assign(1, {RegisterValues(program_->registers().size(), 0), std::move(psi)});
    const auto last = last_measurements(*program_);
    for (std::size_t i = 0; i < last.size(); ++i) {
      const auto& step = program_->instructions()[i];
      if (!last[i]) {
        take(step);
      } else if (const auto* m = std::get_if<Measurement>(&step.action)) {
        read_.emplace_back(place(m->qubit), m->bit);
      }
    }
  }

  /// The states of the qubits at these places, by the values at the end.
  [[nodiscard]] ProgramBranches branches(std::span<const int> ends) const {
    ProgramBranches out;
    for (const auto& path : paths_) add(path, ends, out);
    return out;
  }

 private:
  struct Path {
    RegisterValues values;
    AmplitudeVector psi;
  };

  [[nodiscard]] int place(int qubit) const { return places_[static_cast<std::size_t>(qubit)]; }

  void take(const Instruction& step) {
    std::vector<Path> next;
    for (auto& path : paths_) {
      const auto& condition = step.condition;
      const bool holds =
          !condition || condition->holds(path.values[static_cast<std::size_t>(condition->classical_register)]);
      if (holds) {
        std::visit([&](const auto& action) { act(action, std::move(path), next); }, step.action);
      } else {
        next.push_back(std::move(path));
      }
    }
    if (next.size() > most_branches) {
      throw ValueError(text("qmtl: equivalence: outcomes of measurements, expected at most ", most_branches));
    }
    paths_ = std::move(next);
  }

  void act(const Operation& op, Path path, std::vector<Path>& next) const {
    apply_operation<double>(relabel(op, places_), nullptr, nullptr, path.psi.data(), path.psi.size());
    next.push_back(std::move(path));
  }
  void act(const ControlledOperation& op, Path path, std::vector<Path>& next) const {
    apply_operation<double>(relabel(op, places_), nullptr, nullptr, path.psi.data(), path.psi.size());
    next.push_back(std::move(path));
  }
  void act(const MatrixOperation& op, Path path, std::vector<Path>& next) const {
    const auto& m = program_->matrices()[static_cast<std::size_t>(op.matrix)];
    multiply(op.adjoint ? OperationMatrix(m.adjoint()) : m, op.qubits, path.psi);
    next.push_back(std::move(path));
  }
  void act(const Channel& channel, const Path& path, std::vector<Path>& next) const {
    for (int k = 0; k < channel.count; ++k) {
      Path one = path;
      const auto number = static_cast<std::size_t>(channel.first) + static_cast<std::size_t>(k);
      multiply(program_->matrices()[number], channel.qubits, one.psi);
      keep(std::move(one), next);
    }
  }
  void act(const Barrier&, Path path, std::vector<Path>& next) const { next.push_back(std::move(path)); }
  void act(const Reset& reset, const Path& path, std::vector<Path>& next) const {
    for (const bool one : {false, true}) {
      Path found = project(path, reset.qubit, one, 1.0);
      if (one) {
        apply_operation<double>(gate::x(place(reset.qubit)), nullptr, nullptr, found.psi.data(), found.psi.size());
      }
      keep(std::move(found), next);
    }
  }
  void act(const Measurement& m, const Path& path, std::vector<Path>& next) const {
    for (const bool there : {false, true}) {
      const double misread = m.error.misread(there);
      for (const bool wrong : {false, true}) {
        Path found = project(path, m.qubit, there, std::sqrt(wrong ? misread : 1.0 - misread));
        set_bit(*program_, found.values, m.bit, there != wrong);
        keep(std::move(found), next);
      }
    }
  }

  /// Where a qubit has a value, times a factor.
  [[nodiscard]] Path project(const Path& path, int qubit, bool one, double factor) const {
    Path out = path;
    for (Index i = 0; i < out.psi.size(); ++i) {
      out.psi[i] *= (bit_of(i, place(qubit)) != 0) == one ? factor : 0.0;
    }
    return out;
  }

  void multiply(const OperationMatrix& matrix, std::vector<int> qubits, AmplitudeVector& psi) const {
    for (int& q : qubits) q = place(q);
    apply_matrix(DynamicStateView<double>(psi), matrix, qubits);
  }

  /// Unless it cannot happen.
  static void keep(Path path, std::vector<Path>& next) {
    double norm = 0.0;
    for (const auto& x : path.psi) norm += std::norm(x);
    if (norm > 1e-24) next.push_back(std::move(path));
  }

  /// Sorts the amplitudes of a state by what is read at the end.
  void add(const Path& path, std::span<const int> ends, ProgramBranches& out) const {
    Index looked_at = 0;
    for (const int p : ends) looked_at |= qubit_mask(p);
    std::map<RegisterValues, SparseState> sorted;
    for (Index i = 0; i < path.psi.size(); ++i) {
      if (path.psi[i] == 0.0) continue;
      const bool inside = (i & ~looked_at) == 0;
      Index local = 0;
      for (std::size_t j = 0; j < ends.size(); ++j) local |= static_cast<Index>(bit_of(i, ends[j])) << j;
      sorted[inside ? values_at(path, i) : RegisterValues(path.values.size() + 1, 0)].emplace_back(local, path.psi[i]);
    }
    for (auto& [values, state] : sorted) {
      std::ranges::sort(state, {}, &SparseState::value_type::first);
      out[values].push_back(std::move(state));
    }
  }

  [[nodiscard]] RegisterValues values_at(const Path& path, Index i) const {
    RegisterValues values = path.values;
    for (const auto& [p, bit] : read_) set_bit(*program_, values, bit, bit_of(i, p) != 0);
    return values;
  }

  const P* program_;
  std::vector<int> places_;  ///< of each qubit, its bit in states
  std::vector<Path> paths_;
  std::vector<std::pair<int, int>> read_;  ///< places that are read at the end, and into which bits
};

/// The instructions, first to last, that can change how likely outcomes of these qubits are.
[[nodiscard]] inline std::vector<const Instruction*> cone_of(const Program& program, std::vector<bool>& active) {
  std::vector<const Instruction*> out;
  std::vector<bool> turned(active.size(), false);  // what has been done on a qubit since is not all diagonal
  const auto steps = program.instructions();
  const auto last = last_measurements(program);
  for (std::size_t i = steps.size(); i-- > 0;) {
    const auto& step = steps[i];
    if (last[i] || std::holds_alternative<Barrier>(step.action)) continue;
    if (step.condition || std::holds_alternative<Measurement>(step.action) ||
        std::holds_alternative<Reset>(step.action) || std::holds_alternative<Channel>(step.action)) {
      throw ValueError("qmtl: equivalence: a program on so many qubits, expected measurements at its end only");
    }
    const auto qubits = instruction_qubits(step);
    const Operation* op = plain_gate(step);
    const bool diagonal = op != nullptr && is_diagonal(op->gate);
    const auto matters = [&](int q) {
      const auto j = static_cast<std::size_t>(q);
      return active[j] && (!diagonal || turned[j]);
    };
    if (std::ranges::none_of(qubits, matters)) continue;
    for (const int q : qubits) active[static_cast<std::size_t>(q)] = true;
    if (!diagonal) {
      for (const int q : qubits) turned[static_cast<std::size_t>(q)] = true;
    }
    out.push_back(&step);
  }
  std::ranges::reverse(out);
  return out;
}

/// How likely the outcomes of a few qubits of a program are from |0...0>, the first of them bit 0; nothing if their
/// light cone has more qubits than allowed. Throws ValueError unless the program measures at its end only.
template <std::same_as<Program> P>
[[nodiscard]] std::vector<double> window_distribution(const P& program, const std::vector<int>& window,
                                                      int max_qubits) {
  std::vector<bool> active(static_cast<std::size_t>(program.qubits()), false);
  for (const int q : window) active[static_cast<std::size_t>(q)] = true;
  const auto cone = cone_of(program, active);
  std::vector<int> used;
  for (std::size_t q = 0; q < active.size(); ++q) {
    if (active[q]) used.push_back(static_cast<int>(q));
  }
  if (used.size() > static_cast<std::size_t>(max_qubits)) return {};
  ProgramCopy part(program);
  for (const Instruction* step : cone) part.copy(*step);
  BranchRunner runner(part.program, used);
  AmplitudeVector zero(std::size_t{1} << used.size());
  zero[0] = 1.0;
  runner.run(std::move(zero));
  std::vector<int> places(used.size());
  for (std::size_t i = 0; i < places.size(); ++i) places[i] = static_cast<int>(i);
  const auto branches = runner.branches(places);
  std::vector<double> out(std::size_t{1} << window.size(), 0.0);
  for (const auto& [i, amplitude] : branches.begin()->second.front()) {
    Index outcome = 0;
    for (std::size_t j = 0; j < window.size(); ++j) {
      const auto place = std::ranges::lower_bound(used, window[j]) - used.begin();
      outcome |= static_cast<Index>(bit_of(i, static_cast<int>(place))) << j;
    }
    out[outcome] += std::norm(amplitude);
  }
  return out;
}

}  // namespace detail
}  // namespace qmtl::inline QMTL_ABI
