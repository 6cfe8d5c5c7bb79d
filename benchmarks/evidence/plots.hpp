#pragma once
// SPDX-License-Identifier: Apache-2.0
// Plots of AUC against parameters.

#include <vector>

#include "evidence/results.hpp"
#include "plot.hpp"

namespace qmtl::benchmark::evidence {

/// Mean test AUC against head parameters and against parameters in all, a panel a regime: a point for every head of
/// every representation with its deviation over seeds, the Pareto front of these points, numbered as pareto_section
/// lists them, and lines for chance and for `mlp`. And the heads that differ from `quantum` in one thing, a curve a
/// representation.
[[nodiscard]] std::vector<Plot> make_plots(const DatasetResult& data);

}  // namespace qmtl::benchmark::evidence
