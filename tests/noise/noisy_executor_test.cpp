// SPDX-License-Identifier: Apache-2.0
// Heads under noise: a step against independent values, no noise against the ideal executor, shots of noisy circuits.

#include "qmtl/noise/noisy_executor.hpp"

#include <cmath>
#include <utility>

#include "qmtl/engine/shift_backend.hpp"
#include "qmtl/executor/shot_executor.hpp"
#include "qmtl/noise/standard_channels.hpp"
#include "support/catch.hpp"
#include "support/golden_head.hpp"
#include "support/throws.hpp"

namespace noisy_executor_test {

using namespace qmtl;
namespace golden = qmtl::test::golden;

using golden::batch;
using golden::device;
using golden::GoldenHead;
using golden::n;
using golden::Step;

template <class E>
Step golden_step(const GoldenHead& head, E executor) {
  return golden::golden_step(ShiftBackend<double, E>(head.program, std::move(executor)));
}

TEST_CASE("a head's step under depolarizing noise and readout errors has independent values", "[noise]") {
  const GoldenHead head(Gate::CX);
  golden::check_noisy(golden_step(head, NoisyExecutor(device())));
}

TEST_CASE("a noise model without noise gives the ideal step", "[noise]") {
  NoiseModel none;
  none.after({.width = 2}, depolarizing(0.0, 2)).before_measurement(amplitude_damping(0.0)).set_readout_error({});
  const GoldenHead head(Gate::CZ);
  const Step ideal = golden_step(head, IdealExecutor<>()), noisy = golden_step(head, NoisyExecutor(none));
  CHECK((ideal.y - noisy.y).cwiseAbs().maxCoeff() < 1e-14);
  CHECK((ideal.dx - noisy.dx).cwiseAbs().maxCoeff() < 1e-14);
}

TEST_CASE("the noise of a head's qubits is that of the device's qubits that they are", "[noise]") {
  NoiseModel flips;
  flips.after({.width = 1, .qubits = {7}}, bit_flip(0.5));
  NoiseModel misread = flips;
  misread.set_readout_error({.p_0_given_1 = 0.25}, {9});
  const GoldenHead head(Gate::CZ);
  const Step step = golden_step(head, NoisyExecutor(flips, {3, 7, 9, 1}));
  const Step read = golden_step(head, NoisyExecutor(misread, {3, 7, 9, 1}));
  CHECK(step.y.row(1).cwiseAbs().maxCoeff() < 1e-14);  // as often flipped as not
  CHECK(step.y.row(3).cwiseAbs().minCoeff() > 1e-3);
  CHECK((read.y.row(2).array() - (0.75 * step.y.row(2).array() + 0.25)).abs().maxCoeff() < 1e-14);
  CHECK((read.y.row(3) - step.y.row(3)).cwiseAbs().maxCoeff() < 1e-14);
  CHECK(test::message_of<CircuitError>([] {
          NoisyExecutor(NoiseModel(), {1, 1});
        }).find("1 twice") != std::string::npos);
  CHECK(test::message_of<ShapeError>([&] {
          golden_step(head, NoisyExecutor(NoiseModel(), {0, 1}));
        }).find("at most 2") != std::string::npos);
}

TEST_CASE("shots of noisy circuits are unbiased, and their standard errors right", "[noise]") {
  const GoldenHead head(Gate::CX);
  const Step exact = golden_step(head, NoisyExecutor(device()));
  constexpr double shots = 400;
  constexpr int repeats = 60;
  Batch<double> sum = Batch<double>::Zero(n, batch), gradient = Batch<double>::Zero(n, batch);
  double squares = 0.0;
  for (int i = 0; i < repeats; ++i) {
    const Step step = golden_step(head, ShotExecutor(static_cast<std::int64_t>(shots),
                                                     Seed{static_cast<std::uint64_t>(i)}, NoisyExecutor(device())));
    sum += step.y / repeats;
    gradient += step.dx / repeats;
    squares += ((step.y - exact.y).array().square() / ((1 - exact.y.array().square()) / shots)).mean() / repeats;
  }
  CHECK(((sum - exact.y).array() / ((1 - exact.y.array().square()) / (shots * repeats)).sqrt()).abs().maxCoeff() < 5);
  CHECK((gradient - exact.dx).cwiseAbs().maxCoeff() < 0.1);
  CHECK(squares == Approx(1.0).margin(0.2));
}

}  // namespace noisy_executor_test
