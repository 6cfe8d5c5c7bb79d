#pragma once
// SPDX-License-Identifier: Apache-2.0
// The protocol: the same seeded search for every head on validation rows, then each seed trained on all training rows
// and judged once on the test rows.

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "paper/hardware.hpp"
#include "paper/noise.hpp"
#include "paper/problem.hpp"

namespace qmtl::benchmark::paper {

struct Protocol {
  int candidates = 16;  ///< settings that the search tries, if the grid has as many
  int seeds = 5;
  int threads = 1;           ///< trainings at a time
  bool search_only = false;  ///< leave the test rows alone: results have a search and nothing else
  std::uint64_t search_seed = 2024;
  NoisePlan noise{};        ///< for the final models of the first fold
  HardwarePlan hardware{};  ///< for that of the first seed
};

/// One setting in the search of one fold.
struct Candidate {
  Settings settings{};
  double validation_auc = 0.0;      ///< mean over tasks and inner splits; NaN if a training diverged
  std::vector<CurvePoint> curve{};  ///< of the first inner split
};

/// What became of a head on one fold.
struct FoldResult {
  std::vector<Candidate> search{};
  std::size_t chosen = 0;
  std::vector<std::vector<TaskMetrics>> test{};   ///< by seed; NaN of a training that diverged
  std::vector<double> seconds{};                  ///< of training, by seed
  std::vector<std::vector<NoiseResult>> noise{};  ///< by seed and case
  HardwareResult hardware{};                      ///< of the first seed
  std::size_t backbone_parameters = 0;
};

struct HeadResult {
  std::string name;
  int head_parameters = 0;
  std::string architecture{};
  std::vector<FoldResult> folds{};
};

struct ProblemResult {
  std::string benchmark, dataset;
  int dimension = 0;
  bool first = true;
  Schedule schedule{};
  std::vector<std::string> backbones{};
  std::vector<Eigen::Index> train_rows{}, test_rows{};  ///< by fold
  bool published_validation = false;                    ///< whether the publisher gave the validation rows
  int inner_splits = 1;
  std::vector<HeadResult> heads{};
  std::vector<NoiseCase> noise_cases{};
};

/// The settings that every head's search tries: `count` different ones of the grid, drawn from `seed`; all of them if
/// there are no more.
[[nodiscard]] std::vector<Settings> draw_settings(const Grid& grid, int backbones, int count, std::uint64_t seed);

/// Told of every training that is done.
using Progress = std::function<void(const std::string& what, std::size_t done, std::size_t of)>;

/// Throws ShapeError or ValueError where a fold's rows and the problem's tasks do not fit each other: number of tasks
/// or features, labels, a task without a label to learn from.
void check_folds(const Problem& problem);

/// Searches, trains and judges every head of a problem. Deterministic whatever the number of threads. Throws
/// ValueError without folds and as check_folds, before anything is trained; NumericalError where all settings of a
/// search diverge.
[[nodiscard]] ProblemResult run_study(const Problem& problem, const Protocol& protocol, const Progress& progress);

}  // namespace qmtl::benchmark::paper
