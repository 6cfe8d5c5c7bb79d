// SPDX-License-Identifier: Apache-2.0
// Heads as the number of tasks grows.

#include <cstdio>
#include <numeric>
#include <span>
#include <utility>

#include "evidence/studies.hpp"
#include "evidence/study_heads.hpp"
#include "qmtl/data/synthetic.hpp"

namespace qmtl::benchmark::evidence {
namespace {

constexpr int inputs = 20, hidden = 32;

/// The first rows to learn from, the others to be judged by, of a draw of tasks and rows.
[[nodiscard]] Trial make_trial(int tasks, int rows, std::uint64_t seed) {
  const auto data =
      make_binary_tasks<double>({.tasks = tasks, .rows = 2 * rows, .features = inputs, .seed = Seed{seed}}).data;
  std::vector<Eigen::Index> numbers(static_cast<std::size_t>(2 * rows));
  std::iota(numbers.begin(), numbers.end(), 0);
  const std::span<const Eigen::Index> all(numbers);
  const auto half = static_cast<std::size_t>(rows);
  return {data.select(all.first(half)), data.select(all.last(half)), Seed{seed}};
}

/// `quantum` is that of parameter_scaling: nine parameters a task. Most others have as many, and see more.
[[nodiscard]] std::vector<HeadKind> heads(int features, int tasks) {
  std::vector<HeadKind> out;
  const auto add = [&](WindowedHead head) {
    head.trainable_scale = true;
    if (head.windows * head.width <= features) out.push_back(windowed_head(head, features, tasks));
  };
  add({.name = "quantum", .encoding_layers = 2, .stride = 2});
  add({.name = "quantum_layers_3", .encoding_layers = 3, .stride = 2});
  add({.name = "quantum_opposite", .encoding_layers = 2, .entangler = Entangler::opposite, .stride = 2});
  for (const int windows : {4, 8, 16}) {
    add({.name = qmtl::detail::text("quantum_windows_", windows),
         .encoding_layers = 2,
         .stride = 2,
         .windows = windows});
  }
  // The sum of Z over all qubits, every n-th of which have angles in common.
  for (const int groups : {1, 4}) {
    add({.name = qmtl::detail::text("quantum_sum_", groups),
         .entangler = Entangler::none,
         .width = groups,
         .stride = 0,
         .windows = features / groups,
         .block_layers = 0});
  }
  // Mixed qubits, with as many parameters as linear heads of that rank.
  for (HeadKind& kind : named_kinds(features, tasks, {"quantum_mixed_2", "quantum_mixed_4"}))
    out.push_back(std::move(kind));
  out.push_back(linear_kind(features, tasks));
  for (const int rank : {2, 3, 4}) {
    if (rank < features) out.push_back(low_rank_kind(features, rank, tasks));
  }
  return out;
}

}  // namespace

Study study_scaling(const ScalingStudy& settings, const StudyOptions& options) {
  Study out{.name = "scaling",
            .title = "Heads of T tasks",
            .text = qmtl::detail::text(
                "Generated tasks (", inputs, " features, ", settings.rows, " training rows), an MLP of width ", hidden,
                " to 2 T numbers in front of every head; means over ", options.seeds, " draws of tasks and rows."),
            .columns = {"tasks"},
            .logarithmic = true};
  ContestOptions contest_options{.settings = {}, .threads = options.threads};
  for (const double rate : {3e-3, 9e-3}) {
    for (const double scale : {1.0, 3.0, 10.0}) contest_options.settings.push_back({rate, scale, settings.epochs});
  }
  for (const int tasks : settings.tasks) {
    std::vector<Trial> search, finals;
    for (int s = 0; s < options.search_seeds; ++s) {
      search.push_back(make_trial(tasks, settings.rows, 1001 + static_cast<std::uint64_t>(s)));
    }
    for (int s = 0; s < options.seeds; ++s) {
      finals.push_back(make_trial(tasks, settings.rows, 1 + static_cast<std::uint64_t>(s)));
    }
    const std::size_t begin = out.entries.size();
    for (const HeadKind& head : heads(2 * tasks, tasks)) {
      if (!options.takes(head.name)) continue;
      std::fprintf(stderr, "%d tasks, %s\n", tasks, head.name.c_str());
      const auto model = contender(binary_tasks(tasks), {inputs, hidden, 2 * tasks}, head);
      out.entries.push_back({{std::to_string(tasks)}, contest(model, search, finals, contest_options)});
    }
    compare_with_base(out, begin);
  }
  return out;
}

}  // namespace qmtl::benchmark::evidence
