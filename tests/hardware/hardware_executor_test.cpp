// SPDX-License-Identifier: Apache-2.0
// Heads whose circuits a provider runs: the numbers of the simulator, at once or a day later.

#include "qmtl/hardware/hardware_executor.hpp"

#include <cmath>
#include <limits>
#include <memory>
#include <vector>

#include "hardware/head_question.hpp"
#include "qmtl/executor/ideal_executor.hpp"
#include "qmtl/hardware/job_recorder.hpp"
#include "qmtl/hardware/simulated_provider.hpp"
#include "qmtl/head/quantum_head.hpp"
#include "qmtl/mitigation/mitigated_executor.hpp"
#include "support/catch.hpp"
#include "support/throws.hpp"

namespace hardware_executor_test {

using namespace qmtl;
using Simulated = HardwareExecutor<SimulatedProvider>;
static_assert(ProbabilityExecutor<Simulated> && ExpectationExecutor<Simulated> && !exact_executor<Simulated>);
static_assert(runs_on_light_cones<HardwareExecutor<SimulatedProvider, true>> && Executor<JobRecorder<>>);
static_assert(ExpectationExecutor<RecordedAnswers<>>);

using SmallHead =
    QuantumHead<double, AngleEncoding<4, Axis::Y, CzRing>, Task<"left", RotationBlock<2>, Window<0, 2>, Binary>,
                Task<"right", RotationBlock<2>, Window<2, 2>, Classes<3, BasisStates>>,
                Task<"middle", RotationBlock<2>, Window<1, 2>, Binary>>;

std::vector<double> some_weights() {
  std::vector<double> weights(static_cast<std::size_t>(SmallHead::parameters));
  for (std::size_t i = 0; i < weights.size(); ++i) weights[i] = std::sin(1.0 + static_cast<double>(i));
  return weights;
}

Batch<double> some_rows() {
  Batch<double> rows(4, 5);
  for (Eigen::Index i = 0; i < rows.size(); ++i) rows.data()[i] = std::cos(0.7 * static_cast<double>(i));
  return rows;
}

Batch<double> logits_of(SmallHead& head, const Batch<double>& rows) {
  Batch<double> out(SmallHead::outputs, rows.cols());
  head.forward(rows, some_weights(), out);
  return out;
}

NoiseModel misreading() {
  NoiseModel model;
  return model.set_readout_error({0.03, 0.07});
}

TEST_CASE("a head on a provider has the logits of the ideal one within its errors", "[hardware]") {
  SmallHead head;
  const auto rows = some_rows();
  const auto exact = logits_of(head, rows);
  const auto provider = std::make_shared<SimulatedProvider>(misreading());
  head.set_executor(Simulated(provider, {.shots = 40000, .calibrate_readout = true}));
  const auto measured = logits_of(head, rows);
  Batch<double> errors = head.standard_errors(some_weights());
  CHECK(head.executor<Simulated>()->circuits() == 2 * 5 + 2);
  CHECK((measured - exact).cwiseQuotient(errors).cwiseAbs().maxCoeff() < 4.0);
  head.set_executor(Simulated(provider, {.shots = 40000}));
  CHECK((logits_of(head, rows) - exact).cwiseQuotient(errors).cwiseAbs().maxCoeff() > 6.0);
}

TEST_CASE("gradients come from shifted circuits, of which tasks share some", "[hardware]") {
  SmallHead head;
  const auto rows = some_rows();
  const Batch<double> cotangents = Batch<double>::Constant(SmallHead::outputs, rows.cols(), 0.3);
  const auto gradient_of = [&](SmallHead& of) {
    (void)logits_of(of, rows);
    std::vector<double> gradient(some_weights().size());
    Batch<double> features(4, rows.cols());
    of.backward(rows, some_weights(), cotangents, gradient, features);
    return gradient;
  };
  const auto exact = gradient_of(head);
  const auto provider = std::make_shared<SimulatedProvider>();
  head.set_executor(Simulated(provider, {.shots = 100000}));
  const auto measured = gradient_of(head);
  for (std::size_t i = 0; i < exact.size(); ++i) CHECK(measured[i] == Approx(exact[i]).margin(0.06));
  head.set_executor(Simulated(provider, {.shots = 100000, .share_circuits = false}));
  (void)gradient_of(head);
  const auto alone = head.executor<Simulated>()->circuits();
  head.set_executor(Simulated(provider, {.shots = 100000}));
  (void)gradient_of(head);
  CHECK(head.executor<Simulated>()->circuits() < alone);
}

TEST_CASE("a provider's frequencies can be mitigated by what is known of the device", "[hardware]") {
  SmallHead head;
  const auto rows = some_rows();
  const auto exact = logits_of(head, rows);
  const auto provider = std::make_shared<SimulatedProvider>(misreading());
  const MitigationOptions known{.readout_errors = std::vector<ReadoutError>(4, {0.03, 0.07})};
  head.set_executor(MitigatedExecutor(Simulated(provider, {.shots = 40000}), known));
  const auto measured = logits_of(head, rows);
  CHECK((measured - exact).cwiseQuotient(head.standard_errors(some_weights())).cwiseAbs().maxCoeff() < 4.0);
}

TEST_CASE("what is recorded, run and answered later is what an executor says at once", "[hardware]") {
  SmallHead head;
  const auto rows = some_rows();
  const HardwareOptions options{.shots = 500, .calibrate_readout = true};
  const JobRecorder recorder;
  head.set_executor(recorder);
  (void)logits_of(head, rows);
  CHECK(recorder.jobs() == 3);
  const HardwareJob job = recorder.plan(options);
  CHECK(job.circuits.size() == 12);
  SimulatedProvider later(misreading());
  MemoryJournal journal;
  JobRunner runner(job, later, journal);
  runner.wait();
  head.set_executor(RecordedAnswers(job, runner.results()));
  const auto answered = logits_of(head, rows);
  const auto errors = head.standard_errors(some_weights());
  CHECK(errors.minCoeff() > 0.0);
  CHECK(logits_of(head, rows) == answered);  // from the start again
  head.set_executor(Simulated(std::make_shared<SimulatedProvider>(misreading()), options));
  CHECK(logits_of(head, rows) == answered);
  CHECK(head.standard_errors(some_weights()) == errors);
}

TEST_CASE("light cones are recorded by choice", "[hardware]") {
  SmallHead head;
  const auto rows = some_rows();
  const auto exact = logits_of(head, rows);
  const JobRecorder<true> recorder;
  head.set_executor(recorder);
  (void)logits_of(head, rows);
  const HardwareJob job = recorder.plan({.shots = 40000});
  SimulatedProvider provider;
  MemoryJournal journal;
  JobRunner runner(job, provider, journal);
  runner.wait();
  head.set_executor(RecordedAnswers<true>(job, runner.results()));
  const auto measured = logits_of(head, rows);
  CHECK((measured - exact).cwiseQuotient(head.standard_errors(some_weights())).cwiseAbs().maxCoeff() < 4.0);
}

TEST_CASE("answers are for what was recorded only", "[hardware]") {
  test::HeadQuestion question(2);
  JobRecorder recorder;
  (void)recorder.probabilities(question.jobs());
  const HardwareJob job = recorder.plan({.shots = 50});
  SimulatedProvider provider;
  MemoryJournal journal;
  JobRunner runner(job, provider, journal);
  runner.wait();
  RecordedAnswers answers(job, runner.results());
  CHECK(answers.expectations(question.jobs()).size() == 4);
  question.parameters(1)(0, 1) += 1e-7;  // as another compiler would round in single precision
  CHECK(answers.expectations(question.jobs()).size() == 4);
  question.parameters(1)(0, 1) += 0.01;
  CHECK(
      test::message_of<LogicError>([&] { (void)answers.expectations(question.jobs()); }) ==
      "qmtl: RecordedAnswers: job 1 is not the one that was recorded: its angles differ, as of other weights or rows");
  for (Eigen::Index run = 0; run < 2; ++run) {
    test::HeadQuestion no_number(2);
    no_number.parameters(0)(0, run) = std::numeric_limits<double>::quiet_NaN();
    RecordedAnswers again(job, runner.results());
    CHECK_THROWS_AS(again.expectations(no_number.jobs()), LogicError);
  }
  RecordedAnswers others(job, runner.results());
  const test::HeadQuestion other(3);
  CHECK(
      test::message_of<LogicError>([&] { (void)others.expectations(other.jobs()); }) ==
      "qmtl: RecordedAnswers: job 0 is not the one that was recorded: its circuit or its number of runs differs, as of "
      "another head or other rows");
  auto results = runner.results();
  results[0] = failed_result("lost");
  RecordedAnswers partial(job, results);
  CHECK_THROWS_AS(partial.expectations(test::HeadQuestion(2).jobs()), ValueError);
}

TEST_CASE("executors of hardware are refused names and no shots", "[hardware]") {
  const auto provider = std::make_shared<SimulatedProvider>();
  CHECK_THROWS_AS(Simulated(provider, {.name = "twice"}), ValueError);
  CHECK_THROWS_AS(Simulated(provider, {.shots = 0}), ValueError);
}

}  // namespace hardware_executor_test
