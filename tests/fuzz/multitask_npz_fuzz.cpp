// SPDX-License-Identifier: Apache-2.0
// load_multitask_npz: an input is a decision and the arrays of the archive.

#include <array>

#include "fuzz/arrays.hpp"
#include "qmtl/io/dataset_npz.hpp"

namespace qmtl::fuzz {
namespace {

constexpr std::array<std::string_view, 7> names = {"task_names", "y_train", "y_test", "a_train",
                                                   "a_test",     "b_train", "b_test"};

template <Scalar S>
void check_part(const Dataset<S>& part) {
  require(part.inputs.cols() == part.labels.cols(), "inputs and labels are as many");
  require(static_cast<std::size_t>(part.labels.rows()) == part.task_names.size(), "every task has a name");
}

template <Scalar S>
void check_file(const std::string& path, const std::vector<std::string>& views, bool unit_pixels) {
  (void)accepts([&] {
    const auto data = load_multitask_npz<S>(path, views, {.unit_pixels = unit_pixels, .limits = small_limits});
    check_part(data.train);
    check_part(data.test);
    require(data.train.inputs.rows() == data.test.inputs.rows(), "train and test have the same features");
    require(data.train.task_names == data.test.task_names, "train and test have the same tasks");
  });
}

}  // namespace

void check(BytesView input) {
  static MemoryFile file;
  Decisions decisions(input);
  const unsigned decision = decisions.byte();
  file.assign(decide_archive(decisions, names));
  const std::vector<std::string> views =
      decision % 4 < 3 ? std::vector<std::string>{"a", "b"} : std::vector<std::string>{"a"};
  if (decision % 2 == 0) return check_file<double>(file.path(), views, decision >= 128);
  check_file<float>(file.path(), views, decision >= 128);
}

std::vector<Bytes> seeds() {
  const std::vector<std::string> tasks = {"one", "two"};
  const std::vector<float> labels = {0, 1, 1, -1, 0, 0};
  const std::vector<double> reals = {0.5, -1.0, 2.0, 0.25, 1e10, -3.0};
  const std::vector<std::uint8_t> pixels(24, 200);
  const auto y = make_npy<float>(labels, {3, 2});
  const auto a = make_npy<double>(reals, {3, 2});
  auto images = make_npy<std::uint8_t>(pixels, {3, 2, 2, 2});
  std::vector<Bytes> out;
  for (const std::byte decision : {std::byte{0}, std::byte{129}, std::byte{3}}) {
    Bytes seed = {decision};
    for (const NpyArray& array : {to_npy(std::span(tasks)), y, y, a, a, images, images}) {
      const Bytes part = decisions_of(array);
      seed.insert(seed.end(), part.begin(), part.end());
    }
    out.push_back(std::move(seed));
    images.fortran_order = true;
  }
  return out;
}

}  // namespace qmtl::fuzz
