// SPDX-License-Identifier: Apache-2.0
// The real data sets that NumPy and MedMNIST wrote, with the shapes and counts that their description gives.

#include <cstdint>
#include <string>
#include <vector>

#include "qmtl/io/npz.hpp"
#include "qmtl/io/table.hpp"
#include "support/catch.hpp"
#include "support/data_dir.hpp"

namespace real_data_test {

using qmtl::Npz;
using qmtl::to_matrix;
using qmtl::test::with_data_dir;

using Shape = std::vector<std::size_t>;
using Labels = Eigen::Matrix<std::int32_t, Eigen::Dynamic, Eigen::Dynamic>;

TEST_CASE("MUStARD features and labels (STORED)") {
  with_data_dir([](const std::string& dir) {
    for (const char* fold : {"", "_fold1", "_fold2", "_fold3", "_fold4"}) {
      const Npz npz = Npz::open(dir + "/mustard/mustard_lsa64" + fold + ".npz");
      CHECK(npz.get("x_train").shape == Shape{552, 64});
      CHECK(npz.get("x_test").shape == Shape{138, 64});
      CHECK(npz.get("context_train").shape == Shape{552, 64});
      CHECK(npz.get("speaker_show_test").shape == Shape{138, 21});
      CHECK(to_matrix<float>(npz.get("x_train")).allFinite());
      CHECK(qmtl::to_strings(npz.get("task_names")) ==
            std::vector<std::string>{"sarcasm", "sentiment_implicit", "sentiment_explicit", "emotion_implicit",
                                     "emotion_explicit"});
      const Labels train = to_matrix<std::int32_t>(npz.get("y_train"));
      const Labels test = to_matrix<std::int32_t>(npz.get("y_test"));
      CHECK(train.rows() == 552);
      CHECK(train.cols() == 5);
      CHECK(train.col(0).sum() + test.col(0).sum() == 345);  // 345 of 690 are sarcastic
      CHECK((train.col(1).array() == 2).count() + (test.col(1).array() == 2).count() == 210);
      CHECK((train.col(4).array() == 8).count() + (test.col(4).array() == 8).count() == 10);
      CHECK(to_matrix<float>(npz.get("speaker_show_train")).minCoeff() == 0.0f);
    }
  });
}

TEST_CASE("BreastMNIST images (DEFLATE)") {
  with_data_dir([](const std::string& dir) {
    const Npz npz = Npz::open(dir + "/medical/breastmnist.npz");
    CHECK(npz.names().size() == 6);
    CHECK(npz.get("train_images").shape == Shape{546, 28, 28});
    CHECK(npz.get("val_images").shape == Shape{78, 28, 28});
    CHECK(npz.get("test_images").shape == Shape{156, 28, 28});
    const auto images = to_matrix<float>(npz.get("test_images"));
    CHECK(images.rows() == 156);
    CHECK(images.cols() == 784);
    CHECK(images.maxCoeff() <= 255.0f);
    const Labels labels = to_matrix<std::int32_t>(npz.get("test_labels"));
    CHECK(labels.size() == 156);
    CHECK(labels.sum() == 114);  // the majority, .731 of the test rows
  });
}

TEST_CASE("PneumoniaMNIST images (DEFLATE, labels as a column)") {
  with_data_dir([](const std::string& dir) {
    const Npz npz = Npz::open(dir + "/medical/pneumoniamnist_rebuilt.npz");
    CHECK(npz.get("train_images").shape == Shape{4708, 28, 28});
    CHECK(npz.get("val_images").shape == Shape{524, 28, 28});
    CHECK(npz.get("test_images").shape == Shape{624, 28, 28});
    CHECK(to_matrix<std::int32_t>(npz.get("train_labels")).sum() == 3494);
  });
}

TEST_CASE("HAM10000 images and five labels with missing ones (STORED)") {
  with_data_dir([](const std::string& dir) {
    const Npz npz = Npz::open(dir + "/medical/ham10000_8x8_L.npz");
    CHECK(npz.get("x_train").shape == Shape{8009, 64});
    CHECK(npz.get("x_train").dtype == qmtl::DType::u8);
    CHECK(npz.get("x_test").shape == Shape{2006, 64});
    const Labels labels = to_matrix<std::int32_t>(npz.get("y_train"));
    CHECK(labels.rows() == 8009);
    CHECK(labels.cols() == 5);
    CHECK(labels.minCoeff() == -1);
    CHECK(labels.col(0).maxCoeff() == 6);
    CHECK(labels.col(4).maxCoeff() == 13);
    CHECK(npz.get("age_train").shape == Shape{8009});
    CHECK(qmtl::to_strings(npz.get("task_names")).front() == "dx");
  });
}

TEST_CASE("GLUE and SemEval features") {
  with_data_dir([](const std::string& dir) {
    const Npz glue = Npz::open(dir + "/nlp/glue_lsa64.npz");
    CHECK(glue.get("x_train").shape == Shape{9990, 64});
    CHECK(glue.get("x_test").shape == Shape{2949, 64});
    const Labels labels = to_matrix<std::int32_t>(glue.get("y_train"));
    CHECK((labels.array() >= 0).count() == 9990);  // each row is of one task
    const Npz semeval = Npz::open(dir + "/nlp/semeval18_ec_lsa64.npz");
    CHECK(semeval.get("y_train").shape == Shape{6838, 11});
    CHECK(semeval.get("y_test").shape == Shape{886, 11});
  });
}

TEST_CASE("MUStARD and SemEval as tab-separated text") {
  with_data_dir([](const std::string& dir) {
    const qmtl::Table mustard = qmtl::read_table(dir + "/mustard/mustard_se.tsv");
    CHECK(mustard.rows() == 690);
    std::int32_t sarcastic = 0;
    for (const std::int32_t label : mustard.numeric_column<std::int32_t>("sarcasm")) sarcastic += label;
    CHECK(sarcastic == 345);

    const qmtl::Table semeval = qmtl::read_table(dir + "/nlp/semeval18_ec.tsv");
    CHECK(semeval.rows() == 6838 + 886);
    CHECK(semeval.names().size() == 14);
    const Npz npz = Npz::open(dir + "/nlp/semeval18_ec_lsa64.npz");
    CHECK(qmtl::to_strings(npz.get("task_names")) ==
          std::vector<std::string>(semeval.names().begin() + 2, semeval.names().end() - 1));
    const auto joy = semeval.numeric_column<double>("joy");
    const Labels train = to_matrix<std::int32_t>(npz.get("y_train"));
    for (Eigen::Index i = 0; i < train.rows(); ++i) {
      if (joy[static_cast<std::size_t>(i)] != train(i, 4)) FAIL("row " << i);
    }
  });
}

}  // namespace real_data_test
