// SPDX-License-Identifier: Apache-2.0
// Devices' figures become backends of heads.

#include "paper/noise.hpp"

#include <algorithm>
#include <filesystem>
#include <map>
#include <optional>

#include "paper/erased_backend.hpp"
#include "qmtl/engine/noisy_backend.hpp"
#include "qmtl/engine/parallel_backend.hpp"
#include "qmtl/engine/pauli_executor.hpp"
#include "qmtl/executor/shot_executor.hpp"
#include "qmtl/io/calibration_json.hpp"
#include "qmtl/loss/statistics.hpp"
#include "qmtl/mitigation/mitigated_executor.hpp"
#include "qmtl/noise/device_path.hpp"
#include "qmtl/noise/stand_ins.hpp"

namespace qmtl::benchmark::paper {
namespace {

/// A case made ready for heads of one width; no path: there is none.
class NoisyDevice {
 public:
  /// Shots are drawn from `seed` and the one behind it.
  NoisyDevice(const NoiseCase& noise_case, const NoisePlan& plan, Seed seed)
      : case_(noise_case), plan_(plan), seed_(seed) {}

  [[nodiscard]] bool fits(int qubits) { return !placed(qubits).path.empty(); }

  [[nodiscard]] CircuitBackend exact(const HeadProgram<double>& program) {
    const Placed& at = placed(program.qubits);
    return erased(NoisyBackend<double>(program, at.model, at.path));
  }
  [[nodiscard]] CircuitBackend shots(const HeadProgram<double>& program) {
    return by_shift(program, measured(placed(program.qubits), plan_.shots, seed_));
  }
  [[nodiscard]] CircuitBackend mitigated(const HeadProgram<double>& program) {
    const Placed& at = placed(program.qubits);
    const MitigationOptions options{.readout_errors = at.model.readout_errors(at.path), .factors = {3}};
    return by_shift(program, MitigatedExecutor(measured(at, plan_.shots / 2, Seed{seed_.value + 1}), options));
  }

 private:
  struct Placed {
    std::vector<int> path;
    NoiseModel model;
  };

  [[nodiscard]] const Placed& placed(int qubits) {
    if (const auto known = placed_.find(qubits); known != placed_.end()) return known->second;
    Placed out{coupled_path(*case_.device, qubits), {}};
    if (!out.path.empty()) {
      out.model =
          noise_model(*case_.device, {.scale = case_.scale, .stand_ins = usual_stand_ins(), .all_to_all = out.path});
    }
    return placed_.emplace(qubits, std::move(out)).first->second;
  }
  [[nodiscard]] static ShotExecutor<PauliExecutor> measured(const Placed& at, int shots, Seed seed) {
    return ShotExecutor(shots, seed, PauliExecutor(at.model, at.path));
  }

  NoiseCase case_;
  const NoisePlan& plan_;
  Seed seed_;
  std::map<int, Placed> placed_;
};

/// What the heads of a model are like.
struct HeadFacts {
  int heads = 0;
  bool fit = true;
  std::size_t measured = 0;  ///< qubits at a time
};

/// Leaves the model trained and on the device.
[[nodiscard]] NoiseResult judge_case(Trained& model, NoisyDevice& device, bool exact_only, const NoisePlan& plan,
                                     const TrainRequest& training, const Dataset<double>& test) {
  HeadFacts facts;
  for (const HeadProgram<double>& program : model.programs()) {
    ++facts.heads;
    facts.fit = facts.fit && device.fits(program.qubits);
    for (const auto& task : program.tasks) facts.measured = std::max(facts.measured, task.window.size());
  }
  NoiseResult out;
  if (facts.heads == 0 || !facts.fit) return out;
  const BackendMaker exact = [&](const auto& program) { return device.exact(program); };
  const auto judge = [&](const BackendMaker& make) {
    model.run_on(make);
    return mean_auc(model, test);
  };
  out.exact = judge(exact);
  if (exact_only || facts.measured > static_cast<std::size_t>(plan.qubits)) return out;
  out.shots = judge([&](const auto& program) { return device.shots(program); });
  out.mitigated = judge([&](const auto& program) { return device.mitigated(program); });
  const ModelState state = model.state();
  const auto trained_on = [&](const BackendMaker& make) {
    model.restore(state);
    model.run_on(make);
    model.train_on(training, plan.epochs, plan.rate_factor);
    return judge(exact);
  };
  out.trained = trained_on(exact);
  out.trained_ideally = trained_on(nullptr);
  return out;
}

[[nodiscard]] std::shared_ptr<const DeviceCalibration> load_device(const std::string& path) {
  const std::filesystem::path file(path);
  const std::string name = file.filename().string();
  const auto begins = [&](const char* with) { return name.starts_with(with); };
  if (!begins("conf_") && !begins("props_")) {
    throw FileError("qmtl: paper: " + path + ": expected conf_NAME.json or props_NAME.json, the other one beside it");
  }
  const std::string rest = name.substr(name.find('_') + 1);
  const auto beside = [&](const char* with) { return (file.parent_path() / (with + rest)).string(); };
  return std::make_shared<const DeviceCalibration>(load_device_calibration(beside("conf_"), beside("props_")));
}

}  // namespace

double mean_auc(Trained& model, const Dataset<double>& test) {
  std::vector<double> aucs;
  for (const TaskMetrics& task : model.evaluate(test)) aucs.push_back(task.auc);
  return summarize(aucs).mean;
}

std::vector<NoiseCase> load_noise_cases(const std::vector<std::string>& paths, const std::vector<double>& scales) {
  std::vector<NoiseCase> out;
  for (const std::string& path : paths) out.push_back({load_device(path), 1.0});
  if (out.empty()) return out;
  const auto first = out.front().device;
  for (const double scale : scales) out.push_back({first, scale});
  return out;
}

std::vector<NoiseResult> judge_under_noise(Trained& model, const NoisePlan& plan, const TrainRequest& training,
                                           const Dataset<double>& test) {
  std::vector<NoiseResult> out;
  if (plan.cases.empty()) return out;
  const ModelState state = model.state();
  for (const NoiseCase& noise_case : plan.cases) {
    NoisyDevice device(noise_case, plan, Seed{1000 * training.seed.value + 2 * out.size()});
    try {
      out.push_back(judge_case(model, device, noise_case.scale != 1.0, plan, training, test));
    } catch (const NumericalError&) {  // training under noise diverged
      out.emplace_back();
    }
    model.restore(state);
  }
  model.run_on(nullptr);
  return out;
}

}  // namespace qmtl::benchmark::paper
