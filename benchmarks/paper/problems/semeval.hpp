#pragma once
// SPDX-License-Identifier: Apache-2.0
// SemEval-2018 E-c: eleven emotions of one tweet, on a ring of eleven qubits with overlapping windows of two.

#include "paper/any_backbone.hpp"
#include "qmtl/head/hybrid_head.hpp"

namespace qmtl::benchmark::paper::semeval {

inline constexpr int dimension = 11;
using Encoding = AngleEncoding<dimension, Axis::Y, CzRing, Layers<2>>;
using Block = RotationBlock<dimension, Layers<1>>;  // of the hybrid heads
/// Task t reads qubits t and t + 1, and the last one the two ends of the ring.
template <Name TaskName, class Qubits>
using Emotion = Task<TaskName, RotationBlock<2, Layers<2>>, Qubits, BinaryReadout<TrainableScale<4>>>;

template <template <class...> class Apply>
using With =
    Apply<Emotion<"anger", Window<0, 2>>, Emotion<"anticipation", Window<1, 2>>, Emotion<"disgust", Window<2, 2>>,
          Emotion<"fear", Window<3, 2>>, Emotion<"joy", Window<4, 2>>, Emotion<"love", Window<5, 2>>,
          Emotion<"optimism", Window<6, 2>>, Emotion<"pessimism", Window<7, 2>>, Emotion<"sadness", Window<8, 2>>,
          Emotion<"surprise", Window<9, 2>>, Emotion<"trust", Qubits<10, 0>>>;

[[nodiscard]] AnyBackbone<dimension> make_backbone(int option);

}  // namespace qmtl::benchmark::paper::semeval
