// SPDX-License-Identifier: Apache-2.0
// Heads by the order of the interaction that is to be learnt.

#include <algorithm>
#include <cstdio>
#include <numeric>
#include <span>
#include <utility>

#include "evidence/interactions.hpp"
#include "evidence/studies.hpp"
#include "evidence/study_heads.hpp"
#include "result_table.hpp"

namespace qmtl::benchmark::evidence {
namespace {

/// Hidden layers of the classical network that has no narrow place.
constexpr int ceiling_width = 32;

/// What all contests of a study have one value of.
struct Circumstances {
  std::string truth;
  double flipped = 0.0;
  int rows = 0;
  bool direct = true;  ///< heads see the features as they are
};

[[nodiscard]] Trial make_trial(const InteractionStudy& settings, const Circumstances& at, std::uint64_t seed) {
  const bool mixed = at.truth == "mixed";
  if (!mixed && (at.truth.size() != 1 || at.truth[0] < '1' || at.truth[0] > '9')) {
    throw ValueError("qmtl: interactions: truth, expected an order from 1 to 9 or 'mixed', got '" + at.truth + "'");
  }
  const auto data = make_interaction_tasks({.tasks = settings.tasks,
                                            .rows = at.rows + settings.test_rows,
                                            .features = settings.features,
                                            .order = mixed ? 2 : at.truth[0] - '0',
                                            .share = mixed ? 0.5 : 1.0,
                                            .task_features = at.direct ? TaskFeatures::own : TaskFeatures::shared,
                                            .flipped = at.flipped,
                                            .seed = Seed{seed}})
                        .data;
  std::vector<Eigen::Index> numbers(static_cast<std::size_t>(data.rows()));
  std::iota(numbers.begin(), numbers.end(), 0);
  const std::span<const Eigen::Index> all(numbers);
  const auto seen = static_cast<std::size_t>(at.rows);
  return {data.select(all.first(seen)), data.select(all.subspan(seen)), Seed{seed}};
}

[[nodiscard]] std::vector<Contender> contenders(const InteractionStudy& settings, bool direct) {
  const int features = settings.features, width = features / settings.tasks;
  const auto windowed = [&](WindowedHead head) {
    head.width = head.stride = width;
    return windowed_head(head, features, settings.tasks);
  };
  std::vector<HeadKind> kinds{windowed({.name = "quantum"}), windowed({.name = "quantum_deep", .block_layers = 4}),
                              windowed({.name = "quantum_product", .entangler = Entangler::none})};
  for (HeadKind& kind : named_kinds(features, settings.tasks,
                                    {"quantum_sum", "linear", "low_rank_1", "hybrid_shared", "hybrid_per_task"})) {
    kinds.push_back(std::move(kind));
  }
  kinds.push_back(products_kind(features, width, width, settings.tasks));
  const auto tasks = binary_tasks(settings.tasks);
  std::vector<Contender> out;
  for (const HeadKind& kind : kinds) {
    out.push_back(contender(tasks, direct ? std::vector{features} : std::vector{features, features}, kind));
  }
  out.push_back(contender(tasks, {features, ceiling_width, ceiling_width}, linear_kind(ceiling_width, settings.tasks)));
  out.back().name = "mlp";
  return out;
}

/// Fewer rows take more epochs, and every head may stop at a quarter of them.
[[nodiscard]] ContestOptions contest_options(const InteractionStudy& settings, int rows, const StudyOptions& options) {
  ContestOptions out{.settings = {}, .threads = options.threads};
  const int steps_an_epoch = (rows + out.batch_size - 1) / out.batch_size;
  const int epochs = std::max(4, settings.steps / steps_an_epoch);
  for (const double rate : {3e-3, 9e-3, 2.7e-2}) {
    for (const int divisor : {4, 1}) out.settings.push_back({rate, 1.0, epochs / divisor});
  }
  return out;
}

}  // namespace

Study study_interactions(const InteractionStudy& settings, const StudyOptions& options) {
  Study out{.name = "interactions",
            .title = "Heads by the order of interaction",
            .text = qmtl::detail::text(settings.tasks, " tasks on ", settings.features,
                                       " independent normal features; means over ", options.seeds,
                                       " draws of tasks and rows, judged by ", settings.test_rows,
                                       " rows. No model can be expected above 1 - flipped."),
            .columns = {"before the head", "order", "flipped", "rows"},
            .logarithmic = true};
  for (const bool direct : {true, false}) {
    const auto models = contenders(settings, direct);
    for (const std::string& truth : settings.truths) {
      for (const double flipped : settings.flipped) {
        for (const int rows : settings.rows) {
          const Circumstances at{truth, flipped, rows, direct};
          std::vector<Trial> search, finals;
          for (int s = 0; s < options.search_seeds; ++s) {
            search.push_back(make_trial(settings, at, 1001 + static_cast<std::uint64_t>(s)));
          }
          for (int s = 0; s < options.seeds; ++s) {
            finals.push_back(make_trial(settings, at, 1 + static_cast<std::uint64_t>(s)));
          }
          std::fprintf(stderr, "%s, order %s, %g flipped, %d rows\n", direct ? "nothing" : "linear layer",
                       truth.c_str(), flipped, rows);
          const std::size_t begin = out.entries.size();
          for (const Contender& model : models) {
            if (!options.takes(model.name)) continue;
            out.entries.push_back(
                {{direct ? "nothing" : "linear layer", truth, significant(flipped, 2), std::to_string(rows)},
                 contest(model, search, finals, contest_options(settings, rows, options))});
          }
          compare_with_base(out, begin);
        }
      }
    }
  }
  return out;
}

}  // namespace qmtl::benchmark::evidence
