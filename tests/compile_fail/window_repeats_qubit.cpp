// expect: qmtl: a window's qubits must be distinct
// SPDX-License-Identifier: Apache-2.0
// A window that lists a qubit twice.

#include "qmtl/circuit/window.hpp"

using namespace qmtl;

#ifdef QMTL_CONTROL
static_assert(Qubits<2, 0, 1>::width == 3);
#else
static_assert(Qubits<2, 0, 2>::width == 3);
#endif
