#pragma once
// SPDX-License-Identifier: Apache-2.0
// A textbook simulator to compare with: one sample after the other, one gate after the other, adjoint differentiation.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <utility>
#include <vector>

#include "workload.hpp"

namespace qmtl::benchmark {

/// State-vector simulation as a textbook writes it: 2^n complex amplitudes, a pass over them for every gate, gradients
/// by undoing gate after gate on |psi> and |lambda>. It has what a careful author gives it anyway: real arithmetic for
/// RY, no multiplications for CNOT and CZ, one run for all tasks whose windows are disjoint, one |lambda> a run.
template <Scalar S>
class Textbook {
 public:
  explicit Textbook(const Program& program)
      : program_(program), size_(std::size_t{1} << program.qubits), psi_(size_), lambda_(size_), weights_(size_) {
    for (int t = 0; t < program.tasks(); ++t) run_for(t).add_task(program, t);
  }

  /// Expectation values and gradients of the whole batch.
  void step(const Inputs<S>& in, Outputs<S>& out) {
    std::fill(out.dtheta.begin(), out.dtheta.end(), S(0));
    out.dx.setZero();
    for (Eigen::Index b = 0; b < in.x.cols(); ++b) {
      for (const auto& run : runs_) {
        forward(run, in, b, out);
        backward(run, in, b, out);
      }
    }
  }

  /// Simulations a sample: one unless windows overlap.
  [[nodiscard]] std::size_t runs() const noexcept { return runs_.size(); }

 private:
  struct Amplitude {
    S re, im;
  };
  struct Observable {
    int qubit, output;
  };

  /// A circuit for some tasks: the encoding, then their blocks.
  struct Run {
    std::vector<Operation> ops;
    std::vector<Observable> observables;
    std::vector<bool> used;

    void add_task(const Program& program, int t) {
      const auto& window = program.windows[static_cast<std::size_t>(t)];
      for (Operation op : program.block) {
        for (int i = 0; i < info(op.gate).qubits; ++i) {
          auto& q = op.qubits[static_cast<std::size_t>(i)];
          q = window[static_cast<std::size_t>(q)];
        }
        for (auto& angle : op.angles) angle.index += t * program.block_weights();
        ops.push_back(op);
      }
      for (int j = 0; j < program.width(); ++j) {
        const int q = window[static_cast<std::size_t>(j)];
        used[static_cast<std::size_t>(q)] = true;
        observables.push_back({q, t * program.width() + j});
      }
    }
  };

  /// The first run in which no qubit of the task's window is taken.
  [[nodiscard]] Run& run_for(int t) {
    const auto& window = program_.windows[static_cast<std::size_t>(t)];
    for (auto& run : runs_) {
      if (std::none_of(window.begin(), window.end(), [&](int q) { return run.used[static_cast<std::size_t>(q)]; })) {
        return run;
      }
    }
    runs_.push_back({program_.encoding, {}, std::vector<bool>(static_cast<std::size_t>(program_.qubits))});
    return runs_.back();
  }

  void forward(const Run& run, const Inputs<S>& in, Eigen::Index b, Outputs<S>& out) {
    std::fill(psi_.begin(), psi_.end(), Amplitude{0, 0});
    psi_[0].re = 1;
    for (const auto& op : run.ops) apply(op, angle_of(op, in, b), psi_);
    const auto probability = [p = psi_.data()](std::size_t i) { return p[i].re * p[i].re + p[i].im * p[i].im; };
    for (const auto& z : run.observables) {
      S sum = 0;
      pairs(z.qubit, [&sum, probability](std::size_t i0, std::size_t i1) { sum += probability(i0) - probability(i1); });
      out.y(z.output, b) = sum;
    }
  }

  void backward(const Run& run, const Inputs<S>& in, Eigen::Index b, Outputs<S>& out) {
    std::fill(weights_.begin(), weights_.end(), S(0));
    for (const auto& z : run.observables) {
      pairs(z.qubit, [w = weights_.data(), c = in.c(z.output, b)](std::size_t i0, std::size_t i1) {
        w[i0] += c;
        w[i1] -= c;
      });
    }
    for (std::size_t i = 0; i < size_; ++i) lambda_[i] = {weights_[i] * psi_[i].re, weights_[i] * psi_[i].im};
    for (std::size_t g = run.ops.size(); g-- > 0;) {
      const Operation& op = run.ops[g];
      const S angle = angle_of(op, in, b);
      if (info(op.gate).angles > 0) {
        accumulate(op.angles[0], derivative(op), in.x.col(b).data(), in.theta.data(), out.dx.col(b).data(),
                   out.dtheta.data());
      }
      apply(op, -angle, psi_);
      apply(op, -angle, lambda_);
    }
  }

  [[nodiscard]] static S angle_of(const Operation& op, const Inputs<S>& in, Eigen::Index b) noexcept {
    return evaluate(op.angles[0], in.x.col(b).data(), in.theta.data());
  }

  /// Calls visit(i0, i1) for all pairs of indices that differ in one qubit.
  template <class Visit>
  void pairs(int qubit, Visit&& visit) const {
    const std::size_t stride = std::size_t{1} << qubit;
    for (std::size_t first = 0; first < size_; first += 2 * stride) {
      for (std::size_t i = first; i < first + stride; ++i) visit(i, i + stride);
    }
  }

  /// The same for the pairs whose control qubit is 1.
  template <class Visit>
  void controlled_pairs(int control, int qubit, Visit&& visit) const {
    const std::size_t stride = std::size_t{1} << qubit, one = std::size_t{1} << control;
    const std::size_t low = std::min(stride, one), high = std::max(stride, one);
    for (std::size_t outer = one; outer < size_; outer += 2 * high) {
      for (std::size_t first = outer; first < outer + high; first += 2 * low) {
        for (std::size_t i = first; i < first + low; ++i) visit(i, i + stride);
      }
    }
  }

  void apply(const Operation& op, S angle, std::vector<Amplitude>& state) const {
    const S c = std::cos(angle / 2), s = std::sin(angle / 2);
    Amplitude* a = state.data();
    const int q = op.qubits[0], other = op.qubits[1];
    switch (op.gate) {
      case Gate::RY:
        return pairs(q, [=](std::size_t i0, std::size_t i1) {
          const Amplitude v0 = a[i0], v1 = a[i1];
          a[i0] = {c * v0.re - s * v1.re, c * v0.im - s * v1.im};
          a[i1] = {s * v0.re + c * v1.re, s * v0.im + c * v1.im};
        });
      case Gate::RZ:
        return pairs(q, [=](std::size_t i0, std::size_t i1) {
          const Amplitude v0 = a[i0], v1 = a[i1];
          a[i0] = {c * v0.re + s * v0.im, c * v0.im - s * v0.re};
          a[i1] = {c * v1.re - s * v1.im, c * v1.im + s * v1.re};
        });
      case Gate::CX:
        return controlled_pairs(q, other, [=](std::size_t i0, std::size_t i1) { std::swap(a[i0], a[i1]); });
      case Gate::CZ:
        return controlled_pairs(q, other, [=](std::size_t, std::size_t i1) { a[i1] = {-a[i1].re, -a[i1].im}; });
      default: throw CircuitError("qmtl: Textbook: the gates are RY, RZ, CX and CZ");
    }
  }

  /// d<psi|H|psi>/d(angle) of exp(-i angle P/2): Im <lambda|P|psi>, with psi and lambda after the gate.
  [[nodiscard]] S derivative(const Operation& op) const {
    S sum = 0;
    const Amplitude *l = lambda_.data(), *p = psi_.data();
    if (op.gate == Gate::RY) {
      pairs(op.qubits[0], [&sum, l, p](std::size_t i0, std::size_t i1) {
        sum += l[i1].re * p[i0].re + l[i1].im * p[i0].im - l[i0].re * p[i1].re - l[i0].im * p[i1].im;
      });
    } else {
      pairs(op.qubits[0], [&sum, l, p](std::size_t i0, std::size_t i1) {
        sum += l[i0].re * p[i0].im - l[i0].im * p[i0].re - l[i1].re * p[i1].im + l[i1].im * p[i1].re;
      });
    }
    return sum;
  }

  const Program program_;
  std::size_t size_;
  std::vector<Run> runs_;
  std::vector<Amplitude> psi_, lambda_;
  std::vector<S> weights_;  ///< the diagonal of the sum of c*Z
};

}  // namespace qmtl::benchmark
