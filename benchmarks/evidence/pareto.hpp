#pragma once
// SPDX-License-Identifier: Apache-2.0
// Heads by parameters and AUC, and the best of them.

#include <string>
#include <vector>

#include "evidence/results.hpp"

namespace qmtl::benchmark::evidence {

/// A head of one representation. Views of the results.
struct HeadPoint {
  int parameters = 0;  ///< of the head, or in all
  MeanDeviation auc{};
  const Experiment* experiment = nullptr;
  const HeadOutcome* head = nullptr;
};

/// All heads of one regime and, if there are any, the references: fewest parameters first, the best first among as
/// many.
[[nodiscard]] std::vector<HeadPoint> points_of(const DatasetResult& data, Regime regime, bool in_all);

/// Those of sorted points that no point of as many parameters or fewer is above, or as good.
[[nodiscard]] std::vector<HeadPoint> pareto_front(const std::vector<HeadPoint>& points);

/// Its fronts as Markdown, their points numbered from 1 on; "" without representations.
[[nodiscard]] std::string pareto_section(const DatasetResult& data);

}  // namespace qmtl::benchmark::evidence
