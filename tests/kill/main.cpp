// SPDX-License-Identifier: Apache-2.0
// kill_trainings [--kills <number>]: trainings that save model and checkpoint at every step are killed (SIGKILL) at
// random moments, and go on. After each kill both files must be whole, the checkpoint must lead to the bits of a
// training that was left alone, and temporary files must not pile up.

#include <signal.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "qmtl/model/save.hpp"
#include "support/temp_dir.hpp"
#include "support/tiny_training.hpp"

namespace {

using namespace qmtl;
using test::TinyModel;
using Micros = std::chrono::microseconds;
using Clock = std::chrono::steady_clock;

void require(bool holds, const std::string& law) {
  if (!holds) throw std::runtime_error("it does not hold that " + law);
}

/// A training with a folder for the files that it writes.
class Training {
 public:
  explicit Training(std::size_t which) : options_(test::tiny_options(which)) {
    options_.epochs = 30;
    const auto start = Clock::now();
    expected_ = run(checkpoint_);
    duration_ = std::chrono::duration_cast<Micros>(Clock::now() - start);
    restart();
  }

  [[nodiscard]] Micros duration() const noexcept { return duration_; }

  /// Goes on from its checkpoint in a process of its own, which is killed after `limit`. True if it had ended before.
  [[nodiscard]] bool run_and_kill(Micros limit) const {
    const pid_t child = ::fork();
    require(child >= 0, "a process can be made");
    if (child == 0) {
      int status = 1;
      try {
        status = run(checkpoint_) == expected_ ? 0 : 2;
      } catch (const std::exception& error) {
        std::fprintf(stderr, "%s\n", error.what());
      }
      ::_exit(status);  // no destructor of the parent's objects
    }
    std::this_thread::sleep_for(limit);
    ::kill(child, SIGKILL);
    int status = 0;
    require(::waitpid(child, &status, 0) == child, "a killed process ends");
    if (!WIFEXITED(status)) return false;
    require(WEXITSTATUS(status) == 0, "a training that goes on ends with the same bits");
    return true;
  }

  /// How many files a killed process was writing. Throws unless there is at most one beside each file, and a lock.
  [[nodiscard]] std::size_t temporaries() const {
    std::size_t count = 0;
    for (const auto& entry : std::filesystem::directory_iterator(folder_ / "")) {
      count += entry.path().extension() == ".tmp" ? 1 : 0;
    }
    require(count <= 2 && folder_.files() <= count + 3, "what killed processes leave does not pile up");
    return count;
  }

  /// Throws unless what is there of both files is whole; goes on from a copy of the checkpoint.
  void check_files() const {
    if (std::filesystem::exists(model_)) {
      TinyModel model{Seed{2}};
      load_model(model, model_);
    }
    if (!std::filesystem::exists(checkpoint_)) return;
    const std::string copy = folder_ / "copy";
    std::filesystem::copy_file(checkpoint_, copy, std::filesystem::copy_options::overwrite_existing);
    require(run(copy) == expected_, "a copy of the checkpoint leads to the same bits");
    std::filesystem::remove(copy);
  }

  /// Forgets what has been trained.
  void restart() const {
    std::filesystem::remove(checkpoint_);
    std::filesystem::remove(model_);
  }

 private:
  /// All numbers that the training ends with.
  [[nodiscard]] std::vector<double> run(const std::string& checkpoint) const {
    TinyModel model{Seed{1}};
    FitOptions options = options_;
    options.checkpoint = Checkpointing{.path = checkpoint, .every_steps = 1};
    if (checkpoint == checkpoint_) {
      options.callbacks.push_back([&](const EpochRecord&) {
        save_model(model, model_);
        return true;
      });
    }
    const FitReport report = fit(model, test::tiny_data(6), test::tiny_data(3), options);
    return test::tiny_outcome(model, report);
  }

  FitOptions options_;
  test::TempDir folder_;
  std::string checkpoint_ = folder_ / "checkpoint", model_ = folder_ / "model";
  std::vector<double> expected_;
  Micros duration_{};
};

/// What came of all kills.
struct Result {
  long kills = 0, with_temporary = 0, ended = 0;
};

[[nodiscard]] Result kill_trainings(long kills) {
  constexpr Micros to_begin{300};
  std::deque<Training> trainings;
  for (std::size_t which = 0; which < test::tiny_cases; ++which) trainings.emplace_back(which);
  Rng rng(Seed{static_cast<std::uint64_t>(Clock::now().time_since_epoch().count())});  // the moment must not matter
  Result result;
  while (result.kills < kills) {
    const Training& training = trainings[rng.below(trainings.size())];
    const auto longest = static_cast<std::uint64_t>((training.duration() / 4 + to_begin).count());
    if (training.run_and_kill(Micros(rng.below(longest)))) {
      ++result.ended;
      training.restart();
      continue;
    }
    ++result.kills;
    result.with_temporary += training.temporaries() > 0 ? 1 : 0;
    training.check_files();
  }
  return result;
}

}  // namespace

int main(int count, char** arguments) {
  const bool has_number = count == 3 && std::string_view(arguments[1]) == "--kills";
  const long kills = has_number ? std::strtol(arguments[2], nullptr, 10) : count == 1 ? 1000 : 0;
  if (kills <= 0) {
    std::fprintf(stderr, "usage: %s [--kills <number>]\n", arguments[0]);
    return 2;
  }
  try {
    const auto start = Clock::now();
    const Result result = kill_trainings(kills);
    const double seconds = std::chrono::duration<double>(Clock::now() - start).count();
    std::printf("%ld kills, %ld left a temporary file, %ld trainings ended, %.0f s\n", result.kills,
                result.with_temporary, result.ended, seconds);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "kill_trainings: %s\n", error.what());
    return 1;
  }
}
