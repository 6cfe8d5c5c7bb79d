// SPDX-License-Identifier: Apache-2.0
// A state of run-time size is, bit for bit, the state of compile-time size, in everything that takes either.

#include "qmtl/state/dynamic_state.hpp"

#include <array>
#include <vector>

#include "qmtl/measure/expectation.hpp"
#include "qmtl/measure/reduced_density.hpp"
#include "qmtl/state/sampling.hpp"
#include "support/catch.hpp"
#include "support/random_circuit.hpp"
#include "support/throws.hpp"

namespace dynamic_state_test {

using namespace qmtl;

static_assert(QuantumState<DynamicStateVector<>> && MutableState<DynamicStateVector<float>&>);
static_assert(MutableState<DynamicStateView<double>> && QuantumState<DynamicStateView<const float>> &&
              !MutableState<DynamicStateView<const float>>);
static_assert(!FixedSizeState<DynamicStateVector<>> && FixedSizeState<StateVector<2>>);

constexpr int n = 5;
using W = Qubits<3, 0>;
const std::vector<int> window{3, 0};

template <class A, class B>
bool same(const A& a, const B& b) {
  return a.rows() == b.rows() && a.cols() == b.cols() && (a.array() == b.array()).all();
}

TEMPLATE_TEST_CASE("both kinds of state agree to the last bit", "", float, double) {
  Rng rng(Seed{1});
  for (int trial = 0; trial < 10; ++trial) {
    const auto circuit = test::random_circuit<n, 30>(rng);
    const auto x = test::cast<TestType>(test::random_numbers(rng, 3)),
               w = test::cast<TestType>(test::random_numbers(rng, 4));
    const auto fixed = run<TestType>(circuit, x, w);
    const auto state = run<TestType>(CircuitView(circuit), x, w);
    CHECK(state.qubits() == n);
    CHECK(same(state.vector(), fixed.vector()));
    CHECK(same(probabilities(state), probabilities(fixed)));
    CHECK(same(marginal<W>(state), marginal<W>(fixed)));
    CHECK(same(marginal(state, window), marginal<W>(fixed)));
    CHECK(same(reduced_density<W>(state), reduced_density<W>(fixed)));
    CHECK(same(reduced_density(state, window), reduced_density<W>(fixed)));
    CHECK(same(unitary<TestType>(CircuitView(circuit), x, w), unitary<TestType>(circuit, x, w)));
    const PauliSum observable = test::random_observable(rng, n, 6);
    CHECK(expectation(state, observable) == expectation(fixed, observable));
    CHECK(inner_product(state, fixed) == inner_product(fixed, fixed));
    Rng first(Seed{7}), second(Seed{7});
    const auto outcomes = sample(state, 100, first);
    CHECK(outcomes == sample(fixed, 100, second));
    CHECK(histogram(outcomes, n) == histogram<n>(outcomes));
    CHECK(bit_string(outcomes[0], n) == bit_string<n>(outcomes[0]));
    DynamicStateVector<TestType> to(n), image(n);
    copy(fixed, to);
    CHECK(same(to.vector(), state.vector()));
    StateVector<n, TestType> fixed_image;
    add_applied(observable, state, 0.5, image);
    add_applied(observable, fixed, 0.5, fixed_image);
    CHECK(same(image.vector(), fixed_image.vector()));
    reset(to, 3);
    CHECK(to[3] == std::complex<TestType>(1));
    CHECK(norm(to) == 1.0);
  }
}

TEST_CASE("a view works on somebody else's amplitudes") {
  std::vector<std::complex<double>> buffer(8);
  const DynamicStateView<double> view(buffer);
  CHECK(view.qubits() == 3);
  reset(view);
  apply(view, make_circuit<3>(gate::h(0), gate::cx(0, 2)));
  apply(view, gate::x(1));
  CHECK(std::norm(buffer[2]) == Approx(0.5));
  CHECK(std::norm(buffer[7]) == Approx(0.5));
  const auto scaled = DynamicStateVector<>::from_amplitudes(std::vector<std::complex<double>>{3.0, {0.0, 4.0}});
  CHECK(scaled[1] == std::complex<double>(0.0, 0.8));
}

TEST_CASE("what does not fit says so, with the bytes that it would need") {
  using test::message_of;
  const auto has = [](const std::string& message, const char* part) { return message.find(part) != std::string::npos; };
  CHECK(has(message_of<MemoryError>([] { DynamicStateVector<>(31); }), "got 31, which need 34359738368 bytes"));
  CHECK(has(message_of<MemoryError>([] { DynamicStateVector<float>(60); }), "9.22337204e+18 bytes"));
  CHECK(has(message_of<MemoryError>([] { (void)run(CircuitView(64, {})); }), "at most 30 qubits, got 64"));
  CHECK(has(message_of<ShapeError>([] { DynamicStateVector<>(0); }), "1 to 30 qubits, got 0"));
  std::vector<std::complex<double>> six(6);
  CHECK(has(message_of<ShapeError>([&] { DynamicStateView<double>{six}; }), "power of two from 2 to 2^30, got 6"));
  DynamicStateVector<> two(2), three(3);
  CHECK(has(message_of<ShapeError>([&] { apply(three, make_circuit<2>()); }), "must be 3, got 2"));
  CHECK(has(message_of<ShapeError>([&] { copy(two, three); }), "got 2 and 3"));
  CHECK(has(message_of<ShapeError>([&] { (void)inner_product(three, StateVector<2>()); }), "got 3 and 2"));
  CHECK(has(message_of<CircuitError>([&] { (void)marginal(two, std::array{0, 2}); }), "got qubit 2 at position 1"));
  CHECK(has(message_of<CircuitError>([&] { (void)reduced_density<W>(two); }), "got qubit 3 at position 0"));
  CHECK(has(message_of<ShapeError>([] { (void)unitary(CircuitView(13, {})); }), "at most 12 qubits, got 13"));
  const DynamicStateVector<> taken(std::move(two));
  CHECK_THROWS_AS(apply(two, gate::h(0)), LogicError);
}

TEST_CASE("a state that another one was assigned from has as many amplitudes as its qubits say") {
  DynamicStateVector<> small(2), large(5);
  small = std::move(large);
  CHECK(small.qubits() == 5);
  CHECK(large.qubits() == 0);  // NOLINT(bugprone-use-after-move)
  CHECK(large.size() == 0);
}

template <class State>
void check_moves(const State& of_ones, State target, State source) {
  target = std::move(source);
  CHECK(source.vector().size() == 0);  // NOLINT(bugprone-use-after-move)
  CHECK_THROWS_AS(reset(source), LogicError);
  CHECK_THROWS_AS(norm(source), LogicError);
  CHECK(norm(target) == 1.0);
  source = of_ones;
  CHECK(norm(source) == 1.0);
  const auto& self = target;
  target = self;
  CHECK(norm(target) == 1.0);
  source = std::move(target);
  target = std::move(source);
  CHECK(norm(target) == 1.0);
}

TEST_CASE("a state that has been moved from is empty, also where one was assigned from it") {
  check_moves(DynamicStateVector<>(3), DynamicStateVector<>(2), DynamicStateVector<>(12));
  check_moves(DynamicStateVector<>(3), DynamicStateVector<>(12), DynamicStateVector<>(2));
  check_moves(StateVector<9>(), StateVector<9>(), StateVector<9>());
}

TEST_CASE("the vector of a state that ends is a vector of its own") {
  const auto amplitudes = run(CircuitView(make_circuit<2>(gate::x(0)))).vector();
  static_assert(std::is_same_v<decltype(amplitudes), const DynamicStateVector<>::Vector>);
  CHECK(amplitudes[1] == 1.0);
  const auto large = StateVector<9>().vector();
  CHECK(large[0] == 1.0);
}

}  // namespace dynamic_state_test
