// expect: qmtl: a hybrid head's circuit must have as many qubits as its encoding
// SPDX-License-Identifier: Apache-2.0
// A circuit on two qubits behind an encoding on three.

#include "qmtl/head/encoding.hpp"
#include "qmtl/head/hybrid_head.hpp"

using namespace qmtl;

using Three = AngleEncoding<3>;
using A = Task<"a", RotationBlock<1>, Window<0, 1>, Binary>;

#ifdef QMTL_CONTROL
using Layered = RotationBlock<3>;
#else
using Layered = RotationBlock<2>;
#endif

static_assert(HybridHead<double, HybridForm::shared, Three, Layered, A>::outputs == 1);
