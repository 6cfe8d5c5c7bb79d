// SPDX-License-Identifier: Apache-2.0
// The ideal executor: the bits of one circuit run after another, whatever jobs have in common.

#include "qmtl/executor/ideal_executor.hpp"

#include <vector>

#include "qmtl/circuit/dynamic_circuit.hpp"
#include "qmtl/state/dynamic_state.hpp"
#include "support/catch.hpp"
#include "support/random_circuit.hpp"
#include "support/throws.hpp"

namespace ideal_executor_test {

using namespace qmtl;
using namespace qmtl::test;

static_assert(ProbabilityExecutor<IdealExecutor<float>> && exact_executor<IdealExecutor<>>);
static_assert(!ExpectationExecutor<IdealExecutor<>> && !VjpExecutor<IdealExecutor<>>);

constexpr int qubits = 5, parameters = 8;

/// Gates without features and rotations by each feature of a range, in this order.
std::vector<Operation> some_operations(Rng& rng, int first_feature, int features) {
  std::vector<Operation> ops = random_operations(rng, qubits, 3, false, {0, 0});
  for (int j = first_feature; j < first_feature + features; ++j) {
    ops.push_back(gate::ry(pick(rng, qubits), feature(j)));
    ops.push_back(gate::cx(j % qubits, (j + 1) % qubits));
  }
  return ops;
}

/// A job with its own storage.
struct OwnJob {
  std::vector<Operation> operations;
  std::vector<int> names{0, 1, 2, 3, 4}, measured{3, 1};
  ColMajorMatrix<double> table, eigenvalues = ColMajorMatrix<double>::Ones(4, 1);
  std::size_t shared = 0;

  [[nodiscard]] CircuitJob job() const {
    return {{qubits, operations},       names, measured, {table.data(), table.rows(), table.cols()},
            {eigenvalues.data(), 4, 1}, shared};
  }
};

void check_alone(const std::vector<OwnJob>& own) {
  std::vector<CircuitJob> jobs;
  for (const auto& job : own) jobs.push_back(job.job());
  IdealExecutor<> executor;
  const auto results = executor.probabilities(jobs);
  REQUIRE(results.size() == own.size());
  for (std::size_t j = 0; j < own.size(); ++j) {
    for (Eigen::Index r = 0; r < own[j].table.cols(); ++r) {
      const std::vector<double> x(own[j].table.col(r).begin(), own[j].table.col(r).end());
      const auto alone =
          marginal(run(CircuitView(qubits, own[j].operations), x), std::span<const int>(own[j].measured));
      CHECK(results[j].col(r) == alone);
    }
  }
}

TEST_CASE("jobs that begin alike, and those that do not, have the bits of their circuits run alone") {
  Rng rng(Seed{3});
  const auto encoding = some_operations(rng, 0, 4);
  std::vector<OwnJob> own(4);
  const ColMajorMatrix<double> table = ColMajorMatrix<double>::Random(parameters, 6);
  for (std::size_t j = 0; j < own.size(); ++j) {
    own[j].operations = encoding;
    const auto block = some_operations(rng, 4, 4);
    own[j].operations.insert(own[j].operations.end(), block.begin(), block.end());
    own[j].table = table;
    own[j].shared = encoding.size();
  }
  check_alone(own);
  SECTION("other features in one of the runs") {
    own[2].table(1, 4) += 0.5;
    check_alone(own);
  }
  SECTION("other parameters of the block") {
    own[2].table.bottomRows(4).setConstant(0.3);
    check_alone(own);
  }
  SECTION("another encoding") {
    own[1].operations[0] = gate::h(2);
    check_alone(own);
  }
  SECTION("fewer runs") {
    own[3].table = table.leftCols(2).eval();
    check_alone(own);
  }
}

TEST_CASE("runs that differ in one angle, forth and back, have the bits of each run alone") {
  Rng rng(Seed{4});
  std::vector<OwnJob> own(GENERATE(std::size_t{1}, std::size_t{2}));
  const auto operations = some_operations(rng, 0, parameters);
  for (auto& job : own) {
    job.operations = operations;
    job.shared = operations.size() / 2;
    job.table = ColMajorMatrix<double>::Zero(parameters, 3 * parameters + 2);
    job.table.colwise() = Eigen::VectorXd::LinSpaced(parameters, -1.0, 2.0);
    for (int j = 0; j < parameters; ++j) {
      job.table(j, 2 * j) += 0.7;
      job.table(j, 2 * j + 1) -= 0.7;
      job.table(parameters - 1 - j, 2 * parameters + 1 + j) += 0.2;  // and from the last to the first
    }
  }
  check_alone(own);
}

TEST_CASE("circuits that are too wide are refused with the bytes that they need") {
  OwnJob own;
  own.table.resize(0, 1);
  own.operations.clear();
  CircuitJob job = own.job();
  job.circuit.qubits = 40;
  IdealExecutor<> executor;
  const auto message = message_of<MemoryError>([&] { (void)executor.probabilities(std::span(&job, 1)); });
  CHECK(message == "qmtl: IdealExecutor: no memory for 52776558133248 bytes");  // three states of 2^40
}

}  // namespace ideal_executor_test
