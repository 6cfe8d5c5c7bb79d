#pragma once
// SPDX-License-Identifier: Apache-2.0
// Colours of a graph's vertices, none like a neighbour's: what may go together, in as few groups as possible.

#include <algorithm>
#include <cstddef>
#include <functional>
#include <iterator>
#include <numeric>
#include <span>
#include <tuple>
#include <utility>
#include <vector>

#include "qmtl/core/error.hpp"

namespace qmtl::inline QMTL_ABI {

/// A graph as the neighbours of each vertex: v is among u's if and only if u is among v's.
using Neighbors = std::vector<std::vector<int>>;

namespace detail {

inline void check_neighbors(const Neighbors& graph) {
  Neighbors back(graph.size());  // whose lists are in order as they are made
  for (std::size_t v = 0; v < graph.size(); ++v) {
    for (const int u : graph[v]) {
      if (u < 0 || static_cast<std::size_t>(u) >= graph.size() || static_cast<std::size_t>(u) == v) {
        throw ShapeError(
            text("qmtl: color_graph: neighbours of vertex ", v, ", expected others below ", graph.size(), ", got ", u));
      }
      back[static_cast<std::size_t>(u)].push_back(static_cast<int>(v));
    }
  }
  for (std::size_t v = 0; v < graph.size(); ++v) {
    std::vector<int> one_way;
    std::vector<int> forth = graph[v];
    std::ranges::sort(forth);
    std::ranges::set_symmetric_difference(forth, back[v], std::back_inserter(one_way));
    for (const int u : one_way) {
      const bool is_back = std::ranges::binary_search(back[v], u);
      if (is_back == std::ranges::binary_search(forth, u)) continue;  // named more often on one side
      throw ShapeError(text("qmtl: color_graph: vertex ", is_back ? static_cast<int>(v) : u, " is a neighbour of ",
                            is_back ? u : static_cast<int>(v), " and not the other way"));
    }
  }
}

/// A colouring in the making, which can be taken back.
class PartialColoring {
 public:
  explicit PartialColoring(const Neighbors& graph)
      : graph_(&graph), colors_(graph.size(), none), saturation_(graph.size(), 0) {
    std::size_t most = 0;  // colours that a vertex may need: one more than it has neighbours
    for (const auto& neighbors : graph) most = std::max(most, neighbors.size() + 1);
    taken_.assign(graph.size(), std::vector<int>(most, 0));
  }

  static constexpr int none = -1;

  [[nodiscard]] const std::vector<int>& colors() const noexcept { return colors_; }
  [[nodiscard]] bool may_have(std::size_t v, int color) const noexcept {
    return taken_[v][static_cast<std::size_t>(color)] == 0;
  }
  void give(std::size_t v, int color) noexcept {
    for (const int u : (*graph_)[v]) {
      if (taken(u, color)++ == 0) ++saturation_[static_cast<std::size_t>(u)];
    }
    colors_[v] = color;
  }
  void take_back(std::size_t v) noexcept {
    for (const int u : (*graph_)[v]) {
      if (--taken(u, colors_[v]) == 0) --saturation_[static_cast<std::size_t>(u)];
    }
    colors_[v] = none;
  }

  /// The vertex whose neighbours have most colours, of these the one with most neighbours, of these the first
  /// (Brelaz 1979); graph.size() once all have a colour.
  [[nodiscard]] std::size_t most_saturated() const noexcept {
    std::size_t best = graph_->size();
    for (std::size_t v = 0; v < graph_->size(); ++v) {
      if (colors_[v] != none) continue;
      if (best == graph_->size() || saturation_[v] > saturation_[best] ||
          (saturation_[v] == saturation_[best] && (*graph_)[v].size() > (*graph_)[best].size())) {
        best = v;
      }
    }
    return best;
  }

 private:
  [[nodiscard]] int& taken(int v, int color) noexcept {
    return taken_[static_cast<std::size_t>(v)][static_cast<std::size_t>(color)];
  }

  const Neighbors* graph_;
  std::vector<int> colors_;
  std::vector<int> saturation_;          // how many colours a vertex's neighbours have
  std::vector<std::vector<int>> taken_;  // how many neighbours of a vertex have a colour
};

[[nodiscard]] inline int count_colors(const std::vector<int>& colors) {
  return colors.empty() ? 0 : 1 + *std::ranges::max_element(colors);
}

/// The size of a clique, no colouring having fewer colours: vertices with most neighbours first, as long as they fit.
[[nodiscard]] inline int clique_size(const Neighbors& graph) {
  std::vector<int> order(graph.size()), clique;
  std::iota(order.begin(), order.end(), 0);
  std::ranges::stable_sort(order, std::ranges::greater{},
                           [&graph](int v) { return graph[static_cast<std::size_t>(v)].size(); });
  for (const int v : order) {
    const auto& neighbors = graph[static_cast<std::size_t>(v)];
    if (std::ranges::all_of(clique, [&](int u) { return std::ranges::find(neighbors, u) != neighbors.end(); })) {
      clique.push_back(v);
    }
  }
  return static_cast<int>(clique.size());
}

/// Tries all colourings with fewer colours than the best so far, until one has as few as a clique needs.
class ColoringSearch {
 public:
  ColoringSearch(const Neighbors& graph, std::vector<int> best)
      : partial_(graph), best_(std::move(best)), best_count_(count_colors(best_)), least_(clique_size(graph)) {}

  [[nodiscard]] std::vector<int> run() && {
    extend(0);
    return std::move(best_);
  }

 private:
  void extend(int used) {
    if (used >= best_count_ || best_count_ == least_) return;
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
  int best_count_, least_;
};

}  // namespace detail

/// Up to so many vertices the number of colours is the least possible.
inline constexpr std::size_t exact_coloring_vertices = 24;

/// The colour of each vertex, from 0 on, none like a neighbour's: with as few colours as possible for up to 24
/// vertices (branch and bound), and above that those of DSATUR, which gives the vertex whose neighbours have most
/// colours the first that is free (Brelaz 1979). The same graph always has the same colours. Throws ShapeError for
/// neighbours that are not there or not mutual. Cost: n^2 for DSATUR.
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

/// The colours of each vertex where it wants several.
using ColorSets = std::vector<std::vector<int>>;

namespace detail {

[[nodiscard]] inline int count_colors(const ColorSets& colors) {
  int count = 0;
  for (const auto& of_vertex : colors) count = std::max(count, count_colors(of_vertex));
  return count;
}

/// color_graph of the graph with each vertex as often as it wants colours, its copies being neighbours.
[[nodiscard]] inline ColorSets color_each_copy(const Neighbors& graph, std::span<const std::size_t> copies) {
  std::vector<int> first(graph.size() + 1, 0);
  for (std::size_t v = 0; v < graph.size(); ++v) first[v + 1] = first[v] + static_cast<int>(copies[v]);
  Neighbors each(static_cast<std::size_t>(first.back()));
  for (std::size_t v = 0; v < graph.size(); ++v) {
    for (int c = first[v]; c < first[v + 1]; ++c) {
      auto& neighbors = each[static_cast<std::size_t>(c)];
      for (int other = first[v]; other < first[v + 1]; ++other) {
        if (other != c) neighbors.push_back(other);
      }
      for (const int u : graph[v]) {
        const auto of = static_cast<std::size_t>(u);
        for (int other = first[of]; other < first[of + 1]; ++other) neighbors.push_back(other);
      }
    }
  }
  const auto colors = color_graph(each);
  ColorSets out(graph.size());
  for (std::size_t v = 0; v < graph.size(); ++v)
    out[v].assign(colors.begin() + first[v], colors.begin() + first[v + 1]);
  return out;
}

/// DSATUR on the copies of all vertices, which are never looked at one by one.
[[nodiscard]] inline ColorSets greedy_color_sets(const Neighbors& graph, std::span<const std::size_t> copies) {
  struct Vertex {
    std::size_t left = 0, weight = 0, saturation = 0, first_free = 0;
    std::vector<bool> taken{};  ///< colours of its own and of its neighbours
  };
  std::vector<Vertex> vertices(graph.size());
  for (std::size_t v = 0; v < graph.size(); ++v) {
    vertices[v].left = vertices[v].weight = copies[v];
    for (const int u : graph[v]) vertices[v].weight += copies[static_cast<std::size_t>(u)];
  }
  const auto take = [](Vertex& vertex, std::size_t color) {
    if (color >= vertex.taken.size()) vertex.taken.resize(color + 1, false);
    if (!vertex.taken[color]) ++vertex.saturation;
    vertex.taken[color] = true;
    while (vertex.first_free < vertex.taken.size() && vertex.taken[vertex.first_free]) ++vertex.first_free;
  };
  ColorSets out(graph.size());
  while (true) {
    const auto urgency = [](const Vertex& vertex) {
      return std::tuple(vertex.left > 0, vertex.saturation, vertex.weight);
    };
    const auto next = std::ranges::max_element(vertices, std::ranges::less{}, urgency);
    if (next == vertices.end() || next->left == 0) return out;
    const auto v = static_cast<std::size_t>(next - vertices.begin());
    const std::size_t color = next->first_free;
    out[v].push_back(static_cast<int>(color));
    --next->left;
    take(*next, color);
    for (const int u : graph[v]) take(vertices[static_cast<std::size_t>(u)], color);
  }
}

/// Colourings of all vertices that want more colours, one on top of the other: each with one colour a vertex, or with
/// two, for which odd rings need fewer than twice as many, where that is few enough for the least.
[[nodiscard]] inline ColorSets stacked_color_sets(const Neighbors& graph, std::span<const std::size_t> copies) {
  std::vector<std::size_t> left(copies.begin(), copies.end());
  ColorSets out(graph.size());
  for (int used = 0;;) {
    std::size_t wanting = 0, least = 0;
    for (const std::size_t l : left) {
      if (l > 0) least = wanting++ == 0 ? l : std::min(least, l);
    }
    if (wanting == 0) return out;
    const std::size_t layer = least > 1 && 2 * wanting <= exact_coloring_vertices ? 2 : 1;
    std::vector<std::size_t> once(graph.size(), 0);
    for (std::size_t v = 0; v < graph.size(); ++v) once[v] = left[v] > 0 ? layer : 0;
    const ColorSets colors = color_each_copy(graph, once);
    for (; least >= layer; least -= layer) {
      for (std::size_t v = 0; v < graph.size(); ++v) {
        for (const int color : colors[v]) out[v].push_back(used + color);
        left[v] -= once[v];
      }
      used += count_colors(colors);
    }
  }
}

}  // namespace detail

/// Colours where vertex v wants copies[v] of them, none of which a neighbour has, as many vertices that are all alike
/// would: as few in all as color_graph finds for up to 24, otherwise the fewer of DSATUR's and, for up to 24 vertices,
/// of exact colourings of the graph one on top of the other. Throws ShapeError as color_graph and for another number
/// of copies. Cost: (vertices + neighbours) x copies.
[[nodiscard]] inline ColorSets color_graph(const Neighbors& graph, std::span<const std::size_t> copies) {
  detail::require_size("color_graph: copies of vertices", copies.size(), graph.size());
  detail::check_neighbors(graph);
  std::size_t all = 0;
  for (const std::size_t c : copies) all += c;
  if (all <= exact_coloring_vertices) return detail::color_each_copy(graph, copies);
  ColorSets greedy = detail::greedy_color_sets(graph, copies);
  if (graph.size() > exact_coloring_vertices) return greedy;
  ColorSets stacked = detail::stacked_color_sets(graph, copies);
  return detail::count_colors(stacked) < detail::count_colors(greedy) ? stacked : greedy;
}

}  // namespace qmtl::inline QMTL_ABI
