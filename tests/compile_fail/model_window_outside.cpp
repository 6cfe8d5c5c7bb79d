// error: qmtl: a task's window must lie within the encoding's qubits
// lines: 15
// SPDX-License-Identifier: Apache-2.0
// A model that is used like any other, and whose last window reaches beyond the register.

#include "qmtl/backbone/mlp.hpp"
#include "qmtl/model/model.hpp"

using namespace qmtl;

#ifdef QMTL_CONTROL
using Last = Window<2, 2>;
#else
using Last = Window<3, 2>;
#endif

using Model = QmtlModel<Mlp<6, 4>, AngleEncoding<4>, Task<"a", RotationBlock<2>, Last, Binary>>;

double first_logit(const Batch<double>& inputs) {
  Model model{Seed{1}};
  return model.predict(inputs)(0, 0) + model.head_weights()[0];
}
