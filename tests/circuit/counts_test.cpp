// SPDX-License-Identifier: Apache-2.0
// Counts and depths against the longest path through an explicit graph of dependencies.

#include "qmtl/circuit/counts.hpp"

#include <vector>

#include "qmtl/circuit/combinators.hpp"
#include "support/catch.hpp"
#include "support/random_circuit.hpp"

namespace counts_test {

using namespace qmtl;

constexpr auto ring = chain(layer<4>([](int q) { return gate::ry(q, feature(q)); }),
                            layer<4>([](int q) { return gate::cz(q, (q + 1) % 4); }));
static_assert(depth(ring) == 5 && two_qubit_depth(ring) == 4);
static_assert(counts(ring).gates == 8 && counts(ring).of(Gate::CZ) == 4 && counts(ring).of(Gate::RY) == 4);
static_assert(counts(ring).of(Gate::X) == 0 && counts(ring).multi_qubit_gates == 4);
static_assert(counts(ring).features == 4 && counts(ring).weights == 0);
static_assert(count(ring.ops(), Gate::CZ) == 4 && count_by_width(ring.ops(), 1) == 4);
static_assert(depth(make_circuit<3>()) == 0 && two_qubit_depth(make_circuit<3>()) == 0 &&
              counts(make_circuit<3>()).gates == 0);
static_assert(depth(make_circuit<2>(gate::h(0), gate::h(1))) == 1 &&
              depth(make_circuit<2>(gate::h(0), gate::h(0))) == 2);
static_assert(two_qubit_depth(make_circuit<3>(gate::cx(0, 1), gate::h(1), gate::toffoli(0, 1, 2))) == 2);

bool share_a_qubit(const Operation& a, const Operation& b) {
  for (const int p : a.targets()) {
    for (const int q : b.targets()) {
      if (p == q) return true;
    }
  }
  return false;
}

/// The heaviest path in the graph with an edge from each operation to every later one on a common qubit, an operation
/// weighing 1 if it has at least `width` qubits and 0 otherwise.
int longest_path(std::span<const Operation> ops, int width) {
  std::vector<int> best(ops.size(), 0);
  int longest = 0;
  for (std::size_t i = 0; i < ops.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      if (share_a_qubit(ops[i], ops[j])) best[i] = std::max(best[i], best[j]);
    }
    if (static_cast<int>(ops[i].targets().size()) >= width) ++best[i];
    longest = std::max(longest, best[i]);
  }
  return longest;
}

template <int N, int M>
void check_counts(Rng& rng) {
  const auto c = test::random_circuit<N, M>(rng);
  const Counts all = counts(c);
  int sum = 0;
  for (const Gate gate : test::all_gates()) {
    CHECK(all.of(gate) == count(c.ops(), gate));
    sum += all.of(gate);
  }
  CHECK(sum == M);
  CHECK(all.gates == M);
  int by_width = 0;
  for (int width = 1; width <= max_gate_qubits; ++width) by_width += count_by_width(c.ops(), width);
  CHECK(by_width == M);
  CHECK(all.multi_qubit_gates == M - count_by_width(c.ops(), 1));
  CHECK(all.depth == longest_path(c.ops(), 1));
  CHECK(all.two_qubit_depth == longest_path(c.ops(), 2));
  CHECK(all.features == feature_count(c));
  CHECK(all.weights == weight_count(c));
}

TEST_CASE("counts add up and depths are longest paths") {
  Rng rng(Seed{1});
  for (int repeats = 0; repeats < 20; ++repeats) {
    check_counts<1, 10>(rng);
    check_counts<2, 30>(rng);
    check_counts<5, 60>(rng);
    check_counts<12, 40>(rng);
  }
}

TEST_CASE("depth does not change under inversion and adds at most under chaining") {
  Rng rng(Seed{2});
  for (int repeats = 0; repeats < 20; ++repeats) {
    const auto a = test::random_circuit<5, 20>(rng);
    const auto b = test::random_circuit<5, 20>(rng);
    CHECK(depth(inverse(a)) == depth(a));
    CHECK(two_qubit_depth(inverse(a)) == two_qubit_depth(a));
    CHECK(depth(chain(a, b)) <= depth(a) + depth(b));
    CHECK(depth(chain(a, b)) >= std::max(depth(a), depth(b)));
  }
}

TEST_CASE("counts as text") {
  CHECK(to_string(counts(ring)) == "8 gates (4 ry, 4 cz), depth 5, two-qubit depth 4, 4 features, 0 weights");
  CHECK(to_string(counts(make_circuit<3>(gate::toffoli(0, 1, 2), gate::rx(1, weight(4)), gate::x(1)))) ==
        "3 gates (1 x, 1 rx, 1 ccx), depth 3, two-qubit depth 1, 0 features, 5 weights");
}

}  // namespace counts_test
