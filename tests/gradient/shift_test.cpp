// SPDX-License-Identifier: Apache-2.0
// Parameter shift against central differences and the adjoint sweep; its number of evaluations.

#include "qmtl/gradient/shift.hpp"

#include <cmath>
#include <vector>

#include "qmtl/gradient/adjoint.hpp"
#include "support/catch.hpp"
#include "support/dense.hpp"
#include "support/finite_difference.hpp"
#include "support/random_circuit.hpp"
#include "support/tolerance.hpp"

namespace shift_test {

using namespace qmtl;
using test::Dense;
using test::DenseVector;

static_assert(shifted(gate::u(0, 0.5, weight(1), feature(0)), 1, 0.25) ==
              gate::u(0, 0.5, weight(1) + 0.25, feature(0)));

/// <start| U^dagger H U |start> by dense matrices, with one angle shifted and every evaluation counted.
struct Evaluator {
  std::vector<Operation> ops;
  Dense observable;
  DenseVector start;
  std::vector<double> x, w;
  mutable int evaluations = 0;

  double operator()(const AngleShift& shift) const {
    ++evaluations;
    auto moved = ops;
    moved[shift.operation].angles[static_cast<std::size_t>(shift.angle)].offset += shift.delta;
    return value(moved, x, w);
  }
  double value(std::span<const Operation> list, std::span<const double> xs, std::span<const double> ws) const {
    return test::dense_expectation(observable, test::dense_run(list, start, xs, ws));
  }
};

Evaluator random_evaluator(Rng& rng, int n, int count) {
  Evaluator e;
  for (int i = 0; i < count; ++i) e.ops.push_back(test::random_operation(rng, test::random_gate(rng, n), n));
  e.observable = test::dense_observable(test::random_observable(rng, n, 4), n);
  e.start = test::dense_zero(n);
  e.x = test::random_numbers(rng, 3);
  e.w = test::random_numbers(rng, 4);
  return e;
}

struct Gradient {
  std::vector<double> x = std::vector<double>(3, 0.0), w = std::vector<double>(4, 0.0);
};

Gradient by_shift(const Evaluator& e) {
  Gradient g;
  parameter_shift<double>(e.ops, e.x.data(), e.w.data(), g.x.data(), g.w.data(), e);
  return g;
}

Gradient by_adjoint(const Evaluator& e) {
  Gradient g;
  DenseVector psi = test::dense_run(e.ops, e.start, e.x, e.w);
  DenseVector lambda = e.observable * psi;
  detail::adjoint_sweep(std::span<const Operation>(e.ops), e.x.data(), e.w.data(), psi.data(), lambda.data(),
                        static_cast<Index>(psi.size()), g.x.data(), g.w.data());
  return g;
}

double largest_difference(const std::vector<double>& a, const std::vector<double>& b) {
  REQUIRE(a.size() == b.size());
  double largest = 0.0;
  for (std::size_t i = 0; i < a.size(); ++i) largest = std::max(largest, std::abs(a[i] - b[i]));
  return largest;
}

TEST_CASE("every gate with angles, on states prepared by other gates") {
  Rng rng(Seed{1});
  for (const Gate gate : test::all_gates()) {
    if (info(gate).angles == 0) continue;
    for (int repeats = 0; repeats < 20; ++repeats) {
      Evaluator e = random_evaluator(rng, max_gate_qubits, 10);
      e.start = test::dense_run(e.ops, e.start, e.x, e.w);
      Operation op = test::random_operation(rng, gate, max_gate_qubits);
      for (std::size_t a = 0; a < op.used_angles().size(); ++a) op.angles[a] = weight(static_cast<int>(a)) - 0.2;
      e.ops = {op};
      const auto expected =
          test::difference_gradient([&e](std::span<const double> w) { return e.value(e.ops, e.x, w); }, e.w);
      INFO(info(gate).name << " on " << op.qubits[0] << ' ' << op.qubits[1]);
      CHECK(largest_difference(by_shift(e).w, expected) < 1e-10);
    }
  }
}

TEST_CASE("random circuits: parameter shift, adjoint sweep and differences agree") {
  Rng rng(Seed{2});
  for (int n = 1; n <= 4; ++n) {
    for (int repeats = 0; repeats < 10; ++repeats) {
      const Evaluator e = random_evaluator(rng, n, 20);
      const Gradient shift = by_shift(e), adjoint = by_adjoint(e);
      CHECK(largest_difference(shift.x, adjoint.x) < 1e-11);
      CHECK(largest_difference(shift.w, adjoint.w) < 1e-11);
      const auto of_x = [&e](std::span<const double> x) { return e.value(e.ops, x, e.w); };
      const auto of_w = [&e](std::span<const double> w) { return e.value(e.ops, e.x, w); };
      CHECK(largest_difference(shift.x, test::difference_gradient(of_x, e.x, 1e-4)) < 1e-7);
      CHECK(largest_difference(shift.w, test::difference_gradient(of_w, e.w, 1e-4)) < 1e-7);
    }
  }
}

TEST_CASE("the rules are exact for every function with their frequencies, at any distance from zero") {
  Rng rng(Seed{3});
  for (int repeats = 0; repeats < 100; ++repeats) {
    const double a = rng.normal(), b = rng.normal(), c = rng.normal(), d = rng.normal(), at = rng.uniform(-10, 10);
    const auto two = [&](double delta) { return 1.5 + a * std::cos(at + delta) + b * std::sin(at + delta); };
    const double slope = -a * std::sin(at) + b * std::cos(at);
    CHECK(detail::shift_derivative(Gate::RY, two) == Approx(slope).margin(1e-13));
    CHECK(detail::shift_derivative(Gate::CP, two) == Approx(slope).margin(1e-13));
    const auto four = [&](double delta) {
      return two(delta) + c * std::cos((at + delta) / 2) + d * std::sin((at + delta) / 2);
    };
    CHECK(detail::shift_derivative(Gate::CRX, four) ==
          Approx(slope - c / 2 * std::sin(at / 2) + d / 2 * std::cos(at / 2)).margin(1e-13));
  }
}

TEST_CASE("two terms are not enough for controlled rotations") {
  // <X> of the control of CRZ(w) on |+>|+> is cos(w/2), of period 4 pi: the two-term rule would be wrong.
  Evaluator e;
  e.ops = {gate::h(0), gate::h(1), gate::crz(0, 1, weight(0))};
  e.observable = test::dense_observable(pauli_x(0), 2);
  e.start = test::dense_zero(2);
  e.x = std::vector<double>(3, 0.0);
  e.w = {0.8, 0, 0, 0};
  CHECK(e(AngleShift{2, 0, 0.0}) == Approx(std::cos(0.4)));
  CHECK(by_shift(e).w[0] == Approx(-0.5 * std::sin(0.4)));
  CHECK((e(AngleShift{2, 0, pi / 2}) - e(AngleShift{2, 0, -pi / 2})) / 2 != Approx(-0.5 * std::sin(0.4)).margin(1e-3));
}

TEST_CASE("an occurrence costs two evaluations, four in a controlled rotation, none if nobody wants it") {
  Rng rng(Seed{4});
  const Evaluator e = random_evaluator(rng, 3, 60);
  int by_x = 0, by_w = 0, by_both = 0;
  for (const auto& op : e.ops) {
    const std::string_view name = info(op.gate).name;
    for (const auto& angle : op.used_angles()) {
      const bool halves = name.starts_with("cr") || name == "xx_plus_yy" || name.ends_with("excitation") ||
                          (name == "cu" && &angle == op.angles.data());
      const int cost = halves ? 4 : 2;
      if (angle.source == AngleSource::weighted_feature) by_both += cost;
      if (angle.source == AngleSource::weight) by_w += cost;
      if (angle.source == AngleSource::feature || angle.source == AngleSource::feature_product) by_x += cost;
    }
  }
  REQUIRE(by_x > 0);
  REQUIRE(by_w > 0);
  const auto cost_of = [&e](bool want_x, bool want_w) {
    Gradient g;
    e.evaluations = 0;
    parameter_shift<double>(e.ops, e.x.data(), e.w.data(), want_x ? g.x.data() : nullptr, want_w ? g.w.data() : nullptr,
                            e);
    if (!want_x) CHECK(g.x == std::vector<double>(3, 0.0));
    if (!want_w) CHECK(g.w == std::vector<double>(4, 0.0));
    return e.evaluations;
  };
  CHECK(cost_of(true, true) == by_x + by_w + by_both);
  CHECK(cost_of(true, false) == by_x + by_both);
  CHECK(cost_of(false, true) == by_w + by_both);
  CHECK(cost_of(false, false) == 0);
}

TEST_CASE("gradients are added to what is there") {
  Rng rng(Seed{5});
  const Evaluator e = random_evaluator(rng, 3, 20);
  const Gradient once = by_shift(e);
  Gradient g;
  for (auto& v : g.x) v = 3.0;
  for (auto& v : g.w) v = -3.0;
  parameter_shift<double>(e.ops, e.x.data(), e.w.data(), g.x.data(), g.w.data(), e);
  for (std::size_t i = 0; i < 3; ++i) CHECK(g.x[i] == Approx(3.0 + once.x[i]));
  for (std::size_t j = 0; j < 4; ++j) CHECK(g.w[j] == Approx(-3.0 + once.w[j]));
}

TEST_CASE("only an angle that a gate can have is shifted") {
  CHECK_THROWS_AS(shifted(gate::rx(0, 0.5), -1, 0.1), CircuitError);
  CHECK_THROWS_AS(shifted(gate::rx(0, 0.5), max_gate_angles, 0.1), CircuitError);
}

}  // namespace shift_test
