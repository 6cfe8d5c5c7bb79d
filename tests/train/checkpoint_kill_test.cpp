// SPDX-License-Identifier: Apache-2.0
// Trainings that are killed (SIGKILL) at random moments, again and again, end with the bits of one that was left alone.

#include <signal.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdint>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "support/catch.hpp"
#include "support/temp_dir.hpp"
#include "train/checkpoint_cases.hpp"

namespace checkpoint_kill_test {

using namespace qmtl;
using namespace qmtl::test;

using Model = Quantum<>;
using Clock = std::chrono::steady_clock;

/// Trains in a process of its own, which is killed after `limit`. True if it had ended before.
bool train_and_kill(const Parts<double>& parts, const FitOptions& options, std::chrono::microseconds limit) {
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    int status = 1;
    try {
      Model model{Seed{2}};
      fit(model, parts.train, parts.validation, options);
      status = 0;
    } catch (...) {
    }
    ::_exit(status);  // no destructor of the parent's objects
  }
  std::this_thread::sleep_for(limit);
  ::kill(child, SIGKILL);
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  if (!WIFEXITED(status)) return false;
  REQUIRE(WEXITSTATUS(status) == 0);
  return true;
}

TEST_CASE("a training that is killed at random moments ends with the same bits") {
  const auto cases = checkpoint_cases();
  const auto& [name, options] = cases[GENERATE(as<std::size_t>{}, 1, 2, 3, 4)];
  INFO(name);
  const auto parts = related_parts(120);
  const TempDir dir;
  FitOptions checkpointed = options;

  checkpointed.checkpoint = Checkpointing{.path = dir / "alone", .every_steps = 1};
  Model whole{Seed{2}};
  const auto start = Clock::now();
  const auto expected = outcome(whole, fit(whole, parts.train, parts.validation, checkpointed));
  const auto micros = std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - start).count();

  checkpointed.checkpoint->path = dir / "killed";
  Rng rng(Seed{static_cast<std::uint64_t>(micros)});  // other moments every time: the result must not depend on them
  int kills = 0;
  bool ended = false;
  for (; kills < 15 && !ended; kills += ended ? 0 : 1) {
    const auto longest = micros * kills / 120;  // the first at once, however fast this machine has become meanwhile
    ended = train_and_kill(parts, checkpointed,
                           std::chrono::microseconds(rng.below(1 + static_cast<std::uint64_t>(longest))));
  }
  INFO("killed " << kills << " times");
  CHECK(kills > 0);
  Model resumed{Seed{2}};
  const auto report = fit(resumed, parts.train, parts.validation, checkpointed);
  CHECK(outcome(resumed, report) == expected);
  CHECK(dir.names() == std::set<std::string>{"alone", "killed"});  // nothing is left of the writers that were killed
}

}  // namespace checkpoint_kill_test
