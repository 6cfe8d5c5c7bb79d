#pragma once
// SPDX-License-Identifier: Apache-2.0
// A task that looks through a window: expectation values and weight sums from reduced density matrices.

#include <algorithm>
#include <array>
#include <complex>
#include <span>
#include <type_traits>
#include <vector>

#include "qmtl/engine/head_program.hpp"
#include "qmtl/engine/lanes/lane_windows.hpp"
#include "qmtl/engine/window_operators.hpp"

namespace qmtl::inline QMTL_ABI::detail {

/// The member of its register that each lane belongs to; see EngineRegister. They ascend with the lane: all are one if
/// the first and the last are.
template <Scalar S>
using LaneMembers = std::array<int, static_cast<std::size_t>(pack_width<S>)>;

/// One task of every member of a register, through a host window that contains its own: operators embedded in the
/// host's packed triangle, where one coefficient an entry gives outputs and another the adjoint vector.
template <Scalar S, class A>
class HostedTask {
  static constexpr bool complex = std::is_same_v<A, ComplexPack<S>>;
  using Matrix = typename WindowOperators<S>::Matrix;

 public:
  /// `place` is that of the first member's task.
  HostedTask(const EngineTask<S>& task, std::span<const int> host, typename TaskOperators<S>::Place place)
      : first_output_(task.first_output),
        outputs_(static_cast<std::size_t>(task.outputs())),
        size_(Eigen::Index{1} << task.window.size()),
        set_(place.set),
        numbers_{place.number} {
    Index inside = 0;
    for (const int q : task.window) {
      const auto at = std::find(host.begin(), host.end(), q) - host.begin();
      positions_.push_back(static_cast<int>(at));
      inside |= qubit_mask(static_cast<int>(at));
    }
    host_width_ = host.size();
    const Index size = dimension(static_cast<int>(host.size())), outside = (size - 1) & ~inside;
    int index = 0;
    for (Index column = 0; column < size; ++column) {
      for (Index row = column; row < size; ++row, ++index) {
        if (((row ^ column) & outside) == 0) entries_.push_back({index, local(row), local(column)});
      }
    }
    const auto off_diagonal = std::stable_partition(entries_.begin(), entries_.end(),
                                                    [](const Entry& entry) { return entry.row == entry.column; });
    diagonal_ = static_cast<std::size_t>(off_diagonal - entries_.begin());
    for (const auto& entry : entries_) places_.push_back(entry.index);
    coefficients_.resize(outputs_ * entries_.size());
    sums_.resize(outputs_ * entries_.size());
  }

  /// The same task of the next member, which has the same operators but for its weights.
  void add_member(typename TaskOperators<S>::Place place) {
    QMTL_ASSERT(place.set == set_);
    numbers_.push_back(place.number);
  }

  /// Takes the operators of each lane's member.
  void load(const LaneMembers<S>& members, const TaskOperators<S>& operators) noexcept {
    const auto& set = operators[set_];
    LaneMembers<S> tasks;  // where each lane's task begins
    for (std::size_t lane = 0; lane < tasks.size(); ++lane) tasks[lane] = first_place(members[lane]);
    const bool one_task = members.front() == members.back();
    const auto in_lanes = [&](const S* entry) __attribute__((always_inline)) {
      if (one_task) return broadcast<S>(entry[tasks.front()]);
      return make_pack<S>([&](int lane) { return entry[tasks[static_cast<std::size_t>(lane)]]; });
    };
    A* a = coefficients_.data();
    for (std::size_t o = 0; o < outputs_; ++o) {
      for (const auto& entry : entries_) {
        const std::size_t place = set.place(entry.row, entry.column) + o * set.output_stride();
        if constexpr (complex) {
          *a++ = {in_lanes(set.operators().real.data() + place), in_lanes(set.operators().imaginary.data() + place)};
        } else {
          *a++ = in_lanes(set.operators().real.data() + place);
        }
      }
    }
  }

  /// tr(rho A_o) of every lane.
  void expectations(std::span<const A> rho, std::span<Pack<S>> out) const noexcept {
    for_outputs([&](auto count, std::size_t first) __attribute__((always_inline)) {
      const A* a = coefficients_.data() + first * places_.size();
      std::array<Pack<S>, count> diagonal{}, rest{};
      const auto add = [&](std::size_t e, auto& sums) __attribute__((always_inline)) {
        const A r = rho[static_cast<std::size_t>(places_[e])];
        unroll<count>([&](auto o)
                          __attribute__((always_inline)) { sums[o] += real_product<S>(a[o * places_.size() + e], r); });
      };
      for (std::size_t e = 0; e < diagonal_; ++e) add(e, diagonal);
      for (std::size_t e = diagonal_; e < places_.size(); ++e) add(e, rest);
      unroll<count>([&](auto o) __attribute__((always_inline)) { out[first + o] = diagonal[o] + S(2) * rest[o]; });
    });
  }

  /// Adds cotangent * rho to the sums of the batch.
  void add_sums(std::span<const A> rho, std::span<const Pack<S>> cotangents) noexcept {
    for_outputs([&](auto count, std::size_t first) __attribute__((always_inline)) {
      A* g = sums_.data() + first * places_.size();
      for (std::size_t e = 0; e < places_.size(); ++e) {
        const A r = rho[static_cast<std::size_t>(places_[e])];
        unroll<count>([&](auto o)
                          __attribute__((always_inline)) { g[o * places_.size() + e] += cotangents[first + o] * r; });
      }
    });
  }

  /// Sets the merged operator of the host window to the sum of cotangent * A_o, or adds that to it.
  void merge(std::span<const Pack<S>> cotangents, std::span<A> merged, bool add) const noexcept {
    for_outputs([&](auto count, std::size_t first) __attribute__((always_inline)) {
      const A* a = coefficients_.data() + first * places_.size();
      const bool keep = add || first > 0;
      for (std::size_t e = 0; e < places_.size(); ++e) {
        A& entry = merged[static_cast<std::size_t>(places_[e])];
        A sum = keep ? entry : A{};
        unroll<count>([&](auto o)
                          __attribute__((always_inline)) { sum += cotangents[first + o] * a[o * places_.size() + e]; });
        entry = sum;
      }
    });
  }
  /// Whether every entry of the host is one of the task's, once: `merge` then need not add.
  [[nodiscard]] bool fills_host() const noexcept { return positions_.size() == host_width_; }

  /// Gives the sums to the operators of each lane's member, and begins again from zero.
  void give_sums(const LaneMembers<S>& members, TaskOperators<S>& operators) noexcept {
    for (std::size_t lane = 0; lane < members.size();) {
      std::size_t end = lane + 1;
      while (end < members.size() && members[end] == members[lane]) ++end;
      give_sums(lane, end, static_cast<std::size_t>(first_place(members[lane])), operators[set_]);
      lane = end;
    }
    clear_sums();
  }
  /// Begins the sums of a batch.
  void clear_sums() noexcept { std::fill(sums_.begin(), sums_.end(), A{}); }

  /// Of the register's outputs.
  [[nodiscard]] std::size_t first_output() const noexcept { return static_cast<std::size_t>(first_output_); }

  /// The reduced density matrix of the task's own window, traced out of the host's packed entries of one sample: real
  /// numbers, or pairs for complex ones.
  [[nodiscard]] Matrix density(std::span<const S> rho) const {
    Matrix own = Matrix::Zero(size_, size_);
    for (const auto& entry : entries_) {
      const S* at = rho.data() + (complex ? 2 : 1) * entry.index;
      const std::complex<S> value(at[0], complex ? at[1] : S(0));
      const auto row = static_cast<Eigen::Index>(entry.row), column = static_cast<Eigen::Index>(entry.column);
      own(row, column) += value;
      if (row != column) own(column, row) += std::conj(value);
    }
    return own;
  }

 private:
  struct Entry {
    int index;                // in the host's packed triangle
    std::size_t row, column;  // in the task's own matrix
  };

  /// Calls body(integral_constant count, first) for all outputs, two at a time.
  template <class Body>
  QMTL_ALWAYS_INLINE void for_outputs(const Body& body) const noexcept {
    std::size_t first = 0;
    for (; first + 2 <= outputs_; first += 2) body(std::integral_constant<int, 2>{}, first);
    if (first < outputs_) body(std::integral_constant<int, 1>{}, first);
  }

  /// Where a member's task begins in the operators.
  [[nodiscard]] int first_place(int member) const noexcept {
    return numbers_[static_cast<std::size_t>(member)] * static_cast<int>(size_);
  }

  /// Gives the sums over some lanes to the task that begins there.
  void give_sums(std::size_t lane, std::size_t end, std::size_t task, WindowOperators<S>& set) const noexcept {
    const auto total = [&](const Pack<S>& pack) {
      S sum = 0;
      for (std::size_t l = lane; l < end; ++l) sum += pack[l];
      return sum;
    };
    auto& to = set.sums();
    const A* sums = sums_.data();
    for (std::size_t o = 0; o < outputs_; ++o, task += set.output_stride()) {
      for (const auto& [index, row, column] : entries_) {
        const A& sum = *sums++;
        const S re = total(real_of(sum));
        to.real[task + set.place(row, column)] += re;
        if (row != column) to.real[task + set.place(column, row)] += re;
        if constexpr (complex) {
          const S im = total(sum.im);
          to.imaginary[task + set.place(row, column)] += im;
          if (row != column) to.imaginary[task + set.place(column, row)] -= im;
        }
      }
    }
  }

  [[nodiscard]] Index local(Index host_basis) const noexcept {
    Index basis = 0;
    for (std::size_t j = 0; j < positions_.size(); ++j) {
      basis |= static_cast<Index>(bit_of(host_basis, positions_[j])) << j;
    }
    return basis;
  }

  int first_output_;
  std::size_t outputs_;
  Eigen::Index size_;         // 2^k
  std::size_t set_;           // of TaskOperators
  std::vector<int> numbers_;  // in it, of each member's task
  std::vector<int> positions_;
  std::size_t host_width_ = 0;
  std::vector<Entry> entries_;   // those on the diagonal first
  std::vector<int> places_;      // their indices
  std::size_t diagonal_ = 0;     // how many
  std::vector<A> coefficients_;  // A_o at the entries
  std::vector<A> sums_;          // G_o at the entries
};

}  // namespace qmtl::inline QMTL_ABI::detail
