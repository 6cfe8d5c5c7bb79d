// SPDX-License-Identifier: Apache-2.0
// Workers run every part once a round, round after round; policies are checked.

#include "qmtl/core/execution.hpp"

#include <array>

#include "support/catch.hpp"
#include "support/throws.hpp"

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

TEST_CASE("thread counts", "[core][execution]") {
  CHECK(thread_count(Sequential{}) == 1);
  CHECK(thread_count(Threads{3}) == 3);
  CHECK(test::message_of<ValueError>([] { (void)thread_count(Threads{0}); }).find("got 0") != std::string::npos);
  CHECK_THROWS_AS(thread_count(Threads{-2}), ValueError);
}
