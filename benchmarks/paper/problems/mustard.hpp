#pragma once
// SPDX-License-Identifier: Apache-2.0
// MUStARD: sarcasm, two sentiments and two emotions of one utterance, on ten qubits, two a task.

#include "paper/any_backbone.hpp"
#include "qmtl/head/hybrid_head.hpp"

namespace qmtl::benchmark::paper::mustard {

inline constexpr int dimension = 10;
using Encoding = AngleEncoding<dimension, Axis::Y, CzRing, Layers<2>>;
using Block = RotationBlock<dimension, Layers<1>>;  // of the hybrid heads
using Sentiment = Classes<3, OneQubitPerClass, TrainableScale<4>>;
using Emotion = Classes<9, BasisStates, TrainableScale<1>>;
using Sarcasm = Task<"sarcasm", RotationBlock<2, Layers<2>>, Window<0, 2>, BinaryReadout<TrainableScale<4>>>;
using SentimentImplicit = Task<"sentiment_implicit", RotationBlock<3, Layers<2>>, Window<2, 3>, Sentiment>;
using SentimentExplicit = Task<"sentiment_explicit", RotationBlock<3, Layers<2>>, Window<5, 3>, Sentiment>;
using EmotionImplicit = Task<"emotion_implicit", RotationBlock<4, Layers<2>>, Window<2, 4>, Emotion>;
using EmotionExplicit = Task<"emotion_explicit", RotationBlock<4, Layers<2>>, Window<6, 4>, Emotion>;

template <template <class...> class Apply>
using With = Apply<Sarcasm, SentimentImplicit, SentimentExplicit, EmotionImplicit, EmotionExplicit>;

[[nodiscard]] AnyBackbone<dimension> make_backbone(int option);

}  // namespace qmtl::benchmark::paper::mustard
