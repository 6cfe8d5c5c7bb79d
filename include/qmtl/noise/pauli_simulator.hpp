#pragma once
// SPDX-License-Identifier: Apache-2.0
// Noisy circuits on all 4^N Pauli coordinates of a density matrix, which are real: half of its memory, and gates with
// the channels around them become one small real matrix.

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <new>
#include <span>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "qmtl/circuit/angle.hpp"
#include "qmtl/circuit/program.hpp"
#include "qmtl/circuit/window.hpp"
#include "qmtl/core/bits.hpp"
#include "qmtl/core/error.hpp"
#include "qmtl/core/simd.hpp"
#include "qmtl/noise/pauli_map.hpp"
#include "qmtl/noise/walsh_hadamard.hpp"
#include "qmtl/state/apply_matrix.hpp"

namespace qmtl::inline QMTL_ABI::detail {

/// What a map adds of coordinate `column` to coordinate `row`: constant + cosine cos(a) + sine sin(a) times it, a being
/// the map's angle. Digits to the base of 4 are the map's qubits, as in a Pauli transfer matrix.
struct PauliEntry {
  std::uint16_t row, column;
  double constant = 0.0, cosine = 0.0, sine = 0.0;
};

/// A map as its entries that are not zero, row by row.
struct PauliEntries {
  std::vector<int> qubits;
  std::vector<PauliEntry> entries;
  Angle angle{};
};

[[nodiscard]] inline PauliEntries entries_of(const PauliTransfer& map) {
  PauliEntries out{map.qubits, {}};
  for (std::size_t i = 0; i < map.rows.size(); ++i) {
    for (const auto& [j, value] : map.rows[i]) {
      out.entries.push_back({static_cast<std::uint16_t>(i), static_cast<std::uint16_t>(j), value});
    }
  }
  return out;
}

[[nodiscard]] inline PauliEntries entries_of(const PauliRotation& map) {
  PauliEntries out{map.qubits, {}, map.angle};
  const int k = static_cast<int>(map.qubits.size());
  for (Index i = 0; i < dimension(2 * k); ++i) {
    const PauliString p = map.generator, q = pauli_of_digits(i, k);
    const auto row = static_cast<std::uint16_t>(i);
    if (!anticommute(p, q)) {
      out.entries.push_back({row, row, 1.0});
      continue;
    }
    const auto partner = static_cast<std::uint16_t>(digits_of({p.x ^ q.x, p.z ^ q.z}));
    out.entries.push_back({row, row, 0.0, 1.0});
    out.entries.push_back({row, partner, 0.0, 0.0, static_cast<double>(product_sign(q, p))});
  }
  return out;
}

/// Matrices of maps that wait for each other: of one qubit or two, column by column.
struct PauliBlock {
  std::array<int, 2> qubits{};
  int width = 1;
  std::vector<double> matrix{};

  [[nodiscard]] std::size_t size() const noexcept { return std::size_t{1} << (2 * width); }
  /// The place of a qubit among its own, or -1.
  [[nodiscard]] int place(int qubit) const noexcept {
    return qubit == qubits[0] ? 0 : width == 2 && qubit == qubits[1] ? 1 : -1;
  }
};

/// Programs of gates and channels, without conditions, whose gates are on six qubits at most. What only depends on the
/// program is kept from run to run.
class PauliSimulator {
 public:
  static constexpr int max_qubits = 15;

  /// Whether it can run a program.
  [[nodiscard]] static bool runs(const Program& program) {
    return std::ranges::all_of(program.instructions(), [](const Instruction& step) {
      const bool known = std::holds_alternative<Operation>(step.action) ||
                         std::holds_alternative<Channel>(step.action) || std::holds_alternative<Barrier>(step.action);
      return known && !step.condition;
    });
  }

  /// Throws LogicError for a program that it cannot run, MemoryError for more than 15 qubits or where there is no
  /// memory: 8 bytes for each of 4^N coordinates.
  explicit PauliSimulator(const Program& program) : qubits_(program.qubits()) {
    if (qubits_ > max_qubits) {
      throw MemoryError(text("qmtl: PauliSimulator: qubits, expected at most ", max_qubits, ", got ", qubits_));
    }
    const PauliMaps maps(program);
    for (const auto& map : maps.all()) {
      steps_.push_back(std::visit([](const auto& m) { return entries_of(m); }, map));
    }
    try {
      state_.resize(dimension(2 * qubits_));
    } catch (const std::bad_alloc&) {
      throw MemoryError(text("qmtl: PauliSimulator: no memory for ", dimension(2 * qubits_), " Pauli coordinates of ",
                             qubits_, " qubits"));
    }
  }

  /// From |0...0>; the caller checks the numbers of features and weights. Cost: 4^N * 4 for each run of gates on one
  /// pair of qubits, whatever the gates and channels in it.
  void run(std::span<const double> features, std::span<const double> weights) {
    start();
    blocks_.assign(static_cast<std::size_t>(qubits_), {});
    block_of_.assign(static_cast<std::size_t>(qubits_), -1);
    for (const auto& step : steps_) {
      const double angle = evaluate(step.angle, features.data(), weights.data());
      const double cosine = std::cos(angle), sine = std::sin(angle);
      values_.clear();
      for (const auto& e : step.entries) values_.push_back(e.constant + cosine * e.cosine + sine * e.sine);
      add(step);
    }
    for (int q = 0; q < qubits_; ++q) finish(q);
  }

  /// r_P = tr(rho P) of a string of Z, by the register's qubits that have one.
  [[nodiscard]] double z_string(Index z) const noexcept { return state_[coordinate(z)]; }

  /// The probabilities of the outcomes of distinct qubits after the last run, bit j of an outcome being measured[j].
  [[nodiscard]] std::vector<double> probabilities(std::span<const int> measured) const {
    require_distinct_qubits("PauliSimulator: measured qubits", measured, qubits_);
    std::vector<double> out(std::size_t{1} << measured.size());
    for (Index s = 0; s < out.size(); ++s) out[s] = z_string(scatter(s, measured));
    walsh_hadamard(out);
    for (double& p : out) p /= static_cast<double>(out.size());
    return out;
  }

 private:
  [[nodiscard]] static Index scatter(Index bits, std::span<const int> qubits) noexcept {
    Index out = 0;
    for (std::size_t j = 0; j < qubits.size(); ++j) {
      if (bit_of(bits, static_cast<int>(j)) != 0) out |= qubit_mask(qubits[j]);
    }
    return out;
  }
  /// The number of the string with Z on these qubits: digits of 3.
  [[nodiscard]] Index coordinate(Index z) const noexcept {
    Index out = 0;
    for (int q = 0; q < qubits_; ++q) {
      if (bit_of(z, q) != 0) out |= Index{3} << (2 * q);
    }
    return out;
  }

  /// |0...0>: 1 for strings of I and Z.
  void start() {
    std::ranges::fill(state_, 0.0);
    for (Index z = 0; z < dimension(qubits_); ++z) state_[coordinate(z)] = 1.0;
  }

  // ---- Blocks ----

  [[nodiscard]] int& block_of(int qubit) noexcept { return block_of_[static_cast<std::size_t>(qubit)]; }
  [[nodiscard]] PauliBlock& block(int qubit) noexcept { return blocks_[static_cast<std::size_t>(block_of(qubit))]; }
  /// Whether a block waits for another qubit with this one.
  [[nodiscard]] bool waits(int qubit) noexcept { return block_of(qubit) >= 0; }

  /// A step, whose values are in values_.
  void add(const PauliEntries& step) {
    if (step.qubits.size() > 2) {
      for (const int q : step.qubits) finish(q);
      return mix_many(step);
    }
    const int first = step.qubits.front(), last = step.qubits.back();
    if (first != last && !(waits(first) && block_of(first) == block_of(last))) join(first, last);
    if (!waits(first)) open(first, {first, -1}, 1);
    PauliBlock& b = block(first);
    multiply(b, step, b.place(first), b.place(last));
  }

  /// The identity on one or two qubits; a block's number is its first qubit.
  PauliBlock& open(int number, std::array<int, 2> qubits, int width) {
    PauliBlock& b = blocks_[static_cast<std::size_t>(number)];
    b.qubits = qubits;
    b.width = width;
    b.matrix.assign(b.size() * b.size(), 0.0);
    for (std::size_t i = 0; i < b.size(); ++i) b.matrix[i * (b.size() + 1)] = 1.0;
    for (int j = 0; j < width; ++j) block_of(qubits[static_cast<std::size_t>(j)]) = number;
    return b;
  }

  /// One block of two qubits, of what waits for each of them alone.
  void join(int a, int b) {
    std::array<std::vector<double>, 2> alone;
    std::array<int, 2> qubits{a, b};
    for (std::size_t j = 0; j < 2; ++j) {
      const int q = qubits[j];
      if (waits(q) && block(q).width == 2) finish(q);
      if (waits(q)) alone[j] = block(q).matrix;
    }
    PauliBlock& both = open(a, qubits, 2);
    for (std::size_t column = 0; column < 16; ++column) {
      for (std::size_t row = 0; row < 16; ++row) {
        double value = 1.0;
        for (std::size_t j = 0; j < 2; ++j) {
          const std::size_t r = (row >> (2 * j)) & 3, c = (column >> (2 * j)) & 3;
          value *= alone[j].empty() ? (r == c ? 1.0 : 0.0) : alone[j][r + 4 * c];
        }
        both.matrix[row + 16 * column] = value;
      }
    }
  }

  /// block <- step block, the step's first qubit having this place in it, and its last.
  void multiply(PauliBlock& b, const PauliEntries& step, int first, int last) {
    const bool pair = step.qubits.size() == 2;
    const auto place = [&](std::uint16_t digits) {
      const std::size_t low = static_cast<std::size_t>(digits & 3) << (2 * first);
      return pair ? low | static_cast<std::size_t>(digits >> 2) << (2 * last) : low;
    };
    const std::size_t others = pair || b.width == 1 ? 1 : 4;
    const int other = 2 * (1 - first);
    product_.assign(b.matrix.size(), 0.0);
    for (std::size_t e = 0; e < step.entries.size(); ++e) {
      const double value = values_[e];
      const std::size_t row = place(step.entries[e].row), column = place(step.entries[e].column);
      for (std::size_t o = 0; o < others; ++o) {
        const std::size_t to = row | o << other, from = column | o << other;
        for (std::size_t c = 0; c < b.size(); ++c) product_[to + c * b.size()] += value * b.matrix[from + c * b.size()];
      }
    }
    std::swap(product_, b.matrix);
  }

  // ---- Coordinates ----

  /// Applies what waits for a qubit.
  void finish(int qubit) {
    if (!waits(qubit)) return;
    const PauliBlock b = std::move(block(qubit));
    for (int j = 0; j < b.width; ++j) block_of(b.qubits[static_cast<std::size_t>(j)]) = -1;
    if (b.width == 1) {
      mix<4>(b);
    } else {
      mix<16>(b);
    }
  }

  /// The places of a qubit's digit among the bits of a coordinate's number, of all, in ascending order.
  [[nodiscard]] static std::vector<int> digit_bits(std::span<const int> qubits) {
    std::vector<int> out;
    for (const int q : qubits) out.insert(out.end(), {2 * q, 2 * q + 1});
    return out;
  }

  template <std::size_t Size>
  void mix(const PauliBlock& b) {
    const auto bits = digit_bits(std::span(b.qubits).first(static_cast<std::size_t>(b.width)));
    std::array<Index, Size> offsets{};
    fill_offsets(bits, offsets);
    auto sorted = bits;
    std::ranges::sort(sorted);
    constexpr Index lanes = pack_width<double>;
    const Index environments = state_.size() / Size;
    if (environments < lanes) return mix_few(b.matrix, offsets, sorted);
    const bool side_by_side = Index{1} << sorted.front() >= lanes;
    for (Index k = 0; k < environments; k += lanes) {
      std::array<Index, lanes> bases;
      for (Index l = 0; l < lanes; ++l) {
        bases[l] = k + l;
        for (const int bit : sorted) bases[l] = insert_zero(bases[l], bit);
      }
      if (side_by_side) {
        mix_lanes<Size>(b.matrix.data(), offsets, [&](Index offset) { return RunOfLanes{&state_[bases[0] | offset]}; });
      } else {
        mix_lanes<Size>(b.matrix.data(), offsets, [&](Index offset) {
          return ScatteredLanes{state_.data(), bases.data(), offset};
        });
      }
    }
  }

  /// A coordinate of as many environments as a pack has lanes: neighbours, or anywhere.
  struct RunOfLanes {
    double* at;
    [[nodiscard]] Pack<double> load() const noexcept {
      Pack<double> out;
      std::memcpy(&out, at, sizeof out);
      return out;
    }
    void store(const Pack<double>& values) const noexcept { std::memcpy(at, &values, sizeof values); }
  };
  struct ScatteredLanes {
    double* state;
    const Index* bases;
    Index offset;
    [[nodiscard]] Pack<double> load() const noexcept {
      return make_pack<double>([&](int l) { return state[bases[l] | offset]; });
    }
    void store(const Pack<double>& values) const noexcept {
      for (int l = 0; l < pack_width<double>; ++l) state[bases[l] | offset] = values[l];
    }
  };

  template <std::size_t Size, class LanesAt>
  QMTL_ALWAYS_INLINE static void mix_lanes(const double* matrix, const std::array<Index, Size>& offsets,
                                           const LanesAt& at) noexcept {
    Pack<double> in[Size];
    for (std::size_t c = 0; c < Size; ++c) in[c] = at(offsets[c]).load();
    for (std::size_t i = 0; i < Size; ++i) {
      Pack<double> sum = in[0] * matrix[i];
      for (std::size_t c = 1; c < Size; ++c) sum += in[c] * matrix[i + Size * c];
      at(offsets[i]).store(sum);
    }
  }

  /// Fewer environments than a pack has lanes.
  template <std::size_t Size>
  void mix_few(std::span<const double> matrix, const std::array<Index, Size>& offsets, const std::vector<int>& sorted) {
    for_each_environment(sorted, 2 * qubits_, [&](Index base) {
      std::array<double, Size> sum{};
      for (std::size_t c = 0; c < Size; ++c) {
        for (std::size_t i = 0; i < Size; ++i) sum[i] += matrix[i + Size * c] * state_[base | offsets[c]];
      }
      for (std::size_t i = 0; i < Size; ++i) state_[base | offsets[i]] = sum[i];
    });
  }

  /// A step on more than two qubits.
  void mix_many(const PauliEntries& step) {
    const auto bits = digit_bits(step.qubits);
    std::vector<Index> offsets(std::size_t{1} << bits.size());
    fill_offsets(bits, offsets);
    auto sorted = bits;
    std::ranges::sort(sorted);
    std::vector<double> sum(offsets.size());
    for_each_environment(sorted, 2 * qubits_, [&](Index base) {
      std::ranges::fill(sum, 0.0);
      for (std::size_t e = 0; e < step.entries.size(); ++e) {
        const auto& entry = step.entries[e];
        sum[entry.row] += values_[e] * state_[base | offsets[entry.column]];
      }
      for (std::size_t i = 0; i < sum.size(); ++i) state_[base | offsets[i]] = sum[i];
    });
  }

  int qubits_;
  std::vector<PauliEntries> steps_;
  std::vector<double> state_;  // tr(rho P), digits of its number to the base of 4 being the letters I, X, Y, Z
  std::vector<PauliBlock> blocks_;
  std::vector<int> block_of_;
  std::vector<double> values_, product_;
};

}  // namespace qmtl::inline QMTL_ABI::detail
