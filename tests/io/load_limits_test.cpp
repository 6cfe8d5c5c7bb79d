// SPDX-License-Identifier: Apache-2.0
// Limits of loaders: sums and products that do not fit are too large, and what is at a limit is within it.

#include "qmtl/io/load_limits.hpp"

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "support/catch.hpp"
#include "support/throws.hpp"

namespace load_limits_test {

using qmtl::FileError;
using qmtl::LoadLimits;
using qmtl::detail::LoadBudget;
using qmtl::detail::require_extents;
using qmtl::test::message_of;

constexpr std::uint64_t most = std::numeric_limits<std::uint64_t>::max();

TEST_CASE("sums and products end at the largest number") {
  static_assert(qmtl::detail::saturated_product(most, 0) == 0);
  static_assert(qmtl::detail::saturated_product(0, most) == 0);
  static_assert(qmtl::detail::saturated_product(std::uint64_t{1} << 32, std::uint64_t{1} << 32) == most);
  static_assert(qmtl::detail::saturated_product(std::uint64_t{1} << 32, (std::uint64_t{1} << 32) - 1) == most - ~0u);
  static_assert(qmtl::detail::saturated_sum(most, 1) == most);
  static_assert(qmtl::detail::saturated_sum(most - 1, 1) == most);
}

TEST_CASE("a budget adds up, and takes what its limit allows") {
  LoadBudget budget({.bytes = 100});
  budget.take(60, "a");
  budget.take_matrix(5, 2, 4, "b");
  CHECK(message_of<FileError>([&] { budget.take(1, "c"); }) ==
        "qmtl: c: too large when loaded, expected at most 100 bytes in all (LoadLimits::bytes), got 101");
  LoadBudget other({.bytes = most - 1});
  CHECK_THROWS_AS(other.take_matrix(most / 2, 3, 1, "d"), FileError);
}

TEST_CASE("the ratio counts for packed files, beyond what is free") {
  const LoadLimits limits{.ratio = 10, .ratio_free_bytes = 1000};
  LoadBudget(limits).take(1'000'000, "plain");
  LoadBudget(limits, 1).take(1000, "free");
  LoadBudget(limits, 200).take(2000, "at the ratio");
  CHECK(message_of<FileError>([&] { LoadBudget(limits, 200).take(2001, "x.npz"); }) ==
        "qmtl: x.npz: a zip bomb? 200 packed bytes become 2001, expected a ratio of at most 10 (LoadLimits::ratio)");
}

TEST_CASE("axes are checked one by one and multiplied") {
  const LoadLimits limits{.rows = 10, .columns = 12};
  using Shape = std::vector<std::size_t>;
  for (const Shape& shape : {Shape{}, Shape{10}, Shape{10, 12}, Shape{0, 3, 4}, Shape{10, 0}, Shape{1, 12, 0}}) {
    CHECK_NOTHROW(require_extents(shape, limits, "x"));
  }
  for (const Shape& shape : {Shape{11}, Shape{11, 0}, Shape{0, 13}, Shape{0, 3, 5}, Shape{0, 0, 13}, Shape{0, 13, 0}}) {
    CHECK_THROWS_AS(require_extents(shape, limits, "x"), FileError);
  }
}

}  // namespace load_limits_test
