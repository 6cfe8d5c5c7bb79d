// SPDX-License-Identifier: Apache-2.0
// Models: prediction in chunks, standardisation, gradients of backbone and head together, seeds, what is refused.

#include "qmtl/model/model.hpp"

#include <algorithm>
#include <cmath>
#include <span>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "qmtl/backbone/frozen.hpp"
#include "qmtl/backbone/mlp.hpp"
#include "qmtl/head/state_encoding.hpp"
#include "support/catch.hpp"
#include "support/finite_difference.hpp"
#include "support/throws.hpp"

namespace model_test {

using namespace qmtl;
using qmtl::test::message_of;

using A = Task<"a", RotationBlock<2>, Qubits<2, 0>, BinaryReadout<TrainableScale<3>>>;
using B = Task<"b", HardwareEfficientBlock<3>, Window<0, 3>, Classes<3>>;
using C = Task<"c", IdentityBlock<1>, Window<1, 1>, Regression<>>;
using Quantum = QmtlModel<Mlp<5, 4, 3>, AngleEncoding<3>, A, B, C>;
using Linear = LinearModel<Mlp<5, 4, 3>, A, B, C>;

static_assert(Quantum::tasks == 3 && Quantum::outputs == 5 && Quantum::features == 3);
static_assert(Quantum::head_parameters == 5 + 3 && Quantum::task_parameters == std::array{5, 3, 0});
static_assert(Linear::head_parameters == 5 * 4 && Linear::task_parameters == std::array{4, 12, 4});
static_assert(Quantum::task_outputs == std::array{1, 3, 1} && Linear::task_outputs == Quantum::task_outputs);

template <class S>
Batch<S> random_batch(Rng& rng, int rows, Eigen::Index columns) {
  Batch<S> out(rows, columns);
  for (S& value : out.reshaped()) value = static_cast<S>(rng.normal());
  return out;
}

template <class Model>
Batch<typename Model::Scalar> forward(Model& model, const BatchIn<typename Model::Scalar>& x) {
  Batch<typename Model::Scalar> logits(Model::outputs, x.cols());
  model.forward(x, logits);
  return logits;
}

TEMPLATE_TEST_CASE("a prediction of any number of rows is that of each row alone", "", Quantum, Linear) {
  TestType model{Seed{3}};
  Rng rng(Seed{1});
  for (const Eigen::Index rows : {0, 1, 64, 511, 512, 513, 1100}) {
    const Batch<double> x = random_batch<double>(rng, 5, rows);
    const auto logits = model.predict(x);
    REQUIRE(logits.cols() == rows);
    double largest = 0.0;
    for (Eigen::Index i = 0; i < rows; ++i) {
      largest = std::max(largest, (logits.col(i) - forward(model, x.col(i))).cwiseAbs().maxCoeff());
    }
    CHECK(largest < 1e-13);
  }
}

TEMPLATE_TEST_CASE("logits are those of head(backbone(x)) with the model's parameters", "", Quantum, Linear) {
  TestType model{Seed{3}};
  Rng rng(Seed{2});
  const Batch<double> x = random_batch<double>(rng, 5, 4);
  Batch<double> z(3, 4), logits(5, 4);
  model.backbone().forward(x, z);
  typename TestType::HeadType head;
  head.forward(z, model.head_weights(), logits);
  CHECK((forward(model, x) - logits).cwiseAbs().maxCoeff() < 1e-14);
}

TEMPLATE_TEST_CASE("gradients of backbone and head are those of central differences", "", Quantum, Linear) {
  TestType model{Seed{5}};
  Rng rng(Seed{4});
  const Batch<double> x = random_batch<double>(rng, 5, 6), c = random_batch<double>(rng, 5, 6);
  Standardizer<double> standardizer;
  standardizer.fit(random_batch<double>(rng, 5, 10));
  model.set_standardizer(standardizer);
  forward(model, x);
  std::vector<double> backbone(model.backbone_parameters(), 0.5);
  std::vector<double> head(TestType::head_parameters, 0.5);
  model.backward(c, backbone, head);
  const auto check = [&](std::span<double> parameters, const std::vector<double>& gradient) {
    for (std::size_t j = 0; j < parameters.size(); ++j) {
      const double kept = parameters[j];
      const double expected = test::central_difference(
          [&](double value) {
            parameters[j] = value;
            return forward(model, x).cwiseProduct(c).sum();
          },
          kept);
      parameters[j] = kept;
      CHECK(gradient[j] == Approx(0.5 + expected).epsilon(0).margin(1e-8));
    }
  };
  check(model.backbone().parameters(), backbone);
  check(model.head_weights(), head);
}

TEST_CASE("inputs are standardised before the backbone, in prediction and training alike") {
  Quantum plain{Seed{3}}, standardised{Seed{3}};
  Rng rng(Seed{6});
  Batch<double> x = random_batch<double>(rng, 5, 70);
  x.array() = 3.0 * x.array() + 10.0;
  CHECK(standardised.standardizer().empty());
  Standardizer<double> standardizer;
  standardizer.fit(x);
  standardised.set_standardizer(standardizer);
  Batch<double> by_hand(5, 70);
  standardizer.apply(x, by_hand);
  CHECK((standardised.predict(x) - plain.predict(by_hand)).cwiseAbs().maxCoeff() < 1e-14);
  CHECK((forward(standardised, x) - forward(plain, by_hand)).cwiseAbs().maxCoeff() < 1e-14);
  CHECK((plain.predict(x) - plain.predict(by_hand)).cwiseAbs().maxCoeff() > 0.1);
  standardised.set_standardizer({});
  CHECK(standardised.predict(x) == plain.predict(x));
}

TEST_CASE("the same seed gives the same parameters, another seed others") {
  const Quantum a{Seed{1}}, b{Seed{1}}, c{Seed{2}};
  CHECK(std::ranges::equal(a.backbone().parameters(), b.backbone().parameters()));
  CHECK(std::ranges::equal(a.head_weights(), b.head_weights()));
  CHECK(!std::ranges::equal(a.backbone().parameters(), c.backbone().parameters()));
  CHECK(!std::ranges::equal(a.head_weights(), c.head_weights()));
  CHECK(a.head_weights()[4] == 3.0);  // task a's scale
}

TEST_CASE("a copy of a model is another model") {
  Quantum model{Seed{1}};
  Quantum copy = model;
  Rng rng(Seed{8});
  const Batch<double> x = random_batch<double>(rng, 5, 3);
  const auto before = forward(model, x);
  copy.head_weights()[0] += 1.0;
  copy.backbone().parameters()[0] += 1.0;
  CHECK(forward(copy, x) != before);
  CHECK(forward(model, x) == before);
}

TEMPLATE_TEST_CASE("a const model predicts the same bits, also on several threads at once", "", Quantum, Linear) {
  TestType model{Seed{3}};
  Rng rng(Seed{4});
  const Batch<double> x = random_batch<double>(rng, 5, 600);
  Standardizer<double> standardizer;
  standardizer.fit(x);
  model.set_standardizer(standardizer);
  const TestType& shared = model;
  Batch<double> first, second;
  std::thread other([&] { first = shared.predict(x); });
  second = shared.predict(x.leftCols(7));
  other.join();
  CHECK(first == model.predict(x));
  CHECK(second == model.predict(x.leftCols(7)));
}

TEMPLATE_TEST_CASE("a model that has been moved from says so, and can be assigned to", "", Quantum, Linear) {
  TestType model{Seed{3}};
  Rng rng(Seed{4});
  const Batch<double> x = random_batch<double>(rng, 5, 6);
  const Batch<double> expected = model.predict(x);
  TestType taken = std::move(model);
  CHECK(taken.predict(x) == expected);

  const std::string message = "qmtl: model: it has been moved from and can only be assigned to";
  Batch<double> logits(5, 6);
  std::vector<double> gradient;
  CHECK(message_of<LogicError>([&] { (void)model.predict(x); }) == message);
  CHECK(message_of<LogicError>([&] { (void)std::as_const(model).predict(x); }) == message);
  CHECK(message_of<LogicError>([&] { model.forward(x, logits); }) == message);
  CHECK(message_of<LogicError>([&] { model.backward(logits, gradient, gradient); }) == message);
  CHECK(message_of<LogicError>([&] { model.backward_head(logits, gradient); }) == message);
  CHECK(message_of<LogicError>([&] { (void)model.describe(); }) == message);
  if constexpr (CachingHead<typename TestType::HeadType>) {
    CHECK(message_of<LogicError>([&] { model.encode(x, logits); }) == message);
    CHECK_THROWS_AS(model.predict_encoded(x), LogicError);
    CHECK_THROWS_AS(model.head().encoded_size(), LogicError);
  }
  const TestType copy = model;
  CHECK(message_of<LogicError>([&] { (void)copy.predict(x); }) == message);

  model = std::move(taken);
  CHECK(model.predict(x) == expected);
  CHECK(message_of<LogicError>([&] { (void)taken.predict(x); }) == message);
}

TEST_CASE("a backbone whose input size is known at run time is given to the model") {
  using Dynamic = QmtlModel<Mlp<Eigen::Dynamic, 4, 3>, AngleEncoding<3>, A, B, C>;
  static_assert(!std::is_constructible_v<Dynamic, Seed>);
  Dynamic dynamic{Mlp<Eigen::Dynamic, 4, 3>{5}, Seed{3}};
  Quantum fixed{Seed{3}};
  Rng rng(Seed{9});
  const Batch<double> x = random_batch<double>(rng, 5, 3);
  CHECK(dynamic.input_size() == 5);
  CHECK(forward(dynamic, x) == forward(fixed, x));
}

TEST_CASE("a frozen backbone has no parameters, and its model only the head's gradient") {
  QmtlModel<Frozen<3>, AngleEncoding<3>, A> model{Seed{2}};
  CHECK(model.backbone_parameters() == 0);
  Rng rng(Seed{2});
  const Batch<double> x = random_batch<double>(rng, 3, 4), c = random_batch<double>(rng, 1, 4);
  Batch<double> logits(1, 4);
  std::vector<double> gradient(5), expected(5);
  model.forward(x, logits);
  model.backward(c, {}, gradient);
  QuantumHead<double, AngleEncoding<3>, A> head;
  head.forward(x, model.head_weights(), logits);
  head.backward_weights(x, model.head_weights(), c, expected);
  CHECK(gradient == expected);
  CHECK(std::ranges::any_of(gradient, [](double g) { return g != 0.0; }));
}

TEST_CASE("an encoding without gradient takes a backbone without parameters and no other") {
  using Task1 = Task<"t", RotationBlock<3>, Window<0, 3>, Binary>;
  const QmtlModel<Frozen<3>, BasisEncoding<3>, Task1> fine{Seed{1}};
  CHECK(fine.head_weights().size() == 6);
  using Trainable = QmtlModel<Mlp<5, 3>, BasisEncoding<3>, Task1>;
  CHECK(message_of<ValueError>([] { Trainable model{Seed{1}}; }) ==
        "qmtl: model: a trainable backbone cannot be trained through an encoding without gradient");
}

TEST_CASE("a row that amplitude encoding has no state for is named by its place among all rows") {
  using State = QmtlModel<Frozen<4>, AmplitudeEncoding<2>, Task<"t", RotationBlock<2>, Window<0, 2>, Binary>>;
  State model{Seed{1}};
  Batch<double> x = Batch<double>::Ones(4, 1300);
  x.col(1100).setZero();
  const std::string message = "qmtl: row 1100: AmplitudeEncoding: the features must be finite and not all zero";
  CHECK(message_of<ValueError>([&] { (void)model.predict(x); }) == message);
  Batch<double> entries(model.head().encoded_size(), 1300);
  CHECK(message_of<ValueError>([&] { model.encode(x, entries); }) == message);
  x.col(1100).setConstant(1e308);
  CHECK(model.predict(x).allFinite());
}

TEST_CASE("a model's tasks are known at run time") {
  const Quantum model{Seed{1}};
  const auto facts = task_facts(model);
  REQUIRE(facts.size() == 3);
  CHECK(facts[0].name == "a");
  CHECK(facts[1].name == "b");
  const auto numbers = [&facts](std::size_t t) {
    return std::vector{facts[t].classes, facts[t].outputs, facts[t].first_output, facts[t].parameters};
  };
  CHECK(numbers(0) == std::vector{2, 1, 0, 5});
  CHECK(numbers(1) == std::vector{3, 3, 1, 3});
  CHECK(numbers(2) == std::vector{0, 1, 4, 0});
  CHECK(task_facts(Linear{Seed{1}})[1].parameters == 12);
}

TEST_CASE("a model describes scalar, backbone and head") {
  CHECK(Quantum{Seed{1}}.describe() ==
        "scalar 64 bits\n" + describe_backbone(Mlp<5, 4, 3>{}) + "\n" + Quantum::HeadType::describe());
  CHECK(LinearModel<Frozen<3, float>, A>{Seed{1}}.describe().starts_with("scalar 32 bits\nfrozen 3\n"));
}

TEST_CASE("shapes that do not fit a model are named") {
  Quantum model{Seed{1}};
  Batch<double> x = Batch<double>::Zero(5, 2), four = Batch<double>::Zero(4, 2), logits(5, 2), wide(5, 3);
  CHECK(message_of<ShapeError>([&] { forward(model, four); }) ==
        "qmtl: model: rows of the inputs (features) must be 5, got 4");
  CHECK(message_of<ShapeError>([&] { (void)model.predict(four); }) ==
        "qmtl: model: rows of the inputs (features) must be 5, got 4");
  CHECK(message_of<ShapeError>([&] { model.forward(x, wide); }) ==
        "qmtl: model: columns of the logits must be 2, got 3");
  CHECK(message_of<ShapeError>([&] { model.forward(x, four); }) ==
        "qmtl: QuantumHead: rows of logits (outputs) must be 5, got 4");
  std::vector<double> backbone(model.backbone_parameters()), head(Quantum::head_parameters), few(1);
  CHECK_THROWS_AS(model.backward(logits, backbone, head), ShapeError);  // before the first forward
  model.forward(x, logits);
  CHECK(message_of<ShapeError>([&] { model.backward(logits, few, head); }) ==
        "qmtl: model: size of the backbone's gradient must be 39, got 1");
  CHECK(message_of<ShapeError>([&] { model.backward(logits, backbone, few); }) ==
        "qmtl: model: size of the head's gradient must be 8, got 1");
  CHECK(message_of<ShapeError>([&] { model.backward(wide, backbone, head); }) ==
        "qmtl: QuantumHead: columns of logit gradients must be 2, got 3");
  Standardizer<double> standardizer;
  standardizer.fit(four);
  CHECK(message_of<ShapeError>([&] { model.set_standardizer(standardizer); }) ==
        "qmtl: model: features of the standardizer must be 5, got 4");
}

}  // namespace model_test
