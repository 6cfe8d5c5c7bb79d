// SPDX-License-Identifier: Apache-2.0
// Searches and final trainings.

#include "evidence/experiment.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <memory>
#include <utility>

#include "evidence/search.hpp"
#include "qmtl/core/clock.hpp"
#include "qmtl/core/run_jobs.hpp"
#include "qmtl/loss/loss.hpp"
#include "qmtl/train/fit_run.hpp"

namespace qmtl::benchmark::evidence {
namespace {

/// The first `dimension` inputs, where they are the representation.
[[nodiscard]] Dataset<double> first_inputs(const Dataset<double>& data, int dimension) {
  return {data.inputs.topRows(dimension), data.labels, data.task_names, data.sample_weights};
}

/// Layers from all inputs to the representation; one width where the inputs are it.
[[nodiscard]] std::vector<int> backbone_widths(int inputs, Regime regime, int dimension, int hidden) {
  std::vector<int> out{inputs};
  if (regime == Regime::frozen) return out;
  if (hidden > 0) out.push_back(hidden);
  out.push_back(dimension);
  return out;
}

[[nodiscard]] PartPointer make_backbone(const std::vector<int>& widths, int count) {
  if (count == 1) return dense_layers(widths);
  std::vector<PartPointer> parts;
  for (int i = 0; i < count; ++i) parts.push_back(dense_layers(widths));
  return side_by_side(std::move(parts), SideInputs::same);
}

[[nodiscard]] FitOptions options_of(const Protocol& protocol, const Setting& setting, Eigen::Index rows, Seed seed) {
  FitOptions out;
  const Eigen::Index steps = std::max<Eigen::Index>(1, rows / protocol.batch_size);
  out.epochs = static_cast<int>(std::clamp<Eigen::Index>(protocol.least_steps / steps, protocol.epochs,
                                                         3 * static_cast<Eigen::Index>(protocol.epochs)));
  out.batch_size = protocol.batch_size;
  out.optimizer = AdamW{.learning_rate = setting.learning_rate, .weight_decay = setting.weight_decay};
  out.head_weight_decay_scale = setting.head_decays ? 1.0 : 0.0;
  out.schedule = {.curve = CosineRate{}};
  out.standardize = false;  // the rows are
  out.seed = seed;
  return out;
}

/// Of each task; NaN where rows have one class only.
[[nodiscard]] std::vector<double> task_aucs(RuntimeModel& model, const Dataset<double>& rows) {
  std::vector<double> out;
  for (const TaskMetrics& task : evaluate<double>(model, rows)) out.push_back(task.auc);
  return out;
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

/// Rows to learn from, and rows to be judged by.
struct Rows {
  Dataset<double> learn, judge;
};

/// By the rows to learn from: once, and not in each of a hundred trainings.
[[nodiscard]] Rows standardized(Rows rows) {
  Standardizer<double> standardizer;
  standardizer.fit(rows.learn.inputs);
  standardizer.apply(rows.learn.inputs, rows.learn.inputs);
  standardizer.apply(rows.judge.inputs, rows.judge.inputs);
  return rows;
}

/// All that the heads of an experiment share.
class Runner {
 public:
  Runner(const Problem& problem, std::vector<int> backbone, const Protocol& protocol)
      : problem_(problem), backbone_(std::move(backbone)), protocol_(protocol) {
    const SplitIndices parts = search_rows(problem, protocol);
    search_ = standardized({problem.train.select(parts.train), problem.train.select(parts.validation)});
    final_ = standardized({problem.train, problem.test});
  }

  [[nodiscard]] HeadOutcome run(const HeadKind& head) const {
    HeadOutcome out = search(head);
    finish(head, out);
    return out;
  }

  /// What the validation rows say, before the final trainings.
  [[nodiscard]] HeadOutcome search(const HeadKind& head) const {
    Search search(protocol_, head.decay, backbone_.size() > 1);
    search.run([&](const std::vector<Setting>& settings) { return judge(head, settings); });
    HeadOutcome out{.name = head.name, .quantum = head.quantum, .setting = search.best()};
    out.settings_tried = search.tried();
    out.at_edge = search.at_edge();
    out.validation_auc = search.best_value();
    return out;
  }

  /// Trains with each seed on all training rows, and judges on the test rows.
  void finish(const HeadKind& head, HeadOutcome& out) const {
    const auto seeds = static_cast<std::size_t>(protocol_.seeds);
    const std::size_t tasks = problem_.classes.size();
    out.auc.assign(seeds, undefined_metric);
    out.task_auc.assign(tasks, std::vector<double>(seeds, undefined_metric));
    out.scores.assign(tasks, std::vector<std::vector<double>>(seeds));
    std::vector<double> seconds(seeds, 0.0);
    std::vector<char> diverged(seeds, 0);
    qmtl::detail::run_jobs(seeds, protocol_.threads, [&](std::size_t s) {
      const auto trained = model(head, Seed{s + 1});
      const double start = qmtl::detail::steady_seconds();
      diverged[s] =
          train(*trained, final_.learn, options_of(protocol_, out.setting, final_.learn.rows(), Seed{s + 1})) ? 0 : 1;
      seconds[s] = qmtl::detail::steady_seconds() - start;
      auto scores = scores_of(*trained, final_.judge);
      auto aucs = task_aucs(*trained, final_.judge);
      if (diverged[s] != 0) {
        for (auto& of_task : scores) std::ranges::fill(of_task, 0.0);
        for (double& auc : aucs) auc = std::isnan(auc) ? auc : 0.5;
      }
      out.auc[s] = summarize(aucs).mean;
      for (std::size_t t = 0; t < tasks; ++t) {
        out.scores[t][s] = std::move(scores[t]);
        out.task_auc[t][s] = aucs[t];
      }
    });
    out.diverged = static_cast<int>(std::ranges::count(diverged, 1));
    out.seconds = summarize(seconds).mean;
    const auto of_any = model(head, Seed{1});
    out.head_parameters = static_cast<int>(of_any->head_parameters().size());
    out.backbone_parameters = static_cast<int>(of_any->backbone_parameters().size());
  }

 private:
  [[nodiscard]] std::unique_ptr<RuntimeModel> model(const HeadKind& head, Seed seed) const {
    auto tasks = model_tasks(problem_);
    for (std::size_t t = 0; t < tasks.size(); ++t) tasks[t].parameters = head.task_parameters[t];
    return std::make_unique<RuntimeModel>(std::move(tasks), make_backbone(backbone_, head.backbones), head.make(seed),
                                          head.decay != HeadDecay::never, seed);
  }

  [[nodiscard]] std::vector<double> judge(const HeadKind& head, const std::vector<Setting>& settings) const {
    const auto repeats = static_cast<std::size_t>(protocol_.search_seeds);
    std::vector<double> values(settings.size() * repeats, undefined_metric);
    qmtl::detail::run_jobs(values.size(), protocol_.threads, [&](std::size_t i) {
      const Seed seed{1000 + i % repeats};
      const auto trained = model(head, seed);
      if (train(*trained, search_.learn, options_of(protocol_, settings[i / repeats], search_.learn.rows(), seed))) {
        values[i] = summarize(task_aucs(*trained, search_.judge)).mean;
      }
    });
    std::vector<double> out(settings.size(), 0.0);
    for (std::size_t i = 0; i < values.size(); ++i) out[i / repeats] += values[i] / static_cast<double>(repeats);
    return out;
  }

  const Problem& problem_;
  std::vector<int> backbone_;  ///< widths; one where the inputs are the representation
  const Protocol& protocol_;
  Rows search_, final_;
};

/// Without heads.
[[nodiscard]] Experiment begin_experiment(const Problem& problem, Regime regime, int dimension, int hidden) {
  Experiment out{.dataset = problem.name, .regime = regime, .dimension = dimension, .heads = {}, .hidden = hidden};
  for (std::size_t t = 0; t < problem.classes.size(); ++t) {
    PairedScores& task = out.truth.emplace_back();
    task.classes = problem.classes[t];
    for (const double label : problem.test.labels.row(static_cast<Eigen::Index>(t))) {
      task.truth.push_back(label >= 0.0 ? static_cast<int>(label) : -1);
    }
    const auto& names = problem.test.task_names;
    out.task_names.push_back(t < names.size() ? names[t] : qmtl::detail::text(t));
  }
  return out;
}

[[nodiscard]] bool is_wanted(const std::string& head, const std::vector<std::string>& only) {
  return only.empty() || std::ranges::find(only, head) != only.end();
}

}  // namespace

const char* to_string(Regime regime) {
  switch (regime) {
    case Regime::frozen: return "frozen";
    case Regime::narrow: return "narrow";
    case Regime::trained: return "trained";
  }
  return "";
}

SplitIndices search_rows(const Problem& problem, const Protocol& protocol) {
  Rng rng(Seed{2024});
  return split(problem.train.rows(),
               {.train = 1.0 - protocol.validation_share, .validation = protocol.validation_share, .test = 0.0}, rng);
}

void require_representation(const Problem& problem, Regime regime, int dimension, int hidden) {
  const int inputs = static_cast<int>(problem.train.features());
  if (dimension < 2 || (regime == Regime::frozen && dimension > inputs)) {
    const std::string most = regime == Regime::frozen ? qmtl::detail::text(" to ", inputs, ", the inputs") : " or more";
    throw ShapeError(qmtl::detail::text("qmtl: evidence: ", problem.name, ": ", to_string(regime),
                                        " features, expected 2", most, ", got ", dimension));
  }
  if ((hidden > 0) != (regime == Regime::trained) || hidden < 0) {
    throw ValueError(qmtl::detail::text("qmtl: evidence: hidden layer, expected a width from 1 where the backbone is ",
                                        "trained, else 0, got ", hidden));
  }
}

std::vector<HeadKind> heads_of(const std::vector<ModelTask>& tasks, Regime regime, int dimension) {
  std::vector<HeadKind> out = head_kinds(dimension, tasks);
  std::ranges::move(regime == Regime::frozen ? mapped_kinds(dimension, tasks) : single_task_kinds(dimension, tasks),
                    std::back_inserter(out));
  return out;
}

Experiment run_experiment(const Problem& problem, Regime regime, int dimension, const Protocol& protocol,
                          const std::vector<std::string>& only, int hidden) {
  require_representation(problem, regime, dimension, hidden);
  Problem cut;
  if (regime == Regime::frozen) {
    cut = {problem.name, first_inputs(problem.train, dimension), first_inputs(problem.test, dimension),
           problem.classes};
  }
  const Problem& seen = regime == Regime::frozen ? cut : problem;
  Experiment out = begin_experiment(problem, regime, dimension, hidden);
  const Runner runner(seen, backbone_widths(seen.train.features(), regime, dimension, hidden), protocol);
  for (const HeadKind& head : heads_of(model_tasks(seen), regime, dimension)) {
    if (is_wanted(head.name, only)) out.heads.push_back(runner.run(head));
  }
  return out;
}

Experiment run_references(const Problem& problem, const Protocol& protocol, const std::vector<std::string>& only) {
  const int inputs = problem.train.features();
  Experiment out = begin_experiment(problem, Regime::frozen, inputs, 0);
  const Runner runner(problem, {inputs}, protocol);
  const auto kinds = reference_kinds(inputs, model_tasks(problem), protocol.mlp_hidden);
  if (is_wanted("logistic", only)) out.heads.push_back(runner.run(kinds.front()));
  if (!is_wanted("mlp", only) || kinds.size() < 2) return out;
  HeadOutcome mlp;
  std::size_t chosen = 0;
  int tried = 0;
  for (std::size_t k = 1; k < kinds.size(); ++k) {
    HeadOutcome found = runner.search(kinds[k]);
    tried += found.settings_tried;
    const bool better = found.validation_auc > mlp.validation_auc || std::isnan(mlp.validation_auc);
    if (chosen != 0 && !better) continue;
    mlp = std::move(found);
    chosen = k;
  }
  mlp.settings_tried = tried;
  mlp.width = protocol.mlp_hidden[chosen - 1];
  runner.finish(kinds[chosen], mlp);
  out.heads.push_back(std::move(mlp));
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
