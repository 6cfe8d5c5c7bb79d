#pragma once
// SPDX-License-Identifier: Apache-2.0
// Parts of models against another implementation, and their gradients against differences.

#include <algorithm>
#include <span>
#include <vector>

#include "evidence/runtime_model.hpp"
#include "support/catch.hpp"
#include "support/finite_difference.hpp"

namespace qmtl::test {

/// Standard normal.
[[nodiscard]] inline Batch<double> random_batch(Eigen::Index rows, Eigen::Index columns, std::uint64_t seed) {
  Rng rng(Seed{seed});
  Batch<double> out(rows, columns);
  for (double& value : out.reshaped()) value = rng.normal();
  return out;
}

inline void check_near(std::span<const double> values, std::span<const double> expected, double margin = 1e-12) {
  REQUIRE(values.size() == expected.size());
  for (std::size_t i = 0; i < values.size(); ++i) CHECK(values[i] == Approx(expected[i]).margin(margin));
}

/// Outputs and gradients are those of a part or head that takes the same weights, also from encoded inputs, and where
/// nobody asks for dL/dx.
template <class Expected>
void check_same(benchmark::evidence::Part& part, Expected& other, std::span<const double> weights, std::uint64_t seed) {
  REQUIRE(static_cast<std::size_t>(part.parameters()) == weights.size());
  const int rows = 7;
  const Batch<double> x = random_batch(part.inputs(), rows, seed), dy = random_batch(part.outputs(), rows, seed + 1);
  Batch<double> y(part.outputs(), rows), expected(y), dx(part.inputs(), rows), expected_dx(dx);
  std::vector<double> gradient(weights.size(), 0.0), expected_gradient(gradient), again(gradient), of_entries(gradient);
  part.forward(x, weights, y);
  other.forward(x, weights, expected);
  CHECK((y - expected).norm() < 1e-12);
  part.backward(x, weights, dy, gradient, dx);
  other.backward(x, weights, dy, expected_gradient, expected_dx);
  CHECK((dx - expected_dx).norm() < 1e-12);
  check_near(gradient, expected_gradient);

  part.forward(x, weights, y);
  Batch<double> nothing(part.inputs(), 0);
  part.backward(x, weights, dy, again, nothing);
  check_near(again, expected_gradient);
  if (part.entries() == 0) return;

  Batch<double> entries(part.entries(), rows);
  part.encode(x, entries);
  part.forward_encoded(entries, weights, y);
  CHECK((y - expected).norm() < 1e-12);
  part.backward_encoded(entries, weights, dy, of_entries);
  check_near(of_entries, expected_gradient);
}

/// dL/dweights and dL/dx of L = sum of dy * y against differences of L.
inline void check_gradients(benchmark::evidence::Part& part, std::uint64_t seed) {
  const int rows = 5;
  const Batch<double> x = random_batch(part.inputs(), rows, seed), dy = random_batch(part.outputs(), rows, seed + 1);
  Batch<double> y(part.outputs(), rows), dx(part.inputs(), rows), nothing(part.inputs(), 0);
  std::vector<double> weights(static_cast<std::size_t>(part.parameters())), gradient(weights.size(), 0.0),
      again(gradient);
  Rng rng(Seed{seed + 2});
  part.initialise(rng, weights);
  part.forward(x, weights, y);
  part.backward(x, weights, dy, gradient, dx);
  part.forward(x, weights, y);
  part.backward(x, weights, dy, again, nothing);
  check_near(again, gradient);

  const auto loss_of_weights = [&](std::span<const double> at) {
    part.forward(x, at, y);
    return y.cwiseProduct(dy).sum();
  };
  const auto loss_of_inputs = [&](std::span<const double> at) {
    Batch<double> moved(x.rows(), x.cols());
    std::ranges::copy(at, moved.data());
    part.forward(moved, weights, y);
    return y.cwiseProduct(dy).sum();
  };
  check_near(gradient, difference_gradient(loss_of_weights, weights, 1e-4), 1e-6);
  const auto of_inputs = difference_gradient(loss_of_inputs, {x.data(), static_cast<std::size_t>(x.size())}, 1e-4);
  check_near({dx.data(), static_cast<std::size_t>(dx.size())}, of_inputs, 1e-6);
}

}  // namespace qmtl::test
