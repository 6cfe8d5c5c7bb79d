#pragma once
// SPDX-License-Identifier: Apache-2.0
// Colours of a graph's vertices, none like a neighbour's: what may go together, in as few groups as possible.

#include <algorithm>
#include <cstddef>
#include <span>
#include <vector>

#include "qmtl/core/error.hpp"

namespace qmtl::inline QMTL_ABI {

/// A graph as the neighbours of each vertex: v is among u's if and only if u is among v's.
using Neighbors = std::vector<std::vector<int>>;

namespace detail {

inline void check_neighbors(const Neighbors& graph) {
  for (std::size_t v = 0; v < graph.size(); ++v) {
    for (const int u : graph[v]) {
      if (u < 0 || static_cast<std::size_t>(u) >= graph.size() || static_cast<std::size_t>(u) == v) {
        throw ShapeError(
            text("qmtl: color_graph: neighbours of vertex ", v, ", expected others below ", graph.size(), ", got ", u));
      }
      const auto& back = graph[static_cast<std::size_t>(u)];
      if (std::ranges::find(back, static_cast<int>(v)) == back.end()) {
        throw ShapeError(text("qmtl: color_graph: vertex ", u, " is a neighbour of ", v, " and not the other way"));
      }
    }
  }
}

/// A colouring in the making, which can be taken back.
class PartialColoring {
 public:
  explicit PartialColoring(const Neighbors& graph)
      : graph_(&graph), colors_(graph.size(), none), taken_(graph.size(), std::vector<int>(graph.size() + 1, 0)) {}

  static constexpr int none = -1;

  [[nodiscard]] const std::vector<int>& colors() const noexcept { return colors_; }
  [[nodiscard]] bool may_have(std::size_t v, int color) const noexcept {
    return taken_[v][static_cast<std::size_t>(color)] == 0;
  }
  void give(std::size_t v, int color) noexcept { change(v, color, 1); }
  void take_back(std::size_t v) noexcept { change(v, colors_[v], -1); }

  /// The vertex whose neighbours have most colours, of these the one with most neighbours, of these the first
  /// (Brelaz 1979); graph.size() once all have a colour.
  [[nodiscard]] std::size_t most_saturated() const noexcept {
    std::size_t best = graph_->size();
    std::ptrdiff_t best_saturation = -1;
    for (std::size_t v = 0; v < graph_->size(); ++v) {
      if (colors_[v] != none) continue;
      const auto saturation = std::ranges::count_if(taken_[v], [](int count) { return count > 0; });
      const bool better = saturation > best_saturation ||
                          (saturation == best_saturation && (*graph_)[v].size() > (*graph_)[best].size());
      if (better) best = v, best_saturation = saturation;
    }
    return best;
  }

 private:
  void change(std::size_t v, int color, int by) noexcept {
    for (const int u : (*graph_)[v]) taken_[static_cast<std::size_t>(u)][static_cast<std::size_t>(color)] += by;
    colors_[v] = by > 0 ? color : none;
  }

  const Neighbors* graph_;
  std::vector<int> colors_;
  std::vector<std::vector<int>> taken_;  // how many neighbours of a vertex have a colour
};

[[nodiscard]] inline int count_colors(const std::vector<int>& colors) {
  return colors.empty() ? 0 : 1 + *std::ranges::max_element(colors);
}

/// Tries all colourings with fewer colours than the best so far.
class ColoringSearch {
 public:
  ColoringSearch(const Neighbors& graph, std::vector<int> best)
      : partial_(graph), best_(std::move(best)), best_count_(count_colors(best_)) {}

  [[nodiscard]] std::vector<int> run() && {
    extend(0);
    return std::move(best_);
  }

 private:
  void extend(int used) {
    if (used >= best_count_) return;
    const std::size_t v = partial_.most_saturated();
    if (v == best_.size()) {
      best_ = partial_.colors();
      best_count_ = used;
      return;
    }
    for (int color = 0; color <= used && color < best_count_ - 1; ++color) {  // a new one is as good as any other
      if (!partial_.may_have(v, color)) continue;
      partial_.give(v, color);
      extend(std::max(used, color + 1));
      partial_.take_back(v);
    }
  }

  PartialColoring partial_;
  std::vector<int> best_;
  int best_count_;
};

}  // namespace detail

/// Up to so many vertices the number of colours is the least possible.
inline constexpr std::size_t exact_coloring_vertices = 24;

/// The colour of each vertex, from 0 on, none like a neighbour's: with as few colours as possible for up to 24
/// vertices (branch and bound), and above that those of DSATUR, which gives the vertex whose neighbours have most
/// colours the first that is free (Brelaz 1979). The same graph always has the same colours. Throws ShapeError for
/// neighbours that are not there or not mutual. Cost: n^3 for DSATUR.
[[nodiscard]] inline std::vector<int> color_graph(const Neighbors& graph) {
  detail::check_neighbors(graph);
  detail::PartialColoring greedy(graph);
  for (std::size_t v = greedy.most_saturated(); v < graph.size(); v = greedy.most_saturated()) {
    int color = 0;
    while (!greedy.may_have(v, color)) ++color;
    greedy.give(v, color);
  }
  if (graph.size() > exact_coloring_vertices) return greedy.colors();
  return detail::ColoringSearch(graph, greedy.colors()).run();
}

}  // namespace qmtl::inline QMTL_ABI
