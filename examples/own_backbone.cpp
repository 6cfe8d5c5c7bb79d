// SPDX-License-Identifier: Apache-2.0
// A backbone of your own: per-feature gains z = a * x, in front of a quantum head. The Backbone concept is all it
// needs.

#include <cstdio>
#include <qmtl/qmtl.hpp>

using namespace qmtl;

class Gains {
 public:
  using Scalar = double;
  static constexpr int output_size = 4;

  int input_size() const { return output_size; }
  std::span<double> parameters() { return gains_; }
  std::span<const double> parameters() const { return gains_; }
  void initialise(Rng& rng) {
    for (double& gain : gains_) gain = rng.normal();
  }
  void forward(const BatchIn<double>& x, BatchOut<double, 4> z) { z = vector().asDiagonal() * x; }
  void backward(const BatchIn<double>& x, const BatchIn<double, 4>& dz, std::span<double> gradient) {
    Eigen::Map<Eigen::Vector4d>(gradient.data()) += dz.cwiseProduct(x).rowwise().sum();
  }

 private:
  Eigen::Map<const Eigen::Vector4d> vector() const { return Eigen::Map<const Eigen::Vector4d>(gains_.data()); }
  std::array<double, 4> gains_{};
};
static_assert(Backbone<Gains>);

using Model = QmtlModel<Gains, AngleEncoding<4>, Task<"sign", RotationBlock<2>, Window<0, 2>, Binary>>;

int main() {
  Dataset<double> data{Batch<double>::Random(4, 400), Batch<double>(1, 400), {"sign"}};
  for (Eigen::Index i = 0; i < data.rows(); ++i)
    data.labels(0, i) = data.inputs(0, i) + 0.3 * data.inputs(1, i) > 0 ? 1 : 0;
  Model model{Seed{1}};
  fit(model, data, {.epochs = 30, .optimizer = Adam{.learning_rate = 0.05}});
  const auto metrics = evaluate(model, data, majority_classes(model, data));
  std::printf("%s", to_table(metrics).c_str());
  return metrics[0].auc > 0.9 ? 0 : 1;
}
