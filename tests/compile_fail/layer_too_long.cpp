// expect: qmtl: a layer must have between 0 and N parts
// SPDX-License-Identifier: Apache-2.0
// A layer with more parts than qubits.

#include "qmtl/circuit/combinators.hpp"

using namespace qmtl;

#ifdef QMTL_CONTROL
constexpr int parts = 2;
#else
constexpr int parts = 3;
#endif

static_assert(layer<2, parts>([](int q) { return gate::h(q); }).size == parts);
