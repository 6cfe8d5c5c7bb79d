#pragma once
// SPDX-License-Identifier: Apache-2.0
// One division of a data set.

#include <optional>

#include "qmtl/data/dataset.hpp"

namespace qmtl::benchmark {

/// Where the publisher gives no validation rows a search takes some of the training rows.
struct Fold {
  Dataset<double> train;
  std::optional<Dataset<double>> validation{};
  Dataset<double> test;
};

/// Training rows, and validation rows behind them.
[[nodiscard]] Dataset<double> all_training_rows(const Fold& fold);

}  // namespace qmtl::benchmark
