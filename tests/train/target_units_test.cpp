// SPDX-License-Identifier: Apache-2.0
// Rotosolve and the natural gradient train on the scale of real targets that fit would learn, in any unit.

#include <cmath>
#include <vector>

#include "qmtl/backbone/frozen.hpp"
#include "qmtl/train/natural_gradient.hpp"
#include "qmtl/train/rotosolve.hpp"
#include "support/catch.hpp"
#include "support/throws.hpp"

namespace target_units_test {

using namespace qmtl;
using qmtl::test::message_of;

using Amount = Task<"amount", RotationBlock<2>, Window<0, 2>, Regression<TrainableScale<1>>>;
using Model = QmtlModel<Frozen<2>, AngleEncoding<2>, Amount>;

/// An amount about 350 +- 100 that a rotation can predict from angles.
Dataset<double> amounts(double unit) {
  Dataset<double> data{Batch<double>(2, 60), Batch<double>(1, 60), {}};
  Rng rng(Seed{3});
  for (double& value : data.inputs.reshaped()) value = rng.normal();
  data.labels = unit * (350.0 - 100.0 * data.inputs.row(0).array().tanh());
  return data;
}

template <class Train>
void check_units(Train train) {
  std::vector<double> weights;
  for (const double unit : {1.0, 0x1p-900, 0x1p+900}) {
    const auto data = amounts(unit);
    Model model{Seed{1}};
    train(model, encode_dataset(model, data));
    const TaskMetrics amount = evaluate(model, data)[0];
    CHECK(amount.r2 > 0.5);
    CHECK(amount.rmse < 50.0 * unit);
    const std::vector<double> trained(model.head_weights().begin(), model.head_weights().end());
    if (weights.empty()) weights = trained;
    CHECK(trained == weights);
  }
}

TEST_CASE("rotosolve does not depend on the unit of real targets") {
  check_units([](Model& model, const auto& data) { rotosolve(model, data, {.sweeps = 8}); });
}

TEST_CASE("the natural gradient does not depend on the unit of real targets") {
  check_units([](Model& model, const auto& data) { fit_natural(model, data, {.epochs = 40}); });
}

TEST_CASE("targets beyond a fixed scale are named by both, where they are to stay as they are") {
  using Bounded = Task<"amount", RotationBlock<2>, Window<0, 2>, Regression<>>;
  QmtlModel<Frozen<2>, AngleEncoding<2>, Bounded> model{Seed{1}};
  const auto data = encode_dataset(model, amounts(1.0));
  const auto start = [](const char* where) {
    return std::string("qmtl: ") + where + ": target of task 'amount', row 0";
  };
  CHECK(message_of<ValueError>([&] {
          rotosolve(model, data, {.standardize_targets = false});
        }).starts_with(start("rotosolve")));
  CHECK(message_of<ValueError>([&] {
          fit_natural(model, data, {.standardize_targets = false});
        }).starts_with(start("natural gradient")));
  CHECK(model.target_scaler().empty());
}

}  // namespace target_units_test
