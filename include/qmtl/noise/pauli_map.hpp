#pragma once
// SPDX-License-Identifier: Apache-2.0
// What a noisy program's instructions do to the Pauli coordinates of a density matrix, r_P = tr(rho P).

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <complex>
#include <map>
#include <span>
#include <utility>
#include <variant>
#include <vector>

#include "qmtl/circuit/program.hpp"
#include "qmtl/noise/channel_matrices.hpp"

namespace qmtl::inline QMTL_ABI::detail {

/// Whether two strings anticommute.
[[nodiscard]] inline bool anticommute(const PauliString& a, const PauliString& b) noexcept {
  return ((std::popcount(a.x & b.z) + std::popcount(a.z & b.x)) & 1) != 0;
}

/// The sign of -i P Q = +-(P Q's string) for strings that anticommute.
[[nodiscard]] inline int product_sign(const PauliString& p, const PauliString& q) noexcept {
  const PauliString r{p.x ^ q.x, p.z ^ q.z};
  // P Q = i^k R; X^x Z^z i^y_count is the string.
  const int k = p.y_count() + q.y_count() + 2 * std::popcount(p.z & q.x) - r.y_count();
  return ((k + 3) & 3) == 0 ? 1 : -1;
}

/// The letter of a string on a qubit, 0 to 3 for I, X, Y, Z.
[[nodiscard]] inline int letter_of(const PauliString& string, int qubit) noexcept {
  constexpr int of_bits[] = {0, 1, 3, 2};  // x + 2 z
  return of_bits[bit_of(string.x, qubit) + 2 * bit_of(string.z, qubit)];
}

/// The digits of a string, which pauli_of_digits makes a string of.
[[nodiscard]] inline Index digits_of(const PauliString& string) noexcept {
  Index out = 0;
  for (int j = 0; string.support() >> j != 0; ++j) out |= static_cast<Index>(letter_of(string, j)) << (2 * j);
  return out;
}

/// exp(-i angle P / 2) with P on these qubits: bit j of the string is qubits[j]. It rotates the coordinates of two
/// strings that anticommute with P, Q and +-i P Q, by the angle.
struct PauliRotation {
  std::vector<int> qubits;
  PauliString generator;
  Angle angle;
};

/// A constant linear map of the coordinates on these qubits: row i of `rows` has the columns and values of what is not
/// zero of a Pauli transfer matrix, whose digits to the base of 4 are as in `pauli_transfer_matrix`.
struct PauliTransfer {
  using Row = std::vector<std::pair<Index, double>>;
  std::vector<int> qubits;
  std::span<const Row> rows;
};

using PauliMap = std::variant<PauliRotation, PauliTransfer>;

/// The rows of a channel's transfer matrix, without what is zero or one but for rounding: the first row, which is
/// exactly 1, 0, ... 0 as the trace is preserved, tells how exact the operators are. What is below that would cost
/// coordinates and be no more than noise.
[[nodiscard]] inline std::vector<PauliTransfer::Row> transfer_rows(const QuantumChannel& channel) {
  auto matrix = pauli_transfer_matrix(channel);
  const auto unit = Eigen::RowVectorXd::Unit(matrix.cols(), 0);
  const double tolerance = std::max(1e-14, 32 * (matrix.row(0) - unit).cwiseAbs().maxCoeff());
  matrix.row(0) = unit;
  std::vector<PauliTransfer::Row> rows(static_cast<std::size_t>(matrix.rows()));
  for (Eigen::Index i = 0; i < matrix.rows(); ++i) {
    for (Eigen::Index j = 0; j < matrix.cols(); ++j) {
      double value = matrix(i, j);
      if (std::abs(value) < tolerance) continue;
      if (std::abs(std::abs(value) - 1.0) < tolerance) value = value < 0 ? -1.0 : 1.0;
      rows[static_cast<std::size_t>(i)].emplace_back(static_cast<Index>(j), value);
    }
  }
  return rows;
}

/// The rotations whose product is a part of a gate with an angle: exp(-i a G), G = sum_P c_P P with strings that
/// commute with each other. Strings are on the gate's own qubits.
[[nodiscard]] inline std::vector<std::pair<PauliString, double>> rotations_of(const GatePart& part, int qubits) {
  const auto& g = generator_of(part.gate);
  const auto entry = [&g](int r, int c) { return std::complex<double>(g.re[r][c], g.im[r][c]); };
  const Index first = part.set, second = part.set ^ part.flip;
  std::vector<std::pair<PauliString, double>> rotations;
  for (const bool flips : {false, true}) {
    for (Index z = 0; z < dimension(qubits); ++z) {
      const PauliString string{flips ? part.flip : 0, z};
      const auto trace =
          pauli_entry(string, first) * entry(0, flips ? 1 : 0) + pauli_entry(string, second) * entry(1, flips ? 0 : 1);
      const double factor = 2 * trace.real() / static_cast<double>(dimension(qubits));
      if (factor != 0.0 && string.support() != 0) rotations.emplace_back(string, factor);
    }
  }
  return rotations;
}

/// The matrix of a gate without angles.
[[nodiscard]] inline OperationMatrix constant_gate_matrix(const GateInfo& facts) {
  const auto size = static_cast<Eigen::Index>(dimension(facts.qubits));
  OperationMatrix matrix = OperationMatrix::Identity(size, size);
  for (const auto& part : facts.parts()) {
    const auto m = matrix_of(part.gate, 0.0);
    const auto entry = [&m](int r, int c) { return std::complex<double>(m.re[r][c], m.im[r][c]); };
    const Eigen::Index first = part.set, second = part.set ^ part.flip;
    const Eigen::RowVectorXcd upper = matrix.row(first), lower = matrix.row(second);
    matrix.row(first) = entry(0, 0) * upper + entry(0, 1) * lower;
    matrix.row(second) = entry(1, 0) * upper + entry(1, 1) * lower;
  }
  return matrix;
}

/// The maps of a program's instructions, in the order in which they act. Throws LogicError unless these are gates,
/// channels and barriers.
class PauliMaps {
 public:
  explicit PauliMaps(const Program& program) {
    for (const auto& step : program.instructions()) {
      if (const auto* op = std::get_if<Operation>(&step.action)) {
        add(*op);
      } else if (const auto* channel = std::get_if<Channel>(&step.action)) {
        add(program, *channel);
      } else if (!std::holds_alternative<Barrier>(step.action)) {
        throw LogicError("qmtl: Pauli coordinates: expected gates and channels only");
      }
    }
  }
  PauliMaps(const PauliMaps&) = delete;  // they point to its tables
  PauliMaps& operator=(const PauliMaps&) = delete;

  [[nodiscard]] std::span<const PauliMap> all() const noexcept { return maps_; }

 private:
  void add(const Operation& op) {
    const auto& facts = info(op.gate);
    const std::vector<int> qubits(op.targets().begin(), op.targets().end());
    if (facts.angles == 0) {
      const auto [known, is_new] = gates_.try_emplace(op.gate);
      if (is_new) known->second = transfer_rows(unitary_channel(constant_gate_matrix(facts)));
      maps_.emplace_back(PauliTransfer{qubits, known->second});
      return;
    }
    for (const auto& part : facts.parts()) {
      for (const auto& [string, factor] : rotations_of(part, facts.qubits)) {
        const Angle& angle = op.angles[static_cast<std::size_t>(part.angle)];
        maps_.emplace_back(PauliRotation{qubits, string, part.sign * factor * angle});
      }
    }
  }

  void add(const Program& program, const Channel& channel) {
    const auto [known, is_new] = channels_.try_emplace(channel.first);
    if (is_new) {
      const auto kraus =
          program.matrices().subspan(static_cast<std::size_t>(channel.first), static_cast<std::size_t>(channel.count));
      known->second = transfer_rows(QuantumChannel({kraus.begin(), kraus.end()}));
    }
    maps_.emplace_back(PauliTransfer{channel.qubits, known->second});
  }

  std::vector<PauliMap> maps_;
  std::map<Gate, std::vector<PauliTransfer::Row>> gates_;
  std::map<int, std::vector<PauliTransfer::Row>> channels_;  // by the number of the first matrix
};

}  // namespace qmtl::inline QMTL_ABI::detail
