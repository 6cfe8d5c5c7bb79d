#pragma once
// SPDX-License-Identifier: Apache-2.0
// The backbone that does nothing: features computed beforehand go to the head as they are.

#include <span>
#include <string>

#include "qmtl/backbone/concepts.hpp"

namespace qmtl::inline QMTL_ABI {

/// Passes N features through; it has no parameters, so only the head is trained.
template <int N, qmtl::Scalar S = double>
class Frozen {
  static_assert(N >= 1, "qmtl: the width of a frozen backbone must be at least 1");

 public:
  using Scalar = S;
  static constexpr int output_size = N;
  static constexpr int parameter_count = 0;
  static constexpr bool passes_inputs = true;

  [[nodiscard]] int input_size() const noexcept { return N; }
  [[nodiscard]] std::span<S> parameters() noexcept { return {}; }
  [[nodiscard]] std::span<const S> parameters() const noexcept { return {}; }

  /// Draws nothing.
  void initialise(Rng&) noexcept {}

  /// Copies x (N x B) into z (N x B). Throws ShapeError.
  void forward(const BatchIn<S>& x, BatchOut<S> z) const {
    detail::require_backbone_shapes("frozen forward", x, z, N, N);
    z = x;
  }

  /// Adds nothing, since there is nothing to train. Throws ShapeError if shapes differ or `gradient` is not empty.
  void backward(const BatchIn<S>& x, const BatchIn<S>& dz, std::span<S> gradient) const {
    detail::require_backbone_shapes("frozen backward", x, dz, N, N);
    detail::require_size("frozen backward: gradient size", gradient.size(), 0);
  }

  /// For example "frozen 8".
  [[nodiscard]] std::string describe() const { return detail::text("frozen ", N); }
};

}  // namespace qmtl::inline QMTL_ABI
