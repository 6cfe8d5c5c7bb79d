// SPDX-License-Identifier: Apache-2.0
// The circuits of the head step as OpenQASM, one for each sample, and what they must measure: for other simulators and
// for devices, transpiled or not.

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <numeric>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "options.hpp"
#include "qmtl/circuit/bind_parameters.hpp"
#include "qmtl/core/atomic_file.hpp"
#include "qmtl/hardware/openqasm/write_openqasm.hpp"
#include "qmtl/hardware/transpile.hpp"
#include "qmtl/io/target_json.hpp"
#include "qmtl/measure/expectation.hpp"
#include "qmtl/state/dynamic_state.hpp"
#include "workload.hpp"

namespace qmtl::benchmark {
namespace {

struct Arguments {
  std::string config = "S";
  std::string encoding = "ry";
  int samples = 4;
  std::string target, folder;
};

/// The encoding of a sample and the blocks of all tasks with their parameters.
[[nodiscard]] qmtl::Program circuit_of(const Program& head, const Inputs<double>& in, int sample) {
  qmtl::Program symbolic(head.qubits);
  for (const auto& op : whole_circuit(head)) symbolic.append(op);
  const auto x = in.x.col(sample);
  return bind_parameters(symbolic, std::vector<double>(x.begin(), x.end()), in.theta);
}

/// <Z_q> of every qubit.
[[nodiscard]] std::vector<double> expected_of(const qmtl::Program& circuit) {
  std::vector<Operation> operations;
  for (const auto& step : circuit.instructions()) operations.push_back(*gate_of(step));
  std::vector<PauliSum> observables;
  for (int q = 0; q < circuit.qubits(); ++q) observables.push_back(pauli_z(q));
  return expectations(run(CircuitView(circuit.qubits(), operations)), observables);
}

/// The circuit with qubit q measured into bit q of the register c at the end, also where it is on a device.
[[nodiscard]] qmtl::Program measured(const qmtl::Program& circuit, const std::optional<Target>& target) {
  std::vector<int> places(static_cast<std::size_t>(circuit.qubits()));
  std::iota(places.begin(), places.end(), 0);
  qmtl::Program out = circuit;
  if (target) {
    TranspiledProgram transpiled = transpile(circuit, *target);
    out = std::move(transpiled.program);
    places = std::move(transpiled.final_layout);
  }
  out.add_register("c", circuit.qubits());
  for (int q = 0; q < circuit.qubits(); ++q) out.measure(places[static_cast<std::size_t>(q)], q);
  return out;
}

void write(const std::filesystem::path& path, std::string_view text) {
  write_file_atomically(path.string(), std::as_bytes(std::span(text)));
}

void export_samples(const Arguments& arguments) {
  const Config& config =
      *std::find_if(configs.begin(), configs.end(), [&](const Config& c) { return c.name == arguments.config; });
  const auto encoding = static_cast<EncodingKind>(position(encoding_names, arguments.encoding));
  const Program head = make_program(encoding, config.qubits, config.tasks);
  const Inputs<double> in(head, arguments.samples);
  const auto target = arguments.target.empty() ? std::nullopt : std::optional(load_target(arguments.target));
  const std::filesystem::path folder(arguments.folder);
  std::filesystem::create_directories(folder);
  nlohmann::ordered_json expected;
  for (int b = 0; b < arguments.samples; ++b) {
    const qmtl::Program circuit = circuit_of(head, in, b);
    const qmtl::Program program = measured(circuit, target);
    const std::string name = detail::text("head_step_", config.name, '_', b);
    write(folder / (name + ".qasm"), write_openqasm2(program));
    write(folder / (name + ".qasm3"), write_openqasm3(program));
    expected[name + ".qasm"] = expected_of(circuit);
  }
  write(folder / "expected.json", expected.dump(2) + '\n');
  std::printf("%d circuits in %s\n", arguments.samples, folder.c_str());
}

}  // namespace
}  // namespace qmtl::benchmark

int main(int argc, char** argv) {
  using namespace qmtl::benchmark;
  Arguments arguments;
  CLI::App app{
      "Writes the circuits of the first samples of the head step as OpenQASM 2.0 (.qasm) and 3.0 (.qasm3), qubit q "
      "measured into bit q, also on a device, and expected.json: the expectation values of Z on every qubit for each "
      ".qasm file."};
  add_config_option(app, arguments.config, {"S", "M", "L"});
  add_encoding_option(app, arguments.encoding, {"ry", "ryrz", "cz"});
  app.add_option("--samples", arguments.samples, "samples, from the first")
      ->check(CLI::Range(1, 1'000'000))
      ->capture_default_str();
  app.add_option("--target", arguments.target, "a device's configuration, to whose gates and couplings to transpile");
  app.add_option("--out", arguments.folder, "where to write; made if it is not there")->required();
  return run_program(app, argc, argv, [&] {
    export_samples(arguments);
    return 0;
  });
}
