#pragma once
// SPDX-License-Identifier: Apache-2.0
// The choice of learning rate and decay by validation rows.

#include <functional>
#include <vector>

#include "evidence/heads.hpp"
#include "evidence/protocol.hpp"
#include "qmtl/loss/metrics.hpp"

namespace qmtl::benchmark::evidence {

/// A grid of settings that grows where its winner is at an edge. Where nothing decays it has as many settings, of more
/// learning rates in the same range; where both a head that decays and one that does not are tried, more.
class Search {
 public:
  /// The validation AUC of each setting; NaN is worst.
  using Judge = std::function<std::vector<double>(const std::vector<Setting>&)>;

  /// `layers`: there are some before the head, which decay whatever the head does.
  Search(const Protocol& protocol, HeadDecay decay, bool layers);

  void run(const Judge& judge);

  [[nodiscard]] const Setting& best() const noexcept { return best_; }
  /// NaN where all are.
  [[nodiscard]] double best_value() const noexcept { return best_value_; }
  [[nodiscard]] int tried() const noexcept { return static_cast<int>(tried_.size()); }
  /// Whether the winner still is at an edge, after all extensions.
  [[nodiscard]] bool at_edge() const noexcept { return at_edge_; }

 private:
  /// Those of the grid that were not tried.
  [[nodiscard]] std::vector<Setting> untried() const;

  int extensions_;
  std::vector<double> rates_, decays_;
  double rate_ratio_ = 3.0;
  bool both_ = false;  // a head that decays and one that does not, or only:
  bool head_decays_ = true;
  std::vector<Setting> tried_;
  Setting best_;
  double best_value_ = undefined_metric;
  bool at_edge_ = false;
};

}  // namespace qmtl::benchmark::evidence
