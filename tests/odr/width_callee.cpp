// SPDX-License-Identifier: Apache-2.0
// The function that width_caller.cpp calls.

#include "qmtl/state/state_vector.hpp"

double callee(const qmtl::StateVector<1>& state) { return std::norm(state[0]); }
