#pragma once
// SPDX-License-Identifier: Apache-2.0
// BreastMNIST and PneumoniaMNIST on one backbone, each row with the label of one task, on eight qubits.

#include "paper/any_backbone.hpp"
#include "qmtl/head/hybrid_head.hpp"

namespace qmtl::benchmark::paper::medmnist {

inline constexpr int dimension = 8;
using Encoding = AngleEncoding<dimension, Axis::Y, CzRing>;
using Block = RotationBlock<dimension, Layers<1>>;  // of the hybrid heads
/// Rotations about Y only and a constant scale: two tasks must have fewer parameters than the linear head's eighteen.
template <Name TaskName, int First>
using Finding = Task<TaskName, HardwareEfficientBlock<4, Axes<Axis::Y>, CxChain, Layers<2>>, Window<First, 4>, Binary>;

template <template <class...> class Apply>
using With = Apply<Finding<"breast", 0>, Finding<"pneumonia", 4>>;

[[nodiscard]] AnyBackbone<dimension> make_backbone(int option);

}  // namespace qmtl::benchmark::paper::medmnist
