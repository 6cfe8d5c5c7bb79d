// SPDX-License-Identifier: Apache-2.0
// A program of somebody whose compiler flags and macros are others than ours. Returns 0 if its numbers are the
// reference's: sines, a head step, the logits of a model that it saves as its argument and loads.

#include <qmtl/qmtl.hpp>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <span>
#include <vector>

#include "head/golden_head_step.hpp"

using namespace qmtl;
namespace golden = qmtl::test::golden;

namespace {

int failures = 0;

void expect_below(const char* what, double error, double bound) {
  std::printf("%-40s error %.2g, bound %.2g\n", what, error, bound);
  if (!(error < bound)) ++failures;
}

/// Near its zeros a function keeps its digits, so that a part of pi/2 that was rounded away would show.
template <Scalar S>
void check_sines(const char* what) {
  double error = 0.0;
  for (int k = 1; k <= 40; ++k) {
    const auto angle = static_cast<S>(k * pi / 8);
    Pack<S> sine{}, cosine{};
    sincos<S>(broadcast<S>(angle), sine, cosine);
    error = std::fmax(error, std::abs(static_cast<double>(sine[0] / std::sin(angle)) - 1.0));
    error = std::fmax(error, std::abs(static_cast<double>(cosine[0] / std::cos(angle)) - 1.0));
  }
  expect_below(what, error, 1e-3);
}

using Encoding = WithSquash<AngleEncoding<4, Axis::Y, CxRing, Layers<2>>, NoSquash>;
using Block = RotationBlock<2, Layers<2>>;
using GoldenHead = QuantumHead<double, Encoding, Task<"first", Block, Window<0, 2>, Expectations<2>>,
                               Task<"second", Block, Window<2, 2>, Expectations<2>>>;

auto columns(std::span<const double> values) {
  return Eigen::Map<const Batch<double>>(values.data(), 4, static_cast<Eigen::Index>(values.size()) / 4);
}

std::vector<double> golden_weights() {
  std::vector<double> weights;
  for (int i = 0; i < GoldenHead::parameters; ++i) {
    weights.push_back(golden::theta(i / 8, i / 4 % 2, i / 2 % 2, i % 2));
  }
  return weights;
}

Batch<double> golden_inputs() {
  Batch<double> x(4, 4);
  for (int b = 0; b < 4; ++b) {
    for (int q = 0; q < 4; ++q) x(q, b) = golden::x(b, q);
  }
  return x;
}

void check_head_step() {
  const Batch<double> x = golden_inputs();
  const std::vector<double> weights = golden_weights();
  Batch<double> cotangents(4, 4), y(4, 4), dx(4, 4);
  for (int b = 0; b < 4; ++b) {
    for (int q = 0; q < 4; ++q) cotangents(q, b) = golden::cotangent(b, q);
  }
  std::vector<double> dtheta(weights.size());
  GoldenHead head;
  head.forward(x, weights, y);
  head.backward(x, weights, cotangents, dtheta, dx);
  expect_below("outputs of the head", (y - columns(golden::y)).cwiseAbs().maxCoeff(), 1e-12);
  expect_below("its inputs' gradient", (dx - columns(golden::dx)).cwiseAbs().maxCoeff(), 1e-12);
  expect_below("its weights' gradient", (columns(dtheta) - columns(golden::dtheta)).cwiseAbs().maxCoeff(), 1e-12);
}

/// An mlp of one layer maps 3 inputs to the golden ones: its weights are column-major, its bias the inputs' at sample
/// 0.
void check_saved_model(const char* path) {
  using Model = MultiTaskModel<Mlp<3, 4>, GoldenHead>;
  const Batch<double> x = golden_inputs();
  Model model{Seed{1}}, loaded{Seed{2}};
  for (int j = 0; j < 3; ++j) {
    for (int q = 0; q < 4; ++q) {
      model.backbone().parameters()[static_cast<std::size_t>(4 * j + q)] = x(q, j + 1) - x(q, 0);
    }
  }
  for (int q = 0; q < 4; ++q) model.backbone().parameters()[static_cast<std::size_t>(12 + q)] = x(q, 0);
  const std::vector<double> weights = golden_weights();
  std::copy(weights.begin(), weights.end(), model.head_weights().begin());
  save_model(model, path);
  load_model(loaded, path);
  Batch<double> inputs = Batch<double>::Zero(3, 4);
  for (int j = 0; j < 3; ++j) inputs(j, j + 1) = 1.0;
  expect_below("logits of a saved model", (loaded.predict(inputs) - columns(golden::y)).cwiseAbs().maxCoeff(), 1e-12);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) return 1;
  check_sines<double>("sines of doubles");
  check_sines<float>("sines of floats");
  check_head_step();
  check_saved_model(argv[1]);
  return failures;
}
