#pragma once
// SPDX-License-Identifier: Apache-2.0
// delay_measurements: what is measured and not used again is measured at the end, where devices ask for it.

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <optional>
#include <utility>
#include <variant>
#include <vector>

#include "qmtl/circuit/program_copy.hpp"
#include "qmtl/hardware/passes/instructions.hpp"

namespace qmtl::inline QMTL_ABI {

namespace detail {

/// Goes through a program from its end and tells which measurements could be there as well.
class MeasurementDelay {
 public:
  explicit MeasurementDelay(const Program& program)
      : program_(&program),
        end_(static_cast<std::size_t>(program.qubits())),
        written_(static_cast<std::size_t>(program.bits()), false),
        read_(program.registers().size(), false) {
    std::iota(end_.begin(), end_.end(), 0);
  }

  /// The same measurement at the end, or nothing for an instruction that stays. To be asked of each, last first.
  [[nodiscard]] std::optional<Measurement> at_end(const Instruction& step) {
    if (std::holds_alternative<Barrier>(step.action)) return std::nullopt;
    const Operation* op = plain_gate(step);
    if (op != nullptr && op->gate == Gate::SWAP) {
      std::swap(end(op->qubits[0]), end(op->qubits[1]));
      return std::nullopt;
    }
    std::optional<Measurement> out;
    if (const auto* m = std::get_if<Measurement>(&step.action)) {
      const auto bit = static_cast<std::size_t>(m->bit);
      const bool free = !step.condition && !written_[bit] && !read_[program_->register_of(m->bit)];
      if (free && end(m->qubit) != used) out = Measurement{end(m->qubit), m->bit, m->error};
      written_[bit] = true;
    }
    for (const int q : instruction_qubits(step)) end(q) = used;
    if (step.condition) read_[static_cast<std::size_t>(step.condition->classical_register)] = true;
    return out;
  }

 private:
  static constexpr int used = -1;

  [[nodiscard]] int& end(int qubit) { return end_[static_cast<std::size_t>(qubit)]; }

  const Program* program_;
  std::vector<int> end_;       ///< where what is on a qubit ends, by swaps alone, unless it is used
  std::vector<bool> written_;  ///< of each bit, whether a measurement that comes later writes it
  std::vector<bool> read_;     ///< of each register, whether a condition that comes later reads it
};

}  // namespace detail

/// The program with each measurement behind all else whose qubit nothing is done to afterwards but barriers and swaps,
/// whose bit is not written again and whose register no condition reads later. Swaps are followed: what was measured
/// and then taken elsewhere is measured where it ends, as after routing, which brings qubits across others that have
/// been measured already. Delayed measurements keep their order, their bits and their readout errors; all others stay
/// where they are. The same for each outcome. Cost: linear. Known as DelayMeasures in TKET (Sivarajah et al. 2020).
[[nodiscard]] inline Program delay_measurements(const Program& program) {
  const auto steps = program.instructions();
  detail::MeasurementDelay delay(program);
  std::vector<bool> delayed(steps.size(), false);
  std::vector<Measurement> last;
  for (std::size_t i = steps.size(); i-- > 0;) {
    if (const auto measurement = delay.at_end(steps[i])) {
      delayed[i] = true;
      last.push_back(*measurement);
    }
  }
  ProgramCopy out(program);
  for (std::size_t i = 0; i < steps.size(); ++i) {
    if (!delayed[i]) out.copy(steps[i]);
  }
  std::ranges::reverse(last);
  for (const auto& m : last) out.program.measure(m.qubit, m.bit, m.error);
  return std::move(out.program);
}

}  // namespace qmtl::inline QMTL_ABI
