// SPDX-License-Identifier: Apache-2.0
// Encoded states: known ones, and batches column by column.

#include "qmtl/head/encode.hpp"

#include <array>
#include <cmath>

#include "qmtl/head/state_encoding.hpp"
#include "support/catch.hpp"
#include "support/throws.hpp"

namespace encode_test {

using namespace qmtl;

TEST_CASE("known encoded states", "[head][encode]") {
  const auto angle = encode<AngleEncoding<2, Axis::Y, NoEntangler>>(std::array{pi / 2, pi});
  CHECK(angle[2].real() == Approx(std::sqrt(0.5)));  // qubit 0 in (|0> + |1>)/sqrt 2, qubit 1 in |1>
  CHECK(angle[3].real() == Approx(std::sqrt(0.5)));
  const auto amplitude = encode<AmplitudeEncoding<2, Features<3>>>(std::array{3.0, 0.0, -4.0});
  CHECK(amplitude[0].real() == Approx(0.6));
  CHECK(amplitude[2].real() == Approx(-0.8));
  CHECK(std::abs(amplitude[3]) == 0.0);
  const auto basis = encode<BasisEncoding<3>>(std::array{1.0, 0.0, 1.0});
  CHECK(basis[5].real() == 1.0);
}

TEST_CASE("a batch of states is its samples' states", "[head][encode]") {
  using E = ReuploadingEncoding<3>;
  const Batch<double> x = Batch<double>::Random(3, 5);
  const Eigen::VectorXd w = Eigen::VectorXd::Random(encoding_weights<E>);
  const std::span<const double> weights(w.data(), static_cast<std::size_t>(w.size()));
  const auto states = encode_batch<E>(x, weights);
  for (Eigen::Index b = 0; b < x.cols(); ++b) {
    const auto one = encode<E>(std::span<const double>(x.col(b).data(), 3), weights);
    CHECK((states.col(b) - one.vector()).norm() == 0.0);
    CHECK(norm(one) == Approx(1.0));
  }
}

TEST_CASE("wrong sizes and impossible amplitudes are named", "[head][encode]") {
  CHECK(test::message_of<ShapeError>([] {
          (void)encode<AngleEncoding<3>>(std::array{1.0});
        }).find("features must be 3") != std::string::npos);
  CHECK_THROWS_AS((encode<AmplitudeEncoding<1>>(std::array{0.0, 0.0})), ValueError);
  CHECK_THROWS_AS((encode<AmplitudeEncoding<1>>(std::array{1.0, std::nan("")})), ValueError);
  Batch<double> x = Batch<double>::Ones(2, 3);
  x.col(2).setZero();
  CHECK(test::message_of<ValueError>([&] { (void)encode_batch<AmplitudeEncoding<1>>(x); }).find("qmtl: row 2: ") == 0);
}

}  // namespace encode_test
