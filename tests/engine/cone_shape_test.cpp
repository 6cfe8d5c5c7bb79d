// SPDX-License-Identifier: Apache-2.0
// Shapes of light cones: equal wherever a window lies in a circuit that looks the same there, and the same circuit.

#include "qmtl/engine/cone_shape.hpp"

#include <array>
#include <complex>
#include <vector>

#include "qmtl/state/apply.hpp"
#include "support/catch.hpp"

namespace cone_shape_test {

using namespace qmtl;
using namespace qmtl::detail;

constexpr int qubits = 8;

std::vector<Operation> ring(Gate entangler, int layers) {
  std::vector<Operation> ops;
  for (int layer = 0; layer < layers; ++layer) {
    for (int q = 0; q < qubits; ++q) ops.push_back(gate::ry(q, feature(q)));
    for (int q = 0; q < qubits; ++q) ops.push_back({entangler, {q, (q + 1) % qubits}, {}});
  }
  return ops;
}

/// <Z> of the first qubit of a window, and of the product with the second.
std::array<double, 2> expectations(const std::vector<Operation>& ops, int n, const std::vector<double>& x,
                                   const std::vector<int>& window) {
  std::vector<std::complex<double>> psi(dimension(n));
  psi[0] = 1;
  apply_all<double>(ops, x.data(), nullptr, psi.data(), psi.size());
  std::array<double, 2> z{};
  for (Index i = 0; i < psi.size(); ++i) {
    z[0] += parity_sign(i, qubit_mask(window[0])) * std::norm(psi[i]);
    z[1] += parity_sign(i, qubit_mask(window[0]) | qubit_mask(window[1])) * std::norm(psi[i]);
  }
  return z;
}

TEST_CASE("windows on a ring of CZ have light cones of one shape", "[head][cones]") {
  const auto ops = ring(Gate::CZ, 2);
  const auto first = cone_shape(ops, qubits, std::vector<int>{0, 1});
  CHECK(first.qubits.size() == 6);
  CHECK(first.features.size() == 6);
  for (int q = 1; q < qubits; ++q) {
    const auto shape = cone_shape(ops, qubits, std::vector<int>{q, (q + 1) % qubits});
    CHECK(shape.operations == first.operations);
    CHECK(shape.qubits[0] == q);
    CHECK(shape.qubits[1] == (q + 1) % qubits);
  }
}

TEST_CASE("a window the other way round, other angles and other weights are other shapes", "[head][cones]") {
  auto ops = ring(Gate::CZ, 1);
  const auto shape = [&ops](std::vector<int> window) { return cone_shape(ops, qubits, window).operations; };
  CHECK(shape({2, 3}) == shape({3, 4}));
  CHECK_FALSE(shape({2, 3}) == shape({3, 2}));
  ops[3].angles[0] = 2.0 * feature(3);
  CHECK_FALSE(shape({2, 3}) == shape({4, 5}));
  ops = ring(Gate::CZ, 1);
  for (int q = 0; q < qubits; ++q) ops.push_back(gate::ry(q, weight(q)));
  CHECK_FALSE(shape({2, 3}) == shape({4, 5}));
}

TEST_CASE("a shape computes what the circuit computes on its window", "[head][cones]") {
  std::vector<double> x;
  for (int q = 0; q < qubits; ++q) x.push_back(0.3 + 0.4 * q);
  for (const Gate entangler : {Gate::CZ, Gate::CX}) {
    const auto ops = ring(entangler, 2);
    for (int q = 0; q < qubits; ++q) {
      const std::vector<int> window{q, (q + 1) % qubits};
      const auto shape = cone_shape(ops, qubits, window);
      std::vector<double> own;
      for (const int f : shape.features) own.push_back(x[static_cast<std::size_t>(f)]);
      const auto expected = expectations(ops, qubits, x, window);
      const auto z = expectations(shape.operations, static_cast<int>(shape.qubits.size()), own, {0, 1});
      CHECK(z[0] == Approx(expected[0]).margin(1e-14));
      CHECK(z[1] == Approx(expected[1]).margin(1e-14));
    }
  }
}

}  // namespace cone_shape_test
