// SPDX-License-Identifier: Apache-2.0
// Colourings are proper, and of small graphs have the chromatic numbers of the textbooks.

#include "qmtl/hardware/graph_coloring.hpp"

#include <set>
#include <utility>
#include <vector>

#include "qmtl/core/rng.hpp"
#include "support/catch.hpp"
#include "support/throws.hpp"

namespace graph_coloring_test {

using namespace qmtl;

Neighbors graph_of(std::size_t vertices, const std::vector<std::pair<int, int>>& edges) {
  Neighbors out(vertices);
  for (const auto& [a, b] : edges) {
    out[static_cast<std::size_t>(a)].push_back(b);
    out[static_cast<std::size_t>(b)].push_back(a);
  }
  return out;
}

Neighbors cycle(int n) {
  std::vector<std::pair<int, int>> edges;
  for (int v = 0; v < n; ++v) edges.emplace_back(v, (v + 1) % n);
  return graph_of(static_cast<std::size_t>(n), edges);
}

/// Two copies of a graph, the second with an edge to the copies of each vertex's neighbours, and one more vertex: no
/// triangle more, but a colour more (Mycielski 1955).
Neighbors mycielskian(const Neighbors& graph) {
  const auto n = static_cast<int>(graph.size());
  std::vector<std::pair<int, int>> edges;
  for (int v = 0; v < n; ++v) {
    for (const int u : graph[static_cast<std::size_t>(v)]) {
      if (u > v) edges.emplace_back(v, u);
      edges.emplace_back(n + v, u);
    }
    edges.emplace_back(2 * n, n + v);
  }
  return graph_of(2 * graph.size() + 1, edges);
}

bool proper(const Neighbors& graph, const std::vector<int>& colors) {
  for (std::size_t v = 0; v < graph.size(); ++v) {
    for (const int u : graph[v]) {
      if (colors[v] == colors[static_cast<std::size_t>(u)]) return false;
    }
  }
  return colors.size() == graph.size();
}

Neighbors random_graph(std::size_t n, double density, Rng& rng) {
  std::vector<std::pair<int, int>> edges;
  for (int a = 0; a < static_cast<int>(n); ++a) {
    for (int b = 0; b < a; ++b) {
      if (rng.uniform() < density) edges.emplace_back(a, b);
    }
  }
  return graph_of(n, edges);
}

/// Whether any of all colourings with so many colours is proper.
bool colorable(const Neighbors& graph, int colors) {
  std::vector<int> all(graph.size(), 0);
  while (true) {
    if (proper(graph, all)) return true;
    std::size_t v = 0;
    while (v < all.size() && ++all[v] == colors) all[v++] = 0;
    if (v == all.size()) return false;
  }
}

TEST_CASE("graphs of known chromatic number have as many colours", "[hardware]") {
  const auto colors_of = [](const Neighbors& graph) {
    const auto colors = color_graph(graph);
    CHECK(proper(graph, colors));
    return detail::count_colors(colors);
  };
  CHECK(colors_of({}) == 0);
  CHECK(colors_of(Neighbors(5)) == 1);
  for (int n = 3; n < 12; ++n) CHECK(colors_of(cycle(n)) == 2 + n % 2);
  const Neighbors groetzsch = mycielskian(cycle(5));  // 11 vertices, no triangle
  CHECK(colors_of(groetzsch) == 4);
  CHECK(colors_of(mycielskian(groetzsch)) == 5);  // 23 vertices
  const Neighbors crown = graph_of(8, {{0, 5},
                                       {0, 6},
                                       {0, 7},
                                       {1, 4},
                                       {1, 6},
                                       {1, 7},  // greedy: 4
                                       {2, 4},
                                       {2, 5},
                                       {2, 7},
                                       {3, 4},
                                       {3, 5},
                                       {3, 6}});
  CHECK(colors_of(crown) == 2);
}

TEST_CASE("no colouring of a small graph has fewer colours", "[hardware]") {
  Rng rng(Seed{3});
  for (int trial = 0; trial < 40; ++trial) {
    const Neighbors graph = random_graph(7, 0.2 + 0.015 * trial, rng);
    const auto colors = color_graph(graph);
    CHECK(proper(graph, colors));
    const int count = detail::count_colors(colors);
    if (count > 1) CHECK(!colorable(graph, count - 1));
  }
}

TEST_CASE("large graphs are coloured properly and always alike", "[hardware]") {
  Rng rng(Seed{4});
  const Neighbors graph = random_graph(120, 0.3, rng);
  const auto colors = color_graph(graph);
  CHECK(proper(graph, colors));
  CHECK(detail::count_colors(colors) <= 17);
  CHECK(color_graph(graph) == colors);
  CHECK(detail::count_colors(color_graph(cycle(200))) == 2);
}

/// Every vertex has as many colours as it wants, all different, and none of a neighbour's.
bool proper(const Neighbors& graph, const std::vector<std::size_t>& copies, const ColorSets& colors) {
  bool good = colors.size() == graph.size();
  for (std::size_t v = 0; v < graph.size(); ++v) {
    const std::set<int> own(colors[v].begin(), colors[v].end());
    good = good && own.size() == copies[v] && colors[v].size() == copies[v];
    for (const int u : graph[v]) {
      for (const int color : colors[static_cast<std::size_t>(u)]) good = good && !own.contains(color);
    }
  }
  return good;
}

TEST_CASE("vertices that want many colours share them as their copies would", "[hardware]") {
  const auto count = [](const Neighbors& graph, const std::vector<std::size_t>& copies) {
    const ColorSets colors = color_graph(graph, copies);
    CHECK(proper(graph, copies, colors));
    return detail::count_colors(colors);
  };
  const Neighbors path = graph_of(3, {{0, 1}, {1, 2}});
  CHECK(count({}, {}) == 0);
  CHECK(count(path, {0, 0, 0}) == 0);
  CHECK(count(path, {1, 2, 1}) == 3);
  CHECK(count(path, {1000, 300, 700}) == 1300);
  CHECK(count(graph_of(4, {{0, 1}, {1, 2}, {2, 3}}), {300, 100, 100, 300}) == 400);
  CHECK(count(cycle(5), {2, 2, 2, 2, 2}) == 5);  // two of five at a time (Stahl 1976)
  CHECK(count(cycle(5), {100, 100, 100, 100, 100}) == 250);
  CHECK(count(cycle(7), {9, 9, 9, 9, 9, 9, 9}) <= 23);
  CHECK(count(cycle(8), std::vector<std::size_t>(8, 1250)) == 2500);
  CHECK(count(Neighbors(1), {20000}) == 20000);
  Rng rng(Seed{5});
  for (int trial = 0; trial < 20; ++trial) {
    const Neighbors graph = random_graph(trial < 10 ? 7 : 40, 0.3, rng);
    std::vector<std::size_t> copies;
    for (std::size_t v = 0; v < graph.size(); ++v) copies.push_back(rng.below(9));
    const int colors = count(graph, copies);
    const ColorSets one_by_one = detail::color_each_copy(graph, copies);
    CHECK(colors <= detail::count_colors(one_by_one));
  }
  CHECK_THROWS_AS(color_graph(path, std::vector<std::size_t>{1, 2}), ShapeError);
}

TEST_CASE("neighbours that cannot be are refused", "[hardware]") {
  CHECK(test::message_of<ShapeError>([] {
          (void)color_graph({{1}, {}});
        }) == "qmtl: color_graph: vertex 1 is a neighbour of 0 and not the other way");
  CHECK(test::message_of<ShapeError>([] {
          (void)color_graph({{}, {0}});
        }) == "qmtl: color_graph: vertex 0 is a neighbour of 1 and not the other way");
  CHECK(color_graph({{1, 1}, {0}}) == std::vector{0, 1});
  CHECK_THROWS_AS(color_graph({{0}}), ShapeError);
  CHECK_THROWS_AS(color_graph({{-1}}), ShapeError);
  CHECK_THROWS_AS(color_graph({{2}, {}}), ShapeError);
}

}  // namespace graph_coloring_test
