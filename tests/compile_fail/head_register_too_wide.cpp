// error: qmtl: a head on one register must have at most 24 qubits
// lines: 15
// SPDX-License-Identifier: Apache-2.0
// A head of 40 qubits that insists on the whole register, where small light cones would do.

#include "qmtl/head/quantum_head.hpp"

using namespace qmtl;

#ifdef QMTL_CONTROL
constexpr auto method = HeadMethod::light_cone;
#else
constexpr auto method = HeadMethod::window;
#endif

using T = Task<"t", RotationBlock<2>, Window<20, 2>, Binary>;
static_assert(BasicQuantumHead<double, method, AngleEncoding<40>, T>::outputs == 1);
