#pragma once
// SPDX-License-Identifier: Apache-2.0
// HAM10000: diagnosis, malignancy, sex, age and localization of one skin image, on ten qubits, three or four a task.

#include "paper/any_backbone.hpp"
#include "qmtl/head/hybrid_head.hpp"

namespace qmtl::benchmark::paper::ham10000 {

inline constexpr int dimension = 10;
using Encoding = AngleEncoding<dimension, Axis::Y, CzRing>;
using Block = RotationBlock<dimension, Layers<1>>;  // of the hybrid heads
template <int C>
using States = Classes<C, BasisStates, TrainableScale<1>>;
/// RZ before RY: an RZ in front of the last entangler would only change phases, which the readout does not see.
template <int K, int L>
using TaskBlock = HardwareEfficientBlock<K, Axes<Axis::Z, Axis::Y>, CxChain, Layers<L>>;
template <Name TaskName, int First>
using YesNo = Task<TaskName, TaskBlock<3, 2>, Window<First, 3>, BinaryReadout<TrainableScale<4>>>;
using Diagnosis = Task<"dx", TaskBlock<3, 8>, Window<0, 3>, States<7>>;
using Localization = Task<"localization", TaskBlock<4, 10>, Window<6, 4>, States<14>>;

template <template <class...> class Apply>
using With = Apply<Diagnosis, YesNo<"malignant", 1>, YesNo<"sex", 4>, YesNo<"age_ge_50", 6>, Localization>;

[[nodiscard]] AnyBackbone<dimension> make_backbone(int option);

}  // namespace qmtl::benchmark::paper::ham10000
