// SPDX-License-Identifier: Apache-2.0
// Classical parts.

#include "evidence/part.hpp"

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include "qmtl/core/error.hpp"

namespace qmtl::benchmark::evidence {
namespace {

using Matrix = ColMajorMatrix<double>;
using MatrixMap = Eigen::Map<Matrix>;
using ConstMatrixMap = Eigen::Map<const Matrix>;
using ConstRows = Eigen::Map<const Matrix, 0, Eigen::OuterStride<>>;

class DenseLayers final : public Part {
 public:
  DenseLayers(std::vector<int> widths, bool bias) : widths_(std::move(widths)), bias_(bias) {
    if (widths_.empty() || *std::min_element(widths_.begin(), widths_.end()) < 1) {
      throw ShapeError("qmtl: dense_layers: widths, expected at least one, each from 1");
    }
  }

  [[nodiscard]] int inputs() const override { return widths_.front(); }
  [[nodiscard]] int outputs() const override { return widths_.back(); }
  [[nodiscard]] int parameters() const override {
    int count = 0;
    for (std::size_t l = 0; l + 1 < widths_.size(); ++l) count += (widths_[l] + (bias_ ? 1 : 0)) * widths_[l + 1];
    return count;
  }
  void initialise(Rng& rng, std::span<double> weights) const override {
    double* w = weights.data();
    for (std::size_t l = 0; l + 1 < widths_.size(); ++l) {
      const double limit = std::sqrt(6.0 / (widths_[l] + widths_[l + 1]));
      for (int i = 0; i < widths_[l] * widths_[l + 1]; ++i) *w++ = rng.uniform(-limit, limit);
      for (int i = 0; bias_ && i < widths_[l + 1]; ++i) *w++ = 0.0;
    }
  }
  void forward(const BatchIn<double>& x, std::span<const double> weights, BatchOut<double> y) override {
    values_.assign(1, x);
    const double* w = weights.data();
    for (std::size_t l = 0; l + 1 < widths_.size(); ++l) {
      const ConstMatrixMap a(w, widths_[l + 1], widths_[l]);
      Matrix z = a * values_.back();
      w += a.size();
      if (bias_) z.colwise() += Eigen::Map<const Eigen::VectorXd>(w, widths_[l + 1]);
      if (bias_) w += widths_[l + 1];
      if (l + 2 < widths_.size()) z = z.array().tanh().matrix();
      values_.push_back(std::move(z));
    }
    y = values_.back();
  }
  void backward(const BatchIn<double>&, std::span<const double> weights, const BatchIn<double>& dy,
                std::span<double> gradient, BatchOut<double> dx) override {
    Matrix d = dy;
    std::ptrdiff_t at = parameters();
    for (std::size_t l = widths_.size() - 1; l-- > 0;) {
      if (l + 2 < widths_.size()) d.array() *= 1.0 - values_[l + 1].array().square();
      const int out = widths_[l + 1], in = widths_[l];
      if (bias_) {
        at -= out;
        Eigen::Map<Eigen::VectorXd>(gradient.data() + at, out) += d.rowwise().sum();
      }
      at -= static_cast<std::ptrdiff_t>(out) * in;
      MatrixMap(gradient.data() + at, out, in).noalias() += d * values_[l].transpose();
      if (l > 0 || dx.cols() > 0) d = (ConstMatrixMap(weights.data() + at, out, in).transpose() * d).eval();
    }
    if (dx.cols() > 0) dx = d;
  }

 private:
  std::vector<int> widths_;
  bool bias_;
  std::vector<Matrix> values_;  // of each layer, inputs first
};

class LinearTasks final : public Part {
 public:
  LinearTasks(int inputs, std::vector<LinearTaskSpec> tasks) : inputs_(inputs), tasks_(std::move(tasks)) {
    for (const auto& task : tasks_) {
      const bool within = std::ranges::all_of(task.inputs, [inputs](int i) { return 0 <= i && i < inputs; });
      if (!within || task.outputs < 1) throw ShapeError("qmtl: linear_tasks: expected inputs below their number");
    }
  }

  [[nodiscard]] int inputs() const override { return inputs_; }
  [[nodiscard]] int outputs() const override {
    int count = 0;
    for (const auto& task : tasks_) count += task.outputs;
    return count;
  }
  [[nodiscard]] int parameters() const override {
    int count = 0;
    for (const auto& task : tasks_) count += size_of(task);
    return count;
  }
  void initialise(Rng& rng, std::span<double> weights) const override {
    double* w = weights.data();
    for (const auto& task : tasks_) {
      for (int i = size_of(task) - task.outputs; i > 0; --i) *w++ = 0.1 * rng.normal();
      for (int i = 0; i < task.outputs; ++i) *w++ = 0.0;
    }
  }
  void forward(const BatchIn<double>& x, std::span<const double> weights, BatchOut<double> y) override {
    const double* w = weights.data();
    Eigen::Index row = 0;
    for (const auto& task : tasks_) {
      const auto in = static_cast<Eigen::Index>(task.inputs.size());
      const ConstMatrixMap a(w, task.outputs, in);
      y.middleRows(row, task.outputs).noalias() = a * inputs_of(task, x);
      y.middleRows(row, task.outputs).colwise() += Eigen::Map<const Eigen::VectorXd>(w + a.size(), task.outputs);
      w += size_of(task);
      row += task.outputs;
    }
  }
  void backward(const BatchIn<double>& x, std::span<const double> weights, const BatchIn<double>& dy,
                std::span<double> gradient, BatchOut<double> dx) override {
    const double* w = weights.data();
    double* g = gradient.data();
    Eigen::Index row = 0;
    if (dx.cols() > 0) dx.setZero();
    for (const auto& task : tasks_) {
      const auto in = static_cast<Eigen::Index>(task.inputs.size());
      const auto d = dy.middleRows(row, task.outputs);
      MatrixMap(g, task.outputs, in).noalias() += d * inputs_of(task, x).transpose();
      Eigen::Map<Eigen::VectorXd>(g + in * task.outputs, task.outputs) += d.rowwise().sum();
      if (dx.cols() > 0) {
        const Matrix back = ConstMatrixMap(w, task.outputs, in).transpose() * d;
        for (Eigen::Index i = 0; i < in; ++i) dx.row(task.inputs[static_cast<std::size_t>(i)]) += back.row(i);
      }
      w += size_of(task);
      g += size_of(task);
      row += task.outputs;
    }
  }

 private:
  [[nodiscard]] static int size_of(const LinearTaskSpec& task) noexcept {
    return (static_cast<int>(task.inputs.size()) + 1) * task.outputs;
  }
  /// Neighbouring rows as they lie: products of rows by their numbers are several times slower.
  [[nodiscard]] ConstRows inputs_of(const LinearTaskSpec& task, const BatchIn<double>& x) {
    const auto count = static_cast<Eigen::Index>(task.inputs.size());
    const int first = task.inputs.empty() ? 0 : task.inputs.front();
    bool neighbours = true;
    for (Eigen::Index i = 0; i < count; ++i) neighbours &= task.inputs[static_cast<std::size_t>(i)] == first + i;
    if (!neighbours) gathered_ = x(task.inputs, Eigen::all);
    const double* data = neighbours ? x.data() + first : gathered_.data();
    return {data, count, x.cols(), Eigen::OuterStride<>(neighbours ? x.outerStride() : count)};
  }

  int inputs_;
  std::vector<LinearTaskSpec> tasks_;
  Matrix gathered_;
};

class RandomProjection final : public Part {
 public:
  RandomProjection(int inputs, int outputs, Seed seed) : matrix_(outputs, inputs) {
    Rng rng = Rng(seed).split();  // not the numbers that a model of that seed begins with
    for (Eigen::Index i = 0; i < matrix_.size(); ++i) matrix_.data()[i] = rng.normal() / std::sqrt(inputs);
  }
  [[nodiscard]] int inputs() const override { return static_cast<int>(matrix_.cols()); }
  [[nodiscard]] int outputs() const override { return static_cast<int>(matrix_.rows()); }
  [[nodiscard]] int parameters() const override { return 0; }
  void initialise(Rng&, std::span<double>) const override {}
  void forward(const BatchIn<double>& x, std::span<const double>, BatchOut<double> y) override {
    y.noalias() = matrix_ * x;
  }
  void backward(const BatchIn<double>&, std::span<const double>, const BatchIn<double>& dy, std::span<double>,
                BatchOut<double> dx) override {
    if (dx.cols() > 0) dx.noalias() = matrix_.transpose() * dy;
  }

 private:
  Matrix matrix_;
};

class Sines final : public Part {
 public:
  Sines(int inputs, double rate) : inputs_(inputs), rate_(rate) {}
  [[nodiscard]] int inputs() const override { return inputs_; }
  [[nodiscard]] int outputs() const override { return inputs_; }
  [[nodiscard]] int parameters() const override { return 0; }
  void initialise(Rng&, std::span<double>) const override {}
  void forward(const BatchIn<double>& x, std::span<const double>, BatchOut<double> y) override {
    y = ((rate_ * x.array()).sin() / rate_).matrix();
  }
  void backward(const BatchIn<double>& x, std::span<const double>, const BatchIn<double>& dy, std::span<double>,
                BatchOut<double> dx) override {
    if (dx.cols() > 0) dx = (dy.array() * (rate_ * x.array()).cos()).matrix();
  }

 private:
  int inputs_;
  double rate_;
};

class Chain final : public Part {
 public:
  Chain(PartPointer first, PartPointer second) : first_(std::move(first)), second_(std::move(second)) {
    qmtl::detail::require_size("chain: inputs of the second part", second_->inputs(), first_->outputs());
  }
  [[nodiscard]] int inputs() const override { return first_->inputs(); }
  [[nodiscard]] int outputs() const override { return second_->outputs(); }
  [[nodiscard]] int parameters() const override { return first_->parameters() + second_->parameters(); }
  void initialise(Rng& rng, std::span<double> weights) const override {
    first_->initialise(rng, of_first(weights));
    second_->initialise(rng, of_second(weights));
  }
  void forward(const BatchIn<double>& x, std::span<const double> weights, BatchOut<double> y) override {
    between_.resize(first_->outputs(), x.cols());
    first_->forward(x, of_first(weights), between_);
    second_->forward(between_, of_second(weights), y);
  }
  void backward(const BatchIn<double>& x, std::span<const double> weights, const BatchIn<double>& dy,
                std::span<double> gradient, BatchOut<double> dx) override {
    const bool needed = first_->parameters() > 0 || dx.cols() > 0;
    slopes_.resize(first_->outputs(), needed ? x.cols() : 0);
    second_->backward(between_, of_second(weights), dy, of_second(gradient), slopes_);
    if (needed) first_->backward(x, of_first(weights), slopes_, of_first(gradient), dx);
  }

 private:
  template <class T>
  [[nodiscard]] std::span<T> of_first(std::span<T> all) const {
    return all.first(static_cast<std::size_t>(first_->parameters()));
  }
  template <class T>
  [[nodiscard]] std::span<T> of_second(std::span<T> all) const {
    return all.subspan(static_cast<std::size_t>(first_->parameters()));
  }

  PartPointer first_, second_;
  Batch<double> between_, slopes_;
};

class SideBySide final : public Part {
 public:
  SideBySide(std::vector<PartPointer> parts, SideInputs inputs) : parts_(std::move(parts)), inputs_(inputs) {
    if (parts_.empty()) throw ShapeError("qmtl: side_by_side: expected at least one part");
    for (const PartPointer& part : parts_) {
      if (inputs == SideInputs::same) {
        qmtl::detail::require_size("side_by_side: inputs of a part", part->inputs(), parts_.front()->inputs());
      }
    }
  }
  [[nodiscard]] int inputs() const override {
    return inputs_ == SideInputs::same ? parts_.front()->inputs() : sum(&Part::inputs);
  }
  [[nodiscard]] int outputs() const override { return sum(&Part::outputs); }
  [[nodiscard]] int parameters() const override { return sum(&Part::parameters); }
  void initialise(Rng& rng, std::span<double> weights) const override {
    for (const PartPointer& part : parts_) part->initialise(rng, take(weights, *part));
  }
  void forward(const BatchIn<double>& x, std::span<const double> weights, BatchOut<double> y) override {
    Eigen::Index in = 0, out = 0;
    for (const PartPointer& part : parts_) {
      part->forward(x.middleRows(in, part->inputs()), take(weights, *part), y.middleRows(out, part->outputs()));
      if (inputs_ == SideInputs::own) in += part->inputs();
      out += part->outputs();
    }
  }
  void backward(const BatchIn<double>& x, std::span<const double> weights, const BatchIn<double>& dy,
                std::span<double> gradient, BatchOut<double> dx) override {
    Eigen::Index in = 0, out = 0;
    if (dx.cols() > 0) dx.setZero();
    for (const PartPointer& part : parts_) {
      slopes_.resize(part->inputs(), dx.cols());
      part->backward(x.middleRows(in, part->inputs()), take(weights, *part), dy.middleRows(out, part->outputs()),
                     take(gradient, *part), slopes_);
      if (dx.cols() > 0) dx.middleRows(in, part->inputs()) += slopes_;
      if (inputs_ == SideInputs::own) in += part->inputs();
      out += part->outputs();
    }
  }

 private:
  [[nodiscard]] int sum(int (Part::*count)() const) const {
    int out = 0;
    for (const PartPointer& part : parts_) out += (*part.*count)();
    return out;
  }
  /// The part's own parameters, from the beginning of `left`.
  template <class T>
  [[nodiscard]] static std::span<T> take(std::span<T>& left, const Part& part) {
    const auto count = static_cast<std::size_t>(part.parameters());
    const auto out = left.first(count);
    left = left.subspan(count);
    return out;
  }

  std::vector<PartPointer> parts_;
  SideInputs inputs_;
  Batch<double> slopes_;
};

}  // namespace

void Part::encode(const BatchIn<double>&, BatchOut<double>) {
  throw LogicError("qmtl: evidence: expected a part that keeps what it needs of samples");
}
void Part::forward_encoded(const BatchIn<double>&, std::span<const double>, BatchOut<double>) {
  throw LogicError("qmtl: evidence: expected a part that keeps what it needs of samples");
}
void Part::backward_encoded(const BatchIn<double>&, std::span<const double>, const BatchIn<double>&,
                            std::span<double>) {
  throw LogicError("qmtl: evidence: expected a part that keeps what it needs of samples");
}

PartPointer dense_layers(std::vector<int> widths, bool bias) {
  return std::make_unique<DenseLayers>(std::move(widths), bias);
}
PartPointer linear_tasks(int inputs, std::vector<LinearTaskSpec> tasks) {
  return std::make_unique<LinearTasks>(inputs, std::move(tasks));
}
PartPointer random_projection(int inputs, int outputs, Seed seed) {
  return std::make_unique<RandomProjection>(inputs, outputs, seed);
}
PartPointer sines(int inputs, double rate) { return std::make_unique<Sines>(inputs, rate); }
PartPointer chain(PartPointer first, PartPointer second) {
  return std::make_unique<Chain>(std::move(first), std::move(second));
}
PartPointer side_by_side(std::vector<PartPointer> parts, SideInputs inputs) {
  return std::make_unique<SideBySide>(std::move(parts), inputs);
}

}  // namespace qmtl::benchmark::evidence
