// SPDX-License-Identifier: Apache-2.0
// Multi-task data sets from one .npz: views side by side, missing labels kept, disagreements named; MUStARD itself.

#include "qmtl/io/dataset_npz.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "qmtl/backbone/mlp.hpp"
#include "qmtl/train/fit.hpp"
#include "support/catch.hpp"
#include "support/data_dir.hpp"
#include "support/temp_dir.hpp"
#include "support/throws.hpp"

namespace dataset_npz_test {

using namespace qmtl;
using qmtl::test::message_of;
using qmtl::test::TempDir;

using Arrays = std::map<std::string, NpyArray>;
using Rows = Eigen::MatrixXd;
using Strings = std::vector<std::string>;

NpyArray strings(const Strings& items) { return to_npy(std::span<const std::string>(items)); }

/// Three training rows and two test rows, views of two and one features, two tasks.
Arrays small_arrays() {
  Rows text_train(3, 2), text_test(2, 2);
  text_train << 1, 2, 3, 4, 5, 6;
  text_test << 7, 8, 9, 10;
  Eigen::MatrixXf image_train(3, 1), image_test(2, 1);
  image_train << 0.5f, 1.5f, 2.5f;
  image_test << 3.5f, 4.5f;
  Eigen::MatrixXi y_train(3, 2), y_test(2, 2);
  y_train << 0, 2, 1, -1, 1, 0;
  y_test << 1, 1, -1, 0;
  Arrays arrays;
  arrays["text_train"] = to_npy(text_train);
  arrays["text_test"] = to_npy(text_test);
  arrays["image_train"] = to_npy(image_train);
  arrays["image_test"] = to_npy(image_test);
  arrays["y_train"] = to_npy(y_train);
  arrays["y_test"] = to_npy(y_test);
  arrays["task_names"] = strings({"mood", "größe"});
  return arrays;
}

template <class S = double>
TrainTest<S> load(const Arrays& arrays, const Strings& views) {
  const TempDir dir;
  write_npz(dir / "data.npz", arrays);
  return load_multitask_npz<S>(dir / "data.npz", views);
}

TEMPLATE_TEST_CASE("views lie side by side in the order asked for, a row a column, -1 where a label is missing", "",
                   float, double) {
  using S = TestType;
  const auto data = load<S>(small_arrays(), {"image", "text"});
  Batch<S> inputs(3, 3), labels(2, 3), test_inputs(3, 2), test_labels(2, 2);
  inputs << S(0.5), S(1.5), S(2.5), 1, 3, 5, 2, 4, 6;
  labels << 0, 1, 1, 2, -1, 0;
  test_inputs << S(3.5), S(4.5), 7, 9, 8, 10;
  test_labels << 1, -1, 1, 0;
  CHECK(data.train.inputs == inputs);
  CHECK(data.train.labels == labels);
  CHECK(data.test.inputs == test_inputs);
  CHECK(data.test.labels == test_labels);
  CHECK(data.train.task_names == Strings{"mood", "größe"});
  CHECK(data.test.task_names == data.train.task_names);
  validate<S>(data.train, std::vector<LabelKind>{{2}, {3}});
}

TEST_CASE("one view alone, and one view twice, are as good") {
  CHECK(load(small_arrays(), {"text"}).train.inputs.rows() == 2);
  const auto twice = load(small_arrays(), {"image", "image"});
  CHECK(twice.test.inputs.row(0) == twice.test.inputs.row(1));
}

/// The message of loading both views after a change.
template <class E>
std::string refused(Arrays arrays) {
  return message_of<E>([&] { (void)load(arrays, {"text", "image"}); });
}

TEST_CASE("counts that disagree are named") {
  auto arrays = small_arrays();
  arrays["image_train"] = to_npy(Rows(Rows::Zero(4, 1)));
  CHECK(refused<ShapeError>(arrays) ==
        "qmtl: load_multitask_npz: 'image_train' has 4 rows, expected 3 as in 'y_train'");
  arrays = small_arrays();
  arrays["y_test"] = to_npy(Rows(Rows::Zero(3, 2)));
  CHECK(refused<ShapeError>(arrays) == "qmtl: load_multitask_npz: 'text_test' has 2 rows, expected 3 as in 'y_test'");
  arrays = small_arrays();
  arrays["task_names"] = strings({"only one"});
  CHECK(refused<ShapeError>(arrays) == "qmtl: load_multitask_npz: tasks in 'y_train' must be 1, got 2");
  arrays = small_arrays();
  arrays["y_test"] = to_npy(Rows(Rows::Zero(2, 1)));
  CHECK(refused<ShapeError>(arrays) == "qmtl: load_multitask_npz: tasks in 'y_test' must be 2, got 1");
  arrays = small_arrays();
  arrays["image_test"] = to_npy(Rows(Rows::Zero(2, 5)));
  CHECK(refused<ShapeError>(arrays) ==
        "qmtl: load_multitask_npz: features of the test rows, as of the training rows, must be 3, got 7");
}

TEST_CASE("an array that is not there is named, with those that are") {
  for (const char* name : {"text_train", "image_test", "y_train", "y_test", "task_names"}) {
    auto arrays = small_arrays();
    arrays.erase(name);
    const std::string message = refused<FileError>(arrays);
    CHECK(message.find("no array '" + std::string(name) + "'") != std::string::npos);
    for (const auto& [other, array] : arrays) CHECK(message.find("'" + other + "'") != std::string::npos);
  }
  CHECK(message_of<ValueError>([] { (void)load(small_arrays(), {}); }) ==
        "qmtl: load_multitask_npz: views, expected at least one, got none");
  const TempDir dir;
  CHECK(message_of<FileError>([&] {
          (void)load_multitask_npz<double>(dir / "none.npz", Strings{"x"});
        }).find("none.npz") != std::string::npos);
}

TEST_CASE("views without rows whose features no data set can count are refused") {
  constexpr std::size_t half = std::size_t{1} << 62;
  for (const std::vector<std::size_t>& shape :
       {std::vector<std::size_t>{0, half}, {0, half, 2}, {0, std::size_t{1} << 31}}) {
    auto arrays = small_arrays();
    for (const char* part : {"train", "test"}) {
      const std::string end = std::string("_") + part;
      arrays["y" + end] = to_npy(Rows(Rows::Zero(0, 2)));
      arrays["text" + end] = NpyArray{.shape = shape, .dtype = DType::u8, .data = {}};
      arrays["image" + end] = NpyArray{.shape = shape, .dtype = DType::u8, .data = {}};
    }
    CHECK(refused<FileError>(arrays).find("(LoadLimits::columns)") != std::string::npos);
  }
  auto arrays = small_arrays();
  arrays["image_train"] = NpyArray{.shape = {3, 0}, .dtype = DType::f64, .data = {}};
  CHECK(refused<ShapeError>(arrays).find("features of the test rows") != std::string::npos);
}

TEST_CASE("the limits count the arrays and what is made of them, and can be set") {
  const TempDir dir;
  const std::string path = dir / "zeros.npz";
  auto arrays = small_arrays();
  arrays["text_train"] = NpyArray{.shape = {3, 20000}, .dtype = DType::u8, .data = std::vector<std::byte>(60000)};
  arrays["text_test"] = NpyArray{.shape = {2, 20000}, .dtype = DType::u8, .data = std::vector<std::byte>(40000)};
  write_npz(path, arrays);
  const auto refused = [&](const LoadLimits& limits) {
    return message_of<FileError>([&] { (void)load_multitask_npz<double>(path, Strings{"text"}, {.limits = limits}); });
  };
  CHECK(refused({.bytes = 100'000}).find("zeros.npz: too large when loaded") != std::string::npos);  // the arrays
  CHECK(refused({.bytes = 500'000}).find("load_multitask_npz: part 'train': too large") != std::string::npos);
  CHECK(refused({.bytes = 600'000}).find("load_multitask_npz: part 'test': too large") != std::string::npos);
  CHECK(refused({.columns = 19'999}).find("(LoadLimits::columns), got 20000") != std::string::npos);
  CHECK(refused({.ratio = 2, .ratio_free_bytes = 0}).find("(LoadLimits::ratio)") != std::string::npos);
  CHECK(load_multitask_npz<double>(path, Strings{"text"}, {.limits = {.bytes = 1'000'000}}).test.features() == 20000);
}

TEST_CASE("a view in Fortran order is the same view") {
  auto arrays = small_arrays();
  const auto expected = load(arrays, {"text", "image"});
  NpyArray& view = arrays["text_train"];
  const NpyArray c_order = view;
  view.fortran_order = true;
  for (std::size_t row = 0; row < 3; ++row) {
    for (std::size_t column = 0; column < 2; ++column) {
      std::copy_n(c_order.data.begin() + static_cast<std::ptrdiff_t>(8 * (row * 2 + column)), 8,
                  view.data.begin() + static_cast<std::ptrdiff_t>(8 * (column * 3 + row)));
    }
  }
  CHECK(load(arrays, {"text", "image"}).train.inputs == expected.train.inputs);
}

const Strings mustard_views{"x", "context", "speaker_show"};

TEST_CASE("MUStARD has 552 training and 138 test rows of 64 + 64 + 21 features and five tasks") {
  test::with_data_dir([](const std::string& dir) {
    for (const char* fold : {"", "_fold1", "_fold2", "_fold3", "_fold4"}) {
      const auto data = load_multitask_npz<double>(dir + "/mustard/mustard_lsa64" + fold + ".npz", mustard_views);
      CHECK(data.train.inputs.rows() == 149);
      CHECK(data.train.inputs.cols() == 552);
      CHECK(data.test.inputs.rows() == 149);
      CHECK(data.test.inputs.cols() == 138);
      CHECK(data.train.task_names ==
            Strings{"sarcasm", "sentiment_implicit", "sentiment_explicit", "emotion_implicit", "emotion_explicit"});
      const std::vector<LabelKind> kinds{{2}, {3}, {3}, {9}, {9}};
      validate<double>(data.train, kinds);
      validate<double>(data.test, kinds);
      CHECK(data.train.labels.row(0).sum() + data.test.labels.row(0).sum() == 345);  // of 690 are sarcastic
    }
  });
}

TEST_CASE("a quantum model's training loss on MUStARD falls on every one of three tasks") {
  test::with_data_dir([](const std::string& dir) {
    auto data = load_multitask_npz<double>(dir + "/mustard/mustard_lsa64.npz", mustard_views).train;
    data.labels = data.labels.topRows(3).eval();
    data.task_names.resize(3);
    using Model =
        QmtlModel<Mlp<149, 32, 8>, AngleEncoding<8>, Task<"sarcasm", RotationBlock<2, Layers<2>>, Window<0, 2>, Binary>,
                  Task<"sentiment_implicit", RotationBlock<3, Layers<2>>, Window<2, 3>, Classes<3>>,
                  Task<"sentiment_explicit", RotationBlock<3, Layers<2>>, Window<5, 3>, Classes<3>>>;
    Model model{Seed{1}};
    const auto report = fit(model, data, {.epochs = 4, .optimizer = AdamW{.learning_rate = 1e-2}});
    for (std::size_t t = 0; t < 3; ++t) {
      CHECK(report.history.back().task_losses[t] < 0.5 * report.history.front().task_losses[t]);  // 0.3 over 8 seeds
    }
  });
}

}  // namespace dataset_npz_test
