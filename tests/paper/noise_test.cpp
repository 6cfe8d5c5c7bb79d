// SPDX-License-Identifier: Apache-2.0
// A trained model on noisy devices: each figure is what its words say, and the model is afterwards what it was.

#include "paper/noise.hpp"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <optional>
#include <vector>

#include "paper/head_kind.hpp"
#include "paper/report.hpp"
#include "qmtl/engine/shift_backend.hpp"
#include "qmtl/noise/device_path.hpp"
#include "qmtl/noise/noisy_executor.hpp"
#include "qmtl/noise/stand_ins.hpp"
#include "support/catch.hpp"
#include "support/device_json.hpp"
#include "support/head_program.hpp"
#include "support/temp_dir.hpp"
#include "support/throws.hpp"

namespace noise_test {

using namespace qmtl;
using namespace qmtl::benchmark::paper;

/// A ring of three qubits, of which two are read.
HeadProgram<double> ring_head() {
  return test::make_program<double, AngleEncoding<3, Axis::Y, CzRing>,
                            Task<"only", RotationBlock<2>, Window<0, 2>, Expectations<1>>>();
}
/// The same with all three read by one task.
HeadProgram<double> wide_head() {
  return test::make_program<double, AngleEncoding<3, Axis::Y, CzRing>,
                            Task<"only", RotationBlock<3>, Window<0, 3>, Expectations<1>>>();
}

/// A model that is one expectation value, which stands where its AUC would; what is trained is its weights.
class Value final : public Trained {
 public:
  explicit Value(std::vector<HeadProgram<double>> programs) : programs_(std::move(programs)) {}

  std::vector<TaskMetrics> evaluate(const Dataset<double>&) override {
    TaskMetrics out{.name = "only", .classes = 2, .labelled = 1};
    out.auc = value_of(*backend_);
    return {out};
  }
  std::vector<HeadProgram<double>> programs() const override { return programs_; }
  void run_on(const BackendMaker& make) override {
    backend_.reset();
    if (make) backend_.emplace(make(programs_.front()));
  }
  void train_on(const TrainRequest&, int epochs, double rate_factor) override {
    for (double& w : weights_) w += 0.1 * epochs * rate_factor;
  }
  ModelState state() const override { return {weights_}; }
  void restore(const ModelState& state) override { weights_ = state.front(); }

  double value_of(auto backend) const {
    const std::vector<double> angles{0.4, 1.1, -0.7};
    Batch<double> value(1, 1);
    backend.forward(test::as_batch(angles, 1), weights_, value);
    return value(0, 0);
  }
  bool has_backend() const { return backend_.has_value(); }

  std::vector<double> weights_ = std::vector<double>(6, 0.3);

 private:
  std::vector<HeadProgram<double>> programs_;
  std::optional<CircuitBackend> backend_;
};

/// A line of qubits with the same errors.
NoiseCase line(int qubits, double error, double scale = 1.0) {
  DeviceCalibration out{.name = "line"};
  for (int q = 0; q < qubits; ++q) {
    out.qubits.push_back({.t1 = 1e5, .t2 = 1e5, .p_1_given_0 = error, .p_0_given_1 = error});
    out.gates.push_back({"sx", Gate::SX, {q}, error / 10, 40});
    out.gates.push_back({"rz", Gate::RZ, {q}, 0.0, 0});
    if (q > 0) out.gates.push_back({"cz", Gate::CZ, {q - 1, q}, error, 70});
  }
  return {std::make_shared<const DeviceCalibration>(out), scale};
}

std::vector<NoiseResult> judged(Value& value, const NoisePlan& plan) {
  const Dataset<double> none{};
  return judge_under_noise(value, plan, {none, nullptr, {}, {}, Seed{1}}, none);
}

TEST_CASE("noisy, measured, mitigated and trained values of a head on a device") {
  Value value({ring_head()});
  NoisePlan plan;
  plan.cases = {line(4, 0.01)};
  plan.shots = 200'000;
  const auto results = judged(value, plan);
  REQUIRE(results.size() == 1);
  CHECK_FALSE(value.has_backend());
  CHECK(value.weights_ == std::vector<double>(6, 0.3));

  const auto path = coupled_path(*plan.cases[0].device, 3);
  const auto model = noise_model(*plan.cases[0].device, {.stand_ins = usual_stand_ins(), .all_to_all = path});
  const auto density = ShiftBackend<double, NoisyExecutor>(ring_head(), NoisyExecutor(model, path));
  const double ideal = value.value_of(ShiftBackend<double>(ring_head()));
  CHECK(results[0].exact == Approx(value.value_of(density)).margin(1e-12));
  CHECK(std::abs(results[0].exact - ideal) > 0.03);
  CHECK(std::abs(results[0].shots - results[0].exact) < 5 / std::sqrt(plan.shots));
  CHECK(std::abs(results[0].mitigated - ideal) < 15 / std::sqrt(plan.shots) + 0.003);
  for (double& w : value.weights_) w += 0.1 * plan.epochs * plan.rate_factor;
  CHECK(results[0].trained == Approx(value.value_of(density)).margin(1e-12));
  CHECK(results[0].trained_ideally == results[0].trained);  // as this model's training does not look at it
}

TEST_CASE("heads that measure many qubits, and scaled errors, have exact values; heads that do not fit have none") {
  NoisePlan plan;
  plan.qubits = 2;
  plan.cases = {line(3, 0.01), line(2, 0.01), line(3, 0.01, 0.0)};
  Value wide({wide_head()}), narrow({ring_head()}), none({});
  const auto of_wide = judged(wide, plan), of_narrow = judged(narrow, plan), of_none = judged(none, plan);
  CHECK(std::isnan(of_wide[0].shots));
  CHECK(std::isnan(of_wide[0].trained));
  CHECK(of_wide[2].exact == Approx(wide.value_of(ShiftBackend<double>(wide_head()))).margin(1e-12));
  CHECK(std::isnan(of_narrow[2].shots));
  CHECK(std::isnan(of_wide[1].exact));
  CHECK(std::isnan(of_narrow[1].exact));
  CHECK_FALSE(std::isnan(of_narrow[0].trained));
  CHECK(std::isnan(of_none[0].exact));
}

TEST_CASE("devices by either of their files, then the first at other scales") {
  const test::TempDir dir;
  std::ofstream(dir / "conf_a.json") << test::device_conf();
  std::ofstream(dir / "props_a.json") << test::device_props();
  const auto cases = load_noise_cases({dir / "props_a.json", dir / "conf_a.json"}, {2, 5});
  REQUIRE(cases.size() == 4);
  CHECK(cases[1].device->name == "three");
  CHECK(cases[3].device == cases[0].device);
  CHECK(cases[3].scale == 5);
  CHECK(load_noise_cases({}, {2}).empty());
  CHECK(test::message_of<FileError>([] { static_cast<void>(load_noise_cases({"a/b.json"}, {})); }) ==
        "qmtl: paper: a/b.json: expected conf_NAME.json or props_NAME.json, the other one beside it");
}

TEST_CASE("the tables of noise have a row a device and a row a scale") {
  ProblemResult result{.benchmark = "sarcasm", .dataset = "MUStARD"};
  result.test_rows = {10};
  result.noise_cases = {line(3, 0.01), line(3, 0.02)};
  result.noise_cases.push_back({result.noise_cases[0].device, 5});
  FoldResult fold;
  fold.search = {Candidate{{}, 0.7, {}}};
  fold.seconds = {1.0};
  TaskMetrics task{.name = "sarcasm", .classes = 2, .labelled = 10};
  task.auc = 0.8;
  fold.test = {{task}};
  fold.noise = {{{.exact = 0.79, .shots = 0.78, .mitigated = 0.795, .trained = 0.8, .trained_ideally = 0.785},
                 {.exact = 0.75},
                 {.exact = 0.6}}};
  result.heads = {{"quantum", 5, "some circuit", {fold}}};
  std::string text = noise_section(result, {});
  const auto both_spaces = [](char a, char b) { return a == ' ' && b == ' '; };
  text.erase(std::unique(text.begin(), text.end(), both_spaces), text.end());
  for (const char* part : {"| none | 0.8000 |", "| line | 0.7900, 0.7800, 0.7950, 0.8000, 0.7850 |",
                           "| line | 0.7500 |", "| 1 times | 0.7900 |", "| 5 times | 0.6000 |",
                           "- `quantum`: 0.0300 under noise, 0.0050 mitigated, 0.0000 trained on under noise, 0.0150 "
                           "trained on without"}) {
    CAPTURE(part, text);
    CHECK(text.find(part) != std::string::npos);
  }
  result.heads.front().folds.front().noise.clear();
  CHECK(noise_section(result, {}).empty());
}

}  // namespace noise_test
