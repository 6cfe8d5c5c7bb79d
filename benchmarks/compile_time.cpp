// SPDX-License-Identifier: Apache-2.0
// What programs cost to compile, in CPU time as multiples of what #include <Eigen/Dense> costs on the same machine, and
// in memory, for each compiler that is there.

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <sstream>

#include "options.hpp"
#include "result_table.hpp"

#ifndef QMTL_COMPILE_FLAGS
#define QMTL_COMPILE_FLAGS "-Iinclude -Ibenchmarks -isystem /usr/include/eigen3"
#endif

namespace qmtl::benchmark {
namespace {

namespace fs = std::filesystem;

/// A translation unit, and the most that it may cost: its target and some room.
struct Source {
  std::string name;
  std::string text;
  double target = 0.0;    ///< times the CPU time of #include <Eigen/Dense>; 0: none
  double limit = 0.0;     ///< above it the program fails; 0: none
  bool compiled = false;  ///< with qmtl::compiled: engine and training are in another file
  bool code = true;       ///< makes an object file; else syntax only
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

/// The model of the README's program.
constexpr const char* model_type =
    "#include <qmtl/qmtl.hpp>\n"
    "using namespace qmtl;\n"
    "using Model = QmtlModel<Mlp<20, 32, 8>, AngleEncoding<8, Axis::Y, CzRing, Layers<2>>,\n"
    "                        Task<\"first\", RotationBlock<2, Layers<2>>, Window<0, 2>, Binary>,\n"
    "                        Task<\"second\", RotationBlock<3, Layers<2>>, Window<2, 3>, Classes<3>>,\n"
    "                        Task<\"third\", RotationBlock<3, Layers<2>>, Window<5, 3>, Binary>>;\n";

/// The README's program.
[[nodiscard]] std::string training_source() {
  return detail::text(
      "#include <iostream>\n", model_type,
      "int main() {\n"
      "  const auto data = make_related_tasks({.rows = 2000}).data;\n"
      "  Rng rng(Seed{2});\n"
      "  const auto parts = split(data.rows(), {.train = 0.7, .validation = 0.0, .test = 0.3}, rng);\n"
      "  const auto train = data.select(parts.train), test = data.select(parts.test);\n"
      "  Model model{Seed{1}};\n"
      "  fit(model, train, {.epochs = 40, .optimizer = AdamW{.learning_rate = 5e-3}, .seed = Seed{1}});\n"
      "  std::cout << to_table(evaluate(model, test, majority_classes(model, train)));\n"
      "}\n");
}

/// A program that only loads that model and predicts.
[[nodiscard]] std::string prediction_source() {
  return detail::text(model_type,
                      "Batch<double> predictions(const char* file, const Batch<double>& inputs) {\n"
                      "  Model model{Seed{1}};\n"
                      "  load_model(model, file);\n"
                      "  return model.predict(inputs);\n"
                      "}\n");
}

[[nodiscard]] std::vector<Source> sources() {
  return {
      {"qmtl/qmtl.hpp alone", "#include <qmtl/qmtl.hpp>\n", 1.5, 4.0, false, false},
      {"README's program", training_source(), 16.0, 36.0},
      {"README's program", training_source(), 9.0, 10.0, true},
      {"load and predict", prediction_source(), 10.0, 21.0},
      {"load and predict", prediction_source(), 5.0, 9.0, true},
      {"head S (4 qubits, 2 tasks)", head_source(4, 2), 9.0, 18.0},
      {"head S (4 qubits, 2 tasks)", head_source(4, 2), 4.5, 4.5, true},
      {"head XL (16 qubits, 8 tasks)", head_source(16, 8)},
      {"what qmtl::compiled compiles: engine", "#include <qmtl/compiled_engine.hpp>\nQMTL_COMPILE_ENGINE(double);\n"},
      {"what qmtl::compiled compiles: training",
       "#include <qmtl/compiled_training.hpp>\nQMTL_COMPILE_TRAINING(double);\n"}};
}

/// The most memory that one of the sources above with a limit may take, and the target.
constexpr double most_bytes = 1.25e9, target_bytes = 700e6;

struct Cost {
  bool compiled = false;
  double cpu_seconds = 0.0;  ///< in the user's mode: what depends least on the machine's other work
  double peak_bytes = 0.0;   ///< largest resident set of the compiler's processes
};

/// Runs a command and waits for it.
[[nodiscard]] Cost run(const std::vector<std::string>& command) {
  std::vector<char*> arguments;
  for (const auto& word : command) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
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
  return {WIFEXITED(status) && WEXITSTATUS(status) == 0, seconds(usage.ru_utime),
          1024.0 * static_cast<double>(usage.ru_maxrss)};
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

/// Compiles sources by one compiler.
class Meter {
 public:
  Meter(std::string compiler, const std::string& flags, int repeat)
      : compiler_(std::move(compiler)), repeat_(repeat), eigen_seconds_(0.0) {
    std::istringstream words(flags);
    for (std::string word; words >> word;) flags_.push_back(word);
    eigen_seconds_ = best({"Eigen/Dense alone", "#include <Eigen/Dense>\n", 0.0, 0.0, false, false}).cpu_seconds;
  }

  /// Adds a row to the table; false if the source takes more than it may.
  bool measure(const Source& source, ResultTable& table) {
    const Cost cost = best(source);
    const double multiple = cost.cpu_seconds / eigen_seconds_;
    const bool kept = source.limit == 0.0 || (multiple <= source.limit && cost.peak_bytes <= most_bytes);
    const auto number = [](double value) { return value == 0.0 ? std::string("-") : fixed(value, 1); };
    table.add({compiler_, source.name, source.compiled ? "compiled" : "headers", fixed(cost.cpu_seconds, 2),
               fixed(multiple, 1), number(source.target), number(source.limit), fixed(1e-6 * cost.peak_bytes, 0),
               kept ? "yes" : "NO"});
    return kept;
  }

 private:
  /// The cheapest of all repetitions. Throws Error if it does not compile.
  [[nodiscard]] Cost best(const Source& source) const {
    const auto file = (directory_.path() / "source.cpp").string(), object = (directory_.path() / "source.o").string();
    ResultTable::write_text(file, source.text);
    std::vector<std::string> command{compiler_};
    command.insert(command.end(), flags_.begin(), flags_.end());
    if (source.compiled) command.push_back("-DQMTL_COMPILED_DOUBLE");
    if (source.code) {
      command.insert(command.end(), {"-c", file, "-o", object});
    } else {
      std::erase_if(command,
                    [](const std::string& flag) { return flag.starts_with("-O") || flag.starts_with("-march"); });
      command.insert(command.end(), {"-fsyntax-only", file});
    }
    Cost least;
    for (int i = 0; i < repeat_; ++i) {
      const Cost cost = run(command);
      if (!cost.compiled)
        throw Error(detail::text("qmtl: compile_time: ", compiler_, " does not compile: ", source.name));
      if (i == 0 || cost.cpu_seconds < least.cpu_seconds) least = cost;
    }
    return least;
  }

  TemporaryDirectory directory_;
  std::string compiler_;
  std::vector<std::string> flags_;
  int repeat_;
  double eigen_seconds_;
};

struct Arguments {
  std::vector<std::string> compilers{"g++", "clang++"};
  std::string flags = "-std=c++20 -O3 -march=native " QMTL_COMPILE_FLAGS;
  int repeat = 1;
};

[[nodiscard]] bool run(const Arguments& arguments) {
  ResultTable table(
      {"compiler", "source", "engine, training", "CPU seconds", "x Eigen/Dense", "target", "limit", "peak MB", "kept"});
  bool good = true, found = false;
  for (const auto& compiler : arguments.compilers) {
    if (!exists(compiler)) {
      std::fprintf(stderr, "compile_time: %s not found, left out\n", compiler.c_str());
      continue;
    }
    found = true;
    Meter meter(compiler, arguments.flags, arguments.repeat);
    for (const Source& source : sources()) good = meter.measure(source, table) && good;
  }
  if (!found) throw Error("qmtl: compile_time: none of the compilers was found");
  table.print();
  std::printf(
      "\nMultiples of the CPU time of #include <Eigen/Dense>, syntax only, by the same compiler. Memory of what has a\n"
      "limit: %.0f MB at most, its target %.0f.\n",
      1e-6 * most_bytes, 1e-6 * target_bytes);
  return good;
}

}  // namespace
}  // namespace qmtl::benchmark

int main(int argc, char** argv) {
  using namespace qmtl::benchmark;
  Arguments arguments;
  CLI::App app{"Measures CPU time and memory of compiling programs and heads, and whether they keep limits."};
  app.add_option("--compilers", arguments.compilers, "compilers to measure")->delimiter(',')->capture_default_str();
  app.add_option("--flags", arguments.flags, "compiler flags")->capture_default_str();
  app.add_option("--repeat", arguments.repeat, "compilations of each source, the cheapest counts")
      ->check(CLI::Range(1, 100))
      ->capture_default_str();
  return run_program(app, argc, argv, [&] { return run(arguments) ? 0 : 1; });
}
