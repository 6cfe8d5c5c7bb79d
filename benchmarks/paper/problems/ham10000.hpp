#pragma once
// SPDX-License-Identifier: Apache-2.0
// HAM10000: diagnosis, malignancy, sex, age and localization of one skin image, on ten qubits, two a task.

#include "paper/any_backbone.hpp"
#include "qmtl/head/hybrid_head.hpp"

namespace qmtl::benchmark::paper::ham10000 {

inline constexpr int dimension = 10;
using Encoding = AngleEncoding<dimension, Axis::Y, CzRing, Layers<2>>;
using Block = RotationBlock<dimension, Layers<1>>;  // of the hybrid heads
template <int C>
using States = Classes<C, BasisStates, TrainableScale<1>>;
template <Name TaskName, int First>
using YesNo = Task<TaskName, RotationBlock<2, Layers<2>>, Window<First, 2>, BinaryReadout<TrainableScale<4>>>;
using Diagnosis = Task<"dx", RotationBlock<3, Layers<2>>, Window<0, 3>, States<7>>;
using Localization = Task<"localization", RotationBlock<4, Layers<2>>, Window<6, 4>, States<14>>;

template <template <class...> class Apply>
using With = Apply<Diagnosis, YesNo<"malignant", 2>, YesNo<"sex", 4>, YesNo<"age_ge_50", 6>, Localization>;

[[nodiscard]] AnyBackbone<dimension> make_backbone(int option);

}  // namespace qmtl::benchmark::paper::ham10000
