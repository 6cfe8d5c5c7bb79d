// SPDX-License-Identifier: Apache-2.0
// Circuits whose result has a closed form: Bell, GHZ, W, Fourier transform, teleportation, and gate identities.

#include <cmath>
#include <vector>

#include "qmtl/circuit/combinators.hpp"
#include "qmtl/state/apply.hpp"
#include "support/catch.hpp"
#include "support/dense.hpp"
#include "support/random_circuit.hpp"
#include "support/tolerance.hpp"

namespace known_circuits_test {

using namespace qmtl;
using test::Complex;
using test::Dense;
using test::DenseVector;

const double bound = 2 * test::tolerance<double>(10);

template <int N, int M>
DenseVector state_of(const Circuit<N, M>& c) {
  return test::to_dense(run(c));
}

TEST_CASE("the four Bell states (Nielsen and Chuang, section 1.3.6)") {
  const double h = std::sqrt(0.5);
  const auto made = [](int x, int y) {
    StateVector<2> state;
    reset(state, static_cast<Index>(x + 2 * y));
    apply(state, make_circuit<2>(gate::h(0), gate::cx(0, 1)));
    return test::to_dense(state);
  };
  // |b_xy> = (|0,y> + (-1)^x |1,1-y>) / sqrt 2; as an index, qubit 0 is the first of the pair.
  CHECK(test::max_difference(made(0, 0), Eigen::Vector4cd(h, 0, 0, h)) < bound);
  CHECK(test::max_difference(made(0, 1), Eigen::Vector4cd(0, h, h, 0)) < bound);
  CHECK(test::max_difference(made(1, 0), Eigen::Vector4cd(h, 0, 0, -h)) < bound);
  CHECK(test::max_difference(made(1, 1), Eigen::Vector4cd(0, -h, h, 0)) < bound);
}

TEST_CASE("GHZ: only all zeros and all ones, with equal amplitudes") {
  constexpr auto ghz = chain(make_circuit<9>(gate::h(0)), layer<9, 8>([](int q) { return gate::cx(q, q + 1); }));
  DenseVector expected = DenseVector::Zero(512);
  expected[0] = expected[511] = std::sqrt(0.5);
  CHECK(test::max_difference(state_of(ghz), expected) < bound);
}

TEST_CASE("W: one excitation, handed on by controlled rotations") {
  // Qubit k keeps 1/sqrt(n-k) of the excitation and hands the rest on: cos(a/2) = 1/sqrt(n-k).
  const auto hand_on = [](int k) { return 2.0 * std::acos(1.0 / std::sqrt(4.0 - k)); };
  const auto w = make_circuit<4>(gate::x(0), gate::cry(0, 1, hand_on(0)), gate::cx(1, 0), gate::cry(1, 2, hand_on(1)),
                                 gate::cx(2, 1), gate::cry(2, 3, hand_on(2)), gate::cx(3, 2));
  DenseVector expected = DenseVector::Zero(16);
  for (const int i : {1, 2, 4, 8}) expected[i] = 0.5;
  CHECK(test::max_difference(state_of(w), expected) < bound);
}

/// The Fourier transform of Nielsen and Chuang, section 5.1: from the top qubit down H and controlled phases, then the
/// order of the qubits reversed.
template <int N>
Dense fourier() {
  Dense u = Dense::Identity(1 << N, 1 << N);
  const auto then = [&u](const Operation& op) { u = unitary(make_circuit<N>(op)) * u; };
  for (int q = N; q-- > 0;) {
    then(gate::h(q));
    for (int p = q; p-- > 0;) then(gate::cp(p, q, pi / static_cast<double>(1 << (q - p))));
  }
  for (int q = 0; q < N / 2; ++q) then(gate::swap(q, N - 1 - q));
  return u;
}

template <int N>
void check_fourier() {
  Dense expected(1 << N, 1 << N);
  for (int j = 0; j < (1 << N); ++j) {
    for (int k = 0; k < (1 << N); ++k) {
      expected(k, j) = std::polar(1.0 / std::sqrt(1 << N), 2 * pi * ((j * k) % (1 << N)) / (1 << N));
    }
  }
  CHECK(test::max_difference(fourier<N>(), expected) < bound);
}

TEST_CASE("the quantum Fourier transform is the unitary matrix of the discrete one") {
  check_fourier<1>();
  check_fourier<2>();
  check_fourier<3>();
  check_fourier<5>();
}

TEST_CASE("the amplitudes of one rotated qubit") {
  for (const double a : {0.0, 0.3, -1.7, pi, 5.0}) {
    const double c = std::cos(a / 2), s = std::sin(a / 2);
    CHECK(test::max_difference(state_of(make_circuit<1>(gate::ry(0, a))), Eigen::Vector2cd(c, s)) < bound);
    CHECK(test::max_difference(state_of(make_circuit<1>(gate::rx(0, a))), Eigen::Vector2cd(c, Complex(0, -s))) < bound);
    CHECK(test::max_difference(state_of(make_circuit<1>(gate::rz(0, a))), Eigen::Vector2cd(Complex(c, -s), 0)) < bound);
    CHECK(test::max_difference(state_of(make_circuit<1>(gate::p(0, a))), Eigen::Vector2cd(1, 0)) < bound);
    CHECK(test::max_difference(state_of(make_circuit<1>(gate::x(0), gate::p(0, a))),
                               Eigen::Vector2cd(0, std::polar(1.0, a))) < bound);
  }
}

template <int N, int K, int M>
bool same(const Circuit<N, K>& a, const Circuit<N, M>& b) {
  return test::max_difference(unitary(a), unitary(b)) < bound;
}

TEST_CASE("identities of one qubit (Nielsen and Chuang, exercises 4.13 and 4.18)") {
  using namespace qmtl::gate;
  CHECK(same(make_circuit<1>(h(0), x(0), h(0)), make_circuit<1>(z(0))));
  CHECK(same(make_circuit<1>(h(0), z(0), h(0)), make_circuit<1>(x(0))));
  CHECK(same(make_circuit<1>(h(0), h(0)), make_circuit<1>()));
  CHECK(same(make_circuit<1>(s(0), s(0)), make_circuit<1>(z(0))));
  CHECK(same(make_circuit<1>(t(0), t(0)), make_circuit<1>(s(0))));
  CHECK(same(make_circuit<1>(sx(0), sx(0)), make_circuit<1>(x(0))));
  CHECK(same(make_circuit<1>(h(0), s(0), h(0)), make_circuit<1>(sx(0))));
  CHECK(same(make_circuit<1>(sdg(0), x(0), s(0)), make_circuit<1>(y(0))));
  CHECK(same(make_circuit<1>(u(0, 0.3, 0.5, 0.7)), make_circuit<1>(p(0, 0.7), ry(0, 0.3), p(0, 0.5))));
  CHECK(same(make_circuit<1>(u(0, pi / 2, 0, pi)), make_circuit<1>(h(0))));
  CHECK(same(make_circuit<1>(rx(0, 0.4)), make_circuit<1>(h(0), rz(0, 0.4), h(0))));
}

TEST_CASE("identities of two and three qubits") {
  using namespace qmtl::gate;
  CHECK(same(make_circuit<2>(cx(0, 1)), make_circuit<2>(h(1), cz(0, 1), h(1))));
  CHECK(same(make_circuit<2>(cx(1, 0)), make_circuit<2>(h(0), h(1), cx(0, 1), h(0), h(1))));
  CHECK(same(make_circuit<2>(cz(0, 1)), make_circuit<2>(cz(1, 0))));
  CHECK(same(make_circuit<2>(cp(0, 1, 0.4)), make_circuit<2>(cp(1, 0, 0.4))));
  CHECK(same(make_circuit<2>(cy(0, 1)), make_circuit<2>(sdg(1), cx(0, 1), s(1))));
  CHECK(same(make_circuit<2>(swap(0, 1)), make_circuit<2>(cx(0, 1), cx(1, 0), cx(0, 1))));
  CHECK(same(make_circuit<2>(iswap(0, 1)), make_circuit<2>(s(0), s(1), h(0), cx(0, 1), cx(1, 0), h(1))));
  CHECK(same(make_circuit<2>(rzz(0, 1, 0.6)), make_circuit<2>(cx(0, 1), rz(1, 0.6), cx(0, 1))));
  CHECK(same(make_circuit<2>(rxx(0, 1, 0.6)), make_circuit<2>(h(0), h(1), rzz(0, 1, 0.6), h(0), h(1))));
  CHECK(same(make_circuit<2>(ryy(0, 1, 0.6)),
             make_circuit<2>(rx(0, pi / 2), rx(1, pi / 2), rzz(0, 1, 0.6), rx(0, -pi / 2), rx(1, -pi / 2))));
  CHECK(same(make_circuit<2>(iswap(0, 1)), make_circuit<2>(rxx(0, 1, -pi / 2), ryy(0, 1, -pi / 2))));
  CHECK(same(make_circuit<2>(crz(0, 1, 0.8)), make_circuit<2>(rz(1, 0.4), cx(0, 1), rz(1, -0.4), cx(0, 1))));
  CHECK(same(make_circuit<3>(fredkin(0, 1, 2)), make_circuit<3>(cx(2, 1), toffoli(0, 1, 2), cx(2, 1))));
  // Nielsen and Chuang, figure 4.9.
  CHECK(same(make_circuit<3>(toffoli(0, 1, 2)),
             make_circuit<3>(h(2), cx(1, 2), tdg(2), cx(0, 2), t(2), cx(1, 2), tdg(2), cx(0, 2), t(1), t(2), h(2),
                             cx(0, 1), t(0), tdg(1), cx(0, 1))));
}

TEST_CASE("teleportation with the corrections as controlled gates moves any state from qubit 0 to qubit 2") {
  using namespace qmtl::gate;
  constexpr auto teleport =
      make_circuit<3>(h(1), cx(1, 2), cx(0, 1), h(0), cx(1, 2), cz(0, 2));  // Nielsen and Chuang, figure 1.13
  Rng rng(Seed{1});
  for (int repeats = 0; repeats < 10; ++repeats) {
    const auto message = test::random_state<1>(rng);
    StateVector<3> state;
    state[0] = message[0];
    state[1] = message[1];
    apply(state, teleport);
    // Qubits 0 and 1 end in |+>|+>, whatever the message: every outcome of theirs leaves it on qubit 2.
    DenseVector expected(8);
    for (Eigen::Index i = 0; i < 8; ++i) expected[i] = 0.5 * message[static_cast<Index>(i >> 2)];
    CHECK(test::max_difference(test::to_dense(state), expected) < bound);
  }
}

}  // namespace known_circuits_test
