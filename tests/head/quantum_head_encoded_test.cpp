// SPDX-License-Identifier: Apache-2.0
// Heads from entries: encoding once and evaluating from there is what forward and backward do, in every engine.

#include <algorithm>
#include <complex>
#include <string>
#include <vector>

#include "qmtl/head/encode.hpp"
#include "qmtl/head/quantum_head.hpp"
#include "qmtl/head/state_encoding.hpp"
#include "qmtl/measure/observable_readouts.hpp"
#include "qmtl/measure/reduced_density.hpp"
#include "support/catch.hpp"
#include "support/throws.hpp"

namespace quantum_head_encoded_test {

using namespace qmtl;
using qmtl::test::message_of;

// A window within another, one across it in another order, and one as wide as the cost model allows.
using Wide = Task<"wide", RotationBlock<3>, Qubits<4, 0, 2>, Classes<3>>;
using Inside = Task<"inside", RotationBlock<2, Layers<2>>, Qubits<2, 4>, BinaryReadout<TrainableScale<3>>>;
using Across = Task<"across", StronglyEntanglingBlock<2>, Qubits<3, 2>, Classes<2>>;
// Two windows, one within another task's, whose observables are not diagonal.
using Sums = Task<"sums", RotationBlock<2>, Windows<Qubits<0, 4>, Qubits<3, 2>>,
                  BinaryOf<TrainableWeights<Observable<"0.5 X0 Y1 - Z0 + 0.2 X1">>>>;
template <class S, HeadMethod M, class E>
using HeadOf = BasicQuantumHead<S, M, E, Wide, Inside, Across, Sums>;

/// Complex amplitudes.
template <int N>
struct RyRz {
  static constexpr int features = N;
  static constexpr auto circuit =
      make_circuit<N>(layer<N>([](int q) { return gate::ry(q, feature(q)); }), CxRing::make<N>(),
                      layer<N>([](int q) { return gate::rz(q, 0.7 * feature(q)); }), CxRing::make<N>(),
                      layer<N>([](int q) { return gate::ry(q, feature(q)); }));
};

constexpr auto window = HeadMethod::window;
using RealLanes = HeadOf<double, window, AngleEncoding<6, Axis::Y, CxRing, Layers<2>>>;
using ComplexLanes = HeadOf<double, window, RyRz<6>>;
using FloatLanes = HeadOf<float, window, RyRz<6>>;
using RealTiles = HeadOf<double, window, AngleEncoding<13, Axis::Y, CxRing, Layers<2>>>;
using ComplexTiles = HeadOf<double, window, RyRz<13>>;
using RealCones = HeadOf<double, HeadMethod::light_cone, AngleEncoding<9, Axis::Y, CzRing, Layers<1>>>;
using ComplexCones = HeadOf<double, HeadMethod::light_cone, RyRz<7>>;
using Prepared = HeadOf<double, window, AmplitudeEncoding<5>>;

static_assert(CachingHead<RealLanes> && CachingHead<RealTiles> && CachingHead<RealCones> && CachingHead<Prepared>);
using Plain = AngleEncoding<5>;
static_assert(!HeadOf<double, HeadMethod::direct, Plain>::caches_encodings);
static_assert(!HeadOf<double, HeadMethod::shift, Plain>::caches_encodings);
static_assert(!QuantumHead<double, ReuploadingEncoding<5>, Wide>::caches_encodings);  // has weights
// A block as wide as the register and without much to do runs on copies of the state; then nothing can be kept.
using WholeRegister = Task<"whole", IdentityBlock<7>, Window<0, 7>, Binary>;
static_assert(!CachingHead<QuantumHead<double, AngleEncoding<7, Axis::Y, CxRing, Layers<2>>, Wide, WholeRegister>>);

template <class H>
struct Data {
  using S = typename H::Scalar;
  explicit Data(Eigen::Index batch) : weights(H::parameters) {
    Rng rng(Seed{static_cast<std::uint64_t>(batch)});
    const auto numbers = [&](Eigen::Index rows) {
      return Batch<S>(Batch<S>::NullaryExpr(rows, batch, [&rng] { return static_cast<S>(rng.normal()); }));
    };
    z = numbers(H::features);
    c = numbers(H::outputs);
    for (auto& w : weights) w = static_cast<S>(rng.normal());
  }
  Batch<S> z, c;
  std::vector<S> weights;
};

template <class H>
Batch<typename H::Scalar> entries_of(H& head, const Batch<typename H::Scalar>& z) {
  Batch<typename H::Scalar> entries(head.encoded_size(), z.cols());
  head.encode(z, entries);
  return entries;
}

template <class S>
struct Result {
  Batch<S> logits;
  std::vector<S> gradient;

  friend bool operator==(const Result&, const Result&) = default;
  [[nodiscard]] double difference(const Result& other) const {
    double worst = static_cast<double>((logits - other.logits).cwiseAbs().maxCoeff());
    for (std::size_t j = 0; j < gradient.size(); ++j) {
      worst = std::max(worst, static_cast<double>(std::abs(gradient[j] - other.gradient[j])));
    }
    return worst;
  }
};

template <class H, class S = typename H::Scalar>
Result<S> step(H& head, const Data<H>& data) {
  Result<S> out{Batch<S>(H::outputs, data.z.cols()), std::vector<S>(data.weights.size())};
  head.forward(data.z, data.weights, out.logits);
  head.backward_weights(data.z, data.weights, data.c, out.gradient);
  return out;
}

template <class H, class S = typename H::Scalar>
Result<S> encoded_step(H& head, const Batch<S>& entries, const Data<H>& data) {
  Result<S> out{Batch<S>(H::outputs, entries.cols()), std::vector<S>(data.weights.size())};
  head.forward_encoded(entries, data.weights, out.logits);
  head.backward_encoded(entries, data.weights, data.c, out.gradient);
  return out;
}

TEMPLATE_TEST_CASE("logits and weight gradients from entries are those from features", "", RealLanes, ComplexLanes,
                   FloatLanes, RealTiles, ComplexTiles, RealCones, ComplexCones, Prepared) {
  using H = TestType;
  const double tolerance = sizeof(typename H::Scalar) == 8 ? 1e-12 : 3e-4;
  H head;
  for (const Eigen::Index batch : {1, 8, 3, 21}) {
    const Data<H> data(batch);
    const auto expected = step(head, data);
    const auto entries = entries_of(head, data.z);
    CHECK(encoded_step(head, entries, data).difference(expected) < tolerance);
    H other;  // that has not seen the features
    CHECK(encoded_step(other, entries, data).difference(expected) < tolerance);
  }
}

/// The windows' density matrices as they are stored: columns of the lower triangle.
template <class W, class T>
void append_triangle(std::vector<double>& out, const T& state, bool complex) {
  const auto rho = reduced_density<W>(state);
  for (Eigen::Index column = 0; column < rho.cols(); ++column) {
    for (Eigen::Index row = column; row < rho.rows(); ++row) {
      out.push_back(rho(row, column).real());
      if (complex) out.push_back(rho(row, column).imag());
    }
  }
}

TEMPLATE_TEST_CASE("entries are the packed density matrices of the distinct windows", "", RealLanes, ComplexLanes,
                   RealTiles, ComplexTiles) {
  using H = TestType;
  using E = typename H::EncodingType;
  constexpr bool complex = !is_real(E::circuit.ops());
  const Data<H> data(3);
  H head;
  const auto entries = entries_of(head, data.z);
  REQUIRE(entries.rows() == (36 + 10) * (complex ? 2 : 1));  // Inside looks through Wide's
  for (Eigen::Index b = 0; b < 3; ++b) {
    std::vector<double> angles;
    for (const double z : data.z.col(b)) angles.push_back(SquashOf<E>::angle(z));
    const auto state = encode<E>(angles);
    std::vector<double> expected;
    append_triangle<Qubits<4, 0, 2>>(expected, state, complex);
    append_triangle<Qubits<3, 2>>(expected, state, complex);
    for (std::size_t e = 0; e < expected.size(); ++e) {
      CHECK(entries(static_cast<Eigen::Index>(e), b) == Approx(expected[e]).margin(1e-13));
    }
  }
}

TEMPLATE_TEST_CASE("a task's window has its density matrix in the entries, whichever window hosts it", "", RealLanes,
                   ComplexLanes, FloatLanes, RealTiles, ComplexTiles, RealCones, ComplexCones, Prepared) {
  using H = TestType;
  using S = typename H::Scalar;
  using E = typename H::EncodingType;
  const double tolerance = sizeof(S) == 8 ? 1e-13 : 1e-5;
  const Data<H> data(3);
  H head;
  const auto entries = entries_of(head, data.z);
  for (Eigen::Index b = 0; b < 3; ++b) {
    std::vector<double> angles;
    for (const S z : data.z.col(b)) angles.push_back(SquashOf<E>::angle(static_cast<double>(z)));
    const auto state = encode<E>(angles);
    const std::span<const S> sample(entries.col(b).data(), static_cast<std::size_t>(entries.rows()));
    const auto difference = [](const auto& rho, const auto& expected) {
      return (rho.template cast<std::complex<double>>() - expected).cwiseAbs().maxCoeff();
    };
    CHECK(difference(head.template window_density<0>(sample), reduced_density<Qubits<4, 0, 2>>(state)) < tolerance);
    CHECK(difference(head.template window_density<1>(sample), reduced_density<Qubits<2, 4>>(state)) < tolerance);
    CHECK(difference(head.template window_density<2>(sample), reduced_density<Qubits<3, 2>>(state)) < tolerance);
  }
  CHECK(message_of<ShapeError>([&] { (void)head.template window_density<1>(std::span<const S>()); }) ==
        detail::text("qmtl: QuantumHead: entries of a sample must be ", entries.rows(), ", got 0"));
}

TEST_CASE("a head tells the expectation values behind its last logits") {
  const Data<RealLanes> data(9);
  RealLanes head;
  const auto entries = entries_of(head, data.z);
  const auto logits = encoded_step(head, entries, data).logits;
  const auto values = head.expectations();
  const double scale = data.weights[RealLanes::task_parameters[0] + RealLanes::task_parameters[1] - 1];
  CHECK((logits.topRows(3) - 4.0 * values.topRows(3)).cwiseAbs().maxCoeff() < 1e-14);
  CHECK((logits.row(3) - scale * values.row(3)).cwiseAbs().maxCoeff() < 1e-14);
  Batch<double> again(RealLanes::outputs, 9);
  head.forward(data.z, data.weights, again);
  CHECK((head.expectations() - values).cwiseAbs().maxCoeff() < 1e-13);
}

TEMPLATE_TEST_CASE("a sample's entries do not depend on where in which batch it is", "", ComplexLanes, RealTiles,
                   RealCones) {
  const Data<TestType> data(11);
  TestType head;
  const auto entries = entries_of(head, data.z);
  CHECK(entries_of(head, Batch<double>(data.z.rowwise().reverse())) == entries.rowwise().reverse());
  CHECK(entries_of(head, Batch<double>(data.z.col(10))) == entries.col(10));
}

TEMPLATE_TEST_CASE("threads change sums of encoded samples by rounding only, and not from run to run", "", RealLanes,
                   RealTiles, ComplexCones) {
  using H = TestType;
  H sequential, threaded;
  threaded.set_execution(Threads{3});
  const Data<H> few(10);
  CHECK((entries_of(threaded, few.z) - entries_of(sequential, few.z)).cwiseAbs().maxCoeff() < 1e-14);
  for (const Eigen::Index batch : {1, 400, 1501}) {  // the first for one thread alone
    const Data<H> data(batch);
    const Batch<double> entries = Batch<double>::Random(sequential.encoded_size(), batch);
    const auto one = encoded_step(sequential, entries, data);
    const auto three = encoded_step(threaded, entries, data);
    CHECK(three == encoded_step(threaded, entries, data));
    CHECK(three.logits == one.logits);
    CHECK(three.difference(one) < 1e-11 * static_cast<double>(batch));
    CHECK((three == one) == (batch == 1));
  }
}

TEST_CASE("entries are read from, and written to, columns of larger matrices") {
  const Data<RealLanes> data(9);
  RealLanes head;
  const auto entries = entries_of(head, data.z);
  Batch<double> larger = Batch<double>::Constant(entries.rows() + 3, 9, 7.0);
  head.encode(data.z, larger.middleRows(2, entries.rows()));
  CHECK(larger.middleRows(2, entries.rows()) == entries);
  CHECK((larger.topRows(2).array() == 7.0).all());
  CHECK((larger.bottomRows(1).array() == 7.0).all());
  const auto expected = encoded_step(head, entries, data);
  Batch<double> logits(RealLanes::outputs, 9);
  head.forward_encoded(larger.middleRows(2, entries.rows()), data.weights, logits);
  CHECK(logits == expected.logits);
}

TEST_CASE("an empty batch of entries has no logits and adds no gradient") {
  const Data<RealTiles> data(0);
  RealTiles head;
  const auto result = encoded_step(head, entries_of(head, data.z), data);
  CHECK(result.logits.cols() == 0);
  CHECK(std::ranges::all_of(result.gradient, [](double g) { return g == 0.0; }));
}

TEST_CASE("shapes of entries that do not fit a head are named") {
  const Data<RealLanes> data(4);
  RealLanes head;
  const auto entries = entries_of(head, data.z);
  const auto w = data.weights;
  std::vector<double> gradient(w.size()), few(3);
  Batch<double> logits(RealLanes::outputs, 4), narrow(RealLanes::outputs, 3), short_entries(45, 4), three(46, 3);
  const std::string where = "qmtl: QuantumHead: ";
  CHECK(message_of<ShapeError>([&] { head.encode(three, three); }) == where + "rows of z (features) must be 6, got 46");
  CHECK(message_of<ShapeError>([&] { head.encode(data.z, short_entries); }) ==
        where + "rows of entries must be 46, got 45");
  CHECK(message_of<ShapeError>([&] { head.encode(data.z, three); }) == where + "columns of entries must be 4, got 3");
  CHECK(message_of<ShapeError>([&] { head.forward_encoded(short_entries, w, logits); }) ==
        where + "rows of entries must be 46, got 45");
  CHECK(message_of<ShapeError>([&] { head.forward_encoded(entries, few, logits); }) ==
        where + "number of parameters must be 28, got 3");
  CHECK(message_of<ShapeError>([&] { head.forward_encoded(entries, w, narrow); }) ==
        where + "columns of logits must be 4, got 3");
  head.forward_encoded(entries, w, logits);
  CHECK(message_of<ShapeError>([&] { head.backward_encoded(short_entries, w, logits, gradient); }) ==
        where + "rows of entries must be 46, got 45");
  CHECK(message_of<ShapeError>([&] { head.backward_encoded(entries, w, narrow, gradient); }) ==
        where + "columns of logit gradients must be 4, got 3");
  CHECK(message_of<ShapeError>([&] { head.backward_encoded(entries, w, logits, few); }) ==
        where + "number of gradients must be 28, got 3");
}

TEST_CASE("backward must be of the same kind as the forward before it") {
  const Data<RealTiles> data(4);
  RealTiles head;
  const auto entries = entries_of(head, data.z);
  std::vector<double> gradient(data.weights.size());
  Batch<double> logits(RealTiles::outputs, 4);
  const auto encoded = [&] { head.backward_encoded(entries, data.weights, data.c, gradient); };
  const auto ordinary = [&] { head.backward_weights(data.z, data.weights, data.c, gradient); };
  const std::string message = "qmtl: QuantumHead: backward_encoded must follow forward_encoded on the same batch";
  CHECK(message_of<ShapeError>(encoded) == message);
  head.forward(data.z, data.weights, logits);
  CHECK(message_of<ShapeError>(encoded) == message);
  entries_of(head, data.z);
  CHECK_THROWS_AS(ordinary(), ShapeError);
  head.forward_encoded(entries, data.weights, logits);
  CHECK_THROWS_AS(ordinary(), ShapeError);
  CHECK_NOTHROW(encoded());
  head.set_execution(Threads{2});
  CHECK(message_of<ShapeError>(encoded) == message);
}

}  // namespace quantum_head_encoded_test
