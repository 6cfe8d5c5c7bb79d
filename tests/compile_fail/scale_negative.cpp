// expect: qmtl: a logit scale must be positive
// SPDX-License-Identifier: Apache-2.0
// A readout whose scale would turn the meaning of its labels around.

#include "qmtl/measure/readout.hpp"

using namespace qmtl;

#ifdef QMTL_CONTROL
static_assert(BinaryReadout<FixedScale<4>>::outputs == 1);
#else
static_assert(BinaryReadout<FixedScale<-4>>::Scale::value < 0);
#endif
