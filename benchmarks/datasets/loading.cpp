// SPDX-License-Identifier: Apache-2.0
// Reads the data sets of the paper's experiments.

#include "datasets/loading.hpp"

#include <array>
#include <filesystem>
#include <utility>

#include "qmtl/io/dataset_npz.hpp"
#include "qmtl/io/medmnist.hpp"

namespace qmtl::benchmark {
namespace {

[[nodiscard]] Fold load_fold(const std::string& path, const std::vector<std::string>& views,
                             const MultitaskNpzOptions& options = {}) {
  auto parts = load_multitask_npz<double>(path, views, options);
  return {.train = std::move(parts.train), .test = std::move(parts.test)};
}

/// A vector of folds that are moved, not copied.
[[nodiscard]] std::vector<Fold> only(Fold fold) {
  std::vector<Fold> out;
  out.push_back(std::move(fold));
  return out;
}

}  // namespace

std::vector<Fold> load_mustard(const std::string& dir, int folds) {
  std::vector<Fold> out;
  for (int f = 0; f < folds; ++f) {
    const std::string suffix = f == 0 ? "" : detail::text("_fold", f);
    out.push_back(load_fold(dir + "/mustard/mustard_lsa64" + suffix + ".npz", {"x", "context", "speaker_show"}));
  }
  return out;
}

std::vector<Fold> load_semeval(const std::string& dir) {
  return only(load_fold(dir + "/nlp/semeval18_ec_lsa64.npz", {"x"}));
}

std::vector<Fold> load_glue(const std::string& dir) { return only(load_fold(dir + "/nlp/glue_lsa64.npz", {"x"})); }

std::vector<Fold> load_ham10000(const std::string& dir) {
  return only(load_fold(dir + "/medical/ham10000_8x8_L.npz", {"x"}, {.unit_pixels = true}));
}

std::vector<Fold> load_medmnist_pair(const std::string& dir) {
  const std::string breast = dir + "/medical/breastmnist.npz";
  std::string pneumonia = dir + "/medical/pneumoniamnist.npz";
  if (!std::filesystem::exists(pneumonia)) pneumonia = dir + "/medical/pneumoniamnist_rebuilt.npz";
  if (!std::filesystem::exists(breast) || !std::filesystem::exists(pneumonia)) return {};
  const std::array<MedMnist<double>, 2> sets{load_medmnist<double>(breast, {.task_names = {"breast"}}),
                                             load_medmnist<double>(pneumonia, {.task_names = {"pneumonia"}})};
  auto both = combine_medmnist<double>(sets);
  return only({std::move(both.train), std::move(both.validation), std::move(both.test)});
}

}  // namespace qmtl::benchmark
