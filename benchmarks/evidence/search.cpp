// SPDX-License-Identifier: Apache-2.0
// Grids that grow.

#include "evidence/search.hpp"

#include <algorithm>
#include <cmath>

namespace qmtl::benchmark::evidence {
namespace {

constexpr double decay_ratio = 10.0;

/// Whether the winner is the first or last of several values; then one more follows it, by this ratio. Nothing is
/// below 0.
[[nodiscard]] bool extend(std::vector<double>& values, double winner, double ratio) {
  if (values.size() < 2 || winner == 0.0) return false;
  const auto [low, high] = std::ranges::minmax(values);
  if (winner != low && winner != high) return false;
  values.push_back(winner == high ? winner * ratio : winner / ratio);
  return true;
}

}  // namespace

Search::Search(const Protocol& protocol, HeadDecay decay, bool layers)
    : extensions_(protocol.extensions), rates_(protocol.learning_rates), decays_(protocol.weight_decays) {
  const auto [low, high] = std::ranges::minmax(rates_);
  if (rates_.size() > 1) rate_ratio_ = std::pow(high / low, 1.0 / static_cast<double>(rates_.size() - 1));
  both_ = layers && decay == HeadDecay::searched;
  head_decays_ = decay != HeadDecay::never;
  if (layers || decay != HeadDecay::never) return;
  decays_ = {0.0};
  if (low == high) return;
  const std::size_t settings = rates_.size() * protocol.weight_decays.size();
  rates_.clear();
  for (std::size_t i = 0; i < settings; ++i) {
    rates_.push_back(low * std::pow(high / low, static_cast<double>(i) / static_cast<double>(settings - 1)));
  }
}

std::vector<Setting> Search::untried() const {
  std::vector<Setting> out;
  for (const double rate : rates_) {
    for (const double decay : decays_) {
      for (const bool head_decays : {true, false}) {
        const Setting setting{rate, decay, head_decays};
        const bool meant = both_ ? head_decays || decay > 0.0 : head_decays == head_decays_;
        if (meant && std::ranges::find(tried_, setting) == tried_.end()) out.push_back(setting);
      }
    }
  }
  return out;
}

void Search::run(const Judge& judge) {
  for (int round = 0; round <= extensions_; ++round) {
    const std::vector<Setting> next = untried();
    const std::vector<double> values = judge(next);
    for (std::size_t i = 0; i < next.size(); ++i) {
      tried_.push_back(next[i]);
      if (i == 0 && tried_.size() == 1) best_ = next[i];
      if (values[i] > best_value_ || (std::isnan(best_value_) && !std::isnan(values[i]))) {
        best_ = next[i];
        best_value_ = values[i];
      }
    }
    const bool rates = extend(rates_, best_.learning_rate, rate_ratio_),
               decays = extend(decays_, best_.weight_decay, decay_ratio);
    at_edge_ = rates || decays;
    if (!at_edge_) return;
  }
}

}  // namespace qmtl::benchmark::evidence
