#pragma once
// SPDX-License-Identifier: Apache-2.0
// A model and the encoder of its tables as one: trained on tables, it predicts for tables, by names and in units.

#include <concepts>
#include <cstddef>
#include <functional>
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
  /// model do; if it was the first time, nothing has been learnt then.
  FitReport fit(const Table& table, std::span<const Eigen::Index> train, const FitOptions& options = {}) {
    return fit_rows(table, train, nullptr, options);
  }
  /// As above, with metrics on validation rows after every epoch, which early stopping may use.
  FitReport fit(const Table& table, std::span<const Eigen::Index> train, std::span<const Eigen::Index> validation,
                const FitOptions& options = {}) {
    return fit_rows(table, train, &validation, options);
  }

  /// Metrics of every task on these rows of a table, or on all, with the most frequent classes of the training rows as
  /// the baseline. Thresholds do not count here. Throws as TableEncoder and `evaluate` of a model do.
  [[nodiscard]] std::vector<TaskMetrics> evaluate(const Table& table, std::span<const Eigen::Index> rows) const {
    return qmtl::evaluate(model(), encoder_.template dataset<Scalar>(table).select(rows), majorities_);
  }
  [[nodiscard]] std::vector<TaskMetrics> evaluate(const Table& table) const {
    return qmtl::evaluate(model(), encoder_.template dataset<Scalar>(table), majorities_);
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
    detail::require_thresholds(tasks, thresholds);
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
  }

 private:
  [[nodiscard]] static std::vector<TaskFacts> facts() {
    return detail::facts_of(std::type_identity<typename M::HeadType::TaskList>{});
  }

  void require_model() const {
    if (!model_) throw LogicError("qmtl: tabular model: it has neither been trained nor loaded");
  }

  FitReport fit_rows(const Table& table, std::span<const Eigen::Index> train,
                     const std::span<const Eigen::Index>* validation, const FitOptions& options) {
    TableEncoder encoder = encoder_;
    if (!encoder.fitted()) encoder.fit(table, train);
    std::optional<M> made;
    if (!model_) made.emplace(make_(encoder.features()));
    M& model = model_ ? *model_ : *made;
    detail::require_features(model, encoder);
    const Dataset<Scalar> data = encoder.dataset<Scalar>(table);
    const Dataset<Scalar> rows = data.select(train);
    std::vector<int> majorities = majority_classes(model, rows);
    FitReport report = validation == nullptr ? qmtl::fit(model, rows, options)
                                             : qmtl::fit(model, rows, data.select(*validation), options);
    if (made) model_.emplace(std::move(*made));
    encoder_ = std::move(encoder);
    majorities_ = std::move(majorities);
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
};

}  // namespace qmtl::inline QMTL_ABI
