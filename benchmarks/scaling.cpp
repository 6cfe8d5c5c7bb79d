// SPDX-License-Identifier: Apache-2.0
// How the time of a head step grows with qubits, tasks, batch size and threads: tables, CSV files and plots.

#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <thread>

#include "options.hpp"
#include "qmtl/core/bits.hpp"
#include "qmtl/core/simd.hpp"
#include "qmtl/engine/tiles/tile_program.hpp"
#include "result_table.hpp"
#include "runtime_head.hpp"
#include "textbook.hpp"
#include "timing.hpp"

namespace qmtl::benchmark {
namespace {

struct Arguments {
  double seconds = 0.5;
  double longest = 60.0;
  int largest = 24;
  std::filesystem::path out = "scaling";
};

/// What --out receives: a CSV file a table and a gnuplot script, drawn if gnuplot is there.
class Report {
 public:
  explicit Report(std::filesystem::path directory) : directory_(std::move(directory)) {
    std::filesystem::create_directories(directory_);
  }

  void add(const std::string& name, const std::string& title, const ResultTable& table) const {
    std::printf("### %s\n\n%s\n", title.c_str(), table.markdown().c_str());
    std::fflush(stdout);
    table.write_csv((directory_ / (name + ".csv")).string());
  }

  /// `curves` is gnuplot's "using ... title ..." for each curve; columns have the names of the table's header.
  void plot(const std::string& name, const std::string& x_label, const std::string& settings,
            const std::vector<std::string>& curves) const {
    std::string script = detail::text("set datafile separator ','\nset terminal svg size 720,440 background 'white'\n",
                                      "set output '", name, ".svg'\nset key left top\nset grid\nset xlabel '", x_label,
                                      "'\nset ylabel 'ms a step'\n", settings, '\n');
    for (std::size_t i = 0; i < curves.size(); ++i) {
      script += detail::text(i == 0 ? "plot " : ", \\\n     ", '\'', name, ".csv' using ", curves[i],
                             " with linespoints lw 2 pt 7");
    }
    ResultTable::write_text((directory_ / (name + ".gp")).string(), script + '\n');
    if (std::system("command -v gnuplot >/dev/null 2>&1") != 0) return;
    const auto here = std::filesystem::current_path();
    std::filesystem::current_path(directory_);
    if (std::system(detail::text("gnuplot ", name, ".gp").c_str()) != 0) {
      std::fprintf(stderr, "scaling: gnuplot failed on %s.gp\n", name.c_str());
    }
    std::filesystem::current_path(here);
  }

 private:
  std::filesystem::path directory_;
};

[[nodiscard]] TimingOptions timing_options(const Arguments& arguments) {
  return {.seconds = arguments.seconds, .least = 5, .limit = std::min(arguments.longest, 10.0)};
}

[[nodiscard]] Timing time_textbook(const Program& program, int batch, const TimingOptions& options) {
  const Inputs<double> in(program, batch);
  Outputs<double> out(program, batch);
  Textbook<double> textbook(program);
  return time_runs(options, [&] { textbook.step(in, out); });
}

/// A measurement, or the reason why there is none.
struct Cell {
  std::optional<double> seconds;
  std::string reason;
  [[nodiscard]] std::string text() const { return seconds ? milliseconds(*seconds) : ""; }
};

/// Why one step should not be measured, if it should not: more memory than three quarters of the machine's, or longer
/// than allowed by what the step before took.
[[nodiscard]] std::string reason_to_skip(double bytes, double expected_seconds, double longest) {
  const double memory = static_cast<double>(sysconf(_SC_PHYS_PAGES)) * static_cast<double>(sysconf(_SC_PAGE_SIZE));
  if (bytes > 0.75 * memory) return detail::text("needs ", byte_size(bytes), ", there are ", byte_size(memory));
  if (expected_seconds > longest) return detail::text("a step would take about ", significant(expected_seconds), " s");
  return "";
}

void scale_qubits(const Arguments& arguments, const Report& report) {
  constexpr int batch = pack_width<double>;
  const auto options = timing_options(arguments);
  ResultTable table({"qubits", "tasks", "state of the group", "CX ring ms", "CZ ring (light cones) ms",
                     "textbook, CX ring ms", "left out"});
  std::optional<double> last, last_textbook;
  for (int n = 4; n <= arguments.largest; n += 2) {
    // A group is one sample where states are large, else a pack of them.
    const bool one_state = n >= detail::least_qubits_for_tiles;
    const double state = static_cast<double>(dimension(n)) * (one_state ? sizeof(double) : pack_bytes);
    // Four times the amplitudes and two more qubits to rotate.
    const auto expected = [n](const std::optional<double>& before) {
      return before ? 4.0 * n / (n - 2) * *before : 0.0;
    };
    const auto measure = [&](double bytes, std::optional<double>& before, const auto& time) {
      Cell cell{std::nullopt,
                before || n == 4 ? reason_to_skip(bytes, expected(before), arguments.longest) : "as before"};
      if (cell.reason.empty()) cell.seconds = time().best;
      before = cell.seconds;
      return cell;
    };
    const Program ring = make_program(EncodingKind::ry, n, n / 2);
    const Cell whole = measure(3.0 * state, last, [&] { return time_program(ring, batch, false, 1, options); });
    const Cell textbook = measure(2.0 * 16.0 * static_cast<double>(dimension(n)), last_textbook,
                                  [&] { return time_textbook(ring, batch, options); });
    const Timing cones = time_program(make_program(EncodingKind::cz, n, n / 2), batch, true, 1, options);
    std::string reasons = whole.reason.empty() ? "" : "CX ring: " + whole.reason;
    if (!textbook.reason.empty()) reasons += (reasons.empty() ? "" : "; ") + ("textbook: " + textbook.reason);
    table.add({std::to_string(n), std::to_string(n / 2), byte_size(state), whole.text(), milliseconds(cones.best),
               textbook.text(), reasons});
  }
  report.add("qubits", detail::text("Time against qubits (T = N/2, k = 2, B = ", batch, ")"), table);
  report.plot("qubits", "qubits", "set logscale y",
              {"1:6 title 'textbook simulator, CX ring'", "1:4 title 'CX ring'", "1:5 title 'CZ ring, light cones'"});
}

/// T tasks on neighbouring pairs of qubits, from pair t*stride on, round the ring.
void scale_tasks(const Arguments& arguments, const Report& report, const std::string& name, const std::string& title,
                 int n, int stride, const std::vector<int>& counts) {
  constexpr int batch = 2 * pack_width<double>;
  const auto options = timing_options(arguments);
  ResultTable table({"tasks", "windows", "parameters", "ms", "relative", "textbook ms", "textbook relative"});
  double first = 0.0, first_textbook = 0.0;
  for (const int tasks : counts) {
    const Program program{n, make_encoding(EncodingKind::ry, n), make_block(2), make_windows(n, tasks, 2, stride)};
    const double seconds = time_program(program, batch, false, 1, options).best;
    const double textbook = time_textbook(program, batch, {options.seconds, 3, options.limit}).best;
    if (first == 0.0) first = seconds;
    if (first_textbook == 0.0) first_textbook = textbook;
    table.add({std::to_string(tasks), std::to_string(std::min(tasks, n / stride)), std::to_string(program.parameters()),
               milliseconds(seconds), fixed(seconds / first, 2), milliseconds(textbook),
               fixed(textbook / first_textbook, 2)});
  }
  report.add(name, detail::text(title, " (N = ", n, ", k = 2, CX ring, B = ", batch, ")"), table);
  report.plot(name, "tasks", "set logscale x 2\nset logscale y",
              {"1:6 title 'textbook simulator'", "1:4 title 'qmtl'"});
}

void scale_batch(const Arguments& arguments, const Report& report) {
  const Program program = make_program(EncodingKind::ry, 8, 4);
  ResultTable table({"batch", "ms", "us a sample"});
  for (int batch = 1; batch <= 1024; batch *= 2) {
    const double seconds = time_program(program, batch, false, 1, timing_options(arguments)).best;
    table.add({std::to_string(batch), milliseconds(seconds), significant(1e6 * seconds / batch)});
  }
  report.add("batch", "Time against batch size (N = 8, T = 4, CX ring)", table);
  report.plot("batch", "samples a batch", "set logscale x 2\nset logscale y", {"1:2 title 'qmtl'"});
}

void scale_threads(const Arguments& arguments, const Report& report) {
  const int cores = static_cast<int>(std::thread::hardware_concurrency());
  ResultTable table({"config", "batch", "threads", "ms", "speedup"});
  for (const Config& config : configs) {
    const Program program = make_program(EncodingKind::ry, config.qubits, config.tasks);
    double one = 0.0;
    for (int threads = 1; threads <= std::min(2, cores); ++threads) {
      const double seconds = time_program(program, config.batch, false, threads, timing_options(arguments)).best;
      if (threads == 1) one = seconds;
      table.add({std::string(config.name), std::to_string(config.batch), std::to_string(threads), milliseconds(seconds),
                 fixed(one / seconds, 2)});
    }
  }
  report.add("threads", "Time against threads (head step, CX ring)", table);
  if (cores < 2) std::printf("Two threads are left out: the system has one core.\n");
}

void run(const Arguments& arguments) {
  const Report report(arguments.out);
  scale_qubits(arguments, report);
  scale_tasks(arguments, report, "tasks", "Time against tasks, neighbouring windows that overlap", 12, 1,
              {1, 2, 4, 8, 12, 16, 24, 32, 48, 64});
  scale_tasks(arguments, report, "tasks_disjoint", "Time against tasks, disjoint windows", 16, 2,
              {1, 2, 3, 4, 5, 6, 7, 8});
  scale_batch(arguments, report);
  scale_threads(arguments, report);
}

}  // namespace
}  // namespace qmtl::benchmark

int main(int argc, char** argv) {
  using namespace qmtl::benchmark;
  Arguments arguments;
  CLI::App app{"Measures how a head step's time grows with qubits, tasks, batch size and threads (double precision)."};
  app.add_option("--out", arguments.out, "directory for CSV files, gnuplot scripts and plots")->capture_default_str();
  add_seconds_option(app, arguments.seconds, "how long to repeat each step");
  app.add_option("--longest", arguments.longest, "leave out a step that would take longer than so many seconds")
      ->check(CLI::Range(0.001, 3600.0))
      ->capture_default_str();
  app.add_option("--largest", arguments.largest, "most qubits")->check(CLI::Range(4, 24))->capture_default_str();
  return run_program(app, argc, argv, [&] {
    run(arguments);
    return 0;
  });
}
