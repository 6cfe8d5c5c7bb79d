// SPDX-License-Identifier: Apache-2.0
// What noise costs beside the head step of noisy_head: trajectories, shots, a device's files, wide and single-precision
// heads; and what must be reached on one thread.

#include <concepts>
#include <cstdint>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "made_up_device.hpp"
#include "noisy_step.hpp"
#include "options.hpp"
#include "qmtl/engine/noisy_backend.hpp"
#include "qmtl/io/calibration_json.hpp"
#include "qmtl/noise/device_noise.hpp"
#include "qmtl/noise/trajectories.hpp"
#include "qmtl/noise/with_noise.hpp"
#include "qmtl/state/dynamic_state.hpp"
#include "qmtl/state/sample_counts.hpp"
#include "result_table.hpp"

namespace qmtl::benchmark {
namespace {

struct Arguments {
  std::string conf, props;
  bool json = false;
  double seconds = 1.0;
};

enum class Goal { none, at_most, at_least };

struct Row {
  std::string what;
  double value;
  std::string unit;
  Goal goal = Goal::none;
  double bound = 0.0;

  [[nodiscard]] bool met() const { return goal == Goal::at_most ? value <= bound : value >= bound; }
};

using Rows = std::vector<Row>;

/// The noise of the step, and relaxation behind every gate: T1 100 us, T2 80 us, gates of 60 and 500 ns.
[[nodiscard]] NoiseModel with_relaxation() {
  constexpr Relaxation qubit{.t1 = 100e3, .t2 = 80e3};
  NoiseModel model = noise_model({});
  model.after({.width = 1}, thermal_relaxation(qubit, 60)).after({.width = 2}, thermal_relaxation(qubit, 500));
  return model;
}

/// Configuration M's encoding and blocks as one circuit, with the first sample of the workload.
struct WholeCircuit {
  Program program = make_program(EncodingKind::ry, configs[1].qubits, configs[1].tasks);
  std::vector<Operation> operations = whole_circuit(program);
  Inputs<double> in{program, 1};

  [[nodiscard]] CircuitView view() const { return {program.qubits, operations}; }
  [[nodiscard]] Parameters<double> features() const { return {in.x.data(), static_cast<std::size_t>(in.x.size())}; }
};

void add_trajectories(Rows& rows, const TimingOptions& options) {
  const WholeCircuit circuit;
  std::vector<PauliSum> observables;
  for (int q = 0; q < circuit.program.qubits; ++q) observables.push_back(pauli_z(q));
  const auto add = [&](const char* noise, const NoiseModel& model) {
    const auto noisy = with_noise(circuit.view(), model);
    const Timing timing = time_runs(options, [&] {
      (void)trajectories<double>(noisy, observables, {.count = 1000}, circuit.features(), circuit.in.theta);
    });
    rows.push_back({detail::text("1,000 trajectories of M's circuit (", circuit.operations.size(), " gates), ", noise),
                    1e3 * timing.best, "ms", Goal::at_most, 25});
  };
  add("depolarizing", noise_model({}));
  add("depolarizing and relaxation", with_relaxation());
}

void add_shots(Rows& rows, const TimingOptions& options) {
  constexpr std::int64_t shots = 1'000'000;
  const WholeCircuit circuit;
  const auto state = run(circuit.view(), circuit.features(), circuit.in.theta);
  Rng rng(Seed{1});
  const auto add = [&](const char* what, double seconds) {
    rows.push_back({detail::text("shots from a state of ", circuit.program.qubits, " qubits, ", what),
                    1e-6 * static_cast<double>(shots) / seconds, "million/s", Goal::at_least, 50});
  };
  add("a million counted", time_runs(options, [&] { (void)sample_counts(state, shots, rng); }).best);
  add("a million one by one", time_runs(options, [&] { (void)sample(state, shots, rng); }).best);
}

void add_device(Rows& rows, const Arguments& arguments, const TimingOptions& options) {
  const bool from_files = !arguments.conf.empty();
  const DeviceFiles made_up = from_files ? DeviceFiles{} : made_up_device();
  DeviceCalibration device;
  const Timing loading = time_runs(options, [&] {
    device = from_files ? load_device_calibration(arguments.conf, arguments.props)
                        : parse_device_calibration(made_up.conf, made_up.props);
  });
  const std::string what = detail::text(from_files ? "files of " : "JSON of ", device.name, ", ", device.qubits.size(),
                                        " qubits, ", device.gates.size(), " gates");
  rows.push_back({what + ", loaded", 1e3 * loading.best, "ms", Goal::at_most, 50});
  rows.push_back(
      {what + ", as a noise model", 1e3 * time_runs(options, [&] { (void)noise_model(device); }).best, "ms"});
}

/// Steps with 64 samples, forward and all gradients.
template <Scalar S>
void add_steps(Rows& rows, const char* scalar, const TimingOptions& options) {
  const auto add = [&](EncodingKind encoding, const Config& config, const char* noise, const NoiseModel& model,
                       std::optional<double> bound = {}) {
    const Program program = make_program(encoding, config.qubits, config.tasks);
    const HeadProgram<S> head = head_program<S>(program);
    const Inputs<S> in(program, config.batch);
    Outputs<S> out(program, config.batch);
    NoisyBackend<S> backend(head, model);
    const Timing timing = time_step(backend, in, out, true, options);
    rows.push_back({detail::text("step, ", config.name, ", ", to_string(encoding), ", ", noise, ", ", scalar),
                    1e3 * timing.best, "ms", bound ? Goal::at_most : Goal::none, bound.value_or(0.0)});
  };
  const NoiseModel depolarizing = noise_model({});
  const Config& m = configs[1];
  add(EncodingKind::ry, m, "depolarizing", depolarizing);
  add(EncodingKind::ry, m, "depolarizing and relaxation", with_relaxation());
  add(EncodingKind::cz, m, "depolarizing", depolarizing);
  add(EncodingKind::cz, {"64 qubits", 64, 32, 64}, "depolarizing", depolarizing,
      std::same_as<S, double> ? std::optional(100.0) : std::nullopt);
  add(EncodingKind::cz, {"256 qubits", 256, 128, 64}, "depolarizing", depolarizing);
}

void print_json(const Row& row) {
  nlohmann::ordered_json line{{"what", row.what}, {"value", row.value}, {"unit", row.unit}};
  if (row.goal != Goal::none) {
    line[row.goal == Goal::at_most ? "at_most" : "at_least"] = row.bound;
    line["met"] = row.met();
  }
  std::printf("%s\n", line.dump().c_str());
}

void print_table(const Rows& rows) {
  ResultTable table({"what", "measured", "unit", "goal", "met"});
  for (const Row& row : rows) {
    const bool has_goal = row.goal != Goal::none;
    table.add({row.what, significant(row.value, 4), row.unit,
               has_goal ? detail::text(row.goal == Goal::at_most ? "at most " : "at least ", row.bound) : "",
               has_goal ? (row.met() ? "yes" : "NO") : ""});
  }
  table.print();
}

void run_all(const Arguments& arguments) {
  const TimingOptions options{.seconds = arguments.seconds};
  Rows rows;
  add_trajectories(rows, options);
  add_shots(rows, options);
  add_device(rows, arguments, options);
  add_steps<double>(rows, "double", options);
  add_steps<float>(rows, "float", options);
  if (!arguments.json) return print_table(rows);
  for (const Row& row : rows) print_json(row);
}

}  // namespace
}  // namespace qmtl::benchmark

int main(int argc, char** argv) {
  using namespace qmtl::benchmark;
  Arguments arguments;
  CLI::App app{
      "Times what else noise costs, on one thread: trajectories, shots, loading a device, steps of wide heads and in "
      "single precision."};
  auto* conf = app.add_option("--conf", arguments.conf, "a device's configuration, conf_*.json (default: made up)");
  auto* props = app.add_option("--props", arguments.props, "its properties, props_*.json");
  conf->needs(props);
  props->needs(conf);
  app.add_flag("--json", arguments.json, "print a JSON object a row");
  add_seconds_option(app, arguments.seconds, "how long to repeat each");
  return run_program(app, argc, argv, [&] {
    run_all(arguments);
    return 0;
  });
}
