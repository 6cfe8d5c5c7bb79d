#pragma once
// SPDX-License-Identifier: Apache-2.0
// Command-line options that several of the programs have, and the frame of every main.

#include <CLI/CLI.hpp>
#include <cstdio>
#include <string>
#include <utility>
#include <vector>

namespace qmtl::benchmark {

inline void add_seconds_option(CLI::App& app, double& seconds, const char* what) {
  app.add_option("--seconds", seconds, what)->check(CLI::Range(0.0, 3600.0))->capture_default_str();
}

/// --config and --encoding of the head step (workload.hpp), of the names that a program has.
inline void add_config_option(CLI::App& app, std::string& name, std::vector<std::string> names) {
  app.add_option("--config", name, "size of the workload")
      ->check(CLI::IsMember(std::move(names)))
      ->capture_default_str();
}
inline void add_encoding_option(CLI::App& app, std::string& name, std::vector<std::string> names) {
  app.add_option("--encoding", name, "ry: RY and CNOT ring; ryrz: RY, RZ and CNOT ring; cz: RY and CZ ring")
      ->check(CLI::IsMember(std::move(names)))
      ->capture_default_str();
}

inline void add_threads_option(CLI::App& app, int& threads) {
  app.add_option("--threads", threads, "threads that share the work")
      ->check(CLI::Range(1, 1024))
      ->capture_default_str();
}

/// Parses the command line and returns run(), the program's exit status; what goes wrong is told on stderr.
template <class Run>
[[nodiscard]] int run_program(CLI::App& app, int argc, char** argv, Run&& run) {
  try {
    app.parse(argc, argv);
    return run();
  } catch (const CLI::ParseError& error) {
    return app.exit(error);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
}

}  // namespace qmtl::benchmark
