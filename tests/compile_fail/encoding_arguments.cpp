// error: qmtl: an entangler must have make<N>\(\) and describe\(\), as CzRing; none is NoEntangler
// expect: qmtl: a number of layers must be given as Layers<L>
// expect: qmtl: the axes of a block must be given as Axes<Axis::Y, \.\.\.>
// lines: 60
// SPDX-License-Identifier: Apache-2.0
// A forgotten entangler, features in the place of layers, an entangler in the place of axes.

#include "qmtl/head/block.hpp"
#include "qmtl/head/encoding.hpp"

using namespace qmtl;

#ifdef QMTL_CONTROL
using A = AngleEncoding<2, Axis::Y, NoEntangler, Layers<2>>;
using B = AngleEncoding<2, Axis::Y, CzRing, Layers<1>, Features<2>>;
using C = HardwareEfficientBlock<2, Axes<Axis::Y>, CxChain>;
#else
using A = AngleEncoding<2, Axis::Y, Layers<2>>;
using B = AngleEncoding<2, Axis::Y, CzRing, Features<2>>;
using C = HardwareEfficientBlock<2, CxChain, Axes<Axis::Y>>;
#endif

static_assert(A::features == 2 && B::features == 2 && C::circuit.qubits == 2);
