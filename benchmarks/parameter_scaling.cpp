// SPDX-License-Identifier: Apache-2.0
// How head parameters grow with the number of tasks, and what becomes of trained heads as it does.

#include <CLI/CLI.hpp>
#include <array>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "options.hpp"
#include "paper/plots.hpp"
#include "paper/scaling/family.hpp"
#include "paper/scaling/kinds.hpp"
#include "qmtl/data/synthetic.hpp"
#include "qmtl/loss/statistics.hpp"
#include "qmtl/train/early_stopping.hpp"
#include "result_table.hpp"

namespace qmtl::benchmark::paper::scaling {
namespace {

constexpr int most_tasks = 64;

struct Arguments {
  int max_tasks = most_tasks, seeds = 3;
  bool json = false, csv = false, train = false;
  std::string out;
};

[[nodiscard]] const std::array<Counts, most_tasks>& all_counts() {
  static constexpr auto counts = []<int... I>(std::integer_sequence<int, I...>) {
    return std::array{Family<I + 1>::counts...};
  }
  (std::make_integer_sequence<int, most_tasks>{});
  return counts;
}

/// A head of T tasks, trained with each seed.
struct TrainedRow {
  int tasks = 0;
  std::string head;
  int parameters = 0;
  MeanDeviation auc;     ///< on test rows, mean over tasks
  double step_ms = 0.0;  ///< best of the seeds: backbone, head and optimizer for a batch
};

constexpr Eigen::Index rows = 1500;
constexpr Schedule schedule{.epochs = 20, .batch_size = 32};
constexpr Settings settings{.learning_rate = 5e-3, .weight_decay = 1e-2, .head_rate_scale = 3.0};

/// Half of the rows to train on, half to judge by. Task names are the heads' affair.
[[nodiscard]] std::pair<Dataset<double>, Dataset<double>> make_data(int tasks) {
  Dataset<double> data = make_binary_tasks<double>({.tasks = tasks, .rows = rows, .features = inputs}).data;
  data.task_names.clear();
  std::vector<Eigen::Index> train, test;
  for (Eigen::Index row = 0; row < rows; ++row) (row < rows / 2 ? train : test).push_back(row);
  return {data.select(train), data.select(test)};
}

[[nodiscard]] TrainedRow train_head(const HeadKind& head, int tasks, int seeds) {
  const auto [train, test] = make_data(tasks);
  TrainedRow row{tasks, head.name, head.head_parameters, {}, 0.0};
  const auto steps =
      static_cast<double>(schedule.epochs * ((train.rows() + schedule.batch_size - 1) / schedule.batch_size));
  std::vector<double> aucs;
  for (int seed = 1; seed <= seeds; ++seed) {
    const auto trained = head.train({train, nullptr, settings, schedule, Seed{static_cast<std::uint64_t>(seed)}});
    aucs.push_back(detail::mean_metric(trained->evaluate(test), StoppingMetric::auc));
    const double ms = 1e3 * trained->seconds / steps;
    row.step_ms = seed == 1 ? ms : std::min(row.step_ms, ms);
  }
  row.auc = summarize(aucs);
  return row;
}

/// The heads of T tasks. Hybrid ones need the whole register, 2^(2 T) amplitudes, some once for each task: they stop
/// at 16 qubits and at 8.
template <int T>
void add_kinds(std::vector<std::pair<int, HeadKind>>& kinds) {
  kinds.emplace_back(T, quantum<T>());
  kinds.emplace_back(T, linear<T>());
  if constexpr (dimension<T> <= 16) kinds.emplace_back(T, hybrid_shared<T>());
  if constexpr (dimension<T> <= 8) kinds.emplace_back(T, hybrid_per_task<T>());
}

[[nodiscard]] std::vector<TrainedRow> train_all(const Arguments& arguments) {
  std::vector<std::pair<int, HeadKind>> kinds;
  add_kinds<2>(kinds);
  add_kinds<4>(kinds);
  add_kinds<8>(kinds);
  add_kinds<16>(kinds);
  add_kinds<32>(kinds);
  std::vector<TrainedRow> out;
  for (const auto& [tasks, head] : kinds) {
    if (tasks > arguments.max_tasks) continue;
    const Counts& counts = all_counts()[static_cast<std::size_t>(tasks - 1)];
    const int counted = head.name == "quantum"         ? counts.quantum
                        : head.name == "linear"        ? counts.classical
                        : head.name == "hybrid_shared" ? counts.hybrid_shared
                                                       : counts.hybrid_per_task;
    detail::require_size("parameter_scaling: number of trained parameters", head.head_parameters, counted);
    out.push_back(train_head(head, tasks, arguments.seeds));
    std::fprintf(stderr, "\rtrained: %d tasks, %s        ", tasks, head.name.c_str());
  }
  std::fputc('\n', stderr);
  return out;
}

[[nodiscard]] ResultTable counts_table(int max_tasks) {
  ResultTable table({"tasks", "dimension", "classical", "hybrid_shared", "hybrid_per_task", "quantum"});
  for (const Counts& c : all_counts()) {
    if (c.tasks > max_tasks) break;
    table.add({std::to_string(c.tasks), std::to_string(c.dimension), std::to_string(c.classical),
               std::to_string(c.hybrid_shared), std::to_string(c.hybrid_per_task), std::to_string(c.quantum)});
  }
  return table;
}

[[nodiscard]] ResultTable trained_table(const std::vector<TrainedRow>& trained) {
  ResultTable table({"tasks", "head", "head parameters", "test AUC", "+-", "ms a step"});
  for (const TrainedRow& row : trained) {
    table.add({std::to_string(row.tasks), row.head, std::to_string(row.parameters), fixed(row.auc.mean, 4),
               row.auc.count < 2 ? "" : fixed(row.auc.deviation, 4), significant(row.step_ms)});
  }
  return table;
}

[[nodiscard]] Plot counts_plot(int max_tasks) {
  std::string data = "$data << EOD\n";
  for (const Counts& c : all_counts()) {
    if (c.tasks > max_tasks) break;
    data += detail::text(c.tasks, ' ', c.classical, ' ', c.hybrid_shared, ' ', c.hybrid_per_task, ' ', c.quantum, '\n');
  }
  return {"parameter_scaling", "Head parameters against tasks",
          data +
              "EOD\nset logscale xy\nset xlabel 'tasks'\nset ylabel 'head parameters'\nset key left top\n"
              "plot $data using 1:2 with lines lw 2 title 'linear', $data using 1:3 with lines lw 2 title 'hybrid, "
              "shared circuit', $data using 1:4 with lines lw 2 title 'hybrid, circuit a task', "
              "$data using 1:5 with lines lw 2 title 'quantum'\n"};
}

/// A curve a head of one column against tasks.
[[nodiscard]] Plot trained_plot(const std::vector<TrainedRow>& trained, const std::string& name,
                                const std::string& title, const std::string& axis, double (*value)(const TrainedRow&)) {
  std::string data, curves;
  for (const std::string head : {"quantum", "linear", "hybrid_shared", "hybrid_per_task"}) {
    data += "$" + head + " << EOD\n";
    for (const TrainedRow& row : trained) {
      if (row.head == head) data += detail::text(row.tasks, ' ', value(row), '\n');
    }
    data += "EOD\n";
    curves +=
        (curves.empty() ? "plot $" : ", $") + head + " with linespoints lw 2 pt 7 title '" + head + "' noenhanced";
  }
  return {name, title, data + "set logscale x 2\nset key outside\nset xlabel 'tasks'\n" + axis + '\n' + curves + '\n'};
}

void draw_all(const Arguments& arguments, const std::vector<TrainedRow>& trained) {
  std::vector<Plot> plots{counts_plot(arguments.max_tasks)};
  if (!trained.empty()) {
    plots.push_back(trained_plot(trained, "scaling_auc", "Test AUC against tasks", "set ylabel 'mean test AUC'",
                                 [](const TrainedRow& row) { return row.auc.mean; }));
    plots.push_back(trained_plot(trained, "scaling_step", "Step time against tasks",
                                 "set logscale y\nset ylabel 'ms a step'",
                                 [](const TrainedRow& row) { return row.step_ms; }));
  }
  for (const Plot& plot : plots) (void)draw(plot, arguments.out);
}

void print_json(const Arguments& arguments, const std::vector<TrainedRow>& trained) {
  for (const Counts& c : all_counts()) {
    if (c.tasks > arguments.max_tasks) break;
    const nlohmann::ordered_json line{{"tasks", c.tasks},
                                      {"dimension", c.dimension},
                                      {"classical", c.classical},
                                      {"hybrid_shared", c.hybrid_shared},
                                      {"hybrid_per_task", c.hybrid_per_task},
                                      {"quantum", c.quantum}};
    std::printf("%s\n", line.dump().c_str());
  }
  for (const TrainedRow& row : trained) {
    const nlohmann::ordered_json line{{"trained_tasks", row.tasks},
                                      {"head", row.head},
                                      {"head_parameters", row.parameters},
                                      {"auc_mean", row.auc.mean},
                                      {"auc_std", row.auc.count < 2 ? std::nan("") : row.auc.deviation},
                                      {"step_ms", row.step_ms}};
    std::printf("%s\n", line.dump().c_str());
  }
}

int run(const Arguments& arguments) {
  std::vector<TrainedRow> trained;
  if (arguments.train) trained = train_all(arguments);
  if (arguments.json) {
    print_json(arguments, trained);
  } else if (arguments.csv) {
    std::fputs(counts_table(arguments.max_tasks).csv().c_str(), stdout);
    if (!trained.empty()) std::printf("\n%s", trained_table(trained).csv().c_str());
  } else {
    std::printf("Head parameters of T binary tasks on a representation of dimension %d T.\n\n", qubits_a_task);
    counts_table(arguments.max_tasks).print();
    if (!trained.empty()) {
      std::printf("\nGenerated related tasks, %d epochs, %d seeds; an MLP of width 32 in front of every head.\n\n",
                  schedule.epochs, arguments.seeds);
      trained_table(trained).print();
    }
  }
  if (!arguments.out.empty()) draw_all(arguments, trained);
  return 0;
}

}  // namespace
}  // namespace qmtl::benchmark::paper::scaling

int main(int argc, char** argv) {
  using namespace qmtl::benchmark;
  paper::scaling::Arguments arguments;
  CLI::App app{"Counts the parameters of linear, hybrid and quantum heads against the number of tasks."};
  app.add_option("--max-tasks", arguments.max_tasks, "largest number of tasks")
      ->check(CLI::Range(1, paper::scaling::most_tasks))
      ->capture_default_str();
  auto* json = app.add_flag("--json", arguments.json, "a JSON object a line");
  app.add_flag("--csv", arguments.csv, "comma-separated values")->excludes(json);
  app.add_flag("--train", arguments.train, "train the heads of 2, 4, 8, 16 and 32 tasks on generated data as well");
  app.add_option("--seeds", arguments.seeds, "trainings of each head")
      ->check(CLI::Range(1, 1000))
      ->capture_default_str();
  app.add_option("--out", arguments.out, "folder for plots");
  return run_program(app, argc, argv, [&] { return paper::scaling::run(arguments); });
}
