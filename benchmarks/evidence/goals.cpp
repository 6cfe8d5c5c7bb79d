// SPDX-License-Identifier: Apache-2.0
// The table of goals.

#include "evidence/goals.hpp"

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "evidence/report_text.hpp"

namespace qmtl::benchmark::evidence {
namespace {

using qmtl::detail::text;

/// The same kind of representation and backbone on several data sets.
struct GoalPlace {
  Place place;
  int hidden;

  friend bool operator==(const GoalPlace&, const GoalPlace&) = default;
};

[[nodiscard]] GoalPlace place_of(const DatasetResult& data, const Experiment& experiment) {
  return {place_of(data, experiment.regime, experiment.dimension), experiment.hidden};
}

[[nodiscard]] std::string name_of(const GoalPlace& at) {
  return to_string(at.place) + (at.hidden > 0 ? text(", ", at.hidden, " hidden") : "");
}

struct Tally {
  int data_sets = 0, above = 0, above_alone = 0, below_alone = 0, clearly_above = 0, clearly_below = 0, not_worse = 0;
  int above_on_validation = 0, with_validation = 0;
  BySource differences, errors, on_validation;

  /// Validation rows of a fold are test rows of others, and do not count.
  void add(const DatasetResult& data, const Comparison& comparison, double validation) {
    const double estimate = comparison.difference.estimate;
    const int found = verdict(estimate, comparison.p), alone = verdict(estimate, comparison.p_alone);
    ++data_sets;
    above += estimate > 0.0 ? 1 : 0;
    above_alone += alone > 0 ? 1 : 0;
    below_alone += alone < 0 ? 1 : 0;
    clearly_above += found > 0 ? 1 : 0;
    clearly_below += found < 0 ? 1 : 0;
    not_worse += comparison.p_inferior <= 0.05 ? 1 : 0;
    differences.add(data.source, estimate);
    errors.add(data.source, comparison.difference.standard_error);  // the error of a mean of dependent ones, at most
    if (data.folds > 1 || std::isnan(validation)) return;
    ++with_validation;
    above_on_validation += validation > 0.0 ? 1 : 0;
    on_validation.add(data.source, validation);
  }
  /// Data sets are no sample of data sets: the error is of their rows and seeds.
  [[nodiscard]] std::string mean() const {
    double squares = 0.0;
    const auto of_sources = errors.means();
    for (const double error : of_sources) squares += error * error;
    return text(signed_number(summarize(differences.means()).mean), " ± ",
                fixed(std::sqrt(squares) / static_cast<double>(of_sources.size()), 4));
  }
  [[nodiscard]] std::string validation() const {
    if (with_validation == 0) return "-";
    return text(signed_number(summarize(on_validation.means()).mean), ", ", above_on_validation, " of ",
                with_validation);
  }
  [[nodiscard]] std::string verdicts(bool above_asked) const {
    if (!above_asked) return text("not below on ", not_worse, " of ", data_sets);
    return text("above on ", above, " of ", data_sets, "; alone ", above_alone, " and ", below_alone, "; ▲ ",
                clearly_above, ", ▼ ", clearly_below);
  }
};

}  // namespace

std::string goals_section(const std::vector<DatasetResult>& results, const Comparisons& comparisons) {
  const double margin = comparisons.options().margin;
  std::vector<GoalPlace> places;
  std::vector<std::string> header{"representation", "goal"};
  for (const DatasetResult& data : results) {
    header.push_back(data.name);
    for (const Experiment& experiment : data.experiments) {
      if (std::ranges::find(places, place_of(data, experiment)) == places.end()) {
        places.push_back(place_of(data, experiment));
      }
    }
  }
  for (const char* name : {"mean", "on validation rows", "found"}) header.emplace_back(name);
  ResultTable table(header);
  for (const Goal& goal : goals) {
    for (const GoalPlace& place : places) {
      std::vector<std::string> row{
          name_of(place), text('`', goal.head, "` ", goal.above ? "above" : "not below", " `", goal.base, '`')};
      Tally tally;
      for (const DatasetResult& data : results) {
        std::string cell;
        for (const Experiment& experiment : data.experiments) {
          if (goal.regime != experiment.regime || place_of(data, experiment) != place) continue;
          const HeadOutcome *head = find_head(experiment, goal.head), *base = find_head(experiment, goal.base);
          if (head == nullptr || base == nullptr) continue;
          const Comparison* comparison = comparisons.of_goals(goal.above).find(*head, *base);
          if (comparison == nullptr || std::isnan(comparison->difference.estimate)) continue;
          tally.add(data, *comparison, head->validation_auc - base->validation_auc);
          const double estimate = comparison->difference.estimate;
          cell = text(signed_number(estimate), " ± ", fixed(comparison->difference.standard_error, 4),
                      sign_of(estimate, comparison->p), " (", head->parameters(), " to ", base->parameters(), ')');
        }
        row.push_back(std::move(cell));
      }
      if (tally.data_sets == 0) continue;
      row.push_back(tally.mean());
      row.push_back(tally.validation());
      row.push_back(tally.verdicts(goal.above));
      table.add(std::move(row));
    }
  }
  return text(
      "\n## What was to be reached\n\nPairs of heads that the program names (`goals.hpp`); the heads were chosen by ",
      "validation rows of earlier trials on data sets of `--data`. Difference of mean test AUC ± its standard error "
      "over test rows and seeds, "
      "on "
      "the same representation and backbone; in parentheses the parameters in all of both. ▲ and ▼ at 5 % by Holm's "
      "correction over the ",
      comparisons.of_goals(true).all().size(), " goals to be above and the ", comparisons.of_goals(false).all().size(),
      " not to be below, apart; *alone* without a correction: significantly above, and below. A sign alone shows "
      "nothing. *Not below*: a loss of ",
      margin,
      " or more is rejected at 5 %, Holm's correction as before. The mean counts data sets with the same rows once, "
      "counts of data sets do not; its error is over rows and seeds: these are no sample of all data sets. *On "
      "validation rows*: the mean of the same differences in the searches, and on how many data sets it is positive. "
      "These are maxima over settings, on rows that took part in the choice of heads; folds are left out, as "
      "validation "
      "rows of one are test rows of others.\n\n",
      table.markdown());
}

}  // namespace qmtl::benchmark::evidence
