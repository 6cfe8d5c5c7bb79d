// SPDX-License-Identifier: Apache-2.0
// Losses at known points, at extreme logits, against finite differences, and over batches with missing labels.

#include "qmtl/loss/loss.hpp"

#include <cmath>
#include <limits>
#include <vector>

#include "support/catch.hpp"
#include "support/throws.hpp"

namespace loss_test {

using namespace qmtl;
using qmtl::test::message_of;

template <class S>
constexpr S nan_of = std::numeric_limits<S>::quiet_NaN();

TEMPLATE_TEST_CASE("sigmoid and softmax are probabilities for logits of any size", "", float, double) {
  using S = TestType;
  CHECK(sigmoid(S(0)) == S(0.5));
  CHECK(sigmoid(S(2)) == Approx(0.8807970779778823));
  CHECK(sigmoid(S(-2)) == Approx(1.0 - 0.8807970779778823));
  CHECK(sigmoid(S(-80)) == Approx(std::exp(-80.0)).margin(0.0));
  CHECK(sigmoid(S(1e4)) == S(1));
  CHECK(sigmoid(S(-1e4)) == S(0));

  std::vector<S> p{S(1e4), S(1e4 - 1), S(-1e4)};
  softmax<S>(p, p);
  CHECK(p[0] == Approx(1.0 / (1.0 + std::exp(-1.0))));
  CHECK(p[1] == Approx(std::exp(-1.0) / (1.0 + std::exp(-1.0))));
  CHECK(p[2] == S(0));
}

TEMPLATE_TEST_CASE("binary cross-entropy is -log p, exact in both tails", "", float, double) {
  using S = TestType;
  S gradient{};
  CHECK(binary_cross_entropy(S(0), 1, gradient) == Approx(std::log(2.0)));
  CHECK(gradient == Approx(-0.5));
  CHECK(binary_cross_entropy(S(1.5), 0, gradient) == Approx(-std::log(1.0 - 1.0 / (1.0 + std::exp(-1.5)))));
  CHECK(gradient == Approx(1.0 / (1.0 + std::exp(-1.5))));
  CHECK(binary_cross_entropy(S(40), 1, gradient) == Approx(std::exp(-40.0)).margin(0.0));  // not 0
  CHECK(gradient == Approx(-std::exp(-40.0)).margin(0.0));                                 // nor here
  CHECK(binary_cross_entropy(S(-1e4), 1, gradient) == Approx(1e4));
  CHECK(gradient == S(-1));
  CHECK(binary_cross_entropy(S(1e4), 0, gradient) == Approx(1e4));
  CHECK(binary_cross_entropy(S(0.7), S(0.25), gradient) ==  // a soft label
        Approx(0.25 * std::log1p(std::exp(-0.7)) + 0.75 * std::log1p(std::exp(0.7))));
}

TEMPLATE_TEST_CASE("softmax cross-entropy is -log p of the label, exact in both tails", "", float, double) {
  using S = TestType;
  std::vector<S> gradient(3);
  const std::vector<S> even{S(2), S(2), S(2)};
  CHECK(softmax_cross_entropy<S>(even, 1, gradient) == Approx(std::log(3.0)));
  CHECK(gradient[0] == Approx(1.0 / 3));
  CHECK(gradient[1] == Approx(-2.0 / 3));
  const std::vector<S> sure{S(0), S(40), S(1)};
  const double rest = std::exp(-40.0) + std::exp(-39.0);
  CHECK(softmax_cross_entropy<S>(sure, 1, gradient) == Approx(rest).margin(0.0));
  CHECK(gradient[1] == Approx(-rest).margin(0.0));
  CHECK(softmax_cross_entropy<S>(sure, 0, gradient) == Approx(40.0));
  CHECK(gradient[0] == Approx(-1.0));
  const std::vector<S> huge{S(-1e4), S(1e4), S(0)};
  CHECK(softmax_cross_entropy<S>(huge, 0, gradient) == Approx(2e4));
}

TEST_CASE("softmax over the logits 0 and z is binary cross-entropy of z") {
  std::vector<double> two(2);
  double one = 0.0;
  for (const double z : {-30.0, -1.0, 0.0, 0.4, 25.0}) {
    for (const int label : {0, 1}) {
      CHECK(softmax_cross_entropy<double>(std::vector{0.0, z}, label, two) ==
            Approx(binary_cross_entropy(z, label, one)).margin(0.0));
      CHECK(two[1] == Approx(one).margin(0.0));
      CHECK(two[0] == Approx(-one).margin(0.0));
    }
  }
}

/// Logits, labels (one of them missing) and the kind of a batch of five.
template <class S>
struct Case {
  LabelKind kind;
  Batch<S> logits;
  Eigen::Matrix<S, 1, Eigen::Dynamic> labels;
};

template <class S>
std::vector<Case<S>> cases() {
  std::vector<Case<S>> out;
  Batch<S> three(3, 5);
  three << S(0.3), S(-1), S(2), S(0), S(1),  //
      S(1.1), S(0.2), S(-2), S(4), S(0),     //
      S(-0.4), S(0.9), S(0.5), S(-1), S(3);
  Eigen::Matrix<S, 1, Eigen::Dynamic> labels(5);
  labels << 0, 1, -1, 1, 0;
  out.push_back({{2}, three.topRows(1), labels});
  out.push_back({{2}, three.topRows(2), labels});
  labels << 0, 2, -1, 1, 2;
  out.push_back({{3}, three, labels});
  labels << S(-1.5), 2, nan_of<S>, S(0.25), 0;
  out.push_back({{0}, three.topRows(1), labels});
  return out;
}

TEMPLATE_TEST_CASE("the gradient of a batch is that of central differences, and zero where a label is missing", "",
                   float, double) {
  using S = TestType;
  for (const Case<S>& c : cases<S>()) {
    INFO(c.kind.classes << " classes, " << c.logits.rows() << " outputs");
    Batch<S> gradient = Batch<S>::Constant(c.logits.rows(), 5, S(9));
    const TaskLoss loss = task_loss<S>(c.logits, c.labels, c.kind, gradient);
    CHECK(loss.labelled == 4);
    CHECK(gradient.col(2).isZero(S(0)));
    Batch<double> logits = c.logits.template cast<double>();
    const Eigen::RowVectorXd labels = c.labels.template cast<double>();
    Batch<double> unused(logits.rows(), 5);
    for (Eigen::Index i = 0; i < logits.size(); ++i) {
      const double kept = logits.data()[i];
      logits.data()[i] = kept + 1e-5;
      const double above = task_loss<double>(logits, labels, c.kind, unused).loss;
      logits.data()[i] = kept - 1e-5;
      const double below = task_loss<double>(logits, labels, c.kind, unused).loss;
      logits.data()[i] = kept;
      CHECK(gradient.data()[i] == Approx((above - below) / 2e-5).margin(sizeof(S) == 8 ? 1e-9 : 1e-6));
    }
  }
}

TEST_CASE("the loss of a batch is the mean over the samples that have a label") {
  Batch<double> logits(1, 4), gradient(1, 4);
  logits << 1.0, 2.0, 3.0, -4.0;
  Eigen::RowVectorXd labels(4);
  labels << 0.5, nan_of<double>, 5.0, -4.0;
  const TaskLoss loss = task_loss<double>(logits, labels, LabelKind{0}, gradient);
  CHECK(loss.labelled == 3);
  CHECK(loss.loss == Approx((0.25 + 4.0 + 0.0) / 3.0));
  CHECK(gradient(0, 0) == Approx(1.0 / 3.0));
  CHECK(gradient(0, 2) == Approx(-4.0 / 3.0));
}

TEST_CASE("a batch without labels has no loss and no gradient") {
  Batch<double> logits = Batch<double>::Ones(3, 2), gradient = Batch<double>::Ones(3, 2);
  const TaskLoss loss = task_loss<double>(logits, Eigen::RowVectorXd::Constant(2, -1.0), LabelKind{3}, gradient);
  CHECK(loss.labelled == 0);
  CHECK(loss.loss == 0.0);
  CHECK(gradient.isZero(0.0));
}

TEST_CASE("blocks of a larger matrix are read and written in place") {
  const Batch<double> logits = Batch<double>::Random(6, 5);
  Batch<double> labels = Batch<double>::Zero(2, 5);
  labels.row(1) << 0, 2, 1, -1, 2;
  Batch<double> all = Batch<double>::Zero(6, 5), expected(3, 5);
  const TaskLoss in_place =
      task_loss<double>(logits.middleRows(2, 3), labels.row(1), LabelKind{3}, all.middleRows(2, 3));
  const Batch<double> copy = logits.middleRows(2, 3);
  CHECK(task_loss<double>(copy, Eigen::RowVectorXd(labels.row(1)), LabelKind{3}, expected).loss == in_place.loss);
  CHECK(all.middleRows(2, 3) == expected);
  CHECK(all.topRows(2).isZero(0.0));
  CHECK(all.bottomRows(1).isZero(0.0));
}

TEST_CASE("a NaN logit gives a NaN loss") {
  Batch<double> gradient(3, 1);
  const Batch<double> logits = (Batch<double>(3, 1) << 1.0, nan_of<double>, 0.0).finished();
  for (const double label : {0.0, 1.0, 2.0}) {
    const Eigen::RowVectorXd labels = Eigen::RowVectorXd::Constant(1, label);
    CHECK(std::isnan(task_loss<double>(logits, labels, LabelKind{3}, gradient).loss));
  }
  Batch<double> one(1, 1);
  const Eigen::RowVectorXd label = Eigen::RowVectorXd::Ones(1);
  CHECK(std::isnan(task_loss<double>(logits.middleRows(1, 1), label, LabelKind{2}, one).loss));
}

TEST_CASE("outputs that do not fit the labels are shape errors") {
  const auto message = [](int classes, Eigen::Index outputs) {
    return message_of<ShapeError>([&] { require_outputs(LabelKind{classes}, outputs); });
  };
  CHECK(message(3, 1) == "qmtl: loss: outputs of a task with 3 classes, expected 3, got 1");
  CHECK(message(2, 3) == "qmtl: loss: outputs of a task with 2 classes, expected 1 or 2, got 3");
  CHECK(message(0, 2) == "qmtl: loss: outputs of a task with 0 classes, expected 1, got 2");
  CHECK_THROWS_AS(require_outputs(LabelKind{1}, 1), ValueError);
  CHECK_NOTHROW(require_outputs(LabelKind{2}, 2));

  Batch<double> logits = Batch<double>::Zero(1, 4), narrow(1, 3), gradient(1, 4);
  const Eigen::RowVectorXd labels = Eigen::RowVectorXd::Zero(4);
  CHECK(message_of<ShapeError>([&] { task_loss<double>(logits, labels.head(3), LabelKind{2}, gradient); }) ==
        "qmtl: loss: number of labels must be 4, got 3");
  CHECK(message_of<ShapeError>([&] { task_loss<double>(logits, labels, LabelKind{2}, narrow); }) ==
        "qmtl: loss: columns of the gradient must be 4, got 3");
}

TEST_CASE("a label outside its classes is refused, not read past the logits") {
  Batch<double> logits = Batch<double>::Zero(3, 2), gradient(3, 2);
  const Eigen::RowVectorXd labels = (Eigen::RowVectorXd(2) << 0.0, 3.0).finished();
  CHECK(message_of<ValueError>([&] { task_loss<double>(logits, labels, LabelKind{3}, gradient); }) ==
        "qmtl: loss: label, row 1: expected an integer from 0 to 2 (3 classes), or a negative number or NaN where it "
        "is missing, got 3");
}

}  // namespace loss_test
