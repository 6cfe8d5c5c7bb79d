// SPDX-License-Identifier: Apache-2.0
// Bound programs have numbers in place of features and weights, and act the same.

#include "qmtl/circuit/bind_parameters.hpp"

#include <limits>
#include <vector>

#include "support/catch.hpp"

namespace bind_parameters_test {

TEST_CASE("binding puts numbers in the place of features and weights", "[circuit]") {
  using namespace qmtl;
  Program program(2);
  program.append(gate::rx(0, 2.0 * weight(1) + 0.5)).append(gate::rz(1, feature(0) * weight(0)));
  program.append(ControlledOperation{{0}, gate::p(1, -feature(0))}).append(gate::h(0));
  CHECK_FALSE(is_bound(program));
  const std::vector<double> x{0.5}, w{3.0, -1.0};
  const Program bound = bind_parameters(program, x, w);
  Program expected(2);
  expected.append(gate::rx(0, -1.5)).append(gate::rz(1, 1.5)).append(ControlledOperation{{0}, gate::p(1, -0.5)});
  expected.append(gate::h(0));
  CHECK(bound == expected);
  CHECK(is_bound(bound));
  CHECK_THROWS_AS(bind_parameters(program, {}, w), ShapeError);
  CHECK_THROWS_AS(bind_parameters(program, x, std::span(w).first(1)), ShapeError);
  const std::vector<double> infinite{std::numeric_limits<double>::infinity(), 0.0};
  CHECK_THROWS_AS(bind_parameters(program, x, infinite), ValueError);
}

}  // namespace bind_parameters_test
