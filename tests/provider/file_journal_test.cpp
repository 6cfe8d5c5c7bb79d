// SPDX-License-Identifier: Apache-2.0
// Jobs and what has become of them, in files: the same when they are read again, and refused when they are not ours.

#include "qmtl/provider/file_journal.hpp"

#include <unistd.h>

#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "hardware/head_question.hpp"
#include "qmtl/hardware/job_runner.hpp"
#include "qmtl/hardware/simulated_provider.hpp"
#include "support/catch.hpp"
#include "support/temp_dir.hpp"
#include "support/throws.hpp"

namespace file_journal_test {

using namespace qmtl;
static_assert(JobJournal<FileJournal>);

HardwareJob small_job() {
  return plan_hardware_job(test::HeadQuestion(2).jobs(), {.shots = 40, .calibrate_readout = true, .name = "test"});
}

std::string content_of(const std::string& path) {
  std::ifstream file(path);
  std::ostringstream out;
  out << file.rdbuf();
  return out.str();
}

TEST_CASE("a job is the same when its file is read again", "[provider]") {
  const test::TempDir folder;
  const HardwareJob job = small_job();
  save_hardware_job(job, folder / "job");
  const HardwareJob read = load_hardware_job(folder / "job");
  CHECK(read.name == job.name);
  CHECK(read.shots == job.shots);
  REQUIRE(read.circuits.size() == job.circuits.size());
  for (std::size_t c = 0; c < job.circuits.size(); ++c) {
    CHECK(std::ranges::equal(read.circuits[c].registers(), job.circuits[c].registers()));
    const auto before = register_probabilities(job.circuits[c], NoiseModel());
    const auto after = register_probabilities(read.circuits[c], NoiseModel());
    for (std::size_t r = 0; r < before.size(); ++r) {
      for (std::size_t a = 0; a < before[r].size(); ++a) CHECK(after[r][a] == Approx(before[r][a]).margin(1e-14));
    }
  }
  REQUIRE(read.jobs.size() == job.jobs.size());
  for (std::size_t j = 0; j < job.jobs.size(); ++j) {
    CHECK(read.jobs[j].circuit == job.jobs[j].circuit);
    CHECK(read.jobs[j].parameters == job.jobs[j].parameters);
    CHECK(read.jobs[j].runs == job.jobs[j].runs);
  }
  REQUIRE(read.calibration);
  CHECK(read.calibration->ones == job.calibration->ones);
  CHECK(read.calibration->qubits == job.calibration->qubits);
  CHECK(hardware_job_text(read) == hardware_job_text(job));
}

TEST_CASE("job files that lead out of the job are refused", "[provider]") {
  const std::string good = hardware_job_text(small_job());
  const auto refused = [&good](const std::string& from, const std::string& to) {
    std::string bad = good;
    const auto at = bad.find(from);
    REQUIRE(at != std::string::npos);
    bad.replace(at, from.size(), to);
    return test::message_of<FileError>([&] { (void)parse_hardware_job(bad, "job.json"); });
  };
  CHECK(refused("\"shots\": 40", "\"shots\": 0") == "qmtl: job.json: field 'shots': expected at least 1, got 0");
  CHECK(refused("\"ones\": 7", "\"ones\": 70") ==
        "qmtl: job.json: field 'calibration.ones': expected an integer from 0 to 7, got 70");
  CHECK(!refused("\"version\": 1", "\"version\": 2").empty());
  CHECK(!refused("\"runs\":", "\"walks\":").empty());
  CHECK(!refused("qmtl hardware job", "something else").empty());
  CHECK_THROWS_AS(parse_hardware_job(good.substr(0, good.size() / 2)), FileError);
  CHECK_THROWS_AS(parse_hardware_job(good, "job", {.bytes = 1000}), FileError);
  std::string qasm = good;
  qasm.replace(qasm.find("creg"), 4, "kreg");
  CHECK_THROWS_AS(parse_hardware_job(qasm), Error);
}

TEST_CASE("another process goes on where the journal ends", "[provider]") {
  const test::TempDir folder;
  const HardwareJob job = small_job();
  SimulatedProvider provider;
  {
    FileJournal journal(folder / "job", job.name);
    CHECK(journal.parts().empty());
    JobRunner runner(job, provider, journal);
    runner.submit();
    CHECK(journal.parts()[0].state == PartState::sent);
  }
  std::vector<CircuitResult> results;
  {
    FileJournal journal(folder / "job", job.name);
    CHECK(journal.parts()[0].id == "simulated-0");
    JobRunner runner(job, provider, journal);
    CHECK(runner.collect());
    results = runner.results();
    CHECK(incomplete_circuits(results).empty());
  }
  FileJournal journal(folder / "job", job.name);
  CHECK(JobRunner(job, provider, journal).results() == results);
  CHECK(folder.names().contains("job.parts"));
  CHECK(folder.names().contains("job.results-0"));
  std::vector<CircuitResult> with_failure = results;
  with_failure[1] = failed_result("l\xf6st");
  journal.write_results(0, with_failure);
  CHECK(journal.results(0)[1].failure == "l\xef\xbf\xbdst");
  CHECK(journal.results(0)[2] == results[2]);
}

TEST_CASE("a journal is not that of another job of the same name", "[provider]") {
  const test::TempDir folder;
  const HardwareJob job = small_job();
  const auto other = plan_hardware_job(test::HeadQuestion(2).jobs(), {.shots = 41, .name = "test"});
  { FileJournal(folder / "job", job).write_parts({{{0}, PartState::ended, "a"}}); }
  CHECK(FileJournal(folder / "job", job.name).parts()[0].id == "a");
  CHECK(FileJournal(folder / "job", parse_hardware_job(hardware_job_text(job))).parts()[0].id == "a");
  CHECK_THROWS_AS(FileJournal(folder / "job", other), FileError);
  { FileJournal(folder / "old", job.name).write_parts({{{0}, PartState::planned, ""}}); }
  { FileJournal(folder / "old", job).write_parts({{{0}, PartState::ended, "b"}}); }  // of before fingerprints
  CHECK_THROWS_AS(FileJournal(folder / "old", other), FileError);
}

TEST_CASE("a job is not saved over one whose results are still to come", "[provider]") {
  const test::TempDir folder;
  const HardwareJob job = small_job();
  save_hardware_job(job, folder / "job");
  { FileJournal(folder / "job", job).write_parts({{{0}, PartState::sent, "a"}}); }
  save_hardware_job(job, folder / "job");
  const HardwareJob other = plan_hardware_job(test::HeadQuestion(2).jobs());
  CHECK(test::message_of<FileError>([&] { save_hardware_job(other, folder / "job"); }) ==
        "qmtl: save_hardware_job: '" + (folder / "job") +
            "': job 'test' has its journal there, expected another path, or that journal and its results moved away");
  CHECK(load_hardware_job(folder / "job").name == "test");
}

TEST_CASE("what no journal writes is refused", "[provider]") {
  const std::string good = detail::parts_text({"test", 18446744073709551615u, {{{0, 2}, PartState::sent, "a\"b"}}});
  CHECK(detail::parse_parts(good, "parts", {}).asked == 18446744073709551615u);
  CHECK(detail::parse_parts(good, "parts", {}).parts[0].id == "a\"b");
  const auto refused = [&good](const std::string& from, const std::string& to) {
    std::string bad = good;
    bad.replace(bad.find(from), from.size(), to);
    return test::message_of<FileError>([&] { (void)detail::parse_parts(bad, "parts", {}); });
  };
  CHECK(refused("\"a\\\"b\"", "\"\"") ==
        "qmtl: parts: field 'parts[0].id': expected the service's name of what was sent, got ''");
  CHECK(!refused("18446744073709551615", "18446744073709551616").empty());
  const auto counts = [](const std::string& count) {
    (void)detail::parse_results(
        R"({"format": "qmtl results", "version": 1, "circuits": [{"registers": [{"1": )" + count + "}]}]}", "results",
        {});
  };
  counts("9007199254740991");
  for (const auto* bad : {"9007199254740992", "9007199254740993", "-1", "0.5", "1e400", "\"1\"", "1, \"01\": 2"}) {
    CHECK_THROWS_AS(counts(bad), FileError);
  }
}

TEST_CASE("a journal is of one job and of one process at a time", "[provider]") {
  const test::TempDir folder;
  {
    FileJournal journal(folder / "job", "first");
    journal.write_parts({{{0, 1}, PartState::sending, ""}});
    CHECK_THROWS_AS(FileJournal(folder / "job", "first"), FileError);
  }
  CHECK(test::message_of<FileError>([&] { FileJournal(folder / "job", "second"); }) ==
        "qmtl: " + (folder / "job") + ".parts: field 'name': expected 'second', the job's, got 'first'");
  std::string content = content_of(folder / "job.parts");
  CHECK(content.find("sending") != std::string::npos);
  content.replace(content.find("sending"), 7, "dreaming");
  (void)folder.write("job.parts", content);
  CHECK_THROWS_AS(FileJournal(folder / "job", "first"), FileError);
  (void)folder.write("job.parts", content.substr(0, 30));
  CHECK_THROWS_AS(FileJournal(folder / "job", "first"), FileError);
  CHECK_THROWS_AS(FileJournal(folder / "no/folder", "first"), FileError);
  REQUIRE(::symlink("loop.parts", (folder / "loop.parts").c_str()) == 0);  // nobody can say whether it is there
  CHECK_THROWS_AS(FileJournal(folder / "loop", "first"), FileError);
}

}  // namespace file_journal_test
