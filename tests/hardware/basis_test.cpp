// SPDX-License-Identifier: Apache-2.0
// Bases by the names that publishers give their gates.

#include "qmtl/hardware/basis.hpp"

#include <string>
#include <vector>

#include "support/catch.hpp"

namespace basis_test {

TEST_CASE("bases of real devices by their names", "[hardware]") {
  using namespace qmtl;
  using Names = std::vector<std::string>;
  CHECK(basis_of(Names{"ecr", "id", "rz", "sx", "x"}) == Basis{.entangler = Gate::ECR});
  CHECK(basis_of(Names{"id", "rz", "sx", "x", "cx", "reset"}) == Basis{});
  CHECK(basis_of(Names{"id", "u1", "u2", "u3", "cx"}) ==
        Basis{.one_qubit = OneQubitBasis::u, .phase = Gate::P, .x = false});
  CHECK(basis_of(Names{"cz", "rz", "rx", "sx", "x", "rzz", "delay"}) ==
        Basis{.one_qubit = OneQubitBasis::rz_rx, .entangler = Gate::CZ, .rzz = true});
  CHECK(basis_of(Names{"U", "CX"}) == Basis{.one_qubit = OneQubitBasis::u, .phase = {}, .x = false});
}

TEST_CASE("bases that cannot make all gates are refused with their names", "[hardware]") {
  using namespace qmtl;
  using Names = std::vector<std::string>;
  for (const auto& names : std::vector<Names>{
           {}, {"rz", "sx"}, {"cx"}, {"rz", "cx"}, {"sx", "cx"}, {"rz", "sx", "iswap"}, {"u1", "u2", "cx"}}) {
    CHECK_THROWS_AS(basis_of(names), ValueError);
  }
  CHECK_THROWS_WITH(basis_of(Names{"rz", "cx"}), Catch::Contains("rz, cx"));
}

}  // namespace basis_test
