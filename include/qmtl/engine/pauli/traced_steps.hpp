#pragma once
// SPDX-License-Identifier: Apache-2.0
// The steps that a PauliTracer finds, from the last one to the first, and the program whose tables they are joined to.

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "qmtl/core/error.hpp"
#include "qmtl/engine/pauli/pauli_program.hpp"

namespace qmtl::inline QMTL_ABI::detail {

/// A step of a PauliProgram with a table of its own, that of its kind.
struct TracedStep {
  struct Row {
    std::uint32_t to;
    std::vector<PauliProgram::Factor> terms;
  };

  PauliProgram::Kind kind;
  int angle = -1;
  std::vector<PauliProgram::Pair> pairs{};
  std::vector<PauliProgram::Sum> sums{};
  std::vector<PauliProgram::Factor> factors{};
  std::vector<std::vector<Row>> groups{};
};

/// Steps that are found backwards, within a limit of memory.
class TracedSteps {
 public:
  /// The most memory of what is traced, in lanes and in tables.
  static constexpr std::size_t max_bytes = std::size_t{4} << 30;

  /// Counts memory. Throws MemoryError beyond max_bytes.
  void take(std::size_t bytes) {
    bytes_ += bytes;
    if (bytes_ > max_bytes) {
      throw MemoryError(text("qmtl: Pauli coordinates: what is read depends on more of them than fit in ",
                             max_bytes >> 30, " GiB, expected a narrower light cone or less noise of damping"));
    }
  }

  /// Keeps the step before all others, and counts its tables, of which there is a second one while they are joined.
  /// Throws as take.
  void keep(TracedStep step) {
    std::size_t entries = step.pairs.size() + step.sums.size() + step.factors.size();
    for (const auto& group : step.groups) {
      for (const auto& row : group) entries += 3 + row.terms.size();
    }
    take(2 * entries * sizeof(PauliProgram::Sum));
    steps_.push_back(std::move(step));
  }

  /// Adds all steps to a program, in the order in which they are run.
  void join(PauliProgram& out) && {
    while (!steps_.empty()) {
      append(steps_.back(), out);
      steps_.pop_back();
    }
  }

 private:
  static void append(TracedStep& step, PauliProgram& out) {
    using Kind = PauliProgram::Kind;
    const auto range = [&](auto& table, auto& own) {
      const std::size_t first = table.size();
      table.insert(table.end(), own.begin(), own.end());
      own = {};
      out.steps.push_back({step.kind, step.angle, first, table.size()});
    };
    switch (step.kind) {
      case Kind::rotate: return range(out.pairs, step.pairs);
      case Kind::add: return range(out.sums, step.sums);
      case Kind::scale: return range(out.factors, step.factors);
      case Kind::mix: {
        std::vector<std::size_t> ends;
        for (auto& group : step.groups) {
          for (auto& row : group) {
            out.terms.insert(out.terms.end(), row.terms.begin(), row.terms.end());
            out.rows.push_back({row.to, out.terms.size()});
          }
          ends.push_back(out.rows.size());
        }
        return range(out.group_ends, ends);
      }
      case Kind::save: return;
    }
  }

  std::vector<TracedStep> steps_;  // the last one first
  std::size_t bytes_ = 0;
};

}  // namespace qmtl::inline QMTL_ABI::detail
