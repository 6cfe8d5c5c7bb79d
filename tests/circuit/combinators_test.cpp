// SPDX-License-Identifier: Apache-2.0
// The laws of chain, repeat, layer, inverse, on and shift_weights, on the unitaries of random circuits.

#include "qmtl/circuit/combinators.hpp"

#include "support/catch.hpp"
#include "support/dense.hpp"
#include "support/random_circuit.hpp"
#include "support/throws.hpp"
#include "support/tolerance.hpp"

namespace combinators_test {

using namespace qmtl;
using test::Dense;

constexpr auto bell = make_circuit<2>(gate::h(0), gate::cx(0, 1));

static_assert(chain(bell) == bell);
static_assert(chain(bell, inverse(bell)).size == 4);
static_assert(inverse(bell) == make_circuit<2>(gate::cx(0, 1), gate::h(0)));
static_assert(repeat<3>(bell) == make_circuit<2>(bell, bell, bell) && repeat<0>(bell).size == 0);
static_assert(repeat<2>([](int k) { return make_circuit<1>(gate::rx(0, weight(k))); }) ==
              make_circuit<1>(gate::rx(0, weight(0)), gate::rx(0, weight(1))));
static_assert(layer<3>([](int q) { return gate::h(q); }) == make_circuit<3>(gate::h(0), gate::h(1), gate::h(2)));
static_assert(layer<3, 2>([](int q) { return gate::cx(q, q + 1); }) == make_circuit<3>(gate::cx(0, 1), gate::cx(1, 2)));
static_assert(layer<2>([](int q) { return make_circuit<2>(gate::h(q), gate::x(1 - q)); }) ==
              make_circuit<2>(gate::h(0), gate::x(1), gate::h(1), gate::x(0)));
static_assert(layer<3, 0>([](int q) { return gate::h(q); }).size == 0);
static_assert(on<4, Qubits<3, 1>>(bell) == make_circuit<4>(gate::h(3), gate::cx(3, 1)));
static_assert(on<2, Window<0, 2>>(bell) == bell);
static_assert(shift_weights(make_circuit<1>(gate::u(0, weight(0), feature(1), 2.0 * weight(3))), 2) ==
              make_circuit<1>(gate::u(0, weight(2), feature(1), 2.0 * weight(5))));

struct Parameters {
  std::vector<double> x, w;
  explicit Parameters(Rng& rng) : x(test::random_numbers(rng, 3)), w(test::random_numbers(rng, 4)) {}
};

template <int N, int M>
Dense matrix_of(const Circuit<N, M>& c, const Parameters& p) {
  return test::dense_circuit(c.ops(), N, p.x, p.w);
}

const double bound = 20 * test::tolerance<double>(100);

TEST_CASE("chain multiplies unitaries, the first circuit rightmost") {
  Rng rng(Seed{1});
  for (int repeats = 0; repeats < 10; ++repeats) {
    const Parameters p(rng);
    const auto a = test::random_circuit<3, 7>(rng);
    const auto b = test::random_circuit<3, 5>(rng);
    const auto c = test::random_circuit<3, 6>(rng);
    const Dense product = matrix_of(c, p) * matrix_of(b, p) * matrix_of(a, p);
    CHECK(test::max_difference(matrix_of(chain(a, b, c), p), product) < bound);
    CHECK(chain(chain(a, b), c) == chain(a, chain(b, c)));
    CHECK(chain(a, make_circuit<3>()) == a);
  }
}

TEST_CASE("repeat takes powers") {
  Rng rng(Seed{2});
  const Parameters p(rng);
  const auto c = test::random_circuit<3, 8>(rng);
  const Dense u = matrix_of(c, p);
  CHECK(test::max_difference(matrix_of(repeat<3>(c), p), Dense(u * u * u)) < bound);
  CHECK(repeat<2>(repeat<3>(c)) == repeat<6>(c));
  CHECK(repeat<1>(c) == c);
}

TEST_CASE("repeat with a function gives each copy its own weights") {
  Rng rng(Seed{3});
  const Parameters p(rng);
  const auto built = repeat<4>([](int k) { return make_circuit<2>(gate::ry(0, weight(k)), gate::cx(0, 1)); });
  Dense product = Dense::Identity(4, 4);
  for (int k = 0; k < 4; ++k) {
    product = matrix_of(make_circuit<2>(gate::ry(0, p.w[static_cast<std::size_t>(k)]), gate::cx(0, 1)), p) * product;
  }
  CHECK(test::max_difference(matrix_of(built, p), product) < bound);
}

TEST_CASE("inverse is the adjoint unitary and reverses chains") {
  Rng rng(Seed{4});
  for (int repeats = 0; repeats < 20; ++repeats) {
    const Parameters p(rng);
    const auto a = test::random_circuit<4, 12>(rng);
    const auto b = test::random_circuit<4, 4>(rng);
    CHECK(test::max_difference(matrix_of(inverse(a), p), Dense(matrix_of(a, p).adjoint())) < bound);
    CHECK(inverse(inverse(a)) == a);
    CHECK(inverse(chain(a, b)) == chain(inverse(b), inverse(a)));
  }
}

/// The unitary of a window's circuit on the whole register; embed() takes the most significant qubit first.
template <class W, int N>
Dense embedded(const Dense& u) {
  std::vector<int> qubits(W::indices.rbegin(), W::indices.rend());
  return test::embed(u, qubits, N);
}

template <class W, int N>
void check_on(Rng& rng) {
  const Parameters p(rng);
  const auto local = test::random_circuit<W::width, 10>(rng);
  const auto placed = on<N, W>(local);
  CHECK(test::max_difference(matrix_of(placed, p), embedded<W, N>(matrix_of(local, p))) < bound);
}

TEST_CASE("on places the unitary on the window's qubits, in the window's order") {
  Rng rng(Seed{5});
  for (int repeats = 0; repeats < 5; ++repeats) {
    check_on<Window<0, 3>, 3>(rng);
    check_on<Window<1, 3>, 5>(rng);
    check_on<Window<4, 1>, 5>(rng);
    check_on<Qubits<2, 0>, 3>(rng);
    check_on<Qubits<4, 1, 3>, 5>(rng);
    check_on<Qubits<3, 0, 2, 1>, 4>(rng);
  }
}

TEST_CASE("circuits on windows without a common qubit commute") {
  Rng rng(Seed{6});
  const Parameters p(rng);
  const auto a = on<5, Qubits<4, 0>>(test::random_circuit<2, 8>(rng));
  const auto b = on<5, Qubits<3, 1, 2>>(test::random_circuit<3, 8>(rng));
  CHECK(test::max_difference(matrix_of(chain(a, b), p), matrix_of(chain(b, a), p)) < bound);
}

TEST_CASE("shift_weights reads the same values further up") {
  Rng rng(Seed{7});
  for (int repeats = 0; repeats < 10; ++repeats) {
    Parameters p(rng);
    const auto c = test::random_circuit<3, 15>(rng);
    const Dense u = matrix_of(c, p);
    const auto shifted = shift_weights(c, 3);
    CHECK(weight_count(shifted) == (weight_count(c) == 0 ? 0 : weight_count(c) + 3));
    CHECK(feature_count(shifted) == feature_count(c));
    CHECK(shift_weights(shifted, -3) == c);
    p.w.insert(p.w.begin(), 3, 1e9);
    CHECK(test::max_difference(matrix_of(shifted, p), u) < bound);
  }
}

TEST_CASE("a weight index shifted below zero is an error") {
  const auto c = make_circuit<1>(gate::rx(0, weight(1)));
  CHECK(weight_count(shift_weights(c, -1)) == 1);
  CHECK(test::message_of<CircuitError>([&c] { (void)shift_weights(c, -2); }) ==
        "qmtl: a feature or weight index must not be negative");
}

}  // namespace combinators_test
