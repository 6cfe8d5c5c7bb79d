#pragma once
// SPDX-License-Identifier: Apache-2.0
// Single lanes of packed amplitudes.

#include <complex>
#include <concepts>
#include <type_traits>

#include "qmtl/engine/lane_amplitude.hpp"

namespace qmtl::test {

template <class S, class A>
[[nodiscard]] std::complex<S> lane_of(const A& amplitude, std::integral auto lane) {
  if constexpr (std::is_same_v<A, ComplexPack<S>>) {
    return {amplitude.re[lane], amplitude.im[lane]};
  } else {
    return amplitude[lane];
  }
}

}  // namespace qmtl::test
