#pragma once
// SPDX-License-Identifier: Apache-2.0
// Samples into lanes and back: which sample, and which member of a register, every lane of a group works on.

#include <algorithm>
#include <array>
#include <span>
#include <vector>

#include "qmtl/engine/head_cones.hpp"
#include "qmtl/engine/hosted_task.hpp"

namespace qmtl::inline QMTL_ABI::detail {

/// The work on a batch is one member after another, each with all samples; a group is the next `Width` pieces of it:
/// pack_width<S>, one a lane, or a single one whose amplitudes fill the lanes. Lanes past the end repeat the last
/// piece.
template <Scalar S, int Width = pack_width<S>>
class LaneGroup {
  static constexpr int lanes = pack_width<S>;
  static_assert(Width == lanes || Width == 1);

 public:
  [[nodiscard]] static Eigen::Index count(std::size_t members, Eigen::Index batch) noexcept {
    return (static_cast<Eigen::Index>(members) * batch + Width - 1) / Width;
  }

  LaneGroup(const std::vector<Member>& members, Eigen::Index batch, Eigen::Index group) noexcept : all_(&members) {
    const Eigen::Index first = group * Width, end = static_cast<Eigen::Index>(members.size()) * batch;
    used_ = static_cast<int>(std::min<Eigen::Index>(Width, end - first));
    if (members.size() == 1) {
      members_.fill(0);
      for (std::size_t lane = 0; lane < samples_.size(); ++lane) {
        samples_[lane] = first + std::min(static_cast<Eigen::Index>(lane), static_cast<Eigen::Index>(used_ - 1));
      }
      return;
    }
    auto member = static_cast<int>(first / batch);
    Eigen::Index sample = first - member * batch;
    for (std::size_t lane = 0; lane < members_.size(); ++lane) {
      members_[lane] = member;
      samples_[lane] = sample;
      if (static_cast<int>(lane) + 1 >= used_) continue;
      if (++sample == batch) {
        sample = 0;
        ++member;
      }
    }
    QMTL_ASSERT(std::is_sorted(members_.begin(), members_.end()));  // see LaneMembers
  }

  /// Lanes with work of their own; 1 if a single piece fills them.
  [[nodiscard]] int used() const noexcept { return used_; }
  [[nodiscard]] const LaneMembers<S>& members() const noexcept { return members_; }
  [[nodiscard]] Eigen::Index sample(int lane) const noexcept { return samples_[static_cast<std::size_t>(lane)]; }

  /// Each lane's numbers of a matrix with a column a sample: those that `which` of its member names.
  void load(BatchView<const S> matrix, std::vector<int> Member::*which, std::span<Pack<S>> to) const noexcept {
    if (all_->front().whole && used_ == lanes) {
      const Eigen::Index rows = matrix.rows();
      const S* from = matrix.data() + samples_[0] * rows;
      for (Eigen::Index i = 0; i < rows; ++i) {
        to[static_cast<std::size_t>(i)] = make_pack<S>([&](int lane) { return from[lane * rows + i]; });
      }
      return;
    }
    std::array<const S*, static_cast<std::size_t>(lanes)> from;
    for (std::size_t lane = 0; lane < from.size(); ++lane) from[lane] = matrix.data() + samples_[lane] * matrix.rows();
    const auto& first = names(0, which);
    const bool one_member = members_.front() == members_.back();
    for (std::size_t i = 0; i < first.size(); ++i) {
      to[i] = one_member
                  ? make_pack<S>([&](int lane) { return from[static_cast<std::size_t>(lane)][first[i]]; })
                  : make_pack<S>([&](int lane) { return from[static_cast<std::size_t>(lane)][names(lane, which)[i]]; });
    }
  }

  /// Sets lanes past the end to zero, so that they add nothing to any sum.
  void clear_unused(std::span<Pack<S>> packs) const noexcept {
    if (Width == 1 || used_ == lanes) return;
    for (auto& pack : packs) {
      for (int lane = used_; lane < lanes; ++lane) pack[lane] = S(0);
    }
  }

  /// Sets each lane's numbers in the matrix. Where a single piece fills the lanes, they are its summands.
  void store(BatchView<S> matrix, std::vector<int> Member::*which, std::span<const Pack<S>> from) const noexcept {
    if (!all_->front().whole) return put(matrix, which, from, [](S& to, S value) { to = value; });
    const auto rows = static_cast<std::size_t>(matrix.rows());
    S* to = matrix.data() + samples_[0] * matrix.rows();
    for (int lane = 0; lane < used_; ++lane) {
      for (std::size_t i = 0; i < rows; ++i) *to++ = of_piece(from[i], lane);
    }
  }

  /// Adds each lane's numbers to those of the matrix.
  void add_to(BatchView<S> matrix, std::vector<int> Member::*which, std::span<const Pack<S>> from) const noexcept {
    put(matrix, which, from, [](S& to, S value) { to += value; });
  }

  /// What belongs to a piece of work: its lane, or the sum of all.
  [[nodiscard]] static S of_piece(const Pack<S>& pack, int lane) noexcept {
    return Width == 1 ? lane_sum<S>(pack) : pack[lane];
  }

 private:
  [[nodiscard]] const std::vector<int>& names(int lane, std::vector<int> Member::*which) const noexcept {
    return (*all_)[static_cast<std::size_t>(members_[static_cast<std::size_t>(lane)])].*which;
  }

  template <class Put>
  void put(BatchView<S> matrix, std::vector<int> Member::*which, std::span<const Pack<S>> from,
           const Put& put) const noexcept {
    for (int lane = 0; lane < used_; ++lane) {
      const int* name = names(lane, which).data();
      S* column = matrix.data() + samples_[static_cast<std::size_t>(lane)] * matrix.rows();
      for (std::size_t i = 0, size = names(lane, which).size(); i < size; ++i)
        put(column[name[i]], of_piece(from[i], lane));
    }
  }

  const std::vector<Member>* all_;
  int used_;
  LaneMembers<S> members_;
  std::array<Eigen::Index, static_cast<std::size_t>(lanes)> samples_;
};

}  // namespace qmtl::inline QMTL_ABI::detail
