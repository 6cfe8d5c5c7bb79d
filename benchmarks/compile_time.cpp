// SPDX-License-Identifier: Apache-2.0
// What heads cost to compile: seconds, peak memory and object size for each compiler that is there.

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <sstream>

#include "options.hpp"
#include "result_table.hpp"
#include "timing.hpp"

#ifndef QMTL_COMPILE_FLAGS
#define QMTL_COMPILE_FLAGS "-Iinclude -Ibenchmarks -isystem /usr/include/eigen3"
#endif

namespace qmtl::benchmark {
namespace {

namespace fs = std::filesystem;

struct Source {
  std::string name;
  std::string text;
};

/// A translation unit that makes and steps the head of a configuration.
[[nodiscard]] std::string head_source(int qubits, int tasks) {
  return detail::text(
      "#include \"head_types.hpp\"\n"
      "using Head = qmtl::benchmark::WorkloadHead<double, qmtl::HeadMethod::automatic, qmtl::benchmark::RyEncoding<",
      qubits, ">, ", tasks,
      ">;\n"
      "using Matrix = Eigen::MatrixXd;\n"
      "Head make() { return Head{}; }\n"
      "void step(Head& head, const Matrix& x, std::span<const double> theta, const Matrix& c, Matrix& y,\n"
      "          std::span<double> dtheta, Matrix& dx) {\n"
      "  head.forward(x, theta, y);\n"
      "  head.backward(x, theta, c, dtheta, dx);\n"
      "}\n");
}

[[nodiscard]] std::vector<Source> sources() {
  return {{"Eigen/Core alone", "#include <Eigen/Core>\n"},     {"qmtl/qmtl.hpp alone", "#include <qmtl/qmtl.hpp>\n"},
          {"head S (4 qubits, 2 tasks)", head_source(4, 2)},   {"head M (8 qubits, 4 tasks)", head_source(8, 4)},
          {"head L (12 qubits, 6 tasks)", head_source(12, 6)}, {"head XL (16 qubits, 8 tasks)", head_source(16, 8)}};
}

/// What no configuration may exceed.
constexpr double most_seconds = 30.0, most_bytes = 2e9;

struct Cost {
  bool compiled = false;
  double seconds = 0.0;      ///< elapsed
  double cpu_seconds = 0.0;  ///< what does not depend on the machine's other work
  double peak_bytes = 0.0;   ///< largest resident set of the compiler's processes
};

/// Runs a command and waits for it.
[[nodiscard]] Cost run(const std::vector<std::string>& command) {
  std::vector<char*> arguments;
  for (const auto& word : command) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  const Stopwatch watch;
  const pid_t child = fork();
  if (child < 0) throw Error("qmtl: compile_time: cannot start a process");
  if (child == 0) {
    execvp(arguments[0], arguments.data());
    _exit(127);
  }
  int status = 0;
  rusage usage{};
  wait4(child, &status, 0, &usage);
  const auto seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + 1e-6 * static_cast<double>(t.tv_usec);
  };
  return {WIFEXITED(status) && WEXITSTATUS(status) == 0, watch.seconds(),
          seconds(usage.ru_utime) + seconds(usage.ru_stime), 1024.0 * static_cast<double>(usage.ru_maxrss)};
}

[[nodiscard]] bool exists(const std::string& compiler) {
  return std::system(detail::text("command -v '", compiler, "' >/dev/null 2>&1").c_str()) == 0;
}

/// Removes itself with everything in it.
class TemporaryDirectory {
 public:
  TemporaryDirectory() : path_(fs::temp_directory_path() / detail::text("qmtl-compile-time-", getpid())) {
    fs::create_directory(path_);
  }
  ~TemporaryDirectory() { fs::remove_all(path_); }
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
  [[nodiscard]] const fs::path& path() const noexcept { return path_; }

 private:
  fs::path path_;
};

/// Compiles everything; false if something does not compile or takes more than it may.
[[nodiscard]] bool measure(const std::string& compiler, const std::string& flags, int repeat, ResultTable& table) {
  const TemporaryDirectory directory;
  const auto file = (directory.path() / "head.cpp").string(), object = (directory.path() / "head.o").string();
  std::vector<std::string> command{compiler};
  std::istringstream words(flags);
  for (std::string word; words >> word;) command.push_back(word);
  command.insert(command.end(), {"-c", file, "-o", object});
  bool good = true;
  for (const Source& source : sources()) {
    ResultTable::write_text(file, source.text);
    Cost best;
    for (int i = 0; i < repeat; ++i) {
      const Cost cost = run(command);
      if (!cost.compiled) {
        std::fprintf(stderr, "compile_time: %s does not compile: %s\n", compiler.c_str(), source.name.c_str());
        return false;
      }
      if (i == 0 || cost.seconds < best.seconds) best = cost;
    }
    const bool kept = best.cpu_seconds <= most_seconds && best.peak_bytes <= most_bytes;
    good = good && kept;
    table.add({compiler, source.name, fixed(best.seconds, 1), fixed(best.cpu_seconds, 1),
               fixed(best.peak_bytes / (1 << 20), 0), fixed(static_cast<double>(fs::file_size(object)) / 1024.0, 0),
               kept ? "yes" : "NO"});
  }
  return good;
}

struct Arguments {
  std::vector<std::string> compilers{"g++", "clang++"};
  std::string flags = "-std=c++20 -O3 -march=native " QMTL_COMPILE_FLAGS;
  int repeat = 1;
};

[[nodiscard]] bool run(const Arguments& arguments) {
  ResultTable table({"compiler", "source", "seconds", "CPU seconds", "peak MiB", "object KiB", "kept"});
  bool good = true, found = false;
  for (const auto& compiler : arguments.compilers) {
    if (exists(compiler)) {
      found = true;
      good = measure(compiler, arguments.flags, arguments.repeat, table) && good;
    } else {
      std::fprintf(stderr, "compile_time: %s not found, left out\n", compiler.c_str());
    }
  }
  if (!found) throw Error("qmtl: compile_time: none of the compilers was found");
  table.print();
  std::printf("\nKept: at most %.0f CPU seconds and %.0f GB.\n", most_seconds, 1e-9 * most_bytes);
  return good;
}

}  // namespace
}  // namespace qmtl::benchmark

int main(int argc, char** argv) {
  using namespace qmtl::benchmark;
  Arguments arguments;
  CLI::App app{"Measures time, memory and object size of compiling heads of four sizes, and whether they keep limits."};
  app.add_option("--compilers", arguments.compilers, "compilers to measure")->delimiter(',')->capture_default_str();
  app.add_option("--flags", arguments.flags, "compiler flags")->capture_default_str();
  app.add_option("--repeat", arguments.repeat, "compilations of each source, the fastest counts")
      ->check(CLI::Range(1, 100))
      ->capture_default_str();
  return run_program(app, argc, argv, [&] { return run(arguments) ? 0 : 1; });
}
