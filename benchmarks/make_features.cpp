// SPDX-License-Identifier: Apache-2.0
// From texts or images to the .npz files that `paper` and load_multitask_npz read. What is fitted is fitted on training
// rows.

#include <cstdio>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "features/text_features.hpp"
#include "options.hpp"
#include "qmtl/io/medmnist.hpp"
#include "qmtl/io/npz.hpp"
#include "qmtl/io/table.hpp"

namespace {

using namespace qmtl;
using namespace qmtl::benchmark;
using features::TrainTestRows;

/// What both parts of a file are made of.
struct Output {
  std::map<std::string, TrainTestRows> views;
  std::map<std::string, Eigen::MatrixXi> labels;  // train and test: rows x tasks
  std::vector<std::string> task_names;
};

void write(const std::string& path, const Output& out) {
  std::map<std::string, NpyArray> arrays{{"task_names", to_npy(std::span<const std::string>(out.task_names))}};
  for (const auto& [name, rows] : out.views) {
    arrays[name + "_train"] = to_npy(rows.train.cast<float>());
    arrays[name + "_test"] = to_npy(rows.test.cast<float>());
  }
  for (const auto& [part, labels] : out.labels) arrays["y_" + part] = to_npy(labels.cast<std::int32_t>());
  write_npz(path, arrays);
  std::printf("%s: %ld training rows, %ld test rows", path.c_str(), static_cast<long>(out.labels.at("train").rows()),
              static_cast<long>(out.labels.at("test").rows()));
  for (const auto& [name, rows] : out.views)
    std::printf(", %s %ld", name.c_str(), static_cast<long>(rows.train.cols()));
  std::printf("\n");
}

/// "x=tweet" as a view and the column that it is made of.
[[nodiscard]] std::pair<std::string, std::string> view_of(const std::string& option) {
  const std::size_t at = option.find('=');
  if (at == std::string::npos || at == 0 || at + 1 == option.size()) {
    throw ValueError("qmtl: make_features: expected VIEW=COLUMN, got '" + option + "'");
  }
  return {option.substr(0, at), option.substr(at + 1)};
}

struct TextOptions {
  std::string table, out, method = "tfidf", vectors, split = "split", test = "test";
  std::vector<std::string> texts, one_hot, labels;
  int folds = 0;
  features::TfidfOptions terms;
  features::DirectionOptions directions;
  features::WordVectorOptions words;
  features::FeatureScale scale = features::FeatureScale::none;
};

[[nodiscard]] std::vector<std::string> pick(const std::vector<std::string>& cells,
                                            const std::vector<std::size_t>& rows) {
  std::vector<std::string> out;
  for (const std::size_t row : rows) out.push_back(cells[row]);
  return out;
}

/// One file: rows whose split is `test` are test rows, all others training rows.
void make_text_file(const Table& table, const TextOptions& options, const features::WordVectors* vectors,
                    const std::string& test, const std::string& path) {
  const auto split = table.column(options.split);
  std::map<std::string, std::vector<std::size_t>> rows;
  for (std::size_t row = 0; row < split.size(); ++row) rows[split[row] == test ? "test" : "train"].push_back(row);
  if (rows["test"].empty() || rows["train"].empty()) {
    throw ValueError("qmtl: make_features: column '" + options.split + "', expected '" + test +
                     "' in some rows and another text in others");
  }
  Output out{.views = {}, .labels = {}, .task_names = options.labels};
  for (const std::string& option : options.texts) {
    const auto [view, column] = view_of(option);
    const auto cells = table.column(column);
    const auto train = pick(cells, rows["train"]), held_out = pick(cells, rows["test"]);
    TrainTestRows made = vectors == nullptr ? features::lsa_features(train, held_out, options.terms, options.directions)
                                            : features::vector_features(train, held_out, *vectors, options.directions);
    features::scale(made, options.scale);
    out.views[view] = std::move(made);
  }
  for (const std::string& option : options.one_hot) {
    const auto [view, column] = view_of(option);
    const auto cells = table.column(column);
    const TrainTestRows made = features::one_hot_features(pick(cells, rows["train"]), pick(cells, rows["test"]));
    TrainTestRows& rest = out.views[view];  // several columns make one view
    const auto append = [](Eigen::MatrixXd& to, const Eigen::MatrixXd& more) {
      Eigen::MatrixXd wider(more.rows(), to.cols() + more.cols());
      if (to.cols() > 0) wider.leftCols(to.cols()) = to;
      wider.rightCols(more.cols()) = more;
      to = std::move(wider);
    };
    append(rest.train, made.train);
    append(rest.test, made.test);
  }
  for (const auto& [part, of_part] : rows) {
    Eigen::MatrixXi& labels = out.labels[part];
    labels.resize(static_cast<Eigen::Index>(of_part.size()), static_cast<Eigen::Index>(options.labels.size()));
    for (Eigen::Index t = 0; t < labels.cols(); ++t) {
      const auto values = table.numeric_column<std::int32_t>(options.labels[static_cast<std::size_t>(t)], -1);
      for (Eigen::Index i = 0; i < labels.rows(); ++i) labels(i, t) = values[of_part[static_cast<std::size_t>(i)]];
    }
  }
  write(path, out);
}

int make_text(const TextOptions& options) {
  const Table table = read_table(options.table);
  std::optional<features::WordVectors> vectors;
  if (options.method == "vectors") {
    if (options.vectors.empty()) throw ValueError("qmtl: make_features: --method vectors needs --vectors FILE");
    vectors.emplace(options.vectors, options.words);
  }
  const auto* words = vectors ? &*vectors : nullptr;
  if (options.folds == 0) {
    make_text_file(table, options, words, options.test, options.out);
    return 0;
  }
  const std::size_t dot = options.out.ends_with(".npz") ? options.out.size() - 4 : options.out.size();
  for (int fold = 0; fold < options.folds; ++fold) {
    const std::string suffix = fold == 0 ? "" : "_fold" + std::to_string(fold);
    make_text_file(table, options, words, std::to_string(fold), options.out.substr(0, dot) + suffix + ".npz");
  }
  return 0;
}

struct ImageOptions {
  std::string file, out;
  int size = 8;
};

int make_images(const ImageOptions& options) {
  const auto set = load_medmnist<double>(options.file, {.task_names = {}});
  if (set.channels != 1) {
    throw ValueError(qmtl::detail::text("qmtl: make_features: '", options.file, "', expected grey images, got ",
                                        set.channels, " channels"));
  }
  const auto pooled = [&](const Dataset<double>& part) {
    return features::pooled_pixels(part.inputs.transpose(), set.height, set.width, options.size);
  };
  const auto join = [](const auto& a, const auto& b) {
    std::remove_cvref_t<decltype(a)> out(a.rows() + b.rows(), a.cols());
    out << a, b;
    return out;
  };
  const auto labels = [](const Dataset<double>& part) { return Eigen::MatrixXi(part.labels.transpose().cast<int>()); };
  Output out{.views = {}, .labels = {}, .task_names = set.train.task_names};
  out.views["x"] = {join(pooled(set.train), pooled(set.validation)), pooled(set.test)};
  out.labels["train"] = join(labels(set.train), labels(set.validation));
  out.labels["test"] = labels(set.test);
  write(options.out, out);
  return 0;
}

void add_text_options(CLI::App& app, TextOptions& text) {
  app.add_option("table", text.table, ".tsv or .csv with a header line")->required()->check(CLI::ExistingFile);
  app.add_option("--text", text.texts, "VIEW=COLUMN: a view of features and the column of texts that it is made of")
      ->required();
  app.add_option("--one-hot", text.one_hot, "VIEW=COLUMN: a feature for each of its values; several make one view");
  app.add_option("--labels", text.labels, "columns of classes from 0, empty or -1 where missing")->required();
  app.add_option("--out", text.out, ".npz file")->required();
  app.add_option("--method", text.method, "TF-IDF and truncated SVD, or means of word vectors")
      ->check(CLI::IsMember({"tfidf", "vectors"}))
      ->capture_default_str();
  app.add_option("--dimension", text.directions.dimension, "features of a text")->capture_default_str();
  app.add_option("--seed", text.directions.seed.value, "of the directions' search")->capture_default_str();
  app.add_option("--split", text.split, "column that tells test rows")->capture_default_str();
  app.add_option("--test", text.test, "what it says of them")->capture_default_str();
  app.add_option("--folds", text.folds, "a file a fold: NAME.npz, NAME_fold1.npz ...; the split column has its number");
  app.add_option("--longest", text.terms.longest, "words of a term")->capture_default_str();
  app.add_option("--least-documents", text.terms.least_documents, "texts that a term must be in")
      ->capture_default_str();
  app.add_option("--vectors", text.vectors, "word vectors as text, as GloVe's")->check(CLI::ExistingFile);
  app.add_flag("--ranked", text.words.ranked, "each word's rank stands before its numbers");
  app.add_option("--scale", text.scale, "of the features of texts, by training rows")
      ->transform(CLI::CheckedTransformer(
          std::map<std::string, features::FeatureScale>{{"none", features::FeatureScale::none},
                                                        {"common", features::FeatureScale::common},
                                                        {"each", features::FeatureScale::each}}));
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{"Makes feature files of texts or images, as `paper` reads them."};
  app.require_subcommand(1);
  TextOptions text;
  ImageOptions images;
  auto* of_text = app.add_subcommand("text", "a table with columns of texts and labels");
  add_text_options(*of_text, text);
  auto* of_images =
      app.add_subcommand("images", "a MedMNIST file: grey images, shrunk; validation rows join the training rows");
  of_images->add_option("file", images.file, ".npz file")->required()->check(CLI::ExistingFile);
  of_images->add_option("--size", images.size, "pixels along each side")->capture_default_str();
  of_images->add_option("--out", images.out, ".npz file")->required();
  return run_program(app, argc, argv, [&] { return of_text->parsed() ? make_text(text) : make_images(images); });
}
