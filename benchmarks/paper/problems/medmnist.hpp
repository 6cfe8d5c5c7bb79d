#pragma once
// SPDX-License-Identifier: Apache-2.0
// BreastMNIST and PneumoniaMNIST on one backbone, each row with the label of one task, on eight qubits.

#include "paper/any_backbone.hpp"
#include "qmtl/head/hybrid_head.hpp"

namespace qmtl::benchmark::paper::medmnist {

inline constexpr int dimension = 8;
using Encoding = AngleEncoding<dimension, Axis::Y, CzRing, Layers<2>>;
using Block = RotationBlock<dimension, Layers<1>>;  // of the hybrid heads
/// Rotations about Y only: with RZ as well, two tasks would have as many parameters as the linear head.
template <Name TaskName, int First>
using Finding = Task<TaskName, HardwareEfficientBlock<2, Axes<Axis::Y>, CxChain, Layers<2>>, Window<First, 2>,
                     BinaryReadout<TrainableScale<4>>>;

template <template <class...> class Apply>
using With = Apply<Finding<"breast", 0>, Finding<"pneumonia", 4>>;

[[nodiscard]] AnyBackbone<dimension> make_backbone(int option);

}  // namespace qmtl::benchmark::paper::medmnist
