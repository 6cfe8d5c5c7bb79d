// SPDX-License-Identifier: Apache-2.0
// MedMNIST files: grey and colour, one label and several, combined sets, bad files by name; the published ones.

#include "qmtl/io/medmnist.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "qmtl/backbone/conv.hpp"
#include "qmtl/io/dataset_npz.hpp"
#include "qmtl/train/fit.hpp"
#include "support/catch.hpp"
#include "support/data_dir.hpp"
#include "support/peak_memory.hpp"
#include "support/temp_dir.hpp"
#include "support/throws.hpp"

namespace medmnist_test {

using namespace qmtl;
using qmtl::test::message_of;
using qmtl::test::TempDir;

using Arrays = std::map<std::string, NpyArray>;
using Shape = std::vector<std::size_t>;
using Strings = std::vector<std::string>;

/// An array of the shape with the values 0, step, 2 step, ... modulo 251.
NpyArray bytes(const Shape& shape, std::size_t step = 1) {
  std::vector<std::uint8_t> values(*detail::element_count(shape));
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = static_cast<std::uint8_t>(i * step % 251);
  return make_npy<std::uint8_t>(values, shape);
}

template <class T = std::uint8_t>
NpyArray labels(const std::vector<T>& values, const Shape& shape) {
  return make_npy<T>(values, shape);
}

/// Three training rows, one validation row and two test rows of 2 x 3 grey pixels, three classes.
Arrays grey() {
  return {{"train_images", bytes({3, 2, 3}, 7)}, {"val_images", bytes({1, 2, 3})},
          {"test_images", bytes({2, 2, 3}, 3)},  {"train_labels", labels({0, 1, 0}, {3, 1})},
          {"val_labels", labels({2}, {1, 1})},   {"test_labels", labels({1, 0}, {2, 1})}};
}

template <class S = double>
MedMnist<S> load(const Arrays& arrays, const MedMnistOptions& options = {}, const std::string& name = "somemnist.npz") {
  const TempDir dir;
  write_npz(dir / name, arrays);
  return load_medmnist<S>(dir / name, options);
}

TEMPLATE_TEST_CASE("grey images become columns of pixels from 0 to 1, their labels one task", "", float, double) {
  using S = TestType;
  Arrays arrays = grey();
  arrays["val_images"] = make_npy<std::uint8_t>(std::vector<std::uint8_t>{0, 1, 51, 128, 254, 255}, {1, 2, 3});
  const MedMnist<S> set = load<S>(arrays);
  CHECK(set.height == 2);
  CHECK(set.width == 3);
  CHECK(set.channels == 1);
  CHECK(set.kinds == std::vector<LabelKind>{{3}});  // the largest label is in the validation rows
  CHECK(set.train.task_names == Strings{"somemnist"});
  Batch<S> pixels(6, 1), first(1, 3);
  pixels << 0, S(1) / S(255), S(51) / S(255), S(128) / S(255), S(254) / S(255), 1;
  first << 0, 1, 0;
  CHECK(set.validation.inputs == pixels);
  CHECK(set.train.labels == first);
  CHECK(set.validation.labels(0, 0) == S(2));
  CHECK(set.train.inputs(4, 2) == S(16 * 7 % 251) / S(255));  // row 2, pixel (1, 1): the 16th byte
  CHECK(set.test.inputs.cols() == 2);
  for (const auto* part : {&set.train, &set.validation, &set.test}) validate<S>(*part, set.kinds);
}

TEST_CASE("colour images keep the channels of a pixel together, as Image wants them") {
  Arrays arrays = grey();
  for (const char* part : {"train", "val", "test"}) {
    NpyArray& images = arrays[std::string(part) + "_images"];
    images = bytes({images.shape[0], 2, 3, 3});
  }
  const auto set = load(arrays);
  CHECK(set.channels == 3);
  CHECK(set.train.features() == Image<2, 3, 3>::size);
  for (Eigen::Index i = 0; i < 18; ++i) CHECK(set.train.inputs(i, 1) == static_cast<double>(18 + i) / 255.0);
  CHECK(load(arrays, {.task_names = {}, .as_rgb = true}).train.inputs == set.train.inputs);
}

TEST_CASE("grey images get three equal channels where colour is asked for") {
  const auto set = load(grey());
  const auto rgb = load(grey(), {.task_names = {}, .as_rgb = true});
  CHECK(rgb.channels == 3);
  CHECK(rgb.test.features() == 18);
  for (Eigen::Index i = 0; i < 18; ++i) CHECK(rgb.test.inputs.row(i) == set.test.inputs.row(i / 3));
}

TEST_CASE("an array in Fortran order and labels without a second axis are as good") {
  Arrays arrays = grey();
  arrays["train_labels"] = labels<std::int64_t>({0, 1, 0}, {3});
  arrays["val_labels"] = labels<std::int32_t>({2}, {1});
  NpyArray& images = arrays["train_images"];
  NpyArray fortran = images;
  fortran.fortran_order = true;
  for (std::size_t n = 0; n < 3; ++n) {
    for (std::size_t y = 0; y < 2; ++y) {
      for (std::size_t x = 0; x < 3; ++x) fortran.data[n + 3 * (y + 2 * x)] = images.data[(n * 2 + y) * 3 + x];
    }
  }
  images = fortran;
  const auto set = load(arrays);
  const auto expected = load(grey());
  CHECK(set.train.inputs == expected.train.inputs);
  CHECK(set.train.labels == expected.train.labels);
  CHECK(set.kinds == expected.kinds);
}

/// The grey rows with `columns` labels each, row and column adding up to even or odd.
Arrays several_labels(std::size_t columns) {
  Arrays arrays = grey();
  for (const char* part : {"train", "val", "test"}) {
    NpyArray& y = arrays[std::string(part) + "_labels"];
    std::vector<std::uint8_t> values;
    for (std::size_t i = 0; i < y.shape[0] * columns; ++i) {
      values.push_back(static_cast<std::uint8_t>((i / columns + i % columns) % 2));
    }
    y = labels(values, {y.shape[0], columns});
  }
  return arrays;
}

TEST_CASE("several labels are one binary task each, with the names of ChestMNIST's findings or numbers") {
  const auto chest = load(several_labels(14), {}, "chestmnist.npz");
  CHECK(chest.train.tasks() == 14);
  CHECK(chest.kinds == std::vector<LabelKind>(14, LabelKind{2}));
  CHECK(chest.train.task_names.front() == "atelectasis");
  CHECK(chest.test.task_names.back() == "hernia");
  for (Eigen::Index row = 0; row < 3; ++row) {
    for (Eigen::Index t = 0; t < 14; ++t) CHECK(chest.train.labels(t, row) == static_cast<double>((row + t) % 2));
  }
  CHECK(load(several_labels(14), {}, "chestmnist_64.npz").train.task_names == chest.train.task_names);
  CHECK(load(several_labels(2)).train.task_names == Strings{"somemnist_0", "somemnist_1"});
  CHECK(load(several_labels(2), {.task_names = {"p", "q"}}).validation.task_names == Strings{"p", "q"});
  auto zeros = several_labels(2);
  for (const char* part : {"train", "val", "test"}) {
    for (std::byte& label : zeros[std::string(part) + "_labels"].data) label = std::byte{0};
  }
  CHECK(load(zeros).kinds == std::vector<LabelKind>{{2}, {2}});
}

TEST_CASE("several sets are several tasks, each row with the labels of its own set") {
  std::vector<MedMnist<double>> sets{load(grey(), {}, "first.npz"), load(several_labels(2), {}, "second.npz")};
  const auto all = combine_medmnist<double>(sets);
  CHECK(all.train.task_names == Strings{"first", "second_0", "second_1"});
  CHECK(all.kinds == std::vector<LabelKind>{{3}, {2}, {2}});
  CHECK(all.train.rows() == 6);
  CHECK(all.validation.rows() == 2);
  CHECK(all.test.inputs.rightCols(2) == sets[1].test.inputs);
  CHECK(all.train.labels.block(1, 3, 2, 3) == sets[1].train.labels);
  CHECK(all.train.labels.block(0, 3, 1, 3).array().isNaN().all());
  CHECK((all.height == 2 && all.width == 3 && all.channels == 1));
  validate<double>(all.test, all.kinds);

  sets[1] = load(several_labels(2), {.task_names = {}, .as_rgb = true}, "second.npz");
  CHECK(message_of<ShapeError>([&] { (void)combine_medmnist<double>(sets); }) ==
        "qmtl: combine_medmnist: channels (see as_rgb), as in the first set, must be 1, got 3");
  sets[1] = sets[0];
  sets[1].height = 3;
  sets[1].width = 2;
  CHECK(message_of<ShapeError>([&] { (void)combine_medmnist<double>(sets); }) ==
        "qmtl: combine_medmnist: height of the images, as in the first set, must be 2, got 3");
  CHECK_THROWS_AS(combine_medmnist<double>({}), ValueError);
}

/// What loading says about `arrays`, without the folder.
template <class E>
std::string refused(const Arrays& arrays, const MedMnistOptions& options = {}) {
  std::string message = message_of<E>([&] { (void)load(arrays, options); });
  const auto name = message.find("somemnist.npz");
  return name == std::string::npos ? message : message.substr(name);
}

TEST_CASE("a member that is not there is named, with those that are") {
  for (const auto& [name, array] : grey()) {
    Arrays arrays = grey();
    arrays.erase(name);
    const std::string message = refused<FileError>(arrays);
    CHECK(message.find("no array '" + name + "', available: '") != std::string::npos);
  }
}

TEST_CASE("types that are no pixels or labels are named") {
  Arrays arrays = grey();
  arrays["val_images"] = make_npy<float>(std::vector<float>(6), {1, 2, 3});
  CHECK(refused<FileError>(arrays) == "somemnist.npz: val_images: expected pixels from 0 to 255 (|u1), got <f4");
  arrays = grey();
  arrays["test_labels"] = make_npy<double>(std::vector<double>{0, 1}, {2, 1});
  CHECK(refused<FileError>(arrays) == "somemnist.npz: test_labels: expected integers, got <f8");
  arrays["test_labels"] = to_npy(std::span<const std::string>(Strings{"a", "b"}));
  CHECK(refused<FileError>(arrays) == "somemnist.npz: test_labels: expected integers, got <U1");
}

TEST_CASE("shapes that are no images, or disagree, are named") {
  Arrays arrays = grey();
  arrays["train_images"] = bytes({3, 6});
  CHECK(refused<ShapeError>(arrays) ==
        "somemnist.npz: train_images: expected (rows, height, width) or (rows, height, width, 3), got (3, 6)");
  arrays["train_images"] = bytes({3, 4, 4, 4});  // a volume, as of a 3D set
  CHECK(refused<ShapeError>(arrays).find("got (3, 4, 4, 4)") != std::string::npos);
  arrays = grey();
  arrays["test_images"] = bytes({2, 3, 2});
  CHECK(refused<ShapeError>(arrays) ==
        "somemnist.npz: test_images: expected images of shape (2, 3) as for training, got (3, 2)");
  arrays = grey();
  arrays["val_labels"] = labels({0, 1}, {2, 1});
  CHECK(refused<ShapeError>(arrays) ==
        "somemnist.npz: val_labels: expected (1, labels), as there are 1 images, got (2, 1)");
  arrays["val_labels"] = labels({0, 1}, {1, 2});
  CHECK(refused<ShapeError>(arrays) == "somemnist.npz: val_labels: labels a row, as for training, must be 1, got 2");
  CHECK(refused<ShapeError>(grey(), {.task_names = {"a", "b"}}) ==
        "qmtl: load_medmnist: number of task names must be 1, got 2");
}

/// A file whose parts have no rows but axes as given.
Arrays without_rows(const Shape& images, const Shape& label_columns) {
  Arrays arrays;
  for (const char* part : {"train", "val", "test"}) {
    arrays[std::string(part) + "_images"] = NpyArray{.shape = images, .dtype = DType::u8, .data = {}};
    arrays[std::string(part) + "_labels"] = NpyArray{.shape = label_columns, .dtype = DType::u8, .data = {}};
  }
  return arrays;
}

TEST_CASE("a file without rows names no tasks, however many label columns it declares") {
  const long before = test::peak_memory_mib();
  CHECK(refused<FileError>(without_rows({0, 28, 28}, {0, 100'000'000'000})).find("(LoadLimits::columns)") !=
        std::string::npos);
  CHECK(refused<ShapeError>(without_rows({0, 28, 28}, {0, 1'000'000})) ==
        "somemnist.npz: expected at least one image, got none");
  CHECK(refused<ShapeError>(without_rows({0, 28, 28}, {0, 1})) ==
        "somemnist.npz: expected at least one image, got none");
  CHECK(test::peak_memory_mib() - before < 16);
}

TEST_CASE("axes that no image has are refused, rows or none") {
  constexpr std::size_t wide = std::size_t{1} << 31;
  constexpr std::size_t giant = std::size_t{1} << 62;
  for (const Shape& shape : {Shape{0, wide, 1}, Shape{0, 1, wide}, Shape{0, giant, giant}, Shape{0, giant, 4},
                             Shape{0, wide, wide, 3}, Shape{0, 1 << 16, 1 << 16}}) {
    const std::string message = refused<FileError>(without_rows(shape, {0, 1}));
    CHECK(message.find("'train_images': too many columns, expected at most 1048576 (LoadLimits::columns)") !=
          std::string::npos);
    const auto with_more = [&] { (void)load(without_rows(shape, {0, 1}), {.limits = {.columns = ~std::uint64_t{0}}}); };
    CHECK(message_of<FileError>(with_more).find("expected at most 2147483647") != std::string::npos);
  }
}

TEST_CASE("one part may be without rows") {
  Arrays arrays = grey();
  arrays["val_images"] = NpyArray{.shape = {0, 2, 3}, .dtype = DType::u8, .data = {}};
  arrays["val_labels"] = NpyArray{.shape = {0, 1}, .dtype = DType::u8, .data = {}};
  const auto set = load(arrays);
  CHECK(set.validation.rows() == 0);
  CHECK(set.validation.features() == 6);
  CHECK(set.train.rows() == 3);
}

TEST_CASE("the limits count the images, the numbers made of them and the combined sets, and can be set") {
  const auto with = [](const LoadLimits& limits, bool as_rgb = false) {
    return refused<FileError>(grey(), {.as_rgb = as_rgb, .limits = limits});
  };
  CHECK(with({.bytes = 100})
            .find("somemnist.npz: too large when loaded, expected at most 100 bytes in all "
                  "(LoadLimits::bytes)") == 0);  // 42 bytes and six headers
  CHECK(with({.bytes = 950}).find("somemnist.npz: train: too large when loaded") == 0);
  CHECK(with({.columns = 5}).find("(LoadLimits::columns), got 6") != std::string::npos);
  CHECK(with({.columns = 6}, true).find("(LoadLimits::columns), got 18") != std::string::npos);
  CHECK(with({.entries = 5}).find("(LoadLimits::entries), got 6") != std::string::npos);
  CHECK(with({.ratio = 1, .ratio_free_bytes = 0}).find("(LoadLimits::ratio)") != std::string::npos);
  CHECK(load(grey(), {.limits = {.bytes = 4096, .columns = 6, .entries = 6}}).train.rows() == 3);

  const std::vector<MedMnist<double>> sets{load(grey(), {}, "first.npz"), load(grey(), {}, "second.npz")};
  const auto combined = [&](const LoadLimits& limits) {
    return message_of<FileError>([&] { (void)combine_medmnist<double>(sets, limits); });
  };
  CHECK(combined({.bytes = 700}).find("combine_medmnist: too large when loaded") != std::string::npos);
  CHECK(combined({.rows = 5}).find("combine_medmnist: too many rows") != std::string::npos);
  CHECK(combined({.columns = 1}).find("combine_medmnist: tasks: too many columns") != std::string::npos);
  CHECK(combine_medmnist<double>(sets, {.bytes = 768}).train.rows() == 6);  // (6 + 2 + 4) x (6 + 2) numbers
}

TEST_CASE("labels out of range are named with their row and column") {
  Arrays arrays = grey();
  arrays["test_labels"] = labels<std::int32_t>({0, -1}, {2, 1});
  CHECK(refused<ValueError>(arrays) ==
        "somemnist.npz: test_labels: row 1, column 0: expected a label from 0 to 2, got -1");
  arrays["test_labels"] = labels<std::int64_t>({std::int64_t{1} << 40, 0}, {2, 1});
  CHECK(refused<ValueError>(arrays).find("from 0 to 65535, got 1099511627776") != std::string::npos);
  arrays = several_labels(3);
  arrays["train_labels"].data[4] = std::byte{2};
  CHECK(refused<ValueError>(arrays) ==
        "somemnist.npz: train_labels: row 1, column 1: expected a label from 0 to 1, got 2");
}

TEST_CASE("BreastMNIST and PneumoniaMNIST have the rows that MedMNIST says, and combine to two tasks") {
  test::with_data_dir([](const std::string& dir) {
    const std::vector<MedMnist<float>> sets{
        load_medmnist<float>(dir + "/medical/breastmnist.npz"),
        load_medmnist<float>(dir + "/medical/pneumoniamnist_rebuilt.npz", {.task_names = {"pneumonia"}})};
    CHECK(sets[0].train.task_names == Strings{"breastmnist"});
    for (const auto& set : sets) {
      CHECK((set.height == 28 && set.width == 28 && set.channels == 1));
      CHECK(set.kinds == std::vector<LabelKind>{{2}});
      CHECK(set.train.inputs.minCoeff() >= 0.0f);
      CHECK(set.train.inputs.maxCoeff() <= 1.0f);
      CHECK(set.train.inputs.maxCoeff() > 0.9f);
    }
    CHECK((sets[0].train.rows() == 546 && sets[0].validation.rows() == 78 && sets[0].test.rows() == 156));
    CHECK((sets[1].train.rows() == 4708 && sets[1].validation.rows() == 524 && sets[1].test.rows() == 624));
    CHECK(sets[0].test.labels.sum() == 114.0f);
    CHECK(sets[1].train.labels.sum() == 3494.0f);
    const auto all = combine_medmnist<float>(sets);
    CHECK(all.train.rows() == 546 + 4708);
    CHECK(all.test.task_names == Strings{"breastmnist", "pneumonia"});
    validate<float>(all.train, all.kinds);
  });
}

/// The first `rows` rows.
template <Scalar S>
Dataset<S> head(const Dataset<S>& data, Eigen::Index rows) {
  return {data.inputs.leftCols(rows), data.labels.leftCols(rows), data.task_names};
}

TEST_CASE("a convnet with linear heads learns PneumoniaMNIST beyond its majority") {
  test::with_data_dir([](const std::string& dir) {
    const auto set = load_medmnist<float>(dir + "/medical/pneumoniamnist_rebuilt.npz", {.task_names = {"pneumonia"}});
    using Net = BasicConvNet<float, Relu, Image<28, 28>, Conv<4, 3>, MaxPool<4>, Dense<8>>;
    LinearModel<Net, Task<"pneumonia", RotationBlock<2>, Window<0, 2>, Binary>> model{Seed{1}};
    (void)fit(model, head(set.train, 1500), {.epochs = 6, .optimizer = Adam{.learning_rate = 3e-3}});
    const auto metrics = evaluate(model, head(set.validation, 524));
    CHECK(metrics[0].auc > 0.95);  // logistic regression on all rows: .91 on the test rows
  });
}

TEST_CASE("HAM10000 is read by the multitask loader as 8 x 8 pixels from 0 to 1 with five tasks") {
  test::with_data_dir([](const std::string& dir) {
    const std::string path = dir + "/medical/ham10000_8x8_L.npz";
    const auto data = load_multitask_npz<float>(path, {"x"}, {.unit_pixels = true});
    const auto raw = load_multitask_npz<float>(path, {"x"});
    CHECK((data.train.rows() == 8009 && data.test.rows() == 2006));
    CHECK(data.train.features() == Image<8, 8>::size);
    CHECK(data.train.inputs.maxCoeff() <= 1.0f);
    CHECK((data.train.inputs - raw.train.inputs / 255.0f).cwiseAbs().maxCoeff() == 0.0f);
    CHECK(data.train.task_names == Strings{"dx", "malignant", "sex", "age_ge_50", "localization"});
    const std::vector<LabelKind> kinds{{7}, {2}, {2}, {2}, {14}};
    validate<float>(data.train, kinds);
    validate<float>(data.test, kinds);
    using Net = BasicConvNet<float, Relu, Image<8, 8>, Conv<8, 3>, MaxPool<2>, Dense<8>>;
    LinearModel<Net, Task<"dx", RotationBlock<7>, Window<0, 7>, Classes<7>>,
                Task<"malignant", RotationBlock<2>, Window<0, 2>, Binary>>
        model{Seed{1}};
    auto two = head(data.train, 2000);
    two.labels = two.labels.topRows(2).eval();
    two.task_names.resize(2);
    const auto report = fit(model, two, {.epochs = 5, .optimizer = Adam{.learning_rate = 3e-3}});
    for (std::size_t t = 0; t < 2; ++t) {
      CHECK(report.history.back().task_losses[t] < 0.95 * report.history.front().task_losses[t]);
    }
  });
}

}  // namespace medmnist_test
