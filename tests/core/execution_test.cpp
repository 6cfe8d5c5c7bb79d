// SPDX-License-Identifier: Apache-2.0
// Workers run every part once a round, round after round; policies are checked.

#include "qmtl/core/execution.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <memory>

#include "support/catch.hpp"
#include "support/throws.hpp"

namespace execution_test {

using namespace qmtl;

TEST_CASE("workers run each part once a round", "[core][execution]") {
  detail::Workers workers(3);
  CHECK(workers.count() == 3);
  std::array<int, 3> calls{};
  for (int round = 0; round < 500; ++round) {
    workers.run([&calls](int i) { ++calls[static_cast<std::size_t>(i)]; });
    for (const int count : calls) REQUIRE(count == round + 1);
  }
}

TEST_CASE("workers end even if they never ran", "[core][execution]") {
  for (int i = 0; i < 20; ++i) const detail::Workers workers(2);
  SUCCEED();
}

/// Runs body() in a child process; true if it returned true within ten seconds.
template <class Body>
bool in_child(const Body& body) {
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    ::alarm(10);
    ::_exit(body() ? 0 : 1);
  }
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

bool each_part_runs(detail::Workers& workers) {
  workers.keep_threads();
  std::array<int, 3> calls{};
  for (int round = 0; round < 50; ++round) workers.run([&calls](int i) { ++calls[static_cast<std::size_t>(i)]; });
  return calls == std::array{50, 50, 50};
}

TEST_CASE("workers go on working in a child of fork, in its children, and in the parent", "[core][execution]") {
  detail::Workers workers(3);
  CHECK(each_part_runs(workers));
  CHECK(in_child([&] { return each_part_runs(workers) && each_part_runs(workers); }));
  CHECK(in_child([&] { return in_child([&] { return each_part_runs(workers); }) && each_part_runs(workers); }));
  CHECK(each_part_runs(workers));
}

TEST_CASE("workers can be ended in a child of fork, used there or not", "[core][execution]") {
  auto workers = std::make_unique<detail::Workers>(3);
  CHECK(in_child([&] { return workers.reset(), true; }));
  CHECK(in_child([&] { return each_part_runs(*workers) && (workers.reset(), true); }));
}

TEST_CASE("thread counts", "[core][execution]") {
  CHECK(thread_count(Sequential{}) == 1);
  CHECK(thread_count(Threads{3}) == 3);
  CHECK(test::message_of<ValueError>([] { (void)thread_count(Threads{0}); }).find("got 0") != std::string::npos);
  CHECK_THROWS_AS(thread_count(Threads{-2}), ValueError);
}

}  // namespace execution_test
