#pragma once
// SPDX-License-Identifier: Apache-2.0
// MUStARD: sarcasm, two sentiments and two emotions of one utterance, on ten qubits, three or four a task.

#include "paper/any_backbone.hpp"
#include "qmtl/head/hybrid_head.hpp"

namespace qmtl::benchmark::paper::mustard {

inline constexpr int dimension = 10;
using Encoding = AngleEncoding<dimension, Axis::Y, CzRing>;
using Block = RotationBlock<dimension, Layers<1>>;  // of the hybrid heads
/// RZ before RY: an RZ in front of the last entangler would only change phases, which the readout does not see.
template <int K>
using TaskBlock = HardwareEfficientBlock<K, Axes<Axis::Z, Axis::Y>, CxChain, Layers<2>>;
using Emotion = Classes<9, BasisStates>;
/// Sarcasm and sentiments share no qubit: where their windows overlap, they pull the same features apart.
using Sarcasm = Task<"sarcasm", TaskBlock<4>, Window<0, 4>, Binary>;
using SentimentImplicit = Task<"sentiment_implicit", TaskBlock<3>, Window<4, 3>, Classes<3>>;
using SentimentExplicit = Task<"sentiment_explicit", TaskBlock<3>, Window<7, 3>, Classes<3>>;
using EmotionImplicit = Task<"emotion_implicit", TaskBlock<4>, Window<3, 4>, Emotion>;
using EmotionExplicit = Task<"emotion_explicit", TaskBlock<4>, Window<6, 4>, Emotion>;

template <template <class...> class Apply>
using With = Apply<Sarcasm, SentimentImplicit, SentimentExplicit, EmotionImplicit, EmotionExplicit>;

[[nodiscard]] AnyBackbone<dimension> make_backbone(int option);

}  // namespace qmtl::benchmark::paper::mustard
