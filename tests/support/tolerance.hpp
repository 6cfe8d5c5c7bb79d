#pragma once
// SPDX-License-Identifier: Apache-2.0
// How far results may be from their exact values, per scalar type, as multiples of the machine epsilon.

#include <cmath>
#include <limits>

namespace qmtl::test {

/// Largest allowed error of one amplitude, matrix entry or expectation value after `steps` gates on a state of norm 1.
/// Measured over the whole gate set on 1 to 6 qubits, in epsilons: at most 2 for one gate, 4 for 40, 43 for 10,000.
template <class S>
[[nodiscard]] double tolerance(int steps = 1) {
  return std::numeric_limits<S>::epsilon() * (4.0 + 2.0 * std::sqrt(static_cast<double>(steps)));
}

}  // namespace qmtl::test
