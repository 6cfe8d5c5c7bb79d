// error: qmtl: a readout's terms must be constants with finite coefficients, of its observables, on its qubits
// lines: 15
// SPDX-License-Identifier: Apache-2.0
// A readout of a user whose term acts beyond its width.

#include "qmtl/head/task.hpp"

using namespace qmtl;

struct Own : LinearLogits<1, FixedScale<2>> {
  static constexpr int classes = 0, width = 2;
#ifdef QMTL_CONTROL
  static constexpr std::array terms{ObservableTerm { 0, 0.5 * pauli_x(1) }};
#else
  static constexpr std::array terms{ObservableTerm{0, 0.5 * pauli_x(2)}};
#endif
  static std::string describe() { return "own"; }
};
using T = Task<"t", RotationBlock<3>, Window<0, 3>, Own>;

static_assert(T::outputs > 0);
