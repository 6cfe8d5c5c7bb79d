#pragma once
// SPDX-License-Identifier: Apache-2.0
// The columns of a table for the tasks of a model.

#include <type_traits>
#include <utility>

#include "qmtl/model/model.hpp"
#include "qmtl/tabular/table_columns.hpp"

namespace qmtl::inline QMTL_ABI {

/// The columns with a target for each task of a model, in the model's order: those that `columns` names, in any order,
/// and for other tasks the column of the same name. Throws ValueError for a target that is none of the model's tasks,
/// or has another number of classes.
template <class Model>
[[nodiscard]] TableColumns columns_for(TableColumns columns = {}) {
  const auto tasks = detail::facts_of(std::type_identity<typename Model::HeadType::TaskList>{});
  columns.targets = detail::targets_of(tasks, std::move(columns.targets));
  return columns;
}

}  // namespace qmtl::inline QMTL_ABI
