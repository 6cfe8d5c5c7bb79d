// SPDX-License-Identifier: Apache-2.0
// A trained model by way of jobs: what comes back is what a noisy simulation says, to the error of the shots.

#include "paper/hardware.hpp"

#include <algorithm>
#include <cmath>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "paper/report.hpp"
#include "paper/summary.hpp"
#include "support/catch.hpp"
#include "support/head_program.hpp"

namespace hardware_test {

using namespace qmtl;
using namespace qmtl::benchmark::paper;

/// A ring of three qubits, of which two are read.
HeadProgram<double> ring_head() {
  return test::make_program<double, AngleEncoding<3, Axis::Y, CzRing>,
                            Task<"only", RotationBlock<2>, Window<0, 2>, Expectations<1>>>();
}

/// Models that are one expectation value each, which stands where the AUC would, at angles that the row gives.
class Values final : public Trained {
 public:
  explicit Values(std::vector<HeadProgram<double>> programs) : programs_(std::move(programs)) { run_on(nullptr); }

  std::vector<TaskMetrics> evaluate(const Dataset<double>& data) override {
    std::vector<TaskMetrics> out;
    for (CircuitBackend& backend : backends_) {
      Batch<double> values(1, data.rows());
      backend.forward(data.inputs, std::vector<double>(6, 0.3), values);
      out.push_back({.name = "only", .classes = 2, .labelled = static_cast<std::size_t>(data.rows())});
      out.back().auc = values.mean();
    }
    return out;
  }
  std::vector<HeadProgram<double>> programs() const override { return programs_; }
  void run_on(const BackendMaker& make) override {
    own = !make;
    backends_.clear();
    for (const auto& program : programs_) backends_.push_back(make ? make(program) : ideal(program));
  }

  bool own = true;

 private:
  static CircuitBackend ideal(const HeadProgram<double>& program) {
    using Ideal = ShiftBackend<double>;
    return CircuitBackend(std::make_unique<detail::AnyBackendOf<double, Ideal>>(Ideal(program)));
  }

  std::vector<HeadProgram<double>> programs_;
  std::vector<CircuitBackend> backends_;
};

/// A line of qubits with the same errors.
std::shared_ptr<const DeviceCalibration> line(int qubits, double error) {
  DeviceCalibration out{.name = "line"};
  for (int q = 0; q < qubits; ++q) {
    out.qubits.push_back({.t1 = 1e5, .t2 = 1e5, .p_1_given_0 = error, .p_0_given_1 = error});
    for (const auto& [name, gate] : {std::pair("sx", Gate::SX), std::pair("x", Gate::X)}) {
      out.gates.push_back({name, gate, {q}, error / 10, 40});
    }
    out.gates.push_back({"rz", Gate::RZ, {q}, 0.0, 0});
    if (q == 0) continue;
    out.gates.push_back({"cz", Gate::CZ, {q - 1, q}, error, 70});
    out.coupling_map.emplace_back(q - 1, q);
  }
  out.basis_gates = {"rz", "sx", "x", "cz"};
  return std::make_shared<const DeviceCalibration>(out);
}

Dataset<double> rows(Eigen::Index count) {
  Dataset<double> out;
  out.inputs = Batch<double>(3, count);
  for (Eigen::Index r = 0; r < count; ++r) out.inputs.col(r) << 0.4, 1.1, 0.01 * static_cast<double>(r) - 0.7;
  out.labels = Batch<double>::Zero(1, count);
  return out;
}

HardwareResult judged(Trained& model, const HardwarePlan& plan) {
  const Dataset<double> data = rows(6);
  return judge_on_hardware(model, plan, {data, nullptr, {}, {}, Seed{1}}, data);
}

TEST_CASE("what comes back of jobs is what the noisy device has, but for shots") {
  HardwarePlan plan;
  plan.device = line(5, 0.01);
  plan.rows = 4;
  plan.shots = 100'000;
  Values model({ring_head(), ring_head()});
  const HardwareResult result = judged(model, plan);
  CHECK(model.own);
  CHECK(result.ideal == Approx(mean_auc(model, hardware_rows(rows(6), plan))).margin(1e-12));
  CHECK(std::abs(result.simulated - result.ideal) > 0.01);
  // Readout errors are undone; what is left are those of gates: a ring on a line takes a few more.
  CHECK(std::abs(result.measured - result.ideal) < 0.15);
  CHECK(result.measured != result.ideal);
  CHECK(result.circuits == 2 * (4 + 2));
  CHECK(result.shots == 12 * 100'000);
  CHECK(result.qubits == 3);
  CHECK(result.transpiled == 2);
  CHECK(result.pairs_after >= result.pairs_before);
  CHECK(result.success > 0.7);
  CHECK(result.success < 1.0);

  plan.device = line(5, 0.0);
  const HardwareResult perfect = judged(model, plan);
  CHECK(perfect.simulated == Approx(perfect.ideal).margin(1e-2));
  CHECK(std::abs(perfect.measured - perfect.simulated) < 0.01);
}

TEST_CASE("heads that do not fit, or have no circuits, have no figures, nor has any without a device") {
  HardwarePlan plan;
  Values model({ring_head()}), none({});
  CHECK(std::isnan(judged(model, plan).ideal));
  plan.device = line(2, 0.01);
  CHECK(std::isnan(judged(model, plan).measured));
  plan.device = line(4, 0.01);
  CHECK(std::isnan(judged(none, plan).measured));
  plan.qubits = 2;
  const HardwareResult narrow = judged(model, plan);
  CHECK(std::isnan(narrow.measured));
  CHECK(narrow.circuits == 0);
  CHECK(model.own);
}

TEST_CASE("rows are drawn by seed, each once and in their order") {
  HardwarePlan plan;
  plan.rows = 5;
  const auto first = hardware_rows(rows(40), plan), again = hardware_rows(rows(40), plan);
  CHECK(first.inputs == again.inputs);
  REQUIRE(first.rows() == 5);
  for (Eigen::Index r = 1; r < 5; ++r) CHECK(first.inputs(2, r) > first.inputs(2, r - 1));
  plan.row_seed = 7;
  CHECK(hardware_rows(rows(40), plan).inputs != first.inputs);
  CHECK(hardware_rows(rows(3), plan).rows() == 3);
}

TEST_CASE("the report says that no device was used, and JSON has what the jobs were") {
  ProblemResult result{.benchmark = "sarcasm", .dataset = "MUStARD"};
  result.test_rows = {138, 138};
  FoldResult fold;
  fold.search = {Candidate{{}, 0.7, {}}};
  fold.seconds = {1.0};
  fold.test = {{TaskMetrics{.name = "sarcasm", .classes = 2, .labelled = 10}}};
  fold.hardware = {.ideal = 0.8, .simulated = 0.79, .measured = 0.78, .circuits = 34, .shots = 139264, .qubits = 6};
  result.heads = {{"quantum", 5, "some circuit", {fold}}};
  HardwarePlan plan;
  CHECK(hardware_section(result, plan).empty());
  plan.device = line(3, 0.01);
  std::string text = hardware_section(result, plan);
  const auto both_spaces = [](char a, char b) { return a == ' ' && b == ' '; };
  text.erase(std::unique(text.begin(), text.end(), both_spaces), text.end());
  for (const char* part : {"No real device was used: line was simulated", "first seed and fold on 32 of 138 test rows",
                           "| quantum | 0.8000 | 0.7900 | 0.7800 | 34 | 139264 | 6 |"}) {
    CAPTURE(part, text);
    CHECK(text.find(part) != std::string::npos);
  }
  const auto json = to_json(std::vector{result})["benchmarks"][0]["hardware"];
  CHECK(json["auc_jobs"] == 0.78);
  CHECK(json["circuits"] == 34);
  CHECK(json["swaps"].is_null());
  CHECK(json["real_device"] == false);
  result.heads.front().folds.front().hardware = {};
  CHECK(hardware_section(result, plan).empty());
  CHECK_FALSE(to_json(std::vector{result})["benchmarks"][0].contains("hardware"));
}

}  // namespace hardware_test
