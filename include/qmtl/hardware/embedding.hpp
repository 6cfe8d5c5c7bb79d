#pragma once
// SPDX-License-Identifier: Apache-2.0
// Layouts that need no swap: a program's graph of interactions found in a device's coupling map.

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <numeric>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "qmtl/hardware/coupling_map.hpp"
#include "qmtl/hardware/interactions.hpp"
#include "qmtl/hardware/placement_costs.hpp"

namespace qmtl::inline QMTL_ABI {

struct EmbeddingOptions {
  /// Places that are tried for qubits, fewer on devices of hundreds of qubits; then the best layout found is taken.
  long max_nodes = 300'000;
};

namespace detail {

/// Sets of places, a row of words each.
class PlaceSets {
 public:
  using Word = std::uint64_t;
  PlaceSets(std::size_t sets, int places)
      : words_((static_cast<std::size_t>(places) + 63) / 64), bits_(sets * words_) {}

  [[nodiscard]] std::size_t words() const noexcept { return words_; }
  [[nodiscard]] std::span<Word> operator[](std::size_t set) noexcept {
    return std::span(bits_).subspan(set * words_, words_);
  }
  void insert(std::size_t set, int place) noexcept { word_of(set, place) |= bit(place); }
  [[nodiscard]] Word& word_of(std::size_t set, int place) noexcept {
    return bits_[set * words_ + static_cast<std::size_t>(place) / 64];
  }
  [[nodiscard]] static Word bit(int place) noexcept { return Word{1} << (place % 64); }
  [[nodiscard]] std::size_t count(std::size_t set) noexcept {
    std::size_t sum = 0;
    for (const Word w : (*this)[set]) sum += static_cast<std::size_t>(std::popcount(w));
    return sum;
  }

 private:
  std::size_t words_;
  std::vector<Word> bits_;
};

/// Depth first, the qubit with the fewest places left next. Qubits that are d couplings apart in the program's graph
/// must be at most d apart on the device, and by an even number more where the device's graph has no odd cycles.
class EmbeddingSearch {
 public:
  EmbeddingSearch(const InteractionGraph& pattern, const CouplingMap& couplings, const PlacementCosts& costs)
      : pattern_(&pattern),
        couplings_(&couplings),
        costs_(&costs),
        qubits_(pattern.busy()),
        between_(CouplingMap(pattern.qubits(), pattern.pairs())),
        domains_(static_cast<std::size_t>(pattern.qubits()), couplings.qubits()),
        near_(0, 0),
        layout_(static_cast<std::size_t>(pattern.qubits()), -1) {
    find_near();
    fill_domains();
  }

  [[nodiscard]] std::optional<std::vector<int>> run(const EmbeddingOptions& options) {
    if (qubits_.empty()) return layout_;
    const long most = most_nodes(options);
    const int first = choose();
    std::vector<int> roots = places_of(first);
    for (long budget = 500; !roots.empty() && nodes_ < most; budget *= 8) {
      std::vector<int> open;
      for (const int place : roots) {
        limit_ = std::min(nodes_ + budget, most);
        place_qubit(first, place);
        if (nodes_ >= limit_) open.push_back(place);
        if (best_ && costs_->uniform()) return best_;
      }
      roots = std::move(open);
    }
    return best_;
  }

 private:
  using Word = PlaceSets::Word;
  struct Change {
    Word* word;
    Word before;
  };

  /// Fewer where each costs more, on devices of hundreds of qubits, but some for each qubit.
  [[nodiscard]] long most_nodes(const EmbeddingOptions& options) const {
    constexpr double usual = 1024;
    const double words = static_cast<double>(qubits_.size() * domains_.words());
    const double most = static_cast<double>(options.max_nodes) * usual / std::max(usual, words);
    return std::min(options.max_nodes, static_cast<long>(most) + 4 * static_cast<long>(qubits_.size()));
  }

  static constexpr std::size_t max_near_words = std::size_t{1} << 22;

  [[nodiscard]] std::size_t near(int distance, int place) const noexcept {
    return static_cast<std::size_t>(distance) * static_cast<std::size_t>(couplings_->qubits()) +
           static_cast<std::size_t>(place);
  }

  /// The places at most 1, 2, ... couplings from each, as far as there is memory for.
  void find_near() {
    const int n = couplings_->qubits();
    const std::size_t row = (static_cast<std::size_t>(n) + 63) / 64 * static_cast<std::size_t>(n);
    radius_ = static_cast<int>(std::clamp<std::size_t>(max_near_words / row, 2, 16)) - 1;
    near_ = PlaceSets(static_cast<std::size_t>((radius_ + 1) * n), n);
    const int step = is_bipartite() ? 2 : 1;
    for (int p = 0; p < n; ++p) {
      const auto distances = couplings_->distances(p);
      for (int q = 0; q < n; ++q) {
        for (int d = distances[static_cast<std::size_t>(q)]; d <= radius_; d += step) near_.insert(near(d, p), q);
      }
    }
  }

  [[nodiscard]] bool is_bipartite() const {
    return std::ranges::none_of(couplings_->pairs(), [this](const auto& pair) {
      for (int from = 0; from < couplings_->qubits(); ++from) {  // of its part of the graph
        const int d = couplings_->distance(from, pair.first);
        if (d != CouplingMap::unreachable) return d == couplings_->distance(from, pair.second);
      }
      return false;
    });
  }

  /// How many others are at most 1, 2, ... couplings away.
  [[nodiscard]] std::vector<int> counts_near(const CouplingMap& map, int from) const {
    std::vector<int> out(static_cast<std::size_t>(radius_) + 1);
    for (const int d : map.distances(from)) {
      if (d <= radius_) ++out[static_cast<std::size_t>(d)];
    }
    std::partial_sum(out.begin(), out.end(), out.begin());
    return out;
  }

  /// A qubit can be where there are as many neighbours, as many within two couplings and so on as it has.
  void fill_domains() {
    std::vector<std::vector<int>> needed;
    for (const int q : qubits_) needed.push_back(counts_near(between_, q));
    for (int p = 0; p < couplings_->qubits(); ++p) {
      const auto there = counts_near(*couplings_, p);
      for (std::size_t i = 0; i < qubits_.size(); ++i) {
        const bool fits = std::equal(needed[i].begin(), needed[i].end(), there.begin(), std::less_equal<>());
        if (fits) domains_.insert(static_cast<std::size_t>(qubits_[i]), p);
      }
    }
  }

  /// The qubit without a place that has the fewest left, of several the one with most neighbours.
  [[nodiscard]] int choose() {
    int best = -1;
    std::pair<std::size_t, std::size_t> least{};
    for (const int q : qubits_) {
      if (layout_[static_cast<std::size_t>(q)] >= 0) continue;
      const std::pair key(domains_.count(static_cast<std::size_t>(q)),
                          static_cast<std::size_t>(pattern_->qubits()) - between_.neighbours(q).size());
      if (best >= 0 && key >= least) continue;
      best = q;
      least = key;
    }
    return best;
  }

  /// The places left for a qubit, cheapest first, of several those with the fewest neighbours.
  [[nodiscard]] std::vector<int> places_of(int qubit) {
    std::vector<std::pair<double, int>> found;
    for (int p = 0; p < couplings_->qubits(); ++p) {
      if ((domains_.word_of(static_cast<std::size_t>(qubit), p) & PlaceSets::bit(p)) == 0) continue;
      found.emplace_back(cost_of(qubit, p) + 1e-9 * static_cast<double>(couplings_->neighbours(p).size()), p);
    }
    std::ranges::sort(found);
    std::vector<int> out;
    out.reserve(found.size());
    for (const auto& [cost, p] : found) out.push_back(p);
    return out;
  }

  /// What a qubit at a place costs, with its interactions with those that have a place.
  [[nodiscard]] double cost_of(int qubit, int place) const {
    double sum = costs_->of_place(place);
    for (const int other : between_.neighbours(qubit)) {
      const int there = layout_[static_cast<std::size_t>(other)];
      if (there >= 0) sum += pattern_->count(qubit, other) * costs_->of_pair(place, there);
    }
    return sum;
  }

  void place_qubit(int qubit, int place) {
    ++nodes_;
    const double cost = cost_of(qubit, place);
    const std::size_t mark = changes_.size();
    layout_[static_cast<std::size_t>(qubit)] = place;
    cost_ += cost;
    ++placed_;
    if (cost_ + costs_->least_place() * static_cast<double>(qubits_.size() - placed_) < best_cost_ &&
        restrict_others(qubit, place)) {
      go_on();
    }
    --placed_;
    cost_ -= cost;
    layout_[static_cast<std::size_t>(qubit)] = -1;
    for (; changes_.size() > mark; changes_.pop_back()) *changes_.back().word = changes_.back().before;
  }

  void go_on() {
    if (placed_ == qubits_.size()) {
      best_ = layout_;
      best_cost_ = cost_ * (1 - 1e-12);  // those that are equal but for rounding are not better
      return;
    }
    const int qubit = choose();
    for (const int place : places_of(qubit)) {
      if (nodes_ >= limit_ || (best_ && costs_->uniform())) return;
      place_qubit(qubit, place);
    }
  }

  /// Takes from the others' domains what is not possible any more. False if one is left with nothing.
  [[nodiscard]] bool restrict_others(int qubit, int place) {
    for (const int other : qubits_) {
      const auto o = static_cast<std::size_t>(other);
      if (layout_[o] >= 0) continue;
      const auto domain = domains_[o];
      set(domains_.word_of(o, place), domains_.word_of(o, place) & ~PlaceSets::bit(place));
      const int d = between_.distance(qubit, other);
      Word any = 0;
      if (d <= radius_) {
        const auto allowed = near_[near(d, place)];
        for (std::size_t w = 0; w < domain.size(); ++w) {
          set(domain[w], domain[w] & allowed[w]);
          any |= domain[w];
        }
      } else {
        for (const Word w : domain) any |= w;
      }
      if (any == 0) return false;
    }
    return true;
  }

  void set(Word& word, Word value) {
    if (word == value) return;
    changes_.push_back({&word, word});
    word = value;
  }

  const InteractionGraph* pattern_;
  const CouplingMap* couplings_;
  const PlacementCosts* costs_;
  std::vector<int> qubits_;
  CouplingMap between_;  ///< the program's graph
  PlaceSets domains_, near_;
  int radius_ = 1;
  std::vector<int> layout_;
  std::optional<std::vector<int>> best_;
  double cost_ = 0.0, best_cost_ = std::numeric_limits<double>::infinity();
  std::size_t placed_ = 0;
  long nodes_ = 0, limit_ = 0;
  std::vector<Change> changes_;
};

}  // namespace detail

/// A layout in which all pairs of qubits that have gates together are coupled: of those found, the one with the lowest
/// costs, or the first where all cost the same. Nothing if there is none or the search has met its limit before one;
/// where it has not, the best of all. Qubits without gates together get the cheapest places left. Throws CircuitError
/// for more qubits than places.
[[nodiscard]] inline std::optional<std::vector<int>> find_embedding(const InteractionGraph& interactions,
                                                                    const CouplingMap& couplings,
                                                                    const PlacementCosts& costs,
                                                                    const EmbeddingOptions& options = {}) {
  detail::require_narrow("find_embedding", interactions.qubits(), couplings.qubits());
  auto layout = detail::EmbeddingSearch(interactions, couplings, costs).run(options);
  if (layout) costs.place_idle(*layout);
  return layout;
}

}  // namespace qmtl::inline QMTL_ABI
