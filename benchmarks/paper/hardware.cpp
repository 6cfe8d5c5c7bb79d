// SPDX-License-Identifier: Apache-2.0
// The whole loop: circuits are written down, planned, transpiled, run by a simulated service, and answered.

#include "paper/hardware.hpp"

#include <algorithm>
#include <numeric>
#include <optional>
#include <utility>
#include <vector>

#include "paper/erased_backend.hpp"
#include "paper/noise.hpp"
#include "qmtl/hardware/job_journal.hpp"
#include "qmtl/hardware/job_recorder.hpp"
#include "qmtl/hardware/job_runner.hpp"
#include "qmtl/hardware/simulated_provider.hpp"
#include "qmtl/hardware/transpile.hpp"
#include "qmtl/loss/statistics.hpp"
#include "qmtl/noise/device_noise.hpp"
#include "qmtl/noise/device_path.hpp"
#include "qmtl/noise/stand_ins.hpp"

namespace qmtl::benchmark::paper {
namespace {

using Recorder = JobRecorder<true>;
using Answers = RecordedAnswers<true>;

/// Some qubits of a device as a device of their own.
[[nodiscard]] DeviceCalibration part_of(const DeviceCalibration& device, const std::vector<int>& qubits) {
  std::vector<int> place(device.qubits.size(), -1);
  DeviceCalibration out{.name = device.name};
  for (const int q : qubits) {
    place[static_cast<std::size_t>(q)] = static_cast<int>(out.qubits.size());
    out.qubits.push_back(device.qubits[static_cast<std::size_t>(q)]);
  }
  const auto in_part = [&place](int q) { return place[static_cast<std::size_t>(q)] >= 0; };
  for (GateCalibration gate : device.gates) {
    if (!std::ranges::all_of(gate.qubits, in_part)) continue;
    for (int& q : gate.qubits) q = place[static_cast<std::size_t>(q)];
    out.gates.push_back(std::move(gate));
  }
  for (const auto& [a, b] : device.coupling_map) {
    if (!in_part(a) || !in_part(b)) continue;
    out.coupling_map.emplace_back(place[static_cast<std::size_t>(a)], place[static_cast<std::size_t>(b)]);
  }
  out.basis_gates = device.basis_gates;
  out.dt = device.dt;
  return out;
}

/// Where a head's circuits run.
struct Place {
  DeviceCalibration device;
  bool share = false;  ///< circuits, between tasks
};

/// Qubits of the widest circuit where none are shared.
[[nodiscard]] int circuit_width(const Recorder& recorder) {
  std::size_t width = 0;
  const auto measure = [&width](const Program& program) {
    width = std::max(width, detail::compact(program).qubits.size());
    return program;
  };
  static_cast<void>(recorder.plan({.transpile = measure, .share_circuits = false}));
  return static_cast<int>(width);
}

/// Nothing where neither the whole head nor its widest circuit fits.
[[nodiscard]] std::optional<Place> place_of(const Recorder& recorder, int head_qubits, const HardwarePlan& plan) {
  const int width = circuit_width(recorder);
  for (const bool share : {true, false}) {
    const int qubits = share ? head_qubits : width;
    if (qubits > plan.qubits) continue;
    const std::vector<int> path = coupled_path(*plan.device, qubits);
    if (!path.empty()) return Place{part_of(*plan.device, path), share};
  }
  return std::nullopt;
}

/// Runs the jobs of a model's heads and keeps account of them.
class Loop {
 public:
  Loop(const HardwarePlan& plan, Seed seed) : plan_(plan), seed_(seed) {}

  /// Answers of a head from its job's results; nothing where it does not fit.
  [[nodiscard]] std::optional<Answers> run(const Recorder& recorder, int head_qubits) {
    const auto place = place_of(recorder, head_qubits, plan_);
    if (!place) return std::nullopt;
    const Target target = target_from(place->device);
    const auto to_device = [&](const Program& program) {
      auto out = transpile(detail::compact(program).program, target);
      if (program.find_register("x") < 0) count(out.report);  // which is that of the X that calibrates readout
      return std::move(out.program);
    };
    HardwareJob job = recorder.plan(
        {.shots = plan_.shots, .transpile = to_device, .share_circuits = place->share, .calibrate_readout = true});
    out_.circuits += job.circuits.size();
    out_.shots += static_cast<std::int64_t>(job.circuits.size()) * job.shots;
    out_.qubits = std::max(out_.qubits, static_cast<int>(place->device.qubits.size()));
    SimulatedProvider provider(noise_model(place->device, {.stand_ins = usual_stand_ins()}),
                               Seed{seed_.value + 1000 * jobs_++}, place->device.name);
    MemoryJournal journal;
    JobRunner runner(job, provider, journal);
    runner.wait();
    auto results = runner.results();
    return Answers(std::move(job), std::move(results));
  }

  [[nodiscard]] HardwareResult result() const {
    HardwareResult out = out_;
    out.transpiled = before_.size();
    out.pairs_before = summarize(before_).mean;
    out.pairs_after = summarize(after_).mean;
    out.swaps = summarize(swaps_).mean;
    out.success = summarize(success_).mean;
    return out;
  }

 private:
  void count(const TranspileReport& report) {
    before_.push_back(report.before.multi_qubit_gates);
    after_.push_back(report.after.multi_qubit_gates);
    swaps_.push_back(report.swaps);
    success_.push_back(report.success ? report.success->probability.value_or(undefined_metric) : undefined_metric);
  }

  const HardwarePlan& plan_;
  Seed seed_;
  std::uint64_t jobs_ = 0;
  HardwareResult out_;
  std::vector<double> before_, after_, swaps_, success_;  ///< of each circuit that was transpiled
};

/// What the model's heads ask for these rows, a list a head.
[[nodiscard]] std::vector<Recorder> recorded(Trained& model, const Dataset<double>& rows) {
  std::vector<Recorder> out;
  model.run_on([&out](const HeadProgram<double>& program) { return by_shift(program, out.emplace_back()); });
  static_cast<void>(model.evaluate(rows));  // the answers mean nothing
  model.run_on(nullptr);
  return out;
}

}  // namespace

Dataset<double> hardware_rows(const Dataset<double>& test, const HardwarePlan& plan) {
  std::vector<Eigen::Index> rows(static_cast<std::size_t>(test.rows()));
  std::iota(rows.begin(), rows.end(), Eigen::Index{0});
  Rng rng(Seed{plan.row_seed});
  shuffle(rows, rng);
  rows.resize(std::min(rows.size(), static_cast<std::size_t>(plan.rows)));
  std::ranges::sort(rows);
  return test.select(rows);
}

HardwareResult judge_on_hardware(Trained& model, const HardwarePlan& plan, const TrainRequest& training,
                                 const Dataset<double>& test) {
  if (plan.device == nullptr) return {};
  const std::vector<HeadProgram<double>> programs = model.programs();
  if (programs.empty()) return {};
  const Dataset<double> rows = hardware_rows(test, plan);
  const std::vector<Recorder> recorders = recorded(model, rows);
  Loop loop(plan, training.seed);
  std::vector<Answers> answers;
  for (std::size_t h = 0; h < programs.size(); ++h) {
    auto of_head = loop.run(recorders[h], programs[h].qubits);
    if (!of_head) return {};
    answers.push_back(*std::move(of_head));
  }
  HardwareResult out = loop.result();
  out.ideal = mean_auc(model, rows);
  auto next = answers.begin();
  model.run_on([&next](const HeadProgram<double>& program) { return by_shift(program, *next++); });
  out.measured = mean_auc(model, rows);
  NoisePlan exact;
  exact.cases = {{plan.device, 1.0}};
  exact.qubits = 0;  // no shots, no training
  out.simulated = judge_under_noise(model, exact, training, rows).front().exact;
  return out;
}

}  // namespace qmtl::benchmark::paper
