// SPDX-License-Identifier: Apache-2.0
// Amplitude and basis encoding: the states they prepare, the amplitude gradient, and features that no state stands for.

#include "qmtl/head/state_encoding.hpp"

#include <array>
#include <cmath>
#include <complex>
#include <limits>
#include <vector>

#include "qmtl/core/rng.hpp"
#include "support/catch.hpp"
#include "support/finite_difference.hpp"
#include "support/throws.hpp"
#include "support/tolerance.hpp"

namespace state_encoding_test {

using namespace qmtl;
using qmtl::test::message_of;

template <class S>
using Amplitudes = std::vector<std::complex<S>>;

TEMPLATE_TEST_CASE("amplitude i is feature i over the norm of all, zero beyond them", "", float, double) {
  using S = TestType;
  const std::array<S, 5> x{S(3), S(0), S(-4), S(0), S(12)};  // of norm 13
  Amplitudes<S> psi(8, std::complex<S>(S(9), S(9)));
  AmplitudeEncoding<3, Features<5>>::prepare(x.data(), psi.data());
  const std::array<double, 8> expected{3.0 / 13, 0, -4.0 / 13, 0, 12.0 / 13, 0, 0, 0};
  for (std::size_t i = 0; i < 8; ++i) {
    CHECK(static_cast<double>(psi[i].real()) == Approx(expected[i]).epsilon(0).margin(test::tolerance<S>()));
    CHECK(psi[i].imag() == S(0));
  }
}

TEMPLATE_TEST_CASE("features at the ends of the number range are amplitudes too", "", float, double) {
  using S = TestType;
  using Limits = std::numeric_limits<S>;
  for (const S size : {Limits::max(), Limits::max() / 2, Limits::min() * 2, Limits::min() / 4, Limits::denorm_min()}) {
    const std::array<S, 4> x{size, -size, S(0), size};
    Amplitudes<S> psi(4);
    AmplitudeEncoding<2>::prepare(x.data(), psi.data());
    CHECK(static_cast<double>(psi[0].real()) == Approx(std::sqrt(1.0 / 3)).epsilon(4 * test::tolerance<S>()));
    CHECK((psi[1] == -psi[0] && psi[2] == S(0) && psi[3] == psi[0]));
  }
}

TEST_CASE("the gradient of amplitude encoding is that of differences of x^T H x / x^T x") {
  Rng rng(Seed{3});
  Eigen::MatrixXcd h = Eigen::MatrixXcd(4, 4);
  for (auto& value : h.reshaped()) value = {rng.normal(), rng.normal()};
  h = (h + h.adjoint()).eval();
  const std::vector<double> x{0.4, -1.3, 0.7};  // the fourth amplitude is padding
  const auto value = [&h](std::span<const double> at) {
    Eigen::Vector4cd psi = Eigen::Vector4cd::Zero();
    for (std::size_t i = 0; i < at.size(); ++i) psi[static_cast<Eigen::Index>(i)] = at[i];
    return (psi.dot(h * psi)).real() / psi.squaredNorm();
  };
  const auto expected = test::difference_gradient(value, x);
  using E = AmplitudeEncoding<2, Features<3>>;
  Eigen::Vector4cd psi;
  E::prepare(x.data(), psi.data());
  const Eigen::Vector4cd lambda = h * psi;
  std::vector<double> gradient(3, 0.5);
  E::prepare_vjp(x.data(), psi.data(), lambda.data(), gradient.data());
  for (std::size_t i = 0; i < 3; ++i) CHECK(gradient[i] == Approx(0.5 + expected[i]).epsilon(0).margin(1e-10));
}

TEST_CASE("the gradient of amplitude encoding is inversely proportional to features of any size") {
  const std::vector<double> x{0.4, -1.3, 0.7, 0.1};
  const std::array<std::complex<double>, 4> lambda{1.0, -2.0, 0.5, 3.0};
  const auto gradient = [&](double size) {
    std::vector<double> at(x), out(4, 0.0);
    for (double& value : at) value *= size;
    Amplitudes<double> psi(4);
    AmplitudeEncoding<2>::prepare(at.data(), psi.data());
    AmplitudeEncoding<2>::prepare_vjp(at.data(), psi.data(), lambda.data(), out.data());
    return out;
  };
  const auto expected = gradient(1.0);
  for (const double size : {0x1p-1000, 0x1p-600, 0x1p600, 0x1p1023}) {
    const auto scaled = gradient(size);
    for (std::size_t i = 0; i < 4; ++i) CHECK(scaled[i] * size == Approx(expected[i]).epsilon(1e-9));
  }
}

TEST_CASE("no state is proportional to zero, infinite or undefined features") {
  Amplitudes<double> psi(4);
  const auto prepare = [&psi](std::array<double, 4> x) { AmplitudeEncoding<2>::prepare(x.data(), psi.data()); };
  const std::string message = "qmtl: AmplitudeEncoding: the features must be finite and not all zero";
  CHECK(message_of<ValueError>([&] { prepare({0, 0, 0, 0}); }) == message);
  CHECK(message_of<ValueError>([&] { prepare({0, 0, HUGE_VAL, 0}); }) == message);
  CHECK(message_of<ValueError>([&] { prepare({0, 1, std::nan(""), 0}); }) == message);
}

TEMPLATE_TEST_CASE("basis encoding sets qubit q where feature q is above a half", "", float, double) {
  using S = TestType;
  for (Index basis = 0; basis < 8; ++basis) {
    std::array<S, 3> x{};
    for (int q = 0; q < 3; ++q) x[static_cast<std::size_t>(q)] = bit_of(basis, q) != 0 ? S(0.6) : S(0.5);
    Amplitudes<S> psi(8, std::complex<S>(S(9), S(9)));
    BasisEncoding<3>::prepare(x.data(), psi.data());
    for (Index i = 0; i < 8; ++i) CHECK(psi[i] == std::complex<S>(i == basis ? S(1) : S(0)));
  }
}

}  // namespace state_encoding_test
