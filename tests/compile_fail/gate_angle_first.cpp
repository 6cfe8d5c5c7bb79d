// error: qmtl: a gate's qubits must be integers and come before its angles
// expect: qmtl: an angle must have one source: write a gate for each term of a sum
// lines: 45
// SPDX-License-Identifier: Apache-2.0
// Angles in the place of qubits, as other libraries have them, and the sum of two weights.

#include "qmtl/circuit/operation.hpp"

using namespace qmtl;

#ifdef QMTL_CONTROL
constexpr auto rotation = gate::ry(0, weight(0));
constexpr auto controlled = gate::crx(0, 1, 0.5);
constexpr auto hadamard = gate::h(0);
constexpr auto sum = weight(0) + 0.5;
#else
constexpr auto rotation = gate::ry(weight(0), 0);
constexpr auto controlled = gate::crx(0.5, 0, 1);
constexpr auto hadamard = gate::h(0.5);
constexpr auto sum = weight(0) + weight(1);
#endif
