#pragma once
// SPDX-License-Identifier: Apache-2.0
// CouplingMap: which pairs of a device's qubits have a two-qubit gate, and how far all of them are from one another.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <numeric>
#include <span>
#include <utility>
#include <vector>

#include "qmtl/core/error.hpp"

namespace qmtl::inline QMTL_ABI {

/// The directed couplings of 1 to 4096 qubits, (control, target), and the graph that they make without their
/// directions: neighbours in ascending order, and distances in couplings. Takes 2 bytes a pair of qubits.
class CouplingMap {
 public:
  using Coupling = std::pair<int, int>;

  static constexpr int max_qubits = 4096;
  /// The distance of qubits that no path connects.
  static constexpr int unreachable = std::numeric_limits<std::uint16_t>::max();

  /// A gate that works both ways may be given once or both ways. Throws CircuitError for another number of qubits, for
  /// a coupling of qubits that there are not or of one with itself, and for one that is given twice. Cost: the number
  /// of qubits times that of couplings.
  CouplingMap(int qubits, std::vector<Coupling> couplings) : qubits_(qubits), couplings_(std::move(couplings)) {
    if (qubits < 1 || qubits > max_qubits) {
      throw CircuitError(detail::text("qmtl: CouplingMap: qubits, expected 1 to ", max_qubits, ", got ", qubits));
    }
    check();
    connect();
    measure();
  }

  /// 0 - 1 - 2 - ...
  [[nodiscard]] static CouplingMap line(int qubits) {
    std::vector<Coupling> out;
    for (int q = 1; q < qubits; ++q) out.emplace_back(q - 1, q);
    return {qubits, std::move(out)};
  }
  /// A line whose ends are coupled; of 1 or 2 qubits, a line.
  [[nodiscard]] static CouplingMap ring(int qubits) {
    std::vector<Coupling> out;
    for (int q = 1; q < qubits; ++q) out.emplace_back(q - 1, q);
    if (qubits > 2) out.emplace_back(qubits - 1, 0);
    return {qubits, std::move(out)};
  }
  /// A square lattice, numbered row by row.
  [[nodiscard]] static CouplingMap grid(int rows, int columns) {
    check_rows("grid", rows, columns);
    std::vector<Coupling> out;
    for (int q = 0; q < rows * columns; ++q) {
      if (q % columns + 1 < columns) out.emplace_back(q, q + 1);
      if (q + columns < rows * columns) out.emplace_back(q, q + columns);
    }
    return {rows * columns, std::move(out)};
  }
  /// Hexagons with a qubit on each corner and on each edge (Chamberland et al. 2020, arXiv:1907.09528): rows of qubits
  /// in a line, with a qubit between each fourth of a row, from `first_bridge` (0 to 3) on, and the one below it; two
  /// columns further on after every other row. Numbered from the top, `heavy_hex(8, 16)` is what IBM calls Heron r2.
  [[nodiscard]] static CouplingMap heavy_hex(int rows, int columns, int first_bridge = 3) {
    check_rows("heavy_hex", rows, columns);
    if (first_bridge < 0 || first_bridge > 3) {
      throw CircuitError(
          detail::text("qmtl: CouplingMap: heavy_hex: first bridge, expected 0 to 3, got ", first_bridge));
    }
    std::vector<Coupling> out;
    int next = 0;
    for (int r = 0, offset = first_bridge; r < rows; ++r, offset = (offset + 2) % 4) {
      const int row = next;
      for (int c = 1; c < columns; ++c) out.emplace_back(row + c - 1, row + c);
      next += columns;
      if (r + 1 == rows) break;
      const int bridges = offset < columns ? (columns - offset + 3) / 4 : 0;
      for (int b = 0; b < bridges; ++b, ++next) {
        out.emplace_back(row + offset + 4 * b, next);
        out.emplace_back(next, row + columns + bridges + offset + 4 * b);
      }
    }
    return {next, std::move(out)};
  }
  /// Every qubit with every other one.
  [[nodiscard]] static CouplingMap all_to_all(int qubits) {
    std::vector<Coupling> out;
    for (int a = 0; a < std::min(qubits, max_qubits); ++a) {
      for (int b = a + 1; b < std::min(qubits, max_qubits); ++b) out.emplace_back(a, b);
    }
    return {qubits, std::move(out)};
  }

  [[nodiscard]] int qubits() const noexcept { return qubits_; }
  /// As given.
  [[nodiscard]] std::span<const Coupling> couplings() const& noexcept { return couplings_; }
  std::span<const Coupling> couplings() && = delete;  // of a map that is gone when they are read
  /// Each coupled pair once, the smaller qubit first, in ascending order.
  [[nodiscard]] std::span<const Coupling> pairs() const& noexcept { return pairs_; }
  std::span<const Coupling> pairs() && = delete;

  /// Whether two qubits below qubits() are coupled, in either direction.
  [[nodiscard]] bool coupled(int a, int b) const noexcept { return distance(a, b) == 1; }
  /// Whether a coupling was given in this direction.
  [[nodiscard]] bool directed(int control, int target) const noexcept {
    return std::ranges::binary_search(sorted_, Coupling(control, target));
  }
  [[nodiscard]] std::span<const int> neighbours(int q) const& noexcept {
    const auto i = static_cast<std::size_t>(q);
    return std::span(neighbours_).subspan(starts_[i], starts_[i + 1] - starts_[i]);
  }
  std::span<const int> neighbours(int q) && = delete;
  /// The couplings on a shortest path, or `unreachable`.
  [[nodiscard]] int distance(int a, int b) const noexcept { return distances_[place(a, b)]; }
  /// All distances from a qubit, by the other qubit.
  [[nodiscard]] std::span<const std::uint16_t> distances(int q) const& noexcept {
    return std::span(distances_).subspan(place(q, 0), static_cast<std::size_t>(qubits_));
  }
  std::span<const std::uint16_t> distances(int q) && = delete;
  /// Whether paths lead from every qubit to every other one.
  [[nodiscard]] bool connected() const noexcept {
    return std::ranges::find(distances_, unreachable) == distances_.end();
  }

  friend bool operator==(const CouplingMap& a, const CouplingMap& b) noexcept {
    return a.qubits_ == b.qubits_ && a.sorted_ == b.sorted_;
  }

 private:
  static void check_rows(const char* what, int rows, int columns) {
    if (rows < 1 || columns < 1 || columns > max_qubits || rows > max_qubits / columns) {
      throw CircuitError(detail::text("qmtl: CouplingMap: ", what, ": rows and columns, expected 1 to ", max_qubits,
                                      " qubits in all, got ", rows, " and ", columns));
    }
  }

  [[nodiscard]] std::size_t place(int a, int b) const noexcept {
    return static_cast<std::size_t>(a) * static_cast<std::size_t>(qubits_) + static_cast<std::size_t>(b);
  }

  void check() {
    for (const auto& [a, b] : couplings_) {
      if (a < 0 || b < 0 || a >= qubits_ || b >= qubits_) {
        throw CircuitError(
            detail::text("qmtl: CouplingMap: a coupling, expected of qubits below ", qubits_, ", got ", a, " and ", b));
      }
      if (a == b) {
        throw CircuitError(detail::text("qmtl: CouplingMap: a coupling, expected of two qubits, got ", a, " twice"));
      }
    }
    sorted_ = couplings_;
    std::ranges::sort(sorted_);
    const auto twice = std::ranges::adjacent_find(sorted_);
    if (twice != sorted_.end()) {
      throw CircuitError(detail::text("qmtl: CouplingMap: each coupling, expected once, got ", twice->first, " and ",
                                      twice->second, " twice"));
    }
  }

  void connect() {
    for (const auto& [a, b] : sorted_) pairs_.emplace_back(std::min(a, b), std::max(a, b));
    std::ranges::sort(pairs_);
    pairs_.erase(std::unique(pairs_.begin(), pairs_.end()), pairs_.end());
    starts_.assign(static_cast<std::size_t>(qubits_) + 1, 0);
    for (const auto& [a, b] : pairs_) {
      ++starts_[static_cast<std::size_t>(a) + 1];
      ++starts_[static_cast<std::size_t>(b) + 1];
    }
    std::partial_sum(starts_.begin(), starts_.end(), starts_.begin());
    neighbours_.resize(2 * pairs_.size());
    auto next = starts_;  // pairs ascend, so each list does: its smaller neighbours come first
    for (const auto& [a, b] : pairs_) neighbours_[next[static_cast<std::size_t>(b)]++] = a;
    for (const auto& [a, b] : pairs_) neighbours_[next[static_cast<std::size_t>(a)]++] = b;
  }

  /// Breadth first from each qubit.
  void measure() {
    const auto n = static_cast<std::size_t>(qubits_);
    distances_.assign(n * n, static_cast<std::uint16_t>(unreachable));
    std::vector<int> reached;
    for (int from = 0; from < qubits_; ++from) {
      reached.assign(1, from);
      distances_[place(from, from)] = 0;
      for (std::size_t i = 0; i < reached.size() && reached.size() < n; ++i) {
        const auto farther = static_cast<std::uint16_t>(distances_[place(from, reached[i])] + 1);
        for (const int q : std::as_const(*this).neighbours(reached[i])) {
          auto& distance = distances_[place(from, q)];
          if (distance != unreachable) continue;
          distance = farther;
          reached.push_back(q);
        }
      }
    }
  }

  int qubits_;
  std::vector<Coupling> couplings_, sorted_, pairs_;
  std::vector<std::size_t> starts_;  ///< of each qubit's neighbours, and their end
  std::vector<int> neighbours_;
  std::vector<std::uint16_t> distances_;
};

}  // namespace qmtl::inline QMTL_ABI
