#pragma once
// SPDX-License-Identifier: Apache-2.0
// Small convolutional network: convolutions and pooling on images, then dense layers down to z.

#include <array>
#include <cmath>
#include <cstddef>
#include <span>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>

#include "qmtl/backbone/activation.hpp"
#include "qmtl/backbone/concepts.hpp"
#include "qmtl/backbone/image_layers.hpp"
#include "qmtl/core/moved_from.hpp"

namespace qmtl::inline QMTL_ABI {
namespace detail {

template <class Layer>
inline constexpr bool is_dense = false;
template <int N>
inline constexpr bool is_dense<Dense<N>> = true;

template <class Input>
inline constexpr bool is_image = false;
template <int H, int W, int C>
inline constexpr bool is_image<Image<H, W, C>> = true;

}  // namespace detail

/// z from images of the size `Input`, through `Layers`: Conv, MaxPool, AveragePool and Dense, the last one Dense. The
/// activation follows every Conv and every Dense but the last.
///
/// x holds flattened images (see Image), one a column. Parameters lie layer by layer, each the weights (out x in,
/// column-major; of a Conv, `in` counts row, column and channel of the kernel, channel fastest) and then the bias. They
/// are zero until `initialise`. Cost of a step: three matrix products a layer, two for the first. Buffers are kept
/// between calls and grow only with the batch. The same numbers give the same bits wherever they lie.
template <qmtl::Scalar S, Activation A, class Input, class... Layers>
class BasicConvNet {
  static_assert(detail::is_image<Input>, "qmtl: a convnet must have an Image<Height, Width, Channels> as its input");
  static_assert(sizeof...(Layers) >= 1, "qmtl: a convnet must have a layer");
  using Stages = typename detail::ImageStages<S, Input, std::tuple<>, Layers...>::type;
  static constexpr std::size_t layers = sizeof...(Layers);
  template <std::size_t L>
  using Stage = std::tuple_element_t<L, Stages>;
  static_assert(std::array<bool, layers>{detail::is_dense<Layers>...}[layers - 1],
                "qmtl: the last layer of a convnet must be Dense, its width is that of z");

 public:
  using Scalar = S;
  using InputImage = Input;
  static constexpr int output_size = Stage<layers - 1>::Out::size;
  static constexpr int parameter_count = []<class... T>(std::type_identity<std::tuple<T...>>) {
    return (T::parameters + ...);
  }(std::type_identity<Stages>{});

  BasicConvNet() : parameters_(static_cast<std::size_t>(parameter_count), S(0)) {}

  [[nodiscard]] int input_size() const noexcept { return Input::size; }
  [[nodiscard]] std::span<S> parameters() noexcept { return parameters_; }
  [[nodiscard]] std::span<const S> parameters() const noexcept { return parameters_; }

  /// Draws the weights layer by layer in storage order as A::initialisation says, fan-in and fan-out of a Conv being
  /// those of one pixel; biases become zero.
  void initialise(Rng& rng) {
    moved_from_.check("convnet");
    for_each_layer([&]<std::size_t L>(At<L>) {
      const double fan_in = Stage<L>::fan_in;
      const double limit = std::sqrt(6.0 / (fan_in + Stage<L>::fan_out));
      const double deviation = std::sqrt(2.0 / fan_in);
      constexpr bool xavier = A::initialisation == Initialisation::xavier_uniform;
      const std::span<S> all = parameters().subspan(offset<L>, Stage<L>::parameters);
      for (S& w : all.first(Stage<L>::weights)) {
        w = static_cast<S>(xavier ? rng.uniform(-limit, limit) : deviation * rng.normal());
      }
      for (S& b : all.subspan(Stage<L>::weights)) b = S(0);
    });
  }

  /// Computes z (output_size x B) from x (input_size x B), and keeps what backward needs. Throws ShapeError.
  void forward(const BatchIn<S>& x, BatchOut<S> z) {
    moved_from_.check("convnet");
    detail::require_backbone_shapes("convnet forward", x, z, input_size(), output_size);
    batch_ = x.cols();
    detail::grow(input_, count<Input>());
    detail::LayerMap<S>(input_.data(), x.rows(), x.cols()) = x;
    for_each_layer([&]<std::size_t L>(At<L>) {
      Buffers& buffers = buffers_[L];
      detail::grow(buffers.values, count<typename Stage<L>::Out>());
      std::get<L>(stages_).forward(parameters_.data() + offset<L>, input_of<L>(), buffers.values.data(), batch_);
      if constexpr (is_activated<L>) {
        detail::grow(buffers.slopes, count<typename Stage<L>::Out>());
        A::apply(used<L>(buffers.values), used<L>(buffers.slopes));
      }
    });
    z = detail::ConstLayerMap<S>(buffers_.back().values.data(), output_size, batch_);
  }

  /// Adds dL/dparameters, summed over the batch, into `gradient`, given the x of the last forward and dz = dL/dz.
  /// Throws ShapeError, also when the batch is not the size of the last forward's.
  void backward(const BatchIn<S>& x, const BatchIn<S>& dz, std::span<S> gradient) {
    moved_from_.check("convnet");
    detail::require_backbone_shapes("convnet backward", x, dz, input_size(), output_size);
    detail::require_size("convnet backward: columns of x, as in the last forward,", x.cols(), batch_);
    detail::require_size("convnet backward: gradient size", gradient.size(), parameters_.size());
    gradient_.assign(parameters_.size(), S(0));
    detail::grow(buffers_.back().delta, count<typename Stage<layers - 1>::Out>());
    detail::LayerMap<S>(buffers_.back().delta.data(), dz.rows(), dz.cols()) = dz;
    for_each_layer([&]<std::size_t L>(At<L>) { backward_layer<layers - 1 - L>(); });
    detail::as_array(gradient) += detail::as_array(std::span<const S>(gradient_));
  }

  /// For example "convnet 28x28x3: conv 8 3x3 same, max pool 2, dense 32, dense 8, relu".
  [[nodiscard]] std::string describe() const {
    std::string out = detail::text("convnet ", Input::height, 'x', Input::width, 'x', Input::channels, ": ");
    for_each_layer([&out]<std::size_t L>(At<L>) { out += Stage<L>::describe() + ", "; });
    return out += A::name;
  }

 private:
  struct Buffers {
    detail::AlignedVector<S> values, slopes, delta;  // of the last batch, sample after sample
  };
  template <std::size_t L>
  using At = std::integral_constant<std::size_t, L>;
  template <std::size_t L>
  static constexpr bool is_activated = (L + 1 < layers) && Stage<L>::activated;
  template <std::size_t L>
  static constexpr std::size_t offset = []<std::size_t... Is>(std::index_sequence<Is...>) {
    return (std::size_t{0} + ... + static_cast<std::size_t>(Stage<Is>::parameters));
  }
  (std::make_index_sequence<L>{});

  template <class F>
  static void for_each_layer(F&& f) {
    [&f]<std::size_t... L>(std::index_sequence<L...>) { (f(At<L>{}), ...); }
    (std::make_index_sequence<layers>{});
  }

  template <class Shape>
  [[nodiscard]] std::size_t count() const noexcept {
    return static_cast<std::size_t>(Shape::size) * static_cast<std::size_t>(batch_);
  }
  template <std::size_t L>
  [[nodiscard]] std::span<S> used(detail::AlignedVector<S>& values) const noexcept {
    return std::span<S>(values).first(count<typename Stage<L>::Out>());
  }
  template <std::size_t L>
  [[nodiscard]] const S* input_of() const noexcept {
    if constexpr (L == 0) {
      return input_.data();
    } else {
      return buffers_[L - 1].values.data();
    }
  }

  template <std::size_t L>
  void backward_layer() {
    Buffers& buffers = buffers_[L];
    if constexpr (is_activated<L>) {
      detail::as_array(used<L>(buffers.delta)) *= detail::as_array(used<L>(buffers.slopes));
    }
    S* delta_in = nullptr;
    if constexpr (L > 0) {
      detail::grow(buffers_[L - 1].delta, count<typename Stage<L - 1>::Out>());
      delta_in = buffers_[L - 1].delta.data();
    }
    std::get<L>(stages_).backward(parameters_.data() + offset<L>, input_of<L>(), buffers.delta.data(),
                                  gradient_.data() + offset<L>, delta_in, batch_);
  }

  detail::MovedFrom moved_from_;
  Stages stages_;
  std::array<Buffers, layers> buffers_;
  detail::AlignedVector<S> parameters_, input_, gradient_;
  Eigen::Index batch_ = 0;
};

/// The usual convnet: double precision and ReLU, as
/// ConvNet<Image<28, 28, 3>, Conv<8, 3>, MaxPool<2>, Conv<16, 3>, MaxPool<2>, Dense<32>, Dense<8>>.
template <class Input, class... Layers>
using ConvNet = BasicConvNet<double, Relu, Input, Layers...>;

}  // namespace qmtl::inline QMTL_ABI
