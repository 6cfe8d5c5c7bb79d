#pragma once
// SPDX-License-Identifier: Apache-2.0
// The runs of an executor's jobs as programs on the head's qubits, with numbers in place of parameters.

#include <algorithm>
#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "qmtl/circuit/program_copy.hpp"
#include "qmtl/core/byte_stream.hpp"
#include "qmtl/executor/executor.hpp"
#include "qmtl/hardware/passes/instructions.hpp"

namespace qmtl::inline QMTL_ABI::detail {

/// The qubits that are measured into a register's bits.
[[nodiscard]] inline std::vector<int> measured_into(const Program& program, std::size_t classical_register) {
  const auto& [name, first, bits] = program.registers()[classical_register];
  std::vector<int> qubits(static_cast<std::size_t>(bits), -1);
  for (const auto& step : program.instructions()) {
    const auto* m = std::get_if<Measurement>(&step.action);
    if (m != nullptr && m->bit >= first && m->bit < first + bits) {
      qubits[static_cast<std::size_t>(m->bit - first)] = m->qubit;
    }
  }
  return qubits;
}

/// Appends what makes an operation of a circuit what it is; qubits as a map has them, angles as they are written.
class OperationKey {
 public:
  explicit OperationKey(const Program& program, std::span<const int> map) : program_(&program), map_(map) {}

  void put(const Instruction& step) {
    put_qubits(instruction_qubits(step));
    if (const auto* by_matrix = std::get_if<MatrixOperation>(&step.action)) {
      const auto& matrix = program_->matrices()[static_cast<std::size_t>(by_matrix->matrix)];
      out_.put_value(by_matrix->adjoint);
      out_.put(std::span(matrix.data(), static_cast<std::size_t>(matrix.size())));
    } else if (const auto* op = gate_of(step)) {
      out_.put_value(op->gate);
      for (const Angle& angle : op->used_angles()) {
        out_.put_value(angle.source);
        out_.put_value(angle.index);
        out_.put_value(angle.scale);
        out_.put_value(angle.offset);
      }
    }
  }
  void put_qubits(std::span<const int> qubits) {
    out_.put_value(qubits.size());
    for (const int q : qubits) out_.put_value(map_[static_cast<std::size_t>(q)]);
  }
  void put_value(double value) { out_.put_value(value); }

  [[nodiscard]] std::string text() const { return std::string(as_text(out_.bytes())); }
  [[nodiscard]] std::uint64_t hash() const noexcept { return fnv1a(out_.bytes()); }

 private:
  const Program* program_;
  std::span<const int> map_;
  ByteWriter out_;
};

/// Calls change(angle) for each angle of an instruction.
template <class Change>
void for_each_angle(Instruction& step, const Change& change) {
  const auto of_operation = [&change](Operation& op) {
    for (std::size_t a = 0; a < op.used_angles().size(); ++a) change(op.angles[a]);
  };
  if (auto* op = std::get_if<Operation>(&step.action)) of_operation(*op);
  if (auto* op = std::get_if<ControlledOperation>(&step.action)) of_operation(op->operation);
}

/// The instruction with its angles as numbers. The caller checks that there are enough features.
[[nodiscard]] inline Instruction bound(Instruction step, std::span<const double> features) {
  for_each_angle(step, [features](Angle& angle) { angle = evaluate<double>(angle, features.data(), nullptr); });
  return step;
}

/// A job with its circuit as a program, and what can be said of all its runs.
class JobProgram {
 public:
  /// The job must outlive this. Throws ShapeError for a job with too few parameters or wrong numbers of qubits or
  /// outcomes, CircuitError for a weight among its angles or qubits that are not distinct.
  explicit JobProgram(const CircuitJob& job) : job_(&job), program_(job.circuit) {
    require_size("HardwareJob: qubits of a job", job.qubits.size(), job.circuit.qubits);
    require_distinct_qubits("HardwareJob: measured qubits of a job", job.measured, job.circuit.qubits);
    if (job.measured.size() > max_measured || job.outcomes() != Eigen::Index{1} << job.measured.size()) {
      throw ShapeError(text("qmtl: HardwareJob: outcomes of a job, expected 2^k of its k measured qubits, at most ",
                            max_measured, ", got ", job.outcomes(), " of ", job.measured.size()));
    }
    if (weight_count(program_) > 0) throw CircuitError("qmtl: HardwareJob: a job's angles must not be of weights");
    if (feature_count(program_) > job.parameters.rows()) {
      throw ShapeError(text("qmtl: HardwareJob: parameters of a job, expected ", feature_count(program_), ", got ",
                            job.parameters.rows()));
    }
    shared_ = std::min(job.shared, program_.instructions().size());
    mark(whole_, program_.instructions());
    mark(own_, program_.instructions().subspan(shared_));
  }

  [[nodiscard]] const CircuitJob& job() const noexcept { return *job_; }
  /// Which of the head's qubits are used at all, and behind the shared operations.
  [[nodiscard]] const std::vector<bool>& whole() const noexcept { return whole_; }
  [[nodiscard]] const std::vector<bool>& own() const noexcept { return own_; }

  /// The same for jobs of the same circuit, qubits and measured qubits.
  [[nodiscard]] std::uint64_t hash() const { return whole_key().hash(); }

  /// The same for jobs that differ in the values of their parameters only.
  [[nodiscard]] std::string key() const {
    OperationKey key = whole_key();
    key.put_value(static_cast<double>(shared_));
    key.put_value(static_cast<double>(job_->parameters.rows()));
    return key.text();
  }

  /// The same for runs that begin with the same operations on the same qubits, with the same angles.
  [[nodiscard]] std::string shared_key(Eigen::Index run) const {
    OperationKey key(program_, job_->qubits);
    for (const auto& step : program_.instructions().first(shared_)) key.put(bound(step, features(run)));
    return key.text();
  }

  /// Appends the shared operations, or all others, to a program on the head's qubits: feature j of the job is feature
  /// first_feature + j there.
  void append_shared(Program& out, int first_feature) const { append(out, first_feature, 0, shared_); }
  void append_own(Program& out, int first_feature) const {
    append(out, first_feature, shared_, program_.instructions().size() - shared_);
  }

 private:
  static constexpr std::size_t max_measured = 30;

  [[nodiscard]] OperationKey whole_key() const {
    OperationKey key(program_, job_->qubits);
    for (const auto& step : program_.instructions()) key.put(step);
    key.put_qubits(job_->measured);
    return key;
  }

  [[nodiscard]] std::span<const double> features(Eigen::Index run) const {
    return {job_->parameters.col(run).data(), static_cast<std::size_t>(job_->parameters.rows())};
  }

  /// The qubits of instructions, and those that are measured.
  void mark(std::vector<bool>& used, std::span<const Instruction> steps) const {
    used.assign(static_cast<std::size_t>(*std::ranges::max_element(job_->qubits)) + 1, false);
    const auto add = [&](int q) { used[static_cast<std::size_t>(job_->qubits[static_cast<std::size_t>(q)])] = true; };
    for (const auto& step : steps) std::ranges::for_each(instruction_qubits(step), add);
    std::ranges::for_each(job_->measured, add);
  }

  void append(Program& out, int first_feature, std::size_t first, std::size_t count) const {
    ProgramCopy part(program_);
    for (Instruction step : program_.instructions().subspan(first, count)) {
      for_each_angle(step, [first_feature](Angle& angle) {
        for_each_feature(angle, [first_feature](int& index) { index += first_feature; });
      });
      part.copy(std::move(step));
    }
    out.append(part.program, job_->qubits);
  }

  const CircuitJob* job_;
  Program program_;
  std::size_t shared_ = 0;
  std::vector<bool> whole_, own_;
};

/// Whether no qubit is in both sets.
[[nodiscard]] inline bool disjoint(const std::vector<bool>& a, const std::vector<bool>& b) noexcept {
  for (std::size_t q = 0; q < std::min(a.size(), b.size()); ++q) {
    if (a[q] && b[q]) return false;
  }
  return true;
}

}  // namespace qmtl::inline QMTL_ABI::detail
