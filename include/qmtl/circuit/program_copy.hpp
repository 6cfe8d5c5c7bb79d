#pragma once
// SPDX-License-Identifier: Apache-2.0
// ProgramCopy: a program made of another's instructions, one by one, with others among them.

#include <map>
#include <utility>
#include <variant>

#include "qmtl/circuit/program.hpp"

namespace qmtl::inline QMTL_ABI {

/// A new program with the qubits, registers and names of another, which must outlive this. Instructions of the other
/// one are copied with the matrices that they refer to; instructions of the new one's own are appended to `program`.
class ProgramCopy {
 public:
  explicit ProgramCopy(const Program& source) : ProgramCopy(source, source.qubits()) {}
  /// The same on another number of qubits, on which what is copied must be.
  ProgramCopy(const Program& source, int qubits) : program(qubits), source_(&source) {
    for (const auto& r : source.registers()) program.add_register(r.name, r.bits);
    for (const auto& [i, name] : source.names().features) program.name_feature(i, name);
    for (const auto& [j, name] : source.names().weights) program.name_weight(j, name);
  }

  /// Appends an instruction of the other program.
  void copy(Instruction instruction) {
    if (auto* by_matrix = std::get_if<MatrixOperation>(&instruction.action)) {
      by_matrix->matrix = number(by_matrix->matrix, 1);
    } else if (auto* channel = std::get_if<Channel>(&instruction.action)) {
      channel->first = number(channel->first, channel->count);
    }
    program.append(std::move(instruction));
  }

  Program program;

 private:
  /// The number here of matrices of the other program.
  [[nodiscard]] int number(int first, int count) {
    const auto [known, is_new] = numbers_.try_emplace(first, 0);
    if (is_new) {
      known->second = program.add_matrices(
          source_->matrices().subspan(static_cast<std::size_t>(first), static_cast<std::size_t>(count)));
    }
    return known->second;
  }

  const Program* source_;
  std::map<int, int> numbers_;  ///< by the number of the first there
};

}  // namespace qmtl::inline QMTL_ABI
