// expect: satisfaction of 'MutableState<T>'|does not satisfy 'MutableState'
// SPDX-License-Identifier: Apache-2.0
// A gate applied to a view that may only be read.

#include <array>
#include <complex>

#include "qmtl/state/apply.hpp"

using namespace qmtl;

#ifdef QMTL_CONTROL
using Real = double;
#else
using Real = const double;
#endif

void prepare(std::array<std::complex<double>, 2>& buffer) { apply(StateView<1, Real>(buffer), gate::h(0)); }
