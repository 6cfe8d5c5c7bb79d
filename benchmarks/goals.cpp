// SPDX-License-Identifier: Apache-2.0
// What the head step must reach on one thread of a machine with AVX-512, and whether it does.

#include <cstdio>
#include <optional>
#include <thread>

#include "options.hpp"
#include "roofline.hpp"
#include "runtime_head.hpp"

namespace qmtl::benchmark {
namespace {

/// Milliseconds for a step of each of `configs`.
struct Bounds {
  double ry, aim, cz;
};
constexpr std::array<Bounds, configs.size()> bounds{
    {{0.017, 0.008, 0.016}, {0.085, 0.06, 0.085}, {1.6, 1.0, 0.3}, {9.5, 5.5, 0.18}, {48.0, 25.0, 0.12}}};

/// What binds a step, and its share of that.
struct Binding {
  std::string limit, share;
};

/// Rows of bounds; a ratio of at most 1 meets its bound.
class GoalTable {
 public:
  void at_most(const std::string& what, double bound, double measured, const std::string& unit,
               std::optional<double> aim = {}, const Binding& binding = {}) {
    const std::string met = aim && measured <= *aim ? "yes, and the aim" : "yes";
    add({what, detail::text("at most ", bound, ' ', unit), aim ? detail::text(*aim, ' ', unit) : "",
         detail::text(significant(measured), ' ', unit), "", met, binding.limit, binding.share},
        measured / bound);
  }

  void at_least(const std::string& what, double bound, double measured, const std::string& unit) {
    add({what, detail::text("at least ", bound, ' ', unit), "", detail::text(significant(measured), ' ', unit), "",
         "yes", "", ""},
        bound / measured);
  }

  void print() const {
    table_.print();
    std::printf("\n%d of %d bounds are met.\n", met_, rows_);
  }

 private:
  void add(std::vector<std::string> row, double ratio) {
    const bool met = ratio <= 1.0;
    row[4] = fixed(ratio, 2);
    if (!met) row[5] = "NO";
    table_.add(std::move(row));
    ++rows_;
    met_ += met ? 1 : 0;
  }

  ResultTable table_{{"what", "bound", "aim", "measured", "ratio", "met", "limited by", "share of limit"}};
  int rows_ = 0, met_ = 0;
};

/// A configuration's steps: the three encodings, float, and two threads where the system has them.
struct Steps {
  const Config* config;
  MeasuredStep ry, ryrz, cz, ry_float;
  std::optional<MeasuredStep> two_threads;
};

[[nodiscard]] Steps measure_steps(const Config& config, const TimingOptions& options) {
  Steps steps{&config,
              measure_step<double>(config, EncodingKind::ry, 1, options),
              measure_step<double>(config, EncodingKind::ryrz, 1, options),
              measure_step<double>(config, EncodingKind::cz, 1, options),
              measure_step<float>(config, EncodingKind::ry, 1, options),
              {}};
  if (std::thread::hardware_concurrency() >= 2) {
    steps.two_threads = measure_step<double>(config, EncodingKind::ry, 2, options);
  }
  return steps;
}

void add_times(GoalTable& table, const std::vector<Steps>& all, Roofline& roofline) {
  const auto add = [&](const Steps& steps, EncodingKind encoding, const MeasuredStep& step, double bound,
                       std::optional<double> aim) {
    const Limit limit = roofline.limit<double>(step.work);
    table.at_most(detail::text(steps.config->name, ", ", to_string(encoding)), bound, 1e3 * step.seconds, "ms", aim,
                  {limit.name, limit.share(step.seconds)});
  };
  for (std::size_t i = 0; i < all.size(); ++i) add(all[i], EncodingKind::ry, all[i].ry, bounds[i].ry, bounds[i].aim);
  for (std::size_t i = 0; i < all.size(); ++i) add(all[i], EncodingKind::cz, all[i].cz, bounds[i].cz, {});
}

void add_ratios(GoalTable& table, const std::vector<Steps>& all) {
  for (const auto& s : all) {
    table.at_most(detail::text(s.config->name, ", ryrz against ry"), 4.0, s.ryrz.seconds / s.ry.seconds, "x");
  }
  for (const auto& s : all) {
    if (s.config->name == "S") continue;
    table.at_most(detail::text(s.config->name, ", float against double"), 0.6, s.ry_float.seconds / s.ry.seconds, "x");
  }
  for (const auto& s : all) {
    if (s.config->name == "S" || !s.two_threads) continue;
    table.at_least(detail::text(s.config->name, ", two threads faster than one by"), 1.7,
                   s.ry.seconds / s.two_threads->seconds, "x");
  }
}

void run(const TimingOptions& options) {
  std::vector<Steps> all;
  for (const Config& config : configs) all.push_back(measure_steps(config, options));
  Roofline roofline(options.seconds);
  GoalTable table;
  add_times(table, all, roofline);
  add_ratios(table, all);

  const auto tasks = [&](int count) {
    const Program program{16, make_encoding(EncodingKind::ry, 16), make_block(2), make_windows(16, count, 2, 2)};
    return time_program(program, 16, false, 1, options).best;
  };
  table.at_most("8 tasks against 1, 16 qubits", 1.5, tasks(8) / tasks(1), "x");
  table.at_most("light cones, CZ ring, 128 qubits, 64 tasks, 64 samples", 8.0,
                1e3 * time_program(make_program(EncodingKind::cz, 128, 64), 64, true, 1, options).best, "ms");
  table.print();
  if (std::thread::hardware_concurrency() < 2) std::printf("Two threads are left out: the system has one core.\n");
}

}  // namespace
}  // namespace qmtl::benchmark

int main(int argc, char** argv) {
  using namespace qmtl::benchmark;
  double seconds = 1.0;
  CLI::App app{"Compares head steps with the bounds that they must keep (times: one thread, double, AVX-512)."};
  add_seconds_option(app, seconds, "how long to repeat each step");
  return run_program(app, argc, argv, [&] {
    run({.seconds = seconds});
    return 0;
  });
}
