#pragma once
// SPDX-License-Identifier: Apache-2.0
// The layers of a convolutional backbone: their names and sizes, and how each computes forward and backward.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <tuple>
#include <type_traits>
#include <vector>

#include "qmtl/backbone/affine.hpp"
#include "qmtl/core/error.hpp"

namespace qmtl::inline QMTL_ABI {

/// The size of an image. Its values lie row by row, pixel by pixel, the channels of a pixel together (H x W x C in C
/// order, as NumPy and MedMNIST store images), so that a flattened image is a column of a batch.
template <int Height, int Width, int Channels = 1>
struct Image {
  static_assert(Height >= 1 && Width >= 1 && Channels >= 1, "qmtl: an image must have at least one pixel and channel");
  static constexpr int height = Height;
  static constexpr int width = Width;
  static constexpr int channels = Channels;
  static constexpr int pixels = Height * Width;
  static constexpr int size = pixels * Channels;
};

/// What a convolution sees beyond the border: zeros, so that the image keeps its size, or nothing, so that it shrinks.
enum class Padding { same, valid };

/// Convolution (cross-correlation, as usual) with `Channels` filters of Kernel x Kernel pixels, stride 1, and a bias a
/// filter; the activation follows. With Padding::same, (Kernel - 1) / 2 rows of zeros lie above, Kernel / 2 below.
template <int Channels, int Kernel, Padding Pad = Padding::same>
struct Conv {};

/// The largest value of each N x N square of each channel; rows and columns that fill no square are left out.
template <int N>
struct MaxPool {};

/// The mean of each N x N square of each channel; rows and columns that fill no square are left out.
template <int N>
struct AveragePool {};

/// A fully connected layer of N outputs; the activation follows, unless it is the last.
template <int N>
struct Dense {};

namespace detail {

/// A layer that is applied to images of the size `In`. All batches are aligned buffers, sample after sample.
/// `forward` writes every output. `backward` adds to `gradient`, and writes dL/dinput unless `delta_in` is null; it
/// belongs to the last forward.
template <class S, class Layer, class In>
struct ImageStage;

/// As a matrix product: the patch under the kernel is a column (im2col; Chellapilla, Puri and Simard 2006), and out =
/// W patches + b. Only a tile of output rows has its patches laid out at a time, so that they stay in the cache.
template <class S, int Channels, int Kernel, Padding Pad, class In>
struct ImageStage<S, Conv<Channels, Kernel, Pad>, In> {
  static_assert(Channels >= 1 && Kernel >= 1,
                "qmtl: a convolution must have at least one filter of at least one pixel");
  static_assert(Pad == Padding::same || (Kernel <= In::height && Kernel <= In::width),
                "qmtl: the kernel of an unpadded convolution must fit into its image");
  static constexpr int border = Pad == Padding::same ? (Kernel - 1) / 2 : 0;
  static constexpr int shrink = Pad == Padding::same ? 0 : Kernel - 1;
  using Out = Image<In::height - shrink, In::width - shrink, Channels>;
  static constexpr bool activated = true;
  static constexpr int segment = Kernel * In::channels;  // one row of a patch, contiguous in the image
  static constexpr int fan_in = Kernel * segment;
  static constexpr int fan_out = Kernel * Kernel * Channels;
  static constexpr int weights = Channels * fan_in;
  static constexpr int parameters = weights + Channels;

  [[nodiscard]] static std::string describe() {
    return text("conv ", Channels, ' ', Kernel, 'x', Kernel, Pad == Padding::same ? " same" : " valid");
  }

  void forward(const S* parameter, const S* in, S* out, Eigen::Index batch) {
    for_each_tile(batch, [&](Eigen::Index first, Eigen::Index rows) {
      gather(in, first, rows);
      const Eigen::Index pixels = rows * Out::width;
      affine<S>(parameter, {patches_.data(), fan_in, pixels}, {out + first * out_row, Channels, pixels});
    });
  }

  void backward(const S* parameter, const S* in, const S* delta_out, S* gradient, S* delta_in, Eigen::Index batch) {
    if (delta_in != nullptr) std::fill_n(delta_in, batch * In::size, S(0));
    for_each_tile(batch, [&](Eigen::Index first, Eigen::Index rows) {
      gather(in, first, rows);
      const Eigen::Index pixels = rows * Out::width;
      const ConstLayerMap<S> delta(delta_out + first * out_row, Channels, pixels);
      add_affine_gradient<S>({patches_.data(), fan_in, pixels}, delta, gradient);
      if (delta_in == nullptr) return;
      affine_transposed<S>(parameter, delta, {patches_.data(), fan_in, pixels});
      scatter(delta_in, first, rows);
    });
  }

 private:
  static constexpr Eigen::Index out_row = Eigen::Index{Out::width} * Channels;
  static constexpr Eigen::Index patch_row = Eigen::Index{Out::width} * fan_in;
  static constexpr Eigen::Index tile_bytes = 1 << 16;
  static constexpr Eigen::Index tile_rows =
      std::max<Eigen::Index>(1, tile_bytes / (static_cast<Eigen::Index>(sizeof(S)) * patch_row));

  /// Calls f(first output row of all images, number of rows) tile by tile.
  template <class F>
  void for_each_tile(Eigen::Index batch, F&& f) {
    const Eigen::Index rows = batch * Out::height;
    grow(patches_, static_cast<std::size_t>(std::min(rows, tile_rows) * patch_row));
    for (Eigen::Index first = 0; first < rows; first += tile_rows) f(first, std::min(tile_rows, rows - first));
  }

  /// Calls f(offset in the batch of images, offset in the patches, pixels) for every part of a patch's row that lies
  /// within its image, with pixels == Kernel for a whole one, and outside(offset in the patches, pixels) for the rest.
  template <class F, class Outside>
  static void for_each_segment(Eigen::Index first, Eigen::Index rows, F&& f, Outside&& outside) {
    Eigen::Index to = 0;
    for (Eigen::Index row = first; row < first + rows; ++row) {
      const Eigen::Index image = row / Out::height * In::size;
      const int top = static_cast<int>(row % Out::height) - border;
      for (int left = -border; left < Out::width - border; ++left) {
        for (int y = top; y < top + Kernel; ++y, to += segment) {
          const bool row_inside = y >= 0 && y < In::height;
          const Eigen::Index from = image + (Eigen::Index{y} * In::width + left) * In::channels;
          if (row_inside && left >= 0 && left + Kernel <= In::width) {
            f(from, to, Kernel);
            continue;
          }
          for (int x = 0; x < Kernel; ++x) {
            const bool inside = row_inside && left + x >= 0 && left + x < In::width;
            if (inside) f(from + x * In::channels, to + x * In::channels, 1);
            if (!inside) outside(to + x * In::channels, 1);
          }
        }
      }
    }
  }

  void gather(const S* in, Eigen::Index first, Eigen::Index rows) {
    S* const out = patches_.data();
    for_each_segment(
        first, rows,
        [in, out](Eigen::Index from, Eigen::Index to, int pixels) {
          if (pixels == Kernel) {
            std::memcpy(out + to, in + from, segment * sizeof(S));  // of constant size: a few vector moves
          } else {
            std::copy_n(in + from, In::channels, out + to);
          }
        },
        [out](Eigen::Index to, int) { std::fill_n(out + to, In::channels, S(0)); });
  }

  void scatter(S* delta_in, Eigen::Index first, Eigen::Index rows) const {
    const S* const delta = patches_.data();
    for_each_segment(
        first, rows,
        [delta, delta_in](Eigen::Index from, Eigen::Index to, int pixels) {
          if (pixels == Kernel) {
            for (int i = 0; i < segment; ++i) delta_in[from + i] += delta[to + i];
          } else {
            for (int i = 0; i < In::channels; ++i) delta_in[from + i] += delta[to + i];
          }
        },
        [](Eigen::Index, int) {});
  }

  AlignedVector<S> patches_;  // fan_in x pixels of a tile; backward then puts dL/dpatches in their place
};

/// What both kinds of pooling share: sizes, and where each square begins.
template <int N, class In>
struct PoolStage {
  static_assert(N >= 1 && N <= In::height && N <= In::width, "qmtl: the squares of a pooling must fit into its image");
  using Out = Image<In::height / N, In::width / N, In::channels>;
  static constexpr bool activated = false;
  static constexpr int fan_in = 1;
  static constexpr int fan_out = 1;
  static constexpr int weights = 0;
  static constexpr int parameters = 0;

  /// Calls f(offset of the first input value, offset of the first output value) for every square of the batch.
  template <class F>
  static void for_each_square(Eigen::Index batch, F&& f) {
    Eigen::Index out = 0;
    for (Eigen::Index image = 0; image < batch; ++image) {
      for (int y = 0; y < Out::height; ++y) {
        for (int x = 0; x < Out::width; ++x, out += In::channels) {
          f(image * In::size + (Eigen::Index{y} * N * In::width + Eigen::Index{x} * N) * In::channels, out);
        }
      }
    }
  }

  /// The offset of pixel i of a square from its first value.
  [[nodiscard]] static constexpr int pixel(int i) noexcept { return (i / N * In::width + i % N) * In::channels; }
};

template <class S, int N, class In>
struct ImageStage<S, MaxPool<N>, In> : PoolStage<N, In> {
  using Base = PoolStage<N, In>;
  using Index = std::conditional_t<sizeof(S) == 4, std::int32_t, std::int64_t>;  // as wide as S: selects vectorise

  [[nodiscard]] static std::string describe() { return text("max pool ", N); }

  void forward(const S*, const S* in, S* out, Eigen::Index batch) {
    const auto count = static_cast<std::size_t>(batch * Base::Out::size);
    if (largest_.size() < count) largest_.resize(count);
    Index* const where = largest_.data();
    Base::for_each_square(batch, [in, out, where](Eigen::Index from, Eigen::Index to) {
      std::copy_n(in + from, In::channels, out + to);
      std::fill_n(where + to, In::channels, Index{0});
      for (int i = 1; i < N * N; ++i) {
        const S* const values = in + from + Base::pixel(i);
        for (int c = 0; c < In::channels; ++c) {
          const bool larger = values[c] > out[to + c] || values[c] != values[c];  // NaN passes through
          out[to + c] = larger ? values[c] : out[to + c];
          where[to + c] = larger ? Index{Base::pixel(i)} : where[to + c];
        }
      }
    });
  }

  void backward(const S*, const S*, const S* delta_out, S*, S* delta_in, Eigen::Index batch) {
    if (delta_in == nullptr) return;
    std::fill_n(delta_in, batch * In::size, S(0));
    const Index* const where = largest_.data();
    Base::for_each_square(batch, [delta_out, delta_in, where](Eigen::Index from, Eigen::Index to) {
      for (int c = 0; c < In::channels; ++c) delta_in[from + where[to + c] + c] += delta_out[to + c];
    });
  }

 private:
  std::vector<Index> largest_;  // which pixel of its square, as an offset; the first of equal ones
};

template <class S, int N, class In>
struct ImageStage<S, AveragePool<N>, In> : PoolStage<N, In> {
  using Base = PoolStage<N, In>;
  static constexpr S share = S(1) / S(N * N);

  [[nodiscard]] static std::string describe() { return text("average pool ", N); }

  void forward(const S*, const S* in, S* out, Eigen::Index batch) {
    Base::for_each_square(batch, [in, out](Eigen::Index from, Eigen::Index to) {
      for (int c = 0; c < In::channels; ++c) {
        S sum = S(0);
        for (int i = 0; i < N * N; ++i) sum += in[from + Base::pixel(i) + c];
        out[to + c] = share * sum;
      }
    });
  }

  void backward(const S*, const S*, const S* delta_out, S*, S* delta_in, Eigen::Index batch) {
    if (delta_in == nullptr) return;
    std::fill_n(delta_in, batch * In::size, S(0));
    Base::for_each_square(batch, [delta_out, delta_in](Eigen::Index from, Eigen::Index to) {
      for (int i = 0; i < N * N; ++i) {
        for (int c = 0; c < In::channels; ++c) delta_in[from + Base::pixel(i) + c] = share * delta_out[to + c];
      }
    });
  }
};

template <class S, int N, class In>
struct ImageStage<S, Dense<N>, In> {
  static_assert(N >= 1, "qmtl: a dense layer must have at least one output");
  using Out = Image<1, 1, N>;
  static constexpr bool activated = true;
  static constexpr int fan_in = In::size;
  static constexpr int fan_out = N;
  static constexpr int weights = N * fan_in;
  static constexpr int parameters = weights + N;

  [[nodiscard]] static std::string describe() { return text("dense ", N); }

  void forward(const S* parameter, const S* in, S* out, Eigen::Index batch) {
    affine<S>(parameter, {in, fan_in, batch}, {out, N, batch});
  }

  void backward(const S* parameter, const S* in, const S* delta_out, S* gradient, S* delta_in, Eigen::Index batch) {
    const ConstLayerMap<S> delta(delta_out, N, batch);
    add_affine_gradient<S>({in, fan_in, batch}, delta, gradient);
    if (delta_in != nullptr) affine_transposed<S>(parameter, delta, {delta_in, fan_in, batch});
  }
};

/// The layers one after the other, each on the image that the one before it makes.
template <class S, class In, class Done, class... Layers>
struct ImageStages {
  using type = Done;
};
template <class S, class In, class... Done, class First, class... Rest>
struct ImageStages<S, In, std::tuple<Done...>, First, Rest...> {
  using Stage = ImageStage<S, First, In>;
  using type = typename ImageStages<S, typename Stage::Out, std::tuple<Done..., Stage>, Rest...>::type;
};

}  // namespace detail
}  // namespace qmtl::inline QMTL_ABI
