// SPDX-License-Identifier: Apache-2.0
// Memory that no system has is an error with the number of bytes, wherever a user's number asks for it.

#include "qmtl/core/memory.hpp"

#include <sys/resource.h>

#include <cstdint>
#include <filesystem>
#include <vector>

#include "qmtl/backbone/mlp.hpp"
#include "qmtl/core/file_reader.hpp"
#include "qmtl/core/page_vector.hpp"
#include "qmtl/core/rng.hpp"
#include "qmtl/data/synthetic.hpp"
#include "qmtl/head/encode.hpp"
#include "qmtl/state/sampling.hpp"
#include "support/catch.hpp"
#include "support/impossible_memory.hpp"
#include "support/temp_dir.hpp"
#include "support/throws.hpp"

namespace memory_test {

using namespace qmtl;
using qmtl::test::impossible_memory_throws;
using qmtl::test::message_of;

/// Lets the process have `bytes` of addresses and no more.
class AddressLimit {
 public:
  explicit AddressLimit(rlim_t bytes) {
    REQUIRE(::getrlimit(RLIMIT_AS, &before_) == 0);
    rlimit limited = before_;
    limited.rlim_cur = bytes;
    REQUIRE(::setrlimit(RLIMIT_AS, &limited) == 0);
  }
  ~AddressLimit() { ::setrlimit(RLIMIT_AS, &before_); }

 private:
  rlimit before_{};
};

TEST_CASE("memory that is there is given, and other errors pass") {
  CHECK(detail::with_memory("numbers", 8.0, [] { return std::vector<int>(2); }).size() == 2);
  CHECK_THROWS_AS(detail::with_memory("numbers", 8.0, [] { throw ValueError("another"); }), ValueError);
}

TEST_CASE("a state that does not fit says its bytes") {
  if (!impossible_memory_throws) return;
  const AddressLimit limit(rlim_t{1} << 32);
  CHECK(message_of<MemoryError>([] { StateVector<30> state; }) == "qmtl: StateVector: no memory for 17179869184 bytes");
}

TEST_CASE("numbers that ask for impossible sizes are answered with the bytes") {
  if (!impossible_memory_throws) return;
  CHECK(message_of<MemoryError>([] { detail::PageVector<double> states(std::size_t{1} << 50); }) ==
        "qmtl: states: no memory for 9.00719925e+15 bytes");
  CHECK(message_of<MemoryError>([] { Mlp<Eigen::Dynamic, 1000000> mlp(2000000000); }) ==
        "qmtl: mlp: parameters: no memory for 1.6e+16 bytes");
  CHECK(message_of<MemoryError>([] {
          (void)make_related_tasks({.rows = Eigen::Index{1} << 46});
        }).find("a synthetic data set: no memory for ") != std::string::npos);
  Rng rng(Seed{1});
  const StateVector<2> state;
  CHECK(message_of<MemoryError>([&] { (void)sample(state, std::size_t{1} << 46, rng); }) ==
        "qmtl: sample: no memory for 562949953421312 bytes");
  CHECK_THROWS_AS(sample(state, SIZE_MAX, rng), MemoryError);
}

TEST_CASE("a file larger than memory says its bytes, if its size was allowed") {
  if (!impossible_memory_throws) return;
  const test::TempDir dir;
  const std::string path = dir.write("huge", "");
  std::filesystem::resize_file(path, std::uintmax_t{1} << 42);
  const AddressLimit limit(rlim_t{1} << 32);
  CHECK(message_of<MemoryError>([&] { (void)read_file(path, SIZE_MAX); }) ==
        "qmtl: read_file: no memory for 4398046511105 bytes");
}

}  // namespace memory_test
