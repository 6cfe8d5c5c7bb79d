// SPDX-License-Identifier: Apache-2.0
// Files, identities and reports do not know of locales: written under one with decimal commas and grouped thousands,
// they are what they are elsewhere, and read back.

#include <string>
#include <vector>

#include "qmtl/backbone/mlp.hpp"
#include "qmtl/circuit/drawing.hpp"
#include "qmtl/io/report_json.hpp"
#include "qmtl/io/table.hpp"
#include "qmtl/model/save.hpp"
#include "qmtl/train/model_trainee.hpp"
#include "qmtl/train/report.hpp"
#include "qmtl/train/training_identity.hpp"
#include "support/catch.hpp"
#include "support/comma_locale.hpp"

namespace locale_test {

using namespace qmtl;
using namespace qmtl::test;

using Model =
    QmtlModel<Mlp<3, 2>, AngleEncoding<2>, Task<"a", RotationBlock<2>, Window<0, 2>, BinaryReadout<FixedScale<5, 2>>>>;

/// Everything that is written, in one text.
std::string written() {
  Model model{Seed{1}};
  ModelTrainee trainee(model);
  Dataset<double> data{Batch<double>::Constant(3, 1200, 0.25), Batch<double>::Zero(1, 1200), {"a"}};
  const FitOptions options{.epochs = 12345,
                           .optimizer = AdamW{.weight_decay = 0.5},
                           .schedule = {.warm_up_epochs = 1.5},
                           .weighting = FixedWeights{{1234.5}}};
  const std::vector<TaskMetrics> metrics{{.name = "a", .classes = 2, .labelled = 1200, .loss = 1234.5}};
  std::string out = model.describe() + detail::identity<double>(trainee, data, &data, options) + to_table(metrics);
  out += to_json(metrics).dump() + draw(make_circuit<1>(gate::ry(0, 0.5)));
  return out;
}

TEST_CASE("what is written is the same in every locale") {
  const std::string expected = written();
  CHECK(expected.find("0.5") != std::string::npos);
  with_comma_streams([&] { CHECK(written() == expected); });
  with_comma_printf([&] { CHECK(written() == expected); });
}

TEST_CASE("a model is loaded under another locale than it was saved under, and tables read the same numbers") {
  const TempDir dir;
  const Model saved{Seed{1}};
  save_model(saved, dir / "classic");
  const auto check = [&] {
    Model loaded{Seed{2}};
    load_model(loaded, dir / "classic");
    CHECK(std::equal(loaded.head_weights().begin(), loaded.head_weights().end(), saved.head_weights().begin()));
    save_model(loaded, dir / "comma");
    CHECK(read_file(dir / "comma", 1 << 20) == read_file(dir / "classic", 1 << 20));
    const Table table = parse_table("x\n0.5\n-1.25e3\n", ',');
    CHECK(table.numeric_column<double>("x") == std::vector{0.5, -1250.0});
    CHECK(nlohmann::json::parse("[0.5, 1234.5]") == nlohmann::json{0.5, 1234.5});
  };
  with_comma_streams(check);
  with_comma_printf(check);
}

}  // namespace locale_test
