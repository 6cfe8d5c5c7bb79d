// error: qmtl: Classes<C> must have at least two classes
// lines: 15
// SPDX-License-Identifier: Apache-2.0
// A classification with one class.

#include "qmtl/measure/readout.hpp"

using namespace qmtl;

#ifdef QMTL_CONTROL
static_assert(Classes<2>::outputs == 2);
#else
static_assert(Classes<1>::outputs == 1);
#endif
