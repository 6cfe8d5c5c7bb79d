#pragma once
// SPDX-License-Identifier: Apache-2.0
// What a backbone is: the classical, trained map from an input to the representation z, as concepts that fail by name.

#include <concepts>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "qmtl/core/archive.hpp"
#include "qmtl/core/byte_stream.hpp"
#include "qmtl/core/error.hpp"
#include "qmtl/core/finite.hpp"
#include "qmtl/core/rng.hpp"
#include "qmtl/core/scalar.hpp"

namespace qmtl::inline QMTL_ABI {

/// An object that can be moved, with its number type as `B::Scalar` (float or double).
template <class B>
concept BackboneObject = std::is_object_v<B> && std::movable<B> && requires {
  typename B::Scalar;
} && Scalar<typename B::Scalar>;

/// The width of the representation z is known at compile time: `static constexpr int output_size`, at least 1.
template <class B>
concept BackboneOutputSize = requires {
  { &B::output_size } -> std::same_as<const int*>;
}
&&requires { typename std::integral_constant<int, B::output_size>; }
&&(B::output_size >= 1);

/// The width of the input is known at run time: `int input_size() const`.
template <class B>
concept BackboneInputSize = requires(const B& backbone) {
  { backbone.input_size() } -> std::same_as<int>;
};

/// All parameters are one contiguous span, mutable or const as the backbone is.
template <class B>
concept BackboneParameters = requires(B& backbone, const B& constant) {
  { backbone.parameters() } -> std::convertible_to<std::span<typename B::Scalar>>;
  { constant.parameters() } -> std::convertible_to<std::span<const typename B::Scalar>>;
};

/// The parameters can be drawn afresh from a seeded engine: `initialise(Rng&)`.
template <class B>
concept BackboneInitialise = requires(B& backbone, Rng& rng) {
  backbone.initialise(rng);
};

/// `forward(x, z)`: x is input_size x B, z is output_size x B, one sample a column; keeps what backward needs.
template <class B>
concept BackboneForward = requires(B& backbone, const BatchIn<typename B::Scalar>& x,
                                   BatchOut<typename B::Scalar, B::output_size>& z) {
  backbone.forward(x, z);
};

/// `backward(x, dz, gradient)` ADDS dL/dparameters, summed over the batch of the last forward, into `gradient`. It may
/// be called again, with another dz, after the same forward.
template <class B>
concept BackboneBackward = requires(B& backbone, const BatchIn<typename B::Scalar>& x,
                                    const BatchIn<typename B::Scalar, B::output_size>& dz,
                                    std::span<typename B::Scalar> gradient) {
  backbone.backward(x, dz, gradient);
};

/// A classical map with a gradient in front of the quantum head.
template <class B>
concept Backbone = BackboneObject<B> && BackboneOutputSize<B> && BackboneInputSize<B> && BackboneParameters<B> &&
    BackboneInitialise<B> && BackboneForward<B> && BackboneBackward<B>;

namespace detail {

/// Says which of its concepts a backbone does not fulfil, the first only.
template <class B>
struct BackboneCheck {
  static constexpr bool object = BackboneObject<B>;
  static constexpr bool output = object && BackboneOutputSize<B>;
  static constexpr bool input = output && BackboneInputSize<B>;
  static constexpr bool parameters = input && BackboneParameters<B>;
  static constexpr bool initialise = parameters && BackboneInitialise<B>;
  static constexpr bool forward = initialise && BackboneForward<B>;
  static constexpr bool backward = forward && BackboneBackward<B>;
  static constexpr int held = object + output + input + parameters + initialise + forward + backward;
  static_assert(held != 0, "qmtl: a backbone, the first argument of a model, must be movable and have a Scalar");
  static_assert(held != 1, "qmtl: a backbone must have a `static constexpr int output_size` of 1 or more");
  static_assert(held != 2, "qmtl: a backbone must have `int input_size() const`");
  static_assert(held != 3, "qmtl: a backbone must have parameters(), a span of numbers, also when const");
  static_assert(held != 4, "qmtl: a backbone must have initialise(Rng&)");
  static_assert(held != 5, "qmtl: a backbone must have forward(x, z)");
  static_assert(held != 6, "qmtl: a backbone must have backward(x, dz, gradient)");
};

}  // namespace detail

/// A backbone that describes itself: `describe()` gives a string, as "mlp 149-32-8 tanh".
template <class B>
concept DescribedBackbone = Backbone<B> && requires(const B& backbone) {
  { backbone.describe() } -> std::convertible_to<std::string>;
};

/// A backbone to which a NaN among the inputs means something, as a modality that is missing: `check_inputs(x)` throws
/// ValueError where x (input_size x B) holds what it cannot take. Every other backbone takes finite numbers only.
template <class B>
concept InputCheckingBackbone = Backbone<B> && requires(const B& backbone, const BatchIn<typename B::Scalar>& x) {
  backbone.check_inputs(x);
};

/// A backbone with state beside its parameters that training changes, as running means or the random engine of a
/// dropout. It has a function for writing and reading it,
///   template <class Archive> void archive(Archive& a) { a.numbers(means_, "running means"); a.rng(rng_, "dropout"); }
/// by which checkpoints, early stopping's best parameters, and saved models keep it. ArchiveWriter and ArchiveReader
/// say what it may call; writing must change nothing, and what is written must depend on the state alone.
template <class B>
concept StatefulBackbone = Backbone<B> && requires(B& backbone, ArchiveWriter& writer, ArchiveReader& reader) {
  backbone.archive(writer);
  backbone.archive(reader);
};

/// Whether inputs of a backbone may be missing (NaN).
template <Backbone B>
inline constexpr MissingInputs missing_inputs =
    InputCheckingBackbone<B> ? MissingInputs::allowed : MissingInputs::refused;

/// Whether z is the input itself, up to a factor a sample: `static constexpr bool passes_inputs = true` of a backbone
/// says so. Then an encoding decides whether inputs may be standardised.
template <Backbone B>
inline constexpr bool passes_inputs = [] {
  if constexpr (requires { B::passes_inputs; }) {
    return static_cast<bool>(B::passes_inputs);
  } else {
    return false;
  }
}();

/// One line on a backbone for reports and files: its own description, or its sizes when it has none.
template <Backbone B>
[[nodiscard]] std::string describe_backbone(const B& backbone) {
  if constexpr (DescribedBackbone<B>) {
    return backbone.describe();
  } else {
    const std::span<const typename B::Scalar> parameters = backbone.parameters();
    return detail::text("backbone ", backbone.input_size(), "-", B::output_size, " with ", parameters.size(),
                        " parameters");
  }
}

namespace detail {

/// The bytes of a backbone's state beside its parameters; none where it has no such state.
template <Backbone B>
[[nodiscard]] std::vector<std::byte> backbone_state(const B& backbone) {
  if constexpr (StatefulBackbone<B>) {
    ByteWriter out;
    ArchiveWriter writer(out);
    const_cast<B&>(backbone).archive(writer);  // which changes nothing: one function is for both directions
    return {out.bytes().begin(), out.bytes().end()};
  } else {
    return {};
  }
}

/// Puts state back that `backbone_state` has given, or that a file holds. Throws FileError ("qmtl: <where>: '<path>'
/// ...") for a file's impossible state; then the backbone's is undefined.
template <Backbone B>
void set_backbone_state(B& backbone, std::span<const std::byte> state, std::string_view where = "backbone",
                        std::string_view path = "state") {
  ByteReader in(state, where, path);
  if constexpr (StatefulBackbone<B>) {
    ArchiveReader reader(in);
    backbone.archive(reader);
  }
  if (in.left() != 0) in.fail("is damaged: bytes are left behind the state of the backbone");
}

/// Throws ValueError unless the backbone can take these inputs (features x rows).
template <Backbone B>
void require_inputs(const B& backbone, const BatchIn<typename B::Scalar>& inputs) {
  if constexpr (InputCheckingBackbone<B>) {
    backbone.check_inputs(inputs);
  } else {
    require_finite_inputs<typename B::Scalar>(inputs);
  }
}

/// Throws ShapeError unless x is input_size x B and z (or dz) is output_size x B for the same B.
template <class X, class Z>
void require_backbone_shapes(const char* where, const X& x, const Z& z, int input_size, int output_size) {
  if (x.rows() == input_size && z.rows() == output_size && z.cols() == x.cols()) return;  // no text on this path
  require_size(text(where, ": rows of x"), x.rows(), input_size);
  require_size(text(where, ": rows of z"), z.rows(), output_size);
  require_size(text(where, ": columns of z"), z.cols(), x.cols());
}

}  // namespace detail
}  // namespace qmtl::inline QMTL_ABI
