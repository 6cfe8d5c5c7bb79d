// SPDX-License-Identifier: Apache-2.0
// A user of qmtl::compiled: trains a model of which this file compiles neither the engine nor the training.

#include <qmtl/qmtl.hpp>

#include <cstdio>

#ifndef QMTL_COMPILED_DOUBLE
#error "qmtl::compiled must say that it is linked"
#endif

using namespace qmtl;

using Model = QmtlModel<Mlp<2, 2>, AngleEncoding<2>, Task<"yes", RotationBlock<2>, Window<0, 2>, Binary>>;

void train_with_own_rules();  // own_training.cpp

int main() {
  train_with_own_rules();
  Dataset<double> data{Batch<double>::Random(2, 32), Batch<double>(1, 32), {"yes"}};
  data.labels = (data.inputs.row(0).array() > data.inputs.row(1).array()).cast<double>();
  Model model{Seed{1}};
  const FitReport report = fit(model, data, {.epochs = 5, .optimizer = Adam{.learning_rate = 0.05}});
  std::printf("%s", to_table(evaluate(model, data)).c_str());
  return report.history.back().train_loss < report.history.front().train_loss ? 0 : 1;
}
