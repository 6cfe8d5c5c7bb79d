#pragma once
// SPDX-License-Identifier: Apache-2.0
// From what is asked for at the end of a noisy circuit back to its start: which Pauli coordinates matter, and when.

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>
#include <unordered_map>
#include <utility>
#include <variant>
#include <vector>

#include "qmtl/core/bits.hpp"
#include "qmtl/core/error.hpp"
#include "qmtl/engine/pauli/pauli_program.hpp"
#include "qmtl/engine/pauli/pauli_reach.hpp"
#include "qmtl/engine/pauli/traced_steps.hpp"
#include "qmtl/noise/pauli_map.hpp"

namespace qmtl::inline QMTL_ABI::detail {

/// Walks backwards through a circuit's maps with the set of strings whose coordinates are needed, and writes down the
/// steps that compute them: a light cone of single coordinates, under noise too. Whatever acts only where no needed
/// string does is left out, as trace-preserving maps are there. Cost: the needed strings, for each map.
class PauliTracer {
 public:
  using Kind = PauliProgram::Kind;

  /// A string that is needed at the end, before any map: bit j is qubits[j]. Returns its number among the program's
  /// ends. Throws CircuitError for more than 64 qubits in all.
  std::size_t need(const PauliString& string, std::span<const int> qubits) {
    const PauliString own = relabelled(string, labels(qubits));
    support_ |= own.support();
    return find_or_add(own);
  }

  /// Goes back across maps, the last one first; once. With `reach`, of the same maps, they act on |0...0>, and
  /// coordinates that are zero there are not needed.
  void trace_back(std::span<const PauliMap> maps, const PauliReach* reach = nullptr) {
    ends_ = needed_.size();
    if (reach != nullptr && reach->real()) {
      drop([this](std::size_t i) { return needed_[i].string.y_count() % 2 == 1; });
    }
    for (std::size_t i = maps.size(); i-- > 0;) {
      std::visit(
          [&](const auto& map) {
            if (!touches(map.qubits)) return;
            const auto own = labels(map.qubits);
            this->cross(map, own);
            if (reach != nullptr) drop_unreached(own, reach->letters_before(i));
            update_support();
          },
          maps[i]);
    }
  }

  /// The steps, whose starts are what is needed now, on no other qubits than theirs.
  [[nodiscard]] PauliProgram finish() && {
    PauliProgram out;
    out.angles = std::move(angles_);
    out.places = places_;
    std::vector<int> label_of(qubits_.size());
    for (std::size_t l = 0; l < qubits_.size(); ++l) {
      if (bit_of(support_, static_cast<int>(l)) == 0) continue;
      label_of[l] = static_cast<int>(out.qubits.size());
      out.qubits.push_back(qubits_[l]);
    }
    for (const auto& [string, place, sign] : needed_) {
      out.starts.push_back({relabelled(string, label_of), place, static_cast<double>(sign)});
    }
    for (std::size_t i = 0; i < ends_; ++i) out.ends.push_back({static_cast<std::uint32_t>(i), 1.0});
    std::move(traced_).join(out);
    return out;
  }

 private:
  static constexpr std::size_t none = static_cast<std::size_t>(-1);

  /// A string that is needed, and where its coordinate, or the negative, lies.
  struct Needed {
    PauliString string;
    std::uint32_t place;
    int sign;
  };
  struct Hash {
    std::size_t operator()(const PauliString& s) const noexcept {
      std::uint64_t h = s.x * 0x9E3779B97F4A7C15u ^ std::rotl(s.z * 0xC2B2AE3D27D4EB4Fu, 31);
      h = (h ^ (h >> 29)) * 0xBF58476D1CE4E5B9u;
      return h ^ (h >> 32);
    }
  };

  // ---- Strings ----

  /// The labels of qubits: their own, or free ones, on which all needed strings are the identity.
  [[nodiscard]] std::vector<int> labels(std::span<const int> qubits) {
    std::vector<int> out(qubits.size(), -1);
    Index taken = support_;
    for (std::size_t j = 0; j < qubits.size(); ++j) {
      const auto found = std::find(qubits_.begin(), qubits_.end(), qubits[j]);
      if (found == qubits_.end()) continue;
      out[j] = static_cast<int>(found - qubits_.begin());
      taken |= qubit_mask(out[j]);
    }
    for (std::size_t j = 0; j < qubits.size(); ++j) {
      if (out[j] >= 0) continue;
      out[j] = std::countr_one(taken);
      if (out[j] == 64) {
        throw CircuitError("qmtl: Pauli coordinates: what is read must depend on at most 64 qubits at a time");
      }
      taken |= qubit_mask(out[j]);
      if (static_cast<std::size_t>(out[j]) == qubits_.size()) qubits_.push_back(-1);
      qubits_[static_cast<std::size_t>(out[j])] = qubits[j];
    }
    return out;
  }
  /// Whether any needed string is not the identity on these qubits.
  [[nodiscard]] bool touches(std::span<const int> qubits) const noexcept {
    return std::any_of(qubits.begin(), qubits.end(), [this](int q) {
      const auto found = std::find(qubits_.begin(), qubits_.end(), q);
      return found != qubits_.end() && bit_of(support_, static_cast<int>(found - qubits_.begin())) != 0;
    });
  }
  void update_support() noexcept {
    support_ = 0;
    for (const auto& n : needed_) support_ |= n.string.support();
  }
  [[nodiscard]] static PauliString relabelled(const PauliString& string, std::span<const int> labels) noexcept {
    PauliString out;
    for (std::size_t j = 0; j < labels.size(); ++j) {
      out.x |= static_cast<Index>(bit_of(string.x, static_cast<int>(j))) << labels[j];
      out.z |= static_cast<Index>(bit_of(string.z, static_cast<int>(j))) << labels[j];
    }
    return out;
  }

  [[nodiscard]] std::size_t find(const PauliString& string) const {
    const auto found = numbers_.find(string);
    return found == numbers_.end() ? none : found->second;
  }
  std::size_t add(const PauliString& string) {
    traced_.take(64);  // a lane
    numbers_.emplace(string, needed_.size());
    needed_.push_back({string, static_cast<std::uint32_t>(places_++), 1});
    return needed_.size() - 1;
  }
  [[nodiscard]] std::size_t find_or_add(const PauliString& string) {
    const std::size_t found = find(string);
    return found == none ? add(string) : found;
  }
  void renumber() {
    numbers_.clear();
    for (std::size_t i = 0; i < needed_.size(); ++i) numbers_.emplace(needed_[i].string, i);
  }

  /// Forgets the strings whose numbers are gone(number).
  template <class Gone>
  void drop(const Gone& gone) {
    std::size_t kept = 0;
    for (std::size_t i = 0; i < needed_.size(); ++i) {
      if (!gone(i)) needed_[kept++] = needed_[i];
    }
    if (kept == needed_.size()) return;
    needed_.resize(kept);
    renumber();
  }
  /// Those with a letter on a map's qubits that no string can have there.
  void drop_unreached(std::span<const int> own, std::span<const PauliReach::Letters> letters) {
    if (std::ranges::count(letters, PauliReach::all_letters) == static_cast<std::ptrdiff_t>(letters.size())) return;
    drop([&](std::size_t i) {
      for (std::size_t j = 0; j < own.size(); ++j) {
        if (((letters[j] >> letter_of(needed_[i].string, own[j])) & 1) == 0) return true;
      }
      return false;
    });
  }

  // ---- Rotations ----

  void cross(const PauliRotation& rotation, std::span<const int> own) {
    const PauliString p = relabelled(rotation.generator, own);
    TracedStep step{Kind::rotate, angle_number(rotation.angle)};
    std::vector<bool> paired(needed_.size());
    for (std::size_t i = 0; i < paired.size(); ++i) {
      const PauliString q = needed_[i].string;
      if (paired[i] || !anticommute(p, q)) continue;
      const std::size_t j = find_or_add({p.x ^ q.x, p.z ^ q.z});
      if (j < paired.size()) paired[j] = true;
      const int sign = product_sign(p, q) * needed_[i].sign * needed_[j].sign;
      const std::uint32_t a = needed_[i].place, b = needed_[j].place;
      step.pairs.push_back(sign > 0 ? PauliProgram::Pair{a, b} : PauliProgram::Pair{b, a});
    }
    if (!step.pairs.empty()) traced_.keep(std::move(step));
  }

  [[nodiscard]] int angle_number(const Angle& angle) {
    const auto found = std::find(angles_.begin(), angles_.end(), angle);
    if (found != angles_.end()) return static_cast<int>(found - angles_.begin());
    angles_.push_back(angle);
    return static_cast<int>(angles_.size()) - 1;
  }

  // ---- Constant maps ----

  void cross(const PauliTransfer& map, std::span<const int> own) {
    if (renames(map)) return rename(map, own);
    if (scales_and_adds(map)) return scale_and_add(map, own);
    mix(map, own);
  }

  /// Digits to the base of 4 of a string on a map's qubits, and the string with others in their place.
  [[nodiscard]] static Index digits(const PauliString& string, std::span<const int> own) noexcept {
    Index out = 0;
    for (std::size_t j = 0; j < own.size(); ++j) out |= static_cast<Index>(letter_of(string, own[j])) << (2 * j);
    return out;
  }
  [[nodiscard]] static PauliString with_digits(PauliString string, std::span<const int> own, Index digits) noexcept {
    const PauliString part = relabelled(pauli_of_digits(digits, static_cast<int>(own.size())), own);
    for (const int q : own) {
      string.x &= ~qubit_mask(q);
      string.z &= ~qubit_mask(q);
    }
    return {string.x | part.x, string.z | part.z};
  }

  /// Clifford gates: every row has a single entry, +-1.
  [[nodiscard]] static bool renames(const PauliTransfer& map) {
    return std::all_of(map.rows.begin(), map.rows.end(),
                       [](const auto& row) { return row.size() == 1 && row[0].second * row[0].second == 1.0; });
  }
  void rename(const PauliTransfer& map, std::span<const int> own) {
    for (auto& n : needed_) {
      const auto& [from, factor] = map.rows[digits(n.string, own)].front();
      n.string = with_digits(n.string, own, from);
      if (factor < 0) n.sign = -n.sign;
    }
    renumber();
  }

  [[nodiscard]] static double diagonal(const PauliTransfer& map, Index row) {
    for (const auto& [column, value] : map.rows[row]) {
      if (column == row) return value;
    }
    return 0.0;
  }
  /// Whether every row is a multiple of its own coordinate and of others that the map leaves as they are: mixtures of
  /// Pauli operators, damping.
  [[nodiscard]] static bool scales_and_adds(const PauliTransfer& map) {
    const auto is_left = [&map](Index row) {
      return map.rows[row].size() == 1 && map.rows[row][0] == std::pair(row, 1.0);
    };
    for (Index row = 0; row < map.rows.size(); ++row) {
      for (const auto& [column, value] : map.rows[row]) {
        if (column != row && !is_left(column)) return false;
      }
    }
    return true;
  }
  void scale_and_add(const PauliTransfer& map, std::span<const int> own) {
    // An addition can be undone, a factor only if it is not too small: additions come first where they can.
    constexpr double least_factor = 1.0 / 32;
    TracedStep scale{Kind::scale}, first{Kind::add}, last{Kind::add};
    const std::size_t count = needed_.size();
    std::vector<bool> gone(count);
    for (std::size_t i = 0; i < count; ++i) {
      const Needed after = needed_[i];
      const Index row = digits(after.string, own);
      const double factor = diagonal(map, row);
      if (factor != 1.0 && factor != 0.0) scale.factors.push_back({after.place, factor});
      const bool add_first = std::abs(factor) >= least_factor;
      for (const auto& [column, value] : map.rows[row]) {
        if (column == row) continue;
        const Needed from = needed_[find_or_add(with_digits(after.string, own, column))];
        const double signed_value = value * after.sign * from.sign;
        (add_first ? first : last)
            .sums.push_back({after.place, from.place, add_first ? signed_value / factor : signed_value});
      }
      gone[i] = factor == 0.0;  // its place holds zero until something is added
    }
    for (auto* step : {&last, &scale, &first}) {
      if (!step->sums.empty() || !step->factors.empty()) traced_.keep(std::move(*step));
    }
    drop([&](std::size_t i) { return i < count && gone[i]; });
  }

  void mix(const PauliTransfer& map, std::span<const int> own) {
    TracedStep step{Kind::mix};
    std::vector<Needed> after = std::move(needed_);
    needed_.clear();
    // Strings that differ on the map's qubits only are a group, and keep their places.
    const auto before_digits = [&](const Needed& n, Index column) { return with_digits(n.string, own, column); };
    std::unordered_map<PauliString, std::vector<std::size_t>, Hash> groups;
    std::vector<PauliString> order;
    for (std::size_t i = 0; i < after.size(); ++i) {
      auto& group = groups[before_digits(after[i], 0)];
      if (group.empty()) order.push_back(before_digits(after[i], 0));
      group.push_back(i);
    }
    const auto known = std::move(numbers_);
    numbers_.clear();
    const auto place_of = [&](const PauliString& string) {
      if (const std::size_t found = find(string); found != none) return needed_[found];
      const auto old = known.find(string);
      if (old == known.end()) return needed_[add(string)];
      numbers_.emplace(string, needed_.size());
      return needed_.emplace_back(after[old->second]);
    };
    for (const auto& rest : order) {
      auto& rows = step.groups.emplace_back();
      for (const std::size_t i : groups[rest]) {
        TracedStep::Row row{after[i].place, {}};
        for (const auto& [column, value] : map.rows[digits(after[i].string, own)]) {
          const Needed from = place_of(with_digits(rest, own, column));
          row.terms.push_back({from.place, value * after[i].sign * from.sign});
        }
        rows.push_back(std::move(row));
      }
    }
    traced_.keep(std::move(step));
  }

  std::vector<int> qubits_;  // of the circuit, by label
  Index support_ = 0;        // of all needed strings
  std::vector<Needed> needed_;
  std::unordered_map<PauliString, std::size_t, Hash> numbers_;  // of the needed strings
  std::size_t places_ = 0;
  std::size_t ends_ = 0;  // what was asked for lies at the first places
  std::vector<Angle> angles_;
  TracedSteps traced_;
};

}  // namespace qmtl::inline QMTL_ABI::detail
