// SPDX-License-Identifier: Apache-2.0
// Routing: every routed program is the original, in what it does and by replaying it, the same for a seed on any number
// of threads.

#include "qmtl/hardware/routing.hpp"

#include <complex>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "qmtl/circuit/dynamic_circuit.hpp"
#include "qmtl/state/apply.hpp"
#include "support/catch.hpp"
#include "support/random_dynamic_circuit.hpp"
#include "support/throws.hpp"

namespace routing_test {

using namespace qmtl;
using detail::Route, detail::RoutingProblem, detail::RoutingRules;

constexpr RoutingOptions quick{.trials = 4, .max_states = 20'000};

int pick(Rng& rng, int below) { return static_cast<int>(rng.below(static_cast<std::uint64_t>(below))); }

/// A random tree with a few more couplings.
Target random_target(Rng& rng, int qubits) {
  std::vector<CouplingMap::Coupling> pairs;
  for (int q = 1; q < qubits; ++q) pairs.emplace_back(pick(rng, q), q);
  for (int i = 0; i < qubits / 2; ++i) {
    const int a = pick(rng, qubits), b = pick(rng, qubits);
    if (a != b && std::ranges::find(pairs, CouplingMap::Coupling(a, b)) == pairs.end()) pairs.emplace_back(a, b);
  }
  return generic_target(CouplingMap(qubits, pairs));
}

/// Gates on one and two qubits.
DynamicCircuit random_gates(Rng& rng, int qubits, int count) {
  DynamicCircuit out(qubits);
  while (static_cast<int>(out.size()) < count) {
    const auto op = test::random_operation(rng, test::random_gate(rng, std::min(qubits, 2)), qubits, {0, 0});
    if (op.targets().size() <= 2) out.append(op);
  }
  return out;
}

/// All that a program can have on at most two qubits.
Program random_program(Rng& rng, int qubits, int count) {
  Program out(qubits);
  out.add_register("a", 2);
  out.add_register("b", 3);
  const int matrix = out.add_matrices(std::vector{test::random_unitary(rng, 2)});
  for (int i = 0; i < count; ++i) {
    const auto order = test::random_order(rng, qubits);
    const std::vector<int> two(order.begin(), order.begin() + 2);
    const auto condition = pick(rng, 4) == 0 ? std::optional(Condition{pick(rng, 2), 1}) : std::nullopt;
    switch (pick(rng, 12)) {
      case 0: out.measure(two[0], pick(rng, 5)); break;
      case 1: out.reset(two[0]); break;
      case 2: out.barrier(std::vector<int>(order.begin(), order.begin() + 1 + pick(rng, qubits))); break;
      case 3: out.append(MatrixOperation{two, matrix, pick(rng, 2) == 0}, condition); break;
      case 4: out.append(gate::mcx({two[0]}, two[1]), condition); break;
      case 5: out.append(Channel{two, matrix, 1}); break;
      case 6: out.append(gate::swap(two[0], two[1])); break;
      case 7: out.append(gate::u(two[0], 0.1 * i, 0.2, weight(0)), condition); break;
      default: out.append(gate::cx(two[0], two[1]), condition);
    }
  }
  return out;
}

void check_same(const RoutedProgram& a, const RoutedProgram& b) {
  CHECK(a.program == b.program);
  CHECK(a.initial_layout == b.initial_layout);
  CHECK(a.final_layout == b.final_layout);
  CHECK(a.swaps == b.swaps);
}

DynamicCircuit circuit_of(const Program& program) {
  DynamicCircuit out(program.qubits());
  for (const auto& instruction : program.instructions()) out.append(std::get<Operation>(instruction.action));
  return out;
}

/// The basis state of a device with qubit q of a program's basis state at layout[q] and zeros elsewhere.
Eigen::Index spread(Eigen::Index state, std::span<const int> layout) {
  Eigen::Index out = 0;
  for (std::size_t q = 0; q < layout.size(); ++q) out |= (state >> q & 1) << layout[q];
  return out;
}

/// So many layers of a gate on each pair of neighbours in a ring.
Program ring(int qubits, int layers) {
  Program out(qubits);
  for (int layer = 0; layer < layers; ++layer) {
    for (int q = 0; q < qubits; ++q) out.append(gate::ry(q, 0.1));
    for (int q = 0; q < qubits; ++q) out.append(gate::cx(q, (q + 1) % qubits));
  }
  return out;
}

TEST_CASE("routed programs of all kinds of instructions are the original", "[hardware]") {
  Rng rng(Seed{11});
  int swaps = 0;
  for (int trial = 0; trial < 30; ++trial) {
    const int places = 2 + pick(rng, 8), qubits = 2 + pick(rng, places - 1);
    const Target target = random_target(rng, places);
    const Program program = random_program(rng, qubits, 40);
    RoutingOptions options = quick;
    options.seed = Seed{static_cast<std::uint64_t>(trial)};
    const auto routed = route(program, target, options);
    CHECK_NOTHROW(check_routing(program, routed, target.couplings));
    swaps += routed.swaps;
    const auto order = test::random_order(rng, places);
    const std::vector<int> layout(order.begin(), order.begin() + qubits);
    const auto from = route_from(program, target, layout, options);
    CHECK_NOTHROW(check_routing(program, from, target.couplings));
    CHECK(from.initial_layout == layout);
    CHECK(from.swaps >= routed.swaps);
  }
  CHECK(swaps > 30);
}

TEST_CASE("routed circuits do what the original does", "[hardware]") {
  Rng rng(Seed{5});
  for (int trial = 0; trial < 12; ++trial) {
    const int places = 3 + pick(rng, 4), qubits = 3 + pick(rng, places - 2);
    const Target target = random_target(rng, places);
    const auto circuit = random_gates(rng, qubits, 25);
    const auto routed = route(Program(circuit), target, quick);
    const auto expected = unitary(circuit), actual = unitary(circuit_of(routed.program));
    double difference = 0.0;
    for (Eigen::Index in = 0; in < expected.cols(); ++in) {
      const auto column = actual.col(spread(in, routed.initial_layout));
      double rest = column.squaredNorm();
      for (Eigen::Index out = 0; out < expected.rows(); ++out) {
        const auto amplitude = column(spread(out, routed.final_layout));
        difference = std::max(difference, std::abs(amplitude - expected(out, in)));
        rest -= std::norm(amplitude);
      }
      difference = std::max(difference, std::abs(rest));
    }
    CHECK(difference < 1e-12);
  }
}

TEST_CASE("a seed gives one routed program on any number of threads", "[hardware]") {
  Rng rng(Seed{2});
  const Target target = generic_target(CouplingMap::grid(3, 4));
  const Program program = random_program(rng, 10, 150);
  RoutingOptions options = quick;
  const auto one = route(program, target, options);
  check_same(one, route(program, target, options));
  for (const int threads : {2, 3}) {
    options.execution = Threads{threads};
    check_same(one, route(program, target, options));
  }
  CHECK(one.swaps > 0);
}

TEST_CASE("rings and chains of heads need no swap where the device has them", "[hardware]") {
  const Target target = generic_target(CouplingMap::heavy_hex(8, 16));
  for (const int qubits : {12, 20}) {
    const auto program = ring(qubits, 10);
    const auto routed = route(program, target);
    CHECK(routed.swaps == 0);
    CHECK_NOTHROW(check_routing(program, routed, target.couplings));
  }
  const auto eight = route(ring(8, 2), target, quick);  // no such ring there
  CHECK(eight.swaps > 0);
  CHECK_NOTHROW(check_routing(ring(8, 2), eight, target.couplings));
}

TEST_CASE("swaps that only exchange idle qubits are left out", "[hardware]") {
  const Target line = generic_target(CouplingMap::line(3));
  Program program(3);
  program.append(gate::cx(0, 1)).append(gate::cx(1, 2)).append(gate::cx(0, 2));
  CHECK(route(program, line, quick).swaps == 1);
  const RoutingProblem problem(program, RoutingProblem::Detail::couplings);
  RoutingRules rules(problem, line.couplings);
  const Route wasteful{{0, 1, 2}, {{0, 1}, {0, 1}, {1, 2}, {0, 1}, {0, 1}}};
  CHECK(without_idle_swaps(rules, wasteful).swaps.size() < wasteful.swaps.size());
}

TEST_CASE("routed programs are on the best places", "[hardware]") {
  DeviceCalibration device{.name = "line", .qubits = std::vector<QubitCalibration>(9)};
  for (int q = 1; q < 9; ++q) {
    device.coupling_map.emplace_back(q - 1, q);
    device.gates.push_back({"cz", Gate::CZ, {q - 1, q}, q < 6 ? 0.1 : 0.001 * q, 100});
  }
  const Target target = target_from(device);
  const auto routed = route(ring(3, 2), target, quick);
  CHECK_NOTHROW(check_routing(ring(3, 2), routed, target.couplings));
  CHECK(routed.swaps > 0);
  auto places = routed.initial_layout;
  std::ranges::sort(places);
  CHECK(places == std::vector{5, 6, 7});
}

TEST_CASE("a device larger and a program wider than usual", "[hardware]") {
  Rng rng(Seed{9});
  const Target target = generic_target(CouplingMap::heavy_hex(8, 16));
  const Program program(random_gates(rng, 120, 400));
  const auto routed = route(program, target, {.trials = 2, .max_states = 1});
  CHECK_NOTHROW(check_routing(program, routed, target.couplings));
  const Target apart = generic_target(CouplingMap(6, {{0, 1}, {2, 3}, {3, 4}}));
  Program three(5);  // of which two are idle
  three.append(gate::cx(0, 1)).append(gate::cx(1, 4)).append(gate::cx(0, 4));
  const auto in_part = route(three, apart, quick);
  CHECK_NOTHROW(check_routing(three, in_part, apart.couplings));
  CHECK(in_part.swaps == 1);
}

TEST_CASE("programs and options that cannot be routed", "[hardware]") {
  const Target line = generic_target(CouplingMap::line(3));
  Program three(3);
  three.append(gate::toffoli(0, 1, 2));
  CHECK(test::message_of<CircuitError>([&] { static_cast<void>(route(three, line)); }) ==
        "qmtl: InteractionGraph: an instruction, expected on at most 2 qubits, got one on 3: decompose the program "
        "first");
  CHECK_THROWS_AS(route(Program(4), line), CircuitError);
  const Target apart = generic_target(CouplingMap(4, {{0, 1}, {2, 3}}));
  CHECK(test::message_of<CircuitError>([&] { static_cast<void>(route(ring(3, 1), apart)); }) ==
        "qmtl: route: a circuit in which gates tie 3 qubits together, expected at most 2, as many as are connected on "
        "'generic'");
  CHECK(test::message_of<ValueError>([&] { static_cast<void>(route(ring(3, 1), line, {.trials = 0})); }) ==
        "qmtl: routing: trials and states, expected 1 or more, got 0 and 500000");
  CHECK_THROWS_AS(route(ring(3, 1), line, {.execution = Threads{0}}), ValueError);
  CHECK_THROWS_AS(route_from(ring(3, 1), line, std::vector{0, 1}), ShapeError);
  CHECK_THROWS_AS(route_from(ring(3, 1), line, std::vector{0, 1, 1}), CircuitError);
  CHECK_THROWS_AS(route_from(ring(2, 1), apart, std::vector{0, 2}), CircuitError);
}

TEST_CASE("a routed program says which instruction of the original each is", "[hardware]") {
  Rng rng(Seed{9});
  const auto program = random_program(rng, 5, 30);
  const auto routed = route(program, random_target(rng, 6), quick);
  REQUIRE(routed.origins.size() == routed.program.instructions().size());
  std::vector<int> seen;
  for (std::size_t i = 0; i < routed.origins.size(); ++i) {
    const auto& action = routed.program.instructions()[i].action;
    if (routed.origins[i] < 0) {
      CHECK(std::get<Operation>(action).gate == Gate::SWAP);
    } else {
      seen.push_back(routed.origins[i]);
      CHECK(program.instructions()[static_cast<std::size_t>(seen.back())].action.index() == action.index());
    }
  }
  std::ranges::sort(seen);
  REQUIRE(seen.size() == program.instructions().size());
  for (std::size_t i = 0; i < seen.size(); ++i) CHECK(seen[i] == static_cast<int>(i));
}

}  // namespace routing_test
