// SPDX-License-Identifier: Apache-2.0
// One trained model on many devices, each simulated by its published calibration: what noise, finite shots, mitigation
// and training under noise make of its test AUC. Without files: generated data, and made-up devices.

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <qmtl/engine/noisy_backend.hpp>
#include <qmtl/engine/pauli_executor.hpp>
#include <qmtl/executor/shot_executor.hpp>
#include <qmtl/io/calibration_json.hpp>
#include <qmtl/io/dataset_npz.hpp>
#include <qmtl/mitigation/mitigated_executor.hpp>
#include <qmtl/noise/device_path.hpp>
#include <qmtl/noise/stand_ins.hpp>
#include <qmtl/qmtl.hpp>
#include <string>
#include <vector>

using namespace qmtl;

using Generated = QmtlModel<Linear<20, 6>, AngleEncoding<6, Axis::Y, CzRing>,
                            Task<"first", RotationBlock<2, Layers<2>>, Window<0, 2>, Binary>,
                            Task<"second", RotationBlock<3, Layers<2>>, Window<1, 3>, Classes<3>>,
                            Task<"third", RotationBlock<2, Layers<2>>, Window<4, 2>, Binary>>;
using Emotions = Classes<9, BasisStates>;
using Mustard = QmtlModel<Linear<149, 8>, AngleEncoding<8, Axis::Y, CzRing, Layers<2>>,
                          Task<"sarcasm", RotationBlock<2, Layers<2>>, Window<0, 2>, Binary>,
                          Task<"sentiment_implicit", RotationBlock<3, Layers<2>>, Window<2, 3>, Classes<3>>,
                          Task<"sentiment_explicit", RotationBlock<3, Layers<2>>, Window<5, 3>, Classes<3>>,
                          Task<"emotion_implicit", RotationBlock<4, Layers<2>>, Window<2, 4>, Emotions>,
                          Task<"emotion_explicit", RotationBlock<4, Layers<2>>, Window<4, 4>, Emotions>>;

// Twelve qubits in a line, of which every pair has the same figures; times in ns.
DeviceCalibration made_up(const char* name, double pair_error) {
  DeviceCalibration out{.name = name};
  for (int q = 0; q < 12; ++q) {
    out.qubits.push_back({.t1 = 2e5, .t2 = 1e5, .p_1_given_0 = pair_error, .p_0_given_1 = 2 * pair_error});
    out.gates.push_back({"sx", Gate::SX, {q}, pair_error / 20, 40});
    out.gates.push_back({"rz", Gate::RZ, {q}, 0.0, 0});
    if (q > 0) out.gates.push_back({"cz", Gate::CZ, {q - 1, q}, pair_error, 70});
  }
  return out;
}

// All pairs of conf_NAME.json and props_NAME.json in a folder.
std::vector<DeviceCalibration> load_devices(const std::filesystem::path& folder) {
  std::vector<DeviceCalibration> out;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    const std::string name = entry.path().filename().string();
    if (!name.starts_with("conf_") || !name.ends_with(".json")) continue;
    out.push_back(load_device_calibration(entry.path().string(), (folder / ("props_" + name.substr(5))).string()));
  }
  if (out.empty()) throw FileError("device_study: no conf_NAME.json in " + folder.string());
  std::ranges::sort(out, {}, &DeviceCalibration::name);
  return out;
}

template <class Model>
double mean_auc(const Model& model, const TrainTest<double>& data) {
  double sum = 0.0;
  const auto tasks = evaluate(model, data.test, majority_classes(model, data.train));
  for (const auto& task : tasks) sum += task.auc;
  return sum / static_cast<double>(tasks.size());
}

struct Row {
  std::string device;
  std::vector<double> auc;  // exact; of 128, 512, 2048 and 8192 shots; mitigated, of 8192 in two circuits; trained on
                            // under noise, exact
};

template <class Model>
Row run_on_device(const Model& trained, const TrainTest<double>& data, const DeviceCalibration& device,
                  const FitOptions& under_noise) {
  const auto qubits = coupled_path(device, Model::HeadType::qubits);
  Row row{device.name, {}};
  if (qubits.empty()) return row;
  const auto noise = noise_model(device, {.stand_ins = usual_stand_ins(), .all_to_all = qubits});
  const PauliExecutor exact(noise, qubits);
  const auto auc_with = [&](auto change) {
    Model model = trained;
    change(model);
    return mean_auc(model, data);
  };
  const NoisyBackend<double> backend(Model::HeadType::program(), noise, qubits);
  row.auc.push_back(auc_with([&](Model& model) { model.head().set_backend(backend); }));
  for (const int shots : {128, 512, 2048, 8192}) {
    row.auc.push_back(auc_with([&](Model& model) { model.head().set_executor(ShotExecutor(shots, Seed{1}, exact)); }));
  }
  row.auc.push_back(auc_with([&](Model& model) {
    const MitigationOptions options{.readout_errors = noise.readout_errors(qubits), .factors = {3}};
    model.head().set_executor(MitigatedExecutor(ShotExecutor(4096, Seed{1}, exact), options));
  }));
  row.auc.push_back(auc_with([&](Model& model) {
    model.head().set_backend(backend);
    fit(model, data.train, under_noise);
  }));
  return row;
}

void print(const Row& row) {
  std::printf("%-20s", row.device.c_str());
  if (row.auc.empty()) std::printf(" no path of as many qubits");
  for (const double auc : row.auc) std::printf(" %9.4f", auc);
  std::printf("\n");
  std::fflush(stdout);
}

// A script for gnuplot, which holds its data.
void write_plot(const std::string& path, const std::vector<Row>& rows) {
  std::ofstream out(path);
  out << "set terminal svg size 900,480\nset style data linespoints\nset key bottom left\nset ylabel 'mean test AUC'\n"
         "set xtics rotate by -30 noenhanced\nset linetype 5 linecolor '#a02020'\nset grid ytics\nset offsets "
         ".3,.3,0,0\n$auc << END\n";
  for (const Row& row : rows) {
    if (row.auc.empty()) continue;
    out << '"' << row.device << '"';
    for (const double auc : row.auc) out << ' ' << auc;
    out << '\n';
  }
  out << "END\nplot $auc using 2:xtic(1) title 'exact', '' using 3 title '128 shots', '' using 6 title '8192 shots', "
         "'' using 7 title 'mitigated, 8192 shots', '' using 8 title 'trained on under noise, exact'\n";
  if (!out.flush()) throw FileError("device_study: cannot write " + path);
}

template <class Model>
void study(const TrainTest<double>& data, const std::vector<DeviceCalibration>& devices, FitOptions options,
           const std::string& plot) {
  Model model{Seed{1}};
  fit(model, data.train, options);
  options.epochs /= 4;
  std::vector<Row> rows;
  std::printf("Mean test AUC over %d tasks; mitigated: readout undone, linear extrapolation (1, 3)\n\n", Model::tasks);
  std::printf("%-20s %9s %9s %9s %9s %9s %9s %9s\n", "", "exact", "128", "512", "2048", "8192", "mitigated", "trained");
  auto no_noise = made_up("no noise", 0.0);
  for (auto& qubit : no_noise.qubits) qubit.t1 = qubit.t2 = {};
  rows.push_back(run_on_device(model, data, no_noise, options));
  print(rows.back());
  for (const auto& device : devices) {
    rows.push_back(run_on_device(model, data, device, options));
    print(rows.back());
  }
  if (!plot.empty()) write_plot(plot, rows);
}

int main(int argc, char** argv) try {
  std::string data, devices, plot;
  CLI::App app{"Judges one trained model on many devices, simulated by their calibrations."};
  app.add_option("--data", data, "MUStARD .npz file (default: generated data)");
  app.add_option("--devices", devices, "folder of conf_NAME.json and props_NAME.json (default: made-up devices)");
  app.add_option("--plot", plot, "file for a gnuplot script: gnuplot FILE > devices.svg");
  CLI11_PARSE(app, argc, argv);
  const auto list = devices.empty() ? std::vector{made_up("good", 2e-3), made_up("fair", 1e-2), made_up("poor", 5e-2)}
                                    : load_devices(devices);
  if (data.empty()) {
    const auto all = make_related_tasks({.rows = 600}).data;
    Rng rng(Seed{2});
    const auto parts = split(all.rows(), {.train = 0.7, .validation = 0.0, .test = 0.3}, rng);
    study<Generated>({all.select(parts.train), all.select(parts.test)}, list,
                     {.epochs = 16, .optimizer = AdamW{.learning_rate = 1e-2}}, plot);
  } else {
    study<Mustard>(load_multitask_npz<double>(data, {"x", "context", "speaker_show"}), list,
                   {.epochs = 40,  // settings of the example quickstart
                    .optimizer = AdamW{.learning_rate = 2e-3, .weight_decay = 16.0},
                    .head_learning_rate_scale = 3.0},
                   plot);
  }
} catch (const std::exception& error) {
  std::fprintf(stderr, "%s\n", error.what());
  return 1;
}
