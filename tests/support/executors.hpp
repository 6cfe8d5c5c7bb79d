#pragma once
// SPDX-License-Identifier: Apache-2.0
// Executors for tests: one that samples, one with gradients of its own, one whose answers are what a test wants.

#include <functional>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "qmtl/core/rng.hpp"
#include "qmtl/executor/ideal_executor.hpp"
#include "qmtl/gradient/dynamic_gradient.hpp"

namespace qmtl::test {

/// Frequencies of so many outcomes of ideal circuits.
class Sampled {
 public:
  Sampled(int shots, Seed seed) : shots_(shots), rng_(seed) {}

  [[nodiscard]] double shots() const { return shots_; }
  void reseed(Seed seed) { rng_ = Rng(seed); }
  [[nodiscard]] std::vector<Batch<double>> probabilities(std::span<const CircuitJob> jobs) {
    auto results = ideal_.probabilities(jobs);
    for (auto& table : results) {
      for (auto run : table.colwise()) {
        Eigen::VectorXd counts = Eigen::VectorXd::Zero(run.size());
        for (int shot = 0; shot < shots_; ++shot) {
          double left = rng_.uniform();
          Eigen::Index outcome = 0;
          while (outcome + 1 < run.size() && (left -= run[outcome]) >= 0.0) ++outcome;
          counts[outcome] += 1.0;
        }
        run = counts / shots_;
      }
    }
    return results;
  }

 private:
  int shots_;
  Rng rng_;
  IdealExecutor<> ideal_;
};

/// The ideal one, with gradients by the adjoint method; counts the calls of each kind.
class Adjoint : public IdealExecutor<> {
 public:
  struct Calls {
    int probabilities = 0, vjp = 0;
  };
  std::shared_ptr<Calls> calls = std::make_shared<Calls>();

  [[nodiscard]] std::vector<Batch<double>> probabilities(std::span<const CircuitJob> jobs) {
    ++calls->probabilities;
    return IdealExecutor<>::probabilities(jobs);
  }
  [[nodiscard]] std::vector<Batch<double>> vjp(std::span<const CircuitJob> jobs,
                                               std::span<const Batch<double>> cotangents) const {
    ++calls->vjp;
    std::vector<Batch<double>> out;
    for (std::size_t j = 0; j < jobs.size(); ++j) {
      const auto& job = jobs[j];
      auto& gradients = out.emplace_back(job.parameters.rows(), job.runs());
      for (Eigen::Index r = 0; r < job.runs(); ++r) {
        gradients.col(r) = gradient(job, r, cotangents[j].col(r));
      }
    }
    return out;
  }

 private:
  /// Diagonal observables as sums of products of Z, by the Walsh transform of their eigenvalues.
  [[nodiscard]] static Eigen::VectorXd gradient(const CircuitJob& job, Eigen::Index run, const Eigen::VectorXd& c) {
    const Eigen::VectorXd diagonal = job.eigenvalues * c;
    PauliSum sum;
    for (Index mask = 0; mask < static_cast<Index>(diagonal.size()); ++mask) {
      PauliString string;
      double coefficient = 0.0;
      for (std::size_t j = 0; j < job.measured.size(); ++j) {
        if (bit_of(mask, static_cast<int>(j)) != 0) string.z |= qubit_mask(job.measured[j]);
      }
      for (Eigen::Index a = 0; a < diagonal.size(); ++a) {
        coefficient += parity_sign(static_cast<Index>(a), mask) * diagonal[a] / static_cast<double>(diagonal.size());
      }
      sum += coefficient * string;
    }
    const std::vector<double> x(job.parameters.col(run).begin(), job.parameters.col(run).end()), one{1.0};
    return adjoint_vjp<double>(job.circuit, x, {}, std::span(&sum, 1), one).features;
  }
};

/// Answers as a function says.
struct Scripted {
  std::function<std::vector<Batch<double>>(std::span<const CircuitJob>)> answer;

  [[nodiscard]] std::vector<Batch<double>> probabilities(std::span<const CircuitJob> jobs) const {
    return answer(jobs);
  }
};

/// All outcomes alike.
[[nodiscard]] inline std::vector<Batch<double>> uniform(std::span<const CircuitJob> jobs) {
  std::vector<Batch<double>> out;
  for (const auto& job : jobs) {
    out.push_back(Batch<double>::Constant(job.outcomes(), job.runs(), 1.0 / static_cast<double>(job.outcomes())));
  }
  return out;
}

}  // namespace qmtl::test
