#pragma once
// SPDX-License-Identifier: Apache-2.0
// Seconds that have passed.

#include <time.h>

#include "qmtl/core/config.hpp"

namespace qmtl::inline QMTL_ABI::detail {

/// Of a clock that never jumps. (<chrono> costs a tenth of what all of Eigen costs to include.)
[[nodiscard]] inline double steady_seconds() noexcept {
  timespec now{};
  (void)::clock_gettime(CLOCK_MONOTONIC, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

}  // namespace qmtl::inline QMTL_ABI::detail
