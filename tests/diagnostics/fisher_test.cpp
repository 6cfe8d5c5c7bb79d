// SPDX-License-Identifier: Apache-2.0
// Fisher information against closed forms of logistic models, and against its definition by finite differences.

#include "qmtl/diagnostics/fisher.hpp"

#include "qmtl/backbone/frozen.hpp"
#include "qmtl/backbone/mlp.hpp"
#include "support/catch.hpp"
#include "support/finite_difference.hpp"
#include "support/random_circuit.hpp"
#include "support/throws.hpp"

namespace fisher_test {

using namespace qmtl;

using Yes = Task<"yes", RotationBlock<2>, Window<0, 2>, Binary>;
using Kind = Task<"kind", RotationBlock<3>, Window<1, 3>, Classes<3>>;
using Linear1 = LinearHead<double, 3, Yes>;
using Linear2 = LinearHead<double, 3, Kind, Yes>;

/// Everything that a head's probabilities may depend on: shared weights, two forms of classes, a trainable scale.
using Quantum3 =
    QuantumHead<double, ReuploadingEncoding<4>, Yes,
                Task<"states", RotationBlock<2>, Qubits<3, 1>, Classes<4, BasisStates>>,
                Task<"scaled", StronglyEntanglingBlock<2>, Window<1, 2>, BinaryReadout<TrainableScale<2>>>>;

Batch<double> random_batch(Rng& rng, int rows, int columns) {
  Batch<double> out(rows, columns);
  for (auto& value : out.reshaped()) value = rng.normal();
  return out;
}

/// log p(c|z) of every class of every task of one sample: [task][class].
template <class H>
std::vector<std::vector<double>> log_probabilities(H& head, const Batch<double>& z, std::span<const double> w) {
  Batch<double> logits(H::outputs, 1);
  head.forward(z, w, logits);
  std::vector<std::vector<double>> out;
  int first = 0;
  for (const int outputs : H::task_outputs) {
    std::vector<double> l(logits.data() + first, logits.data() + first + outputs);
    if (outputs == 1) l.insert(l.begin(), 0.0);  // class 0 has logit 0
    double sum = 0.0;
    for (const double value : l) sum += std::exp(value);
    for (double& value : l) value -= std::log(sum);
    out.push_back(l);
    first += outputs;
  }
  return out;
}

/// The definition, term by term, gradients by central differences.
template <class H>
Eigen::MatrixXd fisher_by_definition(H& head, const Batch<double>& z, std::span<const double> w) {
  Eigen::MatrixXd fisher = Eigen::MatrixXd::Zero(H::parameters, H::parameters);
  for (Eigen::Index b = 0; b < z.cols(); ++b) {
    const Batch<double> sample = z.col(b);
    const auto at = log_probabilities(head, sample, w);
    for (std::size_t t = 0; t < at.size(); ++t) {
      for (std::size_t c = 0; c < at[t].size(); ++c) {
        const auto g = test::difference_gradient(
            [&](std::span<const double> moved) { return log_probabilities(head, sample, moved)[t][c]; }, w);
        const Eigen::Map<const Eigen::VectorXd> gradient(g.data(), H::parameters);
        fisher += std::exp(at[t][c]) * gradient * gradient.transpose();
      }
    }
  }
  return fisher / static_cast<double>(z.cols());
}

template <class H>
void check_definition(std::uint64_t seed) {
  Rng rng(Seed{seed});
  H head;
  const auto z = random_batch(rng, H::features, 3);
  const auto w = test::random_numbers(rng, H::parameters, -1, 1);
  const Eigen::MatrixXd fisher = fisher_information(head, z, w);
  CHECK((fisher - fisher_by_definition(head, z, w)).cwiseAbs().maxCoeff() < 1e-8);
  CHECK((fisher - fisher.transpose()).isZero(1e-14));
  CHECK(fisher_spectrum(fisher).minCoeff() >= 0.0);
  CHECK(fisher.trace() > 1e-3);
}

TEST_CASE("Fisher information is the mean of p g g^T, quantum and linear") {
  check_definition<Quantum3>(1);
  check_definition<Quantum3>(2);
  check_definition<Linear2>(3);
}

TEST_CASE("closed form: logistic regression has mean p (1 - p) (z, 1) (z, 1)^T") {
  Rng rng(Seed{4});
  Linear1 head;
  const auto z = random_batch(rng, 3, 20);
  const auto w = test::random_numbers(rng, 4, -2, 2);
  Eigen::MatrixXd expected = Eigen::MatrixXd::Zero(4, 4);
  for (Eigen::Index b = 0; b < 20; ++b) {
    Eigen::Vector4d extended;
    extended << z.col(b), 1.0;
    const double p = 1 / (1 + std::exp(-extended.dot(Eigen::Map<const Eigen::Vector4d>(w.data()))));
    expected += p * (1 - p) * extended * extended.transpose() / 20;
  }
  CHECK((fisher_information(head, z, w) - expected).isZero(1e-14));
}

TEST_CASE("closed form: the logit s cos(x + w) of one qubit has the information p (1 - p) s^2 sin^2(x + w)") {
  using One = QuantumHead<double, WithSquash<AngleEncoding<1, Axis::Y, NoEntangler>, NoSquash>,
                          Task<"t", HardwareEfficientBlock<1, Axes<Axis::Y>, NoEntangler>, Window<0, 1>, Binary>>;
  One head;
  const Batch<double> z = Batch<double>::Constant(1, 1, 0.4);
  const std::vector<double> w{0.9};
  const double p = 1 / (1 + std::exp(-4 * std::cos(1.3)));
  CHECK(fisher_information(head, z, w)(0, 0) == Approx(p * (1 - p) * 16 * std::pow(std::sin(1.3), 2)));
}

TEST_CASE("tasks without common parameters have no common information") {
  Rng rng(Seed{5});
  Linear2 head;
  const auto fisher = fisher_information(head, random_batch(rng, 3, 5), test::random_numbers(rng, 16, -1, 1));
  CHECK(fisher.topRightCorner(12, 4).isZero(0.0));
  // Adding a constant to all logits of a softmax changes nothing: W has 3 null directions a feature column, b one.
  const Eigen::VectorXd spectrum = fisher_spectrum(fisher.topLeftCorner(12, 12));
  CHECK(spectrum.tail(4).maxCoeff() < 1e-15);
  CHECK(spectrum[7] > 1e-6);
}

TEST_CASE("a model's Fisher information is its head's at the standardised backbone's representations") {
  using Model = QmtlModel<Mlp<5, 6, 4>, AngleEncoding<4>, Yes, Kind>;
  Rng rng(Seed{6});
  Model model{Seed{7}};
  const auto inputs = random_batch(rng, 5, 8);
  Standardizer<double> standardizer;
  standardizer.fit(3.0 * inputs);
  model.set_standardizer(standardizer);
  Batch<double> x(5, 8), z(4, 8);
  model.standardizer().apply(inputs, x);
  model.backbone().forward(x, z);
  const auto expected = fisher_information(model.head(), z, model.head_weights());
  CHECK((fisher_information(model, inputs) - expected).isZero(1e-14));
  CHECK(expected.rows() == Model::head_parameters);
}

TEST_CASE("float heads agree with double ones") {
  using Double = QuantumHead<double, AngleEncoding<4>, Yes, Kind>;
  using Float = QuantumHead<float, AngleEncoding<4>, Yes, Kind>;
  Rng rng(Seed{8});
  Double exact;
  Float head;
  const auto z = random_batch(rng, 4, 6);
  const auto w = test::random_numbers<float>(rng, Double::parameters);
  const Eigen::MatrixXd difference =
      fisher_information(head, z.cast<float>(), test::cast<float>(w)) - fisher_information(exact, z, w);
  CHECK(difference.cwiseAbs().maxCoeff() < 1e-5);
}

TEST_CASE("the spectrum is sorted, and sums to the trace") {
  Eigen::MatrixXd turned(2, 2);
  turned << 2, 1, 1, 2;
  const Eigen::VectorXd spectrum = fisher_spectrum(turned);
  CHECK(spectrum[0] == Approx(3));
  CHECK(spectrum[1] == Approx(1));
  CHECK(fisher_spectrum(Eigen::MatrixXd::Constant(3, 3, 1.0)).minCoeff() >= 0.0);
  CHECK(fisher_spectrum(Eigen::MatrixXd(0, 0)).size() == 0);
  CHECK(test::message_of<ShapeError>([] { (void)fisher_spectrum(Eigen::MatrixXd::Zero(2, 3)); }) ==
        "qmtl: fisher_spectrum: columns of the matrix must be 2, got 3");
  CHECK(test::message_of<ValueError>([] { (void)fisher_spectrum(Eigen::MatrixXd::Constant(2, 2, NAN)); }) ==
        "qmtl: fisher_spectrum: the matrix must be finite");
}

TEST_CASE("wrong sizes of Fisher information are errors") {
  Linear1 head;
  const std::vector<double> four(4, 0.1), three(3, 0.1);
  CHECK(test::message_of<ShapeError>([&] { (void)fisher_information(head, Batch<double>(3, 0), four); }) ==
        "qmtl: fisher_information: samples, expected at least 1, got 0");
  CHECK(test::message_of<ShapeError>([&] { (void)fisher_information(head, Batch<double>::Zero(3, 1), three); }) ==
        "qmtl: LinearHead: number of parameters must be 4, got 3");
}

}  // namespace fisher_test
