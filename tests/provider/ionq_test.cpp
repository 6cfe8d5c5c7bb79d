// SPDX-License-Identifier: Apache-2.0
// The same jobs through IonQ's messages, and the same numbers as in a simulation of what was sent.

#include "qmtl/provider/ionq.hpp"

#include <cmath>
#include <cstdlib>
#include <string>
#include <vector>

#include "hardware/head_question.hpp"
#include "qmtl/executor/ideal_executor.hpp"
#include "qmtl/hardware/job_estimates.hpp"
#include "qmtl/hardware/plan_job.hpp"
#include "qmtl/state/run_program.hpp"
#include "support/catch.hpp"
#include "support/fake_clock.hpp"
#include "support/fake_services.hpp"
#include "support/throws.hpp"

namespace ionq_test {

using namespace qmtl;
using test::FakeClock;
using test::Fault;
using Transport = test::FakeTransport<test::FakeIonq>;
using Service = Ionq<Transport, FakeClock>;
static_assert(Provider<Service>);

struct Key {
  Key() { ::setenv("QMTL_TEST_IONQ_KEY", test::FakeIonq().key.c_str(), 1); }
  ~Key() { ::unsetenv("QMTL_TEST_IONQ_KEY"); }
};

IonqOptions options() {
  IonqOptions out;
  out.key_variable = "QMTL_TEST_IONQ_KEY";
  return out;
}

/// What IonQ's names of gates mean, by its documents; one register, of all qubits.
Program program_of(const test::Json& circuit) {
  const int qubits = circuit.at("qubits");
  Program out(qubits);
  for (const auto& gate : circuit.at("circuit")) {
    const std::string name = gate.at("gate");
    const std::vector<int> targets = gate.at("targets");
    const double angle = gate.value("rotation", 0.0);
    Operation op;
    if (name == "x") op = gate::x(targets[0]);
    if (name == "z") op = gate::z(targets[0]);
    if (name == "h") op = gate::h(targets[0]);
    if (name == "si") op = gate::sdg(targets[0]);
    if (name == "rx") op = gate::rx(targets[0], angle);
    if (name == "ry") op = gate::ry(targets[0], angle);
    if (name == "rz") op = gate::rz(targets[0], angle);
    out.append(ControlledOperation{gate.value("controls", std::vector<int>{}), op});
  }
  out.add_register("all", qubits);
  for (int q = 0; q < qubits; ++q) out.measure(q, q);
  return out;
}

CircuitResult simulate(const std::string& circuit, std::int64_t shots) {
  Rng rng(Seed{5});
  CircuitResult out;
  RegisterCounts& counts = out.registers.emplace_back();
  for (const auto& [values, count] :
       sample(program_of(test::Json::parse(circuit)), static_cast<std::size_t>(shots), rng)) {
    counts[values[0]] += static_cast<std::int64_t>(count);
  }
  return out;
}

TEST_CASE("a job goes to IonQ and comes back with the frequencies of its circuits", "[provider]") {
  const Key key;
  const test::HeadQuestion question(2);
  const auto jobs = question.jobs();
  const HardwareJob job = plan_hardware_job(jobs, {.shots = 20000, .name = "test"});
  for (const std::int64_t circuits : {1000, 1}) {  // several in one job, or one each
    Transport transport;
    transport.service->run = simulate;
    auto limited = options();
    limited.limits.circuits = circuits;
    Service provider(limited, transport, FakeClock());
    MemoryJournal journal;
    JobRunner runner(job, provider, journal, {}, FakeClock());
    runner.wait();
    const auto results = runner.results();
    CHECK(incomplete_circuits(results).empty());
    CHECK(transport.service->jobs().size() == journal.parts().size());
    const JobResults view(job, results);
    IdealExecutor<> executor;
    const auto exact = executor.probabilities(jobs);
    for (std::size_t j = 0; j < jobs.size(); ++j) {
      CHECK((view.probabilities(j) - exact[j]).cwiseAbs().maxCoeff() < 5.0 * std::sqrt(0.25 / 20000.0));
    }
  }
}

TEST_CASE("faults on the way to IonQ lose no job and send none twice", "[provider]") {
  const Key key;
  const HardwareJob job = plan_hardware_job(test::HeadQuestion(1).jobs(), {.shots = 8, .name = "test"});
  auto limited = options();
  limited.limits.circuits = 1;
  for (const Fault fault : {Fault::not_sent, Fault::lost_before, Fault::lost_after, Fault::busy, Fault::failed_before,
                            Fault::failed_after, Fault::cut}) {
    for (int when = 0; when < 12; ++when) {
      Transport transport;
      transport.service->run = simulate;
      transport.faults = [=](int number, const HttpRequest&) { return number == when ? fault : Fault::none; };
      Service provider(limited, transport, FakeClock());
      MemoryJournal journal;
      JobRunner runner(job, provider, journal, {}, FakeClock());
      runner.wait();
      CHECK(transport.service->jobs().size() == 3);
      CHECK(incomplete_circuits(runner.results()).empty());
    }
  }
}

TEST_CASE("jobs are found by their name on any page", "[provider]") {
  const Key key;
  Transport transport;
  Service provider(options(), transport, FakeClock());
  Program circuit(1);
  circuit.add_register("c", 1);
  circuit.measure(0, 0);
  for (int i = 0; i < 7; ++i) (void)provider.submit({"job" + std::to_string(i), std::span(&circuit, 1), 5});
  for (int i = 0; i < 7; ++i) CHECK(provider.find("job" + std::to_string(i)) == "job" + std::to_string(i));
  CHECK(!provider.find("job7"));
}

TEST_CASE("a job that may be on a further page is not sent again", "[provider]") {
  const Key key;
  auto few = options();
  few.pages = 3;  // of two jobs each
  Transport transport;
  Service provider(few, transport, FakeClock());
  const HardwareJob job = plan_hardware_job(test::HeadQuestion(1).jobs(), {.shots = 8, .name = "test"});
  MemoryJournal journal;
  JobRunner runner(job, provider, journal, {}, FakeClock());
  (void)provider.submit({"test-0", job.circuits, 8});  // by a process that died before it could write that down
  for (int i = 0; i < 7; ++i) (void)provider.submit({"other", job.circuits, 8});
  auto parts = journal.parts();
  parts[0].state = PartState::sending;
  journal.write_parts(parts);
  CHECK(test::message_of<ProviderError>([&] { runner.submit(); }) ==
        "qmtl: IonQ, simulator: look-up by name: not among the newest 3 pages of jobs, expected fewer "
        "(IonqOptions::pages)");
  CHECK(journal.parts()[0].state == PartState::sending);
  CHECK(transport.service->jobs().size() == 8);
  few.pages = 4;
  Service patient(few, transport, FakeClock());
  JobRunner(job, patient, journal, {}, FakeClock()).submit();
  CHECK(journal.parts()[0].id == "job0");
  CHECK(transport.service->jobs().size() == 8);
}

TEST_CASE("results of IonQ may come later than the job's end", "[provider]") {
  const Key key;
  const HardwareJob job = plan_hardware_job(test::HeadQuestion(1).jobs(), {.shots = 8, .name = "test"});
  Transport transport;
  transport.service->run = simulate;
  transport.service->late_results = 3;
  Service provider(options(), transport, FakeClock());
  MemoryJournal journal;
  JobRunner runner(job, provider, journal, {}, FakeClock());
  runner.wait();
  CHECK(incomplete_circuits(runner.results()).empty());
}

TEST_CASE("what IonQ has no gate for is refused, as is what it never says", "[provider]") {
  const Key key;
  Transport transport;
  const Service provider(options(), transport, FakeClock());
  const auto refused = [&](const Program& program) {
    return test::message_of<CircuitError>([&] { provider.check(program); });
  };
  CHECK(refused(Program(30)) == "qmtl: IonQ, simulator: qubits of a circuit, expected at most 29, got 30");
  CHECK(refused(Program(2).append(gate::ecr(0, 1))).starts_with("qmtl: IonQ: instruction 0: expected one of x y z"));
  CHECK(refused(Program(2).append(gate::ry(0, feature(0)))) == "qmtl: IonQ: instruction 0: expected numbers as angles");
  CHECK(refused(Program(2).append(ControlledOperation{{0}, gate::p(1, 0.5)})) ==
        "qmtl: IonQ: instruction 0: expected no controlled phase");
  Program early(1);
  early.add_register("c", 1);
  early.measure(0, 0).append(gate::x(0));
  CHECK(refused(early) == "qmtl: IonQ: instruction 1: expected nothing behind a measurement");
  Program read(2);
  read.add_register("c", 2);
  read.measure(1, 0).measure(0, 1);
  const auto result = [&](const char* text) {
    const auto table = nlohmann::json::parse(text);
    return detail::ionq_result(detail::JsonField(table, "test"), table, read, 100);
  };
  CHECK(result(R"({"1":0.25,"2":0.75})").registers[0] == RegisterCounts{{1, 75}, {2, 25}});
  CHECK(result(R"({"0":0.333333,"1":0.333333,"2":0.333333})").registers[0] ==
        RegisterCounts{{0, 34}, {1, 33}, {2, 33}});
  for (const auto* bad :
       {R"({"4":1})", R"({"a":1})", R"({"0":-1,"1":2})", R"({"0":0.5})", "[]", R"({"0":"1"})", "{}"}) {
    CHECK_THROWS_AS(result(bad), FileError);
  }
}

TEST_CASE("exact probabilities that are less than a count each are added up first", "[provider]") {
  constexpr int qubits = 10;
  Program read(qubits);
  read.add_register("first", 1);
  read.add_register("all", qubits);
  read.measure(0, 0);
  for (int q = 0; q < qubits; ++q) read.measure(q, 1 + q);
  auto table = nlohmann::json::object();
  for (int i = 0; i < 1 << qubits; ++i) table[std::to_string(i)] = (i % 2 == 0 ? 0.25 : 0.75) / (1 << (qubits - 1));
  const auto result = detail::ionq_result(detail::JsonField(table, "test"), table, read, 100);
  CHECK(result.registers[0] == RegisterCounts{{0, 25}, {1, 75}});
  std::int64_t total = 0;
  for (const auto& [value, count] : result.registers[1]) total += count;
  CHECK(total == 100);
}

}  // namespace ionq_test
