#pragma once
// SPDX-License-Identifier: Apache-2.0
// A circuit as text: one wire a qubit, time from left to right.

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <span>
#include <string>
#include <vector>

#include "qmtl/circuit/circuit.hpp"
#include "qmtl/core/number_text.hpp"

namespace qmtl::inline QMTL_ABI {

/// "x3", "0.5*w2+1.571", "2*(x0-3.142)*(x1-3.142)" or a number in radians.
[[nodiscard]] inline std::string to_string(const Angle& angle) {
  const auto number = [](double value) {
    return detail::number_text(value + 0.0, std::chars_format::general, 4);  // + 0.0: no "-0"
  };
  const auto plus = [&number](double value) {
    if (value == 0.0) return std::string();
    return (value < 0 ? "-" : "+") + number(std::abs(value));
  };
  if (angle.source == AngleSource::constant) return number(angle.offset);
  std::string out;
  if (angle.scale == -1.0) {
    out = "-";
  } else if (angle.scale != 1.0) {
    out = number(angle.scale) + "*";
  }
  if (angle.source == AngleSource::feature_product) {
    out += detail::text("(x", angle.index, plus(angle.shift), ")*(x", angle.second, plus(angle.second_shift), ")");
  } else if (angle.source == AngleSource::weighted_feature) {
    const auto start = plus(angle.shift);
    auto product = detail::text('w', angle.index, start);
    if (!start.empty()) product = "(" + product + ")";
    product += detail::text("*x", angle.second);
    out += angle.third == no_phase ? product : detail::text("(w", angle.third, '+', product, ')');
  } else {
    out += detail::text(angle.source == AngleSource::feature ? 'x' : 'w', angle.index);
  }
  return out + plus(angle.offset);
}

namespace detail {

/// What stands on the wire of an operation's k-th qubit: a control dot or the gate's symbol with its angles.
[[nodiscard]] inline std::string symbol(const Operation& op, int k) {
  std::string out(info(op.gate).symbols[static_cast<std::size_t>(k)]);
  const auto angles = k < info(op.gate).controls ? std::span<const Angle>() : op.used_angles();
  for (std::size_t i = 0; i < angles.size(); ++i) out += (i == 0 ? "(" : ",") + to_string(angles[i]);
  return angles.empty() ? out : out + ")";
}

/// Column of each operation: as far left as possible without crossing another operation's vertical line.
[[nodiscard]] inline std::vector<int> columns_of(CircuitView c) {
  std::vector<int> next(static_cast<std::size_t>(c.qubits), 0);
  std::vector<int> columns;
  for (const auto& op : c.ops()) {
    const auto targets = op.targets();
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
    const auto targets = op.targets();
    const auto ends = std::minmax_element(targets.begin(), targets.end());
    for (int k = 0; k < static_cast<int>(targets.size()); ++k) {
      grid.put(2 * targets[static_cast<std::size_t>(k)], columns[i], detail::symbol(op, k));
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
