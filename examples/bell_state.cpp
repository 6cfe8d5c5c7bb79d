// SPDX-License-Identifier: Apache-2.0
// A Bell state: build a circuit at compile time, draw it, run it, measure it exactly and by sampling.

#include <cmath>
#include <cstdio>
#include <qmtl/qmtl.hpp>

using namespace qmtl;

int main() {
  constexpr auto bell = make_circuit<2>(gate::h(0), gate::cx(0, 1));
  static_assert(depth(bell) == 2 && two_qubit_depth(bell) == 1);
  std::printf("%s\n%s\n\n", draw(bell).c_str(), to_string(counts(bell)).c_str());

  const auto state = run(bell);
  for (Index i = 0; i < state.size(); ++i) {
    std::printf("|%s>  amplitude %.4f\n", bit_string<2>(i).c_str(), state[i].real());
  }

  const double zz = expectation(state, pauli_z(0) * pauli_z(1));
  const double z = expectation(state, pauli_z(0));
  std::printf("\n<Z0 Z1> = %.3f, <Z0> = %.3f\n\n", zz, z);

  Rng rng(Seed{1});
  const auto outcomes = sample(state, 1000, rng);
  const auto counts = histogram<2>(outcomes);
  for (Index i = 0; i < counts.size(); ++i) std::printf("%s  %zu of 1000\n", bit_string<2>(i).c_str(), counts[i]);

  const bool correlated = counts[1] == 0 && counts[2] == 0;
  return correlated && std::abs(zz - 1) < 1e-12 && std::abs(z) < 1e-12 ? 0 : 1;
}
