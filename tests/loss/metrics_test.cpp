// SPDX-License-Identifier: Apache-2.0
// Metrics on cases counted by hand or documented by scikit-learn: ties, missing labels, absent classes.

#include "qmtl/loss/metrics.hpp"

#include <cmath>

#include "qmtl/core/rng.hpp"
#include "support/catch.hpp"
#include "support/throws.hpp"

namespace metrics_test {

using namespace qmtl;
using qmtl::test::message_of;

template <class S>
constexpr S nan_of = std::numeric_limits<S>::quiet_NaN();

double auc_of(const std::vector<double>& scores, const std::vector<int>& labels) {
  std::vector<ScoredRow> rows;
  for (std::size_t i = 0; i < scores.size(); ++i) rows.push_back({scores[i], labels[i] == 1});
  return roc_auc(rows);
}

template <class S>
Eigen::Matrix<S, 1, Eigen::Dynamic> row_of(const std::vector<S>& values) {
  return Eigen::Map<const Eigen::Matrix<S, 1, Eigen::Dynamic>>(values.data(), static_cast<Eigen::Index>(values.size()));
}

TEST_CASE("the area under the ROC curve on cases counted by hand") {
  // The example of scikit-learn's documentation of roc_auc_score.
  CHECK(auc_of({0.1, 0.4, 0.35, 0.8}, {0, 0, 1, 1}) == Approx(0.75));
  CHECK(auc_of({1, 2, 3, 4}, {0, 0, 1, 1}) == 1.0);
  CHECK(auc_of({4, 3, 2, 1}, {0, 0, 1, 1}) == 0.0);
  CHECK(auc_of({5, 5, 5, 5, 5}, {0, 1, 0, 1, 1}) == 0.5);
  // Pairs: 2 beats 1; 2 ties 2; 3 beats 1 and 2: 3.5 of 4.
  CHECK(auc_of({2, 1, 2, 3}, {1, 0, 0, 1}) == Approx(3.5 / 4));
  CHECK(std::isnan(auc_of({1, 2}, {1, 1})));
  CHECK(std::isnan(auc_of({1, 2}, {0, 0})));
  CHECK(std::isnan(auc_of({}, {})));
}

TEST_CASE("the area under the ROC curve is the share of pairs in the right order, ties counting half") {
  Rng rng(Seed{2});
  for (int trial = 0; trial < 20; ++trial) {
    std::vector<double> scores;
    std::vector<int> labels;
    for (int i = 0; i < 60; ++i) {
      scores.push_back(static_cast<double>(rng.below(7)));  // many ties
      labels.push_back(rng.uniform() < 0.3 ? 1 : 0);
    }
    double right = 0.0, pairs = 0.0;
    for (std::size_t i = 0; i < 60; ++i) {
      for (std::size_t j = 0; j < 60; ++j) {
        if (labels[i] != 1 || labels[j] != 0) continue;
        pairs += 1.0;
        right += scores[i] > scores[j] ? 1.0 : scores[i] == scores[j] ? 0.5 : 0.0;
      }
    }
    CHECK(auc_of(scores, labels) == Approx(right / pairs).epsilon(1e-12));
  }
}

TEST_CASE("macro F1 is the mean over the classes that occur in the labels or the predictions") {
  // The example of scikit-learn's documentation of f1_score: labels 0 1 2 0 1 2, predictions 0 2 1 0 0 1.
  CHECK(macro_f1(std::vector<std::size_t>{2, 0, 0, 1, 0, 1, 0, 2, 0}, 3) == Approx(0.8 / 3));
  // Class 2 is neither a label nor a prediction: it does not count. F1 of 0: 4/5, of 1: 2/3.
  CHECK(macro_f1(std::vector<std::size_t>{2, 0, 0, 1, 1, 0, 0, 0, 0}, 3) == Approx((0.8 + 2.0 / 3.0) / 2));
  // Class 2 is predicted once and never a label: it counts with F1 0. F1 of 0: 2/3, of 1: 1.
  CHECK(macro_f1(std::vector<std::size_t>{1, 0, 1, 0, 2, 0, 0, 0, 0}, 3) == Approx((2.0 / 3.0 + 1.0) / 3));
  CHECK(std::isnan(macro_f1(std::vector<std::size_t>(4), 2)));
  CHECK_THROWS_AS(macro_f1(std::vector<std::size_t>(4), 3), ShapeError);
}

TEST_CASE("the majority class is the most frequent, the lowest of equals, or none") {
  CHECK(majority_class<double>(row_of<double>({0, 2, 2, -1, -1, -1, 1}), LabelKind{3}) == 2);
  CHECK(majority_class<double>(row_of<double>({2, 1, 2, 1}), LabelKind{3}) == 1);
  CHECK(majority_class<double>(row_of<double>({-1, nan_of<double>}), LabelKind{3}) == -1);
  CHECK(majority_class<double>(row_of<double>({1.5, 1.5}), LabelKind{0}) == -1);
  CHECK(message_of<ValueError>([] {
          (void)majority_class<double>(row_of<double>({0, 2}), LabelKind{2});
        }).find("majority class: label, row 1") != std::string::npos);
}

TEMPLATE_TEST_CASE("a binary task judged by hand, one label missing", "", float, double) {
  using S = TestType;
  Batch<S> logits(1, 6);
  logits << 2, -1, S(0.5), 9, S(-0.5), -2;
  const auto labels = row_of<S>({1, 0, 0, -1, 1, 0});
  const TaskMetrics m = evaluate_task<S>("sarcasm", logits, labels, LabelKind{2}, 0);
  CHECK(m.name == "sarcasm");
  CHECK(m.classes == 2);
  CHECK(m.labelled == 5);
  CHECK(m.accuracy == Approx(3.0 / 5));  // wrong: 0.5 for 0 and -0.5 for 1
  CHECK(m.majority == Approx(3.0 / 5));
  CHECK(m.macro_f1 == Approx((4.0 / 6 + 2.0 / 4) / 2));
  CHECK(m.auc == Approx(5.0 / 6));  // of 2 x 3 pairs, only -0.5 against 0.5 is in the wrong order
  const auto bce = [](double z) { return std::log1p(std::exp(z)); };
  CHECK(m.loss == Approx((bce(-2) + bce(-1) + bce(0.5) + bce(0.5) + bce(-2)) / 5));
  CHECK(std::isnan(m.r2));

  Batch<S> two = Batch<S>::Constant(2, 6, S(0.25));
  two.row(1) += logits;
  const TaskMetrics same = evaluate_task<S>("sarcasm", two, labels, LabelKind{2}, 0);
  CHECK(same.loss == Approx(m.loss));
  CHECK(same.accuracy == m.accuracy);
  CHECK(same.auc == Approx(m.auc));
}

TEST_CASE("the baseline answers with the class that was most frequent in training, not in the set judged") {
  const Batch<double> logits = Batch<double>::Zero(1, 4);
  const auto labels = row_of<double>({1, 0, 1, 1});
  CHECK(evaluate_task<double>("t", logits, labels, LabelKind{2}, 0).majority == 0.25);
  CHECK(evaluate_task<double>("t", logits, labels, LabelKind{2}, 1).majority == 0.75);
  CHECK(std::isnan(evaluate_task<double>("t", logits, labels, LabelKind{2}, -1).majority));
  CHECK(evaluate_task<double>("t", logits, labels, LabelKind{2}, 0).accuracy == 0.25);  // a logit of 0 is class 0
}

TEST_CASE("three classes judged by hand, one against the rest from the probabilities") {
  // Logits are logarithms of probabilities, plus a constant a row that must not matter.
  Batch<double> logits(3, 4);
  logits << 0.7, 0.2, 0.3, 0.1,  //
      0.2, 0.5, 0.4, 0.3,        //
      0.1, 0.3, 0.3, 0.6;
  logits = logits.array().log().matrix();
  logits.rowwise() += Eigen::RowVector4d(3.0, -5.0, 0.0, 11.0);
  const TaskMetrics m = evaluate_task<double>("t", logits, row_of<double>({0, 1, 0, 2}), LabelKind{3}, 0);
  CHECK(m.accuracy == 0.75);
  CHECK(m.majority == 0.5);
  // Class 0: positives 0.7, 0.3, negatives 0.2, 0.1: 1. Class 1: 0.5 against 0.2, 0.4, 0.3: 1. Class 2: 1.
  CHECK(m.auc == 1.0);
  CHECK(m.macro_f1 == Approx((2.0 / 3 + 2.0 / 3 + 1.0) / 3));
  CHECK(m.loss == Approx(-(std::log(0.7) + std::log(0.5) + std::log(0.3) + std::log(0.6)) / 4));

  // Without class 2 among the labels, its curve is undefined and left out.
  const TaskMetrics two = evaluate_task<double>("t", logits, row_of<double>({0, 1, 0, 1}), LabelKind{3}, 0);
  // Class 0: 0.7, 0.3 against 0.2, 0.1: 1. Class 1: 0.5, 0.3 against 0.2, 0.4: 3 of 4.
  CHECK(two.auc == Approx((1.0 + 0.75) / 2));
  // Predictions 0 1 1 2: F1 of 0: 2/3, of 1: 1/2, of 2: 0, for it was predicted.
  CHECK(two.macro_f1 == Approx((2.0 / 3 + 0.5) / 3));
  // With one class only, none is defined.
  CHECK(std::isnan(evaluate_task<double>("t", logits, row_of<double>({1, 1, 1, 1}), LabelKind{3}, 0).auc));
}

TEST_CASE("a real-valued task has a squared error and R2, and no class metrics") {
  Batch<double> outputs(1, 5);
  outputs << 1.5, 2.0, 100.0, 2.0, 5.0;
  const TaskMetrics m =
      evaluate_task<double>("t", outputs, row_of<double>({1.0, 2.0, nan_of<double>, 3.0, 6.0}), LabelKind{0}, -1);
  CHECK(m.labelled == 4);
  CHECK(m.loss == Approx(2.25 / 4));     // errors 0.5, 0, -1, -1
  CHECK(m.r2 == Approx(1 - 2.25 / 14));  // deviations -2, -1, 0, 3
  CHECK(m.rmse == Approx(0.75));
  CHECK(m.mae == Approx(2.5 / 4));
  CHECK(std::isnan(m.accuracy));
  CHECK(std::isnan(m.majority));
  CHECK(std::isnan(m.macro_f1));
  CHECK(std::isnan(m.auc));
  CHECK(std::isnan(evaluate_task<double>("t", outputs, row_of<double>({2, 2, 2, 2, 2}), LabelKind{0}, -1).r2));
}

TEST_CASE("R2 needs labels that vary by more than rounding, and no unit in which squares do not overflow") {
  Batch<double> outputs(1, 4);
  outputs << 1.5, 2.0, 2.0, 5.0;  // errors 0.5, 0, -1, -1
  const auto r2 = [](const Batch<double>& y, const Eigen::RowVectorXd& labels) {
    return evaluate_task<double>("t", y, labels, LabelKind{0}, -1).r2;
  };
  const Eigen::RowVector4d labels(1.0, 2.0, 3.0, 6.0);
  for (const double unit : {1e-300, 1e-160, 1e160, 1e300})
    CHECK(r2(unit * outputs, unit * labels) == Approx(1 - 2.25 / 14));
  CHECK(std::isnan(r2(outputs, Eigen::RowVector4d(0.3, 0.1 + 0.2, 0.3, 0.3))));
}

TEST_CASE("the loss of a real-valued task is in units of the spread, its errors in those of the target") {
  Batch<double> outputs(1, 4);
  outputs << 150, 200, 200, 500;
  const auto labels = row_of<double>({100.0, 200.0, 300.0, 600.0});
  const TaskMetrics m = evaluate_task<double>("t", outputs, labels, LabelKind{0}, -1, {.centre = 300, .spread = 50});
  CHECK(m.rmse == Approx(75.0));
  CHECK(m.mae == Approx(62.5));
  CHECK(m.loss == Approx(2.25));
  CHECK(m.r2 == Approx(1 - 2.25 / 14));
}

TEST_CASE("without labels every figure is undefined") {
  const TaskMetrics m =
      evaluate_task<double>("t", Batch<double>::Zero(1, 2), row_of<double>({-1, -1}), LabelKind{2}, 0);
  CHECK(m.labelled == 0);
  for (const double figure : {m.loss, m.accuracy, m.majority, m.macro_f1, m.auc, m.rmse, m.mae, m.r2}) {
    CHECK(std::isnan(figure));
  }
}

TEST_CASE("figures of weighted rows are those of so many copies of them") {
  Rng rng(Seed{6});
  for (const LabelKind kind : {LabelKind{2}, LabelKind{3}, LabelKind{0}}) {
    const Eigen::Index outputs = kind.classes == 3 ? 3 : 1;
    Batch<double> predictions(outputs, 30), copied(outputs, 0);
    std::vector<double> labels, weights, copied_labels;
    for (Eigen::Index row = 0; row < 30; ++row) {
      for (Eigen::Index o = 0; o < outputs; ++o) predictions(o, row) = std::round(2.0 * rng.normal());  // with ties
      labels.push_back(row % 7 == 6 ? nan_of<double> : static_cast<double>(rng.below(kind.classes == 2 ? 2 : 3)));
      const auto weight = static_cast<Eigen::Index>(rng.below(4));
      weights.push_back(0.3 * static_cast<double>(weight));
      for (Eigen::Index i = 0; i < weight; ++i) {
        copied.conservativeResize(outputs, copied.cols() + 1);
        copied.col(copied.cols() - 1) = predictions.col(row);
        copied_labels.push_back(labels.back());
      }
    }
    const auto weighted = evaluate_task<double>("t", predictions, row_of(labels), kind, 1, {.spread = 2.0}, weights);
    const auto copies = evaluate_task<double>("t", copied, row_of(copied_labels), kind, 1, {.spread = 2.0});
    CHECK(weighted.labelled == 26);
    for (const auto figure :
         {&TaskMetrics::loss, &TaskMetrics::accuracy, &TaskMetrics::majority, &TaskMetrics::macro_f1, &TaskMetrics::auc,
          &TaskMetrics::rmse, &TaskMetrics::mae, &TaskMetrics::r2}) {
      CHECK(std::isnan(weighted.*figure) == std::isnan(copies.*figure));
      if (!std::isnan(copies.*figure)) CHECK(std::abs(weighted.*figure - copies.*figure) < 1e-13);
    }
  }
  const auto refused = [](std::vector<double> weights) {
    return message_of<ValueError>([&] {
      (void)evaluate_task<double>("t", Batch<double>::Zero(1, 3), row_of<double>({0, 1, -1}), LabelKind{2}, 0, {},
                                  weights);
    });
  };
  CHECK(refused({0, 0, 5}) ==
        "qmtl: metrics of task 't': sample weights, expected one above 0 of a labelled row, got 0");
  CHECK(refused({0, -1, 5}) ==
        "qmtl: metrics of task 't': sample weights, row 1: expected a finite number from 0, got -1");
}

TEST_CASE("logits that left the finite numbers are reported, not ranked") {
  Batch<double> logits = Batch<double>::Zero(1, 3);
  logits(0, 1) = nan_of<double>;
  CHECK(message_of<NumericalError>([&] {
          (void)evaluate_task<double>("sarcasm", logits, row_of<double>({0, 1, 1}), LabelKind{2}, 0);
        }) == "qmtl: metrics of task 'sarcasm': logits, expected finite numbers, got another in row 1");
}

TEST_CASE("shapes that do not fit are shape errors") {
  const Batch<double> logits = Batch<double>::Zero(2, 3);
  CHECK_THROWS_AS(evaluate_task<double>("t", logits, row_of<double>({0, 1, 1}), LabelKind{3}, 0), ShapeError);
  CHECK_THROWS_AS(evaluate_task<double>("t", logits, row_of<double>({0, 1}), LabelKind{2}, 0), ShapeError);
}

TEST_CASE("the area under the curve of separable rows is 1 with whatever weights, and never more") {
  Rng rng(Seed{4});
  for (int repeat = 0; repeat < 200; ++repeat) {
    Batch<double> logits(1, 40);
    std::vector<double> labels, weights;
    for (Eigen::Index row = 0; row < 40; ++row) {
      labels.push_back(row % 2 == 0 ? 0.0 : 1.0);
      logits(0, row) = (row % 2 == 0 ? -1.0 : 1.0) * (1.0 + rng.uniform(0.0, 1.0));
      weights.push_back(0.1 + rng.uniform(0.0, 1.0));
    }
    const auto figures = evaluate_task<double>("t", logits, row_of(labels), LabelKind{2}, 1, {}, weights);
    CHECK(figures.auc <= 1.0);
    CHECK(figures.auc > 1.0 - 1e-14);
  }
}

}  // namespace metrics_test
