// SPDX-License-Identifier: Apache-2.0
// Reduced density matrices against the partial trace, and local operators against Kronecker products.

#include "qmtl/measure/reduced_density.hpp"

#include <utility>
#include <vector>

#include "qmtl/measure/expectation.hpp"
#include "qmtl/state/apply.hpp"
#include "qmtl/state/sampling.hpp"
#include "support/catch.hpp"
#include "support/dense.hpp"
#include "support/random_circuit.hpp"
#include "support/tolerance.hpp"

namespace reduced_density_test {

using namespace qmtl;
using test::Dense;
using test::DenseVector;

static_assert(LocalMatrix<double, 4>::RowsAtCompileTime == 16 && LocalMatrix<double, 5>::RowsAtCompileTime == -1);
static_assert(detail::window_offsets<Qubits<3, 1>> == std::array<Index, 4>{0, 8, 2, 10});
static_assert(detail::sorted_window<Qubits<3, 0, 1>> == std::array<int, 3>{0, 1, 3});

template <class S, int K>
LocalMatrix<S, K> random_matrix(Rng& rng) {
  auto b = detail::zero_local_matrix<S, K>();
  for (Eigen::Index j = 0; j < b.cols(); ++j) {
    for (Eigen::Index i = 0; i < b.rows(); ++i) b(i, j) = {static_cast<S>(rng.normal()), static_cast<S>(rng.normal())};
  }
  return b;
}

template <class W, class S, int N>
void check_density(const StateVector<N, S>& state) {
  const auto rho = reduced_density<W>(state);
  REQUIRE(rho.rows() == (1 << W::width));
  CHECK(test::max_difference(rho, test::partial_trace(test::to_dense(state), W::indices)) < test::tolerance<S>());
  CHECK(test::max_difference(rho, rho.adjoint().eval()) < test::tolerance<S>());  // not exactly: FMA
  CHECK(static_cast<double>(rho.trace().real()) == Approx(1.0).margin(test::tolerance<S>()));
  CHECK(test::max_difference(rho.diagonal().eval(), marginal<W>(state)) < test::tolerance<S>());
}

template <class W, class S, int N>
void check_local(const StateVector<N, S>& state, Rng& rng) {
  const auto b = random_matrix<S, W::width>(rng);
  auto out = test::random_state<N, S>(rng);
  Dense matrix(b.rows(), b.cols());
  for (Eigen::Index j = 0; j < b.cols(); ++j) {
    for (Eigen::Index i = 0; i < b.rows(); ++i) matrix(i, j) = test::Complex(b(i, j));
  }
  // embed() takes the most significant qubit first.
  const std::vector<int> qubits(W::indices.rbegin(), W::indices.rend());
  const DenseVector expected = test::to_dense(out) + test::embed(matrix, qubits, N) * test::to_dense(state);
  add_local_applied<W>(b, state, out);
  CHECK(test::max_difference(test::to_dense(out), expected) < 10 * test::tolerance<S>(1 << W::width));
}

template <class W, class S, int N>
void check_window(Rng& rng) {
  const auto state = test::random_state<N, S>(rng);
  check_density<W>(state);
  check_local<W>(state, rng);
}

TEMPLATE_TEST_CASE("windows of one to four qubits, in any order, at any place", "", float, double) {
  Rng rng(Seed{1});
  check_window<Window<0, 1>, TestType, 1>(rng);
  check_window<Window<0, 1>, TestType, 5>(rng);
  check_window<Window<4, 1>, TestType, 5>(rng);
  check_window<Window<1, 2>, TestType, 5>(rng);
  check_window<Qubits<4, 0>, TestType, 5>(rng);
  check_window<Qubits<0, 4>, TestType, 5>(rng);
  check_window<Window<2, 3>, TestType, 5>(rng);
  check_window<Qubits<3, 0, 2>, TestType, 5>(rng);
  check_window<Qubits<2, 4, 0, 1>, TestType, 5>(rng);
  check_window<Window<0, 4>, TestType, 4>(rng);
}

TEMPLATE_TEST_CASE("windows of five and six qubits, whose matrices are on the heap", "", float, double) {
  Rng rng(Seed{2});
  check_window<Qubits<6, 0, 3, 1, 4>, TestType, 7>(rng);
  check_window<Window<0, 6>, TestType, 6>(rng);
}

TEST_CASE("a product state has pure reduced states, a Bell pair a maximally mixed one") {
  const auto product = run(make_circuit<3>(gate::ry(0, 0.3), gate::h(1), gate::rx(2, 1.1)));
  const auto rho = reduced_density<Qubits<2, 0>>(product);
  CHECK(test::max_difference((rho * rho).eval(), rho) < test::tolerance<double>());
  const auto bell = run(make_circuit<3>(gate::h(0), gate::cx(0, 2)));
  CHECK(test::max_difference(reduced_density<Window<2, 1>>(bell), Dense(0.5 * Dense::Identity(2, 2))) <
        test::tolerance<double>());
}

TEST_CASE("tr(rho B) is the expectation value of the local observable") {
  Rng rng(Seed{3});
  const auto state = test::random_state<5>(rng);
  const auto rho = reduced_density<Qubits<4, 1, 2>>(state);
  for (int repeats = 0; repeats < 30; ++repeats) {
    const PauliString local = test::random_string(rng, 3);
    PauliString placed;
    for (int j = 0; j < 3; ++j) {
      const int q = std::array<int, 3>{4, 1, 2}[static_cast<std::size_t>(j)];
      placed.x |= ((local.x >> j) & 1) << q;
      placed.z |= ((local.z >> j) & 1) << q;
    }
    const auto trace = (Dense(rho) * test::dense_observable(local, 3)).trace();
    CHECK(trace.real() == Approx(expectation(state, placed)).margin(test::tolerance<double>()));
    CHECK(std::abs(trace.imag()) < test::tolerance<double>());
  }
}

TEST_CASE("whatever is asked of a state that has been moved from is an error") {
  using W = Window<1, 2>;
  StateVector<9> state;
  StateVector<9> taken = std::move(state), other;
  const LocalMatrix<double, 2> identity = LocalMatrix<double, 2>::Identity();
  Rng rng(Seed{1});
  CHECK_THROWS_AS(apply(state, gate::h(0)), LogicError);
  CHECK_THROWS_AS(apply(state, make_circuit<9>(gate::h(0))), LogicError);
  CHECK_THROWS_AS(reset(state), LogicError);
  CHECK_THROWS_AS(copy(state, other), LogicError);
  CHECK_THROWS_AS(copy(other, state), LogicError);
  CHECK_THROWS_AS(norm(state), LogicError);
  CHECK_THROWS_AS(inner_product(other, state), LogicError);
  CHECK_THROWS_AS(probabilities(state), LogicError);
  CHECK_THROWS_AS(marginal<W>(state), LogicError);
  CHECK_THROWS_AS(sample(state, 3, rng), LogicError);
  CHECK_THROWS_AS(expectation(state, pauli_z(0)), LogicError);
  CHECK_THROWS_AS(add_applied(pauli_z(0), state, 1.0, other), LogicError);
  CHECK_THROWS_AS(reduced_density<W>(state), LogicError);
  CHECK_THROWS_AS(add_local_applied<W>(identity, state, other), LogicError);
  state = std::move(taken);
  CHECK(norm(state) == 1.0);
}

TEST_CASE("a view has the reduced density matrix of its buffer") {
  Rng rng(Seed{4});
  const auto state = test::random_state<4>(rng);
  const StateView<4, const double> view{std::span(state.data(), 16)};
  CHECK(test::max_difference(reduced_density<Window<1, 2>>(view), reduced_density<Window<1, 2>>(state)) == 0.0);
}

TEST_CASE("millions of terms in single precision lose no digits") {
  constexpr int n = 22;
  const std::vector<std::complex<float>> amplitudes(dimension(n), {3e-4f, 0.0f});  // exact sums are 2^21 (3e-4)^2
  const StateView<n, const float> state(amplitudes);
  const auto rho = reduced_density<Window<3, 1>>(state);
  const double expected = static_cast<double>(dimension(n - 1)) * static_cast<double>(3e-4f * 3e-4f);
  CHECK(static_cast<double>(rho(0, 0).real()) == Approx(expected).epsilon(2e-6));
  CHECK(static_cast<double>(rho(0, 1).real()) == Approx(expected).epsilon(2e-6));
}

TEST_CASE("a state cannot be added to itself") {
  StateVector<2> state;
  CHECK_THROWS_AS(add_applied(pauli_x(0), state, 1.0, state), LogicError);
  CHECK_THROWS_AS((add_local_applied<Window<0, 1>>(LocalMatrix<double, 1>(Dense::Identity(2, 2)), state, state)),
                  LogicError);
}

}  // namespace reduced_density_test
