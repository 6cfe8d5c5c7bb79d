// SPDX-License-Identifier: Apache-2.0
// A trained model on a device, by way of a job's file; the service is simulated in this process.

#include <cstdio>
#include <filesystem>
#include <qmtl/hardware/job_recorder.hpp>
#include <qmtl/hardware/job_runner.hpp>
#include <qmtl/hardware/simulated_provider.hpp>
#include <qmtl/noise/device_noise.hpp>
#include <qmtl/noise/noisy_executor.hpp>
#include <qmtl/provider/file_journal.hpp>
#include <qmtl/qmtl.hpp>
#include <string>

using namespace qmtl;
using Model =
    QmtlModel<Linear<20, 4>, AngleEncoding<4, Axis::Y, CzRing>, Task<"task 0", RotationBlock<2>, Window<0, 2>, Binary>,
              Task<"task 1", RotationBlock<2>, Window<2, 2>, Binary>,
              Task<"task 2", RotationBlock<2>, Window<1, 2>, Binary>>;

// The head's qubits on the device, and how it errs.
NoiseModel device() {
  NoiseModel model;
  model.after({.width = 1}, depolarizing(1e-3)).after({.width = 2}, depolarizing(1e-2, 2));
  return model.set_readout_error({.p_1_given_0 = 0.02, .p_0_given_1 = 0.06});
}

double mean_auc(const Model& model, const Dataset<double>& data) {
  double sum = 0.0;
  for (const auto& task : evaluate(model, data)) sum += task.auc;
  return sum / Model::tasks;
}

// Today: what the model asks is written down, planned and saved.
void save_job(Model model, const Dataset<double>& data, const std::string& path) {
  const JobRecorder recorder;
  model.head().set_executor(recorder);
  (void)model.predict(data.inputs);
  const HardwareJob job = recorder.plan({.shots = 2000, .calibrate_readout = true});
  save_hardware_job(job, path);
  std::printf("%zu circuits for %zu runs\n", job.circuits.size(), job.runs());
}

// Tonight: sent and collected; if interrupted, called again.
void run_job(const std::string& path) {
  const HardwareJob job = load_hardware_job(path);
  FileJournal journal(path, job);
  SimulatedProvider provider(device());
  JobRunner(job, provider, journal).wait();
}

// Tomorrow: the same model, answered by the device.
Model answered(Model model, const std::string& path) {
  HardwareJob job = load_hardware_job(path);
  FileJournal journal(path, job);
  SimulatedProvider provider(device());
  auto results = JobRunner(job, provider, journal).results();
  model.head().set_executor(RecordedAnswers(std::move(job), std::move(results)));
  return model;
}

int main() {
  const auto all = make_binary_tasks({.tasks = 3, .rows = 300}).data;
  Rng rng(Seed{2});
  const auto parts = split(all.rows(), {.train = 0.7, .validation = 0.0, .test = 0.3}, rng);
  const auto test = all.select(parts.test);
  Model model{Seed{1}};
  fit(model, all.select(parts.train), {.epochs = 20, .optimizer = AdamW{.learning_rate = 1e-2}});
  const auto folder = std::filesystem::temp_directory_path() / "qmtl-hardware-loop";
  std::filesystem::remove_all(folder);  // what a run that was interrupted has left
  std::filesystem::create_directory(folder);
  const std::string path = folder / "job.json";
  save_job(model, test, path);
  run_job(path);
  Model noisy = model;
  noisy.head().set_executor(NoisyExecutor(device()));
  std::printf("mean test AUC: ideal %.4f, simulated device %.4f, from the job's results %.4f\n", mean_auc(model, test),
              mean_auc(noisy, test), mean_auc(answered(model, path), test));
  std::filesystem::remove_all(folder);
}
