// SPDX-License-Identifier: Apache-2.0
// A user's circuit of run-time size, 5,000 random gates: the same as its constexpr twin in everything that reads it.

#include <qmtl/circuit/dynamic_circuit.hpp>
#include <qmtl/gradient/dynamic_gradient.hpp>
#include <qmtl/qmtl.hpp>

#include <array>
#include <cstdio>
#include <vector>

using namespace qmtl;

constexpr int qubits = 4;
constexpr std::size_t gates = 5000;

/// Operation i of the circuit: any gate on any qubits, now and then with a feature or a weight.
constexpr Operation random_operation(std::uint64_t& state) {
  const auto draw = [&state](int bound) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    return static_cast<int>((state >> 33) % static_cast<std::uint64_t>(bound));
  };
  Operation op;
  op.gate = static_cast<Gate>(draw(gate_kinds));
  const int first = draw(qubits), step = draw(2) == 0 ? 1 : qubits - 1;
  for (int j = 0; j < qubits; ++j) op.qubits[static_cast<std::size_t>(j)] = (first + j * step) % qubits;
  for (int a = 0; a < info(op.gate).angles; ++a) {
    const double angle = 0.001 * draw(6000);
    const int kind = draw(40);
    op.angles[static_cast<std::size_t>(a)] =
        kind == 0 ? angle * feature(draw(2)) : (kind == 1 ? weight(draw(3)) + angle : Angle(angle));
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
  bool all = same("circuit", circuit == Twin::circuit);
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
