// SPDX-License-Identifier: Apache-2.0
// The adjoint sweep against central differences of dense matrix products, gate by gate and over random circuits.

#include "qmtl/gradient/adjoint.hpp"

#include <limits>
#include <vector>

#include "support/catch.hpp"
#include "support/dense.hpp"
#include "support/finite_difference.hpp"
#include "support/random_circuit.hpp"
#include "support/tolerance.hpp"

namespace adjoint_test {

using namespace qmtl;
using test::Dense;
using test::DenseVector;

using Operations = std::vector<Operation>;

/// F = <start| U^dagger H U |start> and everything it depends on.
struct Problem {
  int qubits = 1;
  Operations ops;
  Dense observable;
  DenseVector start;
  std::vector<double> x, w;
};

double value(const Problem& p, std::span<const double> x, std::span<const double> w) {
  return test::dense_expectation(p.observable, test::dense_run(p.ops, p.start, x, w));
}

struct Gradient {
  std::vector<double> x, w;
};

/// By fourth-order differences; the fastest angles here turn about 60 times as fast as a parameter.
Gradient by_differences(const Problem& p) {
  const auto of_x = [&p](std::span<const double> x) { return value(p, x, p.w); };
  const auto of_w = [&p](std::span<const double> w) { return value(p, p.x, w); };
  return {test::difference_gradient(of_x, p.x, 1e-4), test::difference_gradient(of_w, p.w, 1e-4)};
}
constexpr double difference_error = 1e-7;

template <class S>
struct Sweep {
  std::vector<std::complex<S>> psi, lambda;
  std::vector<S> x, w, grad_x, grad_w;

  explicit Sweep(const Problem& p)
      : x(test::cast<S>(p.x)), w(test::cast<S>(p.w)), grad_x(p.x.size(), S(0)), grad_w(p.w.size(), S(0)) {
    const DenseVector final_state = test::dense_run(p.ops, p.start, p.x, p.w);
    set(psi, final_state);
    set(lambda, p.observable * final_state);
  }

  static void set(std::vector<std::complex<S>>& out, const DenseVector& in) {
    for (const auto& a : in) out.emplace_back(static_cast<S>(a.real()), static_cast<S>(a.imag()));
  }

  void run(std::span<const Operation> ops, bool want_x = true, bool want_w = true) {
    detail::adjoint_sweep<S>(ops, x.data(), w.data(), psi.data(), lambda.data(), psi.size(),
                             want_x ? grad_x.data() : nullptr, want_w ? grad_w.data() : nullptr);
  }
};

template <class S>
double largest_difference(const std::vector<S>& a, const std::vector<double>& b) {
  REQUIRE(a.size() == b.size());
  double largest = 0.0;
  for (std::size_t i = 0; i < a.size(); ++i) largest = std::max(largest, std::abs(static_cast<double>(a[i]) - b[i]));
  return largest;
}

/// A random circuit of `count` gates on n qubits from |0...0>, an observable, and parameters that S represents exactly.
template <class S>
Problem random_problem(Rng& rng, int n, int count) {
  Problem p;
  p.qubits = n;
  for (int i = 0; i < count; ++i) p.ops.push_back(test::random_operation(rng, test::random_gate(rng, n), n));
  p.observable = test::dense_observable(test::random_observable(rng, n, 4), n);
  p.start = test::dense_zero(n);
  p.x = test::random_numbers<S>(rng, 3);
  p.w = test::random_numbers<S>(rng, 4);
  return p;
}

TEMPLATE_TEST_CASE("every gate with angles, on states prepared by other gates", "", float, double) {
  Rng rng(Seed{1});
  for (const Gate gate : test::all_gates()) {
    if (info(gate).angles == 0) continue;
    for (int repeats = 0; repeats < 20; ++repeats) {
      Problem p = random_problem<TestType>(rng, max_gate_qubits, 10);
      p.start = test::dense_run(p.ops, p.start, p.x, p.w);
      Operation op = test::random_operation(rng, gate, max_gate_qubits);
      for (std::size_t a = 0; a < op.used_angles().size(); ++a) op.angles[a] = weight(static_cast<int>(a)) + 0.1;
      p.ops = {op};
      Sweep<TestType> sweep(p);
      sweep.run(p.ops);
      const Gradient expected = by_differences(p);
      INFO(info(gate).name << " on " << op.qubits[0] << ' ' << op.qubits[1]);
      const double bound = 1e-10 + 10 * test::tolerance<TestType>();
      CHECK(largest_difference(sweep.grad_x, expected.x) < bound);
      CHECK(largest_difference(sweep.grad_w, expected.w) < bound);
    }
  }
}

TEMPLATE_TEST_CASE("random circuits: shared, scaled and shifted parameters, and products of features", "", float,
                   double) {
  Rng rng(Seed{2});
  for (int n = 1; n <= 5; ++n) {
    for (int repeats = 0; repeats < 10; ++repeats) {
      const Problem p = random_problem<TestType>(rng, n, 25);
      Sweep<TestType> sweep(p);
      sweep.run(p.ops);
      const Gradient expected = by_differences(p);
      const double bound = difference_error + 200 * test::tolerance<TestType>(25);
      CHECK(largest_difference(sweep.grad_x, expected.x) < bound);
      CHECK(largest_difference(sweep.grad_w, expected.w) < bound);
    }
  }
}

TEST_CASE("after the sweep psi is the start and lambda is U^dagger H U |start>") {
  Rng rng(Seed{3});
  for (int repeats = 0; repeats < 10; ++repeats) {
    Problem p = random_problem<double>(rng, 4, 30);
    Sweep<double> sweep(p);
    sweep.run(p.ops);
    const Dense u = test::dense_circuit(p.ops, 4, p.x, p.w);
    CHECK(test::max_difference(test::dense_of(sweep.psi), p.start) < 10 * test::tolerance<double>(30));
    CHECK(
        test::max_difference(test::dense_of(sweep.lambda), DenseVector(u.adjoint() * (p.observable * (u * p.start)))) <
        30 * test::tolerance<double>(30));
  }
}

TEST_CASE("a sweep can be continued through an earlier circuit") {
  Rng rng(Seed{4});
  const Problem p = random_problem<double>(rng, 4, 30);
  Sweep<double> whole(p), parts(p);
  whole.run(p.ops);
  const std::span<const Operation> ops(p.ops);
  parts.run(ops.subspan(18));
  parts.run(ops.subspan(7, 11));
  parts.run(ops.first(7));
  CHECK(largest_difference(parts.grad_x, whole.grad_x) < 1e-12);
  CHECK(largest_difference(parts.grad_w, whole.grad_w) < 1e-12);
}

TEST_CASE("gradients are added, and one that nobody wants is left out") {
  Rng rng(Seed{5});
  const Problem p = random_problem<double>(rng, 3, 25);
  Sweep<double> both(p), only_x(p), only_w(p), added(p), none(p);
  both.run(p.ops);
  only_x.run(p.ops, true, false);
  only_w.run(p.ops, false, true);
  none.run(p.ops, false, false);
  CHECK(only_x.grad_x == both.grad_x);
  CHECK(only_w.grad_w == both.grad_w);
  CHECK(only_x.grad_w == std::vector<double>(4, 0.0));
  CHECK(none.psi == both.psi);
  for (auto& g : added.grad_x) g = 10.0;
  added.run(p.ops);
  for (std::size_t i = 0; i < 3; ++i) CHECK(added.grad_x[i] == Approx(10.0 + both.grad_x[i]).epsilon(1e-12));
}

/// The gradient by the only weight of <Z> on qubit 0 after `ops` on |00>.
double slope(const Operations& ops, double w) {
  Problem p;
  p.qubits = 2;
  p.ops = ops;
  p.observable = test::dense_observable(pauli_z(0), 2);
  p.start = test::dense_zero(2);
  p.w = {w};
  Sweep<double> sweep(p);
  sweep.run(ops);
  return sweep.grad_w[0];
}

TEST_CASE("closed forms") {
  for (const double w : {0.0, 0.7, -2.1}) {
    CHECK(slope({gate::ry(0, weight(0))}, w) == Approx(-std::sin(w)).margin(1e-14));
    CHECK(slope({gate::rx(0, weight(0)), gate::rx(0, 2.0 * weight(0) + 0.5)}, w) ==
          Approx(-3 * std::sin(3 * w + 0.5)).margin(1e-14));
    CHECK(slope({gate::h(0), gate::p(0, -weight(0)), gate::h(0)}, w) == Approx(-std::sin(w)).margin(1e-14));
    // <Z> = (1 + cos w) / 2: a controlled rotation whose control is in an equal superposition.
    CHECK(slope({gate::h(1), gate::cry(1, 0, weight(0))}, w) == Approx(-std::sin(w) / 2).margin(1e-14));
    CHECK(slope({gate::ryy(0, 1, weight(0))}, w) == Approx(-std::sin(w)).margin(1e-14));
    CHECK(slope({gate::rz(0, weight(0))}, w) == Approx(0.0).margin(1e-14));
  }
}

}  // namespace adjoint_test
