// expect: qmtl: a window's qubits must be below the register's qubit count
// SPDX-License-Identifier: Apache-2.0
// The reduced density matrix of a window that reaches beyond the register.

#include "qmtl/measure/reduced_density.hpp"

using namespace qmtl;

#ifdef QMTL_CONTROL
using Pair = Qubits<3, 0>;
#else
using Pair = Qubits<4, 0>;
#endif

std::complex<double> first_entry(const StateVector<4>& state) { return reduced_density<Pair>(state)(0, 0); }
