// SPDX-License-Identifier: Apache-2.0
// How fast OpenQASM is written and read: a made-up circuit of u, cx and rz gates with all digits of their angles.

#include <cstdio>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "options.hpp"
#include "qmtl/core/rng.hpp"
#include "qmtl/hardware/openqasm/read_openqasm.hpp"
#include "qmtl/hardware/openqasm/write_openqasm.hpp"
#include "result_table.hpp"
#include "timing.hpp"

namespace qmtl::benchmark {
namespace {

constexpr double goal = 50.0;  // MB/s

struct Arguments {
  int gates = 500'000;
  bool json = false;
  double seconds = 1.0;
};

[[nodiscard]] Program made_up(int gates) {
  constexpr int qubits = 20;
  Rng rng(Seed{1});
  Program program(qubits);
  const auto angle = [&rng] { return rng.uniform(-pi, pi); };
  for (int k = 0; k < gates; ++k) {
    const int q = static_cast<int>(rng.below(qubits));
    switch (k % 3) {
      case 0: program.append(gate::u(q, angle(), angle(), angle())); break;
      case 1: program.append(gate::cx(q, (q + 1) % qubits)); break;
      default: program.append(gate::rz(q, angle()));
    }
  }
  return program;
}

struct Result {
  std::string what;
  double megabytes = 0.0;
  double rate = 0.0;  ///< MB/s

  [[nodiscard]] bool met() const { return rate >= goal; }
};

[[nodiscard]] std::vector<Result> measure(const Arguments& arguments) {
  const Program program = made_up(arguments.gates);
  const TimingOptions options{.seconds = arguments.seconds, .least = 3};
  std::vector<Result> results;
  const auto add = [&](std::string what, const std::string& text, const auto& run) {
    const double megabytes = 1e-6 * static_cast<double>(text.size());
    results.push_back({std::move(what), megabytes, megabytes / time_runs(options, run).best});
  };
  const std::string two = write_openqasm2(program), three = write_openqasm3(program);
  add("OpenQASM 2 written", two, [&] { (void)write_openqasm2(program); });
  add("OpenQASM 2 read", two, [&] { (void)read_openqasm2(two); });
  add("OpenQASM 3 written", three, [&] { (void)write_openqasm3(program); });
  add("OpenQASM 3 read", three, [&] { (void)read_openqasm3(three); });
  return results;
}

[[nodiscard]] bool run(const Arguments& arguments) {
  const auto results = measure(arguments);
  bool met = true;
  ResultTable table({"", "MB", "MB/s", "goal", ""});
  for (const auto& r : results) {
    met = met && r.met();
    table.add({r.what, significant(r.megabytes), significant(r.rate), ">= " + significant(goal, 2),
               r.met() ? "met" : "missed"});
    if (arguments.json) {
      const nlohmann::ordered_json line{{"what", r.what}, {"megabytes", r.megabytes}, {"megabytes_per_second", r.rate}};
      std::printf("%s\n", line.dump().c_str());
    }
  }
  if (!arguments.json) table.print();
  return met;
}

}  // namespace
}  // namespace qmtl::benchmark

int main(int argc, char** argv) {
  using namespace qmtl::benchmark;
  Arguments arguments;
  CLI::App app{"Times how OpenQASM of u, cx and rz gates is written and read; fails below 50 MB/s."};
  app.add_option("--gates", arguments.gates, "gates of the circuit")
      ->check(CLI::Range(3, 10'000'000))
      ->capture_default_str();
  app.add_flag("--json", arguments.json, "print a JSON object a line");
  add_seconds_option(app, arguments.seconds, "how long to repeat each");
  return run_program(app, argc, argv, [&] { return run(arguments) ? 0 : 1; });
}
