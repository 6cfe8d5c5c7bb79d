// SPDX-License-Identifier: Apache-2.0
// A circuit in OpenQASM in the gates and on the qubits of a device, or with --route-only on its qubits.

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "options.hpp"
#include "qmtl/core/atomic_file.hpp"
#include "qmtl/hardware/equivalence.hpp"
#include "qmtl/hardware/openqasm/read_openqasm.hpp"
#include "qmtl/hardware/openqasm/write_openqasm.hpp"
#include "qmtl/hardware/routing.hpp"
#include "qmtl/hardware/transpile.hpp"
#include "qmtl/io/target_json.hpp"
#include "timing.hpp"

namespace qmtl::benchmark {
namespace {

struct Arguments {
  std::string file, target, out;
  int seeds = 128;
  int threads = 1;
  std::uint64_t seed = 1;
  long long states = 10'000'000;
  bool json = false;
  bool route_only = false;
  bool check = false;
};

/// Gates, matrices and channels on two qubits.
[[nodiscard]] int two_qubit_gates(const Program& program) {
  return static_cast<int>(std::ranges::count_if(program.instructions(), [](const Instruction& instruction) {
    return detail::coupled_qubits("transpile", instruction).first >= 0;
  }));
}

/// Instructions on the longest path of those that depend on one another, barriers not counted.
[[nodiscard]] int depth(const Program& program) {
  const detail::RoutingProblem problem(program, detail::RoutingProblem::Detail::instructions);
  std::vector<int> levels(static_cast<std::size_t>(problem.wires()));
  for (std::size_t i = 0; i < problem.steps().size(); ++i) {
    const auto wires = problem.wires_of(problem.steps()[i]);
    int level = 0;
    for (const int w : wires) level = std::max(level, levels[static_cast<std::size_t>(w)]);
    if (!std::holds_alternative<Barrier>(program.instructions()[i].action)) ++level;
    for (const int w : wires) levels[static_cast<std::size_t>(w)] = level;
  }
  return *std::ranges::max_element(levels);
}

void print(const Arguments& arguments, const Target& target, const Program& original, const RoutedProgram& routed,
           double seconds) {
  const int before = two_qubit_gates(original), added = 3 * routed.swaps, levels = depth(routed.program);
  if (arguments.json) {
    const nlohmann::ordered_json line{{"circuit", arguments.file},
                                      {"target", target.name},
                                      {"two_qubit_gates", before},
                                      {"added_two_qubit_gates", added},
                                      {"depth", levels},
                                      {"seconds", seconds},
                                      {"initial_layout", routed.initial_layout},
                                      {"final_layout", routed.final_layout}};
    std::printf("%s\n", line.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace).c_str());
    return;
  }
  std::printf("%s on %s: %d two-qubit gates and %d swaps (%d added gates), depth %d, %.2f s\n", arguments.file.c_str(),
              target.name.c_str(), before, routed.swaps, added, levels, seconds);
}

[[nodiscard]] RoutingOptions routing_options(const Arguments& arguments) {
  return {.trials = arguments.seeds,
          .max_states = arguments.states,
          .seed = Seed{arguments.seed},
          .execution = Threads{arguments.threads}};
}

void write(const Arguments& arguments, const Program& program, const OpenQasmWriteOptions& options = {}) {
  if (arguments.out.empty()) return;
  const auto text = write_openqasm2(program, options);
  write_file_atomically(arguments.out, std::as_bytes(std::span(text)));
}

/// Names of the routed program's gates: those that they have in the circuit.
[[nodiscard]] std::vector<std::string> names_of(const RoutedProgram& routed, const std::vector<std::string>& names) {
  std::vector<std::string> out;
  for (const int from : routed.origins) out.push_back(from < 0 ? "" : names[static_cast<std::size_t>(from)]);
  return out;
}

void route_only(const Arguments& arguments, const OpenQasmProgram& read, const Target& target) {
  const Program& program = read.program;
  const Stopwatch watch;
  const auto routed = route(program, target, routing_options(arguments));
  const double seconds = watch.seconds();
  check_routing(program, routed, target.couplings);
  write(arguments, routed.program,
        {.extended_qelib1 = true, .gate_names = names_of(routed, read.gate_names)});  // without definitions
  print(arguments, target, program, routed, seconds);
}

[[nodiscard]] nlohmann::ordered_json json_of(const Arguments& arguments, const Target& target,
                                             const TranspiledProgram& out, double seconds) {
  const auto counts = [](const ProgramCounts& c) {
    return nlohmann::ordered_json{{"gates", c.gates},
                                  {"two_qubit_gates", c.multi_qubit_gates},
                                  {"depth", c.depth},
                                  {"two_qubit_depth", c.two_qubit_depth}};
  };
  nlohmann::ordered_json line{{"circuit", arguments.file},
                              {"target", target.name},
                              {"before", counts(out.report.before)},
                              {"after", counts(out.report.after)},
                              {"swaps", out.report.swaps},
                              {"seconds", seconds},
                              {"initial_layout", out.initial_layout},
                              {"final_layout", out.final_layout}};
  if (const auto& success = out.report.success) {
    line["success"] = success->probability ? nlohmann::ordered_json(*success->probability) : nlohmann::ordered_json();
    line["unknown"] = success->unknown;
  }
  return line;
}

/// Whether the result does what the circuit does, as far as states or windows can be compared.
[[nodiscard]] Equivalence compare(const Program& program, const TranspiledProgram& out) {
  const auto found = equivalence(
      program, out.program,
      {.initial_layout = out.initial_layout, .final_layout = out.final_layout, .from_zero = true, .max_qubits = 16});
  if (!found.equivalent && (found.windows > 0 || !found.by_windows)) {
    throw ValueError(detail::text("qmtl: transpile: the result is not the circuit, error ", found.error));
  }
  return found;
}

void transpile_whole(const Arguments& arguments, const Program& program, const Target& target) {
  const Stopwatch watch;
  const auto out = transpile(program, target, {.routing = routing_options(arguments)});
  const double seconds = watch.seconds();
  write(arguments, out.program);
  std::string checked;
  if (arguments.check) {
    const auto found = compare(program, out);
    checked = found.by_windows ? detail::text(", ", found.windows, " windows the same, ", found.too_wide, " too wide")
                               : ", the same";
  }
  if (arguments.json) {
    const auto line = json_of(arguments, target, out, seconds);
    std::printf("%s\n", line.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace).c_str());
  } else {
    std::printf("%s on %s: %s, %.2f s%s\n", arguments.file.c_str(), target.name.c_str(), to_string(out.report).c_str(),
                seconds, checked.c_str());
  }
}

[[nodiscard]] int run(const Arguments& arguments) {
  const auto read = read_openqasm_file(arguments.file, {.keep_gate_names = true});
  const Target target = load_target(arguments.target);
  if (arguments.route_only) {
    route_only(arguments, read, target);
  } else {
    transpile_whole(arguments, read.program, target);
  }
  return 0;
}

}  // namespace
}  // namespace qmtl::benchmark

int main(int argc, char** argv) {
  using namespace qmtl::benchmark;
  Arguments arguments;
  CLI::App app{"Puts a circuit in the gates and on the qubits of a device."};
  app.add_option("file", arguments.file, "circuit in OpenQASM 2 or 3")->required();
  app.add_option("--target", arguments.target,
                 "conf_NAME.json (with props_NAME.json beside it, its calibration counts) or a map {qubits, edges}")
      ->required();
  app.add_flag("--route-only", arguments.route_only, "gates stay as they are, swaps are added");
  app.add_flag("--check", arguments.check,
               "compares the result with the circuit (not with --route-only, which always checks)");
  app.add_option("--seeds", arguments.seeds, "layouts that routes are searched from")
      ->check(CLI::Range(1, 1'000'000))
      ->capture_default_str();
  app.add_option("--seed", arguments.seed, "of all random numbers")->capture_default_str();
  app.add_option("--states", arguments.states, "how many states of a search are looked at, about a million a second")
      ->check(CLI::Range(1.0, 1e15))
      ->capture_default_str();
  add_threads_option(app, arguments.threads);
  app.add_flag("--json", arguments.json, "prints a line of JSON");
  app.add_option("-o,--out", arguments.out, "file for the circuit, in OpenQASM 2");
  return run_program(app, argc, argv, [&] { return run(arguments); });
}
