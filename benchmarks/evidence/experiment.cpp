// SPDX-License-Identifier: Apache-2.0
// Searches and final trainings.

#include "evidence/experiment.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <memory>
#include <utility>

#include "qmtl/core/clock.hpp"
#include "qmtl/core/run_jobs.hpp"
#include "qmtl/data/split.hpp"
#include "qmtl/io/dataset_npz.hpp"
#include "qmtl/loss/loss.hpp"
#include "qmtl/train/fit_run.hpp"

namespace qmtl::benchmark::evidence {
namespace {

[[nodiscard]] std::vector<ModelTask> model_tasks(const Problem& problem) {
  std::vector<ModelTask> out;
  for (std::size_t t = 0; t < problem.classes.size(); ++t) {
    const int classes = problem.classes[t];
    out.push_back({problem.train.task_names[t], classes, classes == 2 ? 1 : classes, 0});
  }
  return out;
}

/// The first `dimension` inputs, where they are the representation.
[[nodiscard]] Dataset<double> first_inputs(const Dataset<double>& data, int dimension) {
  Dataset<double> out = data;
  out.inputs = data.inputs.topRows(dimension).eval();
  return out;
}

[[nodiscard]] std::unique_ptr<RuntimeModel> make_model(const Problem& problem, Regime regime, int dimension,
                                                       const HeadKind& head, Seed seed) {
  auto tasks = model_tasks(problem);
  for (std::size_t t = 0; t < tasks.size(); ++t) tasks[t].parameters = head.task_parameters[t];
  std::vector<int> widths{problem.train.features()};
  if (regime == Regime::narrow) widths.push_back(dimension);
  return std::make_unique<RuntimeModel>(std::move(tasks), dense_layers(std::move(widths)), head.make(), head.decays,
                                        seed);
}

[[nodiscard]] FitOptions options_of(const Protocol& protocol, const Setting& setting, Seed seed) {
  FitOptions out;
  out.epochs = protocol.epochs;
  out.batch_size = protocol.batch_size;
  out.optimizer = AdamW{.learning_rate = setting.learning_rate, .weight_decay = setting.weight_decay};
  out.schedule = {.curve = CosineRate{}};
  out.seed = seed;
  return out;
}

/// NaN for a training that diverged.
[[nodiscard]] double mean_auc(RuntimeModel& model, const Dataset<double>& rows) {
  double sum = 0.0;
  int defined = 0;
  for (const TaskMetrics& task : evaluate<double>(model, rows)) {
    if (std::isnan(task.auc)) continue;
    sum += task.auc;
    ++defined;
  }
  return defined == 0 ? undefined_metric : sum / defined;
}

[[nodiscard]] bool train(RuntimeModel& model, const Dataset<double>& rows, const FitOptions& options) {
  try {
    static_cast<void>(qmtl::detail::run_fit<double>(model, rows, nullptr, options));
    return true;
  } catch (const NumericalError&) {
    return false;
  }
}

/// The scores of each task (a row, or a row and class) as PairedScores has them.
[[nodiscard]] std::vector<std::vector<double>> scores_of(RuntimeModel& model, const Dataset<double>& rows) {
  const Batch<double> logits = model.predict(rows.inputs);
  std::vector<std::vector<double>> out;
  for (const TaskFacts& task : model.tasks()) {
    std::vector<double>& scores = out.emplace_back(static_cast<std::size_t>(task.outputs * logits.cols()));
    std::span<double> left(scores);
    for (Eigen::Index row = 0; row < logits.cols(); ++row) {
      const auto count = static_cast<std::size_t>(task.outputs);
      const Eigen::VectorXd own = logits.col(row).segment(task.first_output, task.outputs);
      if (task.outputs == 1) {
        left[0] = own[0];
      } else {
        softmax(std::span<const double>(own.data(), count), left.first(count));
      }
      left = left.subspan(count);
    }
  }
  return out;
}

/// A grid of settings that grows where its winner is at an edge.
class Search {
 public:
  Search(const Protocol& protocol, bool decays) : protocol_(protocol), rates_(protocol.learning_rates) {
    decays_ = protocol.weight_decays;
    if (decays) return;
    const std::size_t settings = rates_.size() * decays_.size();  // as many as of the others
    const auto [low, high] = std::ranges::minmax(protocol.learning_rates);
    decays_ = {0.0};
    rates_.clear();
    for (std::size_t i = 0; i < settings; ++i) {
      const double share = settings == 1 ? 0.0 : static_cast<double>(i) / static_cast<double>(settings - 1);
      rates_.push_back(low * std::pow(high / low, share));
    }
  }

  /// `judge` gives each setting's validation AUC; NaN is worst.
  void run(const std::function<std::vector<double>(const std::vector<Setting>&)>& judge) {
    for (int round = 0; round <= protocol_.extensions; ++round) {
      std::vector<Setting> next;
      for (const double rate : rates_) {
        for (const double decay : decays_) {
          const Setting setting{rate, decay};
          if (std::ranges::find(tried_, setting) == tried_.end()) next.push_back(setting);
        }
      }
      const std::vector<double> values = judge(next);
      for (std::size_t i = 0; i < next.size(); ++i) {
        tried_.push_back(next[i]);
        if (std::isnan(best_value_) || values[i] > best_value_) {
          best_ = next[i];
          best_value_ = values[i];
        }
      }
      const bool rates = extend(rates_, best_.learning_rate), decays = extend(decays_, best_.weight_decay);
      at_edge_ = rates || decays;
      if (!at_edge_) return;
    }
  }

  [[nodiscard]] const Setting& best() const noexcept { return best_; }
  [[nodiscard]] double best_value() const noexcept { return best_value_; }
  [[nodiscard]] int tried() const noexcept { return static_cast<int>(tried_.size()); }
  /// Whether the winner still is at an edge, after all extensions.
  [[nodiscard]] bool at_edge() const noexcept { return at_edge_; }

 private:
  /// Whether the winner is the first or last of several values; then one more follows it, by the ratio of its
  /// neighbours. Nothing is below 0.
  [[nodiscard]] static bool extend(std::vector<double>& values, double winner) {
    if (values.size() < 2 || winner == 0.0) return false;
    std::ranges::sort(values);
    if (winner == values.back()) {
      const double before = values[values.size() - 2];
      values.push_back(before > 0.0 ? winner * winner / before : 10 * winner);
      return true;
    }
    if (winner != values.front()) return false;
    values.insert(values.begin(), winner * winner / values[1]);
    return true;
  }

  const Protocol& protocol_;
  std::vector<double> rates_, decays_;
  std::vector<Setting> tried_;
  Setting best_;
  double best_value_ = undefined_metric;
  bool at_edge_ = false;
};

/// All that the heads of an experiment share.
class Runner {
 public:
  Runner(const Problem& problem, Regime regime, int dimension, const Protocol& protocol)
      : problem_(problem), regime_(regime), dimension_(dimension), protocol_(protocol) {
    Rng rng(Seed{2024});
    const auto parts =
        split(problem.train.rows(),
              {.train = 1.0 - protocol.validation_share, .validation = protocol.validation_share, .test = 0.0}, rng);
    learned_ = problem.train.select(parts.train);
    held_out_ = problem.train.select(parts.validation);
  }

  [[nodiscard]] HeadOutcome run(const HeadKind& head) const {
    Search search(protocol_, head.decays || regime_ == Regime::narrow);
    search.run([&](const std::vector<Setting>& settings) { return judge(head, settings); });
    HeadOutcome out{.name = head.name, .quantum = head.quantum, .setting = search.best()};
    out.settings_tried = search.tried();
    out.at_edge = search.at_edge();
    out.validation_auc = search.best_value();
    finish(head, out);
    return out;
  }

 private:
  [[nodiscard]] std::unique_ptr<RuntimeModel> model(const HeadKind& head, Seed seed) const {
    return make_model(problem_, regime_, dimension_, head, seed);
  }

  [[nodiscard]] std::vector<double> judge(const HeadKind& head, const std::vector<Setting>& settings) const {
    const auto repeats = static_cast<std::size_t>(protocol_.search_seeds);
    std::vector<double> values(settings.size() * repeats, undefined_metric);
    qmtl::detail::run_jobs(values.size(), protocol_.threads, [&](std::size_t i) {
      const Seed seed{1000 + i % repeats};
      const auto trained = model(head, seed);
      if (train(*trained, learned_, options_of(protocol_, settings[i / repeats], seed))) {
        values[i] = mean_auc(*trained, held_out_);
      }
    });
    std::vector<double> out(settings.size(), 0.0);
    for (std::size_t i = 0; i < values.size(); ++i) out[i / repeats] += values[i] / static_cast<double>(repeats);
    return out;
  }

  void finish(const HeadKind& head, HeadOutcome& out) const {
    const auto seeds = static_cast<std::size_t>(protocol_.seeds);
    const std::size_t tasks = problem_.classes.size();
    out.auc.assign(seeds, undefined_metric);
    out.scores.assign(tasks, std::vector<std::vector<double>>(seeds));
    std::vector<double> seconds(seeds, 0.0);
    std::vector<char> diverged(seeds, 0);
    qmtl::detail::run_jobs(seeds, protocol_.threads, [&](std::size_t s) {
      const auto trained = model(head, Seed{s + 1});
      const double start = qmtl::detail::steady_seconds();
      diverged[s] = train(*trained, problem_.train, options_of(protocol_, out.setting, Seed{s + 1})) ? 0 : 1;
      seconds[s] = qmtl::detail::steady_seconds() - start;
      auto scores = scores_of(*trained, problem_.test);
      if (diverged[s] != 0) {
        for (auto& of_task : scores) std::ranges::fill(of_task, 0.0);
      }
      out.auc[s] = diverged[s] != 0 ? 0.5 : mean_auc(*trained, problem_.test);
      for (std::size_t t = 0; t < tasks; ++t) out.scores[t][s] = std::move(scores[t]);
    });
    out.diverged = static_cast<int>(std::ranges::count(diverged, 1));
    out.seconds = summarize(seconds).mean;
    const auto of_any = model(head, Seed{1});
    out.head_parameters = static_cast<int>(of_any->head_parameters().size());
    out.backbone_parameters = static_cast<int>(of_any->backbone_parameters().size());
  }

  const Problem& problem_;
  Regime regime_;
  int dimension_;
  const Protocol& protocol_;
  Dataset<double> learned_, held_out_;
};

}  // namespace

const char* to_string(Regime regime) {
  switch (regime) {
    case Regime::frozen: return "frozen";
    case Regime::narrow: return "narrow";
  }
  return "";
}

Problem load_problem(std::string name, const std::string& path, const std::vector<std::string>& views) {
  auto parts = load_multitask_npz<double>(path, views);
  Problem out{std::move(name), std::move(parts.train), std::move(parts.test), {}};
  for (Eigen::Index t = 0; t < out.train.labels.rows(); ++t) {
    double largest = 0.0;
    for (const auto* part : {&out.train, &out.test}) {
      for (const double label : part->labels.row(t)) largest = label > largest ? label : largest;  // NaN is missing
    }
    const int classes = largest < 1e6 ? static_cast<int>(largest) + 1 : 0;
    if (classes < 2) {
      throw ValueError(qmtl::detail::text("qmtl: evidence: '", path, "': task ",
                                          out.train.task_label(static_cast<int>(t)),
                                          ", expected labels from 0 of two classes at least"));
    }
    out.classes.push_back(classes);
  }
  return out;
}

Experiment run_experiment(const Problem& problem, Regime regime, int dimension, const Protocol& protocol,
                          const std::vector<std::string>& only) {
  if (dimension < 2 || (regime == Regime::frozen && dimension > problem.train.features())) {
    throw ShapeError(qmtl::detail::text("qmtl: evidence: ", problem.name, ": features of a head, expected 2 to ",
                                        problem.train.features(), ", got ", dimension));
  }
  Problem seen{problem.name, problem.train, problem.test, problem.classes};
  if (regime == Regime::frozen) {
    seen.train = first_inputs(problem.train, dimension);
    seen.test = first_inputs(problem.test, dimension);
  }
  Experiment out{.dataset = problem.name, .regime = regime, .dimension = dimension, .heads = {}};
  for (std::size_t t = 0; t < problem.classes.size(); ++t) {
    PairedScores& task = out.truth.emplace_back();
    task.classes = problem.classes[t];
    for (const double label : problem.test.labels.row(static_cast<Eigen::Index>(t))) {
      task.truth.push_back(label >= 0.0 ? static_cast<int>(label) : -1);
    }
  }
  const Runner runner(seen, regime, dimension, protocol);
  for (const HeadKind& head : head_kinds(dimension, model_tasks(seen))) {
    if (only.empty() || std::ranges::find(only, head.name) != only.end()) out.heads.push_back(runner.run(head));
  }
  return out;
}

BootstrapDifference compare(const Experiment& experiment, const HeadOutcome& first, const HeadOutcome& second,
                            const BootstrapOptions& options) {
  PairedTasks tasks = experiment.truth;
  for (std::size_t t = 0; t < tasks.size(); ++t) {
    tasks[t].first = first.scores[t];
    tasks[t].second = second.scores[t];
  }
  return paired_bootstrap(std::vector<PairedTasks>{std::move(tasks)}, options);
}

}  // namespace qmtl::benchmark::evidence
