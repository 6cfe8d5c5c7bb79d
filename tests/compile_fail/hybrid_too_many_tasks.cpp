// expect: qmtl: a hybrid head must have at most 100 tasks
// SPDX-License-Identifier: Apache-2.0
// One task more than a hybrid head has names for.

#include <utility>

#include "qmtl/head/encoding.hpp"
#include "qmtl/head/hybrid_head.hpp"

using namespace qmtl;

// "task000", "task001", ...
template <int I>
inline constexpr Name<8> numbered = [] {
  Name<8> name("task000");
  for (int digit = 6, rest = I; digit > 3; --digit, rest /= 10) name.characters[digit] += static_cast<char>(rest % 10);
  return name;
}();

template <class Sequence>
struct Many;
template <int... I>
struct Many<std::integer_sequence<int, I...>> {
  using Head = HybridHead<double, HybridForm::shared, AngleEncoding<2>, RotationBlock<2>,
                          Task<numbered<I>, RotationBlock<1>, Window<0, 1>, Binary>...>;
};

#ifdef QMTL_CONTROL
constexpr int tasks = 100;
#else
constexpr int tasks = 101;
#endif

static_assert(Many<std::make_integer_sequence<int, tasks>>::Head::outputs == tasks);
