// SPDX-License-Identifier: Apache-2.0
// When a quantum head is the right one: by the order of interactions, training rows and the number of tasks.

#include <cstdio>
#include <string>
#include <vector>

#include "evidence/dataset_run.hpp"
#include "evidence/studies.hpp"
#include "options.hpp"
#include "result_table.hpp"

namespace {

using namespace qmtl;
using namespace qmtl::benchmark;
using namespace qmtl::benchmark::evidence;

struct Options {
  std::string study, dataset, json, out;
  StudyOptions common;
  InteractionStudy interactions;
  RowStudy rows;
  ScalingStudy scaling;
  bool quick = false;
};

[[nodiscard]] Study run_study(Options options) {
  if (options.quick) options.common.seeds = options.common.search_seeds = 1;
  if (options.study == "interactions") {
    if (options.quick) options.interactions.rows = {250};
    return study_interactions(options.interactions, options.common);
  }
  if (options.study == "scaling") {
    if (options.quick) options.scaling.tasks = {2, 4};
    return study_scaling(options.scaling, options.common);
  }
  const auto [name, file, views] = parse_dataset(options.dataset, options.rows.views);
  options.rows.name = name;
  options.rows.path = file;
  options.rows.views = views;
  if (options.quick) options.rows.shares = {0.1};
  return study_rows(options.rows, options.common);
}

int run(const Options& options) {
  const Study study = run_study(options);
  std::fputs(markdown(study).c_str(), stdout);
  if (!options.json.empty()) ResultTable::write_text(options.json, to_json(study));
  if (options.out.empty()) return 0;
  for (const Plot& plot : plots(study)) static_cast<void>(draw(plot, options.out));
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  CLI::App app{"Heads by the order of interactions, by training rows, and by the number of tasks."};
  app.add_option("--study", options.study, "interactions, rows or scaling")
      ->required()
      ->check(CLI::IsMember({"interactions", "rows", "scaling"}));
  app.add_option("--seeds", options.common.seeds, "final trainings")->check(CLI::Range(1, 1000))->capture_default_str();
  app.add_option("--search-seeds", options.common.search_seeds, "trainings of each setting")
      ->check(CLI::Range(1, 100))
      ->capture_default_str();
  app.add_option("--heads", options.common.heads, "some only, by name, and linear ones");
  app.add_option("--truths", options.interactions.truths, "interactions: orders, or mixed")->capture_default_str();
  app.add_option("--flipped", options.interactions.flipped, "interactions: shares of labels that are wrong")
      ->capture_default_str();
  app.add_option("--rows", options.interactions.rows, "interactions: training rows")->capture_default_str();
  app.add_option("--tasks", options.scaling.tasks, "scaling: numbers of tasks")->capture_default_str();
  app.add_option("--dataset", options.dataset,
                 "rows: NAME=FILE or NAME=FILE:VIEW,VIEW, an .npz as load_multitask_npz reads");
  app.add_option("--views", options.rows.views,
                 "rows: arrays of the file that are the inputs, where --dataset names none")
      ->capture_default_str();
  app.add_option("--shares", options.rows.shares, "rows: of the training rows")->capture_default_str();
  app.add_option("--dimension", options.rows.dimension, "rows: numbers behind the linear layer")
      ->check(CLI::Range(2, 16))
      ->capture_default_str();
  app.add_flag("--quick", options.quick, "a smoke test: one seed, the smallest sizes");
  app.add_option("--json", options.json, "file");
  app.add_option("--out", options.out, "folder for plots");
  add_threads_option(app, options.common.threads);
  return run_program(app, argc, argv, [&] { return run(options); });
}
