// SPDX-License-Identifier: Apache-2.0
// What circuits on four qubits can represent, against the number of their layers: expressibility and entanglement.

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <qmtl/diagnostics/entangling_capability.hpp>
#include <qmtl/diagnostics/expressibility.hpp>
#include <qmtl/head/quantum_head.hpp>

using namespace qmtl;

/// Prints a line of the table and returns the divergence from Haar-random states.
template <class C>
double line(const char* name, int layers) {
  Rng rng(Seed{1});
  const auto q = entangling_capability<C>(rng, {.draws = 1000});
  const double divergence = expressibility<C>(rng).divergence;
  std::printf("%-26s%8d%8d%12.4f%10.3f +- %.3f\n", name, layers, features_of<C> + weights_of<C>, divergence, q.mean,
              q.deviation / std::sqrt(static_cast<double>(q.count)));
  return divergence;
}

/// Prints the lines of one number of layers; true if the blocks come closer to random states than the encodings.
template <int L>
bool lines() {
  const double cz = line<AngleEncoding<4, Axis::Y, CzRing, Layers<L>>>("angle encoding, CZ ring", L);
  const double cx = line<AngleEncoding<4, Axis::Y, CxRing, Layers<L>>>("angle encoding, CX ring", L);
  const double rotation = line<RotationBlock<4, Layers<L>>>("rotation block", L);
  const double entangling = line<StronglyEntanglingBlock<4, Layers<L>>>("strongly entangling block", L);
  return std::max(rotation, entangling) < std::min(cz, cx);
}

int main() {
  std::printf("Divergence 0: as expressive as can be. Mean Q: 0 for product states, 0.824 for Haar-random ones.\n\n");
  std::printf("%-26s%8s%8s%12s%10s\n", "circuit", "layers", "angles", "divergence", "mean Q");
  const bool one = lines<1>(), two = lines<2>(), three = lines<3>();
  return one && two && three ? 0 : 1;
}
