#pragma once
// SPDX-License-Identifier: Apache-2.0
// The jobs that a small head with three tasks asks an executor, two of whose windows overlap.

#include <vector>

#include "qmtl/executor/executor.hpp"

namespace qmtl::test {

/// Four qubits: an encoding of RY and a ring of CZ, and tasks on the windows {0, 1}, {2, 3} and {1, 2}, the last in two
/// measurement bases.
class HeadQuestion {
 public:
  explicit HeadQuestion(Eigen::Index samples = 3) {
    for (int q = 0; q < 4; ++q) encoding_.push_back(gate::ry(q, feature(q)));
    for (int q = 0; q < 4; ++q) encoding_.push_back(gate::cz(q, (q + 1) % 4));
    for (const auto& window : {std::vector{0, 1}, std::vector{2, 3}, std::vector{1, 2}}) {
      tasks_.push_back({encoding_, window});
      auto& ops = tasks_.back().ops;
      ops.push_back(gate::rx(window[0], feature(4)));
      ops.push_back(gate::ry(window[1], feature(5)));
      ops.push_back(gate::cx(window[0], window[1]));
    }
    tasks_.push_back(tasks_.back());
    tasks_.back().ops.push_back(gate::h(1));
    for (std::size_t t = 0; t < tasks_.size(); ++t) {
      parameters_.push_back(Batch<double>(6, samples));
      for (Eigen::Index r = 0; r < samples; ++r) {
        for (int i = 0; i < 4; ++i) parameters_[t](i, r) = 0.3 + 0.2 * i - 0.4 * static_cast<double>(r);
        parameters_[t](4, r) = 0.5 + 0.1 * static_cast<double>(t);
        parameters_[t](5, r) = -0.7 + 0.2 * static_cast<double>(t);
      }
    }
  }

  [[nodiscard]] std::vector<CircuitJob> jobs() const {
    std::vector<CircuitJob> out;
    for (std::size_t t = 0; t < tasks_.size(); ++t) {
      out.push_back({{4, tasks_[t].ops}, qubits_, tasks_[t].window, parameters_[t], eigenvalues_, encoding_.size()});
    }
    return out;
  }

  [[nodiscard]] Batch<double>& parameters(std::size_t task) { return parameters_[task]; }

 private:
  struct Task {
    std::vector<Operation> ops;
    std::vector<int> window;
  };

  std::vector<Operation> encoding_;
  std::vector<int> qubits_{0, 1, 2, 3};
  std::vector<Task> tasks_;
  std::vector<Batch<double>> parameters_;
  Batch<double> eigenvalues_{{1, 1, 1}, {-1, 1, -1}, {1, -1, -1}, {-1, -1, 1}};  // <Z0>, <Z1>, <Z0 Z1>
};

}  // namespace qmtl::test
