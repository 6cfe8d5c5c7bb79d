// SPDX-License-Identifier: Apache-2.0
// Counts become frequencies and expectation values, with errors that are those seen; what is missing is named.

#include "qmtl/hardware/job_estimates.hpp"

#include <cmath>
#include <vector>

#include "hardware/head_question.hpp"
#include "qmtl/executor/ideal_executor.hpp"
#include "qmtl/hardware/plan_job.hpp"
#include "qmtl/hardware/simulated_provider.hpp"
#include "support/catch.hpp"
#include "support/throws.hpp"

namespace job_estimates_test {

using namespace qmtl;
using test::HeadQuestion;

std::vector<CircuitResult> results_of(const HardwareJob& job, const NoiseModel& model, std::uint64_t seed) {
  Rng rng(Seed{seed});
  std::vector<CircuitResult> out;
  for (const auto& circuit : job.circuits) out.push_back(simulated_result(circuit, model, job.shots, rng));
  return out;
}

NoiseModel misreading() {
  NoiseModel model;
  for (int q = 0; q < 4; ++q) model.set_readout_error({0.02 + 0.01 * q, 0.08 - 0.01 * q}, {q});
  return model;
}

/// Of all standardised deviations from the ideal values: their mean, and the mean of their squares.
struct Deviations {
  double mean = 0.0, square = 0.0;
};
Deviations deviations(const NoiseModel& model, bool calibrated, int repetitions) {
  const HeadQuestion question(2);
  const auto jobs = question.jobs();
  IdealExecutor<> executor;
  const auto ideal = executor.probabilities(jobs);
  const HardwareJob job = plan_hardware_job(jobs, {.shots = 3000, .calibrate_readout = calibrated, .name = "test"});
  Deviations sum;
  int count = 0;
  for (int i = 0; i < repetitions; ++i) {
    auto circuits = results_of(job, model, static_cast<std::uint64_t>(i));
    if (calibrated) {  // of many more shots, so that the rates' own errors do not count
      Rng rng(Seed{static_cast<std::uint64_t>(i + 1000)});
      for (const int c : {job.calibration->zeros, job.calibration->ones}) {
        circuits[static_cast<std::size_t>(c)] =
            simulated_result(job.circuits[static_cast<std::size_t>(c)], model, 10000000, rng);
      }
    }
    const JobResults results(job, circuits);
    for (std::size_t j = 0; j < jobs.size(); ++j) {
      const Estimates estimates = results.expectations(j, jobs[j]);
      const Batch<double> values = jobs[j].eigenvalues.transpose() * ideal[j];
      for (Eigen::Index r = 0; r < values.cols(); ++r) {
        for (Eigen::Index o = 0; o < values.rows(); ++o) {
          const double error = std::sqrt(estimates.covariances[static_cast<std::size_t>(r)](o, o));
          const double deviation = (estimates.values(o, r) - values(o, r)) / error;
          sum.mean += deviation;
          sum.square += deviation * deviation;
          ++count;
        }
      }
    }
  }
  return {sum.mean / count, sum.square / count};
}

TEST_CASE("expectation values of counts deviate by their standard errors", "[hardware]") {
  const Deviations seen = deviations(NoiseModel(), false, 60);  // 1440 of them, three and three correlated
  CHECK(std::abs(seen.mean) < 0.15);
  CHECK(seen.square == Approx(1.0).margin(0.15));
}

TEST_CASE("calibrated readout errors are undone, and errors grow as they must", "[hardware]") {
  const Deviations seen = deviations(misreading(), true, 60);
  CHECK(std::abs(seen.mean) < 0.15);
  CHECK(seen.square == Approx(1.0).margin(0.15));
  CHECK(deviations(misreading(), false, 5).square > 5.0);
}

TEST_CASE("calibration finds the rates of each qubit", "[hardware]") {
  const HeadQuestion question(1);
  const HardwareJob job = plan_hardware_job(question.jobs(), {.shots = 400000, .calibrate_readout = true});
  const auto circuits = results_of(job, misreading(), 7);
  const JobResults results(job, circuits);
  REQUIRE(results.readout_errors().size() == 4);
  for (const auto& [q, error] : results.readout_errors()) {
    CHECK(error.p_1_given_0 == Approx(0.02 + 0.01 * q).margin(0.002));
    CHECK(error.p_0_given_1 == Approx(0.08 - 0.01 * q).margin(0.002));
  }
}

TEST_CASE("frequencies are counts by their sum, whatever shots were asked for", "[hardware]") {
  const HeadQuestion question(1);
  const auto jobs = question.jobs();
  const HardwareJob job = plan_hardware_job(jobs, {.shots = 100});
  std::vector<CircuitResult> circuits(job.circuits.size());
  for (std::size_t c = 0; c < circuits.size(); ++c) {
    circuits[c].registers.assign(job.circuits[c].registers().size(), RegisterCounts{{0, 10}, {2, 30}});
  }
  const JobResults results(job, circuits);
  const auto seen = results.frequencies(1, 0);
  CHECK(seen.shots == 40.0);
  CHECK(seen.values == Eigen::Vector4d(0.25, 0, 0.75, 0));
  CHECK(results.probabilities(1).col(0) == seen.values);
  CHECK(results.readout_errors().empty());
}

TEST_CASE("missing and impossible counts are named, others can be read", "[hardware]") {
  const HeadQuestion question(1);
  const auto jobs = question.jobs();
  const HardwareJob job = plan_hardware_job(jobs, {.shots = 100});
  auto circuits = results_of(job, NoiseModel(), 1);
  const auto of_first = static_cast<std::size_t>(job.jobs[0].runs[0].circuit);
  circuits[of_first] = failed_result("cosmic ray");
  {
    const JobResults results(job, circuits);
    CHECK(!results.has(0, 0));
    CHECK(results.has(2, 0));
    CHECK(results.probabilities(2).sum() == Approx(1.0));
    CHECK(test::message_of<ValueError>([&] { (void)results.probabilities(0); }) ==
          "qmtl: JobResults: run 0 of job 0, circuit 0: has no counts: cosmic ray");
    CHECK(incomplete_circuits(circuits) == std::vector<std::size_t>{of_first});
  }
  const auto refuses = [&](const CircuitResult& result) {
    circuits[of_first] = result;
    CHECK_THROWS_AS(JobResults(job, circuits).probabilities(0), ValueError);
  };
  refuses({{}, {}});
  refuses({{{}, {}}, {}});
  refuses({{{{4, 1}}, {{0, 1}}}, {}});
  refuses({{{{0, -1}}, {{0, 1}}}, {}});
  refuses({{{{0, (std::int64_t{1} << 53) + 1}}, {{0, 1}}}, {}});
  CHECK_THROWS_AS(JobResults(job, std::span(circuits).first(1)), ShapeError);
  const JobResults results(job, circuits);
  CHECK_THROWS_AS(results.has(9, 0), ShapeError);
  CHECK_THROWS_AS(results.has(0, 9), ShapeError);
}

TEST_CASE("registers of more outcomes than memory holds are refused", "[hardware]") {
  HardwareJob job;
  job.circuits.emplace_back(1);
  job.circuits[0].add_register("c", 64);
  job.jobs.push_back({0, Batch<double>(0, 1), {{0, 0}}});
  const std::vector<CircuitResult> circuits{{{{{0, 1}}}, {}}};
  CHECK_THROWS_AS(JobResults(job, circuits).frequencies(0, 0), ShapeError);
}

TEST_CASE("a calibration that failed or says nothing is an error", "[hardware]") {
  const HeadQuestion question(1);
  const HardwareJob job = plan_hardware_job(question.jobs(), {.shots = 100, .calibrate_readout = true});
  auto circuits = results_of(job, NoiseModel(), 1);
  const auto ones = static_cast<std::size_t>(job.calibration->ones);
  circuits[ones].registers = {{{0, 100}}};
  CHECK_THROWS_AS(JobResults(job, circuits), ValueError);
  circuits[ones] = failed_result("late");
  CHECK_THROWS_AS(JobResults(job, circuits), ValueError);
}

}  // namespace job_estimates_test
