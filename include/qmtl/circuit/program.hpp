#pragma once
// SPDX-License-Identifier: Apache-2.0
// Program: what runs on a device or a noisy simulator, operations among measurements, resets, channels and conditions.

#include <algorithm>
#include <complex>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "qmtl/circuit/circuit.hpp"
#include "qmtl/circuit/drawing.hpp"
#include "qmtl/core/scalar.hpp"

namespace qmtl::inline QMTL_ABI {

/// A named group of classical bits, of which bit j of the register is bit first + j of the program.
struct ClassicalRegister {
  std::string name;
  int first = 0;
  int bits = 0;

  friend bool operator==(const ClassicalRegister&, const ClassicalRegister&) = default;
};

/// Holds while a register, read as a binary number whose bit 0 is the least significant, has a value.
struct Condition {
  int classical_register = 0;  ///< its position in Program::registers()
  std::uint64_t value = 0;

  friend bool operator==(const Condition&, const Condition&) = default;
};

/// An operation that is applied where all of any number of further control qubits are one: a multi-controlled X is
/// `{{0, 1, 2}, gate::x(3)}`.
struct ControlledOperation {
  std::vector<int> controls;
  Operation operation;

  friend bool operator==(const ControlledOperation&, const ControlledOperation&) = default;
};

/// A unitary matrix of the program's table, bit j of whose row and column index is qubit qubits[j].
struct MatrixOperation {
  std::vector<int> qubits;
  int matrix = 0;

  friend bool operator==(const MatrixOperation&, const MatrixOperation&) = default;
};

/// rho -> sum_k K_k rho K_k^dagger; K_k is matrix first + k of the program's table, on qubits as in MatrixOperation.
struct Channel {
  std::vector<int> qubits;
  int first = 0;
  int count = 0;

  friend bool operator==(const Channel&, const Channel&) = default;
};

/// Reads a qubit in the computational basis into a classical bit of the program.
struct Measurement {
  int qubit = 0;
  int bit = 0;

  friend bool operator==(const Measurement&, const Measurement&) = default;
};

/// Puts a qubit into |0>, whatever it was.
struct Reset {
  int qubit = 0;

  friend bool operator==(const Reset&, const Reset&) = default;
};

/// Nothing moves across on these qubits.
struct Barrier {
  std::vector<int> qubits;

  friend bool operator==(const Barrier&, const Barrier&) = default;
};

/// One step of a program, done only while the condition, if there is one, holds.
struct Instruction {
  std::variant<Operation, ControlledOperation, MatrixOperation, Channel, Measurement, Reset, Barrier> action;
  std::optional<Condition> condition;

  friend bool operator==(const Instruction&, const Instruction&) = default;
};

/// A list of instructions on qubits and classical bits, each checked as it comes in: CircuitError for a qubit, bit or
/// condition that does not fit, ShapeError for a matrix of another size, ValueError for one that is not unitary, or
/// Kraus operators that do not preserve the trace. A call that is refused leaves the program as it was.
class Program {
 public:
  using Matrix = ColMajorMatrix<std::complex<double>>;

  /// Without classical bits, on 1 to 4096 qubits.
  explicit Program(int qubits) : qubits_(qubits) { validate(CircuitView(qubits, {})); }
  /// The operations of a circuit.
  explicit Program(CircuitView circuit) : Program(circuit.qubits) { append(circuit); }

  [[nodiscard]] int qubits() const noexcept { return qubits_; }
  [[nodiscard]] int bits() const noexcept { return registers_.empty() ? 0 : end_of(registers_.back()); }
  [[nodiscard]] std::span<const ClassicalRegister> registers() const noexcept { return registers_; }
  [[nodiscard]] std::span<const Instruction> instructions() const noexcept { return instructions_; }
  [[nodiscard]] std::span<const Matrix> matrices() const noexcept { return matrices_; }

  /// Adds a register of 1 to 64 classical bits after the others and returns its position. Its name must be new and not
  /// empty.
  int add_register(std::string_view name, int bits) {
    if (name.empty() || bits < 1 || bits > 64) {
      throw CircuitError(
          detail::text("qmtl: Program: a register must have a name and 1 to 64 bits, got '", name, "' of ", bits));
    }
    for (const auto& other : registers_) {
      if (other.name == name) {
        throw CircuitError(detail::text("qmtl: Program: a register's name must be new, got '", name, "' twice"));
      }
    }
    registers_.push_back({std::string(name), this->bits(), bits});
    return static_cast<int>(registers_.size()) - 1;
  }

  Program& append(const Operation& op, std::optional<Condition> condition = {}) {
    detail::check_operation(op, qubits_);
    return add(op, condition);
  }
  /// The operations of a circuit of at most as many qubits.
  Program& append(CircuitView circuit) {
    detail::require_narrow("Program", circuit.qubits, qubits_);
    detail::check_operation(circuit, qubits_);
    std::vector<Instruction> added;
    added.reserve(circuit.operations.size());
    for (const auto& op : circuit.operations) added.push_back({op, {}});
    return add(std::move(added));
  }
  Program& append(const ControlledOperation& controlled, std::optional<Condition> condition = {}) {
    detail::check_operation(controlled.operation, qubits_);
    std::vector<int> all = controlled.controls;
    for (const int q : controlled.operation.targets()) all.push_back(q);
    check_qubits(all);
    return add(controlled, condition);
  }

  /// A unitary matrix on qubits, its entry in row r and column c being <r|U|c>, with bit j for qubit qubits[j].
  Program& unitary(const Matrix& matrix, std::vector<int> qubits, std::optional<Condition> condition = {}) {
    check_qubits(qubits);
    check_trace_preserving(std::span(&matrix, 1), qubits.size(), "a unitary matrix");
    return add_with_matrices(MatrixOperation{std::move(qubits), static_cast<int>(matrices_.size())}, {matrix},
                             condition);
  }

  /// A channel by its Kraus operators on qubits, indexed as in `unitary`.
  Program& channel(std::span<const Matrix> kraus, std::vector<int> qubits) {
    check_qubits(qubits);
    check_trace_preserving(kraus, qubits.size(), "the Kraus operators of a channel");
    return add_with_matrices(
        Channel{std::move(qubits), static_cast<int>(matrices_.size()), static_cast<int>(kraus.size())},
        {kraus.begin(), kraus.end()}, {});
  }

  /// Measures a qubit into classical bit `bit`, numbered through all registers.
  Program& measure(int qubit, int bit) {
    check_qubits(std::span(&qubit, 1));
    if (bit < 0 || bit >= bits()) {
      throw CircuitError(detail::text("qmtl: Program: a classical bit must be below ", bits(), ", got ", bit));
    }
    return add(Measurement{qubit, bit}, {});
  }
  Program& reset(int qubit) {
    check_qubits(std::span(&qubit, 1));
    return add(Reset{qubit}, {});
  }
  Program& barrier(std::vector<int> qubits) {
    check_qubits(qubits);
    return add(Barrier{std::move(qubits)}, {});
  }

  friend bool operator==(const Program& a, const Program& b) {
    return a.qubits_ == b.qubits_ && a.registers_ == b.registers_ && a.instructions_ == b.instructions_ &&
           a.matrices_ == b.matrices_;
  }

 private:
  [[nodiscard]] static int end_of(const ClassicalRegister& r) noexcept { return r.first + r.bits; }

  void check_qubits(std::span<const int> qubits) const {
    detail::require_distinct_qubits("Program: an instruction", qubits, qubits_);
    if (qubits.empty()) throw CircuitError("qmtl: Program: an instruction must be on at least one qubit");
  }

  /// Throws unless the sum of K^dagger K is the identity on so many qubits, to 1e-9.
  static void check_trace_preserving(std::span<const Matrix> kraus, std::size_t qubits, std::string_view what) {
    if (qubits > 12) {
      throw ShapeError(detail::text("qmtl: Program: ", what, " must be on at most 12 qubits, got ", qubits));
    }
    const Eigen::Index size = Eigen::Index{1} << qubits;
    Matrix sum = -Matrix::Identity(size, size);
    for (const auto& k : kraus) {
      if (k.rows() != size || k.cols() != size) {
        throw ShapeError(detail::text("qmtl: Program: ", what, " must have ", size, " rows and columns, got ", k.rows(),
                                      " and ", k.cols()));
      }
      sum += k.adjoint().lazyProduct(k);
    }
    const double error = sum.cwiseAbs().maxCoeff<Eigen::PropagateNaN>();
    if (!(error < 1e-9)) {
      throw ValueError(
          detail::text("qmtl: Program: ", what, " must preserve the trace to 1e-9, got an error of ", error));
    }
  }

  /// All of them or, where there is no memory, none.
  Program& add(std::vector<Instruction> added) {
    static_assert(std::is_nothrow_move_constructible_v<Instruction>);
    instructions_.insert(instructions_.end(), std::make_move_iterator(added.begin()),
                         std::make_move_iterator(added.end()));
    return *this;
  }

  /// An instruction on the matrices that are added with it, or nothing. They come by value: they may be the program's.
  template <class Action>
  Program& add_with_matrices(const Action& action, std::vector<Matrix> added, std::optional<Condition> condition) {
    const auto first = static_cast<std::ptrdiff_t>(matrices_.size());
    matrices_.insert(matrices_.end(), std::make_move_iterator(added.begin()), std::make_move_iterator(added.end()));
    try {
      return add(action, condition);
    } catch (...) {
      matrices_.erase(matrices_.begin() + first, matrices_.end());
      throw;
    }
  }

  template <class Action>
  Program& add(const Action& action, std::optional<Condition> condition) {
    if (condition) check(*condition);
    instructions_.push_back({action, condition});
    return *this;
  }

  void check(const Condition& condition) const {
    const int r = condition.classical_register;
    if (r < 0 || r >= static_cast<int>(registers_.size())) {
      throw CircuitError(
          detail::text("qmtl: Program: a condition's register must be below ", registers_.size(), ", got ", r));
    }
    const auto& [name, first, bits] = registers_[static_cast<std::size_t>(r)];
    if (bits < 64 && condition.value >> bits != 0) {
      throw CircuitError(detail::text("qmtl: Program: register '", name, "' of ", bits,
                                      " bits can never have the value ", condition.value));
    }
  }

  int qubits_;
  std::vector<ClassicalRegister> registers_;
  std::vector<Instruction> instructions_;
  std::vector<Matrix> matrices_;
};

namespace detail {

/// The text of one instruction, for each kind of action.
class InstructionText {
 public:
  explicit InstructionText(const Program& program) : program_(&program) {}

  [[nodiscard]] std::string operator()(const Operation& op) const {
    std::string out(info(op.gate).name);
    const auto angles = op.used_angles();
    for (std::size_t a = 0; a < angles.size(); ++a) out += (a == 0 ? "(" : ", ") + to_string(angles[a]);
    return out + (angles.empty() ? " " : ") ") + list(op.targets());
  }
  [[nodiscard]] std::string operator()(const ControlledOperation& c) const {
    return "controlled " + list(c.controls) + ": " + (*this)(c.operation);
  }
  [[nodiscard]] std::string operator()(const MatrixOperation& m) const {
    return text("unitary m", m.matrix, ' ', list(m.qubits));
  }
  [[nodiscard]] std::string operator()(const Channel& c) const {
    return text("channel m", c.first, "..m", c.first + c.count - 1, ' ', list(c.qubits));
  }
  [[nodiscard]] std::string operator()(const Measurement& m) const {
    for (const auto& r : program_->registers()) {
      if (m.bit < r.first + r.bits) return text("measure q", m.qubit, " -> ", r.name, '[', m.bit - r.first, ']');
    }
    return {};
  }
  [[nodiscard]] std::string operator()(const Reset& r) const { return text("reset q", r.qubit); }
  [[nodiscard]] std::string operator()(const Barrier& b) const { return "barrier " + list(b.qubits); }

 private:
  [[nodiscard]] static std::string list(std::span<const int> qubits) {
    std::string out;
    for (const int q : qubits) out += text(out.empty() ? "q" : ", q", q);
    return out;
  }

  const Program* program_;
};

}  // namespace detail

/// A program for people, one instruction a line: "if c == 2: rx(0.5*w0) q1", "measure q0 -> c[1]".
[[nodiscard]] inline std::string to_string(const Program& program) {
  std::string out = detail::text("qubits ", program.qubits(), '\n');
  for (const auto& r : program.registers()) out += detail::text("bits ", r.name, '[', r.bits, "]\n");
  for (const auto& instruction : program.instructions()) {
    if (const auto& condition = instruction.condition) {
      const auto r = static_cast<std::size_t>(condition->classical_register);
      out += detail::text("if ", program.registers()[r].name, " == ", condition->value, ": ");
    }
    out += std::visit(detail::InstructionText(program), instruction.action) + '\n';
  }
  return out;
}

}  // namespace qmtl::inline QMTL_ABI
