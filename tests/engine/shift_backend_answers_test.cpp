// SPDX-License-Identifier: Apache-2.0
// What executors answer: estimates with errors of their own, and what is refused.

#include <cmath>
#include <complex>
#include <limits>
#include <span>
#include <string>
#include <type_traits>
#include <vector>

#include "qmtl/engine/shift_backend.hpp"
#include "support/catch.hpp"
#include "support/executors.hpp"
#include "support/random_head.hpp"
#include "support/throws.hpp"

namespace shift_backend_answers_test {

using namespace qmtl;
using namespace qmtl::test;

TEST_CASE("answers of a wrong size or that cannot be true are errors that say so") {
  Rng rng(Seed{16});
  const RandomHead head(rng, 12);
  const Inputs in(rng, head, 2);
  Batch<double> values(head.program.outputs, 2);
  const auto message = [&]<class E>(std::type_identity<E>, auto&& spoil) {
    ShiftBackend<double, Scripted> backend(head.program, {[&](std::span<const CircuitJob> jobs) {
                                             auto answer = uniform(jobs);
                                             spoil(answer);
                                             return answer;
                                           }});
    return message_of<E>([&] { backend.forward(in.angles, in.weights, values); });
  };
  using Answer = std::vector<Batch<double>>;
  constexpr std::type_identity<ShapeError> shape;
  constexpr std::type_identity<ValueError> value;
  CHECK(message(shape, [](Answer& a) { a.pop_back(); }) == "qmtl: executor: results of its jobs must be 3, got 2");
  CHECK(message(shape, [](Answer& a) { a[2].conservativeResize(7, 2); }) ==
        "qmtl: executor: outcome probabilities of job 2, expected 8 x 2, got 7 x 2");
  CHECK(message(value, [](Answer& a) { a[1](0, 1) = std::numeric_limits<double>::quiet_NaN(); }) ==
        "qmtl: executor: outcome probabilities of job 1, run 1, expected finite numbers, got nan");
  CHECK(message(value, [](Answer& a) { a[1](0, 1) = 0.25; }) ==
        "qmtl: executor: outcome probabilities of job 1, run 1, expected none below 0 and a sum of 1, got a least one "
        "of 0.25 and a sum of 0.75");
  CHECK(message(value, [](Answer& a) { a[1].col(0) << -0.5, 1.5; }).find("a least one of -0.5") != std::string::npos);
}

/// An executor that gives estimates, for what it is asked; with one error for all, which may be that of all at once.
struct Estimating {
  double error = 0.25;
  bool together = false;
  [[nodiscard]] std::vector<Estimates> expectations(std::span<const CircuitJob> jobs) const {
    std::vector<Estimates> out;
    for (const auto& job : jobs) {
      out.push_back({Batch<double>::Constant(job.observables(), job.runs(), 0.5),
                     Batch<double>::Constant(job.observables(), job.runs(), error)});
      if (!together) continue;
      out.back().covariances.assign(
          static_cast<std::size_t>(job.runs()),
          ColMajorMatrix<double>::Constant(job.observables(), job.observables(), error * error));
    }
    return out;
  }
};

TEST_CASE("an executor may give estimates and their errors, which are looked at too") {
  Rng rng(Seed{17});
  const RandomHead head(rng, 12);
  const Inputs in(rng, head, 2);
  Batch<double> values(head.program.outputs, 2), errors(1, 2);
  const Batch<double> ones = Batch<double>::Ones(head.program.outputs, 2);
  ShiftBackend<double, Estimating> backend(head.program, {});
  backend.forward(in.angles, in.weights, values);
  backend.standard_errors(ones, errors);
  CHECK((values.array() == 0.5).all());
  CHECK(errors(0, 1) == Approx(0.25 * std::sqrt(2 + 1 + 3)));  // outputs of three tasks
  backend.executor().together = true;
  backend.forward(in.angles, in.weights, values);
  backend.standard_errors(ones, errors);
  CHECK(errors(0, 1) == Approx(0.25 * std::sqrt(4 + 1 + 9)));
  backend.executor().error = std::numeric_limits<double>::quiet_NaN();
  CHECK(message_of<ValueError>([&] { backend.forward(in.angles, in.weights, values); }) ==
        "qmtl: executor: covariances of job 0, run 0, expected 2 x 2 finite numbers, none below 0 on the diagonal, got "
        "2 x 2");
  backend.executor().together = false;
  backend.executor().error = std::numeric_limits<double>::infinity();
  CHECK(message_of<ValueError>([&] { backend.forward(in.angles, in.weights, values); }) ==
        "qmtl: executor: standard errors of job 0, run 0, expected finite numbers, got inf");
  backend.executor().error = -0.25;
  CHECK(message_of<ValueError>([&] { backend.forward(in.angles, in.weights, values); }) ==
        "qmtl: executor: standard errors of job 0, run 0, expected none below 0, got -0.25");
}

TEST_CASE("without shots there are no frequencies, and without angles nothing to shift") {
  Rng rng(Seed{18});
  RandomHead head(rng, 12);
  const Inputs in(rng, head, 2);
  Batch<double> values(head.program.outputs, 2);
  struct NoShots : Scripted {
    [[nodiscard]] int shots() const { return 0; }
  };
  ShiftBackend<double, NoShots> backend(head.program, {{uniform}});
  CHECK(message_of<ValueError>([&] { backend.forward(in.angles, in.weights, values); }) ==
        "qmtl: executor: shots, expected a positive number, got 0");
  head.program.prepare = [](const double*, std::complex<double>*) {};
  CHECK_THROWS_AS(ShiftBackend<double>(head.program), LogicError);
}

}  // namespace shift_backend_answers_test
