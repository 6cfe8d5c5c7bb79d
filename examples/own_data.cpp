// SPDX-License-Identifier: Apache-2.0
// A table of your own: columns of a CSV file become a data set with missing labels, for a real target and three
// classes; then train, judge, save, load, and predict in the target's units.

#include <cstdio>
#include <limits>
#include <qmtl/io/table.hpp>  // needs no other package
#include <qmtl/qmtl.hpp>
#include <sstream>
#include <string>

using namespace qmtl;

// Classes<3> reads a qubit a class: its window has three qubits at least. Classes<3, BasisStates> takes two.
using Model = QmtlModel<Mlp<3, 16, 4>, AngleEncoding<4, Axis::Y, CzRing, Layers<2>>,
                        Task<"price", RotationBlock<2, Layers<2>>, Window<0, 2>, Regression<>>,
                        Task<"kind", RotationBlock<3, Layers<2>>, Window<1, 3>, Classes<3>>>;

// Prices of 350 +- 100, each fifth one missing, and kinds 0 to 2, each seventh one missing.
std::string make_csv() {
  Rng rng(Seed{1});
  std::ostringstream csv;
  csv << "area,age,garden,price,kind\n";
  for (int i = 0; i < 600; ++i) {
    const double area = rng.normal(), age = rng.normal(), garden = rng.normal();
    csv << 120 + 30 * area << ',' << 40 + 15 * age << ',' << 500 + 200 * garden << ',';
    if (i % 5 != 0) csv << 350 + 80 * area - 60 * age + 10 * rng.normal();
    csv << ',';
    if (i % 7 != 0) csv << (garden > 0.5 ? 2 : garden > area ? 1 : 0);
    csv << '\n';
  }
  return csv.str();
}

// A batch has a sample a column, and a data set a row of labels a task: columns of the table become rows.
Dataset<double> dataset_of(const Table& table) {
  const auto rows = static_cast<Eigen::Index>(table.rows());
  Dataset<double> data{Batch<double>(3, rows), Batch<double>(2, rows), {"price", "kind"}};  // in the model's order
  const auto row_of = [&](const char* name) {
    constexpr double missing = std::numeric_limits<double>::quiet_NaN();
    return Eigen::RowVectorXd(Eigen::RowVectorXd::Map(table.numeric_column<double>(name, missing).data(), rows));
  };
  data.inputs << row_of("area"), row_of("age"), row_of("garden");
  data.labels << row_of("price"), row_of("kind");
  return data;
}

int main() {
  const auto data = dataset_of(parse_table(make_csv(), ','));  // from a file: read_table("houses.csv")
  Rng rng(Seed{2});
  const auto parts = split(data.rows(), {.train = 0.7, .validation = 0.0, .test = 0.3}, rng);
  const auto train = data.select(parts.train), test = data.select(parts.test);

  Model model{Seed{1}};
  fit(model, train, {.epochs = 40, .optimizer = Adam{.learning_rate = 1e-2}});
  const auto metrics = evaluate(model, test, majority_classes(model, train));
  std::printf("%s\n", to_table(metrics).c_str());

  const std::string path = "own_data_example.qmtl";
  save_model(model, path);
  Model loaded{Seed{0}};
  load_model(loaded, path);
  std::remove(path.c_str());

  // Row 0 of the predictions is the price, rows 1 to 3 are the logits of the kinds: the largest one wins.
  const Batch<double> predictions = loaded.predict(test.inputs.leftCols(4));
  for (Eigen::Index i = 0; i < predictions.cols(); ++i) {
    Eigen::Index kind = 0;
    predictions.col(i).segment(1, 3).maxCoeff(&kind);
    std::printf("price %4.0f (is %4.0f), kind %d (is %g)\n", predictions(0, i), test.labels(0, i),
                static_cast<int>(kind), test.labels(1, i));
  }
  return metrics[0].r2 > 0.9 && metrics[1].accuracy > 0.8 ? 0 : 1;
}
