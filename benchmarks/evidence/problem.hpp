#pragma once
// SPDX-License-Identifier: Apache-2.0
// Data sets as models are trained on and judged by them.

#include <string>
#include <vector>

#include "evidence/runtime_model.hpp"
#include "qmtl/data/dataset.hpp"

namespace qmtl::benchmark::evidence {

/// A data set as its publisher split it, or a fold of one. Labels are classes.
struct Problem {
  std::string name;
  Dataset<double> train, test;
  std::vector<int> classes;  ///< of each task
};

/// Reads views of an .npz as load_multitask_npz does; a task has as many classes as its largest label says. Throws as
/// it, and ValueError for fewer than 20 training rows, an input that is not finite or too large, a label that is no
/// class, a view that is there twice or has the labels, a task that has a class without a
/// training row, or that has not two classes among training rows and among test rows: a label below 0 or NaN is
/// missing, and one that a slip has made large would be a class of its own.
[[nodiscard]] Problem load_problem(std::string name, const std::string& path, const std::vector<std::string>& views);

/// Its tasks as a model has them: an output for two classes, else one a class.
[[nodiscard]] std::vector<ModelTask> model_tasks(const Problem& problem);

/// Rows of each class of a task; what is left of the rows has no label.
[[nodiscard]] std::vector<int> class_counts(const Dataset<double>& rows, std::size_t task, int classes);

}  // namespace qmtl::benchmark::evidence
