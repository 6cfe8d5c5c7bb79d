#pragma once
// SPDX-License-Identifier: Apache-2.0
// A clock for tests, on which time passes by waiting only.

#include <memory>

namespace qmtl::test {

/// Copies share their time.
struct FakeClock {
  std::shared_ptr<double> time = std::make_shared<double>(0.0);

  [[nodiscard]] double now() const noexcept { return *time; }
  void sleep(double seconds) const noexcept { *time += seconds; }
};

}  // namespace qmtl::test
