// SPDX-License-Identifier: Apache-2.0
// The backbones of the MedMNIST sets, on 28 x 28 pixels.

#include "paper/problems/medmnist.hpp"

#include "paper/problems/problems.hpp"
#include "qmtl/backbone/conv.hpp"
#include "qmtl/backbone/mlp.hpp"
#include "qmtl/backbone/rms_normalized.hpp"

namespace qmtl::benchmark::paper {
namespace medmnist {
namespace {

template <int Channels>
using Convolution =
    ConvNet<Image<28, 28, 1>, Conv<Channels, 3>, MaxPool<2>, Conv<2 * Channels, 3>, MaxPool<2>, Dense<dimension>>;

}  // namespace

AnyBackbone<dimension> make_backbone(int option) {
  switch (option) {
    case 0: return AnyBackbone<dimension>(RmsNormalized<Mlp<784, 32, dimension>>{});
    case 1: return AnyBackbone<dimension>(Convolution<8>{});
    case 2: return AnyBackbone<dimension>(RmsNormalized<Convolution<4>>{});
    default: return AnyBackbone<dimension>(RmsNormalized<Convolution<8>>{});
  }
}

HeadKind quantum();
HeadKind linear();
HeadKind hybrid_shared();
HeadKind hybrid_per_task();
HeadKind quantum_single();

}  // namespace medmnist

Problem medmnist_problem() {
  using namespace medmnist;
  Problem problem{
      .benchmark = "medical", .dataset = "BreastMNIST + PneumoniaMNIST", .dimension = dimension, .first = false};
  problem.kinds.assign(2, LabelKind{2});
  problem.backbones = {"normalized mlp, width 32", "convolution, 8 and 16 channels",
                       "normalized convolution, 4 and 8 channels", "normalized convolution, 8 and 16 channels"};
  problem.grid = {.learning_rates = {1e-3, 2e-3}, .weight_decays = {0.3, 3}, .head_rate_scales = {3}};
  problem.schedule = {.epochs = 10, .batch_size = 32};
  problem.heads = {quantum(), linear(), hybrid_shared(), hybrid_per_task(), quantum_single()};
  return problem;
}

}  // namespace qmtl::benchmark::paper
