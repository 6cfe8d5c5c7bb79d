#pragma once
// SPDX-License-Identifier: Apache-2.0
// The Head concept, and compile-time accounting: how many parameters and outputs each task has and where they lie.

#include <array>
#include <concepts>
#include <span>
#include <string_view>
#include <utility>

#include "qmtl/core/rng.hpp"
#include "qmtl/head/task.hpp"

namespace qmtl::inline QMTL_ABI {

/// Positions in a head's flat arrays. The parameters are `shared` ones first, then each task's in order; logits are
/// each task's in order.
template <int Shared, int... Sizes>
struct Offsets {
  static constexpr int count = sizeof...(Sizes);
  static constexpr int total = (Shared + ... + Sizes);
  static constexpr std::array<int, sizeof...(Sizes)> sizes{Sizes...};
  static constexpr std::array<int, sizeof...(Sizes)> first = [] {
    std::array<int, sizeof...(Sizes)> offsets{};
    int next = Shared;
    for (std::size_t t = 0; t < sizes.size(); ++t) {
      offsets[t] = next;
      next += sizes[t];
    }
    return offsets;
  }();
};

namespace detail {

/// Calls visit(std::integral_constant<int, t>) for t = 0 .. Count-1.
template <int Count, class Visit>
constexpr void for_each_index(Visit&& visit) {
  [&]<int... Is>(std::integer_sequence<int, Is...>) { (visit(std::integral_constant<int, Is>{}), ...); }
  (std::make_integer_sequence<int, Count>{});
}

template <class... Tasks>
[[nodiscard]] constexpr bool names_differ() noexcept {
  const std::array<std::string_view, sizeof...(Tasks)> names{Tasks::name...};
  for (std::size_t i = 0; i < names.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      if (names[i] == names[j]) return false;
    }
  }
  return true;
}

}  // namespace detail

/// A multi-task prediction head: a map from a batch of representations (features x B) to logits (outputs x B) with
/// `parameters` trainable numbers that the caller owns: those that belong to no task first. forward caches what
/// backward needs; backward adds dL/dparameters to `gradient` and sets dL/dfeatures.
template <class H>
concept Head = std::movable<H> && std::default_initializable<H> && requires {
  typename H::Scalar;
  { H::features } -> std::convertible_to<int>;
  { H::outputs } -> std::convertible_to<int>;
  { H::parameters } -> std::convertible_to<int>;
  { H::tasks } -> std::convertible_to<int>;
  { H::decays } -> std::convertible_to<bool>;          // whether weight decay applies to its parameters
  { H::differentiable } -> std::convertible_to<bool>;  // whether dL/dfeatures exists
} && requires(H head, Rng& rng, std::span<typename H::Scalar> out, std::span<const typename H::Scalar> in,
              BatchIn<typename H::Scalar, H::features> x, BatchIn<typename H::Scalar, H::outputs> dlogits,
              BatchOut<typename H::Scalar, H::outputs> logits, BatchOut<typename H::Scalar, H::features> dx) {
  H::initialise(rng, out);
  head.forward(x, in, logits);
  head.backward(x, in, dlogits, out, dx);
  { H::task_parameters } -> std::convertible_to<std::array<int, static_cast<std::size_t>(H::tasks)>>;
  { H::task_outputs } -> std::convertible_to<std::array<int, static_cast<std::size_t>(H::tasks)>>;
};

/// A head that can store what it needs of a sample once: encode gives `encoded_size` entries a sample, which do not
/// depend on the weights; forward_encoded and backward_encoded are forward and backward_weights from there.
template <class H>
concept CachingHead = Head<H> && H::caches_encodings &&
    requires(H head, std::span<typename H::Scalar> out, std::span<const typename H::Scalar> in,
             BatchIn<typename H::Scalar> x, BatchOut<typename H::Scalar> y) {
  { head.encoded_size() } -> std::convertible_to<Eigen::Index>;
  head.encode(x, y);
  head.forward_encoded(x, in, y);
  head.backward_encoded(x, in, x, out);
};

/// A caching head whose tasks are blocks on windows, `TaskList` a tuple of them: it tells the expectation values of its
/// last forward, and a window's reduced density matrix out of a sample's entries. Every quantum head that caches is
/// one.
template <class H>
concept WindowHead = CachingHead<H> && requires(const H& head, std::span<const typename H::Scalar> entries) {
  typename H::TaskList;
  { H::task_observables } -> std::convertible_to<std::array<int, static_cast<std::size_t>(H::tasks)>>;
  { head.expectations()(0, 0) } -> std::convertible_to<typename H::Scalar>;
  head.template window_density<0>(entries);
};

namespace detail {

/// Position of a task's first parameter among the head's.
template <WindowHead H>
[[nodiscard]] constexpr int first_parameter(int task) noexcept {
  int first = H::parameters;
  for (int t = H::tasks; t-- > task;) first -= H::task_parameters[static_cast<std::size_t>(t)];
  return first;
}

}  // namespace detail
}  // namespace qmtl::inline QMTL_ABI
