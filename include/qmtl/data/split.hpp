#pragma once
// SPDX-License-Identifier: Apache-2.0
// Seeded partitions of the rows of a data set into training, validation and test rows.

#include <algorithm>
#include <array>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <numeric>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "qmtl/core/error.hpp"
#include "qmtl/core/rng.hpp"
#include "qmtl/data/dataset.hpp"

namespace qmtl::inline QMTL_ABI {

/// Shares of the rows, each in [0, 1], together 1.
struct SplitFractions {
  double train = 0.7;
  double validation = 0.15;
  double test = 0.15;
};

/// Row numbers of the parts, each ascending; disjoint, and together every row.
struct SplitIndices {
  std::vector<Eigen::Index> train, validation, test;
};

namespace detail {

/// Throws ValueError unless the fractions are in [0, 1] and sum to 1 (to 1e-6, for fractions written in float).
inline void require_fractions(const SplitFractions& fractions) {
  const auto check = [](const char* name, double value) {
    if (value >= 0.0 && value <= 1.0) return;
    throw ValueError(text("qmtl: split: ", name, " fraction, expected a number in [0, 1], got ", value));
  };
  check("train", fractions.train);
  check("validation", fractions.validation);
  check("test", fractions.test);
  const double sum = fractions.train + fractions.validation + fractions.test;
  if (std::abs(sum - 1.0) > 1e-6) {
    throw ValueError(text("qmtl: split: sum of the fractions, expected 1, got ", sum, ": train ", fractions.train,
                          ", validation ", fractions.validation, ", test ", fractions.test));
  }
}

/// The rounded product of two numbers: fused with a later difference it would send other rows to other parts.
[[nodiscard]] inline double rounded_product(double a, double b) noexcept {
  const volatile double product = a * b;
  return product;
}

/// Deals rows out one at a time, each to the part that lags its share most, so that every prefix of `order`, and
/// hence every run of it, is divided nearly in proportion. Exact where all shares are whole numbers of rows.
template <class Order>
[[nodiscard]] SplitIndices deal_rows(const Order& order, const SplitFractions& fractions) {
  const std::array<double, 3> share{fractions.train, fractions.validation, fractions.test};
  std::array<std::vector<typename Order::value_type>, 3> parts;
  for (std::size_t i = 0; i < order.size(); ++i) {
    std::array<double, 3> lag{};
    for (std::size_t p = 0; p < 3; ++p) {
      lag[p] = rounded_product(share[p], static_cast<double>(i + 1)) - static_cast<double>(parts[p].size());
    }
    const auto most = std::max_element(lag.begin(), lag.end()) - lag.begin();
    parts[static_cast<std::size_t>(most)].push_back(order[i]);
  }
  const std::array<const char*, 3> names{"train", "validation", "test"};
  for (std::size_t p = 0; p < 3; ++p) {
    if (share[p] > 0.0 && parts[p].empty()) {
      throw ValueError(text("qmtl: split: ", names[p], " part, expected at least one row for a fraction of ", share[p],
                            ", got none of ", order.size(), " rows"));
    }
    std::sort(parts[p].begin(), parts[p].end());
  }
  return {std::move(parts[0]), std::move(parts[1]), std::move(parts[2])};
}

}  // namespace detail

/// Divides `rows` rows at random. Each part is its share of the rows, rounded up or down.
/// Throws ValueError for impossible fractions, and where a part with a positive fraction would be empty; ShapeError
/// for a negative number of rows. Draws rows - 1 numbers.
[[nodiscard]] SplitIndices split(Eigen::Index rows, const SplitFractions& fractions, std::same_as<Rng> auto& rng) {
  detail::require_fractions(fractions);
  if (rows < 0) throw ShapeError(detail::text("qmtl: split: rows, expected at least 0, got ", rows));
  std::vector<Eigen::Index> order(static_cast<std::size_t>(rows));
  std::iota(order.begin(), order.end(), Eigen::Index{0});
  shuffle(order, rng);
  return detail::deal_rows(order, fractions);
}

/// As `split`, but every class of task `task` (and its rows without a label) is divided in proportion too: each part
/// has of each class its share to within two rows. Throws ShapeError if there is no such task, ValueError if its
/// labels are not classes, and what `split` throws.
template <Scalar S>
[[nodiscard]] SplitIndices stratified_split(const Dataset<S>& data, int task, LabelKind kind,
                                            const SplitFractions& fractions, Rng& rng) {
  detail::require_fractions(fractions);
  detail::require_sample_columns(data);
  if (task < 0 || task >= data.tasks()) {
    throw ShapeError(detail::text("qmtl: stratified split: task, expected 0 to ", data.tasks() - 1, ", got ", task));
  }
  if (kind.classes < 2) {
    throw ValueError(detail::text("qmtl: stratified split: classes, expected at least 2, got ", kind.classes));
  }
  const std::string where = detail::text("stratified split: label of task ", data.task_label(task));
  std::vector<std::vector<Eigen::Index>> strata(static_cast<std::size_t>(kind.classes) + 1);  // the last: missing
  for (Eigen::Index row = 0; row < data.rows(); ++row) {
    const S label = data.labels(task, row);
    const bool missing = is_missing(kind, label);
    if (!missing) detail::require_label(kind, label, where, row);
    strata[missing ? strata.size() - 1 : static_cast<std::size_t>(label)].push_back(row);
  }
  std::vector<Eigen::Index> order;
  order.reserve(static_cast<std::size_t>(data.rows()));
  for (auto& stratum : strata) {
    shuffle(stratum, rng);
    for (const Eigen::Index row : stratum) order.push_back(row);
  }
  return detail::deal_rows(order, fractions);
}

}  // namespace qmtl::inline QMTL_ABI
