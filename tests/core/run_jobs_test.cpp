// SPDX-License-Identifier: Apache-2.0
// Every job is done once; the error of the lowest job that fails is the one that is thrown.

#include "qmtl/core/run_jobs.hpp"

#include <string>
#include <vector>

#include "support/catch.hpp"

namespace run_jobs_test {

using namespace qmtl;

TEST_CASE("every job is done once, on any number of threads") {
  for (const int threads : {1, 2, 7}) {
    for (const std::size_t count : {0u, 1u, 100u}) {
      std::vector<int> done(count);
      detail::run_jobs(count, threads, [&](std::size_t i) { ++done[i]; });
      CHECK(done == std::vector<int>(count, 1));
    }
  }
  CHECK_THROWS_AS(detail::run_jobs(1, 0, [](std::size_t) {}), ValueError);
}

TEST_CASE("the error of the lowest job that fails is thrown, and no job is started after it") {
  for (const int threads : {1, 2, 7}) {
    for (int trial = 0; trial < 20; ++trial) {
      std::string caught;
      std::vector<int> done(1000);
      try {
        detail::run_jobs(done.size(), threads, [&](std::size_t i) {
          done[i] = 1;
          if (i >= 3) throw ValueError("job " + std::to_string(i));
        });
      } catch (const ValueError& error) {
        caught = error.what();
      }
      CHECK(caught == "job 3");
      CHECK(done.back() == 0);
    }
  }
}

}  // namespace run_jobs_test
