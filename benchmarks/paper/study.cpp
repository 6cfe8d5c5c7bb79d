// SPDX-License-Identifier: Apache-2.0
// The protocol of the paper's experiments; test rows are read in one place, after the search.

#include "paper/study.hpp"

#include <cmath>
#include <limits>
#include <mutex>
#include <utility>

#include "qmtl/core/error.hpp"
#include "qmtl/core/run_jobs.hpp"
#include "qmtl/data/split.hpp"
#include "qmtl/train/early_stopping.hpp"

namespace qmtl::benchmark::paper {
namespace {

/// Training and validation rows of one division inside a fold.
struct InnerSplit {
  Dataset<double> train, validation;
};

[[nodiscard]] std::vector<InnerSplit> inner_splits(const Problem& problem, const Fold& fold, std::uint64_t seed) {
  if (fold.validation) return {{fold.train, *fold.validation}};
  std::vector<InnerSplit> out;
  for (int i = 0; i < problem.inner_splits; ++i) {
    Rng rng(Seed{seed + static_cast<std::uint64_t>(i)});
    const auto rows =
        stratified_split(fold.train, 0, problem.kinds.front(), {.train = 0.8, .validation = 0.2, .test = 0.0}, rng);
    out.push_back({fold.train.select(rows.train), fold.train.select(rows.validation)});
  }
  return out;
}

class Study {
 public:
  Study(const Problem& problem, const Protocol& protocol, const Progress& progress)
      : problem_(problem), protocol_(protocol), progress_(progress) {
    check_folds(problem);
    result_ = {problem.benchmark, problem.dataset,  problem.dimension,
               problem.first,     problem.schedule, problem.backbones};
    result_.noise_cases = protocol.noise.cases;
    result_.published_validation = problem.folds.front().validation.has_value();
    result_.inner_splits = result_.published_validation ? 1 : problem.inner_splits;
    for (const Fold& fold : problem.folds) {
      result_.train_rows.push_back(fold.train.rows() + (fold.validation ? fold.validation->rows() : 0));
      result_.test_rows.push_back(fold.test.rows());
    }
    for (const HeadKind& head : problem.heads) {
      result_.heads.push_back(
          {head.name, head.head_parameters, head.architecture, std::vector<FoldResult>(problem.folds.size())});
    }
  }

  ProblemResult run() {
    search();
    if (!protocol_.search_only) judge();
    return std::move(result_);
  }

 private:
  using Job = std::function<void()>;

  /// Trains every head with every setting on every inner split, and chooses by validation AUC.
  void search() {
    const auto settings = draw_settings(problem_.grid, static_cast<int>(problem_.backbones.size()),
                                        protocol_.candidates, protocol_.search_seed);
    std::vector<std::vector<InnerSplit>> splits;
    for (std::size_t f = 0; f < problem_.folds.size(); ++f) {
      splits.push_back(inner_splits(problem_, problem_.folds[f], protocol_.search_seed + 100 * (f + 1)));
    }
    for (HeadResult& head : result_.heads) {
      for (FoldResult& fold : head.folds) fold.search.resize(settings.size());
    }
    std::vector<Job> jobs;
    for (std::size_t f = 0; f < splits.size(); ++f) {
      for (std::size_t c = 0; c < settings.size(); ++c) {
        for (std::size_t h = 0; h < result_.heads.size(); ++h) {
          jobs.push_back([this, &splits, &settings, f, c, h] {
            result_.heads[h].folds[f].search[c] = try_settings(problem_.heads[h], splits[f], settings[c]);
            done("search");
          });
        }
      }
    }
    start(jobs);
    for (HeadResult& head : result_.heads) {
      for (FoldResult& fold : head.folds) choose(head.name, fold);
    }
  }

  [[nodiscard]] Candidate try_settings(const HeadKind& head, const std::vector<InnerSplit>& splits,
                                       const Settings& settings) const {
    Candidate out{settings};
    try {
      for (const InnerSplit& split : splits) {
        const auto trained =
            head.train({split.train, &split.validation, settings, problem_.schedule, Seed{protocol_.search_seed}});
        out.validation_auc += trained->curve.back().validation_auc / static_cast<double>(splits.size());
        if (out.curve.empty()) out.curve = trained->curve;
      }
    } catch (const NumericalError&) {  // the setting does not train: a result, not a mistake
      out.validation_auc = std::numeric_limits<double>::quiet_NaN();
    }
    return out;
  }

  void choose(const std::string& head, FoldResult& fold) const {
    double best = -1.0;
    for (std::size_t c = 0; c < fold.search.size(); ++c) {
      if (!(fold.search[c].validation_auc > best)) continue;
      best = fold.search[c].validation_auc;
      fold.chosen = c;
    }
    if (best < 0.0) {
      throw NumericalError(detail::text("qmtl: paper: ", problem_.dataset, ", head ", head,
                                        ": expected a setting that trains, got none of ", fold.search.size()));
    }
  }

  /// The chosen setting on all training rows with each seed, judged once on the test rows.
  void judge() {
    const auto seeds = static_cast<std::size_t>(protocol_.seeds);
    std::vector<Dataset<double>> train;
    for (const Fold& fold : problem_.folds) train.push_back(all_training_rows(fold));
    std::vector<Job> jobs;
    for (std::size_t f = 0; f < train.size(); ++f) {
      for (std::size_t s = 0; s < seeds; ++s) {
        for (std::size_t h = 0; h < result_.heads.size(); ++h) {
          FoldResult& fold = result_.heads[h].folds[f];
          fold.test.resize(seeds);
          fold.seconds.resize(seeds);
          fold.noise.resize(seeds);
          jobs.push_back([this, &train, &fold, f, s, h] {
            train_and_judge(problem_.heads[h], train[f], problem_.folds[f].test, fold, s, f == 0);
            done("final runs");
          });
        }
      }
    }
    start(jobs);
  }

  void train_and_judge(const HeadKind& head, const Dataset<double>& train, const Dataset<double>& test,
                       FoldResult& fold, std::size_t s, bool first_fold) const {
    const Settings& settings = fold.search[fold.chosen].settings;
    try {
      const TrainRequest request{train, nullptr, settings, problem_.schedule, Seed{s + 1}};
      const auto trained = head.train(request);
      fold.test[s] = trained->evaluate(test);
      fold.seconds[s] = trained->seconds;
      if (s == 0) fold.backbone_parameters = trained->backbone_parameters;
      if (!first_fold) return;
      fold.noise[s] = judge_under_noise(*trained, protocol_.noise, request, test);
      if (s == 0) fold.hardware = judge_on_hardware(*trained, protocol_.hardware, request, test);
    } catch (const NumericalError&) {  // one training that diverges is no reason to lose the others
      fold.seconds[s] = undefined_metric;
      for (std::size_t t = 0; t < problem_.kinds.size(); ++t) {
        fold.test[s].push_back({.name = test.task_label(static_cast<int>(t)), .classes = problem_.kinds[t].classes});
      }
    }
  }

  void start(const std::vector<Job>& jobs) {
    done_ = 0;
    jobs_ = jobs.size();
    qmtl::detail::run_jobs(jobs.size(), protocol_.threads, [&jobs](std::size_t i) { jobs[i](); });
  }

  void done(const char* what) {
    const std::lock_guard lock(mutex_);
    progress_(detail::text(problem_.dataset, ": ", what), ++done_, jobs_);
  }

  const Problem& problem_;
  const Protocol& protocol_;
  const Progress& progress_;
  ProblemResult result_;
  std::mutex mutex_;
  std::size_t done_ = 0, jobs_ = 0;
};

}  // namespace

std::vector<Settings> draw_settings(const Grid& grid, int backbones, int count, std::uint64_t seed) {
  std::vector<Settings> all;
  for (const double rate : grid.learning_rates) {
    for (const double decay : grid.weight_decays) {
      for (const double scale : grid.head_rate_scales) {
        for (int b = 0; b < backbones; ++b) all.push_back({rate, decay, scale, b});
      }
    }
  }
  Rng rng(Seed{seed});
  shuffle(all, rng);
  if (static_cast<std::size_t>(count) < all.size()) all.resize(static_cast<std::size_t>(count));
  return all;
}

void check_folds(const Problem& problem) {
  if (problem.folds.empty()) throw ValueError("qmtl: paper: folds of a problem, expected at least one, got none");
  for (const Fold& fold : problem.folds) {
    const auto check = [&](const Dataset<double>& rows) {
      detail::require_counts<double>(rows, problem.kinds);
      detail::require_labels<double>(rows, problem.kinds);
      detail::require_size("paper: features, as in the first fold's training rows,", rows.features(),
                           problem.folds.front().train.features());
    };
    check(fold.train);
    check(fold.test);
    if (fold.validation) check(*fold.validation);
    for (int t = 0; t < fold.train.tasks(); ++t) {
      if ((fold.train.labels.row(t).array() >= 0.0).any()) continue;
      throw ValueError(detail::text("qmtl: paper: ", problem.dataset, ": training labels of task ",
                                    fold.train.task_label(t), ", expected at least one, got none"));
    }
  }
}

ProblemResult run_study(const Problem& problem, const Protocol& protocol, const Progress& progress) {
  return Study(problem, protocol, progress).run();
}

}  // namespace qmtl::benchmark::paper
