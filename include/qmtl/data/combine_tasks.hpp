#pragma once
// SPDX-License-Identifier: Apache-2.0
// Several data sets as one data set of all their tasks, for training one backbone on them together.

#include <cstddef>
#include <limits>
#include <span>
#include <vector>

#include "qmtl/data/dataset.hpp"

namespace qmtl::inline QMTL_ABI {
namespace detail {

template <Scalar S>
[[nodiscard]] Dataset<S> combine_tasks(std::span<const Dataset<S>* const> sets) {
  if (sets.empty()) throw ValueError("qmtl: combine_tasks: data sets, expected at least one, got none");
  Eigen::Index rows = 0;
  Eigen::Index tasks = 0;
  bool weighted = false;
  Dataset<S> out;
  for (const Dataset<S>* set : sets) {
    require_size("combine_tasks: features of each data set, as of the first,", set->features(), sets[0]->features());
    require_sample_columns(*set);
    require_sample_weights(*set);
    rows += set->rows();
    tasks += set->tasks();
    weighted = weighted || !set->sample_weights.empty();
    out.task_names.insert(out.task_names.end(), set->task_names.begin(), set->task_names.end());
  }
  require_different_names(out.task_names, "combine_tasks");
  if (!out.task_names.empty()) {
    require_size("combine_tasks: number of task names", out.task_names.size(), tasks);
  }
  out.inputs.resize(sets[0]->features(), rows);
  out.labels.setConstant(tasks, rows, std::numeric_limits<S>::quiet_NaN());
  if (rows == 0) return out;  // a block of it would begin at an offset from a null pointer
  rows = tasks = 0;
  for (const Dataset<S>* set : sets) {
    out.inputs.middleCols(rows, set->rows()) = set->inputs;
    out.labels.block(tasks, rows, set->tasks(), set->rows()) = set->labels;
    if (weighted) {
      out.sample_weights.insert(out.sample_weights.end(), set->sample_weights.begin(), set->sample_weights.end());
      out.sample_weights.resize(static_cast<std::size_t>(rows + set->rows()), 1.0);
    }
    rows += set->rows();
    tasks += set->tasks();
  }
  return out;
}

}  // namespace detail

/// One data set of the rows and the tasks of all `sets`, in order; a row's labels of the other sets' tasks are missing
/// (NaN), and rows of sets without sample weights count 1 where another set has some. Throws ShapeError where the sets
/// differ in their features or only some have task names, ValueError where two tasks have the same name or there is no
/// set. Cost: one copy.
template <Scalar S>
[[nodiscard]] Dataset<S> combine_tasks(std::span<const Dataset<S>> sets) {
  std::vector<const Dataset<S>*> pointers;
  for (const Dataset<S>& set : sets) pointers.push_back(&set);
  return detail::combine_tasks<S>(pointers);
}

}  // namespace qmtl::inline QMTL_ABI
