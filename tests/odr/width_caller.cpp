// SPDX-License-Identifier: Apache-2.0
// Calls a function that width_callee.cpp defines, compiled for vectors of another width.

#include "qmtl/state/state_vector.hpp"

double callee(const qmtl::StateVector<1>& state);

int main() { return callee(qmtl::StateVector<1>()) > 0.5 ? 0 : 1; }
