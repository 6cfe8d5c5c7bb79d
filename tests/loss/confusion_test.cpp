// SPDX-License-Identifier: Apache-2.0
// Confusion matrices and what follows from them, against scikit-learn's documentation and counted by hand.

#include "qmtl/loss/confusion.hpp"

#include <cmath>
#include <limits>

#include "qmtl/core/rng.hpp"
#include "support/catch.hpp"
#include "support/throws.hpp"

namespace confusion_test {

using namespace qmtl;
using qmtl::test::message_of;
using Classes = std::vector<int>;
using Weights = std::vector<double>;

Approx close(double value) { return Approx(value).epsilon(1e-12); }

void check_scores(const ClassScores& scores, double precision, double recall, double f1, double support) {
  CHECK(scores.precision == close(precision));
  CHECK(scores.recall == close(recall));
  CHECK(scores.f1 == close(f1));
  CHECK(scores.support == close(support));
}

TEST_CASE("the confusion matrix of scikit-learn's documentation of confusion_matrix") {
  // sklearn.metrics.confusion_matrix: [2, 0, 2, 2, 0, 1] against [0, 0, 2, 2, 0, 2].
  ConfusionCounts expected(3, 3);
  expected << 2, 0, 0, 0, 0, 1, 1, 0, 2;
  const ConfusionCounts counted = confusion_matrix(Classes{2, 0, 2, 2, 0, 1}, Classes{0, 0, 2, 2, 0, 2}, 3);
  CHECK(counted == expected);
  // "In the binary case": [0, 1, 0, 1] against [1, 1, 1, 0]: tn, fp, fn, tp = 0, 2, 1, 1.
  ConfusionCounts binary(2, 2);
  binary << 0, 2, 1, 1;
  CHECK(confusion_matrix(Classes{0, 1, 0, 1}, Classes{1, 1, 1, 0}, 2) == binary);

  ConfusionCounts of_truth(3, 3), of_predictions(3, 3);
  of_truth << 1, 0, 0, 0, 0, 1, 1.0 / 3, 0, 2.0 / 3;
  of_predictions << 2.0 / 3, 0, 0, 0, 0, 1.0 / 3, 1.0 / 3, 0, 2.0 / 3;  // a class that is never predicted: 0
  CHECK(normalized(counted, ConfusionShare::of_truth).isApprox(of_truth, 1e-15));
  CHECK(normalized(counted, ConfusionShare::of_predictions).isApprox(of_predictions, 1e-15));
  CHECK(normalized(counted, ConfusionShare::of_all).isApprox(expected / 6.0, 1e-15));
}

TEST_CASE("a missing label does not count, and a weight counts as so many rows") {
  const Classes truth{2, 0, -1, 2, 2, 0, 1}, predicted{0, 0, 1, 2, 2, 0, 2};
  CHECK(confusion_matrix(truth, predicted, 3) ==
        confusion_matrix(Classes{2, 0, 2, 2, 0, 1}, Classes{0, 0, 2, 2, 0, 2}, 3));
  const ConfusionCounts weighed = confusion_matrix(truth, predicted, 3, Weights{3, 1, 7, 0, 1, 2, 0.5});
  ConfusionCounts expected(3, 3);
  expected << 3, 0, 0, 0, 0, 0.5, 3, 0, 1;
  CHECK(weighed == expected);
  CHECK(confusion_matrix(Classes{}, Classes{}, 2) == ConfusionCounts::Zero(2, 2));
}

TEST_CASE("the report of scikit-learn's documentation of classification_report") {
  // y_true = [0, 1, 2, 2, 2], y_pred = [0, 0, 2, 2, 1]: two digits are printed there.
  const auto report = precision_recall(Classes{0, 1, 2, 2, 2}, Classes{0, 0, 2, 2, 1}, 3);
  check_scores(report.classes[0], 0.5, 1.0, 2.0 / 3, 1);
  check_scores(report.classes[1], 0.0, 0.0, 0.0, 1);
  check_scores(report.classes[2], 1.0, 2.0 / 3, 0.8, 3);
  CHECK(report.accuracy == close(0.6));
  check_scores(report.macro, 0.5, 5.0 / 9, (2.0 / 3 + 0.8) / 3, 5);     // printed: 0.50 0.56 0.49
  check_scores(report.weighted, 0.7, 0.6, (2.0 / 3 + 3 * 0.8) / 5, 5);  // printed: 0.70 0.60 0.61
  check_scores(report.micro, 0.6, 0.6, 0.6, 5);
}

TEST_CASE("the means of scikit-learn's documentation of precision_recall_fscore_support") {
  // cat, dog, pig, cat, dog, pig against cat, pig, dog, cat, cat, dog: macro (0.222, 0.333, 0.266), micro 0.33,
  // weighted (0.222, 0.333, 0.266).
  const auto report = precision_recall(Classes{0, 1, 2, 0, 1, 2}, Classes{0, 2, 1, 0, 0, 1}, 3);
  check_scores(report.macro, 2.0 / 9, 1.0 / 3, 0.8 / 3, 6);
  check_scores(report.micro, 1.0 / 3, 1.0 / 3, 1.0 / 3, 6);
  check_scores(report.weighted, 2.0 / 9, 1.0 / 3, 0.8 / 3, 6);
}

TEST_CASE("classes that do not occur are no part of the means; what is never predicted has precision 0") {
  const auto report = precision_recall(Classes{0, 0, 1}, Classes{0, 0, 0}, 4);
  CHECK(std::isnan(report.classes[2].precision));
  CHECK(std::isnan(report.classes[3].f1));
  check_scores(report.classes[1], 0.0, 0.0, 0.0, 1);
  check_scores(report.macro, 1.0 / 3, 0.5, 0.4, 3);
  const auto none = precision_recall(Classes{-1, -1}, Classes{0, 0}, 2);
  CHECK(std::isnan(none.accuracy));
  CHECK(std::isnan(none.macro.f1));
  CHECK(none.weighted.support == 0.0);
}

TEST_CASE("macro F1 and accuracy are those of evaluate_task") {
  Rng rng(Seed{4});
  Classes truth, predicted;
  std::vector<std::size_t> counts(16);
  for (int i = 0; i < 300; ++i) {
    truth.push_back(static_cast<int>(rng.below(3)));  // class 3 is only predicted
    predicted.push_back(static_cast<int>(rng.below(4)));
    ++counts[static_cast<std::size_t>(4 * truth.back() + predicted.back())];
  }
  CHECK(precision_recall(truth, predicted, 4).macro.f1 == close(macro_f1(counts, 4)));
}

TEST_CASE("balanced accuracy of scikit-learn's documentation, and adjusted for chance") {
  const Classes truth{0, 1, 0, 0, 1, 0}, predicted{0, 1, 0, 0, 0, 1};
  CHECK(balanced_accuracy(truth, predicted, 2) == 0.625);
  CHECK(adjusted_balanced_accuracy(confusion_matrix(truth, predicted, 2)) == 0.25);  // (0.625 - 1/2) / (1 - 1/2)
  // A class without rows is no chance either: recalls 1 and 1/2 of the two that have some.
  const auto confusion = confusion_matrix(Classes{0, 1, 1}, Classes{0, 1, 2}, 3);
  CHECK(balanced_accuracy(confusion) == 0.75);
  CHECK(adjusted_balanced_accuracy(confusion) == 0.5);
  CHECK(balanced_accuracy(Classes{1, 1}, Classes{1, 0}, 2) == 0.5);
  CHECK(std::isnan(adjusted_balanced_accuracy(confusion_matrix(Classes{1, 1}, Classes{1, 0}, 2))));
  CHECK(std::isnan(balanced_accuracy(Classes{-1}, Classes{1}, 2)));
  CHECK(std::isnan(adjusted_balanced_accuracy(ConfusionCounts::Zero(2, 2))));
  // Weights 3 and 1 on the rows of class 1: recall 3/4.
  CHECK(balanced_accuracy(truth, predicted, 2, Weights{1, 3, 1, 1, 1, 1}) == (0.75 + 0.75) / 2);
}

TEST_CASE("what is no class, no weight or no matrix is refused by name") {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  CHECK(message_of<ValueError>([] {
          (void)confusion_matrix(Classes{0, 2}, Classes{0, 1}, 2);
        }) ==
        "qmtl: confusion matrix: label of row 1, expected one below 2, or a negative one where it is missing, got 2");
  CHECK(message_of<ValueError>([] {
          (void)confusion_matrix(Classes{0, 1}, Classes{0, -1}, 2);
        }) == "qmtl: confusion matrix: prediction of row 1, expected a class from 0 to 1, got -1");
  CHECK_THROWS_AS(confusion_matrix(Classes{0}, Classes{0}, 1), ValueError);
  CHECK_THROWS_AS(confusion_matrix(Classes{0}, Classes{0, 1}, 2), ShapeError);
  CHECK_THROWS_AS(confusion_matrix(Classes{0}, Classes{0}, 2, Weights{1, 2}), ShapeError);
  for (const double weight : {-1.0, nan, std::numeric_limits<double>::infinity()}) {
    CHECK_THROWS_AS(confusion_matrix(Classes{0}, Classes{0}, 2, Weights{weight}), ValueError);
  }
  CHECK_THROWS_AS(precision_recall(ConfusionCounts(2, 3)), ShapeError);
  CHECK_THROWS_AS(balanced_accuracy(ConfusionCounts(0, 0)), ShapeError);
  CHECK_THROWS_AS(normalized(ConfusionCounts(1, 2), ConfusionShare::of_all), ShapeError);
}

TEMPLATE_TEST_CASE("labels of a data set as numbers of classes", "", float, double) {
  Batch<TestType> labels(2, 4);
  labels << 0, 2, -1, std::numeric_limits<TestType>::quiet_NaN(), 1, 1, 1, 7;
  CHECK(class_labels<TestType>(labels.row(0), LabelKind{3}) == Classes{0, 2, -1, -1});
  CHECK_THROWS_AS(class_labels<TestType>(labels.row(1), LabelKind{3}), ValueError);
  CHECK_THROWS_AS(class_labels<TestType>(labels.row(0), LabelKind{0}), ValueError);
}

TEST_CASE("the probabilities of one class as scores") {
  Batch<double> probabilities(2, 3);
  probabilities << 0.1, 0.25, 1, 0.9, 0.75, 0;
  CHECK(scores_of_class(probabilities, 1) == Weights{0.9, 0.75, 0});
  CHECK_THROWS_AS(scores_of_class(probabilities, 2), ShapeError);
  CHECK_THROWS_AS(scores_of_class(probabilities, -1), ShapeError);
}

}  // namespace confusion_test
