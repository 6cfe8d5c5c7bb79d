// SPDX-License-Identifier: Apache-2.0
// Training and prediction where modalities are missing: allowed behind a fusion, refused behind any other backbone.

#include <limits>

#include "qmtl/backbone/fusion.hpp"
#include "qmtl/backbone/mlp.hpp"
#include "support/catch.hpp"
#include "support/fit_models.hpp"
#include "support/throws.hpp"

namespace missing_inputs_test {

using namespace qmtl;
using qmtl::test::message_of;

constexpr double missing = std::numeric_limits<double>::quiet_NaN();

using Fused =
    QmtlModel<GatedFusion<4, Mlp<20, 8>, Mlp<20, 8>>, AngleEncoding<4>, test::First, test::Second, test::Third>;

/// The generated tasks with their inputs twice, the second copy missing in every other row, the first in every fifth.
Dataset<double> gappy(Dataset<double> data, int every = 5) {
  const Batch<double> once = data.inputs;
  data.inputs.resize(2 * once.rows(), once.cols());
  data.inputs << once, once;
  for (Eigen::Index row = 0; row < once.cols(); ++row) {
    if (row % 2 == 0) data.inputs.col(row).tail(once.rows()).setConstant(missing);
    if (row % every == 1) data.inputs.col(row).head(once.rows()).setConstant(missing);
  }
  return data;
}

TEST_CASE("related tasks are learnt from two modalities that are often missing") {
  const auto parts = test::related_parts(600);
  const auto train = gappy(parts.train);
  const auto validation = gappy(parts.validation);
  Fused model{Seed{1}};
  const auto report = fit(model, train, validation, {.epochs = 30, .optimizer = Adam{.learning_rate = 1e-2}});
  CHECK(report.history.back().train_loss < 0.6 * report.history.front().train_loss);
  CHECK(report.history.back().validation_loss < 0.8 * report.history.front().validation_loss);
  CHECK(model.predict(gappy(parts.test).inputs).allFinite());
}

TEST_CASE("a row is predicted from the modality that it has, whatever the other rows lack") {
  const auto data = gappy(test::related_parts(100).train, 7);
  Fused model{Seed{2}};
  (void)fit(model, data, {.epochs = 2});
  const auto together = model.predict(data.inputs);
  for (Eigen::Index row = 0; row < 20; ++row) {
    CHECK((model.predict(data.inputs.col(row)) - together.col(row)).norm() < 1e-12);
  }
}

TEST_CASE("half a modality is refused with its row in the data, before anything is trained") {
  auto data = gappy(test::related_parts(100).train);
  data.inputs(25, 43) = missing;
  Fused model{Seed{3}};
  const auto before = test::parameters_of(model);
  const std::string expected =
      "qmtl: inputs: row 43, feature 25: expected a finite number, or NaN in all features 20 "
      "to 39 where modality 1 is missing, got nan";
  CHECK(message_of<ValueError>([&] { (void)fit(model, data, {.epochs = 1}); }) == expected);
  CHECK(message_of<ValueError>([&] { (void)evaluate(model, data); }) == expected);
  CHECK(message_of<ValueError>([&] { (void)model.predict(data.inputs); }) == expected);
  CHECK(test::parameters_of(model) == before);
}

TEST_CASE("without a fusion no input may be missing") {
  auto data = test::related_parts(100).train;
  data.inputs.col(3).setConstant(missing);
  test::Quantum<> model{Seed{4}};
  const std::string expected = "qmtl: inputs: row 3, feature 0: expected a finite number, got nan";
  CHECK(message_of<ValueError>([&] { (void)fit(model, data, {.epochs = 1}); }) == expected);
  CHECK(message_of<ValueError>([&] { (void)majority_classes(model, data); }) == expected);
  CHECK(message_of<ValueError>([&] { (void)model.predict(data.inputs); }) == expected);
}

}  // namespace missing_inputs_test
