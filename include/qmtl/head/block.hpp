#pragma once
// SPDX-License-Identifier: Apache-2.0
// Ansatz blocks: small trainable circuits on a task's window.

#include <string>

#include "qmtl/circuit/combinators.hpp"
#include "qmtl/circuit/drawing.hpp"
#include "qmtl/head/layers.hpp"

namespace qmtl::inline QMTL_ABI {

/// A trainable circuit on the local qubits 0 .. k-1 of a window: any type with a `static constexpr auto circuit` that
/// uses weights without a gap and no features. `describe()` is optional.
template <class B>
concept Block = CircuitType<B> &&(feature_count(B::circuit) == 0) && weights_have_no_gap(B::circuit.ops()) &&
                fits(B::circuit);

template <Block B>
inline constexpr int block_width = std::remove_cvref_t<decltype(B::circuit)>::qubits;

template <Block B>
inline constexpr int block_weights = weight_count(B::circuit);

/// One line that identifies a block, also in saved models.
template <Block B>
[[nodiscard]] std::string describe_block() {
  if constexpr (requires { B::describe(); }) {
    return B::describe();
  } else {
    return detail::text("own block, ", block_weights<B>, " weights on ", block_width<B>, " qubits, ",
                        B::circuit.operations.size(), " operations ", detail::fingerprint(B::circuit.ops()));
  }
}

/// Hardware-efficient block: each layer rotates every qubit about the given axes and entangles. Weight
/// (l * K + j) * A + p is axis p of qubit j in layer l.
template <int K, class AxisList = Axes<Axis::Y>, class Ent = CxChain, class L = Layers<1>>
struct HardwareEfficientBlock {
  static constexpr auto circuit = repeat<detail::layer_count<L>>([](int l) {
    return make_circuit<K>(layer<K>([l](int j) {
                             Circuit<K, detail::AxesOf<AxisList>::count> rotations;
                             for (int p = 0; p < detail::AxesOf<AxisList>::count; ++p) {
                               const auto i = static_cast<std::size_t>(p);
                               rotations.operations[i] =
                                   rotation(detail::AxesOf<AxisList>::list[i], j,
                                            weight((l * K + j) * detail::AxesOf<AxisList>::count + p));
                             }
                             return rotations;
                           }),
                           detail::EntanglerOf<Ent>::template make<K>());
  });
  [[nodiscard]] static std::string describe() {
    return detail::text("hardware-efficient block ", detail::AxesOf<AxisList>::describe(), " on ", K, " qubits, ",
                        detail::layer_count<L>, " layers, ", detail::EntanglerOf<Ent>::describe());
  }
};

/// The default block: L layers of RY and RZ on each qubit, then a CNOT chain. 2 K L weights.
template <int K, class L = Layers<1>>
using RotationBlock = HardwareEfficientBlock<K, Axes<Axis::Y, Axis::Z>, CxChain, L>;

/// Strongly entangling block (Schuld et al. 2020): a general rotation of every qubit, then CNOTs from j to j + r with
/// the range r = 1 + l mod (K-1) growing from layer to layer. 3 K L weights.
template <int K, class L = Layers<1>>
struct StronglyEntanglingBlock {
  static constexpr auto circuit = repeat<detail::layer_count<L>>([](int l) {
    Circuit<K, K == 1 ? 1 : 2 * K> out;
    std::size_t i = 0;
    for (int j = 0; j < K; ++j) {
      const int first = 3 * (l * K + j);
      out.operations[i++] = gate::u(j, weight(first), weight(first + 1), weight(first + 2));
    }
    if constexpr (K > 1) {
      const int range = 1 + l % (K - 1);
      for (int j = 0; j < K; ++j) out.operations[i++] = gate::cx(j, (j + range) % K);
    }
    return out;
  });
  [[nodiscard]] static std::string describe() {
    return detail::text("strongly entangling block on ", K, " qubits, ", detail::layer_count<L>, " layers");
  }
};

/// No gates and no weights: the task reads the encoded state as it is.
template <int K>
struct IdentityBlock {
  static constexpr auto circuit = make_circuit<K>();
  [[nodiscard]] static std::string describe() { return detail::text("identity block on ", K, " qubits"); }
};

}  // namespace qmtl::inline QMTL_ABI
