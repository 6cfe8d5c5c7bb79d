// SPDX-License-Identifier: Apache-2.0
// Every gate on every ordered choice of qubits against matrices made by Kronecker products.

#include "qmtl/state/kernels.hpp"

#include <vector>

#include "qmtl/state/apply.hpp"
#include "support/catch.hpp"
#include "support/dense.hpp"
#include "support/finite_difference.hpp"
#include "support/random_circuit.hpp"
#include "support/tolerance.hpp"

namespace kernels_test {

using namespace qmtl;
using test::Dense;
using test::DenseVector;

/// Amplitudes of a random state of n qubits, n known at run time only.
template <class S>
std::vector<std::complex<S>> random_amplitudes(Rng& rng, int n) {
  std::vector<std::complex<S>> out(dimension(n));
  double squares = 0.0;
  for (auto& a : out) {
    a = {static_cast<S>(rng.normal()), static_cast<S>(rng.normal())};
    squares += static_cast<double>(std::norm(a));
  }
  for (auto& a : out) a /= static_cast<S>(std::sqrt(squares));
  return out;
}

/// `gate` on `qubits` with angles that S represents exactly: the special ones first, then random ones.
template <class S>
Operation operation_on(Rng& rng, Gate gate, const std::array<int, max_gate_qubits>& qubits) {
  static const std::array<double, 8> special{0.0, pi / 2, pi, -pi, 2 * pi, -2 * pi, 3 * pi, 4 * pi};
  Operation op{gate, qubits, {}};
  for (auto& angle : op.angles) {
    const double value = test::pick(rng, 3) == 0 ? special[rng.below(8)] : rng.uniform(-7, 7);
    angle = Angle(static_cast<double>(static_cast<S>(value)));
  }
  return op;
}

TEST_CASE("the oracle's two forms agree") {
  Rng rng(Seed{1});
  for (const Gate gate : test::all_gates()) {
    for (const auto& qubits : test::ordered_choices(info(gate).qubits, 4)) {
      const Dense matrix = test::dense_gate(operation_on<double>(rng, gate, qubits));
      const DenseVector psi = test::dense_of(random_amplitudes<double>(rng, 4));
      CHECK(test::max_difference(test::apply_dense(matrix, qubits, psi),
                                 DenseVector(test::embed(matrix, qubits, 4) * psi)) < test::tolerance<double>());
    }
  }
}

TEST_CASE("the oracle's matrices are unitary") {
  Rng rng(Seed{2});
  for (const Gate gate : test::all_gates()) {
    const Dense m = test::dense_gate(operation_on<double>(rng, gate, {0, 1, 2, 3}));
    CHECK(test::max_difference(Dense(m.adjoint() * m), Dense(Dense::Identity(m.rows(), m.cols()))) <
          test::tolerance<double>());
  }
}

/// Largest error of one gate, of undoing it, and of its norm, over all ordered choices on 1 to `widest` qubits.
template <class S>
double worst_error(Rng& rng, Gate gate, int widest) {
  double worst = 0.0;
  for (int n = info(gate).qubits; n <= widest; ++n) {
    for (const auto& qubits : test::ordered_choices(info(gate).qubits, n)) {
      const Operation op = operation_on<S>(rng, gate, qubits);
      const auto start = random_amplitudes<S>(rng, n);
      auto psi = start;
      detail::apply_operation<S>(op, nullptr, nullptr, psi.data(), psi.size());
      const DenseVector expected = test::embed(test::dense_gate(op), qubits, n) * test::dense_of(start);
      worst = std::max(worst, test::max_difference(test::dense_of(psi), expected));
      worst = std::max(worst, std::abs(test::dense_of(psi).norm() - test::dense_of(start).norm()));
      auto undone = psi;
      detail::undo_operation<S>(op, nullptr, nullptr, undone.data(), undone.size());
      worst = std::max(worst, test::max_difference(test::dense_of(undone), test::dense_of(start)));
      detail::apply_operation<S>(inverse(op), nullptr, nullptr, psi.data(), psi.size());
      worst = std::max(worst, test::max_difference(test::dense_of(psi), test::dense_of(start)));
    }
  }
  return worst;
}

TEMPLATE_TEST_CASE("every gate on every ordered choice of 1 to 6 qubits is its dense matrix and can be undone", "",
                   float, double) {
  Rng rng(Seed{3});
  for (const Gate gate : test::all_gates()) {
    INFO(info(gate).name);
    CHECK(worst_error<TestType>(rng, gate, 6) < test::tolerance<TestType>());
  }
}

TEMPLATE_TEST_CASE("every gate works on long runs, at both ends of wide registers", "", float, double) {
  Rng rng(Seed{4});
  for (const Gate gate : test::all_gates()) {
    for (const std::array<int, max_gate_qubits>& qubits :
         {std::array{9, 0, 5, 2}, std::array{0, 9, 1, 4}, std::array{8, 7, 9, 0}}) {
      const Operation op = operation_on<TestType>(rng, gate, qubits);
      auto psi = random_amplitudes<TestType>(rng, 10);
      const DenseVector expected = test::apply_dense(test::dense_gate(op), qubits, test::dense_of(psi));
      detail::apply_operation<TestType>(op, nullptr, nullptr, psi.data(), psi.size());
      INFO(info(gate).name << " on " << qubits[0] << ' ' << qubits[1] << ' ' << qubits[2]);
      CHECK(test::max_difference(test::dense_of(psi), expected) < test::tolerance<TestType>());
    }
  }
}

TEMPLATE_TEST_CASE("features and weights reach the gates as documented", "", float, double) {
  Rng rng(Seed{5});
  for (int repeats = 0; repeats < 300; ++repeats) {
    const Operation op = test::random_operation(rng, test::random_gate(rng, 4), 4);
    const auto x = test::random_numbers<TestType>(rng, 3), w = test::random_numbers<TestType>(rng, 4);
    const auto xs = test::cast<TestType>(x), ws = test::cast<TestType>(w);
    auto psi = random_amplitudes<TestType>(rng, 4);
    const DenseVector expected = test::apply_dense(test::dense_gate(op, x, w), op.qubits, test::dense_of(psi));
    detail::apply_operation(op, xs.data(), ws.data(), psi.data(), psi.size());
    INFO(info(op.gate).name);
    CHECK(test::max_difference(test::dense_of(psi), expected) < 40 * test::tolerance<TestType>());
  }
}

/// d(matrix)/d(angle) of a gate with one angle, by differences of the textbook matrix.
Dense derivative_of(Gate gate, double angle) {
  const double h = 1e-3;
  const auto at = [gate](double a) { return test::textbook_matrix(gate, {a, 0, 0}); };
  return (8.0 * (at(angle + h) - at(angle - h)) - (at(angle + 2 * h) - at(angle - 2 * h))) / (12.0 * h);
}

TEMPLATE_TEST_CASE("generator_product is twice the real part of <lambda| dU U^dagger |psi>", "", float, double) {
  Rng rng(Seed{6});
  for (const Gate gate : test::all_gates()) {
    if (info(gate).angles != 1) continue;
    for (const auto& qubits : test::ordered_choices(info(gate).qubits, 4)) {
      const Operation op = operation_on<TestType>(rng, gate, qubits);
      const double angle = op.angles[0].offset;
      const auto psi = random_amplitudes<TestType>(rng, 4), lambda = random_amplitudes<TestType>(rng, 4);
      double sum = 0.0;  // the parts of these gates commute
      for (const auto& part : expand(op)) {
        sum += part.sign * static_cast<double>(detail::generator_product(part, lambda.data(), psi.data(), psi.size()));
      }
      const Dense generator = derivative_of(gate, angle) * test::dense_gate(op).adjoint();
      const DenseVector image = test::apply_dense(generator, qubits, test::dense_of(psi));
      INFO(info(gate).name << " on " << qubits[0] << ' ' << qubits[1]);
      CHECK(sum == Approx(2.0 * test::dense_of(lambda).dot(image).real()).margin(1e-11 + test::tolerance<TestType>()));
    }
  }
}

TEST_CASE("a gradient over millions of amplitudes in single precision loses no digits") {
  constexpr Index size = Index{1} << 22;
  const std::vector<std::complex<float>> lambda(size, {3e-4f, 0.0f}), psi(size, {0.0f, 3e-4f});
  for (const int qubit : {0, 21}) {  // 2 Im <lambda|X/2|psi> = sum of conj(lambda) psi's imaginary parts
    const auto rotation = *expand(gate::rx(qubit, 0.1)).begin();
    const double sum = static_cast<double>(detail::generator_product(rotation, lambda.data(), psi.data(), size));
    CHECK(sum == Approx(static_cast<double>(size) * static_cast<double>(3e-4f * 3e-4f)).epsilon(2e-6));
  }
}

}  // namespace kernels_test
