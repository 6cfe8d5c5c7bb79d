#pragma once
// SPDX-License-Identifier: Apache-2.0
// A backbone whose representation has unit root mean square, so that the squashing behind it cannot saturate.

#include <cmath>
#include <concepts>
#include <limits>
#include <span>
#include <string>
#include <utility>

#include "qmtl/backbone/concepts.hpp"
#include "qmtl/core/moved_from.hpp"

namespace qmtl::inline QMTL_ABI {

/// z = u / sqrt(mean(u^2) + 1e-5) for the representation u of a backbone B, sample by sample: RMS normalisation (Zhang
/// and Sennrich 2019, arXiv:1910.07467, eq. 4) without gains. Where a backbone has many inputs of one sign, as behind
/// ReLU, a few steps make u so large that all angles are at the ends of their range and gradients vanish; z stays
/// where the encoding is sensitive. Only the direction of u counts. Where its root mean square is below about 3e-3,
/// the square root of 1e-5, z shrinks with it, and gradients behind are multiplied by up to 316 on their way to u;
/// where its square overflows (from about 1e19 on in float), z is NaN, as behind a representation that has diverged,
/// not 0. Parameters are those of B; buffers are kept. Cost beside that of B: two passes over the representation for a
/// forward and two for a backward, O(output_size) a sample.
template <Backbone B>
class RmsNormalized {
  static_assert(B::output_size >= 2, "qmtl: a normalized representation must have at least two values");

 public:
  using Scalar = typename B::Scalar;
  static constexpr int output_size = B::output_size;
  static constexpr bool passes_inputs = qmtl::passes_inputs<B>;

  RmsNormalized() requires std::default_initializable<B>
  = default;
  explicit RmsNormalized(B backbone) : backbone_(std::move(backbone)) {}

  [[nodiscard]] int input_size() const { return backbone_.input_size(); }
  [[nodiscard]] std::span<Scalar> parameters() { return backbone_.parameters(); }
  [[nodiscard]] std::span<const Scalar> parameters() const { return backbone_.parameters(); }
  void initialise(Rng& rng) {
    moved_from_.check("normalized backbone");
    backbone_.initialise(rng);
  }

  /// As B takes them: NaN where B knows missing inputs.
  void check_inputs(const BatchIn<Scalar>& x) const requires InputCheckingBackbone<B> { backbone_.check_inputs(x); }

  /// The state of B beside its parameters.
  template <class Archive>
  void archive(Archive& archive) requires StatefulBackbone<B> {
    backbone_.archive(archive);
  }

  /// Computes z (output_size x B) from x (input_size x B), and keeps what backward needs. Throws what B throws.
  void forward(const BatchIn<Scalar>& x, BatchOut<Scalar, output_size> z) {
    moved_from_.check("normalized backbone");
    detail::require_backbone_shapes("normalized forward", x, z, input_size(), output_size);
    z_.resize(output_size, x.cols());
    backbone_.forward(x, z_);
    inverse_ = (z_.colwise().squaredNorm().array() / Scalar(output_size) + epsilon).sqrt().inverse();
    inverse_ = (inverse_ > Scalar(0)).select(inverse_, std::numeric_limits<Scalar>::quiet_NaN());  // 0: 1 / infinity
    z_.array().rowwise() *= inverse_;
    z = z_;
  }

  /// Adds dL/dparameters, summed over the batch, into `gradient`, given the x of the last forward and dz = dL/dz:
  /// dL/du = (dz - z <z, dz> / n) / sqrt(mean(u^2) + 1e-5) for n values. Throws ShapeError, and what B throws.
  void backward(const BatchIn<Scalar>& x, const BatchIn<Scalar, output_size>& dz, std::span<Scalar> gradient) {
    moved_from_.check("normalized backbone");
    detail::require_backbone_shapes("normalized backward", x, dz, input_size(), output_size);
    detail::require_size("normalized backward: columns of x, as in the last forward,", x.cols(), z_.cols());
    delta_.resize(output_size, x.cols());
    for (Eigen::Index b = 0; b < x.cols(); ++b) {
      delta_.col(b) = inverse_[b] * (dz.col(b) - z_.col(b) * (z_.col(b).dot(dz.col(b)) / Scalar(output_size)));
    }
    backbone_.backward(x, delta_, gradient);
  }

  /// For example "normalized (mlp 149-32-8 tanh)".
  [[nodiscard]] std::string describe() const { return detail::text("normalized (", describe_backbone(backbone_), ')'); }

 private:
  static constexpr Scalar epsilon = Scalar(1e-5);

  detail::MovedFrom moved_from_;
  B backbone_{};
  Batch<Scalar, output_size> z_, delta_;
  Eigen::Array<Scalar, 1, Eigen::Dynamic> inverse_;  // of the root mean square
};

}  // namespace qmtl::inline QMTL_ABI
