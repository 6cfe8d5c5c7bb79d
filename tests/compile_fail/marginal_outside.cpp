// expect: qmtl: a window's qubits must be below the register's qubit count
// SPDX-License-Identifier: Apache-2.0
// The marginal of a window that reaches beyond the register.

#include "qmtl/state/sampling.hpp"

using namespace qmtl;

#ifdef QMTL_CONTROL
constexpr int first = 2;
#else
constexpr int first = 3;
#endif

double probability(const StateVector<4>& state) { return marginal<Window<first, 2>>(state)[0]; }
