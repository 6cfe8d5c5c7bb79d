// SPDX-License-Identifier: Apache-2.0
// load_model: an input is a decision and what follows the header of a model file, or a whole file. The checksum is made
// right, or no change would get past it.

#include "qmtl/model/save.hpp"

#include "fuzz/saved_file.hpp"
#include "support/tiny_training.hpp"

namespace qmtl::fuzz {
namespace {

using test::TinyModel;

constexpr std::size_t no_size_field = 0;

[[nodiscard]] TinyModel untrained() { return TinyModel(Seed{1}); }

[[nodiscard]] TinyModel standardised() {
  TinyModel model = untrained();
  const std::vector<double> mean = {0.5, -1.0}, scale = {2.0, 1.0};
  model.set_standardizer(Standardizer<double>(mean, scale));
  return model;
}

[[nodiscard]] Bytes saved(const TinyModel& model) {
  const std::string path = scratch_path("model");
  save_model(model, path);
  return read_file(path, most_bytes);
}

}  // namespace

void check(BytesView input) {
  static const SavedFile format(saved(untrained()), untrained().describe());
  static MemoryFile file;
  static TinyModel model = untrained();
  const Bytes bytes = format.file(input, no_size_field);
  file.assign(bytes);
  if (!accepts([&] { load_model(model, file.path()); })) return;
  for (const auto values :
       {std::span<const double>(model.backbone().parameters()), std::span<const double>(model.head_weights()),
        model.standardizer().mean(), model.standardizer().scale()}) {
    for (const double value : values) require(std::isfinite(value), "a loaded number is finite");
  }
  require(saved(model) == bytes, "a model is the same file after a round trip");
  file.assign(damaged(bytes));
  require(!accepts([&] { load_model(model, file.path()); }), "a damaged file is refused");
}

std::vector<Bytes> seeds() {
  std::vector<Bytes> out;
  for (const TinyModel& model : {untrained(), standardised()}) {
    const Bytes file = saved(model);
    const SavedFile format(file, model.describe());
    out.push_back(format.input_of_body(file, std::byte{0}));
    out.push_back(format.input_of_whole(file, std::byte{0}));
  }
  return out;
}

}  // namespace qmtl::fuzz
