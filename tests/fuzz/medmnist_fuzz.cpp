// SPDX-License-Identifier: Apache-2.0
// load_medmnist: an input is a decision and the arrays of the archive.

#include <array>
#include "qmtl/io/medmnist.hpp"

#include "fuzz/arrays.hpp"

namespace qmtl::fuzz {
namespace {

constexpr std::array<std::string_view, 6> names = {"train_images", "train_labels", "val_images",
                                                   "val_labels",   "test_images",  "test_labels"};

void check_part(const MedMnist<float>& data, const Dataset<float>& part) {
  require(part.inputs.cols() == part.labels.cols(), "images and labels are as many");
  require(part.inputs.rows() == Eigen::Index{data.height} * data.width * data.channels, "inputs are the pixels");
  require(part.inputs.size() == 0 || (part.inputs.minCoeff() >= 0 && part.inputs.maxCoeff() <= 1),
          "pixels are from 0 to 1");
  require(static_cast<std::size_t>(part.labels.rows()) == data.kinds.size(), "every task has a kind of label");
  require(part.task_names.size() == data.kinds.size(), "every task has a name");
  for (Eigen::Index row = 0; row < part.labels.cols(); ++row) {
    for (std::size_t t = 0; t < data.kinds.size(); ++t) {
      const float label = part.labels(static_cast<Eigen::Index>(t), row);
      require(label >= 0 && label < static_cast<float>(data.kinds[t].classes), "labels are classes");
    }
  }
}

}  // namespace

void check(BytesView input) {
  static MemoryFile file;
  Decisions decisions(input);
  const bool as_rgb = decisions.byte() % 2 != 0;
  file.assign(decide_archive(decisions, names));
  (void)accepts([&] {
    const auto data = load_medmnist<float>(file.path(), {.as_rgb = as_rgb, .limits = small_limits});
    require(data.height > 0 && data.width > 0 && (data.channels == 1 || data.channels == 3), "images have a size");
    for (const Dataset<float>* part : {&data.train, &data.validation, &data.test}) check_part(data, *part);
  });
}

std::vector<Bytes> seeds() {
  const std::vector<std::uint8_t> pixels(36, 100);
  const std::vector<std::int64_t> labels = {0, 2, 1};
  const auto grey = make_npy<std::uint8_t>(std::span(pixels).first(12), {3, 2, 2});
  auto colour = make_npy<std::uint8_t>(pixels, {3, 2, 2, 3});
  const auto classes = make_npy<std::int64_t>(labels, {3, 1});
  const auto findings = make_npy<std::uint8_t>(std::vector<std::uint8_t>{0, 1, 1, 0, 1, 1}, {3, 2});
  std::vector<Bytes> out;
  const auto add = [&out](const NpyArray& images, const NpyArray& label, unsigned char decision) {
    Bytes seed = {std::byte{decision}};
    for (int part = 0; part < 3; ++part) {
      seed = joined({seed, decisions_of(images), decisions_of(label)});
    }
    out.push_back(std::move(seed));
  };
  add(grey, classes, 0);
  add(grey, findings, 1);
  add(colour, classes, 0);
  colour.fortran_order = true;
  add(colour, findings, 0);
  return out;
}

}  // namespace qmtl::fuzz
