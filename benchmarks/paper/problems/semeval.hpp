#pragma once
// SPDX-License-Identifier: Apache-2.0
// SemEval-2018 E-c: eleven emotions of one tweet, on a ring of eleven qubits with overlapping windows of three.

#include "paper/any_backbone.hpp"
#include "qmtl/head/hybrid_head.hpp"

namespace qmtl::benchmark::paper::semeval {

inline constexpr int dimension = 11;
using Encoding = AngleEncoding<dimension, Axis::Y, CzRing, Layers<1>>;
using Block = RotationBlock<dimension, Layers<1>>;  // of the hybrid heads
/// Task t reads the qubits t, t + 1 and t + 2 of the ring.
template <Name TaskName, class Qubits>
using Emotion = Task<TaskName, HardwareEfficientBlock<3, Axes<Axis::Y>, CxChain, Layers<2>>, Qubits,
                     BinaryReadout<TrainableScale<4>>>;

template <template <class...> class Apply>
using With =
    Apply<Emotion<"anger", Window<0, 3>>, Emotion<"anticipation", Window<1, 3>>, Emotion<"disgust", Window<2, 3>>,
          Emotion<"fear", Window<3, 3>>, Emotion<"joy", Window<4, 3>>, Emotion<"love", Window<5, 3>>,
          Emotion<"optimism", Window<6, 3>>, Emotion<"pessimism", Window<7, 3>>, Emotion<"sadness", Window<8, 3>>,
          Emotion<"surprise", Qubits<9, 10, 0>>, Emotion<"trust", Qubits<10, 0, 1>>>;

[[nodiscard]] AnyBackbone<dimension> make_backbone(int option);

}  // namespace qmtl::benchmark::paper::semeval
