// SPDX-License-Identifier: Apache-2.0
// Noisy programs of circuits, instruction by instruction against programs that are written by hand.

#include "qmtl/noise/with_noise.hpp"

#include <cmath>
#include <vector>

#include "qmtl/circuit/program_text.hpp"
#include "support/catch.hpp"
#include "support/dense_program.hpp"
#include "support/throws.hpp"

namespace with_noise_test {

using namespace qmtl;
using test::Dense;

/// A program that refers to the operators of each of a few channels by number.
class ByHand : public Program {
 public:
  using Program::Program;

  /// The channel on qubits; its operators are added where they are not known.
  ByHand& noise(const QuantumChannel& channel, std::vector<int> qubits, std::optional<Condition> condition = {}) {
    const auto count = static_cast<int>(channel.kraus().size());
    int first = -1;
    for (int m = 0; m + count <= std::ssize(matrices()) && first < 0; ++m) {
      const auto known = matrices().subspan(static_cast<std::size_t>(m), static_cast<std::size_t>(count));
      const bool same = std::equal(known.begin(), known.end(), channel.kraus().begin(),
                                   [](const auto& a, const auto& b) { return a.rows() == b.rows() && a == b; });
      if (same) first = m;
    }
    if (first < 0) first = add_matrices(channel.kraus());
    append(Instruction{Channel{std::move(qubits), first, count}, condition});
    return *this;
  }
  ByHand& gate(const Operation& op) {
    append(op);
    return *this;
  }
};

void check_same(const Program& program, const Program& expected) {
  CHECK(to_string(program) == to_string(expected));
  CHECK(program == expected);
}

TEST_CASE("all rules that match apply, in the order in which they were added") {
  const auto one = bit_flip(0.1), two = depolarizing(0.2, 2), here = phase_flip(0.3), each = amplitude_damping(0.4),
             there = phase_flip(0.5);
  NoiseModel model;
  model.after({.width = 1}, one)
      .after({.width = 2}, two)
      .after({.gate = Gate::CX}, each)
      .after({.gate = Gate::CX, .qubits = {1, 0}}, here)
      .after({.gate = Gate::X}, there);
  DynamicCircuit circuit(3);
  circuit.append(gate::h(2)).append(gate::x(1)).append(gate::cx(0, 1)).append(gate::cx(1, 0)).append(gate::cz(0, 2));
  circuit.append(gate::mcx({0, 1}, 2));  // of no kind, on three qubits: none matches
  ByHand expected(3);
  expected.gate(gate::h(2)).noise(one, {2});
  expected.gate(gate::x(1)).noise(one, {1}).noise(there, {1});
  expected.gate(gate::cx(0, 1)).noise(two, {0, 1}).noise(each, {0}).noise(each, {1});
  expected.gate(gate::cx(1, 0)).noise(two, {1, 0}).noise(each, {1}).noise(each, {0}).noise(here, {1}).noise(here, {0});
  expected.gate(gate::cz(0, 2)).noise(two, {0, 2});
  expected.append(gate::mcx({0, 1}, 2));
  check_same(with_noise(circuit, model), expected);
}

TEST_CASE("preparation and measurement, at the ends of a circuit") {
  const auto prepared = bit_flip(0.1), measured = bit_flip(0.2);
  NoiseModel model;
  model.at_preparation(prepared, {0}).before_measurement(measured);
  ByHand expected(2);
  expected.noise(prepared, {0}).gate(gate::h(0)).noise(measured, {0}).noise(measured, {1});
  check_same(with_noise(DynamicCircuit(2).append(gate::h(0)), model), expected);
}

TEST_CASE("in a program, before each measurement, after each reset, and under the gate's condition") {
  const auto prepared = bit_flip(0.1), measured = bit_flip(0.2), flipped = phase_flip(0.3), matrix = depolarizing(0.4);
  NoiseModel model;
  model.at_preparation(prepared, {7}).before_measurement(measured).after({.gate = Gate::X}, flipped);
  const auto program = [](Program base) {
    base.add_register("c", 2);
    base.name_weight(0, "angle");
    return base;
  };
  Program ideal = program(Program(2));
  ideal.channel(matrix.kraus(), {1}).unitary(test::swap_matrix(1), {1, 0});
  ideal.measure(0, 1).append(gate::x(1), Condition{0, 2}).reset(0).barrier({0, 1}).append(gate::ry(0, weight(0)));
  ByHand expected(2);
  expected.add_register("c", 2);
  expected.name_weight(0, "angle");
  expected.noise(prepared, {0}).noise(matrix, {1}).unitary(test::swap_matrix(1), {1, 0});
  expected.noise(measured, {0}).measure(0, 1).append(gate::x(1), Condition{0, 2});
  expected.noise(flipped, {1}, Condition{0, 2}).reset(0);
  expected.noise(prepared, {0}).barrier({0, 1}).append(gate::ry(0, weight(0)));
  check_same(with_noise(ideal, model, std::vector{7, 3}), expected);
}

TEST_CASE("rules name the device's qubits") {
  const auto here = bit_flip(0.1), pair = depolarizing(0.2, 2);
  NoiseModel model;
  model.after({.gate = Gate::X, .qubits = {40}}, here)
      .after({.gate = Gate::X}, pair, {41, 40})   // neighbours
      .after({.gate = Gate::X}, pair, {40, 50});  // 50 is not in the circuit
  ByHand expected(2);
  expected.gate(gate::x(0)).noise(pair, {0, 1}).gate(gate::x(1)).noise(here, {1}).noise(pair, {0, 1});
  const auto circuit = DynamicCircuit(2).append(gate::x(0)).append(gate::x(1));
  check_same(with_noise(circuit, model, std::vector{41, 40}), expected);
  CHECK_THROWS_AS(with_noise(circuit, model, std::vector{1}), ShapeError);
  CHECK_THROWS_AS(with_noise(circuit, model, std::vector{1, 1}), CircuitError);
  CHECK_THROWS_AS(with_noise(circuit, model, std::vector{1, -1}), CircuitError);
}

TEST_CASE("qubits relax while they wait") {
  const Relaxation first{.t1 = 200, .t2 = 100}, second{.t1 = 400, .t2 = 500, .excited = 0.1};
  NoiseModel model;
  model.while_idle(first, {0}).while_idle(second, {1});
  model.set_duration({.width = 1}, 30).set_duration({.gate = Gate::CX}, 300).set_duration({.gate = Gate::RZ}, 0);
  DynamicCircuit circuit(3);
  circuit.append(gate::x(0)).append(gate::rz(1, 0.5)).append(gate::cx(0, 1)).append(gate::x(2)).append(gate::cx(2, 0));
  ByHand expected(3);
  expected.gate(gate::x(0)).gate(gate::rz(1, 0.5));  // qubit 0 is busy until 30
  expected.noise(thermal_relaxation(second, 30), {1}).gate(gate::cx(0, 1));
  expected.gate(gate::x(2)).gate(gate::cx(2, 0));        // from 330, when qubit 0 is free, to 630
  expected.noise(thermal_relaxation(second, 300), {1});  // until all are measured
  check_same(with_noise(circuit, model), expected);
}

TEST_CASE("conditions wait for measurements, and barriers for all of their qubits") {
  const Relaxation relaxation{.t1 = 200, .t2 = 100};
  NoiseModel model;
  model.while_idle(relaxation).set_duration({.gate = Gate::X}, 30);
  model.set_measurement_duration(1000).set_reset_duration(500, {2});
  Program ideal(3);
  ideal.add_register("c", 1);
  ideal.append(gate::x(0)).measure(0, 0).append(gate::x(1), Condition{0, 1}).reset(2).barrier({1, 2});
  ByHand expected(3);
  expected.add_register("c", 1);
  expected.append(gate::x(0)).measure(0, 0);
  expected.noise(thermal_relaxation(relaxation, 1030), {1}).append(gate::x(1), Condition{0, 1}).reset(2);
  expected.noise(thermal_relaxation(relaxation, 560), {2}).barrier({1, 2});
  check_same(with_noise(ideal, model), expected);
}

TEST_CASE("rules for all qubits and for some apply in the order in which they were added") {
  const auto first = bit_flip(0.1), second = phase_flip(0.2), third = amplitude_damping(0.3);
  NoiseModel model;
  model.after({.gate = Gate::X, .qubits = {5}}, first).after({.width = 1}, second).after({.qubits = {5}}, third);
  const auto fourth = bit_flip(0.4), fifth = phase_flip(0.3);
  model.before_measurement(fourth).before_measurement(fifth, {4, 5});
  model.set_duration({.qubits = {5}}, 10).set_duration({}, 20).while_idle({.t1 = 100, .t2 = 90}, {4});
  ByHand expected(2);
  expected.gate(gate::x(1)).noise(first, {1}).noise(second, {1}).noise(third, {1});
  expected.noise(thermal_relaxation({.t1 = 100, .t2 = 90}, 20), {0});  // the duration set last holds
  for (const int q : {0, 1}) expected.noise(fourth, {q}).noise(fifth, {q});
  check_same(with_noise(DynamicCircuit(2).append(gate::x(1)), model, std::vector{4, 5}), expected);
}

TEST_CASE("coupled qubits turn all the time, and an echo turns them back") {
  NoiseModel model;
  model.couple({7, 3, 1e-3})
      .couple({7, 8, 1.0})
      .set_duration({.gate = Gate::X}, 30)
      .set_duration({.gate = Gate::Id}, 100);
  const auto for_time = [](double time) { return zz_crosstalk(1e-3, time); };
  DynamicCircuit circuit(2);
  circuit.append(gate::id(0)).append(gate::x(1)).append(gate::x(0));
  ByHand expected(2);
  expected.gate(gate::id(0)).gate(gate::x(1));             // both from 0
  expected.noise(for_time(100), {1, 0}).gate(gate::x(0));  // from 100
  expected.noise(for_time(30), {1, 0});                    // until both are measured
  check_same(with_noise(circuit, model, std::vector{3, 7}), expected);

  const auto echo = DynamicCircuit(2)
                        .append(gate::h(0))
                        .append(gate::h(1))
                        .append(gate::id(1))
                        .append(gate::x(1))
                        .append(gate::id(1));
  NoiseModel sudden;
  sudden.couple({0, 1, 2.1e-3}).set_duration({.gate = Gate::Id}, 100);
  CHECK(test::max_difference(test::dense_density(with_noise(echo, sudden)), test::dense_density(Program(echo))) <
        1e-15);
  const auto ramsey = DynamicCircuit(2).append(gate::h(0)).append(gate::x(1)).append(gate::id(1));
  const auto turned = DynamicCircuit(2).append(gate::h(0)).append(gate::x(1)).append(gate::rzz(0, 1, pi * 0.21));
  CHECK(test::max_difference(test::dense_density(with_noise(ramsey, sudden)), test::dense_density(Program(turned))) <
        1e-15);
  CHECK_THROWS_AS(model.couple({1, 1, 0.1}), CircuitError);
  CHECK_THROWS_AS(model.couple({1, 2, std::nan("")}), ValueError);
}

TEST_CASE("gates that a model refuses, by name") {
  NoiseModel model;
  model.refuse({}, "no such gate").permit({.gate = Gate::X}).permit({.gate = Gate::CX, .qubits = {3, 4}});
  model.refuse({.gate = Gate::X, .qubits = {4}}, "not calibrated");
  const auto message = [&model](const Program& program, std::vector<int> device) {
    return test::message_of<CircuitError>([&] { static_cast<void>(with_noise(program, model, device)); });
  };
  Program allowed(DynamicCircuit(2).append(gate::x(0)).append(gate::cx(0, 1)));
  allowed.reset(1).barrier({0, 1});
  check_same(with_noise(allowed, model, std::vector{3, 4}), allowed);
  CHECK(message(allowed, {4, 3}) == "qmtl: with_noise: x on q4 of the device: not calibrated");
  CHECK(message(Program(DynamicCircuit(2).append(gate::cx(1, 0))), {3, 4}) ==
        "qmtl: with_noise: cx on q4 q3 of the device: no such gate");
  CHECK(message(Program(DynamicCircuit(2).append(gate::h(0))), {3, 4}).starts_with("qmtl: with_noise: h on q3"));
  CHECK(
      message(Program(1).unitary(OperationMatrix::Identity(2, 2), {0}), {3}).starts_with("qmtl: with_noise: a matrix"));
}

TEST_CASE("measurements of a program are misread as the device misreads their qubits") {
  NoiseModel model;
  model.set_readout_error({0.25, 0.5}, {4});
  Program ideal(2);
  ideal.add_register("c", 2);
  ideal.append(gate::h(0))
      .measure(0, 0)
      .measure(1, 1)
      .append(Instruction{Measurement{1, 0, {0.5, 0.0}}, Condition{0, 2}});
  Program expected(2);
  expected.add_register("c", 2);
  expected.append(gate::h(0)).measure(0, 0).measure(1, 1, {0.25, 0.5});
  // 0 is read as 1 in one of two ways: rightly by the program and wrongly by the device, or the other way round.
  expected.append(Instruction{Measurement{1, 0, {0.5 * 0.25 + 0.5 * 0.5, 0.5}}, Condition{0, 2}});
  check_same(with_noise(ideal, model, std::vector{3, 4}), expected);
}

TEST_CASE("noise of strength zero is the ideal program") {
  NoiseModel model;
  model.after({.width = 1}, depolarizing(0)).after({.width = 2}, depolarizing(0, 2)).at_preparation(bit_flip(0));
  model.before_measurement(phase_damping(0)).while_idle({}).set_duration({}, 10);
  model.after({}, thermal_relaxation({.t1 = 10, .t2 = 10}, 0)).set_readout_error({});
  Rng rng(Seed{1});
  const auto circuit = test::random_dynamic_circuit(rng, 4, 30);
  const Program ideal(circuit);
  check_same(with_noise(ideal, model), ideal);
  check_same(with_noise(circuit, model), ideal);
}

TEST_CASE("resets to 0 and 1 with a quarter each after every gate") {
  // With T1 = T2, half of the state is replaced by an even mixture in T1 log 2.
  const auto resets = thermal_relaxation({.t1 = 1, .t2 = 1, .excited = 0.5}, std::log(2.0));
  NoiseModel model;
  model.after({.gate = Gate::Id}, resets).after({.gate = Gate::X}, resets);
  const Dense rho = test::dense_density(with_noise(DynamicCircuit(2).append(gate::id(0)).append(gate::x(1)), model));
  const std::vector<double> expected{3, 1, 9, 3};
  for (int i = 0; i < 4; ++i) CHECK(rho(i, i).real() == Approx(expected[static_cast<std::size_t>(i)] / 16));
}

}  // namespace with_noise_test
