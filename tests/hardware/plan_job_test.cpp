// SPDX-License-Identifier: Apache-2.0
// A head's jobs on few circuits: which go together, and that every register reads what its run asks for.

#include "qmtl/hardware/plan_job.hpp"

#include <cmath>
#include <limits>
#include <set>
#include <string>
#include <vector>

#include "hardware/head_question.hpp"
#include "qmtl/executor/ideal_executor.hpp"
#include "qmtl/hardware/simulated_provider.hpp"
#include "support/catch.hpp"
#include "support/throws.hpp"

namespace plan_job_test {

using namespace qmtl;
using test::HeadQuestion;

/// The largest difference between what registers are read as and what the ideal executor says of their runs.
double largest_difference(const std::vector<CircuitJob>& jobs, const HardwareJob& plan) {
  IdealExecutor<> ideal;
  const auto expected = ideal.probabilities(jobs);
  double worst = 0.0;
  for (std::size_t j = 0; j < jobs.size(); ++j) {
    for (std::size_t r = 0; r < plan.jobs[j].runs.size(); ++r) {
      const auto [circuit, place] = plan.jobs[j].runs[r];
      const auto tables = register_probabilities(plan.circuits[static_cast<std::size_t>(circuit)], NoiseModel());
      const auto& table = tables[static_cast<std::size_t>(place)];
      for (std::size_t a = 0; a < table.size(); ++a) {
        const double p = expected[j](static_cast<Eigen::Index>(a), static_cast<Eigen::Index>(r));
        worst = std::max(worst, std::abs(table[a] - p));
      }
    }
  }
  return worst;
}

TEST_CASE("tasks with disjoint windows share a circuit, overlapping ones do not", "[hardware]") {
  const HeadQuestion question(3);
  const auto jobs = question.jobs();
  const HardwareJob plan = plan_hardware_job(jobs, {.shots = 100});
  CHECK(plan.circuits.size() == 9);  // {0,1} with {2,3}; {1,2} in each of two bases; three samples
  CHECK(plan.runs() == 12);
  CHECK(plan.jobs[0].runs[1].circuit == plan.jobs[1].runs[1].circuit);
  CHECK(plan.jobs[0].runs[1] != plan.jobs[1].runs[1]);
  CHECK(plan.jobs[2].runs[1].circuit != plan.jobs[3].runs[1].circuit);
  std::set<std::string> names;
  for (const auto& circuit : plan.circuits) {
    for (const auto& r : circuit.registers()) names.insert(r.name);
    CHECK(feature_count(circuit) == 0);
  }
  CHECK(names.size() == plan.runs());
  CHECK(largest_difference(jobs, plan) < 1e-12);
}

TEST_CASE("each run has a circuit of its own where none is to be shared", "[hardware]") {
  const HeadQuestion question(2);
  const auto jobs = question.jobs();
  const HardwareJob plan = plan_hardware_job(jobs, {.share_circuits = false});
  CHECK(plan.circuits.size() == 8);
  CHECK(largest_difference(jobs, plan) < 1e-12);
}

TEST_CASE("shifts of one task go with those of others that begin alike", "[hardware]") {
  HeadQuestion question(4);
  for (Eigen::Index r = 1; r < 4; ++r) {
    for (std::size_t t = 0; t < 4; ++t) question.parameters(t).col(r) = question.parameters(t).col(0);
  }
  question.parameters(0)(4, 1) += pi / 2;
  auto jobs = question.jobs();
  const std::vector<CircuitJob> of_two{jobs[0],
                                       {jobs[1].circuit,
                                        jobs[1].qubits,
                                        jobs[1].measured,
                                        {jobs[1].parameters.data(), 6, 2},
                                        jobs[1].eigenvalues,
                                        jobs[1].shared}};
  const HardwareJob plan = plan_hardware_job(of_two);  // four runs and two, all of one sample
  CHECK(plan.circuits.size() == 4);
  CHECK(largest_difference(of_two, plan) < 1e-12);
}

TEST_CASE("light cones without a qubit in common share a circuit", "[hardware]") {
  const std::vector<Operation> cone{gate::ry(0, feature(0)), gate::cz(0, 1)};
  const Batch<double> parameters{{0.4, 0.9}}, eigenvalues{{1.0}, {-1.0}};
  const std::vector<int> left{5, 2}, right{1, 0}, measured{0};
  const std::vector<CircuitJob> jobs{{{2, cone}, left, measured, parameters, eigenvalues, 2},
                                     {{2, cone}, right, measured, parameters, eigenvalues, 2}};
  const HardwareJob plan = plan_hardware_job(jobs);
  CHECK(plan.circuits.size() == 2);
  CHECK(plan.circuits[0].qubits() == 6);
  CHECK(largest_difference(jobs, plan) < 1e-12);
  CHECK(plan.jobs[0].circuit != plan.jobs[1].circuit);
}

TEST_CASE("readout is calibrated on all qubits that are measured", "[hardware]") {
  const HeadQuestion question(1);
  const auto reverse = [](const Program& program) {
    Program out(9);
    const std::vector<int> map{8, 6, 4, 2};
    out.append(program, map);
    return out;
  };
  const HardwareJob plan =
      plan_hardware_job(question.jobs(), {.transpile = reverse, .calibrate_readout = true, .name = "named"});
  REQUIRE(plan.calibration);
  CHECK(plan.name == "named");
  CHECK(plan.calibration->qubits == std::vector{2, 4, 6, 8});
  CHECK(plan.circuits.size() == 5);
  const auto& ones = plan.circuits[static_cast<std::size_t>(plan.calibration->ones)];
  CHECK(register_probabilities(ones, NoiseModel())[0].back() == 1.0);
  CHECK(largest_difference(question.jobs(), plan) < 1e-12);
}

TEST_CASE("what samples have in common is transpiled once, or each circuit with its numbers", "[hardware]") {
  const HeadQuestion question(3);
  const auto jobs = question.jobs();
  int calls = 0, with_numbers = 0;
  const auto count = [&](const Program& program) {
    ++calls;
    with_numbers += feature_count(program) == 0 ? 1 : 0;
    return program;
  };
  const HardwareJob once = plan_hardware_job(jobs, {.transpile = count});
  CHECK(calls == 3);
  CHECK(with_numbers == 0);
  const HardwareJob each = plan_hardware_job(jobs, {.transpile = count, .bind_first = true});
  CHECK(calls == 3 + 9);
  CHECK(with_numbers == 9);
  CHECK(once.circuits == each.circuits);
  CHECK(largest_difference(jobs, once) < 1e-12);
}

/// Eight tasks on windows of a ring of as many qubits, each with as many rows.
class WideQuestion {
 public:
  explicit WideQuestion(Eigen::Index rows) {
    for (int q = 0; q < tasks; ++q) encoding_.push_back(gate::ry(q, feature(q)));
    for (int q = 0; q < tasks; ++q) encoding_.push_back(gate::cz(q, (q + 1) % tasks));
    for (int t = 0; t < tasks; ++t) {
      ops_.push_back(encoding_);
      ops_.back().push_back(gate::cx(t, (t + 1) % tasks));
      windows_.push_back({t, (t + 1) % tasks});
    }
    parameters_ = Batch<double>(tasks, rows);
    for (Eigen::Index i = 0; i < parameters_.size(); ++i) parameters_.data()[i] = 1e-3 * static_cast<double>(i);
  }

  /// Of a row or of all.
  [[nodiscard]] std::vector<CircuitJob> jobs(Eigen::Index first, Eigen::Index count) const {
    std::vector<CircuitJob> out;
    for (std::size_t t = 0; t < ops_.size(); ++t) {
      const BatchView<const double> rows(parameters_.col(first).data(), tasks, count);
      out.push_back({{tasks, ops_[t]}, qubits_, windows_[t], rows, eigenvalues_, encoding_.size()});
    }
    return out;
  }

  static constexpr int tasks = 8;

 private:
  std::vector<Operation> encoding_;
  std::vector<std::vector<Operation>> ops_;
  std::vector<std::vector<int>> windows_;
  std::vector<int> qubits_{0, 1, 2, 3, 4, 5, 6, 7};
  Batch<double> parameters_, eigenvalues_{{1}, {-1}, {-1}, {1}};
};

TEST_CASE("thousands of predictions, asked for one by one or at once, take as few circuits", "[hardware]") {
  constexpr Eigen::Index rows = 1250;
  const WideQuestion question(rows);
  std::vector<CircuitJob> one_by_one;
  for (Eigen::Index r = 0; r < rows; ++r) {
    for (const auto& job : question.jobs(r, 1)) one_by_one.push_back(job);
  }
  int calls = 0;
  const auto count = [&calls](const Program& program) {
    ++calls;
    return program;
  };
  const HardwareJob plan = plan_hardware_job(one_by_one, {.transpile = count});
  CHECK(plan.runs() == 10000);
  CHECK(plan.circuits.size() == 2 * rows);  // a ring of even length has two colours
  CHECK(calls == 2);                        // each for all rows
  const HardwareJob at_once = plan_hardware_job(question.jobs(0, rows));
  CHECK(at_once.circuits.size() == 2 * rows);
  CHECK(largest_difference(question.jobs(0, 2), plan_hardware_job(question.jobs(0, 2))) < 1e-12);
  const std::vector<CircuitJob> few(one_by_one.begin(), one_by_one.begin() + 40);
  CHECK(largest_difference(few, plan_hardware_job(few)) < 1e-12);  // 40 runs: by their sets of qubits
}

TEST_CASE("light cones of many samples fill circuits that they have no qubit in common in", "[hardware]") {
  const std::vector<Operation> cone{gate::ry(0, feature(0)), gate::cz(0, 1)};
  const Batch<double> eigenvalues{{1.0}, {-1.0}};
  const std::vector<int> first{0, 1}, second{2, 3}, overlapping{1, 2}, measured{0};
  std::vector<Batch<double>> parameters;
  for (int r = 0; r < 30; ++r) parameters.push_back(Batch<double>::Constant(1, 1, 0.1 * r));
  std::vector<CircuitJob> jobs;
  for (const auto& of_row : parameters) {
    for (const auto* qubits : {&first, &second, &overlapping}) {
      jobs.push_back({{2, cone}, *qubits, measured, of_row, eigenvalues, 2});
    }
  }
  const HardwareJob plan = plan_hardware_job(jobs);
  CHECK(plan.circuits.size() == 60);
  CHECK(largest_difference(jobs, plan) < 1e-12);
}

TEST_CASE("readout is calibrated in the device's gates", "[hardware]") {
  const HeadQuestion question(1);
  const auto without_x = [](const Program& program) {
    Program out(program.qubits());
    for (const auto& r : program.registers()) out.add_register(r.name, r.bits);
    for (const auto& step : program.instructions()) {
      const auto* op = std::get_if<Operation>(&step.action);
      if (op != nullptr && op->gate == Gate::X) {
        const int q = op->qubits[0];
        out.append(gate::rz(q, 0.3)).append(gate::sx(q)).append(gate::sx(q));
      } else {
        out.append(step);
      }
    }
    return out;
  };
  const HardwareJob plan = plan_hardware_job(question.jobs(), {.transpile = without_x, .calibrate_readout = true});
  const auto& ones = plan.circuits[static_cast<std::size_t>(plan.calibration->ones)];
  for (const auto& step : ones.instructions()) {
    const auto* op = std::get_if<Operation>(&step.action);
    CHECK((op == nullptr || op->gate != Gate::X));
  }
  CHECK(register_probabilities(ones, NoiseModel())[0].back() == Approx(1.0));
  const auto& zeros = plan.circuits[static_cast<std::size_t>(plan.calibration->zeros)];
  CHECK(register_probabilities(zeros, NoiseModel())[0].front() == 1.0);
  const auto no_x = [](const Program& program) {
    Program out(program.qubits());
    for (const auto& r : program.registers()) out.add_register(r.name, r.bits);
    for (const auto& step : program.instructions()) {
      const auto* op = std::get_if<Operation>(&step.action);
      if (op == nullptr || op->gate != Gate::X) out.append(step);
    }
    return out;
  };
  CHECK_THROWS_AS(plan_hardware_job(question.jobs(), {.transpile = no_x, .calibrate_readout = true}), CircuitError);
}

TEST_CASE("parameters that are no numbers go to no device", "[hardware]") {
  for (const double bad : {std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity()}) {
    HeadQuestion question(3);
    question.parameters(2)(1, 1) = bad;
    CHECK(test::message_of<ValueError>([&] { (void)plan_hardware_job(question.jobs()); }) ==
          "qmtl: HardwareJob: parameters of run 1 of job 2, expected finite numbers, got NaN or infinity");
  }
}

TEST_CASE("names of jobs are new ones unless they are given", "[hardware]") {
  const HeadQuestion question(1);
  const auto first = plan_hardware_job(question.jobs()), second = plan_hardware_job(question.jobs());
  CHECK(first.name != second.name);
  CHECK(first.name.size() == 29);
  CHECK(first.circuits == second.circuits);
}

TEST_CASE("jobs that cannot be planned are refused", "[hardware]") {
  HeadQuestion question(1);
  auto jobs = question.jobs();
  CHECK_THROWS_AS(plan_hardware_job(jobs, {.shots = 0}), ValueError);
  CHECK_THROWS_AS(plan_hardware_job(jobs, {.name = "a b"}), ValueError);
  const auto lossy = [](const Program& program) { return Program(program.qubits()); };
  CHECK(test::message_of<CircuitError>([&] { (void)plan_hardware_job(jobs, {.transpile = lossy}); }) ==
        "qmtl: HardwareJob: a transpiled circuit must have the registers that it had, each bit measured once");
  const std::vector<int> twice{1, 1}, three{0, 1, 2};
  jobs[0].measured = twice;
  CHECK_THROWS_AS(plan_hardware_job(jobs), CircuitError);
  jobs[0].measured = three;
  CHECK_THROWS_AS(plan_hardware_job(jobs), ShapeError);
  jobs = question.jobs();
  const std::vector<Operation> weighted{gate::ry(0, weight(0))};
  jobs[0].circuit = {4, weighted};
  CHECK_THROWS_AS(plan_hardware_job(jobs), CircuitError);
  CHECK(plan_hardware_job({}).circuits.empty());
}

}  // namespace plan_job_test
