// SPDX-License-Identifier: Apache-2.0
// HAM10000's backbones, on 8 x 8 pixels.

#include "paper/problems/ham10000.hpp"

#include "paper/problems/problems.hpp"
#include "qmtl/backbone/conv.hpp"
#include "qmtl/backbone/mlp.hpp"
#include "qmtl/backbone/rms_normalized.hpp"

namespace qmtl::benchmark::paper {
namespace ham10000 {
namespace {

template <int Channels>
using Convolution = ConvNet<Image<8, 8, 1>, Conv<Channels, 3>, MaxPool<2>, Dense<dimension>>;

}  // namespace

AnyBackbone<dimension> make_backbone(int option) {
  switch (option) {
    case 0: return AnyBackbone<dimension>(RmsNormalized<Mlp<64, 32, dimension>>{});
    case 1: return AnyBackbone<dimension>(Convolution<16>{});
    case 2: return AnyBackbone<dimension>(RmsNormalized<Convolution<8>>{});
    default: return AnyBackbone<dimension>(RmsNormalized<Convolution<16>>{});
  }
}

HeadKind quantum();
HeadKind linear();
HeadKind hybrid_shared();
HeadKind hybrid_per_task();
HeadKind quantum_single();

}  // namespace ham10000

Problem ham10000_problem() {
  using namespace ham10000;
  Problem problem{.benchmark = "medical", .dataset = "HAM10000", .dimension = dimension};
  problem.kinds = {{7}, {2}, {2}, {2}, {14}};
  problem.backbones = {"normalized mlp, width 32", "convolution, 16 channels", "normalized convolution, 8 channels",
                       "normalized convolution, 16 channels"};
  problem.grid = {.learning_rates = {5e-3, 1e-2}, .weight_decays = {0.1, 0.3}, .head_rate_scales = {3, 10}};
  problem.schedule = {.epochs = 15, .batch_size = 32};
  problem.quick_epochs = 8;
  problem.heads = {quantum(), linear(), hybrid_shared(), hybrid_per_task(), quantum_single()};
  return problem;
}

}  // namespace qmtl::benchmark::paper
