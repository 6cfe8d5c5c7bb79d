#pragma once
// SPDX-License-Identifier: Apache-2.0
// The heads of the scaling study that are trained, each compiled in a file of its own.

#include "paper/head_kind.hpp"

namespace qmtl::benchmark::paper::scaling {

/// Features of the generated data.
inline constexpr int inputs = 20;

template <int T>
[[nodiscard]] HeadKind quantum();
template <int T>
[[nodiscard]] HeadKind linear();
template <int T>
[[nodiscard]] HeadKind hybrid_shared();
template <int T>
[[nodiscard]] HeadKind hybrid_per_task();

}  // namespace qmtl::benchmark::paper::scaling
