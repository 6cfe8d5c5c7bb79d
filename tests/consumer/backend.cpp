// SPDX-License-Identifier: Apache-2.0
// A user's backend, which differentiates by differences, and a user's executor, with a gate matrix of its own.

#include <qmtl/circuit/dynamic_circuit.hpp>
#include <qmtl/qmtl.hpp>
#include <qmtl/state/apply_matrix.hpp>
#include <qmtl/state/dynamic_state.hpp>

#include <array>
#include <cstdio>
#include <vector>

using namespace qmtl;

using Angles = WithSquash<AngleEncoding<2, Axis::Y, CzRing, Layers<1>>, NoSquash>;
using First = Task<"first", RotationBlock<2>, Window<0, 2>, Expectations<2>>;

/// States task by task, gradients by central differences.
class Differences {
 public:
  explicit Differences(const HeadProgram<double>& program) : program_(program) {}

  void forward(const BatchIn<double>& angles, std::span<const double> weights, BatchOut<double> expectations) {
    for (Eigen::Index b = 0; b < angles.cols(); ++b) {
      const std::vector<double> x(angles.col(b).begin(), angles.col(b).end());
      for (const auto& task : program_.tasks) {
        DynamicCircuit circuit(CircuitView(program_.qubits, program_.encoding));
        for (const auto& op : task.block) circuit.append(shift_weights(relabel(op, task.window), task.first_parameter));
        const auto p = marginal(run(circuit, x, weights), std::span<const int>(task.window));
        expectations.col(b).segment(task.first_output, task.outputs()) = task.eigenvalues.transpose() * p;
      }
    }
  }

  void backward(const BatchIn<double>& angles, std::span<const double> weights, const BatchIn<double>& cotangents,
                std::span<double> gradient, BatchOut<double> angle_gradients) {
    const auto along = [&](auto&& move) {
      Batch<double> up(program_.outputs, angles.cols()), down(up);
      move(1e-4, up), move(-1e-4, down);
      return ((up - down) / 2e-4).cwiseProduct(cotangents).eval();
    };
    for (std::size_t j = 0; j < weights.size(); ++j) {
      gradient[j] += along([&](double step, Batch<double>& values) {
                       std::vector<double> moved(weights.begin(), weights.end());
                       moved[j] += step;
                       forward(angles, moved, values);
                     }).sum();
    }
    for (Eigen::Index i = 0; angle_gradients.cols() > 0 && i < angles.rows(); ++i) {
      angle_gradients.row(i) = along([&](double step, Batch<double>& values) {
                                 Batch<double> moved = angles;
                                 moved.row(i).array() += step;
                                 forward(moved, weights, values);
                               })
                                   .colwise()
                                   .sum();
    }
  }

 private:
  HeadProgram<double> program_;
};
struct ByDifferences {
  template <Scalar S>
  using Backend = Differences;
};

/// Runs circuits gate by gate, with a matrix of its own after each RY.
struct Miscalibrated {
  static constexpr bool exact = true;
  ColMajorMatrix<std::complex<double>> error;

  [[nodiscard]] std::vector<Batch<double>> probabilities(std::span<const CircuitJob> jobs) const {
    std::vector<Batch<double>> out;
    for (const auto& job : jobs) {
      auto& table = out.emplace_back(job.outcomes(), job.runs());
      for (Eigen::Index r = 0; r < job.runs(); ++r) {
        DynamicStateVector<double> state(job.circuit.qubits);
        const std::vector<double> parameters(job.parameters.col(r).begin(), job.parameters.col(r).end());
        for (const auto& op : job.circuit.ops()) {
          apply(state, op, parameters);
          if (op.gate == Gate::RY) apply_matrix(state, error, op.targets());
        }
        table.col(r) = marginal(state, job.measured);
      }
    }
    return out;
  }
};

struct Step {
  Batch<double> logits{2, 3}, dz{2, 3};
  std::vector<double> gradient;
};

template <class H>
Step step(H& head, const Batch<double>& z) {
  Step out;
  out.gradient.resize(static_cast<std::size_t>(head.parameters));
  const std::vector<double> weights(out.gradient.size(), 0.3);
  head.forward(z, weights, out.logits);
  head.backward(z, weights, Batch<double>::Ones(2, 3), out.gradient, out.dz);
  return out;
}

bool close(const char* what, const Step& a, const Step& b, double tolerance) {
  double difference = (a.logits - b.logits).cwiseAbs().maxCoeff() + (a.dz - b.dz).cwiseAbs().maxCoeff();
  for (std::size_t j = 0; j < a.gradient.size(); ++j) difference += std::abs(a.gradient[j] - b.gradient[j]);
  if (!(difference < tolerance)) std::printf("%s: off by %g\n", what, difference);
  return difference < tolerance;
}

int main() {
  const Batch<double> z = Batch<double>::Random(2, 3);
  QuantumHead<double, Angles, First> head;
  BasicQuantumHead<double, ByDifferences{}, Angles, First> own;
  const Step ideal = step(head, z);
  bool all = close("own method", step(own, z), ideal, 1e-6);
  head.set_backend(Differences(head.program()));
  all = close("own backend", step(head, z), ideal, 1e-6) && all;

  // RY(a) and then RY(0.2) is RY(a + 0.2), in the encoding and in the block.
  constexpr double excess = 0.2;
  QuantumHead<double, Angles, Task<"first", IdentityBlock<2>, Window<0, 2>, Expectations<2>>> bare;
  const Step turned = step(bare, (z.array() + excess).matrix());
  const double c = std::cos(excess / 2), s = std::sin(excess / 2);
  bare.set_executor(Miscalibrated{ColMajorMatrix<std::complex<double>>{{c, -s}, {s, c}}});
  all = close("own executor", step(bare, z), turned, 1e-12) && all;
  return all ? 0 : 1;
}
