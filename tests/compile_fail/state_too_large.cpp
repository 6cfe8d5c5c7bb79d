// expect: qmtl: a state vector must have 1 to 30 qubits
// SPDX-License-Identifier: Apache-2.0
// A state vector of more than 30 qubits.

#include "qmtl/state/state_vector.hpp"

using namespace qmtl;

#ifdef QMTL_CONTROL
static_assert(StateVector<30>::size() == Index{1} << 30);
#else
static_assert(StateVector<31>::size() == Index{1} << 31);
#endif
