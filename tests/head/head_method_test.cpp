// SPDX-License-Identifier: Apache-2.0
// Methods and backends of one's own, and executors that are set at run time: the same weights, the same calls.

#include "qmtl/head/head_method.hpp"

#include <cmath>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "qmtl/head/hybrid_head.hpp"
#include "qmtl/head/quantum_head.hpp"
#include "qmtl/head/state_encoding.hpp"
#include "support/catch.hpp"
#include "support/executors.hpp"
#include "support/random_circuit.hpp"
#include "support/throws.hpp"

namespace head_method_test {

using namespace qmtl;
using namespace qmtl::test;

using First = Task<"first", RotationBlock<2>, Window<0, 2>, BinaryReadout<TrainableScale<3>>>;
using Second = Task<"second", RotationBlock<1>, Qubits<2>, Classes<2, BasisStates>>;
using Head3 = QuantumHead<double, AngleEncoding<3, Axis::Y, CzRing, Layers<2>>, First, Second>;

struct Step {
  Batch<double> logits, dz;
  std::vector<double> gradient;
};

struct Inputs {
  Batch<double> z = Batch<double>::Random(Head3::features, 5), c = Batch<double>::Random(Head3::outputs, 5);
  std::vector<double> w = std::vector<double>(Head3::parameters, 0.4);
};

template <class H>
Step step(H& head, const Inputs& in) {
  Step out{in.c, in.z, std::vector<double>(in.w.size())};
  head.forward(in.z, in.w, out.logits);
  head.backward(in.z, in.w, in.c, out.gradient, out.dz);
  return out;
}

double distance(const Step& a, const Step& b) {
  double most = std::max(max_difference(a.logits, b.logits), max_difference(a.dz, b.dz));
  for (std::size_t j = 0; j < a.gradient.size(); ++j) most = std::max(most, std::abs(a.gradient[j] - b.gradient[j]));
  return most;
}

TEST_CASE("an executor stands in for a head's method until the method is restored") {
  const Inputs in;
  Head3 head;
  const Step method = step(head, in);
  head.set_executor(IdealExecutor{});
  CHECK_FALSE(head.runs_method());
  CHECK(distance(step(head, in), method) < 1e-12);
  CHECK(head.standard_errors(in.w).isZero(0.0));

  Head3 copy = head;  // with an executor of its own
  head.restore_method();
  CHECK_FALSE(copy.runs_method());
  CHECK(distance(step(copy, in), method) < 1e-12);
  const Step again = step(head, in);
  CHECK((again.logits == method.logits && again.dz == method.dz && again.gradient == method.gradient));
}

TEST_CASE("an executor that was set can be looked at, and given another seed") {
  const Inputs in;
  Head3 head;
  CHECK(head.executor<IdealExecutor<>>() == nullptr);
  head.set_executor(IdealExecutor{});
  CHECK(head.executor<IdealExecutor<>>() != nullptr);
  head.set_executor(Sampled(50, Seed{3}));
  CHECK(head.executor<IdealExecutor<>>() == nullptr);
  CHECK(head.executor<Sampled>()->shots() == 50);
  const Step first = step(head, in);
  CHECK(step(head, in).logits != first.logits);
  head.reseed(Seed{3});
  CHECK(step(head, in).logits == first.logits);
  head.restore_method();
  CHECK(head.executor<Sampled>() == nullptr);
}

template <class B>
concept SaysItsProgram = requires(const B& backend) {
  backend.program();
};
static_assert(SaysItsProgram<detail::LaneBackend<double, true>> && SaysItsProgram<ShiftBackend<double>>);

TEST_CASE("a backend of another head is refused") {
  Head3 head;
  const auto message = [&](auto&& change) {
    auto program = Head3::program();
    change(program);
    return message_of<ValueError>([&] { head.set_backend(ShiftBackend<double>(program)); });
  };
  head.set_backend(ShiftBackend<double>(Head3::program()));
  CHECK(message([](auto& program) { program.tasks[1].window = {1}; }) ==
        "qmtl: QuantumHead: a backend, expected one that is made of this head's program, got one of another list of "
        "tasks");
  CHECK(message([](auto& program) { program.tasks[0].eigenvalues *= 2; }).ends_with("another list of tasks"));
  CHECK(message([](auto& program) { program.encoding = program.encoding.first(4); }).ends_with("another encoding"));
  CHECK_FALSE(head.runs_method());  // as it was
}

TEST_CASE("standard errors of logits are the deviations of repeated forwards") {
  const Inputs in;
  Head3 head;
  CHECK_THROWS_AS(head.standard_errors(in.w), ShapeError);  // no forward yet
  constexpr int repeats = 600;
  head.set_executor(Sampled(500, Seed{3}));
  Eigen::ArrayXXd sum = Eigen::ArrayXXd::Zero(Head3::outputs + 1, 5), squares = sum, errors = sum;
  Batch<double> logits(Head3::outputs, 5), difference(Head3::outputs, 5);
  difference.colwise() = Eigen::Vector3d(0, 1, -1);  // between two classes, whose probabilities sum to 1
  for (int i = 0; i < repeats; ++i) {
    head.forward(in.z, in.w, logits);
    Eigen::ArrayXXd all(Head3::outputs + 1, 5), all_errors = all;
    all << logits.array(), difference.cwiseProduct(logits).colwise().sum().array();
    all_errors << head.standard_errors(in.w).array(), head.standard_errors(in.w, difference).array();
    sum += all;
    squares += all.square();
    errors += all_errors;
  }
  const Eigen::ArrayXXd deviation = (squares / repeats - (sum / repeats).square()).sqrt();
  CHECK(((errors / repeats / deviation - 1.0).abs() < 0.2).all());
}

TEST_CASE("what a method keeps of samples is not asked for while an executor stands in for it") {
  const Inputs in;
  Head3 head;
  static_assert(Head3::caches_encodings);
  Batch<double> entries(head.encoded_size(), 5);
  head.encode(in.z, entries);
  head.set_executor(IdealExecutor{});
  CHECK_THROWS_AS(head.encode(in.z, entries), LogicError);
  Batch<double> logits = in.c;
  CHECK(message_of<LogicError>([&] { head.forward_encoded(entries, in.w, logits); }) ==
        "qmtl: QuantumHead: encoded samples are of the head's own method, expected no other backend or executor, got "
        "one that was set");
}

TEST_CASE("an executor's exception reaches the caller, and leaves the head as it can go on from") {
  const Inputs in;
  Head3 head;
  bool fails = true;
  IdealExecutor<> ideal;
  head.set_executor(Scripted{[&](std::span<const CircuitJob> jobs) {
    if (fails) throw std::runtime_error("the device is away");
    return ideal.probabilities(jobs);
  }});
  Step out{in.c, in.z, std::vector<double>(in.w.size(), 2.0)};
  CHECK(message_of<std::runtime_error>([&] { head.forward(in.z, in.w, out.logits); }) == "the device is away");
  CHECK_THROWS_AS(head.backward(in.z, in.w, in.c, out.gradient, out.dz), ShapeError);  // no forward
  fails = false;
  head.forward(in.z, in.w, out.logits);
  fails = true;
  CHECK_THROWS_AS(head.backward(in.z, in.w, in.c, out.gradient, out.dz), std::runtime_error);
  CHECK(out.gradient == std::vector<double>(in.w.size(), 2.0));
  CHECK(out.dz == in.z);
  fails = false;
  head.backward_weights(in.z, in.w, in.c, out.gradient);
  CHECK(out.gradient != std::vector<double>(in.w.size(), 2.0));
}

/// Every expectation value is the sum of angles and weights, times its number. Knows how many threads it may use.
template <class S>
struct Linear {
  HeadProgram<S> program;
  std::shared_ptr<int> threads = std::make_shared<int>(1);  // of its copies too

  explicit Linear(const HeadProgram<S>& head) : program(head) {}

  void set_execution(const Execution& execution) { *threads = thread_count(execution); }
  void forward(const BatchIn<S>& angles, std::span<const S> weights, BatchOut<S> expectations) const {
    S sum = 0;
    for (const S w : weights) sum += w;
    for (Eigen::Index o = 0; o < expectations.rows(); ++o) {
      expectations.row(o) = (static_cast<S>(o) * (angles.colwise().sum().array() + sum)).matrix();
    }
  }
  void backward(const BatchIn<S>& angles, std::span<const S>, const BatchIn<S>& cotangents, std::span<S> gradient,
                BatchOut<S> angle_gradients) const {
    for (Eigen::Index b = 0; b < angles.cols(); ++b) {
      S slope = 0;
      for (Eigen::Index o = 0; o < cotangents.rows(); ++o) slope += static_cast<S>(o) * cotangents(o, b);
      for (S& g : gradient) g += slope;
      if (angle_gradients.cols() > 0) angle_gradients.col(b).setConstant(slope);
    }
  }
};
struct LinearMethod {
  template <Scalar S>
  using Backend = Linear<S>;
};

TEST_CASE("a method of one's own computes a head, and its backend can be set on any other") {
  using E = WithSquash<AngleEncoding<3>, NoSquash>;
  using T = Task<"t", RotationBlock<2>, Window<0, 2>, Expectations<2>>;
  using Own = BasicQuantumHead<double, LinearMethod{}, E, T>;
  static_assert(Head<Own> && !CachingHead<Own> && !Own::caches_encodings);
  static_assert(HeadBackend<Linear<double>, double> && !CachingBackend<Linear<double>, double>);
  static_assert(CachingBackend<detail::LaneBackend<double, false>, double>);
  Own own;
  own.set_execution(Threads{2});
  CHECK_THROWS_AS(own.set_execution(Threads{0}), ValueError);
  Batch<double> z(3, 2), logits(2, 2), dz(3, 2), c = Batch<double>::Ones(2, 2);
  z << 1, 2, 3, 4, 5, 6;
  const std::vector<double> w(Own::parameters, 0.5);
  std::vector<double> gradient(w.size(), 1.0);
  own.forward(z, w, logits);
  own.backward(z, w, c, gradient, dz);
  const double sum = 0.5 * Own::parameters;
  CHECK(logits.row(0).isZero(0.0));
  CHECK((logits(1, 0) == 9 + sum && logits(1, 1) == 12 + sum));
  CHECK(gradient == std::vector<double>(w.size(), 3.0));
  CHECK((dz.array() == 1.0).all());

  QuantumHead<double, E, T> other;
  other.set_execution(Threads{3});
  const Linear<double> linear(other.program());
  other.set_backend(linear);
  CHECK(*linear.threads == 3);  // although it was set later
  other.set_execution(Threads{2});
  CHECK(*linear.threads == 2);
  Batch<double> logits_of_other(2, 2);
  other.forward(z, w, logits_of_other);
  CHECK(logits_of_other == logits);
}

TEST_CASE("parameter shift by the light cones of a head of 100 qubits") {
  using E = WithSquash<AngleEncoding<100, Axis::Y, CzRing, Layers<1>>, NoSquash>;
  using T = Task<"t", IdentityBlock<1>, Window<70, 1>, Expectations<1>>;
  const auto check = []<class H>(H head) {
    Batch<double> z = Batch<double>::Random(100, 3), logits(1, 3), c = Batch<double>::Ones(1, 3), dz(100, 3);
    std::vector<double> none;
    head.forward(z, none, logits);
    head.backward(z, none, c, none, dz);
    CHECK((logits.array() - z.row(70).array().cos()).abs().maxCoeff() < 1e-12);
    CHECK((dz.row(70).array() + z.row(70).array().sin()).abs().maxCoeff() < 1e-12);
    dz.row(70).setZero();
    CHECK(dz.isZero(1e-14));  // its neighbours are in the cone
  };
  check(BasicQuantumHead<double, HeadMethod::shift, E, T>());
  BasicQuantumHead<double, ParameterShift<Adjoint>{}, E, T> adjoint;
  CHECK(adjoint.executor<Adjoint>()->calls->vjp == 0);
  check(adjoint);
}

TEST_CASE("the circuits of a hybrid head run on an executor") {
  using Hybrid = HybridHead<double, HybridForm::shared, AngleEncoding<3, Axis::Y, CzRing, Layers<2>>, RotationBlock<3>,
                            First, Second>;
  const Batch<double> z = Batch<double>::Random(Hybrid::features, 2);
  const std::vector<double> w(Hybrid::parameters, 0.3);
  Batch<double> expected(Hybrid::outputs, 2), logits(Hybrid::outputs, 2);
  Hybrid head;
  head.forward(z, w, expected);
  head.set_executor(Sampled(7, Seed{1}));
  head.forward(z, w, logits);
  CHECK(max_difference(logits, expected) > 1e-3);
  CHECK(head.executor<Sampled>()->shots() == 7);

  head.set_executor(Sampled(500, Seed{1}));
  constexpr int repeats = 500;
  Eigen::ArrayXXd squares = Eigen::ArrayXXd::Zero(Hybrid::outputs, 2), variances = squares;
  for (int i = 0; i < repeats; ++i) {
    head.forward(z, w, logits);
    squares += (logits - expected).array().square();
    variances += head.standard_errors(w).array().square();
  }
  CHECK(((variances / squares - 1.0).abs() < 0.3).all());

  bool fails = false;
  IdealExecutor<> ideal;
  head.set_executor(Scripted{[&](std::span<const CircuitJob> jobs) {
    if (fails) throw std::runtime_error("the device is away");
    return ideal.probabilities(jobs);
  }});
  const Batch<double> c = Batch<double>::Ones(Hybrid::outputs, 2);
  std::vector<double> gradient(w.size(), 2.0);
  head.forward(z, w, logits);
  fails = true;
  CHECK_THROWS_AS(head.backward_weights(z, w, c, gradient), std::runtime_error);
  CHECK(gradient == std::vector<double>(w.size(), 2.0));  // of layers too
  head.set_executor(IdealExecutor{});
  head.forward(z, w, logits);
  CHECK(max_difference(logits, expected) < 1e-12);
  head.restore_method();
  head.forward(z, w, logits);
  CHECK(logits == expected);
}

}  // namespace head_method_test
