// SPDX-License-Identifier: Apache-2.0
// Noise models: what they keep, what they refuse, and their text.

#include "qmtl/noise/noise_model.hpp"

#include <string>
#include <vector>

#include "support/catch.hpp"
#include "support/throws.hpp"

namespace noise_model_test {

using namespace qmtl;

TEST_CASE("of readout errors and durations the one set last holds") {
  NoiseModel model;
  CHECK(model.readout_error(3) == ReadoutError{});
  CHECK(model.measurement_duration(3) == 0.0);
  model.set_readout_error({0.1, 0.2}).set_readout_error({0.3, 0.4}, {1, 2});
  CHECK(model.readout_errors(std::vector{2, 0}) == std::vector<ReadoutError>{{0.3, 0.4}, {0.1, 0.2}});
  model.set_readout_error({0.01, 0.02});
  CHECK(model.readout_error(2) == ReadoutError{0.01, 0.02});
  model.set_measurement_duration(700).set_measurement_duration(800, {4}).set_reset_duration(900);
  CHECK(model.measurement_duration(4) == 800);
  CHECK(model.measurement_duration(5) == 700);
  CHECK(model.reset_duration(0) == 900);
}

TEST_CASE("a noise model as text") {
  NoiseModel model;
  model.after({.gate = Gate::CX, .qubits = {0, 1}}, depolarizing(0.02, 2))
      .after({.width = 1}, bit_flip(0.1))
      .after({.gate = Gate::CX}, zz_crosstalk(0, 1), {1, 2})
      .after({}, phase_flip(0.2))
      .at_preparation(bit_flip(0.01))
      .before_measurement(amplitude_damping(0.3), {5})
      .while_idle({.t1 = 200, .t2 = 100})
      .set_duration({.gate = Gate::CX}, 300)
      .couple({1, 2, -5e-5})
      .refuse({.width = 2}, "not calibrated")
      .permit({.gate = Gate::CX, .qubits = {0, 1}})
      .set_measurement_duration(700)
      .set_reset_duration(800, {1})
      .set_readout_error({0.015, 0.03});
  CHECK(to_string(model) ==
        "after cx on q0 q1: depolarizing 0.02\n"
        "after gates of 1 qubit: bit flip 0.1\n"
        "after cx: rotation by 0 about 1*Z0*Z1 on q1 q2\n"
        "after gates: phase flip 0.2\n"
        "preparation of any qubit: bit flip 0.01\n"
        "measurement of q5: amplitude damping 0.3\n"
        "idle any qubit: relaxation, T1 200, T2 100, P(1) 0\n"
        "q1 q2 coupled: RZZ at -5e-05\n"
        "gates of 2 qubits refused: not calibrated\n"
        "cx on q0 q1 permitted\n"
        "cx takes 300\n"
        "measuring any qubit takes 700\n"
        "resetting q1 takes 800\n"
        "reading any qubit: P(1|0) = 0.015, P(0|1) = 0.03\n");
}

TEST_CASE("rules that no gate can follow") {
  NoiseModel model;
  const auto circuit = [&model](GateSelector gates) {
    return test::message_of<CircuitError>([&] { model.after(gates, bit_flip(0.1)); });
  };
  CHECK(circuit({.gate = Gate::CX, .width = 1}) ==
        "qmtl: NoiseModel::after: qubits of the gates, expected one number, got 2 and 1");
  CHECK(circuit({.gate = Gate::X, .qubits = {0, 1}}).ends_with("got 1 and 2"));
  CHECK(circuit({.width = -1}).ends_with("got 0 and -1"));
  CHECK(circuit({.qubits = {0, -2}}) == "qmtl: NoiseModel::after: a qubit, expected 0 or more, got -2");
  CHECK(circuit({.qubits = {3, 3}}) == "qmtl: NoiseModel::after: qubits, expected each once, got 3 twice");
  const auto shape = [&model](GateSelector gates, int width) {
    return test::message_of<ShapeError>([&] { model.after(gates, identity_channel(width)); });
  };
  CHECK(shape({}, 2) == "qmtl: NoiseModel::after: qubits of the channel, expected 1, got 2");
  CHECK(shape({.gate = Gate::Toffoli}, 2) ==
        "qmtl: NoiseModel::after: qubits of the channel, expected 1 or the 3 of the gates, got 2");
  CHECK_THROWS_AS(model.after({}, identity_channel(2), {0}), ShapeError);
  CHECK_THROWS_AS(model.after({}, identity_channel(2), {0, 0}), CircuitError);
  CHECK_THROWS_AS(model.at_preparation(identity_channel(2)), ShapeError);
  CHECK_THROWS_AS(model.before_measurement(bit_flip(0.1), {-1}), CircuitError);
  CHECK_THROWS_AS(model.while_idle({.t1 = 1, .t2 = 3}), ValueError);
  CHECK_THROWS_AS(model.set_duration({}, -1), ValueError);
  CHECK_THROWS_AS(model.set_duration({.gate = Gate::X, .width = 2}, 1), CircuitError);
  CHECK_THROWS_AS(model.set_measurement_duration(-1), ValueError);
  CHECK_THROWS_AS(model.set_reset_duration(1, {1, 1}), CircuitError);
  CHECK_THROWS_AS(model.set_readout_error({-0.1, 0}), ValueError);
  CHECK(to_string(model).empty());
}

}  // namespace noise_model_test
