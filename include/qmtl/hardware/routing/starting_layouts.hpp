#pragma once
// SPDX-License-Identifier: Apache-2.0
// Layouts for routers to start from: trivial, reversed, dense, random.

#include <algorithm>
#include <cstddef>
#include <limits>
#include <numeric>
#include <span>
#include <utility>
#include <vector>

#include "qmtl/core/rng.hpp"
#include "qmtl/hardware/coupling_map.hpp"
#include "qmtl/hardware/routing/routing_problem.hpp"

namespace qmtl::inline QMTL_ABI::detail {

/// Layouts of a problem's qubits on places of which paths lead to one another, as far as the qubits have steps
/// together.
class StartingLayouts {
 public:
  /// Both must outlive it. Throws CircuitError for more qubits than places, or more that have steps than connected
  /// places.
  StartingLayouts(const RoutingProblem& problem, const CouplingMap& couplings)
      : couplings_(&couplings), qubits_(static_cast<std::size_t>(problem.qubits())), weights_(qubits_ * qubits_) {
    for (const auto& step : problem.steps()) {
      if (step.first < 0) continue;
      const auto a = static_cast<std::size_t>(step.first), b = static_cast<std::size_t>(step.second);
      ++weights_[a * qubits_ + b];
      ++weights_[b * qubits_ + a];
    }
    for (std::size_t q = 0; q < qubits_; ++q) {
      const auto row = std::span(weights_).subspan(q * qubits_, qubits_);
      totals_.push_back(std::accumulate(row.begin(), row.end(), 0));
      if (totals_.back() > 0) busy_.push_back(static_cast<int>(q));
    }
    find_places();
    if (qubits_ > static_cast<std::size_t>(couplings.qubits()) || busy_.size() > places_.size()) {
      throw CircuitError(text("qmtl: routing: a program of ", qubits_, " qubits, of which ", busy_.size(),
                              " have gates together, expected to fit on ", couplings.qubits(), ", of which ",
                              places_.size(), " are connected"));
    }
  }

  /// Number 0: dense, in the order in which the qubits have most steps together; 1: trivial; 2: reversed; from then on
  /// by turns one that is dense from a random place on, and a random one of a dense region.
  [[nodiscard]] std::vector<int> make(int number, Rng& rng) const {
    const bool whole = places_.size() == static_cast<std::size_t>(couplings_->qubits());
    if (whole && (number == 1 || number == 2)) {
      std::vector<int> out(qubits_);
      std::iota(out.begin(), out.end(), 0);
      if (number == 2) std::ranges::reverse(out);
      return out;
    }
    const int centre = number == 0 ? central_place() : places_[rng.below(places_.size())];
    return number % 2 == 1 || number == 0 ? dense(centre, number == 0 ? nullptr : &rng) : random_region(centre, rng);
  }

 private:
  /// The largest part of the coupling map that is connected.
  void find_places() {
    for (int q = 0; q < couplings_->qubits(); ++q) {
      std::vector<int> reached;
      for (int p = 0; p < couplings_->qubits(); ++p) {
        if (couplings_->distance(q, p) != CouplingMap::unreachable) reached.push_back(p);
      }
      if (reached.size() > places_.size()) places_ = std::move(reached);
      if (2 * places_.size() >= static_cast<std::size_t>(couplings_->qubits())) return;
    }
  }

  /// The place that has as many others as are needed nearest to it.
  [[nodiscard]] int central_place() const {
    int best = places_.front(), least = std::numeric_limits<int>::max();
    for (const int p : places_) {
      const auto region = nearest(p);
      int sum = 0;
      for (const int a : region) {
        for (const int b : region) sum += couplings_->distance(a, b);
      }
      if (sum < least) {
        least = sum;
        best = p;
      }
    }
    return best;
  }

  /// As many places as there are busy qubits, the nearest to one of them.
  [[nodiscard]] std::vector<int> nearest(int centre) const {
    std::vector<int> out = places_;
    std::ranges::stable_sort(out, {}, [&](int p) { return couplings_->distance(centre, p); });
    out.resize(busy_.size());
    return out;
  }

  [[nodiscard]] std::vector<int> random_region(int centre, Rng& rng) const {
    std::vector<int> region = nearest(centre), out(qubits_, -1);
    shuffle(region, rng);
    for (std::size_t i = 0; i < busy_.size(); ++i) out[static_cast<std::size_t>(busy_[i])] = region[i];
    return with_idle(std::move(out));
  }

  /// One by one, the qubit that has most steps with those that have a place, where it is nearest to these.
  [[nodiscard]] std::vector<int> dense(int centre, Rng* rng) const {
    std::vector<int> out(qubits_, -1), left = busy_;
    std::vector<double> pull(qubits_);
    std::vector<bool> taken(static_cast<std::size_t>(couplings_->qubits()));
    const auto noise = [rng](double size) { return rng == nullptr ? 0.0 : size * rng->uniform(); };
    for (const int q : left) pull[static_cast<std::size_t>(q)] = 1e-3 * totals_[static_cast<std::size_t>(q)];
    while (!left.empty()) {
      auto next = left.begin();
      double most = -1.0;
      for (auto at = left.begin(); at != left.end(); ++at) {
        const double own = pull[static_cast<std::size_t>(*at)] * (1 + noise(0.3));
        if (own <= most) continue;
        most = own;
        next = at;
      }
      const auto q = static_cast<std::size_t>(*next);
      left.erase(next);
      int best = centre;
      double least = std::numeric_limits<double>::infinity();
      for (const int p : places_) {
        if (taken[static_cast<std::size_t>(p)]) continue;
        double cost = 1e-3 * couplings_->distance(p, centre) + noise(0.1);
        for (const int b : busy_) {
          const auto other = static_cast<std::size_t>(b);
          if (out[other] >= 0) cost += weights_[q * qubits_ + other] * couplings_->distance(p, out[other]);
        }
        if (cost < least) {
          least = cost;
          best = p;
        }
      }
      out[q] = best;
      taken[static_cast<std::size_t>(best)] = true;
      for (const int b : left) {
        const auto other = static_cast<std::size_t>(b);
        pull[other] += weights_[q * qubits_ + other];
      }
    }
    return with_idle(std::move(out));
  }

  /// Qubits without steps go where nobody is.
  [[nodiscard]] std::vector<int> with_idle(std::vector<int> layout) const {
    std::vector<bool> taken(static_cast<std::size_t>(couplings_->qubits()));
    for (const int p : layout) {
      if (p >= 0) taken[static_cast<std::size_t>(p)] = true;
    }
    std::size_t free = 0;
    for (int& p : layout) {
      if (p >= 0) continue;
      while (taken[free]) ++free;
      p = static_cast<int>(free++);
    }
    return layout;
  }

  const CouplingMap* couplings_;
  std::size_t qubits_;
  std::vector<int> weights_, totals_;  ///< steps of two qubits, of one
  std::vector<int> busy_, places_;
};

}  // namespace qmtl::inline QMTL_ABI::detail
