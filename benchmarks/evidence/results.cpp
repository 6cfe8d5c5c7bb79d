// SPDX-License-Identifier: Apache-2.0
// Which heads are compared, and Holm's corrections.

#include "evidence/results.hpp"

#include <algorithm>
#include <cmath>

#include "evidence/goals.hpp"
#include "qmtl/core/run_jobs.hpp"
#include "qmtl/loss/multiple_tests.hpp"

namespace qmtl::benchmark::evidence {
namespace {

void keep_better(std::vector<Entry>& entries, const Entry& entry) {
  const auto same = std::ranges::find_if(entries, [&](const Entry& e) { return e.head->name == entry.head->name; });
  if (same == entries.end()) {
    entries.push_back(entry);
  } else if (entry.head->validation_auc > same->head->validation_auc || std::isnan(same->head->validation_auc)) {
    *same = entry;
  }
}

/// What a head is compared with, and the experiment whose test rows both have.
struct Request {
  const HeadOutcome *head, *base;
  const Experiment* experiment;
  bool tasks;
};

class Requests {
 public:
  explicit Requests(std::string against) : against_(std::move(against)) {}

  void add(const std::vector<Entry>& entries, bool tasks) {
    const Entry base = find_entry(entries, against_);
    if (base.head == nullptr) return;
    for (const Entry& entry : entries) {
      if (entry.head == base.head || entry.head->scores == base.head->scores) continue;  // one under two names
      const auto same =
          std::ranges::find_if(all_, [&](const Request& r) { return r.head == entry.head && r.base == base.head; });
      if (same != all_.end()) {
        same->tasks = same->tasks || tasks;
      } else {
        all_.push_back({entry.head, base.head, entry.experiment, tasks});
      }
    }
  }
  void add(const DatasetResult& data) {
    for (const View& view : views_of(data)) add(view.heads, true);
    for (const Experiment& experiment : data.experiments) {
      std::vector<Entry> entries;
      for (const HeadOutcome& head : experiment.heads) entries.push_back({&experiment, &head});
      const Entry base = find_base(data, experiment, against_);
      if (base.head == nullptr) {
        throw ValueError("qmtl: evidence: --against, expected a head of " + data.name + ", got '" + against_ + "'");
      }
      if (base.experiment != &experiment) entries.push_back(base);
      add(entries, false);
    }
    for (const Regime regime : {Regime::narrow, Regime::frozen, Regime::trained}) {
      for (const Budget& budget : equal_totals(data, regime, against_)) add(budget.heads, false);
    }
  }
  void add_goals(const DatasetResult& data, bool above) {
    for (const Experiment& experiment : data.experiments) {
      for (const Goal& goal : goals) {
        if (goal.above != above) continue;
        const HeadOutcome *head = find_head(experiment, goal.head), *base = find_head(experiment, goal.base);
        if (goal.regime != experiment.regime || head == nullptr || base == nullptr) continue;
        all_.push_back({head, base, &experiment, false});
      }
    }
  }
  [[nodiscard]] const std::vector<Request>& all() const noexcept { return all_; }

 private:
  std::string against_;
  std::vector<Request> all_;
};

/// A resample of n trainings varies as n - 1 of n, that of a class of one row not at all, and percentiles are as if
/// there were many.
void correct_for_few(BootstrapDifference& difference, const DeLongDifference& by_delong, double confidence) {
  if (by_delong.trainings < 2) return;
  difference.standard_error = std::hypot(difference.standard_error,
                                         by_delong.seed_error / std::sqrt(by_delong.trainings), by_delong.rare_error);
  const double half = student_quantile(confidence, by_delong.degrees()) * difference.standard_error;
  difference.low = std::clamp(difference.estimate - half, -1.0, 1.0);
  difference.high = std::clamp(difference.estimate + half, -1.0, 1.0);
}

[[nodiscard]] Comparison compare(const Request& request, const Judgement& of_head, const Judgement& of_base,
                                 double confidence) {
  const HeadOutcome &head = *request.head, &base = *request.base;
  const PairedTasks& truth = request.experiment->truth;
  Comparison out;
  out.by_delong = mean_difference(truth, head, of_head, base, of_base);
  out.difference = bootstrap_difference(of_head, of_base, out.by_delong.value, confidence);
  correct_for_few(out.difference, out.by_delong, confidence);
  for (std::size_t t = 0; request.tasks && t < head.task_auc.size(); ++t) {
    out.tasks.push_back(task_difference(truth, head, of_head, base, of_base, t));
  }
  return out;
}

}  // namespace

Place place_of(const DatasetResult& data, Regime regime, int dimension) {
  using enum Place::Extent;
  const int tasks = static_cast<int>(data.references.tasks());
  if (regime == Regime::frozen && dimension == data.features) return {regime, all};
  const int by = regime == Regime::frozen ? 2 * tasks : std::max(4, tasks);
  if (regime != Regime::narrow && dimension == by) return {regime, by_tasks};
  return {regime, number, dimension};
}

std::string to_string(const Place& place) {
  const bool by_tasks = place.extent == Place::Extent::by_tasks, all = place.extent == Place::Extent::all;
  const auto features = qmtl::detail::text(place.features, " features");
  switch (place.regime) {
    case Regime::frozen: return "frozen, " + (all ? "all inputs" : by_tasks ? "two inputs a task" : features);
    case Regime::narrow: return "narrow, " + features;
    case Regime::trained: return "trained backbone, " + (by_tasks ? "a feature a task" : features);
  }
  return "";
}

const HeadOutcome* find_head(const Experiment& experiment, const std::string& name) {
  const auto found = std::ranges::find(experiment.heads, name, &HeadOutcome::name);
  return found == experiment.heads.end() ? nullptr : &*found;
}

Entry find_base(const DatasetResult& data, const Experiment& experiment, const std::string& name) {
  for (const Experiment* of : {&experiment, &data.references}) {
    if (const HeadOutcome* head = find_head(*of, name)) return {of, head};
  }
  return {};
}

Entry find_entry(const std::vector<Entry>& entries, const std::string& name) {
  const auto found = std::ranges::find_if(entries, [&](const Entry& e) { return e.head->name == name; });
  return found == entries.end() ? Entry{} : *found;
}

std::vector<View> views_of(const DatasetResult& data) {
  std::vector<View> out;
  for (const Experiment& experiment : data.experiments) {
    auto view = std::ranges::find_if(
        out, [&](const View& v) { return v.regime == experiment.regime && v.dimension == experiment.dimension; });
    if (view == out.end()) {
      out.push_back({&data, experiment.regime, experiment.dimension});
      view = out.end() - 1;
    }
    for (const HeadOutcome& head : experiment.heads) keep_better(view->heads, {&experiment, &head});
  }
  for (View& view : out) {
    for (const HeadOutcome& head : data.references.heads) view.heads.push_back({&data.references, &head});
  }
  return out;
}

std::vector<Budget> equal_totals(const DatasetResult& data, Regime regime, const std::string& against) {
  if (data.folds > 1) return {};
  std::vector<Entry> all;
  const auto add = [&all](const Experiment& experiment) {
    for (const HeadOutcome& head : experiment.heads) all.push_back({&experiment, &head});
  };
  for (const Experiment& experiment : data.experiments) {
    if (experiment.regime == regime) add(experiment);
  }
  std::vector<int> totals;
  for (const Entry& entry : all) {
    if (entry.head->name == against) totals.push_back(entry.head->parameters());
  }
  std::ranges::sort(totals);
  totals.erase(std::unique(totals.begin(), totals.end()), totals.end());
  add(data.references);
  std::vector<Budget> out;
  for (const int total : totals) {
    Budget& budget = out.emplace_back(Budget{total});
    for (const Entry& entry : all) {
      if (entry.head->parameters() <= total) keep_better(budget.heads, entry);
    }
  }
  return out;
}

void BySource::add(const std::string& source, double value) {
  if (std::isnan(value)) return;
  auto found = std::ranges::find(sums_, source, &Sum::source);
  if (found == sums_.end()) found = sums_.insert(sums_.end(), {source});
  found->sum += value;
  ++found->count;
}

std::vector<double> BySource::means() const {
  std::vector<double> out;
  for (const Sum& of : sums_) out.push_back(of.sum / of.count);
  return out;
}

int verdict(double difference, double p) { return !(p <= 0.05) ? 0 : difference > 0.0 ? 1 : -1; }

void ComparisonFamily::add(const Pair& pair, Comparison comparison, double margin) {
  order_.push_back(pair);
  const double estimate = comparison.difference.estimate, error = comparison.difference.standard_error,
               degrees = comparison.by_delong.degrees();
  comparison.p_alone = two_sided_p(estimate, error, degrees);
  p_.push_back(comparison.p_alone);
  p_inferior_.push_back(inferior_p(estimate, error, degrees, margin));
  for (const DeLongDifference& task : comparison.tasks) p_tasks_.push_back(task.p);
  comparison.difference.resampled = {};
  comparisons_[pair] = std::move(comparison);
}

void ComparisonFamily::correct() {
  const auto p = holm_adjusted(p_), p_inferior = holm_adjusted(p_inferior_), p_tasks = holm_adjusted(p_tasks_);
  std::size_t next = 0;
  for (std::size_t i = 0; i < order_.size(); ++i) {
    Comparison& comparison = comparisons_[order_[i]];
    comparison.p = p[i];
    comparison.p_inferior = p_inferior[i];
    for (DeLongDifference& task : comparison.tasks) task.p = p_tasks[next++];
  }
}

const Comparison* ComparisonFamily::find(const HeadOutcome& head, const HeadOutcome& base) const {
  const auto found = comparisons_.find({&head, &base});
  return found == comparisons_.end() ? nullptr : &found->second;
}

Comparisons::Comparisons(const std::vector<DatasetResult>& results, CompareOptions options)
    : Comparisons(std::move(options)) {
  for (const DatasetResult& data : results) add(data);
}

void Comparisons::add(const DatasetResult& data) {
  Requests requests(options_.against), superior(""), not_inferior("");
  requests.add(data);
  superior.add_goals(data, true);
  not_inferior.add_goals(data, false);
  std::map<const HeadOutcome*, Judgement> judgements;
  for (const Requests* some : {&requests, &superior, &not_inferior}) {
    for (const Request& request : some->all()) {
      judgements[request.head];
      judgements[request.base];
    }
  }
  std::vector<std::pair<const HeadOutcome*, Judgement*>> jobs;
  for (auto& [head, judgement] : judgements) jobs.emplace_back(head, &judgement);
  qmtl::detail::run_jobs(jobs.size(), options_.threads, [&](std::size_t i) {
    *jobs[i].second = judge(data.references.truth, *jobs[i].first, options_.bootstrap);
  });
  const auto compare_all = [&](const Requests& some, ComparisonFamily& family) {
    for (const Request& request : some.all()) {
      family.add({request.head, request.base},
                 compare(request, judgements[request.head], judgements[request.base], options_.bootstrap.confidence),
                 options_.margin);
    }
    family.correct();
  };
  compare_all(requests, compared_);
  compare_all(superior, superiority_goals_);
  compare_all(not_inferior, non_inferiority_goals_);
}

}  // namespace qmtl::benchmark::evidence
