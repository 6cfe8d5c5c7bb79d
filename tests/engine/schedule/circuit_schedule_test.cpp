// SPDX-License-Identifier: Apache-2.0
// What circuits come to in lanes: how many passes over the amplitudes, and of which kind.

#include "qmtl/engine/schedule/circuit_schedule.hpp"

#include "support/catch.hpp"

namespace circuit_schedule_test {

using namespace qmtl;
using namespace qmtl::detail;
using Kind = ScheduledStep::Kind;

/// The kinds of steps after a ring of CX, which entangles all qubits and is no step.
std::vector<Kind> kinds(std::vector<Operation> ops, int n) {
  for (int q = n; q-- > 0;) ops.insert(ops.begin(), gate::cx(q, (q + 1) % n));
  AngleTable<double> angles;
  const CircuitSchedule<double> schedule(ops, AddressMap(n), false, false, angles);
  std::vector<Kind> kinds;
  for (const auto& step : schedule.steps) kinds.push_back(step.kind);
  return kinds;
}

TEST_CASE("permutations move no data", "[state][lanes]") {
  CHECK(kinds({gate::cx(0, 2), gate::swap(1, 3), gate::x(2)}, 4).empty());
  // iSWAP: phases in one pass, signs in another, and a permutation.
  CHECK(kinds({gate::iswap(0, 1)}, 4) == std::vector{Kind::signs, Kind::diagonal});
}

TEST_CASE("a layer of RZZ on a ring is three passes, with P, CP and RZ in them", "[state][lanes]") {
  std::vector<Operation> ops;
  for (int q = 0; q < 8; ++q) ops.push_back(gate::rzz(q, (q + 1) % 8, feature(q)));
  for (int q = 0; q < 8; ++q) ops.push_back(gate::p(q, feature(q)));
  ops.push_back(gate::cp(1, 2, weight(0)));
  ops.push_back(gate::rz(7, weight(1)));
  CHECK(kinds(ops, 8) == std::vector{Kind::diagonal, Kind::diagonal, Kind::diagonal});
}

TEST_CASE("neighbouring one-qubit gates are one pass a qubit", "[state][lanes]") {
  const std::vector<Operation> ops{
      gate::h(0),    gate::rx(1, feature(0)), gate::rz(0, feature(1)), gate::rx(0, weight(0)),
      gate::t(1),    gate::ry(2, feature(2)), gate::rz(2, weight(1)),  gate::ry(3, feature(0)),
      gate::cz(0, 1)};
  CHECK(kinds(ops, 4) == std::vector{Kind::run, Kind::run, Kind::rotations, Kind::signs});
}

TEST_CASE("gates wait only for what they commute with", "[state][lanes]") {
  CHECK(kinds({gate::cz(0, 1), gate::rx(0, 0.3)}, 2) == std::vector{Kind::signs, Kind::run});
  CHECK(kinds({gate::rx(0, 0.3), gate::cz(0, 1), gate::rz(0, 0.2)}, 2) == std::vector{Kind::run, Kind::signs});
  CHECK(kinds({gate::rx(0, 0.3), gate::cx(0, 1), gate::rx(0, 0.3)}, 2) == std::vector{Kind::run, Kind::run});
}

}  // namespace circuit_schedule_test
