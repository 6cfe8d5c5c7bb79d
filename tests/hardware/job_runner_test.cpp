// SPDX-License-Identifier: Apache-2.0
// A job is sent in parts, each once, whatever answers are lost; what fails can be sent again.

#include "qmtl/hardware/job_runner.hpp"

#include <functional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "hardware/head_question.hpp"
#include "qmtl/hardware/plan_job.hpp"
#include "qmtl/hardware/simulated_provider.hpp"
#include "support/catch.hpp"
#include "support/fake_clock.hpp"
#include "support/throws.hpp"

namespace job_runner_test {

using namespace qmtl;
using test::HeadQuestion;
using TestClock = test::FakeClock;

/// What stops a process.
struct Killed {};

/// The simulated service, whose calls can be lost: `before` and `after` are called with a number for each call.
struct LossyProvider {
  SimulatedProvider service{};
  ProviderLimits most{};
  std::function<void(int)> before = [](int) {}, after = [](int) {};
  int calls = 0;
  std::vector<std::string> submitted{};  // tags, in the order in which they arrived
  int polls = 0;                         // until a job has completed
  std::set<std::string> failing{};       // tags whose jobs fail

  template <class Call>
  auto lossy(const Call& call) {
    const int number = calls++;
    before(number);
    auto out = call();
    after(number);
    return out;
  }

  [[nodiscard]] std::string name() const { return "lossy"; }
  [[nodiscard]] ProviderLimits limits() const { return most; }
  void check(const Program& circuit) const {
    if (circuit.qubits() > 8) throw CircuitError("qmtl: lossy: too wide");
  }
  [[nodiscard]] std::string submit(const ProviderJob& job) {
    return lossy([&] {
      submitted.emplace_back(job.tag);
      return service.submit(job);
    });
  }
  [[nodiscard]] std::optional<std::string> find(std::string_view tag) {
    return lossy([&] { return service.find(tag); });
  }
  [[nodiscard]] JobStatus status(const std::string& id) {
    return lossy([&]() -> JobStatus {
      if (polls-- > 0) return {JobState::running};
      const auto number = static_cast<std::size_t>(std::stoi(id.substr(10)));
      return failing.contains(submitted[number]) ? JobStatus{JobState::failed, "too hot"} : service.status(id);
    });
  }
  [[nodiscard]] std::vector<CircuitResult> results(const std::string& id, std::span<const Program> circuits) {
    return lossy([&] { return service.results(id, circuits); });
  }
  std::vector<std::string> cancelled{};
  void cancel(const std::string& id) {
    cancelled.push_back(id);
    service.cancel(id);
  }
};
static_assert(Provider<LossyProvider> && Provider<SimulatedProvider> && JobJournal<MemoryJournal>);
static_assert(WaitingClock<TestClock> && WaitingClock<SystemClock>);

using Runner = JobRunner<LossyProvider, MemoryJournal, TestClock>;

HardwareJob small_job() { return plan_hardware_job(HeadQuestion(3).jobs(), {.shots = 100, .name = "test"}); }

/// Every circuit was in exactly one of the parts that arrived.
void check_sent_once(const LossyProvider& provider, const MemoryJournal& journal) {
  CHECK(std::set<std::string>(provider.submitted.begin(), provider.submitted.end()).size() ==
        provider.submitted.size());
  CHECK(provider.submitted.size() == journal.parts().size());
}

TEST_CASE("a job goes in as few parts as the limits allow", "[hardware]") {
  const HardwareJob job = small_job();
  REQUIRE(job.circuits.size() == 9);
  const auto parts_with = [&](ProviderLimits limits) {
    LossyProvider provider{.most = limits};
    MemoryJournal journal;
    Runner runner(job, provider, journal);
    runner.wait();
    check_sent_once(provider, journal);
    CHECK(incomplete_circuits(runner.results()).empty());
    std::vector<std::size_t> sizes;
    for (const auto& part : journal.parts()) sizes.push_back(part.circuits.size());
    return sizes;
  };
  CHECK(parts_with({}) == std::vector<std::size_t>{9});
  CHECK(parts_with({.circuits = 4}) == std::vector<std::size_t>{4, 4, 1});
  CHECK(parts_with({.executions = 399}) == std::vector<std::size_t>{3, 3, 3});
  CHECK(parts_with({.two_qubit_gates = 13}) == std::vector<std::size_t>{2, 2, 2, 2, 1});  // 6, 5 and 5 of a sample
}

TEST_CASE("circuits that are too much or cannot run are refused before anything is sent", "[hardware]") {
  const HardwareJob job = small_job();
  const auto refused = [&](const HardwareJob& what, ProviderLimits limits) {
    LossyProvider provider{.most = limits};
    MemoryJournal journal;
    const auto message = test::message_of<ValueError>([&] { Runner(what, provider, journal); });
    CHECK(provider.calls == 0);
    return message;
  };
  CHECK(
      refused(job, {.two_qubit_gates = 5}) ==
      "qmtl: JobRunner: lossy: circuit 0 has 6 two-qubit gates and 100 shots, expected at most 5 and 9007199254740992");
  CHECK(!refused(job, {.executions = 99}).empty());
  LossyProvider provider;
  MemoryJournal journal;
  HardwareJob other = job;
  other.circuits[3] = Program(2);
  CHECK(test::message_of<CircuitError>([&] { Runner(other, provider, journal); }) ==
        "qmtl: JobRunner: circuit 3 measures nothing, expected a classical bit");
  other.circuits[3] = Program(9);
  other.circuits[3].add_register("c", 1);
  CHECK_THROWS_AS(Runner(other, provider, journal), CircuitError);
  CHECK(provider.calls == 0);
  CHECK(journal.parts().empty());
}

TEST_CASE("lost answers lead to no second submission, whichever are lost", "[hardware]") {
  const HardwareJob job = small_job();
  for (int lost = 0; lost < 12; ++lost) {
    for (const bool arrives : {false, true}) {
      LossyProvider provider{.most = {.circuits = 5}};
      const auto lose = [lost](int call) {
        if (call == lost) throw UnansweredError("qmtl: lost");
      };
      (arrives ? provider.after : provider.before) = lose;
      MemoryJournal journal;
      Runner runner(job, provider, journal);
      for (int attempt = 0; attempt < 3; ++attempt) {  // what asks only may be asked again
        try {
          runner.wait();
          break;
        } catch (const UnansweredError&) {
        }
      }
      check_sent_once(provider, journal);
      CHECK(incomplete_circuits(runner.results()).empty());
    }
  }
}

TEST_CASE("a process may end at any call, and the next one goes on", "[hardware]") {
  const HardwareJob job = small_job();
  MemoryJournal whole;
  LossyProvider undisturbed{.most = {.circuits = 5}};
  Runner(job, undisturbed, whole).wait();
  for (int end = 0; end < undisturbed.calls; ++end) {
    for (const bool arrives : {false, true}) {
      LossyProvider provider{.most = {.circuits = 5}};
      const auto kill = [end](int call) {
        if (call == end) throw Killed();
      };
      (arrives ? provider.after : provider.before) = kill;
      MemoryJournal journal;
      CHECK_THROWS_AS(Runner(job, provider, journal).wait(), Killed);
      Runner next(job, provider, journal);
      next.wait();
      check_sent_once(provider, journal);
      CHECK(next.results() == Runner(job, undisturbed, whole).results());
    }
  }
}

TEST_CASE("a refusal leaves the part as not sent", "[hardware]") {
  const HardwareJob job = small_job();
  LossyProvider provider;
  provider.before = [](int call) {
    if (call == 0) throw ProviderError("qmtl: no credit");
  };
  MemoryJournal journal;
  Runner runner(job, provider, journal);
  CHECK_THROWS_AS(runner.submit(), ProviderError);
  CHECK(journal.parts()[0].state == PartState::planned);
  runner.wait();
  check_sent_once(provider, journal);
}

TEST_CASE("what may be there is still looked for after a refusal", "[hardware]") {
  const HardwareJob job = small_job();
  LossyProvider provider;
  provider.after = [](int call) {
    if (call == 0) throw UnansweredError("qmtl: silence");
  };
  provider.before = [](int call) {
    if (call == 3) throw ProviderError("qmtl: no connection");
  };
  struct Late {
    LossyProvider* to;
    int looks = 0;
    [[nodiscard]] std::string name() const { return to->name(); }
    [[nodiscard]] ProviderLimits limits() const { return to->limits(); }
    void check(const Program& circuit) const { to->check(circuit); }
    [[nodiscard]] std::string submit(const ProviderJob& sent) { return to->submit(sent); }
    [[nodiscard]] std::optional<std::string> find(std::string_view tag) {  // which lists late
      auto found = to->find(tag);
      return ++looks <= 2 ? std::nullopt : std::move(found);
    }
    [[nodiscard]] JobStatus status(const std::string& id) { return to->status(id); }
    [[nodiscard]] std::vector<CircuitResult> results(const std::string& id, std::span<const Program> circuits) {
      return to->results(id, circuits);
    }
    void cancel(const std::string& id) { to->cancel(id); }
  } late{&provider};
  MemoryJournal journal;
  JobRunner<Late, MemoryJournal, TestClock> runner(job, late, journal);
  CHECK_THROWS_AS(runner.submit(), ProviderError);
  CHECK(journal.parts()[0].state == PartState::sending);
  runner.wait();
  CHECK(provider.submitted.size() == 1);
}

TEST_CASE("results that are not of all shots in every register count as failed", "[hardware]") {
  Program circuit(2);
  circuit.add_register("a", 1);
  circuit.add_register("b", 2);
  const auto failure = [&circuit](std::vector<RegisterCounts> counts) {
    return detail::checked_result({std::move(counts), {}}, circuit, 10).failure;
  };
  CHECK(failure({{{0, 4}, {1, 6}}, {{3, 10}}}).empty());
  CHECK(failure({{{0, 10}}}) == "expected counts of 2 registers, got those of 1");
  CHECK(failure({{{0, 10}}, {}}) == "register 'b': expected 10 counts, got 0");
  CHECK(failure({{{0, 4}, {1, 5}}, {{3, 10}}}) == "register 'a': expected 10 counts, got 9");
  CHECK(failure({{{0, 4}, {1, 7}}, {{3, 10}}}) == "register 'a': expected 10 counts in all, got other");
  CHECK(failure({{{0, 11}, {1, -1}}, {{3, 10}}}) == "register 'a': expected 10 counts in all, got other");
  CHECK(failure({{{0, 10}}, {{4, 10}}}) == "register 'b': expected 2 bits, got 4");
  CHECK(failure({{{0, std::int64_t{1} << 62}, {1, std::int64_t{1} << 62}}, {}}).starts_with("register 'a'"));
  CHECK(detail::checked_result(failed_result("late"), circuit, 10).failure == "late");
}

TEST_CASE("a part that cannot be asked for or cancelled holds up no other", "[hardware]") {
  const HardwareJob job = small_job();
  LossyProvider provider{.most = {.circuits = 5}};
  MemoryJournal journal;
  Runner runner(job, provider, journal);
  runner.submit();
  const int first = provider.calls;
  provider.before = [first](int call) {
    if (call == first) throw ProviderError("qmtl: nonsense");
  };
  CHECK(test::message_of<ProviderError>([&] { (void)runner.collect(); }) == "qmtl: nonsense");
  CHECK(journal.parts()[0].state == PartState::sent);
  CHECK(journal.parts()[1].state == PartState::ended);
  CHECK(runner.collect());
}

TEST_CASE("what was perhaps sent is cancelled if it is there", "[hardware]") {
  const HardwareJob job = small_job();
  LossyProvider provider{.most = {.circuits = 5}};
  provider.after = [](int call) {
    if (call == 0) throw Killed();
  };
  MemoryJournal journal;
  CHECK_THROWS_AS(Runner(job, provider, journal).submit(), Killed);
  Runner runner(job, provider, journal);
  runner.cancel();
  CHECK(journal.parts()[0].state == PartState::sent);
  CHECK(journal.parts()[1].state == PartState::planned);
  CHECK(provider.cancelled == std::vector<std::string>{"simulated-0"});
}

TEST_CASE("jobs without shots and journals of other circuits are refused", "[hardware]") {
  HardwareJob job = small_job();
  LossyProvider provider;
  MemoryJournal journal;
  journal.write_parts({{{static_cast<int>(job.circuits.size())}}});
  CHECK_THROWS_AS(Runner(job, provider, journal), ShapeError);
  for (const RunnerOptions& bad :
       {RunnerOptions{.first_poll = 0.0}, RunnerOptions{.longest_poll = -1.0}, RunnerOptions{.submissions = 0}}) {
    MemoryJournal untouched;
    CHECK_THROWS_AS(Runner(job, provider, untouched, bad), ValueError);
    CHECK(untouched.parts().empty());
  }
  job.name = "two words";
  MemoryJournal of_another_name;
  CHECK_THROWS_AS(Runner(job, provider, of_another_name), ValueError);
  job.name = "test";
  job.shots = 0;
  MemoryJournal empty;
  CHECK_THROWS_AS(Runner(job, provider, empty), ValueError);
}

TEST_CASE("a simulated service refuses gates that measured qubits control", "[hardware]") {
  SimulatedProvider provider;
  const auto run = [&provider](bool late) {
    Program circuit(2);
    circuit.add_register("c", 2);
    circuit.append(gate::x(0)).append(gate::h(1)).measure(0, 0);
    if (late) circuit.append(gate::cz(0, 1)).append(gate::h(1));
    circuit.measure(1, 1).append(gate::cz(0, 1));  // which nothing shows
    return provider.submit({"tag", std::span(&circuit, 1), 10});
  };
  CHECK_NOTHROW(run(false));
  CHECK_THROWS_AS(run(true), CircuitError);
}

TEST_CASE("a service that never answers is asked so many times, with time to settle", "[hardware]") {
  const HardwareJob job = small_job();
  LossyProvider provider;
  int submissions = 0;
  provider.before = [&](int) {
    if (std::exchange(submissions, submissions + 1) % 3 == 0) throw UnansweredError("qmtl: silence");
  };
  MemoryJournal journal;
  const TestClock clock;
  Runner runner(job, provider, journal, {.settling = 10.0, .submissions = 3}, clock);
  CHECK_THROWS_AS(runner.submit(), UnansweredError);
  CHECK(submissions == 7);  // silence, two looks, silence, two looks, silence
  CHECK(clock.now() == 20.0);
  CHECK(provider.submitted.empty());
}

TEST_CASE("jobs that fail can be sent again, whole parts with a reason", "[hardware]") {
  const HardwareJob job = small_job();
  LossyProvider provider{.most = {.circuits = 5}, .failing = {"test-1"}};
  MemoryJournal journal;
  Runner runner(job, provider, journal);
  CHECK(runner.retry_failed() == 0);  // nothing has ended
  runner.wait();
  const auto results = runner.results();
  CHECK(incomplete_circuits(results) == std::vector<std::size_t>{5, 6, 7, 8});
  CHECK(results[5].failure == "failed: too hot");
  CHECK(runner.retry_failed() == 4);
  runner.wait();
  CHECK(incomplete_circuits(runner.results()).empty());
  CHECK(provider.submitted == std::vector<std::string>{"test-0", "test-1", "test-2"});
}

TEST_CASE("waiting asks less and less often, and ends", "[hardware]") {
  const HardwareJob job = small_job();
  LossyProvider provider{.polls = 10};
  MemoryJournal journal;
  const TestClock clock;
  Runner(job, provider, journal, {.first_poll = 2.0, .longest_poll = 6.0}, clock).wait();
  CHECK(clock.now() == Approx(2.0 + 3.0 + 4.5 + 7 * 6.0));
  LossyProvider slow{.polls = 1000};
  MemoryJournal of_slow;
  Runner waiting(job, slow, of_slow, {.longest_wait = 100.0}, TestClock());
  CHECK(test::message_of<ProviderError>([&] { waiting.wait(); }) ==
        "qmtl: JobRunner: lossy: job test has not ended after 100 seconds");
  CHECK(waiting.results()[0].failure == "its part has not ended");
}

}  // namespace job_runner_test
