// SPDX-License-Identifier: Apache-2.0
// Readout mitigation: the nearest distribution and constrained least squares by their conditions of optimality, groups
// against whole matrices, errors of mitigated values against what they are over many seeds.

#include "qmtl/mitigation/readout_mitigation.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include "qmtl/core/binomial.hpp"
#include "support/catch.hpp"
#include "support/throws.hpp"

namespace readout_mitigation_test {

using namespace qmtl;
using Vector = Eigen::VectorXd;

constexpr double p01 = 0.02, p10 = 0.06;

std::vector<ReadoutError> errors_of(int bits) {
  std::vector<ReadoutError> errors;
  for (int j = 0; j < bits; ++j) errors.push_back({.p_1_given_0 = p01 + 0.01 * j, .p_0_given_1 = p10 + 0.02 * j});
  return errors;
}

std::vector<double> random_distribution(Rng& rng, std::size_t outcomes) {
  std::vector<double> p(outcomes);
  for (auto& v : p) v = -std::log(1 - rng.uniform());
  const double sum = std::accumulate(p.begin(), p.end(), 0.0);
  for (auto& v : p) v /= sum;
  return p;
}

std::vector<double> frequencies_of(Rng& rng, std::int64_t shots, std::span<const double> p) {
  std::vector<double> out;
  for (const auto n : multinomial(rng, shots, p)) out.push_back(static_cast<double>(n) / static_cast<double>(shots));
  return out;
}

/// The parity of an outcome's bits.
std::vector<double> parities(std::size_t outcomes) {
  std::vector<double> out;
  for (Index a = 0; a < outcomes; ++a) out.push_back(parity_sign(a, outcomes - 1));
  return out;
}

Vector as_vector(std::span<const double> v) {
  return Eigen::Map<const Vector>(v.data(), static_cast<Eigen::Index>(v.size()));
}

TEST_CASE("the nearest distribution has published values", "[mitigation]") {
  // Smolin, Gambetta and Smith 2012, figure 1.
  const auto smolin = nearest_distribution(std::vector{0.6, 0.5, 0.35, 0.1, -0.55});
  const std::vector expected{0.45, 0.35, 0.2, 0.0, 0.0};
  for (std::size_t i = 0; i < expected.size(); ++i) CHECK(smolin[i] == Approx(expected[i]).margin(1e-15));
  // A value found by a minimiser that stops at 1e-6 of the least distance.
  const auto clipped = nearest_distribution(std::vector{-1.0, 0.1, -1.0, 0.2});
  const std::vector published{0.0, 0.450317, 0.0, 0.549683};
  for (std::size_t i = 0; i < published.size(); ++i) CHECK(clipped[i] == Approx(published[i]).margin(4e-4));
  CHECK(clipped[1] == Approx(0.45).epsilon(1e-14));
  const double distance = std::hypot(0.35, 0.35), of_published = std::hypot(0.350317, 0.349683);
  CHECK(of_published > distance);
  CHECK(of_published - distance < 1e-6);
}

TEST_CASE("no distribution is nearer than the nearest one", "[mitigation]") {
  Rng rng(Seed{1});
  for (int trial = 0; trial < 50; ++trial) {
    std::vector<double> v(9);
    for (auto& x : v) x = rng.normal();
    const auto p = nearest_distribution(v);
    const Vector apart = as_vector(p) - as_vector(v);
    CHECK(as_vector(p).sum() == Approx(1.0));
    CHECK(as_vector(p).minCoeff() >= 0.0);
    // <p - v, q - p> >= 0 for every corner q, and so for every distribution.
    CHECK(apart.minCoeff() - apart.dot(as_vector(p)) > -1e-14);
    const auto again = nearest_distribution(p);
    CHECK((as_vector(again) - as_vector(p)).cwiseAbs().maxCoeff() < 1e-15);
  }
}

TEST_CASE("constrained least squares satisfy the conditions of a minimum", "[mitigation]") {
  Rng rng(Seed{2});
  for (int trial = 0; trial < 40; ++trial) {
    const int bits = 1 + trial % 5;
    const auto errors = errors_of(bits);
    const auto outcomes = std::size_t{1} << bits;
    std::vector<double> there(outcomes, 0.0);
    there[0] = there[outcomes - 1] = 0.5;
    apply_readout_errors(there, errors);
    const auto f = frequencies_of(rng, 200, there);
    const ReadoutMitigation mitigation(errors);
    const Vector p = as_vector(mitigation.probabilities(f));
    const auto a = confusion_matrix(errors).matrix();
    const Vector gradient = a.transpose() * (a * p - as_vector(f));
    CHECK(p.sum() == Approx(1.0));
    CHECK(p.minCoeff() >= 0.0);
    // One multiplier for all that is not zero, and none below it.
    const double multiplier = gradient.dot(p);
    CHECK(gradient.minCoeff() > multiplier - 1e-14);
    for (Eigen::Index i = 0; i < p.size(); ++i) {
      if (p[i] > 1e-4) CHECK(gradient[i] == Approx(multiplier).margin(1e-8));
    }
    // No worse than another distribution, the nearest to the inverse.
    const Vector nearest = as_vector(mitigation.probabilities(f, ReadoutMethod::nearest));
    CHECK((a * p - as_vector(f)).norm() <= (a * nearest - as_vector(f)).norm() + 1e-14);
  }
}

TEST_CASE("each method undoes errors of exact probabilities, bit by bit, in groups and as a whole", "[mitigation]") {
  Rng rng(Seed{3});
  const auto errors = errors_of(3);
  const auto there = random_distribution(rng, 8);
  auto read = there;
  apply_readout_errors(read, errors);
  const std::vector<ReadoutError> outer{errors[2], errors[0]};
  const std::vector<ReadoutGroup> groups{{confusion_matrix(outer), {2, 0}},
                                         {confusion_matrix(std::span(&errors[1], 1)), {1}}};
  for (const auto method : {ReadoutMethod::inverse, ReadoutMethod::nearest, ReadoutMethod::least_squares}) {
    for (const auto& mitigation :
         {ReadoutMitigation(errors), ReadoutMitigation(groups), ReadoutMitigation(confusion_matrix(errors))}) {
      CHECK(mitigation.bits() == 3);
      const auto p = mitigation.probabilities(read, method);
      CHECK((as_vector(p) - as_vector(there)).cwiseAbs().maxCoeff() < 1e-12);
    }
  }
}

TEST_CASE("readout mitigation shrinks the error, and knows its standard error", "[mitigation]") {
  const auto errors = errors_of(3);
  std::vector<double> ghz(8, 0.0);
  ghz[0] = 0.2;
  ghz[7] = 0.8;
  const auto observable = parities(8);
  const double exact = 0.2 - 0.8;
  auto read = ghz;
  apply_readout_errors(read, errors);
  const double unmitigated = as_vector(read).dot(as_vector(observable));
  const ReadoutMitigation mitigation(errors);
  constexpr int repeats = 400, shots = 2000;
  for (const auto method : {ReadoutMethod::inverse, ReadoutMethod::nearest, ReadoutMethod::least_squares}) {
    Rng rng(Seed{4});
    detail::RunningMean mean, squares;
    double predicted = 0.0;
    for (int i = 0; i < repeats; ++i) {
      const auto estimate = mitigation.expectation(frequencies_of(rng, shots, read), shots, observable, method);
      mean.add(estimate.value);
      squares.add((estimate.value - exact) * (estimate.value - exact));
      predicted += estimate.standard_error * estimate.standard_error / repeats;
    }
    const double error = std::abs(mean.estimate().value - exact);
    INFO(static_cast<int>(method) << ": " << error << " of " << std::abs(unmitigated - exact));
    CHECK(error < 0.1 * std::abs(unmitigated - exact));
    if (method == ReadoutMethod::inverse) {  // unbiased
      CHECK(error < 5 * mean.estimate().standard_error);
    }
    // The deviation of 400 squares from their mean is about a tenth; where zeros are held they are smaller.
    CHECK(squares.estimate().value < 1.2 * predicted);
    CHECK(squares.estimate().value > (method == ReadoutMethod::inverse ? 0.8 : 0.5) * predicted);
  }
}

TEST_CASE("the slopes of mitigated values are their derivatives by the frequencies", "[mitigation]") {
  // With h more of the frequencies at one outcome and h less at another, a value changes by h times the difference of
  // their slopes; the variance is sum f (slope - mean slope)^2 / shots.
  const ReadoutMitigation mitigation(errors_of(2));
  const std::vector<double> observable{1.0, -0.5, 0.25, 2.0}, f{0.4, 0.2, 0.15, 0.25};
  constexpr double shots = 1e12, h = 1e-4;  // so that imagined shots count for nothing
  for (const auto method : {ReadoutMethod::inverse, ReadoutMethod::nearest, ReadoutMethod::least_squares}) {
    const auto value = [&](std::size_t more) {
      auto changed = f;
      changed[more] += h;
      changed[0] -= h;
      return mitigation.expectation(changed, shots, observable, method).value;
    };
    double mean = 0.0, squares = 0.0;
    for (std::size_t i = 0; i < 4; ++i) {
      const double slope = (value(i) - value(0)) / h;
      mean += f[i] * slope;
      squares += f[i] * slope * slope;
    }
    const auto estimate = mitigation.expectation(f, shots, observable, method);
    CHECK(estimate.standard_error == Approx(std::sqrt((squares - mean * mean) / shots)).epsilon(1e-3));
  }
}

TEST_CASE("standard errors cover what is nearly a basis state, where outcomes are held at zero", "[mitigation]") {
  const std::vector<ReadoutError> error{{.p_1_given_0 = 0.02, .p_0_given_1 = 0.05}};
  const ReadoutMitigation mitigation(error);
  const std::vector<double> z{1.0, -1.0};
  const Estimate held = mitigation.expectation(std::vector{0.985, 0.015}, 1000, z);
  CHECK(held.value == Approx(1.0).epsilon(1e-12));
  // <Z> is what is read, shifted, divided by 1 - 0.02 - 0.05.
  CHECK(held.standard_error == Approx(2 / 0.93 * std::sqrt(0.985 * 0.015 / 1000)).epsilon(0.05));
  std::vector<double> read{0.998, 0.002};
  apply_readout_errors(read, error);
  for (const auto method : {ReadoutMethod::nearest, ReadoutMethod::least_squares}) {
    Rng rng(Seed{5});
    double pulls = 0.0, largest = 0.0;
    constexpr int repeats = 400;
    for (int i = 0; i < repeats; ++i) {
      const auto e = mitigation.expectation(frequencies_of(rng, 1000, read), 1000, z, method);
      const double pull = (e.value - 0.996) / e.standard_error;
      pulls += pull * pull / repeats;
      largest = std::max(largest, std::abs(pull));
    }
    CHECK(largest < 5);
    CHECK(pulls < 1.2);
    CHECK(pulls > 0.2);
  }
}

TEST_CASE("what readout mitigation cannot do is an error that says so", "[mitigation]") {
  using test::message_of;
  CHECK(message_of<ValueError>([] {
          const std::vector<double> counts{600, 400};
          static_cast<void>(ReadoutMitigation(std::vector<ReadoutError>(1)).probabilities(counts));
        }).find("a sum of 1, got 1000: counts are to be divided") != std::string::npos);
  CHECK(message_of<ValueError>([] {
          ReadoutMitigation(std::vector<ReadoutError>{{.p_1_given_0 = 0.5, .p_0_given_1 = 0.5}});
        }).find("do not add up to 1") != std::string::npos);
  const auto one = confusion_matrix(errors_of(1));
  CHECK(message_of<CircuitError>([&] {
          ReadoutMitigation(std::vector<ReadoutGroup>{{one, {0}}, {one, {0}}});
        }).find("groups") != std::string::npos);
  CHECK(message_of<ShapeError>([&] {
          ReadoutMitigation(std::vector<ReadoutGroup>{{one, {0, 1}}});
        }).find("bits") != std::string::npos);
  const ReadoutMitigation mitigation(errors_of(2));
  CHECK(message_of<ShapeError>([&] {
          static_cast<void>(mitigation.probabilities(std::vector{1.0, 0.0}));
        }).find("2^2") != std::string::npos);
  CHECK(message_of<ValueError>([&] {
          static_cast<void>(mitigation.probabilities(std::vector<double>{1.0, NAN, 0.0, 0.0}));
        }).find("finite") != std::string::npos);
  CHECK(message_of<ShapeError>([] { static_cast<void>(nearest_distribution({})); }).find("none") != std::string::npos);
}

}  // namespace readout_mitigation_test
