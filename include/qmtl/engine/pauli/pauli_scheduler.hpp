#pragma once
// SPDX-License-Identifier: Apache-2.0
// What the tracer found, put in order for running: zeros left out, factors gathered, what cannot be undone marked.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "qmtl/engine/pauli/pauli_program.hpp"

namespace qmtl::inline QMTL_ABI::detail {

/// Rewrites a traced program from its start to its end:
/// - what is zero is left out: of |0...0> the coordinates with X or Y, and what follows from zeros only;
/// - factors wait until a step does not commute with them, those of a layer of noisy gates become one step, and the
///   last ones become part of the result;
/// - a save comes before each step that cannot be undone.
class PauliScheduler {
 public:
  using Kind = PauliProgram::Kind;

  /// Of a circuit that begins in |0...0>, or, if not `from_zero`, with any coordinates.
  PauliScheduler(const PauliProgram& traced, bool from_zero)
      : traced_(traced), numbers_(traced.places, unreached), waiting_(traced.places, 1.0) {
    out_.angles = traced.angles;
    out_.qubits = traced.qubits;
    for (const auto& start : traced.starts) {
      if (!from_zero || start.string.diagonal())
        out_.starts.push_back({start.string, reach(start.place), start.factor});
    }
  }

  [[nodiscard]] PauliProgram run() && {
    for (const auto& step : traced_.steps) {
      switch (step.kind) {
        case Kind::rotate: rotate(step); break;
        case Kind::add: add(step); break;
        case Kind::scale: scale(step); break;
        case Kind::mix: mix(step); break;
        case Kind::save: break;
      }
    }
    for (const auto& [place, factor] : traced_.ends) {
      const bool zero = !reached(place);
      out_.ends.push_back({zero ? 0 : numbers_[place], zero ? 0.0 : factor * waiting_[place]});
    }
    out_.places = places_.size();
    return std::move(out_);
  }

 private:
  static constexpr std::uint32_t unreached = static_cast<std::uint32_t>(-1);

  [[nodiscard]] bool reached(std::uint32_t place) const noexcept { return numbers_[place] != unreached; }
  /// The place's number among those that are not always zero.
  std::uint32_t reach(std::uint32_t place) {
    if (!reached(place)) {
      numbers_[place] = static_cast<std::uint32_t>(places_.size());
      places_.push_back(place);
    }
    return numbers_[place];
  }

  /// Adds what a step has put in a table since `first`.
  void push(Kind kind, int angle, std::size_t first, std::size_t end) {
    if (first < end) out_.steps.push_back({kind, angle, first, end});
  }

  void rotate(const PauliProgram::Step& step) {
    const auto same = [](double a, double b) { return std::abs(a - b) <= 1e-15 * std::abs(a); };
    bool commutes = true;
    for (std::size_t i = step.first; i < step.end; ++i) {
      const auto [a, b] = traced_.pairs[i];
      if (!reached(a)) waiting_[a] = waiting_[b];  // of zero any factor is right
      if (!reached(b)) waiting_[b] = waiting_[a];
      commutes = commutes && same(waiting_[a], waiting_[b]);
    }
    if (!commutes) flush();
    const std::size_t first = out_.pairs.size();
    for (std::size_t i = step.first; i < step.end; ++i) {
      const auto [a, b] = traced_.pairs[i];
      if (!reached(a) && !reached(b)) continue;
      const std::uint32_t number = reach(a);
      out_.pairs.push_back({number, reach(b)});
    }
    changed_ = changed_ || first < out_.pairs.size();
    push(Kind::rotate, step.angle, first, out_.pairs.size());
  }

  void scale(const PauliProgram::Step& step) {
    for (std::size_t i = step.first; i < step.end; ++i) {
      waiting_[traced_.factors[i].place] *= traced_.factors[i].factor;
    }
  }

  /// An addition passes the factors that wait: to + f from, times them, is the same with f times from's by to's.
  void add(const PauliProgram::Step& step) {
    constexpr double largest = 32;  // beyond, too much is lost when it is undone
    const auto passed = [this](const PauliProgram::Sum& s) { return s.factor * waiting_[s.from] / waiting_[s.to]; };
    for (std::size_t i = step.first; i < step.end; ++i) {
      const auto& sum = traced_.sums[i];
      if (!reached(sum.to)) waiting_[sum.to] = waiting_[sum.from];  // of zero any factor is right
      if (reached(sum.from) && !(std::abs(passed(sum)) <= largest)) {
        flush();
        break;
      }
    }
    const std::size_t first = out_.sums.size();
    for (std::size_t i = step.first; i < step.end; ++i) {
      const auto& sum = traced_.sums[i];
      if (!reached(sum.from)) continue;
      out_.sums.push_back({reach(sum.to), numbers_[sum.from], passed(sum)});
    }
    changed_ = changed_ || first < out_.sums.size();
    push(Kind::add, -1, first, out_.sums.size());
  }

  void mix(const PauliProgram::Step& step) {
    flush();
    save();
    const std::size_t first = out_.group_ends.size();
    for (std::size_t g = step.first; g < step.end; ++g) {
      const std::size_t rows = out_.rows.size();
      for (std::size_t r = g == 0 ? 0 : traced_.group_ends[g - 1]; r < traced_.group_ends[g]; ++r) mix_row(r);
      // What a row makes is reached once the group's other rows have read what was there before.
      for (std::size_t r = rows; r < out_.rows.size(); ++r) out_.rows[r].to = reach(out_.rows[r].to);
      if (rows < out_.rows.size()) out_.group_ends.push_back(out_.rows.size());
    }
    push(Kind::mix, -1, first, out_.group_ends.size());
  }
  /// Leaves the traced place as the row's.
  void mix_row(std::size_t r) {
    const auto& row = traced_.rows[r];
    const std::size_t terms = out_.terms.size();
    for (std::size_t t = r == 0 ? 0 : traced_.rows[r - 1].terms_end; t < row.terms_end; ++t) {
      const auto& [place, factor] = traced_.terms[t];
      if (reached(place)) out_.terms.push_back({numbers_[place], factor});
    }
    if (terms < out_.terms.size() || reached(row.to)) out_.rows.push_back({row.to, out_.terms.size()});
  }

  void flush() {
    const std::size_t first = out_.factors.size();
    for (const std::uint32_t place : places_) {
      if (waiting_[place] != 1.0) out_.factors.push_back({numbers_[place], waiting_[place]});
    }
    std::fill(waiting_.begin(), waiting_.end(), 1.0);
    if (first == out_.factors.size()) return;
    save();
    push(Kind::scale, -1, first, out_.factors.size());
  }
  void save() {
    if (!changed_) return;
    out_.steps.push_back({Kind::save, -1, 0, 0});
    ++out_.saves;
    changed_ = false;
  }

  const PauliProgram& traced_;
  PauliProgram out_;
  std::vector<std::uint32_t> numbers_;  // of the places reached
  std::vector<std::uint32_t> places_;   // that are reached, in order
  std::vector<double> waiting_;         // factors
  bool changed_ = false;                // since the last save, by what can be undone
};

}  // namespace qmtl::inline QMTL_ABI::detail
