#pragma once
// SPDX-License-Identifier: Apache-2.0
// Circuit<N, M>: a constexpr value of M operations on N qubits, without parameter values.

#include <algorithm>
#include <array>
#include <concepts>
#include <cstdint>
#include <span>
#include <type_traits>
#include <utility>

#include "qmtl/circuit/circuit_view.hpp"
#include "qmtl/circuit/operation.hpp"
#include "qmtl/circuit/window.hpp"

namespace qmtl::inline QMTL_ABI {

/// M operations on N qubits, applied first to last. Build one with `make_circuit<N>(...)`; read it with `ops()`.
template <int N, int M>
struct Circuit {
  static_assert(N >= 1 && N <= max_circuit_qubits, "qmtl: a circuit must have 1 to 4096 qubits");
  static constexpr int qubits = N;
  static constexpr int size = M;

  std::array<Operation, static_cast<std::size_t>(M)> operations{};

  /// The operations in order of application.
  [[nodiscard]] constexpr std::span<const Operation> ops() const noexcept QMTL_LIFETIME_BOUND { return operations; }

  friend constexpr bool operator==(const Circuit&, const Circuit&) = default;
};

/// True for every Circuit<N, M>.
template <class C>
concept CircuitValue = requires {
  []<int N, int M>(const Circuit<N, M>&) {}(std::declval<const C&>());
};

namespace detail {

/// What is wrong with an operation, and the number that is wrong.
struct Mistake {
  enum class Kind : std::uint8_t { none, gate, qubit, repeated, source, negative_index, large_index, number };
  Kind kind = Kind::none;
  int value = 0;
};

[[nodiscard]] constexpr Mistake find_mistake(const Angle& angle) {
  using enum Mistake::Kind;
  const auto bits = static_cast<unsigned>(angle.index | angle.second | angle.third);
  const double zero = (angle.scale - angle.scale) + (angle.offset - angle.offset) + (angle.shift - angle.shift) +
                      (angle.second_shift - angle.second_shift);
  const bool known = angle.source <= AngleSource::weighted_feature;
  if (known && bits < static_cast<unsigned>(max_parameter_index) && zero == 0.0) return {};  // as almost always
  if (!known) return {source, static_cast<int>(angle.source)};
  const bool without_phase = angle.source == AngleSource::weighted_feature && angle.third == no_phase;
  for (const int index : {angle.index, angle.second, without_phase ? 0 : angle.third}) {
    if (index < 0) return {negative_index, index};
    if (index > max_parameter_index) return {large_index, index};
  }
  for (const double number : {angle.scale, angle.offset, angle.shift, angle.second_shift}) {
    if (!(number - number == 0.0)) return {Mistake::Kind::number, 0};
  }
  return {};
}

/// The first reason why an operation is not a gate on distinct ones of `qubits` qubits with angles that there are.
[[nodiscard]] constexpr Mistake find_mistake(const Operation& op, int qubits) {
  using enum Mistake::Kind;
  if (static_cast<std::size_t>(op.gate) >= gate_table.size()) return {gate, static_cast<int>(op.gate)};
  const auto targets = op.targets();
  for (std::size_t i = 0; i < targets.size(); ++i) {
    if (targets[i] < 0 || targets[i] >= qubits) return {qubit, targets[i]};
    for (std::size_t j = 0; j < i; ++j) {
      if (targets[i] == targets[j]) return {repeated, targets[i]};
    }
  }
  for (const auto& angle : op.used_angles()) {
    const Mistake mistake = find_mistake(angle);
    if (mistake.kind != none) return mistake;
  }
  return {};
}

/// Throws CircuitError (or fails to compile, in a constant expression) if `op` does not fit on `qubits` qubits.
constexpr void check_operation(const Operation& op, int qubits) {
  const auto [kind, value] = find_mistake(op, qubits);
  switch (kind) {
    case Mistake::Kind::none: return;
    case Mistake::Kind::gate: (void)info(op.gate); return;
    case Mistake::Kind::qubit:
      throw CircuitError(text("qmtl: a qubit must be below the circuit's qubit count ", qubits, ", got ", value));
    case Mistake::Kind::repeated:
      throw CircuitError(text("qmtl: a gate's qubits must be distinct, got qubit ", value, " twice"));
    case Mistake::Kind::source:
      throw CircuitError(
          text("qmtl: the source of an angle must be one of AngleSource's enumerators, got number ", value));
    case Mistake::Kind::negative_index:
    case Mistake::Kind::large_index: (void)parameter_index(value); return;
    case Mistake::Kind::number: throw CircuitError("qmtl: the numbers of an angle must be finite");
  }
}

/// Throws as check_operation if an operation's entry in the tables is not there or does not fit.
inline void check_entry(const CircuitView& part, const Operation& op, int qubits) {
  const bool by_matrix = op.gate == matrix_gate;
  if (!by_matrix && op.gate != controlled_gate) return check_operation(op, qubits);
  const auto entries = by_matrix ? part.tables->on_matrices.size() : part.tables->controlled.size();
  if (op.qubits[0] < 0 || static_cast<std::size_t>(op.qubits[0]) >= entries) {
    throw CircuitError(text("qmtl: an entry of a circuit's tables must be below ", entries, ", got ", op.qubits[0]));
  }
  require_distinct_qubits("an operation", part.targets(op), qubits);
  if (!by_matrix) check_operation(*part.gate(op), qubits);
}

/// The same for each operation of a circuit, whose operations are public data.
constexpr void check_operation(const CircuitView& part, int qubits) {
  if (part.tables == nullptr) {
    for (const auto& op : part.ops()) check_operation(op, qubits);
  } else {
    for (const auto& op : part.ops()) check_entry(part, op, qubits);
  }
}

template <class Part>
inline constexpr int part_size = 1;
template <int N, int M>
inline constexpr int part_size<Circuit<N, M>> = M;

template <int N, int M>
constexpr void append(Circuit<N, M>& out, int& position, const Operation& op) {
  out.operations[static_cast<std::size_t>(position++)] = op;
}

template <int N, int M, int K>
constexpr void append(Circuit<N, M>& out, int& position, const Circuit<N, K>& part) {
  for (const auto& op : part.ops()) append(out, position, op);
}

}  // namespace detail

/// A piece of a circuit on N qubits: an operation, or a circuit of the same width.
template <class Part, int N>
concept CircuitPart = std::same_as<Part, Operation> ||(CircuitValue<Part>&& Part::qubits == N);

/// The circuit that applies its parts (operations or circuits on N qubits) in order.
/// A qubit outside 0..N-1 or named twice in a gate does not compile; at run time it throws CircuitError.
template <int N, class... Parts>
[[nodiscard]] constexpr auto make_circuit(const Parts&... parts) {
  constexpr bool parts_fit = (CircuitPart<Parts, N> && ...);
  static_assert(parts_fit, "qmtl: make_circuit<N>(...) must be given operations or circuits on N qubits");
  Circuit<N, (detail::part_size<Parts> + ... + 0)> out;
  if constexpr (parts_fit) {
    (detail::check_operation(parts, N), ...);
    [[maybe_unused]] int position = 0;
    (detail::append(out, position, parts), ...);
  }
  return out;
}

/// One more than the highest feature index in use, or 0.
[[nodiscard]] constexpr int feature_count(std::span<const Operation> ops) {
  int count = 0;
  for (const auto& op : ops) {
    for (const auto& angle : op.used_angles()) {
      for_each_feature(angle, [&count](int i) { count = std::max(count, i + 1); });
    }
  }
  return count;
}

/// One more than the highest weight index in use, or 0.
[[nodiscard]] constexpr int weight_count(std::span<const Operation> ops) {
  int count = 0;
  for (const auto& op : ops) {
    for (const auto& angle : op.used_angles()) {
      for_each_weight(angle, [&count](int j) { count = std::max(count, j + 1); });
    }
  }
  return count;
}

namespace detail {
/// The largest `count` of an operation's gate.
template <class Count>
[[nodiscard]] constexpr int largest_count(const CircuitView& c, const Count& count) {
  if (c.tables == nullptr) return count(c.ops());
  int largest = 0;
  for (const auto& op : c.ops()) {
    if (const auto* gate = c.gate(op)) largest = std::max(largest, count(std::span(gate, 1)));
  }
  return largest;
}
}  // namespace detail

[[nodiscard]] constexpr int feature_count(CircuitView c) {
  return detail::largest_count(c, [](std::span<const Operation> ops) { return feature_count(ops); });
}
[[nodiscard]] constexpr int weight_count(CircuitView c) {
  return detail::largest_count(c, [](std::span<const Operation> ops) { return weight_count(ops); });
}

/// True if every weight 0 .. weight_count-1 is used: a gap would be a parameter that nothing trains. 64 weights a pass
/// over the operations, since compilers bound the steps of a constant expression.
[[nodiscard]] constexpr bool weights_have_no_gap(std::span<const Operation> ops) {
  const int weights = weight_count(ops);
  for (int first = 0; first < weights; first += 64) {
    std::uint64_t unused = weights - first >= 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << (weights - first)) - 1;
    for (const auto& op : ops) {
      for (const auto& angle : op.used_angles()) {
        for_each_weight(angle, [&](int j) {
          if (j >= first && j < first + 64) unused &= ~(std::uint64_t{1} << (j - first));
        });
      }
    }
    if (unused != 0) return false;
  }
  return true;
}

/// Throws CircuitError, or does not compile in a constant expression, unless the circuit has 1 to 4096 qubits and each
/// operation is a gate on distinct ones of them with angles that there are, of finite numbers.
constexpr void validate(CircuitView c) {
  if (c.qubits < 1 || c.qubits > max_circuit_qubits) {
    throw CircuitError(detail::text("qmtl: a circuit must have 1 to ", max_circuit_qubits, " qubits, got ", c.qubits));
  }
  detail::check_operation(c, c.qubits);
}

namespace detail {
/// Throws CircuitError for a circuit that is wider than one that is to hold it.
inline void require_narrow(std::string_view where, int part, int qubits) {
  if (part > qubits) {
    throw CircuitError(text("qmtl: ", where, ": a part must have at most ", qubits, " qubits, got ", part));
  }
}
}  // namespace detail

/// True if the circuit has 1 to 4096 qubits and every operation fits, as in those built by make_circuit: if `validate`
/// does not throw.
[[nodiscard]] constexpr bool fits(CircuitView c) {
  if (c.tables != nullptr) {  // never in a constant expression
    try {
      validate(c);
    } catch (const CircuitError&) {
      return false;
    }
    return true;
  }
  return c.qubits >= 1 && c.qubits <= max_circuit_qubits &&
         std::all_of(c.ops().begin(), c.ops().end(), [&c](const Operation& op) {
           return detail::find_mistake(op, c.qubits).kind == detail::Mistake::Kind::none;
         });
}

/// A type with a `static constexpr` circuit: what compile-time-sized algorithms take.
template <class C>
concept CircuitType = CircuitValue<std::remove_cvref_t<decltype(C::circuit)>>;

}  // namespace qmtl::inline QMTL_ABI
