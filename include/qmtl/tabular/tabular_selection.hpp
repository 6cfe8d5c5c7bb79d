#pragma once
// SPDX-License-Identifier: Apache-2.0
// Cross-validation and search for models of tables: what is learnt of columns is learnt anew on each fold.

#include <concepts>
#include <cstddef>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

#include "qmtl/data/k_fold.hpp"
#include "qmtl/io/table.hpp"
#include "qmtl/tabular/tabular_model.hpp"
#include "qmtl/train/cross_validate.hpp"
#include "qmtl/train/search.hpp"

namespace qmtl::inline QMTL_ABI {

namespace detail {

template <class>
inline constexpr bool is_tabular_model = false;
template <class M>
inline constexpr bool is_tabular_model<TabularModel<M>> = true;

/// As `train_fold` of a data set: the encoder is fitted on the rows that the model is trained on.
template <class M>
[[nodiscard]] FoldOutcome<typename M::Scalar> train_fold(TabularModel<M> model, const Table& table, const Fold& fold,
                                                         const FitOptions& options, const CrossValidationOptions& how) {
  if (model.fitted()) {
    throw ValueError("qmtl: cross-validation: expected a new tabular model, got one that has been trained or loaded");
  }
  const TrainingRows rows = training_rows(fold.train, options.seed, how.validation);
  FitReport report = rows.stopping.empty() ? model.fit(table, rows.train, options)
                                           : model.fit(table, rows.train, rows.stopping, options);
  return judge_fold(model.model(), model.labelled(table, fold.held_out), model.majorities(), std::move(report), how);
}

[[nodiscard]] inline Eigen::Index table_rows(const Table& table) { return static_cast<Eigen::Index>(table.rows()); }

}  // namespace detail

/// A callable that returns a new TabularModel, not trained yet; also on several threads at once.
template <class Make>
concept TabularMaker =
    std::invocable<const Make&> && detail::is_tabular_model<std::remove_cvref_t<std::invoke_result_t<const Make&>>>;

/// As `cross_validate` of a data set, for a model of tables: medians, categories and names of classes are learnt on
/// each fold's training rows. Throws as that, and as TabularModel::fit.
template <TabularMaker Make>
[[nodiscard]] auto cross_validate(const Make& make_model, const Table& table, const FitOptions& fit_options,
                                  std::span<const Fold> folds, const CrossValidationOptions& options = {}) {
  using S = typename std::remove_cvref_t<std::invoke_result_t<const Make&>>::Scalar;
  detail::require_no_checkpoint(fit_options);
  return detail::train_folds<S>(detail::table_rows(table), folds, options, [&](const Fold& fold) {
    return detail::train_fold(make_model(), table, fold, fit_options, options);
  });
}

/// As `search` on a data set, where a setting stands for a Training of a TabularModel.
template <class T, std::invocable<const T&> Make>
[[nodiscard]] SearchResult<T> search(const SearchSettings<T>& settings, const Make& make, const Table& table,
                                     std::span<const Fold> folds, const SearchOptions& options = {}) {
  return detail::try_settings(
      settings, make, detail::table_rows(table), folds, options,
      [&](auto training, const Fold& fold, const CrossValidationOptions& how) {
        return detail::train_fold(std::move(training.model), table, fold, training.options, how).metrics;
      });
}

/// The model of the chosen setting, trained on these rows of a table, as those that were divided into folds; one with
/// early stopping or callbacks on all but the share that the search has set aside on each fold. Throws what `best` and
/// TabularModel::fit throw.
template <class T, std::invocable<const T&> Make>
[[nodiscard]] auto fit_best(const SearchResult<T>& found, const Make& make, const Table& table,
                            std::span<const Eigen::Index> rows) {
  auto training = make(found.best().setting);
  const double share = detail::validation_share(training.options, found.validation);
  const auto parts = detail::training_rows(rows, training.options.seed, share);
  if (parts.stopping.empty()) {
    training.model.fit(table, rows, training.options);
  } else {
    training.model.fit(table, parts.train, parts.stopping, training.options);
  }
  return std::move(training.model);
}

/// What the labels of each of a model's tasks are.
template <class M>
[[nodiscard]] std::vector<LabelKind> label_kinds(const TabularModel<M>&) {
  return label_kinds(detail::facts_of(std::type_identity<typename M::HeadType::TaskList>{}));
}

/// As `stratified_k_fold` of a data set, by the targets of a model that has not been trained yet: only their classes
/// are looked at in all rows. Throws as that, and as TableEncoder.
template <class M>
[[nodiscard]] std::vector<Fold> stratified_k_fold(const TabularModel<M>& model, const Table& table, int folds,
                                                  Rng& rng) {
  TableEncoder encoder = model.encoder();
  if (!encoder.fitted()) encoder.fit(table, detail::all_rows(table));
  return stratified_k_fold(encoder.template dataset<double>(table), label_kinds(model), folds, rng);
}

}  // namespace qmtl::inline QMTL_ABI
