// SPDX-License-Identifier: Apache-2.0
// Frequencies of shots: whole numbers of them, seeds, and what they tend to.

#include "qmtl/executor/shot_executor.hpp"

#include <cmath>
#include <vector>

#include "support/catch.hpp"
#include "support/throws.hpp"

namespace shot_executor_test {

using namespace qmtl;

/// RY of each run's parameter on a qubit, measured.
Batch<double> frequencies(auto& executor, const ColMajorMatrix<double>& parameters) {
  const std::vector<Operation> ops{gate::ry(0, feature(0))};
  const std::vector<int> qubit{0};
  const ColMajorMatrix<double> z = Eigen::Vector2d(1, -1);
  const CircuitJob job{CircuitView(1, ops), qubit, qubit, parameters, z};
  return executor.probabilities({&job, 1}).front();
}

TEST_CASE("frequencies are of whole shots, and tend to the probabilities", "[executor]") {
  const ColMajorMatrix<double> parameters = Eigen::RowVectorXd::LinSpaced(9, 0.0, pi);
  IdealExecutor<> ideal;
  const auto exact = frequencies(ideal, parameters);
  for (const std::int64_t shots : {std::int64_t{1}, std::int64_t{100}, std::int64_t{1} << 40}) {
    ShotExecutor executor(shots, Seed{5});
    const auto f = frequencies(executor, parameters);
    for (Eigen::Index r = 0; r < f.cols(); ++r) {
      CHECK(f.col(r).sum() == Approx(1.0).epsilon(1e-15));
      CHECK(std::abs(std::remainder(f(0, r) * executor.shots(), 1.0)) < 1e-3);
      const double deviation = std::sqrt(exact(0, r) * exact(1, r) / executor.shots());
      CHECK(std::abs(f(0, r) - exact(0, r)) <= 5 * deviation + 1e-15);
    }
  }
}

TEST_CASE("the same seed and calls give the same frequencies", "[executor]") {
  const ColMajorMatrix<double> parameters = Eigen::RowVectorXd::LinSpaced(5, 0.3, 2.0);
  ShotExecutor executor(50, Seed{8}), copy = executor, other(50, Seed{9});
  const auto first = frequencies(executor, parameters), second = frequencies(executor, parameters);
  CHECK(frequencies(copy, parameters) == first);
  CHECK(first != second);
  CHECK(frequencies(other, parameters) != first);
  other.reseed(Seed{8});
  CHECK(frequencies(other, parameters) == first);
  CHECK(test::message_of<ValueError>([] { ShotExecutor(0); }) ==
        "qmtl: ShotExecutor: shots, expected 1 to 2^53, got 0");
}

}  // namespace shot_executor_test
