#pragma once
// SPDX-License-Identifier: Apache-2.0
// PlacementCosts: what a qubit at a place, or a gate on a coupling, costs in fidelity.

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <limits>
#include <numeric>
#include <span>
#include <vector>

#include "qmtl/hardware/interactions.hpp"
#include "qmtl/hardware/target.hpp"

namespace qmtl::inline QMTL_ABI {

/// Negative logarithms of the fidelities of a device's qubits (an SX or U, and the readout) and couplings (its best CX,
/// CZ or ECR, in either direction): sums of them are products of fidelities. What is not calibrated has a fidelity of
/// 0.001, a gate without a published error that of the worst one on as many qubits; without a calibration everything
/// costs nothing.
class PlacementCosts {
 public:
  /// The target must outlive it.
  explicit PlacementCosts(const Target& target)
      : couplings_(&target.couplings),
        places_(static_cast<std::size_t>(target.couplings.qubits())),
        pairs_(target.couplings.pairs().size(), std::numeric_limits<double>::infinity()) {
    if (target.calibration) read(*target.calibration);
    for (double& cost : pairs_) {
      if (std::isinf(cost)) cost = 0.0;
    }
    const auto is_free = [](double cost) { return cost == 0.0; };
    least_place_ = *std::ranges::min_element(places_);
    uniform_ = std::ranges::all_of(places_, is_free) && std::ranges::all_of(pairs_, is_free);
  }

  explicit PlacementCosts(Target&&) = delete;  // it would be gone

  /// Whether everything costs the same.
  [[nodiscard]] bool uniform() const noexcept { return uniform_; }
  [[nodiscard]] double of_place(int place) const noexcept { return places_[static_cast<std::size_t>(place)]; }
  [[nodiscard]] double least_place() const noexcept { return least_place_; }
  /// Of two coupled places.
  [[nodiscard]] double of_pair(int a, int b) const noexcept { return pairs_[number(a, b)]; }

  /// Of a layout without swaps.
  [[nodiscard]] double of_layout(const InteractionGraph& interactions, std::span<const int> layout) const {
    double sum = 0.0;
    for (const int q : interactions.busy()) sum += of_place(layout[static_cast<std::size_t>(q)]);
    for (const auto& [a, b] : interactions.pairs()) {
      sum +=
          interactions.count(a, b) * of_pair(layout[static_cast<std::size_t>(a)], layout[static_cast<std::size_t>(b)]);
    }
    return sum;
  }

  /// Puts qubits without a place, -1, on the cheapest ones left.
  void place_idle(std::vector<int>& layout) const {
    std::vector<bool> taken(places_.size());
    for (const int p : layout) {
      if (p >= 0) taken[static_cast<std::size_t>(p)] = true;
    }
    std::vector<std::size_t> order(places_.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::ranges::stable_sort(order, {}, [this](std::size_t p) { return places_[p]; });
    auto next = order.begin();
    for (int& p : layout) {
      if (p >= 0) continue;
      while (taken[*next]) ++next;
      p = static_cast<int>(*next++);
    }
  }

 private:
  [[nodiscard]] static double cost_of(double error) { return -std::log1p(-std::clamp(error, 0.0, 0.999)); }

  /// The position of a pair among the map's.
  [[nodiscard]] std::size_t number(int a, int b) const noexcept {
    const CouplingMap::Coupling pair(std::min(a, b), std::max(a, b));
    return static_cast<std::size_t>(std::ranges::lower_bound(couplings_->pairs(), pair) - couplings_->pairs().begin());
  }

  void read(const DeviceCalibration& device) {
    for (std::size_t q = 0; q < std::min(places_.size(), device.qubits.size()); ++q) {
      const auto error = device.qubits[q].readout_error();
      places_[q] = cost_of((error.p_1_given_0 + error.p_0_given_1) / 2);
    }
    const std::array unknown{0.0, detail::worst_error(device, 1), detail::worst_error(device, 2)};
    for (const auto& gate : device.gates) {
      const double cost = cost_of(gate.error.value_or(unknown[std::min<std::size_t>(gate.qubits.size(), 2)]));
      const bool pulse = gate.gate == Gate::SX || gate.gate == Gate::U;
      const bool entangles = gate.gate == Gate::CX || gate.gate == Gate::CZ || gate.gate == Gate::ECR;
      if (pulse && gate.qubits.size() == 1) places_[static_cast<std::size_t>(gate.qubits[0])] += cost;
      if (!entangles || gate.qubits.size() != 2 || !couplings_->coupled(gate.qubits[0], gate.qubits[1])) continue;
      double& known = pairs_[number(gate.qubits[0], gate.qubits[1])];
      known = std::min(known, cost);
    }
  }

  const CouplingMap* couplings_;
  std::vector<double> places_, pairs_;  ///< pairs as in the map's list of them
  double least_place_ = 0.0;
  bool uniform_ = true;
};

}  // namespace qmtl::inline QMTL_ABI
