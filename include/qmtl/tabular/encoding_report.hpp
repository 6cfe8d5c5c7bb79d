#pragma once
// SPDX-License-Identifier: Apache-2.0
// What a table held that the training rows did not, and what was made of it.

#include <concepts>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "qmtl/core/error.hpp"
#include "qmtl/core/printable.hpp"

namespace qmtl::inline QMTL_ABI {

/// A value of a categorical column that no training row has; its rows are all zeros there.
struct UnseenValue {
  std::string column, value;
  std::size_t rows = 0;
};

/// A column that has missing cells, where it had none in the training rows: filled in without an indicator, or all
/// zeros.
struct NewlyMissing {
  std::string column;
  std::size_t rows = 0;
};

/// What a table held that the training rows did not. A column that fills up with new values has at most 1000 of them
/// listed, and the rows of all others under the value "...".
struct EncodingReport {
  std::vector<UnseenValue> unseen;          ///< by column, then by value
  std::vector<NewlyMissing> newly_missing;  ///< in the order of columns
  std::vector<std::string> absent_columns;  ///< whose cells were taken for missing
  std::vector<std::string> absent_targets;  ///< columns of labels, where these were asked for: all are missing

  /// Whether there is nothing to tell.
  [[nodiscard]] bool empty() const noexcept {
    return unseen.empty() && newly_missing.empty() && absent_columns.empty() && absent_targets.empty();
  }

  /// Rows with a value of `column` that no training row has.
  [[nodiscard]] std::size_t unseen_rows(std::string_view column) const {
    std::size_t rows = 0;
    for (const UnseenValue& value : unseen) rows += value.column == column ? value.rows : 0;
    return rows;
  }
};

/// A line for each finding, as "column 'plan': 'gold', unseen in training, in 3 rows"; empty where there is none.
template <std::same_as<EncodingReport> Report>
[[nodiscard]] std::string to_string(const Report& report) {
  std::string out;
  const auto rows = [](std::size_t count) { return detail::text(count, count == 1 ? " row\n" : " rows\n"); };
  for (const std::string& column : report.absent_columns) {
    out += detail::text("column ", detail::in_quotes(column), ": absent, taken for missing in all rows\n");
  }
  for (const std::string& column : report.absent_targets) {
    out += detail::text("column ", detail::in_quotes(column), ": absent, its labels are missing in all rows\n");
  }
  for (const UnseenValue& value : report.unseen) {
    out += detail::text("column ", detail::in_quotes(value.column), ": ", detail::in_quotes(value.value),
                        ", unseen in training, in ", rows(value.rows));
  }
  for (const NewlyMissing& cells : report.newly_missing) {
    out += detail::text("column ", detail::in_quotes(cells.column), ": missing, as in no training row, in ",
                        rows(cells.rows));
  }
  return out;
}

}  // namespace qmtl::inline QMTL_ABI
