// SPDX-License-Identifier: Apache-2.0
// The table of goals.

#include "evidence/goals.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "evidence/report_text.hpp"

namespace qmtl::benchmark::evidence {
namespace {

using qmtl::detail::text;

/// The same kind of representation on several data sets.
struct Place {
  Regime regime;
  int dimension;  ///< 0: all inputs

  friend bool operator==(const Place&, const Place&) = default;
};

[[nodiscard]] std::string name_of(const Place& place) {
  if (place.regime != Regime::frozen) return text(to_string(place.regime), ", ", place.dimension);
  return place.dimension == 0 ? "frozen, all inputs" : "frozen, first inputs";
}

/// Of a view: how many first inputs there are depends on the data set.
[[nodiscard]] Place place_of(const View& view) {
  if (view.regime != Regime::frozen) return {view.regime, view.dimension};
  return {view.regime, view.dimension == view.data->features ? 0 : 1};
}

struct Tally {
  int sets = 0, above = 0, clearly_above = 0, clearly_below = 0, not_worse = 0;
  double sum = 0.0, squares = 0.0;

  void add(const Comparison& comparison) {
    const double estimate = comparison.difference.estimate, error = comparison.difference.standard_error;
    const int found = verdict(estimate, comparison.p);
    ++sets;
    above += estimate > 0.0 ? 1 : 0;
    clearly_above += found > 0 ? 1 : 0;
    clearly_below += found < 0 ? 1 : 0;
    not_worse += comparison.p_inferior <= 0.05 ? 1 : 0;
    sum += estimate;
    squares += error * error;
  }
  /// Data sets are no sample of data sets: the error is of their rows and seeds.
  [[nodiscard]] std::string mean() const {
    return sets == 0 ? "" : text(signed_number(sum / sets), " ± ", fixed(std::sqrt(squares) / sets, 4));
  }
  [[nodiscard]] std::string reached(bool above_asked) const {
    if (!above_asked) return text("shown on ", not_worse, " of ", sets);
    return text(above == sets ? "yes" : "no", ": above on ", above, " of ", sets, " (▲ ", clearly_above, ", ▼ ",
                clearly_below, ')');
  }
};

}  // namespace

std::string goals_section(const std::vector<DatasetResult>& results, const Comparisons& comparisons) {
  const double margin = comparisons.options().margin;
  std::vector<std::vector<View>> views;
  std::vector<Place> places;
  for (const DatasetResult& data : results) {
    views.push_back(views_of(data));
    for (const View& view : views.back()) {
      if (std::ranges::find(places, place_of(view)) == places.end()) places.push_back(place_of(view));
    }
  }
  std::vector<std::string> header{"representation", "goal"};
  for (const DatasetResult& data : results) header.push_back(data.name);
  header.emplace_back("mean");
  header.emplace_back("reached");
  ResultTable table(header);
  for (const Goal& goal : goals) {
    for (const Place& place : places) {
      std::vector<std::string> row{
          name_of(place), text('`', goal.head, "` ", goal.above ? "above" : "not below", " `", goal.base, '`')};
      Tally tally;
      for (const auto& of_data : views) {
        std::string cell;
        for (const View& view : of_data) {
          if (place.regime != goal.regime || place_of(view) != place) continue;
          const Entry head = find_entry(view.heads, goal.head), base = find_entry(view.heads, goal.base);
          if (head.head == nullptr || base.head == nullptr) continue;
          const Comparison* comparison = comparisons.of_goals().find(*head.head, *base.head);
          if (comparison == nullptr) continue;
          tally.add(*comparison);
          const double estimate = comparison->difference.estimate;
          cell = text(signed_number(estimate), " ± ", fixed(comparison->difference.standard_error, 4),
                      sign_of(estimate, comparison->p), " (", head.head->parameters(), " to ", base.head->parameters(),
                      ')');
        }
        row.push_back(std::move(cell));
      }
      if (tally.sets == 0) continue;
      row.push_back(tally.mean());
      row.push_back(tally.reached(goal.above));
      table.add(std::move(row));
    }
  }
  return text(
      "\n## What was to be reached\n\nWritten down before this run, the heads chosen by validation rows of earlier ",
      "trials. Difference of mean test AUC ± its standard error over test rows and seeds; in "
      "parentheses the parameters in all of both. ▲ and ▼ at 5 % by Holm's correction over these ",
      comparisons.of_goals().all().size(), " comparisons. *Above* is reached where the difference is positive ",
      "on every data set, significant or not; *not below* where a loss of ", margin,
      " or more is rejected at 5 %, Holm's correction as before. The mean's error is over rows and seeds: these "
      "data sets are no sample of all data sets. With a trained backbone each head has the hidden layer that ",
      "validation rows chose for it.\n\n", table.markdown());
}

}  // namespace qmtl::benchmark::evidence
