// SPDX-License-Identifier: Apache-2.0
// What must be right before anything is trained.

#include "evidence/problem.hpp"

#include <algorithm>
#include <utility>

#include "qmtl/core/error.hpp"
#include "qmtl/core/finite.hpp"
#include "qmtl/data/standardizer.hpp"
#include "qmtl/io/dataset_npz.hpp"

namespace qmtl::benchmark::evidence {
namespace {

using qmtl::detail::text;

constexpr Eigen::Index fewest_training_rows = 20;

/// Says whose fault it is that a check of the library finds.
template <class Check>
void naming(const std::string& where, const Check& check) {
  try {
    check();
  } catch (const Error& error) {
    throw ValueError(text(where, ": ", error.what()));
  }
}

[[nodiscard]] std::size_t classes_present(const std::vector<int>& counts) {
  return counts.size() - static_cast<std::size_t>(std::ranges::count(counts, 0));
}

/// How many classes the task has.
[[nodiscard]] int classes_of(const Dataset<double>& train, const Dataset<double>& test, std::size_t task,
                             const std::string& where) {
  double largest = 0.0;
  for (const auto* part : {&train, &test}) {
    for (const double label : part->labels.row(static_cast<Eigen::Index>(task))) {
      largest = label > largest ? label : largest;  // NaN is missing
    }
  }
  const std::string of = where + " task " + train.task_label(static_cast<int>(task)) + ", ";
  constexpr double most = 1e6;
  if (largest >= most) throw ValueError(text(of, "expected labels below ", most, ", got ", largest));
  const int classes = std::max(2, static_cast<int>(largest) + 1);
  const std::string labels = text(" (labels are 0 to ", largest, "; below 0 or NaN: missing)");
  const auto of_train = class_counts(train, task, classes), of_test = class_counts(test, task, classes);
  for (std::size_t c = 0; c < of_train.size(); ++c) {
    if (of_train[c] > 0) continue;
    throw ValueError(text(of, "expected a training row of each class from 0 on, got none of class ", c, labels));
  }
  if (classes_present(of_test) < 2) {
    throw ValueError(text(of, "expected test rows of two classes at least, got of ", classes_present(of_test), labels));
  }
  return classes;
}

}  // namespace

std::vector<int> class_counts(const Dataset<double>& rows, std::size_t task, int classes) {
  std::vector<int> out(static_cast<std::size_t>(classes), 0);
  for (const double label : rows.labels.row(static_cast<Eigen::Index>(task))) {
    if (label >= 0.0 && label < classes) ++out[static_cast<std::size_t>(label)];
  }
  return out;
}

Problem load_problem(std::string name, const std::string& path, const std::vector<std::string>& views) {
  for (std::size_t v = 0; v < views.size(); ++v) {
    if (views[v] == "y" || std::ranges::count(views, views[v]) > 1) {
      throw ValueError("qmtl: data set: '" + path + "': views, expected arrays of inputs, each once, got '" + views[v] +
                       '\'');
    }
  }
  auto parts = load_multitask_npz<double>(path, views);
  Problem out{std::move(name), std::move(parts.train), std::move(parts.test), {}};
  const std::string where = "qmtl: data set: '" + path + "':";
  if (out.train.rows() < fewest_training_rows) {
    throw ValueError(
        text(where, " training rows, expected at least ", fewest_training_rows, ", got ", out.train.rows()));
  }
  for (std::size_t t = 0; t < static_cast<std::size_t>(out.train.labels.rows()); ++t) {
    out.classes.push_back(classes_of(out.train, out.test, t, where));
  }
  std::vector<LabelKind> kinds;
  for (const int classes : out.classes) kinds.push_back({classes});
  naming(where + " training rows", [&] {
    validate(out.train, kinds);
    Standardizer<double>().fit(out.train.inputs);  // which wants finite ones
  });
  naming(where + " test rows", [&] {
    validate(out.test, kinds);
    qmtl::detail::require_finite_inputs<double>(out.test.inputs);
  });
  return out;
}

std::vector<ModelTask> model_tasks(const Problem& problem) {
  std::vector<ModelTask> out;
  for (std::size_t t = 0; t < problem.classes.size(); ++t) {
    const int classes = problem.classes[t];
    out.push_back({problem.train.task_names[t], classes, classes == 2 ? 1 : classes, 0});
  }
  return out;
}

}  // namespace qmtl::benchmark::evidence
