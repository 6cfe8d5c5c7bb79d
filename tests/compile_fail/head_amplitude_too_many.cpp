// expect: qmtl: AmplitudeEncoding<N> must have at most 2\^N features
// SPDX-License-Identifier: Apache-2.0
// Five features as the amplitudes of two qubits.

#include "qmtl/head/state_encoding.hpp"

using namespace qmtl;

#ifdef QMTL_CONTROL
using E = AmplitudeEncoding<2, Features<4>>;
#else
using E = AmplitudeEncoding<2, Features<5>>;
#endif

static_assert(E::features > 3);
