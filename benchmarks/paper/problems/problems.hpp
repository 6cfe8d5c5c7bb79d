#pragma once
// SPDX-License-Identifier: Apache-2.0
// The problems of the paper, without their data.

#include "paper/problem.hpp"

namespace qmtl::benchmark::paper {

[[nodiscard]] Problem semeval_problem();
[[nodiscard]] Problem glue_problem();
[[nodiscard]] Problem ham10000_problem();
[[nodiscard]] Problem medmnist_problem();
[[nodiscard]] Problem mustard_problem();

}  // namespace qmtl::benchmark::paper
