// expect: qmtl: a qubit must be below the circuit's qubit count
// lines: 15
// SPDX-License-Identifier: Apache-2.0
// A gate on a qubit that the circuit does not have.

#include "qmtl/circuit/circuit.hpp"

using namespace qmtl;

#ifdef QMTL_CONTROL
constexpr auto bell = make_circuit<2>(gate::h(0), gate::cx(0, 1));
#else
constexpr auto bell = make_circuit<2>(gate::h(0), gate::cx(0, 2));
#endif

static_assert(bell.size == 2);
