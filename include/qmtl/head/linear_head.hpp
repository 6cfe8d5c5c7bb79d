#pragma once
// SPDX-License-Identifier: Apache-2.0
// LinearHead: classical hard parameter sharing, one linear layer a task on the shared representation.

#include <array>
#include <cmath>
#include <span>
#include <string>
#include <tuple>

#include "qmtl/head/concepts.hpp"
#include "qmtl/head/head_rules.hpp"

namespace qmtl::inline QMTL_ABI {

/// The number of parameters of a LinearHead on representations of size D.
template <int D, TaskType... Tasks>
inline constexpr int linear_parameters = (0 + ... + (Tasks::outputs * (D + 1)));

namespace detail {

/// "binary", "3 classes", "real" or "3 real values": the labels of a task, all that a linear layer takes of its
/// readout.
template <TaskType T>
[[nodiscard]] std::string describe_labels() {
  if (T::classes == 0) return T::outputs == 1 ? "real" : text(T::outputs, " real values");
  return T::classes == 2 && T::outputs == 1 ? "binary" : text(T::classes, " classes");
}

}  // namespace detail

/// A linear head that breaks a rule is an error, and one with which compilers can go on.
template <Scalar S, int D, class... Tasks>
class LinearHead : public LinearHead<S, 1, detail::AnyTask> {
  static_assert(D > 0, "qmtl: a linear head must have at least one feature");
  static_assert(sizeof(detail::TaskListCheck<Tasks...>) > 0);
};

/// The classical baseline: task t's logits are W_t z + b_t. With D features and o outputs a task costs o (D + 1)
/// parameters, so T tasks on a representation of size c T cost quadratically many. Takes the same Task types as the
/// quantum head and ignores their blocks and windows. Parameters: each task's W (column-major, o x D), then b.
template <Scalar S, int D, class... Tasks>
requires(D > 0 && detail::DistinctTasks<Tasks...>) class LinearHead<S, D, Tasks...> {
 public:
  using Scalar = S;
  using TaskList = std::tuple<Tasks...>;
  static constexpr int features = D;
  static constexpr int tasks = sizeof...(Tasks);
  static constexpr bool differentiable = true;
  static constexpr bool decays = true;  // under weight decay

 private:
  using ParameterOffsets = Offsets<0, linear_parameters<D, Tasks>...>;
  using OutputOffsets = Offsets<0, Tasks::outputs...>;

 public:
  static constexpr int parameters = linear_parameters<D, Tasks...>;
  static_assert(ParameterOffsets::total == parameters, "qmtl: a head's parameters must be as many as have a place");
  static constexpr int outputs = OutputOffsets::total;
  static constexpr std::array<int, sizeof...(Tasks)> task_parameters = ParameterOffsets::sizes;
  static constexpr std::array<int, sizeof...(Tasks)> task_outputs = OutputOffsets::sizes;

  /// Weights uniform within sqrt(6 / (D + o)) (Glorot and Bengio 2010), biases zero.
  static void initialise(Rng& rng, std::span<S> weights) {
    detail::require_size("LinearHead: number of parameters", weights.size(), parameters);
    for (std::size_t t = 0; t < task_outputs.size(); ++t) {
      const double limit = std::sqrt(6.0 / (D + task_outputs[t]));
      S* w = weights.data() + ParameterOffsets::first[t];
      for (int i = 0; i < task_outputs[t] * D; ++i) w[i] = static_cast<S>(rng.uniform(-limit, limit));
      std::fill_n(w + task_outputs[t] * D, task_outputs[t], S(0));
    }
  }

  /// Logits (outputs x B) of representations z (features x B). Throws ShapeError on wrong sizes.
  void forward(const BatchIn<S>& z, std::span<const S> weights, BatchOut<S> logits) {
    detail::require_size("LinearHead: number of parameters", weights.size(), parameters);
    detail::require_size("LinearHead: rows of z (features)", z.rows(), D);
    detail::require_size("LinearHead: rows of logits (outputs)", logits.rows(), outputs);
    detail::require_size("LinearHead: columns of logits", logits.cols(), z.cols());
    for (std::size_t t = 0; t < task_outputs.size(); ++t) {
      const S* w = weights.data() + ParameterOffsets::first[t];
      auto rows = logits.middleRows(OutputOffsets::first[t], task_outputs[t]);
      rows.noalias() = Weights(w, task_outputs[t], D) * z;
      rows.colwise() += Bias(w + task_outputs[t] * D, task_outputs[t]);
    }
  }

  /// Adds dL/dweights to `gradient` and sets dL/dz. Throws ShapeError on wrong sizes.
  void backward(const BatchIn<S>& z, std::span<const S> weights, const BatchIn<S>& dlogits, std::span<S> gradient,
                BatchOut<S> dz) {
    detail::require_size("LinearHead: rows of feature gradients", dz.rows(), D);
    detail::require_size("LinearHead: columns of feature gradients", dz.cols(), z.cols());
    backward_weights(z, weights, dlogits, gradient);
    dz.setZero();
    for (std::size_t t = 0; t < task_outputs.size(); ++t) {
      const S* w = weights.data() + ParameterOffsets::first[t];
      dz.noalias() +=
          Weights(w, task_outputs[t], D).transpose() * dlogits.middleRows(OutputOffsets::first[t], task_outputs[t]);
    }
  }

  /// As backward, without dL/dz. Throws ShapeError.
  void backward_weights(const BatchIn<S>& z, std::span<const S> weights, const BatchIn<S>& dlogits,
                        std::span<S> gradient) {
    detail::require_size("LinearHead: number of parameters", weights.size(), parameters);
    detail::require_size("LinearHead: number of gradients", gradient.size(), parameters);
    detail::require_size("LinearHead: rows of z (features)", z.rows(), D);
    detail::require_size("LinearHead: rows of logit gradients", dlogits.rows(), outputs);
    detail::require_size("LinearHead: columns of logit gradients", dlogits.cols(), z.cols());
    for (std::size_t t = 0; t < task_outputs.size(); ++t) {
      const auto rows = dlogits.middleRows(OutputOffsets::first[t], task_outputs[t]);
      S* g = gradient.data() + ParameterOffsets::first[t];
      Eigen::Map<Matrix>(g, task_outputs[t], D).noalias() += rows * z.transpose();
      Eigen::Map<Vector>(g + task_outputs[t] * D, task_outputs[t]) += rows.rowwise().sum();
    }
  }

  /// Lines that identify the head's architecture, also in saved models.
  [[nodiscard]] static std::string describe() {
    std::string out = detail::text("linear head on ", D, " features");
    ((out += detail::text("\ntask ", Tasks::name, ": ", detail::describe_labels<Tasks>())), ...);
    return out;
  }

 private:
  using Matrix = ColMajorMatrix<S>;
  using Vector = Eigen::Matrix<S, Eigen::Dynamic, 1>;
  using Weights = Eigen::Map<const Matrix>;
  using Bias = Eigen::Map<const Vector>;
};

}  // namespace qmtl::inline QMTL_ABI
