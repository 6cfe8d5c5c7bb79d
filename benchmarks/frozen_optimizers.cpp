// SPDX-License-Identifier: Apache-2.0
// AdamW, natural gradient and Rotosolve on the same quantum heads and frozen features, by the time that they take.

#include <algorithm>
#include <array>
#include <cstdio>
#include <ctime>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "evidence/dataset_run.hpp"
#include "options.hpp"
#include "qmtl/backbone/frozen.hpp"
#include "qmtl/data/split.hpp"
#include "qmtl/measure/observable_readouts.hpp"
#include "qmtl/train/fit.hpp"
#include "qmtl/train/natural_gradient.hpp"
#include "qmtl/train/rotosolve.hpp"
#include "result_table.hpp"

namespace qmtl::benchmark {
namespace {

struct Options {
  std::string dataset, head = "pair";
  std::vector<double> budgets{0.03, 0.1, 0.3, 1.0};
  int seeds = 5;
  int search_seeds = 2;
};

/// Task number T has a name of its own.
template <int T>
inline constexpr Name<2> task_name{{static_cast<char>('a' + T), '\0'}};

/// RY of a feature on each qubit and a ring of CZ; each of T tasks has two neighbours for itself, and reads one of
/// them.
template <int T>
struct PairHead {
  static constexpr int features = 2 * T;
  static constexpr const char* description = "a block of two layers on two qubits a task behind a ring of CZ, Z of one";
  using Encoding = AngleEncoding<features>;
  template <int I>
  using TaskOf = Task<task_name<I>, RotationBlock<2, Layers<2>>, Window<2 * I, 2>, Binary>;
};

/// RY of pi/2 and a quarter of a feature on each qubit, no entangler; RY and RX on each of four neighbours a task (the
/// last two tasks have the same ones), the sum of their Z: 0 where all weights are 0, whatever the features.
template <int T>
struct SumHead {
  static constexpr int features = 2 * T;
  static constexpr const char* description = "RY and RX on four qubits a task without an entangler, the sum of Z";
  struct Encoding {
    static constexpr int features = 2 * T;
    static constexpr auto circuit =
        layer<2 * T>([](int q) { return make_circuit<2 * T>(gate::ry(q, 0.25 * feature(q) + pi / 2)); });
    using Squash = NoSquash;
    static constexpr bool standardizable = true;
  };
  struct Block {
    static constexpr auto circuit = layer<4>(
        [](int q) { return make_circuit<4>(gate::ry(q, weight(2 * q)), gate::rx(q, weight(2 * q + 1) + pi / 2)); });
  };
  template <int I>
  using TaskOf = Task<task_name<I>, Block, Window<std::min(2 * I, features - 4), 4>, BinaryOf<Magnetisation<4>>>;
};

template <class Head, class Tasks>
struct ModelOf;
template <class Head, int... I>
struct ModelOf<Head, std::integer_sequence<int, I...>> {
  using type =
      MultiTaskModel<Frozen<Head::features>, BasicQuantumHead<double, HeadMethod::light_cone, typename Head::Encoding,
                                                              typename Head::template TaskOf<I>...>>;
};
template <template <int> class Head, int T>
using Model = typename ModelOf<Head<T>, std::make_integer_sequence<int, T>>::type;

enum class Method { adamw, natural, rotosolve };
inline constexpr std::array methods{Method::adamw, Method::natural, Method::rotosolve};

struct Setting {
  Method method;
  double rate = 0.0, damping = 0.0;
  int batch = 0;

  [[nodiscard]] std::string text() const {
    if (method == Method::rotosolve) return "all rows";
    const std::string out = "rate " + significant(rate, 1) + ", batches of " + std::to_string(batch);
    return method == Method::natural ? out + ", damping " + significant(damping, 1) : out;
  }
};

[[nodiscard]] const char* to_string(Method method) {
  switch (method) {
    case Method::adamw: return "AdamW";
    case Method::natural: return "natural gradient";
    case Method::rotosolve: return "Rotosolve";
  }
  return "";
}

[[nodiscard]] std::vector<Setting> settings_of(Method method) {
  if (method == Method::rotosolve) return {{method}};
  std::vector<Setting> out;
  for (const int batch : {32, 256}) {
    for (const double rate : {0.003, 0.01, 0.03, 0.1, 0.3}) {
      if (method == Method::adamw) out.push_back({method, rate, 0.0, batch});
      if (method == Method::adamw) continue;
      for (const double damping : {0.001, 0.01, 0.1}) out.push_back({method, rate, damping, batch});
    }
  }
  return out;
}

/// A model after so many epochs or sweeps.
struct Moment {
  double seconds = 0.0, wall = 0.0;  // of the processor, and passed
  int passes = 0;
  std::vector<double> weights;
};
using Course = std::vector<Moment>;

[[nodiscard]] double processor_seconds() { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

/// Trains until the time is over, or Rotosolve finds nothing more to gain. Nothing is judged meanwhile.
template <class Model>
[[nodiscard]] Course train(Model model, const EncodedDataset<double>& data, const Setting& setting, double seconds,
                           Seed seed) {
  Course course;
  const double wall = qmtl::detail::steady_seconds(), start = processor_seconds();
  const auto record = [&](int passes) {
    course.push_back({processor_seconds() - start,
                      qmtl::detail::steady_seconds() - wall,
                      passes,
                      {model.head_weights().begin(), model.head_weights().end()}});
    return course.back().seconds < seconds;
  };
  const auto callback = [&](const EpochRecord& epoch) { return record(epoch.epoch); };
  constexpr int endless = 1000000;
  record(0);
  switch (setting.method) {
    case Method::adamw:
      (void)fit(model, data,
                {.epochs = endless,
                 .batch_size = setting.batch,
                 .optimizer = AdamW{.learning_rate = setting.rate},
                 .seed = seed,
                 .callbacks = {callback}});
      break;
    case Method::natural:
      (void)fit_natural(model, data,
                        {.learning_rate = setting.rate,
                         .damping = setting.damping,
                         .epochs = endless,
                         .batch_size = setting.batch,
                         .seed = seed,
                         .callbacks = {callback}});
      break;
    case Method::rotosolve:  // one sweep a call, to see the weights between: an evaluation more each
      for (int sweep = 1; !rotosolve(model, data, {.sweeps = 1}).converged && record(sweep);) ++sweep;
      break;
  }
  return course;
}

/// What a course has come to when so many seconds are over.
[[nodiscard]] const Moment& at(const Course& course, double seconds) {
  const auto later = std::ranges::find_if(course, [&](const Moment& m) { return m.seconds > seconds; });
  return *(later - 1);  // the first is at 0 seconds
}

struct Judged {
  double loss = 0.0, auc = 0.0;  // means over tasks
};

template <class Model>
[[nodiscard]] Judged judge(Model model, const Moment& moment, const EncodedDataset<double>& data) {
  std::ranges::copy(moment.weights, model.head_weights().begin());
  Judged out;
  for (const TaskMetrics& task : evaluate(model, data)) {
    out.loss += task.loss / Model::tasks;
    out.auc += task.auc / Model::tasks;
  }
  return out;
}

struct Choice {
  Setting setting{};
  double validation_auc = -1.0;
};

/// Of every method, for every budget, the setting with the best mean AUC on validation rows at that time.
template <class Model>
[[nodiscard]] std::vector<Choice> search(Method method, const EncodedDataset<double>& rows, const Options& options) {
  std::vector<Choice> out(options.budgets.size());
  for (const Setting& setting : settings_of(method)) {
    std::vector<double> auc(out.size(), 0.0);
    for (int s = 0; s < options.search_seeds; ++s) {
      const Seed seed{1000 + static_cast<std::uint64_t>(s)};
      Rng rng(seed);
      const SplitIndices parts = split(rows.rows(), {.train = 0.8, .validation = 0.2, .test = 0.0}, rng);
      const Course course = train(Model(seed), rows.select(parts.train), setting, options.budgets.back(), seed);
      const EncodedDataset<double> validation = rows.select(parts.validation);
      for (std::size_t b = 0; b < out.size(); ++b) {
        auc[b] += judge(Model(seed), at(course, options.budgets[b]), validation).auc / options.search_seeds;
      }
    }
    for (std::size_t b = 0; b < out.size(); ++b) {
      if (auc[b] > out[b].validation_auc) out[b] = {setting, auc[b]};
    }
  }
  for (const Choice& choice : out) {
    if (choice.validation_auc >= 0.0) continue;
    throw ValueError(
        "qmtl: frozen_optimizers: expected rows of both classes of each task among the training rows that settings are "
        "judged by, got of one");
  }
  return out;
}

/// Of the final trainings of one method, for one budget, a seed each.
struct Outcome {
  std::vector<double> seconds, wall, passes, loss, auc;
};

[[nodiscard]] std::string with_deviation(const std::vector<double>& values) {
  const MeanDeviation of = summarize(values);
  return fixed(of.mean, 4) + (of.count < 2 ? "" : " +- " + fixed(of.deviation, 4));
}

template <template <int> class Head, int T>
void study(const evidence::Problem& problem, const Options& options) {
  using M = Model<Head, T>;
  constexpr int features = Head<T>::features;
  if (problem.train.features() < features) {
    throw ShapeError(qmtl::detail::text("qmtl: frozen_optimizers: ", problem.name, ": features, expected at least ",
                                        features, ", got ", problem.train.features()));
  }
  const auto rows_of = [](const Dataset<double>& data) {
    return Dataset<double>{data.inputs.topRows(features), data.labels, {}};  // the model has names of its own
  };
  const Dataset<double> train_rows = rows_of(problem.train);
  Standardizer<double> standardizer;
  standardizer.fit(train_rows.inputs);
  const auto standardized = [&](Dataset<double> data) {
    standardizer.apply(data.inputs, data.inputs);
    return data;
  };
  M encoder{Seed{0}};
  const double start = processor_seconds();
  const EncodedDataset<double> rows = encode_dataset(encoder, standardized(train_rows));
  std::printf("\n%s: %s; %d features, %d parameters; %lld training rows encoded once in %s s.\n\n",
              problem.name.c_str(), Head<T>::description, features, M::head_parameters,
              static_cast<long long>(rows.rows()), significant(processor_seconds() - start, 2).c_str());
  std::fflush(stdout);
  const EncodedDataset<double> test = encode_dataset(encoder, standardized(rows_of(problem.test)));

  std::map<Method, std::vector<Choice>> choices;
  for (const Method method : methods) choices[method] = search<M>(method, rows, options);
  std::map<std::pair<Method, std::size_t>, Outcome> outcomes;
  for (int s = 0; s < options.seeds; ++s) {  // methods side by side: a busy machine is busy for all of them
    const Seed seed{static_cast<std::uint64_t>(s)};
    for (const Method method : methods) {
      std::map<std::string, Course> courses;
      for (std::size_t b = 0; b < options.budgets.size(); ++b) {
        const Setting& setting = choices[method][b].setting;
        Course& course = courses[setting.text()];
        if (course.empty()) course = train(M(seed), rows, setting, options.budgets.back(), seed);
        const Moment& moment = at(course, options.budgets[b]);
        Outcome& out = outcomes[{method, b}];
        out.seconds.push_back(moment.seconds);
        out.wall.push_back(moment.wall);
        out.passes.push_back(moment.passes);
        out.loss.push_back(judge(M(seed), moment, rows).loss);
        out.auc.push_back(judge(M(seed), moment, test).auc);
      }
    }
  }
  ResultTable table({"time", "optimizer", "setting", "epochs or sweeps", "s used", "s passed", "training loss",
                     "validation AUC", "test AUC", "less AdamW's"});
  for (std::size_t b = 0; b < options.budgets.size(); ++b) {
    for (const Method method : methods) {
      const Outcome& out = outcomes[{method, b}];
      std::vector<double> less = out.auc;
      for (std::size_t s = 0; s < less.size(); ++s) less[s] -= outcomes[{Method::adamw, b}].auc[s];
      table.add({significant(options.budgets[b], 1) + " s", to_string(method), choices[method][b].setting.text(),
                 significant(summarize(out.passes).mean, 2), significant(summarize(out.seconds).mean, 2),
                 significant(summarize(out.wall).mean, 2), with_deviation(out.loss),
                 fixed(choices[method][b].validation_auc, 4), with_deviation(out.auc),
                 method == Method::adamw ? "" : with_deviation(less)});
    }
  }
  table.print();
}

template <int T>
void study_of(bool pair, const evidence::Problem& problem, const Options& options) {
  if (pair) {
    study<PairHead, T>(problem, options);
  } else {
    study<SumHead, T>(problem, options);
  }
}

int run(Options options) {
  if (std::ranges::any_of(options.budgets,
                          [](double seconds) { return !(seconds > 0.0); })) {  // CLI11 lets NaN through
    throw ValueError("qmtl: frozen_optimizers: --budgets, expected seconds above 0");
  }
  std::ranges::sort(options.budgets);
  options.budgets.erase(std::unique(options.budgets.begin(), options.budgets.end()), options.budgets.end());
  const evidence::DatasetArgument argument = evidence::parse_dataset(options.dataset, {"x"});
  const evidence::Problem problem = evidence::load_problem(argument.name, argument.file, argument.views);
  const bool binary = std::ranges::count(problem.classes, 2) == std::ssize(problem.classes),
             pair = options.head == "pair";
  if (binary && problem.classes.size() == 11) {
    study_of<11>(pair, problem, options);
  } else if (binary && problem.classes.size() == 4) {
    study_of<4>(pair, problem, options);
  } else {
    throw ValueError(qmtl::detail::text("qmtl: frozen_optimizers: ", argument.file,
                                        ": expected 4 or 11 tasks of two classes each, got ", problem.classes.size(),
                                        binary ? " tasks" : " tasks, not all of two classes"));
  }
  return 0;
}

}  // namespace
}  // namespace qmtl::benchmark

int main(int argc, char** argv) {
  using namespace qmtl::benchmark;
  Options options;
  CLI::App app{"Optimizers of quantum heads on frozen features, after equal times; one thread."};
  app.add_option("--dataset", options.dataset, "NAME=FILE or NAME=FILE:VIEW,..., 4 or 11 tasks of two classes")
      ->required();
  app.add_option("--head", options.head,
                 "pair: a block on two entangled qubits a task, Z of one; sum: sum of Z of four")
      ->check(CLI::IsMember({"pair", "sum"}))
      ->capture_default_str();
  app.add_option("--budgets", options.budgets, "seconds of processor time")
      ->check(CLI::Range(1e-3, 1e3))
      ->capture_default_str();
  app.add_option("--seeds", options.seeds, "final trainings")->check(CLI::Range(1, 1000))->capture_default_str();
  app.add_option("--search-seeds", options.search_seeds, "trainings of each setting")
      ->check(CLI::Range(1, 100))
      ->capture_default_str();
  return run_program(app, argc, argv, [&] { return run(options); });
}
