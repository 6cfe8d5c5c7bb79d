#pragma once
// SPDX-License-Identifier: Apache-2.0
// How much memory the process has had at most, for tests that nothing is taken that a file only claims to need.

#include <sys/resource.h>

namespace qmtl::test {

inline long peak_memory_mib() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return usage.ru_maxrss / 1024;
}

}  // namespace qmtl::test
