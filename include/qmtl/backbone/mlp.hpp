#pragma once
// SPDX-License-Identifier: Apache-2.0
// Multilayer perceptron: affine layers with an activation between them and none after the last.

#include <array>
#include <cmath>
#include <cstddef>
#include <initializer_list>
#include <span>
#include <string>
#include <vector>

#include "qmtl/backbone/activation.hpp"
#include "qmtl/backbone/affine.hpp"
#include "qmtl/backbone/concepts.hpp"
#include "qmtl/core/memory.hpp"
#include "qmtl/core/moved_from.hpp"

namespace qmtl::inline QMTL_ABI {
namespace detail {

/// Weights and biases of fully connected layers between these widths.
[[nodiscard]] constexpr int mlp_parameter_count(std::initializer_list<int> sizes) {
  int count = 0;
  for (const int* size = sizes.begin(); size + 1 != sizes.end(); ++size) count += (size[0] + 1) * size[1];
  return count;
}

/// Every size is at least 1, save that the first may be Eigen::Dynamic; there are two or more.
[[nodiscard]] constexpr bool mlp_sizes_valid(std::initializer_list<int> sizes) {
  if (sizes.size() < 2) return false;
  for (const int& size : sizes) {
    const bool dynamic_input = &size == sizes.begin() && size == Eigen::Dynamic;
    if (size < 1 && !dynamic_input) return false;
  }
  return true;
}

/// Carries `parameter_count` where every size is static, and nothing where the input size is not.
template <bool Static, int... Sizes>
struct MlpParameterCount {
  static constexpr int parameter_count = mlp_parameter_count({Sizes...});
};
template <int... Sizes>
struct MlpParameterCount<false, Sizes...> {};

}  // namespace detail

/// Without its sizes an mlp is an error, and one with which compilers can go on.
template <qmtl::Scalar S, Activation A, int... Sizes>
class BasicMlp : public BasicMlp<S, A, 1, 1> {
  static_assert(sizeof...(Sizes) >= 2, "qmtl: an mlp must have an input size and an output size");
  static_assert(sizeof...(Sizes) < 2 || detail::mlp_sizes_valid({Sizes...}),
                "qmtl: the sizes of an mlp must be at least 1, only the first may be Eigen::Dynamic");
};

/// z = W_L f(... f(W_1 x + b_1) ...) + b_L with widths `Sizes` (input first, output last); the last layer is linear.
///
/// Only the input size may be Eigen::Dynamic; the constructor then takes it. Parameters lie layer by layer, each the
/// weights (out x in, column-major) and then the bias. They are zero until `initialise`. Cost of a step: three matrix
/// products a layer. Buffers are kept between calls and grow only with the batch. Everything is computed in aligned
/// buffers of its own and then copied or added, so that the same numbers give the same bits wherever they lie.
template <qmtl::Scalar S, Activation A, int... Sizes>
requires(detail::mlp_sizes_valid({Sizes...})) class BasicMlp<S, A, Sizes...>
    : public detail::MlpParameterCount<((Sizes != Eigen::Dynamic) && ...), Sizes...> {
  static constexpr std::array<int, sizeof...(Sizes)> declared{Sizes...};
  static constexpr int layers = static_cast<int>(sizeof...(Sizes)) - 1;

 public:
  using Scalar = S;
  static constexpr int output_size = declared.back();

  /// An mlp whose input size is part of its type.
  BasicMlp() requires(declared[0] != Eigen::Dynamic) { allocate(); }

  /// An mlp whose input size is found at run time, at least 1. Throws ShapeError, MemoryError.
  explicit BasicMlp(int input_size) requires(declared[0] == Eigen::Dynamic) {
    if (input_size < 1) throw ShapeError(detail::text("qmtl: mlp: input size, expected at least 1, got ", input_size));
    sizes_[0] = input_size;
    allocate();
  }

  [[nodiscard]] int input_size() const noexcept { return sizes_[0]; }

  /// How many parameters an mlp for so many inputs has, without making one.
  [[nodiscard]] static constexpr std::size_t parameters_for(int input_size) noexcept
      requires(declared[0] == Eigen::Dynamic) {
    std::size_t count = (static_cast<std::size_t>(input_size) + 1) * static_cast<std::size_t>(declared[1]);
    for (std::size_t l = 1; l + 1 < declared.size(); ++l) {
      count += (static_cast<std::size_t>(declared[l]) + 1) * static_cast<std::size_t>(declared[l + 1]);
    }
    return count;
  }
  [[nodiscard]] std::span<S> parameters() noexcept { return parameters_; }
  [[nodiscard]] std::span<const S> parameters() const noexcept { return parameters_; }

  /// Draws the weights layer by layer in storage order as A::initialisation says; biases become zero.
  void initialise(Rng& rng) {
    moved_from_.check("mlp");
    for (int l = 0; l < layers; ++l) {
      const double fan_in = width(l);
      const double limit = std::sqrt(6.0 / (fan_in + width(l + 1)));
      const double deviation = std::sqrt(2.0 / fan_in);
      constexpr bool xavier = A::initialisation == Initialisation::xavier_uniform;
      Matrix w = weights(l);
      for (Eigen::Index i = 0; i < w.size(); ++i) {
        w.data()[i] = static_cast<S>(xavier ? rng.uniform(-limit, limit) : deviation * rng.normal());
      }
      bias(parameters(), l).setZero();
    }
  }

  /// Computes z (output_size x B) from x (input_size x B), and keeps the hidden values for backward.
  /// x and z must not overlap. Throws ShapeError.
  void forward(const BatchIn<S>& x, BatchOut<S> z) {
    moved_from_.check("mlp");
    detail::require_backbone_shapes("mlp forward", x, z, input_size(), output_size);
    batch_ = x.cols();
    for (int l = 0; l + 1 < layers; ++l) {
      Hidden& hidden = hidden_[static_cast<std::size_t>(l)];
      const std::size_t count = static_cast<std::size_t>(width(l + 1)) * static_cast<std::size_t>(batch_);
      detail::grow(hidden.values, count);
      detail::grow(hidden.slopes, count);
      affine(l, input_of(l, x), matrix(hidden.values, l + 1));
      A::apply(std::span<S>(hidden.values).first(count), std::span<S>(hidden.slopes).first(count));
    }
    detail::grow(output_, static_cast<std::size_t>(output_size) * static_cast<std::size_t>(batch_));
    affine(layers - 1, input_of(layers - 1, x), matrix(output_, layers));
    z = matrix(output_, layers);
  }

  /// Adds dL/dparameters, summed over the batch, into `gradient`, given the x of the last forward and dz = dL/dz.
  /// Throws ShapeError, also when the batch is not the size of the last forward's.
  void backward(const BatchIn<S>& x, const BatchIn<S>& dz, std::span<S> gradient) {
    moved_from_.check("mlp");
    detail::require_backbone_shapes("mlp backward", x, dz, input_size(), output_size);
    detail::require_size("mlp backward: columns of x, as in the last forward,", x.cols(), batch_);
    detail::require_size("mlp backward: gradient size", gradient.size(), parameters_.size());
    accumulate(layers - 1, input_of(layers - 1, x), dz, gradient);
    for (int l = layers - 2; l >= 0; --l) {
      Hidden& hidden = hidden_[static_cast<std::size_t>(l)];
      const std::size_t count = static_cast<std::size_t>(width(l + 1)) * static_cast<std::size_t>(batch_);
      detail::grow(hidden.delta, count);
      auto delta = matrix(hidden.delta, l + 1);
      detail::LayerProducts<S>::multiply_transposed(constant_weights(l + 1), delta_of(l + 1, dz), delta);
      detail::as_array(std::span<S>(hidden.delta).first(count)) *=
          detail::as_array(std::span<const S>(hidden.slopes).first(count));
      accumulate(l, input_of(l, x), delta, gradient);
    }
  }

  /// For example "mlp 149-32-8 tanh", or "linear 149-8" where there is no hidden layer.
  [[nodiscard]] std::string describe() const {
    std::string out = layers == 1 ? "linear " : "mlp ";
    for (std::size_t i = 0; i < sizes_.size(); ++i) out += detail::text(i == 0 ? "" : "-", sizes_[i]);
    return layers == 1 ? out : detail::text(out, " ", A::name);
  }

 private:
  struct Hidden {
    detail::AlignedVector<S> values, slopes, delta;  // width x B each, of the last batch
  };
  using Matrix = Eigen::Map<Batch<S>>;
  using Vector = Eigen::Map<Eigen::Matrix<S, Eigen::Dynamic, 1>>;

  void allocate() {
    std::size_t total = 0;
    for (std::size_t l = 0; l < offsets_.size(); ++l) {
      offsets_[l] = total;
      total += (static_cast<std::size_t>(sizes_[l]) + 1) * static_cast<std::size_t>(sizes_[l + 1]);
    }
    detail::with_memory("mlp: parameters", detail::bytes_of<S>(static_cast<double>(total)),
                        [&] { parameters_.assign(total, S(0)); });
  }

  [[nodiscard]] int width(int i) const noexcept { return sizes_[static_cast<std::size_t>(i)]; }

  [[nodiscard]] Matrix weights(std::span<S> flat, int l) const noexcept {
    return Matrix(flat.data() + offsets_[static_cast<std::size_t>(l)], width(l + 1), width(l));
  }
  [[nodiscard]] Matrix weights(int l) noexcept { return weights(parameters(), l); }
  [[nodiscard]] detail::ConstLayerMap<S> constant_weights(int l) noexcept {
    const Matrix w = weights(l);
    return {w.data(), w.rows(), w.cols()};
  }
  [[nodiscard]] Vector bias(std::span<S> flat, int l) const noexcept {
    const Matrix w = weights(flat, l);
    return Vector(flat.data() + offsets_[static_cast<std::size_t>(l)] + w.size(), width(l + 1));
  }

  [[nodiscard]] Matrix matrix(detail::AlignedVector<S>& storage, int i) noexcept {
    return Matrix(storage.data(), width(i), batch_);
  }
  [[nodiscard]] BatchIn<S> input_of(int l, const BatchIn<S>& x) noexcept {
    return l == 0 ? x : BatchIn<S>(matrix(hidden_[static_cast<std::size_t>(l - 1)].values, l));
  }
  [[nodiscard]] BatchIn<S> delta_of(int l, const BatchIn<S>& dz) noexcept {
    return l == layers - 1 ? dz : BatchIn<S>(matrix(hidden_[static_cast<std::size_t>(l)].delta, l + 1));
  }

  void affine(int l, const BatchIn<S>& in, BatchOut<S> out) {
    detail::LayerProducts<S>::multiply(constant_weights(l), in, out);
    out.colwise() += bias(parameters(), l);
  }
  void accumulate(int l, const BatchIn<S>& in, const BatchIn<S>& delta, std::span<S> gradient) {
    const std::size_t count = (static_cast<std::size_t>(width(l)) + 1) * static_cast<std::size_t>(width(l + 1));
    detail::grow(layer_gradient_, count);
    Matrix dw(layer_gradient_.data(), width(l + 1), width(l));
    detail::LayerProducts<S>::multiply_outer(delta, in, dw);
    Vector(layer_gradient_.data() + dw.size(), width(l + 1)) = delta.rowwise().sum();
    detail::as_array(gradient.subspan(offsets_[static_cast<std::size_t>(l)], count)) +=
        detail::as_array(std::span<const S>(layer_gradient_).first(count));
  }

  detail::MovedFrom moved_from_;
  std::array<int, sizeof...(Sizes)> sizes_ = declared;
  std::array<std::size_t, static_cast<std::size_t>(layers)> offsets_{};
  detail::AlignedVector<S> parameters_;
  std::array<Hidden, static_cast<std::size_t>(layers) - 1> hidden_;
  detail::AlignedVector<S> output_;          // output_size x B
  detail::AlignedVector<S> layer_gradient_;  // of one layer, before it is added
  Eigen::Index batch_ = 0;
};

/// The usual mlp: double precision, tanh between the layers, as Mlp<149, 32, 8> or Mlp<Eigen::Dynamic, 32, 8>{149}.
template <int... Sizes>
using Mlp = BasicMlp<double, Tanh, Sizes...>;

}  // namespace qmtl::inline QMTL_ABI
