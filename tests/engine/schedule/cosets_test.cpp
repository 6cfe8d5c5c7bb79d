// SPDX-License-Identifier: Apache-2.0
// Address maps follow permuting gates, and cosets visit every address once.

#include "qmtl/engine/schedule/cosets.hpp"

#include <set>
#include <vector>

#include "support/catch.hpp"
#include "support/dense.hpp"

namespace cosets_test {

using namespace qmtl;
using namespace qmtl::detail;

TEST_CASE("an address map is the permutation that the gates make", "[state][lanes]") {
  constexpr int n = 4;
  const std::vector<Operation> ops{gate::cx(0, 1), gate::x(2),       gate::swap(1, 3), gate::cx(3, 2),
                                   gate::cx(2, 0), gate::swap(0, 2), gate::x(0),       gate::id(1)};
  AddressMap map(n);
  for (const auto& op : ops) CHECK(map.follow(op));
  const auto unitary = test::dense_circuit(ops, n);
  for (Index before = 0; before < dimension(n); ++before) {
    for (Index after = 0; after < dimension(n); ++after) {
      const bool moves = std::abs(unitary(static_cast<Eigen::Index>(after), static_cast<Eigen::Index>(before))) > 0.5;
      CHECK(moves == (map.at(after) == before));  // data stay where they were written, at identity addresses
    }
  }
}

TEST_CASE("gates that are not permutations are not followed", "[state][lanes]") {
  AddressMap map(3);
  for (const auto& op : {gate::h(0), gate::cz(0, 1), gate::toffoli(0, 1, 2), gate::iswap(0, 1), gate::y(0)}) {
    CHECK_FALSE(map.follow(op));
  }
}

TEST_CASE("cosets visit every address once, in the coordinates of their qubits", "[state][lanes]") {
  AddressMap map(5);
  for (const auto& op : {gate::cx(0, 1), gate::cx(1, 4), gate::x(3), gate::cx(4, 0)}) CHECK(map.follow(op));
  const std::vector<int> qubits{4, 1};
  const Cosets cosets(map, qubits);
  std::set<Address> seen;
  cosets.for_each([&](Address base) {
    for (Index local = 0; local < 4; ++local) {
      const Address address = base ^ cosets.offsets[local];
      CHECK(seen.insert(address).second);
      Index logical = 0;
      while (map.at(logical) != address) ++logical;
      CHECK(bit_of(logical, 4) == bit_of(local, 0));
      CHECK(bit_of(logical, 1) == bit_of(local, 1));
    }
  });
  CHECK(seen.size() == 32);
}

}  // namespace cosets_test
