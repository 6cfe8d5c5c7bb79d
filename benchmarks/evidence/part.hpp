#pragma once
// SPDX-License-Identifier: Apache-2.0
// Parts of models whose sizes are known at run time only, so that hundreds of kinds are compiled once.

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "qmtl/core/rng.hpp"
#include "qmtl/core/scalar.hpp"

namespace qmtl::benchmark::evidence {

/// A differentiable map from batches (inputs x B) to batches (outputs x B), with parameters that somebody else keeps.
class Part {
 public:
  Part() = default;
  Part(const Part&) = delete;
  Part& operator=(const Part&) = delete;
  virtual ~Part() = default;

  [[nodiscard]] virtual int inputs() const = 0;
  [[nodiscard]] virtual int outputs() const = 0;
  [[nodiscard]] virtual int parameters() const = 0;
  virtual void initialise(Rng& rng, std::span<double> weights) const = 0;
  virtual void forward(const BatchIn<double>& x, std::span<const double> weights, BatchOut<double> y) = 0;
  /// For the last forward, of the same x and weights: adds dL/dweights to `gradient` and sets dx = dL/dx, unless dx has
  /// no columns.
  virtual void backward(const BatchIn<double>& x, std::span<const double> weights, const BatchIn<double>& dy,
                        std::span<double> gradient, BatchOut<double> dx) = 0;

  /// Numbers that are all it needs of a sample, whatever the weights, or 0 if it cannot keep them.
  [[nodiscard]] virtual int entries() const { return 0; }
  /// Sets them (entries x B); then forward and backward start from them. Called only where entries() > 0.
  virtual void encode(const BatchIn<double>& x, BatchOut<double> entries);
  virtual void forward_encoded(const BatchIn<double>& entries, std::span<const double> weights, BatchOut<double> y);
  virtual void backward_encoded(const BatchIn<double>& entries, std::span<const double> weights,
                                const BatchIn<double>& dy, std::span<double> gradient);
};

using PartPointer = std::unique_ptr<Part>;

/// Fully connected layers of these widths, inputs first, tanh between them; without bias if said so. Glorot's uniform
/// initialisation. One width: the identity, without parameters.
[[nodiscard]] PartPointer dense_layers(std::vector<int> widths, bool bias = true);

/// Linear maps, one a task, from some of the inputs each: what a linear head is (all inputs), or one that sees what a
/// task's window sees. Weights start with a deviation of 0.1, nearly silent, as sums of Z do (ProductSpec).
struct LinearTaskSpec {
  std::vector<int> inputs;  ///< which
  int outputs = 1;
};
[[nodiscard]] PartPointer linear_tasks(int inputs, std::vector<LinearTaskSpec> tasks);

/// A random projection (normal, variance 1 / inputs), the same for the same seed, without parameters.
[[nodiscard]] PartPointer random_projection(int inputs, int outputs, Seed seed);

/// sin(rate x) / rate of each input x, with a slope of 1 at 0, as the qubits of a sum of Z have it; without parameters.
[[nodiscard]] PartPointer sines(int inputs, double rate);

/// One part behind the other; the first one's parameters come first.
[[nodiscard]] PartPointer chain(PartPointer first, PartPointer second);

/// Parts that know nothing of each other, with parameters and outputs one after the other. Each has inputs of its own,
/// one after the other too, or all have the same.
enum class SideInputs { own, same };
[[nodiscard]] PartPointer side_by_side(std::vector<PartPointer> parts, SideInputs inputs);

}  // namespace qmtl::benchmark::evidence
