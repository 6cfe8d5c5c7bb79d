#pragma once
// SPDX-License-Identifier: Apache-2.0
// One trained affine map: an mlp without a hidden layer.

#include "qmtl/backbone/mlp.hpp"

namespace qmtl::inline QMTL_ABI {

/// z = W x + b, Xavier-uniform initialised. In may be Eigen::Dynamic, the constructor then takes the input size.
template <int In, int Out, Scalar S = double>
using Linear = BasicMlp<S, Tanh, In, Out>;

}  // namespace qmtl::inline QMTL_ABI
