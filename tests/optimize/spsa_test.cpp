// SPDX-License-Identifier: Apache-2.0
// SPSA: the exact mean of its squared distance on noisy quadratics, gains, and a minimum from shots.

#include "qmtl/optimize/spsa.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "qmtl/circuit/dynamic_circuit.hpp"
#include "qmtl/state/dynamic_state.hpp"
#include "qmtl/state/sample_counts.hpp"
#include "support/catch.hpp"
#include "support/throws.hpp"

namespace spsa_test {

using namespace qmtl;

TEST_CASE("SPSA of one parameter without noise is gradient descent with its gains", "[optimize]") {
  const SpsaOptions options{.steps = 20, .gain = 0.3, .stability = 2.0, .gain_decay = 0.7, .perturbation = 0.5};
  constexpr double h = 1.7;
  std::vector<double> x{0.9};
  const auto report = spsa(
      std::span(x), [](std::span<const double> t) { return h * t[0] * t[0] / 2; }, options);
  double expected = 0.9;
  for (int k = 0; k < 20; ++k) expected *= 1 - h * 0.3 / std::pow(2.0 + k + 1, 0.7);
  CHECK(x[0] == Approx(expected).epsilon(1e-12));
  CHECK(report.evaluations == 40);
  CHECK(report.values.size() == 20);
  CHECK(report.values[0] == Approx(h * (0.81 + 0.25) / 2).epsilon(1e-12));  // on both sides, at a distance of 0.5
}

TEST_CASE("the mean squared distance of SPSA on noisy quadratics is what follows from its gains", "[optimize]") {
  // For h |x|^2 / 2 in n dimensions, values with a deviation of s, and d directions a step:
  // E|x'|^2 = E|x|^2 (1 - 2 a h + a^2 h^2 (n + d - 1) / d) + a^2 n s^2 / (2 c^2 d).
  constexpr int n = 5, repeats = 2000;
  constexpr double h = 1.3, s = 0.05;
  for (const int d : {1, 3}) {
    const SpsaOptions base{.steps = 40, .gain = 0.4, .stability = 5.0, .perturbation = 0.2, .directions = d};
    double expected = n * 0.49, mean = 0.0, square = 0.0;
    for (int k = 0; k < base.steps; ++k) {
      const double a = 0.4 / std::pow(5.0 + k + 1, 0.602), c = 0.2 / std::pow(k + 1, 0.101);
      expected = expected * (1 - 2 * a * h + a * a * h * h * (n + d - 1) / d) + a * a * n * s * s / (2 * c * c * d);
    }
    Rng noise(Seed{99});
    for (std::uint64_t i = 0; i < repeats; ++i) {
      std::vector<double> x(n, 0.7);
      SpsaOptions options = base;
      options.seed = Seed{i};
      spsa(
          std::span(x),
          [&noise](std::span<const double> t) {
            double sum = 0.0;
            for (const double v : t) sum += h * v * v / 2;
            return sum + s * noise.normal();
          },
          options);
      double norm = 0.0;
      for (const double v : x) norm += v * v;
      mean += norm / repeats;
      square += norm * norm / repeats;
    }
    INFO(mean << " of " << expected);
    CHECK(std::abs(mean - expected) < 5 * std::sqrt((square - mean * mean) / repeats));
    CHECK(mean < 0.05 * n * 0.49);
  }
}

TEST_CASE("SPSA finds a minimum from shots", "[optimize]") {
  DynamicCircuit circuit(2);
  circuit.append(gate::ry(0, weight(0))).append(gate::rx(1, weight(1))).append(gate::cx(0, 1));
  circuit.append(gate::ry(1, weight(2)));
  Rng rng(Seed{5});
  const auto parity = [&](std::span<const double> w) {  // <Z0> + <Z1> of 200 shots, -2 at least
    const auto counts = sample_counts(run(circuit, {}, w), 200, rng);
    return static_cast<double>(2 * counts[0] - 2 * counts[3]) / 200;
  };
  std::vector<double> w{0.4, 0.3, 0.2};
  spsa(std::span(w), parity, {.steps = 200, .gain = 1.0, .stability = 20.0, .perturbation = 0.2});
  const auto state = run(circuit, {}, w);
  CHECK(2 * std::norm(state[0]) - 2 * std::norm(state[3]) < -1.95);
}

TEST_CASE("SPSA leaves the parameters of the last whole step, and names impossible options", "[optimize]") {
  using test::message_of;
  std::vector<float> x{1.0F, 2.0F};
  int calls = 0;
  const auto diverges = [&calls](std::span<const float> t) {
    return ++calls > 4 ? std::numeric_limits<double>::quiet_NaN() : static_cast<double>(t[0]);
  };
  CHECK(message_of<NumericalError>([&] { spsa(std::span(x), diverges, {}); }).find("got nan") != std::string::npos);
  const auto after = x;
  calls = 0;
  x = {1.0F, 2.0F};
  spsa(std::span(x), diverges, {.steps = 2});
  CHECK(x == after);
  const auto writes = [&x](std::span<const float> t) {
    std::copy(t.begin(), t.end(), x.begin());  // as to a model's own parameters
    return static_cast<double>(t[0]);
  };
  x = {1.0F, 2.0F};
  spsa(std::span(x), writes, {.steps = 2});
  CHECK(x == after);
  const auto nothing = [](std::span<const float>) { return 0.0; };
  CHECK(message_of<ValueError>([&] { spsa(std::span(x), nothing, {.perturbation = 0.0}); }).find("perturbation") !=
        std::string::npos);
  CHECK(message_of<ValueError>([&] { spsa(std::span(x), nothing, {.directions = 0}); }).find("directions") !=
        std::string::npos);
}

}  // namespace spsa_test
