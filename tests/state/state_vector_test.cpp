// SPDX-License-Identifier: Apache-2.0
// States: sizes, normalisation at the ends of the number range, views on a user's buffer, and their errors.

#include "qmtl/state/state_vector.hpp"

#include <array>
#include <limits>
#include <type_traits>
#include <utility>
#include <vector>

#include "support/catch.hpp"
#include "support/dense.hpp"
#include "support/random_circuit.hpp"
#include "support/throws.hpp"
#include "support/tolerance.hpp"

namespace state_vector_test {

using namespace qmtl;

template <int... N>
constexpr bool sizes_are_powers_of_two(std::integer_sequence<int, N...>) {
  return ((StateVector<N + 1>::size() == (Index{1} << (N + 1)) && StateVector<N + 1, float>::qubits == N + 1 &&
           StateView<N + 1, const double>::size() == (Index{1} << (N + 1))) &&
          ...);
}
static_assert(sizes_are_powers_of_two(std::make_integer_sequence<int, 30>{}));
static_assert(max_qubits == 30);

static_assert(QuantumState<StateVector<3>> && QuantumState<StateView<3, double>> &&
              QuantumState<StateView<3, const float>> && !QuantumState<double> && !QuantumState<std::vector<double>>);
static_assert(MutableState<StateVector<3>> && MutableState<StateVector<3>&> && !MutableState<const StateVector<3>>);
static_assert(MutableState<StateView<3, double>> && MutableState<const StateView<3, double>> &&
              !MutableState<StateView<3, const double>>);
static_assert(!std::is_convertible_v<std::span<std::complex<double>>, StateView<3, double>>);

using Amplitudes = std::vector<std::complex<double>>;

TEMPLATE_TEST_CASE("a state starts in |0...0>, on the stack and on the heap", "", float, double) {
  test::for_each_width<1, 12>([](auto n) {
    const StateVector<n(), TestType> state;
    CHECK(test::max_difference(test::to_dense(state), test::dense_zero(n())) == 0.0);
    CHECK(norm(state) == 1.0);
    CHECK(state.vector().size() == (1 << n()));
  });
  CHECK(sizeof(StateVector<14>) < 64);
}

TEST_CASE("states are values") {
  Rng rng(Seed{1});
  auto a = test::random_state<10>(rng);
  auto b = a;
  b[3] = 5.0;
  CHECK(a[3] != b[3]);
  CHECK(a.data() != b.data());
  copy(a, b);
  CHECK(test::max_difference(test::to_dense(a), test::to_dense(b)) == 0.0);
}

TEST_CASE("reset prepares a basis state") {
  StateVector<3> state;
  reset(state, 5);
  CHECK(test::max_difference(test::to_dense(state), test::DenseVector::Unit(8, 5)) == 0.0);
  reset(state);
  CHECK(test::max_difference(test::to_dense(state), test::dense_zero(3)) == 0.0);
  CHECK(test::message_of<ValueError>([&state] { reset(state, 8); }) ==
        "qmtl: reset: a state of 3 qubits has basis states 0 to 7, got 8");
}

TEMPLATE_TEST_CASE("from_amplitudes keeps the direction and makes the norm 1", "", float, double) {
  using C = std::complex<TestType>;
  const auto state = StateVector<1, TestType>::from_amplitudes(std::array{C(3, 0), C(0, -4)});
  CHECK(std::abs(state[0] - C(TestType(0.6), 0)) <= std::numeric_limits<TestType>::epsilon());
  CHECK(std::abs(state[1] - C(0, TestType(-0.8))) <= std::numeric_limits<TestType>::epsilon());
  Rng rng(Seed{2});
  for (int repeats = 0; repeats < 20; ++repeats) {
    std::vector<C> amplitudes;
    for (int i = 0; i < 512; ++i) {
      amplitudes.emplace_back(static_cast<TestType>(rng.normal()), static_cast<TestType>(rng.normal()));
    }
    const auto made = StateVector<9, TestType>::from_amplitudes(amplitudes);
    CHECK(norm(made) == Approx(1.0).margin(test::tolerance<TestType>()));
    const auto ratio = std::complex<double>(made[7]) / std::complex<double>(amplitudes[7]);
    CHECK(std::abs(ratio.imag()) < test::tolerance<TestType>());
    CHECK(ratio.real() > 0);
  }
}

template <class S>
void check_scale(double scale) {
  using C = std::complex<S>;
  const auto small = static_cast<S>(scale);
  const auto state =
      StateVector<2, S>::from_amplitudes(std::array{C(small, 0), C(0, small), C(-small, 0), C(0, -small)});
  INFO("scale " << scale);
  CHECK(std::abs(state[0] - C(S(0.5), 0)) <= std::numeric_limits<S>::epsilon());
  CHECK(std::abs(state[3] - C(0, S(-0.5))) <= std::numeric_limits<S>::epsilon());
  CHECK(norm(state) == Approx(1.0).margin(test::tolerance<S>()));
}

TEST_CASE("amplitudes at the ends of the number range are normalised without over- or underflow") {
  for (const double scale : {1e-300, 1e300, 5e-324, std::numeric_limits<double>::max()}) check_scale<double>(scale);
  for (const double scale : {1e-38, 1e38, 1.4e-45, 3.4e38}) check_scale<float>(scale);
  const auto mixed = StateVector<1>::from_amplitudes(Amplitudes{1e300, 1e-300});
  CHECK(mixed[0] == 1.0);
  CHECK(std::abs(mixed[1]) == 0.0);
}

TEST_CASE("amplitudes that are no state are errors that say which") {
  const auto message = [](const Amplitudes& amplitudes) {
    return test::message_of<ValueError>([&] { (void)StateVector<2>::from_amplitudes(amplitudes); });
  };
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const double inf = std::numeric_limits<double>::infinity();
  CHECK(message({0, 0, 0, 0}) == "qmtl: StateVector: all amplitudes are zero, a state must have norm 1");
  CHECK(message({1, 0, {0, nan}, 0}) == "qmtl: StateVector: amplitude 2 is not finite");
  CHECK(message({1, {-inf, 0}, 0, nan}) == "qmtl: StateVector: amplitude 1 is not finite");
  CHECK(message({0, 0, 0, {0, inf}}) == "qmtl: StateVector: amplitude 3 is not finite");
  for (const std::size_t size : {0u, 3u, 5u, 8u}) {
    CHECK(test::message_of<ShapeError>([size] { (void)StateVector<2>::from_amplitudes(Amplitudes(size, 1.0)); }) ==
          detail::text("qmtl: StateVector: number of amplitudes must be 4, got ", size));
  }
}

TEST_CASE("the amplitudes are written through vector(), their number stays") {
  StateVector<2> small;
  StateVector<9> large;
  static_assert(!std::is_reference_v<decltype(small.vector())> && !std::is_reference_v<decltype(large.vector())>);
  large.vector()[0] = 0.0;
  large.vector()[511] = std::complex<double>(0, 1);
  CHECK(large[511] == std::complex<double>(0, 1));
  CHECK(norm(large) == 1.0);
  static_assert(!std::is_assignable_v<decltype(std::as_const(large).vector()[0]), std::complex<double>>);
}

TEST_CASE("a view reads and writes the user's buffer") {
  Amplitudes buffer{0.6, 0, 0, {0, 0.8}};
  const StateView<2, double> view{std::span(buffer)};
  CHECK(norm(view) == Approx(1.0));
  view[1] = {0.5, 0.25};
  CHECK(buffer[1] == std::complex<double>(0.5, 0.25));
  reset(view, 2);
  CHECK(buffer == Amplitudes{0, 0, 1, 0});
  const StateView<2, const double> constant{std::span<const std::complex<double>>(buffer)};
  CHECK(constant.data() == buffer.data());
  StateVector<2> state;
  copy(constant, state);
  CHECK(state[2] == 1.0);
  copy(StateVector<2>(), view);
  CHECK(buffer == Amplitudes{1, 0, 0, 0});
}

TEST_CASE("a view on a buffer of another size is an error") {
  for (const std::size_t size : {0u, 3u, 5u, 8u}) {
    Amplitudes buffer(size);
    CHECK(test::message_of<ShapeError>([&buffer] { (void)StateView<2, double>(std::span(buffer)); }) ==
          detail::text("qmtl: StateView: number of amplitudes must be 4, got ", size));
  }
}

TEST_CASE("inner_product is linear in its second argument and mixes scalar types") {
  Rng rng(Seed{3});
  const auto a = test::random_state<5>(rng), b = test::random_state<5>(rng);
  const auto product = inner_product(a, b);
  CHECK(std::abs(product - test::to_dense(a).dot(test::to_dense(b))) < test::tolerance<double>());
  CHECK(std::abs(product - std::conj(inner_product(b, a))) < test::tolerance<double>());
  auto turned = b;
  turned.vector() *= std::complex<double>(0, 1);
  CHECK(std::abs(inner_product(a, turned) - std::complex<double>(0, 1) * product) < test::tolerance<double>());
  StateVector<5, float> single;
  for (Index i = 0; i < 32; ++i) single[i] = std::complex<float>(b[i]);
  CHECK(std::abs(inner_product(a, single) - product) < test::tolerance<float>());
}

}  // namespace state_vector_test
