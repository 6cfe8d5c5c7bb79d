#pragma once
// SPDX-License-Identifier: Apache-2.0
// Probabilistic error cancellation: known Pauli channels undone on average, by random Pauli gates with signs (Temme,
// Bravyi and Gambetta 2017, arXiv:1612.02058).

#include <bit>
#include <cmath>
#include <cstddef>
#include <map>
#include <utility>
#include <variant>
#include <vector>

#include "qmtl/circuit/program_copy.hpp"
#include "qmtl/core/rng.hpp"
#include "qmtl/mitigation/pauli_twirling.hpp"
#include "qmtl/mitigation/random_copies.hpp"
#include "qmtl/noise/channel_matrices.hpp"

namespace qmtl::inline QMTL_ABI {

/// A combination of Pauli strings, sum_P q_P P rho P, whose coefficients add up to one and may be negative.
struct PauliQuasiMixture {
  int qubits = 1;
  std::vector<PauliTerm> terms;

  /// sum |q_P| >= 1: a sample counts with it, so that as many times its square are needed.
  [[nodiscard]] double cost() const noexcept {
    double sum = 0.0;
    for (const auto& term : terms) sum += std::abs(term.coefficient);
    return sum;
  }
};

/// The inverse of a Pauli channel. Where f_Q are the channel's eigenvalues, E(Q) = f_Q Q, its coefficients are
/// q_P = 4^-k sum_Q (-1)^(P and Q anticommute) / f_Q. Throws ShapeError for a channel of more than 4 qubits, ValueError
/// for one that is no Pauli channel to 1e-9, or has an eigenvalue below 1e-3: it cannot be undone at any sensible cost.
/// Cost 64^k an operator.
[[nodiscard]] inline PauliQuasiMixture inverse_pauli_channel(const QuantumChannel& channel) {
  constexpr int most = 4;
  const int k = channel.qubits();
  if (k > most) {
    throw ShapeError(
        detail::text("qmtl: inverse_pauli_channel: qubits of the channel, expected at most ", most, ", got ", k));
  }
  const auto transfer = pauli_transfer_matrix(channel);
  const ColMajorMatrix<double> beside = transfer - ColMajorMatrix<double>(transfer.diagonal().asDiagonal());
  if (const double largest = beside.cwiseAbs().maxCoeff(); !(largest < 1e-9)) {
    throw ValueError(detail::text("qmtl: inverse_pauli_channel: channel '", channel.name(),
                                  "', expected a Pauli channel, got entries of its transfer matrix up to ", largest,
                                  " beside the diagonal (Pauli twirling makes it one)"));
  }
  if (const double least = transfer.diagonal().minCoeff(); !(least >= 1e-3)) {
    throw ValueError(detail::text("qmtl: inverse_pauli_channel: channel '", channel.name(),
                                  "', expected eigenvalues of at least 0.001, got ", least));
  }
  PauliQuasiMixture out{k, {}};
  const Index strings = dimension(2 * k);
  for (Index i = 0; i < strings; ++i) {
    const PauliString p = detail::pauli_of_digits(i, k);
    double sum = 0.0;
    for (Index j = 0; j < strings; ++j) {
      const PauliString q = detail::pauli_of_digits(j, k);
      const int anticommute = std::popcount((p.x & q.z) ^ (p.z & q.x)) & 1;
      sum += (anticommute != 0 ? -1 : 1) / transfer(static_cast<Eigen::Index>(j), static_cast<Eigen::Index>(j));
    }
    const double coefficient = sum / static_cast<double>(strings);
    if (i == 0 || std::abs(coefficient) > 1e-15) out.terms.push_back({coefficient, p});
  }
  return out;
}

/// A randomised program and what its values count with: plus or minus the cost.
struct WeightedProgram {
  Program program;
  double weight = 1.0;
};

/// The channels of a noisy program, undone one by one.
class ErrorCancellation {
 public:
  /// Throws as inverse_pauli_channel, for the first channel that cannot be undone. Those under a condition are undone
  /// under the same.
  explicit ErrorCancellation(Program noisy) : noisy_(std::move(noisy)) {
    for (const auto& step : noisy_.instructions()) {
      const auto* channel = std::get_if<Channel>(&step.action);
      if (channel == nullptr) continue;
      const auto [known, is_new] = inverses_.try_emplace(channel->first);
      if (is_new) {
        const auto kraus = noisy_.matrices().subspan(static_cast<std::size_t>(channel->first),
                                                     static_cast<std::size_t>(channel->count));
        known->second = inverse_pauli_channel(QuantumChannel({kraus.begin(), kraus.end()}));
      }
      cost_ *= known->second.cost();
    }
  }

  /// The product of the channels' costs: standard errors are as many times larger, or a little less.
  [[nodiscard]] double cost() const noexcept { return cost_; }

  /// The noisy program with a random Pauli string, without noise of its own, behind each channel. The mean of weight
  /// times expectation value is that of the program without the channels.
  [[nodiscard]] WeightedProgram sample(Rng& rng) const {
    ProgramCopy copy(noisy_);
    double weight = cost_;
    for (const auto& step : noisy_.instructions()) {
      copy.copy(step);
      const auto* channel = std::get_if<Channel>(&step.action);
      if (channel == nullptr) continue;
      const PauliTerm& drawn = draw(inverses_.at(channel->first), rng);
      if (drawn.coefficient < 0.0) weight = -weight;
      for (const auto& gate : pauli_gates(drawn.string, channel->qubits)) copy.program.append(gate, step.condition);
    }
    return {std::move(copy.program), weight};
  }

 private:
  [[nodiscard]] static const PauliTerm& draw(const PauliQuasiMixture& mixture, Rng& rng) {
    double left = rng.uniform() * mixture.cost();
    for (const auto& term : mixture.terms) {
      left -= std::abs(term.coefficient);
      if (left < 0.0) return term;
    }
    return mixture.terms.front();  // for rounding
  }

  Program noisy_;
  std::map<int, PauliQuasiMixture> inverses_;  ///< by the number of the channel's first operator
  double cost_ = 1.0;
};

/// What a noisy program would give without its channels: the mean over so many randomised copies, whose values
/// `evaluate(program)`, or `evaluate(program, seed)`, gives. The standard error is that of the mean. Throws ValueError
/// for fewer than two copies, or a cost that is not finite. Cost: as many evaluations.
template <CopyEvaluator<Program> Evaluate>
[[nodiscard]] Estimate cancelled_expectation(const ErrorCancellation& cancellation, std::size_t copies, Seed seed,
                                             Evaluate&& evaluate) {
  if (!std::isfinite(cancellation.cost())) {
    throw ValueError("qmtl: cancelled_expectation: cost, expected a finite number, got infinity");
  }
  return detail::mean_over_copies("cancelled_expectation", copies, seed, [&](Rng& rng) {
    const WeightedProgram drawn = cancellation.sample(rng);
    return drawn.weight * detail::value_of_copy(evaluate, drawn.program, rng);
  });
}

}  // namespace qmtl::inline QMTL_ABI
