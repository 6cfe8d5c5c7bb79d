#pragma once
// SPDX-License-Identifier: Apache-2.0
// Gradient clipping, by value and by the norm of the whole gradient.

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>

#include "qmtl/core/error.hpp"
#include "qmtl/core/norm.hpp"
#include "qmtl/core/scalar.hpp"

namespace qmtl::inline QMTL_ABI {

/// Limits on a gradient; infinity is none. Each component is first clamped to [-value, value]; then, if the Euclidean
/// norm over all parameters, backbone and head together, is above `norm`, all are scaled so that it is `norm` (Pascanu,
/// Mikolov and Bengio 2013, algorithm 1).
struct GradientClipping {
  double norm = std::numeric_limits<double>::infinity();
  double value = std::numeric_limits<double>::infinity();
};

namespace detail {

inline void validate(const GradientClipping& clipping) {
  const auto require = [](const char* name, double limit) {
    if (limit > 0.0) return;
    throw ValueError(text("qmtl: fit: clipping: ", name, ", expected a number above 0, got ", limit));
  };
  require("norm", clipping.norm);
  require("value", clipping.value);
}

template <class Text>
void describe_settings(Text& out, const GradientClipping& clipping) {
  const auto& [norm, value] = clipping;
  out.setting("norm", norm);
  out.setting("value", value);
}

}  // namespace detail

/// Clips a finite gradient that lies in two parts, in place; its norm may be beyond the finite numbers.
template <Scalar S>
void clip_gradient(const GradientClipping& clipping, std::span<S> first, std::span<S> second) noexcept {
  if (!std::isinf(clipping.value)) {
    const auto limit = static_cast<S>(clipping.value);
    for (const std::span<S> part : {first, second}) {
      for (S& g : part) g = std::clamp(g, -limit, limit);
    }
  }
  if (std::isinf(clipping.norm)) return;
  const auto multiply = [&](double factor) {
    for (const std::span<S> part : {first, second}) {
      for (S& g : part) g *= static_cast<S>(factor);
    }
  };
  const auto norm_of_all = [&] { return std::hypot(detail::norm_of<S>(first), detail::norm_of<S>(second)); };
  double norm = norm_of_all();
  if (!(norm > clipping.norm)) return;
  if (std::isinf(norm)) {
    multiply(0x1p-64);
    norm = norm_of_all();
  }
  multiply(clipping.norm / norm);
}

}  // namespace qmtl::inline QMTL_ABI
