// SPDX-License-Identifier: Apache-2.0
// Circuits and layers of the studies' heads.

#include "evidence/study_heads.hpp"

#include <algorithm>
#include <cmath>
#include <memory>
#include <numeric>
#include <utility>

#include "evidence/circuit_part.hpp"
#include "evidence/contest.hpp"
#include "qmtl/core/error.hpp"

namespace qmtl::benchmark::evidence {
namespace {

/// CZ of all qubits and those that are `distance` further around the ring, each pair once.
void append_ring(DynamicCircuit& circuit, int distance) {
  const int qubits = circuit.qubits();
  if (qubits < 2 || distance % qubits == 0) return;
  const int pairs = 2 * distance % qubits == 0 ? qubits / 2 : qubits;
  for (int q = 0; q < pairs; ++q) circuit.append(gate::cz(q, (q + distance) % qubits));
}

[[nodiscard]] DynamicCircuit encoding(const WindowedHead& head, int features) {
  DynamicCircuit out(features);
  for (int l = 0; l < head.encoding_layers; ++l) {
    for (int q = 0; q < features; ++q) out.append(gate::ry(q, feature(q)));
    const bool opposite = head.entangler == Entangler::opposite && l + 1 < head.encoding_layers;
    if (head.entangler != Entangler::none) append_ring(out, opposite ? features / 2 : 1);
  }
  return out;
}

[[nodiscard]] DynamicCircuit block(const WindowedHead& head) {
  DynamicCircuit out(head.width);
  if (head.block_layers == 0) {
    for (int q = 0; q < head.width; ++q) {
      out.append(gate::ry(q, weight(2 * q))).append(gate::rx(q, weight(2 * q + 1)));
    }
  }
  for (int l = 0, w = 0; l < head.block_layers; ++l) {
    for (int q = 0; q < head.width; ++q, w += 2) {
      out.append(gate::ry(q, weight(w))).append(gate::rz(q, weight(w + 1)));
    }
    for (int q = 0; q + 1 < head.width; ++q) out.append(gate::cx(q, q + 1));
  }
  return out;
}

[[nodiscard]] std::vector<int> window_of(int first, int width, int around) {
  std::vector<int> out;
  for (int j = 0; j < width; ++j) out.push_back((first + j) % around);
  return out;
}

[[nodiscard]] std::vector<int> each(int tasks, int parameters) {
  return std::vector<int>(static_cast<std::size_t>(tasks), parameters);
}

[[nodiscard]] std::vector<LinearTaskSpec> linear_specs(int features, int tasks) {
  return std::vector<LinearTaskSpec>(static_cast<std::size_t>(tasks), {window_of(0, features, features), 1});
}

/// Products of the subsets of some features, behind tanh, and a linear layer a task on its own.
class Products final : public Part {
 public:
  Products(int inputs, std::vector<std::vector<int>> windows) : inputs_(inputs), windows_(std::move(windows)) {}

  [[nodiscard]] int inputs() const override { return inputs_; }
  [[nodiscard]] int outputs() const override { return static_cast<int>(windows_.size()); }
  [[nodiscard]] int parameters() const override { return outputs() * subsets(); }
  void initialise(Rng& rng, std::span<double> weights) const override {
    for (double& w : weights) w = 0.1 * rng.normal();
  }
  void forward(const BatchIn<double>& x, std::span<const double> weights, BatchOut<double> y) override {
    seen_ = x.array().tanh();
    for (Eigen::Index t = 0; t < y.rows(); ++t) y.row(t) = of_task(weights, t).transpose() * products(t, -1);
  }
  void backward(const BatchIn<double>& x, std::span<const double> weights, const BatchIn<double>& dy,
                std::span<double> gradient, BatchOut<double> dx) override {
    if (dx.cols() > 0) dx.setZero();
    for (Eigen::Index t = 0; t < dy.rows(); ++t) {
      Eigen::Map<Eigen::VectorXd>(gradient.data() + t * subsets(), subsets()) +=
          products(t, -1) * dy.row(t).transpose();
      if (dx.cols() == 0) continue;
      const auto& window = windows_[static_cast<std::size_t>(t)];
      for (int j = 0; j < static_cast<int>(window.size()); ++j) {
        const Eigen::RowVectorXd slope = of_task(weights, t).transpose() * products(t, j);
        dx.row(window[static_cast<std::size_t>(j)]) += dy.row(t).cwiseProduct(slope);
      }
    }
    if (dx.cols() > 0) dx = dx.cwiseProduct((1.0 - x.array().tanh().square()).matrix()).eval();
  }

 private:
  [[nodiscard]] int subsets() const noexcept { return 1 << windows_.front().size(); }
  [[nodiscard]] Eigen::Map<const Eigen::VectorXd> of_task(std::span<const double> weights, Eigen::Index task) const {
    return {weights.data() + task * subsets(), subsets()};
  }
  /// A row a subset; their derivatives by feature `slope_of` of the window if that is not -1.
  [[nodiscard]] Batch<double> products(Eigen::Index task, int slope_of) const {
    const auto& window = windows_[static_cast<std::size_t>(task)];
    Batch<double> out = Batch<double>::Ones(subsets(), seen_.cols());
    for (int s = 0; s < subsets(); ++s) {
      for (int j = 0; j < static_cast<int>(window.size()); ++j) {
        const bool within = (s >> j & 1) != 0;
        if (j == slope_of && !within) out.row(s).setZero();
        if (j == slope_of || !within) continue;
        out.row(s) = out.row(s).cwiseProduct(seen_.row(window[static_cast<std::size_t>(j)])).eval();
      }
    }
    return out;
  }

  int inputs_;
  std::vector<std::vector<int>> windows_;
  Batch<double> seen_;
};

}  // namespace

HeadKind windowed_head(const WindowedHead& head, int features, int tasks) {
  if (head.width < 1 || head.windows < 1 || head.width > features || head.windows > features || tasks < 1) {
    throw ShapeError(qmtl::detail::text("qmtl: windowed_head: expected windows that fit on ", features,
                                        " features, got ", head.windows, " of ", head.width));
  }
  CircuitSpec spec{.encoding = encoding(head, features), .uses = static_cast<double>(head.encoding_layers)};
  for (int t = 0; t < tasks; ++t) {
    CircuitTask& task = spec.tasks.emplace_back();
    task.block = block(head);
    task.reading = head.block_layers == 0 ? Reading::magnetisation : Reading::z;
    task.trainable_scale = head.trainable_scale;
    task.scale = 4.0 / std::sqrt(head.windows);
    for (int w = 0; w < head.windows; ++w) {
      task.windows.push_back(window_of(t * head.stride + w * features / head.windows, head.width, features));
    }
  }
  HeadKind out{.name = head.name, .quantum = true, .make = {}};
  out.task_parameters = task_parameters(spec);
  out.make = [spec = std::make_shared<CircuitSpec>(std::move(spec))](Seed) { return circuit_part(*spec); };
  return out;
}

HeadKind linear_kind(int features, int tasks) {
  return {.name = "linear",
          .decay = HeadDecay::always,
          .make = [=](Seed) { return linear_tasks(features, linear_specs(features, tasks)); },
          .task_parameters = each(tasks, features + 1)};
}

HeadKind low_rank_kind(int features, int rank, int tasks) {
  const auto make = [=](Seed) {
    return chain(dense_layers({features, rank}, false), linear_tasks(rank, linear_specs(rank, tasks)));
  };
  return {.name = qmtl::detail::text("low_rank_", rank),
          .decay = HeadDecay::always,
          .make = make,
          .task_parameters = each(tasks, rank + 1)};
}

HeadKind products_kind(int features, int width, int stride, int tasks) {
  if (width < 1 || width > features || width > 10 || tasks < 1) {
    throw ShapeError(qmtl::detail::text("qmtl: products_kind: width, expected 1 to 10, at most ", features,
                                        " features, got ", width));
  }
  std::vector<std::vector<int>> windows;
  for (int t = 0; t < tasks; ++t) windows.push_back(window_of(t * stride, width, features));
  return {.name = "products",
          .decay = HeadDecay::always,
          .make = [=](Seed) -> PartPointer { return std::make_unique<Products>(features, windows); },
          .task_parameters = each(tasks, 1 << width)};
}

std::vector<HeadKind> named_kinds(int features, int tasks, const std::vector<std::string>& names) {
  std::vector<HeadKind> out;
  const auto take = [&](std::vector<HeadKind> kinds) {
    for (HeadKind& kind : kinds) {
      if (std::ranges::find(names, kind.name) != names.end()) out.push_back(std::move(kind));
    }
  };
  take(head_kinds(features, binary_tasks(tasks)));
  take(mapped_kinds(features, binary_tasks(tasks)));
  return out;
}

}  // namespace qmtl::benchmark::evidence
