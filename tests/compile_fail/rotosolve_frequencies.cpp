// expect: qmtl: the frequencies of a weight's uses must be whole multiples of a common one
// SPDX-License-Identifier: Apache-2.0
// A weight used by two gates, scaled by pi in one of them.

#include "qmtl/backbone/frozen.hpp"
#include "qmtl/train/rotosolve.hpp"

using namespace qmtl;

#ifdef QMTL_CONTROL
constexpr double scale = 3.0;
#else
constexpr double scale = pi;
#endif

struct Own {
  static constexpr auto circuit = make_circuit<1>(gate::ry(0, weight(0)), gate::rx(0, scale* weight(0)));
};
using M = QmtlModel<Frozen<2>, AngleEncoding<2>, Task<"t", Own, Window<0, 1>, Binary>>;

void train(M& model, const EncodedDataset<double>& data) { rotosolve(model, data); }
