// error: qmtl: a head on light cones must start from \|0\.\.\.0>
// lines: 15
// SPDX-License-Identifier: Apache-2.0
// Amplitude encoding prepares the whole register: a window of it has no light cone.

#include "qmtl/head/quantum_head.hpp"
#include "qmtl/head/state_encoding.hpp"

using namespace qmtl;

#ifdef QMTL_CONTROL
constexpr auto method = HeadMethod::window;
#else
constexpr auto method = HeadMethod::light_cone;
#endif

BasicQuantumHead<double, method, AmplitudeEncoding<4>, Task<"t", IdentityBlock<1>, Window<0, 1>, Binary>> head;
