#pragma once
// SPDX-License-Identifier: Apache-2.0
// Programs whose angles are numbers: what devices run, and what numeric synthesis needs.

#include <algorithm>
#include <cmath>
#include <span>
#include <string_view>
#include <utility>
#include <variant>

#include "qmtl/circuit/program_copy.hpp"

namespace qmtl::inline QMTL_ABI {

/// Whether all angles of an operation are constants.
[[nodiscard]] constexpr bool is_bound(const Operation& op) {
  const auto angles = op.used_angles();
  return std::all_of(angles.begin(), angles.end(), [](const Angle& a) { return a.source == AngleSource::constant; });
}

/// Whether no angle of a program depends on features or weights.
[[nodiscard]] inline bool is_bound(const Program& program) {
  return std::ranges::all_of(program.instructions(), [](const Instruction& step) {
    const Operation* op = gate_of(step);
    return op == nullptr || is_bound(*op);
  });
}

/// The operation with its angles in radians for features and weights, which must be as many as it uses.
[[nodiscard]] inline Operation bind_parameters(Operation op, std::span<const double> features,
                                               std::span<const double> weights) {
  for (int a = 0; a < info(op.gate).angles; ++a) {
    auto& angle = op.angles[static_cast<std::size_t>(a)];
    const double value = evaluate(angle, features.data(), weights.data());
    if (!std::isfinite(value)) {
      throw ValueError(detail::text("qmtl: bind_parameters: an angle of ", info(op.gate).name,
                                    ", expected a finite number, got ", value));
    }
    angle = value;
  }
  return op;
}

/// The program with every angle replaced by its value for features and weights. Throws ShapeError for fewer of them
/// than it uses, ValueError for an angle that is not finite.
[[nodiscard]] inline Program bind_parameters(const Program& program, std::span<const double> features,
                                             std::span<const double> weights) {
  const auto require = [](std::string_view what, std::size_t given, int used) {
    if (given >= static_cast<std::size_t>(used)) return;
    throw ShapeError(detail::text("qmtl: bind_parameters: the program uses ", used, ' ', what, ", got ", given));
  };
  require("features", features.size(), feature_count(program));
  require("weights", weights.size(), weight_count(program));
  ProgramCopy out(program);
  for (Instruction step : program.instructions()) {
    if (auto* op = std::get_if<Operation>(&step.action)) *op = bind_parameters(*op, features, weights);
    if (auto* op = std::get_if<ControlledOperation>(&step.action)) {
      op->operation = bind_parameters(op->operation, features, weights);
    }
    out.copy(std::move(step));
  }
  return std::move(out.program);
}

}  // namespace qmtl::inline QMTL_ABI
