// SPDX-License-Identifier: Apache-2.0
// Circuits compiled for lanes against the plain interpreter: states and gradients of every lane, whole gate set.

#include "qmtl/engine/lanes/lane_program.hpp"

#include <algorithm>
#include <vector>

#include "qmtl/circuit/light_cone.hpp"
#include "qmtl/gradient/adjoint.hpp"
#include "support/catch.hpp"
#include "support/dense.hpp"
#include "support/lanes.hpp"
#include "support/random_circuit.hpp"
#include "support/tolerance.hpp"

namespace lane_program_test {

using namespace qmtl;
using namespace qmtl::detail;

constexpr int features = 3;
constexpr int weights = 4;

template <class S, class A>
void set_lane(A& amplitude, int lane, std::complex<S> value) {
  if constexpr (std::is_same_v<A, ComplexPack<S>>) {
    amplitude.re[lane] = value.real();
    amplitude.im[lane] = value.imag();
  } else {
    amplitude[lane] = value.real();
  }
}

/// Runs `ops` on every lane with its own features, and compares state (up to a phase) and all derivatives of
/// <psi| Z_0 |psi> with the plain interpreter and the plain adjoint sweep.
template <class S, class A>
void check_lanes(const std::vector<Operation>& ops, int n, Rng& rng) {
  const Index size = dimension(n);
  LaneProgram<S, A> program(ops, n);
  std::vector<Pack<S>> x(features), dx(features), dw(weights);
  std::vector<S> w(weights);
  for (auto& pack : x) {
    for (int lane = 0; lane < pack_width<S>; ++lane) pack[lane] = static_cast<S>(rng.uniform(-3, 3));
  }
  for (auto& value : w) value = static_cast<S>(rng.uniform(-3, 3));

  std::vector<A> psi(size), lambda(size);
  program.set_angles(x, w);
  program.forward(psi);
  for (Index i = 0; i < size; ++i) {
    const Address at = program.map().at(i);
    for (int lane = 0; lane < pack_width<S>; ++lane) {
      set_lane<S>(lambda[at], lane, static_cast<S>(parity_sign(i, 1)) * test::lane_of<S>(psi[at], lane));
    }
  }
  const std::vector<A> final_state = psi;
  program.backward(psi, lambda);
  program.chain(x, w, dx, dw);

  const double tolerance = test::tolerance<S>(static_cast<int>(ops.size()) + 8) * 4;
  std::vector<S> expected_dw(weights, S(0));
  for (int lane = 0; lane < pack_width<S>; ++lane) {
    std::vector<S> features_of_lane, expected_dx(features, S(0));
    for (const auto& pack : x) features_of_lane.push_back(pack[lane]);
    std::vector<std::complex<S>> state(size), adjoint(size);
    state[0] = 1;
    apply_all<S>(ops, features_of_lane.data(), w.data(), state.data(), size);
    std::complex<double> overlap = 0;
    for (Index i = 0; i < size; ++i) {
      overlap += std::conj(std::complex<double>(state[i])) *
                 std::complex<double>(test::lane_of<S>(final_state[program.map().at(i)], lane));
      adjoint[i] = static_cast<S>(parity_sign(i, 1)) * state[i];
    }
    CHECK(std::abs(std::abs(overlap) - 1) < tolerance);
    adjoint_sweep<S>(ops, features_of_lane.data(), w.data(), state.data(), adjoint.data(), size, expected_dx.data(),
                     expected_dw.data());
    for (std::size_t f = 0; f < features; ++f) {
      CHECK(std::abs(static_cast<double>(dx[f][lane] - expected_dx[f])) < 50 * tolerance);
    }
  }
  for (std::size_t j = 0; j < weights; ++j) {
    CHECK(std::abs(static_cast<double>(lane_sum<S>(dw[j]) - expected_dw[j])) < 50 * pack_width<S> * tolerance);
  }
}

TEST_CASE("every gate, in lanes", "[state][lanes]") {
  Rng rng(Seed{15});
  for (const Gate gate : test::all_gates()) {
    INFO(info(gate).name);
    for (int n = info(gate).qubits; n <= max_gate_qubits + 1; ++n) {
      const auto ops = test::operations_around(rng, gate, std::max(n, 2), {features, weights});
      check_lanes<double, ComplexPack<double>>(ops, std::max(n, 2), rng);
      if (is_real(gate)) check_lanes<double, Pack<double>>(ops, std::max(n, 2), rng);
    }
  }
}

TEMPLATE_TEST_CASE("random circuits of real gates in real lanes", "[state][lanes]", float, double) {
  Rng rng(Seed{11});
  for (int n = 1; n <= 5; ++n) {
    for (int trial = 0; trial < 12; ++trial) {
      check_lanes<TestType, Pack<TestType>>(test::random_operations(rng, n, 4 + 3 * trial, true, {features, weights}),
                                            n, rng);
    }
  }
}

TEMPLATE_TEST_CASE("random circuits of all gates in complex lanes", "[state][lanes]", float, double) {
  Rng rng(Seed{12});
  for (int n = 1; n <= 5; ++n) {
    for (int trial = 0; trial < 12; ++trial) {
      check_lanes<TestType, ComplexPack<TestType>>(
          test::random_operations(rng, n, 4 + 3 * trial, false, {features, weights}), n, rng);
    }
  }
}

TEMPLATE_TEST_CASE("layers of rotations and phases, which go in groups", "[state][lanes]", float, double) {
  using S = TestType;
  Rng rng(Seed{13});
  for (const int n : {3, 6}) {
    std::vector<Operation> ops;
    for (int layer = 0; layer < 3; ++layer) {
      for (int q = 0; q < n; ++q) ops.push_back(gate::ry(q, weight(q % weights)));
      for (int q = 0; q < n; ++q) {
        ops.push_back(q % 2 == 0 ? gate::rz(q, feature(q % features)) : gate::p(q, feature(q % features)));
      }
      for (int q = 0; q < n; ++q) ops.push_back(gate::cx(q, (q + 1) % n));
      for (int q = 0; q + 1 < n; ++q) ops.push_back(gate::cz(q, q + 1));
    }
    check_lanes<S, ComplexPack<S>>(ops, n, rng);
  }
}

TEMPLATE_TEST_CASE("angles at which a tangent is huge", "[state][lanes]", float, double) {
  using S = TestType;
  Rng rng(Seed{14});
  std::vector<Operation> ops;
  for (int layer = 0; layer < 2; ++layer) {
    for (int q = 0; q < 5; ++q) ops.push_back(gate::ry(q, weight(0) * 0.0 + pi));
    ops.push_back(gate::cx(0, 4));
  }
  check_lanes<S, Pack<S>>(ops, 5, rng);
}

}  // namespace lane_program_test
