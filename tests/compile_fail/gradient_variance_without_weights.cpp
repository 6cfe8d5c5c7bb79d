// expect: qmtl: a circuit must have weights to have a gradient variance
// SPDX-License-Identifier: Apache-2.0
// Gradient variance of an encoding without weights.

#include "qmtl/diagnostics/gradient_variance.hpp"

using namespace qmtl;

#ifdef QMTL_CONTROL
using Encoding2 = ReuploadingEncoding<2>;
#else
using Encoding2 = AngleEncoding<2>;
#endif

double measure(Rng& rng) { return gradient_variance<Encoding2>(pauli_z(0), rng).overall.variance; }
