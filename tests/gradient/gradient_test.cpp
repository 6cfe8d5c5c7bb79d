// SPDX-License-Identifier: Apache-2.0
// The two vector-Jacobian products of circuit types, against each other and against central differences.

#include "qmtl/gradient/gradient.hpp"

#include <array>
#include <vector>

#include "qmtl/circuit/combinators.hpp"
#include "support/catch.hpp"
#include "support/dense.hpp"
#include "support/finite_difference.hpp"
#include "support/random_circuit.hpp"
#include "support/throws.hpp"
#include "support/tolerance.hpp"

namespace gradient_test {

using namespace qmtl;

/// Every kind of angle and every gate that has one; weights and features shared.
struct Everything {
  static constexpr auto circuit = chain(
      layer<3>([](int q) { return gate::ry(q, feature(q)); }),
      make_circuit<3>(gate::rx(0, weight(0)), gate::rz(1, 0.5 * weight(1) + 0.3), gate::p(2, -weight(0)),
                      gate::u(1, weight(2), feature(0), weight(3)), gate::crx(0, 2, weight(1)),
                      gate::cry(2, 1, feature(1)), gate::crz(1, 0, 2.0 * weight(3)), gate::cp(0, 1, weight(4)),
                      gate::rxx(0, 1, weight(2)), gate::ryy(1, 2, feature(2)), gate::toffoli(0, 1, 2),
                      gate::rzz(2, 0, 2.0 * (pi - feature(0)) * (1.0 - feature(2))), gate::h(1), gate::iswap(0, 2)));
};

/// A type may declare more features than its circuit uses.
struct Declared {
  static constexpr int features = 5;
  static constexpr auto circuit = make_circuit<2>(gate::ry(0, feature(1)), gate::cx(0, 1));
};

/// Nothing to differentiate.
struct Constant {
  static constexpr auto circuit = make_circuit<2>(gate::h(0), gate::ry(1, 0.5));
};

/// Amplitudes on the heap.
struct Wide {
  static constexpr auto circuit = chain(
      layer<9>([](int q) { return gate::ry(q, feature(q)); }), layer<9>([](int q) { return gate::cz(q, (q + 1) % 9); }),
      layer<9>([](int q) { return gate::u(q, weight(3 * q), weight(3 * q + 1), weight(3 * q + 2)); }));
};

static_assert(features_of<Everything> == 3 && weights_of<Everything> == 5);
static_assert(features_of<Declared> == 5 && weights_of<Declared> == 0);
static_assert(features_of<Constant> == 0 && weights_of<Constant> == 0);
static_assert(decltype(Vjp<float, 3, 5>().features)::RowsAtCompileTime == 3);
static_assert(decltype(Vjp<float, 3, 5>().weights)::RowsAtCompileTime == 5);

/// Observables with cotangents, and features and weights for a circuit type.
template <class C, class S>
struct Case {
  static constexpr int qubits = decltype(C::circuit)::qubits;
  std::vector<PauliSum> observables;
  std::vector<double> cotangents, x, w;

  explicit Case(Rng& rng)
      : cotangents(test::random_numbers<S>(rng, 3, -1, 1)),
        x(test::random_numbers<S>(rng, features_of<C>)),
        w(test::random_numbers<S>(rng, weights_of<C>)) {
    for (int o = 0; o < 3; ++o) observables.push_back(test::random_observable(rng, qubits, 2));
  }

  auto adjoint() const {
    return adjoint_vjp<C, S>(test::cast<S>(x), test::cast<S>(w), observables, test::cast<S>(cotangents));
  }
  auto shift() const {
    return shift_vjp<C, S>(test::cast<S>(x), test::cast<S>(w), observables, test::cast<S>(cotangents));
  }
  /// sum_o cotangent_o <H_o> by dense matrices.
  double value(std::span<const double> xs, std::span<const double> ws) const {
    const auto psi = test::dense_run(C::circuit.ops(), test::dense_zero(qubits), xs, ws);
    double sum = 0.0;
    for (std::size_t o = 0; o < observables.size(); ++o) {
      sum += cotangents[o] * test::dense_expectation(test::dense_observable(observables[o], qubits), psi);
    }
    return sum;
  }
};

template <class Vector>
double largest_difference(const Vector& a, const std::vector<double>& b) {
  REQUIRE(a.size() == static_cast<Eigen::Index>(b.size()));
  double largest = 0.0;
  for (std::size_t i = 0; i < b.size(); ++i) {
    largest = std::max(largest, std::abs(static_cast<double>(a[static_cast<Eigen::Index>(i)]) - b[i]));
  }
  return largest;
}

template <class C, class S>
void check_vjps(std::uint64_t seed) {
  Rng rng(Seed{seed});
  const Case<C, S> c(rng);
  const auto by_x = test::difference_gradient([&](std::span<const double> x) { return c.value(x, c.w); }, c.x);
  const auto by_w = test::difference_gradient([&](std::span<const double> w) { return c.value(c.x, w); }, c.w);
  const double exact = c.value(c.x, c.w);
  const double bound = 20 * test::tolerance<S>(30);
  for (const auto& vjp : {c.adjoint(), c.shift()}) {
    CHECK(vjp.value == Approx(exact).margin(bound));
    CHECK(largest_difference(vjp.features, by_x) < 1e-8 + 4 * bound);
    CHECK(largest_difference(vjp.weights, by_w) < 1e-8 + 4 * bound);
  }
  CHECK((c.adjoint().features - c.shift().features).isZero(static_cast<S>(bound)));
  CHECK((c.adjoint().weights - c.shift().weights).isZero(static_cast<S>(bound)));
}

TEMPLATE_TEST_CASE("adjoint, parameter shift and differences agree", "", float, double) {
  for (std::uint64_t seed = 0; seed < 5; ++seed) {
    check_vjps<Everything, TestType>(seed);
    check_vjps<Declared, TestType>(seed);
    check_vjps<Constant, TestType>(seed);
  }
}

TEST_CASE("nine qubits, amplitudes on the heap") {
  Rng rng(Seed{9});
  const std::vector<PauliSum> observables{pauli_z(0) * pauli_z(8), 0.5 * pauli_x(4) + pauli_y(3)};
  const auto x = test::random_numbers(rng, 9), w = test::random_numbers(rng, 27);
  const std::vector<double> cotangents{0.7, -1.1};
  const auto adjoint = adjoint_vjp<Wide>(x, w, observables, cotangents);
  const auto shift = shift_vjp<Wide>(x, w, observables, cotangents);
  CHECK(adjoint.value == Approx(shift.value).margin(1e-13));
  CHECK((adjoint.features - shift.features).isZero(1e-12));
  CHECK((adjoint.weights - shift.weights).isZero(1e-12));
  CHECK(adjoint.features.norm() > 1e-3);
  CHECK(adjoint.weights.norm() > 1e-3);
}

TEST_CASE("closed form: <Z> of RY(x) is cos x") {
  const std::vector<double> x{9, 0.7, 9, 9, 9};
  const std::vector<PauliSum> observable{pauli_z(0)};
  const std::vector<double> one{1.0};
  const auto vjp = adjoint_vjp<Declared>(x, {}, observable, one);
  CHECK(vjp.value == Approx(std::cos(0.7)));
  CHECK(vjp.features[1] == Approx(-std::sin(0.7)));
  CHECK(vjp.features[0] == 0.0);
  CHECK(vjp.features[4] == 0.0);
}

TEST_CASE("the vector-Jacobian product is linear in the cotangents") {
  Rng rng(Seed{6});
  Case<Everything, double> c(rng);
  auto total = c.adjoint();
  for (std::size_t o = 0; o < 3; ++o) {
    auto one = c;
    for (std::size_t other = 0; other < 3; ++other) one.cotangents[other] = other == o ? c.cotangents[o] : 0.0;
    const auto part = one.adjoint();
    total.value -= part.value;
    total.features -= part.features;
    total.weights -= part.weights;
  }
  CHECK(std::abs(total.value) < 1e-13);
  CHECK(total.features.isZero(1e-13));
  CHECK(total.weights.isZero(1e-13));
}

TEST_CASE("wrong sizes are errors that say which") {
  const std::vector<double> none, two(2, 0.0), three(3, 0.0), five(5, 0.0), six(6, 0.0);
  const std::vector<PauliSum> observables{pauli_z(0), pauli_z(1)};
  const auto message = [&](const auto& x, const auto& w, const auto& cotangents) {
    const auto a = test::message_of<ShapeError>([&] { (void)adjoint_vjp<Everything>(x, w, observables, cotangents); });
    const auto s = test::message_of<ShapeError>([&] { (void)shift_vjp<Everything>(x, w, observables, cotangents); });
    CHECK(a == s);
    return a;
  };
  CHECK(message(two, five, two) == "qmtl: gradient: number of features must be 3, got 2");
  CHECK(message(none, five, two) == "qmtl: gradient: number of features must be 3, got 0");
  CHECK(message(three, six, two) == "qmtl: gradient: number of weights must be 5, got 6");
  CHECK(message(three, five, three) == "qmtl: gradient: number of cotangents must be 2, got 3");
  const std::vector<PauliSum> outside{pauli_z(0), pauli_x(3)};
  CHECK(test::message_of<ShapeError>([&] { (void)adjoint_vjp<Everything>(three, five, outside, two); }) ==
        "qmtl: an observable acts on qubit 3, the state has 3 qubits");
}

}  // namespace gradient_test
