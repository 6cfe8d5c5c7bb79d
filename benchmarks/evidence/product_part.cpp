// SPDX-License-Identifier: Apache-2.0
// Values and gradients of sums of Z on product states.

#include "evidence/product_part.hpp"

#include <cmath>
#include <memory>
#include <numeric>
#include <utility>

#include "qmtl/core/error.hpp"

namespace qmtl::benchmark::evidence {
namespace {

using Matrix = ColMajorMatrix<double>;

class ProductPart final : public Part {
 public:
  explicit ProductPart(const ProductSpec& spec) : spec_(spec), qubits_(spec.qubits()) {
    if (spec.features < 1 || spec.outputs < 1 || spec.mixed < 0) {
      throw ShapeError("qmtl: product_part: features and outputs, expected at least one of each");
    }
  }

  [[nodiscard]] int inputs() const override { return spec_.features; }
  [[nodiscard]] int outputs() const override { return spec_.outputs; }
  [[nodiscard]] int parameters() const override {
    return spec_.shared_parameters() + spec_.outputs * spec_.output_parameters();
  }

  void initialise(Rng& rng, std::span<double> weights) const override {
    const auto shared = static_cast<std::size_t>(spec_.shared_parameters());
    const double frequency = spec_.initial_frequency / std::sqrt(spec_.features);
    for (double& w : weights.first(shared)) w = frequency * rng.normal();
    for (double& w : weights.subspan(shared)) w = spec_.initial_angle * rng.normal();
  }

  void forward(const BatchIn<double>& x, std::span<const double> weights, BatchOut<double> y) override {
    represent(x, weights);
    read(circle_, weights, y);
  }
  void backward(const BatchIn<double>& x, std::span<const double> weights, const BatchIn<double>& dy,
                std::span<double> gradient, BatchOut<double> dx) override {
    read_backward(circle_, weights, dy, gradient);
    if (spec_.mixed == 0 && dx.cols() == 0) return;
    const Matrix back = maps_.transpose() * dy;
    Matrix slopes = circle_.topRows(qubits_).cwiseProduct(back.bottomRows(qubits_)) -
                    circle_.bottomRows(qubits_).cwiseProduct(back.topRows(qubits_));  // of phi
    if (spec_.mixed > 0) {
      slopes *= spec_.rate;
      Eigen::Map<Matrix>(gradient.data(), spec_.features, qubits_).noalias() += x * slopes.transpose();
      if (dx.cols() > 0) dx.noalias() = frequencies(weights) * slopes;
    } else if (spec_.rate > 0.0) {
      dx = spec_.rate * slopes;
    } else {
      dx.array() = slopes.array() * (pi / 2 * (1.0 - x.array().tanh().square()));
    }
  }

  [[nodiscard]] int entries() const override { return spec_.mixed > 0 ? 0 : 2 * qubits_; }
  void encode(const BatchIn<double>& x, BatchOut<double> entries) override {
    represent(x, {});
    entries = circle_;
  }
  void forward_encoded(const BatchIn<double>& entries, std::span<const double> weights, BatchOut<double> y) override {
    read(entries, weights, y);
  }
  void backward_encoded(const BatchIn<double>& entries, std::span<const double> weights, const BatchIn<double>& dy,
                        std::span<double> gradient) override {
    read_backward(entries, weights, dy, gradient);
  }

 private:
  [[nodiscard]] Eigen::Map<const Matrix> frequencies(std::span<const double> weights) const {
    return {weights.data(), spec_.features, qubits_};
  }

  /// Sets cos phi over sin phi: what Z and X are on each qubit.
  void represent(const BatchIn<double>& x, std::span<const double> weights) {
    circle_.resize(2 * qubits_, x.cols());
    Matrix phi;
    if (spec_.mixed > 0) {
      phi = spec_.rate * frequencies(weights).transpose() * x;
    } else if (spec_.rate > 0.0) {
      phi = spec_.rate * x;
    } else {
      phi = (pi / 2 * x.array().tanh()).matrix();
    }
    circle_.topRows(qubits_) = -phi.array().sin().matrix();  // phi starts from pi/2
    circle_.bottomRows(qubits_) = phi.array().cos().matrix();
  }

  /// body(o, q, a, b, index of b among the weights); index - 1 is a's, where phases are trained.
  template <class Body>
  void for_each_rotation(std::span<const double> weights, const Body& body) const {
    const double start = spec_.silent ? pi / 2 : 0.0;
    auto at = static_cast<std::size_t>(spec_.shared_parameters());
    for (int o = 0; o < spec_.outputs; ++o) {
      for (int q = 0; q < qubits_; ++q) {
        const double a = spec_.phases ? weights[at++] : 0.0;
        body(o, q, a, start + weights[at], at);
        ++at;
      }
      if (spec_.constant) body(o, qubits_, 0.0, start + weights[at], at);
      if (spec_.constant) ++at;
    }
  }

  void read(const BatchIn<double>& circle, std::span<const double> weights, BatchOut<double> y) {
    maps_.resize(spec_.outputs, 2 * qubits_);
    Eigen::VectorXd constants = Eigen::VectorXd::Zero(spec_.outputs);
    for_each_rotation(weights, [&](int o, int q, double a, double b, std::size_t) {
      if (q == qubits_) {
        constants[o] = spec_.scale * std::cos(b);
      } else {
        maps_(o, q) = spec_.scale * std::cos(b) * std::cos(a);
        maps_(o, qubits_ + q) = -spec_.scale * std::cos(b) * std::sin(a);
      }
    });
    y.noalias() = maps_ * circle;
    y.colwise() += constants;
  }

  void read_backward(const BatchIn<double>& circle, std::span<const double> weights, const BatchIn<double>& dy,
                     std::span<double> gradient) const {
    const Matrix slopes = spec_.scale * dy * circle.transpose();
    const Eigen::VectorXd constants = spec_.scale * dy.rowwise().sum();
    for_each_rotation(weights, [&](int o, int q, double a, double b, std::size_t at) {
      if (q == qubits_) {
        gradient[at] -= std::sin(b) * constants[o];
        return;
      }
      const double z = slopes(o, q), x = slopes(o, qubits_ + q);
      gradient[at] -= std::sin(b) * (std::cos(a) * z - std::sin(a) * x);
      if (spec_.phases) gradient[at - 1] -= std::cos(b) * (std::sin(a) * z + std::cos(a) * x);
    });
  }

  ProductSpec spec_;
  int qubits_;
  Batch<double> circle_;
  Matrix maps_;
};

}  // namespace

PartPointer product_part(const ProductSpec& spec) { return std::make_unique<ProductPart>(spec); }

CircuitSpec product_circuits(const ProductSpec& spec) {
  const int qubits = spec.qubits(), all = qubits + (spec.constant ? 1 : 0);
  CircuitSpec out{.encoding = DynamicCircuit(all)};
  out.squash = spec.mixed == 0 && spec.rate == 0.0;
  out.initial_angle = spec.initial_angle;
  for (int q = 0, w = 0; q < qubits; ++q) {
    if (spec.mixed == 0) {
      out.encoding.append(gate::ry(q, out.squash ? feature(q) : spec.rate * feature(q) + pi / 2));
      continue;
    }
    out.encoding.append(gate::ry(q, pi / 2));
    for (int i = 0; i < spec.features; ++i, ++w) out.encoding.append(gate::ry(q, spec.rate * (weight(w) * feature(i))));
  }
  CircuitTask task;
  task.block = DynamicCircuit(all);
  task.reading = Reading::magnetisation;
  task.scale = spec.scale;
  const double start = spec.silent ? pi / 2 : 0.0;
  int w = 0;
  for (int q = 0; q < qubits; ++q) {
    if (spec.phases) task.block.append(gate::ry(q, weight(w++)));
    task.block.append(gate::rx(q, weight(w++) + start));
  }
  if (spec.constant) task.block.append(gate::rx(qubits, weight(w) + start));
  std::vector<int>& window = task.windows.emplace_back(static_cast<std::size_t>(all));
  std::iota(window.begin(), window.end(), 0);
  out.tasks.assign(static_cast<std::size_t>(spec.outputs), task);
  return out;
}

}  // namespace qmtl::benchmark::evidence
