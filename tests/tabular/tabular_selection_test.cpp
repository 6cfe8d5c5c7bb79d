// SPDX-License-Identifier: Apache-2.0
// Folds of a table: what is learnt of columns is learnt on training rows alone.

#include "qmtl/tabular/tabular_selection.hpp"

#include <cmath>
#include <string>

#include "qmtl/backbone/mlp.hpp"
#include "support/catch.hpp"
#include "support/throws.hpp"

namespace tabular_selection_test {

using namespace qmtl;
using qmtl::test::message_of;

using Model = TabularModel<LinearModel<Mlp<Eigen::Dynamic, 3, 2>, Task<"churn", RotationBlock<1>, Window<0, 1>, Binary>,
                                       Task<"spend", RotationBlock<1>, Window<1, 1>, Regression<>>>>;

const auto make_model = [] { return Model({}, Seed{1}); };
const FitOptions options{.epochs = 2, .seed = Seed{5}};

/// Rows with a number, sometimes missing, and a category, which only row 17 has as "rare".
Table customers(const std::string& first_age = "30") {
  std::string csv = "age,plan,churn,spend\n";
  for (int i = 0; i < 60; ++i) {
    csv += i == 0 ? first_age : i % 5 == 4 ? "" : std::to_string(20 + (7 * i) % 31);
    csv += i == 17 ? ",rare," : i % 3 == 0 ? ",gold," : ",basic,";
    csv += i % 7 == 6 ? "," : i % 10 == 0 ? "yes," : "no,";
    csv += std::to_string((11 * i) % 17) + "\n";
  }
  return parse_table(csv, ',');
}

TEST_CASE("each fold is what training a new model on its rows of the table gives, on any number of threads") {
  const Table table = customers();
  Rng rng(Seed{2});
  const auto folds = stratified_k_fold(make_model(), table, 3, rng);
  const auto kinds = label_kinds(make_model());
  CHECK((kinds.size() == 2 && kinds[0].classes == 2 && kinds[1].classes == 0));
  const auto result = cross_validate(make_model, table, options, folds, {.threads = 2});
  for (std::size_t f = 0; f < folds.size(); ++f) {
    auto model = make_model();
    model.fit(table, folds[f].train, options);
    const auto metrics = model.evaluate(table, folds[f].held_out);
    CHECK(result.metrics[f][0].auc == metrics[0].auc);
    CHECK(result.metrics[f][0].majority == metrics[0].majority);
    CHECK(result.metrics[f][1].rmse == metrics[1].rmse);
  }
  CHECK(result.predictions.allFinite());
  CHECK(to_table(cross_validate(make_model, table, options, folds)) == to_table(result));
}

TEST_CASE("the rare class is divided in proportion") {
  const Table table = customers();
  Rng rng(Seed{3});
  for (const Fold& fold : stratified_k_fold(make_model(), table, 3, rng)) {
    int rare = 0;
    for (const Eigen::Index row : fold.held_out) rare += row % 10 == 0 && row % 7 != 6;
    CHECK(rare >= 1);  // of 5: rows 0, 10, 30, 40, 50
    CHECK(rare <= 2);
  }
}

TEST_CASE("medians and categories are those of the training rows") {
  Rng rng(Seed{4});
  const auto folds = k_fold(60, 3, rng);
  const auto before = cross_validate(make_model, customers(), options, folds).predictions;
  const auto after = cross_validate(make_model, customers("1e6"), options, folds).predictions;
  for (const Fold& fold : folds) {
    const bool holds_out = fold.held_out.front() == 0;
    for (const Eigen::Index row : fold.held_out) {
      if (row != 0) CHECK((before.col(row) == after.col(row)) == holds_out);
    }
  }
}

TEST_CASE("a search on a table ends with a model for other tables") {
  struct Tuning {
    double rate = 0.01;
  };
  const auto make = [](const Tuning& tuning) {
    return Training{make_model(), FitOptions{.epochs = 2, .optimizer = Sgd{.learning_rate = tuning.rate}}};
  };
  const Table table = customers();
  Rng rng(Seed{6});
  const auto folds = k_fold(60, 3, rng);
  const auto found = search(SearchSettings<Tuning>{{{1e200}, {0.05}, {0.01}}}, make, table, folds, {.threads = 2});
  REQUIRE(found.trials.size() == 3);
  CHECK(found.trials.back().number == 0);
  CHECK_FALSE(found.trials.back().error.empty());
  const auto model = fit_best(found, make, table, folds[0].train);
  CHECK(model.predict(table).rows == 60);
  const auto stopped = [&](const Tuning& tuning) {
    auto training = make(tuning);
    training.options.early_stopping = EarlyStopping{.patience = 1};
    return training;
  };
  const auto early = search(SearchSettings<Tuning>{{{0.05}}}, stopped, table, folds, {.validation = 0.2});
  CHECK(fit_best(early, stopped, table, folds[0].train).predict(table).rows == 60);
  auto trained = make_model();
  trained.fit(table, folds[0].train, options);
  CHECK(message_of<ValueError>([&] { (void)cross_validate([&] { return trained; }, table, options, folds); }) ==
        "qmtl: cross-validation: expected a new tabular model, got one that has been trained or loaded");
}

}  // namespace tabular_selection_test
