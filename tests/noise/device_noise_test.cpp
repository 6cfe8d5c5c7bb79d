// SPDX-License-Identifier: Apache-2.0
// A device's noise model is made of its published figures, gate by gate, and refuses what was not published.

#include "qmtl/noise/device_noise.hpp"

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "qmtl/noise/with_noise.hpp"
#include "support/catch.hpp"
#include "support/dense_program.hpp"
#include "support/throws.hpp"

namespace device_noise_test {

using namespace qmtl;
using test::dense_density;
using test::max_difference;

/// Three qubits, 0 - 1 - 2; times in ns. Relaxation alone exceeds the error of sx on qubit 1.
DeviceCalibration device() {
  DeviceCalibration out{.name = "three"};
  out.qubits = {{.t1 = 100e3, .t2 = 80e3, .p_1_given_0 = 0.01, .p_0_given_1 = 0.03, .readout_length = 800},
                {.t1 = 50e3, .t2 = 100e3},
                {}};
  out.gates = {{"sx", Gate::SX, {0}, 3e-4, 35},    {"sx", Gate::SX, {1}, 1e-6, 35},
               {"sx", Gate::SX, {2}, 1.0, 35},     {"rz", Gate::RZ, {0}, 0, 0},
               {"rz", Gate::RZ, {1}, 0, 0},        {"ecr", Gate::ECR, {1, 0}, 0.01, 300},
               {"ecr", Gate::ECR, {1, 2}, 1, 300}, {"u2", {}, {0}, 1e-3, 35},
               {"measure", {}, {1}, 0.02, 900},    {"reset", {}, {0}, {}, 1000}};
  return out;
}

/// d (F_relax - F) / (d F_relax - 1) with F = 1 - error, F_relax = (d F_pro + 1) / (d + 1) and d = 2^k.
double strength_of(double error, const std::vector<Relaxation>& qubits, double time) {
  double process = 1.0;
  for (const auto& q : qubits) process *= (1 + std::exp(-time / q.t1) + 2 * std::exp(-time / q.t2)) / 4;
  const double d = std::ldexp(1.0, static_cast<int>(qubits.size())), relaxed = (d * process + 1) / (d + 1);
  return std::max(0.0, d * (relaxed - (1 - error)) / (d * relaxed - 1));
}

/// A depolarizing channel of that strength, and then the relaxation of each qubit.
void add_by_hand(NoiseModel& model, Gate gate, const std::vector<int>& qubits, double error,
                 const std::vector<Relaxation>& relaxations, double time) {
  const GateSelector selector{.gate = gate, .qubits = qubits};
  model.after(selector, depolarizing(strength_of(error, relaxations, time), static_cast<int>(qubits.size())));
  for (std::size_t j = 0; j < qubits.size(); ++j) {
    model.after(selector, thermal_relaxation(relaxations[j], time), {qubits[j]});
  }
}

constexpr Relaxation first{.t1 = 100e3, .t2 = 80e3}, second{.t1 = 50e3, .t2 = 100e3};  // of qubits 0 and 1

std::size_t length(const Program& program) { return program.instructions().size(); }

std::string refusal(const DynamicCircuit& circuit, const NoiseModel& model) {
  return test::message_of<CircuitError>([&] { static_cast<void>(with_noise(circuit, model)); });
}

TEST_CASE("a device's gates have the channels of their published figures") {
  const auto published = device();
  const auto model = noise_model(published);
  NoiseModel by_hand;
  add_by_hand(by_hand, Gate::SX, {0}, 3e-4, {first}, 35);
  add_by_hand(by_hand, Gate::SX, {1}, 1e-6, {second}, 35);
  add_by_hand(by_hand, Gate::ECR, {1, 0}, 0.01, {second, first}, 300);
  DynamicCircuit circuit(2);
  circuit.append(gate::sx(0)).append(gate::rz(0, 0.4)).append(gate::sx(1)).append(gate::ecr(1, 0)).append(gate::sx(0));
  CHECK(max_difference(dense_density(with_noise(circuit, model)), dense_density(with_noise(circuit, by_hand))) < 1e-14);
  CHECK(max_difference(dense_density(with_noise(circuit, model)), dense_density(Program(circuit))) > 1e-3);

  CHECK(*depolarizing_strength(published, published.gates[0]) == Approx(1.918291878297909e-4).epsilon(1e-9));
  CHECK(*depolarizing_strength(published, published.gates[5]) == Approx(7.398068562039332e-3).epsilon(1e-12));
  CHECK(depolarizing_strength(published, published.gates[1]) == 0.0);
  CHECK(!depolarizing_strength(published, published.gates[2]));
  CHECK(!depolarizing_strength(published, published.gates[9]));
  CHECK(model.readout_error(0) == ReadoutError{.p_1_given_0 = 0.01, .p_0_given_1 = 0.03});
  CHECK(model.readout_error(2) == ReadoutError{});
  CHECK(model.measurement_duration(0) == 800);
  CHECK(model.measurement_duration(1) == 900);
  CHECK(model.reset_duration(0) == 1000);
}

TEST_CASE("in words, what was not taken as published") {
  auto published = device();
  published.report = {{.qubits = {1}, .quantity = "T2", .what = "above 2 T1"},
                      {.gate = "sx", .qubits = {2}, .quantity = "error", .what = "not calibrated", .from = 1}};
  CHECK(notes_on(published, 1) == "T2 above 2 T1");
  CHECK(notes_on(published, 2).empty());
  CHECK(notes_on(published, published.gates[0]).empty());
  CHECK(notes_on(published, published.gates[1]) == "relaxation alone exceeds the error");
  CHECK(notes_on(published, published.gates[2]) == "error 1, not calibrated");
  CHECK(notes_on(published, {"sx", Gate::SX, {0}, 0.9, 35}) == "error beyond the strongest depolarizing channel's");
}

TEST_CASE("gates that are not calibrated, and those that the device has not, are refused") {
  const auto model = noise_model(device());
  CHECK(refusal(DynamicCircuit(3).append(gate::sx(2)), model) ==
        "qmtl: with_noise: sx on q2 of the device: sx is not calibrated there, its published error is 1");
  CHECK(refusal(DynamicCircuit(3).append(gate::ecr(1, 2)), model).find("ecr on q1 q2") != std::string::npos);
  CHECK(refusal(DynamicCircuit(3).append(gate::ecr(0, 1)), model) ==
        "qmtl: with_noise: ecr on q0 q1 of the device: three has no such gate there");
  CHECK(refusal(DynamicCircuit(3).append(gate::h(0)), model).ends_with("three has no such gate there"));
  const auto open = noise_model(device(), {.other_gates = true});
  const auto circuit = DynamicCircuit(3).append(gate::h(0)).append(gate::ecr(0, 2));
  CHECK(dense_density(with_noise(circuit, open)) == dense_density(Program(circuit)));
  CHECK(refusal(DynamicCircuit(3).append(gate::sx(2)), open).find("not calibrated") != std::string::npos);
}

TEST_CASE("gates that the device has not take another one's figures, on both orders of its qubits") {
  const auto model = noise_model(device(), {.stand_ins = {{Gate::RY, Gate::SX}, {Gate::CX, Gate::ECR}}});
  NoiseModel by_hand;
  add_by_hand(by_hand, Gate::RY, {0}, 3e-4, {first}, 35);
  add_by_hand(by_hand, Gate::CX, {0, 1}, 0.01, {first, second}, 300);
  const auto circuit = DynamicCircuit(2).append(gate::ry(0, 0.7)).append(gate::cx(0, 1));
  CHECK(max_difference(dense_density(with_noise(circuit, model)), dense_density(with_noise(circuit, by_hand))) < 1e-15);
  CHECK(refusal(DynamicCircuit(3).append(gate::ry(2, 0.1)), model).find("ry on q2") != std::string::npos);
  CHECK(refusal(DynamicCircuit(3).append(gate::cx(2, 1)), model).find("ecr is not calibrated") != std::string::npos);
}

TEST_CASE("a stand-in that uses a gate several times has the noise of all of them") {
  const auto model = noise_model(device(), {.stand_ins = {{Gate::RY, Gate::SX, 2}, {Gate::SWAP, Gate::ECR, 3}}});
  DynamicCircuit ry(1), swap(2);
  ry.append(gate::ry(0, 0.4));
  swap.append(gate::ry(1, 0.3)).append(gate::swap(0, 1));
  NoiseModel by_hand;
  const double one = strength_of(3e-4, {first}, 35), two = strength_of(0.01, {first, second}, 300);
  by_hand.after({.gate = Gate::RY, .qubits = {0}}, depolarizing(1 - std::pow(1 - one, 2)))
      .after({.gate = Gate::RY, .qubits = {0}}, thermal_relaxation(first, 70))
      .after({.gate = Gate::RY, .qubits = {1}}, thermal_relaxation(second, 70))
      .after({.gate = Gate::SWAP}, depolarizing(1 - std::pow(1 - two, 3), 2))
      .after({.gate = Gate::SWAP}, thermal_relaxation(first, 900), {0})
      .after({.gate = Gate::SWAP}, thermal_relaxation(second, 900), {1});
  CHECK(max_difference(dense_density(with_noise(ry, model)), dense_density(with_noise(ry, by_hand))) < 1e-15);
  CHECK(max_difference(dense_density(with_noise(swap, model)), dense_density(with_noise(swap, by_hand))) < 1e-14);
  CHECK(test::message_of<ValueError>([] {
          static_cast<void>(noise_model(device(), {.stand_ins = {{Gate::RY, Gate::SX, 0}}}));
        }) == "qmtl: noise_model: stand_ins, uses of sx for ry, expected 1 to 1000, got 0");
}

TEST_CASE("pairs that are not coupled take the figures of the median coupling, if asked to") {
  auto published = device();
  published.gates.push_back({"ecr", Gate::ECR, {2, 1}, 0.02, 400});
  published.gates.push_back({"ecr", Gate::ECR, {0, 1}, 0.03, 500});  // the errors are .01, .02, .03, and one of 1
  const std::vector<StandIn> stand_ins{{Gate::RY, Gate::RZ}, {Gate::CX, Gate::ECR}};
  DynamicCircuit far(3), near(3);
  far.append(gate::ry(0, 0.7)).append(gate::cx(0, 2));
  near.append(gate::ry(0, 0.7)).append(gate::cx(0, 1));
  CHECK(refusal(far, noise_model(published, {.stand_ins = stand_ins})) ==
        "qmtl: with_noise: cx on q0 q2 of the device: three has no such gate there");
  const auto model = noise_model(published, {.stand_ins = stand_ins, .all_to_all = {0, 1, 2}});
  NoiseModel by_hand;
  by_hand
      .after({.gate = Gate::CX, .qubits = {0, 2}},
             depolarizing(strength_of(0.02, {Relaxation{}, second}, 400), 2))  // of ecr on qubits 2 and 1
      .after({.gate = Gate::CX}, thermal_relaxation(first, 400), {0});
  CHECK(max_difference(dense_density(with_noise(far, model)), dense_density(with_noise(far, by_hand))) < 1e-15);
  CHECK(dense_density(with_noise(near, model)) ==
        dense_density(with_noise(near, noise_model(published, {.stand_ins = stand_ins}))));

  // Calibrated in one order only: the other one has its figures, by its own name and by those of stand-ins.
  auto one_way = device();
  one_way.gates[6] = {"ecr", Gate::ECR, {0, 1}, 1, 300};
  DynamicCircuit turned(2);
  turned.append(gate::ry(0, 0.7)).append(gate::cx(0, 1)).append(gate::ry(1, 0.3)).append(gate::ecr(0, 1));
  NoiseModel figures;
  for (const Gate gate : {Gate::CX, Gate::ECR}) {
    figures.after({.gate = gate}, depolarizing(*depolarizing_strength(one_way, one_way.gates[5]), 2))
        .after({.gate = gate}, thermal_relaxation({.t1 = 100e3, .t2 = 80e3}, 300), {0})
        .after({.gate = gate}, thermal_relaxation({.t1 = 50e3, .t2 = 100e3}, 300), {1});
  }
  const auto both_ways = noise_model(one_way, {.stand_ins = stand_ins, .all_to_all = {0, 1}});
  CHECK(max_difference(dense_density(with_noise(turned, both_ways)), dense_density(with_noise(turned, figures))) <
        1e-14);
  one_way.gates.erase(one_way.gates.begin() + 6);
  const auto only_one = noise_model(one_way, {.stand_ins = stand_ins, .all_to_all = {0, 1}});
  CHECK(max_difference(dense_density(with_noise(turned, only_one)), dense_density(with_noise(turned, figures))) <
        1e-14);
  CHECK(test::message_of<CircuitError>([&] { static_cast<void>(noise_model(published, {.all_to_all = {3}})); }) ==
        "qmtl: DeviceCalibration: a gate's qubit, expected below 3, got 3");
}

TEST_CASE("a gate whose qubits can be exchanged is had in both orders where one is published, once") {
  auto published = device();
  for (auto& gate : published.gates) {
    if (gate.name == "ecr") gate = {"cz", Gate::CZ, gate.qubits, gate.error, gate.length};
  }
  const auto plus = DynamicCircuit(2).append(gate::sx(0)).append(gate::sx(1));
  const auto there = DynamicCircuit(plus).append(gate::cz(1, 0)), turned = DynamicCircuit(plus).append(gate::cz(0, 1));
  for (const std::vector<int>& all : {std::vector<int>{}, {0, 1}}) {
    const auto model = noise_model(published, {.all_to_all = all});
    CHECK(length(with_noise(turned, model)) == length(with_noise(there, model)));
    CHECK(max_difference(dense_density(with_noise(turned, model)), dense_density(with_noise(there, model))) < 1e-15);
  }
}

TEST_CASE("a gate has one set of figures: its own, or those of the first stand-in that the device has") {
  const auto circuit = DynamicCircuit(2).append(gate::sx(0)).append(gate::ry(0, 0.7)).append(gate::ecr(1, 0));
  const auto model = noise_model(device(), {.stand_ins = {{Gate::RY, Gate::SX}}});
  const auto listed = noise_model(device(), {.stand_ins = {{Gate::SX, Gate::SX},
                                                           {Gate::ECR, Gate::ECR},
                                                           {Gate::RY, Gate::RX},
                                                           {Gate::RY, Gate::SX},
                                                           {Gate::RY, Gate::SX}}});
  CHECK(with_noise(circuit, listed) == with_noise(circuit, model));
  CHECK(test::message_of<ValueError>([] {
          static_cast<void>(noise_model(device(), {.stand_ins = {{Gate::RY, Gate::ECR}}}));
        }).find("ry of 1 and ecr of 2") != std::string::npos);
}

TEST_CASE("qubits that wait relax, if asked to") {
  const auto circuit = DynamicCircuit(2).append(gate::rz(1, 0.1)).append(gate::sx(0));
  const auto busy = with_noise(circuit, noise_model(device()));
  const auto idle = with_noise(circuit, noise_model(device(), {.idle_relaxation = true}));
  CHECK(length(idle) == length(busy) + 1);  // qubit 1, until both are measured
}

TEST_CASE("qubits turn by the couplings that are published, if asked to") {
  auto published = device();
  published.zz_couplings = {{0, 1, -5e-5}};
  const auto plain = noise_model(published);
  CHECK(plain.couplings().empty());
  const auto model = noise_model(published, {.scale = 2.0, .zz_couplings = true});
  REQUIRE(model.couplings().size() == 1);
  CHECK(model.couplings()[0].shift == -1e-4);
  const auto circuit = DynamicCircuit(2).append(gate::rz(1, 0.1)).append(gate::sx(0));
  CHECK(length(with_noise(circuit, model)) == length(with_noise(circuit, plain)) + 1);
}

TEST_CASE("noise is scaled, down to none") {
  const auto circuit = DynamicCircuit(2).append(gate::sx(0)).append(gate::sx(1)).append(gate::ecr(1, 0));
  const auto none = noise_model(device(), {.scale = 0.0, .idle_relaxation = true});
  CHECK(length(with_noise(circuit, none)) == 3);
  CHECK(none.readout_error(0) == ReadoutError{});

  const auto three = noise_model(device(), {.scale = 3.0});
  CHECK(three.readout_error(0) == ReadoutError{.p_1_given_0 = 0.03, .p_0_given_1 = 0.09});
  CHECK(noise_model(device(), {.scale = 1e3}).readout_error(0) == ReadoutError{.p_1_given_0 = 0.5, .p_0_given_1 = 0.5});
  NoiseModel by_hand;
  by_hand.after({.gate = Gate::SX}, depolarizing(3 * strength_of(3e-4, {first}, 35)));
  by_hand.after({.gate = Gate::SX}, thermal_relaxation(first, 3 * 35));  // at three times the rate
  const auto sx = DynamicCircuit(1).append(gate::sx(0));
  CHECK(max_difference(dense_density(with_noise(sx, three)), dense_density(with_noise(sx, by_hand))) < 1e-15);
  CHECK_THROWS_AS(noise_model(device(), {.scale = -1.0}), ValueError);
}

TEST_CASE("a calibration made by hand whose gates are on qubits that there are not") {
  auto published = device();
  published.gates[0].qubits = {3};
  CHECK(test::message_of<CircuitError>([&] { static_cast<void>(noise_model(published)); }) ==
        "qmtl: DeviceCalibration: a gate's qubit, expected below 3, got 3");
}

}  // namespace device_noise_test
