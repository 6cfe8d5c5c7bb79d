// SPDX-License-Identifier: Apache-2.0
// Heads whose executor mitigates: exactly what is known of the noise is taken out, and errors grow as they must.

#include "qmtl/mitigation/mitigated_executor.hpp"

#include <cmath>
#include <type_traits>
#include <utility>
#include <vector>

#include "qmtl/executor/shot_executor.hpp"
#include "qmtl/noise/noisy_executor.hpp"
#include "support/catch.hpp"
#include "support/throws.hpp"

namespace mitigated_executor_test {

using namespace qmtl;

/// Three layers of rotations and CZ on two qubits of which both are read: <Z0>, <Z1> and <Z0 Z1> for three runs.
struct Question {
  std::vector<Operation> ops;
  std::vector<int> qubits{0, 1};
  ColMajorMatrix<double> parameters = ColMajorMatrix<double>::Random(4, 3);
  ColMajorMatrix<double> eigenvalues{{1, 1, 1}, {-1, 1, -1}, {1, -1, -1}, {-1, -1, 1}};

  Question() {
    for (int layer = 0; layer < 3; ++layer) {
      ops.push_back(gate::ry(0, feature(layer % 4)));
      ops.push_back(gate::ry(1, feature((layer + 1) % 4)));
      ops.push_back(gate::cz(0, 1));
    }
  }
  [[nodiscard]] CircuitJob job() const { return {CircuitView(2, ops), qubits, qubits, parameters, eigenvalues}; }
};

Batch<double> ideal(const Question& question) {
  const auto job = question.job();
  IdealExecutor<> executor;
  return question.eigenvalues.transpose() * executor.probabilities({&job, 1}).front();
}

double largest_error(auto executor, const Question& question) {
  const auto job = question.job();
  return (executor.expectations({&job, 1}).front().values - ideal(question)).cwiseAbs().maxCoeff();
}

NoiseModel device(double p) {
  NoiseModel out;
  out.after({.width = 1}, depolarizing(p / 10)).after({.width = 2}, depolarizing(p, 2));
  out.set_readout_error({0.02, 0.05}, {0}).set_readout_error({0.01, 0.03}, {1});
  return out;
}

TEST_CASE("known readout errors are undone exactly, whichever qubits are the device's", "[mitigation]") {
  const Question question;
  NoiseModel misreads = device(0.0);
  misreads.set_readout_error({0.1, 0.2}, {7});
  const std::vector<int> on_device{7, 1};
  const MitigationOptions options{.readout_errors = misreads.readout_errors(on_device)};
  CHECK(largest_error(MitigatedExecutor(NoisyExecutor(misreads, on_device), options), question) < 1e-13);
  CHECK(largest_error(MitigatedExecutor(NoisyExecutor(misreads, on_device), {}), question) > 0.02);
}

TEST_CASE("each further factor takes out a power of the noise", "[mitigation]") {
  const Question question;
  const auto left = [&](double p, std::vector<double> factors) {
    const MitigationOptions options{device(p).readout_errors(question.qubits), std::move(factors)};
    return largest_error(MitigatedExecutor(NoisyExecutor(device(p)), options), question);
  };
  // A signal exp(-c) loses c, 3 c^2 / 2, 15 c^3 / 6 to first order: half of the noise leaves 1/2, 1/4, 1/8.
  for (const auto& factors : std::vector<std::vector<double>>{{}, {3}, {3, 5}}) {
    const double power = static_cast<double>(factors.size()) + 1;
    CHECK(left(1e-3, factors) / left(2e-3, factors) == Approx(std::exp2(-power)).epsilon(0.03));
  }
  CHECK(left(0.01, {3, 5}) < left(0.01, {}) / 50);
}

TEST_CASE("errors of mitigated shots are those of their spread", "[mitigation]") {
  const Question question;
  const auto job = question.job();
  const MitigationOptions options{.readout_errors = device(0.02).readout_errors(question.qubits), .factors = {3}};
  MitigatedExecutor executor(ShotExecutor(400, Seed{3}, NoisyExecutor(device(0.02))), options);
  MitigatedExecutor exact(NoisyExecutor(device(0.02)), options);
  const auto mean = exact.expectations({&job, 1}).front();
  CHECK(mean.covariances.empty());
  CHECK(mean.standard_errors.cwiseAbs().maxCoeff() == 0.0);

  constexpr int repeats = 400;
  ColMajorMatrix<double> spread = ColMajorMatrix<double>::Zero(3, 3), told = spread;
  for (int i = 0; i < repeats; ++i) {
    const auto estimate = executor.expectations({&job, 1}).front();
    const Eigen::VectorXd off = estimate.values.col(1) - mean.values.col(1);
    spread += off * off.transpose() / repeats;
    told += estimate.covariances[1] / repeats;
  }
  const Eigen::VectorXd scale = told.diagonal().cwiseSqrt();
  // The relative error of a variance from n draws is sqrt(2 / n).
  CHECK(
      (scale.cwiseInverse().asDiagonal() * (spread - told) * scale.cwiseInverse().asDiagonal()).cwiseAbs().maxCoeff() <
      5 * std::sqrt(2.0 / repeats));
  executor.reseed(Seed{4});
  const auto first = executor.expectations({&job, 1}).front().values;
  executor.reseed(Seed{4});
  CHECK(executor.expectations({&job, 1}).front().values == first);
}

TEST_CASE("a circuit with nothing to fold is run as it is", "[mitigation]") {
  Question question;
  question.ops.resize(2);  // no CZ
  const NoisyExecutor noisy(device(0.02));
  const MitigationOptions options{.factors = {3}, .folded_width = 2};
  const auto job = question.job();
  CHECK(MitigatedExecutor(noisy, options).expectations({&job, 1}).front().values ==
        MitigatedExecutor(noisy, {}).expectations({&job, 1}).front().values);
}

TEST_CASE("options of mitigation that cannot be", "[mitigation]") {
  const Question question;
  const auto job = question.job();
  const auto message = [&]<class E>(std::type_identity<E>, const MitigationOptions& options) {
    return test::message_of<E>([&] {
      static_cast<void>(MitigatedExecutor(NoisyExecutor(device(0.0)), options).expectations({&job, 1}));
    });
  };
  constexpr std::type_identity<ValueError> value;
  CHECK(message(value, {.factors = {1}}) ==
        "qmtl: MitigatedExecutor: factors, expected above 1 and at most 1000, got 1");
  CHECK(message(value, {.factors = {3, 3}}) == "qmtl: MitigatedExecutor: factors, expected each once, got 3");
  CHECK(message(std::type_identity<CircuitError>(), {.factors = {3, 3.01}}) ==
        "qmtl: MitigatedExecutor: a circuit of 9 gates cannot be folded by the factor 3.01, got 3 twice");
  CHECK(message(value, {.factors = {3}, .folded_width = -1}) ==
        "qmtl: MitigatedExecutor: folded_width, expected 0 or more, got -1");
  CHECK(message(value, {.readout_errors = {{2, 0}}}) ==
        "qmtl: MitigatedExecutor: a readout error, expected a number in [0, 1], got 2");
  CHECK(message(value, {.readout_errors = {{0.5, 0.5}}}) ==
        "qmtl: MitigatedExecutor: bit 0, expected rates that do not add up to 1 to 1e-6, got 0.5 and 0.5");
  CHECK(message(std::type_identity<ShapeError>(), {.readout_errors = {{0.1, 0.1}}}) ==
        "qmtl: MitigatedExecutor: readout errors, expected one for each of the head's qubits, got 1 and a qubit 1");
}

}  // namespace mitigated_executor_test
