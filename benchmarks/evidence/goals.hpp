#pragma once
// SPDX-License-Identifier: Apache-2.0
// What quantum heads were to reach.

#include <array>
#include <string>
#include <vector>

#include "evidence/results.hpp"

namespace qmtl::benchmark::evidence {

/// That a head is above another on the same representation, or else not worse by the margin.
struct Goal {
  Regime regime = Regime::frozen;
  const char *head = "", *base = "";
  bool above = true;
};

/// Heads were chosen by validation rows (`head_variants`): sums of Z, and on frozen inputs sums of r mixed qubits,
/// which have as many parameters as linear heads of rank r. `linear` behind a narrow layer is linear regression of low
/// rank; `quantum_sum_rx` has exactly as many parameters, in the head and in all. Goals against heads with sines, which
/// say what of a difference is due to these, were added after a run on the same test rows.
inline constexpr std::array<Goal, 18> goals{{{Regime::narrow, "quantum_sum", "linear"},
                                             {Regime::narrow, "quantum_sum_rx", "linear"},
                                             {Regime::narrow, "quantum_sum_rx", "linear_sine", false},
                                             {Regime::narrow, "quantum_sum", "hybrid_shared"},
                                             {Regime::narrow, "quantum_sum", "hybrid_per_task"},
                                             {Regime::trained, "quantum_sum", "linear", false},
                                             {Regime::trained, "quantum_sum", "quantum_zero"},
                                             {Regime::trained, "quantum", "linear", false},
                                             {Regime::trained, "quantum", "quantum_zero"},
                                             {Regime::frozen, "quantum_mixed_1", "low_rank_1"},
                                             {Regime::frozen, "quantum_mixed_2", "low_rank_2"},
                                             {Regime::frozen, "quantum_mixed_4", "low_rank_4"},
                                             {Regime::frozen, "quantum_mixed_4", "random_4"},
                                             {Regime::frozen, "quantum_mixed_4", "linear", false},
                                             {Regime::frozen, "quantum_sum_rx", "linear", false},
                                             {Regime::frozen, "quantum_sum_rx", "linear_sine", false},
                                             {Regime::frozen, "quantum_mixed_4", "low_rank_sine_4", false},
                                             {Regime::frozen, "quantum_mixed_2", "low_rank_sine_2", false}}};

/// Goals by representations and hidden layers, data set by data set, the mean over sources of data, and what validation
/// rows say.
[[nodiscard]] std::string goals_section(const std::vector<DatasetResult>& results, const Comparisons& comparisons);

}  // namespace qmtl::benchmark::evidence
