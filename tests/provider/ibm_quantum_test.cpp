// SPDX-License-Identifier: Apache-2.0
// Jobs through IBM Quantum's messages: what is sent, what comes back, and what goes wrong on the way.

#include "qmtl/provider/ibm_quantum.hpp"

#include <cstdlib>
#include <set>
#include <string>
#include <vector>

#include "hardware/head_question.hpp"
#include "qmtl/hardware/job_estimates.hpp"
#include "qmtl/hardware/plan_job.hpp"
#include "support/catch.hpp"
#include "support/device_json.hpp"
#include "support/fake_clock.hpp"
#include "support/fake_services.hpp"
#include "support/throws.hpp"

namespace ibm_quantum_test {

using namespace qmtl;
using test::FakeClock;
using test::FakeIbm;
using test::Fault;
using Transport = test::FakeTransport<FakeIbm>;
using Service = IbmQuantum<Transport, FakeClock>;
static_assert(Provider<Service> && HttpTransport<Transport>);

/// The keys of the fake service in the environment.
struct Keys {
  Keys() {
    ::setenv("QMTL_TEST_IBM_KEY", FakeIbm().key.c_str(), 1);
    ::setenv("QMTL_TEST_IBM_CRN", FakeIbm().instance.c_str(), 1);
  }
  ~Keys() {
    ::unsetenv("QMTL_TEST_IBM_KEY");
    ::unsetenv("QMTL_TEST_IBM_CRN");
  }
};

IbmQuantumOptions options() {
  IbmQuantumOptions out;
  out.backend = "ibm_test";
  out.key_variable = "QMTL_TEST_IBM_KEY";
  out.instance_variable = "QMTL_TEST_IBM_CRN";
  return out;
}

HardwareJob small_job() {
  return plan_hardware_job(test::HeadQuestion(2).jobs(), {.shots = 20, .calibrate_readout = true, .name = "test"});
}

void check_all_zero(const std::vector<CircuitResult>& results) {
  for (const auto& result : results) {
    REQUIRE(result.complete());
    for (const auto& counts : result.registers) CHECK(counts == RegisterCounts{{0, 20}});
  }
}

TEST_CASE("a job goes to IBM Quantum and comes back, in each form of results", "[provider]") {
  const Keys keys;
  for (const auto* form : {"samples", "counts", "typed"}) {
    Transport transport;
    transport.service->form = form;
    Service provider(options(), transport, FakeClock());
    const HardwareJob job = small_job();
    MemoryJournal journal;
    JobRunner runner(job, provider, journal, {}, FakeClock());
    runner.wait();
    check_all_zero(runner.results());
    CHECK(transport.service->tokens == 1);
    REQUIRE(transport.service->jobs().size() == 1);
    const auto sent = transport.service->jobs().front();
    CHECK(sent.tag == "test-0");
    CHECK(sent.circuits.size() == job.circuits.size());
    CHECK(sent.circuits.front().find("bit[2] r0;") != std::string::npos);
  }
}

TEST_CASE("the faults of a network lose no job and send none twice", "[provider]") {
  const Keys keys;
  const HardwareJob job = small_job();
  for (const Fault fault : {Fault::not_sent, Fault::lost_before, Fault::lost_after, Fault::busy, Fault::failed_before,
                            Fault::failed_after, Fault::cut}) {
    for (int when = 0; when < 6; ++when) {
      Transport transport;
      transport.faults = [=](int number, const HttpRequest&) { return number == when ? fault : Fault::none; };
      Service provider(options(), transport, FakeClock());
      MemoryJournal journal;
      JobRunner runner(job, provider, journal, {}, FakeClock());
      runner.wait();
      CHECK(transport.service->jobs().size() == 1);
      check_all_zero(runner.results());
    }
  }
}

TEST_CASE("any number of faults loses no job and sends none twice", "[provider]") {
  const Keys keys;
  auto limited = options();
  limited.limits.circuits = 3;
  const HardwareJob job = small_job();
  for (std::uint64_t seed = 0; seed < 40; ++seed) {
    Transport transport;
    const auto rng = std::make_shared<Rng>(Seed{seed});
    transport.faults = [rng](int, const HttpRequest&) {
      return static_cast<Fault>(rng->uniform() < 0.5 ? 0 : rng->below(8));
    };
    transport.service->polls = 3;
    MemoryJournal journal;
    std::vector<CircuitResult> results;
    for (int process = 0; process < 50; ++process) {  // whoever gives up is started again
      Service provider(limited, transport, FakeClock());
      JobRunner runner(job, provider, journal, {}, FakeClock());
      try {
        runner.wait();
      } catch (const ProviderError&) {
        continue;
      }
      results = runner.results();
      break;
    }
    std::set<std::string> tags;
    for (const auto& sent : transport.service->jobs()) tags.insert(sent.tag);
    CHECK(tags.size() == 3);
    CHECK(transport.service->jobs().size() == 3);
    REQUIRE(results.size() == job.circuits.size());
    check_all_zero(results);
  }
}

TEST_CASE("tokens are renewed before they end, and when they are refused", "[provider]") {
  const Keys keys;
  Transport transport;
  const FakeClock clock;
  Service provider(options(), transport, clock);
  (void)provider.find("none");
  clock.sleep(3000);
  (void)provider.find("none");
  CHECK(transport.service->tokens == 1);
  clock.sleep(301);
  (void)provider.find("none");
  CHECK(transport.service->tokens == 2);
  transport.service->refuse_tokens = true;
  (void)provider.find("none");
  CHECK(transport.service->tokens == 3);
  transport.service->instance = "another";
  CHECK(test::message_of<ProviderError>([&] {
          (void)provider.find("none");
        }).starts_with("qmtl: IBM Quantum, ibm_test: look-up by tag: status 401"));
}

TEST_CASE("a device's calibration comes as it is published", "[provider]") {
  const Keys keys;
  Transport transport;
  transport.service->configuration = test::device_conf().dump();
  transport.service->properties = test::device_props().dump();
  Service provider(options(), transport, FakeClock());
  const DeviceCalibration device = provider.calibration();
  CHECK(device.qubits.size() ==
        parse_device_calibration(transport.service->configuration, transport.service->properties).qubits.size());
  CHECK(!device.gates.empty());
}

TEST_CASE("keys are in no message", "[provider]") {
  const Keys keys;
  std::string messages;
  const auto note = [&messages](const auto& call) {
    try {
      call();
    } catch (const Error& error) {
      messages += std::string(error.what()) + '\n';
    }
  };
  Transport bad_key;
  bad_key.service->key = "another";
  note([&] { (void)Service(options(), bad_key, FakeClock()).find("x"); });
  CHECK(messages ==
        "qmtl: IBM Quantum, ibm_test: access token: status 400, expected the API key in QMTL_TEST_IBM_KEY to "
        "be valid\n");
  Transport transport;
  Service provider(options(), transport, FakeClock());
  note([&] { (void)provider.status("none"); });
  note([&] { (void)provider.results("none", {}); });
  note([&] { provider.cancel("none"); });
  note([&] { (void)provider.calibration(); });
  note([] { Service(IbmQuantumOptions{.key_variable = "QMTL_TEST_NOT_SET"}); });
  CHECK(messages.find("status 404 '{\"error\":\"no such job\"}'") != std::string::npos);
  for (const std::string& secret : {FakeIbm().key, FakeIbm().instance, std::string("token-")}) {
    CHECK(messages.find(secret) == std::string::npos);
  }
}

/// Gives a token, and one answer to all else.
struct OneAnswer {
  int status = 200;
  std::string body{};
  std::string token = R"({"access_token": "token-of-a-test", "expires_in": 3600})";

  [[nodiscard]] HttpResponse send(const HttpRequest& request) const {
    if (!request.url.ends_with("/token")) return {status, {}, body};
    return {200, {}, token};
  }
};

TEST_CASE("what a service says of a job is told without keys, and a job that it has accepted is there", "[provider]") {
  const Keys keys;
  const auto provider = [](OneAnswer answer) {
    return IbmQuantum<OneAnswer, FakeClock>(options(), std::move(answer), FakeClock());
  };
  const std::string said = FakeIbm().key + ' ' + FakeIbm().instance + " token-of-a-test";
  const test::Json failed{{"state", {{"status", "Failed"}, {"reason", said}}}};
  CHECK(provider({200, failed.dump()}).status("a").reason == "'*** *** ***'");
  Program circuit(1);
  circuit.add_register("c", 1);
  circuit.measure(0, 0);
  const test::Json results{{"results", {{{"error", said}}}}};
  CHECK(provider({200, results.dump()}).results("a", std::span(&circuit, 1)).at(0).failure == "'*** *** ***'");
  CHECK(provider({202, R"({"id": "a"})"}).submit({"tag", std::span(&circuit, 1), 1}) == "a");
}

TEST_CASE("registers whose names are words of OpenQASM 3 are found by what the text calls them", "[provider]") {
  const Keys keys;
  Program circuit(2);
  circuit.add_register("in", 1);
  circuit.add_register("q", 1);
  circuit.measure(0, 0).measure(1, 1);
  REQUIRE(openqasm3_register_names(circuit) == std::vector<std::string>{"in_", "q_"});
  const std::string answer =
      R"({"results": [{"data": {"in_": {"samples": ["0x1", "0x1"], "num_bits": 1}, "q_": {"samples": ["0x0", "0x0"], "num_bits": 1}}}]})";
  IbmQuantum<OneAnswer, FakeClock> provider(options(), {200, answer}, FakeClock());
  const auto result = provider.results("a", std::span(&circuit, 1)).at(0);
  CHECK(result.failure == "");
  REQUIRE(result.registers.size() == 2);
  CHECK(result.registers[0] == RegisterCounts{{1, 2}});
  CHECK(result.registers[1] == RegisterCounts{{0, 2}});
}

TEST_CASE("answers that are wrong are errors of the service, without keys", "[provider]") {
  const Keys keys;
  Program circuit(1);
  circuit.add_register("c", 1);
  circuit.measure(0, 0);
  const auto provider = [](std::string body) {
    return IbmQuantum<OneAnswer, FakeClock>(options(), {200, std::move(body)}, FakeClock());
  };
  for (const auto* accepted : {"{}", R"({"id": 7})", R"({"id": ""})", R"({"id": ".."})", R"({"id": "a b"})", "[]"}) {
    CHECK_THROWS_AS(provider(accepted).submit({"tag", std::span(&circuit, 1), 1}), UnansweredError);  // it is there
  }
  const auto told = test::message_of<ProviderError>(
      [&] { (void)provider(R"({"status": "token-of-a-test crn:v1:test key\u002dof-a-test"})").status("a"); });
  CHECK(told ==
        "qmtl: IBM Quantum: field 'status': expected queued, running, completed, cancelled or failed, got '*** *** "
        "***'");
  CHECK_THROWS_AS(provider(R"({"results": [{}, {}]})").results("a", std::span(&circuit, 1)), ProviderError);
  CHECK_THROWS_AS(provider("7").find("tag"), ProviderError);
}

TEST_CASE("a token that would be more than one line of a header is refused, and no token is shown", "[provider]") {
  const Keys keys;
  const auto message = [](std::string token) {
    return test::message_of<ProviderError>([&] {
      (void)IbmQuantum<OneAnswer, FakeClock>(options(), {200, "{}", std::move(token)}, FakeClock()).find("a");
    });
  };
  CHECK(message(R"({"access_token": "a\r\nX-Own: b", "expires_in": 3600})") ==
        "qmtl: Secret: access token: expected printable ASCII characters without spaces");
  CHECK(message(R"({"access_token": 71234, "expires_in": 3600})") ==
        "qmtl: IBM Quantum: field 'access_token': expected a text");
  CHECK(!message(R"({"access_token": "a", "expires_in": "soon"})").empty());
  CHECK(!message(R"(["a"])").empty());
}

TEST_CASE("a tag that the service does not look for is looked for on all pages, or that is an error", "[provider]") {
  const Keys keys;
  auto jobs = test::Json::array();
  for (int i = 0; i < 100; ++i) jobs.push_back({{"id", "other"}, {"tags", {"other"}}});
  OneAnswer endless{200, test::Json{{"jobs", jobs}}.dump()};
  auto few = options();
  few.pages = 3;
  CHECK(test::message_of<ProviderError>(
            [&] { (void)IbmQuantum<OneAnswer, FakeClock>(few, endless, FakeClock()).find("test-0"); }) ==
        "qmtl: IBM Quantum, ibm_test: look-up by tag: more than 300 jobs are listed, expected fewer "
        "(IbmQuantumOptions::pages)");
}

TEST_CASE("results may come later than the job's end, and must be of all shots", "[provider]") {
  const Keys keys;
  const HardwareJob job = small_job();
  Transport late;
  late.service->late_results = 3;
  Service provider(options(), late, FakeClock());
  MemoryJournal journal;
  JobRunner runner(job, provider, journal, {}, FakeClock());
  runner.wait();
  check_all_zero(runner.results());
  Transport fewer;
  fewer.service->run = [](const std::string& text, std::int64_t shots) { return test::zeros_only(text, shots - 1); };
  Service short_of_shots(options(), fewer, FakeClock());
  MemoryJournal of_fewer;
  JobRunner second(job, short_of_shots, of_fewer, {}, FakeClock());
  second.wait();
  CHECK(second.results()[0].failure == "register 'r0': expected 20 counts, got 19");
  CHECK(second.retry_failed() == job.circuits.size());
}

TEST_CASE("jobs that fail or are cancelled say why", "[provider]") {
  const Keys keys;
  const HardwareJob job = small_job();
  Transport transport;
  transport.service->failing = "test-0";
  Service provider(options(), transport, FakeClock());
  MemoryJournal journal;
  JobRunner runner(job, provider, journal, {}, FakeClock());
  runner.wait();
  CHECK(runner.results()[0].failure == "failed: 'Circuit is too long. Error code 8000.'");
  CHECK(runner.retry_failed() == job.circuits.size());
  runner.submit();
  runner.cancel();
  CHECK(runner.collect());
  CHECK(runner.results()[0].failure == "cancelled");
}

TEST_CASE("circuits that a device cannot run are refused before they are sent", "[provider]") {
  const Keys keys;
  auto checked = options();
  checked.target = generic_target(CouplingMap::line(4));
  Transport transport;
  Service provider(checked, transport, FakeClock());
  const HardwareJob job = small_job();
  MemoryJournal journal;
  CHECK(test::message_of<CircuitError>([&] { JobRunner(job, provider, journal, {}, FakeClock()); }) ==
        "qmtl: generic: instruction 0: ry is none of the device's gates");
  CHECK(*transport.requests == 0);
  auto bad = options();
  bad.sampler_options = "[]";
  CHECK_THROWS_AS(Service(bad, transport, FakeClock()), ValueError);
}

}  // namespace ibm_quantum_test
