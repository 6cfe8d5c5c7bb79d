#pragma once
// SPDX-License-Identifier: Apache-2.0
// All representations of one data set, as `evidence` and `paper` judge heads on them.

#include <functional>
#include <string>
#include <vector>

#include "evidence/results.hpp"

namespace qmtl::benchmark::evidence {

/// On how many features heads are judged.
struct Representations {
  std::vector<int> narrow{2, 3, 4, 6};    ///< behind a trained linear layer
  std::vector<int> trained{6};            ///< behind a hidden layer and a linear one
  std::vector<int> hidden{0, 8, 16, 32};  ///< widths of that hidden layer; 0: none
  std::vector<int> frozen{};              ///< the first inputs
};

/// Minutes instead of an hour: few settings, seeds, epochs and representations.
[[nodiscard]] Protocol quick_protocol();
[[nodiscard]] Representations quick_representations();
inline constexpr int quick_resamples = 500;

/// Told what begins.
using Announce = std::function<void(const std::string& what)>;

/// Every experiment on a data set, and the references. Without a hidden layer a trained backbone is a narrow one: what
/// has been run is not run again. Throws as run_experiment, and ValueError where there is no head `against`.
[[nodiscard]] DatasetResult run_dataset(const Problem& problem, const Representations& representations,
                                        const Protocol& protocol, const std::vector<std::string>& heads,
                                        const std::string& against, const Announce& announce);

/// NAME=FILE:VIEW,VIEW, the views being optional.
struct DatasetArgument {
  std::string name, file;
  std::vector<std::string> views{};
};

/// Throws ValueError unless there are a name and a file.
[[nodiscard]] DatasetArgument parse_dataset(const std::string& argument, const std::vector<std::string>& views);

}  // namespace qmtl::benchmark::evidence
