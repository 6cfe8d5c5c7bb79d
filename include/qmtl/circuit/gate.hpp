#pragma once
// SPDX-License-Identifier: Apache-2.0
// The gate set: everything that is known about a gate, one row each.

#include <algorithm>
#include <array>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string_view>

#include "qmtl/circuit/pair_gate.hpp"
#include "qmtl/core/error.hpp"

namespace qmtl::inline QMTL_ABI {

/// Every gate a circuit may hold. Rotations follow the half-angle convention: RY(a) = exp(-i a Y / 2).
/// U(theta, phi, lambda) = P(phi) RY(theta) P(lambda), whose entry <0|U|0> = cos(theta / 2) is real. The built-in U of
/// OpenQASM 3 is exp(i theta / 2) times this, that of OpenQASM 2 exp(-i (phi + lambda) / 2) times this: the same gate
/// on its own, another one once it is controlled. CU(theta, phi, lambda, gamma) applies exp(i gamma) U where its
/// control is one, as Qiskit's does, and that of stdgates.inc since it begins with p(gamma - theta / 2). XXPlusYY(a) =
/// exp(-i a (XX + YY) / 4), PennyLane's IsingXY(-a). The excitations are Givens rotations by a / 2, as PennyLane's:
/// SingleExcitation of |01> into |10>, DoubleExcitation of |0011> into |1100>, the first listed qubit leftmost in these
/// kets. ECR = X(first) RZX(pi / 2), and RZX(a) = exp(-i a Z(first) X(second) / 2).
enum class Gate : std::uint8_t {
  Id,
  X,
  Y,
  Z,
  H,
  S,
  Sdg,
  T,
  Tdg,
  SX,
  SXdg,
  RX,
  RY,
  RZ,
  P,
  U,
  CX,
  CY,
  CZ,
  CH,
  CRX,
  CRY,
  CRZ,
  CP,
  SWAP,
  ISWAP,
  ISWAPdg,
  RXX,
  RYY,
  RZZ,
  Toffoli,
  Fredkin,
  RZX,
  ECR,
  XXPlusYY,
  SISWAP,
  SISWAPdg,
  SingleExcitation,
  DoubleExcitation,
  CU
};

/// The most qubits and angles that a gate of the table has.
inline constexpr int max_gate_qubits = 4;
inline constexpr int max_gate_angles = 4;

/// A 2x2 matrix on one pair of the gate's basis states: `set` and `set ^ flip`, bit j being the gate's j-th qubit.
struct GatePart {
  PairGate gate = PairGate::X;
  unsigned set = 0;
  unsigned flip = 0;
  int angle = -1;     ///< which of the gate's angles, or -1
  double sign = 1.0;  ///< multiplies the angle
};

/// How OpenQASM writes a gate; `standard` if the language or its standard library has it, so that no definition is
/// needed: stdgates.inc, and qelib1.inc as Qiskit extends it (that of arXiv:1707.03429 lacks p, sx, crx, rxx and
/// others).
struct Spelling {
  std::string_view name;
  bool standard;
};

/// Static facts about a gate. Qubits are listed controls first, then targets.
struct GateInfo {
  static constexpr int max_parts = 5;

  Gate gate;
  std::string_view name;
  /// On each qubit in a drawing: "@" on controls, and where all qubits play the same part as in CZ; targets that cannot
  /// be exchanged have different ones.
  std::array<std::string_view, max_gate_qubits> symbols;
  int qubits;
  int controls;
  Gate inverse;   ///< what undoes it, with negative angles
  bool clifford;  ///< for all angles, which no gate with an angle is
  Spelling openqasm2;
  Spelling openqasm3;
  std::array<GatePart, max_parts> part_storage{};
  int part_count = 0;
  std::array<int, max_gate_angles> inverse_angles{0, 1, 2, 3};  ///< whose negatives are the angles of the inverse

  // What follows from the parts:
  int angles = 0;
  bool diagonal = true;  ///< in the computational basis: such gates commute
  bool real = true;      ///< for every angle
  /// Whether expectation values need the four-term shift rule for an angle: its generator has the eigenvalues
  /// -1/2, 0, +1/2, where two a distance 1 apart need two terms only.
  std::array<bool, max_gate_angles> four_terms{};
  /// The same behind further controls: of all angles but those of phases on one.
  std::array<bool, max_gate_angles> controlled_four_terms{};

  /// The matrices whose product is the gate, applied first to last; none for the identity.
  [[nodiscard]] constexpr std::span<const GatePart> parts() const noexcept {
    return {part_storage.data(), static_cast<std::size_t>(part_count)};
  }
};

namespace detail {

/// Which version of OpenQASM has a gate of this name, built in or in its standard library.
enum class Known : std::uint8_t { neither, two, both };

/// The symbols of a gate's targets: the same on all, or one each.
struct TargetSymbols {
  std::array<std::string_view, max_gate_qubits> of{};

  constexpr TargetSymbols(const char* all) { of.fill(all); }  // NOLINT(google-explicit-constructor)
  constexpr TargetSymbols(std::initializer_list<std::string_view> each) {
    std::copy(each.begin(), each.end(), of.begin());
  }
};

/// A row of the table, with what follows from the parts.
[[nodiscard]] constexpr GateInfo row(Gate gate, std::string_view name, const TargetSymbols& symbols, int qubits,
                                     int controls, Gate inverse, bool clifford, Known known,
                                     std::initializer_list<GatePart> parts, std::string_view openqasm3 = {},
                                     std::array<int, max_gate_angles> inverse_angles = {0, 1, 2, 3}) {
  const Spelling second{name, known != Known::neither};
  const Spelling third{openqasm3.empty() ? name : openqasm3, known == Known::both};
  GateInfo out{gate, name, {}, qubits, controls, inverse, clifford, second, third};
  for (int k = 0; k < qubits; ++k) {
    out.symbols[static_cast<std::size_t>(k)] = k < controls ? "@" : symbols.of[static_cast<std::size_t>(k - controls)];
  }
  out.inverse_angles = inverse_angles;
  std::copy(parts.begin(), parts.end(), out.part_storage.begin());
  out.part_count = static_cast<int>(parts.size());
  std::array<unsigned, max_gate_angles> rotated{};  // how many basis states an angle rotates
  for (const auto& part : parts) {
    out.diagonal = out.diagonal && shape_of(part.gate) == PairShape::diagonal;
    out.real = out.real && info(part.gate).real();
    out.angles = std::max(out.angles, part.angle + 1);
    if (part.angle >= 0 && part.gate != PairGate::P) rotated[static_cast<std::size_t>(part.angle)] += 2;
  }
  for (std::size_t a = 0; a < rotated.size(); ++a) {
    out.controlled_four_terms[a] = rotated[a] != 0;
    out.four_terms[a] = rotated[a] != 0 && rotated[a] != 1u << qubits;
  }
  return out;
}

// clang-format off
inline constexpr auto gate_table = [] {
  using enum PairGate;
  constexpr bool clifford = true, no = false;
  constexpr Known neither = Known::neither, two = Known::two, both = Known::both;
  return std::array{
    // gate, name and symbol, qubits, controls, undone by, Clifford, known to OpenQASM, matrices: on which pair of states
    row(Gate::Id,      "id",      "id",      1, 0, Gate::Id,      clifford, both,    {}),
    row(Gate::X,       "x",       "X",       1, 0, Gate::X,       clifford, both,    {{X, 0, 1}}),
    row(Gate::Y,       "y",       "Y",       1, 0, Gate::Y,       clifford, both,    {{Y, 0, 1}}),
    row(Gate::Z,       "z",       "Z",       1, 0, Gate::Z,       clifford, both,    {{Z, 0, 1}}),
    row(Gate::H,       "h",       "H",       1, 0, Gate::H,       clifford, both,    {{H, 0, 1}}),
    row(Gate::S,       "s",       "S",       1, 0, Gate::Sdg,     clifford, both,    {{S, 0, 1}}),
    row(Gate::Sdg,     "sdg",     "sdg",     1, 0, Gate::S,       clifford, both,    {{Sdg, 0, 1}}),
    row(Gate::T,       "t",       "T",       1, 0, Gate::Tdg,     no,       both,    {{T, 0, 1}}),
    row(Gate::Tdg,     "tdg",     "tdg",     1, 0, Gate::T,       no,       both,    {{Tdg, 0, 1}}),
    row(Gate::SX,      "sx",      "SX",      1, 0, Gate::SXdg,    clifford, both,    {{SX, 0, 1}}),
    row(Gate::SXdg,    "sxdg",    "SXDG",    1, 0, Gate::SX,      clifford, two,     {{SXdg, 0, 1}}),
    row(Gate::RX,      "rx",      "RX",      1, 0, Gate::RX,      no,       both,    {{RX, 0, 1, 0}}),
    row(Gate::RY,      "ry",      "RY",      1, 0, Gate::RY,      no,       both,    {{RY, 0, 1, 0}}),
    row(Gate::RZ,      "rz",      "RZ",      1, 0, Gate::RZ,      no,       both,    {{RZ, 0, 1, 0}}),
    row(Gate::P,       "p",       "P",       1, 0, Gate::P,       no,       both,    {{P, 0, 1, 0}}),
    row(Gate::U,       "u",       "U",       1, 0, Gate::U,       no,       both,    {{P, 0, 1, 2}, {RY, 0, 1, 0}, {P, 0, 1, 1}}, "U", {0, 2, 1, 3}),
    row(Gate::CX,      "cx",      "X",       2, 1, Gate::CX,      clifford, both,    {{X, 0b01, 0b10}}),
    row(Gate::CY,      "cy",      "Y",       2, 1, Gate::CY,      clifford, both,    {{Y, 0b01, 0b10}}),
    row(Gate::CZ,      "cz",      "@",       2, 1, Gate::CZ,      clifford, both,    {{Z, 0b01, 0b10}}),
    row(Gate::CH,      "ch",      "H",       2, 1, Gate::CH,      no,       both,    {{H, 0b01, 0b10}}),
    row(Gate::CRX,     "crx",     "RX",      2, 1, Gate::CRX,     no,       both,    {{RX, 0b01, 0b10, 0}}),
    row(Gate::CRY,     "cry",     "RY",      2, 1, Gate::CRY,     no,       both,    {{RY, 0b01, 0b10, 0}}),
    row(Gate::CRZ,     "crz",     "RZ",      2, 1, Gate::CRZ,     no,       both,    {{RZ, 0b01, 0b10, 0}}),
    row(Gate::CP,      "cp",      "P",       2, 1, Gate::CP,      no,       both,    {{P, 0b01, 0b10, 0}}),
    row(Gate::SWAP,    "swap",    "x",       2, 0, Gate::SWAP,    clifford, both,    {{X, 0b01, 0b11}}),
    row(Gate::ISWAP,   "iswap",   "ISWAP",   2, 0, Gate::ISWAPdg, clifford, neither, {{IX, 0b01, 0b11}}),
    row(Gate::ISWAPdg, "iswapdg", "ISWAPDG", 2, 0, Gate::ISWAP,   clifford, neither, {{IXdg, 0b01, 0b11}}),
    row(Gate::RXX,     "rxx",     "RXX",     2, 0, Gate::RXX,     no,       two,     {{RX, 0b00, 0b11, 0}, {RX, 0b01, 0b11, 0}}),
    row(Gate::RYY,     "ryy",     "RYY",     2, 0, Gate::RYY,     no,       neither, {{RX, 0b00, 0b11, 0, -1}, {RX, 0b01, 0b11, 0}}),
    row(Gate::RZZ,     "rzz",     "RZZ",     2, 0, Gate::RZZ,     no,       two,     {{RZ, 0b00, 0b10, 0}, {RZ, 0b01, 0b10, 0, -1}}),
    row(Gate::Toffoli, "ccx",     "X",       3, 2, Gate::Toffoli, no,       both,    {{X, 0b011, 0b100}}),
    row(Gate::Fredkin, "cswap",   "x",       3, 1, Gate::Fredkin, no,       both,    {{X, 0b011, 0b110}}),
    row(Gate::RZX,     "rzx",     {"RZX.z", "RZX.x"}, 2, 0, Gate::RZX,    no,       neither, {{RX, 0b00, 0b10, 0}, {RX, 0b01, 0b10, 0, -1}}),
    row(Gate::ECR,     "ecr",     {"ECR.0", "ECR.1"}, 2, 0, Gate::ECR,    clifford, neither, {{RootIXdg, 0b00, 0b10}, {RootIX, 0b01, 0b10}, {X, 0b00, 0b01}, {X, 0b10, 0b01}}),
    row(Gate::XXPlusYY, "xx_plus_yy", "XX+YY", 2, 0, Gate::XXPlusYY, no,    neither, {{RX, 0b01, 0b11, 0}}),
    row(Gate::SISWAP,  "siswap",  "SISWAP",  2, 0, Gate::SISWAPdg, no,      neither, {{RootIX, 0b01, 0b11}}),
    row(Gate::SISWAPdg, "siswapdg", "SISWAPDG", 2, 0, Gate::SISWAP, no,     neither, {{RootIXdg, 0b01, 0b11}}),
    row(Gate::SingleExcitation, "single_excitation", {"G.0", "G.1"}, 2, 0, Gate::SingleExcitation, no, neither, {{RY, 0b10, 0b11, 0}}),
    row(Gate::DoubleExcitation, "double_excitation", {"G2.0", "G2.1", "G2.2", "G2.3"}, 4, 0, Gate::DoubleExcitation, no, neither, {{RY, 0b1100, 0b1111, 0}}),
    row(Gate::CU,      "cu",      "U",       2, 1, Gate::CU,      no,       both,
        {{P, 0b00, 0b01, 3}, {P, 0b10, 0b01, 3}, {P, 0b01, 0b10, 2}, {RY, 0b01, 0b10, 0}, {P, 0b01, 0b10, 1}}, "cu", {0, 2, 1, 3}),
  };
}();
// clang-format on

static_assert(
    [] {
      for (std::size_t g = 0; g < gate_table.size(); ++g) {
        if (static_cast<std::size_t>(gate_table[g].gate) != g) return false;
      }
      return true;
    }(),
    "qmtl: the rows of the table of gates must be in the order of Gate");

static_assert(is_enumerator<gate_table.back().gate>() && !is_enumerator<static_cast<Gate>(gate_table.size())>(),
              "qmtl: the table of gates must have a row for each of Gate's enumerators");

/// What shift rules take for granted: an angle turns its pairs forward or back, and is of rotations or of phases.
[[nodiscard]] constexpr bool has_known_shifts(const GateInfo& info) {
  for (const auto& part : info.parts()) {
    if (part.sign != 1.0 && part.sign != -1.0) return false;
    for (const auto& other : info.parts()) {
      const bool phases = part.gate == PairGate::P, others = other.gate == PairGate::P;
      if (part.angle >= 0 && part.angle == other.angle && phases != others) return false;
    }
  }
  return true;
}
static_assert(
    [] {
      for (const auto& info : gate_table) {
        if (!has_known_shifts(info)) return false;
      }
      return true;
    }(),
    "qmtl: an angle of a gate must have the signs +1 and -1 only, and not be of rotations and phases alike");

/// The position of a gate in a table of all; a number that was cast to Gate may have none.
[[nodiscard]] constexpr std::size_t gate_index(Gate gate) {
  return static_cast<std::size_t>(gate) < gate_table.size()
             ? static_cast<std::size_t>(gate)
             : throw CircuitError(
                   text("qmtl: a gate must be one of Gate's enumerators, got number ", static_cast<int>(gate)));
}

/// Throws CircuitError for the number of an angle that no gate has.
constexpr void check_angle(int angle) {
  if (angle < 0 || angle >= max_gate_angles) {
    throw CircuitError(text("qmtl: the number of a gate's angle must be below ", max_gate_angles, ", got ", angle));
  }
}

}  // namespace detail

inline constexpr int gate_kinds = static_cast<int>(detail::gate_table.size());

/// The row of a gate. Throws CircuitError (or does not compile) for a value of Gate without a name, as does all that
/// asks for a gate's facts.
[[nodiscard]] constexpr const GateInfo& info(Gate gate) { return detail::gate_table[detail::gate_index(gate)]; }

/// The gate of the same qubits that undoes this one; a gate with angles is undone by itself with other angles.
[[nodiscard]] constexpr Gate inverse(Gate gate) { return info(gate).inverse; }

/// True for gates that are diagonal in the computational basis: they all commute.
[[nodiscard]] constexpr bool is_diagonal(Gate gate) { return info(gate).diagonal; }

/// True for gates on two qubits that are the same with these exchanged.
[[nodiscard]] constexpr bool is_symmetric(Gate gate) {
  constexpr std::array gates{Gate::CZ,  Gate::CP,  Gate::SWAP,     Gate::ISWAP,  Gate::ISWAPdg, Gate::RXX,
                             Gate::RYY, Gate::RZZ, Gate::XXPlusYY, Gate::SISWAP, Gate::SISWAPdg};
  return std::find(gates.begin(), gates.end(), gate) != gates.end();
}

/// True for gates whose matrices are real for every angle: circuits of them have real amplitudes.
[[nodiscard]] constexpr bool is_real(Gate gate) { return info(gate).real; }

/// True for gates that turn Pauli strings into Pauli strings.
[[nodiscard]] constexpr bool is_clifford(Gate gate) { return info(gate).clifford; }

/// Whether expectation values need the four-term shift rule for an angle of a gate, as those of CRX, CRY and CRZ, whose
/// generator has the eigenvalues -1/2, 0, +1/2. Others need two terms only.
/// Throws CircuitError for an angle that no gate has.
[[nodiscard]] constexpr bool needs_four_term_shift(Gate gate, int angle = 0) {
  detail::check_angle(angle);
  return info(gate).four_terms[static_cast<std::size_t>(angle)];
}

}  // namespace qmtl::inline QMTL_ABI
