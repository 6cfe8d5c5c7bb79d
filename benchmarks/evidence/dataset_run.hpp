#pragma once
// SPDX-License-Identifier: Apache-2.0
// All representations of one data set; data sets by name, and those of a folder.

#include <functional>
#include <string>
#include <vector>

#include "evidence/results.hpp"

namespace qmtl::benchmark::evidence {

/// A data set with its folds, of which there is at least one.
struct FoldedProblem {
  std::string name;
  std::vector<Problem> folds;
  /// Whether the first inputs say more than others, as components by their variance do and pixels do not.
  bool ordered = true;
  std::string source{};  ///< the same where data sets share rows; empty: the name
};

/// On how many features heads are judged.
struct Representations {
  std::vector<int> narrow{};   ///< behind a trained linear layer
  std::vector<int> trained{};  ///< behind a hidden layer and a linear one
  std::vector<int> hidden{};   ///< widths of that hidden layer, from 1
  std::vector<int> frozen{};   ///< the first inputs
};

/// Narrow: fewer than there are tasks, or two. Trained: one a task, so that a head without parameters has an output for
/// each, and four at least. Frozen: all inputs, and the first two a task where inputs are ordered. Of several folds one
/// width of the hidden layer.
/// `quick`: one of each.
[[nodiscard]] Representations default_representations(const FoldedProblem& problem, bool quick);

/// Throws ValueError where a number of features or a width is there twice, or where validation rows of several folds
/// would have to choose among hidden layers (they are test rows of others), where those of a task are of one class,
/// where there is no representation, none has
/// one of the heads, or one does not have the head to compare with, which may be a reference; and as
/// require_representation.
void require_possible(const FoldedProblem& problem, const Representations& representations, const Protocol& protocol,
                      const std::vector<std::string>& heads, const std::string& against);

/// Minutes instead of an hour: few settings, seeds and epochs.
[[nodiscard]] Protocol quick_protocol();
inline constexpr int quick_resamples = 500;

/// Told what begins.
using Announce = std::function<void(const std::string& what)>;

/// Every experiment on a data set, and the references. A fold has searches and trainings of its own. Throws as
/// combine_folds and require_possible.
[[nodiscard]] DatasetResult run_dataset(const FoldedProblem& problem, const Representations& representations,
                                        const Protocol& protocol, const std::vector<std::string>& heads,
                                        const std::string& against, const Announce& announce);

/// NAME=FILE:VIEW,VIEW, the views being optional.
struct DatasetArgument {
  std::string name, file;
  std::vector<std::string> views{};
};

/// Throws ValueError unless there are a name and a file.
[[nodiscard]] DatasetArgument parse_dataset(const std::string& argument, const std::vector<std::string>& views);

/// What is there of SemEval-2018 E-c (components of terms, and of word vectors), GLUE, HAM10000, MUStARD and the two
/// MedMNIST sets (8 x 8 mean pixels); see datasets/loading.hpp. Throws FileError where nothing is, or a file is
/// damaged.
[[nodiscard]] std::vector<FoldedProblem> load_folder(const std::string& dir);

}  // namespace qmtl::benchmark::evidence
