// SPDX-License-Identifier: Apache-2.0
// What a training leaves to look at: an HTML page with curves, tables and plots of each task, and its history as CSV.
// With --out DIRECTORY they stay there; docs/report.png is a picture of that page.

#include <cstdio>
#include <filesystem>
#include <qmtl/qmtl.hpp>
#include <qmtl/report/history_csv.hpp>  // needs no other package
#include <qmtl/report/html_report.hpp>  // neither does this
#include <string>
#include <string_view>

using namespace qmtl;

using Model = QmtlModel<Mlp<20, 32, 8>, AngleEncoding<8, Axis::Y, CzRing, Layers<2>>,
                        Task<"churn", RotationBlock<2, Layers<2>>, Window<0, 2>, Binary>,
                        Task<"segment", RotationBlock<3, Layers<2>>, Window<2, 3>, Classes<3>>,
                        Task<"complaint", RotationBlock<3, Layers<2>>, Window<5, 3>, Binary>,
                        Task<"spending", RotationBlock<2, Layers<2>>, Window<3, 2>, Regression<>>>;

// Three generated tasks of classes, the third with missing labels, and a real target of some of the features.
Dataset<double> make_data() {
  Dataset<double> data = make_related_tasks({.rows = 2000}).data;
  Rng rng(Seed{3});
  data.labels.conservativeResize(4, Eigen::NoChange);
  for (Eigen::Index i = 0; i < data.rows(); ++i) {
    data.labels(3, i) = 250 + 60 * data.inputs(0, i) - 40 * data.inputs(1, i) + 20 * rng.normal();
  }
  data.task_names = {"churn", "segment", "complaint", "spending"};
  return data;
}

int main(int argc, char** argv) {
  const bool keeps = argc == 3 && std::string_view(argv[1]) == "--out";
  if (argc != 1 && !keeps) return std::fprintf(stderr, "usage: training_report [--out DIRECTORY]\n"), 2;
  const std::string dir = keeps ? argv[2] : ".", page = dir + "/training_report.html", csv = dir + "/history.csv";
  std::filesystem::create_directories(dir);

  const auto data = make_data();
  Rng rng(Seed{2});
  const auto parts = split(data.rows(), {.train = 0.6, .validation = 0.2, .test = 0.2}, rng);
  const auto train = data.select(parts.train), validation = data.select(parts.validation);
  const auto test = data.select(parts.test);

  const FitOptions options{.epochs = 25,
                           .optimizer = AdamW{.learning_rate = 5e-3},
                           .seed = Seed{1},
                           .early_stopping = EarlyStopping{.patience = 8},
                           .weighting = UncertaintyWeights{}};
  Model model{Seed{1}};
  const FitReport report = fit(model, train, validation, options);

  write_history_csv(csv, report);
  write_html_report(page, model, report, test,  // the rest may be left out
                    {.title = "Customers: churn, segment, complaint, spending",
                     .settings = options,
                     .train = row_facts(model, train, "training"),
                     .validation = row_facts(model, validation, "validation"),
                     .tasks = {{.task = "churn", .class_names = {"stays", "leaves"}},
                               {.task = "segment", .class_names = {"basic", "plus", "business"}},
                               {.task = "spending", .unit = "EUR"}}});

  std::printf("%s", to_table(evaluate(model, test, majority_classes(model, train))).c_str());
  std::printf("page of %ju bytes, history of %ju bytes\n", std::filesystem::file_size(page),
              std::filesystem::file_size(csv));
  if (!keeps) std::filesystem::remove(page), std::filesystem::remove(csv);
  return 0;
}
