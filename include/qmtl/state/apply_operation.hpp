#pragma once
// SPDX-License-Identifier: Apache-2.0
// One operation on raw amplitudes: gates, gates behind controls, unitary matrices; and each of them undone.

#include <algorithm>
#include <array>
#include <complex>
#include <span>

#include "qmtl/circuit/circuit_view.hpp"
#include "qmtl/state/kernels.hpp"
#include "qmtl/state/state_vector.hpp"

namespace qmtl::inline QMTL_ABI::detail {

/// Pairs of basis states behind any number of controls.
using ControlledPairs = BasicPairSet<max_qubits>;

/// An elementary gate behind further controls.
[[nodiscard]] inline BasicElementary<ControlledPairs> behind(const Elementary& part, std::span<const int> controls) {
  BasicElementary<ControlledPairs> out{{}, part.gate, part.angle, part.sign};
  const auto& pairs = part.pairs;
  auto& fixed = out.pairs.fixed;
  std::copy_n(pairs.fixed.begin(), pairs.fixed_count, fixed.begin());
  std::copy(controls.begin(), controls.end(), fixed.begin() + pairs.fixed_count);
  out.pairs.fixed_count = pairs.fixed_count + static_cast<int>(controls.size());
  std::sort(fixed.begin(), fixed.begin() + out.pairs.fixed_count);
  out.pairs.set = pairs.set;
  out.pairs.flip = pairs.flip;
  for (const int q : controls) out.pairs.set |= qubit_mask(q);
  return out;
}

/// Calls visit(part) with the elementary gates of an operation, first to last or, to undo it, last to first.
template <class Visit>
void for_each_part(const Operation& op, bool reversed, const Visit& visit) noexcept {
  const Expansion parts = expand(op);
  for (int k = 0; k < parts.count; ++k) {
    visit(parts.parts[static_cast<std::size_t>(reversed ? parts.count - 1 - k : k)]);
  }
}
template <class Visit>
void for_each_part(const ControlledOperation& op, bool reversed, const Visit& visit) noexcept {
  for_each_part(op.operation, reversed, [&](const Elementary& part) { visit(behind(part, op.controls)); });
}

[[nodiscard]] inline const Operation& gate_of(const Operation& op) noexcept { return op; }
[[nodiscard]] inline const Operation& gate_of(const ControlledOperation& op) noexcept { return op.operation; }

/// An operation, controlled or not, on `size` amplitudes; x and w may be null if the operation does not use them.
template <Scalar S, class Op>
void apply_operation(const Op& op, const S* x, const S* w, std::complex<S>* psi, Index size) noexcept {
  for_each_part(op, false, [&](const auto& part) { apply(part, angle_of(part, gate_of(op), x, w), psi, size); });
}

/// Undoes one operation.
template <Scalar S, class Op>
void undo_operation(const Op& op, const S* x, const S* w, std::complex<S>* psi, Index size) noexcept {
  for_each_part(op, true, [&](const auto& part) {
    S angle = angle_of(part, gate_of(op), x, w);
    const auto back = adjoint(part, angle);
    apply(back, angle, psi, size);
  });
}

/// A matrix of at most max_gate_qubits qubits in the amplitudes' precision, and where its amplitudes are.
template <Scalar S>
struct SmallMatrix {
  std::array<S, 1 << 2 * max_gate_qubits> re, im;  // column by column
  std::array<Index, 1 << max_gate_qubits> offsets{};
  std::array<int, max_gate_qubits> sorted{};
  int qubits;

  SmallMatrix(const UnitaryMatrix& unitary, std::span<const int> targets, bool adjoint) noexcept
      : qubits(static_cast<int>(targets.size())) {
    for (Index c = 0, i = 0; c < dimension(qubits); ++c) {
      for (Index r = 0; r < dimension(qubits); ++r, ++i) {
        const auto& entry = unitary.entries[adjoint ? r * dimension(qubits) + c : i];
        re[i] = static_cast<S>(entry.real());
        im[i] = static_cast<S>(adjoint ? -entry.imag() : entry.imag());
      }
    }
    std::copy(targets.begin(), targets.end(), sorted.begin());
    std::sort(sorted.begin(), sorted.begin() + qubits);
    for (Index local = 0; local < dimension(qubits); ++local) {
      for (std::size_t j = 0; j < targets.size(); ++j) {
        if (bit_of(local, static_cast<int>(j)) != 0) offsets[local] |= qubit_mask(targets[j]);
      }
    }
  }

  void apply(std::complex<S>* psi, Index size) const noexcept {
    const Index local = dimension(qubits);
    std::array<std::complex<S>, 1 << max_gate_qubits> in;
    for (Index k = 0; k < size >> qubits; ++k) {
      Index base = k;
      for (int f = 0; f < qubits; ++f) base = insert_zero(base, sorted[static_cast<std::size_t>(f)]);
      for (Index c = 0; c < local; ++c) in[c] = psi[base | offsets[c]];
      for (Index r = 0; r < local; ++r) {
        S x = 0, y = 0;
        for (Index c = 0; c < local; ++c) {
          const S a = re[c * local + r], b = im[c * local + r];
          x += a * in[c].real() - b * in[c].imag();
          y += a * in[c].imag() + b * in[c].real();
        }
        psi[base | offsets[r]] = {x, y};
      }
    }
  }
};

/// A unitary matrix on `size` amplitudes, or its inverse.
template <Scalar S>
void apply_unitary(const CircuitView& circuit, const MatrixOperation& op, bool undo, std::complex<S>* psi,
                   Index size) noexcept {
  const SmallMatrix<S> matrix(circuit.matrix(op), op.qubits, op.adjoint != undo);
  if (matrix.qubits > 1) return matrix.apply(psi, size);
  const auto &re = matrix.re, &im = matrix.im;
  const PairSet pairs{{op.qubits[0]}, 1, 0, qubit_mask(op.qubits[0])};
  apply_general(pairs, Matrix2<S>{{{re[0], re[2]}, {re[1], re[3]}}, {{im[0], im[2]}, {im[1], im[3]}}}, psi, size);
}

/// Whatever an operation of a circuit stands for.
template <Scalar S>
void apply_operation(const CircuitView& circuit, const Operation& op, const S* x, const S* w, std::complex<S>* psi,
                     Index size) noexcept {
  if (const auto* by_matrix = circuit.by_matrix(op)) return apply_unitary(circuit, *by_matrix, false, psi, size);
  if (const auto* controlled = circuit.controlled(op)) return apply_operation(*controlled, x, w, psi, size);
  apply_operation(op, x, w, psi, size);
}

template <Scalar S>
void apply_all(const CircuitView& circuit, const S* x, const S* w, std::complex<S>* psi, Index size) noexcept {
  for (const auto& op : circuit.operations) apply_operation(circuit, op, x, w, psi, size);
}
template <Scalar S>
void apply_all(std::span<const Operation> ops, const S* x, const S* w, std::complex<S>* psi, Index size) noexcept {
  for (const auto& op : ops) apply_operation(op, x, w, psi, size);
}

}  // namespace qmtl::inline QMTL_ABI::detail
