// expect: qmtl: a window's qubits must not be negative
// SPDX-License-Identifier: Apache-2.0
// A window that starts below qubit 0.

#include "qmtl/circuit/window.hpp"

using namespace qmtl;

#ifdef QMTL_CONTROL
static_assert(Window<0, 2>::width == 2);
#else
static_assert(Window<-1, 2>::width == 2);
#endif
