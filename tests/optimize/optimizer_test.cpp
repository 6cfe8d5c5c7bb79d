// SPDX-License-Identifier: Apache-2.0
// Optimizers against the formulas of their papers step by step, their laws, and their refusals.

#include "qmtl/optimize/optimizer.hpp"

#include <algorithm>
#include <cmath>

#include "qmtl/core/rng.hpp"
#include "support/catch.hpp"
#include "support/throws.hpp"

namespace optimizer_test {

using namespace qmtl;
using qmtl::test::message_of;

/// The parameter after each of the gradients, starting at `start`.
template <class S = double>
std::vector<S> run(const OptimizerSettings& settings, S start, const std::vector<S>& gradients) {
  Optimizer<S> optimizer(settings, 1);
  std::vector<S> parameter{start}, out;
  for (const S gradient : gradients) {
    optimizer.step(parameter, std::vector<S>{gradient});
    out.push_back(parameter[0]);
  }
  return out;
}

Approx exactly(double value) { return Approx(value).epsilon(1e-13); }

TEST_CASE("gradient descent by hand, plain and with momentum and Nesterov's form of it") {
  const std::vector<double> g{1.0, -2.0};
  const auto plain = run(Sgd{.learning_rate = 0.1}, 3.0, g);
  CHECK(plain[0] == exactly(2.9));
  CHECK(plain[1] == exactly(3.1));
  const auto heavy = run(Sgd{.learning_rate = 0.1, .momentum = 0.5}, 3.0, g);  // v = 1, then -1.5
  CHECK(heavy[0] == exactly(2.9));
  CHECK(heavy[1] == exactly(3.05));
  const auto nesterov = run(Sgd{.learning_rate = 0.1, .momentum = 0.5, .nesterov = true}, 3.0, g);
  CHECK(nesterov[0] == exactly(3.0 - 0.1 * 1.5));            // g + 0.5 * 1
  CHECK(nesterov[1] == exactly(2.85 + 0.1 * (2.0 + 0.75)));  // g + 0.5 * -1.5
}

TEST_CASE("Nesterov's form is the look-ahead form in other coordinates (Sutskever et al. 2013, eq. 3 and 4)") {
  const double rate = 0.05, momentum = 0.8;
  const auto slope = [](double x) { return 2.0 * x + std::cos(x); };
  double theta = 1.0, velocity = 0.0;  // v <- mu v - rate f'(theta + mu v), theta <- theta + v
  Optimizer<double> optimizer(Sgd{.learning_rate = rate, .momentum = momentum, .nesterov = true}, 1);
  std::vector<double> ahead{1.0};  // theta + mu v
  for (int i = 0; i < 30; ++i) {
    velocity = momentum * velocity - rate * slope(theta + momentum * velocity);
    theta += velocity;
    optimizer.step(ahead, std::vector{slope(ahead[0])});
    CHECK(ahead[0] == exactly(theta + momentum * velocity));
  }
}

TEST_CASE("two steps of Adam by hand (Kingma and Ba 2015, algorithm 1)") {
  const auto p = run(Adam{.learning_rate = 0.1}, 1.0, {0.5, -0.2});
  // m = 0.05, v = 0.00025; corrected 0.5 and 0.25
  const double first = 1.0 - 0.1 * 0.5 / (0.5 + 1e-8);
  CHECK(p[0] == exactly(first));
  // m = 0.9 * 0.05 - 0.02 = 0.025, v = 0.999 * 0.00025 + 0.001 * 0.04 = 0.00028975
  CHECK(p[1] == exactly(first - 0.1 * (0.025 / 0.19) / (std::sqrt(0.00028975 / 0.001999) + 1e-8)));
}

TEMPLATE_TEST_CASE("Adam follows its paper's formula for many steps and every setting", "", float, double) {
  using S = TestType;
  const Adam adam{.learning_rate = 0.02, .beta1 = 0.7, .beta2 = 0.95, .epsilon = 1e-3};
  Rng rng(Seed{4});
  Optimizer<S> optimizer(adam, 1);
  std::vector<S> parameter{S(1)};
  double p = 1.0, m = 0.0, v = 0.0;
  for (int t = 1; t <= 200; ++t) {
    const S g = static_cast<S>(rng.normal());
    m = adam.beta1 * m + (1 - adam.beta1) * g;
    v = adam.beta2 * v + (1 - adam.beta2) * g * g;
    const double m_hat = m / (1 - std::pow(adam.beta1, t));
    const double v_hat = v / (1 - std::pow(adam.beta2, t));
    p -= adam.learning_rate * m_hat / (std::sqrt(v_hat) + adam.epsilon);
    optimizer.step(parameter, std::vector<S>{g});
    CHECK(parameter[0] == Approx(p).margin(sizeof(S) == 8 ? 1e-13 : 1e-5).epsilon(0.0));
  }
  CHECK(optimizer.steps() == 200);
  CHECK(optimizer.first_moment()[0] == Approx(m));
  CHECK(optimizer.second_moment()[0] == Approx(v));
}

TEST_CASE("with its bias corrections, Adam moves by the learning rate under a constant gradient of any size") {
  for (const double g : {1e-3, 1.0, 1e4}) {
    const auto p = run(Adam{.learning_rate = 0.1, .epsilon = 1e-30}, 0.0, std::vector<double>(5, g));
    for (std::size_t t = 0; t < p.size(); ++t) CHECK(p[t] == exactly(-0.1 * static_cast<double>(t + 1)));
  }
}

TEST_CASE("AdamW is Adam's step after a decay that the moments do not see (Loshchilov and Hutter 2019)") {
  Rng rng(Seed{6});
  std::vector<double> g;
  for (int i = 0; i < 20; ++i) g.push_back(rng.normal());
  const auto p = run(AdamW{.learning_rate = 0.1, .weight_decay = 0.3}, 2.0, g);
  const auto adam = run(Adam{.learning_rate = 0.1}, 0.0, g);  // its steps do not depend on where it stands
  double expected = 2.0;
  for (std::size_t t = 0; t < g.size(); ++t) {
    expected = expected - 0.1 * 0.3 * expected + adam[t] - (t == 0 ? 0.0 : adam[t - 1]);
    CHECK(p[t] == Approx(expected).epsilon(1e-12));
  }
}

TEMPLATE_TEST_CASE("a gradient whose square overflows is an error that names it, not a step of nothing", "", float,
                   double) {
  using S = TestType;
  const S too_large = std::sqrt(std::numeric_limits<S>::max()) * S(2);
  for (const OptimizerSettings& settings : std::vector<OptimizerSettings>{Adam{}, AdamW{}}) {
    Optimizer<S> optimizer(settings, 700);
    std::vector<S> parameters(700, S(1)), gradient(700, S(1));
    gradient[431] = -too_large;
    CHECK(message_of<NumericalError>([&] { optimizer.step(parameters, gradient); }) ==
          detail::text("qmtl: optimizer: Adam's second moment of parameter 431 is not finite, with a gradient of ",
                       -too_large));
    Optimizer<S> large(settings, 1);
    std::vector<S> parameter{S(1)};
    large.step(parameter, std::vector<S>{too_large / 4});
    CHECK(parameter[0] == Approx(0.999).margin(1e-4));
  }
}

TEMPLATE_TEST_CASE("a gradient that is refused has moved nothing, and the next step is as if it had not been", "",
                   float, double) {
  using S = TestType;
  const S huge = std::sqrt(std::numeric_limits<S>::max()) * S(2), nan = std::numeric_limits<S>::quiet_NaN();
  for (const OptimizerSettings& settings : std::vector<OptimizerSettings>{Sgd{.momentum = 0.9}, Adam{}, AdamW{}}) {
    INFO("settings " << settings.index());
    Optimizer<S> disturbed(settings, 700), calm(settings, 700);
    std::vector<S> p(700, S(1)), q = p, good(700, S(0.5));
    disturbed.step(p, good);
    calm.step(q, good);
    for (const S bad : {nan, std::numeric_limits<S>::infinity(), huge}) {
      if (settings.index() == 0 && bad == huge) continue;  // Sgd can go there
      std::vector<S> gradient = good;
      gradient[600] = bad;
      CHECK_THROWS_AS(disturbed.step(p, gradient), NumericalError);
      CHECK(p == q);
    }
    disturbed.step(p, good);
    calm.step(q, good);
    CHECK(p == q);
    CHECK(disturbed.steps() == 2);
  }
}

TEST_CASE("saved moments that cannot be are refused") {
  Optimizer<double> optimizer(Adam{}, 2);
  const std::vector<double> good{1.0, 2.0};
  CHECK(message_of<ValueError>([&] {
          optimizer.restore(1, good, std::vector{1.0, -1.0});
        }) == "qmtl: optimizer: second moment of parameter 1, expected a finite number from 0, got -1");
  CHECK_THROWS_AS(optimizer.restore(1, std::vector{std::nan(""), 0.0}, good), ValueError);
  CHECK_THROWS_AS(optimizer.restore(1, good, std::vector{HUGE_VAL, 0.0}), ValueError);
  CHECK(optimizer.steps() == 0);
}

TEST_CASE("an epsilon below float's range is no zero to divide by") {
  CHECK(std::isfinite(run<float>(Adam{.epsilon = 1e-300}, 1.0f, {0.0f})[0]));
  CHECK(std::isfinite(run<float>(Adam{.epsilon = 1e-300}, 1.0f, {1e-25f})[0]));
}

TEST_CASE("decoupled decay is proportional to the weight, L2 through Adam is not") {
  const std::vector<double> still(3, 0.0);
  CHECK(run(AdamW{.learning_rate = 0.1, .weight_decay = 0.5}, 4.0, still)[2] == exactly(4.0 * 0.95 * 0.95 * 0.95));
  Optimizer<double> l2(Adam{.learning_rate = 0.1}, 1);
  std::vector<double> p{4.0};
  l2.step(p, std::vector{0.5 * p[0]});
  CHECK(p[0] == Approx(3.9).epsilon(1e-8));  // the learning rate, whatever the decay
  CHECK(run(AdamW{.weight_decay = 0.0}, 4.0, {1.0, 2.0}) == run(Adam{}, 4.0, {1.0, 2.0}));
}

TEMPLATE_TEST_CASE("every optimizer finds the minimum of a quadratic", "", float, double) {
  using S = TestType;
  const std::vector<OptimizerSettings> all{Sgd{.learning_rate = 0.1}, Sgd{.learning_rate = 0.02, .momentum = 0.9},
                                           Sgd{.learning_rate = 0.02, .momentum = 0.9, .nesterov = true},
                                           Adam{.learning_rate = 0.02},
                                           AdamW{.learning_rate = 0.02, .weight_decay = 1e-4}};
  const std::vector<S> curvature{S(1), S(10), S(0.5)}, minimum{S(0.3), S(-2), S(1)};
  for (const auto& settings : all) {
    Optimizer<S> optimizer(settings, 3);
    std::vector<S> p(3), g(3);
    for (int t = 0; t < 1500; ++t) {
      for (std::size_t i = 0; i < 3; ++i) g[i] = curvature[i] * (p[i] - minimum[i]);
      optimizer.step(p, g);
    }
    INFO("settings " << settings.index());
    for (std::size_t i = 0; i < 3; ++i) CHECK(p[i] == Approx(minimum[i]).margin(1e-3));
  }
}

TEST_CASE("a run continued from its saved state takes the same steps, bit for bit") {
  for (const OptimizerSettings& settings :
       std::vector<OptimizerSettings>{Sgd{}, Sgd{.momentum = 0.9}, Adam{}, AdamW{}}) {
    Optimizer<float> first(settings, 2);
    std::vector<float> p{1.0f, -1.0f};
    for (int i = 0; i < 5; ++i) first.step(p, std::vector{0.3f, -0.1f * static_cast<float>(i)});
    Optimizer<float> second(settings, 2);
    second.restore(first.steps(), first.first_moment(), first.second_moment());
    std::vector<float> q = p;
    for (int i = 0; i < 5; ++i) {
      first.step(p, std::vector{0.2f, 0.1f});
      second.step(q, std::vector{0.2f, 0.1f});
    }
    CHECK(p == q);
    CHECK(second.steps() == 10);
  }
}

TEST_CASE("parameters do not know of each other: a step of many is many steps of one") {
  const std::size_t size = 700;
  for (const OptimizerSettings& settings :
       std::vector<OptimizerSettings>{Sgd{}, Sgd{.momentum = 0.9}, Sgd{.momentum = 0.9, .nesterov = true},
                                      Adam{.learning_rate = 0.1}, AdamW{.learning_rate = 0.1}}) {
    INFO("settings " << settings.index());
    Rng rng(Seed{12});
    std::vector<double> first(size), second(size), parameters(size, 1.0);
    for (std::size_t i = 0; i < size; ++i) first[i] = rng.normal(), second[i] = rng.normal();
    Optimizer<double> optimizer(settings, size);
    optimizer.step(parameters, first);
    optimizer.step(parameters, second);
    double worst = 0.0;
    for (std::size_t i = 0; i < size; ++i) {
      worst = std::max(worst, std::abs(parameters[i] - run(settings, 1.0, {first[i], second[i]})[1]));
    }
    CHECK(worst < 1e-13);
  }
}

TEMPLATE_TEST_CASE("a step has the same bits wherever parameters and gradient lie in memory", "", float, double) {
  using S = TestType;
  const std::size_t size = 1003;
  for (const OptimizerSettings& settings : std::vector<OptimizerSettings>{
           Sgd{}, Sgd{.momentum = 0.9}, Sgd{.momentum = 0.9, .nesterov = true}, Adam{}, AdamW{}}) {
    std::vector<S> expected;
    for (const std::size_t shift : {0u, 1u, 2u, 3u}) {
      INFO("settings " << settings.index() << ", shifted by " << shift);
      std::vector<S> parameters(size + shift), gradient(size + shift);
      const auto p = std::span(parameters).last(size), g = std::span(gradient).last(size);
      Rng rng(Seed{9});
      for (S& value : p) value = static_cast<S>(rng.normal());
      Optimizer<S> optimizer(settings, size);
      for (int step = 0; step < 4; ++step) {
        for (S& value : g) value = static_cast<S>(rng.normal());
        optimizer.step(p, g);
      }
      if (shift == 0) expected.assign(p.begin(), p.end());
      CHECK(std::equal(p.begin(), p.end(), expected.begin()));
    }
  }
}

TEST_CASE("only the state that the settings need is held") {
  CHECK(Optimizer<double>(Sgd{}, 4).first_moment().empty());
  CHECK(Optimizer<double>(Sgd{.momentum = 0.5}, 4).first_moment().size() == 4);
  CHECK(Optimizer<double>(Sgd{.momentum = 0.5}, 4).second_moment().empty());
  CHECK(Optimizer<double>(Adam{}, 4).second_moment().size() == 4);
}

TEST_CASE("a schedule changes the learning rate and nothing else") {
  Optimizer<double> optimizer(Sgd{.learning_rate = 1.0, .momentum = 0.5}, 1);
  std::vector<double> p{0.0};
  optimizer.step(p, std::vector{1.0});
  optimizer.step({.rate = 0.25}, p, std::vector{1.0});
  CHECK(p[0] == exactly(-1.0 - 0.25 * 1.5));
  CHECK(optimizer.learning_rate() == 1.0);
  for (const double rate : {-1.0, std::nan(""), HUGE_VAL}) {
    CHECK(message_of<ValueError>([&] {
            optimizer.step({.rate = rate}, p, std::vector{1.0});
          }).starts_with("qmtl: optimizer: learning_rate, expected a number in [0, inf), got "));
  }
  CHECK(optimizer.steps() == 2);
}

TEST_CASE("impossible settings are refused by name") {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const auto message = [](const OptimizerSettings& settings) {
    return message_of<ValueError>([&] { Optimizer<double>(settings, 1); });
  };
  const auto names = [&](const OptimizerSettings& settings, const std::string& name) {
    return message(settings).find("optimizer: " + name + ",") != std::string::npos;
  };
  CHECK(message(Adam{.learning_rate = -0.1}) ==
        "qmtl: optimizer: learning_rate, expected a number in [0, inf), got -0.1");
  CHECK(message(AdamW{.beta2 = 1.0}) == "qmtl: optimizer: beta2, expected a number in [0, 1), got 1");
  CHECK(names(Sgd{.learning_rate = nan}, "learning_rate"));
  CHECK(names(Sgd{.learning_rate = std::numeric_limits<double>::infinity()}, "learning_rate"));
  CHECK(names(Sgd{.momentum = 1.0}, "momentum"));
  CHECK(names(Sgd{.nesterov = true}, "nesterov"));
  CHECK(names(Adam{.beta1 = -0.1}, "beta1"));
  CHECK(names(Adam{.beta2 = nan}, "beta2"));
  CHECK(names(Adam{.epsilon = 0.0}, "epsilon"));
  CHECK(names(AdamW{.weight_decay = -1e-2}, "weight_decay"));
}

TEST_CASE("an optimizer that has been moved from is an error, and not another rule") {
  for (const OptimizerSettings& settings : {OptimizerSettings(Adam{}), OptimizerSettings(Sgd{.momentum = 0.9})}) {
    Optimizer<double> from(settings, 2);
    std::vector<double> parameters(2), gradient(2, 1.0);
    Optimizer<double> to = std::move(from);
    CHECK_THROWS_AS(from.step(parameters, gradient), LogicError);
    to.step(parameters, gradient);
    CHECK(parameters[0] < 0.0);
  }
}

TEST_CASE("sizes that do not fit the optimizer are named") {
  Optimizer<double> optimizer(Adam{}, 3);
  std::vector<double> two(2), three(3);
  CHECK(message_of<ShapeError>([&] { optimizer.step(two, three); }) ==
        "qmtl: optimizer: number of parameters must be 3, got 2");
  CHECK(message_of<ShapeError>([&] { optimizer.step(three, two); }) ==
        "qmtl: optimizer: size of the gradient must be 3, got 2");
  CHECK(message_of<ShapeError>([&] { optimizer.restore(1, three, two); }) ==
        "qmtl: optimizer: size of the second moment must be 3, got 2");
  CHECK(optimizer.steps() == 0);
}

}  // namespace optimizer_test
