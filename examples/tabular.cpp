// SPDX-License-Identifier: Apache-2.0
// A CSV file with texts and missing cells becomes a model of three tasks, and one file; what another program would do
// then: it loads the file, and predicts for new rows by names and in units.

#include <cstdio>
#include <fstream>
#include <iostream>
#include <qmtl/qmtl.hpp>
#include <qmtl/tabular/predictions_csv.hpp>
#include <qmtl/tabular/tabular_file.hpp>  // TabularModel, read_table, save_model and load_model

using namespace qmtl;

// Tasks have the names of their columns. Eigen::Dynamic: as many inputs as the table gives features.
using Model = TabularModel<QmtlModel<Mlp<Eigen::Dynamic, 32, 8>, AngleEncoding<8, Axis::Y, CzRing, Layers<2>>,
                                     Task<"churn", RotationBlock<2>, Window<0, 2>, Binary>,
                                     Task<"segment", RotationBlock<2>, Window<2, 2>, Classes<4, BasisStates>>,
                                     Task<"spend", RotationBlock<2>, Window<4, 2>, Regression<>>>>;

// 800 customers; a fifth of the ages and a tenth of the labels is missing.
void write_customers(const char* path) {
  Rng rng(Seed{1});
  const char* const plans[] = {"basic", "family", "gold"};
  const char* const segments[] = {"bronze", "gold", "iron", "silver"};
  std::ofstream csv(path);
  csv << "customer,age,plan,calls,churn,segment,spend\n";
  for (int i = 0; i < 800; ++i) {
    const double age = 45 + 12 * rng.normal(), calls = 20 + 6 * rng.normal();
    const auto plan = rng() % 3;
    csv << 'c' << i << ',';
    if (i % 5 != 0) csv << age;
    csv << ',' << plans[plan] << ',' << calls << ',';
    if (i % 10 != 1) csv << (calls + 3 * rng.normal() > 21 ? "yes" : "no");
    csv << ',';
    if (i % 10 != 2) csv << segments[plan == 2 && calls > 20 ? 3 : plan];
    csv << ',';
    if (i % 10 != 3) csv << 100 + 60 * static_cast<double>(plan) + 4 * calls + 5 * rng.normal();
    csv << '\n';
  }
}

double train(const char* customers, const std::string& file) {
  const Table table = read_table(customers);
  Rng rng(Seed{2});
  const auto parts =
      split(static_cast<Eigen::Index>(table.rows()), {}, rng);  // 70 % training, 15 % validation, 15 % test
  Model model({.ignored = {"customer"}}, Seed{1});
  model.fit(table, parts.train, parts.validation,
            {.epochs = 40, .optimizer = Adam{.learning_rate = 1e-2}, .early_stopping = EarlyStopping{.patience = 10}});
  for (const std::string& name : model.encoder().feature_names()) std::cout << name << "; ";
  const auto metrics = model.evaluate(table, parts.test);
  std::cout << '\n' << to_table(metrics);
  save_model(model, file);
  return metrics[1].accuracy;
}

// New rows: no labels, columns in another order, an age that is missing, a plan that nobody had.
bool predict(const std::string& file, const char* csv) {
  Model model;
  load_model(model, file);
  const Table rows = parse_table("plan,customer,calls,age\ngold,n1,30,50\nbasic,n2,10,\nplatinum,n3,20,30\n", ',');
  const TablePredictions predictions = model.predict(rows);
  std::cout << '\n' << to_string(predictions.report);
  const auto leaves = predictions["churn"].probabilities_of("yes");
  for (std::size_t i = 0; i < predictions.rows; ++i) {
    std::printf("leaves with probability %.2f, is %s, spends %.0f\n", leaves[i],
                predictions["segment"].class_name(i).c_str(), predictions["spend"].values[i]);
  }
  write_predictions_csv(csv, predictions, rows, {"customer"});
  return leaves[0] > 0.5 && leaves[1] < 0.5 && predictions["segment"].class_name(0) == "silver";
}

int main() {
  write_customers("tabular_example.csv");
  const double accuracy = train("tabular_example.csv", "tabular_example.qmtl");
  const bool right = predict("tabular_example.qmtl", "tabular_example_predictions.csv");
  for (const char* file : {"tabular_example.csv", "tabular_example.qmtl", "tabular_example_predictions.csv"})
    std::remove(file);
  return accuracy > 0.8 && right ? 0 : 1;
}
