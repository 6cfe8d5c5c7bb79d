// SPDX-License-Identifier: Apache-2.0
// A Bell state: build a circuit at compile time, draw it, run it, measure it exactly and by sampling. With a namespace
// alias, for programs with names of their own.

#include <cmath>
#include <cstdio>
#include <qmtl/qmtl.hpp>

namespace q = qmtl;

int main() {
  constexpr auto bell = q::make_circuit<2>(q::gate::h(0), q::gate::cx(0, 1));
  static_assert(q::depth(bell) == 2 && q::two_qubit_depth(bell) == 1);
  std::printf("%s\n%s\n\n", q::draw(bell).c_str(), q::to_string(q::counts(bell)).c_str());

  const auto state = q::run(bell);
  for (q::Index i = 0; i < state.size(); ++i) {
    std::printf("|%s>  amplitude %.4f\n", q::bit_string<2>(i).c_str(), state[i].real());
  }

  const double zz = q::expectation(state, q::pauli_z(0) * q::pauli_z(1));
  const double z = q::expectation(state, q::pauli_z(0));
  std::printf("\n<Z0 Z1> = %.3f, <Z0> = %.3f\n\n", zz, z);

  q::Rng rng(q::Seed{1});
  const auto outcomes = q::sample(state, 1000, rng);
  const auto counts = q::histogram<2>(outcomes);
  for (q::Index i = 0; i < counts.size(); ++i) std::printf("%s  %zu of 1000\n", q::bit_string<2>(i).c_str(), counts[i]);

  const bool correlated = counts[1] == 0 && counts[2] == 0;
  return correlated && std::abs(zz - 1) < 1e-12 && std::abs(z) < 1e-12 ? 0 : 1;
}
