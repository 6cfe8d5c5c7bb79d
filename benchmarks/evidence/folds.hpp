#pragma once
// SPDX-License-Identifier: Apache-2.0
// The same experiment on several folds of a data set, as one.

#include <vector>

#include "evidence/experiment.hpp"

namespace qmtl::benchmark::evidence {

/// One fold as it is. Of several, AUCs are means over folds, a seed each; test rows are those of all folds; settings
/// are the first fold's, parameters the largest, and a search at an edge or a diverged training of any fold counts.
/// Throws ShapeError unless all have the same heads, tasks and seeds.
[[nodiscard]] Experiment combine_folds(std::vector<Experiment> folds);

}  // namespace qmtl::benchmark::evidence
