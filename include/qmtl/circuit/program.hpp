#pragma once
// SPDX-License-Identifier: Apache-2.0
// Program: what runs on a device or a noisy simulator, operations among measurements, resets, channels and conditions.

#include <algorithm>
#include <climits>
#include <cstddef>
#include <initializer_list>
#include <iterator>
#include <numeric>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "qmtl/circuit/circuit.hpp"
#include "qmtl/circuit/instruction.hpp"
#include "qmtl/circuit/names.hpp"
#include "qmtl/circuit/unitary_matrix.hpp"

namespace qmtl::inline QMTL_ABI {

/// A list of instructions on qubits and classical bits, each checked as it comes in: CircuitError for a qubit, bit or
/// condition that does not fit, ShapeError for a matrix of another size, ValueError for one that is not unitary, Kraus
/// operators that do not preserve the trace, or rates of a readout error outside [0, 1]. A call that fails leaves the
/// program as it was. One that has been moved from is empty.
class Program {
 public:
  using Matrix = OperationMatrix;

  /// The most qubits of a matrix.
  static constexpr std::size_t max_matrix_qubits = 6;

  /// Without classical bits, on 1 to 4096 qubits.
  explicit Program(int qubits) : qubits_(qubits) { validate(CircuitView(qubits, {})); }
  /// The operations of a circuit.
  explicit Program(CircuitView circuit) : Program(circuit.qubits) { append(circuit); }

  [[nodiscard]] int qubits() const noexcept { return qubits_; }
  /// Adds qubits behind the others, up to 4096 in all.
  Program& add_qubits(int count) {
    if (count < 0) throw CircuitError(detail::text("qmtl: Program: qubits to add must be 0 or more, got ", count));
    validate(CircuitView(static_cast<int>(std::min<long long>(static_cast<long long>(qubits_) + count, INT_MAX)), {}));
    qubits_ += count;
    return *this;
  }
  [[nodiscard]] int bits() const noexcept { return registers_.empty() ? 0 : end_of(registers_.back()); }
  [[nodiscard]] std::span<const ClassicalRegister> registers() const& noexcept { return registers_; }
  /// The number of the register that a classical bit, below bits(), is in.
  [[nodiscard]] std::size_t register_of(int bit) const noexcept {
    std::size_t r = 0;
    while (end_of(registers_[r]) <= bit) ++r;
    return r;
  }
  [[nodiscard]] std::span<const Instruction> instructions() const& noexcept { return instructions_; }
  [[nodiscard]] std::span<const Matrix> matrices() const& noexcept { return matrices_; }
  [[nodiscard]] const ParameterNames& names() const& noexcept { return names_; }
  std::span<const ClassicalRegister> registers() && = delete;  // of a program that is gone when they are read
  std::span<const Instruction> instructions() && = delete;
  std::span<const Matrix> matrices() && = delete;
  const ParameterNames& names() && = delete;

  /// Adds a register of 1 to 64 classical bits after the others and returns its position. Its name must be new, an
  /// identifier, and none that a qubit has ("q3").
  int add_register(std::string_view name, int bits) {
    detail::require_name("Program: a register", name, "q");
    if (bits < 1 || bits > 64) {
      throw CircuitError(detail::text("qmtl: Program: a register must have 1 to 64 bits, got '", name, "' of ", bits));
    }
    if (find_register(name) >= 0) {
      throw CircuitError(detail::text("qmtl: Program: a register's name must be new, got '", name, "' twice"));
    }
    registers_.push_back({std::string(name), this->bits(), bits});
    return static_cast<int>(registers_.size()) - 1;
  }

  /// The position of the register of a name, or -1.
  [[nodiscard]] int find_register(std::string_view name) const noexcept {
    const auto found =
        std::find_if(registers_.begin(), registers_.end(), [name](const auto& r) { return r.name == name; });
    return found == registers_.end() ? -1 : static_cast<int>(found - registers_.begin());
  }

  /// Adds the Kraus operators of a channel, or one unitary matrix, to the table and returns the number of the first, by
  /// which any number of instructions may name them. Their entry in row r and column c is <r|K|c>, with bit j for an
  /// instruction's qubit qubits[j].
  int add_matrices(std::span<const Matrix> kraus) {
    const std::string_view what =
        kraus.size() == 1 ? "Program: a unitary matrix" : "Program: the Kraus operators of a channel";
    const auto qubits = kraus.empty() ? 1 : detail::matrix_qubits(what, kraus.front());
    detail::check_trace_preserving(what, kraus, qubits, max_matrix_qubits);
    const auto first = static_cast<int>(matrices_.size());
    std::vector<Matrix> added(kraus.begin(), kraus.end());  // they may be the program's
    sets_.push_back({first, static_cast<int>(kraus.size())});
    try {
      matrices_.insert(matrices_.end(), std::make_move_iterator(added.begin()), std::make_move_iterator(added.end()));
    } catch (...) {
      sets_.pop_back();
      throw;
    }
    return first;
  }

  /// Takes memory for so many instructions in all.
  void reserve(std::size_t instructions) { instructions_.reserve(instructions); }

  /// Any instruction, as it is found in a program with the same registers and matrices.
  Program& append(Instruction instruction) {
    std::visit([this](const auto& action) { this->check(action); }, instruction.action);
    if (instruction.condition) check(*instruction.condition);
    instructions_.push_back(std::move(instruction));
    return *this;
  }
  Program& append(const Operation& op, std::optional<Condition> condition = {}) {
    return append(Instruction{op, condition});
  }
  Program& append(ControlledOperation controlled, std::optional<Condition> condition = {}) {
    return append(Instruction{std::move(controlled), condition});
  }
  /// The operations of a circuit of at most as many qubits, with its matrices and names.
  Program& append(CircuitView circuit);
  /// The instructions of a program of at most as many qubits, with its matrices and names. Registers of the same name
  /// are the same and must have as many bits; others are added.
  Program& append(const Program& part);
  /// The same with qubit map[q] of this program in the place of qubit q of the part.
  Program& append(const Program& part, std::span<const int> map);

  /// A unitary matrix, or a channel, of the table.
  Program& append(MatrixOperation op, std::optional<Condition> condition = {}) {
    return append(Instruction{std::move(op), condition});
  }
  Program& append(Channel channel) { return append(Instruction{std::move(channel), {}}); }

  /// A unitary matrix that is added with it.
  Program& unitary(const Matrix& matrix, std::vector<int> qubits, std::optional<Condition> condition = {}) {
    return all_or_nothing([&] {
      append(MatrixOperation{std::move(qubits), add_matrices(std::span(&matrix, 1))}, condition);
    });
  }
  /// A channel whose Kraus operators are added with it.
  Program& channel(std::span<const Matrix> kraus, std::vector<int> qubits) {
    return all_or_nothing([&] {
      append(Channel{std::move(qubits), add_matrices(kraus), static_cast<int>(kraus.size())});
    });
  }

  /// Measures a qubit into classical bit `bit`, numbered through all registers, which may be misread.
  Program& measure(int qubit, int bit, const ReadoutError& error = {}) {
    return append(Instruction{Measurement{qubit, bit, error}, {}});
  }
  /// Measures a qubit into a bit of a register.
  Program& measure(int qubit, std::string_view name, int bit, const ReadoutError& error = {}) {
    const int r = find_register(name);
    if (r < 0) throw CircuitError(detail::text("qmtl: Program: no register is called '", name, "'"));
    const auto& [own, first, bits] = registers_[static_cast<std::size_t>(r)];
    if (bit < 0 || bit >= bits) {
      throw CircuitError(detail::text("qmtl: Program: a bit of '", name, "' must be below ", bits, ", got ", bit));
    }
    return measure(qubit, first + bit, error);
  }
  Program& reset(int qubit) { return append(Instruction{Reset{qubit}, {}}); }
  Program& barrier(std::vector<int> qubits) { return append(Instruction{Barrier{std::move(qubits)}, {}}); }

  /// Calls feature i, or weight j, so in the text (circuit/program_text.hpp); as DynamicCircuit does.
  Program& name_feature(int i, std::string_view name) {
    detail::set_name(names_.features, 'x', i, name);
    return *this;
  }
  Program& name_weight(int j, std::string_view name) {
    detail::set_name(names_.weights, 'w', j, name);
    return *this;
  }

  /// Names of parameters make no difference.
  friend bool operator==(const Program& a, const Program& b) {
    return a.qubits_ == b.qubits_ && a.registers_ == b.registers_ && a.instructions_ == b.instructions_ &&
           std::equal(a.matrices_.begin(), a.matrices_.end(), b.matrices_.begin(), b.matrices_.end(),
                      [](const Matrix& m, const Matrix& n) { return m.rows() == n.rows() && m == n; });
  }

 private:
  /// Matrices that were found to preserve the trace together.
  struct MatrixSet {
    int first = 0;
    int count = 0;
  };

  [[nodiscard]] static int end_of(const ClassicalRegister& r) noexcept { return r.first + r.bits; }

  [[nodiscard]] std::vector<MatrixSet>::const_iterator find_set(int first) const noexcept {
    const auto at = std::lower_bound(sets_.begin(), sets_.end(), first,
                                     [](const MatrixSet& set, int number) { return set.first < number; });
    return at != sets_.end() && at->first == first ? at : sets_.end();
  }

  void check_qubits(std::span<const int> qubits) const {
    detail::require_distinct_qubits("Program: an instruction", qubits, qubits_);
    if (qubits.empty()) throw CircuitError("qmtl: Program: an instruction must be on at least one qubit");
  }
  void check_matrices(int first, int count, std::span<const int> qubits) const {
    const auto set = find_set(first);
    if (set == sets_.end() || set->count != count) {
      throw CircuitError(detail::text("qmtl: Program: no ", count, " matrices were added together with number ", first,
                                      " as the first"));
    }
    check_qubits(qubits);
    const auto& matrix = matrices_[static_cast<std::size_t>(first)];
    if (qubits.size() > max_matrix_qubits || matrix.rows() != Eigen::Index{1} << qubits.size()) {
      throw ShapeError(detail::text("qmtl: Program: a matrix on ", qubits.size(), " qubits must have ",
                                    std::uint64_t{1} << std::min<std::size_t>(qubits.size(), 63),
                                    " rows and columns, got ", matrix.rows(), " and ", matrix.cols()));
    }
  }

  void check(const Operation& op) const { detail::check_operation(op, qubits_); }
  void check(const ControlledOperation& op) const {
    detail::check_operation(op.operation, qubits_);
    check_qubits(detail::controlled_entry(op).qubits);
  }
  void check(const MatrixOperation& op) const { check_matrices(op.matrix, 1, op.qubits); }
  void check(const Channel& channel) const { check_matrices(channel.first, channel.count, channel.qubits); }
  void check(const Reset& reset) const { check_qubits(std::span(&reset.qubit, 1)); }
  void check(const Barrier& barrier) const { check_qubits(barrier.qubits); }
  void check(const Measurement& m) const {
    check_qubits(std::span(&m.qubit, 1));
    if (m.bit < 0 || m.bit >= bits()) {
      throw CircuitError(detail::text("qmtl: Program: a classical bit must be below ", bits(), ", got ", m.bit));
    }
    detail::check_readout_error("Program: a measurement", m.error);
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
    if ((condition.value & ~condition.mask) != 0) {
      throw CircuitError(detail::text("qmtl: Program: a condition's value must be of bits of its mask ", condition.mask,
                                      ", got ", condition.value));
    }
  }

  /// Runs `change`, which only adds at the ends. If it throws, what it added goes again.
  template <class Change>
  Program& all_or_nothing(const Change& change) {
    const std::size_t sizes[]{registers_.size(), instructions_.size(),   matrices_.size(),
                              sets_.size(),      names_.features.size(), names_.weights.size()};
    const auto shrink = [](auto& list, std::size_t size) {
      list.erase(list.begin() + static_cast<std::ptrdiff_t>(size), list.end());
    };
    try {
      change();
    } catch (...) {
      shrink(registers_, sizes[0]);
      shrink(instructions_, sizes[1]);
      shrink(matrices_, sizes[2]);
      shrink(sets_, sizes[3]);
      shrink(names_.features, sizes[4]);
      shrink(names_.weights, sizes[5]);
      throw;
    }
    return *this;
  }

  void add_names(const ParameterNames& names) {
    detail::add_names(names_.features, 'x', names.features, 0);
    detail::add_names(names_.weights, 'w', names.weights, 0);
  }

  /// Where the registers of a part are here; those that are new are added.
  [[nodiscard]] std::vector<int> add_registers(const Program& part);

  int qubits_;
  std::vector<ClassicalRegister> registers_;
  std::vector<Instruction> instructions_;
  std::vector<Matrix> matrices_;
  std::vector<MatrixSet> sets_;  // by their first matrices, ascending
  ParameterNames names_;
};

inline Program& Program::append(CircuitView circuit) {
  detail::require_narrow("Program", circuit.qubits, qubits_);
  detail::check_operation(circuit, circuit.qubits);
  return all_or_nothing([&] {
    std::vector<int> numbers;
    if (circuit.tables != nullptr) {
      for (const auto& entry : circuit.tables->matrices) {
        const Matrix matrix = matrix_of(entry);
        numbers.push_back(add_matrices(std::span(&matrix, 1)));
      }
      add_names(circuit.tables->names);
    }
    for (const auto& op : circuit.operations) {
      if (const auto* by_matrix = circuit.by_matrix(op)) {
        const int number = numbers[static_cast<std::size_t>(by_matrix->matrix)];
        instructions_.push_back({MatrixOperation{by_matrix->qubits, number, by_matrix->adjoint}, {}});
      } else if (const auto* controlled = circuit.controlled(op)) {
        instructions_.push_back({*controlled, {}});
      } else {
        instructions_.push_back({op, {}});
      }
    }
  });
}

inline std::vector<int> Program::add_registers(const Program& part) {
  std::vector<int> places;
  for (const auto& r : part.registers_) {
    const int known = find_register(r.name);
    if (known >= 0 && registers_[static_cast<std::size_t>(known)].bits != r.bits) {
      throw CircuitError(detail::text("qmtl: Program: register '", r.name, "' must have ",
                                      registers_[static_cast<std::size_t>(known)].bits, " bits, got ", r.bits));
    }
    places.push_back(known >= 0 ? known : add_register(r.name, r.bits));
  }
  return places;
}

inline Program& Program::append(const Program& part, std::span<const int> map) {
  detail::require_size("Program: qubits of the window", map.size(), part.qubits_);
  detail::require_distinct_qubits("Program: a window", map, qubits_);
  if (&part == this) return append(Program(part), map);
  return all_or_nothing([&] {
    const auto places = add_registers(part);
    const auto first_matrix = static_cast<int>(matrices_.size());
    for (const auto& [first, count] : part.sets_) sets_.push_back({first_matrix + first, count});
    matrices_.insert(matrices_.end(), part.matrices_.begin(), part.matrices_.end());
    add_names(part.names_);
    for (Instruction step : part.instructions_) {
      step = relabel(step, map);
      if (step.condition) {
        auto& r = step.condition->classical_register;
        r = places[static_cast<std::size_t>(r)];
      }
      if (auto* by_matrix = std::get_if<MatrixOperation>(&step.action)) by_matrix->matrix += first_matrix;
      if (auto* channel = std::get_if<Channel>(&step.action)) channel->first += first_matrix;
      if (auto* measurement = std::get_if<Measurement>(&step.action)) {
        const std::size_t r = part.register_of(measurement->bit);
        measurement->bit += registers_[static_cast<std::size_t>(places[r])].first - part.registers_[r].first;
      }
      instructions_.push_back(std::move(step));
    }
  });
}

inline Program& Program::append(const Program& part) {
  detail::require_narrow("Program", part.qubits_, qubits_);
  std::vector<int> same(static_cast<std::size_t>(part.qubits_));
  std::iota(same.begin(), same.end(), 0);
  return append(part, same);
}

/// A program on a register of `qubits` qubits, of which it uses those of a window: qubit q becomes qubit window[q].
/// With as many qubits as it has, a relabelling. Throws ShapeError and CircuitError for a window that does not fit.
[[nodiscard]] inline Program on(const Program& program, int qubits, std::span<const int> window) {
  return std::move(Program(qubits).append(program, window));
}

/// One more than the highest feature index in use, or 0.
[[nodiscard]] inline int feature_count(const Program& program) {
  int count = 0;
  for (const auto& step : program.instructions()) {
    if (const auto* op = gate_of(step)) count = std::max(count, feature_count(std::span(op, 1)));
  }
  return count;
}

/// One more than the highest weight index in use, or 0.
[[nodiscard]] inline int weight_count(const Program& program) {
  int count = 0;
  for (const auto& step : program.instructions()) {
    if (const auto* op = gate_of(step)) count = std::max(count, weight_count(std::span(op, 1)));
  }
  return count;
}

}  // namespace qmtl::inline QMTL_ABI
