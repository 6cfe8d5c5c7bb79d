// SPDX-License-Identifier: Apache-2.0
// MUStARD's backbones: an encoder for each of utterance, context and speaker, then fusion.

#include "paper/problems/mustard.hpp"

#include "paper/problems/problems.hpp"
#include "qmtl/backbone/fusion.hpp"
#include "qmtl/backbone/linear.hpp"
#include "qmtl/backbone/mlp.hpp"

namespace qmtl::benchmark::paper {
namespace mustard {
namespace {

template <int Width>
using Concatenated = ConcatFusion<dimension, Linear<64, Width>, Linear<64, Width>, Linear<21, Width>>;
template <int Width>
using Gated = GatedFusion<dimension, Linear<64, Width>, Linear<64, Width>, Linear<21, Width>>;

}  // namespace

AnyBackbone<dimension> make_backbone(int option) {
  switch (option) {
    case 0: return AnyBackbone<dimension>(Linear<149, dimension>{});
    case 1: return AnyBackbone<dimension>(Concatenated<16>{});
    default: return AnyBackbone<dimension>(Gated<16>{});
  }
}

HeadKind quantum();
HeadKind linear();
HeadKind hybrid_shared();
HeadKind hybrid_per_task();
HeadKind quantum_single();

}  // namespace mustard

Problem mustard_problem() {
  using namespace mustard;
  Problem problem{.benchmark = "sarcasm", .dataset = "MUStARD", .dimension = dimension};
  problem.kinds = {{2}, {3}, {3}, {9}, {9}};
  problem.backbones = {"linear", "concatenation, width 16", "gated, width 16"};
  problem.grid = {.learning_rates = {2e-3}, .weight_decays = {4, 8}, .head_rate_scales = {3, 10}};
  // Text features by latent semantic analysis: their deviations say how much they matter, and stay.
  problem.schedule = {.epochs = 40, .batch_size = 32, .standardize = false};
  problem.inner_splits = 6;  // of 110 rows each
  problem.heads = {quantum(), linear(), hybrid_shared(), hybrid_per_task(), quantum_single()};
  return problem;
}

}  // namespace qmtl::benchmark::paper
