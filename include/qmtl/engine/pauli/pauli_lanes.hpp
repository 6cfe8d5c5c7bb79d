#pragma once
// SPDX-License-Identifier: Apache-2.0
// A PauliProgram run for as many samples as fill a vector, forward and backward.

#include <algorithm>
#include <cstddef>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "qmtl/engine/pauli/pauli_program.hpp"
#include "qmtl/engine/schedule/angle_table.hpp"

namespace qmtl::inline QMTL_ABI::detail {

/// Runs on numbers in lanes. A run's numbers are size() packs: the places, and copies of them, one for each save. All
/// maps are real and linear, and backward is the transposed one; rotations and additions are undone on the way, the
/// rest begins from a copy. Copies share the program's tables, and have angles and buffers of their own.
template <Scalar S>
class PauliLanes {
  using Kind = PauliProgram::Kind;
  using Numbers = std::span<Pack<S>>;

 public:
  explicit PauliLanes(PauliProgram program) : tables_(std::make_shared<const Tables>(std::move(program))) {
    const auto& steps = tables_->program;
    for (const auto& angle : steps.angles) slots_.push_back(angles_.add({angle, 1.0, false}));
    std::size_t rows = 0;
    for (std::size_t g = 0, first = 0; g < steps.group_ends.size(); first = steps.group_ends[g++]) {
      rows = std::max(rows, steps.group_ends[g] - first);
    }
    group_.resize(rows);
  }

  [[nodiscard]] const PauliProgram& program() const noexcept { return tables_->program; }
  [[nodiscard]] AngleTable<S>& angles() noexcept { return angles_; }
  [[nodiscard]] std::size_t places() const noexcept { return program().places; }
  [[nodiscard]] std::size_t size() const noexcept { return program().places * (program().saves + 1); }
  /// Memory of what copies share.
  [[nodiscard]] std::size_t table_bytes() const noexcept {
    return program().bytes() + (tables_->sums.size() + tables_->factors.size() + tables_->terms.size()) * sizeof(S);
  }

  /// Sets the places to the coordinates of |0...0>.
  void begin(Numbers numbers) const noexcept {
    std::fill_n(numbers.begin(), places(), Pack<S>{});
    for (const auto& start : program().starts) numbers[start.place] = broadcast<S>(static_cast<S>(start.factor));
  }

  /// The places at the end.
  [[nodiscard]] Numbers last(Numbers numbers) const noexcept {
    return numbers.subspan(program().saves * places(), places());
  }

  /// From the places at the start to those at the end.
  void forward(Numbers numbers) noexcept {
    Pack<S>* v = numbers.data();
    for (const auto& step : program().steps) {
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
    for (std::size_t i = program().steps.size(); i-- > 0;) {
      const auto& step = program().steps[i];
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
    for (std::size_t i = program().steps.size(); i-- > 0;) {
      const auto& step = program().steps[i];
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

  /// A program, and the factors of its tables in the precision in which it runs.
  struct Tables {
    explicit Tables(PauliProgram steps) : program(std::move(steps)) {
      for (const auto& sum : program.sums) sums.push_back(static_cast<S>(sum.factor));
      for (const auto& f : program.factors) factors.push_back(static_cast<S>(f.factor));
      for (const auto& t : program.terms) terms.push_back(static_cast<S>(t.factor));
    }
    PauliProgram program;
    std::vector<S> sums, factors, terms;
  };

  [[nodiscard]] int slot(const Step& step) const noexcept { return slots_[static_cast<std::size_t>(step.angle)]; }

  void rotate(const Step& step, Pack<S>* v) const noexcept {
    const Pack<S> c = angles_.cosine(slot(step)), s = angles_.sine(slot(step));
    for (std::size_t i = step.first; i < step.end; ++i) {
      const auto [a, b] = program().pairs[i];
      const Pack<S> x = v[a], y = v[b];
      v[a] = c * x - s * y;
      v[b] = s * x + c * y;
    }
  }
  void unrotate(const Step& step, Pack<S>* v) const noexcept {
    const Pack<S> c = angles_.cosine(slot(step)), s = angles_.sine(slot(step));
    for (std::size_t i = step.first; i < step.end; ++i) {
      const auto [a, b] = program().pairs[i];
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
      const auto [a, b] = program().pairs[i];
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
      v[program().sums[i].to] += tables_->sums[i] * v[program().sums[i].from];
    }
  }
  void undo_add(const Step& step, Pack<S>* v) const noexcept {
    for (std::size_t i = step.first; i < step.end; ++i) {
      v[program().sums[i].to] -= tables_->sums[i] * v[program().sums[i].from];
    }
  }
  void pull_add(const Step& step, Pack<S>* c) const noexcept {
    for (std::size_t i = step.first; i < step.end; ++i) {
      c[program().sums[i].from] += tables_->sums[i] * c[program().sums[i].to];
    }
  }

  void scale(const Step& step, Pack<S>* v) const noexcept {
    for (std::size_t i = step.first; i < step.end; ++i) v[program().factors[i].place] *= tables_->factors[i];
  }

  /// Calls visit(first row, end of rows, first term) for each group.
  template <class Visit>
  void for_each_group(const Step& step, const Visit& visit) const noexcept {
    for (std::size_t g = step.first; g < step.end; ++g) {
      const std::size_t row = g == 0 ? 0 : program().group_ends[g - 1];
      visit(row, program().group_ends[g], row == 0 ? 0 : program().rows[row - 1].terms_end);
    }
  }
  void mix(const Step& step, Pack<S>* v) noexcept {
    for_each_group(step, [&](std::size_t first, std::size_t end, std::size_t t) {
      for (std::size_t r = first; r < end; ++r) {
        Pack<S> sum{};
        for (; t < program().rows[r].terms_end; ++t) sum += tables_->terms[t] * v[program().terms[t].place];
        group_[r - first] = sum;
      }
      for (std::size_t r = first; r < end; ++r) v[program().rows[r].to] = group_[r - first];
    });
  }
  void pull_mix(const Step& step, Pack<S>* c) noexcept {
    for_each_group(step, [&](std::size_t first, std::size_t end, std::size_t t) {
      for (std::size_t r = first; r < end; ++r) {
        group_[r - first] = c[program().rows[r].to];
        c[program().rows[r].to] = Pack<S>{};
      }
      for (std::size_t r = first; r < end; ++r) {
        for (; t < program().rows[r].terms_end; ++t)
          c[program().terms[t].place] += tables_->terms[t] * group_[r - first];
      }
    });
  }

  std::shared_ptr<const Tables> tables_;
  AngleTable<S> angles_;
  std::vector<int> slots_;      // of the program's angles
  std::vector<Pack<S>> group_;  // of a mix
};

}  // namespace qmtl::inline QMTL_ABI::detail
