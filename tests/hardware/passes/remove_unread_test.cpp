// SPDX-License-Identifier: Apache-2.0
// What no measurement tells goes, and no outcome changes.

#include "qmtl/hardware/passes/remove_unread.hpp"

#include "hardware/pass_support.hpp"

namespace remove_unread_test {

TEST_CASE("diagonal gates before measurements and resets of zero go, outcomes stay", "[hardware]") {
  using namespace qmtl;
  Program program(3);
  program.add_register("c", 3);
  program.reset(0).append(gate::h(0)).append(gate::cx(0, 1)).reset(0).append(gate::h(0)).append(gate::rx(2, 0.3));
  program.append(gate::rz(0, 0.3)).append(gate::cz(0, 1)).append(gate::cp(1, 2, 0.4)).append(gate::s(0));
  for (int q = 0; q < 2; ++q) program.measure(q, q);
  const Program read = remove_diagonal_before_measurement(program);
  CHECK(read.instructions().size() == program.instructions().size() - 1);  // CP stays, since qubit 2 keeps its phase
  test::check_equivalent(program, read);
  const Program started = remove_resets_of_zero(read);
  CHECK(started.instructions().size() == read.instructions().size() - 1);
  test::check_equivalent(program, started, {.from_zero = true});
  Rng rng(Seed{2});
  for (int i = 0; i < 40; ++i) {
    auto random = test::random_program(rng, 3, 25, {.measurements = true});
    for (int q = 0; q < 2; ++q) random.append(test::random_gate_on(rng, 3, {})).measure(q, q);
    test::check_equivalent(random, remove_diagonal_before_measurement(random));
    test::check_equivalent(random, remove_resets_of_zero(random), {.from_zero = true});
  }
}

}  // namespace remove_unread_test
