// SPDX-License-Identifier: Apache-2.0
// The data sets of a folder.

#include <algorithm>
#include <filesystem>
#include <utility>

#include "datasets/loading.hpp"
#include "evidence/dataset_run.hpp"
#include "features/text_features.hpp"
#include "qmtl/core/error.hpp"

namespace qmtl::benchmark::evidence {
namespace {

/// So many folds of one data set; a task has as many classes as the largest label of any fold says.
[[nodiscard]] FoldedProblem folded(std::string name, const std::vector<Fold>& folds, bool ordered,
                                   std::string source = "") {
  FoldedProblem out{std::move(name), {}, ordered, std::move(source)};
  std::vector<int> classes;
  for (const Fold& fold : folds) {
    Problem& problem = out.folds.emplace_back(Problem{out.name, all_training_rows(fold), fold.test, {}});
    classes.resize(static_cast<std::size_t>(problem.train.labels.rows()), 2);
    for (std::size_t t = 0; t < classes.size(); ++t) {
      for (const auto* rows : {&problem.train, &problem.test}) {
        for (const double label : rows->labels.row(static_cast<Eigen::Index>(t))) {
          if (label >= classes[t]) classes[t] = static_cast<int>(label) + 1;  // NaN is missing
        }
      }
    }
  }
  for (Problem& problem : out.folds) problem.classes = classes;
  return out;
}

/// 28 x 28 pixels as 8 x 8 means.
void pool(Dataset<double>& images) {
  images.inputs = features::pooled_pixels(images.inputs.transpose(), 28, 28, 8).transpose();
}

[[nodiscard]] int mustard_folds(const std::string& dir) {
  int out = 1;
  while (std::filesystem::exists(qmtl::detail::text(dir, "/mustard/mustard_lsa64_fold", out, ".npz"))) ++out;
  return out;
}

}  // namespace

std::vector<FoldedProblem> load_folder(const std::string& dir) {
  const std::string tweets = "SemEval-2018 E-c";
  std::vector<FoldedProblem> out;
  const auto is_there = [&dir](const char* file) { return std::filesystem::exists(dir + file); };
  if (is_there("/nlp/semeval18_ec_lsa64.npz")) out.push_back(folded("SemEval, LSA", load_semeval(dir), true, tweets));
  const std::string vectors = dir + "/nlp/semeval18_ec_glove64.npz";
  if (std::filesystem::exists(vectors)) {
    out.push_back({"SemEval, GloVe", {load_problem("SemEval, GloVe", vectors, {"x"})}, true, tweets});
  }
  if (is_there("/nlp/glue_lsa64.npz")) out.push_back(folded("GLUE", load_glue(dir), true));
  if (is_there("/medical/ham10000_8x8_L.npz")) out.push_back(folded("HAM10000", load_ham10000(dir), false));
  std::vector<Fold> medmnist = load_medmnist_pair(dir);
  for (Fold& fold : medmnist) {
    pool(fold.train);
    if (fold.validation) pool(*fold.validation);
    pool(fold.test);
  }
  if (!medmnist.empty()) out.push_back(folded("MedMNIST, two sets", medmnist, false));
  if (is_there("/mustard/mustard_lsa64.npz")) {
    out.push_back(folded("MUStARD", load_mustard(dir, mustard_folds(dir)), false));
  }
  if (out.empty()) throw FileError("qmtl: evidence: '" + dir + "': expected one of the data sets' files, found none");
  return out;
}

}  // namespace qmtl::benchmark::evidence
