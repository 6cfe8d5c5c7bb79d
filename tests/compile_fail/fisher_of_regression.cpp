// expect: qmtl: a head must have tasks of classes only to have a Fisher information
// SPDX-License-Identifier: Apache-2.0
// Fisher information of a task that predicts a number, not the probabilities of classes.

#include "qmtl/diagnostics/fisher.hpp"

using namespace qmtl;

#ifdef QMTL_CONTROL
using Readout1 = Binary;
#else
using Readout1 = Regression<>;
#endif

using Head1 = LinearHead<double, 2, Task<"t", RotationBlock<1>, Window<0, 1>, Readout1>>;
Eigen::MatrixXd measure(Head1& head, const Batch<double>& z, std::span<const double> w) {
  return fisher_information(head, z, w);
}
