// SPDX-License-Identifier: Apache-2.0
// Building circuits: order, parameter counts, and the errors of circuits that break a rule.

#include "qmtl/circuit/circuit.hpp"

#include <cmath>

#include "qmtl/circuit/combinators.hpp"
#include "qmtl/circuit/counts.hpp"
#include "qmtl/circuit/drawing.hpp"
#include "qmtl/circuit/elementary.hpp"
#include "qmtl/circuit/light_cone.hpp"
#include "qmtl/state/apply.hpp"
#include "support/catch.hpp"
#include "support/random_circuit.hpp"
#include "support/throws.hpp"

namespace circuit_test {

using namespace qmtl;

constexpr auto bell = make_circuit<2>(gate::h(0), gate::cx(0, 1));
static_assert(bell.qubits == 2 && bell.size == 2 && bell.ops().size() == 2);
static_assert(bell.ops()[0] == gate::h(0) && bell.ops()[1] == gate::cx(0, 1));
static_assert(bell == make_circuit<2>(gate::h(0), gate::cx(0, 1)) &&
              !(bell == make_circuit<2>(gate::h(1), gate::cx(0, 1))));

constexpr auto nested = make_circuit<2>(gate::x(1), bell, gate::z(0), bell);
static_assert(nested.size == 6 && nested.ops()[0] == gate::x(1) && nested.ops()[2] == gate::cx(0, 1));
static_assert(nested.ops()[3] == gate::z(0) && nested.ops()[5] == gate::cx(0, 1));

constexpr auto empty = make_circuit<3>();
static_assert(empty.size == 0 && empty.ops().empty() && feature_count(empty) == 0 && weight_count(empty) == 0);
static_assert(weights_have_no_gap(empty.ops()));

static_assert(CircuitValue<decltype(bell)> && CircuitValue<std::remove_cv_t<decltype(bell)>> && !CircuitValue<int>);
static_assert(CircuitPart<Operation, 5> && CircuitPart<Circuit<2, 1>, 2> && !CircuitPart<Circuit<2, 1>, 3>);
static_assert(!CircuitPart<double, 2>);

struct WithCircuit {
  static constexpr auto circuit = bell;
};
struct WithoutCircuit {
  static constexpr int circuit = 3;
};
static_assert(CircuitType<WithCircuit> && !CircuitType<WithoutCircuit> && !CircuitType<int>);

constexpr auto parametric = make_circuit<3>(gate::ry(0, 0.5 * feature(4)), gate::rz(1, feature(1) * feature(6)),
                                            gate::crx(0, 2, weight(2) + 1.0), gate::u(1, 0.1, weight(0), feature(2)));
static_assert(feature_count(parametric) == 7 && weight_count(parametric) == 3);
static_assert(!weights_have_no_gap(parametric.ops()));
static_assert(weights_have_no_gap(make_circuit<3>(parametric, gate::p(0, -weight(1))).ops()));
static_assert(feature_count(make_circuit<1>(gate::rx(0, feature(6) * feature(1)))) == 7, "the first factor counts too");

TEST_CASE("angles that a gate does not use are not counted") {
  Operation op = gate::rx(0, weight(1));
  op.angles[1] = weight(9);
  op.angles[2] = feature(9);
  Circuit<1, 1> c;
  c.operations[0] = op;
  CHECK(weight_count(c) == 2);
  CHECK(feature_count(c) == 0);
  CHECK_FALSE(weights_have_no_gap(c.ops()));
}

TEST_CASE("random circuits count the parameters that occur in them") {
  Rng rng(Seed{1});
  for (int repeat = 0; repeat < 50; ++repeat) {
    const auto c = test::random_circuit<3, 12>(rng);
    std::array<bool, 10> features{}, weights{};
    for (const auto& op : c.ops()) {
      for (int a = 0; a < info(op.gate).angles; ++a) {
        const Angle& angle = op.angles[static_cast<std::size_t>(a)];
        const auto i = static_cast<std::size_t>(angle.index);
        if (angle.source == AngleSource::weight) weights[i] = true;
        if (angle.source == AngleSource::feature || angle.source == AngleSource::feature_product) features[i] = true;
        if (angle.source == AngleSource::feature_product) features[static_cast<std::size_t>(angle.second)] = true;
        if (angle.source != AngleSource::weighted_feature) continue;
        features[static_cast<std::size_t>(angle.second)] = true;
        weights[i] = true;
        if (angle.third != no_phase) weights[static_cast<std::size_t>(angle.third)] = true;
      }
    }
    int last_feature = 0, last_weight = 0;
    for (int i = 0; i < 10; ++i) {
      if (features[static_cast<std::size_t>(i)]) last_feature = i + 1;
      if (weights[static_cast<std::size_t>(i)]) last_weight = i + 1;
    }
    CHECK(feature_count(c) == last_feature);
    CHECK(weight_count(c) == last_weight);
    const auto used = std::count(weights.begin(), weights.end(), true);
    CHECK(weights_have_no_gap(c.ops()) == (used == last_weight));
  }
}

TEST_CASE("a qubit outside the register is an error") {
  CHECK(test::message_of<CircuitError>([] { (void)make_circuit<2>(gate::h(2)); }) ==
        "qmtl: a qubit must be below the circuit's qubit count 2, got 2");
  CHECK(test::message_of<CircuitError>([] { (void)make_circuit<2>(gate::h(-1)); }) ==
        "qmtl: a qubit must be below the circuit's qubit count 2, got -1");
  CHECK(test::message_of<CircuitError>([] { (void)make_circuit<3>(gate::h(0), gate::toffoli(0, 1, 5)); }) ==
        "qmtl: a qubit must be below the circuit's qubit count 3, got 5");
}

TEST_CASE("a gate that names a qubit twice is an error") {
  CHECK(test::message_of<CircuitError>([] { (void)make_circuit<2>(gate::cx(1, 1)); }) ==
        "qmtl: a gate's qubits must be distinct, got qubit 1 twice");
  for (const auto& op : {gate::toffoli(2, 2, 0), gate::toffoli(2, 0, 2), gate::fredkin(0, 2, 2)}) {
    CHECK(test::message_of<CircuitError>([&op] { (void)make_circuit<3>(op); }) ==
          "qmtl: a gate's qubits must be distinct, got qubit 2 twice");
  }
}

TEST_CASE("numbers that are no gate or no source of an angle are errors") {
  const auto no_gate = static_cast<Gate>(99);
  Circuit<2, 1> circuit;
  circuit.operations[0].gate = no_gate;
  const auto refused = [](auto&& ask) { CHECK_THROWS_AS(ask(), CircuitError); };
  refused([&] { return info(no_gate); });
  refused([&] { return make_circuit<2>(circuit.operations[0]); });
  refused([&] { return make_circuit<2>(circuit); });
  refused([&] { return weight_count(circuit); });
  refused([&] { return feature_count(circuit); });
  refused([&] { return counts(circuit); });
  refused([&] { return Counts{}.of(no_gate); });
  refused([&] { return draw(circuit); });
  refused([&] { return expand(circuit.operations[0]); });
  refused([&] { return light_cone(circuit.ops(), 2, Window<0, 1>::indices); });
  CHECK_FALSE(fits(circuit));
  Angle angle(0.5);
  angle.source = static_cast<AngleSource>(9);
  refused([&] { return make_circuit<1>(gate::ry(0, angle)); });
}

TEST_CASE("an operation that was put into a circuit by hand is checked before it is followed") {
  Circuit<2, 1> circuit = make_circuit<2>(gate::h(0));
  circuit.operations[0].qubits[0] = 1000000;
  CHECK_THROWS_AS(draw(circuit), CircuitError);
  CHECK_THROWS_AS(counts(circuit), CircuitError);
  CHECK_THROWS_AS((on<3, Window<1, 2>>(circuit)), CircuitError);
  CHECK_THROWS_AS(light_cone(circuit.ops(), 2, Window<0, 1>::indices), CircuitError);
}

TEST_CASE("qubits that a gate does not use are not checked") {
  Operation op = gate::h(0);
  op.qubits = {0, 0, 99};
  CHECK(make_circuit<1>(op).size == 1);
}

TEST_CASE("an angle that was written by hand is checked in full") {
  const auto refused = [](const Angle& angle) {
    Circuit<1, 1> circuit;
    circuit.operations[0] = gate::ry(0, angle);
    CHECK_FALSE(fits(circuit));
    return test::message_of<CircuitError>([&] { validate(circuit); });
  };
  Angle angle = trainable_feature(0, 1, 2);
  const std::string huge = "qmtl: a feature or weight index must be at most 1073741824, got 2147483647";
  for (const auto member : {&Angle::index, &Angle::second, &Angle::third}) {
    Angle wrong = angle;
    wrong.*member = 2147483647;
    CHECK(refused(wrong) == huge);
    wrong.*member = -3;
    CHECK(refused(wrong) == "qmtl: a feature or weight index must not be negative, got -3");
  }
  Angle without_phase = weight(0);
  without_phase.third = no_phase;
  CHECK(refused(without_phase) == "qmtl: a feature or weight index must not be negative, got -1");
  for (const double number : {std::nan(""), HUGE_VAL, -HUGE_VAL}) {
    for (const auto member : {&Angle::scale, &Angle::offset, &Angle::shift, &Angle::second_shift}) {
      Angle wrong = angle;
      wrong.*member = number;
      CHECK(refused(wrong) == "qmtl: the numbers of an angle must be finite");
    }
  }
}

TEST_CASE("a view that is no circuit is refused by whatever reads one") {
  const auto h = gate::h(0);
  const CircuitView narrow(0, {}), negative(-1, {}), wide(4097, {}), outside(1, std::span(&h, 1));
  for (const auto& view : {narrow, negative, wide}) {
    const auto refused = [&view](auto&& read) {
      CHECK(test::message_of<CircuitError>([&] { (void)read(view); }) ==
            detail::text("qmtl: a circuit must have 1 to 4096 qubits, got ", view.qubits));
    };
    refused([](CircuitView c) { return depth(c); });
    refused([](CircuitView c) { return two_qubit_depth(c); });
    refused([](CircuitView c) { return counts(c).gates; });
    refused([](CircuitView c) { return draw(c); });
    refused([](CircuitView c) { return light_cone(c, {}).width(); });
    refused([](CircuitView c) { return unitary(c).rows(); });
    CHECK_FALSE(fits(view));
  }
  CHECK(fits(outside));
}

}  // namespace circuit_test
