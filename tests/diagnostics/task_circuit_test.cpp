// SPDX-License-Identifier: Apache-2.0
// The circuit of a task computes what the head does for that task.

#include "qmtl/diagnostics/task_circuit.hpp"

#include "qmtl/gradient/gradient.hpp"
#include "qmtl/head/quantum_head.hpp"
#include "support/catch.hpp"
#include "support/random_circuit.hpp"

namespace task_circuit_test {

using namespace qmtl;

using Encoding4 = WithSquash<ReuploadingEncoding<4>, NoSquash>;
using Second = Task<"second", RotationBlock<2, Layers<2>>, Qubits<3, 1>, Expectations<2>>;
using Head2 = QuantumHead<double, Encoding4, Task<"first", RotationBlock<3>, Window<0, 3>, Expectations<3>>, Second>;
using Circuit2 = TaskCircuit<Encoding4, Second>;

static_assert(features_of<Circuit2> == 4 && weights_of<Circuit2> == encoding_weights<Encoding4> + 8);

TEST_CASE("expectation values and gradients of a task's circuit are those of the head") {
  Rng rng(Seed{3});
  const auto x = test::random_numbers(rng, 4), shared = test::random_numbers(rng, encoding_weights<Encoding4>),
             first = test::random_numbers(rng, 6), second = test::random_numbers(rng, 8);
  std::vector<double> all = shared, of_task = shared;
  all.insert(all.end(), first.begin(), first.end());
  all.insert(all.end(), second.begin(), second.end());
  of_task.insert(of_task.end(), second.begin(), second.end());

  const std::vector<PauliSum> observables{pauli_z(3), pauli_z(1)};  // local qubits 0 and 1 of the window
  const std::vector<double> cotangents{0.7, -1.3};
  const auto vjp = adjoint_vjp<Circuit2>(x, of_task, observables, cotangents);

  Head2 head;
  const Batch<double> z = Eigen::Map<const Eigen::VectorXd>(x.data(), 4);
  Batch<double> logits(5, 1), dz(4, 1), dlogits = Batch<double>::Zero(5, 1);
  std::vector<double> gradient(all.size(), 0.0);
  dlogits(3, 0) = cotangents[0];
  dlogits(4, 0) = cotangents[1];
  head.forward(z, all, logits);
  head.backward(z, all, dlogits, gradient, dz);
  CHECK(vjp.value == Approx(cotangents[0] * logits(3, 0) + cotangents[1] * logits(4, 0)).margin(1e-13));
  CHECK((vjp.features - dz).isZero(1e-12));
  const auto shared_count = static_cast<Eigen::Index>(shared.size());
  const Eigen::Map<const Eigen::VectorXd> of_head(gradient.data(), static_cast<Eigen::Index>(gradient.size()));
  CHECK((vjp.weights.head(shared_count) - of_head.head(shared_count)).isZero(1e-12));
  CHECK((vjp.weights.tail(8) - of_head.tail(8)).isZero(1e-12));
  CHECK(vjp.weights.tail(8).norm() > 1e-3);
}

}  // namespace task_circuit_test
