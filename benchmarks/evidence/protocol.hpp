#pragma once
// SPDX-License-Identifier: Apache-2.0
// How heads are searched, trained and judged.

#include <vector>

namespace qmtl::benchmark::evidence {

struct Setting {
  double learning_rate = 1e-2;
  double weight_decay = 0.0;
  bool head_decays = true;  ///< or the layers before it alone

  friend bool operator==(const Setting&, const Setting&) = default;
};

struct Protocol {
  int epochs = 15;
  int least_steps = 1000;  ///< fewer rows take more epochs until they have so many, up to three times as many
  int batch_size = 32;
  int seeds = 10;
  double validation_share = 0.2;  ///< of the training rows, for the search
  int search_seeds = 2;           ///< trainings of a setting; their mean validation AUC counts
  std::vector<double> learning_rates{3e-3, 1e-2, 3e-2};
  std::vector<double> weight_decays{0.0, 1e-2, 1e-1};
  int extensions = 3;                    ///< how often a winner at the edge of a grid extends it
  std::vector<int> mlp_hidden{32, 128};  ///< widths of the MLP on the inputs; validation rows choose
  int threads = 1;
};

}  // namespace qmtl::benchmark::evidence
