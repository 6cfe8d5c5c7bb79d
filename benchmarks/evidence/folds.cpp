// SPDX-License-Identifier: Apache-2.0
// Rows of all folds, means over folds.

#include "evidence/folds.hpp"

#include <algorithm>
#include <utility>

#include "qmtl/core/error.hpp"

namespace qmtl::benchmark::evidence {
namespace {

/// So many rows that are of other folds, `columns` entries each.
template <class T>
[[nodiscard]] std::vector<T> between(std::size_t before, const std::vector<T>& own, std::size_t after,
                                     std::size_t columns, T missing) {
  std::vector<T> out(before * columns, missing);
  out.insert(out.end(), own.begin(), own.end());
  out.resize(out.size() + after * columns, missing);
  return out;
}

/// Each entry's mean over folds that have one.
[[nodiscard]] std::vector<double> means(const std::vector<const std::vector<double>*>& folds) {
  std::vector<double> out;
  for (std::size_t s = 0; s < folds.front()->size(); ++s) {
    std::vector<double> values;
    for (const auto* fold : folds) values.push_back(fold->at(s));
    out.push_back(summarize(values).mean);
  }
  return out;
}

[[nodiscard]] HeadOutcome combine_heads(const std::vector<const HeadOutcome*>& folds) {
  HeadOutcome out = *folds.front();
  std::vector<const std::vector<double>*> aucs;
  std::vector<double> validation, seconds;
  out.settings_tried = out.diverged = 0;
  out.scores.clear();
  for (const HeadOutcome* fold : folds) {
    aucs.push_back(&fold->auc);
    validation.push_back(fold->validation_auc);
    seconds.push_back(fold->seconds);
    out.settings_tried += fold->settings_tried;
    out.diverged += fold->diverged;
    out.at_edge = out.at_edge || fold->at_edge;
    if (out.width != fold->width) out.width = HeadOutcome::differing;
    out.settings_differ = out.settings_differ || fold->setting != out.setting;
    out.head_parameters = std::max(out.head_parameters, fold->head_parameters);
    out.backbone_parameters = std::max(out.backbone_parameters, fold->backbone_parameters);
  }
  out.auc = means(aucs);
  out.validation_auc = summarize(validation).mean;
  out.seconds = summarize(seconds).mean;
  for (std::size_t t = 0; t < out.task_auc.size(); ++t) {
    std::vector<const std::vector<double>*> of_task;
    for (const HeadOutcome* fold : folds) of_task.push_back(&fold->task_auc[t]);
    out.task_auc[t] = means(of_task);
  }
  return out;
}

void require_same(const std::vector<Experiment>& folds) {
  for (const Experiment& fold : folds) {
    const Experiment& first = folds.front();
    bool same = fold.task_names == first.task_names && fold.heads.size() == first.heads.size();
    for (std::size_t h = 0; same && h < fold.heads.size(); ++h) {
      same = fold.heads[h].name == first.heads[h].name && fold.heads[h].auc.size() == first.heads[h].auc.size();
    }
    if (!same) {
      throw ShapeError("qmtl: evidence: " + first.dataset + ": folds, expected the same tasks, heads and seeds in all");
    }
  }
}

}  // namespace

Experiment combine_folds(std::vector<Experiment> folds) {
  if (folds.empty()) throw ShapeError("qmtl: evidence: folds, expected at least one, got none");
  if (folds.size() == 1) return std::move(folds.front());
  require_same(folds);
  Experiment out = folds.front();
  out.truth.clear();
  for (std::size_t h = 0; h < out.heads.size(); ++h) {
    std::vector<const HeadOutcome*> of_head;
    for (const Experiment& fold : folds) of_head.push_back(&fold.heads[h]);
    out.heads[h] = combine_heads(of_head);
  }
  std::size_t before = 0, after = 0;
  for (const Experiment& fold : folds) after += fold.truth.front().truth.size();
  for (const Experiment& fold : folds) {
    const std::size_t own = fold.truth.front().truth.size();
    after -= own;
    for (std::size_t t = 0; t < fold.truth.size(); ++t) {
      const PairedScores& task = fold.truth[t];
      const std::size_t columns = task.classes == 2 ? 1 : static_cast<std::size_t>(task.classes);
      out.truth.push_back({task.classes, between(before, task.truth, after, 1, -1)});
      for (std::size_t h = 0; h < out.heads.size(); ++h) {
        auto& scores = out.heads[h].scores.emplace_back();
        for (const auto& seed : fold.heads[h].scores[t]) scores.push_back(between(before, seed, after, columns, 0.0));
      }
    }
    before += own;
  }
  return out;
}

}  // namespace qmtl::benchmark::evidence
