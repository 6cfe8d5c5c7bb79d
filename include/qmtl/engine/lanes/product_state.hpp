#pragma once
// SPDX-License-Identifier: Apache-2.0
// Product states in lanes: built by doubling, and their gradients by contracting one qubit after another.

#include <algorithm>
#include <array>
#include <span>
#include <vector>

#include "qmtl/engine/schedule/circuit_schedule.hpp"

namespace qmtl::inline QMTL_ABI::detail {

/// The product of the one-qubit states of consecutive qubits, each after its leading gates on |0>. The prefixes are
/// kept: entries [2^q, 2^(q+1)) are the product of the qubits below the q-th.
template <Scalar S, class A>
class ProductState {
 public:
  ProductState() = default;
  explicit ProductState(std::span<const std::vector<ScheduledGate>> gates)
      : gates_(gates.begin(), gates.end()), states_(gates.size()), prefix_(std::size_t{1} << gates.size()) {}

  [[nodiscard]] std::size_t size() const noexcept { return prefix_.size(); }

  /// Sets the one-qubit states from the angles, and the prefixes, all times `start`. Cost 2^qubits.
  void build(const AngleTable<S>& angles, const A& start) noexcept {
    const A one = make_amplitude<S, A>(broadcast<S>(S(1)), Pack<S>{});
    for (std::size_t q = 0; q < states_.size(); ++q) {
      states_[q] = gates_[q].empty() ? std::array<A, 2>{one, A{}} : first_column(gates_[q].front(), angles);
      for (std::size_t i = 1; i < gates_[q].size(); ++i) {
        const auto& gate = gates_[q][i];
        states_[q] = multiply(angles.template matrix<A>(gate.part.gate, gate.slot, false), states_[q]);
      }
    }
    if (prefix_.size() > 1) prefix_[1] = start;
    for (std::size_t q = 0; q + 1 < states_.size(); ++q) extend(q, std::span(prefix_).subspan(std::size_t{2} << q));
    start_ = start;
  }

  /// Writes the whole product, size() amplitudes.
  void write(std::span<A> to) const noexcept {
    if (states_.empty()) {
      to[0] = start_;
    } else {
      extend(states_.size() - 1, to);
    }
  }

  /// Gradients of the leading gates, added to `gradients`: contracts lambda (size() amplitudes, destroyed) with the
  /// product of all other qubits, from the top down, and leaves <product without start|lambda> in lambda[0]. Cost 4
  /// size().
  void contract(const AngleTable<S>& angles, std::span<A> lambda, std::span<Pack<S>> gradients) const noexcept {
    for (std::size_t q = states_.size(); q-- > 0;) {
      const A u0 = conjugate<S>(states_[q][0]), u1 = conjugate<S>(states_[q][1]);
      const std::size_t half = std::size_t{1} << q;
      const A* others = prefix_.data() + half;
      std::array<A, 2> even{}, odd{};  // two sums each, so that an addition need not wait for the one before
      const auto contract_pair = [&](std::size_t i, std::array<A, 2> & sums) __attribute__((always_inline)) {
        const A low = lambda[i], high = lambda[half + i], other = others[i];
        sums[0] += times_conjugate<S>(low, other);
        sums[1] += times_conjugate<S>(high, other);
        lambda[i] = u0 * low + u1 * high;
      };
      for (std::size_t i = 0; i + 1 < half; i += 2) {
        contract_pair(i, even);
        contract_pair(i + 1, odd);
      }
      if (half == 1) contract_pair(0, even);
      add_gradients(q, {even[0] + odd[0], even[1] + odd[1]}, angles, gradients);
    }
  }

 private:
  /// The adjoint sweep through one qubit's leading gates, with `e` its part of lambda.
  void add_gradients(std::size_t q, std::array<A, 2> e, const AngleTable<S>& angles,
                     std::span<Pack<S>> gradients) const noexcept {
    auto u = states_[q];
    for (std::size_t i = gates_[q].size(); i-- > 0;) {
      const auto& gate = gates_[q][i];
      if (gate.part.gate == PairGate::RY) {  // most of them
        gradients[static_cast<std::size_t>(gate.slot)] += real_product<S>(e[1], u[0]) - real_product<S>(e[0], u[1]);
      } else if (gate.slot >= 0) {
        const std::array<A, 4> products{times_conjugate<S>(u[0], e[0]), times_conjugate<S>(u[1], e[0]),
                                        times_conjugate<S>(u[0], e[1]), times_conjugate<S>(u[1], e[1])};
        gradients[static_cast<std::size_t>(gate.slot)] += generator_sum<S>(gate.part.gate, products);
      }
      if (i == 0) break;
      const auto undo = angles.template matrix<A>(gate.part.gate, gate.slot, true);
      u = multiply(undo, u);
      e = multiply(undo, e);
    }
  }

  /// The gate on |0>.
  [[nodiscard]] static std::array<A, 2> first_column(const ScheduledGate& gate, const AngleTable<S>& angles) noexcept {
    if (gate.part.gate == PairGate::RY) {
      return {make_amplitude<S, A>(angles.cosine(gate.slot), Pack<S>{}),
              make_amplitude<S, A>(angles.sine(gate.slot), Pack<S>{})};
    }
    const auto m = angles.template matrix<A>(gate.part.gate, gate.slot, false);
    return {m[0], m[2]};
  }

  [[nodiscard]] static std::array<A, 2> multiply(const std::array<A, 4>& m, const std::array<A, 2>& v) noexcept {
    return {m[0] * v[0] + m[1] * v[1], m[2] * v[0] + m[3] * v[1]};
  }

  /// The product of the qubits up to q from that of the qubits below.
  void extend(std::size_t q, std::span<A> to) const noexcept {
    const std::size_t half = std::size_t{1} << q;
    const A* from = prefix_.data() + half;
    const A u0 = states_[q][0], u1 = states_[q][1];
    for (std::size_t i = 0; i < half; ++i) {
      const A v = from[i];
      to[i] = u0 * v;
      to[half + i] = u1 * v;
    }
  }

  std::vector<std::vector<ScheduledGate>> gates_;
  std::vector<std::array<A, 2>> states_;
  std::vector<A> prefix_;
  A start_{};
};

}  // namespace qmtl::inline QMTL_ABI::detail
