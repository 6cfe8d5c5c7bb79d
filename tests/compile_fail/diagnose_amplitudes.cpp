// expect: qmtl: a diagnosed circuit must start from \|0\.\.\.0>
// SPDX-License-Identifier: Apache-2.0
// Expressibility of amplitude encoding, whose states are not made by its circuit.

#include "qmtl/diagnostics/expressibility.hpp"
#include "qmtl/head/state_encoding.hpp"

using namespace qmtl;

#ifdef QMTL_CONTROL
using Encoding2 = AngleEncoding<2>;
#else
using Encoding2 = AmplitudeEncoding<2>;
#endif

double measure(Rng& rng) { return expressibility<Encoding2>(rng).divergence; }
