// SPDX-License-Identifier: Apache-2.0
// load_model: an input is a decision and what follows the header of a model file, or a whole file. The checksum is made
// right, or no change would get past it.

#include "qmtl/model/save.hpp"

#include "fuzz/saved_file.hpp"
#include "support/tiny_training.hpp"

namespace qmtl::fuzz {
namespace {

using test::TinyModel;

constexpr std::size_t no_size_field = 0, version_at = model_magic.size();

[[nodiscard]] TinyModel untrained() { return TinyModel(Seed{1}); }

[[nodiscard]] TinyModel standardised() {
  TinyModel model = untrained();
  const std::vector<double> mean = {0.5, -1.0}, scale = {2.0, 1.0}, centre = {0.0, 0.0, 350.0},
                            spread = {0.0, 0.0, 100.0};
  model.set_standardizer(Standardizer<double>(mean, scale));
  model.set_target_scaler(TargetScaler<double>(centre, spread));
  return model;
}

[[nodiscard]] Bytes saved(const TinyModel& model) {
  static const std::string path = scratch_path("model");
  save_model(model, path);
  return read_file(path, most_bytes);
}

[[nodiscard]] std::vector<double> numbers_of(const TinyModel& model) {
  std::vector<double> out;
  for (const auto values :
       {model.backbone().parameters(), model.head_weights(), model.standardizer().mean(), model.standardizer().scale(),
        model.target_scaler().centre(), model.target_scaler().spread()}) {
    out.insert(out.end(), values.begin(), values.end());
  }
  return out;
}

/// The format version that a file is of.
[[nodiscard]] std::uint32_t version_of(const Bytes& file) {
  std::uint32_t version = 0;
  std::memcpy(&version, file.data() + version_at, sizeof version);
  return version;
}

/// The file as version 1 had it, which knew nothing of targets: without the last of four counts, which is 0.
[[nodiscard]] Bytes first_version(Bytes file, const TinyModel& model) {
  const std::uint32_t version = 1;
  std::memcpy(file.data() + version_at, &version, sizeof version);
  const auto count = file.begin() + version_at + 2 * sizeof version + 3 * sizeof(std::uint64_t) +
                     static_cast<std::ptrdiff_t>(model.describe().size());
  file.erase(count, count + sizeof(std::uint64_t));
  return file;
}

}  // namespace

void check(BytesView input) {
  static const SavedFile format(saved(untrained()), untrained().describe());
  static MemoryFile file;
  static TinyModel model = untrained();
  const auto loads = [](const Bytes& bytes) {
    file.assign(bytes);
    return accepts([] { load_model(model, file.path()); });
  };

  const Bytes bytes = format.file(input, no_size_field);
  const auto before = numbers_of(model);
  if (!loads(bytes)) return require(numbers_of(model) == before, "a refused file leaves the model as it was");
  for (const double number : numbers_of(model)) require(std::isfinite(number), "a loaded number is finite");
  const Bytes again = saved(model);
  require(loads(again) && saved(model) == again, "a model is the same after a round trip");
  require(again == bytes || version_of(bytes) != model_version, "a model is the same file after a round trip");
  require(!loads(damaged(bytes)), "a damaged file is refused");
}

std::vector<Bytes> seeds() {
  std::vector<Bytes> out;
  for (const TinyModel& model : {untrained(), standardised()}) {
    const Bytes file = saved(model);
    const SavedFile format(file, model.describe());
    out.push_back(format.input_of_body(file, std::byte{0}));
    out.push_back(format.input_of_whole(file, std::byte{0}));
    if (model.target_scaler().empty()) {
      out.push_back(format.input_of_whole(first_version(file, model), std::byte{0}));
    }
  }
  return out;
}

}  // namespace qmtl::fuzz
