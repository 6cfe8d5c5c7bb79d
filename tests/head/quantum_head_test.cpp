// SPDX-License-Identifier: Apache-2.0
// Quantum heads and batches: sizes, order, reuse of buffers, copies, initialisation, and what is refused.

#include "qmtl/head/quantum_head.hpp"

#include <algorithm>
#include <cmath>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "qmtl/head/state_encoding.hpp"
#include "support/catch.hpp"
#include "support/throws.hpp"

namespace quantum_head_test {

using namespace qmtl;
using qmtl::test::message_of;

using A = Task<"a", RotationBlock<2, Layers<2>>, Qubits<2, 0>, Classes<2>>;
using B = Task<"b", RotationBlock<3>, Window<0, 3>, BinaryReadout<TrainableScale<7, 2>>>;
using E = ReuploadingEncoding<3, CzRing, Layers<1>, Features<4>>;
template <class S, HeadMethod M>
using HeadOf = BasicQuantumHead<S, M, E, A, B>;
using Head = HeadOf<double, HeadMethod::automatic>;

template <class S>
Batch<S> random_batch(Rng& rng, int rows, int columns) {
  Batch<S> out(rows, columns);
  for (S& value : out.reshaped()) value = static_cast<S>(rng.uniform(-1.0, 1.0));
  return out;
}

template <class S>
struct Result {
  Batch<S> logits, dz;
  std::vector<S> gradient;

  friend bool operator==(const Result&, const Result&) = default;
};

template <class H, class S>
Result<S> step(H& head, const Batch<S>& z, const Batch<S>& c, const std::vector<S>& w) {
  Result<S> out{Batch<S>(c.rows(), z.cols()), Batch<S>(z.rows(), z.cols()), std::vector<S>(w.size())};
  head.forward(z, w, out.logits);
  head.backward(z, w, c, out.gradient, out.dz);
  return out;
}

template <class H>
struct Data {
  using S = typename H::Scalar;
  explicit Data(int batch, Seed seed = Seed{6}) : w(H::parameters) {
    Rng rng(seed);
    z = random_batch<S>(rng, H::features, batch);
    c = random_batch<S>(rng, H::outputs, batch);
    H::initialise(rng, w);
  }
  Batch<S> z, c;
  std::vector<S> w;
};

TEMPLATE_TEST_CASE("a sample's results do not depend on the batch it is in", "", (HeadOf<double, HeadMethod::window>),
                   (HeadOf<double, HeadMethod::direct>), (HeadOf<double, HeadMethod::light_cone>),
                   (HeadOf<double, HeadMethod::shift>)) {
  using H = TestType;
  using S = typename H::Scalar;
  const Data<H> data(9);
  H head;
  const Result<S> all = step(head, data.z, data.c, data.w);
  std::vector<S> sum(data.w.size());
  for (int b = 0; b < 9; ++b) {
    const Result<S> one = step(head, Batch<S>(data.z.col(b)), Batch<S>(data.c.col(b)), data.w);
    CHECK(one.logits.col(0) == all.logits.col(b));
    CHECK(one.dz.col(0) == all.dz.col(b));
    for (std::size_t j = 0; j < sum.size(); ++j) sum[j] += one.gradient[j];
  }
  for (std::size_t j = 0; j < sum.size(); ++j) {
    CHECK(static_cast<double>(sum[j]) == Approx(static_cast<double>(all.gradient[j])).margin(1e-13));
  }
}

TEMPLATE_TEST_CASE("batches of any size one after another give what each gives alone", "",
                   (HeadOf<double, HeadMethod::window>), (HeadOf<double, HeadMethod::direct>)) {
  using H = TestType;
  H used;
  for (const int batch : {5, 1, 16, 3, 17, 16}) {
    const Data<H> data(batch, Seed{static_cast<std::uint64_t>(batch)});
    H fresh;
    CHECK(step(used, data.z, data.c, data.w) == step(fresh, data.z, data.c, data.w));
  }
}

struct Wide {
  static constexpr int features = 12;
  static constexpr auto circuit = make_circuit<12>(layer<12>([](int q) { return gate::rx(q, feature(q)); }),
                                                   gate::cx(3, 8), gate::ry(8, weight(0)));
};

TEST_CASE("a batch whose states are too many to be kept gives what its parts give") {
  using H =
      BasicQuantumHead<double, HeadMethod::window, Wide, Task<"t", RotationBlock<2>, Qubits<3, 8>, Expectations<2>>>;
  constexpr int batch = 1050;  // 69 MB of amplitudes
  const Data<H> data(batch);
  H head;
  const auto all = step(head, data.z, data.c, data.w);
  std::vector<double> sum(data.w.size());
  for (int first = 0; first < batch; first += 350) {
    const auto part =
        step(head, Batch<double>(data.z.middleCols(first, 350)), Batch<double>(data.c.middleCols(first, 350)), data.w);
    CHECK((all.logits.middleCols(first, 350) - part.logits).cwiseAbs().maxCoeff() < 1e-14);
    CHECK((all.dz.middleCols(first, 350) - part.dz).cwiseAbs().maxCoeff() < 1e-14);
    for (std::size_t j = 0; j < sum.size(); ++j) sum[j] += part.gradient[j];
  }
  for (std::size_t j = 0; j < sum.size(); ++j) CHECK(sum[j] == Approx(all.gradient[j]).margin(1e-11));
}

TEST_CASE("an empty batch has no logits and adds no gradient") {
  const Data<Head> data(0);
  Head head;
  const auto result = step(head, data.z, data.c, data.w);
  CHECK(result.logits.cols() == 0);
  CHECK(std::ranges::all_of(result.gradient, [](double g) { return g == 0.0; }));
}

TEST_CASE("columns of larger matrices are read and written in place") {
  const Data<Head> data(7);
  Head head;
  const auto all = step(head, data.z, data.c, data.w);
  Batch<double> logits = Batch<double>::Constant(5, 7, 9.0), dz = Batch<double>::Constant(8, 7, 9.0);
  std::vector<double> gradient(data.w.size());
  head.forward(data.z, data.w, logits.middleRows(1, 3));
  head.backward(data.z, data.w, data.c, gradient, dz.middleRows(2, 4));
  CHECK(logits.middleRows(1, 3) == all.logits);
  CHECK(dz.middleRows(2, 4) == all.dz);
  CHECK((logits.row(0).array() == 9.0).all());
  CHECK((logits.row(4).array() == 9.0).all());
  CHECK((dz.row(1).array() == 9.0).all());
  CHECK((dz.row(6).array() == 9.0).all());
}

TEMPLATE_TEST_CASE("copies of a head are independent, and outlive it", "", (HeadOf<double, HeadMethod::window>),
                   (HeadOf<double, HeadMethod::direct>), (HeadOf<double, HeadMethod::light_cone>),
                   (HeadOf<double, HeadMethod::shift>)) {
  using H = TestType;
  const Data<H> data(4), other(4, Seed{77});
  auto original = std::make_unique<H>();
  H head;
  Batch<double> logits(3, 4), ignored(3, 4);
  head.forward(data.z, data.w, logits);
  original->forward(other.z, other.w, ignored);
  H copy = *original;
  original.reset();
  copy.forward(other.z, other.w, ignored);  // between the original's forward and backward
  Result<double> late{logits, Batch<double>(4, 4), std::vector<double>(data.w.size())};
  head.backward(data.z, data.w, data.c, late.gradient, late.dz);
  H fresh;
  CHECK(late == step(fresh, data.z, data.c, data.w));
  H moved = std::move(copy);
  CHECK(step(moved, data.z, data.c, data.w) == late);
}

TEST_CASE("gradients are linear in the cotangents") {
  Data<Head> data(5);
  Head head;
  const auto once = step(head, data.z, data.c, data.w);
  data.c *= 2.0;
  const auto twice = step(head, data.z, data.c, data.w);
  CHECK((twice.dz - 2.0 * once.dz).cwiseAbs().maxCoeff() < 1e-15);
  data.c.setZero();
  const auto none = step(head, data.z, data.c, data.w);
  CHECK(none.dz.isZero(0.0));
  CHECK(std::ranges::all_of(none.gradient, [](double g) { return g == 0.0; }));
}

TEST_CASE("weights start near zero, scales at their declared value, and the same seed draws the same") {
  using Deep = QuantumHead<double, AngleEncoding<3>, Task<"a", RotationBlock<3, Layers<100>>, Window<0, 3>, Binary>, B>;
  std::vector<double> w(Deep::parameters), again(w), other(w);
  Rng rng(Seed{3}), same(Seed{3}), another(Seed{4});
  Deep::initialise(rng, w);
  Deep::initialise(same, again);
  Deep::initialise(another, other);
  CHECK(w == again);
  CHECK(w != other);
  CHECK(w.back() == 3.5);
  const Eigen::Map<const Eigen::ArrayXd> angles(w.data(), 600);
  CHECK(angles.mean() == Approx(0.0).margin(4 * 0.1 / std::sqrt(600.0)));                     // 4 deviations
  CHECK(std::sqrt(angles.square().mean()) == Approx(0.1).epsilon(4 / std::sqrt(2 * 600.0)));  // 4 deviations
}

TEST_CASE("shapes that do not fit a quantum head are named") {
  Head head;
  const std::string where = "qmtl: QuantumHead: ";
  std::vector<double> w(Head::parameters), few(3);
  static_assert(Head::features == 4 && Head::outputs == 3 && Head::parameters == 6 + 8 + 7);
  Batch<double> z = Batch<double>::Zero(4, 2), five = Batch<double>::Zero(5, 2), wide = Batch<double>::Zero(4, 3);
  Batch<double> logits(3, 2), wide_logits(3, 3);
  Rng rng(Seed{1});
  CHECK(message_of<ShapeError>([&] { Head::initialise(rng, few); }) ==
        where + "number of parameters must be 21, got 3");
  CHECK(message_of<ShapeError>([&] { head.forward(z, few, logits); }) ==
        where + "number of parameters must be 21, got 3");
  CHECK(message_of<ShapeError>([&] { head.forward(five, w, logits); }) ==
        where + "rows of z (features) must be 4, got 5");
  CHECK(message_of<ShapeError>([&] { head.forward(z, w, five); }) ==
        where + "rows of logits (outputs) must be 3, got 5");
  CHECK(message_of<ShapeError>([&] { head.forward(z, w, wide_logits); }) ==
        where + "columns of logits must be 2, got 3");
  head.forward(z, w, logits);
  CHECK(message_of<ShapeError>([&] { head.backward(z, w, logits, few, z); }) ==
        where + "number of gradients must be 21, got 3");
  CHECK(message_of<ShapeError>([&] { head.backward(z, few, logits, w, z); }) ==
        where + "number of parameters must be 21, got 3");
  CHECK(message_of<ShapeError>([&] { head.backward(five, w, logits, w, z); }) ==
        where + "rows of z (features) must be 4, got 5");
  CHECK(message_of<ShapeError>([&] { head.backward(z, w, five, w, z); }) ==
        where + "rows of logit gradients must be 3, got 5");
  CHECK(message_of<ShapeError>([&] { head.backward(z, w, wide_logits, w, z); }) ==
        where + "columns of logit gradients must be 2, got 3");
  CHECK(message_of<ShapeError>([&] { head.backward(z, w, logits, w, five); }) ==
        where + "rows of feature gradients must be 4, got 5");
  CHECK(message_of<ShapeError>([&] { head.backward(z, w, logits, w, wide); }) ==
        where + "columns of feature gradients must be 2, got 3");
}

TEST_CASE("backward needs a forward of the same batch before it") {
  const std::string message = "qmtl: QuantumHead: backward must follow forward on the same batch";
  const Data<Head> small(2), large(8);
  std::vector<double> gradient(small.w.size());
  Head head;
  CHECK(message_of<ShapeError>([&] { head.backward_weights(small.z, small.w, small.c, gradient); }) == message);
  Batch<double> logits(3, 8);
  head.forward(large.z, large.w, logits);
  CHECK(message_of<ShapeError>([&] { head.backward_weights(small.z, small.w, small.c, gradient); }) == message);
  head.forward(small.z, small.w, logits.leftCols(2));
  CHECK(message_of<ShapeError>([&] { head.backward_weights(large.z, large.w, large.c, gradient); }) == message);
}

TEST_CASE("a head that has been moved from says so, and can be assigned to") {
  const Data<Head> data(8);
  std::vector<double> gradient(data.w.size());
  Batch<double> logits(3, 8), again(3, 8);
  Head head;
  head.forward(data.z, data.w, logits);
  Head taken = std::move(head);
  const std::string message = "qmtl: QuantumHead: it has been moved from and can only be assigned to";
  CHECK(message_of<LogicError>([&] { head.forward(data.z, data.w, again); }) == message);
  CHECK(message_of<LogicError>([&] { head.backward_weights(data.z, data.w, data.c, gradient); }) == message);
  CHECK(message_of<LogicError>([&] { head.set_execution(Threads{2}); }) == message);
  head = std::move(taken);
  head.forward(data.z, data.w, again);
  CHECK(again == logits);
}

TEST_CASE("amplitude encoding refuses features that are all zero, and has no gradient then") {
  using H = QuantumHead<double, AmplitudeEncoding<3>, B>;
  H head;
  std::vector<double> w(H::parameters), gradient(w);
  Batch<double> z = Batch<double>::Ones(8, 3), logits(1, 3);
  head.forward(z, w, logits);
  z.col(1).setZero();
  CHECK(message_of<ValueError>([&] { head.forward(z, w, logits); }) ==
        "qmtl: row 1: AmplitudeEncoding: the features must be finite and not all zero");
  CHECK_THROWS_AS(head.backward_weights(z, w, logits, gradient), ShapeError);
  z.col(1).setOnes();
  head.forward(z, w, logits);
  head.backward_weights(z, w, logits, gradient);
}

}  // namespace quantum_head_test
