// SPDX-License-Identifier: Apache-2.0
// Routing against published results: added two-qubit gates, three a swap, on circuits and devices in files.

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <fstream>
#include <limits>
#include <map>
#include <sstream>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "options.hpp"
#include "qmtl/hardware/openqasm/read_openqasm.hpp"
#include "qmtl/hardware/routing.hpp"
#include "qmtl/io/target_json.hpp"
#include "result_table.hpp"
#include "timing.hpp"

namespace qmtl::benchmark {
namespace {

struct Arguments {
  std::string data;
  int threads = 2;
  int seeds = 128;
  long long states = 10'000'000;
  int most = std::numeric_limits<int>::max();
};

/// What a file of tab-separated columns publishes of a circuit, by the names of the columns.
struct Published {
  std::string circuit;
  std::map<std::string, int> columns;
};

[[nodiscard]] std::vector<Published> read_published(const std::string& path) {
  std::ifstream file(path);
  std::vector<std::string> names;
  std::vector<Published> out;
  for (std::string line; std::getline(file, line);) {
    std::istringstream cells(line);
    std::string cell;
    std::getline(cells, cell, '\t');
    if (names.empty()) {
      while (std::getline(cells, cell, '\t')) names.push_back(cell);
      continue;
    }
    if (cell == "sum") continue;
    Published row{cell, {}};
    for (const auto& name : names) {
      if (!std::getline(cells, cell, '\t')) throw FileError("qmtl: routing: " + path + ": a row is too short");
      row.columns[name] = std::stoi(cell);
    }
    out.push_back(std::move(row));
  }
  if (out.empty()) throw FileError("qmtl: routing: cannot read rows of " + path);
  return out;
}

[[nodiscard]] std::string share(double ours, double theirs) {
  return theirs == 0.0 ? "" : fixed(100 * ours / theirs, 1) + " %";
}

/// The circuits on one device, and their sum.
void compare(const Arguments& arguments, const Target& target, const std::string& suffix) {
  ResultTable table(
      {"circuit", "qubits", "two-qubit gates", "SABRE", "LightSABRE", "this library", "of LightSABRE", "s"});
  double sabre = 0, light = 0, ours = 0, total = 0;
  for (const auto& [circuit, columns] : read_published(arguments.data + "/routing/published.tsv")) {
    if (columns.at("two_qubit_gates") > arguments.most) continue;
    const auto program = read_openqasm_file(arguments.data + "/routing/circuits/" + circuit + ".qasm").program;
    const Stopwatch watch;
    const auto routed =
        route(program, target,
              {.trials = arguments.seeds, .max_states = arguments.states, .execution = Threads{arguments.threads}});
    const double seconds = watch.seconds();
    check_routing(program, routed, target.couplings);
    const int by_sabre = columns.at("sabre_" + suffix), by_light = columns.at("lightsabre_" + suffix);
    table.add({circuit, detail::text(columns.at("qubits")), detail::text(columns.at("two_qubit_gates")),
               detail::text(by_sabre), detail::text(by_light), detail::text(3 * routed.swaps),
               share(3 * routed.swaps, by_light), fixed(seconds, 2)});
    sabre += by_sabre;
    light += by_light;
    ours += 3 * routed.swaps;
    total += seconds;
  }
  table.add({"sum", "", "", fixed(sabre, 0), fixed(light, 0), fixed(ours, 0), share(ours, light), fixed(total, 1)});
  std::printf("### %s, %d qubits\n\n", target.name.c_str(), target.couplings.qubits());
  table.print();
  std::printf("\n");
}

/// Circuits that were made to fit a device without a swap.
void embed(const Arguments& arguments) {
  ResultTable table({"circuits", "device", "added gates", "longest, s"});
  for (const auto& [prefix, kind, device] :
       {std::tuple("16QBT", "TFL", "aspen4"), std::tuple("54QBT", "QSE", "sycamore54")}) {
    const std::string folder = arguments.data + "/routing/";
    const Target target = load_target(folder + device + ".json");
    int added = 0, circuits = 0;
    double longest = 0.0;
    for (const char* cycles : {"05", "15", "25", "35", "45"}) {
      for (const char* number : {"0", "1"}) {
        const auto path = detail::text(folder, "queko/", prefix, '_', cycles, "CYC_", kind, '_', number, ".qasm");
        const auto program = read_openqasm_file(path).program;
        const Stopwatch watch;
        const auto routed = route(program, target);
        longest = std::max(longest, watch.seconds());
        check_routing(program, routed, target.couplings);
        added += 3 * routed.swaps;
        ++circuits;
      }
    }
    table.add({detail::text(circuits, " of ", prefix), device, detail::text(added), fixed(longest, 3)});
  }
  table.print();
}

[[nodiscard]] int run(const Arguments& arguments) {
  std::printf(
      "Two-qubit gates added by routing alone, three a swap; SABRE and LightSABRE as published, with 20 x 20 trials.\n"
      "Every routed program was replayed and is the original. %d threads, seed 1, %d layouts, %lld states.\n\n",
      arguments.threads, arguments.seeds, arguments.states);
  compare(arguments, load_target(arguments.data + "/routing/tokyo20.json"), "tokyo20");
  compare(arguments, load_target(arguments.data + "/backends/conf_fez.json"), "heron156");
  std::printf("### Circuits that fit their device (QUEKO)\n\n");
  embed(arguments);
  return 0;
}

}  // namespace
}  // namespace qmtl::benchmark

int main(int argc, char** argv) {
  using namespace qmtl::benchmark;
  Arguments arguments;
  CLI::App app{"Compares routing with published results."};
  app.add_option("--data", arguments.data, "folder with routing/ and backends/")->required();
  add_threads_option(app, arguments.threads);
  app.add_option("--seeds", arguments.seeds, "layouts that routes are searched from")->capture_default_str();
  app.add_option("--states", arguments.states, "states of a search that are looked at")->capture_default_str();
  app.add_option("--most", arguments.most, "leaves out circuits with more two-qubit gates");
  return run_program(app, argc, argv, [&] { return run(arguments); });
}
