#pragma once
// SPDX-License-Identifier: Apache-2.0
// A model and the encoder of its tables as one: trained on tables, it predicts for tables, by names and in units.

#include <concepts>
#include <cstddef>
#include <functional>
#include <numeric>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "qmtl/core/error.hpp"
#include "qmtl/data/dataset.hpp"
#include "qmtl/io/table.hpp"
#include "qmtl/model/model.hpp"
#include "qmtl/tabular/columns_for.hpp"
#include "qmtl/tabular/predictions.hpp"
#include "qmtl/tabular/table_encoder.hpp"
#include "qmtl/train/fit.hpp"
#include "qmtl/train/predict.hpp"

namespace qmtl::inline QMTL_ABI {
namespace detail {

/// Whether a model is made of a seed and, where its type does not say it, the number of its inputs.
template <class Model>
inline constexpr bool makes_model = std::default_initializable<typename Model::BackboneType> ||
                                    std::constructible_from<typename Model::BackboneType, int>;

/// Throws ShapeError unless a model takes the encoder's features.
template <class Model>
void require_features(const Model& model, const TableEncoder& encoder) {
  if (model.input_size() == encoder.features()) return;
  throw ShapeError(text("qmtl: tabular model: the table gives ", encoder.features(), " features (",
                        listed(encoder.feature_names()), "), the model takes ", model.input_size()));
}

/// The numbers of all rows of a table.
[[nodiscard]] inline std::vector<Eigen::Index> all_rows(const Table& table) {
  std::vector<Eigen::Index> rows(table.rows());
  std::iota(rows.begin(), rows.end(), Eigen::Index{0});
  return rows;
}

/// A model with untrained parameters: of the size in its type, or for so many features.
template <class Model>
requires makes_model<Model>
[[nodiscard]] Model make_model(int features, Seed seed) {
  using Backbone = typename Model::BackboneType;
  if constexpr (std::default_initializable<Backbone>) {
    return Model(seed);
  } else {
    return Model(Backbone(features), seed);
  }
}

}  // namespace detail

/// A model of tables. `fit` learns from the training rows how columns become features and labels (see TableEncoder),
/// makes the model for as many features (`Mlp<Eigen::Dynamic, 32, 8>` finds its input size then) and trains it;
/// `evaluate` and `predict` read any table that has these columns, by name. save_model and load_model of
/// qmtl/tabular/tabular_file.hpp keep all of it in one file.
///
/// There is a target for each task of the model: the column of its name, or the one that TableColumns::targets says.
template <class M>
class TabularModel {
 public:
  using Model = M;
  using Scalar = typename M::Scalar;

  /// A model whose parameters will be drawn from `seed`. Throws ValueError for columns that do not go with the model's
  /// tasks.
  explicit TabularModel(TableColumns columns = {}, Seed seed = Seed{0}) requires(detail::makes_model<M>)
      : TabularModel(std::move(columns), [seed](int features) { return detail::make_model<M>(features, seed); }) {}

  /// A model that `make(features)` returns when it is to be trained or loaded: with a backbone of your own, on threads,
  /// with an executor.
  TabularModel(TableColumns columns, std::function<M(int)> make)
      : encoder_(columns_for<M>(std::move(columns))), make_(std::move(make)) {}

  /// Trains on these rows of a table, as a `split` gives them. The first time the encoder is fitted on them and the
  /// model is made; one that has been trained or loaded goes on with what it has. Throws as TableEncoder and `fit` of a
  /// model do, ValueError also for a table without a target or the weights; if it was the first time, nothing has been
  /// learnt then. Cells of other rows are not looked at.
  FitReport fit(const Table& table, std::span<const Eigen::Index> train, const FitOptions& options = {}) {
    return fit_rows(table, train, nullptr, options);
  }
  /// As above, with metrics on validation rows after every epoch, which early stopping may use.
  FitReport fit(const Table& table, std::span<const Eigen::Index> train, std::span<const Eigen::Index> validation,
                const FitOptions& options = {}) {
    return fit_rows(table, train, &validation, options);
  }

  /// What the rows of the last `fit` held that the encoder was not fitted on: of the training rows only where a model
  /// goes on with what it has learnt before.
  [[nodiscard]] const EncodingReport& training_report() const noexcept { return training_report_; }
  /// The same of its validation rows.
  [[nodiscard]] const EncodingReport& validation_report() const noexcept { return validation_report_; }

  /// Metrics of every task on these rows of a table, or on all, with the most frequent classes of the training rows as
  /// the baseline. Thresholds do not count here. `report`, where it is given, is set to what the training rows did not
  /// have, and the targets that the table does not have. Throws as `labelled` and `evaluate` of a model do.
  [[nodiscard]] std::vector<TaskMetrics> evaluate(const Table& table, std::span<const Eigen::Index> rows,
                                                  EncodingReport* report = nullptr) const {
    return qmtl::evaluate(model(), labelled(table, rows, report), majorities_);
  }
  [[nodiscard]] std::vector<TaskMetrics> evaluate(const Table& table, EncodingReport* report = nullptr) const {
    return evaluate(table, detail::all_rows(table), report);
  }
  /// The same, each row counting as its sample weight; see `evaluate_weighted` of a model. Throws ValueError also for a
  /// table without the column of weights that the model was trained with.
  [[nodiscard]] std::vector<TaskMetrics> evaluate_weighted(const Table& table, std::span<const Eigen::Index> rows,
                                                           EncodingReport* report = nullptr) const {
    require_weights(table, encoder_);
    return qmtl::evaluate_weighted(model(), labelled(table, rows, report), majorities_);
  }

  /// The data set of these rows of a table, to judge the model on. Throws as TableEncoder, ValueError for a table that
  /// has no target.
  [[nodiscard]] Dataset<Scalar> labelled(const Table& table, std::span<const Eigen::Index> rows,
                                         EncodingReport* report = nullptr) const {
    require_model();
    const std::vector<std::string> absent = encoder_.absent_targets(table);
    if (absent.size() == facts().size()) {
      throw ValueError(detail::text("qmtl: tabular model: no column of a target, expected at least one of ",
                                    detail::listed(absent)));
    }
    return encoder_.template dataset<Scalar>(table, rows, report);
  }

  /// Whether it has been trained or loaded.
  [[nodiscard]] bool fitted() const noexcept { return encoder_.fitted(); }
  [[nodiscard]] const TableEncoder& encoder() const noexcept { return encoder_; }
  /// The model, to be set to threads or shots, or judged on data sets of the encoder. Throws LogicError where there is
  /// none yet.
  [[nodiscard]] M& model() {
    require_model();
    return *model_;
  }
  [[nodiscard]] const M& model() const {
    require_model();
    return *model_;
  }

  /// From now on `predict` says class 1 of this task of two classes where its probability is at least `threshold`; it
  /// is saved with the model. `no_threshold` takes it back. Throws ValueError for another task, and below 0.
  void set_threshold(std::string_view task, double threshold) {
    const auto tasks = facts();
    std::vector<double> thresholds = thresholds_;
    if (thresholds.empty()) thresholds.assign(tasks.size(), no_threshold);
    thresholds[detail::index_of_task(tasks, task, "set_threshold")] = threshold;
    detail::require_thresholds("set_threshold", tasks, thresholds);
    thresholds_ = std::move(thresholds);
  }
  /// One a task, or empty where none was set.
  [[nodiscard]] const std::vector<double>& thresholds() const noexcept { return thresholds_; }
  /// The most frequent class of each task in the training rows, -1 where there is none; empty before.
  [[nodiscard]] const std::vector<int>& majorities() const noexcept { return majorities_; }

  /// Predicts every task for every row of a table, whose targets need not be there. Throws as TableEncoder::encode and
  /// predict_probabilities, LogicError before it is trained. A const model predicts on a copy.
  [[nodiscard]] TablePredictions predict(const Table& table) { return predict_with(model(), table); }
  [[nodiscard]] TablePredictions predict(const Table& table) const { return predict_with(model(), table); }

  /// A new model for so many features, untrained.
  [[nodiscard]] M make(int features) const { return make_(features); }

  /// Takes the parts of a trained model; `majorities` and `thresholds` have one number a task, or none.
  void assign(TableEncoder encoder, M model, std::vector<int> majorities, std::vector<double> thresholds) {
    encoder_ = std::move(encoder);
    model_.emplace(std::move(model));
    majorities_ = std::move(majorities);
    thresholds_ = std::move(thresholds);
    training_report_ = validation_report_ = {};
  }

 private:
  [[nodiscard]] static std::vector<TaskFacts> facts() {
    return detail::facts_of(std::type_identity<typename M::HeadType::TaskList>{});
  }

  void require_model() const {
    if (!model_) throw LogicError("qmtl: tabular model: it has neither been trained nor loaded");
  }

  static void require_weights(const Table& table, const TableEncoder& encoder) {
    const std::string& column = encoder.weights_column();
    if (column.empty() || table.contains(column)) return;
    throw ValueError(
        detail::text("qmtl: tabular model: no column ", detail::in_quotes(column), ", which holds weights"));
  }

  /// Throws ValueError unless a table has what a training needs besides features.
  static void require_labels(const Table& table, const TableEncoder& encoder) {
    const std::vector<std::string> absent = encoder.absent_targets(table);
    if (!absent.empty()) {
      throw ValueError(detail::text("qmtl: tabular model: training, expected a column for each target, missing: ",
                                    detail::listed(absent)));
    }
    require_weights(table, encoder);
  }

  FitReport fit_rows(const Table& table, std::span<const Eigen::Index> train,
                     const std::span<const Eigen::Index>* validation, const FitOptions& options) {
    TableEncoder encoder = encoder_;
    if (!encoder.fitted()) encoder.fit(table, train);
    std::optional<M> made;
    if (!model_) made.emplace(make_(encoder.features()));
    M& model = model_ ? *model_ : *made;
    detail::require_features(model, encoder);
    require_labels(table, encoder);
    EncodingReport of_training, of_validation;
    const Dataset<Scalar> rows = encoder.dataset<Scalar>(table, train, &of_training);
    std::vector<int> majorities = majority_classes(model, rows);
    FitReport report =
        validation == nullptr
            ? qmtl::fit(model, rows, options)
            : qmtl::fit(model, rows, encoder.dataset<Scalar>(table, *validation, &of_validation), options);
    if (made) model_.emplace(std::move(*made));
    encoder_ = std::move(encoder);
    majorities_ = std::move(majorities);
    training_report_ = std::move(of_training);
    validation_report_ = std::move(of_validation);
    return report;
  }

  template <class Own>
  [[nodiscard]] TablePredictions predict_with(Own& model, const Table& table) const {
    const EncodedTable encoded = encoder_.encode(table);
    TablePredictions out{.rows = table.rows(), .tasks = {}, .report = encoded.report};
    const std::vector<TableTarget> targets = encoder_.targets();
    const Batch<Scalar> inputs = encoded.inputs.template cast<Scalar>();
    detail::for_each_output(model, inputs, [&](const TaskFacts& task, const Batch<double>& outputs) {
      const std::size_t t = out.tasks.size();
      TaskPredictions& own = out.tasks.emplace_back();
      own.task = task.name;
      if (task.classes == 0) {
        own.values.assign(outputs.data(), outputs.data() + outputs.size());
        return;
      }
      own.class_names = targets[t].class_names;
      own.probabilities = detail::class_probabilities(task, outputs);
      own.classes = detail::most_probable_classes(task, outputs, thresholds_.empty() ? no_threshold : thresholds_[t]);
    });
    return out;
  }

  TableEncoder encoder_;
  std::function<M(int)> make_;
  std::optional<M> model_;
  std::vector<int> majorities_;     // one a task, or empty before training
  std::vector<double> thresholds_;  // one a task, or empty
  EncodingReport training_report_, validation_report_;
};

}  // namespace qmtl::inline QMTL_ABI
