#pragma once
// SPDX-License-Identifier: Apache-2.0
// The laws that every backbone obeys: its gradient is that of finite differences, it adds, it is reproducible.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>
#include <utility>
#include <vector>

#include "qmtl/backbone/concepts.hpp"
#include "support/catch.hpp"

namespace qmtl::test {

template <class S>
Batch<S> random_batch(Eigen::Index rows, Eigen::Index columns, Rng& rng) {
  Batch<S> out(rows, columns);
  for (Eigen::Index i = 0; i < out.size(); ++i) out.data()[i] = static_cast<S>(rng.uniform(-1.0, 1.0));
  return out;
}

/// sum(c * z(x)), a loss whose dL/dz is c.
template <Backbone B>
double linear_loss(B& backbone, const Batch<typename B::Scalar>& x, const Batch<typename B::Scalar>& c) {
  Batch<typename B::Scalar> z(B::output_size, x.cols());
  backbone.forward(x, z);
  return (c.template cast<double>().array() * z.template cast<double>().array()).sum();
}

/// dL/dparameters of linear_loss by central differences.
template <Backbone B>
std::vector<double> finite_differences(B& backbone, const Batch<typename B::Scalar>& x,
                                       const Batch<typename B::Scalar>& c, double step) {
  std::vector<double> out;
  for (auto& parameter : backbone.parameters()) {
    const auto kept = parameter;
    parameter = static_cast<typename B::Scalar>(kept + step);
    const double above = linear_loss(backbone, x, c);
    const double up = static_cast<double>(parameter);
    parameter = static_cast<typename B::Scalar>(kept - step);
    out.push_back((above - linear_loss(backbone, x, c)) / (up - static_cast<double>(parameter)));
    parameter = kept;
  }
  return out;
}

/// A backbone that has been moved from says so, and is good again when it has been assigned to.
template <Backbone B>
void check_moved_from(B backbone) {
  using S = typename B::Scalar;
  Rng rng(Seed{12});
  const Batch<S> x = random_batch<S>(backbone.input_size(), 3, rng);
  Batch<S> expected(B::output_size, 3), z(B::output_size, 3);
  std::vector<S> gradient(backbone.parameters().size());
  backbone.forward(x, expected);
  B taken = std::move(backbone);
  CHECK_THROWS_AS(backbone.forward(x, z), LogicError);
  CHECK_THROWS_AS(backbone.initialise(rng), LogicError);
  CHECK_THROWS_AS(backbone.backward(x, z, gradient), Error);
  backbone = std::move(taken);
  backbone.forward(x, z);
  CHECK(z == expected);
}

template <Backbone B>
void check_gradient(B backbone) {
  using S = typename B::Scalar;
  constexpr bool wide = sizeof(S) == 8;
  Rng rng(Seed{11});
  backbone.initialise(rng);
  for (S& parameter : backbone.parameters()) parameter += static_cast<S>(rng.uniform(-0.2, 0.2));  // biases too
  const Batch<S> x = random_batch<S>(backbone.input_size(), 7, rng);
  const Batch<S> c = random_batch<S>(B::output_size, 7, rng);
  const std::vector<double> expected = finite_differences(backbone, x, c, wide ? 1e-6 : 1e-3);

  std::vector<S> gradient(backbone.parameters().size(), S(3));
  linear_loss(backbone, x, c);
  backbone.backward(x, c, gradient);
  for (std::size_t i = 0; i < gradient.size(); ++i) {
    INFO("parameter " << i);
    CHECK(static_cast<double>(gradient[i]) - 3.0 == Approx(expected[i]).margin(wide ? 1e-8 : 5e-3));
  }
}

/// A matrix that starts `shift` scalars after an aligned address.
template <class S>
class Shifted {
 public:
  Shifted(Eigen::Index rows, Eigen::Index columns, Eigen::Index shift)
      : memory_(Batch<S>::Zero(rows * columns + shift, 1)), map(memory_.data() + shift, rows, columns) {}

 private:
  Batch<S> memory_;

 public:
  Eigen::Map<Batch<S>> map;
};

/// The same seed and the same numbers give the same bits, wherever in memory the numbers and the results lie.
template <Backbone B>
void check_same_bits(const B& untrained) {
  using S = typename B::Scalar;
  Rng data(Seed{5});
  const Batch<S> x = random_batch<S>(untrained.input_size(), 9, data);
  const Batch<S> dz = random_batch<S>(B::output_size, 9, data);
  Batch<S> expected_z, expected_gradient;
  for (const Eigen::Index shift : {0, 1, 2, 3}) {
    INFO("shifted by " << shift);
    B backbone = untrained;
    Rng rng(Seed{6});
    backbone.initialise(rng);
    Shifted<S> x_here(x.rows(), 9, shift), dz_here(dz.rows(), 9, shift), z(dz.rows(), 9, shift);
    Shifted<S> gradient(static_cast<Eigen::Index>(backbone.parameters().size()), 1, shift);
    x_here.map = x;
    dz_here.map = dz;
    backbone.forward(x_here.map, z.map);
    backbone.backward(x_here.map, dz_here.map, std::span<S>(gradient.map.data(), backbone.parameters().size()));
    if (shift == 0) {
      expected_z = z.map;
      expected_gradient = gradient.map;
    }
    CHECK(z.map == expected_z);
    CHECK(gradient.map == expected_gradient);
  }
}

/// A batch smaller than the one before gives, forward and backward, what it gives alone, bit by bit.
template <class B>
void check_smaller_batch(B used) {
  using S = typename B::Scalar;
  Rng rng(Seed{8});
  used.initialise(rng);
  B fresh = used;
  const Batch<S> large = random_batch<S>(used.input_size(), 33, rng);
  const Batch<S> small = random_batch<S>(used.input_size(), 5, rng);
  const Batch<S> dz = random_batch<S>(B::output_size, 5, rng);
  Batch<S> z_large(B::output_size, 33), z_used(B::output_size, 5), z_fresh(B::output_size, 5);
  std::vector<S> g_large(used.parameters().size()), g_used(g_large), g_fresh(g_large);
  used.forward(large, z_large);
  used.backward(large, z_large, g_large);
  used.forward(small, z_used);
  used.backward(small, dz, g_used);
  fresh.forward(small, z_fresh);
  fresh.backward(small, dz, g_fresh);
  CHECK(z_used == z_fresh);
  CHECK(g_used == g_fresh);
}

}  // namespace qmtl::test
