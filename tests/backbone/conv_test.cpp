// SPDX-License-Identifier: Apache-2.0
// The convnet: values of a convolution written as loops, gradients against finite differences, sizes, initialisation.

#include "qmtl/backbone/conv.hpp"

#include <cmath>
#include <limits>
#include <numeric>

#include "backbone/gradient_check.hpp"
#include "qmtl/backbone/mlp.hpp"
#include "support/catch.hpp"
#include "support/throws.hpp"

namespace conv_test {

using namespace qmtl;
using qmtl::test::message_of;
using qmtl::test::random_batch;

/// The net of the measurements: HAM10000's images as MedMNIST publishes them.
using Derma = ConvNet<Image<28, 28, 3>, Conv<8, 3>, MaxPool<2>, Conv<16, 3>, MaxPool<2>, Dense<32>, Dense<8>>;
static_assert(Derma::parameter_count == (27 * 8 + 8) + (9 * 8 * 16 + 16) + (7 * 7 * 16 * 32 + 32) + (32 * 8 + 8));
static_assert(Derma::output_size == 8 && Backbone<Derma> && DescribedBackbone<Derma>);
static_assert(ConvNet<Image<8, 8>, Conv<2, 3, Padding::valid>, AveragePool<2>, Dense<1>>::parameter_count ==
              (9 * 2 + 2) + (3 * 3 * 2 + 1));

/// Passes the values through, so that the linear layers can be seen; slope 1.
struct Identity {
  static constexpr std::string_view name = "identity";
  static constexpr Initialisation initialisation = Initialisation::xavier_uniform;
  template <Scalar S>
  static void apply(std::span<S>, std::span<S> slopes) noexcept {
    for (S& slope : slopes) slope = S(1);
  }
};

/// Gives Dense<N> the weights of the identity.
template <int N>
void set_identity(std::span<double> dense) {
  REQUIRE(dense.size() == std::size_t{N * N + N});
  for (std::size_t i = 0; i < std::size_t{N}; ++i) dense[i * (N + 1)] = 1.0;
}

/// z of one image (size x 1).
template <class Net>
Batch<double> forward(Net& net, const Batch<double>& x) {
  Batch<double> z(Net::output_size, x.cols());
  net.forward(x, z);
  return z;
}

/// sum over the kernel of w * x, as loops: every index written out, zeros beyond the border.
template <int H, int W, int C, int Out, int K, Padding P>
Batch<double> convolved(const Batch<double>& x, std::span<const double> parameters) {
  const int before = P == Padding::same ? (K - 1) / 2 : 0;
  const int height = P == Padding::same ? H : H - K + 1;
  const int width = P == Padding::same ? W : W - K + 1;
  Batch<double> z(height * width * Out, x.cols());
  for (Eigen::Index b = 0; b < x.cols(); ++b) {
    for (int y = 0; y < height; ++y) {
      for (int xx = 0; xx < width; ++xx) {
        for (int o = 0; o < Out; ++o) {
          double sum = parameters[static_cast<std::size_t>(Out * K * K * C + o)];
          for (int ky = 0; ky < K; ++ky) {
            for (int kx = 0; kx < K; ++kx) {
              for (int c = 0; c < C; ++c) {
                const int iy = y + ky - before;
                const int ix = xx + kx - before;
                if (iy < 0 || iy >= H || ix < 0 || ix >= W) continue;
                sum += parameters[static_cast<std::size_t>(((ky * K + kx) * C + c) * Out + o)] *
                       x((iy * W + ix) * C + c, b);
              }
            }
          }
          z((y * width + xx) * Out + o, b) = sum;
        }
      }
    }
  }
  return z;
}

template <int H, int W, int C, int Out, int K, Padding P>
void check_convolution(int batch) {
  INFO("kernel " << K << ", batch " << batch);
  constexpr int pixels = P == Padding::same ? H * W : (H - K + 1) * (W - K + 1);
  BasicConvNet<double, Identity, Image<H, W, C>, Conv<Out, K, P>, Dense<pixels * Out>> net;
  Rng rng(Seed{7});
  const auto conv = net.parameters().first((K * K * C + 1) * Out);
  for (double& parameter : conv) parameter = rng.uniform(-1.0, 1.0);
  set_identity<pixels * Out>(net.parameters().subspan(conv.size()));
  const Batch<double> x = random_batch<double>(H * W * C, batch, rng);
  CHECK((forward(net, x) - convolved<H, W, C, Out, K, P>(x, conv)).cwiseAbs().maxCoeff() < 1e-12);
}

TEST_CASE("a convolution is the sum over its kernel, with either padding, any kernel, several channels") {
  check_convolution<5, 4, 3, 2, 3, Padding::same>(3);
  check_convolution<5, 4, 3, 2, 3, Padding::valid>(3);
  check_convolution<5, 6, 1, 3, 2, Padding::same>(2);  // even: no zeros above, one row below
  check_convolution<4, 5, 2, 2, 4, Padding::valid>(1);
  check_convolution<3, 2, 2, 3, 5, Padding::same>(2);  // wider than the image
  check_convolution<3, 3, 2, 4, 1, Padding::same>(4);
  check_convolution<13, 40, 3, 1, 3, Padding::same>(30);  // several tiles of patches
}

TEST_CASE("a kernel with a single one in it shifts the image") {
  BasicConvNet<double, Identity, Image<3, 3>, Conv<1, 3>, Dense<9>> net;
  net.parameters()[0] = 1.0;  // the upper left corner of the kernel
  set_identity<9>(net.parameters().subspan(10));
  Batch<double> x(9, 1);
  x << 1, 2, 3, 4, 5, 6, 7, 8, 9;
  Batch<double> expected(9, 1);
  expected << 0, 0, 0, 0, 1, 2, 0, 4, 5;
  CHECK(forward(net, x) == expected);
}

TEST_CASE("pooling takes the largest or the mean of each square and leaves out what fills none") {
  Batch<double> x(2 * 15, 1);  // 3 x 5 pixels of two channels, the second one the negative of the first
  for (int i = 0; i < 15; ++i) {
    x(2 * i, 0) = i;
    x(2 * i + 1, 0) = -i;
  }
  BasicConvNet<double, Identity, Image<3, 5, 2>, MaxPool<2>, Dense<4>> largest;
  set_identity<4>(largest.parameters());
  Batch<double> expected(4, 1);
  expected << 6, 0, 8, -2;
  CHECK(forward(largest, x) == expected);
  BasicConvNet<double, Identity, Image<3, 5, 2>, AveragePool<2>, Dense<4>> mean;
  set_identity<4>(mean.parameters());
  expected << 3, -3, 5, -5;
  CHECK(forward(mean, x) == expected);
}

TEST_CASE("a pixel that is no number is seen in z") {
  ConvNet<Image<4, 4>, Conv<2, 1>, MaxPool<2>, Dense<2>> net;
  Rng rng(Seed{1});
  net.initialise(rng);
  for (int i = 0; i < 16; ++i) {
    Batch<double> x = Batch<double>::Ones(16, 1);
    x(i, 0) = std::numeric_limits<double>::quiet_NaN();
    CHECK(std::isnan(forward(net, x)(0, 0)));
  }
}

using TwoConvolutions =
    BasicConvNet<double, Tanh, Image<5, 6, 2>, Conv<3, 3>, MaxPool<2>, Conv<2, 2>, Dense<4>, Dense<3>>;
using Rectified = BasicConvNet<double, Relu, Image<6, 6, 3>, Conv<4, 3>, MaxPool<2>, Conv<3, 3>, Dense<2>>;
using Unpadded = BasicConvNet<double, Gelu, Image<7, 6>, Conv<2, 3, Padding::valid>, AveragePool<2>,
                              Conv<3, 2, Padding::valid>, Dense<1>>;
using WideKernel = BasicConvNet<double, Tanh, Image<4, 4>, AveragePool<2>, Conv<2, 5>, Conv<2, 1>, Dense<2>>;
using DenseOnly = BasicConvNet<double, Tanh, Image<3, 2, 2>, Dense<3>, Dense<2>>;
using Narrow = BasicConvNet<float, Tanh, Image<5, 4, 2>, Conv<2, 3>, MaxPool<2>, Dense<2>>;
using SeveralTiles = BasicConvNet<double, Tanh, Image<20, 50>, Conv<2, 3>, Conv<2, 3>, MaxPool<10>, Dense<2>>;

TEMPLATE_TEST_CASE("the gradient of a convnet is that of central differences", "", TwoConvolutions, Rectified, Unpadded,
                   WideKernel, DenseOnly, Narrow, SeveralTiles) {
  test::check_gradient(TestType{});
  test::check_same_bits(TestType{});
  test::check_moved_from(TestType{});
}

TEST_CASE("a convnet of dense layers is an mlp with the same parameters") {
  BasicConvNet<double, Tanh, Image<2, 3, 2>, Dense<5>, Dense<3>> net;
  Mlp<12, 5, 3> mlp;
  Rng rng1(Seed{3});
  Rng rng2(Seed{3});
  net.initialise(rng1);
  mlp.initialise(rng2);
  CHECK(std::ranges::equal(net.parameters(), mlp.parameters()));
  const Batch<double> x = random_batch<double>(12, 40, rng1);
  CHECK((forward(net, x) - forward(mlp, x)).cwiseAbs().maxCoeff() < 1e-14);
}

TEMPLATE_TEST_CASE("convnet: a smaller batch after a larger one gives what it gives alone", "", float, double) {
  test::check_smaller_batch(
      BasicConvNet<TestType, Relu, Image<6, 6, 2>, Conv<4, 3>, MaxPool<2>, Conv<2, 3>, Dense<3>>{});
}

TEST_CASE("weights of a convnet are He-normal by the pixels that a filter sees, and biases are zero") {
  ConvNet<Image<6, 6, 5>, Conv<40, 3>, Dense<1>> net;
  Rng rng(Seed{4});
  net.initialise(rng);
  const auto w = net.parameters().first(40 * 45);
  const double square = std::inner_product(w.begin(), w.end(), w.begin(), 0.0);
  CHECK(square / static_cast<double>(w.size()) == Approx(2.0 / 45.0).epsilon(0.1));  // the deviation is 3.3 %
  CHECK(std::ranges::all_of(net.parameters().subspan(w.size(), 40), [](double b) { return b == 0.0; }));
  BasicConvNet<double, Tanh, Image<6, 6, 5>, Conv<40, 3>, Dense<1>> xavier;
  xavier.initialise(rng);
  const double limit = std::sqrt(6.0 / (45.0 + 9.0 * 40.0));
  const auto [low, high] = std::ranges::minmax(xavier.parameters().first(40 * 45));
  CHECK(low >= -limit);
  CHECK(high < limit);
  CHECK(high - low > 1.98 * limit);
}

TEST_CASE("a convnet describes itself") {
  CHECK(describe_backbone(Derma{}) ==
        "convnet 28x28x3: conv 8 3x3 same, max pool 2, conv 16 3x3 same, max pool 2, dense 32, dense 8, relu");
  CHECK(describe_backbone(
            BasicConvNet<float, Gelu, Image<8, 8>, Conv<2, 2, Padding::valid>, AveragePool<3>, Dense<4>>{}) ==
        "convnet 8x8x1: conv 2 2x2 valid, average pool 3, dense 4, gelu");
}

TEST_CASE("shapes that do not fit a convnet are named") {
  ConvNet<Image<4, 4>, Conv<1, 3>, MaxPool<2>, Dense<2>> net;
  const Batch<double> x = Batch<double>::Zero(16, 5);
  Batch<double> z = Batch<double>::Zero(2, 5);
  std::vector<double> gradient(net.parameters().size());
  CHECK(message_of<ShapeError>([&] { net.forward(Batch<double>(12, 5), z); }) ==
        "qmtl: convnet forward: rows of x must be 16, got 12");
  Batch<double> tall = Batch<double>::Zero(3, 5);
  CHECK(message_of<ShapeError>([&] { net.forward(x, tall); }) == "qmtl: convnet forward: rows of z must be 2, got 3");
  CHECK(message_of<ShapeError>([&] { net.backward(x, z, gradient); }) ==
        "qmtl: convnet backward: columns of x, as in the last forward, must be 0, got 5");
  net.forward(x, z);
  CHECK(message_of<ShapeError>([&] { net.backward(x, z, std::span(gradient).first(3)); }) ==
        "qmtl: convnet backward: gradient size must be 20, got 3");
  net.backward(x, z, gradient);
}

}  // namespace conv_test
