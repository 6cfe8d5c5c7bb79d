// SPDX-License-Identifier: Apache-2.0
// Standard errors of frequencies, by formulas.

#include "qmtl/executor/estimator.hpp"

#include <algorithm>
#include <cmath>
#include <concepts>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "qmtl/core/bits.hpp"
#include "qmtl/core/rng.hpp"
#include "support/catch.hpp"

namespace estimator_test {

using namespace qmtl;

/// The same outcomes whatever is asked.
struct Frequencies {
  Batch<double> table;
  double count = 1.0;

  [[nodiscard]] double shots() const { return count; }
  [[nodiscard]] std::vector<Batch<double>> probabilities(std::span<const CircuitJob>) const { return {table}; }
};

/// What is estimated of the last qubit's observables with these eigenvalues.
detail::Answer estimate(const ColMajorMatrix<double>& eigenvalues, Batch<double> frequencies, double shots) {
  const ColMajorMatrix<double> no_parameters(0, frequencies.cols());
  const std::vector<int> qubit{0};
  const CircuitJob job{CircuitView(1, {}), qubit, qubit, no_parameters, eigenvalues};
  return detail::Estimator(Frequencies{std::move(frequencies), shots}).estimate({&job, 1}).front();
}

double variance(const ColMajorMatrix<double>& eigenvalues, const Batch<double>& frequencies, double shots,
                const Eigen::VectorXd& slopes) {
  return detail::variance_of(estimate(eigenvalues, frequencies, shots), eigenvalues, 0, slopes);
}

TEST_CASE("errors are those of a mean, with one imagined shot spread over the outcomes") {
  const ColMajorMatrix<double> z{{1.0}, {-1.0}};
  const Eigen::VectorXd one = Eigen::VectorXd::Ones(1);
  // Three of four shots give 1: with half an imagined one on each side 3.5 and 1.5 of 5, so 4 x 0.7 x 0.3 over 4 shots.
  const Batch<double> most{{0.75}, {0.25}}, all{{0.0}, {1.0}};
  CHECK(estimate(z, most, 4).values(0, 0) == 0.5);
  CHECK(variance(z, most, 4, one) == Approx(0.21).epsilon(1e-14));
  CHECK(variance(z, all, 1, one) == Approx(0.75).epsilon(1e-14));
  CHECK(variance(z, all, 1000, one) == Approx(4 * 0.5 * 1000.5 / 1001 / 1001 / 1000).epsilon(1e-12));
  CHECK(variance(z, most, 1e6, one) == Approx(0.75 / (1e6 - 1)).epsilon(1e-5));  // the unbiased one, to 1 / shots
}

TEST_CASE("what is read from the same shots is no more known for being read twice") {
  const ColMajorMatrix<double> twice{{1.0, 1.0}, {-1.0, -1.0}}, opposed{{1.0, -1.0}, {-1.0, 1.0}};
  const Batch<double> half{{0.5}, {0.5}};
  const Eigen::VectorXd sum = Eigen::VectorXd::Ones(2);
  CHECK(variance(twice, half, 100, sum) == Approx(4.0 / 100));
  CHECK(variance(opposed, half, 100, sum) == 0.0);
}

TEST_CASE("large eigenvalues that are close together do not cancel") {
  const double shift = std::ldexp(1.0, 30);
  const ColMajorMatrix<double> far{{shift + 1}, {shift - 1}};
  CHECK(variance(far, Batch<double>{{0.5}, {0.5}}, 4, Eigen::VectorXd::Ones(1)) == 0.25);
}

TEST_CASE("deviations are as large as the errors say, on the average over many seeds") {
  // Combinations of three observables of three qubits, most of whose outcomes are rare.
  const Eigen::VectorXd p{{0.6, 0.2, 0.1, 0.05, 0.02, 0.015, 0.01, 0.005}}, slopes{{1.0, -0.5, 2.0}};
  ColMajorMatrix<double> eigenvalues(8, 3);
  for (Index a = 0; a < 8; ++a) {
    eigenvalues.row(static_cast<Eigen::Index>(a)) << parity_sign(a, 1), parity_sign(a, 6), a == 2;
  }
  const double exact = slopes.dot(eigenvalues.transpose() * p);
  constexpr int repeats = 4000;
  for (const int shots : {20, 100, 1000}) {
    Rng rng(Seed{static_cast<std::uint64_t>(shots)});
    double squares = 0.0;
    int within = 0;
    for (int i = 0; i < repeats; ++i) {
      Batch<double> frequencies = Batch<double>::Zero(8, 1);
      for (int shot = 0; shot < shots; ++shot) {
        double left = rng.uniform();
        Eigen::Index outcome = 0;
        while (outcome < 7 && (left -= p[outcome]) >= 0.0) ++outcome;
        frequencies(outcome, 0) += 1.0 / shots;
      }
      const double deviation = slopes.dot(eigenvalues.transpose() * frequencies.col(0)) - exact;
      const double z = deviation / std::sqrt(variance(eigenvalues, frequencies, shots, slopes));
      squares += z * z / repeats;
      within += std::abs(z) < 2.0;
    }
    CHECK(squares == Approx(1.0).margin(5 * std::sqrt(2.0 / repeats) + 2.0 / shots));
    CHECK(static_cast<double>(within) / repeats == Approx(0.954).margin(0.015 + 0.4 / shots));
  }
}

TEST_CASE("unanimous shots leave an error, by which the truth is seldom off by much") {
  // E[deviation^2] against E[variance], over all counts of 100 shots of a qubit: rare outcomes are not overlooked.
  const ColMajorMatrix<double> z{{1.0}, {-1.0}};
  constexpr int shots = 100;
  for (const double p : {0.5, 0.9, 0.99, 0.999}) {
    double estimated = 0.0;
    for (int k = 0; k <= shots; ++k) {
      const double log_weight = std::lgamma(shots + 1.0) - std::lgamma(k + 1.0) - std::lgamma(shots - k + 1.0) +
                                k * std::log(p) + (shots - k) * std::log1p(-p);
      const double f = static_cast<double>(k) / shots;
      estimated += std::exp(log_weight) * variance(z, Batch<double>{{f}, {1 - f}}, shots, Eigen::VectorXd::Ones(1));
    }
    const double truth = 4 * p * (1 - p) / shots;
    CHECK(estimated > 0.98 * truth);
    CHECK(estimated < truth + 2.1 / (shots * shots));  // 4 (1 / 2 shots) / shots of the imagined one
  }
}

TEST_CASE("jobs can be assigned and sorted: a job then looks at what the other one looked at") {
  static_assert(std::copyable<CircuitJob>);
  const std::vector<ColMajorMatrix<double>> tables{
      ColMajorMatrix<double>::Ones(2, 3), ColMajorMatrix<double>::Zero(2, 1), ColMajorMatrix<double>::Ones(1, 2)};
  std::vector<CircuitJob> jobs;
  for (const auto& table : tables) jobs.push_back({CircuitView(1, {}), {}, {}, table, table});
  std::ranges::sort(jobs, {}, &CircuitJob::runs);
  CHECK((jobs[0].parameters.data() == tables[1].data() && jobs[0].runs() == 1));
  CHECK((jobs[1].eigenvalues.data() == tables[2].data() && jobs[1].outcomes() == 1));
  CHECK((jobs[2].parameters.data() == tables[0].data() && jobs[2].runs() == 3));
  CHECK((tables[0].isOnes() && tables[1].isZero()));  // numbers stay where they are
}

}  // namespace estimator_test
