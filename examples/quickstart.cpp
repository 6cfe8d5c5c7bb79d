// SPDX-License-Identifier: Apache-2.0
// Train a quantum multi-task model: three tasks on generated data, or five on the MUStARD arrays of an .npz file.

#include <CLI/CLI.hpp>
#include <cstdio>
#include <qmtl/io/dataset_npz.hpp>
#include <qmtl/io/report_json.hpp>
#include <qmtl/qmtl.hpp>
#include <string>
#include <vector>

using namespace qmtl;

// Generated data: 20 features, two binary tasks and one of three classes.
using Generated = QmtlModel<Mlp<20, 32, 8>, AngleEncoding<8, Axis::Y, CzRing, Layers<2>>,
                            Task<"first", RotationBlock<2, Layers<2>>, Window<0, 2>, Binary>,
                            Task<"second", RotationBlock<3, Layers<2>>, Window<2, 3>, Classes<3>>,
                            Task<"third", RotationBlock<3, Layers<2>>, Window<5, 3>, Binary>>;

// MUStARD: text, context and speaker in; sarcasm, two sentiments (3 classes) and two emotions (9 classes) out.
using Emotions = Classes<9, BasisStates>;
using Mustard = QmtlModel<Linear<149, 8>, AngleEncoding<8, Axis::Y, CzRing, Layers<2>>,
                          Task<"sarcasm", RotationBlock<2, Layers<2>>, Window<0, 2>, Binary>,
                          Task<"sentiment_implicit", RotationBlock<3, Layers<2>>, Window<2, 3>, Classes<3>>,
                          Task<"sentiment_explicit", RotationBlock<3, Layers<2>>, Window<5, 3>, Classes<3>>,
                          Task<"emotion_implicit", RotationBlock<4, Layers<2>>, Window<2, 4>, Emotions>,
                          Task<"emotion_explicit", RotationBlock<4, Layers<2>>, Window<4, 4>, Emotions>>;

struct Arguments {
  std::string data;
  int seed = 1, runs = 1;
  bool json = false;
};

template <class Model>
void train_and_report(const Arguments& arguments, const TrainTest<double>& data, FitOptions options) {
  std::vector<std::vector<TaskMetrics>> runs;
  options.callbacks = {ProgressLine{}};
  for (int run = 0; run < arguments.runs; ++run) {
    options.seed = Seed{static_cast<std::uint64_t>(arguments.seed + run)};
    Model model{options.seed};
    if (run == 0) std::printf("%s\n\n", model.describe().c_str());
    const auto report = fit(model, data.train, options);
    runs.push_back(evaluate(model, data.test, majority_classes(model, data.train)));
    std::printf("%s\nparameters: head %d, backbone %zu; trained in %.2f s\n\n", to_table(runs.back()).c_str(),
                Model::head_parameters, model.backbone_parameters(), report.seconds);
    const nlohmann::ordered_json summary{{"head_parameters", Model::head_parameters},
                                         {"backbone_parameters", model.backbone_parameters()},
                                         {"tasks", to_json(runs.back())},
                                         {"seconds", report.seconds}};
    if (run + 1 < arguments.runs) continue;
    if (run > 0) std::printf("%s", to_table(runs).c_str());
    if (arguments.json) std::printf("%s\n", summary.dump().c_str());
  }
}

int main(int argc, char** argv) try {
  Arguments arguments;
  CLI::App app{"Trains a quantum multi-task model and prints a table of test metrics, a line per task."};
  app.add_option("--data", arguments.data, "MUStARD .npz file (default: generated data)");
  app.add_option("--seed", arguments.seed, "seed of parameters and sample order")->check(CLI::NonNegativeNumber);
  app.add_option("--runs", arguments.runs, "number of seeds to train with in turn")->check(CLI::Range(1, 1000));
  app.add_flag("--json", arguments.json, "print one JSON object, of the last run, as last line");
  CLI11_PARSE(app, argc, argv);
  if (arguments.data.empty()) {
    const auto all = make_related_tasks({.rows = 2000}).data;
    Rng rng(Seed{2});
    const auto parts = split(all.rows(), {.train = 0.7, .validation = 0.0, .test = 0.3}, rng);
    train_and_report<Generated>(arguments, {all.select(parts.train), all.select(parts.test)},
                                {.epochs = 40, .optimizer = AdamW{.learning_rate = 5e-3}});
  } else {
    train_and_report<Mustard>(arguments, load_multitask_npz<double>(arguments.data, {"x", "context", "speaker_show"}),
                              {.epochs = 40,  // settings chosen by cross-validation within the training rows
                               .optimizer = AdamW{.learning_rate = 2e-3, .weight_decay = 16.0},
                               .head_learning_rate_scale = 3.0});
  }
} catch (const Error& error) {
  std::fprintf(stderr, "%s\n", error.what());
  return 1;
}
