// SPDX-License-Identifier: Apache-2.0
// From circuits as values to the engine behind QuantumHead.

#include "evidence/circuit_part.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <memory>
#include <utility>

#include "qmtl/circuit/counts.hpp"
#include "qmtl/circuit/light_cone.hpp"
#include "qmtl/engine/lane_backend.hpp"

namespace qmtl::benchmark::evidence {
namespace {

using S = double;

[[nodiscard]] int scales_of(const CircuitTask& task) noexcept { return task.trainable_scale ? 1 : 0; }

[[nodiscard]] int weights_of(const CircuitTask& task) { return weight_count(task.block); }

/// What observable `output` has on the diagonal for a basis state of the window.
[[nodiscard]] double eigenvalue(const CircuitTask& task, int output, Index basis, int width) {
  switch (task.reading) {
    case Reading::z: return parity_sign(basis, qubit_mask(output));
    case Reading::magnetisation: {
      double sum = 0.0;
      for (int j = 0; j < width; ++j) sum += parity_sign(basis, qubit_mask(j));
      return sum;
    }
    case Reading::basis_states: {  // of the first qubits, as many as the outputs need
      const auto read = static_cast<int>(std::bit_width(static_cast<unsigned>(task.outputs - 1)));
      return (basis & (dimension(read) - 1)) == static_cast<Index>(output) ? 1.0 : 0.0;
    }
  }
  return 0.0;
}

/// The engine, for real or complex amplitudes.
class Runner {
 public:
  virtual ~Runner() = default;
  virtual void forward(BatchView<const S> angles, std::span<const S> weights, BatchView<S> values) = 0;
  virtual void backward(BatchView<const S> angles, std::span<const S> weights, BatchView<const S> cotangents,
                        std::span<S> gradient, BatchView<S> angle_gradients) = 0;
  virtual int entries() const = 0;
  virtual void encode(BatchView<const S> angles, BatchOut<S> entries) = 0;
  virtual void forward_encoded(const BatchIn<S>& entries, std::span<const S> weights, BatchView<S> values) = 0;
  virtual void backward_encoded(const BatchIn<S>& entries, BatchView<const S> cotangents, std::span<S> gradient) = 0;
};

template <bool IsComplex>
class LaneRunner final : public Runner {
 public:
  explicit LaneRunner(HeadProgram<S> program) : backend_(std::move(program)) {}
  void forward(BatchView<const S> angles, std::span<const S> weights, BatchView<S> values) override {
    backend_.forward(angles, weights, values);
  }
  void backward(BatchView<const S> angles, std::span<const S> weights, BatchView<const S> cotangents,
                std::span<S> gradient, BatchView<S> angle_gradients) override {
    backend_.backward(angles, weights, cotangents, gradient, angle_gradients);
  }
  int entries() const override { return static_cast<int>(backend_.encoded_size()); }
  void encode(BatchView<const S> angles, BatchOut<S> entries) override { backend_.encode(angles, entries); }
  void forward_encoded(const BatchIn<S>& entries, std::span<const S> weights, BatchView<S> values) override {
    backend_.forward_encoded(entries, weights, values);
  }
  void backward_encoded(const BatchIn<S>& entries, BatchView<const S> cotangents, std::span<S> gradient) override {
    backend_.backward_encoded(entries, cotangents, gradient);
  }

 private:
  qmtl::detail::LaneBackend<S, IsComplex> backend_;
};

class CircuitPart final : public Part {
 public:
  explicit CircuitPart(CircuitSpec spec) : spec_(std::move(spec)), features_(feature_count(spec_.encoding)) {
    HeadProgram<S> program;
    program.encoding = spec_.encoding.ops();
    program.qubits = spec_.encoding.qubits();
    program.features = features_;
    program.encoding_weights = weight_count(spec_.encoding);
    parameters_ = program.encoding_weights;
    std::size_t cone = 1;
    for (const CircuitTask& task : spec_.tasks) {
      add(task, program);
      for (const auto& window : task.windows) {
        cone = std::max(cone, light_cone(spec_.encoding, window).qubits.size());
      }
    }
    if (cone + 1 < static_cast<std::size_t>(program.qubits)) program.light_cones = &qmtl::detail::head_cones<S>;
    values_count_ = program.outputs;
    if (is_real(spec_.encoding)) {
      runner_ = std::make_unique<LaneRunner<false>>(std::move(program));
    } else {
      runner_ = std::make_unique<LaneRunner<true>>(std::move(program));
    }
  }

  [[nodiscard]] int inputs() const override { return features_; }
  [[nodiscard]] int outputs() const override { return outputs_; }
  [[nodiscard]] int parameters() const override { return parameters_; }

  void initialise(Rng& rng, std::span<double> weights) const override {
    for (double& w : weights) w = spec_.initial_angle * rng.normal();
    int at = weight_count(spec_.encoding);
    for (const CircuitTask& task : spec_.tasks) {
      at += weights_of(task);
      if (task.trainable_scale) weights[static_cast<std::size_t>(at++)] = task.scale;
    }
  }

  void forward(const BatchIn<double>& x, std::span<const double> weights, BatchOut<double> y) override {
    set_angles(x);
    values_.resize(values_count_, x.cols());
    runner_->forward(angles_, weights, values_);
    read(weights, y);
  }
  void backward(const BatchIn<double>&, std::span<const double> weights, const BatchIn<double>& dy,
                std::span<double> gradient, BatchOut<double> dx) override {
    read_backward(weights, dy, gradient);
    slopes_.resize(features_, dx.cols());
    runner_->backward(angles_, weights, cotangents_, gradient, {slopes_.data(), features_, dx.cols()});
    if (dx.cols() == 0) return;
    dx = slopes_;
    if (!spec_.squash) return;
    const double half_range = pi / 2 / spec_.uses;
    dx.array() *= half_range * (1.0 - (angles_.array() / half_range - 1.0).square());
  }

  [[nodiscard]] int entries() const override { return weight_count(spec_.encoding) > 0 ? 0 : runner_->entries(); }
  void encode(const BatchIn<double>& x, BatchOut<double> entries) override {
    set_angles(x);
    runner_->encode(angles_, entries);
  }
  void forward_encoded(const BatchIn<double>& entries, std::span<const double> weights, BatchOut<double> y) override {
    values_.resize(values_count_, entries.cols());
    runner_->forward_encoded(entries, weights, values_);
    read(weights, y);
  }
  void backward_encoded(const BatchIn<double>& entries, std::span<const double> weights, const BatchIn<double>& dy,
                        std::span<double> gradient) override {
    read_backward(weights, dy, gradient);
    runner_->backward_encoded(entries, cotangents_, gradient);
  }

 private:
  void add(const CircuitTask& task, HeadProgram<S>& program) {
    if (task.windows.empty() || (task.reading == Reading::basis_states && task.windows.size() > 1)) {
      throw ShapeError("qmtl: circuit_part: windows of a task, expected at least one, of basis states one");
    }
    const int width = task.block.qubits();
    qmtl::EngineTask<S> engine{
        task.block.ops(), {}, ColMajorMatrix<S>(Eigen::Index{1} << width, task.outputs), 0, parameters_};
    for (Eigen::Index basis = 0; basis < engine.eigenvalues.rows(); ++basis) {
      for (int o = 0; o < task.outputs; ++o) {
        engine.eigenvalues(basis, o) = eigenvalue(task, o, static_cast<Index>(basis), width);
      }
    }
    for (const auto& window : task.windows) {
      qmtl::detail::require_size("circuit_part: qubits of a window", window.size(), width);
      engine.window = window;
      engine.first_output = program.outputs;
      program.outputs += task.outputs;
      program.tasks.push_back(engine);
    }
    parameters_ += weights_of(task) + scales_of(task);
    outputs_ += task.outputs;
  }

  void set_angles(const BatchIn<double>& x) {
    angles_ = x;
    if (spec_.squash) angles_ = (pi / 2 / spec_.uses) * (1.0 + angles_.array().tanh());
  }

  /// As Classes<C, BasisStates> has it.
  static constexpr double floor = 1e-4;
  [[nodiscard]] static auto floored(const auto& probabilities) { return probabilities.array().max(0.0) + floor; }

  void read(std::span<const double> weights, BatchOut<double> y) const {
    Eigen::Index value = 0, output = 0;
    auto at = static_cast<std::size_t>(weight_count(spec_.encoding));
    for (const CircuitTask& task : spec_.tasks) {
      at += static_cast<std::size_t>(weights_of(task));
      const double scale = task.trainable_scale ? weights[at++] : task.scale;
      auto rows = y.middleRows(output, task.outputs);
      rows.setZero();
      for (std::size_t w = 0; w < task.windows.size(); ++w, value += task.outputs) {
        rows += values_.middleRows(value, task.outputs);
      }
      if (task.reading == Reading::basis_states) rows = floored(rows).log().matrix().eval();
      rows *= scale;
      output += task.outputs;
    }
  }

  /// Sets cotangents of expectation values, and adds the gradients of scales.
  void read_backward(std::span<const double> weights, const BatchIn<double>& dy, std::span<double> gradient) {
    cotangents_.resize(values_count_, dy.cols());
    Eigen::Index value = 0, output = 0;
    auto at = static_cast<std::size_t>(weight_count(spec_.encoding));
    for (const CircuitTask& task : spec_.tasks) {
      at += static_cast<std::size_t>(weights_of(task));
      const double scale = task.trainable_scale ? weights[at] : task.scale;
      const auto slopes = dy.middleRows(output, task.outputs);
      if (task.trainable_scale) {
        double sum = 0.0;
        for (std::size_t w = 0; w < task.windows.size(); ++w) {
          const auto seen = values_.middleRows(value + static_cast<Eigen::Index>(w) * task.outputs, task.outputs);
          sum += task.reading == Reading::basis_states ? (floored(seen).log() * slopes.array()).sum()
                                                       : seen.cwiseProduct(slopes).sum();
        }
        gradient[at++] += sum;
      }
      for (std::size_t w = 0; w < task.windows.size(); ++w, value += task.outputs) {
        auto to = cotangents_.middleRows(value, task.outputs);
        to = scale * slopes;
        if (task.reading != Reading::basis_states) continue;
        const auto seen = values_.middleRows(value, task.outputs);
        to.array() *= (seen.array() > 0.0).select(floored(seen).inverse(), 0.0);
      }
      output += task.outputs;
    }
  }

  CircuitSpec spec_;
  int features_, parameters_ = 0, outputs_ = 0, values_count_ = 0;
  std::unique_ptr<Runner> runner_;
  Batch<double> angles_, values_, cotangents_, slopes_;
};

}  // namespace

PartPointer circuit_part(CircuitSpec spec) { return std::make_unique<CircuitPart>(std::move(spec)); }

std::vector<int> task_parameters(const CircuitSpec& spec) {
  std::vector<int> out;
  for (const CircuitTask& task : spec.tasks) out.push_back(weights_of(task) + scales_of(task));
  return out;
}

}  // namespace qmtl::benchmark::evidence
