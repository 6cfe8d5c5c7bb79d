// SPDX-License-Identifier: Apache-2.0
// Counts drawn at once, of states and of programs that end with measurements, against probabilities and against
// programs run shot by shot.

#include "qmtl/state/sample_counts.hpp"

#include <cmath>
#include <numeric>
#include <vector>

#include "qmtl/circuit/dynamic_circuit.hpp"
#include "qmtl/state/dynamic_state.hpp"
#include "qmtl/state/run_program.hpp"
#include "support/catch.hpp"
#include "support/throws.hpp"

namespace sample_counts_test {

using namespace qmtl;

DynamicCircuit circuit() {
  DynamicCircuit c(3);
  for (int q = 0; q < 3; ++q) c.append(gate::ry(q, 0.5 + 0.4 * q));
  return std::move(c.append(gate::cx(0, 2)).append(gate::ry(2, 0.3)));
}

/// The sum of (count - expected)^2 / expected.
double chi_squared(std::span<const std::int64_t> counts, const Eigen::VectorXd& p, double shots) {
  double sum = 0.0;
  for (std::size_t i = 0; i < counts.size(); ++i) {
    const double expected = shots * p[static_cast<Eigen::Index>(i)];
    sum += std::pow(static_cast<double>(counts[i]) - expected, 2) / expected;
  }
  return sum;
}

TEST_CASE("counts of a state have its probabilities, however many shots") {
  const auto state = run(circuit());
  Rng rng(Seed{1});
  for (const std::int64_t shots : {std::int64_t{1000}, std::int64_t{50'000'000}, std::int64_t{1} << 50}) {
    const auto counts = sample_counts(state, shots, rng);
    CHECK(std::accumulate(counts.begin(), counts.end(), std::int64_t{0}) == shots);
    CHECK(chi_squared(counts, probabilities(state), static_cast<double>(shots)) < 7 + 5 * std::sqrt(14.0));
    const auto two = sample_counts(state, std::vector{2, 0}, shots, rng);
    CHECK(two.size() == 4);
    CHECK(chi_squared(two, marginal(state, std::vector{2, 0}), static_cast<double>(shots)) < 3 + 5 * std::sqrt(6.0));
  }
  Rng first(Seed{2}), second(Seed{2});
  CHECK(sample_counts(state, 100, first) == sample_counts(state, 100, second));
  CHECK(test::message_of<ValueError>([&] { static_cast<void>(sample_counts(state, -1, rng)); }).find("got -1") !=
        std::string::npos);
  auto broken = state;
  broken[1] = std::nan("");
  CHECK_THROWS_AS(sample_counts(broken, 10, rng), ValueError);
}

TEST_CASE("programs that end with measurements are counted as those that are run shot by shot") {
  Program program{circuit()};
  program.add_register("a", 2);
  program.add_register("b", 1);
  program.measure(2, 0).barrier({0, 1}).measure(0, 2).measure(1, 2).measure(2, 1);  // bit 2 is written twice
  Program slow = program;
  slow.append(gate::x(0), Condition{0, 3});  // after all measurements: it changes no count
  Rng rng(Seed{3});
  constexpr std::size_t shots = 20000;
  const auto at_once = sample(program, shots, rng), one_by_one = sample(slow, shots, rng);
  REQUIRE(at_once.size() == one_by_one.size());
  std::size_t sum = 0;
  for (std::size_t i = 0; i < at_once.size(); ++i) {
    CHECK(at_once[i].values == one_by_one[i].values);
    const auto a = static_cast<double>(at_once[i].count), b = static_cast<double>(one_by_one[i].count);
    CHECK(std::abs(a - b) < 5 * std::sqrt(a + b));
    sum += at_once[i].count;
  }
  CHECK(sum == shots);
  CHECK(sample(program, 0, rng).empty());
  CHECK(sample(program, std::size_t{1} << 40, rng).size() == 4);
}

}  // namespace sample_counts_test
