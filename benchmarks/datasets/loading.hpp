#pragma once
// SPDX-License-Identifier: Apache-2.0
// The folds of each data set from a folder of files.

#include <string>
#include <vector>

#include "datasets/fold.hpp"

namespace qmtl::benchmark {

// Every function throws FileError for a file that cannot be read; files are named below `dir`.

/// mustard/mustard_lsa64.npz is fold 0; mustard_lsa64_fold1.npz, ... are the next. Features: utterance, context,
/// speaker.
[[nodiscard]] std::vector<Fold> load_mustard(const std::string& dir, int folds);

/// nlp/semeval18_ec_lsa64.npz.
[[nodiscard]] std::vector<Fold> load_semeval(const std::string& dir);

/// nlp/glue_lsa64.npz; a row has a label of one task.
[[nodiscard]] std::vector<Fold> load_glue(const std::string& dir);

/// medical/ham10000_8x8_L.npz, pixels from 0 to 1.
[[nodiscard]] std::vector<Fold> load_ham10000(const std::string& dir);

/// medical/breastmnist.npz and medical/pneumoniamnist.npz (or pneumoniamnist_rebuilt.npz) as two tasks, with their
/// validation rows; no fold if one of the files is not there.
[[nodiscard]] std::vector<Fold> load_medmnist_pair(const std::string& dir);

}  // namespace qmtl::benchmark
