#pragma once
// SPDX-License-Identifier: Apache-2.0
// All experiments of a run, and the comparisons that its report makes, corrected for their number.

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "evidence/significance.hpp"

namespace qmtl::benchmark::evidence {

/// Rows of each class of a task: of the first fold, and of the test rows of all folds.
struct TaskRows {
  std::vector<int> train, test;
};

/// All experiments on one data set.
struct DatasetResult {
  std::string name;
  int features = 0;
  Eigen::Index train_rows = 0, test_rows = 0;  ///< of the first fold; of all folds
  std::vector<Experiment> experiments{};
  Experiment references{};  ///< see run_references
  int folds = 1;
  std::string source{};           ///< data sets of the same source share rows
  std::vector<TaskRows> tasks{};  ///< of each task
};

/// A kind of representation, which several data sets may have.
struct Place {
  enum class Extent { number, by_tasks, all };

  Regime regime = Regime::frozen;
  Extent extent = Extent::number;
  int features = 0;  ///< where they are a number

  friend bool operator==(const Place&, const Place&) = default;
};

/// By tasks: behind a trained backbone a feature a task, or four where these are more; frozen, two a task.
[[nodiscard]] Place place_of(const DatasetResult& data, Regime regime, int dimension);

/// "trained backbone, a feature a task".
[[nodiscard]] std::string to_string(const Place& place);

/// A head and the experiment that it is of.
struct Entry {
  const Experiment* experiment = nullptr;
  const HeadOutcome* head = nullptr;
};

/// What is compared on one representation of a data set: every head once. With a trained backbone, each head with the
/// hidden layer that the validation rows chose for it.
struct View {
  const DatasetResult* data = nullptr;
  Regime regime = Regime::frozen;
  int dimension = 0;
  std::vector<Entry> heads{};  ///< references last
};

/// The heads of no more parameters in all than so many, of each name the one that is best on validation rows.
struct Budget {
  int parameters = 0;
  std::vector<Entry> heads{};
};

struct CompareOptions {
  std::string against = "linear";
  double margin = 0.01;
  BootstrapOptions bootstrap{};
  int threads = 1;
};

/// One head less another, on the same test rows; p values and interval by the bootstrap's error, corrected for few
/// trainings, and the degrees of freedom of DeLong's.
struct Comparison {
  BootstrapDifference difference{};                            ///< without its resamples
  double p_alone = undefined_metric;                           ///< not corrected
  double p = undefined_metric, p_inferior = undefined_metric;  ///< corrected by Holm's method
  DeLongDifference by_delong{};                                ///< its p as it is
  std::vector<DeLongDifference> tasks{};                       ///< empty where the comparison is not of a view
};

/// The head of a name; null if there is none.
[[nodiscard]] const HeadOutcome* find_head(const Experiment& experiment, const std::string& name);

/// What the heads of an experiment are compared with: one of them, or a reference. Null if there is none.
[[nodiscard]] Entry find_base(const DatasetResult& data, const Experiment& experiment, const std::string& name);

/// The head of a name; its members null if there is none.
[[nodiscard]] Entry find_entry(const std::vector<Entry>& entries, const std::string& name);

/// In the order of the experiments.
[[nodiscard]] std::vector<View> views_of(const DatasetResult& data);

/// Of all experiments with one kind of representation: a budget for each total of the head `against`, smallest first.
/// None of several folds: validation rows that choose are test rows of others.
[[nodiscard]] std::vector<Budget> equal_totals(const DatasetResult& data, Regime regime, const std::string& against);

/// A value for each source of data: the mean of its data sets, whose rows are the same. NaN does not count.
class BySource {
 public:
  void add(const std::string& source, double value);
  [[nodiscard]] std::vector<double> means() const;

 private:
  struct Sum {
    std::string source;
    double sum = 0.0;
    int count = 0;
  };
  std::vector<Sum> sums_;
};

/// -1, 0 or 1: significantly below, neither, significantly above, at 5 %.
[[nodiscard]] int verdict(double difference, double p);

/// Comparisons by heads, corrected for their number by Holm's method: differences of means, claims of non-inferiority
/// and single tasks are a family each.
class ComparisonFamily {
 public:
  using Pair = std::pair<const HeadOutcome*, const HeadOutcome*>;

  /// p values are not corrected yet.
  void add(const Pair& pair, Comparison comparison, double margin);
  /// Corrects all that were added.
  void correct();
  /// Null for what is not compared.
  [[nodiscard]] const Comparison* find(const HeadOutcome& head, const HeadOutcome& base) const;
  [[nodiscard]] const std::map<Pair, Comparison>& all() const noexcept { return comparisons_; }
  /// Single tasks that were tested.
  [[nodiscard]] int task_tests() const noexcept { return static_cast<int>(p_tasks_.size()); }

 private:
  std::vector<Pair> order_;  // in which they were added
  std::map<Pair, Comparison> comparisons_;
  std::vector<double> p_, p_inferior_, p_tasks_;  // as they are
};

/// Every comparison that the report makes, each once: with the head `against` on the same representation and backbone,
/// which may be a reference, in each view, and at equal totals; and, families apart, those of the goals (goals.hpp) to
/// be above and not to be below, on the same representation and backbone.
class Comparisons {
 public:
  explicit Comparisons(CompareOptions options) : options_(std::move(options)) {}
  /// Of all results.
  Comparisons(const std::vector<DatasetResult>& results, CompareOptions options);

  /// Data that stay where they are. Throws ValueError where an experiment has no head `against`.
  void add(const DatasetResult& data);

  /// Null for a head with itself, and for what is not compared.
  [[nodiscard]] const Comparison* find(const HeadOutcome& head, const HeadOutcome& base) const {
    return compared_.find(head, base);
  }
  [[nodiscard]] const CompareOptions& options() const noexcept { return options_; }
  [[nodiscard]] const ComparisonFamily& compared() const noexcept { return compared_; }
  [[nodiscard]] const ComparisonFamily& of_goals(bool above) const noexcept {
    return above ? superiority_goals_ : non_inferiority_goals_;
  }

 private:
  CompareOptions options_;
  ComparisonFamily compared_, superiority_goals_, non_inferiority_goals_;
};

}  // namespace qmtl::benchmark::evidence
