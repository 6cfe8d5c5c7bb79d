#pragma once
// SPDX-License-Identifier: Apache-2.0
// A circuit as text: one wire a qubit, time from left to right.

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <span>
#include <string>
#include <vector>

#include "qmtl/circuit/angle_text.hpp"
#include "qmtl/circuit/circuit.hpp"

namespace qmtl::inline QMTL_ABI {

namespace detail {

/// "[m3.0]", or its name in the place of m3, on the first qubit of matrix number 3; "[m3'.0]" of its inverse.
[[nodiscard]] inline std::string matrix_symbol(const CircuitView& c, const MatrixOperation& op, std::size_t k) {
  std::string out = "[" + matrix_name(c.matrix(op), op.matrix) + (op.adjoint ? "'" : "");
  return out + (op.qubits.size() > 1 ? text('.', k) : "") + "]";
}

/// What stands on the wire of an operation's k-th qubit: a control dot or the gate's symbol with its angles.
[[nodiscard]] inline std::string symbol(const CircuitView& c, const Operation& op, std::size_t k) {
  if (const auto* by_matrix = c.by_matrix(op)) return matrix_symbol(c, *by_matrix, k);
  const Operation& base = *c.gate(op);
  const std::size_t further = c.targets(op).size() - base.targets().size();
  if (k < further) return "@";
  k -= further;
  std::string out(info(base.gate).symbols[k]);
  if (static_cast<int>(k) < info(base.gate).controls || out == "@" || base.used_angles().empty()) return out;
  const AngleFormat format{false, c.tables == nullptr ? nullptr : &c.tables->names};
  for (const auto& angle : base.used_angles()) {
    out += (&angle == base.angles.data() ? "(" : ",") + angle_text(angle, format);
  }
  return out + ")";
}

/// Column of each operation: as far left as possible without crossing another operation's vertical line.
[[nodiscard]] inline std::vector<int> columns_of(CircuitView c) {
  std::vector<int> next(static_cast<std::size_t>(c.qubits), 0);
  std::vector<int> columns;
  for (const auto& op : c.ops()) {
    const auto targets = c.targets(op);
    const auto ends = std::minmax_element(targets.begin(), targets.end());
    const auto first = next.begin() + *ends.first;
    const auto last = next.begin() + *ends.second + 1;
    columns.push_back(*std::max_element(first, last));
    std::fill(first, last, columns.back() + 1);
  }
  return columns;
}

/// The grid that a drawing is made of: rows alternate between wires and the gaps below them.
class Grid {
 public:
  Grid(int rows, int columns)
      : widths_(static_cast<std::size_t>(columns), 1), cells_(static_cast<std::size_t>(rows) * widths_.size()) {}

  void put(int row, int column, const std::string& content) {
    cells_[at(row, column)] = content;
    auto& width = widths_[static_cast<std::size_t>(column)];
    width = std::max(width, static_cast<int>(content.size()));
  }

  [[nodiscard]] bool empty(int row, int column) const { return cells_[at(row, column)].empty(); }

  /// A row as text: cells centred, joined by `fill`.
  [[nodiscard]] std::string line(int row, char fill) const {
    std::string out(1, fill);
    for (std::size_t c = 0; c < widths_.size(); ++c) {
      const auto& cell = cells_[at(row, static_cast<int>(c))];
      const std::size_t space = static_cast<std::size_t>(widths_[c]) - cell.size();
      out += std::string(space / 2, fill) + cell + std::string(space - space / 2 + 1, fill);
    }
    return out;
  }

 private:
  [[nodiscard]] std::size_t at(int row, int column) const noexcept {
    return static_cast<std::size_t>(row) * widths_.size() + static_cast<std::size_t>(column);
  }

  std::vector<int> widths_;
  std::vector<std::string> cells_;  // row by row
};

/// Eight hexadecimal digits from gates, qubits and angles (FNV-1a), constants to nine digits. Two circuits that differ
/// have the same ones with a probability of about 2^-32.
[[nodiscard]] inline std::string fingerprint(std::span<const Operation> ops) {
  std::uint32_t hash = 2166136261u;
  const auto mix = [&hash](std::string_view text) {
    for (const char letter : text) hash = (hash ^ static_cast<unsigned char>(letter)) * 16777619u;
  };
  for (const auto& op : ops) {
    mix(info(op.gate).name);
    for (const int q : op.targets()) mix(text(' ', q));
    for (const auto& a : op.used_angles()) {
      mix(text(static_cast<int>(a.source), ' ', a.index, ' ', a.second, ' ', a.scale, ' ', a.offset, ' ', a.shift, ' ',
               a.second_shift));
      if (a.source == AngleSource::weighted_feature) mix(text(' ', a.third));
    }
  }
  char buffer[16];
  std::snprintf(buffer, sizeof buffer, "%08x", hash);
  return buffer;
}

}  // namespace detail

/// Draws a circuit in ASCII: `@` a control (or either end of CZ), `x` a swapped qubit, `|` a connection.
/// Memory and time grow with qubits times columns: for people, of circuits that they can look at.
///
///     q0: -H-5187
///            |
///     q1: ---X-
[[nodiscard]] inline std::string draw(CircuitView c) {
  validate(c);
  const auto columns = detail::columns_of(c);
  const int column_count = columns.empty() ? 0 : *std::max_element(columns.begin(), columns.end()) + 1;
  detail::Grid grid(2 * c.qubits - 1, column_count);
  for (std::size_t i = 0; i < columns.size(); ++i) {
    const auto& op = c.operations[i];
    const auto targets = c.targets(op);
    const auto ends = std::minmax_element(targets.begin(), targets.end());
    for (std::size_t k = 0; k < targets.size(); ++k) {
      grid.put(2 * targets[k], columns[i], detail::symbol(c, op, k));
    }
    for (int row = 2 * *ends.first + 1; row < 2 * *ends.second; ++row) {
      if (grid.empty(row, columns[i])) grid.put(row, columns[i], "|");
    }
  }
  const std::size_t label_width = detail::text('q', c.qubits - 1, ": ").size();
  std::string out;
  for (int row = 0; row < 2 * c.qubits - 1; ++row) {
    const bool wire = row % 2 == 0;
    std::string label = wire ? detail::text('q', row / 2, ':') : std::string();
    label.resize(label_width, ' ');
    std::string line = label + grid.line(row, wire ? '-' : ' ');
    line.erase(line.find_last_not_of(' ') + 1);
    out += line + '\n';
  }
  return out;
}

}  // namespace qmtl::inline QMTL_ABI
