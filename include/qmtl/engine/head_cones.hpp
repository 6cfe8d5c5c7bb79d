#pragma once
// SPDX-License-Identifier: Apache-2.0
// A head as the light cones of its windows.

#include <algorithm>
#include <span>
#include <utility>
#include <vector>

#include "qmtl/engine/cone_shape.hpp"
#include "qmtl/engine/head_program.hpp"

namespace qmtl::inline QMTL_ABI::detail {

/// The features and outputs of a register's member, as numbered in the head.
struct Member {
  std::vector<int> features, outputs;
  bool whole = false;  ///< it is the head: its numbers are the head's
};

/// A light cone, the tasks that look at it, with the cone's qubits and outputs, and what the head calls those.
template <Scalar S>
struct HeadCone {
  std::vector<Operation> operations;
  int qubits;
  std::vector<EngineTask<S>> tasks;
  Member member;
};

/// Whether tasks of two cones are equal but for the names of their weights.
template <Scalar S>
[[nodiscard]] bool equal_but_for_names(const EngineTask<S>& a, const EngineTask<S>& b) {
  return std::ranges::equal(a.block, b.block) && a.window == b.window && a.first_output == b.first_output &&
         a.eigenvalues.cols() == b.eigenvalues.cols() && a.eigenvalues == b.eigenvalues && a.terms == b.terms;
}

/// The widest window that holds all qubits of `window`, the first of equals: its light cone serves the task as well.
template <Scalar S>
[[nodiscard]] std::vector<int> first_window_around(std::span<const EngineTask<S>> tasks,
                                                   const std::vector<int>& window) {
  const std::vector<int>* best = &window;
  for (const auto& task : tasks) {
    if (contains(task.window, window) && (best == &window || task.window.size() > best->size())) best = &task.window;
  }
  return *best;
}

/// The light cone of every window that no other one contains.
template <Scalar S>
[[nodiscard]] std::vector<HeadCone<S>> head_cones(const HeadProgram<S>& program) {
  const std::span<const EngineTask<S>> all(program.tasks);
  std::vector<std::vector<int>> hosts;
  std::vector<HeadCone<S>> cones;
  for (const auto& first : all) {
    const auto host = first_window_around(all, first.window);
    if (std::ranges::find(hosts, host) != hosts.end()) continue;
    hosts.push_back(host);
    ConeShape shape = cone_shape(program.encoding, program.qubits, host);
    HeadCone<S> cone{std::move(shape.operations), static_cast<int>(shape.qubits.size()), {}, {}};
    cone.member.features = std::move(shape.features);
    for (const auto& task : all) {
      if (first_window_around(all, task.window) != host) continue;
      auto& own = cone.tasks.emplace_back(task);
      own.first_output = static_cast<int>(cone.member.outputs.size());
      for (int o = 0; o < task.outputs(); ++o) cone.member.outputs.push_back(task.first_output + o);
      for (int& q : own.window) q = static_cast<int>(std::ranges::find(shape.qubits, q) - shape.qubits.begin());
    }
    cones.push_back(std::move(cone));
  }
  return cones;
}

}  // namespace qmtl::inline QMTL_ABI::detail
