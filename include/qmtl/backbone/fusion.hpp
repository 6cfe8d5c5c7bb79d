#pragma once
// SPDX-License-Identifier: Apache-2.0
// Multimodal fusion: an encoder for each modality, then their encodings, side by side or gated, projected to z.

#include <algorithm>
#include <array>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <span>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include "qmtl/backbone/activation.hpp"
#include "qmtl/backbone/affine.hpp"
#include "qmtl/backbone/concepts.hpp"
#include "qmtl/core/moved_from.hpp"

namespace qmtl::inline QMTL_ABI {

/// How the encodings h_m of the modalities become one vector.
enum class FusionRule {
  concatenation,  ///< [h_1; ...; h_k]
  gated,          ///< sum over m of g_m * h_m, g_m = sigmoid(G_m [h_1; ...; h_k] + c_m): all h_m of the same width
};

/// z = P fuse(h_1, ..., h_k) + p, where h_m = tanh(encoder_m(slice m of x)).
///
/// The slices of x lie one after the other, each as long as its encoder's input. A modality whose slice of a row is all
/// NaN is missing there: h_m is 0, whatever its gate, and its encoder neither sees that row nor learns from it. If all
/// are missing, z = p. Parameters: those of the encoders in order, then G_1 ... G_k as one matrix (out x in,
/// column-major) and c where the rule is gated, then P and p. The gated rule is the gated multimodal unit in its form
/// for several modalities (Arevalo et al. 2017, arXiv:1702.01992, section 3.1), with gates that look at encodings
/// instead of inputs. Cost of a step: that of the encoders and three matrix products for P and for G. Buffers are kept
/// between calls.
template <FusionRule Rule, int Output, Backbone... Encoders>
class Fusion {
  static_assert(sizeof...(Encoders) >= 1, "qmtl: a fusion must have an encoder");
  static_assert(Output >= 1, "qmtl: the output size of a fusion must be at least 1");
  template <std::size_t M>
  using Encoder = std::tuple_element_t<M, std::tuple<Encoders...>>;
  static_assert((std::same_as<typename Encoders::Scalar, typename Encoder<0>::Scalar> && ...),
                "qmtl: the encoders of a fusion must have the same scalar type");
  static constexpr bool gated = Rule == FusionRule::gated;
  static_assert(!gated || ((Encoders::output_size == Encoder<0>::output_size) && ...),
                "qmtl: the encoders of a gated fusion must have the same output size");

 public:
  using Scalar = typename Encoder<0>::Scalar;
  static constexpr int modalities = static_cast<int>(sizeof...(Encoders));
  static constexpr int output_size = Output;

  /// A fusion of encoders whose sizes are all in their types.
  Fusion() requires(std::default_initializable<Encoders>&&...) : Fusion(Encoders{}...) {}

  /// Takes the encoders with the parameters that they have; gates and projection are zero until `initialise`.
  explicit Fusion(Encoders... encoders) : encoders_(std::move(encoders)...) {
    std::size_t parameters = 0;
    for_each_modality([&]<std::size_t M>(At<M>) {
      inputs_[M + 1] = inputs_[M] + std::get<M>(encoders_).input_size();
      offsets_[M] = parameters;
      parameters += std::get<M>(encoders_).parameters().size();
    });
    offsets_.back() = parameters;
    parameters_.assign(parameters + tail_parameters, Scalar(0));
    for_each_modality([&]<std::size_t M>(At<M>) { take_parameters<M>(); });
  }

  [[nodiscard]] int input_size() const noexcept { return inputs_.back(); }
  [[nodiscard]] std::span<Scalar> parameters() noexcept { return parameters_; }
  [[nodiscard]] std::span<const Scalar> parameters() const noexcept { return parameters_; }

  /// Draws the encoders' parameters in order, as they say, then gates and projection Xavier-uniform with zero biases.
  void initialise(Rng& rng) {
    moved_from_.check("fusion");
    for_each_modality([&]<std::size_t M>(At<M>) {
      std::get<M>(encoders_).initialise(rng);
      take_parameters<M>();
    });
    if constexpr (gated) draw(tail(parameters_), width, width, rng);
    draw(tail(parameters_) + gate_parameters, fused_width, Output, rng);
  }

  /// The state of the encoders beside their parameters, in order.
  template <class Archive>
  void archive(Archive& archive) requires(StatefulBackbone<Encoders> || ...) {
    for_each_modality([&]<std::size_t M>(At<M>) {
      if constexpr (StatefulBackbone<Encoder<M>>) std::get<M>(encoders_).archive(archive);
    });
  }

  /// Throws ShapeError unless x has the right rows, and ValueError where a value is infinite or a modality is missing
  /// in part.
  void check_inputs(const BatchIn<Scalar>& x) const {
    detail::require_size("fusion: rows of x", x.rows(), input_size());
    if (x.allFinite()) return;
    for (int m = 0; m < modalities; ++m) {
      for (Eigen::Index row = 0; row < x.cols(); ++row) (void)is_present(x, row, m);
    }
  }

  /// Computes z (output_size x B) from x (input_size x B), and keeps what backward needs. Throws ShapeError, and
  /// ValueError as check_inputs does.
  void forward(const BatchIn<Scalar>& x, BatchOut<Scalar> z) {
    moved_from_.check("fusion");
    detail::require_backbone_shapes("fusion forward", x, z, input_size(), output_size);
    check_inputs(x);
    batch_ = x.cols();
    detail::grow(hidden_, size(width));
    std::fill_n(hidden_.begin(), size(width), Scalar(0));
    for_each_modality([&]<std::size_t M>(At<M>) { encode<M>(x); });
    if constexpr (gated) mix();
    detail::grow(output_, size(Output));
    detail::affine<Scalar>(tail(parameters_) + gate_parameters, {fused(), fused_width, batch_},
                           {output_.data(), Output, batch_});
    z = detail::ConstLayerMap<Scalar>(output_.data(), Output, batch_);
  }

  /// Adds dL/dparameters, summed over the batch, into `gradient`, given the x of the last forward and dz = dL/dz.
  /// Throws ShapeError, also when the batch is not the size of the last forward's.
  void backward(const BatchIn<Scalar>& x, const BatchIn<Scalar>& dz, std::span<Scalar> gradient) {
    moved_from_.check("fusion");
    detail::require_backbone_shapes("fusion backward", x, dz, input_size(), output_size);
    detail::require_size("fusion backward: columns of x, as in the last forward,", x.cols(), batch_);
    detail::require_size("fusion backward: gradient size", gradient.size(), parameters_.size());
    tail_gradient_.assign(tail_parameters, Scalar(0));
    detail::grow(delta_output_, size(Output));
    detail::LayerMap<Scalar>(delta_output_.data(), Output, batch_) = dz;
    detail::grow(delta_fused_, size(fused_width));
    detail::grow(delta_hidden_, size(width));
    const detail::ConstLayerMap<Scalar> delta(delta_output_.data(), Output, batch_);
    detail::add_affine_gradient<Scalar>({fused(), fused_width, batch_}, delta, tail_gradient_.data() + gate_parameters);
    detail::affine_transposed<Scalar>(tail(parameters_) + gate_parameters, delta,
                                      {(gated ? delta_fused_ : delta_hidden_).data(), fused_width, batch_});
    if constexpr (gated) backward_mix();
    for_each_modality([&]<std::size_t M>(At<M>) { backward_encoder<M>(gradient); });
    detail::as_array(gradient.last(tail_parameters)) += detail::as_array(std::span<const Scalar>(tail_gradient_));
  }

  /// For example "gated fusion to 8 of (mlp 64-16 tanh), (frozen 21)".
  [[nodiscard]] std::string describe() const {
    std::string out = detail::text(gated ? "gated" : "concatenated", " fusion to ", Output, " of ");
    for_each_modality([&]<std::size_t M>(At<M>) {
      out += detail::text(M == 0 ? "(" : ", (", describe_backbone(std::get<M>(encoders_)), ')');
    });
    return out;
  }

 private:
  using S = Scalar;
  template <std::size_t M>
  using At = std::integral_constant<std::size_t, M>;

  /// One modality of the last batch, the rows that have it only, each a column.
  struct Encoding {
    std::vector<Eigen::Index> rows;
    detail::AlignedVector<S> inputs, values, slopes, delta;
  };

  static constexpr int width = (Encoders::output_size + ...);  // of all encodings together
  static constexpr int fused_width = gated ? Encoder<0>::output_size : width;
  static constexpr std::size_t gate_parameters = gated ? std::size_t{width} * (width + 1) : 0;
  static constexpr std::size_t tail_parameters = gate_parameters + std::size_t{Output} * (fused_width + 1);

  /// The first row of encoding M among all encodings.
  template <std::size_t M>
  static constexpr int first_row = []<std::size_t... Is>(std::index_sequence<Is...>) {
    return (0 + ... + Encoder<Is>::output_size);
  }
  (std::make_index_sequence<M>{});

  template <class F>
  static void for_each_modality(F&& f) {
    [&f]<std::size_t... M>(std::index_sequence<M...>) { (f(At<M>{}), ...); }
    (std::index_sequence_for<Encoders...>{});
  }

  static void draw(S* parameters, int in, int out, Rng& rng) {
    const double limit = std::sqrt(6.0 / (in + out));
    for (int i = 0; i < in * out; ++i) *parameters++ = static_cast<S>(rng.uniform(-limit, limit));
    std::fill_n(parameters, out, S(0));
  }

  [[nodiscard]] std::size_t size(int rows) const noexcept {
    return static_cast<std::size_t>(rows) * static_cast<std::size_t>(batch_);
  }
  [[nodiscard]] S* tail(detail::AlignedVector<S>& all) const noexcept { return all.data() + offsets_.back(); }
  [[nodiscard]] const S* fused() const noexcept { return (gated ? mixed_ : hidden_).data(); }
  template <std::size_t M>
  [[nodiscard]] std::span<S> encoder_part(std::span<S> all) const noexcept {
    return all.subspan(offsets_[M], offsets_[M + 1] - offsets_[M]);
  }

  /// Encoders keep parameters of their own, which those of the fusion replace before they are used.
  template <std::size_t M>
  void take_parameters() {
    assign(std::get<M>(encoders_).parameters(), encoder_part<M>(parameters_));
  }
  template <std::size_t M>
  void give_parameters() {
    assign(encoder_part<M>(parameters_), std::get<M>(encoders_).parameters());
  }
  static void assign(std::span<const S> from, std::span<S> to) noexcept {
    for (std::size_t i = 0; i < from.size(); ++i) to[i] = from[i];  // may be empty, which std::copy would be warned of
  }

  /// Whether modality m of a row is there. Throws ValueError where it is in part, or infinite.
  [[nodiscard]] bool is_present(const BatchIn<S>& x, Eigen::Index row, int m) const {
    const auto i = static_cast<std::size_t>(m);
    const auto slice = x.col(row).segment(inputs_[i], inputs_[i + 1] - inputs_[i]);
    if (slice.allFinite()) return true;
    if (slice.array().isNaN().all()) return false;
    Eigen::Index bad = 0;
    while (std::isfinite(slice(bad))) ++bad;
    throw ValueError(detail::text("qmtl: inputs: row ", row, ", feature ", inputs_[i] + bad,
                                  ": expected a finite number, or NaN in all features ", inputs_[i], " to ",
                                  inputs_[i + 1] - 1, " where modality ", m, " is missing, got ", slice(bad)));
  }

  template <std::size_t M>
  void encode(const BatchIn<S>& x) {
    constexpr int outputs = Encoder<M>::output_size;
    auto& encoder = std::get<M>(encoders_);
    Encoding& encoding = encodings_[M];
    encoding.rows.clear();
    for (Eigen::Index row = 0; row < batch_; ++row) {
      if (is_present(x, row, static_cast<int>(M))) encoding.rows.push_back(row);
    }
    const auto count = static_cast<Eigen::Index>(encoding.rows.size());
    if (count == 0) return;
    detail::grow(encoding.inputs, size(encoder.input_size()));
    detail::grow(encoding.values, size(outputs));
    detail::grow(encoding.slopes, size(outputs));
    detail::LayerMap<S> inputs(encoding.inputs.data(), encoder.input_size(), count);
    Eigen::Map<Batch<S, outputs>> values(encoding.values.data(), outputs, count);
    for (Eigen::Index i = 0; i < count; ++i) {
      inputs.col(i) = x.col(encoding.rows[static_cast<std::size_t>(i)]).segment(inputs_[M], inputs.rows());
    }
    give_parameters<M>();
    encoder.forward(inputs, values);
    const auto used = static_cast<std::size_t>(values.size());
    Tanh::apply(std::span<S>(encoding.values).first(used), std::span<S>(encoding.slopes).first(used));
    detail::LayerMap<S> hidden(hidden_.data(), width, batch_);
    for (Eigen::Index i = 0; i < count; ++i) {
      hidden.col(encoding.rows[static_cast<std::size_t>(i)]).segment(first_row<M>, outputs) = values.col(i);
    }
  }

  /// The gates and the gated sum of the encodings.
  void mix() {
    detail::grow(gates_, size(width));
    detail::grow(mixed_, size(fused_width));
    detail::affine<S>(tail(parameters_), {hidden_.data(), width, batch_}, {gates_.data(), width, batch_});
    auto all = detail::as_array(std::span<S>(gates_).first(size(width)));
    all = S(1) / (S(1) + (-all).exp());
    detail::LayerMap<S> mixed(mixed_.data(), fused_width, batch_);
    mixed.setZero();
    const detail::LayerMap<S> hidden(hidden_.data(), width, batch_);
    const detail::LayerMap<S> gates(gates_.data(), width, batch_);
    for_each_modality([&]<std::size_t M>(At<M>) {
      mixed.array() += gates.template middleRows<fused_width>(first_row<M>).array() *
                       hidden.template middleRows<fused_width>(first_row<M>).array();
    });
  }

  /// From dL/dmixed to dL/dencodings and the gradients of the gates.
  void backward_mix() {
    detail::grow(delta_gates_, size(width));
    const detail::LayerMap<S> delta(delta_fused_.data(), fused_width, batch_);
    const detail::LayerMap<S> hidden(hidden_.data(), width, batch_);
    const detail::LayerMap<S> gates(gates_.data(), width, batch_);
    detail::LayerMap<S> delta_gates(delta_gates_.data(), width, batch_);
    detail::LayerMap<S> delta_hidden(delta_hidden_.data(), width, batch_);
    for_each_modality([&]<std::size_t M>(At<M>) {
      const auto g = gates.template middleRows<fused_width>(first_row<M>).array();
      const auto h = hidden.template middleRows<fused_width>(first_row<M>).array();
      delta_gates.template middleRows<fused_width>(first_row<M>) = delta.array() * h * g * (S(1) - g);
    });
    const detail::ConstLayerMap<S> logits(delta_gates_.data(), width, batch_);
    detail::add_affine_gradient<S>({hidden_.data(), width, batch_}, logits, tail_gradient_.data());
    detail::affine_transposed<S>(tail(parameters_), logits, {delta_hidden_.data(), width, batch_});
    for_each_modality([&]<std::size_t M>(At<M>) {
      delta_hidden.template middleRows<fused_width>(first_row<M>).array() +=
          delta.array() * gates.template middleRows<fused_width>(first_row<M>).array();
    });
  }

  template <std::size_t M>
  void backward_encoder(std::span<S> gradient) {
    constexpr int outputs = Encoder<M>::output_size;
    auto& encoder = std::get<M>(encoders_);
    Encoding& encoding = encodings_[M];
    const auto count = static_cast<Eigen::Index>(encoding.rows.size());
    if (count == 0) return;
    detail::grow(encoding.delta, size(outputs));
    Eigen::Map<Batch<S, outputs>> delta(encoding.delta.data(), outputs, count);
    const detail::ConstLayerMap<S> hidden(delta_hidden_.data(), width, batch_);
    for (Eigen::Index i = 0; i < count; ++i) {
      delta.col(i) = hidden.col(encoding.rows[static_cast<std::size_t>(i)]).segment(first_row<M>, outputs);
    }
    const auto used = static_cast<std::size_t>(delta.size());
    detail::as_array(std::span<S>(encoding.delta).first(used)) *=
        detail::as_array(std::span<const S>(encoding.slopes).first(used));
    const detail::ConstLayerMap<S> inputs(encoding.inputs.data(), encoder.input_size(), count);
    encoder.backward(inputs, delta, encoder_part<M>(gradient));
  }

  detail::MovedFrom moved_from_;
  std::tuple<Encoders...> encoders_;
  std::array<int, sizeof...(Encoders) + 1> inputs_{};           // where each slice of x begins, and where x ends
  std::array<std::size_t, sizeof...(Encoders) + 1> offsets_{};  // the same of the encoders' parameters
  std::array<Encoding, sizeof...(Encoders)> encodings_;
  detail::AlignedVector<S> parameters_, tail_gradient_;
  detail::AlignedVector<S> hidden_, gates_;  // width x B
  detail::AlignedVector<S> mixed_, output_;  // fused width x B, output x B
  detail::AlignedVector<S> delta_output_, delta_fused_, delta_hidden_, delta_gates_;
  Eigen::Index batch_ = 0;
};

/// Fusion by concatenation: ConcatFusion<8, Mlp<64, 16>, Mlp<64, 16>, Frozen<21>>.
template <int Output, Backbone... Encoders>
using ConcatFusion = Fusion<FusionRule::concatenation, Output, Encoders...>;

/// Gated fusion: GatedFusion<8, Mlp<64, 16>, Mlp<64, 16>, Mlp<21, 16>>.
template <int Output, Backbone... Encoders>
using GatedFusion = Fusion<FusionRule::gated, Output, Encoders...>;

}  // namespace qmtl::inline QMTL_ABI
