#pragma once
// SPDX-License-Identifier: Apache-2.0
// The angles of a compiled circuit in lanes: sines, cosines, tangents, and the gradients that collect beside them.

#include <algorithm>
#include <array>
#include <span>
#include <vector>

#include "qmtl/circuit/angle.hpp"
#include "qmtl/engine/schedule/gate_matrix.hpp"

namespace qmtl::inline QMTL_ABI::detail {

/// An angle that occurs in the circuit, with its sine and cosine in every lane: of half the angle for RX, RY and RZ, of
/// the whole angle for P and, unless the schedule halves phases, for a RZ or P behind a RY. Equal angles share a slot.
struct AngleSlot {
  Angle angle;
  double sign = 1.0;
  bool half = true;
  friend bool operator==(const AngleSlot&, const AngleSlot&) = default;
};

/// What gates need of an angle.
template <Scalar S>
struct AngleValues {
  Pack<S> cosine{}, sine{}, tangent{};
};

/// The distinct angles of a circuit, their values for every group of samples, and a gradient for each.
template <Scalar S>
class AngleTable {
 public:
  /// The slot of an angle; equal ones have the same.
  [[nodiscard]] int add(const AngleSlot& slot) {
    const auto found = std::find(slots_.begin(), slots_.end(), slot);
    if (found != slots_.end()) return static_cast<int>(found - slots_.begin());
    slots_.push_back(slot);
    values_.resize(slots_.size());  // of one group
    gradients_.resize(slots_.size());
    reads_features_ = reads_features_ || slot.angle.source == AngleSource::feature_product ||
                      slot.angle.source == AngleSource::weighted_feature;
    return static_cast<int>(slots_.size()) - 1;
  }

  /// The slot of an elementary gate of `op`, or -1 if it has no angle.
  [[nodiscard]] int add(const Operation& op, const Elementary& part) {
    if (!part.parametric()) return -1;
    return add({op.angles[static_cast<std::size_t>(part.angle)], part.sign, part.gate != PairGate::P});
  }

  [[nodiscard]] std::size_t size() const noexcept { return slots_.size(); }
  [[nodiscard]] bool has_gradient(int slot) const noexcept {
    return slot >= 0 && slots_[static_cast<std::size_t>(slot)].angle.source != AngleSource::constant;
  }
  [[nodiscard]] const Pack<S>& cosine(int slot) const noexcept { return at(slot).cosine; }
  [[nodiscard]] const Pack<S>& sine(int slot) const noexcept { return at(slot).sine; }
  [[nodiscard]] const Pack<S>& tangent(int slot) const noexcept { return at(slot).tangent; }
  [[nodiscard]] std::span<Pack<S>> gradients() noexcept { return gradients_; }

  /// Room for the values of so many groups of samples, once all angles are there.
  void reserve_groups(std::size_t groups) {
    if (values_.size() < groups * size()) values_.resize(groups * size());
  }
  /// Bytes of a group's values.
  [[nodiscard]] std::size_t group_bytes() const noexcept { return size() * sizeof(AngleValues<S>); }
  /// What follows is for this group: `set`, or what it has set there before.
  void select_group(std::size_t group) noexcept { first_value_ = group * size(); }

  /// Whether the chain rule needs the features.
  [[nodiscard]] bool chain_reads_features() const noexcept { return reads_features_; }

  /// Sets all angles from each lane's features and the common weights.
  void set(std::span<const Pack<S>> x, std::span<const S> w) noexcept {
    constexpr S largest = largest_reduced_angle<S>;
    auto reduced = Pack<S>{} == Pack<S>{};  // in which lanes no angle is too large for the fast functions
    for (std::size_t i = 0; i < slots_.size(); ++i) {
      const Pack<S> angle = scaled_value(slots_[i], x, w);
      reduced &= (angle <= largest) & (angle >= -largest);
      auto& [cosine, sine, tangent] = values_[first_value_ + i];
      reduced_sincos<S>(angle, sine, cosine);
      tangent = sine / cosine;  // no float is so near to a multiple of pi/2 that a cosine is zero
    }
    if (all_lanes<S>(reduced)) [[likely]]
      return;
    for (std::size_t i = 0; i < slots_.size(); ++i) {
      auto& [cosine, sine, tangent] = values_[first_value_ + i];
      sincos<S>(scaled_value(slots_[i], x, w), sine, cosine);
      tangent = sine / cosine;
    }
  }

  /// As set, where all lanes are the same: pack_width<S> angles share one sine and cosine.
  void set_uniform(std::span<const Pack<S>> x, std::span<const S> w) noexcept {
    for (std::size_t first = 0; first < slots_.size(); first += pack_width<S>) {
      const std::size_t count = std::min<std::size_t>(pack_width<S>, slots_.size() - first);
      Pack<S> angles{}, sines, cosines;
      for (std::size_t lane = 0; lane < count; ++lane) angles[lane] = scaled_value(slots_[first + lane], x, w)[0];
      sincos<S>(angles, sines, cosines);
      const Pack<S> tangents = sines / cosines;
      for (std::size_t lane = 0; lane < count; ++lane) {
        values_[first_value_ + first + lane] = {broadcast<S>(cosines[lane]), broadcast<S>(sines[lane]),
                                                broadcast<S>(tangents[lane])};
      }
    }
  }

  /// The matrix of a gate, or of its inverse: an angle's inverse has the opposite sine.
  template <class A>
  [[nodiscard]] std::array<A, 4> matrix(PairGate gate, int slot, bool undo) const noexcept {
    if (slot >= 0) return lane_matrix<S, A>(gate, cosine(slot), undo ? -sine(slot) : sine(slot));
    auto m = lane_matrix<S, A>(gate, Pack<S>{}, Pack<S>{});
    if (!undo) return m;
    return {conjugate<S>(m[0]), conjugate<S>(m[2]), conjugate<S>(m[1]), conjugate<S>(m[3])};
  }

  /// exp(i angle) of a slot, or of the inverse; 1 without one.
  template <class A>
  [[nodiscard]] A phase(int slot, bool undo) const noexcept {
    if (slot < 0) return make_amplitude<S, A>(broadcast<S>(S(1)), Pack<S>{});
    return make_amplitude<S, A>(cosine(slot), undo ? -sine(slot) : sine(slot));
  }

  /// The chain rule from the angles' derivatives: adds to each lane's feature gradients, and to the weights' gradients
  /// (in lanes). What no angle depends on may be empty.
  void chain(std::span<const Pack<S>> x, std::span<const S> w, std::span<Pack<S>> grad_x,
             std::span<Pack<S>> grad_w) const noexcept {
    for (std::size_t i = 0; i < slots_.size(); ++i) {
      const Angle& angle = slots_[i].angle;
      const Pack<S> scaled = gradients_[i] * static_cast<S>(slots_[i].sign * angle.scale);
      switch (angle.source) {
        case AngleSource::constant: break;
        case AngleSource::feature: entry(grad_x, angle.index) += scaled; break;
        case AngleSource::weight: entry(grad_w, angle.index) += scaled; break;
        case AngleSource::feature_product:
          entry(grad_x, angle.index) += scaled * (entry(x, angle.second) + static_cast<S>(angle.second_shift));
          entry(grad_x, angle.second) += scaled * (entry(x, angle.index) + static_cast<S>(angle.shift));
          break;
        case AngleSource::weighted_feature:
          entry(grad_x, angle.second) += scaled * (entry(w, angle.index) + static_cast<S>(angle.shift));
          entry(grad_w, angle.index) += scaled * entry(x, angle.second);
          if (angle.third != no_phase) entry(grad_w, angle.third) += scaled;
          break;
      }
    }
  }

 private:
  template <class T>
  [[nodiscard]] static T& entry(std::span<T> values, int index) noexcept {
    QMTL_ASSERT(index >= 0 && static_cast<std::size_t>(index) < values.size());
    return values[static_cast<std::size_t>(index)];
  }

  [[nodiscard]] const AngleValues<S>& at(int slot) const noexcept {
    return values_[first_value_ + static_cast<std::size_t>(slot)];
  }

  [[nodiscard]] static Pack<S> scaled_value(const AngleSlot& slot, std::span<const Pack<S>> x,
                                            std::span<const S> w) noexcept {
    return value(slot.angle, x, w) * static_cast<S>(slot.sign * (slot.half ? 0.5 : 1.0));
  }

  [[nodiscard]] static Pack<S> value(const Angle& angle, std::span<const Pack<S>> x, std::span<const S> w) noexcept {
    const auto scale = static_cast<S>(angle.scale);
    const Pack<S> offset = broadcast<S>(static_cast<S>(angle.offset));
    switch (angle.source) {
      case AngleSource::feature: return entry(x, angle.index) * scale + offset;
      case AngleSource::weight: return scale * entry(w, angle.index) + offset;
      case AngleSource::feature_product:
        return scale * (entry(x, angle.index) + static_cast<S>(angle.shift)) *
                   (entry(x, angle.second) + static_cast<S>(angle.second_shift)) +
               offset;
      case AngleSource::weighted_feature:
        return scale * (phase_of(angle, w.data()) +
                        (entry(w, angle.index) + static_cast<S>(angle.shift)) * entry(x, angle.second)) +
               offset;
      case AngleSource::constant: break;
    }
    return offset;
  }

  std::vector<AngleSlot> slots_;
  std::vector<AngleValues<S>> values_;  // of all groups
  std::size_t first_value_ = 0;         // of the selected one
  std::vector<Pack<S>> gradients_;
  bool reads_features_ = false;
};

}  // namespace qmtl::inline QMTL_ABI::detail
