#pragma once
// SPDX-License-Identifier: Apache-2.0
// DensityMatrix: what a noisy program makes of |0...0>, exactly.

#include <algorithm>
#include <complex>
#include <cstdint>
#include <map>
#include <numeric>
#include <span>
#include <utility>
#include <variant>
#include <vector>

#include "qmtl/noise/channel_matrices.hpp"
#include "qmtl/noise/standard_channels.hpp"
#include "qmtl/state/apply_matrix.hpp"
#include "qmtl/state/apply_operation.hpp"
#include "qmtl/state/dynamic_state.hpp"
#include "qmtl/state/run_program.hpp"
#include "qmtl/state/sampling.hpp"

namespace qmtl::inline QMTL_ABI {

/// A density matrix of 1 to 15 qubits as a state of 2N: rho(r, c) is amplitude r + 2^N c, so that the row's qubits come
/// first. Starts as |0...0><0...0|. Its trace is less than 1 where it stands for a part of all outcomes. Memory: 16
/// bytes an entry, 4^N entries.
class DensityMatrix {
 public:
  using Matrix = ColMajorMatrix<std::complex<double>>;

  static constexpr int max_qubits = qmtl::max_qubits / 2;

  /// Throws ShapeError for fewer than 1 qubit, MemoryError for more than 15 or where there is no memory.
  explicit DensityMatrix(int qubits) : state_(doubled(qubits)) {}

  [[nodiscard]] int qubits() const noexcept { return state_.qubits() / 2; }
  [[nodiscard]] auto matrix() const& noexcept {
    const auto size = static_cast<Eigen::Index>(dimension(qubits()));
    return Eigen::Map<const Matrix>(state_.data(), size, size);
  }
  /// Of one that ends, a copy.
  [[nodiscard]] Matrix matrix() && { return std::as_const(*this).matrix(); }
  [[nodiscard]] double trace() const { return matrix().trace().real(); }
  /// tr(rho^2).
  [[nodiscard]] double purity() const { return matrix().squaredNorm(); }

  /// The probabilities of the outcomes of measured qubits, bit j of an outcome being qubits[j]. Throws CircuitError
  /// unless they are distinct ones of the register.
  [[nodiscard]] std::vector<double> probabilities(std::span<const int> measured) const {
    detail::require_distinct_qubits("DensityMatrix: measured qubits", measured, qubits());
    std::vector<double> out(std::size_t{1} << measured.size());
    for (Index i = 0; i < dimension(qubits()); ++i) {
      out[detail::gather(i, measured)] += entry(i, i).real();
    }
    return out;
  }

  /// tr(O rho). Throws CircuitError for a term on other qubits. Cost 2^N a term.
  [[nodiscard]] double expectation(const PauliSum& observable) const {
    if (observable.support() >> qubits() != 0) {
      throw CircuitError(detail::text("qmtl: DensityMatrix: qubits of the observable, expected below ", qubits()));
    }
    double sum = 0.0;
    for (const auto& [coefficient, string] : observable.terms()) {
      for (Index c = 0; c < dimension(qubits()); ++c) {
        sum += coefficient * (detail::pauli_entry(string, c) * entry(c, c ^ string.x)).real();
      }
    }
    return sum;
  }

  /// U rho U^dagger for a gate, behind controls or not, whose features and weights are given. The caller checks that it
  /// fits. Cost: two gates on a state of 2N qubits.
  template <class Op>
  void apply_gate(const Op& op, std::span<const double> features = {}, std::span<const double> weights = {}) {
    const double *x = features.data(), *w = weights.data();
    detail::apply_operation(op, x, w, state_.data(), state_.size());
    conjugate();  // conj(U) on the column's qubits is U there between two conjugations
    detail::apply_operation(relabel(op, columns()), x, w, state_.data(), state_.size());
    conjugate();
  }

  /// K rho K^dagger for a matrix on qubits, unitary or not. Throws CircuitError for qubits that do not fit, ShapeError
  /// for another size of K. Cost 4^N * 2^k.
  void apply_matrix(const Matrix& k, std::span<const int> on) {
    detail::require_distinct_qubits("DensityMatrix: qubits of a matrix", on, qubits());
    qmtl::apply_matrix(state_, k, on);
    qmtl::apply_matrix(state_, k.conjugate(), raised(on));
  }

  /// A channel's superoperator on qubits. Throws as apply_matrix. Cost 4^N * 4^k.
  void apply_superoperator(const Matrix& superoperator, std::span<const int> on) {
    detail::require_distinct_qubits("DensityMatrix: qubits of a channel", on, qubits());
    std::vector<int> doubled(on.begin(), on.end());
    const auto columns = raised(on);
    doubled.insert(doubled.end(), columns.begin(), columns.end());
    qmtl::apply_matrix(state_, superoperator, doubled);
  }

  /// The part in which a qubit was found to be 0 or 1, not normalised.
  void project(int qubit, bool one) noexcept {
    const Index row = qubit_mask(qubit), column = qubit_mask(qubit + qubits()), kept = one ? row | column : 0;
    for (Index i = 0; i < state_.size(); ++i) {
      if ((i & (row | column)) != kept) state_[i] = 0.0;
    }
  }

  /// All outcomes a fraction as likely.
  DensityMatrix& operator*=(double fraction) {
    state_.vector() *= fraction;
    return *this;
  }
  /// Adds another part. Throws ShapeError for another number of qubits.
  DensityMatrix& operator+=(const DensityMatrix& other) {
    detail::require_size("DensityMatrix: qubits of the summand", other.qubits(), qubits());
    state_.vector() += other.state_.vector();
    return *this;
  }

 private:
  [[nodiscard]] static int doubled(int qubits) {
    if (qubits < 1) throw ShapeError(detail::text("qmtl: DensityMatrix: qubits, expected 1 or more, got ", qubits));
    if (qubits > max_qubits) {
      throw MemoryError(detail::text("qmtl: DensityMatrix: qubits, expected at most ", max_qubits, ", got ", qubits));
    }
    return 2 * qubits;
  }
  [[nodiscard]] std::complex<double> entry(Index row, Index column) const noexcept {
    return state_[row | column << qubits()];
  }
  [[nodiscard]] std::vector<int> columns() const {
    std::vector<int> map(static_cast<std::size_t>(qubits()));
    std::iota(map.begin(), map.end(), qubits());
    return map;
  }
  [[nodiscard]] std::vector<int> raised(std::span<const int> on) const {
    std::vector<int> out(on.begin(), on.end());
    for (int& q : out) q += qubits();
    return out;
  }
  void conjugate() { state_.vector() = state_.vector().conjugate(); }

  DynamicStateVector<double> state_;
};

/// A program's outcome with what it leaves behind: the trace of rho is its probability.
struct DensityBranch {
  RegisterValues values;
  DensityMatrix rho;
};

namespace detail {

/// Runs a program, which must outlive it, on all of its branches, those with the same register values together. What
/// only depends on the program is kept from run to run.
class DensitySimulator {
 public:
  explicit DensitySimulator(const Program& program) : program_(&program) {}

  /// The caller checks the numbers of features and weights.
  [[nodiscard]] std::vector<DensityBranch> run(std::span<const double> features, std::span<const double> weights) {
    x_ = features;
    w_ = weights;
    branches_.clear();
    branches_.push_back({RegisterValues(program_->registers().size(), 0), DensityMatrix(program_->qubits())});
    for (const auto& step : program_->instructions()) {
      if (const auto* measurement = std::get_if<Measurement>(&step.action)) {
        measure(*measurement, step.condition);
        continue;
      }
      for (auto& branch : branches_) {
        if (!holds(step.condition, branch.values)) continue;
        std::visit([&](const auto& action) { this->apply(action, branch.rho); }, step.action);
      }
    }
    return std::move(branches_);
  }

 private:
  [[nodiscard]] static bool holds(const std::optional<Condition>& condition, const RegisterValues& values) {
    return !condition || condition->holds(values[static_cast<std::size_t>(condition->classical_register)]);
  }

  void apply(const Operation& op, DensityMatrix& rho) const { rho.apply_gate(op, x_, w_); }
  void apply(const ControlledOperation& op, DensityMatrix& rho) const { rho.apply_gate(op, x_, w_); }
  void apply(const MatrixOperation& op, DensityMatrix& rho) const {
    const auto& m = program_->matrices()[static_cast<std::size_t>(op.matrix)];
    rho.apply_matrix(op.adjoint ? OperationMatrix(m.adjoint()) : m, op.qubits);
  }
  void apply(const Channel& channel, DensityMatrix& rho) {
    auto& known = superoperators_[channel.first];
    if (known.size() == 0) {
      const auto kraus = program_->matrices().subspan(static_cast<std::size_t>(channel.first),
                                                      static_cast<std::size_t>(channel.count));
      known = superoperator(QuantumChannel({kraus.begin(), kraus.end()}));
    }
    rho.apply_superoperator(known, channel.qubits);
  }
  void apply(const Reset& reset, DensityMatrix& rho) const {
    rho.apply_superoperator(reset_, std::span(&reset.qubit, 1));
  }
  void apply(const Barrier&, DensityMatrix&) const {}
  void apply(const Measurement&, DensityMatrix&) const {}  // see measure

  void measure(const Measurement& m, const std::optional<Condition>& condition) {
    const std::size_t r = program_->register_of(m.bit);
    const auto mask = std::uint64_t{1} << (m.bit - program_->registers()[r].first);
    const auto add_read = [&](DensityBranch branch, bool one, double share) {
      branch.values[r] = one ? branch.values[r] | mask : branch.values[r] & ~mask;
      if (share < 1.0) branch.rho *= share;
      add(std::move(branch));
    };
    for (auto& branch : std::exchange(branches_, {})) {
      if (!holds(condition, branch.values)) {
        add(std::move(branch));
        continue;
      }
      for (const bool one : {false, true}) {
        DensityBranch there = branch;
        there.rho.project(m.qubit, one);
        if (!(there.rho.trace() > 0.0)) continue;
        const double misread = m.error.misread(one);
        if (misread > 0.0) add_read(there, !one, misread);
        if (misread < 1.0) add_read(std::move(there), one, 1 - misread);
      }
    }
  }

  void add(DensityBranch branch) {
    const auto known = std::find_if(branches_.begin(), branches_.end(),
                                    [&](const DensityBranch& other) { return other.values == branch.values; });
    if (known == branches_.end()) {
      branches_.push_back(std::move(branch));
    } else {
      known->rho += branch.rho;
    }
  }

  const Program* program_;
  std::span<const double> x_, w_;
  std::vector<DensityBranch> branches_;
  std::map<int, OperationMatrix> superoperators_;  ///< by the number of the channel's first operator
  OperationMatrix reset_ = superoperator(amplitude_damping(1));
};

}  // namespace detail

/// All outcomes of a program on |0...0> that can happen, with their density matrices: the mean over the trajectories of
/// `run`. Throws as DensityMatrix, and ShapeError for too few features or weights. Cost: 4^N an instruction and
/// outcome, of which there may be 2^bits; 4^(N + k) for channels on k qubits.
[[nodiscard]] inline std::vector<DensityBranch> density_branches(const Program& program,
                                                                 Parameters<double> features = {},
                                                                 Parameters<double> weights = {}) {
  detail::require_runnable<double>(program, features, weights);
  return detail::DensitySimulator(program).run(features, weights);
}

/// The density matrix that a program leaves, whatever was read. Throws and costs as density_branches.
[[nodiscard]] inline DensityMatrix density_matrix(const Program& program, Parameters<double> features = {},
                                                  Parameters<double> weights = {}) {
  auto branches = density_branches(program, features, weights);
  for (std::size_t b = 1; b < branches.size(); ++b) branches.front().rho += branches[b].rho;
  return std::move(branches.front().rho);
}

}  // namespace qmtl::inline QMTL_ABI
