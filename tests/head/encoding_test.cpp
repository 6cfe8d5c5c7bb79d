// SPDX-License-Identifier: Apache-2.0
// Encodings gate by gate as their papers draw them, their features, weights, squashings and names.

#include "qmtl/head/encoding.hpp"

#include <concepts>

#include "qmtl/circuit/counts.hpp"
#include "qmtl/head/state_encoding.hpp"
#include "support/catch.hpp"

namespace encoding_test {

using namespace qmtl;

constexpr auto ring3 = make_circuit<3>(gate::cz(0, 1), gate::cz(1, 2), gate::cz(2, 0));

// Angle encoding: one rotation a qubit and an entangler, L times.
static_assert(AngleEncoding<3>::circuit ==
              make_circuit<3>(gate::ry(0, feature(0)), gate::ry(1, feature(1)), gate::ry(2, feature(2)), ring3));
static_assert(AngleEncoding<2, Axis::X, CxChain, Layers<2>>::circuit ==
              make_circuit<2>(gate::rx(0, feature(0)), gate::rx(1, feature(1)), gate::cx(0, 1), gate::rx(0, feature(0)),
                              gate::rx(1, feature(1)), gate::cx(0, 1)));
static_assert(AngleEncoding<2, Axis::Z, NoEntangler>::circuit ==
              make_circuit<2>(gate::rz(0, feature(0)), gate::rz(1, feature(1))));

// More features than qubits go into further sub-layers, each entangled; fewer leave qubits unrotated.
static_assert(AngleEncoding<2, Axis::Y, CzRing, Layers<1>, Features<5>>::circuit ==
              make_circuit<2>(gate::ry(0, feature(0)), gate::ry(1, feature(1)), gate::cz(0, 1), gate::ry(0, feature(2)),
                              gate::ry(1, feature(3)), gate::cz(0, 1), gate::ry(0, feature(4)), gate::cz(0, 1)));
static_assert(AngleEncoding<2, Axis::Y, CzRing, Layers<1>, Features<4>>::circuit ==
              make_circuit<2>(gate::ry(0, feature(0)), gate::ry(1, feature(1)), gate::cz(0, 1), gate::ry(0, feature(2)),
                              gate::ry(1, feature(3)), gate::cz(0, 1)));
static_assert(AngleEncoding<3, Axis::Y, CzRing, Layers<1>, Features<1>>::circuit ==
              make_circuit<3>(gate::ry(0, feature(0)), ring3));

// Dense angle encoding (LaRose and Coyle 2020): RY and RZ by two features a qubit.
static_assert(DenseAngleEncoding<2>::circuit == make_circuit<2>(gate::ry(0, feature(0)), gate::rz(0, feature(1)),
                                                                gate::ry(1, feature(2)), gate::rz(1, feature(3)),
                                                                gate::cz(0, 1)));
static_assert(DenseAngleEncoding<2, CzRing, Layers<2>>::circuit == repeat<2>(DenseAngleEncoding<2>::circuit));

// Data re-uploading (Perez-Salinas et al. 2020): data, then trained rotations, again and again.
static_assert(ReuploadingEncoding<2, CxChain>::circuit ==
              make_circuit<2>(gate::ry(0, feature(0)), gate::ry(1, feature(1)), gate::cx(0, 1), gate::rz(0, weight(0)),
                              gate::ry(0, weight(1)), gate::rz(1, weight(2)), gate::ry(1, weight(3)),
                              gate::ry(0, feature(0)), gate::ry(1, feature(1)), gate::cx(0, 1), gate::rz(0, weight(4)),
                              gate::ry(0, weight(5)), gate::rz(1, weight(6)), gate::ry(1, weight(7))));

// IQP: H, RZ by features, RZZ by products.
static_assert(IqpEncoding<3, Layers<1>>::circuit ==
              make_circuit<3>(gate::h(0), gate::h(1), gate::h(2), gate::rz(0, feature(0)), gate::rz(1, feature(1)),
                              gate::rz(2, feature(2)), gate::rzz(0, 1, feature(0) * feature(1)),
                              gate::rzz(0, 2, feature(0) * feature(2)), gate::rzz(1, 2, feature(1) * feature(2))));
static_assert(IqpEncoding<3>::circuit == repeat<2>(IqpEncoding<3, Layers<1>>::circuit));
static_assert(IqpEncoding<4, Layers<1>, pattern::Chain>::circuit.size == 4 + 4 + 3);

// ZZ feature map (Havlicek et al. 2019): H, P(2 x), and P(2 (pi - x_a)(pi - x_b)) between two CNOTs.
static_assert(ZzEncoding<2, Layers<1>>::circuit ==
              make_circuit<2>(gate::h(0), gate::h(1), gate::p(0, 2.0 * feature(0)), gate::p(1, 2.0 * feature(1)),
                              gate::cx(0, 1), gate::p(1, 2.0 * (pi - feature(0)) * (pi - feature(1))), gate::cx(0, 1)));
static_assert(ZzEncoding<2>::circuit == repeat<2>(ZzEncoding<2, Layers<1>>::circuit));
static_assert(counts(ZzEncoding<4, Layers<1>>::circuit).of(Gate::CX) == 12);
static_assert(counts(ZzEncoding<4, Layers<1>, pattern::Ring>::circuit).of(Gate::CX) == 8);

static_assert(AmplitudeEncoding<3>::circuit == make_circuit<3>() && BasisEncoding<3>::circuit == make_circuit<3>());

// Features, qubits, weights.
static_assert(AngleEncoding<4>::features == 4 && encoding_qubits<AngleEncoding<4>> == 4);
static_assert(AngleEncoding<4, Axis::Y, CzRing, Layers<1>, Features<9>>::features == 9);
static_assert(DenseAngleEncoding<4>::features == 8 && IqpEncoding<4>::features == 4 && ZzEncoding<4>::features == 4);
static_assert(AmplitudeEncoding<4>::features == 16 && AmplitudeEncoding<4, Features<5>>::features == 5);
static_assert(BasisEncoding<4>::features == 4);
using Trainable = ReuploadingEncoding<2, CxChain, Layers<2>, Features<3>, TrainableFrequencies>;
static_assert(encoding_weights<Trainable> == 2 * 2 * 2 + 2 * 3 * 2 && weights_have_no_gap(Trainable::circuit.ops()));
static_assert(Trainable::circuit.operations[0] == gate::ry(0, trainable_feature(9, 8, 0, 1.0)));
static_assert(feature_uses<Trainable> == 2 && EncodesFeatures<Trainable>);
static_assert(encoding_weights<ReuploadingEncoding<4, CzRing, Layers<3>>> == 2 * 4 * 3);
static_assert(encoding_weights<ReuploadingEncoding<4, CzRing, Layers<3>, Features<11>>> == 2 * 4 * 3);
static_assert(encoding_weights<AngleEncoding<4>> == 0 && encoding_weights<ZzEncoding<4>> == 0);

// What starts from a state of its own, and what has a gradient.
static_assert(PreparesState<AmplitudeEncoding<2>> && PreparesState<BasisEncoding<2>> && !PreparesState<IqpEncoding<2>>);
static_assert(differentiable_encoding<AmplitudeEncoding<2>> && differentiable_encoding<AngleEncoding<2>>);
static_assert(!differentiable_encoding<BasisEncoding<2>>);

// Angles are centred in sum over the repetitions unless asked otherwise.
static_assert(std::same_as<SquashOf<AngleEncoding<4, Axis::Y, CzRing, Layers<3>>>, CentredTanh<3>>);
static_assert(std::same_as<SquashOf<DenseAngleEncoding<4, CzRing, Layers<2>>>, CentredTanh<2>>);
static_assert(std::same_as<SquashOf<ReuploadingEncoding<4>>, CentredTanh<2>>);
static_assert(std::same_as<SquashOf<ZzEncoding<4>>, CentredTanh<1>>);
static_assert(std::same_as<SquashOf<AmplitudeEncoding<4>>, NoSquash>);
static_assert(std::same_as<SquashOf<WithSquash<AngleEncoding<4>, FullTanh>>, FullTanh>);

struct Own {
  static constexpr int features = 3;
  static constexpr auto circuit = make_circuit<2>(gate::ry(0, feature(1)), gate::cx(0, 1));
};
static_assert(Encoding<Own>);
static_assert(std::same_as<SquashOf<Own>, CentredTanh<1>> && differentiable_encoding<Own>);

/// The same feature again and again: all that an angle can come from counts.
struct Repeating {
  static constexpr int features = 2;
  static constexpr auto circuit =
      make_circuit<2>(gate::ry(0, feature(0)), gate::rx(1, -2.0 * feature(0)), gate::cry(0, 1, 0.5 * feature(0) + pi),
                      gate::rz(0, feature(1)), gate::rzz(0, 1, 2.0 * (feature(0) + 1.0) * feature(1)));
};
struct Thirds {
  static constexpr int features = 1;
  static constexpr auto circuit = repeat<3>(make_circuit<1>(gate::ry(0, feature(0) / 3.0)));
};
static_assert(feature_uses<Repeating> == 6 && feature_uses<Thirds> == 1);  // 1 + 2 + 0.5 + 2, up
static_assert(feature_uses<ReuploadingEncoding<4, CzRing, Layers<3>>> == 3);
static_assert(feature_uses<AmplitudeEncoding<2>> == 1);
static_assert(std::same_as<SquashOf<Repeating>, CentredTanh<6>> && std::same_as<SquashOf<Thirds>, CentredTanh<1>>);

// Numbers that mean something by themselves are not to be standardised, unless the encoding says so.
struct Amplitudes : AmplitudeEncoding<2> {
  static constexpr bool standardizable = true;
};
static_assert(standardizable_encoding<AngleEncoding<4>> && standardizable_encoding<Own>);
static_assert(!standardizable_encoding<BasisEncoding<4>> && !standardizable_encoding<AmplitudeEncoding<4>>);
static_assert(!standardizable_encoding<WithSquash<AngleEncoding<4>, NoSquash>>);
static_assert(standardizable_encoding<WithSquash<AngleEncoding<4>, FullTanh>> && standardizable_encoding<Amplitudes>);

struct TooFewFeatures : Own {
  static constexpr int features = 1;
};
struct WithoutFeatures {
  static constexpr auto circuit = make_circuit<2>(gate::cx(0, 1));
};
struct Gap : Own {
  static constexpr auto circuit = make_circuit<2>(gate::ry(0, weight(1)));
};
static_assert(!Encoding<TooFewFeatures> && !Encoding<WithoutFeatures> && !Encoding<Gap> && !Encoding<int>);

TEST_CASE("encodings describe all that tells them apart") {
  CHECK(describe_encoding<AngleEncoding<4, Axis::X, CxChain, Layers<2>, Features<9>>>() ==
        "angle encoding RX, 9 features on 4 qubits, 2 layers, cx chain");
  CHECK(describe_encoding<DenseAngleEncoding<4>>() ==
        "dense angle encoding, 8 features on 4 qubits, 1 layers, cz ring");
  CHECK(describe_encoding<ReuploadingEncoding<4, NoEntangler, Layers<3>>>() ==
        "re-uploading encoding, 4 features on 4 qubits, 3 layers, no entangler");
  CHECK(describe_encoding<IqpEncoding<4>>() == "IQP encoding on 4 qubits, 2 layers, pairs all-to-all");
  CHECK(describe_encoding<ZzEncoding<4, Layers<1>, pattern::Ring>>() ==
        "ZZ feature map on 4 qubits, 1 layers, pairs ring");
  CHECK(describe_encoding<AmplitudeEncoding<4, Features<5>>>() == "amplitude encoding, 5 features on 4 qubits");
  CHECK(describe_encoding<BasisEncoding<4>>() == "basis encoding on 4 qubits");
  CHECK(describe_encoding<Own>().starts_with("own encoding, 3 features on 2 qubits, 2 operations "));  // a fingerprint
  CHECK(describe_encoding<Repeating>().ends_with(", angles pi/12 (1 + tanh z)"));
  CHECK(describe_encoding<WithSquash<Repeating, NoSquash>>().find("tanh") == std::string::npos);
  CHECK(describe_encoding<WithSquash<Own, NoSquash>>() == describe_encoding<Own>() + ", angles z");
}

}  // namespace encoding_test
