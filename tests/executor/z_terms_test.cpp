// SPDX-License-Identifier: Apache-2.0
// Products of Z that add up to the eigenvalues of a job's observables.

#include "qmtl/executor/z_terms.hpp"

#include <vector>

#include "qmtl/core/bits.hpp"
#include "support/catch.hpp"

namespace z_terms_test {

using namespace qmtl;

std::vector<ObservableTerm> terms_of(const ColMajorMatrix<double>& eigenvalues) {
  const ColMajorMatrix<double> no_parameters(0, 1);
  return z_terms({CircuitView(3, {}), {}, {}, no_parameters, eigenvalues});
}

TEST_CASE("the terms of any eigenvalues add up to them") {
  const ColMajorMatrix<double> eigenvalues = ColMajorMatrix<double>::Random(8, 2);
  ColMajorMatrix<double> sums = ColMajorMatrix<double>::Zero(8, 2);
  for (const auto& [observable, term] : terms_of(eigenvalues)) {
    CHECK(term.string.x == 0);
    for (Index a = 0; a < 8; ++a) {
      sums(static_cast<Eigen::Index>(a), observable) += term.coefficient * parity_sign(a, term.string.z);
    }
  }
  CHECK((sums - eigenvalues).norm() < 1e-14);
}

TEST_CASE("sums of products of Z are found again, and nothing else") {
  ColMajorMatrix<double> eigenvalues(8, 2);
  for (Index a = 0; a < 8; ++a) {
    eigenvalues.row(static_cast<Eigen::Index>(a)) << 0.5 * parity_sign(a, 0b101), 3.0 - parity_sign(a, 0b010);
  }
  const auto terms = terms_of(eigenvalues);
  REQUIRE(terms.size() == 3);
  CHECK(terms[0] == ObservableTerm{0, {0.5, {0, 0b101}}});
  CHECK(terms[1] == ObservableTerm{1, {3.0, {0, 0}}});
  CHECK(terms[2] == ObservableTerm{1, {-1.0, {0, 0b010}}});
}

}  // namespace z_terms_test
