// SPDX-License-Identifier: Apache-2.0
// The scaling law at compile time: exact polynomials in the number of tasks.

#include "support/catch.hpp"

#include "paper/scaling/family.hpp"

namespace qmtl::benchmark::paper::scaling {
namespace {

template <int T>
constexpr bool follows_polynomials() {
  constexpr Counts c = Family<T>::counts;
  constexpr int d = qubits_a_task * T;
  // Two layers of RY and RZ: 8 angles on a task's two qubits, and a scale for its logit; 4 d angles on all qubits.
  return c.tasks == T && c.dimension == d && c.quantum == 9 * T && c.classical == 2 * T * T + T &&
         c.hybrid_shared == 4 * d + T * (d + 1) && c.hybrid_per_task == T * 4 * d + T * (d + 1);
}

static_assert([]<int... I>(std::integer_sequence<int, I...>) {
  return (follows_polynomials<I + 1>() && ...);
}(std::make_integer_sequence<int, 16>{}));
static_assert(follows_polynomials<32>() && follows_polynomials<64>());

TEST_CASE("real heads have as many parameters as the accounting says") {
  STATIC_REQUIRE(Family<3>::Quantum::parameters == Family<3>::counts.quantum);
  STATIC_REQUIRE(Family<3>::Linear::parameters == Family<3>::counts.classical);
  STATIC_REQUIRE(Family<3>::HybridShared::parameters == Family<3>::counts.hybrid_shared);
  STATIC_REQUIRE(Family<3>::HybridPerTask::parameters == Family<3>::counts.hybrid_per_task);
  // The sum of what each task and each circuit hold.
  int sum = 0;
  for (const int p : Family<3>::HybridPerTask::task_parameters) sum += p;
  CHECK(sum == Family<3>::counts.hybrid_per_task);
}

}  // namespace
}  // namespace qmtl::benchmark::paper::scaling
