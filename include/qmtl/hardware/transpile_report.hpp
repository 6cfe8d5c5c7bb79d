#pragma once
// SPDX-License-Identifier: Apache-2.0
// What a program costs on a device: gates, depth, and how likely it is that nothing goes wrong.

#include <algorithm>
#include <cstddef>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "qmtl/hardware/basis.hpp"
#include "qmtl/hardware/passes/instructions.hpp"
#include "qmtl/noise/device_calibration.hpp"
#include "qmtl/noise/relaxation.hpp"

namespace qmtl::inline QMTL_ABI {

/// Counts of a program. Gates are all operations, controlled operations and matrices; depths are longest chains of them
/// through shared qubits, measurements, resets and channels in between, which a barrier lengthens by nothing.
struct ProgramCounts {
  int gates = 0;
  int multi_qubit_gates = 0;  ///< on two and more qubits
  int depth = 0;
  int two_qubit_depth = 0;  ///< of those on two and more qubits

  friend bool operator==(const ProgramCounts&, const ProgramCounts&) = default;
};

[[nodiscard]] inline ProgramCounts count_program(const Program& program) {
  ProgramCounts out;
  std::vector<int> depth(static_cast<std::size_t>(program.qubits()), 0), pairs = depth;
  for (const auto& step : program.instructions()) {
    const auto qubits = instruction_qubits(step);
    const bool is_gate = std::holds_alternative<Operation>(step.action) ||
                         std::holds_alternative<ControlledOperation>(step.action) ||
                         std::holds_alternative<MatrixOperation>(step.action);
    const bool multi = is_gate && qubits.size() > 1;
    out.gates += is_gate ? 1 : 0;
    out.multi_qubit_gates += multi ? 1 : 0;
    const auto raise = [&qubits](std::vector<int>& levels, int by) {
      int deepest = 0;
      for (const int q : qubits) deepest = std::max(deepest, levels[static_cast<std::size_t>(q)]);
      for (const int q : qubits) levels[static_cast<std::size_t>(q)] = deepest + by;
      return deepest + by;
    };
    out.depth = std::max(out.depth, raise(depth, is_gate ? 1 : 0));
    out.two_qubit_depth = std::max(out.two_qubit_depth, raise(pairs, multi ? 1 : 0));
  }
  return out;
}

/// How good a program's run on a device is expected to be, by what is published of it.
struct SuccessEstimate {
  /// The product of 1 - error over gates and readouts, and of the average fidelity of every qubit's relaxation while it
  /// waits between others. Errors are taken as independent, and each as the end: a rough figure, good to compare
  /// programs with. Nothing where there are unknown ones.
  std::optional<double> probability = 1.0;
  double duration = 0.0;  ///< ns, every instruction starting as soon as it can
  int unknown = 0;        ///< gates without a calibration (an error of 1 or more says so too) or a published error
};

namespace detail {

/// Adds up errors and times along a program.
class SuccessEstimator {
 public:
  explicit SuccessEstimator(const DeviceCalibration& device)
      : device_(&device), free_at_(device.qubits.size(), 0.0), started_(device.qubits.size(), false) {
    for (const auto& gate : device.gates) {
      const auto known = gate.gate ? gate.gate : basis_gate(gate.name);
      if (known) published_.try_emplace({*known, gate.qubits}, &gate);
    }
  }

  [[nodiscard]] SuccessEstimate run(const Program& program) && {
    for (const auto& step : program.instructions()) take(step);
    for (const double time : free_at_) out_.duration = std::max(out_.duration, time);
    out_.probability = out_.unknown == 0 ? std::optional(probability_) : std::nullopt;
    return out_;
  }

 private:
  void take(const Instruction& step) {
    const auto qubits = instruction_qubits(step);
    double length = 0.0;
    if (const auto* op = std::get_if<Operation>(&step.action)) {
      const GateCalibration* gate = find(*op, qubits);
      const bool known = gate != nullptr && gate->error && gate->calibrated();
      const bool free = op->gate == Gate::RZ || op->gate == Gate::P;  // changes of the frame
      if (known) probability_ *= 1.0 - *gate->error;
      if (gate != nullptr) length = gate->length.value_or(0.0);
      out_.unknown += known || free ? 0 : 1;
    } else if (std::holds_alternative<Measurement>(step.action)) {
      const auto& qubit = device_->qubits[static_cast<std::size_t>(qubits[0])];
      probability_ *= 1.0 - (qubit.p_1_given_0.value_or(0.0) + qubit.p_0_given_1.value_or(0.0)) / 2;
      length = qubit.readout_length.value_or(0.0);
    } else if (std::holds_alternative<ControlledOperation>(step.action) ||
               std::holds_alternative<MatrixOperation>(step.action)) {
      ++out_.unknown;
    }
    pass_time(qubits, length);
  }

  /// A gate in its own order of qubits, or the other way round.
  [[nodiscard]] const GateCalibration* find(const Operation& op, std::vector<int> qubits) const {
    for (int turn = 0; turn < 2; ++turn) {
      const auto found = published_.find({op.gate, qubits});
      if (found != published_.end()) return found->second;
      std::ranges::reverse(qubits);
    }
    return nullptr;
  }

  void pass_time(std::span<const int> qubits, double length) {
    double start = 0.0;
    for (const int q : qubits) start = std::max(start, free_at_[static_cast<std::size_t>(q)]);
    for (const int q : qubits) {
      const auto i = static_cast<std::size_t>(q);
      const double idle = start - free_at_[i];
      if (started_[i] && idle > 0.0) {
        const Relaxation relaxation = device_->qubits[i].relaxation();
        probability_ *= relaxation_fidelity(std::span(&relaxation, 1), idle);
      }
      started_[i] = true;
      free_at_[i] = start + length;
    }
  }

  const DeviceCalibration* device_;
  std::map<std::pair<Gate, std::vector<int>>, const GateCalibration*> published_;
  std::vector<double> free_at_;  ///< of each qubit, when it can begin something
  std::vector<bool> started_;    ///< whether anything has been done on it: a qubit in |0> waits without loss
  double probability_ = 1.0;
  SuccessEstimate out_;
};

}  // namespace detail

/// What to expect of a program in a device's gates and on its qubits. Throws ShapeError for more qubits than it has.
[[nodiscard]] inline SuccessEstimate estimate_success(const Program& program, const DeviceCalibration& device) {
  if (static_cast<std::size_t>(program.qubits()) > device.qubits.size()) {
    throw ShapeError(detail::text("qmtl: estimate_success: qubits, expected at most ", device.qubits.size(), ", got ",
                                  program.qubits()));
  }
  return detail::SuccessEstimator(device).run(program);
}

/// What transpilation made of a program.
struct TranspileReport {
  ProgramCounts before, after;
  int swaps = 0;                             ///< that routing added
  std::optional<SuccessEstimate> success{};  ///< where the target has a calibration
};

/// "gates 21 -> 64, on two qubits 9 -> 12, depth 12 -> 31, two-qubit depth 7 -> 10, 2 swaps, success 0.87".
[[nodiscard]] inline std::string to_string(const TranspileReport& report) {
  const auto& [before, after, swaps, success] = report;
  std::string out =
      detail::text("gates ", before.gates, " -> ", after.gates, ", on two qubits ", before.multi_qubit_gates, " -> ",
                   after.multi_qubit_gates, ", depth ", before.depth, " -> ", after.depth, ", two-qubit depth ",
                   before.two_qubit_depth, " -> ", after.two_qubit_depth, ", ", swaps, swaps == 1 ? " swap" : " swaps");
  if (success && success->probability) {
    out += detail::text(", success ", detail::number_text(*success->probability, std::chars_format::general, 3));
  } else if (success) {
    out += detail::text(", success unknown (", success->unknown, " gates without a calibration)");
  }
  return out;
}

}  // namespace qmtl::inline QMTL_ABI
