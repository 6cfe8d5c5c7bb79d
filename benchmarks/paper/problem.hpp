#pragma once
// SPDX-License-Identifier: Apache-2.0
// A problem: a data set with its folds, the heads to compare on it, and what the search may choose.

#include <string>
#include <vector>

#include "datasets/fold.hpp"
#include "paper/head_kind.hpp"

namespace qmtl::benchmark::paper {

/// All values that each setting may have.
struct Grid {
  std::vector<double> learning_rates{1e-3};
  std::vector<double> weight_decays{1e-2};
  std::vector<double> head_rate_scales{1.0};
};

struct Problem {
  std::string benchmark;  ///< nlp, medical or sarcasm
  std::string dataset;
  int dimension = 0;               ///< of the representation that the heads take
  bool first = true;               ///< whether it is the first data set of its benchmark
  std::vector<LabelKind> kinds{};  ///< of the tasks
  std::vector<std::string> backbones{};
  std::vector<HeadKind> heads{};
  Grid grid{};
  Schedule schedule{};
  int quick_epochs = 0;  ///< under --quick, where it is not 0
  int inner_splits = 1;  ///< divisions of the training rows over which validation metrics are averaged
  std::vector<Fold> folds{};
};

}  // namespace qmtl::benchmark::paper
