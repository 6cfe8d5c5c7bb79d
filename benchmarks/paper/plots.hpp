#pragma once
// SPDX-License-Identifier: Apache-2.0
// The plots of a study.

#include <vector>

#include "paper/study.hpp"
#include "plot.hpp"

namespace qmtl::benchmark::paper {

/// Test AUC of each task and head, mean AUC against head parameters, and training curves of the chosen settings.
[[nodiscard]] std::vector<Plot> make_plots(const ProblemResult& result);

}  // namespace qmtl::benchmark::paper
