// SPDX-License-Identifier: Apache-2.0
// Probabilities, marginals and samples: sums, frequencies, and outcomes that must never occur.

#include "qmtl/state/sampling.hpp"

#include <limits>
#include <random>
#include <vector>

#include "qmtl/state/apply.hpp"
#include "support/catch.hpp"
#include "support/dense.hpp"
#include "support/random_circuit.hpp"
#include "support/throws.hpp"
#include "support/tolerance.hpp"

namespace sampling_test {

using namespace qmtl;

TEMPLATE_TEST_CASE("probabilities are squared amplitudes and sum to 1", "", float, double) {
  Rng rng(Seed{1});
  test::for_each_width<1, 10>([&rng](auto n) {
    const auto state = test::random_state<n(), TestType>(rng);
    const auto p = probabilities(state);
    const Eigen::VectorXd expected = test::to_dense(state).cwiseAbs2();
    REQUIRE(p.size() == (1 << n()));
    CHECK(test::max_difference(p, expected) < test::tolerance<TestType>());
    CHECK(p.template cast<double>().sum() == Approx(1.0).margin(test::tolerance<TestType>()));
  });
}

template <class W, class State>
void check_marginal(const State& state) {
  const auto m = marginal<W>(state);
  const auto p = probabilities(state);
  std::vector<double> sums(std::size_t{1} << W::width, 0.0);
  for (Eigen::Index i = 0; i < p.size(); ++i) {
    std::size_t local = 0;
    for (std::size_t j = 0; j < W::indices.size(); ++j) {
      if (((i >> W::indices[j]) & 1) != 0) local += std::size_t{1} << j;
    }
    sums[local] += static_cast<double>(p[i]);
  }
  REQUIRE(m.size() == static_cast<Eigen::Index>(sums.size()));
  for (Eigen::Index a = 0; a < m.size(); ++a) {
    CHECK(static_cast<double>(m[a]) ==
          Approx(sums[static_cast<std::size_t>(a)]).margin(test::tolerance<typename State::Scalar>()));
  }
}

TEMPLATE_TEST_CASE("a marginal is the probabilities summed over the other qubits", "", float, double) {
  Rng rng(Seed{2});
  for (int repeats = 0; repeats < 5; ++repeats) {
    const auto state = test::random_state<5, TestType>(rng);
    check_marginal<Window<0, 1>>(state);
    check_marginal<Window<4, 1>>(state);
    check_marginal<Window<1, 3>>(state);
    check_marginal<Qubits<4, 0>>(state);
    check_marginal<Qubits<2, 4, 1>>(state);
    check_marginal<Qubits<3, 1, 4, 0, 2>>(state);
    CHECK(test::max_difference(marginal<Window<0, 5>>(state), probabilities(state)) < test::tolerance<TestType>());
  }
}

TEST_CASE("the qubit order of a marginal: qubit 2 is one, read first and read last") {
  StateVector<3> state;
  reset(state, 0b100);
  CHECK(marginal<Qubits<2, 0>>(state) == Eigen::Vector4d(0, 1, 0, 0));
  CHECK(marginal<Qubits<0, 2>>(state) == Eigen::Vector4d(0, 0, 1, 0));
}

/// Pearson's statistic of a histogram against probabilities.
double chi_square(const std::vector<std::size_t>& counts, const Eigen::VectorXd& p, double shots) {
  double sum = 0.0;
  for (std::size_t i = 0; i < counts.size(); ++i) {
    const double expected = shots * p[static_cast<Eigen::Index>(i)];
    sum += (static_cast<double>(counts[i]) - expected) * (static_cast<double>(counts[i]) - expected) / expected;
  }
  return sum;
}

TEMPLATE_TEST_CASE("frequencies of samples follow the probabilities", "", float, double) {
  Rng rng(Seed{3});
  for (int repeats = 0; repeats < 5; ++repeats) {
    const auto state = test::random_state<4, TestType>(rng);
    const auto outcomes = sample(state, 20000, rng);
    const Eigen::VectorXd p = probabilities(state).template cast<double>();
    CHECK(chi_square(histogram<4>(outcomes), p, 20000) < 37.7);  // 0.999 quantile for 15 degrees of freedom
  }
  std::mt19937_64 other(5);  // any engine of the standard's concept
  const auto state = test::random_state<4, TestType>(rng);
  const Eigen::VectorXd p = probabilities(state).template cast<double>();
  CHECK(chi_square(histogram<4>(sample(state, 20000, other)), p, 20000) < 37.7);
}

TEST_CASE("samples are independent: pairs of outcomes follow the products of probabilities") {
  Rng rng(Seed{4});
  const auto state = test::random_state<2>(rng);
  const auto outcomes = sample(state, 40000, rng);
  const Eigen::VectorXd p = probabilities(state);
  std::vector<std::size_t> pairs(16, 0);
  Eigen::VectorXd products(16);
  for (std::size_t i = 0; i + 1 < outcomes.size(); i += 2) ++pairs[4 * outcomes[i] + outcomes[i + 1]];
  for (Eigen::Index i = 0; i < 16; ++i) products[i] = p[i / 4] * p[i % 4];
  CHECK(chi_square(pairs, products, 20000) < 37.7);
}

TEST_CASE("equal engines give equal samples, and a shot costs one draw") {
  Rng rng(Seed{5}), same(Seed{5});
  const auto state = test::random_state<3>(rng);
  (void)test::random_state<3>(same);
  CHECK(sample(state, 100, rng) == sample(state, 100, same));
  CHECK(rng.state() == same.state());
  CHECK(sample(state, 0, rng).empty());
  CHECK(rng.state() == same.state());
}

TEST_CASE("the first outcomes are the same, however many shots follow") {
  Rng rng(Seed{9});
  const auto state = test::random_state<6>(rng);
  const Rng start = rng;
  Rng all = start;
  const auto outcomes = sample(state, 500, all);
  for (const std::size_t shots : {1u, 2u, 3u, 5u, 33u, 64u, 100u}) {
    Rng few = start;
    CHECK(sample(state, shots, few) ==
          std::vector<Index>(outcomes.begin(), outcomes.begin() + static_cast<std::ptrdiff_t>(shots)));
  }
}

/// An engine that repeats one word: the smallest or the largest.
struct Constant {
  std::uint64_t word;
  using result_type = std::uint64_t;
  static constexpr result_type min() { return 0; }
  static constexpr result_type max() { return ~result_type{0}; }
  result_type operator()() const { return word; }
};

template <int N, class S>
void check_only_possible_outcomes(const StateVector<N, S>& state, Rng& rng) {
  Constant zeros{0}, ones{~std::uint64_t{0}};
  for (const auto& outcomes : {sample(state, 300, rng), sample(state, 1, zeros), sample(state, 1, ones)}) {
    for (const Index outcome : outcomes) {
      REQUIRE(outcome < state.size());
      CHECK(std::norm(state[outcome]) > 0);
    }
  }
}

TEMPLATE_TEST_CASE("an outcome of probability zero never occurs", "", float, double) {
  Rng rng(Seed{6});
  for (int repeats = 0; repeats < 100; ++repeats) {
    auto state = test::random_state<4, TestType>(rng);
    for (Index i = 0; i < 16; ++i) {
      if (test::pick(rng, 3) != 0) state[i] = 0;
    }
    state[rng.below(16)] = TestType(0.3);
    check_only_possible_outcomes(state, rng);
  }
  for (Index basis = 0; basis < 16; ++basis) {
    StateVector<4, TestType> state;
    reset(state, basis);
    check_only_possible_outcomes(state, rng);
    CHECK(sample(state, 5, rng) == std::vector<Index>(5, basis));
  }
}

TEST_CASE("a vector that is no state cannot be sampled") {
  StateVector<2> state;
  state[0] = 0.0;
  Rng rng(Seed{7});
  const std::string rule = "qmtl: sample: the state's squared norm must be positive and finite, got ";
  CHECK(test::message_of<ValueError>([&] { (void)sample(state, 1, rng); }) == rule + "0");
  state[1] = std::numeric_limits<double>::quiet_NaN();
  CHECK(test::message_of<ValueError>([&] { (void)sample(state, 1, rng); }).rfind(rule, 0) == 0);
  state[1] = std::numeric_limits<double>::infinity();
  CHECK(test::message_of<ValueError>([&] { (void)sample(state, 1, rng); }) == rule + "inf");
}

TEST_CASE("a histogram counts every outcome and rejects impossible ones") {
  const std::vector<Index> outcomes{3, 0, 3, 1, 3};
  CHECK(histogram<2>(outcomes) == std::vector<std::size_t>{1, 1, 0, 3});
  const std::vector<Index> outside{0, 4};
  CHECK(test::message_of<ValueError>([&] { (void)histogram<2>(outside); }) ==
        "qmtl: histogram: 2 qubits have outcomes below 4, got 4");
}

TEST_CASE("bit strings are written like binary numbers, qubit 0 last") {
  CHECK(bit_string<3>(0b011) == "011");
  CHECK(bit_string<3>(0b100) == "100");
  CHECK(bit_string<5>(1) == "00001");
  StateVector<3> state;
  apply(state, gate::x(2));
  Rng rng(Seed{8});
  CHECK(bit_string<3>(sample(state, 1, rng).front()) == "100");
}

TEST_CASE("an outcome has 0 to 64 bits") {
  CHECK(bit_string(5, 64).size() == 64);
  CHECK_THROWS_AS(bit_string(5, 65), ShapeError);
  CHECK_THROWS_AS(bit_string(5, -1), ShapeError);
}

}  // namespace sampling_test
