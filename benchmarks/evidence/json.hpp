#pragma once
// SPDX-License-Identifier: Apache-2.0
// A run as JSON.

#include <nlohmann/json.hpp>
#include <vector>

#include "evidence/results.hpp"
#include "evidence/run_facts.hpp"

namespace qmtl::benchmark::evidence {

/// {"command", "quick", "finished", "seeds", "epochs", "resamples", "benchmarks": [...], "goals": [...]}, an entry for
/// each data set, regime, dimension, hidden layer and head. References are in each regime and dimension, as what they
/// are compared with is; "chosen" are the heads whose hidden layer the validation rows chose. Tasks of others have no
/// "difference".
[[nodiscard]] nlohmann::ordered_json to_json(const std::vector<DatasetResult>& results, const Comparisons& comparisons,
                                             const RunFacts& facts);

}  // namespace qmtl::benchmark::evidence
