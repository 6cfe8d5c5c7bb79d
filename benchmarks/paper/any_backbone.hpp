#pragma once
// SPDX-License-Identifier: Apache-2.0
// A backbone whose kind is chosen at run time, so that a head is compiled once for all backbones of a search.

#include <concepts>
#include <memory>
#include <span>
#include <string>
#include <utility>

#include "qmtl/backbone/concepts.hpp"

namespace qmtl::benchmark::paper {

/// Any backbone with `Out` outputs and double precision. Costs one virtual call a batch.
template <int Out>
class AnyBackbone {
 public:
  using Scalar = double;
  static constexpr int output_size = Out;

  /// Not of its own kind: whether that is a backbone asks whether it can be moved, and that for this constructor.
  template <class B>
  requires(!std::same_as<B, AnyBackbone>) && Backbone<B> &&
      (B::output_size == Out) explicit AnyBackbone(B backbone)
      : backbone_(std::make_unique<Holder<B>>(std::move(backbone))) {}

  [[nodiscard]] int input_size() const { return backbone_->input_size(); }
  [[nodiscard]] std::span<double> parameters() { return backbone_->parameters(); }
  [[nodiscard]] std::span<const double> parameters() const { return std::as_const(*backbone_).parameters(); }
  void initialise(Rng& rng) { backbone_->initialise(rng); }
  void forward(const BatchIn<double>& x, BatchOut<double> z) { backbone_->forward(x, z); }
  void backward(const BatchIn<double>& x, const BatchIn<double>& dz, std::span<double> gradient) {
    backbone_->backward(x, dz, gradient);
  }
  void check_inputs(const BatchIn<double>& x) const { backbone_->check_inputs(x); }
  [[nodiscard]] std::string describe() const { return backbone_->describe(); }

 private:
  struct Interface {
    virtual ~Interface() = default;
    virtual int input_size() const = 0;
    virtual std::span<double> parameters() = 0;
    virtual std::span<const double> parameters() const = 0;
    virtual void initialise(Rng& rng) = 0;
    virtual void forward(const BatchIn<double>& x, BatchOut<double> z) = 0;
    virtual void backward(const BatchIn<double>& x, const BatchIn<double>& dz, std::span<double> gradient) = 0;
    virtual void check_inputs(const BatchIn<double>& x) const = 0;
    virtual std::string describe() const = 0;
  };
  template <class B>
  struct Holder final : Interface {
    explicit Holder(B b) : held(std::move(b)) {}
    int input_size() const override { return held.input_size(); }
    std::span<double> parameters() override { return held.parameters(); }
    std::span<const double> parameters() const override { return held.parameters(); }
    void initialise(Rng& rng) override { held.initialise(rng); }
    void forward(const BatchIn<double>& x, BatchOut<double> z) override {
      z_.resize(Out, x.cols());
      held.forward(x, z_);
      z = z_;
    }
    void backward(const BatchIn<double>& x, const BatchIn<double>& dz, std::span<double> gradient) override {
      z_ = dz;
      held.backward(x, z_, gradient);
    }
    void check_inputs(const BatchIn<double>& x) const override { detail::require_inputs(held, x); }
    std::string describe() const override { return describe_backbone(held); }

    B held;
    Batch<double, Out> z_;  // the sizes that `held` wants are in the type
  };

  std::unique_ptr<Interface> backbone_;
};

}  // namespace qmtl::benchmark::paper
