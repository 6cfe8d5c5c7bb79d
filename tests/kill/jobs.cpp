// SPDX-License-Identifier: Apache-2.0
// kill_jobs [--kills <number>]: clients that send a job to a service on this machine, over HTTP, and collect its
// results are killed (SIGKILL) at random moments, and go on. The service loses answers, is busy and fails at random. No
// part of a job may be lost, none sent twice, and the results must be those of the service.

#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <mutex>
#include <set>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "hardware/head_question.hpp"
#include "qmtl/hardware/plan_job.hpp"
#include "qmtl/provider/curl_transport.hpp"
#include "qmtl/provider/file_journal.hpp"
#include "qmtl/provider/ibm_quantum.hpp"
#include "support/fake_services.hpp"
#include "support/http_server.hpp"
#include "support/temp_dir.hpp"

namespace {

using namespace qmtl;
using Micros = std::chrono::microseconds;

constexpr std::int64_t shots = 50;
constexpr std::size_t parts = 3;

void require(bool holds, const std::string& law) {
  if (!holds) throw std::runtime_error("it does not hold that " + law);
}

/// The client: sends what is not there, waits, and checks what comes back.
int run_client(const std::string& path, const std::string& url) {
  const HardwareJob job = load_hardware_job(path);
  FileJournal journal(path, job);
  IbmQuantumOptions options;
  options.backend = "killed";
  options.key_variable = "QMTL_KILL_KEY";
  options.instance_variable = "QMTL_KILL_CRN";
  options.url = url + "/api/v1";
  options.token_url = url + "/identity/token";
  options.limits.circuits = static_cast<std::int64_t>((job.circuits.size() + parts - 1) / parts);
  options.retry = {.attempts = 20, .first_pause = 0.002, .longest_pause = 0.01};
  IbmQuantum<CurlTransport> provider(options);
  JobRunner runner(job, provider, journal,
                   {.first_poll = 0.001, .longest_poll = 0.002, .settling = 0.2, .submissions = 20});
  runner.wait();
  for (const auto& result : runner.results()) {
    if (!result.complete()) return 2;
    for (const auto& counts : result.registers) {
      if (counts != RegisterCounts{{0, shots}}) return 3;
    }
  }
  return 0;
}

/// The service, which answers wrongly now and then.
class Service {
 public:
  Service() : server_([this](const HttpRequest& request) { return answer(request); }) {}

  [[nodiscard]] std::string url() const { return server_.url(); }
  [[nodiscard]] std::vector<test::FakeJob> jobs() const { return ibm_.jobs(); }
  void clear() { ibm_.clear(); }

 private:
  [[nodiscard]] HttpResponse answer(const HttpRequest& request) {
    const double luck = draw();
    if (luck < 0.05) return {429, {{"Retry-After", "0"}}, {}};
    if (luck < 0.10) return {503, {}, {}};
    HttpResponse out = ibm_(request);
    if (luck < 0.15) return {502, {}, {}};  // carried out, but nobody is told
    if (luck < 0.20) out.body.resize(out.body.size() / 2);
    return out;
  }
  [[nodiscard]] double draw() {
    const std::lock_guard lock(mutex_);
    return rng_.uniform();
  }

  std::mutex mutex_;
  Rng rng_{Seed{1}};
  test::FakeIbm ibm_;
  test::HttpServer server_;
};

/// Starts a client and kills it after a time. True if it had ended before, as it must.
bool run_and_kill(const std::string& program, const std::string& path, const std::string& url, Micros limit) {
  std::vector<std::string> words{program, "--client", path, url};
  std::vector<char*> arguments;
  for (auto& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  pid_t child = 0;
  require(::posix_spawn(&child, program.c_str(), nullptr, nullptr, arguments.data(), environ) == 0,
          "a process can be made");
  int status = 0;
  const auto end = std::chrono::steady_clock::now() + limit;
  while (::waitpid(child, &status, WNOHANG) == 0) {
    if (std::chrono::steady_clock::now() < end) {
      std::this_thread::sleep_for(Micros(100));
      continue;
    }
    ::kill(child, SIGKILL);
    require(::waitpid(child, &status, 0) == child, "a killed process ends");
    break;
  }
  if (!WIFEXITED(status)) return false;
  require(WEXITSTATUS(status) == 0, "a client that is left alone has the service's results");
  return true;
}

struct Result {
  long kills = 0, ended = 0, half_sent = 0;
};

Result kill_jobs(const std::string& program, long kills) {
  Service service;
  const test::TempDir folder;
  const auto start = std::chrono::steady_clock::now();
  Rng rng(Seed{static_cast<std::uint64_t>(start.time_since_epoch().count())});  // the moment must not matter
  Result result;
  for (int round = 0; result.kills < kills; ++round) {
    const std::string path = folder / ("job" + std::to_string(round));
    const HardwareJob job = plan_hardware_job(test::HeadQuestion(2).jobs(), {.shots = shots});
    save_hardware_job(job, path);
    Micros duration{100000};  // of a client that is left alone, about
    while (result.kills < kills && !run_and_kill(program, path, service.url(),
                                                 Micros(rng.below(static_cast<std::uint64_t>(duration.count()))))) {
      ++result.kills;
      const FileJournal journal(path, job);  // whole, and nobody's
      result.half_sent += std::ranges::count(journal.parts(), PartState::sending, &JobPart::state) > 0 ? 1 : 0;
      duration += duration / 20;  // so that it ends
    }
    require(run_and_kill(program, path, service.url(), Micros(60000000)), "a client that is left alone ends");
    std::multiset<std::string> tags;
    for (const auto& sent : service.jobs()) tags.insert(sent.tag);
    for (std::size_t p = 0; p < parts; ++p) {
      require(tags.count(detail::text(job.name, '-', p)) == 1, "each part is sent once");
    }
    require(tags.size() == parts, "nothing else is sent");
    service.clear();
    ++result.ended;
  }
  return result;
}

}  // namespace

int main(int argc, char** argv) try {
  if (argc == 4 && std::strcmp(argv[1], "--client") == 0) return run_client(argv[2], argv[3]);
  const long kills = argc == 3 && std::strcmp(argv[1], "--kills") == 0 ? std::strtol(argv[2], nullptr, 10) : 60;
  ::setenv("QMTL_KILL_KEY", test::FakeIbm().key.c_str(), 1);
  ::setenv("QMTL_KILL_CRN", test::FakeIbm().instance.c_str(), 1);
  const Result result = kill_jobs(argv[0], kills);
  std::printf("%ld kills, %ld of them in a submission; %ld jobs, each part sent once, all results there\n",
              result.kills, result.half_sent, result.ended);
} catch (const std::exception& error) {
  std::fprintf(stderr, "%s\n", error.what());
  return 1;
}
