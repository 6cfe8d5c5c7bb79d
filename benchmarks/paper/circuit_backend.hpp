#pragma once
// SPDX-License-Identifier: Apache-2.0
// What evaluates the circuits of a trained model in place of its own method.

#include <functional>
#include <memory>
#include <span>
#include <utility>

#include "qmtl/engine/backend.hpp"

namespace qmtl::benchmark::paper {

/// What evaluates a head's circuits, its type forgotten, so that each head is compiled for one backend beside its own.
class CircuitBackend {
 public:
  explicit CircuitBackend(std::unique_ptr<detail::AnyBackend<double>> backend) : backend_(std::move(backend)) {}
  CircuitBackend(const CircuitBackend& other) : backend_(other.backend_->clone()) {}
  CircuitBackend(CircuitBackend&&) noexcept = default;
  CircuitBackend& operator=(const CircuitBackend& other) { return *this = CircuitBackend(other); }
  CircuitBackend& operator=(CircuitBackend&&) noexcept = default;
  ~CircuitBackend() = default;

  void forward(BatchView<const double> angles, std::span<const double> weights, BatchView<double> expectations) {
    backend_->forward(angles, weights, expectations);
  }
  void backward(BatchView<const double> angles, std::span<const double> weights, BatchView<const double> cotangents,
                std::span<double> gradient, BatchView<double> angle_gradients) {
    backend_->backward(angles, weights, cotangents, gradient, angle_gradients);
  }

 private:
  std::unique_ptr<detail::AnyBackend<double>> backend_;
};

/// Makes the backend of a head.
using BackendMaker = std::function<CircuitBackend(const HeadProgram<double>&)>;

}  // namespace qmtl::benchmark::paper
