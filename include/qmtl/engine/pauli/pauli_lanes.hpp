#pragma once
// SPDX-License-Identifier: Apache-2.0
// A PauliProgram run for as many samples as fill a vector, forward and backward.

#include <algorithm>
#include <cstddef>
#include <span>
#include <utility>
#include <vector>

#include "qmtl/engine/pauli/pauli_program.hpp"
#include "qmtl/engine/schedule/angle_table.hpp"

namespace qmtl::inline QMTL_ABI::detail {

/// Runs on numbers in lanes. A run's numbers are size() packs: the places, and copies of them, one for each save. All
/// maps are real and linear, and backward is the transposed one; rotations and additions are undone on the way, the
/// rest begins from a copy.
template <Scalar S>
class PauliLanes {
  using Kind = PauliProgram::Kind;
  using Numbers = std::span<Pack<S>>;

 public:
  explicit PauliLanes(PauliProgram program) : program_(std::move(program)) {
    for (const auto& angle : program_.angles) slots_.push_back(angles_.add({angle, 1.0, false}));
    for (const auto& sum : program_.sums) sum_factors_.push_back(static_cast<S>(sum.factor));
    for (const auto& f : program_.factors) factors_.push_back(static_cast<S>(f.factor));
    for (const auto& t : program_.terms) term_factors_.push_back(static_cast<S>(t.factor));
    std::size_t rows = 0;
    for (std::size_t g = 0, first = 0; g < program_.group_ends.size(); first = program_.group_ends[g++]) {
      rows = std::max(rows, program_.group_ends[g] - first);
    }
    group_.resize(rows);
  }

  [[nodiscard]] const PauliProgram& program() const noexcept { return program_; }
  [[nodiscard]] AngleTable<S>& angles() noexcept { return angles_; }
  [[nodiscard]] std::size_t places() const noexcept { return program_.places; }
  [[nodiscard]] std::size_t size() const noexcept { return program_.places * (program_.saves + 1); }

  /// Sets the places to the coordinates of |0...0>.
  void begin(Numbers numbers) const noexcept {
    std::fill_n(numbers.begin(), places(), Pack<S>{});
    for (const auto& start : program_.starts) numbers[start.place] = broadcast<S>(static_cast<S>(start.factor));
  }

  /// The places at the end.
  [[nodiscard]] Numbers last(Numbers numbers) const noexcept {
    return numbers.subspan(program_.saves * places(), places());
  }

  /// From the places at the start to those at the end.
  void forward(Numbers numbers) noexcept {
    Pack<S>* v = numbers.data();
    for (const auto& step : program_.steps) {
      switch (step.kind) {
        case Kind::rotate: rotate(step, v); break;
        case Kind::add: add(step, v); break;
        case Kind::scale: scale(step, v); break;
        case Kind::mix: mix(step, v); break;
        case Kind::save:
          std::copy_n(v, places(), v + places());
          v += places();
          break;
      }
    }
  }

  /// From cotangents of the places at the end to those at the start.
  void pull(Numbers cotangents) noexcept {
    Pack<S>* c = cotangents.data();
    for (std::size_t i = program_.steps.size(); i-- > 0;) {
      const auto& step = program_.steps[i];
      switch (step.kind) {
        case Kind::rotate: unrotate(step, c); break;
        case Kind::add: pull_add(step, c); break;
        case Kind::scale: scale(step, c); break;
        case Kind::mix: pull_mix(step, c); break;
        case Kind::save: break;
      }
    }
  }

  /// The same, and sets the angles' gradients, from the numbers that forward left; they are used up.
  void backward(Numbers numbers, Numbers cotangents) noexcept {
    std::fill(angles_.gradients().begin(), angles_.gradients().end(), Pack<S>{});
    Pack<S>* v = last(numbers).data();
    Pack<S>* c = cotangents.data();
    for (std::size_t i = program_.steps.size(); i-- > 0;) {
      const auto& step = program_.steps[i];
      switch (step.kind) {
        case Kind::rotate: rotate_back(step, v, c); break;
        case Kind::add:
          undo_add(step, v);
          pull_add(step, c);
          break;
        case Kind::scale: scale(step, c); break;
        case Kind::mix: pull_mix(step, c); break;
        case Kind::save: v -= places(); break;
      }
    }
  }

 private:
  using Step = PauliProgram::Step;

  [[nodiscard]] int slot(const Step& step) const noexcept { return slots_[static_cast<std::size_t>(step.angle)]; }

  void rotate(const Step& step, Pack<S>* v) const noexcept {
    const Pack<S> c = angles_.cosine(slot(step)), s = angles_.sine(slot(step));
    for (std::size_t i = step.first; i < step.end; ++i) {
      const auto [a, b] = program_.pairs[i];
      const Pack<S> x = v[a], y = v[b];
      v[a] = c * x - s * y;
      v[b] = s * x + c * y;
    }
  }
  void unrotate(const Step& step, Pack<S>* v) const noexcept {
    const Pack<S> c = angles_.cosine(slot(step)), s = angles_.sine(slot(step));
    for (std::size_t i = step.first; i < step.end; ++i) {
      const auto [a, b] = program_.pairs[i];
      const Pack<S> x = v[a], y = v[b];
      v[a] = c * x + s * y;
      v[b] = c * y - s * x;
    }
  }
  /// The derivative of a pair's new values by the angle is (-b', a').
  void rotate_back(const Step& step, Pack<S>* v, Pack<S>* cotangents) noexcept {
    const Pack<S> c = angles_.cosine(slot(step)), s = angles_.sine(slot(step));
    Pack<S> gradient{};
    for (std::size_t i = step.first; i < step.end; ++i) {
      const auto [a, b] = program_.pairs[i];
      const Pack<S> x = v[a], y = v[b], p = cotangents[a], q = cotangents[b];
      gradient += q * x - p * y;
      v[a] = c * x + s * y;
      v[b] = c * y - s * x;
      cotangents[a] = c * p + s * q;
      cotangents[b] = c * q - s * p;
    }
    angles_.gradients()[static_cast<std::size_t>(slot(step))] += gradient;
  }

  void add(const Step& step, Pack<S>* v) const noexcept {
    for (std::size_t i = step.first; i < step.end; ++i) {
      v[program_.sums[i].to] += sum_factors_[i] * v[program_.sums[i].from];
    }
  }
  void undo_add(const Step& step, Pack<S>* v) const noexcept {
    for (std::size_t i = step.first; i < step.end; ++i) {
      v[program_.sums[i].to] -= sum_factors_[i] * v[program_.sums[i].from];
    }
  }
  void pull_add(const Step& step, Pack<S>* c) const noexcept {
    for (std::size_t i = step.first; i < step.end; ++i) {
      c[program_.sums[i].from] += sum_factors_[i] * c[program_.sums[i].to];
    }
  }

  void scale(const Step& step, Pack<S>* v) const noexcept {
    for (std::size_t i = step.first; i < step.end; ++i) v[program_.factors[i].place] *= factors_[i];
  }

  /// Calls visit(first row, end of rows, first term) for each group.
  template <class Visit>
  void for_each_group(const Step& step, const Visit& visit) const noexcept {
    for (std::size_t g = step.first; g < step.end; ++g) {
      const std::size_t row = g == 0 ? 0 : program_.group_ends[g - 1];
      visit(row, program_.group_ends[g], row == 0 ? 0 : program_.rows[row - 1].terms_end);
    }
  }
  void mix(const Step& step, Pack<S>* v) noexcept {
    for_each_group(step, [&](std::size_t first, std::size_t end, std::size_t t) {
      for (std::size_t r = first; r < end; ++r) {
        Pack<S> sum{};
        for (; t < program_.rows[r].terms_end; ++t) sum += term_factors_[t] * v[program_.terms[t].place];
        group_[r - first] = sum;
      }
      for (std::size_t r = first; r < end; ++r) v[program_.rows[r].to] = group_[r - first];
    });
  }
  void pull_mix(const Step& step, Pack<S>* c) noexcept {
    for_each_group(step, [&](std::size_t first, std::size_t end, std::size_t t) {
      for (std::size_t r = first; r < end; ++r) {
        group_[r - first] = c[program_.rows[r].to];
        c[program_.rows[r].to] = Pack<S>{};
      }
      for (std::size_t r = first; r < end; ++r) {
        for (; t < program_.rows[r].terms_end; ++t) c[program_.terms[t].place] += term_factors_[t] * group_[r - first];
      }
    });
  }

  PauliProgram program_;
  AngleTable<S> angles_;
  std::vector<int> slots_;  // of the program's angles
  std::vector<S> sum_factors_, factors_, term_factors_;
  std::vector<Pack<S>> group_;  // of a mix
};

}  // namespace qmtl::inline QMTL_ABI::detail
