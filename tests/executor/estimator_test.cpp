// SPDX-License-Identifier: Apache-2.0
// Standard errors of frequencies, by formulas.

#include "qmtl/executor/estimator.hpp"

#include <algorithm>
#include <cmath>
#include <concepts>
#include <span>
#include <utility>
#include <vector>

#include "support/catch.hpp"

namespace {

using namespace qmtl;

/// The same outcomes whatever is asked.
struct Frequencies {
  Batch<double> table;
  double count = 1.0;

  [[nodiscard]] double shots() const { return count; }
  [[nodiscard]] std::vector<Batch<double>> probabilities(std::span<const CircuitJob>) const { return {table}; }
};

/// The estimates of a qubit's observable with these eigenvalues.
Estimates estimate(const ColMajorMatrix<double>& eigenvalues, Batch<double> probabilities, double shots) {
  const ColMajorMatrix<double> no_parameters(0, probabilities.cols());
  const std::vector<int> qubit{0};
  const CircuitJob job{CircuitView(1, {}), qubit, qubit, no_parameters, eigenvalues};
  return detail::Estimator(Frequencies{std::move(probabilities), shots}).estimate({&job, 1}).front();
}

TEST_CASE("standard errors are those of a mean, of a sample's unbiased variance") {
  // Three of four shots give 1, one gives -1: deviations are 1/2, 1/2, 1/2, -3/2.
  const auto four = estimate(ColMajorMatrix<double>{{1.0}, {-1.0}}, Batch<double>{{0.75}, {0.25}}, 4);
  CHECK(four.values(0, 0) == 0.5);
  CHECK(four.standard_errors(0, 0) == std::sqrt((3 * 0.25 + 2.25) / 3 / 4));
  const auto one = estimate(ColMajorMatrix<double>{{3.0, 0.5}, {-2.0, 0.5}}, Batch<double>{{0.0}, {1.0}}, 1);
  CHECK((one.values(0, 0) == -2.0 && one.standard_errors(0, 0) == 2.5));  // half the range
  CHECK(one.standard_errors(1, 0) == 0.0);
}

TEST_CASE("large eigenvalues that are close together do not cancel") {
  const double shift = std::ldexp(1.0, 30);
  const ColMajorMatrix<double> far{{shift + 1}, {shift - 1}};
  CHECK(estimate(far, Batch<double>{{0.5}, {0.5}}, 5).standard_errors(0, 0) == 0.5);
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

}  // namespace
