#pragma once
// SPDX-License-Identifier: Apache-2.0
// Batches by parameter shift: every evaluation is a plain run of the circuit, as on a device.

#include <algorithm>
#include <array>
#include <complex>
#include <span>
#include <utility>
#include <vector>

#include "qmtl/engine/head_program.hpp"
#include "qmtl/gradient/shift.hpp"
#include "qmtl/state/apply.hpp"

namespace qmtl::inline QMTL_ABI::detail {

/// Runs a head by evaluations of shifted circuits, one sample and one task at a time. The slowest method, and the only
/// one whose gradients need nothing but expectation values.
template <Scalar S>
class ShiftBackend {
 public:
  static constexpr int width = 1;  ///< samples at a time

  explicit ShiftBackend(HeadProgram<S> program)
      : program_(std::move(program)), state_(dimension(program_.qubits)), copy_(state_.size()) {
    for (const auto& task : program_.tasks) placed_.push_back(place_block(task));
  }

  /// Expectation values (outputs x batch) for angles (features x batch).
  void forward(const S* angles, Eigen::Index batch, const S* weights, S* expectations) {
    batch_ = batch;
    for (Eigen::Index b = 0; b < batch; ++b) {
      encode(program_.encoding, angles + b * program_.features, weights);
      for (std::size_t t = 0; t < placed_.size(); ++t) {
        read(t, placed_[t], weights, expectations + b * program_.outputs);
      }
    }
  }

  /// For cotangents (outputs x batch) of the last forward: adds weight gradients, and sets angle gradients (features x
  /// batch) unless null.
  void backward(const S* angles, const S* weights, const S* cotangents, S* gradient, S* angle_gradients) {
    std::vector<S> values(static_cast<std::size_t>(program_.outputs));
    for (Eigen::Index b = 0; b < batch_; ++b) {
      const S* x = angles + b * program_.features;
      const S* c = cotangents + b * program_.outputs;
      S* dx = angle_gradients == nullptr ? nullptr : angle_gradients + b * program_.features;
      if (dx != nullptr) std::fill_n(dx, program_.features, S(0));
      shift_encoding(x, weights, c, gradient, dx, values);
      encode(program_.encoding, x, weights);
      for (std::size_t t = 0; t < placed_.size(); ++t) shift_block(t, weights, c, gradient, values);
    }
  }

 private:
  void encode(std::span<const Operation> ops, const S* x, const S* weights) {
    std::fill(state_.begin(), state_.end(), std::complex<S>());
    state_[0] = S(1);
    apply_all<S>(ops, x, weights, state_.data(), state_.size());
  }

  /// Expectation values of one task in the encoded state, its block given as operations on the register.
  void read(std::size_t t, std::span<const Operation> block, const S* weights, S* expectations) {
    const auto& task = program_.tasks[t];
    std::copy(state_.begin(), state_.end(), copy_.begin());
    apply_all<S>(block, nullptr, weights + task.first_parameter, copy_.data(), copy_.size());
    S* out = expectations + task.first_output;
    std::fill_n(out, task.outputs(), S(0));
    for (Index i = 0; i < copy_.size(); ++i) {
      Index local = 0;
      for (std::size_t j = 0; j < task.window.size(); ++j) {
        local |= static_cast<Index>(bit_of(i, task.window[j])) << j;
      }
      const S probability = copy_[i].real() * copy_[i].real() + copy_[i].imag() * copy_[i].imag();
      for (int o = 0; o < task.outputs(); ++o) {
        out[o] += task.eigenvalues(static_cast<Eigen::Index>(local), o) * probability;
      }
    }
  }

  [[nodiscard]] static double contract(const S* cotangents, const S* values, int first, int count) noexcept {
    double sum = 0.0;
    for (int o = first; o < first + count; ++o) sum += static_cast<double>(cotangents[o] * values[o]);
    return sum;
  }

  void shift_encoding(const S* x, const S* weights, const S* cotangents, S* gradient, S* dx, std::vector<S>& values) {
    std::vector<Operation> ops(program_.encoding.begin(), program_.encoding.end());
    parameter_shift(program_.encoding, x, weights, dx, gradient, [&](const AngleShift& shift) {
      ops[shift.operation] = shifted(program_.encoding[shift.operation], shift.angle, shift.delta);
      encode(ops, x, weights);
      ops[shift.operation] = program_.encoding[shift.operation];
      for (std::size_t t = 0; t < placed_.size(); ++t) read(t, placed_[t], weights, values.data());
      return contract(cotangents, values.data(), 0, program_.outputs);
    });
  }

  void shift_block(std::size_t t, const S* weights, const S* cotangents, S* gradient, std::vector<S>& values) {
    const auto& task = program_.tasks[t];
    std::vector<Operation> ops = placed_[t];
    parameter_shift<S>(placed_[t], nullptr, weights + task.first_parameter, nullptr, gradient + task.first_parameter,
                       [&](const AngleShift& shift) {
                         ops[shift.operation] = shifted(placed_[t][shift.operation], shift.angle, shift.delta);
                         read(t, ops, weights, values.data());
                         ops[shift.operation] = placed_[t][shift.operation];
                         return contract(cotangents, values.data(), task.first_output, task.outputs());
                       });
  }

  HeadProgram<S> program_;
  std::vector<std::vector<Operation>> placed_;
  std::vector<std::complex<S>> state_, copy_;
  Eigen::Index batch_ = 0;
};

}  // namespace qmtl::inline QMTL_ABI::detail
