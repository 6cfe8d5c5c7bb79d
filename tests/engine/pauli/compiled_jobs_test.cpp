// SPDX-License-Identifier: Apache-2.0
// Which jobs are compiled again, and which are kept.

#include "qmtl/engine/pauli/compiled_jobs.hpp"

#include <stdexcept>
#include <thread>
#include <utility>
#include <vector>

#include "support/catch.hpp"

namespace compiled_jobs_test {

using namespace qmtl;
using detail::CompiledJob;
using detail::CompiledJobs;

const std::vector<int> qubits{0, 1}, measured{1};

/// Jobs whose circuits are RY of different constants, and how often one is compiled.
struct Jobs {
  std::vector<std::vector<Operation>> circuits;
  int compiled = 0;

  explicit Jobs(int count) {
    for (int i = 0; i < count; ++i) circuits.push_back({gate::ry(0, 0.1 * (i + 1)), gate::cx(0, 1)});
  }
  [[nodiscard]] CircuitJob job(std::size_t i, int runs = 1) const {
    return {{2, circuits[i]}, qubits, measured, {nullptr, 0, runs}, {nullptr, 0, 0}};
  }

  /// Asks for a job, whose tables are of `entries` pairs; whether it had to be compiled.
  bool compiles(const CompiledJobs& kept, const CircuitJob& job, std::size_t entries = 1) {
    const int before = compiled;
    const auto got = kept.get(job, [&] {
      ++compiled;
      detail::PauliProgram program;
      program.pairs.resize(entries);
      return CompiledJob{detail::PauliLanes<double>(std::move(program)), {}};
    });
    CHECK(got->lanes.program().pairs.size() == entries);
    return compiled > before;
  }
};

TEST_CASE("a job is compiled once, whatever its parameters; another circuit, qubits or measurement is another job") {
  Jobs jobs(2);
  const CompiledJobs kept;
  CHECK(jobs.compiles(kept, jobs.job(0)));
  CHECK_FALSE(jobs.compiles(kept, jobs.job(0)));
  CHECK_FALSE(jobs.compiles(kept, jobs.job(0, 7)));
  CHECK(jobs.compiles(kept, jobs.job(1)));
  const std::vector<int> other_qubits{1, 0}, both{1, 0};
  CircuitJob job = jobs.job(0);
  job.qubits = other_qubits;
  CHECK(jobs.compiles(kept, job));
  job.measured = both;
  CHECK(jobs.compiles(kept, job));
  job.circuit.qubits = 3;
  CHECK(jobs.compiles(kept, job));
  job.circuit.operations = job.circuit.operations.first(1);
  CHECK(jobs.compiles(kept, job));
  CHECK_FALSE(jobs.compiles(kept, jobs.job(0)));
}

TEST_CASE("copies share what is kept, also of one that was moved from") {
  Jobs jobs(2);
  CompiledJobs kept;
  const CompiledJobs copy = kept;
  CHECK(jobs.compiles(kept, jobs.job(0)));
  CHECK_FALSE(jobs.compiles(copy, jobs.job(0)));
  const CompiledJobs moved = std::move(kept);
  CHECK_FALSE(jobs.compiles(moved, jobs.job(0)));
  CHECK_FALSE(jobs.compiles(kept, jobs.job(0)));  // NOLINT(bugprone-use-after-move)
  CHECK(jobs.compiles(CompiledJobs(), jobs.job(0)));
}

TEST_CASE("jobs that were used least recently make room") {
  Jobs jobs(3);
  const CompiledJobs two(2);
  CHECK(jobs.compiles(two, jobs.job(0)));
  CHECK(jobs.compiles(two, jobs.job(1)));
  CHECK_FALSE(jobs.compiles(two, jobs.job(0)));
  CHECK(jobs.compiles(two, jobs.job(2)));
  CHECK_FALSE(jobs.compiles(two, jobs.job(0)));
  CHECK(jobs.compiles(two, jobs.job(1)));
}

TEST_CASE("kept jobs are bounded in bytes, and one that is larger by itself does not drive out the others") {
  constexpr std::size_t entries = 1000;
  Jobs jobs(3);
  const CompiledJobs two(100, 5 * entries * sizeof(detail::PauliProgram::Pair) / 2);
  CHECK(jobs.compiles(two, jobs.job(0), entries));
  CHECK(jobs.compiles(two, jobs.job(1), entries));
  CHECK(jobs.compiles(two, jobs.job(2), 3 * entries));
  CHECK(jobs.compiles(two, jobs.job(2), 3 * entries));
  CHECK_FALSE(jobs.compiles(two, jobs.job(0), entries));
  CHECK_FALSE(jobs.compiles(two, jobs.job(1), entries));
  CHECK(jobs.compiles(two, jobs.job(2), entries));
  CHECK_FALSE(jobs.compiles(two, jobs.job(1), entries));
  CHECK(jobs.compiles(two, jobs.job(0), entries));
}

TEST_CASE("a job that cannot be compiled is an error each time, and no harm") {
  Jobs jobs(1);
  const CompiledJobs kept;
  for (int i = 0; i < 2; ++i) {
    CHECK_THROWS_AS(kept.get(jobs.job(0), []() -> CompiledJob { throw std::runtime_error("no"); }), std::runtime_error);
  }
  CHECK(jobs.compiles(kept, jobs.job(0)));
}

TEST_CASE("threads that ask for the same job compile it once") {
  constexpr int threads = 4, rounds = 50;
  Jobs jobs(5);
  const CompiledJobs kept;
  std::vector<std::thread> running;
  for (int t = 0; t < threads; ++t) {
    running.emplace_back([&jobs, kept] {
      for (int i = 0; i < rounds; ++i) {
        (void)kept.get(jobs.job(static_cast<std::size_t>(i) % 5), [&jobs] {
          ++jobs.compiled;  // one at a time
          return CompiledJob{detail::PauliLanes<double>(detail::PauliProgram()), {}};
        });
      }
    });
  }
  for (std::thread& thread : running) thread.join();
  CHECK(jobs.compiled == 5);
}

}  // namespace compiled_jobs_test
