// SPDX-License-Identifier: Apache-2.0
// Training heads behind a frozen backbone: epochs a second with the rows encoded once, and encoded in every epoch.

#include <cstdio>
#include <utility>

#include "head_types.hpp"
#include "options.hpp"
#include "qmtl/backbone/frozen.hpp"
#include "qmtl/data/synthetic.hpp"
#include "qmtl/train/fit.hpp"
#include "result_table.hpp"
#include "threads.hpp"
#include "timing.hpp"
#include "workload.hpp"

namespace qmtl::benchmark {
namespace {

struct Arguments {
  int rows = 2000;
  int batch = 64;
  int threads = 1;
  double seconds = 1.0;
};

template <class E, class Tasks>
struct FrozenModelOf;
template <class E, int... T>
struct FrozenModelOf<E, std::integer_sequence<int, T...>> {
  static constexpr int width = encoding_qubits<E> / static_cast<int>(sizeof...(T));
  using type = QmtlModel<Frozen<E::features>, E, WorkloadTask<T, width, Binary>...>;
};

struct Course {
  std::vector<double> losses;  // of the epochs
  double epoch_seconds = 0.0;  // of the fastest epoch
};

template <class Model>
[[nodiscard]] Course train(Model model, const Dataset<double>& data, const Arguments& arguments, bool encode_once) {
  constexpr int least = 5;
  FitOptions options{.epochs = 1000000, .batch_size = arguments.batch, .optimizer = Adam{.learning_rate = 1e-2}};
  if (!encode_once) options.encoded_dataset_bytes = 0;
  options.callbacks.push_back([&arguments](const EpochRecord& record) {
    return record.epoch < least + 1 || record.seconds < arguments.seconds;
  });
  const FitReport report = fit(model, data, options);
  Course course;
  for (std::size_t e = 0; e < report.history.size(); ++e) {
    course.losses.push_back(report.history[e].train_loss);
    if (e == 0) continue;  // it includes what is done once
    const double seconds = report.history[e].seconds - report.history[e - 1].seconds;
    if (e == 1 || seconds < course.epoch_seconds) course.epoch_seconds = seconds;
  }
  return course;
}

/// The largest difference between the losses of the first epochs, before rounding grows.
[[nodiscard]] double difference(const Course& a, const Course& b) {
  double worst = 0.0;
  for (std::size_t e = 0; e < std::min({a.losses.size(), b.losses.size(), std::size_t{5}}); ++e) {
    worst = std::max(worst, std::abs(a.losses[e] - b.losses[e]));
  }
  return worst;
}

/// Adds a row; false if the two trainings differ.
template <class E, int T>
[[nodiscard]] bool add_row(ResultTable& table, std::string_view config, std::string_view encoding,
                           const Arguments& arguments) {
  using Model = typename FrozenModelOf<E, std::make_integer_sequence<int, T>>::type;
  auto data =
      make_binary_tasks<double>({.tasks = T, .rows = arguments.rows, .features = E::features, .seed = Seed{1}}).data;
  data.task_names.clear();  // the model has its own
  Model model{Seed{1}};
  set_threads(model.head(), arguments.threads);
  const TimingOptions few{.seconds = 0.2 * arguments.seconds, .least = 3};
  const double once = time_runs(few, [&] { (void)encode_dataset(model, data); }).best;
  const Course again = train(model, data, arguments, false);
  const Course cached = train(model, data, arguments, true);
  table.add({std::string(config), std::string(encoding), std::to_string(encoding_qubits<E>), std::to_string(T),
             std::to_string(Model::head_parameters), std::to_string(model.head().encoded_size()), milliseconds(once),
             significant(1.0 / again.epoch_seconds), significant(1.0 / cached.epoch_seconds),
             significant(again.epoch_seconds / cached.epoch_seconds), exponential(difference(again, cached))});
  return difference(again, cached) <= 1e-8;
}

/// Prints the table; false if encoding once changes what is learnt.
[[nodiscard]] bool run(const Arguments& arguments) {
  std::printf("%d generated rows, batches of %d, Adam.\n\n", arguments.rows, arguments.batch);
  ResultTable table({"config", "encoding", "qubits", "tasks", "parameters", "numbers a row", "ms to encode once",
                     "epochs/s without", "epochs/s with", "times faster", "difference of losses"});
  bool equal = true;
  detail::for_each_index<3>([&](auto i) {
    constexpr Config c = configs[i];
    equal = add_row<RyEncoding<c.qubits>, c.tasks>(table, c.name, "ry", arguments) && equal;
    equal = add_row<CzEncoding<c.qubits>, c.tasks>(table, c.name, "cz", arguments) && equal;
  });
  table.print();
  return equal;
}

}  // namespace
}  // namespace qmtl::benchmark

int main(int argc, char** argv) {
  using namespace qmtl::benchmark;
  Arguments arguments;
  CLI::App app{"Trains heads behind a frozen backbone, the rows encoded once or in every epoch; double precision."};
  app.add_option("--rows", arguments.rows, "training rows")->check(CLI::Range(1, 1000000))->capture_default_str();
  app.add_option("--batch", arguments.batch, "rows of a step")->check(CLI::Range(1, 1000000))->capture_default_str();
  add_threads_option(app, arguments.threads);
  add_seconds_option(app, arguments.seconds, "how long to train each way");
  return run_program(app, argc, argv, [&] { return run(arguments) ? 0 : 1; });
}
