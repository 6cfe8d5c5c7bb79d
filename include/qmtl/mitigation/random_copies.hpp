#pragma once
// SPDX-License-Identifier: Apache-2.0
// Means over randomised copies of a circuit or program.

#include <concepts>
#include <cstddef>
#include <string_view>
#include <type_traits>

#include "qmtl/core/error.hpp"
#include "qmtl/core/estimate.hpp"
#include "qmtl/core/rng.hpp"

namespace qmtl::inline QMTL_ABI {

/// Gives the expectation value of a copy, exactly or with errors that are unbiased and independent of those of other
/// copies. What draws random numbers takes them from the second argument, a seed of the copy's own.
template <class F, class Copy>
concept CopyEvaluator = std::convertible_to < std::invoke_result_t<F&, const Copy&>,
double > || std::convertible_to<std::invoke_result_t<F&, const Copy&, Seed>, double>;

namespace detail {

template <class Copy, CopyEvaluator<Copy> F>
[[nodiscard]] double value_of_copy(F& evaluate, const Copy& copy, Rng& rng) {
  if constexpr (std::is_invocable_v<F&, const Copy&, Seed>) {
    return static_cast<double>(evaluate(copy, Seed{rng()}));
  } else {
    return static_cast<double>(evaluate(copy));
  }
}

/// The mean over so many numbers draw(rng). Throws ValueError for fewer than two.
template <class Draw>
[[nodiscard]] Estimate mean_over_copies(std::string_view where, std::size_t copies, Seed seed, const Draw& draw) {
  if (copies < 2) throw ValueError(text("qmtl: ", where, ": copies, expected at least 2, got ", copies));
  Rng rng(seed);
  RunningMean mean;
  for (std::size_t i = 0; i < copies; ++i) mean.add(draw(rng));
  return mean.estimate();
}

}  // namespace detail
}  // namespace qmtl::inline QMTL_ABI
