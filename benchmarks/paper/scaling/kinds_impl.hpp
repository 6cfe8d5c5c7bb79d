#pragma once
// SPDX-License-Identifier: Apache-2.0
// Kinds of head of the scaling study, behind the same backbone.

#include "paper/head_kind_impl.hpp"
#include "paper/scaling/family.hpp"
#include "paper/scaling/kinds.hpp"
#include "qmtl/backbone/mlp.hpp"

namespace qmtl::benchmark::paper::scaling {

template <int T>
[[nodiscard]] AnyBackbone<dimension<T>> make_backbone(int) {
  return AnyBackbone<dimension<T>>(Mlp<inputs, 32, dimension<T>>{});
}

template <int T>
HeadKind quantum() {
  return head_kind<typename Family<T>::Quantum>("quantum", &make_backbone<T>);
}
template <int T>
HeadKind linear() {
  return head_kind<typename Family<T>::Linear>("linear", &make_backbone<T>);
}
template <int T>
HeadKind hybrid_shared() {
  return head_kind<typename Family<T>::HybridShared>("hybrid_shared", &make_backbone<T>);
}
template <int T>
HeadKind hybrid_per_task() {
  return head_kind<typename Family<T>::HybridPerTask>("hybrid_per_task", &make_backbone<T>);
}

}  // namespace qmtl::benchmark::paper::scaling
