// SPDX-License-Identifier: Apache-2.0
// Expressibility against closed forms and the single-qubit circuits of Sim, Johnson and Aspuru-Guzik 2019, figure 1.

#include "qmtl/diagnostics/expressibility.hpp"

#include <numeric>

#include "qmtl/head/block.hpp"
#include "support/catch.hpp"
#include "support/random_circuit.hpp"
#include "support/throws.hpp"

namespace expressibility_test {

using namespace qmtl;

template <int N>
struct Idle {
  static constexpr auto circuit = make_circuit<N>();
};
struct CircuitA {  // of figure 1
  static constexpr auto circuit = make_circuit<1>(gate::h(0), gate::rz(0, weight(0)));
};
struct CircuitB {
  static constexpr auto circuit = make_circuit<1>(gate::h(0), gate::rz(0, weight(0)), gate::rx(0, weight(1)));
};
struct Encoded {
  static constexpr auto circuit = make_circuit<1>(gate::ry(0, feature(0)), gate::rz(0, weight(0)));
};

/// The arcsine law: fidelities cos^2(phi / 2) of points of a great circle, in equal bins.
std::vector<double> great_circle(int bins) {
  std::vector<double> out;
  for (int i = 0; i < bins; ++i) {
    out.push_back(2 / pi *
                  (std::asin(std::sqrt((i + 1.0) / bins)) - std::asin(std::sqrt(static_cast<double>(i) / bins))));
  }
  return out;
}

TEST_CASE("a circuit without parameters has the divergence (2^N - 1) log(bins)") {
  Rng rng(Seed{1});
  CHECK(expressibility<Idle<1>>(rng).divergence == Approx(std::log(75.0)));
  // Figure 1 gives 4.30, as 74 bins would, between 75 edges.
  CHECK(expressibility<Idle<1>>(rng, {.pairs = 10, .bins = 74}).divergence == Approx(4.30).margin(0.005));
  CHECK(expressibility<Idle<3>>(rng, {.pairs = 10, .bins = 20}).divergence == Approx(7 * std::log(20.0)));
  CHECK(expressibility<Idle<12>>(rng, {.pairs = 2}).divergence == Approx(4095 * std::log(75.0)));
}

TEST_CASE("figure 1: H RZ has 0.22, H RZ RX has 0.02") {
  Rng rng(Seed{2});
  const auto a = expressibility<CircuitA>(rng), b = expressibility<CircuitB>(rng);
  CHECK(a.divergence == Approx(0.22).margin(0.02));
  CHECK(b.divergence == Approx(0.02).margin(0.01));
  // Exactly, but for what a finite sample adds: 74 / (2 * 5000) on average.
  CHECK(a.divergence - 0.0074 == Approx(haar_divergence(1, great_circle(75))).margin(0.012));
}

TEST_CASE("the divergence of the arcsine law tends to log(4 / pi)") {
  // Its differential entropy on [0, 1] is log(pi / 4).
  CHECK(haar_divergence(1, great_circle(1000000)) == Approx(std::log(4 / pi)).margin(1e-3));
}

TEST_CASE("figure 1: an arbitrary unitary has 0.007, which is what 5000 pairs of Haar-random states show in 75 bins") {
  Rng rng(Seed{3});
  std::vector<double> histogram(75);
  for (int pair = 0; pair < 5000; ++pair) {
    const auto a = test::random_state<1>(rng), b = test::random_state<1>(rng);
    const double fidelity = std::norm(inner_product(a, b));
    histogram[std::min<std::size_t>(74, static_cast<std::size_t>(75 * fidelity))] += 1.0 / 5000;
  }
  CHECK(haar_divergence(1, histogram) == Approx(0.0074).margin(0.004));
  CHECK(expressibility<StronglyEntanglingBlock<1, Layers<8>>>(rng).divergence == Approx(0.0074).margin(0.004));
  CHECK(expressibility<StronglyEntanglingBlock<3, Layers<8>>>(rng).divergence < 0.01);
}

TEST_CASE("Haar probabilities sum to 1 and are exact; small ones keep their logarithm") {
  for (const int n : {1, 2, 5}) {
    double sum = 0.0;
    for (int i = 0; i < 30; ++i) sum += std::exp(log_haar_probability(n, i / 30.0, (i + 1) / 30.0));
    CHECK(sum == Approx(1));
  }
  CHECK(std::exp(log_haar_probability(1, 0.2, 0.7)) == Approx(0.5));
  CHECK(std::exp(log_haar_probability(2, 0.25, 0.5)) == Approx(27.0 / 64 - 1.0 / 8));
  CHECK(log_haar_probability(12, 0.99, 1.0) == Approx(4095 * std::log(0.01)));
  // The middle of a bin times its width: the density (D - 1) (1 - F)^(D - 2).
  CHECK(std::exp(log_haar_probability(3, 0.3 - 1e-5, 0.3 + 1e-5)) == Approx(7 * std::pow(0.7, 6) * 2e-5));
}

TEST_CASE("a divergence is never negative, and zero for Haar's own histogram") {
  std::vector<double> haar;
  for (int i = 0; i < 20; ++i) haar.push_back(std::exp(log_haar_probability(2, i / 20.0, (i + 1) / 20.0)));
  CHECK(std::abs(haar_divergence(2, haar)) < 1e-12);
  Rng rng(Seed{4});
  for (int repeats = 0; repeats < 20; ++repeats) {
    auto other = test::random_numbers(rng, 20, 0, 1);
    const double sum = std::accumulate(other.begin(), other.end(), 0.0);
    for (double& p : other) p /= sum;
    CHECK(haar_divergence(2, other) > 0.0);
  }
}

TEST_CASE("expressibility at given features is that of the weights alone") {
  Rng rng(Seed{6});
  const std::vector<double> pole{0.0}, equator{pi / 2};
  CHECK(expressibility<Encoded>(rng, {.pairs = 50, .features = pole}).divergence == Approx(std::log(75.0)));
  CHECK(expressibility<Encoded>(rng, {.features = equator}).divergence == Approx(0.22).margin(0.02));
  CHECK(expressibility<Encoded>(rng).divergence == Approx(0.02).margin(0.01));
}

TEST_CASE("the histogram sums to 1, a seed gives it again, and impossible settings are errors") {
  Rng a(Seed{5}), b(Seed{5});
  const auto histogram = expressibility<CircuitB>(a, {.pairs = 300, .bins = 7}).histogram;
  CHECK(histogram.size() == 7);
  CHECK(std::accumulate(histogram.begin(), histogram.end(), 0.0) == Approx(1));
  CHECK(histogram == expressibility<CircuitB>(b, {.pairs = 300, .bins = 7}).histogram);
  CHECK(test::message_of<ValueError>([&] { (void)expressibility<CircuitB>(a, {.pairs = 0}); }) ==
        "qmtl: expressibility: pairs, expected at least 1, got 0");
  CHECK(test::message_of<ValueError>([&] { (void)expressibility<CircuitB>(a, {.bins = -1}); }) ==
        "qmtl: expressibility: bins, expected at least 1, got -1");
}

}  // namespace expressibility_test
