// SPDX-License-Identifier: Apache-2.0
// The expansion of gates into 2x2 matrices on pairs: read by its definition, it gives back the textbook matrices.

#include "qmtl/circuit/elementary.hpp"

#include <set>
#include <vector>

#include "support/catch.hpp"
#include "support/dense.hpp"
#include "support/random_circuit.hpp"
#include "support/tolerance.hpp"

namespace elementary_test {

using namespace qmtl;
using test::Dense;

static_assert(expand(gate::id(3)).count == 0);
static_assert(expand(gate::cx(2, 0)).count == 1 && expand(gate::cx(2, 0)).parts[0].gate == PairGate::X);
static_assert(expand(gate::cx(2, 0)).parts[0].pairs == PairSet{{0, 2, 0, 0}, 2, 4, 1});
static_assert(expand(gate::u(0, 0.1, 0.2, 0.3)).count == 3 && expand(gate::rzz(0, 1, 0.1)).count == 2);
static_assert(!expand(gate::h(0)).parts[0].parametric() && expand(gate::ry(0, 0.5)).parts[0].parametric());
static_assert(angle_of<double>(expand(gate::ry(0, 0.5)).parts[0], gate::ry(0, 0.5), nullptr, nullptr) == 0.5);
static_assert(angle_of<double>(expand(gate::h(0)).parts[0], gate::h(0), nullptr, nullptr) == 0.0);

template <class S>
Dense to_dense(const Matrix2<S>& m) {
  const auto at = [&m](int i, int j) {
    return test::Complex(static_cast<double>(m.re[i][j]), static_cast<double>(m.im[i][j]));
  };
  return test::matrix2(at(0, 0), at(0, 1), at(1, 0), at(1, 1));
}

struct Reference {
  PairGate pair;
  Gate gate;
};

const std::vector<Reference> references{
    {PairGate::X, Gate::X},   {PairGate::Y, Gate::Y},       {PairGate::Z, Gate::Z},   {PairGate::H, Gate::H},
    {PairGate::S, Gate::S},   {PairGate::Sdg, Gate::Sdg},   {PairGate::T, Gate::T},   {PairGate::Tdg, Gate::Tdg},
    {PairGate::SX, Gate::SX}, {PairGate::SXdg, Gate::SXdg}, {PairGate::RX, Gate::RX}, {PairGate::RY, Gate::RY},
    {PairGate::RZ, Gate::RZ}, {PairGate::P, Gate::P}};

TEMPLATE_TEST_CASE("the 2x2 matrices are the textbook's", "", float, double) {
  for (const double angle : {0.0, 0.75, -2.5, pi, 2 * pi, 13.0}) {
    const auto a = static_cast<TestType>(angle);
    for (const auto& [pair, gate] : references) {
      INFO(info(gate).name << "(" << angle << ")");
      const Dense expected = test::textbook_matrix(gate, {static_cast<double>(a), 0, 0});
      CHECK(test::max_difference(to_dense(matrix_of(pair, a)), expected) < test::tolerance<TestType>());
    }
  }
  const Dense root = test::textbook_matrix(Gate::RX, {-pi / 2, 0, 0});
  CHECK(test::max_difference(to_dense(matrix_of(PairGate::RootIX, TestType(0))), root) < test::tolerance<TestType>());
  CHECK(test::max_difference(to_dense(matrix_of(PairGate::RootIXdg, TestType(0))), Dense(root.adjoint())) <
        test::tolerance<TestType>());
  const Dense ix = test::Complex(0, 1) * test::pauli_matrix('X');
  CHECK(test::max_difference(to_dense(matrix_of(PairGate::IX, TestType(0))), ix) == 0.0);
  CHECK(test::max_difference(to_dense(matrix_of(PairGate::IXdg, TestType(0))), Dense(ix.adjoint())) == 0.0);
}

TEST_CASE("the adjoint at the negative angle undoes a matrix, and exp(-i a G) is the matrix of a generator") {
  for (const auto& facts : detail::pair_table) {
    const Dense m = to_dense(matrix_of(facts.gate, 0.7));
    INFO("pair gate " << static_cast<int>(facts.gate));
    CHECK(test::max_difference(Dense(to_dense(matrix_of(facts.adjoint, -0.7)) * m), Dense::Identity(2, 2)) < 1e-15);
    CHECK(facts.real() == m.imag().isZero(0.0));
    if (!facts.parametric) continue;
    const Dense g = test::Complex(0, -1) * to_dense(generator_of(facts.gate));
    Dense sum = Dense::Identity(2, 2), term = sum;
    for (int k = 1; k < 30; ++k) sum += term = 0.7 / k * g * term;
    CHECK(test::max_difference(m, sum) < 1e-15);
  }
}

TEST_CASE("a shape promises no more than the matrix keeps") {
  for (int g = 0; g <= static_cast<int>(PairGate::P); ++g) {
    const auto gate = static_cast<PairGate>(g);
    const Dense m = to_dense(matrix_of(gate, 0.7));
    INFO("pair gate " << g);
    switch (shape_of(gate)) {
      case PairShape::exchange: CHECK(test::max_difference(m, test::pauli_matrix('X')) == 0.0); break;
      case PairShape::diagonal: CHECK((m(0, 1) == 0.0 && m(1, 0) == 0.0)); break;
      case PairShape::real: CHECK(m.imag().isZero(0.0)); break;
      case PairShape::general: break;
    }
  }
}

/// The matrix of an elementary gate on n qubits, by the words of PairSet's definition.
Dense dense_part(const Elementary& part, const Matrix2<double>& m, int n) {
  const PairSet& pairs = part.pairs;
  Index mask = 0;
  for (int f = 0; f < pairs.fixed_count; ++f) mask |= Index{1} << pairs.fixed[static_cast<std::size_t>(f)];
  const Dense two = to_dense(m);
  Dense out = Dense::Identity(Eigen::Index{1} << n, Eigen::Index{1} << n);
  for (Index i = 0; i < (Index{1} << n); ++i) {
    if ((i & mask) != pairs.set) continue;
    const auto a = static_cast<Eigen::Index>(i), b = static_cast<Eigen::Index>(i ^ pairs.flip);
    out(a, a) = two(0, 0);
    out(a, b) = two(0, 1);
    out(b, a) = two(1, 0);
    out(b, b) = two(1, 1);
  }
  return out;
}

TEST_CASE("the product of a gate's parts is the gate, on every ordered choice of qubits") {
  Rng rng(Seed{1});
  for (const Gate gate : test::all_gates()) {
    for (const auto& qubits : test::ordered_choices(info(gate).qubits, 4)) {
      Operation op = test::random_operation(rng, gate, 4);
      op.qubits = qubits;
      const auto x = test::random_numbers(rng, 3), w = test::random_numbers(rng, 4);
      Dense product = Dense::Identity(16, 16);
      for (const auto& part : expand(op)) {
        product = dense_part(part, matrix_of(part.gate, angle_of(part, op, x.data(), w.data())), 4) * product;
      }
      INFO(info(gate).name << " on " << qubits[0] << ' ' << qubits[1] << ' ' << qubits[2]);
      CHECK(test::max_difference(product, test::embed(test::dense_gate(op, x, w), op.qubits, 4)) <
            30 * test::tolerance<double>());
    }
  }
}

TEST_CASE("pair sets keep their promises") {
  Rng rng(Seed{2});
  for (int repeats = 0; repeats < 500; ++repeats) {
    const Operation op = test::random_operation(rng, test::random_gate(rng, 6), 6);
    for (const auto& part : expand(op)) {
      const PairSet& pairs = part.pairs;
      Index mask = 0;
      for (int f = 0; f < pairs.fixed_count; ++f) {
        const int q = pairs.fixed[static_cast<std::size_t>(f)];
        if (f > 0) CHECK(pairs.fixed[static_cast<std::size_t>(f - 1)] < q);
        mask |= Index{1} << q;
      }
      Index qubits = 0;
      for (const int q : op.targets()) qubits |= Index{1} << q;
      CHECK(mask == qubits);
      CHECK((pairs.set & ~mask) == 0);
      CHECK((pairs.flip & ~mask) == 0);
      CHECK(pairs.flip != 0);
      CHECK(std::abs(part.sign) == 1.0);
      CHECK(part.angle < info(op.gate).angles);
    }
  }
}

}  // namespace elementary_test
