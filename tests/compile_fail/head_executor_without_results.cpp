// error: qmtl: an executor must have probabilities\(jobs\) or expectations\(jobs\)
// lines: 15
// SPDX-License-Identifier: Apache-2.0
// An executor that gives neither probabilities nor expectation values.

#include "qmtl/head/quantum_head.hpp"

using namespace qmtl;

struct Shots {
  int shots = 1000;
};

using T = Task<"t", RotationBlock<2>, Window<0, 2>, Binary>;
void set(QuantumHead<double, AngleEncoding<2>, T>& head) {
#ifdef QMTL_CONTROL
  head.set_executor(IdealExecutor{});
#else
  head.set_executor(Shots{});
#endif
}
