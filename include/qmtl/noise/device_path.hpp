#pragma once
// SPDX-License-Identifier: Apache-2.0
// A path of coupled qubits on a device, for heads whose neighbours are entangled.

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <optional>
#include <utility>
#include <vector>

#include "qmtl/noise/device_calibration.hpp"

namespace qmtl::inline QMTL_ABI {

namespace detail {

/// Depth first through all simple paths, left where the best one found cannot be beaten any more.
class PathSearch {
 public:
  PathSearch(const DeviceCalibration& device, int length)
      : neighbours_(device.qubits.size()), visited_(device.qubits.size()), length_(static_cast<std::size_t>(length)) {
    for (const auto& qubit : device.qubits) {
      const auto error = qubit.readout_error();
      check_readout_error("coupled_path", error);
      own_.push_back(cost_of((error.p_1_given_0 + error.p_0_given_1) / 2));
    }
    for (const auto& gate : device.gates) {
      if (gate.qubits.size() == 1) add_single(gate);
      if (gate.qubits.size() == 2) add_pair(gate);
    }
    for (auto& list : neighbours_) std::ranges::sort(list, {}, &Neighbour::cost);
  }

  /// The best path of the first `max_visits` steps; empty if there is none.
  [[nodiscard]] std::vector<int> run() {
    std::vector<int> starts(neighbours_.size());
    std::iota(starts.begin(), starts.end(), 0);
    std::ranges::stable_sort(starts, {}, [this](int q) { return own_[static_cast<std::size_t>(q)]; });
    for (const int q : starts) {
      if (!visited_[static_cast<std::size_t>(q)]) visit(q, own_[static_cast<std::size_t>(q)]);
    }
    return best_;
  }

 private:
  struct Neighbour {
    int qubit;
    double cost;
  };
  static constexpr long max_visits = 20'000'000;

  /// Costs add up where fidelities are multiplied.
  [[nodiscard]] static double cost_of(double error) { return -std::log1p(-std::min(error, 0.999)); }

  /// Qubits whose gates are not calibrated are on no path.
  void add_single(const GateCalibration& gate) {
    if (!gate.gate) return;
    const auto q = static_cast<std::size_t>(gate.qubits.front());
    if (!gate.calibrated()) visited_[q] = true;
    if (gate.gate == Gate::SX || gate.gate == Gate::U) own_[q] += cost_of(gate.error.value_or(0.0));
  }

  void add_pair(const GateCalibration& gate) {
    const bool entangles = gate.gate == Gate::CX || gate.gate == Gate::CZ || gate.gate == Gate::ECR;
    if (!entangles || !gate.error || !gate.calibrated()) return;
    const double cost = cost_of(*gate.error);
    least_ = std::min(least_, cost);
    for (const auto& [a, b] : {std::pair(gate.qubits[0], gate.qubits[1]), std::pair(gate.qubits[1], gate.qubits[0])}) {
      auto& list = neighbours_[static_cast<std::size_t>(a)];
      const auto known = std::ranges::find(list, b, &Neighbour::qubit);
      if (known == list.end()) {
        list.push_back({b, cost});
      } else {
        known->cost = std::min(known->cost, cost);
      }
    }
  }

  void visit(int qubit, double cost) {
    const std::size_t missing = length_ - path_.size() - 1;
    const double at_least = missing == 0 ? cost : cost + static_cast<double>(missing) * least_;
    if (++visits_ > max_visits || at_least >= best_cost_) return;
    path_.push_back(qubit);
    if (missing == 0) {
      best_ = path_;
      best_cost_ = cost;
    } else {
      const auto q = static_cast<std::size_t>(qubit);
      visited_[q] = true;
      for (const auto& next : neighbours_[q]) {
        const auto n = static_cast<std::size_t>(next.qubit);
        if (!visited_[n]) visit(next.qubit, cost + next.cost + own_[n]);
      }
      visited_[q] = false;
    }
    path_.pop_back();
  }

  std::vector<std::vector<Neighbour>> neighbours_;
  std::vector<double> own_;  ///< of a qubit, without its couplings
  std::vector<bool> visited_;
  std::vector<int> path_, best_;
  std::size_t length_;
  double least_ = std::numeric_limits<double>::infinity(), best_cost_ = least_;
  long visits_ = 0;
};

}  // namespace detail

/// `length` qubits of a device with calibrated gates, each coupled with the next by a calibrated CX, CZ or ECR: those
/// with the highest product of the fidelities of these gates, of an SX (or U) on each qubit and of its readout; empty
/// if the device has no such path. Exact for as many qubits as heads mostly
/// have, within a minute's fraction; beyond 2 * 10^7 steps the best one found. Throws ValueError for a length below 1
/// or rates outside [0, 1], CircuitError for gates on qubits that there are not.
[[nodiscard]] inline std::vector<int> coupled_path(const DeviceCalibration& device, int length) {
  if (length < 1) throw ValueError(detail::text("qmtl: coupled_path: length, expected 1 or more, got ", length));
  for (const auto& gate : device.gates) {
    for (const int q : gate.qubits) {
      if (q >= 0 && static_cast<std::size_t>(q) < device.qubits.size()) continue;
      throw CircuitError(
          detail::text("qmtl: coupled_path: a gate's qubit, expected below ", device.qubits.size(), ", got ", q));
    }
  }
  return detail::PathSearch(device, length).run();
}

}  // namespace qmtl::inline QMTL_ABI
