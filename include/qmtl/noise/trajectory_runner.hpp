#pragma once
// SPDX-License-Identifier: Apache-2.0
// One program on state vectors many times: what trajectories have in common is done once.

#include "qmtl/core/eigen.hpp"  // before any other header of Eigen

#include <Eigen/Eigenvalues>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <map>
#include <numeric>
#include <span>
#include <utility>
#include <variant>
#include <vector>

#include "qmtl/noise/channel_matrices.hpp"
#include "qmtl/state/run_program.hpp"

namespace qmtl::inline QMTL_ABI::detail {

/// A channel with the operator that is applied at least as often as `usual` says, whatever the state: the smallest
/// eigenvalue of its K^dagger K, which of a mixture of unitary matrices is its probability.
struct Branching {
  double usual = 0.0;
  bool mixture = false;
  std::vector<OperationMatrix> operators;  ///< the usual one first; those of a mixture unitary
  std::vector<double> others;              ///< of a mixture, the probabilities of the others, and 0 of the usual one

  explicit Branching(const QuantumChannel& channel) : operators(channel.kraus().begin(), channel.kraus().end()) {
    const auto known = mixture_probabilities(channel);
    mixture = known.has_value();
    std::vector<double> least;
    for (std::size_t k = 0; k < operators.size(); ++k) {
      if (mixture) operators[k] /= std::sqrt((*known)[k]);
      const OperationMatrix effect = operators[k].adjoint() * operators[k];
      least.push_back(mixture ? (*known)[k]
                              : Eigen::SelfAdjointEigenSolver<OperationMatrix>(effect).eigenvalues().minCoeff());
    }
    const auto first = std::max_element(least.begin(), least.end()) - least.begin();
    std::swap(operators.front(), operators[static_cast<std::size_t>(first)]);
    std::swap(least.front(), least[static_cast<std::size_t>(first)]);
    usual = operators.size() == 1 ? 1.0 : std::max(0.0, least.front());
    least.front() = 0.0;
    if (mixture) others = std::move(least);
  }

  /// Whether the usual operator is the identity but for a phase.
  [[nodiscard]] bool does_nothing() const {
    const auto& k = operators.front();
    return mixture && (k - k(0, 0) * OperationMatrix::Identity(k.rows(), k.cols())).cwiseAbs().maxCoeff() < 1e-12;
  }
};

/// A program that is run often. The matrices of gates are computed once, and trajectories share one state until
/// something happens in a channel that is not its usual operator: which does not depend on the state.
template <Scalar S>
class TrajectoryRunner {
 public:
  using State = DynamicStateVector<S>;

  /// The program must outlive the runner.
  explicit TrajectoryRunner(const Program& program) : program_(&program), shared_(program.qubits()), own_(shared_) {
    for (const auto& instruction : program.instructions()) {
      const auto* channel = std::get_if<Channel>(&instruction.action);
      Step step{&instruction};
      if (channel != nullptr && !instruction.condition) {
        step.branching = &branching_of(*channel);
        step.skipped = step.branching->does_nothing();
        if (!step.skipped && channel->qubits.size() == 1) {
          step.parts.push_back(part_of(step.branching->operators.front(), channel->qubits.front()));
        }
        loses_norm_ |= !step.branching->mixture;
      }
      steps_.push_back(std::move(step));
    }
    find_common_part();
  }
  TrajectoryRunner(const TrajectoryRunner&) = delete;
  TrajectoryRunner& operator=(const TrajectoryRunner&) = delete;

  /// Features and weights, whose numbers the caller checks; they are looked at until the next call.
  void bind(std::span<const S> features, std::span<const S> weights) {
    x_ = features;
    w_ = weights;
    for (auto& step : steps_) {
      const auto* op = std::get_if<Operation>(&step.instruction->action);
      if (op == nullptr || step.instruction->condition) continue;
      step.parts.clear();
      step.skipped = true;
      for_each_part(*op, false, [&](const Elementary& part) {
        step.skipped = false;
        const auto matrix = matrix_of(part.gate, angle_of(part, *op, x_.data(), w_.data()));
        step.parts.push_back({part.pairs, shape_of(part.gate), matrix});
      });
    }
  }

  /// The probability that a trajectory has another final state than `common`: 1 where it may end in many, as what is
  /// measured does.
  [[nodiscard]] double parting() const noexcept { return 1 - certain_; }

  /// The final state of all trajectories that do not part, of which there must be some.
  [[nodiscard]] const State& common() {
    Rng unused(Seed{0});
    start();
    advance<true>(shared_, 0, steps_.size(), unused);
    normalise(shared_);
    return shared_;
  }

  /// Calls visit(state) with the final state of each of `count` trajectories that part.
  template <class Visit>
  void run(std::size_t count, Rng& rng, const Visit& visit) {
    std::vector<Fork> forks;
    forks.reserve(count);
    for (std::size_t t = 0; t < count; ++t) {
      Rng own = rng.split();
      const std::size_t step = first_fork(std::max(certain_, 1 - parting() * own.uniform()));
      forks.push_back({step, own});
    }
    std::stable_sort(forks.begin(), forks.end(), [](const Fork& a, const Fork& b) { return a.step < b.step; });
    start();
    std::size_t at = 0;
    for (auto& [step, own] : forks) {
      values_.assign(program_->registers().size(), 0);
      advance<true>(shared_, at, step, own);
      at = step;
      own_.vector() = shared_.vector();
      std::size_t next = at;
      if (steps_[at].branching != nullptr) apply_unusual(own_, steps_[next++], own);
      advance<false>(own_, next, steps_.size(), own);
      normalise(own_);
      visit(std::as_const(own_));
    }
  }

 private:
  using Matrix = ColMajorMatrix<std::complex<S>>;

  /// A 2x2 matrix on pairs of amplitudes.
  struct Part {
    PairSet pairs;
    PairShape shape;
    Matrix2<S> matrix;
  };
  struct Step {
    const Instruction* instruction;
    const Branching* branching = nullptr;  ///< of a channel without a condition
    bool skipped = false;                  ///< what is usual is nothing
    std::vector<Part> parts{};             ///< a gate without a condition, or what is usual of a channel on one qubit
  };
  struct Fork {
    std::size_t step;
    Rng rng;
  };

  [[nodiscard]] const Branching& branching_of(const Channel& channel) {
    auto known = branchings_.find(channel.first);
    if (known == branchings_.end()) {
      const auto kraus = program_->matrices().subspan(static_cast<std::size_t>(channel.first),
                                                      static_cast<std::size_t>(channel.count));
      known = branchings_.emplace(channel.first, QuantumChannel({kraus.begin(), kraus.end()})).first;
    }
    return known->second;
  }

  [[nodiscard]] static Part part_of(const OperationMatrix& k, int qubit) {
    Part part{{{qubit}, 1, 0, qubit_mask(qubit)}, PairShape::general, {}};
    for (Eigen::Index r = 0; r < 2; ++r) {
      for (Eigen::Index c = 0; c < 2; ++c) {
        part.matrix.re[r][c] = static_cast<S>(k(r, c).real());
        part.matrix.im[r][c] = static_cast<S>(k(r, c).imag());
      }
    }
    if (k.imag().isZero(0.0)) part.shape = PairShape::real;
    if (k(0, 1) == 0.0 && k(1, 0) == 0.0) part.shape = PairShape::diagonal;
    return part;
  }

  /// Whether a step may draw, with probabilities that depend on the state, or depends on what was read.
  [[nodiscard]] static bool ends_common_part(const Step& step) {
    const auto& action = step.instruction->action;
    return step.instruction->condition || std::holds_alternative<Measurement>(action) ||
           std::holds_alternative<Reset>(action);
  }

  void find_common_part() {
    double survival = 1.0;
    for (; common_ < steps_.size() && !ends_common_part(steps_[common_]); ++common_) {
      const auto* branching = steps_[common_].branching;
      if (branching == nullptr || branching->usual == 1.0) continue;
      survival *= branching->usual;
      survivals_.emplace_back(survival, common_);
    }
    if (common_ == steps_.size()) certain_ = survival;
  }

  void start() {
    shared_.vector().setZero();
    shared_[0] = S(1);
  }

  /// Where a trajectory leaves the common state, for a uniform number.
  [[nodiscard]] std::size_t first_fork(double uniform) const {
    const auto found = std::partition_point(survivals_.begin(), survivals_.end(),
                                            [uniform](const auto& s) { return s.first > uniform; });
    return found == survivals_.end() ? common_ : found->second;
  }

  /// Runs steps; on the common state all that happens is usual.
  template <bool Common>
  void advance(State& state, std::size_t from, std::size_t to, Rng& rng) {
    for (; from < to; ++from) {
      const Step& step = steps_[from];
      if (!Common && step.branching != nullptr && rng.uniform() >= step.branching->usual) {
        apply_unusual(state, step, rng);
      } else if (!step.parts.empty()) {
        for (const Part& part : step.parts) apply_part(part, state);
      } else if (step.branching != nullptr) {
        if (!step.skipped) apply(state, step, step.branching->operators.front());
      } else if (!step.skipped) {
        Trajectory<State, Rng>(*program_, state, values_, rng, x_, w_).run({step.instruction, 1});
      }
    }
  }

  static void apply_part(const Part& p, State& state) noexcept {
    switch (p.shape) {
      case PairShape::exchange: return apply_exchange(p.pairs, state.data(), state.size());
      case PairShape::diagonal: return apply_diagonal(p.pairs, p.matrix, state.data(), state.size());
      case PairShape::real: return apply_real(p.pairs, p.matrix, state.data(), state.size());
      default: return apply_general(p.pairs, p.matrix, state.data(), state.size());
    }
  }

  static void apply(State& state, const Step& step, const OperationMatrix& k) {
    const auto& qubits = std::get<Channel>(step.instruction->action).qubits;
    if (qubits.size() == 1) return apply_part(part_of(k, qubits.front()), state);
    apply_matrix(state, k.template cast<std::complex<S>>(), qubits);
  }

  /// Applies one of the operators by what is left of their probabilities without the usual part of the usual one.
  static void apply_unusual(State& state, const Step& step, Rng& rng) {
    const Branching& channel = *step.branching;
    if (channel.mixture) return apply(state, step, channel.operators[drawn(channel.others, rng)]);
    const auto rho = local_density(state, std::get<Channel>(step.instruction->action).qubits);
    std::vector<double> all;
    for (const auto& k : channel.operators) all.push_back(kraus_probability(k, rho));
    auto left = all;
    left.front() = std::max(0.0, left.front() - channel.usual * rho.trace().real());
    const std::size_t k = drawn(left, rng);
    apply(state, step, channel.operators[k] / std::sqrt(all[k]));
  }

  /// A place, with probabilities as these.
  [[nodiscard]] static std::size_t drawn(const std::vector<double>& probabilities, Rng& rng) {
    double left = rng.uniform() * std::accumulate(probabilities.begin(), probabilities.end(), 0.0);
    std::size_t last = 0;
    for (std::size_t k = 0; k < probabilities.size() && left >= 0.0; ++k) {
      if (!(probabilities[k] > 0.0)) continue;  // rounding must not lead to what cannot happen
      last = k;
      left -= probabilities[k];
    }
    return last;
  }

  void normalise(State& state) const {
    if (loses_norm_) state.vector() /= state.vector().norm();
  }

  const Program* program_;
  std::span<const S> x_, w_;
  std::map<int, Branching> branchings_;  ///< by the number of the channel's first operator
  std::vector<Step> steps_;
  bool loses_norm_ = false;                                ///< usual operators are not all unitary
  std::size_t common_ = 0;                                 ///< the first step that ends what trajectories share
  std::vector<std::pair<double, std::size_t>> survivals_;  ///< after a step: the probability that all was usual
  double certain_ = 0.0;                                   ///< the probability that all is usual to the end
  State shared_, own_;
  RegisterValues values_;
};

}  // namespace qmtl::inline QMTL_ABI::detail
