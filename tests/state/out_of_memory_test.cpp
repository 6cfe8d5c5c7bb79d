// SPDX-License-Identifier: Apache-2.0
// Where the memory for a result is not there, the error says how much it was, and states stay as they were.

#include <string>

#include "qmtl/state/apply.hpp"
#include "qmtl/state/dynamic_state.hpp"
#include "qmtl/state/sampling.hpp"
#include "support/catch.hpp"
#include "support/count_allocations.hpp"

namespace out_of_memory_test {

using namespace qmtl;

/// The message of the MemoryError where the first allocation fails.
template <class Call>
std::string message_without_memory(const Call& call) {
  test::failing_allocation = 0;
  try {
    call();
  } catch (const MemoryError& error) {
    test::failing_allocation = -1;
    return error.what();
  } catch (const std::exception&) {
    test::failing_allocation = -1;
    return "another error";
  }
  test::failing_allocation = -1;
  return "no error";
}

constexpr bool eigen_can_fail = QMTL_TEST_OWN_MALLOC != 0;  // its memory comes from malloc

TEST_CASE("results name the bytes that they need") {
  const CircuitView circuit(3, {});
  const DynamicStateVector<> state(3);
  Rng rng(Seed{1});
  CHECK(message_without_memory([&] { (void)sample(state, 1, rng); }) == "qmtl: sample: no memory for 64 bytes");
  CHECK(message_without_memory([&] { (void)histogram({}, 4); }) == "qmtl: histogram: no memory for 128 bytes");
  if (!eigen_can_fail) return;
  CHECK(message_without_memory([&] { (void)unitary(circuit); }) == "qmtl: unitary: no memory for 1024 bytes");
  CHECK(message_without_memory([&] { DynamicStateVector<> copy(state); }) == "qmtl: state: no memory for 128 bytes");
}

TEST_CASE("a copy that finds no memory leaves its target as it was") {
  if (!eigen_can_fail) return;
  const DynamicStateVector<> large(5);
  DynamicStateVector<> target(2);
  CHECK(message_without_memory([&] { target = large; }) == "qmtl: state: no memory for 512 bytes");
  CHECK(target.qubits() == 2);
  CHECK(norm(target) == 1.0);
}

}  // namespace out_of_memory_test
