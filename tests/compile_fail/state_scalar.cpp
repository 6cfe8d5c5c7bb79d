// expect: satisfaction of 'Scalar<S>'|does not satisfy 'Scalar'
// SPDX-License-Identifier: Apache-2.0
// A state vector of long double, a scalar type that is not supported.

#include "qmtl/state/state_vector.hpp"

using namespace qmtl;

#ifdef QMTL_CONTROL
static_assert(StateVector<4, float>::qubits == 4);
#else
static_assert(StateVector<4, long double>::qubits == 4);
#endif
