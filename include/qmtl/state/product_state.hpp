#pragma once
// SPDX-License-Identifier: Apache-2.0
// Product states in lanes: built by doubling, and their gradients by contracting one qubit after another.

#include <algorithm>
#include <array>
#include <span>
#include <vector>

#include "qmtl/state/lane_schedule.hpp"

namespace qmtl::detail {

/// The product of the one-qubit states of consecutive qubits, each after its leading gates on |0>. The prefixes are
/// kept: entries [2^q, 2^(q+1)) are the product of the qubits below the q-th.
template <Scalar S, class A>
class ProductState {
 public:
  ProductState() = default;
  explicit ProductState(std::span<const std::vector<LaneGate>> gates)
      : gates_(gates.begin(), gates.end()), states_(gates.size()), prefix_(std::size_t{1} << gates.size()) {}

  [[nodiscard]] std::size_t size() const noexcept { return prefix_.size(); }

  /// Sets the one-qubit states from the angles, and the prefixes, all times `start`. Cost 2^qubits.
  void build(const LaneAngles<S>& angles, const A& start) noexcept {
    const A one = make_amplitude<S, A>(broadcast<S>(S(1)), Pack<S>{});
    for (std::size_t q = 0; q < states_.size(); ++q) {
      states_[q] = {one, A{}};
      for (const auto& gate : gates_[q]) apply_gate(states_[q], gate, angles, false);
    }
    if (prefix_.size() > 1) prefix_[1] = start;
    for (std::size_t q = 0; q + 1 < states_.size(); ++q) extend(q, prefix_.data() + (std::size_t{2} << q));
    start_ = start;
  }

  /// Writes the whole product, size() amplitudes.
  void write(A* to) const noexcept {
    if (states_.empty()) {
      to[0] = start_;
    } else {
      extend(states_.size() - 1, to);
    }
  }

  /// Gradients of the leading gates, added to `gradients`: contracts lambda (size() amplitudes, destroyed) with the
  /// product of all other qubits, from the top down, and leaves <product without start|lambda> in lambda[0]. Cost 4
  /// size().
  void contract(const LaneAngles<S>& angles, A* lambda, Pack<S>* gradients) const noexcept {
    for (std::size_t q = states_.size(); q-- > 0;) {
      const A u0 = conjugate<S>(states_[q][0]), u1 = conjugate<S>(states_[q][1]);
      const std::size_t half = std::size_t{1} << q;
      const A* others = prefix_.data() + half;
      A e0{}, e1{};
      for (std::size_t i = 0; i < half; ++i) {
        const A low = lambda[i], high = lambda[half + i];
        e0 += times_conjugate<S>(low, others[i]);
        e1 += times_conjugate<S>(high, others[i]);
        lambda[i] = u0 * low + u1 * high;
      }
      add_gradients(q, {e0, e1}, angles, gradients);
    }
  }

 private:
  /// The adjoint sweep through one qubit's leading gates, with `e` its part of lambda.
  void add_gradients(std::size_t q, std::array<A, 2> e, const LaneAngles<S>& angles,
                     Pack<S>* gradients) const noexcept {
    auto u = states_[q];
    for (std::size_t i = gates_[q].size(); i-- > 0;) {
      const auto& gate = gates_[q][i];
      if (gate.slot >= 0) gradients[gate.slot] += pair_gradient<S>(gate.part.gate, e.data(), u.data(), single_);
      if (i == 0) break;
      apply_gate(u, gate, angles, true);
      apply_gate(e, gate, angles, true);
    }
  }

  void apply_gate(std::array<A, 2>& state, const LaneGate& gate, const LaneAngles<S>& angles,
                  bool undo) const noexcept {
    apply_pairs<S>(state.data(), single_, angles.template matrix<A>(gate.part.gate, gate.slot, undo));
  }

  /// The product of the qubits up to q from that of the qubits below.
  void extend(std::size_t q, A* to) const noexcept {
    const std::size_t half = std::size_t{1} << q;
    const A* from = prefix_.data() + half;
    const A u0 = states_[q][0], u1 = states_[q][1];
    for (std::size_t i = 0; i < half; ++i) {
      const A v = from[i];
      to[i] = u0 * v;
      to[half + i] = u1 * v;
    }
  }

  PairBlocks single_{AddressMap(1), PairSet{{0}, 1, 0, 1}};  // the one pair of one qubit
  std::vector<std::vector<LaneGate>> gates_;
  std::vector<std::array<A, 2>> states_;
  std::vector<A> prefix_;
  A start_{};
};

}  // namespace qmtl::detail
