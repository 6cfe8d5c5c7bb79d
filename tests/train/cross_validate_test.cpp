// SPDX-License-Identifier: Apache-2.0
// A fold's figures are those of training by hand on its rows alone, whatever the number of threads.

#include "qmtl/train/cross_validate.hpp"

#include <cmath>
#include <cstring>

#include "qmtl/loss/curves.hpp"
#include "support/catch.hpp"
#include "support/throws.hpp"
#include "support/tiny_training.hpp"

namespace cross_validate_test {

using namespace qmtl;
using namespace qmtl::test;

const auto make_model = [] { return TinyModel(Seed{3}); };
const FitOptions options{.epochs = 3, .batch_size = 8, .seed = Seed{5}};

std::vector<Fold> three_folds(Eigen::Index rows) {
  Rng rng(Seed{7});
  return k_fold(rows, 3, rng);
}

bool same_bits(const Batch<double>& a, const Batch<double>& b) {
  return a.size() == b.size() &&
         std::memcmp(a.data(), b.data(), static_cast<std::size_t>(a.size()) * sizeof(double)) == 0;
}

TEST_CASE("each fold is what training by hand on its rows gives") {
  const auto data = tiny_data(60);
  const auto folds = three_folds(60);
  const auto result = cross_validate(make_model, data, options, folds);
  REQUIRE(result.metrics.size() == 3);
  REQUIRE(result.reports.size() == 3);
  for (std::size_t f = 0; f < folds.size(); ++f) {
    auto model = make_model();
    const auto train = data.select(folds[f].train), held_out = data.select(folds[f].held_out);
    const auto report = fit(model, train, options);
    CHECK(result.reports[f].history.back().train_loss == report.history.back().train_loss);
    const auto metrics = evaluate(model, held_out, majority_classes(model, train));
    for (std::size_t t = 0; t < 2; ++t) {
      CHECK(result.metrics[f][t].name == metrics[t].name);
      CHECK(result.metrics[f][t].labelled == metrics[t].labelled);
      CHECK(result.metrics[f][t].loss == metrics[t].loss);
      CHECK(result.metrics[f][t].majority == metrics[t].majority);
      CHECK(result.metrics[f][t].auc == metrics[t].auc);
    }
    CHECK(result.metrics[f][2].r2 == metrics[2].r2);
    const Batch<double> predictions = model.predict(held_out.inputs);
    Eigen::Index from = 0;
    for (const Eigen::Index row : folds[f].held_out) {
      CHECK(result.predictions.col(row) == predictions.col(from++));
    }
  }
}

TEST_CASE("the number of threads changes no bit") {
  const auto data = tiny_data(60);
  Rng rng(Seed{1});
  const auto folds = repeated_folds(2, rng, [](Rng& r) { return k_fold(60, 3, r); });
  const auto one = cross_validate(make_model, data, options, folds);
  for (const int threads : {2, 5}) {
    const auto many = cross_validate(make_model, data, options, folds, {.threads = threads});
    CHECK(same_bits(one.predictions, many.predictions));
    CHECK(to_table(one) == to_table(many));
  }
}

TEST_CASE("a fold's training, standardisation included, sees nothing of the rows that it holds out") {
  auto data = tiny_data(60);
  const auto folds = three_folds(60);
  const auto before = cross_validate(make_model, data, options, folds).predictions;
  const auto& held_out = folds[1].held_out;
  data.inputs.col(held_out[0]).setConstant(1e6);
  for (const Eigen::Index row : held_out) data.labels.col(row) << 0, 2, 1e6;
  const auto after = cross_validate(make_model, data, options, folds).predictions;
  for (std::size_t i = 1; i < held_out.size(); ++i) CHECK(before.col(held_out[i]) == after.col(held_out[i]));
  CHECK(before.col(folds[0].held_out[0]) != after.col(folds[0].held_out[0]));  // whose training has them
}

TEST_CASE("rows that several folds hold out have the mean of their predictions, others none") {
  const auto data = tiny_data(40);
  std::vector<Fold> folds{{{}, {0, 1}}, {{}, {1, 2}}};
  for (Eigen::Index row = 3; row < 40; ++row) {
    folds[0].train.push_back(row);
    if (row % 2 == 0) folds[1].train.push_back(row);
  }
  const auto both = cross_validate(make_model, data, options, folds);
  const auto first = cross_validate(make_model, data, options, std::span(folds).first(1)).predictions;
  const auto second = cross_validate(make_model, data, options, std::span(folds).last(1)).predictions;
  CHECK(both.predictions.col(0) == first.col(0));
  CHECK(both.predictions.col(1).isApprox(0.5 * (first.col(1) + second.col(1)), 1e-14));
  CHECK(both.predictions.col(2) == second.col(2));
  CHECK(both.predictions.col(3).array().isNaN().all());
  CHECK_THROWS_AS(both.probabilities(0), NumericalError);
}

TEST_CASE("predictions of rows not seen are probabilities and classes, fit for metrics and thresholds") {
  const auto data = tiny_data(60);
  const auto result = cross_validate(make_model, data, options, three_folds(60));
  const Batch<double> p = result.probabilities(1);
  CHECK(p.rows() == 3);
  CHECK(p.colwise().sum().isApproxToConstant(1.0, 1e-12));
  Eigen::Index top = 0;
  p.col(17).maxCoeff(&top);
  CHECK(result.classes(1)[17] == top);
  CHECK(result.classes(0, 0.0) == std::vector<int>(60, 1));
  const auto truth = class_labels<double>(data.labels.row(0), LabelKind{2});
  CHECK(std::isfinite(roc_auc(truth, result.probabilities(0))));
  CHECK_THROWS_AS(result.probabilities(2), ShapeError);
  CHECK_THROWS_AS(result.classes(3), ShapeError);
}

TEST_CASE("a share of the training rows can be set aside for early stopping") {
  const auto data = tiny_data(60);
  auto stopping = options;
  stopping.early_stopping = EarlyStopping{.patience = 1};
  CHECK_THROWS_AS(cross_validate(make_model, data, stopping, three_folds(60)), ValueError);
  const auto result = cross_validate(make_model, data, stopping, three_folds(60), {.validation = 0.25});
  CHECK(result.reports[0].history.front().validation[1].labelled == 10);  // of 40
  CHECK_THROWS_AS(cross_validate(make_model, data, options, three_folds(60), {.validation = 1.0}), ValueError);
  CHECK_THROWS_AS(cross_validate(make_model, data, options, three_folds(60), {.validation = std::nan("")}), ValueError);
}

TEST_CASE("rows count by their sample weights in training, and by choice in the metrics") {
  auto data = tiny_data(60);
  for (int row = 0; row < 60; ++row) data.sample_weights.push_back(row % 3);
  const auto folds = three_folds(60);
  const auto result = cross_validate(make_model, data, options, folds, {.weighted_metrics = true});
  auto model = make_model();
  fit(model, data.select(folds[0].train), options);
  const auto held_out = data.select(folds[0].held_out);
  CHECK(result.metrics[0][0].auc == evaluate_weighted(model, held_out)[0].auc);
  CHECK(result.metrics[0][0].loss != evaluate(model, held_out)[0].loss);
}

TEST_CASE("the error of the first fold that fails is thrown, whatever the number of threads") {
  const auto data = tiny_data(60);
  auto failing = options;
  failing.callbacks.push_back(
      [](const EpochRecord& record) -> bool { throw ValueError("loss " + std::to_string(record.train_loss)); });
  const auto thrown = [&](int threads) {
    return message_of<ValueError>(
        [&] { (void)cross_validate(make_model, data, failing, three_folds(60), {.threads = threads}); });
  };
  CHECK(thrown(1) == thrown(3));
}

TEST_CASE("folds and options that do not fit are refused by name") {
  const auto data = tiny_data(20);
  const auto message = [&](const std::vector<Fold>& folds) {
    return message_of<ValueError>([&] { (void)cross_validate(make_model, data, options, folds); });
  };
  CHECK(message({}) == "qmtl: cross-validation: expected at least one fold, got none");
  CHECK(message({{{1, 2}, {2, 3}}}) ==
        "qmtl: cross-validation: fold 0: row 2, expected rows that are trained on or held out, got one that is both");
  CHECK(message({{{1, 2}, {3}}, {{}, {1}}}) ==
        "qmtl: cross-validation: fold 1: expected rows to train on and rows held out, got 0 and 1");
  CHECK_THROWS_AS(cross_validate(make_model, data, options, std::vector<Fold>{{{1}, {20}}}), ShapeError);
  CHECK_THROWS_AS(cross_validate(make_model, data, options, three_folds(20), {.threads = 0}), ValueError);
  auto saving = options;
  saving.checkpoint = Checkpointing{.path = "never_written"};
  CHECK_THROWS_AS(cross_validate(make_model, data, saving, three_folds(20)), ValueError);
}

TEST_CASE("the table has mean and deviation over the folds of what is defined") {
  CrossValidation<double> result;
  for (const double auc : {0.8, 0.9}) {
    result.metrics.push_back({{.name = "first", .classes = 2, .labelled = 5, .loss = 0.5, .auc = auc},
                              {.name = "price", .labelled = 5, .loss = 0.25, .rmse = 1000 * auc, .r2 = auc}});
  }
  CHECK(to_table(result) ==
        "mean of 2 folds   loss     +-    AUC     +-  RMSE     +-     R2     +-\n"
        "first            0.500  0.000  0.850  0.071     -      -      -      -\n"
        "price            0.250  0.000      -      -   850  70.71  0.850  0.071\n");
}

}  // namespace cross_validate_test
