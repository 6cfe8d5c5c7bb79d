// SPDX-License-Identifier: Apache-2.0
// GLUE's backbones, on 32 features of the text and 32 of a pair of sentences.

#include "paper/problems/glue.hpp"

#include "paper/problems/problems.hpp"
#include "qmtl/backbone/linear.hpp"
#include "qmtl/backbone/mlp.hpp"

namespace qmtl::benchmark::paper {
namespace glue {

AnyBackbone<dimension> make_backbone(int option) {
  switch (option) {
    case 0: return AnyBackbone<dimension>(Linear<64, dimension>{});
    case 1: return AnyBackbone<dimension>(Mlp<64, 16, dimension>{});
    default: return AnyBackbone<dimension>(Mlp<64, 32, dimension>{});
  }
}

HeadKind quantum();
HeadKind linear();
HeadKind hybrid_shared();
HeadKind hybrid_per_task();
HeadKind quantum_single();

}  // namespace glue

Problem glue_problem() {
  using namespace glue;
  Problem problem{.benchmark = "nlp", .dataset = "GLUE", .dimension = dimension, .first = false};
  problem.kinds.assign(4, LabelKind{2});
  problem.backbones = {"linear", "mlp, width 16", "mlp, width 32"};
  problem.grid = {.learning_rates = {5e-3, 1e-2}, .weight_decays = {0.3, 3}, .head_rate_scales = {3}};
  problem.schedule = {.epochs = 15, .batch_size = 32};
  problem.heads = {quantum(), linear(), hybrid_shared(), hybrid_per_task(), quantum_single()};
  return problem;
}

}  // namespace qmtl::benchmark::paper
