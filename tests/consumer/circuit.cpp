// SPDX-License-Identifier: Apache-2.0
// A user's circuit of run-time size, 5,000 random gates: the same as its constexpr twin in everything that reads it,
// and as 16 amplitudes multiplied out; with a gate of the user's own.

#include <qmtl/circuit/dynamic_circuit.hpp>
#include <qmtl/gradient/dynamic_gradient.hpp>
#include <qmtl/qmtl.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <complex>
#include <cstdio>
#include <span>
#include <utility>
#include <vector>

using namespace qmtl;

constexpr int qubits = 4;
constexpr std::size_t gates = 5000;

/// Operation i of the circuit: any gate on any qubits, now and then with features and weights.
constexpr Operation random_operation(std::uint64_t& state) {
  const auto draw = [&state](int bound) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    return static_cast<int>((state >> 33) % static_cast<std::uint64_t>(bound));
  };
  Operation op;
  op.gate = static_cast<Gate>(draw(gate_kinds));
  op.qubits = {0, 1, 2, 3};
  for (int j = 0; j < qubits; ++j) {
    std::swap(op.qubits[static_cast<std::size_t>(j)], op.qubits[static_cast<std::size_t>(j + draw(qubits - j))]);
  }
  for (int a = 0; a < info(op.gate).angles; ++a) {
    auto& angle = op.angles[static_cast<std::size_t>(a)];
    const double number = 0.001 * draw(6000);
    const int i = draw(2), j = draw(3), k = draw(3);
    switch (draw(80)) {
      case 0: angle = number * feature(i); break;
      case 1: angle = weight(j) + number; break;
      case 2: angle = (feature(0) + number) * (1.0 - feature(1)); break;
      case 3: angle = trainable_feature(j, k, i, number); break;
      case 4: angle = number + 2.0 * weight(j) * feature(i); break;
      default: angle = number;
    }
  }
  return op;
}

struct Twin {
  static constexpr auto circuit = [] {
    Circuit<qubits, static_cast<int>(gates)> out;
    std::uint64_t state = 7;
    for (auto& op : out.operations) op = random_operation(state);
    return out;
  }();
};

bool same(const char* what, bool equal) {
  if (!equal) std::printf("%s: not the same\n", what);
  return equal;
}

template <class A, class B>
bool same_vjp(const char* what, const A& a, const B& b) {
  return same(what, a.value == b.value && (a.features.array() == b.features.array()).all() &&
                        (a.weights.array() == b.weights.array()).all());
}

using Vector = std::array<std::complex<double>, 1 << qubits>;

/// An angle by the formulas of the documentation.
double value(const Angle& a, const std::vector<double>& x, const std::vector<double>& w) {
  const auto at = [](const std::vector<double>& list, int i) { return list[static_cast<std::size_t>(i)]; };
  switch (a.source) {
    case AngleSource::constant: return a.offset;
    case AngleSource::feature: return a.scale * at(x, a.index) + a.offset;
    case AngleSource::weight: return a.scale * at(w, a.index) + a.offset;
    case AngleSource::feature_product:
      return a.scale * (at(x, a.index) + a.shift) * (at(x, a.second) + a.second_shift) + a.offset;
    case AngleSource::weighted_feature: break;
  }
  const double phase = a.third == no_phase ? 0.0 : at(w, a.third);
  return a.scale * (phase + (at(w, a.index) + a.shift) * at(x, a.second)) + a.offset;
}

/// A matrix on qubits, bit j of its index being the j-th, written out over all amplitudes.
template <class Matrix>
Vector applied(const Matrix& matrix, const std::vector<int>& on, const Vector& in) {
  Vector out{};
  for (std::size_t i = 0; i < in.size(); ++i) {
    std::size_t row = 0;
    for (std::size_t j = 0; j < on.size(); ++j) row |= (i >> on[j] & 1) << j;
    for (std::size_t column = 0; column < std::size_t{1} << on.size(); ++column) {
      std::size_t from = i;
      for (std::size_t j = 0; j < on.size(); ++j) {
        from = (from & ~(std::size_t{1} << on[j])) | (column >> j & 1) << on[j];
      }
      out[i] += matrix(static_cast<Eigen::Index>(row), static_cast<Eigen::Index>(column)) * in[from];
    }
  }
  return out;
}

/// The amplitudes of a list of gates, each as the matrix that it has on a register of its own.
Vector dense_state(std::span<const Operation> ops, const std::vector<double>& x, const std::vector<double>& w) {
  Vector psi{1.0};
  for (Operation op : ops) {
    const std::vector<int> on(op.targets().begin(), op.targets().end());
    op.qubits = {0, 1, 2, 3};
    for (auto& angle : op.angles) angle = value(angle, x, w);
    psi = applied(unitary(CircuitView(static_cast<int>(on.size()), std::span(&op, 1))), on, psi);
  }
  return psi;
}

template <class State>
bool near(const State& state, const Vector& expected) {
  double largest = 0.0;
  for (std::size_t i = 0; i < expected.size(); ++i) largest = std::max(largest, std::abs(state[i] - expected[i]));
  return largest < 1e-9;
}

/// A gate that is not in the library, fSim of 0.4 and 0.7, and X behind three controls, after the circuit.
bool own_gates(const DynamicCircuit& circuit, const Vector& before, const std::vector<double>& x,
               const std::vector<double>& w) {
  const std::complex<double> c = std::cos(0.4), s(0.0, -std::sin(0.4)), phase = std::polar(1.0, -0.7);
  OperationMatrix fsim(4, 4);
  fsim << 1, 0, 0, 0, 0, c, s, 0, 0, s, c, 0, 0, 0, 0, phase;
  DynamicCircuit own(circuit);
  own.unitary(fsim, {3, 1}, "fsim").append(gate::mcx({0, 1, 3}, 2));
  Vector expected = applied(fsim, {3, 1}, before);
  std::swap(expected[0b1011], expected[0b1111]);
  DynamicCircuit there_and_back(own);
  there_and_back.append(inverse(own));
  const auto back = run(there_and_back, x, w);
  return same("own gates", near(run(own, x, w), expected)) && same("back", near(back, Vector{1.0}));
}

int main() {
  DynamicCircuit circuit(qubits);
  std::uint64_t state = 7;
  for (std::size_t i = 0; i < gates; ++i) circuit.append(random_operation(state));

  const std::vector<double> x{0.3, -1.1}, w{0.5, 0.9, -0.2}, one{1.0};
  const PauliSum energy = 0.5 * pauli_z(0) * pauli_x(2) + pauli_y(3);
  const std::array window{1, 3};
  const std::span observables(&energy, 1);
  const auto ours = run(circuit, x, w);
  const auto theirs = run(Twin::circuit, x, w);
  const Vector dense = dense_state(circuit.ops(), x, w);
  bool all = same("circuit", circuit == Twin::circuit);
  all = same("dense state", near(ours, dense)) && all;
  all = own_gates(circuit, dense, x, w) && all;
  all = same("state", (ours.vector().array() == theirs.vector().array()).all()) && all;
  all = same("counts", to_string(counts(circuit)) == to_string(counts(Twin::circuit))) && all;
  all = same("drawing", draw(circuit) == draw(Twin::circuit)) && all;
  all =
      same("light cone", light_cone(circuit, window).operations == light_cone(Twin::circuit, window).operations) && all;
  all = same_vjp("adjoint", adjoint_vjp(circuit, x, w, observables, one), adjoint_vjp<Twin>(x, w, observables, one)) &&
        all;
  const auto shift = shift_vjp(circuit, x, w, observables, one);
  all = same_vjp("shift", shift, shift_vjp<Twin>(x, w, observables, one)) && all;
  return all ? 0 : 1;
}
