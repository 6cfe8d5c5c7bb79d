#pragma once
// SPDX-License-Identifier: Apache-2.0
// The heads of a problem, from its encoding and tasks; a problem's namespace gives these, `dimension` and `Block`.

#include <tuple>

#include "paper/head_kind_impl.hpp"
#include "qmtl/head/hybrid_head.hpp"

namespace qmtl::benchmark::paper {

/// A task alone, on the first qubits: on a ring all windows are alike, so that tasks of one form share one type.
template <class T>
using Alone = Task<"task", typename T::Block, Window<0, T::width>, typename T::Readout>;

template <class Encoding, class Block>
struct Heads {
  template <class... Tasks>
  using quantum = QuantumHead<double, Encoding, Tasks...>;
  template <class... Tasks>
  using linear = LinearHead<double, Encoding::features, Tasks...>;
  template <class... Tasks>
  using hybrid_shared = HybridHead<double, HybridForm::shared, Encoding, Block, Tasks...>;
  template <class... Tasks>
  using hybrid_per_task = HybridHead<double, HybridForm::per_task, Encoding, Block, Tasks...>;
  template <class... Tasks>
  using quantum_single = std::tuple<QuantumHead<double, Encoding, Alone<Tasks>>...>;
};

/// The kind of a head, or of a tuple of heads, one a task.
template <class H, int Features>
[[nodiscard]] HeadKind make_kind(std::string name, AnyBackbone<Features> (*make_backbone)(int)) {
  if constexpr (Head<H>) {
    return head_kind<H>(std::move(name), make_backbone);
  } else {
    return single_task_kind<H>(std::move(name), make_backbone);
  }
}

}  // namespace qmtl::benchmark::paper
