#pragma once
// SPDX-License-Identifier: Apache-2.0
// GLUE: CoLA, SST-2, MRPC and RTE, each row with the label of one task, on eight qubits, two a task.

#include "paper/any_backbone.hpp"
#include "qmtl/head/hybrid_head.hpp"

namespace qmtl::benchmark::paper::glue {

inline constexpr int dimension = 8;
using Encoding = AngleEncoding<dimension, Axis::Y, CzRing, Layers<2>>;
using Block = RotationBlock<dimension, Layers<1>>;  // of the hybrid heads
/// Rotations about Y only: with RZ as well, four tasks would have as many parameters as the linear head.
template <Name TaskName, int First>
using Sentence = Task<TaskName, HardwareEfficientBlock<2, Axes<Axis::Y>, CxChain, Layers<2>>, Window<First, 2>,
                      BinaryReadout<TrainableScale<4>>>;

template <template <class...> class Apply>
using With = Apply<Sentence<"cola", 0>, Sentence<"sst2", 2>, Sentence<"mrpc", 4>, Sentence<"rte", 6>>;

[[nodiscard]] AnyBackbone<dimension> make_backbone(int option);

}  // namespace qmtl::benchmark::paper::glue
