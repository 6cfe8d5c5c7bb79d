// SPDX-License-Identifier: Apache-2.0
// The scaling law at compile time: exact polynomials in the number of tasks.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <vector>

#include "paper/scaling/family.hpp"
#include "support/catch.hpp"

namespace qmtl::benchmark::paper::scaling {
namespace parameter_scaling_test {

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

/// How many parameters a head draws: those that it finds no use for stay what they were.
template <Head H>
std::ptrdiff_t drawn(int count) {
  std::vector<double> weights(static_cast<std::size_t>(count), std::numeric_limits<double>::quiet_NaN());
  Rng rng(Seed{1});
  H::initialise(rng, weights);
  return std::ranges::count_if(weights, [](double w) { return std::isfinite(w); });
}

TEST_CASE("real heads have as many parameters as the accounting says") {
  constexpr Counts counts = Family<3>::counts;
  CHECK(drawn<Family<3>::Quantum>(counts.quantum) == counts.quantum);
  CHECK(drawn<Family<3>::Linear>(counts.classical) == counts.classical);
  CHECK(drawn<Family<3>::HybridShared>(counts.hybrid_shared) == counts.hybrid_shared);
  CHECK(drawn<Family<3>::HybridPerTask>(counts.hybrid_per_task) == counts.hybrid_per_task);
  // The sum of what each task and each circuit hold.
  int sum = 0;
  for (const int p : Family<3>::HybridPerTask::task_parameters) sum += p;
  CHECK(sum == Family<3>::counts.hybrid_per_task);
}

}  // namespace qmtl::benchmark::paper::scaling

}  // namespace parameter_scaling_test
