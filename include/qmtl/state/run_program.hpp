#pragma once
// SPDX-License-Identifier: Apache-2.0
// Programs on state vectors, one trajectory at a time: measurements collapse, channels draw one of their operators.

#include <algorithm>
#include <cmath>
#include <concepts>
#include <cstdint>
#include <limits>
#include <span>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "qmtl/circuit/program.hpp"
#include "qmtl/core/rng.hpp"
#include "qmtl/state/apply_matrix.hpp"
#include "qmtl/state/apply_operation.hpp"
#include "qmtl/state/dynamic_state.hpp"
#include "qmtl/state/sample_counts.hpp"

namespace qmtl::inline QMTL_ABI {

/// The values of a program's registers, one a register: bit j of values[r] is bit j of register r.
using RegisterValues = std::vector<std::uint64_t>;

namespace detail {

/// The density matrix of qubits of a state, not normalised. Bit j of its indices is qubit qubits[j]. Cost 2^N * 2^k.
template <QuantumState State>
[[nodiscard]] ColMajorMatrix<std::complex<double>> local_density(const State& state, std::span<const int> qubits) {
  const Places<double> places(qubits);
  const auto local = static_cast<Eigen::Index>(places.offsets.size());
  ColMajorMatrix<std::complex<double>> rho = ColMajorMatrix<std::complex<double>>::Zero(local, local);
  Eigen::Matrix<std::complex<double>, Eigen::Dynamic, 1> part(local);
  for_each_environment(places.sorted, qubits_of(state), [&](Index base) {
    for (Eigen::Index a = 0; a < local; ++a) {
      part[a] = std::complex<double>(state.data()[base | places.offsets[static_cast<std::size_t>(a)]]);
    }
    rho.noalias() += part * part.adjoint();
  });
  return rho;
}

/// How likely a Kraus operator is where the qubits' density matrix is rho: tr(K rho K^dagger).
template <std::same_as<OperationMatrix> Matrix>  // a template: products of matrices take long to compile
[[nodiscard]] double kraus_probability(const Matrix& kraus, const Matrix& rho) {
  return (kraus * rho).cwiseProduct(kraus.conjugate()).sum().real();
}

/// Runs instructions on one state of the register.
template <MutableState State, BitGenerator G>
class Trajectory {
 public:
  using S = typename State::Scalar;
  using Matrix = ColMajorMatrix<std::complex<S>>;

  Trajectory(const Program& program, State& state, std::span<std::uint64_t> values, G& rng, std::span<const S> features,
             std::span<const S> weights)
      : program_(&program), state_(&state), values_(values), rng_(&rng), x_(features.data()), w_(weights.data()) {}

  void run(std::span<const Instruction> instructions) {
    for (const auto& step : instructions) {
      if (step.condition && !holds(*step.condition)) continue;
      std::visit([this](const auto& action) { this->apply_action(action); }, step.action);
    }
  }

 private:
  [[nodiscard]] bool holds(const Condition& condition) const noexcept {
    return condition.holds(values_[static_cast<std::size_t>(condition.classical_register)]);
  }
  [[nodiscard]] Index size() const noexcept { return dimension(qubits_of(*state_)); }
  [[nodiscard]] Matrix matrix(int number) const {
    return program_->matrices()[static_cast<std::size_t>(number)].template cast<std::complex<S>>();
  }

  /// Throws ValueError for a squared norm that cannot be divided by.
  static void require_norm(double squared) {
    constexpr double low = std::numeric_limits<S>::min(), high = std::numeric_limits<S>::max();
    if (squared >= low && squared <= high) return;
    throw ValueError(
        text("qmtl: run: squared norm of the state, expected a number in [", low, ", ", high, "], got ", squared));
  }

  void apply_action(const Operation& op) { apply_operation(op, x_, w_, state_->data(), size()); }
  void apply_action(const ControlledOperation& op) { apply_operation(op, x_, w_, state_->data(), size()); }
  void apply_action(const MatrixOperation& op) {
    const Matrix m = matrix(op.matrix);
    apply_matrix(*state_, op.adjoint ? Matrix(m.adjoint()) : m, op.qubits);
  }
  void apply_action(const Barrier&) {}
  void apply_action(const Reset& reset) {
    if (measure(reset.qubit)) apply_action(gate::x(reset.qubit));
  }
  void apply_action(const Measurement& m) {
    bool one = measure(m.qubit);
    if (const double p = m.error.misread(one); p > 0.0 && uniform01(*rng_) < p) one = !one;
    const std::size_t r = program_->register_of(m.bit);
    const auto mask = std::uint64_t{1} << (m.bit - program_->registers()[r].first);
    values_[r] = one ? values_[r] | mask : values_[r] & ~mask;
  }

  /// Draws operator K_k with a probability as |K_k psi|^2 = tr(K_k rho K_k^dagger), rho being that of the qubits.
  void apply_action(const Channel& channel) {
    const auto rho = local_density(*state_, channel.qubits);
    const double whole = rho.trace().real();
    require_norm(whole);
    double left = uniform01(*rng_) * whole, probability = 0.0;
    int drawn = -1;
    for (int k = 0; k < channel.count && left >= 0.0; ++k) {
      const auto& kraus = program_->matrices()[static_cast<std::size_t>(channel.first) + static_cast<std::size_t>(k)];
      const double of_this = kraus_probability(kraus, rho);
      if (of_this <= 0.0) continue;  // rounding must not lead to what cannot happen
      drawn = channel.first + k;
      probability = of_this;
      left -= of_this;
    }
    apply_matrix(*state_, Matrix(matrix(drawn) / static_cast<S>(std::sqrt(probability))), channel.qubits);
  }

  /// Reads a qubit and leaves the state that has been read, of norm 1.
  [[nodiscard]] bool measure(int qubit) {
    double zero = 0.0, one = 0.0;
    auto* psi = state_->data();
    for (Index i = 0; i < size(); ++i) {
      (bit_of(i, qubit) != 0 ? one : zero) += static_cast<double>(std::norm(psi[i]));
    }
    require_norm(zero + one);
    const bool outcome = uniform01(*rng_) * (zero + one) >= zero;
    const auto scale = static_cast<S>(1.0 / std::sqrt(outcome ? one : zero));
    for (Index i = 0; i < size(); ++i) psi[i] *= (bit_of(i, qubit) != 0) == outcome ? scale : S(0);
    return outcome;
  }

  const Program* program_;
  State* state_;
  std::span<std::uint64_t> values_;
  G* rng_;
  const S *x_, *w_;
};

template <Scalar S>
void require_runnable(const Program& program, std::span<const S> features, std::span<const S> weights) {
  const auto require = [](std::string_view what, std::size_t given, int needed) {
    if (given < static_cast<std::size_t>(needed)) {
      throw ShapeError(text("qmtl: run: the program uses ", needed, ' ', what, ", got ", given));
    }
  };
  require("features", features.size(), feature_count(program));
  require("weights", weights.size(), weight_count(program));
}

/// Throws ShapeError or ValueError unless these can be the values of a program's registers.
inline void require_values(const Program& program, std::span<const std::uint64_t> values) {
  const auto registers = program.registers();
  require_size("run: register values", values.size(), registers.size());
  for (std::size_t r = 0; r < values.size(); ++r) {
    if (registers[r].bits >= 64 || values[r] >> registers[r].bits == 0) continue;
    throw ValueError(text("qmtl: run: value of register '", registers[r].name, "', expected ", registers[r].bits,
                          " bits, got ", values[r]));
  }
}

}  // namespace detail

/// Runs a program on a state of as many qubits and register values, one a register, that may be set before: one
/// trajectory. A measurement collapses the state, to what is there where it is misread, and a channel applies one of
/// its Kraus operators, drawn with their probabilities, so that the mean of |psi><psi| over trajectories is the density
/// matrix of the program. Same engine state, same trajectory. What draws leaves a state of norm 1, whatever its norm
/// before. Throws ShapeError for another number of qubits or registers, or too few features or weights, ValueError for
/// a value that its register cannot have, or a norm that is zero, not finite, or too small or large to square, where
/// something is drawn. Cost: 2^N an instruction, 2^(N + k) for matrices on k qubits.
template <class T, BitGenerator G>
requires MutableState<T>
void run(const Program& program, T&& state, std::span<std::uint64_t> values, G& rng,
         Parameters<typename std::remove_cvref_t<T>::Scalar> features = {},
         Parameters<typename std::remove_cvref_t<T>::Scalar> weights = {}) {
  using State = std::remove_reference_t<T>;
  detail::require_state(state);
  detail::require_size("run: qubits of the state", qubits_of(state), program.qubits());
  detail::require_values(program, values);
  detail::require_runnable<typename State::Scalar>(program, features, weights);
  State& target = state;
  detail::Trajectory<State, G>(program, target, values, rng, features, weights).run(program.instructions());
}

/// How often the registers of a program had these values.
struct ShotCount {
  RegisterValues values;
  std::size_t count = 0;

  friend bool operator==(const ShotCount&, const ShotCount&) = default;
};

namespace detail {

/// Whether instructions only read qubits, and none twice that may be misread, so that the outcomes of all follow from
/// the state before them.
[[nodiscard]] inline bool only_reads(std::span<const Instruction> steps) {
  std::vector<int> misread;
  for (const auto& step : steps) {
    const auto* m = std::get_if<Measurement>(&step.action);
    if (step.condition || (m == nullptr && !std::holds_alternative<Barrier>(step.action))) return false;
    if (m == nullptr || m->error == ReadoutError{}) continue;
    misread.push_back(m->qubit);
  }
  return std::all_of(misread.begin(), misread.end(), [&](int q) {
    return std::count_if(steps.begin(), steps.end(), [q](const Instruction& step) {
             const auto* m = std::get_if<Measurement>(&step.action);
             return m != nullptr && m->qubit == q;
           }) == 1;
  });
}

/// In the order of the values, the last register's first, and each once.
[[nodiscard]] inline std::vector<ShotCount> ordered(std::vector<ShotCount> shots) {
  std::sort(shots.begin(), shots.end(), [](const ShotCount& a, const ShotCount& b) {
    return std::lexicographical_compare(a.values.rbegin(), a.values.rend(), b.values.rbegin(), b.values.rend());
  });
  std::vector<ShotCount> counts;
  for (auto& shot : shots) {
    if (counts.empty() || counts.back().values != shot.values) counts.push_back({std::move(shot.values), 0});
    counts.back().count += shot.count;
  }
  return counts;
}

/// Counts of a program that ends with `reads`, from the state before them: multinomial numbers.
template <class State, BitGenerator G>
[[nodiscard]] std::vector<ShotCount> read_often(const Program& program, const State& state,
                                                std::span<const Instruction> reads, std::size_t shots, G& rng) {
  std::vector<int> qubits;
  std::vector<ReadoutError> errors;                 // of the qubits
  std::vector<std::pair<std::size_t, int>> places;  // of each measurement: the bit of an outcome, and of the program
  for (const auto& step : reads) {
    const auto* m = std::get_if<Measurement>(&step.action);
    if (m == nullptr) continue;
    const auto known = std::find(qubits.begin(), qubits.end(), m->qubit) - qubits.begin();
    if (known == std::ssize(qubits)) {
      qubits.push_back(m->qubit);
      errors.push_back(m->error);
    }
    places.emplace_back(static_cast<std::size_t>(known), m->bit);
  }
  Rng own(Seed{static_cast<std::uint64_t>(uniform01(rng) * 0x1p53)});
  Eigen::VectorXd read = marginal(state, qubits).template cast<double>();
  const std::span<double> probabilities(read.data(), static_cast<std::size_t>(read.size()));
  for (std::size_t j = 0; j < errors.size(); ++j) {
    if (errors[j] != ReadoutError{}) misread_bit(probabilities, static_cast<int>(j), errors[j]);
  }
  const auto drawn = multinomial(own, static_cast<std::int64_t>(shots), probabilities);
  std::vector<ShotCount> counts;
  for (std::size_t outcome = 0; outcome < drawn.size(); ++outcome) {
    if (drawn[outcome] == 0) continue;
    RegisterValues values(program.registers().size(), 0);
    for (const auto& [place, bit] : places) {
      const std::size_t r = program.register_of(bit);
      const auto mask = std::uint64_t{1} << (bit - program.registers()[r].first);
      values[r] = (outcome >> place & 1) != 0 ? values[r] | mask : values[r] & ~mask;
    }
    counts.push_back({std::move(values), static_cast<std::size_t>(drawn[outcome])});
  }
  return ordered(std::move(counts));
}

}  // namespace detail

/// Runs a program `shots` times from |0...0> and zeros in all registers, and counts the register values at the end, in
/// their order, the last register's first. Instructions before the first that draws are run once; if only measurements
/// follow, the counts are drawn at once. Throws as DynamicStateVector and run do, and ValueError for more than 2^53
/// shots. Cost: the instructions from the first that draws, a shot; of measurements at the end 2^N, whatever the shots,
/// unless a qubit is read twice and may be misread.
template <Scalar S = double, BitGenerator G>
[[nodiscard]] std::vector<ShotCount> sample(const Program& program, std::size_t shots, G& rng,
                                            Parameters<S> features = {}, Parameters<S> weights = {}) {
  detail::require_runnable<S>(program, features, weights);
  const auto steps = program.instructions();
  const auto draws = std::find_if(steps.begin(), steps.end(), [](const Instruction& step) {
    return std::holds_alternative<Measurement>(step.action) || std::holds_alternative<Reset>(step.action) ||
           std::holds_alternative<Channel>(step.action);
  });
  const auto certain = static_cast<std::size_t>(draws - steps.begin());
  const auto rest = steps.subspan(certain);
  const RegisterValues zeros(program.registers().size(), 0);
  DynamicStateVector<S> start(program.qubits());
  const auto run_from = [&](DynamicStateVector<S>& state, RegisterValues& values, std::span<const Instruction> part) {
    detail::Trajectory<DynamicStateVector<S>, G>(program, state, values, rng, features, weights).run(part);
  };
  RegisterValues values = zeros;
  run_from(start, values, steps.first(certain));
  if (detail::only_reads(rest)) return detail::read_often(program, start, rest, shots, rng);
  std::vector<ShotCount> outcomes;
  DynamicStateVector<S> state(program.qubits());
  for (std::size_t shot = 0; shot < shots; ++shot) {
    state = start;
    values = zeros;
    run_from(state, values, rest);
    outcomes.push_back({values, 1});
  }
  return detail::ordered(std::move(outcomes));
}

}  // namespace qmtl::inline QMTL_ABI
