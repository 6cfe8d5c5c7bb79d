// error: qmtl: a backbone, the first argument of a model, must be movable and have a Scalar
// expect: qmtl: an encoding must have a `static constexpr int features`
// expect: qmtl: a backbone must have backward\(x, dz, gradient\)
// expect: qmtl: an mlp must have an input size and an output size
// expect: qmtl: the tasks of a head must be Task<\.\.\.>, after all other arguments
// expect: qmtl: a head must have at least one task
// lines: 125
// SPDX-License-Identifier: Apache-2.0
// Arguments of models that are missing something, or in another order.

#include "qmtl/backbone/mlp.hpp"
#include "qmtl/model/model.hpp"

using namespace qmtl;

using T = Task<"t", RotationBlock<1>, Window<0, 1>, Binary>;
using Net = Mlp<3, 1>;

struct OwnEncoding {
#ifdef QMTL_CONTROL
  static constexpr int features = 1;
#endif
  static constexpr auto circuit = make_circuit<1>(gate::ry(0, feature(0)));
};

struct OwnBackbone {
  using Scalar = double;
  static constexpr int output_size = 1;
  [[nodiscard]] int input_size() const { return 1; }
  [[nodiscard]] std::span<double> parameters() { return {}; }
  [[nodiscard]] std::span<const double> parameters() const { return {}; }
  void initialise(Rng&) {}
  void forward(const BatchIn<double>& x, BatchOut<double> z) { z = x; }
#ifdef QMTL_CONTROL
  void backward(const BatchIn<double>&, const BatchIn<double>&, std::span<double>) {}
#endif
};

#ifdef QMTL_CONTROL
using Sizes = Mlp<1, 1>;
using Order = QmtlModel<Net, AngleEncoding<1>, T>;
using Tasks = QmtlModel<Net, AngleEncoding<1>, T>;
using None = LinearModel<Net, T>;
#else
using Sizes = Mlp<1>;
using Order = QmtlModel<AngleEncoding<1>, Net, T>;
using Tasks = QmtlModel<Net, AngleEncoding<1>, CzRing>;
using None = LinearModel<Net>;
#endif

using A = QmtlModel<Net, OwnEncoding, T>;
using B = QmtlModel<OwnBackbone, AngleEncoding<1>, T>;
using C = QmtlModel<Sizes, AngleEncoding<1>, T>;

static_assert(A::tasks == 1 && B::tasks == 1 && C::tasks == 1 && Order::tasks == 1 && Tasks::tasks == 1 &&
              None::tasks == 1);
