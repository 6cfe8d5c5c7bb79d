#pragma once
// SPDX-License-Identifier: Apache-2.0
// Centres and scales each feature by what the training rows say, never by the rows it is evaluated on.

#include <cmath>
#include <cstddef>
#include <span>
#include <vector>

#include "qmtl/core/error.hpp"
#include "qmtl/core/finite.hpp"
#include "qmtl/core/moments.hpp"
#include "qmtl/core/scalar.hpp"

namespace qmtl::inline QMTL_ABI {

/// out = (in - mean) * scale per feature, with scale = 1 / deviation (population deviation, divisor n).
/// Without statistics (default constructed) it copies.
template <qmtl::Scalar S>
class Standardizer {
 public:
  Standardizer() = default;

  /// Takes statistics that were saved. Throws ShapeError if the counts differ, ValueError if one is not finite.
  Standardizer(std::span<const S> mean, std::span<const S> scale)
      : mean_(mean.begin(), mean.end()), scale_(scale.begin(), scale.end()) {
    detail::require_size("standardizer: number of scales, as of means,", scale.size(), mean.size());
    for (std::size_t i = 0; i < mean_.size(); ++i) {
      if (std::isfinite(mean_[i]) && std::isfinite(scale_[i])) continue;
      throw ValueError(detail::text("qmtl: standardizer: feature ", i, ": expected finite numbers, got mean ", mean_[i],
                                    " and scale ", scale_[i]));
    }
  }

  /// Learns mean and scale from features x rows; a feature that is constant, up to a few roundings, gets scale 1, so it
  /// is centred only. Where NaN is allowed it is left out, and a feature that is always missing is copied; `apply`
  /// keeps NaN. Three passes, in double. Throws ShapeError without rows, ValueError where an input is not finite, is
  /// too large to be standardised, or so large that the feature's other values would vanish beside it.
  void fit(const BatchIn<S>& train_inputs, MissingInputs missing = MissingInputs::refused);

  /// Standardises features x rows into `out`, which may be `in` itself. Throws ShapeError.
  void apply(const BatchIn<S>& in, BatchOut<S> out) const;

  /// Whether it has no statistics and copies.
  [[nodiscard]] bool empty() const noexcept { return mean_.empty(); }
  [[nodiscard]] int features() const noexcept { return static_cast<int>(mean_.size()); }
  [[nodiscard]] std::span<const S> mean() const noexcept { return mean_; }
  [[nodiscard]] std::span<const S> scale() const noexcept { return scale_; }

 private:
  std::vector<S> mean_;
  std::vector<S> scale_;
};

// Not within the class, where they would be inline and compiled in every file again.
template <qmtl::Scalar S>
void Standardizer<S>::fit(const BatchIn<S>& train_inputs, MissingInputs missing) {
  if (train_inputs.cols() == 0) throw ShapeError("qmtl: standardizer: rows to fit, expected at least 1, got 0");
  detail::require_finite_inputs<S>(train_inputs, missing);
  std::vector<S> mean, scale;
  for (Eigen::Index f = 0; f < train_inputs.rows(); ++f) {
    // As labels are passed, so that both have their moments from one function.
    const Eigen::Ref<const Eigen::Matrix<S, 1, Eigen::Dynamic, Eigen::RowMajor>, 0, Eigen::InnerStride<>> values =
        train_inputs.row(f);
    const detail::Moments moments = detail::moments_of(values);
    const bool varies = moments.template varies<S>();
    if (varies) detail::require_standardizable<S>(values, moments, detail::text("standardizer: feature ", f));
    mean.push_back(static_cast<S>(moments.mean));
    scale.push_back(varies ? static_cast<S>(1.0 / moments.deviation) : S(1));
  }
  mean_.swap(mean);
  scale_.swap(scale);
}
template <qmtl::Scalar S>
void Standardizer<S>::apply(const BatchIn<S>& in, BatchOut<S> out) const {
  detail::require_size("standardizer: rows of the output", out.rows(), in.rows());
  detail::require_size("standardizer: columns of the output", out.cols(), in.cols());
  if (empty()) {
    out = in;
    return;
  }
  detail::require_size("standardizer: rows of the input (features)", in.rows(), mean_.size());
  using Column = Eigen::Map<const Eigen::Array<S, Eigen::Dynamic, 1>>;
  const Column mean(mean_.data(), in.rows());
  const Column scale(scale_.data(), in.rows());
  out.array() = (in.array().colwise() - mean).colwise() * scale;
}

}  // namespace qmtl::inline QMTL_ABI
